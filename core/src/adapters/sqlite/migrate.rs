//! Numbered migrations.
//!
//! `core/migrations/NNN_name.sql` brings a database from version NNN − 1 to NNN. Each runs in one immediate transaction together with
//! the new version's number, so that a crash or a fault leaves the version before, whole. A file is never changed once it was
//! released; `tests/fixtures` keeps a database of each version.

use super::errors::store_error;
use super::seal::{RowSealer, StoreId, new_store_id};
use crate::adapters::crypto::Sealer;
use crate::ports::StoreError;
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior, params};

/// "DAKA" in the header of the file: whose database it is.
pub(super) const APPLICATION_ID: i64 = 0x4441_4b41;

/// From version 0, an empty file, to the newest.
pub(super) const MIGRATIONS: &[&str] = &[include_str!("../../../migrations/001_journal.sql")];

/// What a database says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing is in it yet.
    Empty,
    /// A journal of this version.
    Version(u32),
    /// Another program's.
    Foreign,
}

/// Reads whose database it is and of which version.
pub(super) fn found(conn: &Connection) -> Result<Found, StoreError> {
    let number = |pragma| conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0)).map_err(store_error);
    let (application, version) = (number("application_id")?, number("user_version")?);
    if application == APPLICATION_ID {
        return u32::try_from(version).map(Found::Version).map_err(|_| StoreError::Damaged { seq: None });
    }
    let tables: i64 =
        conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0)).map_err(store_error)?;
    Ok(if (application, version, tables) == (0, 0, 0) { Found::Empty } else { Found::Foreign })
}

/// The version of the database, 0 for an empty file. The sealing key is checked; nothing is written.
///
/// # Errors
/// [`StoreError::NewerVersion`], [`StoreError::WrongKey`], [`StoreError::Damaged`], or what the storage says.
pub(super) fn check(conn: &Connection, sealer: &Sealer, known: u32) -> Result<u32, StoreError> {
    match found(conn)? {
        Found::Empty => Ok(0),
        Found::Foreign => Err(StoreError::Io("the file is another program's database; choose another name".to_owned())),
        Found::Version(found) if found > known => Err(StoreError::NewerVersion { found, known }),
        // A journal's version and its application id are written in one transaction.
        Found::Version(0) => Err(StoreError::Damaged { seq: None }),
        Found::Version(version) => identity(conn, sealer).map(|_| version),
    }
}

/// Brings the database from `version` to the newest that `migrations` knows and gives back the sealer of its rows.
///
/// # Errors
/// What the storage says. A failed migration leaves the version before.
pub(super) fn upgrade(
    conn: &mut Connection,
    sealer: &Sealer,
    version: u32,
    migrations: &[&str],
) -> Result<RowSealer, StoreError> {
    for (number, sql) in (1..).zip(migrations).skip(version as usize) {
        step(conn, sealer, number, sql).map_err(|e| match e {
            StoreError::Io(why) => {
                StoreError::Io(format!("the database could not be brought to version {number}: {why}"))
            }
            other => other,
        })?;
    }
    identity(conn, sealer)
}

fn step(conn: &mut Connection, sealer: &Sealer, number: u32, sql: &str) -> Result<(), StoreError> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
    tx.execute_batch(sql).map_err(store_error)?;
    if number == 1 {
        let store = new_store_id()?;
        let check = RowSealer::new(sealer.clone(), store).key_check()?;
        for table in ["identity", "identity_copy"] {
            let sql = format!("INSERT INTO {table} (one, store, key_check) VALUES (1, ?1, ?2)");
            tx.execute(&sql, params![store, check]).map_err(store_error)?;
        }
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(store_error)?;
    }
    tx.pragma_update(None, "user_version", number).map_err(store_error)?;
    tx.commit().map_err(store_error)
}

/// The sealer of the rows, from whichever copy of the identity opens.
///
/// # Errors
/// [`StoreError::WrongKey`] if one can be read and none opens; [`StoreError::Damaged`] if none can be read.
pub(super) fn identity(conn: &Connection, sealer: &Sealer) -> Result<RowSealer, StoreError> {
    let read = |sql| -> Result<Option<(StoreId, Vec<u8>)>, rusqlite::Error> {
        conn.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).optional()
    };
    let copies = [
        read("SELECT store, key_check FROM identity WHERE one = 1"),
        read("SELECT store, key_check FROM identity_copy WHERE one = 1"),
    ];
    let mut error = StoreError::Damaged { seq: None };
    for copy in copies {
        match copy {
            Ok(Some((store, check))) => {
                let rows = RowSealer::new(sealer.clone(), store);
                if rows.key_fits(&check) {
                    return Ok(rows);
                }
                error = StoreError::WrongKey;
            }
            Ok(None) => {}
            Err(e) => match store_error(e) {
                StoreError::Damaged { .. } => {}
                other => return Err(other),
            },
        }
    }
    Err(error)
}
