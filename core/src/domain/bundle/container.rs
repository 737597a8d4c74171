//! The container and the shapes of its parts.

use crate::domain::cbor::Value;
use crate::domain::crypto::Crypto;
use crate::domain::error::{FormatError, Problem};
use crate::domain::few;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::journal::{FORMAT_VERSION, GENESIS, GroupId, Groups, Salt};
use crate::domain::open_enum::open_enum;
use std::collections::BTreeMap;

open_enum! {
    /// What a part holds.
    pub enum PartKind {
        /// The tenant root's SubjectPublicKeyInfo.
        Root = 1 => "root",
        /// The newest key set that the newest checkpoint covers, as `Published`.
        KeySet = 2 => "key_set",
        /// An enrolment statement, COSE_Sign1.
        Statement = 3 => "statement",
        /// A device certificate, DER.
        Certificate = 4 => "certificate",
        /// A stretch of a journal, as [`JournalPart`].
        Journal = 5 => "journal",
        /// `[J, origin, size, receipt]`.
        Receipt = 6 => "receipt",
        /// `[checkpoint, consistency proof from the part before it of the same origin]`.
        Checkpoint = 7 => "checkpoint",
        /// A rule set, as `Published`.
        Rules = 8 => "rules",
        /// A site, as `Published`.
        Site = 9 => "site",
        /// A photo file.
        Photo = 10 => "photo",
        /// `[salt, name]`, the employee's name.
        Name = 11 => "name",
    }
}

/// One part: a kind and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it holds.
    pub kind: PartKind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Part {
    /// A part.
    pub fn new(kind: PartKind, bytes: impl Into<Vec<u8>>) -> Self {
        Self { kind, bytes: bytes.into() }
    }

    fn index(&self, crypto: &dyn Crypto) -> Value {
        let preimage =
            Value::Array(vec![Value::text("daka-part"), Value::Uint(self.kind.wire()), Value::bytes(&self.bytes)]);
        Value::Array(vec![
            Value::Uint(self.kind.wire()),
            Value::Uint(self.bytes.len() as u64),
            Value::bytes(crypto.sha256(&[&preimage.encode()])),
        ])
    }
}

/// A bundle's parts, and which of them the index does not confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// The parts.
    pub parts: Vec<Part>,
}

/// Bytes that are no bundle.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a proof bundle that this program reads: {0}")]
pub struct BundleError(#[from] pub FormatError);

const TAG: &str = "daka-bundle";

impl Bundle {
    /// The file's bytes.
    pub fn encode(&self, crypto: &dyn Crypto) -> Vec<u8> {
        let part = |p: &Part| Value::Array(vec![Value::Uint(p.kind.wire()), Value::bytes(&p.bytes)]);
        Value::Array(vec![
            Value::text(TAG),
            Value::Uint(FORMAT_VERSION),
            Value::Array(self.parts.iter().map(part).collect()),
            Value::Array(self.parts.iter().map(|p| p.index(crypto)).collect()),
        ])
        .encode()
    }

    /// Reads a file. The second value lists the positions of parts that the index does not confirm.
    ///
    /// # Errors
    /// [`BundleError`] for bytes that are no bundle.
    pub fn decode(crypto: &dyn Crypto, bytes: &[u8]) -> Result<(Self, Vec<usize>), BundleError> {
        let (bundle, index) = Self::read(bytes)?;
        let damaged = index.damaged(crypto, &bundle.parts, &mut |_| {});
        Ok((bundle, damaged))
    }

    /// The parts, and the index that has yet to confirm them.
    pub(super) fn read(bytes: &[u8]) -> Result<(Self, Index), BundleError> {
        let mut list = List::tagged(TAG, bytes)?;
        let v = list.take("v")?.uint("v")?;
        if v != FORMAT_VERSION {
            return Err(FormatError::new("bundle", Problem::Version { got: v }).into());
        }
        let mut parts = Vec::new();
        for item in list.take("parts")?.items("parts")? {
            let mut l = List::new("part", item)?;
            let kind = PartKind::from_wire(l.take("kind")?.uint("kind")?);
            let bytes = l.take("bytes")?.byte_string("bytes")?;
            l.end()?;
            parts.push(Part { kind, bytes });
        }
        let index = list.take("index")?.items("index")?;
        list.end()?;
        if index.len() != parts.len() {
            let (min, max, got) = (parts.len(), parts.len(), index.len());
            return Err(FormatError::new("index", Problem::Length { min, max, got }).into());
        }
        Ok((Self { parts }, Index(index)))
    }
}

/// A container's index: as many items as there are parts.
pub(super) struct Index(Vec<Value>);

impl Index {
    /// The positions of the parts that it does not confirm. `looked_at` hears of each part.
    pub(super) fn damaged(&self, crypto: &dyn Crypto, parts: &[Part], looked_at: &mut dyn FnMut(&Part)) -> Vec<usize> {
        let mut damaged = Vec::new();
        for (i, (part, entry)) in parts.iter().zip(&self.0).enumerate() {
            if part.index(crypto) != *entry {
                damaged.push(i);
            }
            looked_at(part);
        }
        damaged
    }
}

/// One entry of a [`JournalPart`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// `[payload, {group: salt}, {group: bytes}]`: the payload and the groups that are disclosed.
    Entry {
        /// The payload.
        payload: Vec<u8>,
        /// Salts of the disclosed groups.
        salts: BTreeMap<GroupId, Salt>,
        /// Bytes of the disclosed groups.
        groups: Groups,
    },
    /// `[payload digest]`: erased or withheld.
    Digest(Hash32),
}

