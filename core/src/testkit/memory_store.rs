//! A journal store in memory, with transactions.
//!
//! A writing job works on a copy; the copy takes the place of what was there when the job returns `Ok`, and is dropped otherwise.
//! Entries are shared between copies, so that a journal of thousands of entries stays cheap to write to.

use super::lock;
use crate::domain::ids::{CaptureNonce, Hash32, PunchId};
use crate::domain::journal::Kind;
use crate::ports::{
    CaptureRow, CheckpointRow, Due, EntryRow, EntryState, Job, JobEnd, JournalStore, OpenEntry, Order, PhotoRow,
    PhotoState, PunchAt, ReceiptRow, StoreError, Tx,
};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// A journal store in memory.
#[derive(Debug)]
pub struct MemoryStore {
    disk: Arc<Mutex<Arc<State>>>,
    open: AtomicBool,
}

#[derive(Clone, Debug, Default)]
struct State {
    entries: BTreeMap<(u64, u64), Arc<EntryRow>>,
    heads: BTreeMap<(u64, u64), Vec<u8>>,
    receipts: Vec<ReceiptRow>,
    checkpoints: Vec<CheckpointRow>,
    captures: Vec<CaptureRow>,
    photos: Vec<PhotoRow>,
    values: BTreeMap<&'static str, Vec<u8>>,
    due: BTreeMap<&'static str, Due>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self { disk: Arc::default(), open: AtomicBool::new(true) }
    }

    /// The store as the next run of the program finds it: what was committed, open. Both see each other's commits, so drop the old
    /// one, or let it be the process that was killed.
    #[must_use]
    pub fn after_restart(&self) -> Self {
        Self { disk: Arc::clone(&self.disk), open: AtomicBool::new(true) }
    }

    /// A copy of what is committed now, as a backup would take it. Commits to one are not seen by the other.
    #[must_use]
    pub fn backup(&self) -> Self {
        let state = Arc::clone(&lock(&self.disk));
        Self { disk: Arc::new(Mutex::new(state)), open: AtomicBool::new(true) }
    }

    /// Changes a stored entry behind the store's back, as damage does.
    pub fn damage(&self, epoch: u64, seq: u64, damage: impl FnOnce(&mut EntryRow)) {
        let mut disk = lock(&self.disk);
        if let Some(row) = Arc::make_mut(&mut disk).entries.get_mut(&(epoch, seq)) {
            damage(Arc::make_mut(row));
        }
    }

    fn check_open(&self) -> Result<(), StoreError> {
        if self.open.load(Ordering::SeqCst) { Ok(()) } else { Err(StoreError::Closed) }
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

impl JournalStore for MemoryStore {
    fn write(&self, job: Job) -> Result<(), JobEnd> {
        self.check_open()?;
        // Held to the end of the job: jobs run one after the other, as on the one writer thread.
        let mut disk = lock(&self.disk);
        let mut tx = MemoryTx { state: (**disk).clone(), writable: true };
        run(job, &mut tx)?;
        *disk = Arc::new(tx.state);
        Ok(())
    }

    fn read(&self, job: Job) -> Result<(), JobEnd> {
        self.check_open()?;
        let state = (**lock(&self.disk)).clone();
        run(job, &mut MemoryTx { state, writable: false })
    }

    fn pause(&self) -> Result<(), StoreError> {
        self.open.store(false, Ordering::SeqCst);
        Ok(())
    }

    fn resume(&self) -> Result<(), StoreError> {
        self.open.store(true, Ordering::SeqCst);
        Ok(())
    }
}

/// A job that panics is one that failed: nothing of it happens, and the next one runs.
fn run(job: Job, tx: &mut MemoryTx) -> Result<(), JobEnd> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(tx)))
        .unwrap_or_else(|_| Err(StoreError::Io("a job of the store failed".to_owned()).into()))
}

struct MemoryTx {
    state: State,
    writable: bool,
}

impl MemoryTx {
    fn writing(&mut self) -> Result<&mut State, StoreError> {
        if self.writable { Ok(&mut self.state) } else { Err(StoreError::Io("a reading job may not write".to_owned())) }
    }
}

fn owned(row: &Arc<EntryRow>) -> EntryRow {
    (**row).clone()
}

