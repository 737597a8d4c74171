//! What every journal store does, whatever it is made of: each case runs against each store.

use super::{read, write};
use crate::domain::ids::{CaptureNonce, Hash32, PunchId};
use crate::domain::journal::{ChainPoint, Entry, GroupId, Kind, Secret, Seed};
use crate::domain::time::SessionId;
use crate::ports::{
    CaptureRow, CheckpointRow, Due, EntryRow, EntryState, JobEnd, JournalStore, Order, PhotoRow, PhotoState,
    ReceiptRow, StoreError,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

/// Makes a test of every case for the store that `$make` gives: something that dereferences to it and keeps its files.
macro_rules! contract {
    ($make:expr) => {
        $crate::testkit::contract::contract!($make;
            an_empty_store_has_nothing, entries_come_back_as_they_were, entries_are_found_in_order,
            the_tail_is_the_last_of_the_highest_epoch, kinds_and_punches_are_found, states_move,
            a_kind_is_found_in_a_range_from_either_end, punches_are_found_by_the_order_of_their_ids,
            what_is_not_received_is_listed_in_order, the_receipts_of_an_entry_are_found,
            an_entry_is_not_overwritten, a_job_that_gives_up_leaves_nothing, a_job_that_panics_leaves_nothing,
            a_job_sees_what_it_wrote, a_reading_job_may_not_write, heads_are_found_by_seq,
            receipts_are_kept_once, checkpoints_are_kept_once, captures_are_replaced, photos_are_replaced,
            values_and_due_times_are_replaced, a_paused_store_is_closed, jobs_of_many_threads_all_happen,
        );
    };
    ($make:expr; $($case:ident),+ $(,)?) => {
        $(#[test]
        fn $case() {
            let store = $make;
            $crate::testkit::contract::$case(&*store);
        })+
    };
}
pub(crate) use contract;

/// An entry with something in every field. Not one that verifies: the store knows no rule.
pub(crate) fn row(epoch: u64, seq: u64, kind: Kind) -> EntryRow {
    let byte = seq.to_be_bytes()[7];
    EntryRow {
        point: ChainPoint { epoch, seq, h: Hash32([byte; 32]) },
        kind,
        punch: (kind == Kind::Punch).then_some(PunchId([byte; 16])),
        state: EntryState::Waiting,
        entry: Entry {
            payload: format!("payload {epoch}/{seq}").into_bytes(),
            secret: Secret::Seed(Seed([byte; 16])),
            groups: [(GroupId::Place, vec![byte; 40]), (GroupId::Note, b"at the side door".to_vec())].into(),
        },
    }
}

pub(crate) fn append(store: &dyn JournalStore, rows: Vec<EntryRow>) {
    write(store, move |tx| rows.iter().try_for_each(|row| tx.append(row))).unwrap();
}

pub(crate) fn an_empty_store_has_nothing(store: &dyn JournalStore) {
    read(store, |tx| {
        assert_eq!(tx.tail()?, None);
        assert_eq!(tx.entry(0, 1)?, None);
        assert_eq!(tx.entries(0, 1, 10)?, []);
        assert_eq!(tx.latest(Kind::Punch, 10)?, []);
        assert_eq!(tx.about(PunchId([1; 16]))?, []);
        assert_eq!(tx.first_waiting()?, None);
        assert_eq!(tx.count(EntryState::Waiting)?, 0);
        assert_eq!(tx.count(EntryState::Received)?, 0);
        assert_eq!(tx.epochs()?, []);
        assert_eq!(tx.last_head(0)?, None);
        assert_eq!(tx.receipts()?, []);
        assert_eq!(tx.checkpoints()?, []);
        assert_eq!(tx.last_checkpoint("t/0")?, None);
        assert_eq!(tx.capture(CaptureNonce([1; 16]))?, None);
        assert_eq!(tx.photo(Hash32([1; 32]))?, None);
        assert_eq!(tx.photos(PhotoState::Draft)?, []);
        assert_eq!(tx.value("session")?, None);
        assert_eq!(tx.due("sync")?, None);
        Ok(())
    })
    .unwrap();
}

pub(crate) fn entries_come_back_as_they_were(store: &dyn JournalStore) {
    let seeded = row(0, 1, Kind::Punch);
    let mut erased = row(0, 2, Kind::Unknown(u64::MAX));
    erased.state = EntryState::Refused;
    erased.entry.secret = Secret::Salts([(GroupId::Place, [7; 16]), (GroupId::Unknown(99), [8; 16])].into());
    erased.entry.groups = [(GroupId::Unknown(99), Vec::new())].into();
    let mut whole = row(0, 3, Kind::Anchor);
    whole.entry = Entry { payload: Vec::new(), secret: Secret::Salts([].into()), groups: [].into() };
    let large =
        EntryRow { entry: Entry { payload: vec![0x5a; 300_000], ..seeded.entry.clone() }, ..row(0, 4, Kind::Boot) };
    let rows = vec![seeded, erased, whole, large];
    append(store, rows.clone());
    assert_eq!(read(store, |tx| tx.entries(0, 1, 10)).unwrap(), rows);
    assert_eq!(read(store, |tx| tx.entry(0, 2)).unwrap().as_ref(), rows.get(1));
}

pub(crate) fn entries_are_found_in_order(store: &dyn JournalStore) {
    append(store, vec![row(1, 7, Kind::Punch), row(0, 2, Kind::Punch), row(0, 1, Kind::Boot), row(0, 3, Kind::Punch)]);
    append(store, vec![row(1, 6, Kind::EpochStarted)]);
    let seqs = |epoch, from, limit| {
        let rows = read(store, move |tx| tx.entries(epoch, from, limit)).unwrap();
        rows.iter().map(|r| r.point.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs(0, 1, 10), [1, 2, 3]);
    assert_eq!(seqs(0, 2, 1), [2]);
    assert_eq!(seqs(0, 4, 10), [0u64; 0]);
    assert_eq!(seqs(1, 0, 10), [6, 7]);
    assert_eq!(seqs(2, 0, 10), [0u64; 0]);
    assert_eq!(seqs(0, 1, 0), [0u64; 0]);
    assert_eq!(seqs(0, 1, usize::MAX), [1, 2, 3]);
    assert_eq!(read(store, |tx| tx.epochs()).unwrap(), [(0, 1), (1, 6)]);
}

pub(crate) fn a_kind_is_found_in_a_range_from_either_end(store: &dyn JournalStore) {
    let kinds = [Kind::Anchor, Kind::Boot, Kind::Anchor, Kind::Anchor, Kind::Unknown(u64::MAX), Kind::Anchor];
    append(store, kinds.into_iter().zip(1..).map(|(kind, seq)| row(0, seq, kind)).collect());
    append(store, vec![row(1, 7, Kind::Anchor)]);
    let seqs = |kind, epoch, seqs: std::ops::RangeInclusive<u64>, order, limit| {
        let rows = read(store, move |tx| tx.of_kind(kind, epoch, seqs, order, limit)).unwrap();
        rows.iter().map(|r| r.point.seq).collect::<Vec<_>>()
    };
    assert_eq!(seqs(Kind::Anchor, 0, 0..=u64::MAX, Order::Rising, 10), [1, 3, 4, 6]);
    assert_eq!(seqs(Kind::Anchor, 0, 2..=5, Order::Rising, 1), [3]);
    assert_eq!(seqs(Kind::Anchor, 0, 1..=4, Order::Falling, 2), [4, 3]);
    assert_eq!(seqs(Kind::Unknown(u64::MAX), 0, 0..=9, Order::Falling, 2), [5]);
    assert_eq!(seqs(Kind::Anchor, 1, 0..=6, Order::Rising, 9), [0; 0]);
    assert_eq!(seqs(Kind::Punch, 0, 0..=9, Order::Rising, 9), [0; 0]);
}

pub(crate) fn punches_are_found_by_the_order_of_their_ids(store: &dyn JournalStore) {
    let with = |seq, kind, id: u8| EntryRow { punch: Some(PunchId([id; 16])), ..row(0, seq, kind) };
    // The clock was set back for the third, and the fourth is about the first.
    let rows = vec![
        with(1, Kind::Punch, 20),
        with(2, Kind::Punch, 0x80),
        with(3, Kind::Punch, 10),
        with(4, Kind::NoteAdded, 20),
        with(5, Kind::MakeUpClaim, 30),
        row(0, 6, Kind::Boot),
    ];
    append(store, rows);
    append(store, vec![EntryRow { punch: Some(PunchId([25; 16])), ..row(1, 7, Kind::Punch) }]);
    let found = |from: u8, to: u8, order, limit| {
        let ids = PunchId([from; 16])..=PunchId([to; 16]);
        let found = read(store, move |tx| tx.punches(ids, order, limit)).unwrap();
        found.iter().map(|at| (at.id.0[0], at.epoch, at.seq)).collect::<Vec<_>>()
    };
    let all = [(10, 0, 3), (20, 0, 1), (25, 1, 7), (0x80, 0, 2)];
    assert_eq!(found(0, 255, Order::Rising, 9), all);
    assert_eq!(found(0, 255, Order::Falling, 2), [all[3], all[2]]);
    assert_eq!(found(10, 20, Order::Rising, 9), all[..2]);
    assert_eq!(found(11, 19, Order::Rising, 9), []);
    assert_eq!(found(0, 255, Order::Rising, 0), []);
}

pub(crate) fn what_is_not_received_is_listed_in_order(store: &dyn JournalStore) {
    use EntryState::{PutAside, Received, Refused, Waiting};
    let states = [Received, Waiting, Refused, Waiting, PutAside, Waiting];
    let row_of = |(state, seq)| EntryRow { state, ..row(0, seq, if seq == 4 { Kind::Boot } else { Kind::Punch }) };
    append(store, vec![EntryRow { state: Waiting, ..row(1, 7, Kind::Consent) }]);
    append(store, states.into_iter().zip(1..).map(row_of).collect());
    let open = |state, limit| {
        let found = read(store, move |tx| tx.open_entries(state, limit)).unwrap();
        found.iter().map(|e| (e.epoch, e.seq, e.kind, e.punch)).collect::<Vec<_>>()
    };
    let punch = |n| Some(PunchId([n; 16]));
    let waiting = [
        (0, 2, Kind::Punch, punch(2)),
        (0, 4, Kind::Boot, None),
        (0, 6, Kind::Punch, punch(6)),
        (1, 7, Kind::Consent, None),
    ];
    assert_eq!(open(Waiting, 9), waiting);
    assert_eq!(open(Waiting, 2), waiting[..2]);
    assert_eq!(open(Refused, 9), [(0, 3, Kind::Punch, punch(3))]);
    assert_eq!(open(PutAside, 9), [(0, 5, Kind::Punch, punch(5))]);
    // What is received is the journal itself: it is not listed.
    assert_eq!(open(Received, 9), []);
}

pub(crate) fn the_receipts_of_an_entry_are_found(store: &dyn JournalStore) {
    let receipt = |epoch, from, to, part: u8| ReceiptRow { epoch, from, to, part: vec![part] };
    let all = [receipt(0, 1, 5, 1), receipt(0, 4, 4, 2), receipt(0, 6, 9, 3), receipt(1, 4, 9, 4), receipt(0, 4, 4, 5)];
    let rows = all.clone();
    write(store, move |tx| rows.iter().try_for_each(|r| tx.put_receipt(r))).unwrap();
    let parts = |epoch, seq| {
        let found = read(store, move |tx| tx.receipts_for(epoch, seq)).unwrap();
        found.iter().map(|r| r.part[0]).collect::<Vec<_>>()
    };
    assert_eq!(parts(0, 3), [1]);
    assert_eq!(parts(0, 4), [1, 2, 5]);
    assert_eq!(parts(0, 9), [3]);
    assert_eq!(parts(0, 10), [0; 0]);
    assert_eq!(parts(1, 4), [4]);
    assert_eq!(parts(2, 4), [0; 0]);
}

pub(crate) fn the_tail_is_the_last_of_the_highest_epoch(store: &dyn JournalStore) {
    append(store, vec![row(0, 1, Kind::Boot), row(0, 2, Kind::Punch), row(0, 3, Kind::Punch)]);
    let tail = || read(store, |tx| tx.tail()).unwrap().map(|r| (r.point.epoch, r.point.seq));
    assert_eq!(tail(), Some((0, 3)));
    append(store, vec![row(1, 3, Kind::EpochStarted)]);
    assert_eq!(tail(), Some((1, 3)));
}

pub(crate) fn kinds_and_punches_are_found(store: &dyn JournalStore) {
    let mut later = row(1, 4, Kind::EvidenceAdded);
    later.punch = Some(PunchId([2; 16]));
    append(store, vec![row(0, 1, Kind::Boot), row(0, 2, Kind::Punch), row(0, 3, Kind::Punch), later.clone()]);
    append(store, vec![row(1, 5, Kind::Punch)]);
    let latest = |kind, limit| {
        let rows = read(store, move |tx| tx.latest(kind, limit)).unwrap();
        rows.iter().map(|r| (r.point.epoch, r.point.seq)).collect::<Vec<_>>()
    };
    assert_eq!(latest(Kind::Punch, 2), [(1, 5), (0, 3)]);
    assert_eq!(latest(Kind::Punch, 9), [(1, 5), (0, 3), (0, 2)]);
    assert_eq!(latest(Kind::Anchor, 9), []);
    assert_eq!(latest(Kind::Unknown(77), 9), []);
    assert_eq!(read(store, |tx| tx.about(PunchId([2; 16]))).unwrap(), [row(0, 2, Kind::Punch), later]);
    assert_eq!(read(store, |tx| tx.about(PunchId([9; 16]))).unwrap(), []);
}

pub(crate) fn states_move(store: &dyn JournalStore) {
    append(store, (1..=6).map(|seq| row(0, seq, Kind::Punch)).chain([row(1, 7, Kind::EpochStarted)]).collect());
    let counts = || {
        read(store, |tx| {
            use EntryState as S;
            [S::Waiting, S::Received, S::PutAside, S::Refused]
                .into_iter()
                .map(|s| tx.count(s))
                .collect::<Result<Vec<_>, _>>()
        })
        .unwrap()
    };
    let set = |from, to, state| write(store, move |tx| tx.set_state(0, from, to, state)).unwrap();
    let first_waiting = || read(store, |tx| tx.first_waiting()).unwrap();
    assert_eq!((counts(), first_waiting()), (vec![7, 0, 0, 0], Some((0, 1))));
    set(1, 2, EntryState::Received);
    set(3, 3, EntryState::PutAside);
    set(4, 4, EntryState::Refused);
    assert_eq!((counts(), first_waiting()), (vec![3, 2, 1, 1], Some((0, 5))));
    // A server that was restored from a backup is sent again what it had received.
    set(2, 4, EntryState::Waiting);
    assert_eq!((counts(), first_waiting()), (vec![6, 1, 0, 0], Some((0, 2))));
    set(1, 6, EntryState::Received);
    assert_eq!((counts(), first_waiting()), (vec![1, 6, 0, 0], Some((1, 7))));
    set(6, 1, EntryState::Waiting);
    assert_eq!(counts(), [1, 6, 0, 0]);
    write(store, |tx| tx.set_state(1, 0, u64::MAX >> 1, EntryState::Received)).unwrap();
    assert_eq!((counts(), first_waiting()), (vec![0, 7, 0, 0], None));
}

pub(crate) fn an_entry_is_not_overwritten(store: &dyn JournalStore) {
    append(store, vec![row(0, 1, Kind::Punch)]);
    let mut other = row(0, 1, Kind::Punch);
    other.entry.payload = b"another".to_vec();
    let end = write(store, move |tx| tx.append(&other));
    assert!(matches!(end, Err(JobEnd::Store(StoreError::Io(_)))), "{end:?}");
    assert_eq!(read(store, |tx| tx.entry(0, 1)).unwrap(), Some(row(0, 1, Kind::Punch)));
}

pub(crate) fn a_job_that_gives_up_leaves_nothing(store: &dyn JournalStore) {
    append(store, vec![row(0, 1, Kind::Punch)]);
    for end in [JobEnd::RolledBack, JobEnd::Store(StoreError::DiskFull)] {
        let theirs = end.clone();
        let got = store.write(Box::new(move |tx| {
            tx.append(&row(0, 2, Kind::Punch))?;
            tx.set_state(0, 1, 1, EntryState::Received)?;
            tx.put_value("session", b"new")?;
            tx.put_head(0, 1, b"head")?;
            Err(theirs)
        }));
        assert_eq!(got, Err(end));
        nothing_happened(store);
    }
}

pub(crate) fn a_job_that_panics_leaves_nothing(store: &dyn JournalStore) {
    append(store, vec![row(0, 1, Kind::Punch)]);
    let end = store.write(Box::new(|tx| {
        tx.append(&row(0, 2, Kind::Punch))?;
        tx.put_value("session", b"new")?;
        panic!("a fault in a job, on purpose");
    }));
    assert!(matches!(end, Err(JobEnd::Store(StoreError::Io(_)))), "{end:?}");
    nothing_happened(store);
    append(store, vec![row(0, 2, Kind::Punch)]);
}

fn nothing_happened(store: &dyn JournalStore) {
    read(store, |tx| {
        assert_eq!(tx.tail()?, Some(row(0, 1, Kind::Punch)));
        assert_eq!(tx.value("session")?, None);
        assert_eq!(tx.last_head(0)?, None);
        Ok(())
    })
    .unwrap();
}

pub(crate) fn a_job_sees_what_it_wrote(store: &dyn JournalStore) {
    write(store, |tx| {
        tx.append(&row(0, 1, Kind::Punch))?;
        assert_eq!(tx.tail()?, Some(row(0, 1, Kind::Punch)));
        tx.put_value("rules", b"one")?;
        assert_eq!(tx.value("rules")?.as_deref(), Some(&b"one"[..]));
        Ok(())
    })
    .unwrap();
}

pub(crate) fn a_reading_job_may_not_write(store: &dyn JournalStore) {
    let end = read(store, |tx| tx.append(&row(0, 1, Kind::Punch)));
    assert!(matches!(end, Err(JobEnd::Store(StoreError::Io(_)))), "{end:?}");
    // Nor does one that hides the refusal.
    read(store, |tx| {
        let _ = tx.put_value("rules", b"one");
        Ok(())
    })
    .unwrap();
    read(store, |tx| {
        assert_eq!(tx.tail()?, None);
        assert_eq!(tx.value("rules")?, None);
        Ok(())
    })
    .unwrap();
}

pub(crate) fn heads_are_found_by_seq(store: &dyn JournalStore) {
    write(store, |tx| {
        tx.put_head(0, 5, b"five")?;
        tx.put_head(0, 2, b"two")?;
        tx.put_head(1, 7, b"seven")?;
        // The first one stays: a later signature over the same says nothing new.
        tx.put_head(0, 2, b"two again")
    })
    .unwrap();
    read(store, |tx| {
        assert_eq!(tx.head_from(0, 0)?, Some((2, b"two".to_vec())));
        assert_eq!(tx.head_from(0, 2)?, Some((2, b"two".to_vec())));
        assert_eq!(tx.head_from(0, 3)?, Some((5, b"five".to_vec())));
        assert_eq!(tx.head_from(0, 6)?, None);
        assert_eq!(tx.last_head(0)?, Some((5, b"five".to_vec())));
        assert_eq!(tx.last_head(1)?, Some((7, b"seven".to_vec())));
        assert_eq!(tx.last_head(2)?, None);
        Ok(())
    })
    .unwrap();
}

pub(crate) fn receipts_are_kept_once(store: &dyn JournalStore) {
    let receipt = |epoch, from, to, part: &[u8]| ReceiptRow { epoch, from, to, part: part.to_vec() };
    let first = receipt(0, 1, 3, b"of origin 0");
    let (later, other_epoch) = (receipt(0, 4, 9, b"later"), receipt(1, 4, 4, b"epoch 1"));
    // A server that was restored answers for the same range again, in another log.
    let again = receipt(0, 1, 3, b"of origin 1");
    let order = [&other_epoch, &later, &first, &again, &first];
    for row in order.map(Clone::clone) {
        write(store, move |tx| tx.put_receipt(&row)).unwrap();
    }
    assert_eq!(read(store, |tx| tx.receipts()).unwrap(), [first, again, later, other_epoch]);
}

pub(crate) fn checkpoints_are_kept_once(store: &dyn JournalStore) {
    let checkpoint =
        |origin: &str, size, part: &[u8]| CheckpointRow { origin: origin.to_owned(), size, part: part.to_vec() };
    let rows = [checkpoint("t/0", 9, b"a"), checkpoint("t/1", 2, b"b"), checkpoint("t/0", 12, b"c")];
    let mut written = rows.to_vec();
    written.push(checkpoint("t/0", 9, b"another of the same size"));
    write(store, move |tx| written.iter().try_for_each(|c| tx.put_checkpoint(c))).unwrap();
    assert_eq!(read(store, |tx| tx.checkpoints()).unwrap(), rows);
    assert_eq!(read(store, |tx| tx.last_checkpoint("t/0")).unwrap().as_ref(), rows.get(2));
    assert_eq!(read(store, |tx| tx.last_checkpoint("t/1")).unwrap().as_ref(), rows.get(1));
    assert_eq!(read(store, |tx| tx.last_checkpoint("t/2")).unwrap(), None);
}

pub(crate) fn captures_are_replaced(store: &dyn JournalStore) {
    let capture = |nonce, used_by| CaptureRow {
        nonce: CaptureNonce([nonce; 16]),
        given: (SessionId::new([3; 16]), 90_000),
        used_by,
    };
    let used = capture(1, Some(Hash32([4; 32])));
    let (before, after, other) = (capture(1, None), used.clone(), capture(2, None));
    write(store, move |tx| {
        tx.put_capture(&before)?;
        tx.put_capture(&other)?;
        tx.put_capture(&after)
    })
    .unwrap();
    assert_eq!(read(store, |tx| tx.capture(CaptureNonce([1; 16]))).unwrap(), Some(used));
    assert_eq!(read(store, |tx| tx.capture(CaptureNonce([2; 16]))).unwrap(), Some(capture(2, None)));
    assert_eq!(read(store, |tx| tx.capture(CaptureNonce([3; 16]))).unwrap(), None);
}

pub(crate) fn photos_are_replaced(store: &dyn JournalStore) {
    let draft = |n: u8| PhotoRow {
        digest: Hash32([n; 32]),
        punch: None,
        state: PhotoState::Draft,
        evidence: vec![n; 50],
        upload_url: None,
    };
    let bound = PhotoRow {
        punch: Some(PunchId([1; 16])),
        state: PhotoState::Waiting,
        upload_url: Some("https://clock.example/v1/photos/1".to_owned()),
        ..draft(9)
    };
    let written = [draft(9), draft(8), draft(1), bound.clone()];
    write(store, move |tx| written.iter().try_for_each(|p| tx.put_photo(p))).unwrap();
    assert_eq!(read(store, |tx| tx.photo(Hash32([9; 32]))).unwrap(), Some(bound.clone()));
    assert_eq!(read(store, |tx| tx.photos(PhotoState::Draft)).unwrap(), [draft(8), draft(1)]);
    assert_eq!(read(store, |tx| tx.photos(PhotoState::Waiting)).unwrap(), std::slice::from_ref(&bound));
    assert_eq!(read(store, |tx| tx.photos(PhotoState::Received)).unwrap(), []);
    // One that moves keeps its place in the order.
    let waiting = PhotoRow { state: PhotoState::Waiting, ..draft(8) };
    let theirs = waiting.clone();
    write(store, move |tx| tx.put_photo(&theirs)).unwrap();
    assert_eq!(read(store, |tx| tx.photos(PhotoState::Waiting)).unwrap(), [bound, waiting]);
}

pub(crate) fn values_and_due_times_are_replaced(store: &dyn JournalStore) {
    let due = |attempts, wall_ms| Due {
        attempts,
        boot: "boot 1".to_owned(),
        elapsed_ms: 1 << 40,
        wall_ms,
        reason: "unreachable".to_owned(),
    };
    let (first, second) = (due(0, -1), due(u32::MAX, i64::MAX));
    let expected = second.clone();
    write(store, move |tx| {
        tx.put_value("rules", b"one")?;
        tx.put_value("rules", b"two")?;
        tx.put_value("sites", b"")?;
        tx.set_due("sync", Some(&first))?;
        tx.set_due("photos", Some(&first))?;
        tx.set_due("sync", Some(&second))?;
        tx.set_due("photos", None)?;
        tx.set_due("never", None)
    })
    .unwrap();
    read(store, |tx| {
        assert_eq!(tx.value("rules")?.as_deref(), Some(&b"two"[..]));
        assert_eq!(tx.value("sites")?.as_deref(), Some(&b""[..]));
        assert_eq!(tx.due("sync")?, Some(expected));
        assert_eq!(tx.due("photos")?, None);
        Ok(())
    })
    .unwrap();
}

pub(crate) fn a_paused_store_is_closed(store: &dyn JournalStore) {
    append(store, vec![row(0, 1, Kind::Punch)]);
    store.pause().unwrap();
    assert_eq!(write(store, |tx| tx.append(&row(0, 2, Kind::Punch))), Err(JobEnd::Store(StoreError::Closed)));
    assert_eq!(read(store, |tx| tx.tail()), Err(JobEnd::Store(StoreError::Closed)));
    store.pause().unwrap();
    store.resume().unwrap();
    store.resume().unwrap();
    assert_eq!(read(store, |tx| tx.tail()).unwrap(), Some(row(0, 1, Kind::Punch)));
    append(store, vec![row(0, 2, Kind::Punch)]);
}

pub(crate) fn jobs_of_many_threads_all_happen(store: &dyn JournalStore) {
    let failed = Arc::new(AtomicUsize::new(0));
    let (done, all) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let (failed, done) = (Arc::clone(&failed), done.clone());
            scope.spawn(move || {
                for _ in 0..10 {
                    // Reads the tail and appends after it in one transaction: no two threads may see the same tail.
                    let end = write(store, |tx| {
                        let seq = tx.tail()?.map_or(0, |tail| tail.point.seq) + 1;
                        tx.append(&row(0, seq, Kind::Punch))
                    });
                    failed.fetch_add(usize::from(end.is_err()), Ordering::SeqCst);
                }
                done.send(()).unwrap();
            });
        }
    });
    assert_eq!(all.try_iter().count(), 4);
    assert_eq!(failed.load(Ordering::SeqCst), 0);
    let seqs: Vec<u64> = read(store, |tx| tx.entries(0, 0, 100)).unwrap().iter().map(|r| r.point.seq).collect();
    assert_eq!(seqs, (1..=40).collect::<Vec<_>>());
}

mod memory {
    use crate::testkit::MemoryStore;

    super::contract!(Box::new(MemoryStore::new()));

    #[test]
    fn a_restart_finds_what_was_committed_and_a_backup_stays_as_it_was() {
        let store = MemoryStore::new();
        super::append(&store, vec![super::row(0, 1, crate::domain::journal::Kind::Punch)]);
        let backup = store.backup();
        super::append(&store, vec![super::row(0, 2, crate::domain::journal::Kind::Punch)]);
        let seq = |store: &MemoryStore| super::read(store, |tx| tx.tail()).unwrap().map(|r| r.point.seq);
        assert_eq!(seq(&store.after_restart()), Some(2));
        assert_eq!(seq(&backup), Some(1));
    }
}
