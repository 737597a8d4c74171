//! The embedded database: how it is opened, written and read.
//!
//! SQLite in WAL mode with `synchronous=FULL`: a commit that was answered survives a power cut. One connection writes at a time.
//! In a serving process that is the [`Writer`] thread; an administrator's command is another process with a connection of its own,
//! and SQLite's write lock (taken at the start of every writing transaction) puts the two in a line. So nothing about the log or a
//! journal may be remembered between transactions: each reads what it needs inside its own.

mod batch;
mod migrate;
mod reads;
mod writer;

pub use batch::{Batch, Env, KeyCache, write_once};
pub use migrate::{Migration, SCHEMA, migrate};
pub use reads::Reads;
pub use writer::Writer;

use crate::error::Result;
use daka_core::domain::crypto::Crypto;
use daka_core::domain::ids::{JournalId, TenantId};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;

/// "Daka" in ASCII: what `file` shows of the database.
const APPLICATION_ID: i32 = 0x4461_6b61;

/// Opens the database for writing and brings it to the newest version.
///
/// # Errors
/// `NewerDatabase` for one of a later program, `Db` when SQLite refuses.
pub fn open(path: &Path) -> Result<Connection> {
    if !path.exists() {
        // Made here, so that it is its owner's alone from the start; SQLite gives WAL and shared memory the same permissions.
        crate::home::write_private(path, &[])?;
    }
    let mut conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "application_id", APPLICATION_ID)?;
    migrate(&mut conn, SCHEMA)?;
    Ok(conn)
}

/// Opens the database for reading only.
///
/// # Errors
/// `Db` when SQLite refuses.
pub fn open_read_only(path: &Path) -> Result<Connection> {
    let conn = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection> {
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(Duration::from_secs(20))?;
    conn.set_prepared_statement_cache_capacity(128);
    conn.pragma_update(None, "journal_mode", "WAL")?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "fullfsync", true)?;
    conn.pragma_update(None, "checkpoint_fullfsync", true)?;
    conn.pragma_update(None, "secure_delete", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "journal_size_limit", 64 << 20)?;
    Ok(conn)
}

/// The bucket of a journal: the first 12 bits of SHA-256(tenant ‖ J). A million-worker tenant spreads over 4,096 of them.
pub fn bucket(crypto: &dyn Crypto, tenant: &TenantId, journal: JournalId) -> i64 {
    let d = crypto.sha256(&[tenant.as_str().as_bytes(), journal.as_ref()]).0;
    i64::from(d[0]) << 4 | i64::from(d[1] >> 4)
}

/// A number of ours for SQLite, which has signed integers only. Seqs, counters and sizes stay far below 2⁶³.
pub fn sql(n: u64) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// A number that was stored by [`sql`].
pub fn num(n: i64) -> u64 {
    u64::try_from(n).unwrap_or(0)
}
