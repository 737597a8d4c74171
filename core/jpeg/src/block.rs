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

impl DcTable {
    /// The DC coefficient of the next block, after one of `before`.
    #[inline(always)]
    pub(crate) fn next(&self, from: &mut Reader<'_>, before: i32) -> Result<i32, Broken> {
        from.refill();
        let (size, bits) = self.size(from.peek()).ok_or(Broken)?;
        let value = ((from.peek() << (bits - size)) >> 1 >> (63 - size)) as i32;
        from.skip(bits);
        // T.81 §F.2.2.1 EXTEND.
        let dc = before + if value < (1 << size) >> 1 { value - (1 << size) + 1 } else { value };
        // Differences that add up without end are damage; and nothing behind this has to think of sums that overflow.
        if dc.unsigned_abs() > DC_MAX { Err(Broken) } else { Ok(dc) }
    }
}

impl Tables<'_> {
    /// The DC coefficient of the next block, after one of `before`.
    #[inline(always)]
    pub(crate) fn dc(&self, from: &mut Reader<'_>, before: i32) -> Result<i32, Broken> {
        self.dc.next(from, before)
    }

    /// Goes over the AC coefficients of a block whose DC coefficient was read right before.
    #[inline(always)]
    pub(crate) fn skip(&self, from: &mut Reader<'_>) -> Result<(), Broken> {
        let mut passed = 1;
        // Codes in a row begin at most 15 coefficients on, so that up to 47 each of them begins inside the block. A full buffer is enough for
        // a DC coefficient (27 bits) and a lookup (26), or for two lookups.
        loop {
            let (coefficients, bits) = self.ac.many(from.peek());
            from.skip(bits);
            passed += coefficients;
            if coefficients == 0 {
                let (coefficients, bits) = self.ac.long(from.peek()).ok_or(Broken)?;
                from.skip(bits);
                passed += coefficients;
            }
            if passed > 47 {
                break;
            }
            from.refill();
            // Nothing is passed where the code is longer; then it is looked up again.
            let (coefficients, bits) = self.ac.many(from.peek());
            from.skip(bits);
            passed += coefficients;
            if passed > 47 {
                break;
            }
        }
        while passed < 64 {
            from.refill();
            let (coefficients, bits) = match self.ac.one(from.peek()) {
                (0, _) => self.ac.long(from.peek()).ok_or(Broken)?,
                found => found,
            };
            from.skip(bits);
            passed += coefficients;
        }
        if Block::after(passed) == Block::Over { Ok(()) } else { Err(Broken) }
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
        let Some((code, bits)) = self.dc.codes.code(size as u8) else { return false };
        to.put(code << size | low_bits(difference, size), bits + size);
        true
    }

    /// Whether the table has a code for a DC difference.
    pub(crate) fn has_difference(&self, difference: i32) -> bool {
        u8::try_from(size(difference)).is_ok_and(|size| self.dc.codes.code(size).is_some())
    }

    /// Writes the AC coefficients of a block. One that the table has no code for becomes the nearest smaller one that has: tables made
    /// for one picture lack what the mark needs. False if not even the end of the block has a code.
    #[must_use]
    pub(crate) fn put(&self, to: &mut Writer, from: &Coefficients) -> bool {
        let long = self.ac.codes.code(0xF0);
        // A bit for each coefficient that is not 0; most are, four at a time.
        let mut rest = 0u64;
        for (at, four) in from.as_chunks::<4>().0.iter().enumerate() {
            if *four != [0; 4] {
                let bits = four.iter().rev().fold(0, |bits, value| bits << 1 | u64::from(*value != 0));
                rest |= bits << (4 * at);
            }
        }
        rest &= !1;
        let mut written = 0;
        // A writer of its own, so that its parts stay in registers.
        let mut own = std::mem::take(to);
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
                own.put(code, bits);
            }
            // 16 bits and 10 at most: both in one go.
            own.put(code << size | low_bits(value, size), bits + size);
            written = at;
        }
        let ended = match self.ac.codes.code(0) {
            _ if written == 63 => true,
            Some((code, bits)) => {
                own.put(code, bits);
                true
            }
            None => false,
        };
        *to = own;
        ended
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
