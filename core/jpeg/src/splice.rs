//! The splice and its undoing: the same walk, with another hand at the box.

use crate::bits::{Reader, Writer};
use crate::blend::{Cells, Mark, Plane};
use crate::block::Coefficients;
use crate::content::{count_leading, without_manifest};
use crate::error::JpegError;
use crate::extras;
use crate::header::Header;
use crate::luma::Luma;
use crate::retable::{fill_of, retabled, untabled};
use crate::scan::{Interval, Predictors, Stop, Walk, intervals, skip};
use crate::strip::behind_end;
use crate::undo::Undo;
use std::ops::Range;

/// A marked picture.
#[derive(Debug)]
pub struct Spliced {
    /// The file: outside the box every coefficient as in the camera's. What stands around the picture follows the policy of `extras`.
    pub file: Vec<u8>,
    /// What gives the camera's file back.
    pub undo: Undo,
    /// The box in pixels as stored, whole MCUs: left, top, and behind the last column and row. It may reach beyond the picture's edge, as
    /// MCUs do.
    pub pixels: [usize; 4],
    /// The gradient digest of the camera's picture, for finding one that was used before.
    pub dhash: u64,
}

/// Burns a mark in. Memory: `file`, the result (`file` and a sixteenth, unless the mark is long), what was replaced twice (once in the
/// undo data), 2 bytes a luma block, 0.3 MB of tables.
///
/// # Errors
/// [`JpegError`]; nothing was changed.
pub fn splice(file: &[u8], mark: &Mark<'_>) -> Result<Spliced, JpegError> {
    match spliced(file, mark) {
        Err(JpegError::NoCode) => {
            let (file, fills) = retabled(file)?;
            let mut spliced = spliced(&file, mark)?;
            spliced.undo.retabled = Some(fills);
            Ok(spliced)
        }
        done => done,
    }
}

fn spliced(file: &[u8], mark: &Mark<'_>) -> Result<Spliced, JpegError> {
    let header = Header::parse(file)?;
    let cells = mark.cells(&header)?;
    let planes = Plane::all(&header)?;
    let mut patches = Vec::new();
    let mut head = file.get(..header.scan_header).unwrap_or_default().to_vec();
    extras::unlink(file, &header, &mut head, &mut patches);
    extras::clear_thumbnail(file, &header, &mut head, &mut patches);
    head.extend_from_slice(file.get(header.scan_header..header.scan).unwrap_or_default());
    let manifests =
        u16::try_from(count_leading(&header)).map_err(|_| JpegError::NotJpeg("it begins with too many segments"))?;
    let undo = Undo {
        cells: cells.clone(),
        runs: Vec::new(),
        retabled: None,
        fills: Vec::new(),
        patches,
        trailer: Vec::new(),
        manifests,
    };
    let mut hand = Marking { mark, planes, undo, blocks: Blocks::new() };
    let (mut out, luma, end) = walk(file, &header, &cells, &mut hand, head)?;
    let behind = behind_end(file, end);
    out.extend_from_slice(file.get(end..behind).unwrap_or_default());
    hand.undo.trailer = file.get(behind..).unwrap_or_default().to_vec();
    let dhash = luma.digest(&header).ok_or(JpegError::NotJpeg("blocks are missing"))?;
    let (w, h) = header.mcu_size();
    let pixels = [cells.across.start * w, cells.down.start * h, cells.across.end * w, cells.down.end * h];
    Ok(Spliced { file: out, undo: hand.undo, pixels, dhash })
}

/// Gives the camera's file back, also from a marked file that a C2PA manifest was put into, in segments of APP11 right at its beginning.
///
/// # Errors
/// [`JpegError`] if the picture or the undo data is damaged. That the result is the camera's file is for its digest to say.
pub fn restore(marked: &[u8], undo: &Undo) -> Result<Vec<u8>, JpegError> {
    let marked = without_manifest(marked, &Header::parse(marked)?, usize::from(undo.manifests))?;
    let header = Header::parse(&marked)?;
    if undo.cells.across.end > header.mcus_across || undo.cells.down.end > header.mcus_down {
        return Err(JpegError::Undo);
    }
    let mut hand = Undoing { undo, next: 0 };
    let mut head = marked.get(..header.scan).unwrap_or_default().to_vec();
    if !head.get_mut(..header.scan_header).is_some_and(|head| extras::put_back(head, &undo.patches)) {
        return Err(JpegError::Undo);
    }
    let (mut file, _, end) = walk(&marked, &header, &undo.cells, &mut hand, head)?;
    if hand.next != undo.runs.len() {
        return Err(JpegError::Undo);
    }
    file.extend_from_slice(marked.get(end..).unwrap_or_default());
    file.extend_from_slice(&undo.trailer);
    match &undo.retabled {
        Some(fills) => untabled(&file, fills),
        None => Ok(file),
    }
}

