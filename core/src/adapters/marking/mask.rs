//! An alpha mask that the platform drew: the way for scripts that need shaping, and for the system's own fonts.

/// Opacity of the ink row by row, 255 is opaque, in the orientation that the picture is shown in.
#[derive(Clone, Copy, Debug)]
pub struct Mask<'a> {
    width: usize,
    height: usize,
    opacity: &'a [u8],
}

/// Why bytes are no mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MaskError {
    /// Not a byte a pixel.
    #[error("mask: {width} × {height} pixels are not {bytes} bytes; hand in one byte a pixel, without padding")]
    Size {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
        /// What came.
        bytes: usize,
    },
    /// Nothing can be seen in it.
    #[error("mask: no pixel of it is more than half opaque; draw the text with an opaque colour")]
    Empty,
}

impl<'a> Mask<'a> {
    /// Reads a mask of one byte a pixel.
    ///
    /// # Errors
    /// [`MaskError`].
    pub fn parse(width: usize, height: usize, opacity: &'a [u8]) -> Result<Self, MaskError> {
        if width.checked_mul(height) != Some(opacity.len()) {
            return Err(MaskError::Size { width, height, bytes: opacity.len() });
        }
        if opacity.iter().all(|value| *value < 128) {
            return Err(MaskError::Empty);
        }
        Ok(Self { width, height, opacity })
    }

    /// Columns and lines.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.opacity.chunks_exact(self.width.max(1))
    }
}
