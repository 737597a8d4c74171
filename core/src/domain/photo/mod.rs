//! What is asked of a photo before it counts as evidence: its limits, and that it is one whole JPEG file.
//!
//! Nothing is decoded: the camera's bytes are evidence as they are. [`JpegScan`] reads the structure while the file is copied, so
//! that an empty, foreign, cut or enormous file is refused before it is kept, and hands on the bytes of its *content*, over which
//! the content digest is taken.

pub mod mark;
mod scan;
#[cfg(test)]
mod scan_tests;

pub use scan::{JpegError, JpegInfo, JpegScan};

/// The largest photo, bytes: the wire's limit of one upload (docs/wire.md). Camera files of 200 megapixels stay below it.
pub const MAX_PHOTO_BYTES: u64 = 64 * 1024 * 1024;

/// The most photos of one punch.
pub const MAX_PHOTOS: usize = 9;

/// The oldest that a capture may be when its photo comes, milliseconds on the elapsed clock: five minutes. This is a choice: long
/// enough to frame a picture in the rain with gloves on and to take it again, too short to have it made elsewhere and carried in.
pub const CAPTURE_AGE_LIMIT_MS: u64 = 300_000;
