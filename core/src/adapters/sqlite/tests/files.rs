//! Keys, locks, permissions, and what is readable in the files.

use super::{InFolder, KEY};
use crate::adapters::sqlite::{Opened, SqliteStore};
use crate::domain::journal::{GroupId, Kind};
use crate::ports::{CaptureRow, CheckpointRow, Due, JournalStore as _, PhotoRow, PhotoState, ReceiptRow, StoreError};
use crate::testkit::contract::{append, row};
use crate::testkit::{read, write};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every file in a folder with its bytes.
pub(super) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).map(|p| (p.clone(), fs::read(p).unwrap())).collect()
}

/// Every file with something in it: SQLite makes an empty log as soon as it reads.
pub(super) fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(folder).into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect()
}

#[test]
fn a_restart_finds_everything_and_says_how_the_last_one_ended() {
    let store = InFolder::new();
    append(&*store, vec![row(0, 1, Kind::Punch)]);
    let (path, folder) = store.stop();
    let (store, opened) = SqliteStore::open(&path, &KEY).unwrap();
    assert_eq!(opened, Opened::default());
    assert_eq!(read(&store, |tx| tx.tail()).unwrap(), Some(row(0, 1, Kind::Punch)));
    assert_eq!(store.quick_check().unwrap(), [""; 0]);
    drop(folder);
}

#[test]
fn a_wrong_key_is_refused_before_anything_is_written() {
    let store = InFolder::new();
    append(&*store, vec![row(0, 1, Kind::Punch)]);
    let (path, folder) = store.stop();
    let before = contents(folder.path());
    assert_eq!(SqliteStore::open(&path, &[1; 32]).unwrap_err(), StoreError::WrongKey);
    assert!(contents(folder.path()) == before);
    SqliteStore::open(&path, &KEY).unwrap();
}

#[test]
fn a_second_store_is_told_that_the_journal_is_in_use() {
    let store = InFolder::new();
    assert_eq!(SqliteStore::open(&store.path(), &KEY).unwrap_err(), StoreError::InUse);
    store.pause().unwrap();
    let (second, _) = SqliteStore::open(&store.path(), &KEY).unwrap();
    assert_eq!(store.resume(), Err(StoreError::InUse));
    drop(second);
    store.resume().unwrap();
}

#[test]
fn another_programs_lock_on_the_database_means_in_use() {
    let store = InFolder::new();
    let (path, _folder) = store.stop();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE; UPDATE entry SET state = 0;").unwrap();
    assert_eq!(SqliteStore::open(&path, &KEY).unwrap_err(), StoreError::InUse);
    drop(other);
    SqliteStore::open(&path, &KEY).unwrap();
}

#[test]
fn a_paused_store_holds_no_file_open() {
    let store = InFolder::new();
    append(&*store, vec![row(0, 1, Kind::Punch)]);
    store.pause().unwrap();
    let names: Vec<_> = files(store.folder.path()).into_keys().map(|p| p.file_name().unwrap().to_owned()).collect();
    // No log is left: everything is in the one file.
    assert_eq!(names, ["journal.db", "journal.db.lock"]);
    #[cfg(target_os = "linux")]
    {
        let folder = store.folder.path().to_owned();
        let open = fs::read_dir("/proc/self/fd").unwrap().filter_map(|fd| fs::read_link(fd.unwrap().path()).ok());
        assert_eq!(open.filter(|file| file.starts_with(&folder)).count(), 0);
    }
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_the_files() {
    use std::os::unix::fs::PermissionsExt as _;
    let store = InFolder::new();
    append(&*store, vec![row(0, 1, Kind::Punch)]);
    for file in files(store.folder.path()).keys() {
        assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o077, 0, "{}", file.display());
    }
    assert_eq!(files(store.folder.path()).len(), 3);
}

#[test]
fn a_folder_that_may_not_be_written_or_is_not_there_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
        if fs::write(closed.join("probe"), b"").is_ok() {
            // The administrator may write anywhere but where the kernel itself refuses.
            closed = PathBuf::from("/sys");
        }
    }
    assert_eq!(SqliteStore::open(&closed.join("journal.db"), &KEY).unwrap_err(), StoreError::ReadOnly);
    let nowhere = SqliteStore::open(&folder.path().join("none/journal.db"), &KEY);
    assert!(matches!(nowhere, Err(StoreError::Io(_))), "{nowhere:?}");
}

#[test]
fn another_programs_database_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    rusqlite::Connection::open(&path).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let before = fs::read(&path).unwrap();
    assert!(matches!(SqliteStore::open(&path, &KEY), Err(StoreError::Io(why)) if why.contains("another program")));
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn nothing_private_is_readable_in_the_files() {
    let private: [&'static [u8]; 9] = [
        b"payload 0/1",
        b"at the side door",
        b"signed head bytes",
        b"receipt part",
        b"checkpoint part",
        b"evidence of the photo",
        b"https://clock.example/upload",
        b"session value",
        b"boot 77 of the phone",
    ];
    let store = InFolder::new();
    append(&*store, (1..=60).map(|seq| row(0, seq, Kind::Punch)).collect());
    write(&*store, |tx| {
        tx.put_head(0, 1, b"signed head bytes")?;
        tx.put_receipt(&ReceiptRow { epoch: 0, from: 1, to: 1, part: b"receipt part".to_vec() })?;
        tx.put_checkpoint(&CheckpointRow { origin: "t/0".into(), size: 1, part: b"checkpoint part".to_vec() })?;
        tx.put_capture(&CaptureRow {
            nonce: crate::domain::ids::CaptureNonce([1; 16]),
            given: (crate::domain::time::SessionId::new(*b"the session's id"), 1),
            used_by: None,
        })?;
        tx.put_photo(&PhotoRow {
            digest: crate::domain::ids::Hash32([1; 32]),
            punch: None,
            state: PhotoState::Draft,
            evidence: b"evidence of the photo".to_vec(),
            upload_url: Some("https://clock.example/upload".to_owned()),
        })?;
        tx.put_value("session", b"session value")?;
        let boot = "boot 77 of the phone".to_owned();
        tx.set_due("sync", Some(&Due { attempts: 1, boot, elapsed_ms: 1, wall_ms: 1, reason: "unreachable".into() }))
    })
    .unwrap();
    let find = |files: &BTreeMap<PathBuf, Vec<u8>>| {
        for (file, bytes) in files {
            let holds = |text: &[u8]| bytes.windows(text.len()).any(|w| w == text);
            let more: [&[u8]; 3] = [b"the session's id", b"unreachable", &[7; 40]];
            for text in private.iter().copied().chain(more) {
                assert!(!holds(text), "{} holds {:?}", file.display(), String::from_utf8_lossy(text));
            }
        }
    };
    assert_eq!(row(0, 7, Kind::Punch).entry.groups[&GroupId::Place], [7; 40]);
    find(&files(store.folder.path()));
    let (_, folder) = store.stop();
    let closed = files(folder.path());
    find(&closed);
    // The search finds what is there: the names of values are in the clear.
    assert!(closed.values().any(|bytes| bytes.windows(7).any(|w| w == b"session")));
}

#[test]
fn a_job_may_not_call_the_store_it_runs_in() {
    let store = std::sync::Arc::new(InFolder::new());
    let inner = std::sync::Arc::clone(&store);
    let end = write(&**store, move |_| {
        assert!(matches!(inner.pause(), Err(StoreError::Io(_))));
        read(&**inner, |tx| tx.tail()).map_err(|_| StoreError::Closed)
    });
    assert_eq!(end, Err(StoreError::Closed.into()));
}
