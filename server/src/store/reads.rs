//! Connections for reading, each snapshot consistent in itself.

use super::open_read_only;
use crate::error::{Error, Result};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// Most connections that wait for work; beyond it they are closed after use.
const IDLE: usize = 32;

/// A pool that grows to as many connections as read at the same time.
#[derive(Clone)]
pub struct Reads {
    path: PathBuf,
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Reads {
    /// A pool over a database.
    pub fn new(path: PathBuf) -> Self {
        Self { path, idle: Arc::default() }
    }

    /// Runs `work` on a blocking thread in one reading transaction.
    ///
    /// # Errors
    /// Whatever `work` or the database says.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let pool = self.clone();
        tokio::task::spawn_blocking(move || pool.run_here(work)).await.map_err(|_| Error::Stopping)?
    }

    /// The same on the calling thread.
    ///
    /// # Errors
    /// Whatever `work` or the database says.
    pub fn run_here<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut conn = match idle {
            Some(conn) => conn,
            None => open_read_only(&self.path)?,
        };
        let tx = conn.transaction()?;
        let out = work(&tx);
        tx.finish()?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE {
            idle.push(conn);
        }
        out
    }

    /// Closes the idle connections.
    pub fn close(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