/// The entries of one epoch from its first on: `[J, epoch, prev_seq, prev_h, [entry…], [head…]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalPart {
    /// J.
    pub journal: JournalId,
    /// The epoch.
    pub epoch: u64,
    /// The last entry before this epoch that its chain stands on; the first entry here is the next.
    pub prev_seq: u64,
    /// Its digest.
    pub prev_h: Hash32,
    /// The entries.
    pub entries: Vec<Shown>,
    /// Signed heads, COSE_Sign1.
    pub heads: Vec<Vec<u8>>,
}

impl JournalPart {
    /// The part's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let entry = |e: &Shown| match e {
            Shown::Digest(d) => Value::Array(vec![Value::bytes(d)]),
            Shown::Entry { payload, salts, groups } => Value::Array(vec![
                Value::bytes(payload),
                Value::Map(salts.iter().map(|(g, s)| (g.wire(), Value::bytes(s))).collect()),
                Value::Map(groups.iter().map(|(g, b)| (g.wire(), Value::bytes(b))).collect()),
            ]),
        };
        Value::Array(vec![
            Value::bytes(self.journal),
            Value::Uint(self.epoch),
            Value::Uint(self.prev_seq),
            Value::bytes(self.prev_h),
            Value::Array(self.entries.iter().map(entry).collect()),
            Value::Array(self.heads.iter().map(Value::bytes).collect()),
        ])
        .encode()
    }

    /// Reads the part's bytes.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::new("journal part", Value::decode("journal part", bytes)?)?;
        let out = Self {
            journal: JournalId(list.take("J")?.hash("J")?),
            epoch: list.take("epoch")?.uint("epoch")?,
            prev_seq: list.take("prev_seq")?.uint("prev_seq")?,
            prev_h: list.take("prev_h")?.hash("prev_h")?,
            entries: list.take("entries")?.items("entries")?.into_iter().map(shown).collect::<Result<_, _>>()?,
            heads: list
                .take("heads")?
                .items("heads")?
                .into_iter()
                .map(|v| v.byte_string("head"))
                .collect::<Result<_, _>>()?,
        };
        list.end()?;
        if out.epoch == 0 && (out.prev_seq, out.prev_h) != (0, GENESIS) {
            return Err(FormatError::new("prev_seq", Problem::Contradicts { other: "epoch" }));
        }
        if out.prev_seq > i64::MAX as u64 - out.entries.len() as u64 {
            return Err(FormatError::new("prev_seq", Problem::OutOfRange { min: 0, max: i64::MAX }));
        }
        Ok(out)
    }
}

fn shown(value: Value) -> Result<Shown, FormatError> {
    let mut list = List::new("entry", value)?;
    let first = list.take("payload")?;
    let Ok(salts) = list.take("salts") else {
        return Ok(Shown::Digest(first.hash("payload digest")?));
    };
    let salt = |(g, s): (u64, Value)| Ok::<_, FormatError>((GroupId::from_wire(g), s.array_of("salt")?));
    let salts: BTreeMap<GroupId, Salt> = few::try_map(salts.entries("salts")?.into_iter().map(salt))?;
    let group = |(g, b): (u64, Value)| Ok::<_, FormatError>((GroupId::from_wire(g), b.byte_string("group")?));
    let groups = few::try_map(list.take("groups")?.entries("groups")?.into_iter().map(group))?;
    list.end()?;
    // A salt without its group is bound by nothing.
    if !salts.keys().eq(groups.keys()) {
        return Err(FormatError::new("salts", Problem::Contradicts { other: "groups" }));
    }
    Ok(Shown::Entry { payload: first.byte_string("payload")?, salts, groups })
}
