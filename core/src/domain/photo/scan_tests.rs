//! Files made by hand from T.81's grammar, files made by libjpeg-turbo (testdata/README.md), and bytes that are neither. The
//! expected content is never cut out of a file: it is put together from the parts that are not APP11.

use super::*;
use proptest::prelude::*;

const SOI: &[u8] = &[0xFF, 0xD8];
const EOI: &[u8] = &[0xFF, 0xD9];
/// Precision 8, 5 lines of 3 pixels, one component: length 8 + 3·1 = 11.
const SOF0: &[u8] = &[0xFF, 0xC0, 0, 11, 8, 0, 5, 0, 3, 1, 1, 0x11, 0];
/// One component: length 6 + 2·1 = 8.
const SOS: &[u8] = &[0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0];
/// Data with a stuffed 0xFF, a restart marker and another stuffed 0xFF.
const DATA: &[u8] = &[0x12, 0xFF, 0x00, 0x34, 0xFF, 0xD0, 0xEB, 0xFF, 0x00];
const APP1: &[u8] = &[0xFF, 0xE1, 0, 6, 0xFF, 0xEB, 0, 4];
const APP11: &[u8] = &[0xFF, 0xEB, 0, 7, b'J', b'P', 0xFF, 0xD9, 0xFF];
const EMPTY_APP11: &[u8] = &[0xFF, 0xEB, 0, 2];

/// Feeds the pieces; the file's verdict and the content handed on.
fn scan<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> (Result<JpegInfo, JpegError>, Vec<u8>) {
    let (mut scan, mut content) = (JpegScan::new(), Vec::new());
    for piece in pieces {
        if let Err(e) = scan.feed(piece, &mut |part| content.extend_from_slice(part)) {
            assert_eq!(scan.feed(&[], &mut |_| ()), Err(e), "an error stays");
            return (Err(e), content);
        }
    }
    (scan.finish(), content)
}

fn whole(file: &[u8]) -> (Result<JpegInfo, JpegError>, Vec<u8>) {
    scan([file])
}

fn minimal() -> Vec<u8> {
    [SOI, SOF0, SOS, DATA, EOI].concat()
}

/// A file with APP11 segments wherever one may be, and what is left without them.
fn with_app11() -> (Vec<u8>, Vec<u8>) {
    let fill = &[0xFF, 0xFF][..];
    let second_image = [SOI, APP11, EOI].concat();
    let parts: [(&[u8], bool); 18] = [
        (SOI, true),
        (APP11, false),
        (APP11, false),
        (APP1, true),
        (EMPTY_APP11, false),
        // Fill bytes before an APP11 marker and before another.
        (fill, true),
        (APP11, false),
        (fill, true),
        (SOF0, true),
        (APP11, false),
        (SOS, true),
        (DATA, true),
        // Between two scans.
        (APP11, false),
        (SOS, true),
        (DATA, true),
        (APP11, false),
        (EOI, true),
        // After EOI nothing is taken out.
        (&second_image, true),
    ];
    let join = |only: bool| parts.iter().filter(|(_, c)| *c || !only).flat_map(|(p, _)| p.iter().copied()).collect();
    (join(false), join(true))
}

#[test]
fn a_minimal_file_says_what_it_holds() {
    let (info, content) = whole(&minimal());
    let expected = JpegInfo {
        width: 3,
        height: 5,
        components: 1,
        progressive: false,
        // 2 + 13 + 10 + 9 + 2
        bytes: 36,
        trailing_bytes: 0,
        app11_bytes: 0,
    };
    assert_eq!(info, Ok(expected));
    assert_eq!(content, minimal());
}

