//! One block of 8 × 8 coefficients: passed over, read, or written (T.81 §F.1.2, §F.2.2).

use crate::bits::{Block, Reader, Writer};
use crate::huffman::{AcTable, DcTable, coefficients};

/// Coefficients in the order of the file (zigzag), without the DC one: `[0]` is not used.
pub(crate) type Coefficients = [i16; 64];

/// The tables of a component.
#[derive(Clone, Copy)]
pub(crate) struct Tables<'a> {
    pub(crate) dc: &'a DcTable,
    pub(crate) ac: &'a AcTable,
}

/// What decoders keep a DC coefficient in has 16 bits; 8-bit samples need 11 and a sign (T.81 §F.1.1.4).
const DC_MAX: u32 = 32_767;

/// The scan is not what its tables allow.
#[derive(Debug)]
pub(crate) struct Broken;

impl Tables<'_> {
    /// The DC coefficient of the next block, after one of `before`.
    #[inline(always)]
    pub(crate) fn dc(&self, from: &mut Reader<'_>, before: i32) -> Result<i32, Broken> {
        from.refill();
        let size = from.symbol(&self.dc.0).ok_or(Broken)?;
        let dc = before + from.value(u32::from(size));
        // Differences that add up without end are damage; and nothing behind this has to think of sums that overflow.
        if dc.unsigned_abs() > DC_MAX { Err(Broken) } else { Ok(dc) }
    }

    /// Goes over the AC coefficients of a block.
    #[inline(always)]
    pub(crate) fn skip(&self, from: &mut Reader<'_>) -> Result<(), Broken> {
        let mut passed = 1;
        // Codes in a row begin at most 15 coefficients on, so that up to 47 each of them begins inside the block. The buffer is filled for
        // two lookups.
        while passed <= 47 {
            from.refill();
            let (coefficients, bits) = self.ac.many(from.peek());
            if coefficients == 0 {
                passed += self.skip_long(from)?;
                continue;
            }
            from.skip(bits);
            passed += coefficients;
            if passed <= 47 {
                // Nothing is passed where the code is longer; then it is looked up again.
                let (coefficients, bits) = self.ac.many(from.peek());
                from.skip(bits);
                passed += coefficients;
            }
        }
        while passed < 64 {
            from.refill();
            match self.ac.one(from.peek()) {
                (0, _) => passed += self.skip_long(from)?,
                (coefficients, bits) => {
                    from.skip(bits);
                    passed += coefficients;
                }
            }
        }
        if Block::after(passed) == Block::Over { Ok(()) } else { Err(Broken) }
    }

    #[cold]
    fn skip_long(&self, from: &mut Reader<'_>) -> Result<u32, Broken> {
        let symbol = from.symbol(&self.ac.codes).ok_or(Broken)?;
        from.skip(u32::from(symbol & 15));
        Ok(coefficients(symbol))
    }

    /// The AC coefficients of a block.
    pub(crate) fn read(&self, from: &mut Reader<'_>, into: &mut Coefficients) -> Result<(), Broken> {
        into.fill(0);
        let mut passed = 1;
        while passed < 64 {
            from.refill();
            let symbol = from.symbol(&self.ac.codes).ok_or(Broken)?;
            passed += coefficients(symbol);
            if symbol & 15 != 0 {
                let value = from.value(u32::from(symbol & 15));
                *into.get_mut(passed as usize - 1).ok_or(Broken)? = i16::try_from(value).map_err(|_| Broken)?;
            }
        }
        if Block::after(passed) == Block::Over { Ok(()) } else { Err(Broken) }
    }

    /// Writes a DC difference; false if the table has no code of its size, and then nothing is written.
    #[must_use]
    pub(crate) fn put_difference(&self, to: &mut Writer, difference: i32) -> bool {
        let size = size(difference);
        let Some((code, bits)) = self.dc.0.code(size as u8) else { return false };
        to.put(code << size | low_bits(difference, size), bits + size);
        true
    }

    /// Whether the table has a code for a DC difference.
    pub(crate) fn has_difference(&self, difference: i32) -> bool {
        u8::try_from(size(difference)).is_ok_and(|size| self.dc.0.code(size).is_some())
    }

    /// Writes the AC coefficients of a block. One that the table has no code for becomes the nearest smaller one that has: tables made
    /// for one picture lack what the mark needs. False if not even the end of the block has a code.
    #[must_use]
    pub(crate) fn put(&self, to: &mut Writer, from: &Coefficients) -> bool {
        let long = self.ac.codes.code(0xF0);
        // A bit for each coefficient that is not 0; most are.
        let mut rest =
            from.iter().enumerate().skip(1).fold(0u64, |bits, (at, value)| bits | u64::from(*value != 0) << at);
        let mut written = 0;
        while rest != 0 {
            let at = rest.trailing_zeros();
            rest &= rest - 1;
            let run = at - written - 1;
            let Some((code, bits, value, size)) = self.nearest(i32::from(from[at as usize]), run, long.is_some())
            else {
                continue;
            };
            for _ in 0..run / 16 {
                let (code, bits) = long.unwrap_or_default();
                to.put(code, bits);
            }
            // 16 bits and 10 at most: both in one go.
            to.put(code << size | low_bits(value, size), bits + size);
            written = at;
        }
        match self.ac.codes.code(0) {
            _ if written == 63 => true,
            Some((code, bits)) => {
                to.put(code, bits);
                true
            }
            None => false,
        }
    }

    /// Code, its length, value and size.
    #[inline(always)]
    fn nearest(&self, value: i32, run: u32, long: bool) -> Option<(u32, u32, i32, u32)> {
        if run > 15 && !long {
            return None;
        }
        let mut size = size(value);
        let mut fitting = value;
        while size > 0 {
            if let Some((code, bits)) = self.ac.codes.code(((run % 16) << 4 | size) as u8).filter(|_| size <= 10) {
                return Some((code, bits, fitting, size));
            }
            size -= 1;
            fitting = value.signum() * ((1 << size) - 1);
        }
        None
    }
}

/// A value as its size's low bits (T.81 §F.1.2.1).
#[inline(always)]
fn low_bits(value: i32, size: u32) -> u32 {
    (if value < 0 { value - 1 } else { value }) as u32 & ((1 << size) - 1)
}

/// Bits of a value (T.81 tables F.1 and F.2).
pub(crate) fn size(value: i32) -> u32 {
    32 - value.unsigned_abs().leading_zeros()
}
