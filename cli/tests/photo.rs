//! `daka photo`: marked, given back, compared, and refused by name.
#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, reason = "helpers of tests")]

mod common;

use common::{Place, text};
use std::path::Path;

fn camera(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/jpeg/tests/files").join(name)).unwrap()
}

/// A place with a photo, and the paths of it and of files to write.
fn place(name: &str) -> (Place, String, impl Fn(&str) -> String) {
    let place = Place::new();
    let photo = place.file("in.jpg", &camera(name));
    let dir = place.dir.path().to_owned();
    (place, photo, move |name| text(&dir.join(name)))
}

#[test]
fn both_modes_give_the_camera_file_back() {
    for name in ["420.jpg", "exif_6.jpg", "film.jpg", "second_picture.jpg"] {
        let (place, photo, path) = place(name);
        for mode in ["strip", "splice"] {
            let (out, back) = (path("out.jpg"), path("back.jpg"));
            let said = place.json(&["photo", "mark", &photo, &out, "--text", "陳 8:58", "--mode", mode]).ends(0).json();
            assert_eq!(said["mode"], mode);
            assert_eq!(said["box"].as_array().unwrap().len(), 4);
            for key in ["camera_sha256", "content_sha256"] {
                assert_eq!(said[key].as_str().unwrap().len(), 64, "{key}");
            }
            assert!(said["width"].is_u64() && said["height"].is_u64());
            assert_eq!(said["missing"], serde_json::json!([]));
            assert_eq!(Path::new(&path("out.jpg.undo")).exists(), mode == "splice");
            // With the undo data that stands beside it, or named.
            let given = place.json(&["photo", "restore", &out, &back]).ends(0).json();
            assert_eq!(given["sha256"], said["camera_sha256"], "{name} {mode}");
            assert!(std::fs::read(&back).unwrap() == camera(name), "{name} {mode}");
            if mode == "splice" {
                std::fs::rename(path("out.jpg.undo"), path("kept")).unwrap();
                let run = place.json(&["photo", "restore", &out, &back]).ends(2);
                assert_eq!(run.json()["error"]["code"], "photo_not_marked");
                place.daka(&["photo", "restore", &out, &back, "--undo", &path("kept")]).ends(0);
            }
            // The digest that is signed is asked for before anything is written.
            std::fs::remove_file(&back).unwrap();
            let undo = path("kept");
            let with: &[&str] = if mode == "splice" { &["--undo", &undo] } else { &[] };
            let other = "0".repeat(64);
            let run = place.json(&[&["photo", "restore", &out, &back, "--sha256", &other], with].concat()).ends(1);
            assert_eq!(run.json()["error"]["code"], "other_camera_file");
            assert!(!Path::new(&back).exists());

            let check = place.json(&["photo", "check", &photo, &out, "--picture", &path("p.svg")]).ends(0).json();
            assert_eq!((&check["ok"], &check["outside"]), (&true.into(), &0.into()));
            assert!(check["inside"].as_u64().unwrap() > 0);
            assert_eq!(check["box_from"], if mode == "strip" { "strip" } else { "found" });
            assert_eq!(check["components"].as_array().unwrap().len(), 3);
            let picture = std::fs::read_to_string(path("p.svg")).unwrap();
            assert!(picture.starts_with("<svg ") && picture.contains("<path fill=") && picture.ends_with("</svg>\n"));
        }
    }
}

#[test]
fn a_progressive_photo_is_coded_anew_and_says_so() {
    let (place, photo, path) = place("other_progressive.jpg");
    for way in ["strip", "splice"] {
        let (out, back) = (path("out.jpg"), path("back.jpg"));
        let said = place.json(&["photo", "mark", &photo, &out, "--text", "8:58", "--mode", way]).ends(0).json();
        assert_eq!((&said["mode"], &said["way"]), (&"reencoded".into(), &way.into()));
        assert_ne!(said["restored_sha256"], said["camera_sha256"]);
        let given = place.json(&["photo", "restore", &out, &back]).ends(0).json();
        assert_eq!(given["sha256"], said["restored_sha256"]);
        // The same coefficients in another order.
        place.daka(&["photo", "check", &photo, &out]).ends(0);
        place.daka(&["photo", "check", &photo, &back]).ends(0);
    }
    let run = place.daka(&["photo", "mark", &photo, &path("out.jpg"), "--text", "8:58"]).ends(0);
    assert!(run.out.contains("coded anew") && run.out.contains("Keep the original"), "{}", run.out);
}

