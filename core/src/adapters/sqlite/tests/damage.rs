//! Damaged files: nothing is deleted, what opens is taken over, and the store goes on.

use super::{InFolder, KEY};
use crate::adapters::sqlite::file::with_suffix;
use crate::adapters::sqlite::{Opened, SqliteStore};
use crate::domain::journal::Kind;
use crate::ports::{Due, EntryRow, EntryState, JobEnd, JournalStore as _, ReceiptRow, StoreError};
use crate::testkit::contract::{append, row};
use crate::testkit::{read, write};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const PAGE: usize = 4096;
const ROWS: u64 = 300;

fn kind_of(seq: u64) -> Kind {
    if seq.is_multiple_of(3) { Kind::Anchor } else { Kind::Punch }
}

/// A closed journal with something in the tables that every start reads.
fn journal() -> (PathBuf, TempDir) {
    let store = InFolder::new();
    append(&*store, (1..=ROWS).map(|seq| row(0, seq, kind_of(seq))).collect());
    write(&*store, |tx| {
        tx.set_state(0, 1, ROWS - 5, EntryState::Received)?;
        tx.put_head(0, ROWS, b"head")?;
        tx.put_receipt(&ReceiptRow { epoch: 0, from: 1, to: ROWS - 5, part: b"receipt".to_vec() })?;
        tx.put_value("session", b"the session")?;
        let boot = "boot".to_owned();
        tx.set_due("sync", Some(&Due { attempts: 3, boot, elapsed_ms: 5, wall_ms: 6, reason: "timed_out".into() }))
    })
    .unwrap();
    store.stop()
}

fn open(path: &Path) -> (SqliteStore, Opened) {
    SqliteStore::open(path, &KEY).unwrap()
}

/// A file is as it was, to the byte.
fn kept(file: &Path, bytes: &[u8]) {
    assert!(fs::read(file).unwrap() == bytes, "{} was changed", file.display());
}

/// The entries that can be read, one by one.
fn readable(store: &SqliteStore) -> Vec<EntryRow> {
    (1..=ROWS).filter_map(|seq| read(store, move |tx| tx.entry(0, seq)).ok().flatten()).collect()
}

fn everything_is_there(store: &SqliteStore) {
    let expected = |seq: u64| EntryRow {
        state: if seq <= ROWS - 5 { EntryState::Received } else { EntryState::Waiting },
        ..row(0, seq, kind_of(seq))
    };
    assert_eq!(readable(store), (1..=ROWS).map(expected).collect::<Vec<_>>());
    read(store, |tx| {
        assert_eq!(tx.first_waiting()?, Some((0, ROWS - 4)));
        assert_eq!(tx.last_head(0)?, Some((ROWS, b"head".to_vec())));
        assert_eq!(tx.receipts()?.len(), 1);
        assert_eq!(tx.value("session")?.as_deref(), Some(&b"the session"[..]));
        assert_eq!(tx.due("sync")?.map(|due| due.attempts), Some(3));
        Ok(())
    })
    .unwrap();
}

#[test]
fn a_file_that_is_no_database_is_kept_aside_and_a_new_one_made() {
    for garbage in [&b"no database"[..], &[0xa5; 3 * PAGE + 17], &[0; 200]] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        fs::write(&path, garbage).unwrap();
        let (store, opened) = open(&path);
        let aside = with_suffix(&path, ".corrupt-1");
        let expected = Opened { moved_aside: Some(aside.clone()), incomplete: true, ..Opened::default() };
        assert_eq!(opened, expected);
        kept(&aside, garbage);
        append(&store, vec![row(1, 1, Kind::EpochStarted)]);
        drop(store);
        assert_eq!(open(&path).1, Opened::default());
    }
}

#[test]
fn a_second_damaged_file_does_not_replace_the_first() {
    let (path, folder) = journal();
    for n in 1..=3 {
        fs::write(&path, [n; 5000]).unwrap();
        assert_eq!(open(&path).1.moved_aside, Some(with_suffix(&path, &format!(".corrupt-{n}"))));
    }
    for n in 1..=3 {
        assert_eq!(fs::read(folder.path().join(format!("journal.db.corrupt-{n}"))).unwrap(), [n; 5000]);
    }
}

#[test]
fn a_damaged_header_or_first_page_loses_nothing() {
    for (from, to) in [(0, 16), (16, 100), (0, 100), (100, 200), (0, PAGE)] {
        let (path, _folder) = journal();
        let mut bytes = fs::read(&path).unwrap();
        bytes[from..to].fill(0xff);
        fs::write(&path, &bytes).unwrap();
        let (store, opened) = open(&path);
        assert_eq!((opened.salvaged, opened.incomplete), (ROWS, false), "bytes {from} to {to}");
        kept(&opened.moved_aside.unwrap(), &bytes);
        everything_is_there(&store);
    }
}

