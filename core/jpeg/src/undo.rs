//! What a splice replaced: with it the camera's file is given back, byte for byte.
//!
//! Its bytes, all numbers big endian:
//!
//! ```text
//! "DakaUndo" 0x00, version 0 (u8), flags (u8): 1 the scan was coded again with general tables first,
//! box in MCUs: left, top, behind the last column and row (u16 each), segments of APP11 that the camera's file begins with (u16),
//! fills, fills before the general tables: number (u32), each: interval (u32), fill (u8),
//! patches: number (u32), each: place (u32), length (u32), bytes,
//! runs: number (u32), each: length (u32), bytes,
//! what stood behind the end marker, up to the end
//! ```

use crate::blend::Cells;
use crate::error::JpegError;
use crate::extras::Patch;
use crate::retable::Fills;

/// The replaced bits. It shows what was under the mark, so it is kept as the picture itself is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    pub(crate) cells: Cells,
    /// For each run of MCUs in the box, in the order of the scan: its bits, with stuffing, the last byte filled up with ones.
    pub(crate) runs: Vec<Vec<u8>>,
    /// The scan was coded again with general tables first; what the intervals of the camera's file were filled with, where not with ones.
    pub(crate) retabled: Option<Fills>,
    /// Intervals whose last byte the camera did not fill up with ones, and the bits that it has instead.
    pub(crate) fills: Fills,
    /// Bytes changed before the scan.
    pub(crate) patches: Vec<Patch>,
    /// What stood behind the end marker.
    pub(crate) trailer: Vec<u8>,
    /// Segments of APP11 that the camera's file begins with.
    pub(crate) manifests: u16,
}

const NAME: &[u8; 9] = b"DakaUndo\0";
const VERSION: u8 = 0;

impl Undo {
    /// Its bytes, as the module describes them.
    ///
    /// # Errors
    /// [`JpegError::Unsupported`] if a part is longer than 4 GiB.
    pub fn to_bytes(&self) -> Result<Vec<u8>, JpegError> {
        let mut out =
            Out(Vec::with_capacity(64 + self.runs.iter().map(|run| run.len() + 4).sum::<usize>() + self.trailer.len()));
        out.0.extend(NAME);
        out.0.extend([VERSION, u8::from(self.retabled.is_some())]);
        for edge in [self.cells.across.start, self.cells.down.start, self.cells.across.end, self.cells.down.end] {
            out.0.extend(u16::try_from(edge).map_err(|_| LONG)?.to_be_bytes());
        }
        out.0.extend(self.manifests.to_be_bytes());
        out.fills(&self.fills)?;
        out.fills(self.retabled.as_ref().unwrap_or(&Fills::new()))?;
        out.number(self.patches.len())?;
        for patch in &self.patches {
            out.number(patch.at)?;
            out.counted(&patch.old)?;
        }
        out.number(self.runs.len())?;
        for run in &self.runs {
            out.counted(run)?;
        }
        out.0.extend_from_slice(&self.trailer);
        Ok(out.0)
    }

    /// Reads them.
    ///
    /// # Errors
    /// [`JpegError::Undo`] if they are not whole.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, JpegError> {
        let mut from = In(bytes);
        if from.take(NAME.len())? != NAME || from.byte()? != VERSION {
            return Err(JpegError::Undo);
        }
        let flags = from.byte()?;
        let [left, top, right, bottom] = [from.short()?, from.short()?, from.short()?, from.short()?].map(usize::from);
        if flags > 1 || left >= right || top >= bottom {
            return Err(JpegError::Undo);
        }
        let manifests = from.short()?;
        let (fills, before) = (from.fills()?, from.fills()?);
        let mut patches = Vec::new();
        for _ in 0..from.number()? {
            patches.push(Patch { at: from.number()?, old: from.counted()?.to_vec() });
        }
        let mut runs = Vec::new();
        for _ in 0..from.number()? {
            let run = from.counted()?;
            // Coded data: a zero byte behind each 0xFF.
            if run.last() == Some(&0xFF) || run.windows(2).any(|pair| pair[0] == 0xFF && pair[1] != 0) {
                return Err(JpegError::Undo);
            }
            runs.push(run.to_vec());
        }
        if flags == 0 && !before.is_empty() {
            return Err(JpegError::Undo);
        }
        let retabled = (flags == 1).then_some(before);
        let cells = Cells { across: left..right, down: top..bottom };
        Ok(Self { cells, runs, retabled, fills, patches, trailer: from.0.to_vec(), manifests })
    }
}

const LONG: JpegError = JpegError::Unsupported("undo data of more than 4 GiB");

struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, number: usize) -> Result<(), JpegError> {
        self.0.extend(u32::try_from(number).map_err(|_| LONG)?.to_be_bytes());
        Ok(())
    }

    fn counted(&mut self, bytes: &[u8]) -> Result<(), JpegError> {
        self.number(bytes.len())?;
        self.0.extend_from_slice(bytes);
        Ok(())
    }

    fn fills(&mut self, fills: &Fills) -> Result<(), JpegError> {
        self.number(fills.len())?;
        for (interval, fill) in fills {
            self.number(*interval)?;
            self.0.push(u8::try_from(*fill).map_err(|_| LONG)?);
        }
        Ok(())
    }
}

/// Reads parts one after the other. Nothing is set aside for a number of parts before they are there.
struct In<'a>(&'a [u8]);

impl<'a> In<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], JpegError> {
        let (taken, rest) = self.0.split_at_checked(n).ok_or(JpegError::Undo)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, JpegError> {
        Ok(self.take(1)?[0])
    }

    fn short(&mut self) -> Result<u16, JpegError> {
        let pair = self.take(2)?;
        Ok(u16::from_be_bytes([pair[0], pair[1]]))
    }

    fn number(&mut self) -> Result<usize, JpegError> {
        Ok(usize::from(self.short()?) << 16 | usize::from(self.short()?))
    }

    fn counted(&mut self) -> Result<&'a [u8], JpegError> {
        let length = self.number()?;
        self.take(length)
    }

    fn fills(&mut self) -> Result<Fills, JpegError> {
        let mut fills = Fills::new();
        for _ in 0..self.number()? {
            fills.push((self.number()?, u32::from(self.byte()?)));
        }
        Ok(fills)
    }
}