#[test]
fn a_box_that_does_not_hold_the_change_is_told() {
    let (place, photo, path) = place("420.jpg");
    let out = path("out.jpg");
    place.daka(&["photo", "mark", &photo, &out, "--text", "8:58", "--mode", "splice"]).ends(0);
    let run = place.json(&["photo", "check", &photo, &out, "--box", "0,0,16,16"]).ends(1);
    assert_eq!(run.json()["ok"], false);
    assert!(run.json()["outside"].as_u64().unwrap() > 0);
    assert!(run.err.contains("outside"));
    for wrong in ["0,0,16", "0,0,15,16", "16,0,16,16", "0,0,9600,16"] {
        let run = place.json(&["photo", "check", &photo, &out, "--box", wrong]).ends(2);
        assert_eq!(run.json()["error"]["field"], "box", "{wrong}");
    }
    let run = place.json(&["photo", "check", &place.file("other.jpg", &camera("422.jpg")), &out]).ends(1);
    assert_eq!(run.json()["error"]["code"], "other_picture");
}

#[test]
fn bad_photos_are_refused_and_nothing_is_written() {
    let (place, _, path) = place("420.jpg");
    let whole = camera("420.jpg");
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    // Another frame's marker: arithmetic coding (T.81 table B.1, SOF9).
    let at = whole.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap() + 1;
    let arithmetic = [&whole[..at], &[0xc9], &whole[at + 1..]].concat();
    let cases = [
        ("empty.jpg", Vec::new(), "photo_empty"),
        ("picture.png", png, "photo_not_jpeg"),
        ("cut.jpg", whole[..whole.len() - 300].to_vec(), "photo_damaged"),
        ("head.jpg", whole[..40].to_vec(), "photo_not_jpeg"),
        ("arithmetic.jpg", arithmetic, "photo_unsupported"),
        ("tiny.jpg", camera("one_pixel.jpg"), "photo_too_small"),
    ];
    for (name, bytes, code) in cases {
        let photo = place.file(name, &bytes);
        for mode in ["strip", "splice"] {
            let out = path("out.jpg");
            let run = place.json(&["photo", "mark", &photo, &out, "--text", "08:58 中環", "--mode", mode]).ends(2);
            assert_eq!(run.json()["error"]["code"], code, "{name}");
            assert!(run.err.contains(name) && run.err.contains("next: "), "{}", run.err);
            assert!(!Path::new(&out).exists() && !Path::new(&path("out.jpg.undo")).exists());
        }
    }
    let run = place.json(&["photo", "mark", &path("none.jpg"), &path("out.jpg"), "--text", "x"]).ends(2);
    assert_eq!(run.json()["error"]["code"], "unreadable_file");
}

