//! What holds for any bytes at all: the tests hold the crate to it for good files, the fuzzing for broken ones.

#![allow(clippy::expect_used, reason = "a broken promise is a panic")]

use daka_jpeg::{
    Exif, Header, JpegError, Mark, Markable, Plate, Side, Undo, content, markable, restore, splice, strip, survey,
    unstrip, untouched,
};

/// How far a file was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Not even its header.
    Refused,
    /// Another form, of which a file was made that is marked in every way and given back.
    Recoded,
    /// The header was read, and the scan refused.
    Damaged,
    /// Marked in every way that its form allows, and given back.
    Marked,
}

pub(crate) const SIDES: [Side; 4] = [Side::Top, Side::Right, Side::Bottom, Side::Left];

/// Does whatever can be done with a file.
///
/// # Panics
/// If a promise is broken: a file that is taken is given back byte for byte, with nothing changed outside the box, and a file that the
/// walk over its scan refuses is not marked.
pub(crate) fn hold(file: &[u8], shift: usize) -> Taken {
    let made = markable(file);
    let Ok(header) = Header::parse(file) else {
        assert!(survey(file).is_err() && content(file).is_err());
        if let Ok(made) = made {
            assert!(made.reencoded() && hold(made.file(), shift) == Taken::Marked, "it was coded again for nothing");
            return Taken::Recoded;
        }
        return Taken::Refused;
    };
    assert!(made == Ok(Markable::AsItIs(file)));
    let _ = Exif::read(file, &header);
    let parts = content(file).expect("a file with a header has parts");
    assert!(parts.iter().all(|part| part.start <= part.end && part.end <= file.len()));
    let walked = survey(file);
    let (width, height) = (header.width.min(45), header.height.min(21));
    let (x, y) = (shift % (header.width - width + 1), shift / 7 % (header.height - height + 1));
    let ink: Vec<u8> = (0..width * height).map(|at| if at * 7 / 3 % 11 < 3 { 255 } else { 0 }).collect();
    let shade: Vec<u8> = ink.iter().map(|opacity| opacity / 3).rev().collect();
    let plates = [Plate::Dark(0), Plate::Dark(120), Plate::Dark(255), Plate::Light(150), Plate::Shade(&shade)];
    let mark = Mark { ink: &ink, width, height, x, y, plate: plates[shift % plates.len()] };
    match splice(file, &mark) {
        Ok(spliced) => {
            assert_eq!(walked, Ok(spliced.dhash));
            same(file, Some(spliced.pixels), &spliced.file, spliced.pixels);
            let undo = Undo::from_bytes(&spliced.undo.to_bytes().expect("short")).expect("its own bytes");
            assert_eq!(undo, spliced.undo);
            assert!(restore(&spliced.file, &undo).expect("its own file") == file, "a splice is not undone");
        }
        Err(error) => assert!(walked.is_err() || error == JpegError::NoCode, "{error}: {walked:?}"),
    }
    for side in SIDES {
        let (width, height) =
            if matches!(side, Side::Top | Side::Bottom) { (header.width, 11) } else { (11, header.height) };
        let ink: Vec<u8> = (0..width * height).map(|at| if at % 13 < 3 { 200 } else { 0 }).collect();
        if let Ok(stripped) = strip(file, side, &Mark { ink: &ink, width, height, x: 0, y: 0, plate: Plate::Dark(255) })
        {
            assert!(unstrip(&stripped.file).expect("its own file") == file, "a strip is not taken off: {side:?}");
            match stripped.dhash {
                Some(dhash) => {
                    assert_eq!(walked, Ok(dhash));
                    same(file, None, &stripped.file, stripped.pixels);
                }
                // Copied whole: damage stays what it is, to be found by the walk.
                None => assert_eq!(walked.is_ok(), survey(&stripped.file).is_ok()),
            }
        }
    }
    let _ = (unstrip(file), Undo::from_bytes(file));
    if walked.is_ok() { Taken::Marked } else { Taken::Damaged }
}

/// Both files have the same coefficients outside their boxes.
fn same(file: &[u8], outside: Option<[usize; 4]>, marked: &[u8], pixels: [usize; 4]) {
    let all = |file: &[u8], outside| {
        let mut all: Vec<Vec<u8>> = Vec::new();
        untouched(file, outside, |at, bytes| {
            all.resize(all.len().max(at + 1), Vec::new());
            all[at].extend(bytes);
        })
        .map(|()| all)
    };
    let before = all(file, outside).expect("it was walked over");
    assert!(before == all(marked, Some(pixels)).expect("it was written here"), "coefficients outside the box changed");
}
