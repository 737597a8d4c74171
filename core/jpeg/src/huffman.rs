//! Huffman tables, for reading one symbol, for skipping several at once, and for writing (T.81 Annexes C and F).
//!
//! A lookup takes the next [`LOOK`] bits. Longer codes are rare and go through the counts. For AC coefficients a second table tells how
//! many bits and coefficients a whole code with its value takes, and a third one the same for up to four codes in a row: most of a
//! photograph is walked over by that one.

use crate::error::JpegError;

/// Bits that one lookup takes. 13 keeps a table in 32 KiB; longer codes are one in thousands of a photograph's.
pub(crate) const LOOK: u32 = 13;
const SIZE: usize = 1 << LOOK;
/// As many entries as there are indices, so that no index has to be checked.
type Table = Box<[u16; SIZE]>;

/// What a code that ends the block counts as: more than a block has, and more than any run can reach, so that a run beyond the end of a
/// block is told from an end.
pub(crate) const END: u32 = 128;

/// Codes of both directions.
#[derive(Debug)]
pub(crate) struct Codes {
    /// By the next [`LOOK`] bits: `symbol << 8 | length`; 0 where the code is longer or there is none.
    direct: Table,
    /// By symbol: its code, in the lowest bits.
    code: [u16; 256],
    /// By symbol: its code's length, 0 if it has none.
    length: [u8; 256],
    /// By length: the first code, the number of codes, and the first symbol's place in `symbols`.
    by_length: [(u32, u32, usize); 17],
    symbols: Vec<u8>,
}

impl Codes {
    fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, JpegError> {
        let bad = JpegError::NotJpeg("a Huffman table has more codes than fit");
        if symbols.len() > 256 {
            return Err(bad);
        }
        let mut table = Self {
            direct: Box::new([0; SIZE]),
            code: [0; 256],
            length: [0; 256],
            by_length: [(0, 0, 0); 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut place) = (0u32, 0);
        for (length, count) in (1u8..=16).zip(counts) {
            table.by_length[usize::from(length)] = (code, u32::from(*count), place);
            for symbol in &symbols[place..place + usize::from(*count)] {
                // T.81 §C.2: all codes of a length in a row; the code of all ones stays free, but some encoders use it.
                if code >> length != 0 {
                    return Err(bad);
                }
                // Two codes of a symbol would leave open which one a camera wrote, and its file could not be given back.
                if table.length[usize::from(*symbol)] != 0 {
                    return Err(JpegError::Unsupported("two codes of a symbol"));
                }
                table.code[usize::from(*symbol)] = u16::try_from(code).map_err(|_| bad)?;
                table.length[usize::from(*symbol)] = length;
                if u32::from(length) <= LOOK {
                    let free = LOOK - u32::from(length);
                    let from = (code << free) as usize;
                    table.direct[from..from + (1 << free)].fill(u16::from(*symbol) << 8 | u16::from(length));
                }
                code += 1;
            }
            place += usize::from(*count);
            code <<= 1;
        }
        Ok(table)
    }

    /// Symbol and length of the code that begins the next [`LOOK`] bits.
    #[inline(always)]
    pub(crate) fn look(&self, bits: u64) -> Option<(u8, u32)> {
        match self.direct[(bits >> (64 - LOOK)) as usize] {
            0 => None,
            found => Some(((found >> 8) as u8, u32::from(found & 255))),
        }
    }

    /// The same for a code that is longer; none if these bits begin no code.
    #[cold]
    #[inline(never)]
    pub(crate) fn look_long(&self, bits: u64) -> Option<(u8, u32)> {
        (LOOK + 1..=16).find_map(|length| {
            let (first, count, place) = self.by_length[length as usize];
            let at = ((bits >> (64 - length)) as u32).checked_sub(first).filter(|at| *at < count)?;
            Some((*self.symbols.get(place + at as usize)?, length))
        })
    }

    /// A symbol's code and its length; none if the table has none.
    #[inline(always)]
    pub(crate) fn code(&self, symbol: u8) -> Option<(u32, u32)> {
        match self.length[usize::from(symbol)] {
            0 => None,
            length => Some((u32::from(self.code[usize::from(symbol)]), u32::from(length))),
        }
    }
}

/// Sizes of DC differences.
#[derive(Debug)]
pub(crate) struct DcTable {
    pub(crate) codes: Codes,
    /// By the next [`DC_LOOK`] bits: `size << 8 | bits`, of the code with its value; 0 where the code is longer.
    short: Box<[u16; 1 << DC_LOOK]>,
}

/// A dozen sizes have short codes, and a small table leaves room in the nearest cache for those of the AC coefficients.
const DC_LOOK: u32 = 9;

impl DcTable {
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, JpegError> {
        // T.81 table F.1: 11 bits are the most that 8-bit samples need.
        if symbols.iter().any(|size| *size > 11) {
            return Err(JpegError::Unsupported("DC differences of more than 11 bits"));
        }
        let codes = Codes::new(counts, symbols)?;
        let mut short = Box::new([0; 1 << DC_LOOK]);
        for (short, found) in short.iter_mut().zip(codes.direct.iter().step_by(1 << (LOOK - DC_LOOK))) {
            let (size, length) = (found >> 8, found & 255);
            *short = if (1..=DC_LOOK as u16).contains(&length) { size << 8 | (length + size) } else { 0 };
        }
        Ok(Self { codes, short })
    }