#[test]
fn a_damaged_first_page_loses_nothing_that_is_still_in_the_log() {
    // The whole journal is still in the log, its first page too; and one entry is, with little beside it.
    for in_file in [0, ROWS] {
        let store = InFolder::new();
        append(&*store, (1..=in_file).map(|seq| row(0, seq, kind_of(seq))).collect());
        store.pause().unwrap();
        store.resume().unwrap();
        append(&*store, (in_file + 1..=ROWS + 1).map(|seq| row(0, seq, kind_of(seq))).collect());
        // What a kill leaves: the files as they are now.
        let killed = tempfile::tempdir().unwrap();
        let path = killed.path().join("journal.db");
        for suffix in ["", "-wal"] {
            fs::copy(with_suffix(&store.path(), suffix), with_suffix(&path, suffix)).unwrap();
        }
        let log = fs::read(with_suffix(&path, "-wal")).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes[..PAGE].fill(0xff);
        fs::write(&path, &bytes).unwrap();
        let (rebuilt, opened) = open(&path);
        assert!(opened.unclean);
        let last = ROWS + 1;
        assert_eq!(readable(&rebuilt).len() as u64, ROWS);
        assert_eq!(read(&rebuilt, |tx| tx.tail()).unwrap(), Some(row(0, last, kind_of(last))));
        if let Some(aside) = opened.moved_aside {
            kept(&aside, &bytes);
            kept(&with_suffix(&aside, "-wal"), &log);
        }
    }
}

#[test]
fn a_wrong_key_is_told_also_where_the_first_page_is_damaged() {
    let (path, folder) = journal();
    let mut bytes = fs::read(&path).unwrap();
    bytes[..PAGE].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    assert_eq!(SqliteStore::open(&path, &[1; 32]).unwrap_err(), StoreError::WrongKey);
    kept(&path, &bytes);
    assert!(!folder.path().join("journal.db.corrupt-1").exists());
    everything_is_there(&open(&path).0);
}

/// Each page in turn is overwritten. At most one restart later the journal takes entries again, and no more is gone than was on
/// the page, unless the page led to others.
#[test]
fn any_one_damaged_page_costs_at_most_what_was_on_it() {
    let (original, _folder) = journal();
    let whole = fs::read(&original).unwrap();
    assert_eq!(whole.len() % PAGE, 0);
    let (mut leaves, mut inner) = (0, 0);
    for page in 0..whole.len() / PAGE {
        for fill in [0x00, 0xff] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("journal.db");
            let mut bytes = whole.clone();
            let at = page * PAGE;
            // The file format, section 1.6: 13 and 10 are leaves of tables and indexes, 5 and 2 lead to others; the first page's
            // header comes after the file's.
            let kind = bytes[if page == 0 { 100 } else { at }];
            bytes[at..at + PAGE].fill(fill);
            fs::write(&path, &bytes).unwrap();
            let (mut store, mut opened) = open(&path);
            let next = row(0, ROWS + 1, Kind::Punch);
            let punch = next.clone();
            match write(&store, move |tx| tx.append(&punch)) {
                Ok(()) => {}
                Err(JobEnd::Store(StoreError::Damaged { seq: None })) => {
                    drop(store);
                    (store, opened) = open(&path);
                    append(&store, vec![next.clone()]);
                }
                Err(other) => panic!("page {page}: {other:?}"),
            }
            let last = next.clone();
            assert_eq!(read(&store, move |tx| tx.entry(0, last.point.seq)).unwrap(), Some(next));
            let left = readable(&store);
            assert!(left.iter().all(|r| r.entry == row(0, r.point.seq, r.kind).entry), "page {page}");
            if let Some(aside) = &opened.moved_aside {
                kept(aside, &bytes);
            }
            let lost = ROWS - left.len() as u64;
            match kind {
                5 | 2 => inner += 1,
                _ => {
                    leaves += 1;
                    // One of these entries takes more than 180 bytes, so 4,096 hold at most 22.
                    assert!(lost <= 22, "page {page} with {fill:02x} cost {lost} entries");
                }
            }
        }
    }
    assert!(leaves > 20 && inner > 0, "{leaves} leaves, {inner} inner pages");
}

#[test]
fn a_changed_byte_in_an_entry_is_told_by_seq_and_the_rest_stays() {
    let (path, _folder) = journal();
    let conn = rusqlite::Connection::open(&path).unwrap();
    let changed = "UPDATE entry SET sealed = CAST(substr(sealed, 1, 40) || x'00' || substr(sealed, 42) AS BLOB) \
                   WHERE seq = 150";
    assert_eq!(conn.execute(changed, []).unwrap(), 1);
    drop(conn);
    let (store, opened) = open(&path);
    assert_eq!(opened.moved_aside, None);
    let damaged = Err(JobEnd::Store(StoreError::Damaged { seq: Some(150) }));
    assert_eq!(read(&store, |tx| tx.entry(0, 150)), damaged);
    assert_eq!(read(&store, |tx| tx.entries(0, 140, 20)).map(drop), damaged.map(drop));
    assert_eq!(readable(&store).len() as u64, ROWS - 1);
    drop(store);
    // An entry's own damage is no reason to rebuild the file.
    assert_eq!(open(&path).1, Opened::default());
}

