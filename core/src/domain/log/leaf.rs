//! What the log's leaves commit to.

use crate::domain::cbor::Value;
use crate::domain::crypto::Crypto;
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::open_enum::open_enum;
use crate::domain::time::WallMs;

open_enum! {
    /// The kind of a leaf.
    pub enum LeafKind {
        /// A run of entries of one status.
        Segment = 1 => "segment",
        /// A key set: body `[digest, serial]`.
        KeySet = 2 => "key_set",
        /// A published rule set: body `[digest, published_ms]`.
        Rules = 3 => "rules",
        /// A published site: body `[digest, published_ms]`.
        Site = 4 => "site",
        /// A correction of a result: body `[digest, issued_ms]`.
        Correction = 5 => "correction",
        /// A person's approval: body `[leaf, issued_ms]`.
        Approval = 6 => "approval",
        /// The first leaf of an origin after a restore: body `[last checkpoint's digest, issued_ms]`.
        LogOrigin = 7 => "log_origin",
        /// Key log: an enrolment: body `[J, statement digest, pseudonym, issued_ms]`.
        Enrolment = 8 => "enrolment",
        /// Key log: a device certificate: body `[kid, certificate digest, issued_ms]`.
        Certificate = 9 => "certificate",
        /// Key log: a revocation, as `Revocation`.
        Revocation = 10 => "revocation",
    }
}

impl LeafKind {
    /// How long a salt a leaf of this kind has: none where the body holds a digest that cannot be guessed.
    pub fn salt_len(self) -> usize {
        if self == Self::Segment { 0 } else { 32 }
    }
}

/// SHA-256(cbor ["daka-leaf", kind, salt, body]).
///
/// # Errors
/// [`FormatError`] for a salt of another length than the kind's.
pub fn leaf_hash(crypto: &dyn Crypto, kind: LeafKind, salt: &[u8], body: &Value) -> Result<Hash32, FormatError> {
    let len = kind.salt_len();
    if salt.len() != len {
        return Err(FormatError::new("leaf salt", Problem::Length { min: len, max: len, got: salt.len() }));
    }
    let leaf = Value::Array(vec![Value::text("daka-leaf"), Value::Uint(kind.wire()), Value::bytes(salt), body.clone()]);
    Ok(crypto.sha256(&[&leaf.encode()]))
}

open_enum! {
    /// What became of a segment.
    pub enum SegmentStatus {
        /// Stored as the journal's next entries.
        Accepted = 1 => "accepted",
        /// Kept for a person to look at.
        Quarantined = 2 => "quarantined",
        /// Kept beside another branch.
        Conflict = 3 => "conflict",
    }
}

/// The body of a segment leaf: `[J, epoch, from, to, h, received_ms, ε_ms, status, last token counter]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// J.
    pub journal: JournalId,
    /// The epoch.
    pub epoch: u64,
    /// The first seq.
    pub from: u64,
    /// The last seq.
    pub to: u64,
    /// The chain's digest at the last.
    pub h: Hash32,
    /// When the server had it.
    pub received: WallMs,
    /// How far the server's clock may be from the truth, ms.
    pub eps_ms: u32,
    /// What became of it.
    pub status: SegmentStatus,
    /// The counter of the last time token that the server had issued to this journal by then; 0 for none.
    pub last_token: u64,
}

impl Segment {
    /// The leaf's body.
    pub fn value(&self) -> Value {
        Value::Array(vec![
            Value::bytes(self.journal),
            Value::Uint(self.epoch),
            Value::Uint(self.from),
            Value::Uint(self.to),
            Value::bytes(self.h),
            Value::int(self.received.get()),
            Value::Uint(u64::from(self.eps_ms)),
            Value::Uint(self.status.wire()),
            Value::Uint(self.last_token),
        ])
    }

    /// The leaf.
    ///
    /// # Errors
    /// None in practice: a segment leaf has no salt.
    pub fn leaf(&self, crypto: &dyn Crypto) -> Result<Hash32, FormatError> {
        leaf_hash(crypto, LeafKind::Segment, &[], &self.value())
    }
}

/// A leaf of the key log as it is published: `[kind, salt, body]`. No names: pseudonyms, kids and times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyLogLeaf {
    /// Enrolment, certificate or revocation.
    pub kind: LeafKind,
    /// 32 random bytes.
    pub salt: Vec<u8>,
    /// The body.
    pub body: Value,
}

impl KeyLogLeaf {
    /// `[kind, salt, body]`.
    pub fn value(&self) -> Value {
        Value::Array(vec![Value::Uint(self.kind.wire()), Value::bytes(&self.salt), self.body.clone()])
    }

    /// Reads `[kind, salt, body]`.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(value: Value) -> Result<Self, FormatError> {
        let mut list = List::new("key log leaf", value)?;
        let out = Self {
            kind: LeafKind::from_wire(list.take("kind")?.uint("kind")?),
            salt: list.take("salt")?.byte_string("salt")?,
            body: list.take("body")?,
        };
        list.end()?;
        Ok(out)
    }

    /// The 32-byte leaf.
    ///
    /// # Errors
    /// [`FormatError`] for a salt of the wrong length.
    pub fn leaf(&self, crypto: &dyn Crypto) -> Result<Hash32, FormatError> {
        leaf_hash(crypto, self.kind, &self.salt, &self.body)
    }
}
