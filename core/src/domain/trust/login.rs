//! Login: the device signs a challenge and gets an access token for 15 minutes.

use super::code::versioned;
use super::enrolment::open_versioned;
use super::keyset::TrustError;
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::{Crypto, PublicKey, SignError, Signer};
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{JournalId, Kid, Nonce, TenantId};
use crate::domain::open_enum::open_enum;

/// What the device signs. It names the server and the tenant, so that one server cannot use it at another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The tenant.
    pub tenant: TenantId,
    /// The tenant root's fingerprint.
    pub root: Kid,
    /// Scheme, host and port of the server.
    pub origin: String,
    /// J.
    pub journal: JournalId,
    /// The server's challenge.
    pub server_nonce: Nonce,
    /// The phone's nonce.
    pub client_nonce: Nonce,
}

impl Login {
    const TAG: &'static str = "daka-login";

    /// The signed payload.
    pub fn encode(&self) -> Vec<u8> {
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::text(self.tenant.as_str()),
            Value::bytes(self.root),
            Value::text(&self.origin),
            Value::bytes(self.journal),
            Value::bytes(self.server_nonce),
            Value::bytes(self.client_nonce),
        ])
        .encode()
    }

    /// Has the device sign it.
    ///
    /// # Errors
    /// [`SignError`] when the key refuses.
    pub fn sign(&self, crypto: &dyn Crypto, device: &dyn Signer) -> Result<Sign1, SignError> {
        Sign1::sign(crypto, device, self.encode())
    }

    /// Reads a signed login and checks that `device` signed it.
    ///
    /// # Errors
    /// [`TrustError`] if not.
    pub fn open(crypto: &dyn Crypto, device: &PublicKey, message: &Sign1) -> Result<Self, TrustError> {
        let mut list = List::tagged(Self::TAG, message.verify(crypto, device)?)?;
        let out = Self {
            tenant: TenantId::parse(list.take("tenant")?.string("tenant")?)?,
            root: Kid(list.take("root fingerprint")?.hash("root fingerprint")?),
            origin: list.take("web origin")?.string("web origin")?,
            journal: JournalId(list.take("J")?.hash("J")?),
            server_nonce: Nonce(list.take("server nonce")?.array_of("server nonce")?),
            client_nonce: Nonce(list.take("client nonce")?.array_of("client nonce")?),
        };
        list.end()?;
        Ok(out)
    }
}

/// What travels: `[v, login, statement, certificate]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginRequest {
    /// The signed [`Login`].
    pub login: Vec<u8>,
    /// The enrolment statement.
    pub statement: Vec<u8>,
    /// The device certificate in DER.
    pub certificate: Vec<u8>,
}

impl LoginRequest {
    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        versioned(vec![Value::bytes(&self.login), Value::bytes(&self.statement), Value::bytes(&self.certificate)])
            .encode()
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = open_versioned("login request", bytes)?;
        let out = Self {
            login: list.take("login")?.byte_string("login")?,
            statement: list.take("statement")?.byte_string("statement")?,
            certificate: list.take("certificate")?.byte_string("certificate")?,
        };
        list.end()?;
        Ok(out)
    }
}

open_enum! {
    /// What an access token is good for.
    pub enum AccessScope {
        /// Everything a phone does.
        Full = 1 => "full",
        /// Delivering segments only: the device was revoked, its queue is kept.
        Segments = 2 => "segments",
        /// Asking for its own state only: not approved yet.
        Pending = 3 => "pending",
    }
}

/// The server's answer: `[v, access token, seconds, scope]`.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginAnswer {
    /// Sent back as `Authorization: Bearer …`.
    pub token: String,
    /// How long it is good for, in seconds.
    pub seconds: u64,
    /// What it is good for.
    pub scope: AccessScope,
}

impl LoginAnswer {
    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        versioned(vec![Value::text(&self.token), Value::Uint(self.seconds), Value::Uint(self.scope.wire())]).encode()
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = open_versioned("login answer", bytes)?;
        let out = Self {
            token: list.take("access token")?.string("access token")?,
            seconds: list.take("seconds")?.uint("seconds")?,
            scope: AccessScope::from_wire(list.take("scope")?.uint("scope")?),
        };
        list.end()?;
        Ok(out)
    }
}

impl std::fmt::Debug for LoginAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LoginAnswer({} s, {})", self.seconds, self.scope.code())
    }
}
