//! `daka verify` of a whole bundle, of changed ones, and of what is none.
#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, reason = "helpers of tests")]

mod common;

use common::Place;
use daka_core::domain::crypto::{PublicKey, Signer as _};
use daka_core::testkit::keys;
use daka_core::testkit::tiny_story::TinyStory;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::OnceLock;

fn bundle() -> &'static [u8] {
    static BUNDLE: OnceLock<Vec<u8>> = OnceLock::new();
    BUNDLE.get_or_init(|| TinyStory::new().bundle())
}

fn pem(key: &PublicKey) -> String {
    der::pem::encode_string("PUBLIC KEY", der::pem::LineEnding::LF, key.spki()).unwrap()
}

/// A place with the bundle and its root.
fn place() -> (Place, String, String) {
    let place = Place::new();
    let file = place.file("bundle.daka", bundle());
    let root = place.file("root.pem", pem(TinyStory::new().server.root.public_key()).as_bytes());
    (place, file, root)
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect()
}

#[test]
fn a_whole_bundle_holds_and_has_the_promised_shape() {
    let (place, file, root) = place();
    let report = place.json(&["verify", &file, "--trust", &root]).ends(0).json();
    assert_eq!((&report["ok"], &report["trust"]), (&Value::from(true), &Value::from("given")));
    let punches = report["punches"].as_array().unwrap();
    assert_eq!(punches.len(), 3);
    for punch in punches {
        assert_eq!(punch["id"].as_str().unwrap().len(), 36);
        assert!(strings(&punch["holds"]).contains(&"signature"));
        assert!(strings(&punch["redacted"]).is_empty() && strings(&punch["missing"]).is_empty());
        assert!(punch["fails"].as_array().unwrap().is_empty());
        // RFC 3339 with milliseconds: 2026-03-03T08:01:00.000+08:00 or …Z.
        for time in [&punch["time"]["earliest"], &punch["time"]["wall"], &punch["received"]] {
            let time = time.as_str().unwrap();
            assert_eq!((&time[10..11], &time[19..20]), ("T", "."), "{time}");
        }
    }
    // A field check-in is a punch.
    assert_eq!(punches[1]["field"], "client_visit");
    assert!(strings(&punches[1]["holds"]).contains(&"photo"));
}

#[test]
fn people_are_told_who_when_where() {
    let (place, file, root) = place();
    let said = place.daka(&["verify", &file, "--trust", &root]).ends(0).out;
    for words in ["everything in it holds", "Kim Lee (e-17)", "At the site: Door", "verified time", "Client visit"] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn without_a_root_the_fingerprint_is_shown_and_little_is_claimed() {
    let (place, file, _) = place();
    let report = place.json(&["verify", &file]).ends(0).json();
    assert_eq!((&report["ok"], &report["trust"]), (&Value::from(true), &Value::from("not_given")));
    let kid = TinyStory::new().server.root.public_key().kid(&daka_core::adapters::crypto::Ring).to_string();
    assert_eq!(report["root"], kid.as_str());
    let said = place.daka(&["verify", &file]).ends(0).out;
    assert!(said.contains("only inner consistency was shown") && said.contains(&kid[..8]), "{said}");
}

/// Bytes all over the file; core/tests/bundle.rs takes every one.
#[test]
fn a_changed_byte_is_refused_and_nothing_more_is_claimed() {
    let (place, file, root) = place();
    let whole = place.json(&["verify", &file, "--trust", &root]).ends(0).json();
    let claims = |report: &Value| -> BTreeSet<(String, String)> {
        let punches = report["punches"].as_array().unwrap().iter();
        let of = |p: &Value| {
            let id = p["id"].as_str().unwrap().to_owned();
            strings(&p["holds"]).into_iter().map(|c| (id.clone(), c.to_owned())).collect::<Vec<_>>()
        };
        punches.flat_map(of).collect()
    };
    let len = bundle().len();
    for at in (0..len).step_by(len / 24).chain([len - 1]) {
        let mut changed = bundle().to_vec();
        changed[at] ^= 0x10;
        let file = place.file("changed.daka", &changed);
        let report = place.json(&["verify", &file, "--trust", &root]).ends(1).json();
        assert_eq!(report["ok"], false, "byte {at}");
        let beyond = report["fails"].as_array().unwrap().len();
        let own =
            report["punches"].as_array().unwrap().iter().map(|p| p["fails"].as_array().unwrap().len()).sum::<usize>();
        assert!(beyond + own > 0, "byte {at} is not named");
        assert!(claims(&report).is_subset(&claims(&whole)), "byte {at}");
    }
}

#[test]
fn what_is_no_bundle_does_not_hold() {
    let (place, _, root) = place();
    let cut = &bundle()[..bundle().len() - 1];
    for (name, bytes) in [("empty", &b""[..]), ("text", b"a proof"), ("cut", cut)] {
        let file = place.file(name, bytes);
        let run = place.json(&["verify", &file, "--trust", &root]).ends(1);
        let report = run.json();
        assert_eq!(
            (&report["ok"], &report["fails"][0]["what"]),
            (&Value::from(false), &Value::from("container")),
            "{name}"
        );
        assert!(run.err.contains("not everything in this proof file holds"), "{}", run.err);
    }
}

#[test]
fn another_root_is_not_trusted() {
    let (place, file, _) = place();
    let other = place.file("other.pem", pem(keys::other_root().public_key()).as_bytes());
    let report = place.json(&["verify", &file, "--trust", &other]).ends(1).json();
    assert_eq!((&report["ok"], &report["trust"]), (&Value::from(false), &Value::from("given")));
    assert_eq!(report["fails"][0]["what"], "trust");
    assert!(report["punches"].as_array().unwrap().is_empty());
}

#[test]
fn files_that_cannot_be_read_are_bad_input() {
    let (place, file, root) = place();
    let folder = common::text(place.dir.path());
    let (body, label) = (bundle(), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let cases = [
        ("file", vec!["verify".to_owned(), format!("{file}.none"), "--trust".to_owned(), root]),
        ("file", vec!["verify".to_owned(), folder]),
        ("trust", vec!["verify".to_owned(), file.clone(), "--trust".to_owned(), format!("{file}.none")]),
        ("trust", vec!["verify".to_owned(), file.clone(), "--trust".to_owned(), place.file("binary.pem", body)]),
        ("trust", vec!["verify".to_owned(), file.clone(), "--trust".to_owned(), place.file("empty.pem", b"")]),
        (
            "trust",
            vec!["verify".to_owned(), file.clone(), "--trust".to_owned(), place.file("label.pem", label.as_bytes())],
        ),
    ];
    for (field, command) in cases {
        let command: Vec<&str> = command.iter().map(String::as_str).collect();
        let run = place.json(&command).ends(2);
        assert_eq!(run.json()["error"]["field"], field, "{command:?}");
        assert!(run.err.contains("next: "), "{}", run.err);
    }
}
