//! Taps: what is recorded of one, what is not, and when two are one.

use crate::phone::*;
use daka_core::adapters::crypto::Ring;
use daka_core::app::views::WhyCode;
use daka_core::app::{DOUBLE_TAP_MS, ErrorCode, MAX_FIXES, MAX_NOTE, MAX_VISIT, PunchRequest, PunchResult, RadioSign};
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::journal::{
    Asked, Body, FieldType, GroupId, Note, Payload, PlaceGroup, PunchBody, RadioGroup, RadioKind, Secret, Trigger,
    VerdictGroup,
};
use daka_core::domain::place::RawFix;
use daka_core::domain::rules::Policy;
use daka_core::ports::{EntryRow, Event};
use daka_core::testkit::tiny_story::{MORNING, door};
use std::sync::atomic::Ordering;

fn asked(asked: Asked) -> PunchRequest {
    PunchRequest::tap(asked)
}

/// The last entry, which is a punch.
fn last(phone: &Phone) -> (EntryRow, Payload, PunchBody) {
    let row = phone.rows().pop().unwrap();
    let payload = Payload::decode(&row.entry.payload).unwrap();
    let Body::Punch(body) = payload.body.clone() else { panic!("not a punch") };
    (row, payload, body)
}

fn verdict(row: &EntryRow) -> VerdictGroup {
    VerdictGroup::decode(&row.entry.groups[&GroupId::Verdict]).unwrap()
}

#[test]
fn a_punch_is_one_write_and_there_when_the_call_returns() {
    let mut phone = Phone::enrolled();
    let before = phone.store.writes();
    let punch = phone.engine().punch(PunchRequest { fixes: vec![at_door(0)], ..asked(Asked::In) }).unwrap();
    assert_eq!(phone.store.writes() - before, 1);
    assert_eq!(phone.kinds(), ["boot", "consent", "punch"]);
    assert_eq!(phone.heard.take().iter().filter(|e| **e == Event::Punched(punch.id)).count(), 1);
    phone.restart();
    let lines = phone.engine().punches(5).unwrap();
    assert_eq!(lines.iter().map(|l| (l.id, l.seq, l.asked)).collect::<Vec<_>>(), [(punch.id, 3, Asked::In)]);
    phone.assert_chain();
}

#[test]
fn readings_are_those_of_the_transaction_and_the_taps_own() {
    let phone = Phone::enrolled();
    phone.clock.set_offset(480);
    phone.clock.advance(5_000);
    let punch = phone.punch(Asked::In);
    let (_, payload, body) = last(&phone);
    // The session began with the consent, 5 s before.
    assert_eq!((body.tap.get(), payload.readings.t.get()), (5_000, 5_000));
    assert_eq!((body.tap_wall.get(), payload.readings.wall.get()), (MORNING + 5_000, MORNING + 5_000));
    assert_eq!((payload.readings.offset_min, punch.offset_min), (480, 480));
    assert_eq!(body.id, punch.id);
    // A UUIDv7 begins with its milliseconds.
    assert_eq!(body.id.0[..6], (MORNING + 5_000).to_be_bytes()[2..]);
}

#[test]
fn a_session_begins_with_a_boot_entry_and_ends_with_the_phone_or_a_clock_that_goes_back() {
    let mut phone = Phone::enrolled();
    phone.punch(Asked::In);
    // Another run of the program in the same run of the phone: the session goes on.
    phone.restart();
    phone.later_punch(Asked::Out);
    let sessions = |phone: &Phone| {
        let all: Vec<_> =
            phone.rows().iter().map(|r| Payload::decode(&r.entry.payload).unwrap().readings.session).collect();
        all.chunk_by(|a, b| a == b).count()
    };
    assert_eq!((phone.kinds(), sessions(&phone)), (vec!["boot", "consent", "punch", "punch"], 1));
    phone.clock.reboot(600_000);
    phone.restart();
    phone.punch(Asked::In);
    assert_eq!((phone.kinds()[4..].to_vec(), sessions(&phone)), (vec!["boot", "punch"], 2));
    assert_eq!(last(&phone).1.readings.t.get(), 0);
    // The same run of the phone by its name, and an elapsed clock that goes back: nobody can say how long it was.
    phone.clock.advance(60_000);
    phone.later_punch(Asked::Out);
    phone.odd.behind_ms.store(30_000, Ordering::SeqCst);
    phone.punch(Asked::In);
    assert_eq!((phone.kinds()[7..].to_vec(), sessions(&phone)), (vec!["boot", "punch"], 3));
    phone.assert_chain();
}

