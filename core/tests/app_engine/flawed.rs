//! A store some of whose entries cannot be read, and that counts how many were.

use daka_core::domain::ids::{CaptureNonce, Hash32, PunchId};
use daka_core::domain::journal::Kind;
use daka_core::ports::{
    CaptureRow, CheckpointRow, Due, EntryRow, EntryState, Job, JobEnd, JournalStore, OpenEntry, Order, PhotoRow,
    PhotoState, PunchAt, ReceiptRow, StoreError, Tx,
};
use daka_core::testkit::MemoryStore;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// What is wrong, and what was read. Clones are the same.
#[derive(Clone, Default)]
pub struct Flaws {
    entries: Arc<Mutex<BTreeSet<(u64, u64)>>>,
    values: Arc<Mutex<BTreeSet<&'static str>>>,
    read: Arc<AtomicUsize>,
}

impl Flaws {
    /// Lets an entry be unreadable.
    pub fn damage(&self, epoch: u64, seq: u64) {
        self.entries.lock().unwrap().insert((epoch, seq));
    }

    /// Lets a value be unreadable.
    pub fn damage_value(&self, name: &'static str) {
        self.values.lock().unwrap().insert(name);
    }

    /// How many entries were read since the last call.
    pub fn rows_read(&self) -> usize {
        self.read.swap(0, Ordering::SeqCst)
    }

    fn row(&self, row: EntryRow) -> Result<EntryRow, StoreError> {
        self.read.fetch_add(1, Ordering::SeqCst);
        let at = (row.point.epoch, row.point.seq);
        if self.entries.lock().unwrap().contains(&at) {
            return Err(StoreError::Damaged { seq: Some(at.1) });
        }
        Ok(row)
    }

    fn rows(&self, rows: Vec<EntryRow>) -> Result<Vec<EntryRow>, StoreError> {
        rows.into_iter().map(|row| self.row(row)).collect()
    }
}

/// The store.
pub struct FlawedStore {
    pub inner: MemoryStore,
    pub flaws: Flaws,
}

impl FlawedStore {
    fn flawed(&self, job: Job) -> Job {
        let flaws = self.flaws.clone();
        Box::new(move |tx| job(&mut FlawedTx { tx, flaws }))
    }
}

impl JournalStore for FlawedStore {
    fn write(&self, job: Job) -> Result<(), JobEnd> {
        self.inner.write(self.flawed(job))
    }

    fn read(&self, job: Job) -> Result<(), JobEnd> {
        self.inner.read(self.flawed(job))
    }

    fn pause(&self) -> Result<(), StoreError> {
        self.inner.pause()
    }

    fn resume(&self) -> Result<(), StoreError> {
        self.inner.resume()
    }
}

struct FlawedTx<'a> {
    tx: &'a mut dyn Tx,
    flaws: Flaws,
}

impl Tx for FlawedTx<'_> {
    fn tail(&self) -> Result<Option<EntryRow>, StoreError> {
        self.tx.tail()?.map(|row| self.flaws.row(row)).transpose()
    }

    fn append(&mut self, row: &EntryRow) -> Result<(), StoreError> {
        self.tx.append(row)
    }

    fn entry(&self, epoch: u64, seq: u64) -> Result<Option<EntryRow>, StoreError> {
        self.tx.entry(epoch, seq)?.map(|row| self.flaws.row(row)).transpose()
    }

    fn entries(&self, epoch: u64, from: u64, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
        self.flaws.rows(self.tx.entries(epoch, from, limit)?)
    }

    fn latest(&self, kind: Kind, limit: usize) -> Result<Vec<EntryRow>, StoreError> {
        self.flaws.rows(self.tx.latest(kind, limit)?)
    }

    fn about(&self, punch: PunchId) -> Result<Vec<EntryRow>, StoreError> {
        self.flaws.rows(self.tx.about(punch)?)
    }

    fn of_kind(
        &self,
        kind: Kind,
        epoch: u64,
        seqs: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<EntryRow>, StoreError> {
        self.flaws.rows(self.tx.of_kind(kind, epoch, seqs, order, limit)?)
    }

    fn punches(&self, ids: RangeInclusive<PunchId>, order: Order, limit: usize) -> Result<Vec<PunchAt>, StoreError> {
        self.tx.punches(ids, order, limit)
    }

    fn open_entries(&self, state: EntryState, limit: usize) -> Result<Vec<OpenEntry>, StoreError> {
        self.tx.open_entries(state, limit)
    }

    fn first_waiting(&self) -> Result<Option<(u64, u64)>, StoreError> {
        self.tx.first_waiting()
    }

    fn count(&self, state: EntryState) -> Result<u64, StoreError> {
        self.tx.count(state)
    }

    fn set_state(&mut self, epoch: u64, from: u64, to: u64, state: EntryState) -> Result<(), StoreError> {
        self.tx.set_state(epoch, from, to, state)
    }

    fn epochs(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        self.tx.epochs()
    }

    fn put_head(&mut self, epoch: u64, seq: u64, head: &[u8]) -> Result<(), StoreError> {
        self.tx.put_head(epoch, seq, head)
    }

    fn head_from(&self, epoch: u64, seq: u64) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        self.tx.head_from(epoch, seq)
    }

    fn last_head(&self, epoch: u64) -> Result<Option<(u64, Vec<u8>)>, StoreError> {
        self.tx.last_head(epoch)
    }

    fn put_receipt(&mut self, row: &ReceiptRow) -> Result<(), StoreError> {
        self.tx.put_receipt(row)
    }

    fn receipts(&self) -> Result<Vec<ReceiptRow>, StoreError> {
        self.tx.receipts()
    }

    fn receipts_for(&self, epoch: u64, seq: u64) -> Result<Vec<ReceiptRow>, StoreError> {
        self.tx.receipts_for(epoch, seq)
    }

    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError> {
        self.tx.put_checkpoint(row)
    }

    fn checkpoints(&self) -> Result<Vec<CheckpointRow>, StoreError> {
        self.tx.checkpoints()
    }

    fn last_checkpoint(&self, origin: &str) -> Result<Option<CheckpointRow>, StoreError> {
        self.tx.last_checkpoint(origin)
    }

    fn put_capture(&mut self, row: &CaptureRow) -> Result<(), StoreError> {
        self.tx.put_capture(row)
    }

    fn capture(&self, nonce: CaptureNonce) -> Result<Option<CaptureRow>, StoreError> {
        self.tx.capture(nonce)
    }

    fn put_photo(&mut self, row: &PhotoRow) -> Result<(), StoreError> {
        self.tx.put_photo(row)
    }

    fn photo(&self, digest: Hash32) -> Result<Option<PhotoRow>, StoreError> {
        self.tx.photo(digest)
    }

    fn photos(&self, state: PhotoState) -> Result<Vec<PhotoRow>, StoreError> {
        self.tx.photos(state)
    }

    fn value(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError> {
        if self.flaws.values.lock().unwrap().contains(name) {
            return Err(StoreError::Damaged { seq: None });
        }
        self.tx.value(name)
    }

    fn put_value(&mut self, name: &'static str, value: &[u8]) -> Result<(), StoreError> {
        self.flaws.values.lock().unwrap().remove(name);
        self.tx.put_value(name, value)
    }

    fn due(&self, task: &'static str) -> Result<Option<Due>, StoreError> {
        self.tx.due(task)
    }

    fn set_due(&mut self, task: &'static str, due: Option<&Due>) -> Result<(), StoreError> {
        self.tx.set_due(task, due)
    }
}
