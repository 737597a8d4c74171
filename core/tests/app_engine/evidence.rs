//! What comes after a tap: fixes within fifteen seconds, notes.

use crate::phone::*;
use daka_core::app::{DakaError, ErrorCode, PunchRequest};
use daka_core::domain::ids::PunchId;
use daka_core::domain::journal::{Asked, GroupId, Note, PlaceGroup, VerdictGroup};
use daka_core::domain::rules::Policy;
use daka_core::ports::{Event, StoreError};
use daka_core::testkit::Step;
use daka_core::testkit::tiny_story::door;

fn in_with(phone: &Phone, fixes: Vec<daka_core::domain::place::RawFix>) -> PunchId {
    phone.engine().punch(PunchRequest { fixes, ..PunchRequest::tap(Asked::In) }).unwrap().id
}

fn groups(phone: &Phone) -> (VerdictGroup, PlaceGroup) {
    let row = phone.rows().pop().unwrap();
    assert_eq!(row.kind.code(), "evidence_added");
    let groups = row.entry.groups;
    (VerdictGroup::decode(&groups[&GroupId::Verdict]).unwrap(), PlaceGroup::decode(&groups[&GroupId::Place]).unwrap())
}

#[test]
fn fixes_within_fifteen_seconds_become_one_entry_with_one_verdict_over_all() {
    let phone = Phone::with_rules();
    let coarse = daka_core::domain::place::RawFix { accuracy: Some(150.0), ..at_door(0) };
    let punch = phone.engine().punch(PunchRequest { fixes: vec![coarse], ..PunchRequest::tap(Asked::In) }).unwrap();
    assert_eq!(punch.place.unwrap().verdict.code(), "uncertain");
    phone.clock.advance(4_000);
    phone.engine().offer_fixes(punch.id, &[at_door(500)]).unwrap();
    phone.clock.advance(6_000);
    let judged = phone.engine().offer_fixes(punch.id, &[at_door(0), at_door(1_000)]).unwrap();
    let before = phone.rows().len();
    phone.heard.take();
    phone.engine().close_windows(true).unwrap();
    phone.engine().close_windows(true).unwrap();
    assert_eq!(phone.rows().len(), before + 1);
    assert_eq!(phone.heard.take(), [Event::EvidenceChanged(punch.id)]);
    let (verdict, place) = groups(&phone);
    // Ages count from the tap: taken at 3.5, 10 and 9 s after it.
    assert_eq!(place.fixes.iter().map(|f| f.age_ms).collect::<Vec<_>>(), [-3_500, -10_000, -9_000]);
    assert_eq!(
        (verdict.verdict, verdict.p),
        (u64::from(judged.verdict.to_int()), judged.p.map(|p| u64::from(p.get())))
    );
    let line = phone.engine().punches(1).unwrap().pop().unwrap();
    assert_eq!(line.verdict, Some(verdict));
    // What the phone recorded follows for whoever verifies it.
    phone.clock.advance(20_000);
    phone.sync();
    let report = phone.export();
    assert_eq!(report.fails, []);
    assert!(report.punches[0].holds.iter().any(|c| c.code() == "place"), "{:?}", report.punches[0]);
}

#[test]
fn after_fifteen_seconds_it_is_too_late() {
    let phone = Phone::with_rules();
    let punch = in_with(&phone, vec![]);
    phone.clock.advance(15_000);
    phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap();
    phone.clock.advance(1);
    let late = DakaError::TooLate { limit_s: 15 };
    assert_eq!(phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap_err(), late);
    assert_eq!(phone.engine().offer_fixes(PunchId([1; 16]), &[at_door(0)]).unwrap_err(), late);
    // The window that is over is written by whoever comes by, as sync does.
    phone.engine().close_windows(false).unwrap();
    assert_eq!(groups(&phone).1.fixes[0].age_ms, -15_000);
}

#[test]
fn the_window_counts_from_the_tap_and_survives_no_restart() {
    let mut phone = Phone::with_rules();
    let punch = in_with(&phone, vec![at_door(0)]);
    phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap();
    phone.restart();
    let before = phone.rows().len();
    phone.engine().close_windows(true).unwrap();
    assert_eq!(phone.rows().len(), before);
    assert_eq!(phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap_err().code(), ErrorCode::TooLate);
}

