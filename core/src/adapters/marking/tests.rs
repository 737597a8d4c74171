use super::*;
use crate::domain::photo::mark::StyleFields;
use std::path::Path;

fn file(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("jpeg/tests/files").join(name)).unwrap()
}

fn font() -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("font/DakaMark.otf")).unwrap()
}

fn style(mode: &str, placement: &str, plate: &str) -> MarkStyle {
    let fields =
        StyleFields { mode: Some(mode), placement: Some(placement), plate: Some(plate), ..StyleFields::default() };
    MarkStyle::parse(fields).unwrap()
}

fn styles() -> Vec<MarkStyle> {
    let strips = ["bottom", "top"].map(|placement| style("strip", placement, "light")).to_vec();
    let splices = [("bottom", "dark"), ("top", "light"), ("bottom", "none")]
        .map(|(place, plate)| style("splice", place, plate))
        .to_vec();
    [strips, splices].concat()
}

fn text(lines: &[&str]) -> MarkText {
    MarkText::parse(lines).unwrap()
}

/// Every form and orientation in every style: nothing changed outside the box, and the camera's file comes back.
#[test]
fn every_photo_comes_back_and_nothing_outside_the_box_changed() {
    let font = font();
    let face = Face::parse(&font, 0).unwrap();
    let names = [
        "420.jpg",
        "422_blocks.jpg",
        "444_optimised_rows.jpg",
        "grey.jpg",
        "extended_16_bit_steps.jpg",
        "film.jpg",
        "manifest.jpg",
    ];
    let turned = (1..9).map(|value| format!("exif_{value}.jpg"));
    for name in names.map(str::to_owned).into_iter().chain(turned) {
        let camera = file(&name);
        for style in styles() {
            let marked =
                mark(&camera, &text(&["陳 8:58"]), &style, &face).unwrap_or_else(|e| panic!("{name} {style:?}: {e}"));
            assert_eq!(marked.camera, Ring.sha256(&[&camera]));
            assert_eq!((marked.mode, marked.undo.is_some()), (style.mode(), style.mode() == MarkMode::Splice));
            assert!(marked.missing.is_empty());
            assert!(restore(&marked.file, marked.undo.as_deref()).unwrap() == camera, "{name} {style:?}");
            let same = compare(&camera, &marked.file, Some(marked.pixels)).unwrap();
            assert!(same.components.iter().all(|c| c.outside == 0), "{name} {style:?}: {same:?}");
            assert!(same.components[0].inside > 0, "{name} {style:?}: no mark is there");
            // Without the box it is found, or known to be the strip.
            let found = compare(&camera, &marked.file, None).unwrap();
            assert_eq!(found.known, if marked.undo.is_some() { Known::Found } else { Known::Strip });
            if marked.undo.is_none() {
                assert_eq!(found.pixels, Some(marked.pixels), "{name} {style:?}");
            }
        }
    }
}

#[test]
fn what_is_no_whole_photo_is_refused_by_name() {
    let font = font();
    let face = Face::parse(&font, 0).unwrap();
    let camera = file("420.jpg");
    for style in [style("strip", "bottom", "dark"), style("splice", "bottom", "dark")] {
        let refused = |file: &[u8]| mark(file, &text(&["8:58"]), &style, &face).unwrap_err();
        assert_eq!(refused(b""), MarkError::Empty);
        assert!(matches!(refused(b"\x89PNG\r\n\x1a\n"), MarkError::NotJpeg(_)));
        // Another frame's marker: arithmetic coding (T.81 table B.1, SOF9).
        let at = camera.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap() + 1;
        let arithmetic = [&camera[..at], &[0xC9], &camera[at + 1..]].concat();
        assert!(matches!(refused(&arithmetic), MarkError::Unsupported(_)), "{:?}", refused(&arithmetic));
        // Cut off in the middle of its scan, with an end marker put behind it: also the quick strip looks.
        let cut = [&camera[..camera.len() - 400], &[0xFF, 0xD9]].concat();
        assert!(matches!(refused(&cut), MarkError::Damaged { .. }), "{:?}", refused(&cut));
        assert!(matches!(refused(&camera[..camera.len() - 400]), MarkError::Damaged { .. } | MarkError::NotJpeg(_)));
        let long = text(&["2026-11-24 08:58:03 +08:00", "22.28193 N 114.15816 E", "中環總部"]);
        assert_eq!(
            mark(&file("one_pixel.jpg"), &long, &style, &face).unwrap_err(),
            MarkError::NoRoom(NoRoom { width: 1, height: 1 })
        );
    }
    let large = vec![0; usize::try_from(MAX_PHOTO_BYTES).unwrap() + 1];
    assert_eq!(restore(&large, None).unwrap_err(), MarkError::Large { bytes: MAX_PHOTO_BYTES + 1 });
}

/// What comes back is another file then, and the result says which.
#[test]
fn forms_that_no_camera_writes_are_made_into_others_and_said_to_be() {
    let font = font();
    let face = Face::parse(&font, 0).unwrap();
    for (name, same) in
        [("other_progressive.jpg", true), ("other_cmyk.jpg", false), ("rgb.jpg", true), ("420.jpg", true)]
    {
        let camera = file(name);
        for style in styles() {
            let marked = mark(&camera, &text(&["陳 8:58"]), &style, &face).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(marked.reencoded, name.starts_with("other_"), "{name}");
            assert_eq!(marked.camera, Ring.sha256(&[&camera]));
            assert_eq!(marked.given_back == marked.camera, !marked.reencoded, "{name}");
            let back = restore(&marked.file, marked.undo.as_deref()).unwrap();
            assert_eq!(Ring.sha256(&[&back]), marked.given_back, "{name}");
            match compare(&camera, &marked.file, Some(marked.pixels)) {
                Ok(found) => assert!(same && found.components.iter().all(|c| c.outside == 0), "{name}: {found:?}"),
                Err(e) => assert!(!same && e == CompareError::Coded("components"), "{name}: {e}"),
            }
        }
    }
}

