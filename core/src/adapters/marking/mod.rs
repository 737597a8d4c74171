//! Marked photos: the text drawn, and burned into the camera's file or set beside it.
//!
//! ```text
//! camera's file ─ header, EXIF ─ plan (domain::photo::mark) ─ mask of the letters ─ daka-jpeg ─ marked file, and with a splice its undo data
//! marked file (and undo data) ─ restore ─ the camera's file, byte for byte
//! ```
//!
//! - The camera's file is read, never changed. A scan that is not whole is refused in both modes: it is walked over before anything is given
//!   back, also where the strip would not need it.
//! - The font is handed in as bytes ([`Face`]). The core ships none in its library; a shell may draw the text itself and hand in the mask
//!   ([`mark_mask`]).
//! - A form of JPEG that no camera writes (progressive, CMYK) is made into one that can be marked first, and the result says so
//!   ([`Marked::reencoded`]): what comes back then is the file that was marked, not the one that came in. Other forms are
//!   [`MarkError::Unsupported`], and nothing was made.
//! - Undo data names the marked file that it belongs to and the camera's file that it gives back, so that neither is mistaken. It shows what
//!   was under the mark: whoever keeps it seals it as the photo itself.

mod compare;
mod draw;
mod face;
mod mask;
#[cfg(test)]
mod tests;
mod undo;

pub use compare::{CompareError, Comparison, Counts, Known, compare};
pub use face::{Face, FontError};
pub use mask::{Mask, MaskError};

use self::draw::Ink;
use self::undo::UndoFile;
use super::crypto::Ring;
use crate::domain::crypto::Crypto as _;
use crate::domain::ids::Hash32;
use crate::domain::photo::MAX_PHOTO_BYTES;
use crate::domain::photo::mark::{
    Area, Edge, Frame, MarkMode, MarkStyle, MarkText, NoRoom, Orientation, Place, Plate, boxed_mask, plan,
};
use daka_jpeg::{Exif, Header, JpegError, Markable, Side};

/// A marked photo.
#[derive(Debug)]
pub struct Marked {
    /// The file.
    pub file: Vec<u8>,
    /// How it was marked.
    pub mode: MarkMode,
    /// The mark's box in pixels as stored, whole MCUs: left, top, and behind the last column and row. It may reach beyond the picture's
    /// edge, as MCUs do.
    pub pixels: [usize; 4],
    /// SHA-256 of the camera's file.
    pub camera: Hash32,
    /// The camera's file is of a form that cannot be marked as it is; the same picture in another form was.
    pub reencoded: bool,
    /// SHA-256 of what [`restore`] gives: the camera's file, unless `reencoded`.
    pub given_back: Hash32,
    /// SHA-256 of the marked file without its APP11 segments, which a C2PA manifest is put into later.
    pub content: Hash32,
    /// Columns and lines of the marked file, as stored.
    pub size: (usize, usize),
    /// The gradient digest of the camera's picture, for finding one that was used before.
    pub dhash: u64,
    /// Characters that the font lacks, each once: they are drawn as their code points.
    pub missing: Vec<char>,
    /// What gives the camera's file back, for [`restore`]; none for a strip, which needs none.
    pub undo: Option<Vec<u8>>,
}

