//! Enrolment: a phone asks with a code, the server answers with a certificate and a statement of whose journal it is.
//!
//! A request that fails leaves nothing behind on either side. A repeated request with the same nonce and key gets the same answer,
//! because the answer may have been lost on its way.

use super::code::versioned;
use super::keyset::{KeySet, KeyUse, TrustError};
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::{Crypto, SignError, Signer};
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, Nonce, Pseudonym};
use crate::domain::journal::{FORMAT_VERSION, Identity};
use crate::domain::open_enum::open_enum;
use crate::domain::time::WallMs;

/// What the phone sends: `[v, code hint, nonce, PKCS#10, mac]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolRequest {
    /// Finds the code; see `EnrolCode::hint`.
    pub hint: [u8; 4],
    /// The phone's nonce of this enrolment; it goes into J.
    pub nonce: Nonce,
    /// The certificate request in DER.
    pub request: Vec<u8>,
    /// Shows the code; see `EnrolCode::mac`.
    pub mac: Hash32,
}

impl EnrolRequest {
    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        versioned(vec![
            Value::bytes(self.hint),
            Value::bytes(self.nonce),
            Value::bytes(&self.request),
            Value::bytes(self.mac),
        ])
        .encode()
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = open_versioned("enrolment request", bytes)?;
        let out = Self {
            hint: list.take("code hint")?.array_of("code hint")?,
            nonce: Nonce(list.take("nonce")?.array_of("nonce")?),
            request: list.take("PKCS#10")?.byte_string("PKCS#10")?,
            mac: list.take("mac")?.hash("mac")?,
        };
        list.end()?;
        Ok(out)
    }
}

open_enum! {
    /// Whether a device may punch already.
    pub enum EnrolState {
        /// It may.
        Active = 1 => "active",
        /// An administrator has to compare the key's fingerprint first.
        Pending = 2 => "pending",
    }
}

/// What the server answers: `[v, state, root, key set, statement, certificate, earlier statements, employer name,
/// employee name, name salt]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolAnswer {
    /// Whether the device may punch already.
    pub state: EnrolState,
    /// The tenant root's SubjectPublicKeyInfo; its digest is the fingerprint that the QR text names.
    pub root: Vec<u8>,
    /// The key set, signed by the root.
    pub key_set: Vec<u8>,
    /// The enrolment statement, signed by the device CA.
    pub statement: Vec<u8>,
    /// The device certificate in DER.
    pub certificate: Vec<u8>,
    /// This employee's earlier statements, oldest first.
    pub earlier: Vec<Vec<u8>>,
    /// The employer's name, for people.
    pub employer_name: String,
    /// The employee's name, for people.
    pub employee_name: String,
    /// The salt of the name's digest in the statement.
    pub name_salt: [u8; 16],
}

impl EnrolAnswer {
    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        versioned(vec![
            Value::Uint(self.state.wire()),
            Value::bytes(&self.root),
            Value::bytes(&self.key_set),
            Value::bytes(&self.statement),
            Value::bytes(&self.certificate),
            Value::Array(self.earlier.iter().map(Value::bytes).collect()),
            Value::text(&self.employer_name),
            Value::text(&self.employee_name),
            Value::bytes(self.name_salt),
        ])
        .encode()
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = open_versioned("enrolment answer", bytes)?;
        let out = Self {
            state: EnrolState::from_wire(list.take("state")?.uint("state")?),
            root: list.take("root")?.byte_string("root")?,
            key_set: list.take("key set")?.byte_string("key set")?,
            statement: list.take("statement")?.byte_string("statement")?,
            certificate: list.take("certificate")?.byte_string("certificate")?,
            earlier: list
                .take("earlier statements")?
                .items("earlier statements")?
                .into_iter()
                .map(|v| v.byte_string("statement"))
                .collect::<Result<_, _>>()?,
            employer_name: list.take("employer name")?.string("employer name")?,
            employee_name: list.take("employee name")?.string("employee name")?,
            name_salt: list.take("name salt")?.array_of("name salt")?,
        };
        list.end()?;
        Ok(out)
    }
}

/// Says who a journal belongs to; signed by the device CA, travels in every bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// J's preimage.
    pub identity: Identity,
    /// The employee's pseudonym.
    pub pseudonym: Pseudonym,
    /// [`name_digest`] of the employee's name.
    pub name: Hash32,
    /// SHA-256 of the device certificate.
    pub certificate: Hash32,
    /// When it was issued.
    pub issued: WallMs,
    /// SHA-256 of this employee's previous statement, or zeros.
    pub previous: Hash32,
}

/// SHA-256(cbor ["daka-name", salt, name]): salted, because names can be guessed.
pub fn name_digest(crypto: &dyn Crypto, salt: &[u8; 16], name: &str) -> Hash32 {
    crypto.sha256(&[&Value::Array(vec![Value::text("daka-name"), Value::bytes(salt), Value::text(name)]).encode()])
}

impl Statement {
    const TAG: &'static str = "daka-enrolment";

    /// The signed payload.
    pub fn encode(&self) -> Vec<u8> {
        Value::Array(vec![
            Value::text(Self::TAG),
            self.identity.value(),
            Value::bytes(self.pseudonym),
            Value::bytes(self.name),
            Value::bytes(self.certificate),
            Value::int(self.issued.get()),
            Value::bytes(self.previous),
        ])
        .encode()
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let out = Self {
            identity: Identity::parse(list.take("J's preimage")?)?,
            pseudonym: Pseudonym(list.take("pseudonym")?.array_of("pseudonym")?),
            name: list.take("name digest")?.hash("name digest")?,
            certificate: list.take("certificate digest")?.hash("certificate digest")?,
            issued: WallMs::new(list.take("issued_at")?.int("issued_at")?),
            previous: list.take("previous statement")?.hash("previous statement")?,
        };
        list.end()?;
        Ok(out)
    }

    /// Signs the statement with the device CA.
    ///
    /// # Errors
    /// [`SignError`] when the key refuses.
    pub fn sign(&self, crypto: &dyn Crypto, ca: &dyn Signer) -> Result<Sign1, SignError> {
        Sign1::sign(crypto, ca, self.encode())
    }

    /// Reads a signed statement and checks that a device CA of `keys` signed it for the same tenant.
    ///
    /// # Errors
    /// [`TrustError`] if not.
    pub fn open(crypto: &dyn Crypto, keys: &KeySet, message: &Sign1) -> Result<Self, TrustError> {
        let statement = Self::decode(keys.open_signed(crypto, KeyUse::DeviceCa, message, None)?)?;
        if keys.find(crypto, KeyUse::DeviceCa, message.kid, Some(statement.issued)).is_none() {
            return Err(TrustError::UnknownKey);
        }
        if statement.identity.tenant == keys.tenant { Ok(statement) } else { Err(TrustError::Mismatch("tenant")) }
    }
}

/// Opens an array that begins with the format version.
pub(super) fn open_versioned(what: &'static str, bytes: &[u8]) -> Result<List, FormatError> {
    let mut list = List::new(what, Value::decode(what, bytes)?)?;
    match list.take("v")?.uint("v")? {
        FORMAT_VERSION => Ok(list),
        got => Err(FormatError::new(what, Problem::Version { got })),
    }
}
