//! Coded data bit by bit, with the zero bytes that are stuffed behind each 0xFF (T.81 §F.1.2.3).
//!
//! A reader is given one restart interval, from its first byte to the marker that ends it. Behind the end it reads zeros and knows that
//! it did: [`Reader::overran`]. So the walk needs no check at each bit, and a scan that is cut off is still found.

use crate::huffman::{Codes, END};

/// A place between two bits of the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    /// The byte of the file.
    pub(crate) byte: usize,
    /// Bits of it that lie before the place: 0 to 7.
    pub(crate) bit: u32,
}

/// Bits that a refilled buffer has at least: twice what a code with its value takes (16 and 11 bits), or what a lookup of several codes
/// does ([`LOOK`](crate::huffman::LOOK) bits and the 10 of the last value).
const FULL: u32 = 56;

/// Reads the bits of one interval. A loop over many codes takes a copy of its own, and what is rare takes it by value: so the parts stay in
/// registers, where a store and a load would double the time from one code to the next.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    data: &'a [u8],
    /// What of them is not in the buffer yet.
    rest: &'a [u8],
    /// The next bits, the first one highest.
    buffer: u64,
    /// How many of them are read and not taken.
    held: u32,
    /// Zero bytes of these that no data stands behind.
    beyond: u32,
}

impl<'a> Reader<'a> {
    /// From the first byte of `data[from..]`; `data` ends where the interval does.
    pub(crate) fn new(data: &'a [u8], from: usize) -> Self {
        Self { data, rest: data.get(from..).unwrap_or_default(), buffer: 0, held: 0, beyond: 0 }
    }

    /// From a place on.
    pub(crate) fn at(data: &'a [u8], at: At) -> Self {
        let mut reader = Self::new(data, at.byte);
        reader.refill();
        reader.skip(at.bit);
        reader
    }

    /// At least [`FULL`] bits in the buffer.
    #[inline(always)]
    pub(crate) fn refill(&mut self) {
        if let Some(chunk) = self.rest.first_chunk::<8>() {
            let word = u64::from_be_bytes(*chunk);
            if !has_ff(word) {
                // The bits below those held are the same data each time, so that what is already there does no harm.
                self.buffer |= word >> self.held;
                // At most 7, and said so, because then nothing has to be checked.
                self.rest = &self.rest[((63 - self.held) >> 3) as usize & 7..];
                self.held |= 56;
                return;
            }
        }
        *self = self.refilled_slowly();
    }

    #[cold]
    #[inline(never)]
    fn refilled_slowly(mut self) -> Self {
        self.buffer = if self.held == 0 { 0 } else { self.buffer & (!0 << (64 - self.held)) };
        // At most 63, so that a word can be shifted by what is held.
        while self.held < FULL {
            let byte = match self.rest {
                [0xFF, _, rest @ ..] => {
                    self.rest = rest;
                    0xFF
                }
                [byte, rest @ ..] => {
                    self.rest = rest;
                    *byte
                }
                [] => {
                    self.beyond += 1;
                    0
                }
            };
            self.buffer |= u64::from(byte) << (56 - self.held);
            self.held += 8;
        }
        self
    }

    /// The next bits, the first one highest.
    #[inline(always)]
    pub(crate) fn peek(&self) -> u64 {
        self.buffer
    }

    /// Goes on by at most 32 bits, which have to be in the buffer. What is above the lowest six bits of the number does not count, as for a
    /// processor's own shift: so an entry of a table needs no step in between, in the one chain of steps that nothing else hides.
    #[inline(always)]
    pub(crate) fn skip(&mut self, bits: u32) {
        self.buffer <<= bits & 63;
        self.held = self.held.wrapping_sub(bits & 63);
    }

    /// The next 0 to 32 bits, which have to be in the buffer.
    #[inline(always)]
    pub(crate) fn take(&mut self, bits: u32) -> u32 {
        if bits == 0 {
            return 0;
        }
        let taken = (self.buffer >> (64 - bits)) as u32;
        self.skip(bits);
        taken
    }

    /// The next symbol; none if the bits begin no code.
    #[inline(always)]
    pub(crate) fn symbol(&mut self, codes: &Codes) -> Option<u8> {
        let (symbol, length) = match codes.look(self.buffer) {
            Some(found) => found,
            None => codes.look_long(self.buffer)?,
        };
        self.skip(length);
        Some(symbol)
    }

    /// A value of `size` bits (T.81 §F.2.2.1 EXTEND).
    #[inline(always)]
    pub(crate) fn value(&mut self, size: u32) -> i32 {
        let bits = self.take(size) as i32;
        if size == 0 || bits >> (size - 1) != 0 { bits } else { bits - (1 << size) + 1 }
    }

    /// Where the next bit is.
    pub(crate) fn place(&self) -> At {
        let held = self.held.saturating_sub(8 * self.beyond);
        let (bytes, mut byte) = (held.div_ceil(8), self.data.len() - self.rest.len());
        for _ in 0..bytes {
            byte -= 1;
            if byte > 0 && self.data.get(byte - 1..=byte) == Some(&[0xFF, 0]) {
                byte -= 1;
            }
        }
        At { byte, bit: bytes * 8 - held }
    }

