//! Other Huffman tables for the same symbols.
//!
//! Tables that were made for one picture may lack every code that a dark strip needs beside a bright picture. Then the scan is coded again
//! with the tables that T.81 Annex K gives for any picture. They are defined in a segment right before the scan, where they take the place
//! of the file's own, which stay where they are: taking that segment out and coding again with what is left gives the file back.

use crate::bits::{Block, Reader, Writer};
use crate::block::{Broken, Tables};
use crate::error::JpegError;
use crate::header::Header;
use crate::huffman::coefficients;
use crate::scan::{Stop, intervals};
use crate::splice::ones;

/// Interval and bits, in the order of the intervals: where the camera filled the last byte otherwise than with ones.
pub(crate) type Fills = Vec<(usize, u32)>;

/// What an interval was filled with, if not with ones.
pub(crate) fn fill_of(fills: &Fills, interval: usize) -> Option<u32> {
    let at = fills.binary_search_by_key(&interval, |(number, _)| *number).ok()?;
    fills.get(at).map(|(_, fill)| *fill)
}

/// The file with the general tables, and what its own intervals were filled with.
pub(crate) fn retabled(file: &[u8]) -> Result<(Vec<u8>, Fills), JpegError> {
    let own = Header::parse(file)?;
    let mut head = file.get(..own.scan_header).unwrap_or_default().to_vec();
    head.extend(segment(&own));
    head.extend_from_slice(file.get(own.scan_header..own.scan).unwrap_or_default());
    let general = Header::parse(&head)?;
    let mut fills = Fills::new();
    let out = recoded(file, &own, &general, head, |interval, (read, length), _| {
        if read != ones(length) {
            fills.push((interval, read));
        }
        None
    })?;
    Ok((out, fills))
}

/// The file with its own tables again.
pub(crate) fn untabled(file: &[u8], fills: &Fills) -> Result<Vec<u8>, JpegError> {
    let general = Header::parse(file)?;
    let length = segment(&general).len();
    let kept = general.scan_header.checked_sub(length).ok_or(JpegError::Undo)?;
    if file.get(kept..general.scan_header) != Some(&segment(&general)[..]) {
        return Err(JpegError::Undo);
    }
    let mut head = file.get(..kept).unwrap_or_default().to_vec();
    head.extend_from_slice(file.get(general.scan_header..general.scan).unwrap_or_default());
    let own = Header::parse(&head)?;
    recoded(file, &general, &own, head, |interval, _, _| fill_of(fills, interval))
}

fn recoded(
    file: &[u8],
    from: &Header,
    to: &Header,
    head: Vec<u8>,
    mut fill: impl FnMut(usize, (u32, u32), u32) -> Option<u32>,
) -> Result<Vec<u8>, JpegError> {
    let (old, new) = (from.tables()?, to.tables()?);
    let mut out = head;
    out.reserve(file.len());
    let mut copied = from.scan;
    for (number, interval) in intervals(file, from)?.iter().enumerate() {
        let told = |stop: Stop| stop.told(interval.mcus.start, from.mcus());
        out.extend_from_slice(file.get(copied..interval.bytes.start).unwrap_or_default());
        copied = interval.bytes.end;
        let mut reader = Reader::new(file.get(..interval.bytes.end).unwrap_or_default(), interval.bytes.start);
        let mut writer = Writer::new(out);
        for _ in interval.mcus.clone() {
            for ((component, old), new) in from.components.iter().zip(&old).zip(&new) {
                for _ in 0..component.h * component.v {
                    block(&mut reader, &mut writer, old, new).map_err(told)?;
                }
            }
        }
        let read = reader.rest().ok_or_else(|| told(Stop::Broken))?;
        let bits = writer.lacking();
        writer.close(fill(number, read, bits).unwrap_or(ones(bits)) & ones(bits), bits);
        out = writer.finish();
    }
    out.extend_from_slice(file.get(copied..).unwrap_or_default());
    Ok(out)
}

/// One block, symbol by symbol.
fn block(from: &mut Reader<'_>, to: &mut Writer, old: &Tables<'_>, new: &Tables<'_>) -> Result<(), Stop> {
    from.refill();
    let size = from.symbol(&old.dc.codes).ok_or(Broken)?;
    let (code, bits) = new.dc.codes.code(size).ok_or(Stop::NoCode)?;
    to.put(code, bits);
    to.put(from.take(u32::from(size)), u32::from(size));
    let mut passed = 1;
    while passed < 64 {
        from.refill();
        let symbol = from.symbol(&old.ac.codes).ok_or(Broken)?;
        let (code, bits) = new.ac.codes.code(symbol).ok_or(Stop::NoCode)?;
        to.put(code, bits);
        to.put(from.take(u32::from(symbol & 15)), u32::from(symbol & 15));
        passed += coefficients(symbol);
    }
    if Block::after(passed) == Block::Over { Ok(()) } else { Err(Stop::Broken) }
}

/// A segment that defines the general tables for every slot that the scan uses: those of luminance where the first component uses it,
/// those of chrominance elsewhere.
pub(crate) fn segment(header: &Header) -> Vec<u8> {
    let mut body = Vec::new();
    for (class, of) in [(0u8, [&DC_LUMINANCE, &DC_CHROMINANCE]), (1, [&AC_LUMINANCE, &AC_CHROMINANCE])] {
        let slot = |at: usize| header.components.get(at).map(|c| if class == 0 { c.dc } else { c.ac });
        let mut done = Vec::new();
        for slot in (0..header.components.len()).filter_map(slot) {
            if !done.contains(&slot) {
                let table: &General = of[usize::from(!done.is_empty())];
                body.push(class << 4 | slot as u8);
                body.extend_from_slice(&table.counts);
                body.extend_from_slice(table.symbols);
                done.push(slot);
            }
        }
    }
    let mut segment = vec![0xFF, 0xC4];
    segment.extend((body.len() as u16 + 2).to_be_bytes());
    segment.extend(body);
    segment
}

/// Codes of each length from 1 to 16, and the symbols in their order.
struct General {
    counts: [u8; 16],
    symbols: &'static [u8],
}

/// T.81 table K.3.
const DC_LUMINANCE: General = General {
    counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};

/// T.81 table K.4.
const DC_CHROMINANCE: General = General {
    counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
    symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
};

/// T.81 table K.5.
const AC_LUMINANCE: General = General {
    counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
    symbols: &[
        0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22, 0x71,
        0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33, 0x62, 0x72,
        0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34, 0x35, 0x36, 0x37,
        0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59,
        0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x83,
        0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3,
        0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3,
        0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2,
        0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
    ],
};

/// T.81 table K.6.
const AC_CHROMINANCE: General = General {
    counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
    symbols: &[
        0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13, 0x22,
        0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0, 0x15, 0x62, 0x72, 0xd1,
        0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x35, 0x36,
        0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58,
        0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a,
        0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a,
        0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba,
        0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda,
        0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
    ],
};
