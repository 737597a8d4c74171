//! Who may sign what: each message under the wrong key, the wrong purpose, the wrong day, the wrong tenant; and texts that people
//! type or scan.

#![cfg(feature = "testkit")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this file is a test")]

use daka_core::adapters::crypto::{Ring, SoftwareKey};
use daka_core::domain::cose::{Sign1, SignatureError};
use daka_core::domain::crypto::{Algorithm, Signer};
use daka_core::domain::ids::{Hash32, Nonce, PunchId, TenantId};
use daka_core::domain::short_code::ShortCode;
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{
    EnrolCode, KeySet, KeyUse, Login, QrText, ServerUrl, Statement, TimeToken, TrustError, TrustedKey,
};
use daka_core::domain::tus::PhotoMetadata;
use daka_core::testkit::keys;
use daka_core::testkit::tiny_server::{BEGIN, TinyPhone, TinyServer};

const YEAR: i64 = 365 * 86_400_000;

fn server() -> TinyServer {
    TinyServer::new(Box::new(keys::device_ca()))
}

fn resigned(payload: &[u8], key: &dyn Signer) -> Sign1 {
    Sign1::sign(&Ring, key, payload.to_vec()).unwrap()
}

#[test]
fn a_key_set_is_its_roots() {
    let server = server();
    let signed = server.keys.sign(&Ring, &keys::root()).unwrap();
    assert_eq!(KeySet::open(&Ring, keys::root().public_key(), &signed).unwrap(), server.keys);
    let other = KeySet::open(&Ring, keys::other_root().public_key(), &signed);
    assert_eq!(other, Err(TrustError::Signature(SignatureError::OtherKey)));
    // A message that names the root and is signed by another key.
    let mut forged = resigned(&signed.payload, &keys::other_root()).bytes().to_vec();
    let at = forged.windows(32).position(|w| w == keys::other_root().public_key().kid(&Ring).as_ref()).unwrap();
    forged[at..at + 32].copy_from_slice(keys::root().public_key().kid(&Ring).as_ref());
    let forged = Sign1::decode("key set", &forged).unwrap();
    let opened = KeySet::open(&Ring, keys::root().public_key(), &forged);
    assert_eq!(opened, Err(TrustError::Signature(SignatureError::Invalid)));
}

#[test]
fn a_statement_is_a_device_cas_of_that_day_and_tenant() {
    let mut server = server();
    let enrolled = server.enrol(&keys::device(), BEGIN + 5, None);
    let payload = &enrolled.statement.payload;
    assert!(Statement::open(&Ring, &server.keys, &enrolled.statement).is_ok());
    for key in [keys::log(), keys::time(), keys::root(), keys::device()] {
        let opened = Statement::open(&Ring, &server.keys, &resigned(payload, &key));
        assert_eq!(opened, Err(TrustError::UnknownKey));
    }
    for issued in [BEGIN - 1, BEGIN + 10 * YEAR + 1] {
        let mut late = Statement::decode(payload).unwrap();
        late.issued = WallMs::new(issued);
        let signed = late.sign(&Ring, &keys::device_ca()).unwrap();
        assert_eq!(Statement::open(&Ring, &server.keys, &signed), Err(TrustError::UnknownKey), "{issued}");
    }
    let mut foreign = Statement::decode(payload).unwrap();
    foreign.identity.tenant = TenantId::parse("other").unwrap();
    let signed = foreign.sign(&Ring, &keys::device_ca()).unwrap();
    assert_eq!(Statement::open(&Ring, &server.keys, &signed), Err(TrustError::Mismatch("tenant")));
}

#[test]
fn a_token_is_a_time_keys_of_that_day() {
    let mut server = server();
    let enrolled = server.enrol(&keys::device(), BEGIN + 5, None);
    let phone = TinyPhone::new(Box::new(keys::device()), &enrolled.identity, BEGIN + 10);
    let sign = |server_ms: i64, key: &dyn Signer| {
        let origin = "acme/1".to_owned();
        let request = phone.time_request(0);
        let token = TimeToken { origin, request, counter: 1, server: WallMs::new(server_ms), eps_ms: 500 };
        Sign1::sign(&Ring, key, token.encode()).unwrap()
    };
    for (ms, counts) in [(BEGIN - 1, false), (BEGIN, true), (BEGIN + 10 * YEAR, true), (BEGIN + 10 * YEAR + 1, false)] {
        assert_eq!(TimeToken::open(&Ring, &server.keys, &sign(ms, &keys::time())).is_ok(), counts, "{ms}");
    }
    assert!(TimeToken::open(&Ring, &server.keys, &sign(BEGIN, &keys::log())).is_err(), "a log key");
    // The same key under two uses counts for each only within that use's days.
    let mut keys_of = server.keys.clone();
    let key = keys::log().public_key().clone();
    keys_of.keys.push(TrustedKey { key_use: KeyUse::Time, key, from: WallMs::new(0), to: WallMs::new(BEGIN) });
    assert!(TimeToken::open(&Ring, &keys_of, &sign(BEGIN, &keys::log())).is_ok());
    assert!(TimeToken::open(&Ring, &keys_of, &sign(BEGIN + 1, &keys::log())).is_err());
}