#[test]
fn undo_data_belongs_to_one_file() {
    let font = font();
    let face = Face::parse(&font, 0).unwrap();
    let style = style("splice", "bottom", "dark");
    let made = |name, said| mark(&file(name), &text(&[said]), &style, &face).unwrap();
    let (one, two, other) = (made("420.jpg", "8:58"), made("420.jpg", "8:59"), made("exif_6.jpg", "8:58"));
    let undo = |marked: &Marked| marked.undo.clone().unwrap();
    assert_eq!(restore(&one.file, None).unwrap_err(), MarkError::NotMarked);
    assert_eq!(restore(&one.file, Some(&undo(&other))).unwrap_err(), MarkError::OtherUndo);
    assert_eq!(restore(&one.file, Some(&undo(&two))).unwrap_err(), MarkError::OtherUndo);
    let mut torn = undo(&one);
    torn.pop();
    assert!(restore(&one.file, Some(&torn)).is_err());
    assert_eq!(restore(&one.file, Some(b"DakaUndo")).unwrap_err(), MarkError::OtherUndo);
    // Eight bytes before its end are those of the last run: other bits, another camera's file.
    let mut changed = undo(&one);
    let at = changed.len() - 8;
    changed[at] ^= 0x10;
    assert!(restore(&one.file, Some(&changed)).is_err());
    // A manifest that is put in later hinders nothing.
    let with = [&one.file[..2], &[0xFF, 0xEB, 0, 4, 1, 2], &one.file[2..]].concat();
    assert!(restore(&with, Some(&undo(&one))).unwrap() == file("420.jpg"));
}

#[test]
fn a_font_is_read_or_refused() {
    let font = font();
    assert_eq!(Face::parse(b"", 0).unwrap_err(), FontError::NotAFont);
    assert!(Face::parse(&font[..1000], 0).is_err() && Face::parse(&font[..font.len() / 2], 0).is_err());
    assert_eq!(Face::parse(&font, 1).unwrap_err(), FontError::NotAFont);
    let face = Face::parse(&font, 0).unwrap();
    // Written Cantonese, names and places of Hong Kong, simplified and traditional characters, and what times and places are written with.
    for c in "嘅咗啲嚟喺嗰佢哋唔邨埗埔鰂涌滘圳煒堃喆陳大文张晓燕時間已核實时间已核实±°′″·–—“”…×N22.28*#".chars()
    {
        let letter = text(&[&c.to_string()]);
        let marked = mark(&file("420.jpg"), &letter, &style("strip", "bottom", "dark"), &face).unwrap();
        assert!(marked.missing.is_empty(), "{c}");
    }
}

/// Never blank: the code point is drawn, as the same mark with the code point written out shows.
#[test]
fn a_character_that_the_font_lacks_is_drawn_as_its_code_point() {
    let font = font();
    let face = Face::parse(&font, 0).unwrap();
    let style = style("strip", "bottom", "dark");
    let marked = mark(&file("420.jpg"), &text(&["\u{E123}"]), &style, &face).unwrap();
    assert_eq!(marked.missing, ['\u{E123}']);
    let written = mark(&file("420.jpg"), &text(&["U+E123"]), &style, &face).unwrap();
    assert!(written.missing.is_empty() && marked.file == written.file);
}

#[test]
fn a_mask_of_the_platform_is_burned_in_as_it_is() {
    assert_eq!(Mask::parse(4, 4, &[255; 15]).unwrap_err(), MaskError::Size { width: 4, height: 4, bytes: 15 });
    assert_eq!(
        Mask::parse(usize::MAX, 2, &[255; 15]).unwrap_err(),
        MaskError::Size { width: usize::MAX, height: 2, bytes: 15 }
    );
    assert_eq!(Mask::parse(4, 4, &[127; 16]).unwrap_err(), MaskError::Empty);
    assert_eq!(Mask::parse(0, 0, &[]).unwrap_err(), MaskError::Empty);
    let bars: Vec<u8> = (0..40 * 20).map(|at| if at % 40 / 5 % 2 == 0 { 255 } else { 0 }).collect();
    let mask = Mask::parse(40, 20, &bars).unwrap();
    for value in 1..9 {
        let camera = file(&format!("exif_{value}.jpg"));
        for style in styles() {
            let marked = mark_mask(&camera, &mask, &style).unwrap();
            assert!(restore(&marked.file, marked.undo.as_deref()).unwrap() == camera, "{value} {style:?}");
        }
    }
    let wide = vec![255; 200 * 10];
    let wide = Mask::parse(200, 10, &wide).unwrap();
    assert!(matches!(mark_mask(&file("420.jpg"), &wide, &MarkStyle::default()), Err(MarkError::NoRoom(_))));
}

/// What the asset is, is said beside it.
#[test]
fn the_font_is_the_one_that_its_readme_describes() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("font/README.md")).unwrap();
    let font = font();
    assert!(readme.contains(&Ring.sha256(&[&font]).hex()), "core/font/README.md names another SHA-256");
    assert!(font.len() <= 1_700_000, "{} bytes go into every app", font.len());
}