#[test]
fn files_of_another_encoder() {
    let files: [(&[u8], u16, u16, u8, bool); 3] = [
        (include_bytes!("testdata/baseline-16x9.jpg"), 16, 9, 3, false),
        (include_bytes!("testdata/progressive-17x8.jpg"), 17, 8, 3, true),
        (include_bytes!("testdata/grey-8x8.jpg"), 8, 8, 1, false),
    ];
    for (file, width, height, components, progressive) in files {
        let (info, content) = whole(file);
        let bytes = file.len() as u64;
        let expected = JpegInfo { width, height, components, progressive, bytes, trailing_bytes: 0, app11_bytes: 0 };
        assert_eq!(info, Ok(expected));
        assert_eq!(content, file);
        for end in 1..file.len() {
            assert_eq!(whole(&file[..end]).0, Err(JpegError::Truncated), "{width} × {height} cut at {end}");
        }
        // A manifest behind SOI, where C2PA puts it.
        let (marked_info, marked) = scan([&file[..2], APP11, &file[2..]]);
        assert_eq!(marked_info, Ok(JpegInfo { bytes: bytes + 9, app11_bytes: 9, ..expected }));
        assert_eq!(marked, file);
    }
}

#[test]
fn cut_at_every_byte() {
    let file = minimal();
    assert_eq!(whole(&[]).0, Err(JpegError::Empty));
    for end in 1..file.len() {
        assert_eq!(whole(&file[..end]).0, Err(JpegError::Truncated), "cut at {end}");
    }
    let (file, _) = with_app11();
    let eoi = file.len() - 13 - 2;
    for end in 1..file.len() {
        let cut_off = whole(&file[..end]).0 == Err(JpegError::Truncated);
        assert_eq!(cut_off, end < eoi + 2, "cut at {end}");
    }
}

#[test]
fn app11_is_left_out_however_the_file_is_split() {
    let (file, expected) = with_app11();
    // Six of 9 bytes and one of 4 before EOI; SOI, APP11 and EOI after it.
    let app11_bytes = 6 * 9 + 4;
    let (info, content) = whole(&file);
    assert_eq!(content, expected);
    assert_eq!(info.map(|i| (i.app11_bytes, i.trailing_bytes)), Ok((app11_bytes, 13)));
    assert_eq!(info.map(|i| i.bytes - i.app11_bytes), Ok(expected.len() as u64));
    let bytes: Vec<&[u8]> = file.chunks(1).collect();
    assert_eq!(scan(bytes), (info, expected.clone()), "byte by byte");
    for first in 0..=file.len() {
        for second in first..=file.len() {
            let got = scan([&file[..first], &file[first..second], &file[second..]]);
            assert_eq!(got, (info, expected.clone()), "split at {first} and {second}");
        }
    }
}

#[test]
fn bytes_after_the_end_are_counted_and_kept() {
    let film = [0u8; 1000];
    let (info, content) = scan([&minimal()[..], &film[..], &film[..]]);
    assert_eq!(info.map(|i| (i.bytes, i.trailing_bytes)), Ok((2036, 2000)));
    assert_eq!(content.len(), 2036);
}

#[test]
fn all_frame_headers_and_no_other_code() {
    for code in 0xC0..=0xCF {
        let mut frame = SOF0.to_vec();
        frame[1] = code;
        let (info, _) = whole(&[SOI, &frame, SOS, DATA, EOI].concat());
        // T.81 table B.1: DHT, JPG and DAC lie among them; without a frame a scan has nothing to fill.
        if [0xC4, 0xC8, 0xCC].contains(&code) {
            assert_eq!(info, Err(JpegError::NotJpeg), "{code:02x}");
        } else {
            // Progressive are SOF2, SOF6, SOF10 and SOF14.
            let progressive = [0xC2, 0xC6, 0xCA, 0xCE].contains(&code);
            assert_eq!(info.map(|i| i.progressive), Ok(progressive), "{code:02x}");
        }
    }
}

