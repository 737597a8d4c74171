//! Names of things: digests, tenants, employees, journals, keys, punches. Each is a type of its own, so that none stands in for
//! another, and each is parsed once, where it enters.

use super::error::{FormatError, Problem};
use std::fmt;

/// A SHA-256 digest.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash32(pub [u8; 32]);

impl Hash32 {
    /// 32 zero bytes: "none before this".
    pub const ZERO: Self = Self([0; 32]);

    /// Lower-case hexadecimal, 64 characters.
    pub fn hex(&self) -> String {
        hex(&self.0)
    }

    /// Reads 64 hexadecimal characters.
    ///
    /// # Errors
    /// [`FormatError`] naming `field`.
    pub fn parse_hex(field: &'static str, text: &str) -> Result<Self, FormatError> {
        parse_hex(field, text).map(Self)
    }
}

impl AsRef<[u8]> for Hash32 {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Hash32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Display for Hash32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl serde::Serialize for Hash32 {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.hex())
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Reads `2 N` hexadecimal characters.
///
/// # Errors
/// [`FormatError`] naming `field`.
pub fn parse_hex<const N: usize>(field: &'static str, text: &str) -> Result<[u8; N], FormatError> {
    let digits = text.as_bytes();
    if digits.len() != 2 * N {
        return Err(FormatError::new(field, Problem::Length { min: 2 * N, max: 2 * N, got: digits.len() }));
    }
    let mut out = [0; N];
    for (byte, pair) in out.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |c: u8| char::from(c).to_digit(16).ok_or_else(|| FormatError::syntax(field, "hexadecimal digits"));
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Ok(out)
}

macro_rules! digest_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        pub struct $name(pub Hash32);

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

digest_id!(
    /// J: one employee on one device in one tenant. See `JournalIdentity`.
    JournalId
);
digest_id!(
    /// A key's id: SHA-256 of its SubjectPublicKeyInfo in DER. "Device key id" and "root fingerprint" are such ids.
    Kid
);
digest_id!(
    /// The digest of a published rule set.
    RulesRev
);

macro_rules! random_id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub [u8; 16]);

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(&hex(&self.0))
            }
        }
    };
}

random_id!(
    /// A nonce of one enrolment, login or time request.
    Nonce
);
random_id!(
    /// A nonce of one photo capture.
    CaptureNonce
);
random_id!(
    /// An employee's pseudonym: random, for life, the same in every statement about that person.
    Pseudonym
);

/// A punch's id, a UUIDv7 (RFC 9562 §5.7): milliseconds of the wall clock, then random bits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PunchId(pub [u8; 16]);

impl PunchId {
    /// Makes an id from the wall clock and ten random bytes.
    pub fn new(wall_ms: i64, random: &[u8; 10]) -> Self {
        let ms = u64::try_from(wall_ms).unwrap_or(0);
        Self(*uuid::Builder::from_unix_timestamp_millis(ms, random).as_uuid().as_bytes())
    }

    /// The range of all ids that were made while the wall clock showed `first_ms` to `last_ms`, both included; a clock before 1970
    /// counts as 1970, as it does in [`PunchId::new`].
    pub fn made_between(first_ms: i64, last_ms: i64) -> std::ops::RangeInclusive<Self> {
        let end = |ms: i64, rest: u8| {
            let [_, _, head @ ..] = u64::try_from(ms).unwrap_or(0).min((1 << 48) - 1).to_be_bytes();
            let mut id = [rest; 16];
            id.iter_mut().zip(head).for_each(|(byte, from)| *byte = from);
            Self(id)
        };
        end(first_ms, 0)..=end(last_ms, 0xff)
    }

    /// What the wall clock showed when it was made, UTC milliseconds.
    pub fn made_ms(self) -> i64 {
        let [a, b, c, d, e, f, ..] = self.0;
        i64::from_be_bytes([0, 0, a, b, c, d, e, f])
    }

    /// The next higher id; none after the highest.
    pub fn after(self) -> Option<Self> {
        u128::from_be_bytes(self.0).checked_add(1).map(|n| Self(n.to_be_bytes()))
    }

    /// The next lower id; none before the lowest.
    pub fn before(self) -> Option<Self> {
        u128::from_be_bytes(self.0).checked_sub(1).map(|n| Self(n.to_be_bytes()))
    }

    /// Reads the usual text form, 8-4-4-4-12.
    ///
    /// # Errors
    /// [`FormatError`] naming `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FormatError> {
        // The parser also takes braces, a URN and no hyphens; one id has one text.
        let parsed = if text.len() == 36 { uuid::Uuid::try_parse(text).ok() } else { None };
        parsed
            .map(|u| Self(*u.as_bytes()))
            .ok_or_else(|| FormatError::syntax(field, "a UUID such as 0193a0b0-0000-7000-8000-000000000000"))
    }
}

impl AsRef<[u8]> for PunchId {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for PunchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        uuid::Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for PunchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for PunchId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// A tenant's id: `[a-z0-9-]{1,40}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct TenantId(String);

impl TenantId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`FormatError`] for another length or another character.
    pub fn parse(text: impl Into<String>) -> Result<Self, FormatError> {
        let text = text.into();
        bounded("tenant", &text, 40)?;
        if text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            Ok(Self(text))
        } else {
            Err(FormatError::syntax("tenant", "lower-case letters, digits and hyphens"))
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An employee's id within a tenant, as the employer writes it: 1 to 64 bytes without control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct EmployeeId(String);

impl EmployeeId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`FormatError`] for another length or a control character.
    pub fn parse(text: impl Into<String>) -> Result<Self, FormatError> {
        let text = text.into();
        bounded("employee", &text, 64)?;
        if text.chars().any(char::is_control) {
            return Err(FormatError::syntax("employee", "text without control characters"));
        }
        Ok(Self(text))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmployeeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks that a text has 1 to `max` bytes.
///
/// # Errors
/// [`FormatError`] naming `field` and the limit.
pub fn bounded(field: &'static str, text: &str, max: usize) -> Result<(), FormatError> {
    if (1..=max).contains(&text.len()) {
        Ok(())
    } else {
        Err(FormatError::new(field, Problem::Length { min: 1, max, got: text.len() }))
    }
}
