//! A phone: an engine on the real adapters over a folder that is gone afterwards.

use daka_core::adapters::folder;
use daka_core::adapters::system::SystemClock;
use daka_core::app::{Engine, JoinRequest, Settings, SyncOptions, SyncReport};
use daka_core::domain::journal::{Consent, ConsentGiven, Purpose};
use daka_core::ports::{Clock, ClockReading, Event, Observer};
use daka_server::testing::TestServer;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The sealing key of every phone here.
pub const SEALING_KEY: [u8; 32] = [7; 32];

/// Nobody listens.
struct Deaf;

impl Observer for Deaf {
    fn on_event(&self, _event: Event) {}
}

/// The system's clock, put forward by hand: true time that passes while nobody waits.
pub struct HurriedClock {
    system: SystemClock,
    ahead_ms: AtomicU64,
}

impl Clock for HurriedClock {
    fn read(&self) -> ClockReading {
        let ahead = self.ahead_ms.load(Ordering::SeqCst);
        let now = self.system.read();
        ClockReading {
            wall_ms: now.wall_ms.saturating_add_unsigned(ahead),
            elapsed_ms: now.elapsed_ms.saturating_add(ahead),
            ..now
        }
    }
}

/// A phone with its runtime.
pub struct Phone {
    /// The engine; taken away by [`Phone::kill`].
    pub engine: Option<Engine>,
    runtime: tokio::runtime::Runtime,
    clock: Arc<HurriedClock>,
    dir: PathBuf,
    _temporary: tempfile::TempDir,
}

impl Phone {
    /// A phone that is not enrolled.
    pub fn new() -> Self {
        let clock = Arc::new(HurriedClock { system: SystemClock::new(480), ahead_ms: AtomicU64::new(0) });
        let temporary = tempfile::tempdir().unwrap();
        let dir = temporary.path().to_owned();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let mut phone = Self { engine: None, runtime, clock, dir, _temporary: temporary };
        phone.open();
        phone
    }

    /// A phone enrolled as `e1` of `acme`, with every consent and one round of sync.
    pub fn enrolled(server: &TestServer) -> Self {
        let phone = Self::new();
        phone.enrol(server);
        phone.sync();
        phone
    }

    /// Enrols it as `e1` of `acme` with every consent.
    pub fn enrol(&self, server: &TestServer) {
        let text = server.code("acme", "e1").text();
        let join = JoinRequest::parse(&text).unwrap();
        self.runtime.block_on(self.engine().enrol(join)).unwrap();
        let given = ConsentGiven { granted: true, text_rev: 1 };
        let all = [Purpose::Location, Purpose::Radio, Purpose::Photo].map(|p| (p, given));
        self.engine().set_consent(Consent(all.into())).unwrap();
    }

    /// Opens the folder again, as a new process would.
    pub fn open(&mut self) {
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let ports = folder::open(&self.dir, &SEALING_KEY, clock, None, Arc::new(Deaf)).map(|f| f.ports).unwrap();
        self.engine = Some(Engine::open(ports, Settings { app_version: "1.0".to_owned() }).unwrap());
    }

    /// The process is gone: nothing is settled.
    pub fn kill(&mut self) {
        self.engine = None;
    }

    /// Time passes, here and at the server.
    pub fn wait(&self, server: &TestServer, ms: u32) {
        self.clock.ahead_ms.fetch_add(u64::from(ms), Ordering::SeqCst);
        server.clock().advance(i64::from(ms));
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    /// One round of sync, whatever is due.
    pub fn sync(&self) -> SyncReport {
        let options = SyncOptions { now: true, ..SyncOptions::default() };
        self.runtime.block_on(self.engine().sync(options)).unwrap()
    }

    /// Its folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

impl Default for Phone {
    fn default() -> Self {
        Self::new()
    }
}
