//! The strip: rows or columns of MCUs added beside the picture, with the mark in them. Nothing of the picture is covered, and the camera's
//! file is given back from the marked one alone.
//!
//! The strip lies at the edge that is *shown* at the bottom, which EXIF's orientation puts at any stored edge. At the stored bottom, in a
//! file without restart markers of its own, the scan is one restart interval of the new file and is copied without a look into it; then
//! nobody has counted its MCUs, and [`Stripped::dhash`] is none until [`survey`](crate::survey) was called. Otherwise the scan is walked
//! once: MCUs are added in between, the first MCU behind them gets new DC differences, and restart markers are left out. What has to be put
//! back then is written into a segment of the file, a [`Note`].
//!
//! A picture whose last row or column of MCUs reaches beyond its edge shows those samples, up to 15 lines of them, between itself and a
//! strip at the stored bottom or right: encoders repeat the edge there.

use crate::bits::{Reader, Writer};
use crate::blend::{Mark, Plane};
use crate::block::Tables;
use crate::content::{count_leading, without_manifest};
use crate::error::JpegError;
use crate::extras::{self, turned};
use crate::header::Header;
use crate::luma::Luma;
use crate::note::{Note, Side};
use crate::retable::{Fills, fill_of, retabled, untabled};
use crate::scan::{Predictors, Stop, Walk, intervals};
use crate::splice::{Blocks, following, ones, write};
use std::ops::Range;

/// A picture with its strip.
#[derive(Debug)]
pub struct Stripped {
    /// The file.
    pub file: Vec<u8>,
    /// The strip in pixels as stored: left, top, and behind its last column and row.
    pub pixels: [usize; 4],
    /// The gradient digest of the camera's picture; none if the scan was copied without being walked over, and so not checked either.
    pub dhash: Option<u64>,
}

/// Adds a strip at `side` with the ink of `mark` on its plate, which is opaque here. The strip is as long as that side of the picture, in whole
/// MCUs; `mark.x` and `mark.y` count from its first pixel, and its depth is what the mark reaches, in whole MCUs. Memory: `file`, the result
/// (`file` and an eighth, unless the strip is deep), 0.3 MB of tables, and 2 bytes a luma block where the scan is walked.
///
/// # Errors
/// [`JpegError`]: a form that cannot be extended without loss, or more than 65,535 lines or columns.
pub fn strip(file: &[u8], side: Side, mark: &Mark<'_>) -> Result<Stripped, JpegError> {
    match stripped(file, side, mark, None) {
        Err(JpegError::NoCode) => {
            let (file, fills) = retabled(file)?;
            stripped(&file, side, mark, Some(fills))
        }
        done => done,
    }
}

