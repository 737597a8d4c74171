//! What cameras and editors write that the standard does not ask for, found in collections of real photographs (`cargo xtask photos`).

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod promises;

use daka_jpeg::{Exif, Header, survey};
use promises::{Taken, hold};
use std::fs;
use std::path::PathBuf;

fn read(name: &str) -> Vec<u8> {
    fs::read(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(name)).unwrap()
}

/// Casio's EX-S1 ends every interval with a restart marker, the last one as well.
#[test]
fn a_restart_marker_may_stand_before_the_end_marker() {
    for name in ["420_blocks.jpg", "422_optimised_rows.jpg", "grey.jpg"] {
        let file = read(name);
        let mut closed = file.clone();
        closed.splice(file.len() - 2..file.len() - 2, [0xFF, 0xD3]);
        assert_eq!(hold(&closed, 4), Taken::Marked, "{name}");
        assert_eq!(survey(&closed), survey(&file));
        // Two of them, or one with data behind it, stay damage.
        for more in [&[0xFF, 0xD4][..], &[0x55]] {
            let mut damaged = closed.clone();
            damaged.splice(file.len()..file.len(), more.iter().copied());
            assert!(survey(&damaged).is_err(), "{name}");
        }
    }
}

/// Editors leave bytes between segments: the remains of a longer segment, or what pads to an even place.
#[test]
fn bytes_between_segments_are_kept() {
    let file = read("exif_6.jpg");
    let at = (2..).find(|at| file[*at..*at + 2] == [0xFF, 0xDB]).unwrap();
    for left in [&[0x00, 0x00][..], b"a rest", &[0xFF, 0x00, 0x07], &[0xFF, 0xD0, 0x01]] {
        let mut padded = file.clone();
        padded.splice(at..at, left.iter().copied());
        assert_eq!(hold(&padded, 9), Taken::Marked, "{left:?}");
        assert_eq!(survey(&padded), survey(&file));
    }
}

/// Phones of HMD write the position in signed quotients (type 10) instead of unsigned ones (type 5).
#[test]
fn a_position_in_signed_quotients_is_read() {
    let file = read("exif_2.jpg");
    let mut signed = file.clone();
    for tag in [2u8, 4] {
        let entry = [tag, 0, 5, 0, 3, 0, 0, 0];
        let at = file.windows(8).position(|window| window == entry).unwrap();
        signed[at + 2] = 10;
    }
    let position = |file: &[u8]| Exif::read(file, &Header::parse(file).unwrap()).position;
    assert!(position(&file).is_some());
    assert_eq!(position(&signed), position(&file));
    // 25 degrees below nothing: the reference says the direction, so this says two things.
    let degrees = signed.windows(8).position(|window| window == [25, 0, 0, 0, 1, 0, 0, 0]).unwrap();
    signed[degrees..degrees + 4].copy_from_slice(&(-25i32).to_le_bytes());
    assert_eq!(position(&signed), None);
}
