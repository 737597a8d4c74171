//! The golden vectors of `docs/format/vectors`: made here from fixed input, kept in the repository, checked by a judge in Python.
//!
//! Each file is made again and compared with the one that is kept, so that no encoding changes unseen. ES256 signatures hold a
//! random number; those that were made once are kept in `signatures.json` and used again as long as what they sign is the same.
//! What is kept was not only written by this code: `tests/judges/check_vectors.py` checks every byte of it with other libraries.
//!
//! `DAKA_WRITE_VECTORS=1 cargo test -p daka-core --features testkit --test vectors` writes the files anew.

#![cfg(feature = "testkit")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this file is a test")]

mod bundles;
mod decoders;
mod journal;
mod log;
mod refused;
mod rules;
mod set;
mod signatures;
mod texts;
mod trust;

use set::{File, folder, write};
use signatures::Signatures;

fn all(signatures: &Signatures) -> Vec<File> {
    let story = signatures.story();
    vec![
        set::keys(),
        journal::file(&story),
        journal::groups(&story),
        journal::uploads(&story),
        trust::file(&story, signatures),
        log::file(&story),
        rules::file(&story),
        texts::file(&story),
        bundles::file(&story),
        refused::file(&story),
    ]
}

/// Every vector is what the code makes today.
#[test]
fn the_vectors_are_what_the_code_makes() {
    let signatures = Signatures::load();
    let files = all(&signatures);
    let names: Vec<&str> = files.iter().map(|f| f.name).chain(["signatures"]).collect();
    if write() {
        for file in &files {
            std::fs::write(folder().join(format!("{}.json", file.name)), file.text()).unwrap();
        }
        signatures.store();
    }
    for file in &files {
        let kept = std::fs::read_to_string(folder().join(format!("{}.json", file.name)));
        let kept = kept.unwrap_or_else(|e| panic!("{}.json: {e}", file.name));
        for (now, then) in file.text().lines().zip(kept.lines()) {
            assert_eq!(now, then, "{}.json is another now; if that is meant, say so in CHANGES.md", file.name);
        }
        assert_eq!(file.text(), kept, "{}.json", file.name);
    }
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(names.contains(&name.trim_end_matches(".json")), "{name} is made by nothing");
    }
}

/// What decodes encodes to the same bytes.
#[test]
fn every_vector_is_read_and_written_again() {
    let mut read = std::collections::BTreeSet::from(["item".to_owned()]);
    for file in all(&Signatures::load()).iter().filter(|file| file.name != "refused") {
        for vector in &file.vectors {
            let (Some(rule), Some(bytes)) = (vector.rule(), vector.bytes()) else { continue };
            let Some(decoder) = decoders::find(rule) else { continue };
            let again = decoder(&bytes).unwrap_or_else(|e| panic!("{} of {}: {e}", vector.name(), file.name));
            assert_eq!(again, bytes, "{} of {}", vector.name(), file.name);
            read.insert(rule.to_owned());
        }
    }
    // `item` is every one of them.
    for rule in decoders::RULES {
        assert!(read.contains(rule), "{rule} has no vector");
    }
}

/// What must be refused is, and for the reason that stands there.
#[test]
fn every_bad_vector_is_refused() {
    let file = refused::file(&Signatures::load().story());
    assert!(file.vectors.len() > 40);
    for vector in &file.vectors {
        let rule = vector.rule().unwrap();
        let decoder = decoders::find(rule).unwrap_or_else(|| panic!("{}: nothing reads {rule}", vector.name()));
        let error = decoder(&vector.bytes().unwrap()).expect_err(vector.name());
        assert!(error.contains(vector.text("error")), "{}: {error}", vector.name());
    }
}