/// What is done inside the box.
trait Hand {
    /// Reads the MCUs of a run and writes others. `last`: no MCU of the same interval follows.
    fn run(&mut self, walk: &mut Walk<'_>, mcus: Range<usize>, last: bool) -> Result<(), Stop>;
    /// What fills the interval's last byte, `bits` bits of it, where the read file has `read`.
    fn fill(&mut self, interval: usize, read: (u32, u32), bits: u32) -> u32;
}

/// All ones (T.81 §F.1.2.3).
pub(crate) fn ones(bits: u32) -> u32 {
    (1 << bits) - 1
}

/// The file up to the last interval's end, with `head` for what stands before the scan; the luma blocks; and where that end is.
fn walk(
    file: &[u8],
    header: &Header,
    cells: &Cells,
    hand: &mut impl Hand,
    head: Vec<u8>,
) -> Result<(Vec<u8>, Luma, usize), JpegError> {
    let intervals = intervals(file, header)?;
    let tables = header.tables()?;
    let mut out = head;
    out.reserve_exact(file.len() + file.len() / 16);
    let (mut copied, mut luma) = (header.scan, Luma::of(header));
    for (number, interval) in intervals.iter().enumerate() {
        out.extend_from_slice(file.get(copied..interval.bytes.start).unwrap_or_default());
        copied = interval.bytes.end;
        let data = file.get(..interval.bytes.end).unwrap_or_default();
        let mut walk = Walk {
            header,
            tables: &tables,
            data,
            reader: Reader::new(data, interval.bytes.start),
            writer: Writer::new(out),
            read: Predictors::default(),
            written: Predictors::default(),
            luma,
        };
        one(&mut walk, number, interval, cells, hand).map_err(|stop| stop.told(interval.mcus.start, header.mcus()))?;
        (out, luma) = (walk.writer.finish(), walk.luma);
    }
    Ok((out, luma, copied))
}

/// One interval.
fn one(
    walk: &mut Walk<'_>,
    number: usize,
    interval: &Interval,
    cells: &Cells,
    hand: &mut impl Hand,
) -> Result<(), Stop> {
    let mut mcu = next_in(cells, walk.header.mcus_across, interval.mcus.start).min(interval.mcus.end);
    walk.skip(mcu - interval.mcus.start)?;
    walk.written = walk.read;
    if mcu == interval.mcus.end {
        // Untouched: it was read so that damage is found, and is copied byte by byte.
        walk.reader.rest().ok_or(Stop::Broken)?;
        walk.writer.raw(walk.data.get(interval.bytes.clone()).unwrap_or_default());
        return Ok(());
    }
    walk.begin(interval.bytes.start);
    while mcu < interval.mcus.end {
        let row = mcu / walk.header.mcus_across * walk.header.mcus_across;
        let end = (row + cells.across.end).min(interval.mcus.end);
        hand.run(walk, mcu..end, end == interval.mcus.end)?;
        mcu = next_in(cells, walk.header.mcus_across, end).min(interval.mcus.end);
        walk.copy(mcu - end)?;
    }
    let read = walk.reader.rest().ok_or(Stop::Broken)?;
    let bits = walk.writer.lacking();
    let fill = hand.fill(number, read, bits);
    walk.writer.close(fill & ones(bits), bits);
    Ok(())
}

/// The first MCU of the box from `mcu` on; beyond the picture if there is none.
fn next_in(cells: &Cells, across: usize, mcu: usize) -> usize {
    let (row, column) = (mcu / across, mcu % across);
    let (row, column) = match () {
        () if row < cells.down.start => (cells.down.start, cells.across.start),
        () if column < cells.across.start => (row, cells.across.start),
        () if column < cells.across.end => (row, column),
        () => (row + 1, cells.across.start),
    };
    if row < cells.down.end { row * across + column } else { usize::MAX }
}

/// Blends the mark into the box and keeps what was there.
struct Marking<'a> {
    mark: &'a Mark<'a>,
    planes: Vec<Plane>,
    undo: Undo,
    blocks: Blocks,
}

/// Blocks of an MCU, with the DC coefficient of each.
pub(crate) type Blocks = Vec<(i32, Coefficients)>;

