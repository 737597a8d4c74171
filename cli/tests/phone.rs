//! An enrolled phone in a terminal, against the real server on loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, reason = "helpers of tests")]

mod common;

use common::{Place, jpeg, text};
use daka_server::testing::TestServer;
use serde_json::Value;

const DOOR: [&str; 6] = ["--lat", "22.2793", "--lon", "114.1628", "--accuracy", "8"];

fn enrolled(server: &TestServer) -> Place {
    let place = Place::new();
    let code = server.code("acme", "e1").text();
    let said = place.json(&["enrol", &code, "--consent", "location,photo"]).ends(0).json();
    assert_eq!(said["root"], server.root("acme").kid(&daka_core::adapters::crypto::Ring).to_string().as_str());
    assert_eq!((&said["active"], &said["key_level"]), (&Value::from(true), &Value::from("software")));
    assert_eq!(said["consent"], serde_json::json!({ "location": true, "radio": false, "photo": true }));
    place.json(&["sync"]).ends(0);
    place
}

#[test]
fn from_enrolment_to_a_proof_file() {
    let mut server = TestServer::acme();
    let place = enrolled(&server);

    let precheck = place.json(&[&["precheck"][..], &DOOR].concat()).ends(0).json();
    assert_eq!((&precheck["offer"], &precheck["place"]["verdict"]), (&Value::from("in"), &Value::from("inside")));
    assert_eq!(precheck["word"], "verified");

    let punch = place.json(&[&["punch", "in", "--note", "early"][..], &DOOR].concat()).ends(0).json();
    assert_eq!((&punch["asked"], &punch["state"], &punch["signed"]), (&"in".into(), &"waiting".into(), &true.into()));
    assert_eq!((&punch["repeated"], &punch["time"]["word"]), (&false.into(), &"verified".into()));

    let photo = place.file("photo.jpg", &jpeg(3));
    let checkin =
        place.json(&["checkin", "--type", "client_visit", "--photo", &photo, "--visit", "V-1"]).ends(0).json();
    assert_eq!(
        (&checkin["field"], &checkin["place"]["reasons"]),
        (&"client_visit".into(), &serde_json::json!(["no_fix"]))
    );

    // What people see of a punch says where it is.
    let said = place.daka(&["punch", "break-start"]).ends(0).out;
    assert!(said.starts_with("Start break  ") && said.contains("Kept on this phone"), "{said}");

    server.stop();
    let away = place.json(&["sync", "--now"]).ends(4);
    assert_eq!((&away.json()["stopped"], &away.json()["waiting_photos"]), (&"unreachable".into(), &1.into()));
    assert!(away.err.contains("kept on this phone"), "{}", away.err);
    // Tried again or not due yet, as the wait's random length has it: away all the same.
    place.json(&["sync"]).ends(4);
    let status = place.json(&["status"]).ends(0).json();
    assert_eq!((&status["queue"]["photos"], &status["queue"]["due"]["reason"]), (&1.into(), &"unreachable".into()));
    assert_eq!(status["offer"], "break_end");

    server.start();
    let back = place.json(&["sync", "--now"]).ends(0).json();
    assert_eq!((&back["waiting"], &back["waiting_photos"], &back["photos"]), (&0.into(), &0.into(), &1.into()));

    let log = place.json(&["log"]).ends(0).json();
    let states: Vec<_> = log["punches"].as_array().unwrap().iter().map(|p| p["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["received"; 3]);
    assert_eq!(log["punches"][2]["id"], punch["id"], "newest first");
    assert_eq!(log["punches"][2]["note"], true);
    assert!(log["punches"][2]["place"]["site"].is_string(), "{log}");
    assert_eq!(place.json(&["log", "--limit", "1"]).ends(0).json()["punches"].as_array().unwrap().len(), 1);

    let checked = place.json(&["check"]).ends(0).json();
    assert_eq!(checked["damaged"], serde_json::json!([]));

    let root = place.file("root.pem", pem(&server).as_bytes());
    let bundle = text(&place.dir.path().join("bundle.daka"));
    place.json(&["export", "--out", &bundle]).ends(0);
    let report = place.json(&["verify", &bundle, "--trust", &root]).ends(0).json();
    assert_eq!((report["punches"].as_array().unwrap().len(), &report["ok"]), (3, &true.into()));
    // A range with nothing in it shows no punch, and still holds.
    place.json(&["export", "--out", &bundle, "--to", "2001-01-01"]).ends(0);
    let report = place.json(&["verify", &bundle, "--trust", &root]).ends(0).json();
    assert!(report["punches"].as_array().unwrap().is_empty());
    assert!(!place.dir.path().join("bundle.daka.part").exists());
}

fn pem(server: &TestServer) -> String {
    der::pem::encode_string("PUBLIC KEY", der::pem::LineEnding::LF, server.root("acme").spki()).unwrap()
}

/// A typed text, in one argument or in as many as the shell makes of it.
#[test]
fn a_typed_code_enrols_and_says_what_to_compare() {
    let server = TestServer::acme();
    let typed = || server.code_with("acme", "e1", true).1.unwrap();
    let root = server.root("acme").kid(&daka_core::adapters::crypto::Ring).to_string();
    let place = Place::new();
    let code = typed();
    let (first, second) = code.split_once('-').unwrap();
    let args = ["enrol", server.url(), &first.to_lowercase(), second, "--consent", "photo"];
    let said = place.json(&args).ends(0).json();
    assert_eq!((&said["root"], &said["root_named"], &said["active"]), (&root.into(), &false.into(), &false.into()));
    assert_eq!(said["consent"]["photo"], true);
    assert_eq!(place.json(&["status"]).ends(0).json()["active"], false);
    let other = Place::new();
    let text = format!("{} {}", server.url(), typed());
    let said = other.daka(&["enrol", &text]).ends(0).out;
    assert!(
        said.contains("does not name the employer's root") && said.contains("waiting for the employer's approval"),
        "{said}"
    );
    // A scanned text names the root.
    let scanned = Place::new().json(&["enrol", &server.code("acme", "e1").text()]).ends(0).json();
    assert_eq!(scanned["root_named"], true);

    let third = Place::new();
    let refused = |text: &str, exit: i32, code: &str| {
        let run = third.json(&["enrol", text]).ends(exit);
        assert_eq!(run.json()["error"]["code"], code, "{text}");
        assert!(!third.phone().exists(), "{text} left something behind");
    };
    refused(&text, 1, "used_code");
    refused(&format!("{} 0000-0000", server.url()), 1, "wrong_code");
    refused(&format!("{} 0000-000U", server.url()), 2, "bad_value");
    let late = format!("{} {}", server.url(), typed());
    server.clock().advance(24 * 3_600_000 + 1_000);
    refused(&late, 1, "expired_code");
}

#[test]
fn a_code_works_once_and_a_folder_enrols_once() {
    let server = TestServer::acme();
    let place = enrolled(&server);
    let code = server.code("acme", "e1").text();
    let run = place.json(&["enrol", &code]).ends(1);
    assert_eq!(run.json()["error"]["code"], "already_enrolled");

    let other = Place::new();
    other.json(&["enrol", &code]).ends(0);
    let third = Place::new();
    let run = third.json(&["enrol", &code]).ends(1);
    assert_eq!(run.json()["error"]["code"], "used_code");
    assert!(!third.phone().exists(), "a used code left something behind");
}

#[test]
fn photos_that_cannot_be_stop_the_check_in_before_the_punch() {
    let server = TestServer::acme();
    let place = enrolled(&server);
    let good = place.file("good.jpg", &jpeg(5));
    let whole = jpeg(6);
    let cases = [
        ("photo_empty", place.file("empty.jpg", b"")),
        ("photo_not_jpeg", place.file("text.jpg", b"no picture")),
        ("photo_truncated", place.file("cut.jpg", &whole[..whole.len() - 6])),
        ("photo_unreadable", text(place.dir.path())),
        ("unreadable_file", format!("{good}.none")),
    ];
    for (code, file) in &cases {
        // The good one comes first and must not stay behind.
        let run = place.json(&["checkin", "--type", "other", "--photo", &good, file]).ends(2);
        assert_eq!(run.json()["error"]["code"], *code);
        assert!(run.err.contains(file.as_str()), "{}", run.err);
    }
    let many = vec![good.as_str(); 10];
    let run = place.json(&[&["checkin", "--type", "other", "--photo"][..], &many].concat()).ends(2);
    assert_eq!(run.json()["error"]["code"], "photo_too_many");
    let kept = std::fs::read_dir(place.phone().join("photos")).unwrap().count();
    assert_eq!(kept, 0, "photos without a punch stayed behind");
    assert!(place.json(&["log"]).ends(0).json()["punches"].as_array().unwrap().is_empty());
    // And the good one still works afterwards.
    place.json(&["checkin", "--type", "other", "--photo", &good]).ends(0);

    place.json(&["consent", "--withdraw", "photo"]).ends(0);
    let before = place.json(&["log"]).ends(0).json()["punches"].as_array().unwrap().len();
    let run = place.json(&["checkin", "--type", "other", "--photo", &good]).ends(1);
    assert_eq!(run.json()["error"]["code"], "no_consent");
    assert_eq!(run.json()["error"]["field"], "photo");
    assert_eq!(place.json(&["log"]).ends(0).json()["punches"].as_array().unwrap().len(), before);
    place.json(&["consent", "--grant", "photo", "--withdraw", "photo"]).ends(2);
}

#[test]
fn texts_are_bounded_and_nothing_is_punched_by_a_bad_one() {
    let server = TestServer::acme();
    let place = enrolled(&server);
    for note in ["", &"x".repeat(4_001)] {
        let run = place.json(&["punch", "in", "--note", note]).ends(2);
        assert_eq!(run.json()["error"]["field"], "note");
    }
    assert!(place.json(&["log"]).ends(0).json()["punches"].as_array().unwrap().is_empty());
    place.json(&["punch", "in", "--note", &"x".repeat(4_000)]).ends(0);
}

#[test]
fn a_second_process_is_told_that_the_folder_is_in_use() {
    let server = TestServer::acme();
    let place = enrolled(&server);
    let held = daka::Home::at(&place.phone()).open().unwrap();
    let run = place.json(&["punch", "in"]).ends(5);
    assert_eq!(run.json()["error"]["code"], "in_use");
    drop(held);
    place.json(&["punch", "in"]).ends(0);
}

/// The sealing key is what opens the folder: another one is named, and what is there stays as it is.
#[test]
fn another_sealing_key_is_refused() {
    let server = TestServer::acme();
    let place = enrolled(&server);
    let path = place.phone().join("seal.key");
    let own = std::fs::read(&path).unwrap();
    assert_eq!(own.len(), 32);
    std::fs::write(&path, [1; 32]).unwrap();
    assert_eq!(place.json(&["status"]).ends(1).json()["error"]["code"], "wrong_key");
    std::fs::write(&path, b"short").unwrap();
    assert_eq!(place.json(&["status"]).ends(1).json()["error"]["code"], "wrong_key");
    std::fs::write(&path, own).unwrap();
    place.json(&["status"]).ends(0);
}