fn stripped(file: &[u8], side: Side, mark: &Mark<'_>, fills: Option<Fills>) -> Result<Stripped, JpegError> {
    let header = Header::parse(file)?;
    let (w, h) = header.mcu_size();
    let (mark_w, mark_h) = (mark.x.saturating_add(mark.width), mark.y.saturating_add(mark.height));
    if mark_w > MOST || mark_h > MOST {
        return Err(JpegError::Box { width: header.mcus_across, height: header.mcus_down });
    }
    let (across, down) = if side.along_rows() {
        (mark_w.div_ceil(w), header.mcus_down)
    } else {
        (header.mcus_across, mark_h.div_ceil(h))
    };
    let whole_ink = mark.width.checked_mul(mark.height) == Some(mark.ink.len());
    if !whole_ink || mark_w > across * w || mark_h > down * h || mark.ink.is_empty() {
        return Err(JpegError::Box { width: across, height: down });
    }
    let planes = Plane::all(&header)?;
    let (width, height, pixels) = match side {
        Side::Top => (header.width, header.height + down * h, [0, 0, across * w, down * h]),
        Side::Bottom => {
            let top = header.mcus_down * h;
            (header.width, top + down * h, [0, top, across * w, top + down * h])
        }
        Side::Left => (header.width + across * w, header.height, [0, 0, across * w, down * h]),
        Side::Right => {
            let left = header.mcus_across * w;
            (left + across * w, header.height, [left, 0, left + across * w, down * h])
        }
    };
    let short = |number: usize| u16::try_from(number).ok();
    let (Some(width), Some(height), Some(across_u), Some(down_u)) =
        (short(width), short(height), short(across), short(down))
    else {
        return Err(JpegError::Unsupported("a picture of more than 65,535 lines or columns with its strip"));
    };
    let manifests =
        u16::try_from(count_leading(&header)).map_err(|_| JpegError::NotJpeg("it begins with too many segments"))?;
    let mut note = Note {
        side,
        width: header.width as u16,
        height: header.height as u16,
        restart: header.restart.unwrap_or(0) as u16,
        across: across_u,
        down: down_u,
        whole: side == Side::Bottom && header.restart.is_none() && header.mcus() <= usize::from(u16::MAX),
        defines_restart: header.restart_at.is_some(),
        retabled: fills.is_some(),
        fills: fills.unwrap_or_default(),
        patches: Vec::new(),
        manifests,
    };
    let adding = Adding {
        header: &header,
        tables: header.tables()?,
        planes,
        mark: Mark { plate: mark.plate.opaque(), ..*mark },
        across,
    };
    let restart = if note.whole { header.mcus() as u16 } else { 0 };
    let mut out = header.rewritten(file, width, height, restart);
    let sos = out.split_off(out.len() - (header.scan - header.scan_header));
    extras::unlink(file, &header, &mut out, &mut note.patches);
    extras::resize(file, &header, &mut out, &mut note.patches, width, height);
    let (segment, at) = (note.segment()?, out.len());
    out.reserve_exact(file.len() + file.len() / 8);
    out.extend_from_slice(&segment);
    out.extend_from_slice(&sos);
    let (mut out, luma, end) =
        if note.whole { adding.below(file, down, out)? } else { adding.among(file, &mut note, out)? };
    // What the camera filled intervals with is known behind the last one only; it is ones but for a few makers.
    let known = note.segment()?;
    if known != segment {
        out.splice(at..at + segment.len(), known);
    }
    let behind = behind_end(file, end);
    out.extend_from_slice(file.get(end..behind).unwrap_or_default());
    out.extend(turned(file.get(behind..).unwrap_or_default()));
    Ok(Stripped { file: out, pixels, dhash: luma.digest(&header) })
}

/// Where what follows the end marker begins; `end` is where the scan's data ends. Fill bytes may stand before the marker.
pub(crate) fn behind_end(file: &[u8], end: usize) -> usize {
    end + file.get(end..).and_then(|rest| rest.iter().position(|byte| *byte == 0xD9)).map_or(0, |at| at + 1)
}

/// Gives the camera's file back.
///
/// # Errors
/// [`JpegError::Undo`] if the file has no strip of this kind; others if it is damaged. That the result is the camera's file is for its
/// digest to say.
pub fn unstrip(marked: &[u8]) -> Result<Vec<u8>, JpegError> {
    let header = Header::parse(marked)?;
    let (note, _) = Note::find(&header, marked)?;
    let marked = without_manifest(marked, &header, usize::from(note.manifests))?;
    let header = Header::parse(&marked)?;
    let (_, segment) = Note::find(&header, &marked)?;
    // Whatever was put in front of the scan: the note, and the restart interval where the camera's file has none.
    if segment.end != header.scan_header || (header.restart_at.is_none() && (note.defines_restart || note.whole)) {
        return Err(JpegError::Undo);
    }
    let added = header.restart_at.filter(|_| !note.defines_restart);
    if added.is_some_and(|at| at + 2 != segment.start) {
        return Err(JpegError::Undo);
    }
    let mut out = header.rewritten(&marked, note.width, note.height, note.restart);
    let sos = out.split_off(header.scan_header);
    out.truncate(if added.is_some() { segment.start - DRI_BYTES } else { segment.start });
    if !extras::put_back(&mut out, &note.patches) {
        return Err(JpegError::Undo);
    }
    out.extend_from_slice(&sos);
    let camera = Header::parse(&out)?;
    if (camera.mcus_across, camera.mcus_down) != note.camera_mcus(&header) {
        return Err(JpegError::Undo);
    }
    let intervals = intervals(&marked, &header)?;
    let end = intervals.last().map_or(marked.len(), |last| last.bytes.end);
    if note.whole {
        let first = intervals.first().ok_or(JpegError::Undo)?;
        out.extend_from_slice(marked.get(first.bytes.clone()).unwrap_or_default());
    } else {
        let [only] = &intervals[..] else { return Err(JpegError::Undo) };
        out = taken_out(marked.get(..only.bytes.end).unwrap_or_default(), header.scan, &camera, &note, out)?;
    }
    let behind = behind_end(&marked, end);
    out.extend_from_slice(marked.get(end..behind).unwrap_or_default());
    out.extend(turned(marked.get(behind..).unwrap_or_default()));
    if note.retabled { untabled(&out, &note.fills) } else { Ok(out) }
}

