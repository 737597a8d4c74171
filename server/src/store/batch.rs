//! One writing transaction, and what everything in it needs.
//!
//! Whoever appends leaves marks the log as touched; before the commit one checkpoint per touched log is signed and stored, so a
//! committed database always has a checkpoint over all of its leaves. A crash before the commit leaves none of it.

use crate::clock::Clock;
use crate::error::Result;
use crate::home::Home;
use crate::tenants::TenantKeys;
use crate::tlog;
use daka_core::adapters::crypto::Ring;
use daka_core::domain::ids::TenantId;
use daka_core::domain::time::WallMs;
use rusqlite::{Connection, TransactionBehavior};
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What does not change while a process runs.
pub struct Env {
    /// The data folder.
    pub home: Home,
    /// The clocks.
    pub clock: Arc<dyn Clock>,
    /// Digests and checks.
    pub crypto: Ring,
    /// Keys that were read already.
    pub keys: KeyCache,
    /// ε: how far the wall clock may be from the truth, ms.
    pub eps_ms: u32,
    /// Phones are asked to spread their first uploads over so many seconds; 0 outside a rush.
    pub upload_spread_s: u64,
    /// How long a request's head may take to arrive, and its body before it must have made progress.
    pub patience: Duration,
}

impl Env {
    /// An environment over a data folder, with ε of 500 ms and a minute's patience.
    pub fn new(home: Home, clock: Arc<dyn Clock>) -> Self {
        Self {
            home,
            clock,
            crypto: Ring,
            keys: KeyCache::default(),
            eps_ms: 500,
            upload_spread_s: 0,
            patience: Duration::from_secs(60),
        }
    }

    /// A tenant's keys.
    ///
    /// # Errors
    /// As [`TenantKeys::load`].
    pub fn keys(&self, tenant: &TenantId) -> Result<Arc<TenantKeys>> {
        let mut cache = self.keys.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(keys) = cache.get(tenant) {
            return Ok(Arc::clone(keys));
        }
        let keys = Arc::new(TenantKeys::load(&self.home, tenant)?);
        cache.insert(tenant.clone(), Arc::clone(&keys));
        Ok(keys)
    }
}

/// Keys by tenant, read from their files once.
#[derive(Default)]
pub struct KeyCache(Mutex<HashMap<TenantId, Arc<TenantKeys>>>);

/// A writing transaction.
pub struct Batch<'a> {
    /// The connection, inside the transaction.
    pub tx: &'a Connection,
    /// Everything else.
    pub env: &'a Env,
    touched: RefCell<BTreeSet<(TenantId, i64)>>,
}

impl<'a> Batch<'a> {
    /// A batch over an open transaction.
    pub fn new(tx: &'a Connection, env: &'a Env) -> Self {
        Self { tx, env, touched: RefCell::default() }
    }

    /// UTC now. Read where it is used: an answer's time must lie after its request.
    pub fn now(&self) -> WallMs {
        self.env.clock.now()
    }

    /// Remembers that a log has new leaves.
    pub fn touch(&self, tenant: &TenantId, log: i64) {
        self.touched.borrow_mut().insert((tenant.clone(), log));
    }

    /// Signs and stores a checkpoint for each log with new leaves.
    ///
    /// # Errors
    /// When a key refuses or the database fails; the transaction must then be rolled back.
    pub fn seal(&self) -> Result<()> {
        for (tenant, log) in self.touched.take() {
            let keys = self.env.keys(&tenant)?;
            tlog::sign_checkpoint(self.tx, &self.env.crypto, &keys.log, &tenant, log)?;
        }
        Ok(())
    }
}

/// Runs `work` in a transaction of its own, with checkpoints: for administrators' commands.
///
/// # Errors
/// Whatever `work` says; nothing has changed then.
pub fn write_once<T>(conn: &mut Connection, env: &Env, work: impl FnOnce(&Batch<'_>) -> Result<T>) -> Result<T> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let batch = Batch::new(&tx, env);
    let out = work(&batch)?;
    batch.seal()?;
    tx.commit()?;
    Ok(out)
}
