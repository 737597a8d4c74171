//! From columns to rows: what a statement gives, and how it is opened.

use super::errors::store_error;
use super::rows;
use super::seal::RowSealer;
use crate::domain::cbor::Value;
use crate::domain::ids::{CaptureNonce, Hash32, PunchId};
use crate::domain::journal::{ChainPoint, Kind};
use crate::ports::{
    CaptureRow, CheckpointRow, Due, EntryRow, EntryState, PhotoRow, PhotoState, ReceiptRow, StoreError,
};
use rusqlite::Row;

const DAMAGED: StoreError = StoreError::Damaged { seq: None };

/// A number for SQLite, whose integers end at `i64::MAX`.
///
/// # Errors
/// [`StoreError::Io`] for one beyond.
pub(super) fn int(n: u64) -> Result<i64, StoreError> {
    i64::try_from(n).map_err(|_| StoreError::Io("a number is beyond what the database holds".to_owned()))
}

/// A number of SQLite that was written by [`int`].
fn uint(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    let n: i64 = row.get(at)?;
    u64::try_from(n).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(at, n))
}

/// A row of a table: how it is read from a statement, and how it is opened.
pub(super) trait Stored: Sized {
    /// The row opened.
    type Opened;
    /// Reads the columns.
    fn read(row: &Row<'_>) -> rusqlite::Result<Self>;
    /// Opens the seal.
    ///
    /// # Errors
    /// [`StoreError::Damaged`].
    fn open(self, seal: &RowSealer) -> Result<Self::Opened, StoreError>;

    /// Reads and opens.
    ///
    /// # Errors
    /// [`StoreError::Damaged`], or what SQLite says.
    fn from_row(row: &Row<'_>, seal: &RowSealer) -> Result<Self::Opened, StoreError> {
        Self::read(row).map_err(store_error)?.open(seal)
    }
}

/// `epoch, seq, kind, punch, state, sealed`
pub(super) struct StoredEntry {
    epoch: u64,
    seq: u64,
    kind: i64,
    punch: Option<[u8; 16]>,
    state: i64,
    sealed: Vec<u8>,
}

/// The clear columns of an entry that its seal binds: all but the state.
pub(super) fn entry_place(point: (u64, u64), kind: Kind, punch: Option<PunchId>) -> [Value; 4] {
    let (epoch, seq) = point;
    [Value::Uint(epoch), Value::Uint(seq), Value::Uint(kind.wire()), Value::opt_bytes(punch)]
}

impl Stored for StoredEntry {
    type Opened = EntryRow;

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            epoch: uint(row, 0)?,
            seq: uint(row, 1)?,
            kind: row.get(2)?,
            punch: row.get(3)?,
            state: row.get(4)?,
            sealed: row.get(5)?,
        })
    }

    fn open(self, seal: &RowSealer) -> Result<EntryRow, StoreError> {
        let damaged = StoreError::Damaged { seq: Some(self.seq) };
        let (kind, punch) = (Kind::from_wire(self.kind.cast_unsigned()), self.punch.map(PunchId));
        let opened = seal.open("entry", &entry_place((self.epoch, self.seq), kind, punch), &self.sealed);
        let parsed = opened.ok().and_then(|bytes| rows::parse_entry(&bytes).ok());
        let (h, entry) = parsed.ok_or_else(|| damaged.clone())?;
        let state = EntryState::from_number(self.state).ok_or(damaged)?;
        Ok(EntryRow { point: ChainPoint { epoch: self.epoch, seq: self.seq, h }, kind, punch, state, entry })
    }
}

/// `epoch, seq, sealed`
pub(super) struct StoredHead {
    epoch: u64,
    seq: u64,
    sealed: Vec<u8>,
}

impl Stored for StoredHead {
    /// Epoch, seq, signed head.
    type Opened = (u64, u64, Vec<u8>);

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { epoch: uint(row, 0)?, seq: uint(row, 1)?, sealed: row.get(2)? })
    }

    fn open(self, seal: &RowSealer) -> Result<Self::Opened, StoreError> {
        let head = seal.open("head", &[self.epoch, self.seq].map(Value::Uint), &self.sealed)?;
        Ok((self.epoch, self.seq, head))
    }
}

/// `epoch, from_seq, to_seq, nth, sealed`
pub(super) struct StoredReceipt {
    place: [u64; 4],
    sealed: Vec<u8>,
}

