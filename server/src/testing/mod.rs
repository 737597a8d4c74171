//! A server in the same process and a scripted phone: for tests of whoever talks to a server, and for benchmarks.
//!
//! Everything here panics instead of returning errors: a test that cannot set itself up has failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
mod phone;

pub use client::{Http, Reply};
pub use phone::{Made, Phone};

use crate::clock::{Clock, OffsetClock};
use crate::error::Result;
use crate::home::Home;
use crate::http::{Tls, serve};
use crate::store::{Batch, Env, open, write_once};
use crate::tenants::{self, TenantKeys, codes, people, sites};
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::{EmployeeId, JournalId, Kid, TenantId};
use daka_core::domain::trust::{EnrolCode, QrText, ServerUrl};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::oneshot;

/// A server on a free loopback port with a data folder of its own, stopped when it is dropped.
pub struct TestServer {
    dir: PathBuf,
    /// Keeps a temporary folder alive.
    _temporary: Option<tempfile::TempDir>,
    clock: Arc<OffsetClock>,
    env: Arc<Env>,
    port: u16,
    url: String,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl TestServer {
    /// A server with an empty, initialised folder.
    pub fn empty() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let dir = temporary.path().join("data");
        let home = Home::create(&dir).unwrap();
        open(&home.db()).unwrap();
        let mut server = Self::on(&dir);
        server._temporary = Some(temporary);
        server.start();
        server
    }

    /// A server with tenant `acme`, employee `e1` and one site of 80 m around 22.2793, 114.1628.
    pub fn acme() -> Self {
        let server = Self::empty();
        server.tenant("acme");
        server.employee("acme", "e1", "Chan Tai Man");
        server.site("acme", "Door", 22.2793, 114.1628, 80.0);
        server
    }

    /// A server over a folder that is there; not started.
    pub fn on(dir: &Path) -> Self {
        let clock = Arc::new(OffsetClock::default());
        let env = Env::new(Home::open(dir).unwrap(), Arc::clone(&clock) as Arc<dyn Clock>);
        let url = String::new();
        Self { dir: dir.to_owned(), _temporary: None, clock, env: Arc::new(env), port: 0, url, running: None }
    }

    /// Serves anew with this patience for requests that arrive slowly.
    pub fn set_patience(&mut self, patience: std::time::Duration) {
        self.stop();
        let mut env = Env::new(Home::open(&self.dir).unwrap(), Arc::clone(&self.clock) as Arc<dyn Clock>);
        env.patience = patience;
        self.env = Arc::new(env);
        self.start();
    }

    /// Starts serving; after a stop on the same port.
    pub fn start(&mut self) {
        self.start_with(None);
    }

    /// Starts serving with TLS.
    pub fn start_with(&mut self, tls: Option<Tls>) {
        let (stop, stopped) = oneshot::channel::<()>();
        let listen = ([127, 0, 0, 1], self.port).into();
        let serving = {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            let serving = serve(Arc::clone(&self.env), listen, tls, &[]).unwrap();
            self.port = serving.address.port();
            self.url = serving.url();
            (runtime, serving)
        };
        let thread = std::thread::spawn(move || {
            let (runtime, serving) = serving;
            runtime
                .block_on(serving.run(async {
                    let _ = stopped.await;
                }))
                .unwrap();
        });
        self.running = Some((stop, thread));
    }

    /// Drains and stops.
    pub fn stop(&mut self) {
        if let Some((stop, thread)) = self.running.take() {
            let _ = stop.send(());
            thread.join().unwrap();
        }
    }

    /// Where it listens.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client for it.
    pub fn http(&self) -> Http {
        Http::new(&self.url)
    }

    /// The data folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The wall clock, which tests may move.
    pub fn clock(&self) -> &OffsetClock {
        &self.clock
    }