#[test]
fn what_is_typed_wrong_is_named() {
    let (place, photo, path) = place("420.jpg");
    let out = path("out.jpg");
    let torn = place.file("torn.otf", b"OTTO and nothing else");
    let long = "x".repeat(97);
    let cases: [(&[&str], &str, &str); 10] = [
        (&["--text", "1", "2", "3", "4", "5", "6", "7", "8", "9"], "text", "1 to 8 lines"),
        (&["--text", &long], "text", "at most 96"),
        (&["--text", "a", " "], "text", "line 2 is empty"),
        (&["--text", "a\u{202e}b"], "text", "U+202E"),
        (&["--text", "a", "--size", "99"], "size", "from 15 to 60"),
        (&["--text", "a", "--opacity", "70"], "opacity", "opaque"),
        (&["--text", "a", "--mode", "splice", "--opacity", "10"], "opacity", "from 55 to 100"),
        (&["--text", "a", "--placement", "top_left"], "placement", "splice"),
        (&["--text", "a", "--font", &path("none.otf")], "font", "cannot be read"),
        (&["--text", "a", "--font", &torn], "font", "not an OpenType"),
    ];
    for (arguments, field, said) in cases {
        let run = place.json(&[&["photo", "mark", &photo, &out], arguments].concat()).ends(2);
        assert_eq!(run.json()["error"]["field"], field, "{arguments:?}");
        assert!(run.err.contains(said), "{arguments:?}: {}", run.err);
        assert!(!Path::new(&out).exists(), "{arguments:?}");
    }
    for arguments in [&["--mode", "stamp"][..], &["--plate", "red"], &[]] {
        let text: &[&str] = if arguments.is_empty() { &[] } else { &["--text", "a"] };
        place.daka(&[&["photo", "mark", &photo, &out], text, arguments].concat()).ends(2);
    }
}

#[test]
fn the_camera_file_is_never_written_over() {
    let (place, photo, path) = place("420.jpg");
    let before = camera("420.jpg");
    let run = place.json(&["photo", "mark", &photo, &photo, "--text", "8:58"]).ends(2);
    assert_eq!(run.json()["error"]["field"], "out");
    // Under another name, too.
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(&photo, path("link.jpg")).unwrap();
        place.daka(&["photo", "mark", &photo, &path("link.jpg"), "--text", "8:58"]).ends(2);
    }
    assert!(std::fs::read(&photo).unwrap() == before);
    // An earlier result is replaced, and what cannot be written is said.
    let out = path("out.jpg");
    std::fs::write(&out, b"earlier").unwrap();
    place.daka(&["photo", "mark", &photo, &out, "--text", "8:58"]).ends(0);
    assert!(std::fs::read(&out).unwrap().starts_with(&[0xFF, 0xD8]));
    let run = place.json(&["photo", "mark", &photo, &path("no/folder.jpg"), "--text", "8:58"]).ends(1);
    assert_eq!(run.json()["error"]["code"], "unwritable_file");
    place.daka(&["photo", "restore", &out, &out]).ends(2);
    assert!(!path("out.jpg.part").is_empty() && !Path::new(&path("out.jpg.part")).exists());
}

#[test]
fn undo_data_of_another_photo_is_refused() {
    let (place, photo, path) = place("420.jpg");
    let other = place.file("other.jpg", &camera("exif_6.jpg"));
    let mark = |photo: &str, out: &str| {
        place.daka(&["photo", "mark", photo, out, "--text", "8:58", "--mode", "splice"]).ends(0)
    };
    mark(&photo, &path("one.jpg"));
    mark(&other, &path("two.jpg"));
    let back = path("back.jpg");
    let run = place.json(&["photo", "restore", &path("one.jpg"), &back, "--undo", &path("two.jpg.undo")]).ends(2);
    assert_eq!(run.json()["error"]["code"], "other_undo");
    assert!(!Path::new(&back).exists());
    let run = place.json(&["photo", "restore", &photo, &back]).ends(2);
    assert_eq!(run.json()["error"]["code"], "photo_not_marked");
}

#[test]
fn a_character_that_the_font_lacks_is_reported() {
    let (place, photo, path) = place("420.jpg");
    let run = place.daka(&["photo", "mark", &photo, &path("out.jpg"), "--text", "\u{E123}"]).ends(0);
    assert!(run.out.contains("U+E123") && run.out.contains("--font"), "{}", run.out);
    let said = place.json(&["photo", "mark", &photo, &path("out.jpg"), "--text", "\u{E123}"]).ends(0).json();
    assert_eq!(said["missing"], serde_json::json!(["U+E123"]));
}
