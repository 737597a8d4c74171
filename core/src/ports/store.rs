//! The journal's database, as the use cases see it.
//!
//! A [`Job`] runs on the store's one writer thread inside one transaction. If it returns `Ok` the transaction is committed and
//! durable when [`JournalStore::write`] returns; if it returns `Err`, or the process dies, nothing of it happened. The store
//! keeps rows and knows no rule; every column but ids, numbers, states and due times is sealed.

use crate::domain::ids::{CaptureNonce, Hash32, PunchId};
use crate::domain::journal::{ChainPoint, Entry, Kind};
use std::ops::RangeInclusive;

/// The database refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another process has it open.
    #[error("the journal is in use by another process")]
    InUse,
    /// It was written by a newer version of this program.
    #[error("the database has version {found}; this program reads up to {known}")]
    NewerVersion {
        /// The file's version.
        found: u32,
        /// The newest version this program reads.
        known: u32,
    },
    /// The sealing key does not open it.
    #[error("the sealing key does not open this journal")]
    WrongKey,
    /// The file or its folder may not be written.
    #[error("the journal's folder cannot be written")]
    ReadOnly,
    /// No room.
    #[error("there is no room left on the disk")]
    DiskFull,
    /// What was read is damaged; `seq` where one entry is.
    #[error("the journal is damaged{}", .seq.map(|s| format!(" at entry {s}")).unwrap_or_default())]
    Damaged {
        /// The damaged entry, if it is one.
        seq: Option<u64>,
    },
    /// The store was closed by `pause`.
    #[error("the journal is closed")]
    Closed,
    /// Anything else the system says.
    #[error("the journal cannot be read or written: {0}")]
    Io(String),
}

/// Where an entry stands on its way to the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryState {
    /// Kept on this phone.
    Waiting = 0,
    /// The server's receipt was verified.
    Received = 1,
    /// Received, and put aside for a person.
    PutAside = 2,
    /// The server refuses even to keep it aside; it waits, visible.
    Refused = 3,
}

impl EntryState {
    /// The state of a stored number.
    pub fn from_number(n: i64) -> Option<Self> {
        [Self::Waiting, Self::Received, Self::PutAside, Self::Refused].into_iter().find(|s| *s as i64 == n)
    }
}

/// One entry of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// Where the chain stands after it.
    pub point: ChainPoint,
    /// Its kind, in the clear for queries.
    pub kind: Kind,
    /// The punch that it is or is about, in the clear: an id.
    pub punch: Option<PunchId>,
    /// Where it stands on its way to the server.
    pub state: EntryState,
    /// Payload, secret and groups.
    pub entry: Entry,
}

/// A verified receipt, with what it was verified against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// The epoch.
    pub epoch: u64,
    /// The first seq it speaks for.
    pub from: u64,
    /// The last.
    pub to: u64,
    /// `[J, origin, size, receipt]`, as a bundle holds it.
    pub part: Vec<u8>,
}

/// A verified checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointRow {
    /// The log.
    pub origin: String,
    /// Its size.
    pub size: u64,
    /// `[checkpoint, consistency proof]`, as a bundle holds it.
    pub part: Vec<u8>,
}

/// A capture nonce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureRow {
    /// The nonce.
    pub nonce: CaptureNonce,
    /// The session it was given in, and the reading then.
    pub given: (crate::domain::time::SessionId, u64),
    /// The photo that used it.
    pub used_by: Option<Hash32>,
}

/// Where a photo stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhotoState {
    /// In the sealed store, not yet in an entry.
    Draft = 0,
    /// Bound by an entry, waiting to be sent.
    Waiting = 1,
    /// The server has it.
    Received = 2,
}

impl PhotoState {
    /// The state of a stored number.
    pub fn from_number(n: i64) -> Option<Self> {
        [Self::Draft, Self::Waiting, Self::Received].into_iter().find(|s| *s as i64 == n)
    }
}

