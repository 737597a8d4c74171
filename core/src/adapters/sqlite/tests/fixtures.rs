//! Databases of earlier versions, as they were written then: `core/tests/fixtures`.

use super::KEY;
use crate::adapters::sqlite::{Opened, SqliteStore};
use crate::domain::ids::{CaptureNonce, Hash32, PunchId};
use crate::domain::journal::{GroupId, Kind, Secret};
use crate::domain::time::SessionId;
use crate::ports::{
    CaptureRow, CheckpointRow, Due, EntryRow, EntryState, PhotoRow, PhotoState, ReceiptRow, StoreError, Tx,
};
use crate::testkit::contract::row;
use crate::testkit::{read, write};
use std::fs;
use std::path::Path;

/// What the journal of version 1 holds: something in every table and every state.
fn entries() -> Vec<EntryRow> {
    let mut erased = row(0, 3, Kind::NoteAdded);
    erased.punch = Some(PunchId([2; 16]));
    erased.entry.secret = Secret::Salts([(GroupId::Place, [7; 16])].into());
    erased.entry.groups.remove(&GroupId::Note);
    let mut rows = vec![
        row(0, 1, Kind::Boot),
        row(0, 2, Kind::Punch),
        erased,
        row(1, 4, Kind::EpochStarted),
        row(1, 5, Kind::Punch),
    ];
    let states = [EntryState::Received, EntryState::PutAside, EntryState::Refused, EntryState::Waiting];
    rows.iter_mut().zip(states).for_each(|(row, state)| row.state = state);
    rows
}

fn photo() -> PhotoRow {
    PhotoRow {
        digest: Hash32([9; 32]),
        punch: Some(PunchId([5; 16])),
        state: PhotoState::Waiting,
        evidence: b"evidence".to_vec(),
        upload_url: Some("https://clock.example/v1/photos/7".to_owned()),
    }
}

fn capture() -> CaptureRow {
    CaptureRow {
        nonce: CaptureNonce([3; 16]),
        given: (SessionId::new([4; 16]), 123_456),
        used_by: Some(Hash32([9; 32])),
    }
}

fn due() -> Due {
    Due {
        attempts: 4,
        boot: "a boot".into(),
        elapsed_ms: 77_000,
        wall_ms: 1_700_000_000_000,
        reason: "timed_out".into(),
    }
}

fn receipt() -> ReceiptRow {
    ReceiptRow { epoch: 0, from: 1, to: 1, part: b"a receipt".to_vec() }
}

fn checkpoint() -> CheckpointRow {
    CheckpointRow { origin: "bakery/0".into(), size: 12, part: b"a checkpoint".to_vec() }
}

/// How the file of version 1 was written; see the fixtures' README.
fn fill(tx: &mut dyn Tx) -> Result<(), StoreError> {
    entries().iter().try_for_each(|row| tx.append(row))?;
    tx.put_head(1, 4, b"a signed head")?;
    tx.put_receipt(&receipt())?;
    tx.put_checkpoint(&checkpoint())?;
    tx.put_capture(&capture())?;
    tx.put_photo(&photo())?;
    tx.put_value("session", b"a session")?;
    tx.set_due("sync", Some(&due()))
}

fn holds_everything(store: &SqliteStore) {
    read(store, |tx| {
        let mut found = tx.entries(0, 1, 9)?;
        found.extend(tx.entries(1, 1, 9)?);
        assert_eq!(found, entries());
        assert_eq!(tx.head_from(1, 0)?, Some((4, b"a signed head".to_vec())));
        assert_eq!(tx.receipts()?, [receipt()]);
        assert_eq!(tx.checkpoints()?, [checkpoint()]);
        assert_eq!(tx.capture(CaptureNonce([3; 16]))?, Some(capture()));
        assert_eq!(tx.photo(Hash32([9; 32]))?, Some(photo()));
        assert_eq!(tx.value("session")?.as_deref(), Some(&b"a session"[..]));
        assert_eq!(tx.due("sync")?, Some(due()));
        Ok(())
    })
    .unwrap();
}

#[test]
fn the_database_of_version_1_opens_with_everything_in_it() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/journal-v1.db");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    fs::copy(fixture, &path).unwrap();
    let (store, opened) = SqliteStore::open(&path, &KEY).unwrap();
    assert_eq!(opened, Opened::default());
    holds_everything(&store);
}

#[test]
fn a_new_database_of_the_same_rows_holds_the_same() {
    let store = super::InFolder::new();
    write(&*store, fill).unwrap();
    holds_everything(&store);
}
