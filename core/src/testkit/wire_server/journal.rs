//! What the server keeps of one journal.

use crate::domain::crypto::PublicKey;
use crate::domain::ids::Hash32;
use crate::domain::journal::{ChainPoint, UploadEntry};
use crate::domain::log::{ItemReason, Segment};
use crate::domain::trust::TimeRequest;
use std::collections::BTreeMap;

/// Where a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It may do everything.
    Active,
    /// It waits for an administrator.
    Pending,
    /// It was revoked: it may deliver, and its entries are put aside.
    Revoked,
}

/// One journal.
#[derive(Clone)]
pub(super) struct Journal {
    pub(super) key: PublicKey,
    pub(super) standing: Standing,
    /// The chain, epoch by epoch.
    pub(super) epochs: BTreeMap<u64, Epoch>,
    /// What is kept beside it: the digest after each entry where it is known, with the reason.
    pub(super) kept: Vec<Kept>,
    pub(super) segments: Vec<Stored>,
    /// Time requests and their tokens.
    pub(super) tokens: Vec<(TimeRequest, Vec<u8>)>,
    /// Heads that tokens were issued for and that the chain has not passed yet.
    pub(super) open_heads: Vec<ChainPoint>,
}

/// One epoch of the chain.
#[derive(Clone)]
pub(super) struct Epoch {
    pub(super) prev_seq: u64,
    pub(super) prev_h: Hash32,
    /// The digest before the first entry, then after each.
    pub(super) hashes: Vec<Hash32>,
    pub(super) entries: Vec<UploadEntry>,
}

impl Epoch {
    pub(super) fn last(&self) -> u64 {
        self.prev_seq + self.entries.len() as u64
    }

    pub(super) fn hash_at(&self, seq: u64) -> Option<Hash32> {
        self.hashes.get(usize::try_from(seq.checked_sub(self.prev_seq)?).ok()?).copied()
    }
}

/// An entry beside the chain.
#[derive(Clone)]
pub(super) struct Kept {
    pub(super) epoch: u64,
    pub(super) seq: u64,
    pub(super) h: Hash32,
    pub(super) fate: (crate::domain::log::SegmentStatus, ItemReason),
    pub(super) entry: UploadEntry,
}

/// A segment in the log.
#[derive(Clone, Copy)]
pub(super) struct Stored {
    pub(super) segment: Segment,
    pub(super) index: u64,
    pub(super) reason: ItemReason,
    pub(super) main: bool,
}

impl Journal {
    pub(super) fn new(key: PublicKey, standing: Standing) -> Self {
        Self {
            key,
            standing,
            epochs: BTreeMap::new(),
            kept: Vec::new(),
            segments: Vec::new(),
            tokens: Vec::new(),
            open_heads: Vec::new(),
        }
    }

    pub(super) fn head(&self) -> Option<ChainPoint> {
        let (epoch, e) = self.epochs.last_key_value()?;
        Some(ChainPoint { epoch: *epoch, seq: e.last(), h: *e.hashes.last()? })
    }

    /// Every entry that is stored, on the chain and beside it.
    pub(super) fn all_entries(&self) -> impl Iterator<Item = &UploadEntry> {
        self.epochs.values().flat_map(|e| &e.entries).chain(self.kept.iter().map(|k| &k.entry))
    }
}
