//! What punches count as: worked out by the server from the flow, whatever the phone claims.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::domain::ids::{Hash32, RulesRev};
use daka_core::domain::journal::{Asked, Body, ChainPoint, EpochReason, GroupId, Groups, PlaceGroup, RecordedFix};
use daka_core::domain::rules::Policy;
use daka_server::tenants::policy;
use daka_server::testing::{Phone, TestServer};
use serde_json::Value;

const DOOR: (i64, i64) = (222_793_000, 1_141_628_000);

/// One fix of 10 m at a place, `age_ms` before the tap.
fn fix((lat_e7, lon_e7): (i64, i64), age_ms: i64) -> PlaceGroup {
    let fix = RecordedFix {
        lat_e7,
        lon_e7,
        accuracy_dm: Some(100),
        age_ms,
        platform: 1,
        provider: 3,
        mock: 0,
        precise: 1,
        altitude_dm: None,
        speed_cm_s: None,
    };
    PlaceGroup { datum: 1, fixes: vec![fix] }
}

fn ready() -> (TestServer, Phone) {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    phone.load_rules();
    phone.consent_to_location();
    (server, phone)
}

/// Lets time pass for both: a phone whose clock runs ahead of the server's contradicts it.
fn pass(server: &TestServer, phone: &mut Phone, ms: u32) {
    phone.wait(u64::from(ms));
    server.clock().advance(i64::from(ms));
}

fn punch(server: &TestServer, phone: &mut Phone, groups: Groups) -> u64 {
    pass(server, phone, 1_000);
    let body = Body::Punch(phone.punch_body(Asked::In));
    phone.add(body, groups)
}

fn of(results: &[Value], seq: u64) -> Value {
    results.iter().find(|r| r["seq"] == seq).unwrap_or_else(|| panic!("{seq} in {results:?}")).clone()
}

#[test]
fn a_later_anchor_times_an_earlier_punch() {
    let (server, mut phone) = ready();
    // t = 2,000 at the tap.
    let seq = punch(&server, &mut phone, Groups::new());
    // Ten seconds on its way, so that the receipt bounds it less tightly than the token will.
    pass(&server, &mut phone, 10_000);
    phone.upload(1, seq);
    let before = of(&server.results("acme"), seq);
    assert_eq!(
        (before["time"]["word"].as_str(), before["time"]["latest_from"].as_str()),
        (Some("unverified"), Some("receipt"))
    );
    assert_eq!(before["time"]["earliest_ms"], Value::Null);
    // The token is asked for ten minutes later (b₀ = 612,000) and takes 50 ms (b₁ = 612,050).
    pass(&server, &mut phone, 600_000);
    let (last, token) = phone.anchor(50);
    server.clock().advance(50);
    phone.upload(seq + 1, last);
    let after = of(&server.results("acme"), seq);
    let s = token.server.get();
    // time.md, "before": earliest = S − 500 − 610,050 · 1.0002 = S − 610,672.01, floored and 2 ms wider;
    //                    latest = S + 500 − 610,000 · 0.9998 = S − 609,378, and 2 ms wider.
    assert_eq!(after["time"]["earliest_ms"], s - 610_675);
    assert_eq!(after["time"]["latest_ms"], s - 609_376);
    assert_eq!(
        (after["time"]["word"].as_str(), after["time"]["latest_from"].as_str()),
        (Some("verified"), Some("token"))
    );
}

#[test]
fn a_rule_set_says_how_wide_verified_may_be() {
    let (server, mut phone) = ready();
    // ε is 500 ms, so no interval is narrower than a second.
    let narrow = Policy { verified_width_ms: 1_000, ..Policy::default() };
    server.admin(|b| policy::set(b, &phone.keys.tenant, narrow, "Asia/Hong_Kong"));
    phone.anchor(50);
    server.clock().advance(50);
    let under_old = punch(&server, &mut phone, Groups::new());
    phone.load_rules();
    let under_new = punch(&server, &mut phone, Groups::new());
    phone.upload(1, under_new);
    let results = server.results("acme");
    assert_eq!(of(&results, under_old)["time"]["word"], "verified");
    assert_eq!(of(&results, under_new)["time"]["word"], "bounded");
}

#[test]
fn a_fix_that_comes_after_the_tap_counts() {
    let (server, mut phone) = ready();
    let none = phone.place_groups(&PlaceGroup { datum: 1, fixes: Vec::new() });
    pass(&server, &mut phone, 1_000);
    let body = phone.punch_body(Asked::In);
    let id = body.id;
    let seq = phone.add(Body::Punch(body), none);
    phone.upload(1, seq);
    let before = of(&server.results("acme"), seq);
    assert_eq!(
        (before["place"]["verdict"].as_str(), before["place"]["reasons"][0].as_str()),
        (Some("not_evaluated"), Some("no_fix"))
    );
    pass(&server, &mut phone, 8_000);
    // Its age at the tap is negative: eight seconds after.
    let late = [(GroupId::Place, fix(DOOR, -8_000).encode())].into();
    let last = phone.add(Body::EvidenceAdded { punch: id }, late);
    phone.upload(last, last);
    let after = of(&server.results("acme"), seq);
    assert_eq!(
        (after["place"]["verdict"].as_str(), after["place"]["recomputed"].as_bool()),
        (Some("inside"), Some(true))
    );
}

