//! Enrolment, login, time, segments, rules and receipts, as a phone goes through them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::adapters::crypto::Ring;
use daka_core::domain::journal::Asked;
use daka_core::domain::log::{ItemReason, ItemStatus};
use daka_core::domain::trust::{AccessScope, EnrolCode, EnrolState};
use daka_server::testing::{Phone, TestServer};

#[test]
fn from_code_to_receipt_to_result() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    assert_eq!(phone.answer.state, EnrolState::Active);
    assert_eq!(phone.answer.employee_name, "Chan Tai Man");
    phone.load_rules();
    phone.consent_to_location();
    phone.anchor(80);
    let inside = phone.punch_at(Asked::In, 22.2793, 114.1628);
    // 0.01° of latitude is 1,106 m: more than a kilometre outside a circle of 80 m.
    let outside = phone.punch_at(Asked::Out, 22.2893, 114.1628);
    let answer = phone.upload(1, outside);
    assert_eq!(Phone::fates(&answer), [(ItemStatus::Stored, ItemReason::None, 1, outside)]);
    assert_eq!(answer.head, Some(phone.head()));
    assert_eq!(answer.items[0].receipt.last_token, 1);

    let results = server.results("acme");
    assert_eq!(results.len(), 2);
    assert_eq!((results[0]["seq"].as_u64(), results[0]["asked"].as_str()), (Some(inside), Some("in")));
    assert_eq!(results[0]["time"]["word"], "verified");
    assert_eq!(results[0]["place"]["verdict"], "inside");
    assert_eq!(results[1]["place"]["verdict"], "outside");
    for r in &results {
        assert_eq!((&r["place"]["agrees"], &r["place"]["recomputed"]), (&true.into(), &true.into()));
        assert_eq!((r["status"].as_str(), r["employee"].as_str()), (Some("accepted"), Some("e1")));
    }

    // The same again: the first receipt.
    let again = phone.upload(1, outside);
    assert_eq!(Phone::fates(&again), [(ItemStatus::Duplicate, ItemReason::None, 1, outside)]);
    assert_eq!(again.items[0].receipt.index, answer.items[0].receipt.index);
    assert_eq!(again.items[0].receipt.received, answer.items[0].receipt.received);
    assert_eq!(again.checkpoint.size, answer.checkpoint.size, "a repeat appends nothing");
}

#[test]
fn a_code_works_once_and_only_its_own_way() {
    let server = TestServer::acme();
    let refused = |qr: &_| Phone::enrol(server.http(), qr).err().map(|r| r.outcome());
    let wrong = server.qr("acme", EnrolCode([9; 16]));
    assert_eq!(refused(&wrong), Some((403, "wrong_code".into())));

    let code = server.code("acme", "e1");
    let phone = Phone::enrol(server.http(), &code).unwrap();
    // The same request again, because its answer was lost: the same answer.
    let again = server.http().post("/v0/enrol", None, &phone.request);
    assert_eq!((again.status, again.body), (200, phone.answer.encode()));
    assert_eq!(refused(&code), Some((403, "used_code".into())));

    let late = server.code("acme", "e1");
    server.clock().advance(24 * 3_600_000 + 1);
    assert_eq!(refused(&late), Some((403, "expired_code".into())));
    server.clock().advance(-24 * 3_600_000 - 1);
    // None of the refusals left a device behind, and the refused code still works in its time.
    Phone::enrol(server.http(), &late).unwrap();
    let devices: i64 = server.admin(|b| Ok(b.tx.query_row("SELECT count(*) FROM device", [], |r| r.get(0))?));
    assert_eq!(devices, 2);
}

#[test]
fn ten_wrong_tries_burn_a_code() {
    let server = TestServer::acme();
    let code = server.code("acme", "e1");
    let phone = Phone::enrol(server.http(), &server.code("acme", "e1")).unwrap();
    // Someone who saw the hint, but not the code.
    let mut forged = daka_core::domain::trust::EnrolRequest::decode(&phone.request).unwrap();
    forged.hint = code.code.hint(&Ring);
    for _ in 0..10 {
        assert_eq!(server.http().post("/v0/enrol", None, &forged.encode()).outcome(), (403, "wrong_code".into()));
    }
    assert_eq!(Phone::enrol(server.http(), &code).err().unwrap().outcome(), (403, "expired_code".into()));
}