#[test]
fn no_fixes_no_entry() {
    let phone = Phone::with_rules();
    let punch = in_with(&phone, vec![at_door(0)]);
    phone.engine().offer_fixes(punch, &[]).unwrap();
    let before = phone.rows().len();
    phone.clock.advance(60_000);
    phone.engine().close_windows(false).unwrap();
    assert_eq!(phone.rows().len(), before);
}

#[test]
fn consent_that_was_withdrawn_meanwhile_keeps_late_fixes_out() {
    let phone = Phone::with_rules();
    let punch = in_with(&phone, vec![at_door(0)]);
    phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap();
    phone.consent(false);
    let judged = phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap();
    assert_eq!(judged.reasons.iter().map(|r| r.code()).collect::<Vec<_>>(), ["no_consent"]);
    let before = phone.rows();
    phone.heard.take();
    phone.engine().close_windows(true).unwrap();
    assert_eq!((phone.rows(), phone.heard.take()), (before, vec![]));
}

#[test]
fn late_fixes_are_judged_by_the_rules_that_the_punch_pins() {
    let phone = Phone::with_rules();
    let punch = in_with(&phone, vec![at_door(0)]);
    phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap();
    // Another rule set without the door comes while the window is open.
    phone.server.publish(2, Policy::default(), &[daka_core::testkit::tiny_story::warehouse()]);
    assert!(phone.sync().rules_changed);
    let judged = phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap();
    assert_eq!(judged.verdict.code(), "inside");
    assert_eq!(phone.engine().precheck(&[at_door(0)]).unwrap().place.verdict.code(), "outside");
    phone.engine().close_windows(true).unwrap();
    assert_eq!(groups(&phone).0.site, Some(door().site));
}

#[test]
fn a_store_that_fails_keeps_what_gathered() {
    let phone = Phone::with_rules();
    let punch = in_with(&phone, vec![]);
    phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap();
    phone.store.fail(phone.store.writes(), Step::BeforeCommit, StoreError::DiskFull);
    assert_eq!(phone.engine().close_windows(true).unwrap_err().code(), ErrorCode::DiskFull);
    phone.engine().close_windows(true).unwrap();
    assert_eq!(groups(&phone).1.fixes.len(), 1);
}

#[test]
fn a_pause_writes_what_gathered() {
    let mut phone = Phone::with_rules();
    let punch = in_with(&phone, vec![]);
    phone.engine().offer_fixes(punch, &[at_door(0)]).unwrap();
    phone.engine().pause().unwrap();
    phone.restart();
    assert_eq!(groups(&phone).1.fixes.len(), 1);
}

#[test]
fn a_note_may_come_later_and_says_something() {
    let phone = Phone::with_rules();
    let punch = in_with(&phone, vec![]);
    assert!(!phone.engine().punches(1).unwrap()[0].note);
    phone.engine().add_note(punch, Some("The door was locked.".to_owned()), Some("V-9".to_owned())).unwrap();
    let row = phone.rows().pop().unwrap();
    let note = Note::decode(&row.entry.groups[&GroupId::Note]).unwrap();
    assert_eq!((note.text.as_deref(), note.visit.as_deref()), (Some("The door was locked."), Some("V-9")));
    assert!(phone.engine().punches(1).unwrap()[0].note);
    let engine = phone.engine();
    let before = phone.rows().len();
    assert_eq!(engine.add_note(punch, None, None).unwrap_err().field(), Some("note"));
    assert_eq!(engine.add_note(punch, Some(String::new()), None).unwrap_err().field(), Some("note"));
    assert_eq!(engine.add_note(punch, Some("n".repeat(4_001)), None).unwrap_err().field(), Some("note"));
    assert_eq!(engine.add_note(punch, None, Some("v".repeat(201))).unwrap_err().field(), Some("visit"));
    assert_eq!(engine.add_note(PunchId([1; 16]), Some("n".to_owned()), None).unwrap_err(), DakaError::UnknownPunch);
    assert_eq!(phone.rows().len(), before);
}
