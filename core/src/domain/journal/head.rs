//! Heads: what the device signs to stand for every entry up to one.

use super::chain::ChainPoint;
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::{Crypto, PublicKey, SignError, Signer};
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::JournalId;

/// A chain point that a device has signed or will sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// J.
    pub journal: JournalId,
    /// Where the chain stands.
    pub point: ChainPoint,
}

impl Head {
    const TAG: &'static str = "daka-head";

    /// The signed payload.
    pub fn encode(&self) -> Vec<u8> {
        let ChainPoint { epoch, seq, h } = self.point;
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::bytes(self.journal),
            Value::Uint(epoch),
            Value::Uint(seq),
            Value::bytes(h),
        ])
        .encode()
    }

    /// Reads a signed payload.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let head = Self {
            journal: JournalId(list.take("J")?.hash("J")?),
            point: ChainPoint {
                epoch: list.take("epoch")?.uint("epoch")?,
                seq: list.take("seq")?.uint("seq")?,
                h: list.take("h")?.hash("h")?,
            },
        };
        list.end()?;
        Ok(head)
    }

    /// Has the device sign this head.
    ///
    /// # Errors
    /// [`SignError`] when the key refuses; the entries stay, "signature pending".
    pub fn sign(&self, crypto: &dyn Crypto, signer: &dyn Signer) -> Result<Sign1, SignError> {
        Sign1::sign(crypto, signer, self.encode())
    }

    /// Whether `message` is this head signed by `key`.
    pub fn is_signed_by(&self, crypto: &dyn Crypto, key: &PublicKey, message: &Sign1) -> bool {
        message.verify(crypto, key).is_ok_and(|payload| payload == self.encode())
    }
}