#[test]
fn a_row_in_another_rows_place_is_damaged() {
    let (path, _folder) = journal();
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute("UPDATE entry SET sealed = (SELECT sealed FROM entry WHERE seq = 20) WHERE seq = 21", []).unwrap();
    conn.execute("UPDATE entry SET kind = 2 WHERE seq = 31", []).unwrap();
    conn.execute("UPDATE entry SET punch = zeroblob(16) WHERE seq = 41", []).unwrap();
    conn.execute("UPDATE entry SET seq = 999 WHERE seq = 51", []).unwrap();
    drop(conn);
    let (store, _) = open(&path);
    for seq in [21, 31, 41, 999] {
        let end = read(&store, move |tx| tx.entry(0, seq));
        assert_eq!(end, Err(JobEnd::Store(StoreError::Damaged { seq: Some(seq) })));
    }
}

#[test]
fn a_small_value_that_does_not_open_is_left_behind_and_the_journal_kept() {
    let (path, _folder) = journal();
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute("UPDATE value SET sealed = zeroblob(40)", []).unwrap();
    drop(conn);
    let (store, opened) = open(&path);
    assert_eq!((opened.salvaged, opened.incomplete), (ROWS, true));
    assert_eq!(read(&store, |tx| tx.value("session")).unwrap(), None);
    assert_eq!(readable(&store).len() as u64, ROWS);
}

#[test]
fn damage_that_shows_in_use_is_made_good_at_the_next_start() {
    let (path, _folder) = journal();
    let conn = rusqlite::Connection::open(&path).unwrap();
    conn.execute("UPDATE receipt SET sealed = zeroblob(40)", []).unwrap();
    drop(conn);
    let (store, opened) = open(&path);
    assert_eq!(opened, Opened::default());
    assert_eq!(read(&store, |tx| tx.receipts()), Err(JobEnd::Store(StoreError::Damaged { seq: None })));
    drop(store);
    let (store, opened) = open(&path);
    assert_eq!((opened.salvaged, opened.incomplete), (ROWS, true));
    assert_eq!(read(&store, |tx| tx.receipts()).unwrap(), []);
    drop(store);
    assert_eq!(open(&path).1, Opened::default());
}

#[test]
fn the_structure_check_finds_a_broken_page_and_has_the_next_start_rebuild() {
    let (path, _folder) = journal();
    let mut bytes = fs::read(&path).unwrap();
    // A leaf of the entries in the middle of the file.
    let leaf = (bytes.len() / PAGE / 2..).find(|page| bytes[page * PAGE] == 13).unwrap();
    bytes[leaf * PAGE + 8..leaf * PAGE + 16].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    let (store, opened) = open(&path);
    assert_eq!(opened, Opened::default());
    assert!(!store.quick_check().unwrap().is_empty());
    drop(store);
    let (store, opened) = open(&path);
    assert!(opened.incomplete && opened.salvaged >= ROWS - 22);
    assert_eq!(store.quick_check().unwrap(), [""; 0]);
}

#[test]
fn a_rebuild_that_was_cut_off_is_finished_or_begun_again() {
    // Cut off while the new database was filled.
    let (path, folder) = journal();
    let whole = fs::read(&path).unwrap();
    let mut bytes = whole.clone();
    bytes[..100].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    fs::write(with_suffix(&path, ".building"), &whole[..2 * PAGE]).unwrap();
    fs::write(with_suffix(&path, ".building-wal"), b"half a log").unwrap();
    fs::write(with_suffix(&path, ".salvage"), &bytes[..PAGE]).unwrap();
    let (store, opened) = open(&path);
    assert_eq!((opened.salvaged, opened.incomplete), (ROWS, false));
    everything_is_there(&store);
    drop(store);
    let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["journal.db", "journal.db.corrupt-1", "journal.db.lock"]);

    // Cut off in the exchange: before it, after the log was moved, and after the database was moved.
    for moved in 0..3 {
        let (path, folder) = journal();
        let rebuilt = fs::read(&path).unwrap();
        fs::write(with_suffix(&path, ".rebuilt"), &rebuilt).unwrap();
        fs::write(&path, &bytes).unwrap();
        fs::write(with_suffix(&path, "-wal"), b"the damaged one's log").unwrap();
        let aside = with_suffix(&path, ".corrupt-1");
        for suffix in ["-wal", ""].iter().take(moved) {
            fs::rename(with_suffix(&path, suffix), with_suffix(&aside, suffix)).unwrap();
        }
        let (store, opened) = open(&path);
        everything_is_there(&store);
        drop(store);
        if moved < 2 {
            assert_eq!(opened.moved_aside.as_ref(), Some(&aside));
        }
        kept(&aside, &bytes);
        assert_eq!(fs::read(with_suffix(&aside, "-wal")).unwrap(), b"the damaged one's log");
        assert!(!folder.path().join("journal.db.rebuilt").exists());
    }
}
