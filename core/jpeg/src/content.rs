//! The file without what is added to it after it was signed: segments of APP11, which carry a C2PA manifest.

use crate::error::JpegError;
use crate::header::Header;
use std::borrow::Cow;
use std::ops::Range;

const APP11: u8 = 0xEB;

/// The parts of a file that its content digest is taken over, in order: all of it but the segments of APP11, the camera's own included.
///
/// # Errors
/// [`JpegError`] if it is not a picture of a form that [`Header::parse`] reads.
pub fn content(file: &[u8]) -> Result<Vec<Range<usize>>, JpegError> {
    let header = Header::parse(file)?;
    let mut parts = Vec::new();
    let mut from = 0;
    for (_, body) in header.applications.iter().filter(|(code, _)| *code == APP11) {
        parts.push(from..body.start - 4);
        from = body.end;
    }
    parts.push(from..file.len());
    Ok(parts)
}

/// How many segments of APP11 the file begins with, and where the last one ends.
fn leading(header: &Header) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut at = 2;
    for (code, body) in &header.applications {
        if *code != APP11 || body.start != at + 4 {
            break;
        }
        at = body.end;
        ends.push(at);
    }
    ends
}

/// How many segments of APP11 the file begins with.
pub(crate) fn count_leading(header: &Header) -> usize {
    leading(header).len()
}

/// The file as it was before a manifest was put in: right behind the first marker, before the `own` segments of APP11 that the camera's file
/// begins with.
pub(crate) fn without_manifest<'a>(file: &'a [u8], header: &Header, own: usize) -> Result<Cow<'a, [u8]>, JpegError> {
    let ends = leading(header);
    match ends.len().checked_sub(own) {
        None => Err(JpegError::Undo),
        Some(0) => Ok(Cow::Borrowed(file)),
        Some(added) => {
            let end = ends.get(added - 1).copied().unwrap_or(2);
            let (begin, rest) = (file.get(..2).unwrap_or_default(), file.get(end..).unwrap_or_default());
            Ok(Cow::Owned([begin, rest].concat()))
        }
    }
}