impl Stored for StoredReceipt {
    type Opened = ReceiptRow;

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { place: [uint(row, 0)?, uint(row, 1)?, uint(row, 2)?, uint(row, 3)?], sealed: row.get(4)? })
    }

    fn open(self, seal: &RowSealer) -> Result<ReceiptRow, StoreError> {
        let [epoch, from, to, _] = self.place;
        let part = seal.open("receipt", &self.place.map(Value::Uint), &self.sealed)?;
        Ok(ReceiptRow { epoch, from, to, part })
    }
}

/// `origin, size, sealed`
pub(super) struct StoredCheckpoint {
    origin: String,
    size: u64,
    sealed: Vec<u8>,
}

impl Stored for StoredCheckpoint {
    type Opened = CheckpointRow;

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { origin: row.get(0)?, size: uint(row, 1)?, sealed: row.get(2)? })
    }

    fn open(self, seal: &RowSealer) -> Result<CheckpointRow, StoreError> {
        let part = seal.open("checkpoint", &[Value::text(&self.origin), Value::Uint(self.size)], &self.sealed)?;
        Ok(CheckpointRow { origin: self.origin, size: self.size, part })
    }
}

/// `nonce, sealed`
pub(super) struct StoredCapture {
    nonce: [u8; 16],
    sealed: Vec<u8>,
}

impl Stored for StoredCapture {
    type Opened = CaptureRow;

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { nonce: row.get(0)?, sealed: row.get(1)? })
    }

    fn open(self, seal: &RowSealer) -> Result<CaptureRow, StoreError> {
        let opened = seal.open("capture", &[Value::bytes(self.nonce)], &self.sealed)?;
        let (given, used_by) = rows::parse_capture(&opened).map_err(|_| DAMAGED)?;
        Ok(CaptureRow { nonce: CaptureNonce(self.nonce), given, used_by })
    }
}

/// `digest, punch, state, sealed`
pub(super) struct StoredPhoto {
    digest: [u8; 32],
    punch: Option<[u8; 16]>,
    state: i64,
    sealed: Vec<u8>,
}

impl Stored for StoredPhoto {
    type Opened = PhotoRow;

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { digest: row.get(0)?, punch: row.get(1)?, state: row.get(2)?, sealed: row.get(3)? })
    }

    fn open(self, seal: &RowSealer) -> Result<PhotoRow, StoreError> {
        let place = [Value::bytes(self.digest), Value::opt_bytes(self.punch)];
        let (evidence, upload_url) =
            rows::parse_photo(&seal.open("photo", &place, &self.sealed)?).map_err(|_| DAMAGED)?;
        Ok(PhotoRow {
            digest: Hash32(self.digest),
            punch: self.punch.map(PunchId),
            state: PhotoState::from_number(self.state).ok_or(DAMAGED)?,
            evidence,
            upload_url,
        })
    }
}

/// `name, sealed`
pub(super) struct StoredValue {
    name: String,
    sealed: Vec<u8>,
}

impl Stored for StoredValue {
    /// Name and value.
    type Opened = (String, Vec<u8>);

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { name: row.get(0)?, sealed: row.get(1)? })
    }

    fn open(self, seal: &RowSealer) -> Result<Self::Opened, StoreError> {
        let value = seal.open("value", &[Value::text(&self.name)], &self.sealed)?;
        Ok((self.name, value))
    }
}

/// `task, elapsed_ms, wall_ms, sealed`
pub(super) struct StoredDue {
    task: String,
    elapsed_ms: i64,
    wall_ms: i64,
    sealed: Vec<u8>,
}

/// The clear columns of a due time.
pub(super) fn due_place(task: &str, elapsed_ms: u64, wall_ms: i64) -> [Value; 3] {
    [Value::text(task), Value::Uint(elapsed_ms), Value::int(wall_ms)]
}

impl Stored for StoredDue {
    /// Task and due time.
    type Opened = (String, Due);

    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { task: row.get(0)?, elapsed_ms: row.get(1)?, wall_ms: row.get(2)?, sealed: row.get(3)? })
    }

    fn open(self, seal: &RowSealer) -> Result<Self::Opened, StoreError> {
        // An unsigned number beyond i64 was kept as its two's complement.
        let elapsed_ms = self.elapsed_ms.cast_unsigned();
        let opened = seal.open("due", &due_place(&self.task, elapsed_ms, self.wall_ms), &self.sealed)?;
        let due = rows::parse_due(&opened, elapsed_ms, self.wall_ms).map_err(|_| DAMAGED)?;
        Ok((self.task, due))
    }
}
