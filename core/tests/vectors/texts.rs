//! Texts: QR code, short code, tus metadata, UUIDs.

use daka_core::adapters::crypto::Ring;
use daka_core::domain::ids::{CaptureNonce, Hash32, Kid, PunchId, hex};
use daka_core::domain::short_code::ShortCode;
use daka_core::domain::trust::{EnrolCode, QrText, ServerUrl, TypedText};
use daka_core::domain::tus::PhotoMetadata;
use daka_core::testkit::tiny_server::{random, random16};
use daka_core::testkit::tiny_story::TinyStory;
use serde_json::json;

use super::set::{File, Vector, vector};

fn qr(name: &str, url: &str, pin: Option<Hash32>) -> Vector {
    let server = ServerUrl::parse(url).unwrap();
    let (root, code) = (Kid(Hash32(random("root", 1))), EnrolCode(random16("code", 1)));
    let qr = QrText { server, root, code, tls_pin: pin };
    let text = qr.text();
    assert_eq!(QrText::parse(&text).unwrap(), qr);
    let decoded = json!({
        "u": qr.server.as_str(),
        "r": hex(root.as_ref()),
        "c": hex(&qr.code.0),
        "p": pin.map(|p| p.hex()),
        "hint": hex(&qr.code.hint(&Ring)),
    });
    vector(name).with("qr", text).with("decoded", decoded)
}

/// A text as it is shown, and other ways to type the same.
fn typed(name: &str, text: &str, also: &[&str]) -> Vector {
    let read = TypedText::parse(text).unwrap();
    assert_eq!(read.text(), text);
    for other in also {
        assert_eq!(TypedText::parse(other).unwrap(), read, "{other}");
    }
    let code = read.code.enrol_code(&Ring);
    let decoded = json!({ "u": read.server.as_str(), "c": hex(&code.0), "hint": hex(&code.hint(&Ring)) });
    vector(name).with("typed", text).with("also", json!(also)).with("decoded", decoded)
}

pub(crate) fn file(story: &TinyStory) -> File {
    let pin = Some(Hash32(random("pin", 1)));
    let mut vectors = vec![
        qr("QR text", "https://time.example", None),
        qr("QR text with port, path and TLS pin", "https://time.example:8443/acme&sons/ä", pin),
        qr("QR text on loopback", "http://127.0.0.1:8080", None),
        typed(
            "typed text",
            "time.example 7ZK4-Q0M8",
            &["time.example 7zk4q0m8", "HTTPS://Time.Example/ 7ZK4 QOM8", "time.example\n7-z-k-4-q-o-m-8"],
        ),
        typed(
            "typed text of characters that look alike",
            "time.example:8443/Acme 1011-0100",
            &["Time.example:8443/Acme IolL-OiOo"],
        ),
        typed("typed text on loopback", "http://127.0.0.1:8080 ZZZZ-ZZZZ", &["HTTP://127.0.0.1:8080/ zzzzzzzz"]),
    ];
    for n in 0..12 {
        let (punch, camera) = (PunchId(random16("punch", n)), Hash32(random("camera", n)));
        let nonce = (n != 0).then(|| CaptureNonce(random16("capture", n)));
        let code = ShortCode::of(&Ring, punch, nonce, camera);
        assert_eq!(ShortCode::parse(&code.text().to_lowercase()).unwrap(), code);
        vectors.push(
            vector(&format!("short code {n}"))
                .with("short_code", code.text())
                .with("punch", hex(&punch.0))
                .with("nonce", nonce.map(|n| hex(&n.0)))
                .with("camera", camera.hex()),
        );
    }
    let photo = PhotoMetadata { journal: story.phone.journal, punch: story.punches[1], digest: Hash32(random("p", 1)) };
    let header = photo.header();
    assert_eq!(PhotoMetadata::parse(&header).unwrap(), photo);
    let decoded = json!({
        "journal": photo.journal.0.hex(), "punch": hex(&photo.punch.0), "digest": photo.digest.hex(),
    });
    vectors.push(vector("tus Upload-Metadata").with("tus", header).with("decoded", decoded));
    let id = PunchId::new(0x0123_4567_89ab, &[0xff; 10]);
    vectors
        .push(vector("UUIDv7").with("uuid", id.to_string()).with("hex", hex(&id.0)).with("ms", 0x0123_4567_89ab_i64));
    File { name: "texts", about: "Texts that people and other programs see; their grammar is in texts.md.", vectors }
}
