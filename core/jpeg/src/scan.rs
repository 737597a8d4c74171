//! The scan as a chain of restart intervals, and the walk over one of them.

use crate::bits::{At, Reader, Writer};
use crate::block::{Broken, Tables};
use crate::error::JpegError;
use crate::header::Header;
use crate::luma::Luma;
use std::ops::Range;

/// MCUs between two markers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    /// Its bytes in the file, without the marker behind it.
    pub(crate) bytes: Range<usize>,
    /// Its MCUs.
    pub(crate) mcus: Range<usize>,
}

/// The picture's intervals: each restart marker is where it has to be, and the end marker follows the last one. Between the last one and
/// the end marker some cameras write a restart marker that nothing follows.
pub(crate) fn intervals(file: &[u8], header: &Header) -> Result<Vec<Interval>, JpegError> {
    let all = header.mcus();
    let each = header.restart.unwrap_or(all);
    let mut out = Vec::new();
    let (mut from, mut mcu) = (header.scan, 0);
    loop {
        let damaged = |what| JpegError::Damaged { what, mcu, of: all };
        let (to, code, behind) = marker(file, from).ok_or(damaged("the file is cut off"))?;
        let next = (mcu + each).min(all);
        out.push(Interval { bytes: from..to, mcus: mcu..next });
        // A block takes two bits at least, one for each of its kinds of codes; so the work is bounded by the file's size, whatever its header
        // says.
        if (to - from) * 4 < (next - mcu) * header.blocks() {
            return Err(damaged("its data is too short"));
        }
        let (code, behind) = match marker(file, behind) {
            Some((end, 0xD9, after)) if next == all && matches!(code, 0xD0..=0xD7) && end == behind => (0xD9, after),
            _ => (code, behind),
        };
        let expected = if next == all { 0xD9 } else { 0xD0 + (out.len() as u8).wrapping_sub(1) % 8 };
        match code {
            code if code != expected => {
                return Err(match code {
                    0xDC => JpegError::Unsupported("a height that is said after the scan"),
                    0xD0..=0xD9 => damaged("a restart marker is missing or too many"),
                    0x00..=0xBF => damaged("a marker is unknown"),
                    _ => JpegError::Unsupported("more than one scan"),
                });
            }
            0xD9 => return Ok(out),
            _ => (from, mcu) = (behind, next),
        }
    }
}

/// Where the data from `from` ends, the marker's code, and what is behind it.
pub(crate) fn marker(file: &[u8], from: usize) -> Option<(usize, u8, usize)> {
    let mut at = from;
    loop {
        let end = at + memchr::memchr(0xFF, file.get(at..)?)?;
        match *file.get(end + 1)? {
            0 => at = end + 2,
            _ => {
                // Fill bytes belong to the marker.
                let code = end + 1 + file.get(end + 1..)?.iter().position(|byte| *byte != 0xFF)?;
                return Some((end, *file.get(code)?, code + 1));
            }
        }
    }
}

/// DC predictors by component.
pub(crate) type Predictors = [i32; 3];

/// One interval, read and written side by side.
pub(crate) struct Walk<'a> {
    pub(crate) header: &'a Header,
    pub(crate) tables: &'a [Tables<'a>],
    /// The file up to the interval's end.
    pub(crate) data: &'a [u8],
    pub(crate) reader: Reader<'a>,
    pub(crate) writer: Writer,
    /// The predictors of what was read, and of what was written.
    pub(crate) read: Predictors,
    pub(crate) written: Predictors,
    /// The DC coefficients of the luma blocks that were read.
    pub(crate) luma: Luma,
}

impl Walk<'_> {
    /// Goes over whole MCUs without writing.
    pub(crate) fn skip(&mut self, mcus: usize) -> Result<(), Broken> {
        skip(self.header, self.tables, &mut self.reader, mcus, &mut self.read, |dc| self.luma.push(dc))
    }

    /// The DC coefficient of the next block of a component.
    #[inline(always)]
    pub(crate) fn dc(&mut self, component: usize) -> Result<i32, Broken> {
        let dc = self.tables[component].dc(&mut self.reader, self.read[component])?;
        self.read[component] = dc;
        if component == 0 {
            self.luma.push(dc);
        }
        Ok(dc)
    }

    /// Copies whole MCUs. The first one gets new DC differences if what was written before it is not what was read.
    pub(crate) fn copy(&mut self, mut mcus: usize) -> Result<(), Stop> {
        // Between two runs with nothing in between the predictors go on as they are.
        if mcus == 0 {
            return Ok(());
        }
        if self.read != self.written {
            self.join()?;
            mcus -= 1;
        }
        let from = self.reader.place();
        self.skip(mcus)?;
        self.writer.copy(self.data, from, self.reader.place());
        self.written = self.read;
        Ok(())
    }

    /// Copies one MCU whose first block of each component follows another block than in the file.
    fn join(&mut self) -> Result<(), Stop> {
        for (at, component) in self.header.components.iter().enumerate() {
            for block in 0..component.h * component.v {
                let from = self.reader.place();
                self.dc(at)?;
                let from = if block > 0 {
                    from
                } else if self.tables[at].put_difference(&mut self.writer, self.read[at] - self.written[at]) {
                    self.reader.place()
                } else {
                    return Err(Stop::NoCode);
                };
                self.tables[at].skip(&mut self.reader)?;
                self.writer.copy(self.data, from, self.reader.place());
            }
            self.written[at] = self.read[at];
        }
        Ok(())
    }

    /// Copies the interval's bytes from its first one to where the reader is.
    pub(crate) fn begin(&mut self, from: usize) {
        let At { byte, bit } = self.reader.place();
        self.writer.raw(self.data.get(from..byte).unwrap_or_default());
        if let Some(partial) = self.data.get(byte).filter(|_| bit > 0) {
            self.writer.put(u32::from(*partial) >> (8 - bit), bit);
        }
    }
}

/// Goes over whole MCUs, adding their DC differences up; `seen` is told the DC coefficient of each luma block.
pub(crate) fn skip(
    header: &Header,
    tables: &[Tables<'_>],
    reader: &mut Reader<'_>,
    mcus: usize,
    sums: &mut Predictors,
    mut seen: impl FnMut(i32),
) -> Result<(), Broken> {
    let mut own = *reader;
    for _ in 0..mcus {
        for (at, ((component, tables), sum)) in header.components.iter().zip(tables).zip(&mut *sums).enumerate() {
            for _ in 0..component.h * component.v {
                *sum = tables.dc(&mut own, *sum)?;
                tables.skip(&mut own)?;
                if at == 0 {
                    seen(*sum);
                }
            }
        }
        if own.overran() {
            return Err(Broken);
        }
    }
    *reader = own;
    Ok(())
}

/// Why a walk ends.
#[derive(Debug)]
pub(crate) enum Stop {
    Broken,
    NoCode,
    Undo,
}

impl Stop {
    /// The error of an interval that begins with `mcu`.
    pub(crate) fn told(&self, mcu: usize, of: usize) -> JpegError {
        match self {
            Self::Broken => JpegError::Damaged { what: "its codes end before its MCUs, or after them", mcu, of },
            Self::NoCode => JpegError::NoCode,
            Self::Undo => JpegError::Undo,
        }
    }
}

impl From<Broken> for Stop {
    fn from(_: Broken) -> Self {
        Self::Broken
    }
}
