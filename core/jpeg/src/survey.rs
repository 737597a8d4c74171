//! Reading the whole picture without changing it: to check it, and to say which coefficients a mark left alone.
//!
//! The statement "only the box changed" is a digest that the camera's file and the marked one share. It is taken over bytes that
//! [`untouched`] gives out, for each component on its own, in the frame's order:
//!
//! ```text
//! blocks of an MCU across and down (u8 each; 1 and 1 in a picture of one component),
//! quantisation steps (64 × u16, row by row),
//! for each row of blocks that has one outside the box: how many (u32), and of each, left to right, the 64 coefficients (i16, row by row)
//! ```
//!
//! All numbers are big endian. MCUs are whole: blocks that lie beyond the picture's edge count. The digest of the picture is
//! SHA-256 ("daka coefficients 0" ‖ 0x00 ‖ number of components (u8) ‖ SHA-256 of each component's bytes). With a strip, the box is the
//! strip, and what is left are the camera's blocks.

use crate::bits::Reader;
use crate::blend::ZIGZAG;
use crate::error::JpegError;
use crate::header::Header;
use crate::luma::Luma;
use crate::scan::{Predictors, Stop, intervals, skip};

/// Walks over the whole scan: every MCU, every restart marker and the end marker are counted. Gives the gradient digest of the picture.
///
/// # Errors
/// [`JpegError`]: another form, or a damaged scan.
pub fn survey(file: &[u8]) -> Result<u64, JpegError> {
    let header = Header::parse(file)?;
    let tables = header.tables()?;
    let mut luma = Luma::of(&header);
    for interval in intervals(file, &header)? {
        let told = |stop: Stop| stop.told(interval.mcus.start, header.mcus());
        let mut reader = Reader::new(file.get(..interval.bytes.end).unwrap_or_default(), interval.bytes.start);
        let mut sums = Predictors::default();
        skip(&header, &tables, &mut reader, interval.mcus.len(), &mut sums, |dc| luma.push(dc))
            .map_err(|broken| told(broken.into()))?;
        reader.rest().ok_or_else(|| told(Stop::Broken))?;
    }
    luma.digest(&header).ok_or(JpegError::NotJpeg("blocks are missing"))
}

/// Gives out the coefficients outside the box, which is in pixels as stored and of whole MCUs, as [`Spliced`](crate::Spliced) and
/// [`Stripped`](crate::Stripped) say it: the component's number from 0 on, and bytes to append to those given before. In memory is one row
/// of MCUs.
///
/// # Errors
/// [`JpegError`]: another form, a damaged scan, or a box that is not of whole MCUs inside the picture.
pub fn untouched(
    file: &[u8],
    outside: Option<[usize; 4]>,
    mut give: impl FnMut(usize, &[u8]),
) -> Result<(), JpegError> {
    let header = Header::parse(file)?;
    let tables = header.tables()?;
    let (w, h) = header.mcu_size();
    let [left, top, right, bottom] = outside.unwrap_or_default();
    let (across, down) = (left / w..right / w, top / h..bottom / h);
    let whole = [left % w, right % w, top % h, bottom % h] == [0; 4] && left <= right && top <= bottom;
    if !whole || across.end > header.mcus_across || down.end > header.mcus_down {
        return Err(JpegError::Box { width: header.mcus_across, height: header.mcus_down });
    }
    for (at, component) in header.components.iter().enumerate() {
        give(at, &[component.h as u8, component.v as u8]);
        let steps = header.quants.get(component.quant).and_then(Option::as_deref);
        let steps = natural(steps.ok_or(JpegError::NotJpeg("a component's table is missing"))?);
        give(at, &steps.map(u16::to_be_bytes).concat());
    }
    // The rows of blocks of one row of MCUs, by component.
    let mut rows: Vec<Vec<Vec<u8>>> = header.components.iter().map(|c| vec![Vec::new(); c.v]).collect();
    for interval in intervals(file, &header)? {
        let told = |stop: Stop| stop.told(interval.mcus.start, header.mcus());
        let mut reader = Reader::new(file.get(..interval.bytes.end).unwrap_or_default(), interval.bytes.start);
        let mut sums = Predictors::default();
        for mcu in interval.mcus.clone() {
            let (row, column) = (mcu / header.mcus_across, mcu % header.mcus_across);
            let inside = across.contains(&column) && down.contains(&row);
            for (at, (component, tables)) in header.components.iter().zip(&tables).enumerate() {
                for block in 0..component.h * component.v {
                    let mut coefficients = [0; 64];
                    sums[at] = tables.dc(&mut reader, sums[at]).map_err(|broken| told(broken.into()))?;
                    tables.read(&mut reader, &mut coefficients).map_err(|broken| told(broken.into()))?;
                    // It fits, as the walk makes sure.
                    coefficients[0] = sums[at] as i16;
                    if !inside {
                        rows[at][block / component.h]
                            .extend(natural(&coefficients).map(i16::to_be_bytes).as_flattened());
                    }
                }
            }
            if column + 1 == header.mcus_across {
                for (at, rows) in rows.iter_mut().enumerate() {
                    for row in rows.iter_mut().filter(|row| !row.is_empty()) {
                        give(at, &((row.len() / 128) as u32).to_be_bytes());
                        give(at, row);
                        row.clear();
                    }
                }
            }
            if reader.overran() {
                return Err(told(Stop::Broken));
            }
        }
        reader.rest().ok_or_else(|| told(Stop::Broken))?;
    }
    Ok(())
}

/// Row by row instead of in the order of the file.
fn natural<T: Copy + Default>(zigzag: &[T; 64]) -> [T; 64] {
    let mut out = [T::default(); 64];
    for (value, place) in zigzag.iter().zip(ZIGZAG) {
        out[place] = *value;
    }
    out
}
