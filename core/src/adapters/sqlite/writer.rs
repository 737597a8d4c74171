//! The one thread that owns the connection.
//!
//! Jobs come over a channel and run one after the other, each in its transaction. The caller waits for the commit, so when
//! [`JournalStore::write`](crate::ports::JournalStore::write) returns the job is on disk. A crash before the commit's sync leaves
//! nothing of the job, one after it leaves all of it. The log is folded into the database while nobody waits; a crash during that is
//! made good by the log, which is still there.

use super::errors::store_error;
use super::seal::RowSealer;
use super::tx::SqliteTx;
use super::{file, rebuild};
use crate::ports::{Job, JobEnd, StoreError};
use rusqlite::{Connection, TransactionBehavior};
use std::cell::Cell;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError};

/// Commits after which the log is folded in, before SQLite does it within a commit (at 200 pages): a punch writes about five.
const FOLD_AFTER: u32 = 24;

/// What the thread is asked for. Each is answered once; an answer nobody waits for is dropped.
pub(super) enum Ask {
    Run { job: Job, writable: bool, answer: SyncSender<Result<(), JobEnd>> },
    QuickCheck { answer: SyncSender<Result<Vec<String>, StoreError>> },
    Close { answer: SyncSender<Result<(), StoreError>> },
}

/// What the thread owns.
pub(super) struct Writer {
    pub(super) conn: Connection,
    pub(super) seal: RowSealer,
    /// Held as long as the connection is open.
    pub(super) lock: File,
    /// The database's file.
    pub(super) path: PathBuf,
}

impl Writer {
    /// Works until it is told to close or the store is gone.
    pub(super) fn work(mut self, asks: &Receiver<Ask>) {
        let mut commits = 0;
        loop {
            let ask = match asks.try_recv() {
                Err(TryRecvError::Empty) => {
                    if commits >= FOLD_AFTER {
                        commits = 0;
                        // What could not be folded in now stays in the log.
                        let _ = self.fold("PASSIVE");
                    }
                    asks.recv().ok()
                }
                Err(TryRecvError::Disconnected) => None,
                Ok(ask) => Some(ask),
            };
            match ask {
                Some(Ask::Run { job, writable, answer }) => {
                    let end = self.run(job, writable);
                    commits += u32::from(writable && end.is_ok());
                    let _ = answer.send(end);
                }
                Some(Ask::QuickCheck { answer }) => drop(answer.send(self.quick_check())),
                Some(Ask::Close { answer }) => {
                    let _ = answer.send(self.close());
                    return;
                }
                None => return drop(self.close()),
            }
        }
    }

    fn run(&mut self, job: Job, writable: bool) -> Result<(), JobEnd> {
        if !self.conn.is_autocommit() {
            // A rollback that failed before is tried again; without it no transaction can begin.
            self.conn.execute_batch("ROLLBACK").map_err(store_error)?;
        }
        let behavior = if writable { TransactionBehavior::Immediate } else { TransactionBehavior::Deferred };
        let damaged = Cell::new(false);
        let end = self.transact(job, behavior, &damaged);
        if damaged.get() || matches!(end, Err(JobEnd::Store(StoreError::Damaged { seq: None }))) {
            rebuild::mark(&self.path);
        }
        end
    }

    fn transact(&mut self, job: Job, behavior: TransactionBehavior, damaged: &Cell<bool>) -> Result<(), JobEnd> {
        let writable = matches!(behavior, TransactionBehavior::Immediate);
        let tx = self.conn.transaction_with_behavior(behavior).map_err(store_error)?;
        let mut view = SqliteTx { conn: &tx, seal: &self.seal, writable, damaged };
        // Dropped without a commit, the transaction is rolled back.
        catch_unwind(AssertUnwindSafe(|| job(&mut view)))
            .unwrap_or_else(|_| Err(StoreError::Io("a job of the store failed".to_owned()).into()))?;
        let end = if writable { tx.commit() } else { tx.rollback() };
        end.map_err(|e| store_error(e).into())
    }

    /// SQLite's own check of its structure, without the comparison of indexes; at most 20 findings. They name pages
    /// and indexes. With any, the next start rebuilds the file.
    fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        let check = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.conn.prepare("PRAGMA quick_check(20)")?;
            statement.query_map([], |row| row.get(0))?.collect()
        };
        let mut found = match check().map_err(store_error) {
            // Damage that the check itself stumbles over.
            Err(StoreError::Damaged { .. }) => vec!["the structure cannot be read".to_owned()],
            other => other?,
        };
        found.retain(|line| line != "ok");
        if !found.is_empty() {
            rebuild::mark(&self.path);
        }
        Ok(found)
    }

    fn fold(&self, mode: &str) -> Result<(), StoreError> {
        self.conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |_| Ok(())).map_err(store_error)
    }

    /// Closes, and only then lets the lock go.
    fn close(self) -> Result<(), StoreError> {
        let Self { conn, lock, .. } = self;
        let closed = file::close(conn);
        drop(lock);
        closed
    }
}
