//! A picture whose coefficients come in several scans, or of another number of components than the splice takes: sequential or progressive,
//! interleaved or not (T.81 Annexes F and G). All of them are read, and the picture is whole, or refused.
//!
//! Decoders show what is left of a damaged picture and call it whole. Here each interval has the blocks that it has to have and nothing
//! behind them, scans come in their order, and at the end each coefficient was sent down to its last bit.
//!
//! Memory: 128 bytes a block of 8 × 8 samples, which is 3 bytes a pixel for what chat apps write (36 MB at 12 megapixels) and 6 to 8 at worst,
//! for at most 40 million pixels. A file can claim no more than eight blocks a byte.

use crate::bits::Reader;
use crate::block::{Broken, Coefficients, Tables};
use crate::error::JpegError;
use crate::header::{Fields, Header, Segment};
use crate::huffman::AcTable;
use crate::scan::{Stop, marker};
use std::ops::Range;

/// Pixels at most; what such pictures come from, chat apps and picture editors, is far below.
const MOST_PIXELS: usize = 40_000_000;
/// Scans at most, so that the work is bounded; encoders write about ten.
const MOST_SCANS: usize = 100;
/// The precision of a coefficient of which nothing was sent yet.
const UNSENT: u8 = 255;

/// A picture that is whole.
pub(crate) struct Whole {
    pub(crate) header: Header,
    pub(crate) planes: Vec<Sent>,
    /// The segments before the first scan that belong to any coding of these coefficients: applications', comments, quantisation.
    pub(crate) segments: Vec<Range<usize>>,
    /// The frame's segment, without its marker.
    pub(crate) frame: Range<usize>,
    /// What follows the end marker.
    pub(crate) behind: usize,
}

/// A component, and what of it was sent.
pub(crate) struct Sent {
    /// Blocks in a row of the picture's MCUs.
    pub(crate) stride: usize,
    /// Blocks across and down where the component has a scan of its own: without those that only fill up MCUs.
    own: (usize, usize),
    /// Row by row, in the order of the file, the DC coefficient first.
    pub(crate) blocks: Vec<Coefficients>,
    /// By coefficient: how many of the lowest bits are missing.
    missing: [u8; 64],
}

/// What a scan sends of its blocks (T.81 §G.1.1).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sequential,
    DcFirst,
    DcMore,
    AcFirst,
    AcMore,
}

/// A component of a scan: its number, and the numbers of its tables.
type Part = (usize, usize, usize);

/// Reads the whole file.
///
/// # Errors
/// [`JpegError`]: no such form, too many pixels or scans, or damage.
pub(crate) fn read(file: &[u8]) -> Result<Whole, JpegError> {
    if !file.starts_with(&[0xFF, 0xD8]) {
        return Err(JpegError::NotJpeg("it does not begin with SOI"));
    }
    let mut whole = Whole { header: Header::empty(), planes: Vec::new(), segments: Vec::new(), frame: 0..0, behind: 0 };
    let (mut at, mut scans, mut progressive) = (2, 0, false);
    loop {
        let segment = Segment::next(file, at)?;
        at = segment.body.end;
        match segment.code {
            0xC0..=0xC2 => {
                progressive = segment.code == 0xC2;
                whole.frame = segment.at + 2..segment.body.end;
                let header = &mut whole.header;
                header.frame(&mut segment.fields(file), &[1, 3, 4])?;
                // A scan of DC coefficients takes a bit for each block at least, so that memory is bounded by the file as well.
                if header.width * header.height > MOST_PIXELS || header.mcus() * header.blocks() > 8 * file.len() {
                    return Err(JpegError::Unsupported("more pixels than are decoded"));
                }
                whole.planes = header.components.iter().map(|c| Sent::none(header, c.h, c.v)).collect();
            }
            0xDA => {
                scans += 1;
                if scans > MOST_SCANS {
                    return Err(JpegError::Unsupported("more scans than are decoded"));
                }
                let fields = &mut segment.fields(file);
                at = scan(file, &whole.header, &mut whole.planes, progressive, fields, at)?;
            }
            0xD9 => break,
            code => {
                whole.header.define(&segment, file)?;
                if scans == 0 && !matches!(code, 0xC4 | 0xDD) {
                    whole.segments.push(segment.at..segment.body.end);
                } else if code == 0xDB {
                    return Err(JpegError::Unsupported("quantisation that changes between scans"));
                }
            }
        }
    }
    whole.behind = at;
    if whole.planes.is_empty() || whole.planes.iter().any(|sent| sent.missing != [0; 64]) {
        let of = whole.header.mcus();
        return Err(JpegError::Damaged { what: "a scan is missing", mcu: 0, of });
    }
    whole.planes.iter_mut().for_each(Sent::fill_up);
    Ok(whole)
}