impl Tx for MemoryTx {
    fn tail(&self) -> Result<Option<EntryRow>, StoreError> {
        Ok(self.state.entries.values().next_back().map(owned))
    }

    fn append(&mut self, row: &EntryRow) -> Result<(), StoreError> {
        let key = (row.point.epoch, row.point.seq);
        let entries = &mut self.writing()?.entries;
        if entries.contains_key(&key) {
            return Err(StoreError::Io("there is an entry of this number already".to_owned()));
        }
        entries.insert(key, Arc::new(row.clone()));
        Ok(())
    }

    fn entry(&self, epoch: u64, seq: u64) -> Result<Option<EntryRow>, StoreError> {
        Ok(self.state.entries.get(&(epoch, seq)).map(owned))
    }

    fn entries(&self, epoch: u64, from: u64, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
        Ok(self.state.entries.range((epoch, from)..=(epoch, u64::MAX)).take(limit).map(|(_, row)| owned(row)).collect())
    }

    fn latest(&self, kind: Kind, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
        let of_kind = self.state.entries.values().rev().filter(|row| row.kind == kind);
        Ok(of_kind.take(limit).map(owned).collect())
    }

    fn about(&self, punch: PunchId) -> Result<Vec<EntryRow>, StoreError> {
        Ok(self.state.entries.values().filter(|row| row.punch == Some(punch)).map(owned).collect())
    }

    fn of_kind(
        &self,
        kind: Kind,
        epoch: u64,
        seqs: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<EntryRow>, StoreError> {
        let in_range = |row: &&Arc<EntryRow>| row.kind == kind && seqs.contains(&row.point.seq);
        let rows = self.state.entries.range((epoch, 0)..=(epoch, u64::MAX)).map(|(_, row)| row);
        let found: Vec<EntryRow> = match order {
            Order::Rising => rows.filter(in_range).take(limit).map(owned).collect(),
            Order::Falling => rows.rev().filter(in_range).take(limit).map(owned).collect(),
        };
        Ok(found)
    }

    fn punches(&self, ids: RangeInclusive<PunchId>, order: Order, limit: usize) -> Result<Vec<PunchAt>, StoreError> {
        let punches = self.state.entries.values().filter(|row| row.kind == Kind::Punch);
        let mut found: Vec<PunchAt> = punches
            .filter_map(|row| Some(PunchAt { id: row.punch?, epoch: row.point.epoch, seq: row.point.seq }))
            .filter(|at| ids.contains(&at.id))
            .collect();
        found.sort_by_key(|at| at.id);
        if order == Order::Falling {
            found.reverse();
        }
        found.truncate(limit);
        Ok(found)
    }

    fn open_entries(&self, state: EntryState, limit: usize) -> Result<Vec<OpenEntry>, StoreError> {
        let open = self.state.entries.values().filter(|row| row.state == state && state != EntryState::Received);
        let clear = |row: &Arc<EntryRow>| OpenEntry {
            epoch: row.point.epoch,
            seq: row.point.seq,
            kind: row.kind,
            punch: row.punch,
        };
        Ok(open.take(limit).map(clear).collect())
    }

    fn first_waiting(&self) -> Result<Option<(u64, u64)>, StoreError> {
        let waiting = self.state.entries.iter().find(|(_, row)| row.state == EntryState::Waiting);
        Ok(waiting.map(|(key, _)| *key))
    }

    fn count(&self, state: EntryState) -> Result<u64, StoreError> {
        Ok(self.state.entries.values().filter(|row| row.state == state).count() as u64)
    }

    fn set_state(&mut self, epoch: u64, from: u64, to: u64, state: EntryState) -> Result<(), StoreError> {
        let entries = &mut self.writing()?.entries;
        if from > to {
            return Ok(());
        }
        for (_, row) in entries.range_mut((epoch, from)..=(epoch, to)) {
            Arc::make_mut(row).state = state;
        }
        Ok(())
    }

    fn epochs(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        let mut epochs: Vec<(u64, u64)> = Vec::new();
        for (epoch, seq) in self.state.entries.keys() {
            if epochs.last().is_none_or(|(last, _)| last != epoch) {
                epochs.push((*epoch, *seq));
            }
        }
        Ok(epochs)
    }

    fn put_head(&mut self, epoch: u64, seq: u64, head: &[u8]) -> Result<(), StoreError> {
        self.writing()?.heads.entry((epoch, seq)).or_insert_with(|| head.to_vec());
        Ok(())
    }

    fn head_from(&self, epoch: u64, seq: u64) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let mut heads = self.state.heads.range((epoch, seq)..=(epoch, u64::MAX));
        Ok(heads.next().map(|((_, seq), head)| (*seq, head.clone())))
    }