#[test]
fn without_consent_a_fix_is_not_looked_at() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    phone.load_rules();
    let groups = phone.place_groups(&fix(DOOR, 500));
    let seq = punch(&server, &mut phone, groups);
    phone.upload(1, seq);
    let result = of(&server.results("acme"), seq);
    assert_eq!(
        (result["place"]["verdict"].as_str(), result["place"]["reasons"][0].as_str()),
        (Some("not_evaluated"), Some("no_consent"))
    );
}

#[test]
fn the_servers_verdict_stands_against_the_phones() {
    let (server, mut phone) = ready();
    let far = (DOOR.0 + 1_000_000, DOOR.1);
    let mut groups = phone.place_groups(&fix(far, 500));
    let claimed = phone.place_groups(&fix(DOOR, 500));
    groups.insert(GroupId::Verdict, claimed[&GroupId::Verdict].clone());
    let seq = punch(&server, &mut phone, groups);
    phone.upload(1, seq);
    let place = &of(&server.results("acme"), seq)["place"];
    assert_eq!((place["verdict"].as_str(), place["agrees"].as_bool()), (Some("outside"), Some(false)));
}

#[test]
fn a_verdict_without_coordinates_is_the_phones_word() {
    let (server, mut phone) = ready();
    let mut groups = phone.place_groups(&fix(DOOR, 500));
    groups.remove(&GroupId::Place);
    let seq = punch(&server, &mut phone, groups);
    phone.upload(1, seq);
    let place = &of(&server.results("acme"), seq)["place"];
    assert_eq!((place["verdict"].as_str(), place["recomputed"].as_bool()), (Some("inside"), Some(false)));
}

#[test]
fn a_punch_under_rules_that_nobody_published_has_no_place() {
    let (server, mut phone) = ready();
    pass(&server, &mut phone, 1_000);
    let mut body = phone.punch_body(Asked::In);
    body.rules_rev = Some(RulesRev(Hash32([9; 32])));
    let groups = phone.place_groups(&fix(DOOR, 500));
    let seq = phone.add(Body::Punch(body), groups);
    phone.upload(1, seq);
    let result = of(&server.results("acme"), seq);
    assert_eq!((&result["place"], result["status"].as_str()), (&Value::Null, Some("accepted")));
}

#[test]
fn a_branch_that_was_left_keeps_its_results() {
    let (server, mut phone) = ready();
    phone.anchor(50);
    server.clock().advance(50);
    for _ in 0..4 {
        punch(&server, &mut phone, Groups::new());
    }
    phone.upload(1, 6);
    // The phone's database was put back to entry 4; it goes on from there in a new epoch.
    let four = ChainPoint { epoch: 0, seq: 4, h: phone.hash_at(4).unwrap() };
    phone.new_epoch(1, four, EpochReason::Restored);
    phone.anchor(50);
    server.clock().advance(50);
    punch(&server, &mut phone, Groups::new());
    phone.upload(5, 7);
    let results = server.results("acme");
    let places: Vec<(u64, u64)> =
        results.iter().map(|r| (r["epoch"].as_u64().unwrap(), r["seq"].as_u64().unwrap())).collect();
    let mut sorted = places.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [(0, 3), (0, 4), (0, 5), (0, 6), (1, 7)]);
    assert!(results.iter().all(|r| r["time"]["word"] == "verified"), "{results:?}");
}

#[test]
fn a_field_check_in_is_a_punch_with_a_field() {
    let (server, mut phone) = ready();
    phone.punch_with_photo(b"photo");
    phone.upload(1, 2);
    assert_eq!(of(&server.results("acme"), 2)["field"], "client_visit");
}

#[test]
fn results_are_worked_out_behind_the_answers() {
    let (server, mut phone) = ready();
    punch(&server, &mut phone, Groups::new());
    phone.upload(1, 2);
    let count = || -> i64 { server.admin(|b| Ok(b.tx.query_row("SELECT count(*) FROM result", [], |r| r.get(0))?)) };
    // No command asks for them; a test runner that is slow only waits longer.
    let found = (0..600).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        count() == 1
    });
    assert!(found, "the background never came to it");
    let stale: i64 = server.admin(|b| Ok(b.tx.query_row("SELECT count(*) FROM stale", [], |r| r.get(0))?));
    assert_eq!(stale, 0);
}
