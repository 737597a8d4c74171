//! The sealed head: what the phone last committed, kept outside the database.
//!
//! `["daka-sealed-head", J, epoch, seq, h]`, sealed by the vault's key and written after each commit. Opening starts from it: a
//! database behind it was put back from a backup, one with another h was changed; both begin a new epoch.

use super::cbor::Value;
use super::error::FormatError;
use super::fields::{As as _, List};
use super::ids::JournalId;
use super::journal::ChainPoint;

/// The last committed point of a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedHead {
    /// J.
    pub journal: JournalId,
    /// Where the chain stood.
    pub point: ChainPoint,
}

impl SealedHead {
    const TAG: &'static str = "daka-sealed-head";

    /// The bytes that are sealed.
    pub fn encode(&self) -> Vec<u8> {
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::bytes(self.journal),
            Value::Uint(self.point.epoch),
            Value::Uint(self.point.seq),
            Value::bytes(self.point.h),
        ])
        .encode()
    }

    /// Reads the bytes after opening the seal.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let out = Self {
            journal: JournalId(list.take("J")?.hash("J")?),
            point: ChainPoint {
                epoch: list.take("epoch")?.uint("epoch")?,
                seq: list.take("seq")?.uint("seq")?,
                h: list.take("h")?.hash("h")?,
            },
        };
        list.end()?;
        Ok(out)
    }
}