/// A message of one purpose never passes for another, under the same key.
#[test]
fn tags_keep_purposes_apart() {
    let mut server = server();
    let enrolled = server.enrol(&keys::device(), BEGIN + 5, None);
    let mut phone = TinyPhone::new(Box::new(keys::device()), &enrolled.identity, BEGIN + 10);
    let head = Sign1::decode("head", &phone.sign_head()).unwrap();
    assert!(Login::open(&Ring, keys::device().public_key(), &head).is_err());
    let login = Login {
        tenant: server.tenant.clone(),
        root: keys::root().public_key().kid(&Ring),
        origin: "https://time.example".to_owned(),
        journal: phone.journal,
        server_nonce: Nonce([1; 16]),
        client_nonce: Nonce([2; 16]),
    };
    let signed = login.sign(&Ring, &keys::device()).unwrap();
    assert_eq!(Login::open(&Ring, keys::device().public_key(), &signed).unwrap(), login);
    assert!(Login::open(&Ring, keys::former_device().public_key(), &signed).is_err());
    assert!(daka_core::domain::journal::Head::decode(&signed.payload).is_err());
    let statement = resigned(&enrolled.statement.payload, &keys::root());
    assert!(KeySet::open(&Ring, keys::root().public_key(), &statement).is_err());
}

/// ECDSA has two forms of each signature; only the lower is one of ours, and it is what every signer gives.
#[test]
fn software_keys_sign_low_and_a_high_s_is_refused() {
    use daka_core::domain::crypto::{Crypto as _, Signature};
    use daka_core::domain::ecdsa;
    let key = SoftwareKey::ephemeral(Algorithm::Es256).unwrap();
    for n in 0..50_u8 {
        let signature = key.sign(&[n]).unwrap();
        assert!(ecdsa::is_low_s(&signature) && Ring.verify(key.public_key(), &[n], &signature));
        // n − s, as with_low_s would take it away again.
        let mut high = signature;
        let order = [
            0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
            0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51_u8,
        ];
        let mut borrow = 0_i16;
        for (digit, order) in high.0[32..].iter_mut().zip(order).rev() {
            let d = i16::from(order) - i16::from(*digit) - borrow;
            borrow = i16::from(d < 0);
            *digit = (d & 0xff) as u8;
        }
        assert!(!Ring.verify(key.public_key(), &[n], &high), "a high s");
        assert_eq!(ecdsa::with_low_s(high), signature);
        assert!(!Ring.verify(key.public_key(), &[n], &Signature([0; 64])));
    }
}

#[test]
fn a_server_url_is_https_or_loopback() {
    for good in [
        ("https://time.example", "https://time.example"),
        ("https://time.example:8443/acme/", "https://time.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost/x", "http://localhost"),
        ("http://[::1]:1", "http://[::1]:1"),
    ] {
        let url = ServerUrl::parse(good.0).unwrap();
        assert_eq!(url.origin(), good.1);
        assert!(!url.as_str().ends_with('/'));
    }
    for bad in [
        "",
        "time.example",
        "ftp://time.example",
        "https://",
        "https:///path",
        "http://time.example",
        "http://127.0.0.1.time.example",
        "http://127.0.0.1:x",
        "http://localhost:",
        "https://user@time.example",
        "https://time.example?x=1",
        "https://time.example#x",
        "https://time.example/a b",
        "https://time.example\\@other",
        "https://time.example/\n",
    ] {
        assert!(ServerUrl::parse(bad).is_err(), "{bad:?}");
    }
    assert!(ServerUrl::parse(&format!("https://{}", "a".repeat(505))).is_err());
}