    fn last_head(&self, epoch: u64) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        let mut heads = self.state.heads.range((epoch, 0)..=(epoch, u64::MAX));
        Ok(heads.next_back().map(|((_, seq), head)| (*seq, head.clone())))
    }

    fn put_receipt(&mut self, row: &ReceiptRow) -> Result<(), StoreError> {
        let receipts = &mut self.writing()?.receipts;
        if !receipts.contains(row) {
            receipts.push(row.clone());
            // Stable: of one range, the one that came first stays first.
            receipts.sort_by_key(|r| (r.epoch, r.from, r.to));
        }
        Ok(())
    }

    fn receipts(&self) -> Result<Vec<ReceiptRow>, StoreError> {
        Ok(self.state.receipts.clone())
    }

    fn receipts_for(&self, epoch: u64, seq: u64) -> Result<Vec<ReceiptRow>, StoreError> {
        let near = self.state.receipts.iter().rev().filter(|r| r.epoch == epoch && r.from <= seq).take(64);
        let mut found: Vec<ReceiptRow> = near.filter(|r| r.to >= seq).cloned().collect();
        found.reverse();
        Ok(found)
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        let checkpoints = &mut self.writing()?.checkpoints;
        if !checkpoints.iter().any(|c| c.origin == row.origin && c.size == row.size) {
            checkpoints.push(row.clone());
        }
        Ok(())
    }

    fn checkpoints(&self) -> Result<Vec<CheckpointRow>, StoreError> {
        Ok(self.state.checkpoints.clone())
    }

    fn last_checkpoint(&self, origin: &str) -> Result<Option<CheckpointRow>, StoreError> {
        let of_origin = self.state.checkpoints.iter().filter(|c| c.origin == origin);
        Ok(of_origin.max_by_key(|c| c.size).cloned())
    }

    fn put_capture(&mut self, row: &CaptureRow) -> Result<(), StoreError> {
        let captures = &mut self.writing()?.captures;
        match captures.iter_mut().find(|c| c.nonce == row.nonce) {
            Some(old) => *old = row.clone(),
            None => captures.push(row.clone()),
        }
        Ok(())
    }

    fn capture(&self, nonce: CaptureNonce) -> Result<Option<CaptureRow>, StoreError> {
        Ok(self.state.captures.iter().find(|c| c.nonce == nonce).cloned())
    }

    fn put_photo(&mut self, row: &PhotoRow) -> Result<(), StoreError> {
        let photos = &mut self.writing()?.photos;
        match photos.iter_mut().find(|p| p.digest == row.digest) {
            Some(old) => *old = row.clone(),
            None => photos.push(row.clone()),
        }
        Ok(())
    }

    fn photo(&self, digest: Hash32) -> Result<Option<PhotoRow>, StoreError> {
        Ok(self.state.photos.iter().find(|p| p.digest == digest).cloned())
    }

    fn photos(&self, state: PhotoState) -> Result<Vec<PhotoRow>, StoreError> {
        Ok(self.state.photos.iter().filter(|p| p.state == state).cloned().collect())
    }

    fn value(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.state.values.get(name).cloned())
    }

    fn put_value(&mut self, name: &'static str, value: &[u8]) -> Result<(), StoreError> {
        self.writing()?.values.insert(name, value.to_vec());
        Ok(())
    }

    fn due(&self, task: &'static str) -> Result<Option<Due>, StoreError> {
        Ok(self.state.due.get(task).cloned())
    }

    fn set_due(&mut self, task: &'static str, due: Option<&Due>) -> Result<(), StoreError> {
        let all = &mut self.writing()?.due;
        match due {
            Some(due) => drop(all.insert(task, due.clone())),
            None => drop(all.remove(task)),
        }
        Ok(())
    }
}