impl Sent {
    fn none(header: &Header, h: usize, v: usize) -> Self {
        let stride = header.mcus_across * h;
        let own = |size: usize, parts: usize, most: usize| (size * parts).div_ceil(8 * most);
        Self {
            stride,
            own: (own(header.width, h, header.h_max()), own(header.height, v, header.v_max())),
            blocks: vec![[0; 64]; stride * header.mcus_down * v],
            missing: [UNSENT; 64],
        }
    }

    /// Makes blocks that only fill up MCUs, of which nothing was sent, as bright as the one before or above.
    fn fill_up(&mut self) {
        let (across, down) = self.own;
        for at in 0..self.blocks.len() {
            let (row, column) = (at / self.stride, at % self.stride);
            let from = if column >= across { at.checked_sub(1) } else { at.checked_sub(self.stride) };
            if (column >= across || row >= down) && self.blocks[at] == [0; 64] {
                let dc = from.and_then(|from| self.blocks.get(from)).map_or(0, |block| block[0]);
                self.blocks[at][0] = dc;
            }
        }
    }
}

/// Walks over one scan; gives the place of the marker behind it.
fn scan(
    file: &[u8],
    header: &Header,
    sent: &mut [Sent],
    progressive: bool,
    fields: &mut Fields<'_>,
    mut from: usize,
) -> Result<usize, JpegError> {
    let bad = JpegError::NotJpeg("a scan's header is not one");
    let mut parts: Vec<Part> = Vec::new();
    for _ in 0..fields.byte()? {
        let (id, tables) = (fields.byte()?, usize::from(fields.byte()?));
        let number = header.components.iter().position(|c| c.id == id).ok_or(bad)?;
        if parts.iter().any(|part| part.0 >= number) {
            return Err(bad);
        }
        parts.push((number, tables >> 4, tables & 15));
    }
    let (first, last, bits) = (usize::from(fields.byte()?), usize::from(fields.byte()?), fields.byte()?);
    let (before, after) = (bits >> 4, bits & 15);
    let kind = match (progressive, first, last, before) {
        (false, 0, 63, 0) if after == 0 => Kind::Sequential,
        (true, 0, 0, 0) => Kind::DcFirst,
        (true, 0, 0, _) => Kind::DcMore,
        (true, 1..=63, 1..=63, 0) if first <= last && parts.len() == 1 => Kind::AcFirst,
        (true, 1..=63, 1..=63, _) if first <= last && parts.len() == 1 => Kind::AcMore,
        _ => return Err(bad),
    };
    let order = JpegError::Damaged { what: "its scans are not in order", mcu: 0, of: header.mcus() };
    for (number, ..) in &parts {
        let missing = sent.get_mut(*number).and_then(|sent| sent.missing.get_mut(first..=last)).ok_or(bad)?;
        let expected = if before == 0 { UNSENT } else { before };
        if after > 13 || (before > 0 && after + 1 != before) || missing.iter().any(|bits| *bits != expected) {
            return Err(order);
        }
        missing.fill(after);
    }
    let (across, down) = match &parts[..] {
        [] => return Err(bad),
        // T.81 §A.2.2: the MCU of a scan of one component is a block.
        [(number, ..)] => sent.get(*number).map(|sent| sent.own).ok_or(bad)?,
        _ => (header.mcus_across, header.mcus_down),
    };
    let (all, mut mcu, mut number) = (across * down, 0, 0u8);
    loop {
        let damaged = |what| JpegError::Damaged { what, mcu, of: all };
        let (to, code, behind) = marker(file, from).ok_or(damaged("the file is cut off"))?;
        let next = header.restart.map_or(all, |each| (mcu + each).min(all));
        let reader = Reader::new(file.get(..to).unwrap_or_default(), from);
        let mut walk = Walk { kind, first, last, shift: u32::from(after), run: 0, before: [0; 4], reader };
        let mut walked = Ok(());
        for at in mcu..next {
            walked = walked.and_then(|()| walk.mcu(header, sent, &parts, at / across, at % across));
            if walked.is_err() || walk.reader.overran() {
                return Err(Stop::Broken.told(mcu, all));
            }
        }
        walk.reader.rest().ok_or_else(|| Stop::Broken.told(mcu, all))?;
        if next == all {
            return Ok(to);
        }
        if code != 0xD0 + number {
            return Err(damaged("a restart marker is missing or too many"));
        }
        (from, mcu, number) = (behind, next, (number + 1) % 8);
    }
}

/// The walk over an interval.
struct Walk<'a> {
    kind: Kind,
    first: usize,
    last: usize,
    /// How many of a value's lowest bits are not sent in this scan.
    shift: u32,
    /// Blocks that have no coefficient to come: the rest of a run (T.81 §G.1.2.2).
    run: u32,
    before: [i32; 4],
    reader: Reader<'a>,
}