    /// Whether bits were taken that are not there.
    pub(crate) fn overran(&self) -> bool {
        self.held < 8 * self.beyond
    }

    /// The bits that are left, if they are fewer than eight: what fills the interval's last byte.
    pub(crate) fn rest(&mut self) -> Option<(u32, u32)> {
        self.refill();
        let left = self.held.checked_sub(8 * self.beyond)?;
        (self.rest.is_empty() && left < 8).then(|| (self.take(left), left))
    }
}

/// Whether one of a word's bytes is 0xFF: the test for a zero byte, of the complement.
#[inline(always)]
fn has_ff(word: u64) -> bool {
    let x = !word;
    x.wrapping_sub(0x0101_0101_0101_0101) & !x & 0x8080_8080_8080_8080 != 0
}

/// Appends bits to a file.
#[derive(Default)]
pub(crate) struct Writer {
    out: Vec<u8>,
    /// The bits that are not written yet are the lowest ones.
    waiting: u64,
    count: u32,
}

impl Writer {
    pub(crate) fn new(out: Vec<u8>) -> Self {
        Self { out, waiting: 0, count: 0 }
    }

    /// Appends the lowest `bits` of `value`, at most 32; the others have to be 0.
    #[inline(always)]
    pub(crate) fn put(&mut self, value: u32, bits: u32) {
        self.waiting = self.waiting << bits | u64::from(value);
        self.count += bits;
        if self.count >= 32 {
            self.count -= 32;
            let word = (self.waiting >> self.count) as u32;
            if has_ff(u64::from(word)) { self.stuffed(word) } else { self.out.extend_from_slice(&word.to_be_bytes()) }
        }
    }

    #[cold]
    fn stuffed(&mut self, word: u32) {
        for byte in word.to_be_bytes() {
            self.byte(byte);
        }
    }

    fn byte(&mut self, byte: u8) {
        self.out.push(byte);
        if byte == 0xFF {
            self.out.push(0);
        }
    }

    /// Copies the bits of `data` between two places.
    pub(crate) fn copy(&mut self, data: &[u8], from: At, to: At) {
        let byte = |at: usize| u32::from(data.get(at).copied().unwrap_or_default());
        let mut at = from.byte;
        if from.byte == to.byte {
            if let Some(bits) = to.bit.checked_sub(from.bit) {
                self.put(byte(at) >> (8 - to.bit) & ((1 << bits) - 1), bits);
            }
            return;
        }
        if from.bit > 0 {
            self.put(byte(at) & (0xFF >> from.bit), 8 - from.bit);
            // Each 0xFF of the data has a zero byte behind it that codes nothing.
            at += if byte(at) == 0xFF { 2 } else { 1 };
        }
        let mut rest = data.get(at..to.byte).unwrap_or_default();
        self.flush();
        if self.count == 0 {
            self.out.extend_from_slice(rest);
        } else {
            while let Some(end) = memchr::memchr(0xFF, rest) {
                self.shifted(&rest[..end]);
                self.put(0xFF, 8);
                rest = rest.get(end + 2..).unwrap_or_default();
            }
            self.shifted(rest);
        }
        if to.bit > 0 {
            self.put(byte(to.byte) >> (8 - to.bit), to.bit);
        }
    }

    /// Appends bytes none of which is 0xFF.
    fn shifted(&mut self, bytes: &[u8]) {
        self.flush();
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            let word = u64::from_be_bytes(*word);
            let shifted = (self.waiting << 1) << (63 - self.count) | word >> self.count;
            self.waiting = word;
            if has_ff(shifted) {
                shifted.to_be_bytes().into_iter().for_each(|byte| self.byte(byte));
            } else {
                self.out.extend_from_slice(&shifted.to_be_bytes());
            }
        }
        rest.iter().for_each(|byte| self.put(u32::from(*byte), 8));
    }

    /// Writes every whole byte.
    fn flush(&mut self) {
        while self.count >= 8 {
            self.count -= 8;
            self.byte((self.waiting >> self.count) as u8);
        }
    }

    /// Writes what fills the last byte, `bits` of `fill`, then every whole byte.
    pub(crate) fn close(&mut self, fill: u32, bits: u32) {
        self.put(fill, bits);
        self.flush();
    }

    /// Bits that the last byte lacks.
    pub(crate) fn lacking(&self) -> u32 {
        (8 - self.count % 8) % 8
    }

    /// Appends whole bytes as they are; only at a byte's edge.
    pub(crate) fn raw(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
    }

    pub(crate) fn finish(self) -> Vec<u8> {
        self.out
    }
}

/// Coefficients after `passed` and one run: where the block stands then, or that it is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Block {
    /// It ended where a block may.
    Over,
    /// A run went beyond its end.
    Broken,
}

impl Block {
    /// What `passed` coefficients of a block that is not going on mean.
    #[inline(always)]
    pub(crate) fn after(passed: u32) -> Self {
        if passed == 64 || passed >= END { Self::Over } else { Self::Broken }
    }
}
