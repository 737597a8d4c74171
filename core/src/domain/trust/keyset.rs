//! The key set: every key of a tenant, signed by its root.

use crate::domain::cbor::Value;
use crate::domain::cose::{Sign1, SignatureError};
use crate::domain::crypto::{Algorithm, Crypto, PublicKey, SignError, Signer};
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Kid, TenantId};
use crate::domain::open_enum::open_enum;
use crate::domain::time::WallMs;

open_enum! {
    /// What a key may be used for.
    pub enum KeyUse {
        /// Signs device certificates and enrolment statements.
        DeviceCa = 1 => "device_ca",
        /// Signs checkpoints of the log.
        Log = 2 => "log",
        /// Signs time tokens.
        Time = 3 => "time",
        /// Signs no-network passes.
        Pass = 4 => "pass",
    }
}

/// One key of a key set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// What it may be used for.
    pub key_use: KeyUse,
    /// The key.
    pub key: PublicKey,
    /// From when.
    pub from: WallMs,
    /// Until when.
    pub to: WallMs,
}

/// A tenant's keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet {
    /// The tenant.
    pub tenant: TenantId,
    /// Rises with every change.
    pub serial: u64,
    /// The keys.
    pub keys: Vec<TrustedKey>,
}

impl KeySet {
    const TAG: &'static str = "daka-keys";

    /// The signed payload.
    pub fn encode(&self, crypto: &dyn Crypto) -> Vec<u8> {
        let key = |k: &TrustedKey| {
            Value::Array(vec![
                Value::Uint(k.key_use.wire()),
                Value::int(k.key.algorithm().cose()),
                Value::bytes(k.key.kid(crypto)),
                Value::bytes(k.key.spki()),
                Value::int(k.from.get()),
                Value::int(k.to.get()),
            ])
        };
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::text(self.tenant.as_str()),
            Value::Uint(self.serial),
            Value::Array(self.keys.iter().map(key).collect()),
        ])
        .encode()
    }

    /// Signs the set with the tenant root.
    ///
    /// # Errors
    /// [`SignError`] when the key refuses.
    pub fn sign(&self, crypto: &dyn Crypto, root: &dyn Signer) -> Result<Sign1, SignError> {
        Sign1::sign(crypto, root, self.encode(crypto))
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// [`FormatError`] naming the field; also for a key whose kid or algorithm is not its own.
    pub fn decode(crypto: &dyn Crypto, bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let tenant = TenantId::parse(list.take("tenant")?.string("tenant")?)?;
        let serial = list.take("serial")?.uint("serial")?;
        let items = list.take("keys")?.items("keys")?;
        list.end()?;
        let mut keys = Vec::new();
        for item in items {
            let mut l = List::new("key", item)?;
            let key_use = KeyUse::from_wire(l.take("use")?.uint("use")?);
            let algorithm = Algorithm::from_cose(l.take("algorithm")?.int("algorithm")?)?;
            let kid = Kid(l.take("kid")?.hash("kid")?);
            let key = PublicKey::from_spki(l.take("public key")?.byte_string("public key")?)?;
            let from = WallMs::new(l.take("from")?.int("from")?);
            let to = WallMs::new(l.take("to")?.int("to")?);
            l.end()?;
            if key.algorithm() != algorithm || key.kid(crypto) != kid {
                return Err(FormatError::new("kid", Problem::Contradicts { other: "public key" }));
            }
            keys.push(TrustedKey { key_use, key, from, to });
        }
        Ok(Self { tenant, serial, keys })
    }

    /// Reads a signed set and checks that `root` signed it.
    ///
    /// # Errors
    /// [`TrustError`] if it is no key set of that root.
    pub fn open(crypto: &dyn Crypto, root: &PublicKey, message: &Sign1) -> Result<Self, TrustError> {
        Ok(Self::decode(crypto, message.verify(crypto, root)?)?)
    }

    /// The key `kid` for `key_use`, if the set has it and it is valid at `at`; `at` absent means at any time.
    pub fn find(&self, crypto: &dyn Crypto, key_use: KeyUse, kid: Kid, at: Option<WallMs>) -> Option<&PublicKey> {
        let fits = |k: &&TrustedKey| {
            k.key_use == key_use && k.key.kid(crypto) == kid && at.is_none_or(|t| (k.from..=k.to).contains(&t))
        };
        self.keys.iter().find(fits).map(|k| &k.key)
    }

    /// The first key for `key_use`.
    pub fn first(&self, key_use: KeyUse) -> Option<&PublicKey> {
        self.keys.iter().find(|k| k.key_use == key_use).map(|k| &k.key)
    }
}

/// A signed message that cannot be trusted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The signature does not hold.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The message is not what it should be.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// No key of the set may have signed it.
    #[error("signed by a key that the tenant's key set does not have for this")]
    UnknownKey,
    /// It speaks of something else.
    #[error("{0} is another than expected")]
    Mismatch(&'static str),
}

impl KeySet {
    /// Checks that a key of this set signed `message` for `key_use`, and gives the payload.
    ///
    /// # Errors
    /// [`TrustError`] if none did.
    pub fn open_signed<'m>(
        &self,
        crypto: &dyn Crypto,
        key_use: KeyUse,
        message: &'m Sign1,
        at: Option<WallMs>,
    ) -> Result<&'m [u8], TrustError> {
        let key = self.find(crypto, key_use, message.kid, at).ok_or(TrustError::UnknownKey)?;
        Ok(message.verify(crypto, key)?)
    }
}
