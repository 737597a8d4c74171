//! Pictures of forms that the splice does not take, made into one that it does.
//!
//! | form | what is made of it |
//! |---|---|
//! | progressive; a scan for each component | the same coefficients in one sequential scan (`recode`) |
//! | four components: CMYK, YCCK | decoded and encoded again (`reencode`) |
//! | arithmetic or lossless coding, 12 bits, a height that is said after the scan | refused, as most viewers do |
//!
//! They come from chat apps, picture editors and printers' software, hardly ever from a camera. What [`restore`](crate::restore) and
//! [`unstrip`](crate::unstrip) give back is then the file made here: a record has to say `reencoded` and keep the digest of what came in.

use crate::error::JpegError;
use crate::header::Header;
use crate::{recode, scans};

/// A file that a mark can be put on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Markable<'a> {
    /// The file itself.
    AsItIs(&'a [u8]),
    /// Another file with the same coefficients: what [`untouched`](crate::untouched) gives out is what the camera's picture has.
    Recoded(Vec<u8>),
    /// Another file of the same picture, decoded and encoded again: every coefficient may be another.
    Reencoded(Vec<u8>),
}

impl Markable<'_> {
    /// The file to mark.
    #[must_use]
    pub fn file(&self) -> &[u8] {
        match self {
            Self::AsItIs(file) => file,
            Self::Recoded(file) | Self::Reencoded(file) => file,
        }
    }

    /// Whether it is another file than the one that came in, which then cannot be given back.
    #[must_use]
    pub fn reencoded(&self) -> bool {
        !matches!(self, Self::AsItIs(_))
    }
}

/// The file if it is of a form that the splice takes, by its segments; otherwise the same picture in such a form.
///
/// # Errors
/// [`JpegError`]: no JPEG, of a form that is not made into another one, of more than 40 million pixels, or damaged. The scan of a file that
/// is taken as it is was not looked at.
pub fn markable(file: &[u8]) -> Result<Markable<'_>, JpegError> {
    match Header::parse(file) {
        Ok(_) => Ok(Markable::AsItIs(file)),
        Err(JpegError::Unsupported(_)) => {
            let whole = scans::read(file)?;
            if whole.header.components.len() < 4 {
                recode::recoded(file, whole).map(Markable::Recoded)
            } else {
                four(file, &whole.header)
            }
        }
        Err(error) => Err(error),
    }
}

#[cfg(feature = "reencode")]
fn four<'a>(file: &[u8], header: &Header) -> Result<Markable<'a>, JpegError> {
    crate::reencode::reencoded(file, header).map(Markable::Reencoded)
}

#[cfg(not(feature = "reencode"))]
fn four<'a>(_: &[u8], _: &Header) -> Result<Markable<'a>, JpegError> {
    Err(JpegError::Unsupported("four components"))
}