/// Lines or columns of a picture at most (T.81 §B.2.2).
const MOST: usize = 65_535;
/// Bytes of a segment that defines a restart interval.
const DRI_BYTES: usize = 6;

impl Header {
    /// The segments with another size and restart interval, up to the coded data. Where the file defines no restart interval, one that is
    /// not 0 is defined right before the scan.
    fn rewritten(&self, file: &[u8], width: u16, height: u16, restart: u16) -> Vec<u8> {
        let mut out = file.get(..self.scan_header).unwrap_or_default().to_vec();
        let mut put = |at: usize, value: u16| {
            if let Some(place) = out.get_mut(at..at + 2) {
                place.copy_from_slice(&value.to_be_bytes());
            }
        };
        put(self.height_at, height);
        put(self.height_at + 2, width);
        match self.restart_at {
            Some(at) => put(at, restart),
            None if restart > 0 => {
                out.extend_from_slice(&[0xFF, 0xDD, 0, 4]);
                out.extend_from_slice(&restart.to_be_bytes());
            }
            None => {}
        }
        out.extend_from_slice(file.get(self.scan_header..self.scan).unwrap_or_default());
        out
    }
}

/// Writes the strip's MCUs.
struct Adding<'a> {
    header: &'a Header,
    tables: Vec<Tables<'a>>,
    planes: Vec<Plane>,
    mark: Mark<'a>,
    /// MCUs in a row of the strip.
    across: usize,
}

impl Adding<'_> {
    /// Appends the coded data with the strip as intervals of its own; says where the camera's data ended.
    fn below(&self, file: &[u8], down: usize, mut out: Vec<u8>) -> Result<(Vec<u8>, Luma, usize), JpegError> {
        let intervals = intervals(file, self.header)?;
        let end = intervals.last().map_or(file.len(), |last| last.bytes.end);
        out.extend_from_slice(file.get(self.header.scan..end).unwrap_or_default());
        let (all, each) = (self.across * down, self.header.mcus());
        for (number, from) in (0..all).step_by(each).enumerate() {
            out.extend([0xFF, 0xD0 + (number % 8) as u8]);
            let mut walk = self.walk(&[], 0, Writer::new(out));
            self.put(&mut walk, from..(from + each).min(all), false)
                .map_err(|stop| self.told(stop, self.header.mcus()))?;
            out = closed(walk.writer);
        }
        Ok((out, Luma::default(), end))
    }

    /// Appends the coded data with the strip's MCUs in between; says where the camera's data ended.
    fn among(&self, file: &[u8], note: &mut Note, out: Vec<u8>) -> Result<(Vec<u8>, Luma, usize), JpegError> {
        let intervals = intervals(file, self.header)?;
        let end = intervals.last().map_or(file.len(), |last| last.bytes.end);
        if intervals.windows(2).any(|pair| pair[1].bytes.start != pair[0].bytes.end + 2) {
            return Err(JpegError::Unsupported("fill bytes before restart markers"));
        }
        let (across, down) = (self.header.mcus_across, usize::from(note.down));
        let mut walk = self.walk(&[], 0, Writer::new(out));
        walk.luma = Luma::of(self.header);
        for (number, interval) in intervals.iter().enumerate() {
            let told = |stop| self.told(stop, interval.mcus.start);
            walk.data = file.get(..interval.bytes.end).unwrap_or_default();
            walk.reader = Reader::new(walk.data, interval.bytes.start);
            walk.read = Predictors::default();
            if number == 0 && note.side == Side::Top {
                self.put(&mut walk, 0..across * down, true).map_err(told)?;
            }
            let mut mcu = interval.mcus.start;
            while mcu < interval.mcus.end {
                let (row, column) = (mcu / across, mcu % across);
                let strip = row * self.across..(row + 1) * self.across;
                if note.side == Side::Left && column == 0 {
                    self.put(&mut walk, strip.clone(), true).map_err(told)?;
                }
                let next = ((row + 1) * across).min(interval.mcus.end);
                walk.copy(next - mcu).map_err(told)?;
                if note.side == Side::Right && next % across == 0 {
                    self.put(&mut walk, strip, next < interval.mcus.end).map_err(told)?;
                }
                mcu = next;
            }
            let (fill, bits) = walk.reader.rest().ok_or_else(|| told(Stop::Broken))?;
            if fill != ones(bits) {
                note.fills.push((number, fill));
            }
        }
        if note.side == Side::Bottom {
            self.put(&mut walk, 0..across * down, false).map_err(|stop| self.told(stop, self.header.mcus()))?;
        }
        Ok((closed(walk.writer), walk.luma, end))
    }

    fn walk<'w>(&'w self, data: &'w [u8], from: usize, writer: Writer) -> Walk<'w> {
        Walk {
            header: self.header,
            tables: &self.tables,
            data,
            reader: Reader::new(data, from),
            writer,
            read: Predictors::default(),
            written: Predictors::default(),
            luma: Luma::default(),
        }
    }

    /// Writes MCUs of the strip. `followed`: the reader is at the MCU that comes next.
    fn put(&self, walk: &mut Walk<'_>, mcus: Range<usize>, followed: bool) -> Result<(), Stop> {
        let mut blocks = Blocks::new();
        for mcu in mcus.clone() {
            blocks.clear();
            let (row, column) = (mcu / self.across, mcu % self.across);
            for (component, plane) in self.header.components.iter().zip(&self.planes) {
                for block in 0..component.h * component.v {
                    let place = (column * component.h + block % component.h, row * component.v + block / component.h);
                    let mut coefficients = [0; 64];
                    let dc = self.mark.blend(plane, place, 0, &mut coefficients);
                    blocks.push((dc, coefficients));
                }
            }
            let next = if followed && mcu + 1 == mcus.end { Some(following(walk)?) } else { None };
            write(walk, &mut blocks, next)?;
        }
        Ok(())
    }

    fn told(&self, stop: Stop, mcu: usize) -> JpegError {
        stop.told(mcu, self.header.mcus())
    }
}

