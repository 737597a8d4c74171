//! What is refused, with which exit code, and that nothing is written by it.
#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, reason = "helpers of tests")]

mod common;

use common::{Place, text};

#[test]
fn the_help_documents_the_exit_codes() {
    let help = Place::new().daka(&["--help"]).ends(0).out;
    for code in 0..=5 {
        assert!(help.contains(&format!("\n  {code}  ")), "{help}");
    }
    assert!(help.contains("Exit codes:"));
}

#[test]
fn without_an_enrolment_every_command_says_so_and_makes_nothing() {
    let place = Place::new();
    let photo = place.file("photo.jpg", &common::jpeg(1));
    let out = text(&place.dir.path().join("bundle.daka"));
    for command in [
        &["status"][..],
        &["sync"],
        &["sync", "--now"],
        &["log"],
        &["check"],
        &["consent"],
        &["consent", "--grant", "location"],
        &["precheck"],
        &["punch", "in"],
        &["checkin", "--type", "home", "--photo", &photo],
        &["export", "--out", &out],
    ] {
        let run = place.json(command).ends(3);
        assert_eq!(run.json()["error"]["code"], "not_enrolled", "{command:?}");
        assert!(run.err.contains("not enrolled") && run.err.contains("next: daka enrol"), "{}", run.err);
        assert!(!place.phone().exists(), "{command:?} made a folder");
    }
    assert!(!place.dir.path().join("bundle.daka").exists());
}

/// Before the folder is even looked for: the exit code would be 3 otherwise.
#[test]
fn values_that_cannot_be_are_refused_by_field() {
    let place = Place::new();
    let long = "x".repeat(201);
    let cases: &[(&[&str], &str)] = &[
        (&["punch", "in", "--lat", "NaN", "--lon", "114"], "latitude"),
        (&["punch", "in", "--lat", "90.1", "--lon", "114"], "latitude"),
        (&["punch", "in", "--lat", "-inf", "--lon", "114"], "latitude"),
        (&["punch", "in", "--lat", "22", "--lon", "180.5"], "longitude"),
        (&["punch", "in", "--lat", "22", "--lon", "inf"], "longitude"),
        (&["precheck", "--lat", "22", "--lon", "114", "--accuracy", "-1"], "accuracy"),
        (&["precheck", "--lat", "22", "--lon", "114", "--accuracy", "NaN"], "accuracy"),
        (&["precheck", "--lat", "22", "--lon", "114", "--altitude", "1e9"], "altitude"),
        (&["precheck", "--lat", "22", "--lon", "114", "--speed", "inf"], "speed"),
        (&["checkin", "--type", "other", "--photo", "x.jpg", "--note", ""], "note"),
        (&["checkin", "--type", "other", "--photo", "x.jpg", "--visit", &long], "visit"),
        (&["export", "--out", "x", "--from", "1999-12-31"], "from"),
        (&["export", "--out", "x", "--to", "2100-06-01T00:00:00Z"], "to"),
        (&["export", "--out", "x", "--to", "soon"], "to"),
        (&["export", "--out", "x", "--from", "2026-03-02", "--to", "2026-03-01"], "from"),
        (&["enrol", ""], "enrolment text"),
        (&["enrol", "https://example.com"], "enrolment text"),
        (&["enrol", "daka:1?u=ftp%3A%2F%2Fx&r=AA&c=AA"], "server URL"),
        (&["enrol", "daka:1?u=https%3A%2F%2Fx.example&r=AA&c=AA"], "r"),
    ];
    for (command, field) in cases {
        let run = place.json(command).ends(2);
        let error = &run.json()["error"];
        assert_eq!(error["field"], *field, "{command:?}: {error}");
        assert!(run.err.starts_with("daka: ") && run.err.contains(field), "{command:?}: {}", run.err);
        assert!(!place.phone().exists(), "{command:?} made a folder");
    }
    // A limit is named where there is one.
    let run = place.daka(&["punch", "in", "--lat", "91", "--lon", "0"]).ends(2);
    assert!(run.err.contains("from -90 to 90 degrees"), "{}", run.err);
    // Enormous texts are no other matter.
    let enormous = format!("daka:1?u={}", "x".repeat(100_000));
    place.daka(&["enrol", &enormous]).ends(2);
}

#[test]
fn what_clap_refuses_is_usage_too() {
    let place = Place::new();
    let photo = place.file("photo.jpg", &common::jpeg(1));
    for command in [
        &[][..],
        &["lunch"],
        &["punch"],
        &["punch", "sideways"],
        &["punch", "in", "--lat", "22"],
        &["punch", "in", "--lat", "here", "--lon", "114"],
        &["punch", "in", "--lat", "22", "--lon", "114", "--age", "-1"],
        &["punch", "in", "--lat", "22", "--lon", "114", "--age", "86401"],
        &["checkin", "--type", "holiday", "--photo", &photo],
        &["checkin", "--type", "other"],
        &["consent", "--grant", "everything"],
        &["log", "--limit", "0"],
    ] {
        let run = place.daka(command).ends(2);
        assert!(run.out.is_empty() && !run.err.is_empty(), "{command:?}");
    }
    // For programs too: one JSON value.
    assert_eq!(place.json(&["punch", "sideways"]).ends(2).json()["error"]["code"], "usage");
    // Help and version are answers.
    assert!(place.daka(&["--version"]).ends(0).out.starts_with("daka "));
}

#[test]
fn a_server_that_is_away_leaves_nothing_of_an_enrolment() {
    let place = Place::new();
    // A port that was free a moment ago, and nobody listens at.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let text = format!(
        "daka:1?u=http%3A%2F%2F127.0.0.1%3A{port}&r={}&c={}",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAAAAAAAA"
    );
    let run = place.json(&["enrol", &text]).ends(4);
    assert_eq!(run.json()["error"]["code"], "unreachable");
    assert!(!place.phone().exists(), "keys of a phone that nobody enrolled");
}
