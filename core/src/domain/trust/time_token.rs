//! Time tokens: the server signs what time it was when a journal stood at a head.
//!
//! A token gives an interval to every tap of its session, and bounds every entry up to its head from above without any client clock.

use super::keyset::{KeySet, KeyUse, TrustError};
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::{Crypto, SignError, Signer};
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{JournalId, Nonce};
use crate::domain::journal::ChainPoint;
use crate::domain::time::{SessionId, SessionMs, WallMs};

/// What a phone asks: `[v, J, epoch, head_seq, head_h, session, client nonce, b₀]`. The token repeats it without v.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRequest {
    /// J.
    pub journal: JournalId,
    /// Where the journal stands.
    pub head: ChainPoint,
    /// The run of the elapsed clock that b₀ belongs to.
    pub session: SessionId,
    /// A repeated request with the same nonce gets the same token.
    pub nonce: Nonce,
    /// The elapsed clock before sending.
    pub b0: SessionMs,
}

impl TimeRequest {
    fn items(&self) -> Vec<Value> {
        vec![
            Value::bytes(self.journal),
            Value::Uint(self.head.epoch),
            Value::Uint(self.head.seq),
            Value::bytes(self.head.h),
            Value::bytes(self.session.get()),
            Value::bytes(self.nonce),
            Value::Uint(self.b0.get()),
        ]
    }

    fn take(list: &mut List) -> Result<Self, FormatError> {
        Ok(Self {
            journal: JournalId(list.take("J")?.hash("J")?),
            head: ChainPoint {
                epoch: list.take("epoch")?.uint("epoch")?,
                seq: list.take("head_seq")?.uint("head_seq")?,
                h: list.take("head_h")?.hash("head_h")?,
            },
            session: SessionId::new(list.take("session")?.array_of("session")?),
            nonce: Nonce(list.take("client nonce")?.array_of("client nonce")?),
            b0: SessionMs::new(list.take("b0")?.uint("b0")?),
        })
    }

    /// The bytes that travel.
    pub fn encode(&self) -> Vec<u8> {
        super::code::versioned(self.items()).encode()
    }

    /// Reads a request.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = super::enrolment::open_versioned("time request", bytes)?;
        let out = Self::take(&mut list)?;
        list.end()?;
        Ok(out)
    }
}

/// What the server signs: `["daka-time", log origin, …request, counter, S, ε]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeToken {
    /// The origin of the log whose counter this is.
    pub origin: String,
    /// What was asked.
    pub request: TimeRequest,
    /// Counts the tokens of one journal and origin from 1.
    pub counter: u64,
    /// S: the server's clock.
    pub server: WallMs,
    /// ε: how far S may be from the truth, ms.
    pub eps_ms: u32,
}

impl TimeToken {
    const TAG: &'static str = "daka-time";

    /// The signed payload.
    pub fn encode(&self) -> Vec<u8> {
        let mut items = vec![Value::text(Self::TAG), Value::text(&self.origin)];
        items.extend(self.request.items());
        items.extend([Value::Uint(self.counter), Value::int(self.server.get()), Value::Uint(u64::from(self.eps_ms))]);
        Value::Array(items).encode()
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let out = Self {
            origin: list.take("log origin")?.string("log origin")?,
            request: TimeRequest::take(&mut list)?,
            counter: list.take("counter")?.uint("counter")?,
            server: WallMs::new(list.take("S")?.int("S")?),
            eps_ms: u32::try_from(list.take("epsilon")?.uint("epsilon")?)
                .map_err(|_| FormatError::wrong_type("epsilon", "milliseconds that fit 32 bits"))?,
        };
        list.end()?;
        Ok(out)
    }

    /// Signs the token with the time key.
    ///
    /// # Errors
    /// [`SignError`] when the key refuses.
    pub fn sign(&self, crypto: &dyn Crypto, key: &dyn Signer) -> Result<Sign1, SignError> {
        Sign1::sign(crypto, key, self.encode())
    }

    /// Reads a signed token and checks that a time key of `keys`, valid at S, signed it.
    ///
    /// # Errors
    /// [`TrustError`] if not.
    pub fn open(crypto: &dyn Crypto, keys: &KeySet, message: &Sign1) -> Result<Self, TrustError> {
        let token = Self::decode(keys.open_signed(crypto, KeyUse::Time, message, None)?)?;
        if keys.find(crypto, KeyUse::Time, message.kid, Some(token.server)).is_none() {
            return Err(TrustError::UnknownKey);
        }
        Ok(token)
    }
}