/// Why a photo is not marked, or not given back. Nothing was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkError {
    /// An empty file.
    #[error("the photo is empty")]
    Empty,
    /// Larger than a photo may be.
    #[error("the photo has {bytes} bytes, and at most {MAX_PHOTO_BYTES} are allowed")]
    Large {
        /// How many it has.
        bytes: u64,
    },
    /// No JPEG.
    #[error("the photo is not a JPEG picture: {0}")]
    NotJpeg(&'static str),
    /// A JPEG of a form that cannot be marked without loss.
    #[error("the photo is a JPEG that cannot be marked without loss: {0}")]
    Unsupported(&'static str),
    /// The picture is not whole.
    #[error("the photo is damaged: {what}, in MCU {mcu} of {of}")]
    Damaged {
        /// What is wrong.
        what: &'static str,
        /// The first MCU that is not whole, from 0 on.
        mcu: usize,
        /// MCUs of the picture.
        of: usize,
    },
    /// The picture is too small for the text.
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
    /// A mask that cannot be taken.
    #[error(transparent)]
    Mask(#[from] MaskError),
    /// A file without a strip, and no undo data.
    #[error("the photo has no strip that could be taken off, and no undo data was given")]
    NotMarked,
    /// Undo data that is torn or of another file, or a marked file that was changed since.
    #[error("the undo data does not belong to this photo, or one of them was changed since it was made")]
    OtherUndo,
}

impl From<JpegError> for MarkError {
    fn from(error: JpegError) -> Self {
        match error {
            JpegError::NotJpeg(why) => Self::NotJpeg(why),
            JpegError::Unsupported(why) => Self::Unsupported(why),
            JpegError::Damaged { what, mcu, of } => Self::Damaged { what, mcu, of },
            // A plan lies inside the picture; a mark that has no code even in general tables is a picture of a strange form.
            JpegError::Box { .. } => Self::Unsupported("the mark reaches beyond it"),
            JpegError::NoCode => Self::Unsupported("its tables have no code for the mark"),
            JpegError::Undo => Self::OtherUndo,
        }
    }
}

/// Marks a camera's file with lines of text. Memory: the file, the marked one, the undo data twice, and a byte for every pixel of the box
/// (four without a plate); what [`daka_jpeg::markable`] needs, where it has to make another file.
///
/// # Errors
/// [`MarkError`]; nothing was made.
pub fn mark(file: &[u8], text: &MarkText, style: &MarkStyle, face: &Face<'_>) -> Result<Marked, MarkError> {
    let source = Source::of(file)?;
    let plan = plan(&source.frame, text, style, face)?;
    let ink = draw::text(&plan, face);
    Ok(Marked { missing: plan.missing, ..source.burned(style, ink)? })
}

/// Marks a camera's file with a mask that the platform drew, in pixels and the orientation of the picture as it is shown. It is laid at the
/// style's place, as it is; the style's size is used for a corner's margin alone.
///
/// # Errors
/// [`MarkError`]; nothing was made.
pub fn mark_mask(file: &[u8], mask: &Mask<'_>, style: &MarkStyle) -> Result<Marked, MarkError> {
    let source = Source::of(file)?;
    let (area, begin) = boxed_mask(&source.frame, mask.size(), style)?;
    let ink = draw::mask(area, begin, source.frame.orientation, mask);
    source.burned(style, ink)
}

/// Gives the camera's file back, from a splice with its undo data, from a strip alone.
///
/// # Errors
/// [`MarkError`]. With undo data a result that is not the camera's file is an error; without, its digest has to be compared with what is
/// signed.
pub fn restore(marked: &[u8], undo: Option<&[u8]>) -> Result<Vec<u8>, MarkError> {
    bounded(marked)?;
    let Some(undo) = undo else {
        return daka_jpeg::unstrip(marked).map_err(|error| match error {
            JpegError::Undo => MarkError::NotMarked,
            other => other.into(),
        });
    };
    let undo = UndoFile::read(undo)?;
    if content(marked)? != undo.content {
        return Err(MarkError::OtherUndo);
    }
    let file = daka_jpeg::restore(marked, &undo.undo)?;
    if Ring.sha256(&[&file]) == undo.given_back { Ok(file) } else { Err(MarkError::OtherUndo) }
}

fn bounded(file: &[u8]) -> Result<(), MarkError> {
    match file.len() as u64 {
        0 => Err(MarkError::Empty),
        bytes if bytes > MAX_PHOTO_BYTES => Err(MarkError::Large { bytes }),
        _ => Ok(()),
    }
}

fn size(file: &[u8]) -> Result<(usize, usize), MarkError> {
    let header = Header::parse(file)?;
    Ok((header.width, header.height))
}

fn content(file: &[u8]) -> Result<Hash32, MarkError> {
    let parts = daka_jpeg::content(file)?;
    let parts: Vec<&[u8]> = parts.into_iter().filter_map(|part| file.get(part)).collect();
    Ok(Ring.sha256(&parts))
}

/// A file that can be marked.
struct Source<'a> {
    markable: Markable<'a>,
    camera: Hash32,
    frame: Frame,
}

impl<'a> Source<'a> {
    fn of(file: &'a [u8]) -> Result<Self, MarkError> {
        bounded(file)?;
        let markable = daka_jpeg::markable(file)?;
        let header = Header::parse(markable.file())?;
        let orientation = Orientation::new(Exif::read(markable.file(), &header).orientation.unwrap_or(1));
        let frame = Frame { size: (header.width, header.height), mcu: header.mcu_size(), orientation };
        Ok(Self { camera: Ring.sha256(&[file]), markable, frame })
    }

    /// The ink burned in.
    fn burned(self, style: &MarkStyle, ink: Ink) -> Result<Marked, MarkError> {
        let (source, camera, reencoded) = (self.markable.file(), self.camera, self.markable.reencoded());
        let given_back = if reencoded { Ring.sha256(&[source]) } else { camera };
        let Area { x, y } = &ink.area;
        let shade = matches!(style, MarkStyle::Splice { plate: Plate::None, .. }).then(|| ink.shade());
        let plate = match *style {
            MarkStyle::Strip { light: false, .. } => daka_jpeg::Plate::Dark(255),
            MarkStyle::Strip { light: true, .. } => daka_jpeg::Plate::Light(255),
            MarkStyle::Splice { plate: Plate::Dark(percent), .. } => daka_jpeg::Plate::Dark(opacity(percent)),
            MarkStyle::Splice { plate: Plate::Light(percent), .. } => daka_jpeg::Plate::Light(opacity(percent)),
            MarkStyle::Splice { plate: Plate::None, .. } => {
                daka_jpeg::Plate::Shade(shade.as_deref().unwrap_or_default())
            }
        };
        let mark =
            daka_jpeg::Mark { ink: &ink.opacity, width: x.len(), height: y.len(), x: x.start, y: y.start, plate };
        let (file, pixels, dhash, undo) = match style.mode() {
            MarkMode::Strip => {
                let side = side(style.place(), self.frame.orientation);
                let done = daka_jpeg::strip(source, side, &mark)?;
                // The quickest strip has not looked into the scan.
                let dhash = done.dhash.map_or_else(|| daka_jpeg::survey(source), Ok)?;
                (done.file, done.pixels, dhash, None)
            }
            MarkMode::Splice => {
                let done = daka_jpeg::splice(source, &mark)?;
                (done.file, done.pixels, done.dhash, Some(done.undo))
            }
        };
        let (content, size) = (content(&file)?, size(&file)?);
        let undo = undo.map(|undo| UndoFile { given_back, content, undo }.bytes()).transpose()?;
        let (mode, missing) = (style.mode(), Vec::new());
        Ok(Marked { file, mode, pixels, camera, reencoded, given_back, content, size, dhash, missing, undo })
    }
}

/// Percent as 0 to 255.
fn opacity(percent: u8) -> u8 {
    u8::try_from(u16::from(percent.min(100)) * 255 / 100).unwrap_or(u8::MAX)
}

/// The stored edge of a strip.
fn side(place: Place, orientation: Orientation) -> Side {
    let bottom = Side::shown_at_bottom(orientation.get());
    match (place, bottom) {
        (Place::Edge(Edge::Bottom) | Place::Corner { .. }, side) => side,
        (_, Side::Top) => Side::Bottom,
        (_, Side::Bottom) => Side::Top,
        (_, Side::Left) => Side::Right,
        (_, Side::Right) => Side::Left,
    }
}
