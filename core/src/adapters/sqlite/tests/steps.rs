//! What a job costs does not grow with the journal: SQLite takes the same number of steps.

use super::KEY;
use crate::adapters::crypto::Sealer;
use crate::adapters::sqlite::file::connect;
use crate::adapters::sqlite::tx::{STEPS, SqliteTx};
use crate::domain::ids::{CaptureNonce, Hash32, PunchId};
use crate::domain::journal::Kind;
use crate::ports::{CheckpointRow, EntryRow, EntryState, Order, PhotoRow, PhotoState, ReceiptRow, StoreError, Tx};
use crate::testkit::contract::row;
use std::cell::Cell;

/// Entries that wait at the end of each journal.
const WAITING: u64 = 5;

type Query = (&'static str, fn(&mut SqliteTx<'_>) -> Result<(), StoreError>);

/// Everything a punch, a screen or a round of sync asks for. The tail is entry 0/`n` for whatever n the journal has.
const QUERIES: &[Query] = &[
    ("tail", |tx| tx.tail().map(drop)),
    ("append", |tx| {
        let next = tx.tail()?.map_or(0, |tail| tail.point.seq) + 1;
        tx.append(&EntryRow { punch: Some(PunchId([200; 16])), ..row(0, next, Kind::Punch) })
    }),
    ("entry", |tx| tx.entry(0, 50).map(drop)),
    ("entries", |tx| tx.entries(0, 50, 10).map(drop)),
    ("latest", |tx| tx.latest(Kind::Punch, 3).map(drop)),
    ("latest of a kind there is none of", |tx| tx.latest(Kind::Appeal, 3).map(drop)),
    ("about", |tx| tx.about(PunchId([201; 16])).map(drop)),
    ("a kind in a range", |tx| tx.of_kind(Kind::Punch, 0, 40..=60, Order::Falling, 3).map(drop)),
    ("punches of a day", |tx| tx.punches(PunchId([199; 16])..=PunchId([201; 16]), Order::Rising, 10).map(drop)),
    ("the punch before", |tx| tx.punches(PunchId([0; 16])..=PunchId([200; 16]), Order::Falling, 1).map(drop)),
    ("what waits", |tx| tx.open_entries(EntryState::Waiting, 3).map(drop)),
    ("what was refused", |tx| tx.open_entries(EntryState::Refused, 3).map(drop)),
    ("receipts of an entry", |tx| tx.receipts_for(0, 90).map(drop)),
    ("first waiting", |tx| tx.first_waiting().map(drop)),
    ("count of waiting", |tx| tx.count(EntryState::Waiting).map(drop)),
    ("count of refused", |tx| tx.count(EntryState::Refused).map(drop)),
    ("epochs", |tx| tx.epochs().map(drop)),
    ("set state", |tx| tx.set_state(0, 40, 60, EntryState::PutAside)),
    ("put head", |tx| tx.put_head(0, 1 << 40, b"head")),
    ("head from", |tx| tx.head_from(0, 50).map(drop)),
    ("last head", |tx| tx.last_head(0).map(drop)),
    ("put receipt", |tx| tx.put_receipt(&ReceiptRow { epoch: 0, from: 1 << 40, to: 1 << 41, part: vec![1] })),
    ("put checkpoint", |tx| tx.put_checkpoint(&CheckpointRow { origin: "t/9".into(), size: 1, part: vec![1] })),
    ("last checkpoint", |tx| tx.last_checkpoint("t/0").map(drop)),
    ("capture", |tx| tx.capture(CaptureNonce([1; 16])).map(drop)),
    ("photo", |tx| tx.photo(Hash32([1; 32])).map(drop)),
    ("photos of a state", |tx| tx.photos(PhotoState::Waiting).map(drop)),
    ("value", |tx| tx.value("session").map(drop)),
    ("due", |tx| tx.due("sync").map(drop)),
];

/// The steps of each query on a journal of `entries`, each in a transaction that is rolled back.
fn steps(entries: u64) -> Vec<(&'static str, i32)> {
    let folder = tempfile::tempdir().unwrap();
    let (mut conn, seal) = connect(&folder.path().join("journal.db"), &Sealer::new(&KEY).unwrap()).unwrap();
    let damaged = Cell::new(false);
    let tx = conn.transaction().unwrap();
    let mut view = SqliteTx { conn: &tx, seal: &seal, writable: true, damaged: &damaged };
    for seq in 1..=entries {
        let state = if seq + WAITING > entries { EntryState::Waiting } else { EntryState::Received };
        view.append(&EntryRow { state, punch: Some(PunchId([7; 16])), ..row(0, seq, Kind::Punch) }).unwrap();
        view.put_head(0, seq, b"head").unwrap();
        view.put_receipt(&ReceiptRow { epoch: 0, from: seq, to: seq, part: vec![1] }).unwrap();
        view.put_checkpoint(&CheckpointRow { origin: "t/0".into(), size: seq, part: vec![1] }).unwrap();
        let mut digest = [0; 32];
        digest[..8].copy_from_slice(&seq.to_be_bytes());
        let photo = PhotoRow {
            digest: Hash32(digest),
            punch: None,
            state: PhotoState::Received,
            evidence: vec![1],
            upload_url: None,
        };
        view.put_photo(&photo).unwrap();
    }
    tx.commit().unwrap();
    let count = |(name, query): &Query| {
        let tx = conn.transaction().unwrap();
        let mut view = SqliteTx { conn: &tx, seal: &seal, writable: true, damaged: &damaged };
        STEPS.set(0);
        query(&mut view).unwrap();
        (*name, STEPS.get())
    };
    QUERIES.iter().map(count).collect()
}

#[test]
fn what_a_job_costs_does_not_grow_with_the_journal() {
    let (small, large) = (steps(100), steps(2_000));
    assert_eq!(small, large);
    assert!(small.iter().all(|(_, steps)| *steps > 0));
}

#[test]
fn the_measure_sees_a_search() {
    // What waits is counted one by one.
    let folder = tempfile::tempdir().unwrap();
    let (conn, seal) = connect(&folder.path().join("journal.db"), &Sealer::new(&KEY).unwrap()).unwrap();
    let tx = conn.unchecked_transaction().unwrap();
    let mut view = SqliteTx { conn: &tx, seal: &seal, writable: true, damaged: &Cell::new(false) };
    (1..=1_000).for_each(|seq| view.append(&row(0, seq, Kind::Punch)).unwrap());
    STEPS.set(0);
    view.count(EntryState::Waiting).unwrap();
    assert!(STEPS.get() > 1_000);
}
