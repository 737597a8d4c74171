//! Identity and the hash chain.

use crate::domain::cbor::Value;
use crate::domain::crypto::Crypto;
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{EmployeeId, Hash32, JournalId, Kid, Nonce, TenantId};

/// Whose journal it is: the preimage of J.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Identity {
    /// The employer.
    pub tenant: TenantId,
    /// The employee within the tenant.
    pub employee: EmployeeId,
    /// The device's key.
    pub device: Kid,
    /// The phone's nonce of this enrolment, so that enrolling again begins another journal.
    pub nonce: Nonce,
}

impl Identity {
    const TAG: &'static str = "daka-journal";

    /// The CBOR that is hashed into J.
    pub fn value(&self) -> Value {
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::text(self.tenant.as_str()),
            Value::text(self.employee.as_str()),
            Value::bytes(self.device),
            Value::bytes(self.nonce),
        ])
    }

    /// Reads the preimage.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(value: Value) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, &value.encode())?;
        let identity = Self {
            tenant: TenantId::parse(list.take("tenant")?.string("tenant")?)?,
            employee: EmployeeId::parse(list.take("employee")?.string("employee")?)?,
            device: Kid(list.take("device key id")?.hash("device key id")?),
            nonce: Nonce(list.take("enrolment nonce")?.array_of("enrolment nonce")?),
        };
        list.end()?;
        Ok(identity)
    }

    /// J.
    pub fn journal(&self, crypto: &dyn Crypto) -> JournalId {
        JournalId(crypto.sha256(&[&self.value().encode()]))
    }
}

/// The `prev_h` of epoch 0.
pub const GENESIS: Hash32 = Hash32::ZERO;

/// h₀ of an epoch.
pub fn epoch_start(crypto: &dyn Crypto, journal: JournalId, epoch: u64, prev_h: Hash32) -> Hash32 {
    let preimage =
        Value::Array(vec![Value::text("daka-chain"), Value::bytes(journal), Value::Uint(epoch), Value::bytes(prev_h)]);
    crypto.sha256(&[&preimage.encode()])
}

/// hᵢ of hᵢ₋₁, seqᵢ and the digest of payloadᵢ.
pub fn chain_step(crypto: &dyn Crypto, previous: Hash32, seq: u64, payload_digest: Hash32) -> Hash32 {
    crypto.sha256(&[&[1], &previous.0, &seq.to_be_bytes(), &payload_digest.0])
}

/// A place in a journal: after the entry `seq` of `epoch` the chain stands at `h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ChainPoint {
    /// The epoch, from 0.
    pub epoch: u64,
    /// The last entry; 0 before the first.
    pub seq: u64,
    /// The chain's digest there.
    pub h: Hash32,
}

impl ChainPoint {
    /// `[epoch, seq, h]`.
    pub fn value(&self) -> Value {
        Value::Array(vec![Value::Uint(self.epoch), Value::Uint(self.seq), Value::bytes(self.h)])
    }

    /// Reads `[epoch, seq, h]`.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(field: &'static str, value: Value) -> Result<Self, FormatError> {
        let mut list = List::new(field, value)?;
        let point = Self {
            epoch: list.take("epoch")?.uint("epoch")?,
            seq: list.take("seq")?.uint("seq")?,
            h: list.take("h")?.hash("h")?,
        };
        list.end()?;
        Ok(point)
    }
}
