//! The one place where ECDSA signatures change their form: DER as key stores and X.509 write them, raw r‖s as COSE wants them, and
//! the lower s that our formats demand.

use super::crypto::Signature;
use super::error::{FormatError, Problem};

/// The order n of P-256, FIPS 186-5 / SEC 2 §2.4.2.
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa,
    0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];
/// ⌊n / 2⌋: a larger s is the other form of the same signature.
const HALF_ORDER: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0x80, 0x00, 0x00, 0x00, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xde, 0x73, 0x7d,
    0x56, 0xd3, 0x8b, 0xcf, 0x42, 0x79, 0xdc, 0xe5, 0x61, 0x7e, 0x31, 0x92, 0xa8,
];

/// Whether s is in the lower half.
pub fn is_low_s(signature: &Signature) -> bool {
    signature.0[32..] <= HALF_ORDER[..]
}

/// The same signature with the lower s.
#[must_use]
pub fn with_low_s(signature: Signature) -> Signature {
    if is_low_s(&signature) {
        return signature;
    }
    let mut out = signature;
    let mut borrow = false;
    for i in (0..32).rev() {
        let (d, b1) = ORDER[i].overflowing_sub(signature.0[32 + i]);
        let (d, b2) = d.overflowing_sub(u8::from(borrow));
        out.0[32 + i] = d;
        borrow = b1 || b2;
    }
    out
}

/// Reads `SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 §2.2.3) and lowers s.
///
/// # Errors
/// [`FormatError`] for anything that is not that DER.
pub fn from_der(der: &[u8]) -> Result<Signature, FormatError> {
    let bad = || FormatError::syntax("signature", "a DER sequence of two integers");
    let mut raw = [0_u8; 64];
    let body = match der {
        [0x30, len, body @ ..] if usize::from(*len) == body.len() && *len < 0x80 => body,
        _ => return Err(bad()),
    };
    let mut rest = body;
    for half in raw.chunks_exact_mut(32) {
        let [0x02, len, tail @ ..] = rest else { return Err(bad()) };
        let len = usize::from(*len);
        if len == 0 || len > tail.len() {
            return Err(bad());
        }
        let (integer, tail) = tail.split_at(len);
        let digits = match integer {
            [0, digits @ ..] if digits.first().is_some_and(|d| d & 0x80 != 0) => digits,
            [first, ..] if first & 0x80 == 0 && (*first != 0 || integer.len() == 1) => integer,
            _ => return Err(bad()),
        };
        if digits.len() > 32 {
            return Err(FormatError::new("signature", Problem::Length { min: 1, max: 32, got: digits.len() }));
        }
        half[32 - digits.len()..].copy_from_slice(digits);
        rest = tail;
    }
    if rest.is_empty() { Ok(with_low_s(Signature(raw))) } else { Err(bad()) }
}

/// Writes the DER form, for certificates and requests.
pub fn to_der(signature: &Signature) -> Vec<u8> {
    let mut body = Vec::with_capacity(70);
    for half in signature.0.chunks_exact(32) {
        let zeros = half.iter().take(31).take_while(|b| **b == 0).count();
        let digits = &half[zeros..];
        let sign = digits[0] & 0x80 != 0;
        body.extend_from_slice(&[0x02, (digits.len() + usize::from(sign)) as u8]);
        if sign {
            body.push(0);
        }
        body.extend_from_slice(digits);
    }
    let mut out = vec![0x30, body.len() as u8];
    out.extend_from_slice(&body);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(r: &[u8], s: &[u8]) -> Signature {
        let mut raw = [0; 64];
        raw[32 - r.len()..32].copy_from_slice(r);
        raw[64 - s.len()..].copy_from_slice(s);
        Signature(raw)
    }

    #[test]
    fn the_order_is_twice_its_half_and_one() {
        let mut carry = 1_u16;
        for i in (0..32).rev() {
            let sum = u16::from(HALF_ORDER[i]) * 2 + carry;
            assert_eq!(sum as u8, ORDER[i]);
            carry = sum >> 8;
        }
        assert_eq!(carry, 0);
    }

    #[test]
    fn der_is_written_and_read_by_the_book() {
        // r = 1, s = 0x80: the second needs a zero before it, or it would be negative.
        let sig = signature(&[1], &[0x80]);
        assert_eq!(to_der(&sig), [0x30, 0x07, 0x02, 0x01, 0x01, 0x02, 0x02, 0x00, 0x80]);
        assert_eq!(from_der(&to_der(&sig)).unwrap(), sig);
        for bad in [
            &[][..],
            &[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x80], // negative s
            &[0x30, 0x07, 0x02, 0x02, 0x00, 0x01, 0x02, 0x01, 0x01], // a zero too many
            &[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x00], // a byte after the end
            &[0x30, 0x03, 0x02, 0x01, 0x01],                   // one integer
        ] {
            assert!(from_der(bad).is_err(), "{bad:02x?}");
        }
    }

    #[test]
    fn a_high_s_becomes_the_order_less_s() {
        // n − 1 is as high as s can be; its other form is 1.
        let mut high = ORDER;
        high[31] -= 1;
        let sig = signature(&[5], &high);
        assert!(!is_low_s(&sig));
        assert_eq!(with_low_s(sig), signature(&[5], &[1]));
        assert_eq!(from_der(&to_der(&sig)).unwrap(), signature(&[5], &[1]));
        assert_eq!(with_low_s(signature(&[5], &HALF_ORDER)), signature(&[5], &HALF_ORDER));
    }
}