/// A photo in the sealed store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoRow {
    /// SHA-256 of the stored file.
    pub digest: Hash32,
    /// The punch it is bound to.
    pub punch: Option<PunchId>,
    /// Where it stands.
    pub state: PhotoState,
    /// Its `EvidenceFile` as the one item of an evidence group.
    pub evidence: Vec<u8>,
    /// Where its upload goes on, once the server gave a place.
    pub upload_url: Option<String>,
}

/// When a task is due again: kept on both clocks, because a phone sleeps, reboots and is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Attempts that failed since the last success.
    pub attempts: u32,
    /// The run of the system that `elapsed_ms` belongs to.
    pub boot: String,
    /// Due at this reading of the elapsed clock, in the same run.
    pub elapsed_ms: u64,
    /// Due at this wall time, in another run.
    pub wall_ms: i64,
    /// The stable code of why it waits.
    pub reason: String,
}

/// Where a punch is: its clear columns alone, so that nothing has to be opened to find it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PunchAt {
    /// The punch. A UUIDv7: its first 48 bits are the wall clock at the tap, so that ids are in the order of that clock.
    pub id: PunchId,
    /// The epoch of its entry.
    pub epoch: u64,
    /// The seq of its entry.
    pub seq: u64,
}

/// The clear columns of an entry that is not received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenEntry {
    /// The epoch.
    pub epoch: u64,
    /// The seq.
    pub seq: u64,
    /// Its kind.
    pub kind: Kind,
    /// The punch that it is or is about.
    pub punch: Option<PunchId>,
}

/// From which end of a range rows are taken, and so their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The lowest first.
    Rising,
    /// The highest first.
    Falling,
}

/// What a job does inside its transaction.
pub trait Tx {
    /// The last entry of the highest epoch.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn tail(&self) -> Result<Option<EntryRow>, StoreError>;

    /// Appends an entry. One of the same epoch and seq is not overwritten.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses, or there is such an entry.
    fn append(&mut self, row: &EntryRow) -> Result<(), StoreError>;

    /// The entry `seq` of `epoch`.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn entry(&self, epoch: u64, seq: u64) -> Result<Option<EntryRow>, StoreError>;

    /// At most `limit` entries of `epoch` from `from` on, in order.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn entries(&self, epoch: u64, from: u64, limit: usize) -> Result<Vec<EntryRow>, StoreError>;

    /// The last `limit` entries of a kind over all epochs, newest first.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn latest(&self, kind: Kind, limit: usize) -> Result<Vec<EntryRow>, StoreError>;

    /// The entries that are a punch or about it, in order.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn about(&self, punch: PunchId) -> Result<Vec<EntryRow>, StoreError>;

