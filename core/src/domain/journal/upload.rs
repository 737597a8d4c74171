//! What travels to the server: a run of entries without what the server can rebuild, and one head.
//!
//! ```text
//! upload = [v, J, epoch, prev_seq, prev_h, from, [entry…], head]
//! entry  = [payload less seq, blind, group digests and a session equal to the entry's before it; seed; groups]
//!          [payload; {group: salt}; groups]          once the seed is gone
//!          [payload digest]                          once erased whole
//! ```
//!
//! The receiver rebuilds every byte, digests it and arrives at the signed head, or at nothing.

use super::chain::{ChainPoint, GENESIS, chain_step};
use super::entry::{Entry, Secret};
use super::groups::{GroupId, Groups, Seed, group_digest};
use super::payload::key;
use crate::domain::cbor::Value;
use crate::domain::crypto::Crypto;
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, JournalId};

/// Most entries in one upload: a segment of this many punches is about 100 kB.
pub const MAX_ENTRIES: usize = 500;

/// One entry as it travels, rebuilt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadEntry {
    /// A payload with what is left of its groups.
    Whole(Entry),
    /// Only the digest of a payload that was erased whole.
    Erased(Hash32),
}

impl UploadEntry {
    /// What the chain takes in.
    pub fn payload_digest(&self, crypto: &dyn Crypto) -> Hash32 {
        match self {
            Self::Whole(entry) => entry.payload_digest(crypto),
            Self::Erased(digest) => *digest,
        }
    }
}

/// A run of entries and the head over its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// J.
    pub journal: JournalId,
    /// The epoch of every entry in it.
    pub epoch: u64,
    /// The last entry of earlier epochs that the chain of this epoch stands on; 0 in epoch 0.
    pub prev_seq: u64,
    /// Its digest.
    pub prev_h: Hash32,
    /// The first seq.
    pub from: u64,
    /// The entries from `from` on.
    pub entries: Vec<UploadEntry>,
    /// The head over the last entry, a COSE_Sign1; empty when the signature is still pending.
    pub head: Vec<u8>,
}

impl Upload {
    /// The last seq.
    pub fn to(&self) -> u64 {
        self.from + self.entries.len() as u64 - 1
    }

    /// The chain's digests after each entry, from h before `from`.
    pub fn chain(&self, crypto: &dyn Crypto, before: Hash32) -> Vec<Hash32> {
        let mut h = before;
        self.entries
            .iter()
            .zip(self.from..)
            .map(|(entry, seq)| {
                h = chain_step(crypto, h, seq, entry.payload_digest(crypto));
                h
            })
            .collect()
    }

    /// The point the upload arrives at.
    pub fn end(&self, crypto: &dyn Crypto, before: Hash32) -> ChainPoint {
        let h = self.chain(crypto, before).last().copied().unwrap_or(before);
        ChainPoint { epoch: self.epoch, seq: self.to(), h }
    }

    /// The bytes that travel.
    ///
    /// # Errors
    /// [`FormatError`] if a stored payload cannot be read.
    pub fn encode(&self) -> Result<Vec<u8>, FormatError> {
        let mut session = None;
        let entries = self.entries.iter().map(|e| shrink(e, &mut session)).collect::<Result<_, _>>()?;
        Ok(Value::Array(vec![
            Value::Uint(super::FORMAT_VERSION),
            Value::bytes(self.journal),
            Value::Uint(self.epoch),
            Value::Uint(self.prev_seq),
            Value::bytes(self.prev_h),
            Value::Uint(self.from),
            Value::Array(entries),
            Value::bytes(&self.head),
        ])
        .encode())
    }

    /// Reads an upload and rebuilds its entries.
    ///
    /// # Errors
    /// [`FormatError`] for an envelope that cannot be read: an unknown item, too many entries, a payload that is no map. Whether a
    /// payload can be read further, says its own seq, and holds the digests of its groups ([`Entry::groups_match`]) is the
    /// receiver's to check: such an entry is kept for a person instead of being refused.
    pub fn decode(crypto: &dyn Crypto, bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::new("upload", Value::decode("upload", bytes)?)?;
        let v = list.take("v")?.uint("v")?;
        if v != super::FORMAT_VERSION {
            return Err(FormatError::new("upload", Problem::Version { got: v }));
        }
        let journal = JournalId(list.take("J")?.hash("J")?);
        let epoch = list.take("epoch")?.uint("epoch")?;
        let prev_seq = list.take("prev_seq")?.uint("prev_seq")?;
        let prev_h = list.take("prev_h")?.hash("prev_h")?;
        let from = list.take("from")?.uint("from")?;
        let items = list.take("entries")?.items("entries")?;
        let head = list.take("head")?.byte_string("head")?;
        list.end()?;
        if !(1..=MAX_ENTRIES).contains(&items.len()) {
            return Err(FormatError::new("entries", Problem::Length { min: 1, max: MAX_ENTRIES, got: items.len() }));
        }
        // Leaves room for u64be(seq) and for SQLite's signed integers.
        if from == 0 || from > i64::MAX as u64 - MAX_ENTRIES as u64 {
            return Err(FormatError::new("from", Problem::OutOfRange { min: 1, max: i64::MAX - MAX_ENTRIES as i64 }));
        }
        if epoch > i64::MAX as u64 {
            return Err(FormatError::new("epoch", Problem::OutOfRange { min: 0, max: i64::MAX }));
        }
        if epoch == 0 && (prev_seq, prev_h) != (0, GENESIS) {
            return Err(FormatError::new("prev_seq", Problem::Contradicts { other: "epoch" }));
        }
        if prev_seq >= from {
            return Err(FormatError::new("prev_seq", Problem::Contradicts { other: "from" }));
        }
        let mut session = None;
        let entries = items
            .into_iter()
            .zip(from..)
            .map(|(item, seq)| grow(crypto, item, seq, &mut session))
            .collect::<Result<_, _>>()?;
        Ok(Self { journal, epoch, prev_seq, prev_h, from, entries, head })
    }
}

