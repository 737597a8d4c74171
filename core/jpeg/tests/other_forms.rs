//! Progressive pictures, and those with a scan for each component or with four components: what is made of them, and that none is taken of
//! which a part is missing.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

use daka_jpeg::{Exif, Header, JpegError, Markable, markable, survey, untouched};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use std::fs;
use std::path::PathBuf;

fn read(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)).unwrap()
}

/// Every coefficient, component by component.
fn coefficients(file: &[u8]) -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = Vec::new();
    untouched(file, None, |at, bytes| {
        all.resize(all.len().max(at + 1), Vec::new());
        all[at].extend(bytes);
    })
    .unwrap();
    all
}

fn recoded(file: &[u8]) -> Vec<u8> {
    let made = markable(file).unwrap();
    assert!(matches!(made, Markable::Recoded(_)));
    made.file().to_vec()
}

/// libjpeg-turbo wrote the same picture with the same steps in both forms, so it wrote the same coefficients.
#[test]
fn a_progressive_picture_keeps_every_coefficient() {
    assert!(coefficients(&recoded(&read("other_progressive.jpg"))) == coefficients(&read("420.jpg")));
    assert!(coefficients(&recoded(&read("other_progressive_rows.jpg"))) == coefficients(&read("422_blocks.jpg")));
    assert!(coefficients(&recoded(&read("other_progressive_grey.jpg"))) == coefficients(&read("grey.jpg")));
}

/// Blocks that only fill up MCUs have no place in a scan of one component. Beside a strip they are seen, so they are as bright as the picture
/// is there: T.81 §A.2.4 leaves it open.
#[test]
fn blocks_that_only_fill_up_are_as_bright_as_their_neighbours() {
    let pixels = vec![200u8; 70 * 40 * 3];
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 80);
    encoder.set_sampling_factor(SamplingFactor::F_4_2);
    encoder.encode(&pixels, 70, 40, ColorType::Rgb).unwrap();
    let all = coefficients(&recoded(&file));
    // 128 bytes of steps behind the sampling, then rows of 3 MCUs of 4 blocks, each row with its length before it.
    let rows = all[0][2 + 128..].chunks(4 + 12 * 128);
    let dc: Vec<&[u8]> = rows.flat_map(|row| row[4..].chunks(128).map(|block| &block[..2])).collect();
    assert_eq!(dc.len(), 12 * 6);
    let first = dc[0];
    assert!(dc.iter().all(|dc| *dc == first) && first != [0, 0]);
}

/// Another encoder, which writes a scan for each component where chroma is four times as coarse.
#[test]
fn a_picture_with_a_scan_for_each_component_keeps_every_coefficient() {
    let pixels: Vec<u8> =
        (0..96 * 64 * 3u32).map(|at| ((at.wrapping_mul(2_654_435_761) >> 26) | ((at / 96) & 0xC0)) as u8).collect();
    let coded = |sampling, progressive| {
        let mut out = Vec::new();
        let mut encoder = Encoder::new(&mut out, 80);
        encoder.set_sampling_factor(sampling);
        encoder.set_progressive(progressive);
        encoder.encode(&pixels, 96, 64, ColorType::Rgb).unwrap();
        out
    };
    for sampling in [SamplingFactor::F_4_1, SamplingFactor::F_4_2, SamplingFactor::F_1_4] {
        let (own, progressive) = (coded(sampling, false), coded(sampling, true));
        assert_eq!(own.windows(2).filter(|pair| pair == b"\xFF\xDA").count(), 3, "scans");
        assert!(coefficients(&recoded(&own)) == coefficients(&recoded(&progressive)));
    }
    for sampling in [SamplingFactor::F_1_1, SamplingFactor::F_2_2, SamplingFactor::F_1_2] {
        assert!(coefficients(&recoded(&coded(sampling, true))) == coefficients(&coded(sampling, false)));
    }
}

#[test]
fn what_stands_around_the_scans_stays() {
    let file = read("other_progressive_grey.jpg");
    let mut longer = file.clone();
    longer.extend(b"\0\0\0\x18ftypmp42 and the film");
    let made = recoded(&longer);
    assert!(made.ends_with(b"\xFF\xD9\0\0\0\x18ftypmp42 and the film"));
    let exif = Exif::read(&made, &Header::parse(&made).unwrap());
    assert_eq!(exif.orientation, Some(6));
    assert!(exif.taken.is_some() && exif.position.is_some());
}

/// A scan that is cut off, a scan that is missing: decoders show what there is, and here it is refused.
#[test]
fn a_part_of_a_picture_is_never_accepted() {
    for name in ["other_progressive.jpg", "other_progressive_rows.jpg", "other_progressive_grey.jpg", "other_cmyk.jpg"]
    {
        let file = read(name);
        let begin = file.windows(2).position(|pair| pair == b"\xFF\xDA").unwrap();
        // Up to seven bits fill a scan's last byte, and a byte that only fills may be missing.
        for cut in begin..file.len() - 3 {
            let closed = [&file[..cut], &[0xFF, 0xD9]].concat();
            assert!(markable(&file[..cut]).is_err(), "{name} cut at {cut}");
            assert!(markable(&closed).is_err(), "{name} cut at {cut} and closed");
        }
        assert!(markable(&file).unwrap().reencoded());
    }
}

/// 40 million pixels are the most, and no more than a bit of the file for each block.
#[test]
fn a_size_that_the_file_cannot_hold_is_refused() {
    let file = read("other_progressive.jpg");
    let frame = file.windows(2).position(|pair| pair == b"\xFF\xC2").unwrap();
    for (height, width) in [(65_500u16, 65_500u16), (40_000, 2_000), (4_000, 4_000)] {
        let mut claims = file.clone();
        claims[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
        claims[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
        assert_eq!(markable(&claims), Err(JpegError::Unsupported("more pixels than are decoded")));
    }
}

#[test]
fn four_components_become_three() {
    let file = read("other_cmyk.jpg");
    let Markable::Reencoded(made) = markable(&file).unwrap() else { panic!("it has four components") };
    let header = Header::parse(&made).unwrap();
    assert_eq!((header.width, header.height, header.components.len()), (83, 61, 3));
    assert!(survey(&made).is_ok());
}
