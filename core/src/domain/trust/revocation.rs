//! Revocations, no-network passes and site tokens: formats that later issues use, fixed in their place now.

use crate::domain::cbor::Value;
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, JournalId, TenantId};
use crate::domain::open_enum::open_enum;
use crate::domain::time::WallMs;

open_enum! {
    /// Why a key or journal was revoked.
    pub enum RevocationReason {
        /// The phone was lost or stolen.
        Lost = 1 => "lost",
        /// The employee left.
        Left = 2 => "left",
        /// The employee moved to another phone.
        Replaced = 3 => "replaced",
        /// The key may be known to others.
        Compromised = 4 => "compromised",
    }
}

/// `["daka-revocation", kid or J, issued_ms, reason]`: the body of a leaf in the key log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// A key's id or a journal's.
    pub subject: Hash32,
    /// When.
    pub issued: WallMs,
    /// Why.
    pub reason: RevocationReason,
}

impl Revocation {
    const TAG: &'static str = "daka-revocation";

    /// The array.
    pub fn value(&self) -> Value {
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::bytes(self.subject),
            Value::int(self.issued.get()),
            Value::Uint(self.reason.wire()),
        ])
    }

    /// Reads the array.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let out = Self {
            subject: list.take("subject")?.hash("subject")?,
            issued: WallMs::new(list.take("issued_ms")?.int("issued_ms")?),
            reason: RevocationReason::from_wire(list.take("reason")?.uint("reason")?),
        };
        list.end()?;
        Ok(out)
    }
}

/// `["daka-pass", tenant, J, pass id, from_ms, to_ms]`, signed by a pass key: punching without a network was granted beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// The tenant.
    pub tenant: TenantId,
    /// Whose journal.
    pub journal: JournalId,
    /// The pass's id.
    pub id: [u8; 16],
    /// From when it holds.
    pub from: WallMs,
    /// Until when.
    pub to: WallMs,
}

impl Pass {
    const TAG: &'static str = "daka-pass";

    /// The signed payload.
    pub fn encode(&self) -> Vec<u8> {
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::text(self.tenant.as_str()),
            Value::bytes(self.journal),
            Value::bytes(self.id),
            Value::int(self.from.get()),
            Value::int(self.to.get()),
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
            tenant: TenantId::parse(list.take("tenant")?.string("tenant")?)?,
            journal: JournalId(list.take("J")?.hash("J")?),
            id: list.take("pass id")?.array_of("pass id")?,
            from: WallMs::new(list.take("from_ms")?.int("from_ms")?),
            to: WallMs::new(list.take("to_ms")?.int("to_ms")?),
        };
        list.end()?;
        Ok(out)
    }
}

/// `["daka-site-token", site, step, mac]`: what a display at a site shows for one step of its clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SiteToken {
    /// The site.
    pub site: [u8; 16],
    /// The number of the step since 1970.
    pub step: u64,
    /// The first 8 bytes of the site key's HMAC over the step.
    pub mac: [u8; 8],
}

impl SiteToken {
    const TAG: &'static str = "daka-site-token";

    /// The bytes that are shown.
    pub fn encode(&self) -> Vec<u8> {
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::bytes(self.site),
            Value::Uint(self.step),
            Value::bytes(self.mac),
        ])
        .encode()
    }

    /// Reads the bytes that are shown.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let out = Self {
            site: list.take("site")?.array_of("site")?,
            step: list.take("step")?.uint("step")?,
            mac: list.take("mac")?.array_of("mac")?,
        };
        list.end()?;
        Ok(out)
    }
}
