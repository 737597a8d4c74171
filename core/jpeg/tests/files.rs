//! Files written by libjpeg-turbo in every form that is taken, and what every file is promised.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod promises;

use daka_jpeg::{
    Exif, Header, JpegError, Mark, Plate, Position, Side, Taken as Time, Undo, content, restore, splice, strip, survey,
    unstrip,
};
use promises::{SIDES, Taken, hold};
use proptest::prelude::*;
use std::fs;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files")
}

fn read(name: &str) -> Vec<u8> {
    fs::read(folder().join(name)).unwrap()
}

fn all() -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".jpg"))
        .map(|name| (name.clone(), read(&name)))
        .collect();
    all.sort();
    assert!(all.len() > 25);
    all
}

/// A mark of one line across the picture's middle.
fn across(file: &[u8], work: impl FnOnce(&Mark<'_>)) {
    let header = Header::parse(file).unwrap();
    let (width, height) = (header.width, (header.height / 4).max(1));
    let ink: Vec<u8> = (0..width * height).map(|at| if at % 5 == 0 { 255 } else { 0 }).collect();
    work(&Mark { ink: &ink, width, height, x: 0, y: header.height / 2, plate: Plate::Dark(128) });
}

#[test]
fn every_form_is_marked_and_given_back_and_other_forms_are_named() {
    for (name, file) in all() {
        for shift in [0, 1, 2, 1000, 4099] {
            let expected = if name.starts_with("other_") { Taken::Recoded } else { Taken::Marked };
            assert_eq!(hold(&file, shift), expected, "{name}");
        }
        if name.starts_with("other_") {
            assert!(matches!(Header::parse(&file), Err(JpegError::Unsupported(_))), "{name}");
        }
    }
}

/// A scan that is cut off, by whatever number of bytes, is never marked: not with what is left, nor with an end marker put behind it.
#[test]
fn a_short_scan_is_never_accepted() {
    for (name, file) in all().into_iter().filter(|(name, _)| !name.starts_with("other_")) {
        let scan = Header::parse(&file).unwrap().scan;
        // The end marker is the first one behind the scan that is no restart marker.
        let end = (scan..).find(|at| file[*at] == 0xFF && !matches!(file[at + 1], 0 | 0xD0..=0xD7)).unwrap();
        // Each of the last ones, where it is hardest to see, and every eleventh before.
        for cut in (scan..end).filter(|cut| cut % 11 == 0 || end - cut < 30) {
            let closed = [&file[..cut], &[0xFF, 0xD9]].concat();
            for short in [&file[..cut], &closed] {
                // Up to seven bits fill the last byte, and a byte that only fills may be missing.
                if cut + 1 < end {
                    assert!(survey(short).is_err(), "{name} cut at {cut} of {end}");
                    across(short, |mark| assert!(splice(short, mark).is_err(), "{name} cut at {cut}"));
                }
            }
        }
    }
}

/// T.81 §E.1.3: each restart marker counts one further, modulo 8.
#[test]
fn a_restart_marker_that_is_missing_doubled_or_out_of_order_is_damage() {
    let file = read("420_blocks.jpg");
    let scan = Header::parse(&file).unwrap().scan;
    let at = (scan..).find(|at| file[*at] == 0xFF && file[at + 1] == 0xD1).unwrap();
    let mut missing = file.clone();
    missing.drain(at..at + 2);
    let mut doubled = file.clone();
    doubled.splice(at..at, [0xFF, 0xD1]);
    let mut wrong = file.clone();
    wrong[at + 1] = 0xD3;
    for damaged in [missing, doubled, wrong] {
        assert!(matches!(survey(&damaged), Err(JpegError::Damaged { .. })));
        assert_ne!(hold(&damaged, 3), Taken::Marked);
    }
}

/// T.81 §B.1.1.2: any marker may have fill bytes before it.
#[test]
fn fill_bytes_before_markers_are_kept() {
    let file = read("420_blocks.jpg");
    let header = Header::parse(&file).unwrap();
    let restart = (header.scan..).find(|at| file[*at] == 0xFF && file[at + 1] == 0xD1).unwrap();
    let segment = (2..header.scan).find(|at| file[*at] == 0xFF && file[at + 1] == 0xC4).unwrap();
    let mut filled = file.clone();
    filled.splice(file.len() - 2..file.len() - 2, [0xFF; 3]);
    filled.splice(restart..restart, [0xFF; 2]);
    filled.splice(segment..segment, [0xFF; 4]);
    assert_eq!(hold(&filled, 5), Taken::Marked);
    assert_eq!(survey(&filled), survey(&file));
}

#[test]
fn what_is_behind_the_end_is_taken_off_by_a_splice_and_turned_by_a_strip() {
    for name in ["second_picture.jpg", "film.jpg"] {
        let file = read(name);
        across(&file, |mark| {
            let spliced = splice(&file, mark).unwrap();
            assert!(spliced.file.ends_with(&[0xFF, 0xD9]));
            assert!(!holds(&spliced.file, b"MPF\0") && !holds(&spliced.file, b"ftypmp42"));
            assert!(!holds(&spliced.file, b"Photo=\"1\"") && !holds(&spliced.file, b"Video>1<"));
            assert_eq!(spliced.file.windows(2).filter(|pair| pair == b"\xFF\xD8").count(), 1);
        });
        for side in SIDES {
            let header = Header::parse(&file).unwrap();
            let ink = vec![9; 8 * header.width.max(header.height)];
            let (width, height) =
                if matches!(side, Side::Top | Side::Bottom) { (header.width, 8) } else { (8, header.height) };
            let mark = Mark { ink: &ink[..width * height], width, height, x: 0, y: 0, plate: Plate::Dark(255) };
            let stripped = strip(&file, side, &mark).unwrap().file;
            assert!(!holds(&stripped, b"MPF\0") && !holds(&stripped, b"ftypmp42"));
            assert_eq!(unstrip(&stripped).unwrap(), file);
        }
    }
}

fn holds(file: &[u8], piece: &[u8]) -> bool {
    file.windows(piece.len()).any(|window| window == piece)
}

/// The directory that `photo_files.py` writes: 25° 2′ 2.04″ N is 25.0339, 121° 33′ 52.2″ W is −121.5645.
#[test]
fn exif_is_read_in_both_byte_orders() {
    for orientation in 1..=8u16 {
        let file = read(&format!("exif_{orientation}.jpg"));
        let exif = Exif::read(&file, &Header::parse(&file).unwrap());
        let taken = Time { year: 2026, month: 3, day: 4, hour: 5, minute: 6, second: 7, offset: Some(-210) };
        assert_eq!((exif.orientation, exif.taken), (Some(orientation), Some(taken)));
        assert_eq!(exif.fixed, Some(Time { hour: 8, minute: 36, offset: Some(0), ..taken }));
        let Position { latitude, longitude } = exif.position.unwrap();
        assert!((latitude - 25.0339).abs() < 1e-9 && (longitude + 121.5645).abs() < 1e-9, "{latitude} {longitude}");
    }
}

/// Exif 2.32 §4.6.4 on tag 0x0112: where row 0 and column 0 of the stored picture are shown; the edge across from it is the other one.
#[test]
fn the_strip_lies_at_the_edge_that_is_shown_lowest() {
    let expected = [Side::Bottom, Side::Bottom, Side::Top, Side::Top, Side::Right, Side::Right, Side::Left, Side::Left];
    for (orientation, side) in (1..).zip(expected) {
        assert_eq!(Side::shown_at_bottom(orientation), side, "{orientation}");
    }
}

#[test]
fn the_thumbnail_without_the_mark_is_gone_and_comes_back() {
    let file = read("exif_1.jpg");
    let marker = |file: &[u8]| file.windows(3).filter(|window| window == b"\xFF\xD8\xFF").count();
    assert_eq!(marker(&file), 2);
    across(&file, |mark| {
        let spliced = splice(&file, mark).unwrap();
        assert_eq!(marker(&spliced.file), 1);
        assert_eq!(restore(&spliced.file, &spliced.undo).unwrap(), file);
    });
}

/// The width that EXIF says of a strip's picture, in the entry of tag 0xA002, is that of the new picture.
#[test]
fn exif_says_the_size_of_the_picture_with_its_strip() {
    let file = read("exif_6.jpg");
    let ink = vec![200; 16 * 61];
    let mark = Mark { ink: &ink, width: 16, height: 61, x: 0, y: 0, plate: Plate::Dark(255) };
    let stripped = strip(&file, Side::Right, &mark).unwrap();
    let width = Header::parse(&stripped.file).unwrap().width as u32;
    // 83 pixels are six MCUs of 16, and the strip is one more.
    assert_eq!(width, 112);
    let entry = |width: u32| [&[0x02, 0xA0, 4, 0, 1, 0, 0, 0][..], &width.to_le_bytes()].concat();
    assert!(holds(&file, &entry(83)) && holds(&stripped.file, &entry(112)));
    assert_eq!(unstrip(&stripped.file).unwrap(), file);
}

/// A C2PA manifest goes into APP11 right behind SOI; the camera may have one of its own there.
#[test]
fn a_manifest_put_in_later_does_not_hinder_the_way_back_nor_change_the_content() {
    let manifest = [&[0xFF, 0xEB, 0, 8][..], b"JPours"].concat();
    for name in ["420.jpg", "manifest.jpg", "exif_3.jpg"] {
        let file = read(name);
        let with = |marked: &[u8]| [&marked[..2], &manifest, &manifest, &marked[2..]].concat();
        let parts =
            |file: &[u8]| content(file).unwrap().into_iter().flat_map(|part| file[part].to_vec()).collect::<Vec<_>>();
        across(&file, |mark| {
            let spliced = splice(&file, mark).unwrap();
            assert_eq!(restore(&with(&spliced.file), &spliced.undo).unwrap(), file);
            assert_eq!(parts(&with(&spliced.file)), parts(&spliced.file));
            assert!(!holds(&parts(&spliced.file), b"JP a manifest"));
        });
        let ink = vec![0; 83 * 8];
        let mark = Mark { ink: &ink, width: 83, height: 8, x: 0, y: 0, plate: Plate::Dark(255) };
        let stripped = strip(&file, Side::Top, &mark).unwrap();
        assert_eq!(unstrip(&with(&stripped.file)).unwrap(), file);
    }
}

#[test]
fn a_strip_of_a_strip_comes_off_in_two_steps() {
    let file = read("422_optimised_rows.jpg");
    let once = |file: &[u8], side| {
        let header = Header::parse(file).unwrap();
        let (width, height) = if side == Side::Left { (8, header.height) } else { (header.width, 8) };
        let ink = vec![77; width * height];
        strip(file, side, &Mark { ink: &ink, width, height, x: 0, y: 0, plate: Plate::Dark(255) }).unwrap().file
    };
    let first = once(&file, Side::Left);
    let second = once(&first, Side::Bottom);
    assert_eq!(unstrip(&second).unwrap(), first);
    assert_eq!(unstrip(&unstrip(&second).unwrap()).unwrap(), file);
    assert_eq!(unstrip(&file), Err(JpegError::Undo));
}

#[test]
fn undo_data_of_another_picture_or_torn_is_refused_or_gives_another_digest() {
    let (file, other) = (read("420.jpg"), read("420_blocks.jpg"));
    across(&file, |mark| {
        let (spliced, strange) = (splice(&file, mark).unwrap(), splice(&other, mark).unwrap());
        assert_ne!(restore(&spliced.file, &strange.undo), Ok(file.clone()));
        let bytes = spliced.undo.to_bytes().unwrap();
        for cut in 0..bytes.len() {
            assert!(Undo::from_bytes(&bytes[..cut]).is_err());
        }
    });
}

#[test]
fn a_box_outside_the_picture_is_refused() {
    let file = read("420.jpg");
    let ink = vec![255; 100];
    for (x, y, width, height) in
        [(80, 0, 10, 10), (0, 52, 10, 10), (usize::MAX, 0, 10, 10), (0, 0, 0, 0), (0, 0, 11, 10)]
    {
        let mark = Mark { ink: &ink, width, height, x, y, plate: Plate::Dark(9) };
        assert_eq!(splice(&file, &mark).unwrap_err(), JpegError::Box { width: 6, height: 4 });
    }
}

/// What a second decoder shows: 0 is black.
fn shown(file: &[u8], x: u32, y: u32) -> u8 {
    let image = image::load_from_memory_with_format(file, image::ImageFormat::Jpeg).unwrap().to_luma8();
    image.get_pixel(x, y).0[0]
}

#[test]
fn a_plate_is_dark_or_light_or_a_shade_and_the_ink_its_opposite() {
    for name in ["420.jpg", "444.jpg", "grey.jpg"] {
        let file = read(name);
        // Two MCUs side by side: the ink covers the second one.
        let ink: Vec<u8> = (0..32 * 16).map(|at| if at % 32 < 16 { 0 } else { 255 }).collect();
        let (full, half) = (vec![255; 32 * 16], vec![128; 32 * 16]);
        let with = |plate| {
            let marked = splice(&file, &Mark { ink: &ink, width: 32, height: 16, x: 16, y: 16, plate }).unwrap().file;
            (shown(&marked, 24, 24), shown(&marked, 40, 24))
        };
        assert!(matches!(with(Plate::Dark(255)), (0..8, 248..)), "{name}: {:?}", with(Plate::Dark(255)));
        assert!(matches!(with(Plate::Light(255)), (248.., 0..8)), "{name}: {:?}", with(Plate::Light(255)));
        assert!(matches!(with(Plate::Shade(&full)), (0..8, 248..)), "{name}: {:?}", with(Plate::Shade(&full)));
        // Half of what was there, whichever way it is darkened: a few steps of a coarse quantisation apart.
        let (even, single) = (with(Plate::Dark(128)).0, with(Plate::Shade(&half)).0);
        let before = shown(&file, 24, 24);
        assert!(even.abs_diff(before / 2) < 16 && even.abs_diff(single) < 16, "{name}: {before} {even} {single}");
        let torn = Mark { ink: &ink, width: 32, height: 16, x: 16, y: 16, plate: Plate::Shade(&full[1..]) };
        assert!(matches!(splice(&file, &torn), Err(JpegError::Box { .. })));
    }
    let strip_of = |plate| {
        let file = read("420.jpg");
        let ink = vec![0; 83 * 16];
        let stripped = strip(&file, Side::Top, &Mark { ink: &ink, width: 83, height: 16, x: 0, y: 0, plate }).unwrap();
        shown(&stripped.file, 40, 8)
    };
    assert!(matches!((strip_of(Plate::Light(9)), strip_of(Plate::Dark(9))), (248.., 0..8)));
}

/// A picture that is darker to the left everywhere sets every bit (its DC coefficients grow from part to part), and its mirror image none.
#[test]
fn the_gradient_digest_compares_each_part_with_the_next() {
    assert_eq!(survey(&read("ramp.jpg")), Ok(u64::MAX));
    assert_eq!(survey(&read("ramp_mirrored.jpg")), Ok(0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Any mark anywhere: given back, and nothing changed outside the box.
    #[test]
    fn any_mark_can_be_undone(which in 0usize..100, shift in any::<u16>()) {
        let all = all();
        let (name, file) = &all[which % all.len()];
        let expected = if name.starts_with("other_") { Taken::Recoded } else { Taken::Marked };
        prop_assert_eq!(hold(file, usize::from(shift)), expected);
    }

    /// Changed bits, bytes and lengths: no panic, and whatever is taken is given back.
    #[test]
    fn broken_files_keep_the_promises(
        which in 0usize..100,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let all = all();
        let mut file = all[which % all.len()].1.clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        hold(&file, 1);
    }
}
