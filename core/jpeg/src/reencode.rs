//! Pictures of four components, decoded and encoded again: a mark has no white and no black that all of their readers agree on.
//!
//! Pixels stay in the stored order, so that EXIF's orientation stays true. Kept are EXIF and XMP; the profile of four colours is not, since
//! three are left, nor is any other segment or what stands behind the end marker. Quality is 98, each pixel with its own colour.
//!
//! The file was read whole before (the module `scans`), because the decoder shows what is left of a damaged picture. Memory: 3 bytes a pixel
//! for the result, and up to 8 in the decoder.

use crate::error::JpegError;
use crate::header::Header;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

/// Of 1 to 100. Such pictures are for print, and rare: what they weigh does not matter.
const QUALITY: u8 = 98;
/// Lines or columns at most (T.81 §B.2.2).
const MOST: usize = 65_535;

/// The same picture in three components.
pub(crate) fn reencoded(file: &[u8], header: &Header) -> Result<Vec<u8>, JpegError> {
    let not_decoded = JpegError::Unsupported("the decoder does not know it");
    let options = DecoderOptions::default().set_max_width(MOST).set_max_height(MOST);
    let options = options.jpeg_set_out_colorspace(ColorSpace::RGB);
    let pixels = JpegDecoder::new_with_options(ZCursor::new(file), options).decode().map_err(|_| not_decoded)?;
    if pixels.len() != header.width * header.height * 3 {
        return Err(not_decoded);
    }
    let short = |number: usize| u16::try_from(number).map_err(|_| not_decoded);
    let (width, height) = (short(header.width)?, short(header.height)?);
    let mut out = Vec::new();
    let mut encoder = Encoder::new(&mut out, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    for (code, body) in &header.applications {
        let body = file.get(body.clone()).unwrap_or_default();
        if *code == 0xE1 && (body.starts_with(b"Exif\0") || body.starts_with(b"http://ns.adobe.com/")) {
            encoder.add_app_segment(1, body.to_vec()).map_err(|_| not_decoded)?;
        }
    }
    encoder.encode(&pixels, width, height, ColorType::Rgb).map_err(|_| not_decoded)?;
    Ok(out)
}