#[test]
fn a_clock_that_is_set_is_a_fact_of_its_own_and_the_tap_keeps_what_it_showed() {
    let phone = Phone::enrolled();
    phone.clock.advance(80 * 60_000);
    phone.clock.set_wall(-30 * 60_000);
    phone.punch(Asked::In);
    assert_eq!(phone.kinds(), ["boot", "consent", "clock_jump", "punch"]);
    let Body::ClockJump { delta_ms } = phone.bodies()[2] else { panic!("no jump") };
    assert_eq!(delta_ms, -30 * 60_000);
    let (_, payload, body) = last(&phone);
    assert_eq!(body.tap_wall.get(), MORNING + 50 * 60_000);
    assert_eq!(payload.readings.t.get(), 80 * 60_000);
    // Within two seconds and drift the network corrects clocks all the time.
    phone.clock.advance(60_000);
    phone.clock.set_wall(1_900);
    phone.punch(Asked::Out);
    assert_eq!(phone.kinds()[4..], ["punch"]);
}

#[test]
fn a_wall_clock_of_another_century_keeps_the_punch() {
    for wall in [-MORNING - 1, -MORNING, 200 * 365 * 86_400_000, i64::MAX / 4] {
        let phone = Phone::enrolled();
        phone.clock.set_wall(wall);
        let punch = phone.punch(Asked::In);
        assert_eq!(punch.tap_wall.get(), MORNING + wall);
        phone.assert_chain();
        phone.clock.advance(20_000);
        let report = phone.sync();
        assert_eq!((report.stopped, report.waiting, report.put_aside), (None, 0, 0), "{wall}");
    }
}