/// The camera's coded data out of the one interval of a marked file, from `scan` to the end of `data`, behind `out`.
fn taken_out(data: &[u8], scan: usize, camera: &Header, note: &Note, mut out: Vec<u8>) -> Result<Vec<u8>, JpegError> {
    let tables = camera.tables()?;
    let (all, across) = (camera.mcus(), camera.mcus_across);
    let (strip_across, strip) = (usize::from(note.across), usize::from(note.across) * usize::from(note.down));
    let each = camera.restart.unwrap_or(all);
    out.reserve_exact(data.len());
    let mut walk = Walk {
        header: camera,
        tables: &tables,
        data,
        reader: Reader::new(data, scan),
        writer: Writer::new(out),
        read: Predictors::default(),
        written: Predictors::default(),
        luma: Luma::default(),
    };
    let told = |stop: Stop| stop.told(0, all);
    if note.side == Side::Top {
        walk.skip(strip).map_err(|broken| told(broken.into()))?;
    }
    for (number, from) in (0..all).step_by(each).enumerate() {
        walk.written = Predictors::default();
        let (mut mcu, end) = (from, (from + each).min(all));
        while mcu < end {
            if note.side == Side::Left && mcu % across == 0 {
                walk.skip(strip_across).map_err(|broken| told(broken.into()))?;
            }
            let next = ((mcu / across + 1) * across).min(end);
            walk.copy(next - mcu).map_err(told)?;
            if note.side == Side::Right && next % across == 0 {
                walk.skip(strip_across).map_err(|broken| told(broken.into()))?;
            }
            mcu = next;
        }
        let bits = walk.writer.lacking();
        let kept = if note.retabled { None } else { fill_of(&note.fills, number) };
        walk.writer.close(kept.unwrap_or(ones(bits)) & ones(bits), bits);
        if end < all {
            walk.writer.raw(&[0xFF, 0xD0 + (number % 8) as u8]);
        }
    }
    if walk.reader.overran() {
        return Err(told(Stop::Broken));
    }
    Ok(walk.writer.finish())
}

fn closed(mut writer: Writer) -> Vec<u8> {
    let bits = writer.lacking();
    writer.close(ones(bits), bits);
    writer.finish()
}
