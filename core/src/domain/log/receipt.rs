//! Receipts: the server's word, proven by its log, that it has a run of entries and what became of them.

use super::checkpoint::{Checkpoint, parse_proof, proof_value};
use super::leaf::{Segment, SegmentStatus};
use super::merkle::{Proof, ProofError, verify_inclusion};
use crate::domain::cbor::Value;
use crate::domain::crypto::Crypto;
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::journal::{ChainPoint, FORMAT_VERSION};
use crate::domain::open_enum::open_enum;
use crate::domain::time::WallMs;

/// A segment leaf less what the phone knows (J and h), where it stands in the log, and the path to the checkpoint it came with:
/// `[[epoch, from, to, received_ms, ε_ms, status, last token counter], index, [hash…]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The epoch.
    pub epoch: u64,
    /// The first seq.
    pub from: u64,
    /// The last seq.
    pub to: u64,
    /// When the server had it.
    pub received: WallMs,
    /// How far the server's clock may be from the truth, ms.
    pub eps_ms: u32,
    /// What became of it. It speaks for `from..=to` only.
    pub status: SegmentStatus,
    /// The counter of the last time token issued to this journal by then.
    pub last_token: u64,
    /// The leaf's place in the log.
    pub index: u64,
    /// The inclusion proof.
    pub proof: Proof,
}

impl Receipt {
    /// The receipt of a segment.
    pub fn of(segment: &Segment, index: u64, proof: Proof) -> Self {
        let Segment { epoch, from, to, received, eps_ms, status, last_token, .. } = *segment;
        Self { epoch, from, to, received, eps_ms, status, last_token, index, proof }
    }

    /// The segment it speaks of, with what the holder knows of it.
    pub fn segment(&self, journal: JournalId, h: Hash32) -> Segment {
        let Self { epoch, from, to, received, eps_ms, status, last_token, .. } = *self;
        Segment { journal, epoch, from, to, h, received, eps_ms, status, last_token }
    }

    /// Checks that the leaf of this receipt, with the holder's own J and h, is in the tree of `checkpoint`.
    ///
    /// # Errors
    /// [`ProofError`] if it is not.
    pub fn verify(
        &self,
        crypto: &dyn Crypto,
        journal: JournalId,
        h: Hash32,
        checkpoint: &Checkpoint,
    ) -> Result<(), ProofError> {
        let leaf = self.segment(journal, h).leaf(crypto).map_err(|_| ProofError)?;
        verify_inclusion(crypto, &leaf, self.index, checkpoint.size, &self.proof, &checkpoint.root)
    }

    /// The array.
    pub fn value(&self) -> Value {
        let body = Value::Array(vec![
            Value::Uint(self.epoch),
            Value::Uint(self.from),
            Value::Uint(self.to),
            Value::int(self.received.get()),
            Value::Uint(u64::from(self.eps_ms)),
            Value::Uint(self.status.wire()),
            Value::Uint(self.last_token),
        ]);
        Value::Array(vec![body, Value::Uint(self.index), proof_value(&self.proof)])
    }

    /// Reads the array.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(value: Value) -> Result<Self, FormatError> {
        let mut list = List::new("receipt", value)?;
        let mut body = List::new("receipt", list.take("body")?)?;
        let out = Self {
            epoch: body.take("epoch")?.uint("epoch")?,
            from: body.take("from")?.uint("from")?,
            to: body.take("to")?.uint("to")?,
            received: WallMs::new(body.take("received_ms")?.int("received_ms")?),
            eps_ms: u32::try_from(body.take("eps_ms")?.uint("eps_ms")?)
                .map_err(|_| FormatError::wrong_type("eps_ms", "milliseconds that fit 32 bits"))?,
            status: SegmentStatus::from_wire(body.take("status")?.uint("status")?),
            last_token: body.take("last token counter")?.uint("last token counter")?,
            index: list.take("index")?.uint("index")?,
            proof: parse_proof("inclusion proof", list.take("inclusion proof")?)?,
        };
        body.end()?;
        list.end()?;
        Ok(out)
    }
}