    /// At most `limit` entries of a kind in `epoch` with a seq of `seqs`, from one end of it.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn of_kind(
        &self,
        kind: Kind,
        epoch: u64,
        seqs: RangeInclusive<u64>,
        order: Order,
        limit: usize,
    ) -> Result<Vec<EntryRow>, StoreError>;

    /// Where at most `limit` punches with an id of `ids` are, from one end of it. Opens no entry, and reads no other punch.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn punches(&self, ids: RangeInclusive<PunchId>, order: Order, limit: usize) -> Result<Vec<PunchAt>, StoreError>;

    /// The first `limit` entries in a state that is not [`EntryState::Received`], in order. Opens no entry.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn open_entries(&self, state: EntryState, limit: usize) -> Result<Vec<OpenEntry>, StoreError>;

    /// The first entry that waits: its epoch and seq.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn first_waiting(&self) -> Result<Option<(u64, u64)>, StoreError>;

    /// How many entries are in a state.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn count(&self, state: EntryState) -> Result<u64, StoreError>;

    /// Puts the entries `from..=to` of `epoch` into `state`.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn set_state(&mut self, epoch: u64, from: u64, to: u64, state: EntryState) -> Result<(), StoreError>;

    /// Epochs with the first seq that each holds, rising.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn epochs(&self) -> Result<Vec<(u64, u64)>, StoreError>;

    /// Keeps a signed head over `seq` of `epoch`; one that is there already stays.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn put_head(&mut self, epoch: u64, seq: u64, head: &[u8]) -> Result<(), StoreError>;

    /// The signed head with the lowest seq from `seq` on, with its seq.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn head_from(&self, epoch: u64, seq: u64) -> Result<Option<(u64, Vec<u8>)>, StoreError>;

    /// The signed head with the highest seq of `epoch`, with its seq.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn last_head(&self, epoch: u64) -> Result<Option<(u64, Vec<u8>)>, StoreError>;

    /// Keeps a verified receipt; one that is there already stays.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn put_receipt(&mut self, row: &ReceiptRow) -> Result<(), StoreError>;

    /// All receipts, by epoch, first and last seq; of one range in the order in which they came.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn receipts(&self) -> Result<Vec<ReceiptRow>, StoreError>;

    /// The receipts that speak for entry `seq` of `epoch`, in the order of their ranges: among the 64 whose first seq is the nearest.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn receipts_for(&self, epoch: u64, seq: u64) -> Result<Vec<ReceiptRow>, StoreError>;

    /// Keeps a verified checkpoint; one of the same origin and size stays.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn put_checkpoint(&mut self, row: &CheckpointRow) -> Result<(), StoreError>;

    /// All checkpoints of all origins, in the order in which they came.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn checkpoints(&self) -> Result<Vec<CheckpointRow>, StoreError>;

    /// The checkpoint of an origin with the largest size.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn last_checkpoint(&self, origin: &str) -> Result<Option<CheckpointRow>, StoreError>;

    /// Keeps or replaces a capture nonce.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn put_capture(&mut self, row: &CaptureRow) -> Result<(), StoreError>;

    /// A capture nonce.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn capture(&self, nonce: CaptureNonce) -> Result<Option<CaptureRow>, StoreError>;

    /// Keeps or replaces a photo.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn put_photo(&mut self, row: &PhotoRow) -> Result<(), StoreError>;

    /// A photo.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn photo(&self, digest: Hash32) -> Result<Option<PhotoRow>, StoreError>;

    /// Photos in a state, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn photos(&self, state: PhotoState) -> Result<Vec<PhotoRow>, StoreError>;

    /// A small sealed value by name: session, rules, sites, key set, settings.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn value(&self, name: &'static str) -> Result<Option<Vec<u8>>, StoreError>;

    /// Replaces a small sealed value.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn put_value(&mut self, name: &'static str, value: &[u8]) -> Result<(), StoreError>;

    /// When a task is due again.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn due(&self, task: &'static str) -> Result<Option<Due>, StoreError>;

    /// Sets or clears when a task is due again.
    ///
    /// # Errors
    /// [`StoreError`] if the storage refuses.
    fn set_due(&mut self, task: &'static str, due: Option<&Due>) -> Result<(), StoreError>;
}

/// Why a job's transaction is not committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobEnd {
    /// The storage refused.
    Store(StoreError),
    /// The job itself gave up; it has kept its reason.
    RolledBack,
}

impl From<StoreError> for JobEnd {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

/// Work for one transaction.
pub type Job = Box<dyn FnOnce(&mut dyn Tx) -> Result<(), JobEnd> + Send>;

/// The journal's database.
pub trait JournalStore: Send + Sync {
    /// Runs `job` in one transaction and commits it durably. A job that panics is rolled back, and the store goes on. A job may not
    /// call the store that runs it.
    ///
    /// # Errors
    /// [`JobEnd`]; nothing of the job happened then.
    fn write(&self, job: Job) -> Result<(), JobEnd>;

    /// Runs `job` without writing: what it tries to write is refused.
    ///
    /// # Errors
    /// [`JobEnd`].
    fn read(&self, job: Job) -> Result<(), JobEnd>;

    /// Closes the database for real; afterwards everything is [`StoreError::Closed`] until [`JournalStore::resume`].
    ///
    /// # Errors
    /// [`StoreError`] if it cannot be closed cleanly; it is closed all the same.
    fn pause(&self) -> Result<(), StoreError>;

    /// Opens the database again after [`JournalStore::pause`]; does nothing if it is open.
    ///
    /// # Errors
    /// [`StoreError`] as at the first opening.
    fn resume(&self) -> Result<(), StoreError>;
}