#[test]
fn a_typed_code_waits_for_approval() {
    let server = TestServer::acme();
    let (_, typed) = server.code_with("acme", "e1", true);
    let typed = typed.unwrap().to_lowercase();
    let code = daka_core::domain::trust::TypedCode::parse(&typed).unwrap().enrol_code(&Ring);
    let mut phone = Phone::enrol(server.http(), &server.qr("acme", code)).unwrap();
    assert_eq!(phone.answer.state, EnrolState::Pending);
    assert_eq!(phone.login().unwrap().scope, AccessScope::Pending);
    let seq = phone.punch(Asked::In);
    assert_eq!(phone.send(&phone.upload_of(1, seq)).outcome(), (403, "not_approved".into()));
    assert_eq!(phone.http.get("/v0/head", Some(&phone.token)).status, 200);
    server.admin(|b| {
        let kid = phone.public_key().kid(&Ring).0.hex();
        let device = daka_server::tenants::devices::by_prefix(b.tx, &phone.keys.tenant, kid.get(..8).unwrap())?;
        daka_server::tenants::devices::approve(b, &device)
    });
    // The token goes on, now for everything.
    assert_eq!(phone.upload(1, seq).items[0].status, ItemStatus::Stored);
    assert_eq!(phone.login().unwrap().scope, AccessScope::Full);
}

#[test]
fn a_login_holds_once_here_and_for_this_journal() {
    let server = TestServer::acme();
    let phone = server.phone("acme", "e1");
    let send = |body: &[u8]| server.http().post("/v0/login", None, body).outcome();
    let nonce = phone.challenge();
    let elsewhere = phone.login_request(nonce, "https://elsewhere.example");
    assert_eq!(send(&elsewhere), (403, "forbidden".into()));
    let good = phone.login_request(nonce, server.url());
    assert_eq!(send(&good).0, 200, "a refused login used no challenge up");
    assert_eq!(send(&good), (401, "login_required".into()), "a challenge holds once");
    let stale = phone.login_request(phone.challenge(), server.url());
    server.clock().advance(300_001);
    assert_eq!(send(&stale), (401, "login_required".into()), "and for five minutes");
    // Another device's statement with this device's signature.
    let other = server.phone("acme", "e1");
    let mut mixed =
        daka_core::domain::trust::LoginRequest::decode(&phone.login_request(phone.challenge(), server.url())).unwrap();
    mixed.statement = other.answer.statement.clone();
    assert_eq!(send(&mixed.encode()), (403, "forbidden".into()));
    mixed.certificate = other.answer.certificate.clone();
    assert_eq!(send(&mixed.encode()), (403, "forbidden".into()));
    // An access token ends after 15 minutes.
    let token = phone.token.clone();
    assert_eq!(phone.http.get("/v0/head", Some(&token)).status, 200);
    server.clock().advance(900_001 - 300_001);
    assert_eq!(phone.http.get("/v0/head", Some(&token)).outcome(), (401, "login_required".into()));
}

#[test]
fn a_time_token_is_given_once_per_nonce() {
    let server = TestServer::acme();
    let phone = server.phone("acme", "e1");
    let request = phone.time_request();
    let ask = |r: &daka_core::domain::trust::TimeRequest| phone.http.post("/v0/time", Some(&phone.token), &r.encode());
    let first = ask(&request);
    server.clock().advance(5_000);
    assert_eq!(ask(&request).body, first.body, "a lost answer is not a held-back one");
    let other = daka_core::domain::trust::TimeRequest { b0: daka_core::domain::time::SessionMs::new(7), ..request };
    assert_eq!(ask(&other).outcome(), (422, "unprocessable".into()));
    let foreign = daka_core::domain::trust::TimeRequest {
        journal: daka_core::domain::ids::JournalId(server.sha256(b"another")),
        ..phone.time_request()
    };
    assert_eq!(ask(&foreign).outcome(), (403, "forbidden".into()));
    let counter = |body: &[u8]| {
        let message = daka_core::domain::cose::Sign1::decode("token", body).unwrap();
        daka_core::domain::trust::TimeToken::open(&Ring, &phone.keys, &message).unwrap().counter
    };
    assert_eq!((counter(&first.body), counter(&ask(&phone.time_request()).body)), (1, 2));
}
