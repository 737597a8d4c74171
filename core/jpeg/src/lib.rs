//! The splice: a mark burned into a camera's JPEG, with every coefficient outside the mark as the camera wrote it.
//!
//! A JPEG's scan is a chain of MCUs (T.81 §A.2), coded one after the other; only the DC coefficient of a block depends on the block
//! before it. So the picture need not be decoded to change a part of it: the scan is walked to the box, the box's MCUs are decoded,
//! blended and coded again with the file's own tables, the first MCU after it gets new DC differences, and every other bit is copied.
//!
//! What is taken: baseline and extended sequential Huffman coding, 8 bits, one component or three, one interleaved scan, with or
//! without restart markers. Anything else is [`JpegError::Unsupported`]; [`markable`] makes a file of it that is taken, and says so.
//! A scan that is damaged is [`JpegError::Damaged`]: MCUs, restart markers and the end marker are counted.
//!
//! | | |
//! |---|---|
//! | [`splice`], [`restore`] | the mark over a part of the picture; the camera's file from the marked one and the [`Undo`] kept beside it |
//! | [`strip`], [`unstrip`] | the mark beside the picture; the camera's file from the marked one alone |
//! | [`survey`], [`untouched`] | is the scan whole, a digest of how it looks, and which coefficients a mark left alone |
//! | [`markable`] | the file, or another one of the same picture because its form is not taken |
//! | [`Exif`], [`content`] | what the camera says of time, place and orientation; what a content digest is taken over |
//!
//! Thumbnails, gain maps, films and second pictures follow a policy that the module `extras` states.
//!
//! Nothing here reads a clock, a file or a random number. The crate stands alone because it is optimised for speed in a library that
//! is optimised for size; it knows nothing of punches.

mod bits;
mod blend;
mod block;
mod content;
mod dct;
mod error;
mod exif;
mod extras;
mod header;
mod huffman;
mod luma;
mod markable;
mod note;
mod recode;
#[cfg(feature = "reencode")]
mod reencode;
mod retable;
mod scan;
mod scans;
mod splice;
mod strip;
mod survey;
mod undo;

pub use blend::{Mark, Plate};
pub use content::content;
pub use error::JpegError;
pub use exif::{Exif, Position, Taken};
pub use header::{Component, Header};
pub use markable::{Markable, markable};
pub use note::Side;
pub use splice::{Spliced, restore, splice};
pub use strip::{Stripped, strip, unstrip};
pub use survey::{survey, untouched};
pub use undo::Undo;