impl Walk<'_> {
    fn mcu(
        &mut self,
        header: &Header,
        sent: &mut [Sent],
        parts: &[Part],
        row: usize,
        column: usize,
    ) -> Result<(), Broken> {
        for &(number, dc, ac) in parts {
            let component = header.components.get(number).ok_or(Broken)?;
            let sent = sent.get_mut(number).ok_or(Broken)?;
            let (h, v) = if parts.len() == 1 { (1, 1) } else { (component.h, component.v) };
            for y in row * v..(row + 1) * v {
                for x in column * h..(column + 1) * h {
                    let block = sent.blocks.get_mut(y * sent.stride + x).ok_or(Broken)?;
                    self.block(header, number, (dc, ac), block)?;
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn block(
        &mut self,
        header: &Header,
        number: usize,
        (dc, ac): (usize, usize),
        block: &mut Coefficients,
    ) -> Result<(), Broken> {
        let dcs = || header.dcs.get(dc).and_then(Option::as_deref).ok_or(Broken);
        let acs = || header.acs.get(ac).and_then(Option::as_deref).ok_or(Broken);
        match self.kind {
            Kind::Sequential => {
                let tables = Tables { dc: dcs()?, ac: acs()? };
                self.before[number] = tables.dc(&mut self.reader, self.before[number])?;
                tables.read(&mut self.reader, block)?;
                block[0] = self.before[number] as i16;
            }
            Kind::DcFirst => {
                self.before[number] = dcs()?.next(&mut self.reader, self.before[number])?;
                block[0] = i16::try_from(self.before[number] << self.shift).map_err(|_| Broken)?;
            }
            Kind::DcMore => block[0] |= (self.bits(1) << self.shift) as i16,
            Kind::AcFirst if self.run > 0 => self.run -= 1,
            Kind::AcFirst => {
                let mut at = self.first;
                while at <= self.last {
                    let (zeros, size) = self.symbol(acs()?)?;
                    match (zeros, size) {
                        (15, 0) => at += 16,
                        (_, 0) => {
                            self.run = (1 << zeros) - 1 + self.bits(zeros);
                            break;
                        }
                        _ => {
                            at += zeros as usize;
                            let value = self.reader.value(size) << self.shift;
                            *self.place(block, at)? = i16::try_from(value).map_err(|_| Broken)?;
                            at += 1;
                        }
                    }
                }
            }
            Kind::AcMore => self.more(acs, block)?,
        }
        Ok(())
    }

    /// T.81 §G.1.2.3: a bit for each coefficient that is not 0 already, between those that become so.
    fn more<'t>(
        &mut self,
        acs: impl Fn() -> Result<&'t AcTable, Broken>,
        block: &mut Coefficients,
    ) -> Result<(), Broken> {
        let mut at = self.first;
        while at <= self.last && self.run == 0 {
            let (mut zeros, size) = self.symbol(acs()?)?;
            let new = match (zeros, size) {
                (0..15, 0) => {
                    self.run = (1 << zeros) + self.bits(zeros);
                    break;
                }
                (15, 0) => 0,
                (_, 1) => self.reader.value(1) << self.shift,
                _ => return Err(Broken),
            };
            while at <= self.last {
                if block[at] != 0 {
                    self.correct(&mut block[at])?;
                } else if zeros == 0 {
                    break;
                } else {
                    zeros -= 1;
                }
                at += 1;
            }
            if new != 0 {
                *self.place(block, at)? = i16::try_from(new).map_err(|_| Broken)?;
            }
            at += 1;
        }
        if self.run > 0 {
            for value in block.iter_mut().take(self.last + 1).skip(at).filter(|value| **value != 0) {
                self.correct(value)?;
            }
            self.run -= 1;
        }
        Ok(())
    }

    /// The next bit of a coefficient that is not 0: away from 0.
    fn correct(&mut self, value: &mut i16) -> Result<(), Broken> {
        if self.bits(1) == 1 {
            *value = value.checked_add(value.signum() << self.shift).ok_or(Broken)?;
        }
        Ok(())
    }

    /// A coefficient, which has to be one of the scan's.
    fn place<'b>(&self, block: &'b mut Coefficients, at: usize) -> Result<&'b mut i16, Broken> {
        if at <= self.last { block.get_mut(at).ok_or(Broken) } else { Err(Broken) }
    }

    fn bits(&mut self, bits: u32) -> u32 {
        self.reader.refill();
        self.reader.take(bits)
    }

    /// Run and size of the next code; its value is in the reader's buffer, too.
    fn symbol(&mut self, table: &AcTable) -> Result<(u32, u32), Broken> {
        self.reader.refill();
        let symbol = self.reader.symbol(&table.codes).ok_or(Broken)?;
        Ok((u32::from(symbol >> 4), u32::from(symbol & 15)))
    }
}
