//! What a strip's picture has to say so that the camera's file can be given back from it alone: a segment of APP10 right before the scan.
//!
//! ```text
//! "DakaStrip" 0x00, version 0 (u8), side (u8), width, height, restart interval of the camera's file (u16 each; interval 0: none),
//! MCUs of the strip across and down, segments of APP11 that the camera's file begins with (u16 each),
//! flags (u8): 1 the scan was copied whole, 2 the camera's file has a segment for the restart interval, 4 the scan was coded again with
//! general tables first,
//! fills: number (u16) of intervals that the camera filled up otherwise than with ones, each: interval (u32), fill (u8),
//! patches: number (u16) of places changed before the scan, each: place (u32), length (u8), the bytes that were there
//! ```
//!
//! All numbers are big endian.

use crate::error::JpegError;
use crate::extras::Patch;
use crate::header::Header;
use crate::retable::Fills;
use std::ops::Range;

/// The stored edge at which the strip lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Before the first line.
    Top,
    /// After the last pixel of each line.
    Right,
    /// After the last line.
    Bottom,
    /// Before the first pixel of each line.
    Left,
}

impl Side {
    pub(crate) const ALL: [Self; 4] = [Self::Top, Self::Right, Self::Bottom, Self::Left];

    /// The stored edge that is shown at the bottom under an EXIF orientation (Exif 2.32 §4.6.4, tag 0x0112), 1 to 8; any other value is
    /// shown as stored.
    #[must_use]
    pub const fn shown_at_bottom(orientation: u16) -> Self {
        match orientation {
            3 | 4 => Self::Top,
            // Row 0 at the right (6) or left (5): columns are shown as lines, the last one lowest.
            5 | 6 => Self::Right,
            // The same, the first one lowest.
            7 | 8 => Self::Left,
            _ => Self::Bottom,
        }
    }

    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Top => 0,
            Self::Right => 1,
            Self::Bottom => 2,
            Self::Left => 3,
        }
    }

    pub(crate) fn along_rows(self) -> bool {
        matches!(self, Self::Left | Self::Right)
    }
}

/// The segment's marker, APP10, and how its body begins.
const MARKER: [u8; 2] = [0xFF, 0xEA];
const NAME: &[u8; 10] = b"DakaStrip\0";
const VERSION: u8 = 0;

/// What the camera's file had, and what was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) side: Side,
    pub(crate) width: u16,
    pub(crate) height: u16,
    pub(crate) restart: u16,
    pub(crate) across: u16,
    pub(crate) down: u16,
    /// The scan was copied whole, as one restart interval.
    pub(crate) whole: bool,
    /// The camera's file has a segment for the restart interval.
    pub(crate) defines_restart: bool,
    /// The scan was coded again with general tables first; `fills` are those of the file before that.
    pub(crate) retabled: bool,
    pub(crate) fills: Fills,
    /// Bytes changed before the scan.
    pub(crate) patches: Vec<Patch>,
    /// Segments of APP11 that the camera's file begins with.
    pub(crate) manifests: u16,
}

impl Note {
    /// The whole segment.
    pub(crate) fn segment(&self) -> Result<Vec<u8>, JpegError> {
        let mut body = NAME.to_vec();
        body.extend([VERSION, self.side.number()]);
        for number in [self.width, self.height, self.restart, self.across, self.down, self.manifests] {
            body.extend(number.to_be_bytes());
        }
        body.push(u8::from(self.whole) | u8::from(self.defines_restart) << 1 | u8::from(self.retabled) << 2);
        let many = JpegError::Unsupported("more to put back than a segment holds");
        body.extend(u16::try_from(self.fills.len()).map_err(|_| many)?.to_be_bytes());
        for (interval, fill) in &self.fills {
            body.extend(u32::try_from(*interval).map_err(|_| many)?.to_be_bytes());
            body.push(u8::try_from(*fill).map_err(|_| many)?);
        }
        body.extend(u16::try_from(self.patches.len()).map_err(|_| many)?.to_be_bytes());
        for patch in &self.patches {
            body.extend(u32::try_from(patch.at).map_err(|_| many)?.to_be_bytes());
            body.push(u8::try_from(patch.old.len()).map_err(|_| many)?);
            body.extend(&patch.old);
        }
        let mut segment = MARKER.to_vec();
        segment.extend(u16::try_from(body.len() + 2).map_err(|_| many)?.to_be_bytes());
        segment.extend(body);
        Ok(segment)
    }

    /// The note of a file, and where its segment stands. A picture may have a strip of a strip: the last note is that of the outer one.
    pub(crate) fn find(header: &Header, file: &[u8]) -> Result<(Self, Range<usize>), JpegError> {
        header
            .applications
            .iter()
            .rev()
            .filter(|(code, _)| *code == MARKER[1])
            .find_map(|(_, body)| Some((Self::parse(file.get(body.clone())?)?, body.start - 4..body.end)))
            .ok_or(JpegError::Undo)
    }

    fn parse(body: &[u8]) -> Option<Self> {
        let (name, rest) = body.split_at_checked(NAME.len())?;
        let ([version, side], rest) = rest.split_first_chunk::<2>()?;
        (name == NAME && *version == VERSION).then_some(())?;
        let (numbers, rest) = rest.split_first_chunk::<12>()?;
        let number = |at: usize| u16::from_be_bytes([numbers[2 * at], numbers[2 * at + 1]]);
        let ([flags, count @ ..], rest) = rest.split_first_chunk::<3>()?;
        let (fills, rest) = rest.split_at_checked(5 * usize::from(u16::from_be_bytes(*count)))?;
        let fills = fills.chunks_exact(5).map(|f| (place(f), u32::from(f[4]))).collect();
        let (count, mut rest) = rest.split_first_chunk::<2>()?;
        let mut patches = Vec::new();
        for _ in 0..u16::from_be_bytes(*count) {
            let (head, behind) = rest.split_first_chunk::<5>()?;
            let (old, behind) = behind.split_at_checked(usize::from(head[4]))?;
            patches.push(Patch { at: place(head), old: old.to_vec() });
            rest = behind;
        }
        (rest.is_empty() && *flags < 8).then_some(())?;
        Some(Self {
            side: Side::ALL.into_iter().find(|known| known.number() == *side)?,
            width: number(0),
            height: number(1),
            restart: number(2),
            across: number(3),
            down: number(4),
            manifests: number(5),
            whole: flags & 1 != 0,
            defines_restart: flags & 2 != 0,
            retabled: flags & 4 != 0,
            fills,
            patches,
        })
    }

    /// MCUs across and down of the camera's picture inside a marked one.
    pub(crate) fn camera_mcus(&self, marked: &Header) -> (usize, usize) {
        let (across, down) = (usize::from(self.across), usize::from(self.down));
        if self.side.along_rows() {
            (marked.mcus_across.saturating_sub(across), marked.mcus_down)
        } else {
            (marked.mcus_across, marked.mcus_down.saturating_sub(down))
        }
    }
}

/// A number of four bytes.
fn place(bytes: &[u8]) -> usize {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | usize::from(*byte))
}
