//! Versions of the database: upgrades whole or not at all, newer ones refused.

use super::{InFolder, KEY};
use crate::adapters::crypto::Sealer;
use crate::adapters::sqlite::file::{close, connect_to, take_lock};
use crate::adapters::sqlite::migrate::{APPLICATION_ID, MIGRATIONS};
use crate::adapters::sqlite::seal::RowSealer;
use crate::adapters::sqlite::tx::SqliteTx;
use crate::adapters::sqlite::writer::Writer;
use crate::adapters::sqlite::{SqliteStore, start};
use crate::domain::journal::Kind;
use crate::ports::{EntryState, JobEnd, StoreError, Tx as _};
use crate::testkit::contract::{append, row};
use crate::testkit::{read, write};
use rusqlite::Connection;
use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use tempfile::TempDir;

const FIRST: &str = MIGRATIONS[0];
const NEXT: &str = "ALTER TABLE entry ADD COLUMN shift TEXT; CREATE TABLE site (id BLOB PRIMARY KEY) STRICT;";
/// Changes a table, moves data, and then meets a fault.
const BUGGY: &str =
    "ALTER TABLE entry ADD COLUMN shift TEXT; UPDATE entry SET state = 1; INSERT INTO nowhere VALUES (1);";

fn journal() -> (PathBuf, TempDir) {
    let store = InFolder::new();
    append(&*store, vec![row(0, 1, Kind::Punch), row(0, 2, Kind::Punch)]);
    store.stop()
}

fn connect(path: &Path, migrations: &[&str]) -> Result<(Connection, RowSealer), StoreError> {
    connect_to(path, &Sealer::new(&KEY).unwrap(), migrations)
}

fn number(conn: &Connection, pragma: &str) -> i64 {
    conn.pragma_query_value(None, pragma, |row| row.get(0)).unwrap()
}

/// The names of what is in the schema.
fn columns(conn: &Connection) -> Vec<String> {
    let mut statement = conn.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").unwrap();
    statement.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap()
}

#[test]
fn the_header_says_whose_database_it_is_and_of_which_version() {
    let (path, _folder) = journal();
    let bytes = fs::read(path).unwrap();
    // The file format, section 1.3: user version at 60, application id at 68, both big-endian; write and read version 2 mean WAL.
    assert_eq!(bytes[60..64], u32::try_from(MIGRATIONS.len()).unwrap().to_be_bytes());
    assert_eq!(&bytes[68..72], b"DAKA");
    assert_eq!(bytes[18..20], [2, 2]);
    assert_eq!(APPLICATION_ID.to_be_bytes()[4..], *b"DAKA");
}

#[test]
fn the_settings_are_the_ones_that_a_power_cut_does_not_undo() {
    let (path, _folder) = journal();
    let (conn, _) = connect(&path, MIGRATIONS).unwrap();
    let text = |pragma| conn.pragma_query_value(None, pragma, |row| row.get::<_, String>(0)).unwrap();
    assert_eq!((text("journal_mode").as_str(), text("locking_mode").as_str()), ("wal", "exclusive"));
    let numbers = [
        ("synchronous", 2),
        ("fullfsync", 1),
        ("checkpoint_fullfsync", 1),
        ("wal_autocheckpoint", 200),
        ("journal_size_limit", 1 << 20),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("temp_store", 2),
        ("secure_delete", 1),
    ];
    for (pragma, expected) in numbers {
        assert_eq!(number(&conn, pragma), expected, "{pragma}");
    }
}

#[test]
fn an_upgrade_with_a_fault_leaves_the_version_before_whole() {
    let (path, _folder) = journal();
    let before = columns(&connect(&path, &[FIRST]).unwrap().0);
    let error = connect(&path, &[FIRST, BUGGY]).unwrap_err();
    assert!(matches!(&error, StoreError::Io(why) if why.contains("version 2")), "{error:?}");
    let (conn, _) = connect(&path, &[FIRST]).unwrap();
    assert_eq!(number(&conn, "user_version"), 1);
    assert_eq!(columns(&conn), before);
    drop(conn);
    let (store, _) = SqliteStore::open(&path, &KEY).unwrap();
    assert_eq!(read(&store, |tx| tx.entries(0, 1, 9)).unwrap(), [row(0, 1, Kind::Punch), row(0, 2, Kind::Punch)]);
    drop(store);
    // A later build of the same upgrade without the fault.
    let (conn, seal) = connect(&path, &[FIRST, NEXT]).unwrap();
    assert_eq!(number(&conn, "user_version"), 2);
    let tx = SqliteTx { conn: &conn, seal: &seal, writable: false, damaged: &Cell::new(false) };
    assert_eq!(tx.count(EntryState::Waiting), Ok(2));
}

#[test]
fn a_first_version_with_a_fault_leaves_an_empty_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    connect(&path, &["CREATE TABLE entry (a INTEGER); INSERT INTO nowhere VALUES (1);"]).unwrap_err();
    connect(&path, MIGRATIONS).unwrap();
}

#[test]
fn a_newer_version_is_refused_and_not_touched() {
    let (path, folder) = journal();
    close(connect(&path, &[FIRST, NEXT]).unwrap().0).unwrap();
    let before = super::files::contents(folder.path());
    let error = SqliteStore::open(&path, &KEY).unwrap_err();
    assert_eq!(error, StoreError::NewerVersion { found: 2, known: 1 });
    assert!(super::files::contents(folder.path()) == before);
}

#[test]
fn a_full_disk_loses_nothing_and_is_over_when_there_is_room() {
    let (path, _folder) = journal();
    let (conn, seal) = connect(&path, MIGRATIONS).unwrap();
    let pages = number(&conn, "page_count");
    // SQLite answers with SQLITE_FULL beyond this size as on a full disk.
    conn.pragma_update(None, "max_page_count", pages + 1).unwrap();
    let lock = take_lock(&path).unwrap();
    let running = start(Writer { conn, seal, lock, path: path.clone() }).unwrap();
    let sealer = Sealer::new(&KEY).unwrap();
    let store = SqliteStore { path: path.clone(), sealer, running: Mutex::new(Some(running)) };
    let end = write(&store, |tx| (3..100).try_for_each(|seq| tx.append(&row(0, seq, Kind::Punch))));
    assert_eq!(end, Err(JobEnd::Store(StoreError::DiskFull)));
    // A job that goes on after the refusal, which ended its transaction, writes nothing on its own.
    let end = write(&store, |tx| {
        assert_eq!((3..100).try_for_each(|seq| tx.append(&row(0, seq, Kind::Punch))), Err(StoreError::DiskFull));
        let _ = tx.append(&row(0, 200, Kind::Punch));
        Ok(())
    });
    assert!(end.is_err(), "{end:?}");
    assert_eq!(read(&store, |tx| tx.tail()).unwrap(), Some(row(0, 2, Kind::Punch)));
    drop(store);
    let (store, opened) = SqliteStore::open(&path, &KEY).unwrap();
    assert_eq!(opened.moved_aside, None);
    append(&store, (3..100).map(|seq| row(0, seq, Kind::Punch)).collect());
}