#[test]
fn a_qr_text_has_each_parameter_once_and_no_others() {
    let root = Hash32([7; 32]);
    let qr = QrText {
        server: ServerUrl::parse("https://time.example").unwrap(),
        root: daka_core::domain::ids::Kid(root),
        code: EnrolCode([9; 16]),
        tls_pin: None,
    };
    let text = qr.text();
    let (r, c) = ("BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "CQkJCQkJCQkJCQkJCQkJCQ");
    assert_eq!(text, format!("daka:1?u=https%3A%2F%2Ftime.example&r={r}&c={c}"));
    assert_eq!(QrText::parse(&format!(" daka:1?c={c}&r={r}&u=https%3a%2f%2Ftime.example\n")).unwrap(), qr);
    let u = "https%3A%2F%2Ftime.example";
    for bad in [
        format!("daka:2?u={u}&r={r}&c={c}"),
        format!("u={u}&r={r}&c={c}"),
        format!("daka:1?r={r}&c={c}"),
        format!("daka:1?u={u}&c={c}"),
        format!("daka:1?u={u}&r={r}"),
        format!("daka:1?u={u}&r={r}&c={c}&c={c}"),
        format!("daka:1?u={u}&r={r}&c={c}&x=1"),
        format!("daka:1?u={u}&r={r}&c={c}="),
        format!("daka:1?u={u}&r={r}&c={c}&p=AA"),
        format!("daka:1?u={u}&r={c}&c={c}"),
        format!("daka:1?u=%FF&r={r}&c={c}"),
        format!("daka:1?u=http%3A%2F%2Ftime.example&r={r}&c={c}"),
    ] {
        assert!(QrText::parse(&bad).is_err(), "{bad}");
    }
    // The code is shown by its HMAC, which binds it to one phone's nonce and key.
    let mac = qr.code.mac(&Ring, Nonce([1; 16]), b"request");
    assert_ne!(mac, qr.code.mac(&Ring, Nonce([2; 16]), b"request"));
    assert_ne!(mac, qr.code.mac(&Ring, Nonce([1; 16]), b"another"));
    assert_ne!(mac, EnrolCode([8; 16]).mac(&Ring, Nonce([1; 16]), b"request"));
}

/// Crockford: one wrong digit, or two neighbours swapped, is always found (37 is prime and above 32).
#[test]
fn a_mistyped_photo_code_is_found() {
    let code = ShortCode::of(&Ring, PunchId([3; 16]), None, Hash32([4; 32]));
    let text = code.text();
    assert_eq!(ShortCode::parse(&text.to_lowercase().replace('-', " ")).unwrap(), code);
    assert_eq!(ShortCode::parse(&text.replace('1', "l").replace('0', "o")).unwrap(), code);
    let plain: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    for at in 0..10 {
        for digit in b"0123456789ABCDEFGHJKMNPQRSTVWXYZ" {
            let mut typed = plain.clone();
            typed[at] = *digit;
            let typed = String::from_utf8(typed).unwrap();
            assert_eq!(ShortCode::parse(&typed).is_ok(), *digit == plain[at], "{typed}");
        }
        if at < 9 && plain[at] != plain[at + 1] {
            let mut swapped = plain.clone();
            swapped.swap(at, at + 1);
            assert!(ShortCode::parse(std::str::from_utf8(&swapped).unwrap()).is_err());
        }
    }
    for bad in ["", "12345-67890", "12345-678901-2", "12345-6789!0", "ÄÄÄÄÄ-ÄÄÄÄÄ1"] {
        assert!(ShortCode::parse(bad).is_err(), "{bad}");
    }
}

#[test]
fn tus_metadata_passes_other_keys_over_and_names_what_is_wrong() {
    let photo = PhotoMetadata {
        journal: daka_core::domain::ids::JournalId(Hash32([1; 32])),
        punch: PunchId([2; 16]),
        digest: Hash32([3; 32]),
    };
    let header = photo.header();
    assert_eq!(PhotoMetadata::parse(&format!("filename eC5qcGc=, {header},empty")).unwrap(), photo);
    for (bad, field) in [
        (header.replace("journal", "journey"), "journal"),
        (header.replace("punch ", "punch"), "punch"),
        (header.replace("digest A", "digest !"), "digest"),
        (header.replace("punch AgI", "punch "), "punch"),
    ] {
        assert_eq!(PhotoMetadata::parse(&bad).unwrap_err().field, field, "{bad}");
    }
}
