//! A phone that cannot scan: address and eight characters, typed, over HTTP to the real server.
#![allow(clippy::unwrap_used)]

use daka_core::adapters::crypto::Ring;
use daka_core::app::{DakaError, Employer, ErrorCode, JoinRequest, PunchRequest};
use daka_core::domain::ids::TenantId;
use daka_core::domain::journal::Asked;
use daka_server::tenants::devices;
use daka_server::testing::TestServer;
use daka_tests::stage::Phone;

/// What a person types for a new code of `e1`; the eight characters alone as second.
fn typed(server: &TestServer) -> (String, String) {
    let code = server.code_with("acme", "e1", true).1.unwrap();
    (format!("{} {code}", server.url()), code)
}

fn enrol(phone: &Phone, text: &str) -> Result<Employer, DakaError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(phone.engine().enrol(JoinRequest::parse(text)?))
}

fn approve(server: &TestServer, employer: &Employer) {
    let tenant = TenantId::parse("acme").unwrap();
    server.admin(|batch| {
        let device = devices::by_prefix(batch.tx, &tenant, &employer.device.to_string())?;
        devices::approve(batch, &device)
    });
}

#[test]
fn a_typed_code_enrols_a_phone_that_waits_until_two_people_compared() {
    let server = TestServer::acme();
    let phone = Phone::new();
    let (text, _) = typed(&server);
    let employer = enrol(&phone, &text).unwrap();
    // What the person compares is the tenant's own root, which the text did not name.
    assert_eq!(employer.root, server.root("acme").kid(&Ring));
    assert_eq!((employer.employer.as_str(), employer.active), ("Acme Ltd", false));
    phone.engine().punch(PunchRequest::tap(Asked::In)).unwrap();
    let held = phone.sync();
    assert_eq!(held.stopped.map(|r| r.code()), Some("not_approved"));
    assert!(held.waiting > 0 && held.delivered == 0, "{held:?}");
    approve(&server, &employer);
    let sent = phone.sync();
    assert_eq!((sent.stopped, sent.waiting), (None, 0));
    assert!(phone.engine().employer().unwrap().active);
}

#[test]
fn characters_that_look_alike_are_taken_for_each_other() {
    let server = TestServer::acme();
    // A person reads 1 as I or l, 0 as O, writes small, and groups as the pen goes.
    for misread in [
        |c: char| {
            if c == '1' {
                'I'
            } else if c == '0' {
                'O'
            } else {
                c
            }
        },
        |c: char| {
            if c == '1' {
                'l'
            } else if c == '0' {
                'o'
            } else {
                c.to_ascii_lowercase()
            }
        },
    ] {
        // One with a 1 or 0 in it: three codes of four have one.
        let code = loop {
            let (_, code) = typed(&server);
            if code.contains(['0', '1']) {
                break code;
            }
        };
        let wrong: String = code.chars().map(misread).collect();
        assert_ne!(wrong, code);
        let spaced: Vec<String> = wrong.replace('-', "").chars().map(String::from).collect();
        enrol(&Phone::new(), &format!("  {}/\n{} ", server.url().to_uppercase(), spaced.join(" "))).unwrap();
    }
}

#[test]
fn wrong_used_and_expired_codes_say_which_and_leave_nothing() {
    let server = TestServer::acme();
    let refused = |text: &str, code: ErrorCode| {
        let phone = Phone::new();
        assert_eq!(enrol(&phone, text).unwrap_err().code(), code, "{text}");
        assert!(!phone.engine().is_enrolled());
        assert_eq!(phone.engine().punch(PunchRequest::tap(Asked::In)).unwrap_err(), DakaError::NotEnrolled);
    };
    let (text, code) = typed(&server);
    // Another last character, and another that is read as itself only.
    let other = if code.ends_with('Z') { "Y" } else { "Z" };
    refused(&format!("{}{other}", text.get(..text.len() - 1).unwrap()), ErrorCode::WrongCode);
    refused(&format!("{} 0000-0000", server.url()), ErrorCode::WrongCode);
    enrol(&Phone::new(), &text).unwrap();
    refused(&text, ErrorCode::UsedCode);
    let (text, _) = typed(&server);
    server.clock().advance(24 * 3_600_000 + 1_000);
    refused(&text, ErrorCode::ExpiredCode);
    // What is no code is not sent anywhere.
    for (text, field) in [
        (format!("{} 7ZK4-Q0M", server.url()), "code"),
        (format!("{} 7ZK4-Q0MU", server.url()), "code"),
        (server.url().to_owned(), "enrolment text"),
        ("http://time.example 7ZK4-Q0M8".to_owned(), "server URL"),
    ] {
        let error = JoinRequest::parse(&text).unwrap_err();
        assert_eq!((error.code(), error.field()), (ErrorCode::BadValue, Some(field)), "{text}");
    }
}
