//! The journal's database on a phone: bundled SQLite, one file, one writer thread.
//!
//! States of a store: open, or closed by [`pause`](JournalStore::pause). While it is open one thread owns the connection (`writer`)
//! and the lock beside the file (`file`), so a second process, or a second store in this one, gets [`StoreError::InUse`] at once.
//!
//! What holds:
//! - What [`write`](JournalStore::write) acknowledged survives a kill and a power cut (WAL, `synchronous = FULL`, `fullfsync`).
//! - A job happens whole or not at all, also if it panics.
//! - Private columns are sealed each for its own row (`seal`); a wrong key is found before anything is written.
//! - A file that SQLite cannot read is never deleted: it is moved aside, and what can still be opened is taken over (`rebuild`).
//!   That happens at opening only. After a [`StoreError::Damaged`] without a seq, drop the store and open it again.
//! - Opening reads a few pages, however long the journal is.
//!
//! What a crash leaves: during a job nothing of it; during a migration the version before; during a rebuild the old file, or the
//! new one ready beside it; while closing a log that the next opening folds in.

mod errors;
mod file;
mod migrate;
mod opened;
mod rebuild;
mod rows;
mod seal;
mod tx;
mod writer;

#[cfg(test)]
mod tests;

#[cfg(all(feature = "system", feature = "http", feature = "photo"))]
pub(in crate::adapters) use file::{Held, hold};

use crate::adapters::crypto::{SealError, Sealer};
use crate::ports::{Job, JobEnd, JournalStore, StoreError};
use rusqlite::Connection;
use seal::RowSealer;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use writer::{Ask, Writer};

/// What opening found and did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// There was no database before.
    pub fresh: bool,
    /// The last one to have it open did not close it. Nothing is lost by that; [`SqliteStore::quick_check`] is due.
    pub unclean: bool,
    /// The file as it was found damaged, kept under this name.
    pub moved_aside: Option<PathBuf>,
    /// Entries that were taken over from it.
    pub salvaged: u64,
    /// Whether something in it could not be taken over.
    pub incomplete: bool,
}

/// The journal's database in one file.
#[derive(Debug)]
pub struct SqliteStore {
    path: PathBuf,
    sealer: Sealer,
    running: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    asks: Sender<Ask>,
    thread: JoinHandle<()>,
}

/// Takes the lock of a database that nobody has open, and keeps others from opening it until it is dropped.
///
/// # Errors
/// [`StoreError::InUse`], or what the system says.
pub(crate) fn lock(path: &Path) -> Result<std::fs::File, StoreError> {
    file::take_lock(path)
}

impl SqliteStore {
    /// Opens the database at `path`, or makes it there; its folder is there already. A damaged one is moved aside first.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::WrongKey`], [`StoreError::NewerVersion`], [`StoreError::ReadOnly`],
    /// [`StoreError::DiskFull`]; the file is left as it is then.
    pub fn open(path: &Path, sealing_key: &[u8; 32]) -> Result<(Self, Opened), StoreError> {
        let sealer = Sealer::new(sealing_key).map_err(|SealError| StoreError::WrongKey)?;
        let lock = file::take_lock(path)?;
        let swapped = rebuild::finish(path)?;
        let mut opened = Opened {
            fresh: !path.exists(),
            unclean: file::was_left_open(path),
            moved_aside: swapped,
            ..Opened::default()
        };
        let (conn, seal) = match connect_and_look(path, &sealer) {
            Err(StoreError::Damaged { .. }) => {
                let rebuilt = rebuild::rebuild(path, &sealer)?;
                opened.moved_aside = Some(rebuilt.moved_aside);
                opened.salvaged = rebuilt.entries;
                opened.incomplete = rebuilt.incomplete;
                file::connect(path, &sealer)?
            }
            other => other?,
        };
        let running = start(Writer { conn, seal, lock, path: path.to_owned() })?;
        Ok((Self { path: path.to_owned(), sealer, running: Mutex::new(Some(running)) }, opened))
    }

    /// SQLite's own check of the file's structure: nothing, or findings that name pages. It takes about a millisecond per 1,400
    /// entries and holds up jobs meanwhile, so it belongs behind the first answer, after an unclean stop.
    ///
    /// # Errors
    /// [`StoreError`] if the check itself cannot run.
    pub fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        self.ask(|answer| Ask::QuickCheck { answer })?
    }

    /// Sends a question to the thread and waits for its answer.
    fn ask<T>(&self, question: impl FnOnce(SyncSender<T>) -> Ask) -> Result<T, StoreError> {
        let (answer, answered) = sync_channel(1);
        {
            let running = self.running();
            let running = running.as_ref().ok_or(StoreError::Closed)?;
            running.refuse_itself()?;
            running.asks.send(question(answer)).map_err(|_| StoreError::Closed)?;
        }
        answered.recv().map_err(|_| StoreError::Closed)
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// A job that asks the store it runs in would wait for itself.
    fn refuse_itself(&self) -> Result<(), StoreError> {
        if self.thread.thread().id() == std::thread::current().id() {
            return Err(StoreError::Io("a job may not call the store that runs it".to_owned()));
        }
        Ok(())
    }
}

/// Opens the file, unless it is known or found to be damaged.
fn connect_and_look(path: &Path, sealer: &Sealer) -> Result<(Connection, RowSealer), StoreError> {
    let (conn, seal) = file::connect(path, sealer)?;
    if rebuild::is_marked(path) {
        return Err(StoreError::Damaged { seq: None });
    }
    file::look(&conn, &seal)?;
    Ok((conn, seal))
}

fn start(writer: Writer) -> Result<Running, StoreError> {
    let (asks, asked) = channel();
    let thread = std::thread::Builder::new().name("daka-journal".to_owned()).spawn(move || writer.work(&asked));
    let thread = thread.map_err(|e| StoreError::Io(e.to_string()))?;
    Ok(Running { asks, thread })
}

impl JournalStore for SqliteStore {
    fn write(&self, job: Job) -> Result<(), JobEnd> {
        self.ask(|answer| Ask::Run { job, writable: true, answer })?
    }

    fn read(&self, job: Job) -> Result<(), JobEnd> {
        self.ask(|answer| Ask::Run { job, writable: false, answer })?
    }

    fn pause(&self) -> Result<(), StoreError> {
        // Held to the end, so that nobody opens the file while it is being closed. Jobs that were asked for before are run first.
        let mut running = self.running();
        if let Some(running) = running.as_ref() {
            running.refuse_itself()?;
        }
        let Some(Running { asks, thread }) = running.take() else { return Ok(()) };
        let (answer, answered) = sync_channel(1);
        let closed = match asks.send(Ask::Close { answer }) {
            Ok(()) => answered.recv().unwrap_or(Ok(())),
            Err(_) => Ok(()),
        };
        let ended = thread.join().map_err(|_| StoreError::Io("the journal's thread failed".to_owned()));
        closed.and(ended)
    }

    fn resume(&self) -> Result<(), StoreError> {
        let mut running = self.running();
        if running.is_none() {
            let lock = file::take_lock(&self.path)?;
            // What is damaged now is moved aside at the next start, where it is told.
            let (conn, seal) = connect_and_look(&self.path, &self.sealer)?;
            *running = Some(start(Writer { conn, seal, lock, path: self.path.clone() })?);
        }
        Ok(())
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // Closing again at the next start makes good what fails here.
        let _ = self.pause();
    }
}