impl Hand for Marking<'_> {
    fn run(&mut self, walk: &mut Walk<'_>, mcus: Range<usize>, last: bool) -> Result<(), Stop> {
        let from = walk.reader.place();
        let mut blocks = std::mem::take(&mut self.blocks);
        for mcu in mcus.clone() {
            self.read(walk, mcu, &mut blocks)?;
            let following = if last || mcu + 1 < mcus.end { None } else { Some(following(walk)?) };
            write(walk, &mut blocks, following)?;
        }
        self.blocks = blocks;
        if walk.reader.overran() {
            return Err(Stop::Broken);
        }
        let mut kept = Writer::new(Vec::new());
        kept.copy(walk.data, from, walk.reader.place());
        let bits = kept.lacking();
        kept.close(ones(bits), bits);
        self.undo.runs.push(kept.finish());
        Ok(())
    }

    fn fill(&mut self, interval: usize, (read, length): (u32, u32), bits: u32) -> u32 {
        if read != ones(length) {
            self.undo.fills.push((interval, read));
        }
        ones(bits)
    }
}

impl Marking<'_> {
    /// Reads an MCU and blends the mark into its blocks.
    fn read(&self, walk: &mut Walk<'_>, mcu: usize, blocks: &mut Blocks) -> Result<(), Stop> {
        blocks.clear();
        let (row, column) = (mcu / walk.header.mcus_across, mcu % walk.header.mcus_across);
        for (at, (component, plane)) in walk.header.components.iter().zip(&self.planes).enumerate() {
            for block in 0..component.h * component.v {
                let place = (column * component.h + block % component.h, row * component.v + block / component.h);
                let mut coefficients = [0; 64];
                let dc = walk.dc(at)?;
                walk.tables[at].read(&mut walk.reader, &mut coefficients)?;
                let dc = self.mark.blend(plane, place, dc, &mut coefficients);
                blocks.push((dc, coefficients));
            }
        }
        Ok(())
    }
}

/// The first DC coefficient of each component in the MCU that the reader is at.
pub(crate) fn following(walk: &Walk<'_>) -> Result<Predictors, Stop> {
    let mut reader = Reader::at(walk.data, walk.reader.place());
    let mut first = walk.read;
    for ((component, tables), first) in walk.header.components.iter().zip(walk.tables).zip(&mut first) {
        let mut before = *first;
        for block in 0..component.h * component.v {
            before = tables.dc(&mut reader, before)?;
            tables.skip(&mut reader)?;
            if block == 0 {
                *first = before;
            }
        }
    }
    Ok(first)
}

/// Writes an MCU. A DC coefficient whose difference has no code, from the block before or to the `following` one, gives way to the
/// nearest one that has.
pub(crate) fn write(walk: &mut Walk<'_>, blocks: &mut Blocks, following: Option<Predictors>) -> Result<(), Stop> {
    let mut rest = blocks.iter();
    for (at, component) in walk.header.components.iter().enumerate() {
        let tables = walk.tables[at];
        let count = component.h * component.v;
        for (block, (dc, coefficients)) in rest.by_ref().take(count).enumerate() {
            let next = following.map(|first| first[at]).filter(|_| block + 1 == count);
            let before = walk.written[at];
            let fits = |dc: i32| {
                tables.has_difference(dc - before) && next.is_none_or(|next| tables.has_difference(next - dc))
            };
            let dc = nearest(*dc, fits).ok_or(Stop::NoCode)?;
            if !tables.put_difference(&mut walk.writer, dc - before) || !tables.put(&mut walk.writer, coefficients) {
                return Err(Stop::NoCode);
            }
            walk.written[at] = dc;
        }
    }
    Ok(())
}

/// The value nearest to `wanted` that fits; DC coefficients have 11 bits and a sign.
fn nearest(wanted: i32, fits: impl Fn(i32) -> bool) -> Option<i32> {
    (0..2048).flat_map(|far| [wanted + far, wanted - far]).find(|value| fits(*value))
}

/// Puts back what was there.
struct Undoing<'a> {
    undo: &'a Undo,
    next: usize,
}

impl Hand for Undoing<'_> {
    fn run(&mut self, walk: &mut Walk<'_>, mcus: Range<usize>, _: bool) -> Result<(), Stop> {
        walk.skip(mcus.len())?;
        let kept = self.undo.runs.get(self.next).ok_or(Stop::Undo)?;
        self.next += 1;
        let mut reader = Reader::new(kept, 0);
        let from = reader.place();
        skip(walk.header, walk.tables, &mut reader, mcus.len(), &mut walk.written, |_| {}).map_err(|_| Stop::Undo)?;
        if reader.overran() {
            return Err(Stop::Undo);
        }
        walk.writer.copy(kept, from, reader.place());
        Ok(())
    }

    fn fill(&mut self, interval: usize, _: (u32, u32), bits: u32) -> u32 {
        fill_of(&self.undo.fills, interval).unwrap_or(ones(bits))
    }
}