/// What two taps are like, and whether they are one punch.
type Pair = (&'static str, PunchRequest, u64, PunchRequest, bool);

#[test]
fn two_taps_are_one_punch_only_within_a_second_and_of_the_same_kind() {
    let field = |field| PunchRequest { field, ..asked(Asked::In) };
    let by = |trigger| PunchRequest { trigger, ..asked(Asked::In) };
    let (visit, trip) = (Some(FieldType::ClientVisit), Some(FieldType::BusinessTrip));
    let pairs: Vec<Pair> = vec![
        ("at once", asked(Asked::In), 0, asked(Asked::In), true),
        ("just within", asked(Asked::In), DOUBLE_TAP_MS - 1, asked(Asked::In), true),
        ("a second later", asked(Asked::In), DOUBLE_TAP_MS, asked(Asked::In), false),
        ("auto twice", asked(Asked::Auto), 500, asked(Asked::Auto), true),
        ("in and out", asked(Asked::In), 300, asked(Asked::Out), false),
        ("in and auto", asked(Asked::In), 300, asked(Asked::Auto), false),
        ("a visit twice", field(visit), 300, field(visit), true),
        ("a visit and a plain one", field(visit), 300, asked(Asked::In), false),
        ("a plain one and a visit", asked(Asked::In), 300, field(visit), false),
        ("two kinds of field", field(visit), 300, field(trip), false),
        ("a beacon after a tap", asked(Asked::In), 300, by(Trigger::Beacon), false),
        ("a tap after a beacon", by(Trigger::Beacon), 300, asked(Asked::In), false),
        ("two beacons", by(Trigger::Beacon), 300, by(Trigger::Beacon), false),
    ];
    for restarted in [false, true] {
        for (what, first, after, second, same) in &pairs {
            let mut phone = Phone::enrolled();
            let first = phone.engine().punch(first.clone()).unwrap();
            phone.clock.advance(*after);
            if restarted {
                phone.restart();
            }
            let second = phone.engine().punch(second.clone()).unwrap();
            assert_eq!((second.id == first.id, second.repeated), (*same, *same), "{what}, restarted: {restarted}");
            let punches = phone.kinds().iter().filter(|k| **k == "punch").count();
            assert_eq!(punches, if *same { 1 } else { 2 }, "{what}");
        }
    }
}

#[test]
fn a_double_tap_is_answered_with_the_first_one() {
    let phone = Phone::enrolled();
    phone.clock.set_offset(480);
    let first = phone.punch(Asked::In);
    phone.clock.advance(700);
    phone.clock.set_offset(60);
    phone.heard.take();
    let again = phone.punch(Asked::In);
    let whys = again.whys.clone();
    let expected = PunchResult { repeated: true, place: None, site: None, whys, ..first };
    assert_eq!(again, expected);
    let codes: Vec<_> = again.whys.iter().map(|w| w.code).collect();
    assert_eq!(codes, [WhyCode::Repeated, WhyCode::TimeUnverified]);
    assert_eq!(phone.heard.take(), []);
    // In, out and in again within the second: the second in is the first.
    phone.punch(Asked::Out);
    assert_eq!(phone.punch(Asked::In).id, again.id);
}

#[test]
fn a_double_tap_is_not_seen_over_a_restart_of_the_phone() {
    let mut phone = Phone::enrolled();
    let first = phone.punch(Asked::In);
    phone.clock.reboot(0);
    phone.restart();
    assert_ne!(phone.punch(Asked::In).id, first.id);
}

#[test]
fn a_fix_that_cannot_be_is_named_and_the_punch_kept_without_it() {
    let good = at_door(0);
    let bad = [
        (RawFix { latitude: f64::NAN, ..good }, "latitude"),
        (RawFix { latitude: 90.1, ..good }, "latitude"),
        (RawFix { longitude: f64::INFINITY, ..good }, "longitude"),
        (RawFix { longitude: -180.5, ..good }, "longitude"),
        (RawFix { accuracy: Some(f64::NAN), ..good }, "accuracy"),
        (RawFix { altitude: Some(1e9), ..good }, "altitude"),
    ];
    for (fix, field) in bad {
        let phone = Phone::with_rules();
        let request = PunchRequest { fixes: vec![fix, good], ..asked(Asked::In) };
        let punch = phone.engine().punch(request).unwrap();
        assert_eq!(punch.left_out.iter().map(|e| e.field()).collect::<Vec<_>>(), [Some(field)]);
        assert_eq!(punch.left_out[0].code(), ErrorCode::BadPlace);
        let (row, ..) = last(&phone);
        assert_eq!(PlaceGroup::decode(&row.entry.groups[&GroupId::Place]).unwrap().fixes.len(), 1);
        assert_eq!(punch.place.unwrap().verdict.code(), "inside");
        // A caller that can ask again is told instead.
        assert_eq!(phone.engine().precheck(&[fix]).unwrap_err().field(), Some(field));
        assert_eq!(phone.engine().offer_fixes(punch.id, &[fix]).unwrap_err().field(), Some(field));
    }
}

#[test]
fn at_most_so_many_fixes_are_kept() {
    let phone = Phone::with_rules();
    let request = PunchRequest { fixes: vec![at_door(0); MAX_FIXES + 5], ..asked(Asked::In) };
    let punch = phone.engine().punch(request).unwrap();
    assert_eq!(punch.left_out.len(), 1);
    let (row, ..) = last(&phone);
    assert_eq!(PlaceGroup::decode(&row.entry.groups[&GroupId::Place]).unwrap().fixes.len(), MAX_FIXES);
}

#[test]
fn a_text_that_is_empty_or_too_long_records_nothing() {
    let note = |note: String| PunchRequest { note: Some(note), ..asked(Asked::In) };
    let visit = |visit: String| PunchRequest { visit: Some(visit), ..asked(Asked::In) };
    let cases = [
        (note(String::new()), "note"),
        (note("n".repeat(MAX_NOTE + 1)), "note"),
        (note("字".repeat(2_000_000)), "note"),
        (visit(String::new()), "visit"),
        (visit("v".repeat(MAX_VISIT + 1)), "visit"),
    ];
    let phone = Phone::enrolled();
    let before = phone.rows().len();
    for (request, field) in cases {
        let error = phone.engine().punch(request).unwrap_err();
        assert_eq!((error.code(), error.field()), (ErrorCode::BadValue, Some(field)));
    }
    assert_eq!(phone.rows().len(), before);
    let longest = PunchRequest { visit: Some("v".repeat(MAX_VISIT)), ..note("n".repeat(MAX_NOTE)) };
    phone.engine().punch(longest).unwrap();
    let (row, ..) = last(&phone);
    let note = Note::decode(&row.entry.groups[&GroupId::Note]).unwrap();
    assert_eq!((note.text.unwrap().len(), note.visit.unwrap().len()), (MAX_NOTE, MAX_VISIT));
}

fn access_point(n: u8) -> RadioSign {
    RadioSign { kind: RadioKind::Wifi, id: vec![2, 0, 0, 0, 0, n], age_ms: 100, connected: n == 0 }
}

#[test]
fn without_consent_nothing_of_place_or_radio_is_recorded() {
    let phone = Phone::with_rules();
    phone.consent(false);
    let request = PunchRequest { fixes: vec![at_door(0)], radio: Some(vec![access_point(0)]), ..asked(Asked::In) };
    let punch = phone.engine().punch(request).unwrap();
    let place = punch.place.unwrap();
    assert_eq!(place.verdict.code(), "not_evaluated");
    assert_eq!(place.reasons.iter().map(|r| r.code()).collect::<Vec<_>>(), ["no_consent"]);
    let (row, ..) = last(&phone);
    assert_eq!(row.entry.groups.keys().collect::<Vec<_>>(), [&GroupId::Verdict]);
    let recorded = verdict(&row);
    assert_eq!((recorded.site, recorded.p, recorded.distance_mm, recorded.sigma_mm), (None, None, None, None));
    // Nor is it held for later.
    phone.consent(true);
    phone.engine().offer_fixes(punch.id, &[at_door(0)]).unwrap();
    phone.engine().close_windows(true).unwrap();
    let row = phone.rows().pop().unwrap();
    assert_eq!(PlaceGroup::decode(&row.entry.groups[&GroupId::Place]).unwrap().fixes.len(), 1);
}

#[test]
fn radio_is_kept_as_keyed_digests_of_at_most_eight() {
    let phone = Phone::with_rules();
    let mut signs: Vec<RadioSign> = (0..11).map(access_point).collect();
    signs.push(RadioSign { kind: RadioKind::Beacon, id: vec![9; 32], age_ms: 0, connected: false });
    let bad = [
        RadioSign { id: vec![1; 5], ..access_point(0) },
        RadioSign { id: Vec::new(), kind: RadioKind::Beacon, ..access_point(0) },
        RadioSign { id: vec![1; 33], kind: RadioKind::Beacon, ..access_point(0) },
    ];
    signs.extend(bad);
    let punch = phone.engine().punch(PunchRequest { radio: Some(signs), ..asked(Asked::In) }).unwrap();
    assert_eq!(punch.left_out.iter().map(|e| e.field()).collect::<Vec<_>>(), [Some("radio"); 3]);
    let (row, ..) = last(&phone);
    let radio = RadioGroup::decode(&row.entry.groups[&GroupId::Radio]).unwrap();
    assert_eq!((radio.seen, radio.others.len(), radio.matches.len()), (Some(12), 8, 0));
    // record.md: HKDF-SHA256 with an empty salt and the info `daka/bssid` over the seed; HMAC(key, "daka-bssid" ‖ BSSID), 4 bytes.
    let Secret::Seed(seed) = &row.entry.secret else { panic!("no seed") };
    let extracted = Ring.hmac_sha256(&[0; 32], &[&seed.0]);
    let key = Ring.hmac_sha256(&extracted, &[b"daka/bssid", &[1]]);
    let full = Ring.hmac_sha256(&key, &[b"daka-bssid", &[2, 0, 0, 0, 0, 3]]);
    assert_eq!(radio.others[3][..], full[..4]);
    assert!(!row.entry.groups[&GroupId::Radio].windows(6).any(|w| w == [2, 0, 0, 0, 0, 3]));
}

#[test]
fn a_policy_without_coordinates_leaves_only_the_verdict() {
    let phone = Phone::enrolled();
    let policy = Policy { record_coordinates: false, ..Policy::default() };
    phone.server.publish(1, policy, &[door()]);
    phone.sync();
    let punch = phone.engine().punch(PunchRequest { fixes: vec![at_door(0)], ..asked(Asked::In) }).unwrap();
    assert_eq!(punch.place.unwrap().verdict.code(), "inside");
    let (row, ..) = last(&phone);
    assert_eq!(row.entry.groups.keys().collect::<Vec<_>>(), [&GroupId::Verdict]);
    // Later fixes are judged with those at the tap, though neither is recorded.
    phone.clock.advance(3_000);
    let both = phone.engine().offer_fixes(punch.id, &[at_door(0)]).unwrap();
    phone.engine().close_windows(true).unwrap();
    let row = phone.rows().pop().unwrap();
    assert_eq!(row.entry.groups.keys().collect::<Vec<_>>(), [&GroupId::Verdict]);
    assert_eq!(verdict(&row).p, both.p.map(|p| u64::from(p.get())));
}

#[test]
fn a_photo_that_is_not_there_records_nothing() {
    let phone = Phone::enrolled();
    let before = phone.rows();
    let missing = daka_core::domain::ids::Hash32([1; 32]);
    let error = phone.engine().punch(PunchRequest { photos: vec![missing], ..asked(Asked::In) }).unwrap_err();
    assert_eq!(error.code(), ErrorCode::PhotoMissing);
    assert_eq!(phone.rows(), before);
}

#[test]
fn damage_elsewhere_does_not_cost_a_tap() {
    // Consent, rules and anchors cannot be read: the punch is made with less.
    let phone = Phone::with_rules();
    for (row, kind) in phone.rows().iter().zip(phone.kinds()) {
        if matches!(kind, "consent" | "anchor") {
            phone.flaws.damage(row.point.epoch, row.point.seq);
        }
    }
    phone.flaws.damage_value("rules");
    phone.flaws.damage_value("session");
    let punch = phone.engine().punch(PunchRequest { fixes: vec![at_door(0)], ..asked(Asked::In) }).unwrap();
    assert_eq!(punch.place.unwrap().reasons.iter().map(|r| r.code()).collect::<Vec<_>>(), ["no_consent"]);
    assert_eq!(punch.word.code(), "unverified");
    phone.engine().home().unwrap();
    // Nor does damage of a punch that a double tap would be compared with.
    let (row, ..) = last(&phone);
    phone.later_punch(Asked::Out);
    phone.flaws.damage(row.point.epoch, row.point.seq);
    phone.later_punch(Asked::In);
    assert_eq!(phone.engine().punches(5).unwrap().len(), 2);
}

#[test]
fn a_tail_that_turns_out_damaged_begins_an_epoch_and_keeps_the_tap() {
    let phone = Phone::enrolled();
    phone.punch(Asked::In);
    phone.engine().settle().unwrap();
    let (row, ..) = last(&phone);
    phone.flaws.damage(0, row.point.seq);
    let punch = phone.later_punch(Asked::Out);
    assert!(!punch.repeated);
    let epochs: Vec<_> = phone.rows().iter().map(|r| r.point.epoch).collect();
    assert_eq!((phone.kinds()[3..].to_vec(), epochs), (vec!["epoch_started", "punch"], vec![0, 0, 0, 1, 1]));
}
