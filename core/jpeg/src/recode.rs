//! The same coefficients in a form that the splice takes: one interleaved scan, sequential, with the general tables of T.81 Annex K.
//!
//! Not one coefficient changes, nor do the segments before the scan or what stands behind the end marker; so a progressive picture is marked
//! as any other is. But the bytes of its scans are not kept, and the camera's file cannot be given back.

use crate::bits::Writer;
use crate::block::{Tables, size};
use crate::error::JpegError;
use crate::scans::Whole;
use crate::splice::ones;

/// T.81 table F.2: 10 bits are the most that a code for an AC coefficient has room for.
const AC_BITS: u32 = 10;

/// The file with all coefficients in one scan. `whole` has one component or three.
pub(crate) fn recoded(file: &[u8], mut whole: Whole) -> Result<Vec<u8>, JpegError> {
    let large = JpegError::Unsupported("coefficients that sequential coding has no codes for");
    let header = &mut whole.header;
    for (at, component) in header.components.iter_mut().enumerate() {
        (component.dc, component.ac) = (usize::from(at > 0), usize::from(at > 0));
    }
    let mut out = vec![0xFF, 0xD8];
    for segment in &whole.segments {
        out.extend_from_slice(file.get(segment.clone()).unwrap_or_default());
    }
    // Baseline coding has steps of 8 bits only.
    let steps = header.quants.iter().flatten().flat_map(|table| table.iter());
    out.extend([0xFF, if steps.clone().all(|step| *step < 256) { 0xC0 } else { 0xC1 }]);
    out.extend_from_slice(file.get(whole.frame).unwrap_or_default());
    let general = crate::retable::segment(header);
    out.extend_from_slice(&general);
    let count = header.components.len() as u8;
    out.extend([0xFF, 0xDA, 0, 6 + 2 * count, count]);
    out.extend(header.components.iter().flat_map(|c| [c.id, (c.dc << 4 | c.ac) as u8]));
    out.extend([0, 63, 0]);
    // What was just written says which codes there are.
    let written = crate::header::Header::parse(&out)?;
    let tables = written.tables()?;
    out.reserve(file.len() + file.len() / 8);
    let (mut writer, mut before) = (Writer::new(out), [0; 3]);
    for mcu in 0..header.mcus() {
        let (row, column) = (mcu / header.mcus_across, mcu % header.mcus_across);
        for (((component, plane), tables), before) in
            header.components.iter().zip(&whole.planes).zip(&tables).zip(&mut before)
        {
            for block in 0..component.h * component.v {
                let (x, y) = (column * component.h + block % component.h, row * component.v + block / component.h);
                let block = plane.blocks.get(y * plane.stride + x).ok_or(large)?;
                if !put(tables, &mut writer, block, before) {
                    return Err(large);
                }
            }
        }
    }
    let bits = writer.lacking();
    writer.close(ones(bits), bits);
    writer.raw(&[0xFF, 0xD9]);
    writer.raw(file.get(whole.behind..).unwrap_or_default());
    Ok(writer.finish())
}

/// Writes a block as it is; false if there is no code for it.
fn put(tables: &Tables<'_>, to: &mut Writer, block: &[i16; 64], before: &mut i32) -> bool {
    let dc = i32::from(block[0]);
    // Otherwise the nearest value with a code would be written.
    let fits = block[1..].iter().all(|value| size(i32::from(*value)) <= AC_BITS);
    let written = fits && tables.put_difference(to, dc - *before) && tables.put(to, block);
    *before = dc;
    written
}