    /// Size of the next value, and the bits of its code with it.
    #[inline(always)]
    pub(crate) fn size(&self, bits: u64) -> Option<(u32, u32)> {
        match self.short[(bits >> (64 - DC_LOOK)) as usize] {
            0 => self.size_of_long(bits),
            found => Some((u32::from(found >> 8), u32::from(found & 255))),
        }
    }

    #[cold]
    #[inline(never)]
    fn size_of_long(&self, bits: u64) -> Option<(u32, u32)> {
        let (size, length) = self.codes.look(bits).or_else(|| self.codes.look_long(bits))?;
        Some((u32::from(size), u32::from(size) + length))
    }
}

/// Runs and sizes of AC coefficients.
#[derive(Debug)]
pub(crate) struct AcTable {
    pub(crate) codes: Codes,
    /// By the next [`LOOK`] bits, for one code with its value: `coefficients << 8 | bits`; 0 where the code is longer.
    one: Table,
    /// The same for as many codes as those bits decide, up to four.
    many: Table,
}

impl AcTable {
    pub(crate) fn new(counts: &[u8; 16], symbols: &[u8]) -> Result<Self, JpegError> {
        // T.81 table F.2: 10 bits are the most that 8-bit samples need.
        if symbols.iter().any(|symbol| symbol & 15 > 10) {
            return Err(JpegError::Unsupported("AC coefficients of more than 10 bits"));
        }
        let codes = Codes::new(counts, symbols)?;
        let (mut one, mut many) = (Box::new([0; SIZE]), Box::new([0; SIZE]));
        one.iter_mut().zip(codes.direct.iter()).for_each(|(one, found)| *one = advance(*found));
        many.iter_mut().enumerate().for_each(|(bits, many)| *many = combined(&one, &codes.direct, bits));
        Ok(Self { codes, one, many })
    }

    /// Coefficients and bits of the codes that the next bits decide; at most 15 + 16 coefficients unless one ends the block. The bits are
    /// the lowest six of the second number.
    #[inline(always)]
    pub(crate) fn many(&self, bits: u64) -> (u32, u32) {
        let found = u32::from(self.many[(bits >> (64 - LOOK)) as usize]);
        (found >> 8, found)
    }

    /// The same of one code, however long it is; none if these bits begin no code.
    #[cold]
    #[inline(never)]
    pub(crate) fn long(&self, bits: u64) -> Option<(u32, u32)> {
        let (symbol, length) = self.codes.look(bits).or_else(|| self.codes.look_long(bits))?;
        Some((coefficients(symbol), length + u32::from(symbol & 15)))
    }

    /// Coefficients and bits of the next code with its value.
    #[inline(always)]
    pub(crate) fn one(&self, bits: u64) -> (u32, u32) {
        let found = u32::from(self.one[(bits >> (64 - LOOK)) as usize]);
        (found >> 8, found & 255)
    }
}

/// Coefficients that a symbol stands for: those that it runs over and its own (T.81 §F.1.2.2).
pub(crate) fn coefficients(symbol: u8) -> u32 {
    match symbol {
        0xF0 => 16,
        // Size 0 with any other run: the end of the block.
        _ if symbol & 15 == 0 => END,
        _ => u32::from(symbol >> 4) + 1,
    }
}

fn advance(found: u16) -> u16 {
    if found == 0 {
        return 0;
    }
    let symbol = (found >> 8) as u8;
    (coefficients(symbol) as u16) << 8 | ((found & 255) + u16::from(symbol & 15))
}

/// Codes in a row while the bits decide them and no more than 15 coefficients were passed.
fn combined(one: &[u16; SIZE], direct: &[u16; SIZE], bits: usize) -> u16 {
    let (mut coefficients, mut used, mut rest) = (0u16, 0u16, bits);
    for _ in 0..4 {
        let (next, left) = (one[rest], (LOOK as u16).saturating_sub(used));
        // The code itself has to lie within the bits that are known; its value need not.
        if next == 0 || direct[rest] & 255 > left {
            break;
        }
        coefficients += next >> 8;
        used += next & 255;
        if next >> 8 == END as u16 || used >= LOOK as u16 || coefficients >= 16 {
            break;
        }
        rest = (bits << used) & (SIZE - 1);
    }
    coefficients << 8 | used
}