open_enum! {
    /// What the server did with one run of entries.
    pub enum ItemStatus {
        /// Stored now.
        Stored = 1 => "stored",
        /// It had them already; the first receipt comes again.
        Duplicate = 2 => "duplicate",
        /// Kept for a person to look at.
        Quarantined = 3 => "quarantined",
        /// Kept beside another branch.
        Conflict = 4 => "conflict",
    }
}

open_enum! {
    /// Why entries were put in quarantine or are in conflict.
    pub enum ItemReason {
        /// Nothing is wrong.
        None = 0 => "none",
        /// No head came with them.
        Unsigned = 1 => "unsigned",
        /// The head's signature does not fit the device's key.
        BadSignature = 2 => "bad_signature",
        /// An entry's groups do not have the digests of its payload, or its payload cannot be read.
        Unreadable = 3 => "unreadable",
        /// The device was revoked before.
        Revoked = 4 => "revoked",
        /// The device's certificate was not valid when they arrived.
        Expired = 5 => "expired",
        /// An entry's time or place breaks a limit of the format.
        OutOfLimits = 6 => "out_of_limits",
        /// The server holds other entries with the same numbers.
        Fork = 7 => "fork",
        /// A later epoch of this journal has begun.
        ClosedEpoch = 8 => "closed_epoch",
        /// They leave out a head that the server signed a time token for.
        LostHead = 9 => "lost_head",
        /// They do not begin where the server's copy ends.
        Gap = 10 => "gap",
    }
}

/// What the server did with `from..=to`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemResult {
    /// What it did.
    pub status: ItemStatus,
    /// Why, where a person has to look.
    pub reason: ItemReason,
    /// The proof.
    pub receipt: Receipt,
}

/// The answer to an upload: `[v, [[status, reason, receipt]…], checkpoint, consistency proof, server head | null, upload_spread_s]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadAnswer {
    /// One for each run of one status.
    pub items: Vec<ItemResult>,
    /// What every receipt's proof leads to.
    pub checkpoint: Checkpoint,
    /// From the checkpoint whose size the phone named, to this one.
    pub consistency: Proof,
    /// Where the journal stands at the server.
    pub head: Option<ChainPoint>,
    /// First uploads are to be spread over so many seconds.
    pub upload_spread_s: u64,
}

impl UploadAnswer {
    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        let item = |i: &ItemResult| {
            Value::Array(vec![Value::Uint(i.status.wire()), Value::Uint(i.reason.wire()), i.receipt.value()])
        };
        Value::Array(vec![
            Value::Uint(FORMAT_VERSION),
            Value::Array(self.items.iter().map(item).collect()),
            self.checkpoint.value(),
            proof_value(&self.consistency),
            self.head.map_or(Value::Null, |h| h.value()),
            Value::Uint(self.upload_spread_s),
        ])
        .encode()
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::new("upload answer", Value::decode("upload answer", bytes)?)?;
        let v = list.take("v")?.uint("v")?;
        if v != FORMAT_VERSION {
            return Err(FormatError::new("upload answer", Problem::Version { got: v }));
        }
        let item = |value| {
            let mut l = List::new("item", value)?;
            let out = ItemResult {
                status: ItemStatus::from_wire(l.take("status")?.uint("status")?),
                reason: ItemReason::from_wire(l.take("reason")?.uint("reason")?),
                receipt: Receipt::parse(l.take("receipt")?)?,
            };
            l.end()?;
            Ok(out)
        };
        let out = Self {
            items: list.take("items")?.items("items")?.into_iter().map(item).collect::<Result<_, FormatError>>()?,
            checkpoint: Checkpoint::parse(list.take("checkpoint")?)?,
            consistency: parse_proof("consistency proof", list.take("consistency proof")?)?,
            head: match list.take("head")? {
                Value::Null => None,
                v => Some(ChainPoint::parse("head", v)?),
            },
            upload_spread_s: list.take("upload_spread_s")?.uint("upload_spread_s")?,
        };
        list.end()?;
        Ok(out)
    }
}