#[test]
fn what_is_no_photo() {
    let frame = |change: fn(&mut Vec<u8>)| {
        let mut f = SOF0.to_vec();
        change(&mut f);
        [SOI, &f, SOS, DATA, EOI].concat()
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("text", b"hello".to_vec()),
        ("a PNG", b"\x89PNG\r\n\x1a\n".to_vec()),
        ("a HEIC", b"\0\0\0\x18ftypheic".to_vec()),
        ("zeros", vec![0; 100]),
        ("0xFF alone", vec![0xFF; 100]),
        ("EOI first", [SOI, EOI].concat()),
        ("no scan", [SOI, SOF0, EOI].concat()),
        ("no frame", [SOI, SOS, DATA, EOI].concat()),
        ("two frames", [SOI, SOF0, SOF0, SOS, DATA, EOI].concat()),
        ("a scan without data", [SOI, SOF0, SOS, EOI].concat()),
        ("SOI within", [SOI, SOI, SOF0, SOS, DATA, EOI].concat()),
        ("a restart outside a scan", [SOI, &[0xFF, 0xD0], SOF0, SOS, DATA, EOI].concat()),
        ("a reserved code", [SOI, &[0xFF, 0x02, 0, 2], SOF0, SOS, DATA, EOI].concat()),
        ("a stuffed zero outside a scan", [SOI, &[0xFF, 0x00], SOF0, SOS, DATA, EOI].concat()),
        ("rubbish between segments", [SOI, APP1, &[0x00], SOF0, SOS, DATA, EOI].concat()),
        ("a length of 1", [SOI, &[0xFF, 0xE0, 0, 1], SOF0, SOS, DATA, EOI].concat()),
        ("a width of 0", frame(|f| f[8] = 0)),
        ("a height of 0", frame(|f| f[6] = 0)),
        ("no components", frame(|f| f[9] = 0)),
        ("five components", frame(|f| f[9] = 5)),
        ("a frame header of another length", frame(|f| f[9] = 2)),
        ("a scan header of another length", [SOI, SOF0, &[0xFF, 0xDA, 0, 8, 2, 1, 0, 0, 63, 0], DATA, EOI].concat()),
        ("an empty frame header", [SOI, &[0xFF, 0xC0, 0, 2], SOS, DATA, EOI].concat()),
    ];
    for (what, file) in cases {
        assert_eq!(whole(&file).0, Err(JpegError::NotJpeg), "{what}");
        assert_eq!(scan(file.chunks(1)).0, Err(JpegError::NotJpeg), "{what}, byte by byte");
    }
}

#[test]
fn a_standalone_marker_and_fill_bytes_are_allowed() {
    let tem = &[0xFF, 0x01][..];
    let fill = &[0xFF; 7][..];
    let file = [SOI, tem, fill, SOF0, SOS, DATA, fill, EOI].concat();
    let (info, content) = whole(&file);
    assert!(info.is_ok());
    assert_eq!(content, file);
}

#[test]
fn what_is_too_large_is_refused_on_the_way() {
    // 200 MB in pieces of 1 MiB: after EOI, where each costs nothing to read.
    let piece = vec![0; 1 << 20];
    let (mut scan, mut handed_on) = (JpegScan::new(), 0u64);
    let mut count = |part: &[u8]| handed_on += part.len() as u64;
    assert_eq!(scan.feed(&minimal(), &mut count), Ok(()));
    let refused = (0..200).find_map(|n| scan.feed(&piece, &mut count).err().map(|e| (n, e)));
    // 36 bytes and 63 pieces fit below 64 MiB; the 64th is over.
    assert_eq!(refused, Some((63, JpegError::TooLarge { limit: 67_108_864 })));
    assert_eq!(scan.finish(), Err(JpegError::TooLarge { limit: 67_108_864 }));
    assert_eq!(handed_on, 36 + 63 * 1_048_576);
}

#[test]
fn the_limit_itself_fits() {
    let rest = vec![0; 67_108_864 - 36];
    let file = minimal();
    assert_eq!(scan([&file[..], &rest]).0.map(|i| i.bytes), Ok(67_108_864));
    assert_eq!(scan([&file[..], &rest, &[0]]).0, Err(JpegError::TooLarge { limit: 67_108_864 }));
}

proptest! {
    #[test]
    fn random_bytes_never_panic(chunks: Vec<Vec<u8>>) {
        let _ = scan(chunks.iter().map(Vec::as_slice));
    }

    /// A valid file with a few bytes changed, in chunks of any size: no panic, and the verdict and the content do not depend on
    /// how it was split.
    #[test]
    fn damage_is_judged_the_same_however_split(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        size in 1usize..40,
    ) {
        let (mut file, _) = with_app11();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        let (info, content) = whole(&file);
        let (split_info, split_content) = scan(file.chunks(size));
        prop_assert_eq!(info, split_info);
        if info.is_ok() {
            prop_assert_eq!(&content, &split_content);
            prop_assert_eq!(content.len() as u64, info.map_or(0, |i| i.bytes - i.app11_bytes));
        }
    }
}
