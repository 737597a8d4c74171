//! Opening the file: the lock, the settings, the version, and a first look.
//!
//! The lock is a file of its own beside the database, held as long as the store is open; the system frees it when the process ends,
//! however it ends. SQLite's own exclusive lock stands behind it. Nothing is written before the version and the sealing key were
//! found to fit.

use super::errors::{file_error, store_error};
use super::migrate;
use super::opened::{StoredDue, StoredHead, StoredValue};
use super::seal::RowSealer;
use super::tx::SqliteTx;
use crate::adapters::crypto::Sealer;
use crate::adapters::durable;
use crate::ports::{StoreError, Tx as _};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::cell::Cell;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// `path` with something after its name.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

/// Takes the lock that keeps every other process, and every other store of this one, out.
///
/// # Errors
/// [`StoreError::InUse`], [`StoreError::ReadOnly`], or what the system says.
pub(super) fn take_lock(path: &Path) -> Result<File, StoreError> {
    let lock = durable::private().create(true).write(true).truncate(false).open(with_suffix(path, ".lock"));
    let lock = lock.map_err(|e| file_error(&e))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(e)) => Err(file_error(&e)),
    }
}

/// A database that nobody else opens meanwhile.
pub(in crate::adapters) struct Held {
    /// Whether there is an entry in it.
    pub(in crate::adapters) has_entries: bool,
    /// Let go of when this is dropped.
    pub(in crate::adapters) _lock: File,
}

/// Looks whether there is an entry in a database, for which no key is needed, and keeps others out meanwhile. One that is not there
/// has none.
///
/// # Errors
/// [`StoreError::InUse`], or what the storage says; then nobody knows what is in it.
pub(in crate::adapters) fn hold(path: &Path) -> Result<Held, StoreError> {
    let lock = take_lock(path)?;
    let has_entries = path.exists() && has_entries(path).map_err(store_error)?;
    Ok(Held { has_entries, _lock: lock })
}

fn has_entries(path: &Path) -> rusqlite::Result<bool> {
    let conn = bare(path)?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    // Version 0: its making was cut off before the first table.
    if version == 0 { Ok(false) } else { conn.query_row("SELECT EXISTS (SELECT 1 FROM entry)", [], |row| row.get(0)) }
}

/// A connection that keeps others out and folds nothing when it is given up.
fn bare(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags)?;
    // A connection that is given up changes nothing: its log is not folded into a file that may be damaged, or not ours.
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    conn.busy_timeout(std::time::Duration::ZERO)?;
    // Before the first read: so SQLite keeps the log's index in memory and needs no shared-memory file.
    conn.execute_batch("PRAGMA locking_mode = EXCLUSIVE; PRAGMA trusted_schema = OFF;")?;
    Ok(conn)
}

/// Whether the last one to have it open did not close it: then its log is still there. Nothing is lost by that.
pub(super) fn was_left_open(path: &Path) -> bool {
    std::fs::metadata(with_suffix(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// Opens or makes the database at `path` and brings it to the newest version.
///
/// # Errors
/// [`StoreError`]; nothing is written if version or key do not fit.
pub(super) fn connect(path: &Path, sealer: &Sealer) -> Result<(Connection, RowSealer), StoreError> {
    connect_to(path, sealer, migrate::MIGRATIONS)
}

pub(super) fn connect_to(
    path: &Path,
    sealer: &Sealer,
    migrations: &[&str],
) -> Result<(Connection, RowSealer), StoreError> {
    // Made here, so that only its owner may read it; SQLite gives its log the same mode.
    let made = durable::private().create(true).read(true).write(true).truncate(false).open(path);
    drop(made.map_err(|e| file_error(&e))?);
    let mut conn = bare(path).map_err(store_error)?;
    let version = migrate::check(&conn, sealer, u32::try_from(migrations.len()).unwrap_or(u32::MAX))?;
    settle_pragmas(&conn).map_err(store_error)?;
    let seal = migrate::upgrade(&mut conn, sealer, version, migrations)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok((conn, seal))
}

/// Folds the log into the file and closes it. A file that cannot be closed cleanly is closed all the same; its log stays.
///
/// # Errors
/// [`StoreError`] if the log is still there.
pub(super) fn close(conn: Connection) -> Result<(), StoreError> {
    conn.flush_prepared_statement_cache();
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(store_error)?;
    let folded = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(store_error);
    let closed = conn.close().map_err(|(_, e)| store_error(e));
    folded.and(closed)
}

/// One sync a commit, which a power cut does not undo (docs/decisions); erased rows are overwritten; no temporary file, which
/// Android has no folder for.
fn settle_pragmas(conn: &Connection) -> rusqlite::Result<()> {
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(rusqlite::Error::InvalidQuery);
    }
    conn.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA wal_autocheckpoint = 200;
         PRAGMA journal_size_limit = 1048576;
         PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY;
         PRAGMA secure_delete = ON;
         PRAGMA cell_size_check = ON;",
    )
}

/// Reads what every start of the program needs: where the tail is, what waits, the last head, and the small values whole. Damage
/// there would stop the program at each start; damage elsewhere is found by the full check, and a damaged entry is the use case's to
/// deal with.
///
/// # Errors
/// [`StoreError::Damaged`], or what the storage says.
pub(super) fn look(conn: &Connection, seal: &RowSealer) -> Result<(), StoreError> {
    let tx = SqliteTx { conn, seal, writable: false, damaged: &Cell::new(false) };
    tx.first_waiting()?;
    let sql = "SELECT epoch, length(sealed) FROM entry ORDER BY epoch DESC, seq DESC LIMIT 1";
    let tail: Option<i64> = tx.first(sql, [], |row| row.get::<_, i64>(1).and_then(|_| row.get(0)))?;
    if let Some(epoch) = tail {
        let sql = "SELECT epoch, seq, sealed FROM head WHERE epoch = ?1 ORDER BY seq DESC LIMIT 1";
        tx.one::<StoredHead>(sql, [epoch])?;
    }
    tx.each::<StoredValue>("SELECT name, sealed FROM value", [], |row| row.map(drop))?;
    tx.each::<StoredDue>("SELECT task, elapsed_ms, wall_ms, sealed FROM due", [], |row| row.map(drop))
}