fn groups_value(groups: &Groups) -> Value {
    Value::Map(groups.iter().map(|(g, b)| (g.wire(), Value::bytes(b))).collect())
}

/// Takes out of an entry what the other side rebuilds. `session` is that of the entry before.
fn shrink(entry: &UploadEntry, session: &mut Option<Value>) -> Result<Value, FormatError> {
    let entry = match entry {
        UploadEntry::Erased(digest) => return Ok(Value::Array(vec![Value::bytes(digest)])),
        UploadEntry::Whole(entry) => entry,
    };
    let mut map = Value::decode("payload", &entry.payload)?.entries("payload")?;
    let current = map.iter().find(|(k, _)| *k == key::SESSION).map(|(_, v)| v.clone());
    let repeated = current.is_some() && current == *session;
    *session = current;
    Ok(match &entry.secret {
        Secret::Seed(seed) => {
            let rebuilt = |k: u64| matches!(k, key::SEQ | key::BLIND | key::GROUPS) || repeated && k == key::SESSION;
            map.retain(|(k, _)| !rebuilt(*k));
            Value::Array(vec![Value::Map(map), Value::bytes(seed.0), groups_value(&entry.groups)])
        }
        Secret::Salts(salts) => {
            let salts = salts.iter().map(|(g, s)| (g.wire(), Value::bytes(s))).collect();
            Value::Array(vec![Value::bytes(&entry.payload), Value::Map(salts), groups_value(&entry.groups)])
        }
    })
}

/// Rebuilds an entry, byte for byte.
fn grow(crypto: &dyn Crypto, item: Value, seq: u64, session: &mut Option<Value>) -> Result<UploadEntry, FormatError> {
    let mut list = List::new("entry", item)?;
    let first = list.take("payload")?;
    let Ok(second) = list.take("secret") else {
        return Ok(UploadEntry::Erased(first.hash("payload digest")?));
    };
    let mut groups = Groups::new();
    for (group, bytes) in list.take("groups")?.entries("groups")? {
        groups.insert(GroupId::from_wire(group), bytes.byte_string("group")?);
    }
    list.end()?;
    let entry = match (first, second) {
        (Value::Map(mut map), seed) => {
            let seed = Seed(seed.array_of("seed")?);
            let digests = groups
                .iter()
                .map(|(g, b)| (g.wire(), Value::bytes(group_digest(crypto, *g, &seed.salt(crypto, *g), b))))
                .collect();
            for rebuilt in [key::SEQ, key::BLIND, key::GROUPS] {
                if map.iter().any(|(k, _)| *k == rebuilt) {
                    return Err(FormatError::new("entry", Problem::UnknownKey { key: rebuilt }));
                }
            }
            map.push((key::SEQ, Value::Uint(seq)));
            map.push((key::BLIND, Value::bytes(seed.blind(crypto))));
            map.push((key::GROUPS, Value::Map(digests)));
            if !map.iter().any(|(k, _)| *k == key::SESSION) {
                let session = session.clone().ok_or_else(|| FormatError::missing("session"))?;
                map.push((key::SESSION, session));
            }
            map.sort_by_key(|(k, _)| *k);
            Entry { payload: Value::Map(map).encode(), secret: Secret::Seed(seed), groups }
        }
        (Value::Bytes(payload), Value::Map(salts)) => {
            let salts = salts
                .into_iter()
                .map(|(g, s)| Ok((GroupId::from_wire(g), s.array_of("salt")?)))
                .collect::<Result<_, FormatError>>()?;
            Entry { payload, secret: Secret::Salts(salts), groups }
        }
        _ => return Err(FormatError::wrong_type("entry", "a map with a seed, or a payload with salts")),
    };
    let map = Value::decode("payload", &entry.payload)?.entries("payload")?;
    *session = map.into_iter().find(|(k, _)| *k == key::SESSION).map(|(_, v)| v);
    Ok(UploadEntry::Whole(entry))
}