    /// What commands work with.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Does what an administrator's command does: a connection and a transaction of its own.
    pub fn admin<T>(&self, work: impl FnOnce(&Batch<'_>) -> Result<T>) -> T {
        self.try_admin(work).unwrap()
    }

    /// The same for what should fail.
    ///
    /// # Errors
    /// Whatever `work` says.
    pub fn try_admin<T>(&self, work: impl FnOnce(&Batch<'_>) -> Result<T>) -> Result<T> {
        write_once(&mut open(&self.env.home.db())?, &self.env, work)
    }

    /// Adds a tenant.
    pub fn tenant(&self, id: &str) -> Kid {
        let id = TenantId::parse(id).unwrap();
        TenantKeys::make(&self.env.home, &id).unwrap();
        self.admin(|batch| tenants::add(batch, &id, "Acme Ltd", "Asia/Hong_Kong"))
    }

    /// Adds an employee.
    pub fn employee(&self, tenant: &str, id: &str, name: &str) {
        let (tenant, id) = (TenantId::parse(tenant).unwrap(), EmployeeId::parse(id).unwrap());
        self.admin(|batch| people::add(batch, &tenant, &id, name));
    }

    /// Adds a site and publishes the rules with it.
    pub fn site(&self, tenant: &str, name: &str, lat: f64, lon: f64, radius_m: f64) -> [u8; 16] {
        let tenant = TenantId::parse(tenant).unwrap();
        let site = sites::NewSite::parse(name, lat, lon, radius_m).unwrap();
        self.admin(|batch| sites::add(batch, &tenant, &[site]))[0]
    }

    /// Makes an enrolment code.
    pub fn code(&self, tenant: &str, employee: &str) -> QrText {
        self.code_with(tenant, employee, false).0
    }

    /// Makes an enrolment code; with `short` also what a person types.
    pub fn code_with(&self, tenant: &str, employee: &str, short: bool) -> (QrText, Option<String>) {
        let (id, employee) = (TenantId::parse(tenant).unwrap(), EmployeeId::parse(employee).unwrap());
        let new = self.admin(|batch| codes::new(batch, &id, &employee, 24, short));
        (self.qr(tenant, new.code), new.short.map(|s| s.text()))
    }

    /// What a QR code of this server and tenant says.
    pub fn qr(&self, tenant: &str, code: EnrolCode) -> QrText {
        let id = TenantId::parse(tenant).unwrap();
        let root = tenants::find(&open(&self.env.home.db()).unwrap(), &id).unwrap().root;
        QrText { server: ServerUrl::parse(&self.url).unwrap(), root: root.kid(&self.env.crypto), code, tls_pin: None }
    }

    /// A tenant's root.
    pub fn root(&self, tenant: &str) -> daka_core::domain::crypto::PublicKey {
        tenants::find(&open(&self.env.home.db()).unwrap(), &TenantId::parse(tenant).unwrap()).unwrap().root
    }

    /// An enrolled phone that has logged in.
    pub fn phone(&self, tenant: &str, employee: &str) -> Phone {
        let mut phone = Phone::enrol(self.http(), &self.code(tenant, employee)).unwrap();
        phone.login().unwrap();
        phone
    }

    /// The results of a tenant, worked out anew where entries came since.
    pub fn results(&self, tenant: &str) -> Vec<serde_json::Value> {
        let id = TenantId::parse(tenant).unwrap();
        self.admin(|batch| {
            for who in crate::results::stale(batch.tx, Some(&id), u32::MAX)? {
                let fresh = crate::results::fresh(batch.tx, batch.env, &who)?;
                crate::results::store(batch, &who, &fresh)?;
            }
            crate::results::query(batch.tx, &id, i64::MIN, i64::MAX, None)
        })
    }

    /// Who a phone is to the server.
    pub fn caller(&self, tenant: &str, journal: JournalId) -> crate::phone::Caller {
        let tenant = TenantId::parse(tenant).unwrap();
        let bucket = crate::store::bucket(&self.env.crypto, &tenant, journal);
        crate::phone::Caller { tenant, bucket, journal }
    }

    /// A digest, for tests that need one.
    pub fn sha256(&self, bytes: &[u8]) -> daka_core::domain::ids::Hash32 {
        self.env.crypto.sha256(&[bytes])
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop();
    }
}
