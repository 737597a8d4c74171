//! The short code drawn on a photo: it finds a record, it does not prove one.
//!
//! 50 bits of SHA-256(cbor ["daka-code50", punch id, capture nonce, camera digest]) in Crockford's base 32, ten digits in two groups,
//! and Crockford's check character (the value modulo 37): `7ZK4Q-0M8XA*`.

use super::cbor::Value;
use super::crypto::Crypto;
use super::error::{FormatError, Problem};
use super::ids::{CaptureNonce, Hash32, PunchId};

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Crockford's five further check symbols, for 32 to 36.
const CHECKS: &[u8; 37] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ*~$=U";

/// A code of 50 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ShortCode(u64);

impl ShortCode {
    /// The code of a photo; an imported photo has no nonce.
    pub fn of(crypto: &dyn Crypto, punch: PunchId, nonce: Option<CaptureNonce>, camera: Hash32) -> Self {
        let preimage = Value::Array(vec![
            Value::text("daka-code50"),
            Value::bytes(punch),
            Value::opt_bytes(nonce),
            Value::bytes(camera),
        ]);
        let digest = crypto.sha256(&[&preimage.encode()]).0;
        let first = digest.iter().take(8).fold(0_u64, |n, b| n << 8 | u64::from(*b));
        Self(first >> 14)
    }

    /// Twelve characters: five digits, a hyphen, five digits, the check character.
    pub fn text(self) -> String {
        let mut out = String::with_capacity(12);
        for i in (0..10).rev() {
            out.push(char::from(DIGITS[(self.0 >> (5 * i)) as usize & 31]));
            if i == 5 {
                out.push('-');
            }
        }
        out.push(char::from(CHECKS[(self.0 % 37) as usize]));
        out
    }

    /// Reads a code as a person types it: either case, with or without hyphens and spaces, I and L for 1, O for 0.
    ///
    /// # Errors
    /// [`FormatError`] for another length, another character, or a check character that does not fit.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        const FIELD: &str = "photo code";
        let typed: Vec<u8> = text
            .bytes()
            .filter(|b| !matches!(b, b'-' | b' '))
            .map(|b| match b.to_ascii_uppercase() {
                b'I' | b'L' => b'1',
                b'O' => b'0',
                c => c,
            })
            .collect();
        let Some((check, digits)) = typed.split_last().filter(|(_, digits)| digits.len() == 10) else {
            return Err(FormatError::new(FIELD, Problem::Length { min: 11, max: 11, got: typed.len() }));
        };
        let mut n = 0_u64;
        for d in digits {
            let value = DIGITS.iter().position(|c| c == d);
            n = n << 5
                | value.ok_or_else(|| FormatError::syntax(FIELD, "digits and letters without I, L, O and U"))? as u64;
        }
        if CHECKS[(n % 37) as usize] == *check {
            Ok(Self(n))
        } else {
            Err(FormatError::syntax(FIELD, "a code whose last character fits the others"))
        }
    }
}

impl std::fmt::Display for ShortCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text())
    }
}
