//! Proof bundles, made on the phone.

use crate::phone::*;
use daka_core::adapters::crypto::Ring;
use daka_core::app::{ExportRange, PunchRequest};
use daka_core::domain::bundle::{Bundle, JournalPart, PartKind, Shown, verify};
use daka_core::domain::journal::{Asked, Body, FieldType, Payload};
use daka_core::domain::time::{WallMs, Word};

fn codes(claims: &[daka_core::domain::bundle::Claim]) -> Vec<&'static str> {
    claims.iter().map(|c| c.code()).collect()
}

#[test]
fn a_whole_story_is_proven_in_every_respect() {
    let phone = Phone::with_rules();
    let door = phone.engine().punch(PunchRequest { fixes: vec![at_door(0)], ..PunchRequest::tap(Asked::In) }).unwrap();
    phone.clock.advance(5_000);
    phone.engine().offer_fixes(door.id, &[at_door(0)]).unwrap();
    phone.clock.advance(20_000);
    phone.sync();
    let nonce = phone.engine().begin_capture().unwrap();
    let photo = phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    let visit = PunchRequest {
        field: Some(FieldType::ClientVisit),
        photos: vec![photo.digest],
        note: Some("boiler checked".to_owned()),
        fixes: vec![far_away(0)],
        ..PunchRequest::tap(Asked::Auto)
    };
    let visit = phone.engine().punch(visit).unwrap();
    phone.clock.advance(20_000);
    phone.sync();
    phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    phone.sync();
    let bundle = phone.engine().export(ExportRange::default(), &mut |_, _| {}).unwrap();
    let report = verify(&Ring, &bundle, Some(&phone.server.root()));
    assert_eq!(report.fails, []);
    assert!(report.ok);
    assert_eq!(report.punches.len(), 3);
    for punch in &report.punches {
        let held = codes(&punch.holds);
        for claim in
            ["chain", "signature", "device", "enrolment", "name", "receipt", "time", "rules", "place", "all_evidence"]
        {
            assert!(held.contains(&claim), "{claim} is not in {held:?}, missing {:?}", codes(&punch.missing));
        }
        assert_eq!((punch.time.unwrap().word, punch.missing.len()), (Word::Verified, 0));
        assert_eq!(punch.name.as_deref(), Some("Kim Lee"));
    }
    let of = |id| report.punches.iter().find(|p| p.id == id).unwrap();
    assert_eq!(of(door.id).place.as_ref().unwrap().verdict, "inside");
    assert!(codes(&of(visit.id).holds).contains(&"photo") && codes(&of(visit.id).holds).contains(&"note"));
    // Several rounds, several checkpoints.
    let (parts, _) = Bundle::decode(&Ring, &bundle).unwrap();
    assert!(parts.parts.iter().filter(|p| p.kind == PartKind::Checkpoint).count() >= 3);
    // Without the root it says the same of itself, and whom to ask about.
    let report = verify(&Ring, &bundle, None);
    assert!(report.ok && report.root.is_some());
}

#[test]
fn a_range_shows_its_punches_and_the_digests_of_the_others() {
    let phone = Phone::with_rules();
    let mut punches = Vec::new();
    for asked in [Asked::In, Asked::BreakStart, Asked::BreakEnd, Asked::Out] {
        phone.clock.advance(3_600_000);
        let request = PunchRequest {
            fixes: vec![at_door(0)],
            note: Some(format!("note of {asked:?}")),
            ..PunchRequest::tap(asked)
        };
        punches.push(phone.engine().punch(request).unwrap());
        phone.engine().add_note(punches.last().unwrap().id, Some(format!("more of {asked:?}")), None).unwrap();
    }
    phone.clock.advance(20_000);
    phone.sync();
    let range = ExportRange { from: Some(punches[1].tap_wall), to: Some(punches[2].tap_wall) };
    let bundle = phone.engine().export(range, &mut |_, _| {}).unwrap();
    let report = verify(&Ring, &bundle, Some(&phone.server.root()));
    assert_eq!(report.fails, []);
    assert_eq!(report.punches.iter().map(|p| p.id).collect::<Vec<_>>(), [punches[1].id, punches[2].id]);
    // Nothing of the others is in it, not even what was added to them.
    let text = String::from_utf8_lossy(&bundle);
    assert!(text.contains("note of BreakStart") && text.contains("more of BreakEnd"));
    for other in ["In\"", "note of In", "more of In", "note of Out", "more of Out"] {
        assert!(!text.contains(other), "{other}");
    }
    let (parts, _) = Bundle::decode(&Ring, &bundle).unwrap();
    let journal = parts.parts.iter().find(|p| p.kind == PartKind::Journal).unwrap();
    let entries = JournalPart::decode(&journal.bytes).unwrap().entries;
    let withheld = entries.iter().filter(|e| matches!(e, Shown::Digest(_))).count();
    assert_eq!(withheld, 4, "two punches and what was added to each");
    for entry in entries {
        if let Shown::Entry { payload, .. } = entry {
            let Body::Punch(p) = Payload::decode(&payload).unwrap().body else { continue };
            assert!(p.id == punches[1].id || p.id == punches[2].id);
        }
    }
    let never = ExportRange { from: Some(WallMs::new(0)), to: Some(WallMs::new(1)) };
    let bundle = phone.engine().export(never, &mut |_, _| {}).unwrap();
    let report = verify(&Ring, &bundle, Some(&phone.server.root()));
    assert_eq!((report.fails, report.punches.len()), (vec![], 0));
}

#[test]
fn before_the_first_round_a_bundle_claims_nothing_and_says_what_is_missing() {
    let phone = Phone::enrolled();
    phone.punch(Asked::In);
    let report = phone.export();
    assert!(!report.ok);
    assert!(report.fails.iter().any(|f| f.what == "key_set"), "{:?}", report.fails);
    assert_eq!(report.punches, []);
}

#[test]
fn what_was_not_delivered_yet_is_shown_without_a_receipt() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.clock.advance(20_000);
    phone.sync();
    let waiting = phone.later_punch(Asked::Out);
    let report = phone.export();
    assert_eq!(report.fails, []);
    assert!(report.ok);
    let punch = report.punches.iter().find(|p| p.id == waiting.id).unwrap();
    assert!(codes(&punch.missing).contains(&"receipt"), "{punch:?}");
    assert!(codes(&punch.holds).contains(&"chain") && codes(&punch.holds).contains(&"signature"));
}

#[test]
fn what_is_written_while_a_bundle_is_made_is_not_in_it() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.clock.advance(20_000);
    phone.sync();
    let mut steps = 0;
    let bundle = phone
        .engine()
        .export(ExportRange::default(), &mut |done, total| {
            steps += 1;
            assert!(done <= total);
            phone.later_punch(Asked::Out);
            phone.engine().settle().unwrap();
        })
        .unwrap();
    assert!(steps > 0);
    let report = verify(&Ring, &bundle, Some(&phone.server.root()));
    assert_eq!(report.fails, []);
    assert_eq!(report.punches.len(), 1);
}

#[test]
fn damage_ends_an_epoch_in_the_bundle_and_nothing_else() {
    let phone = Phone::with_rules();
    let first = phone.punch(Asked::In);
    phone.clock.advance(20_000);
    phone.sync();
    let second = phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    phone.sync();
    let row = phone.rows().into_iter().find(|r| r.punch == Some(second.id)).unwrap();
    phone.flaws.damage(row.point.epoch, row.point.seq);
    let report = phone.export();
    assert_eq!(report.fails, []);
    assert_eq!(report.punches.iter().map(|p| p.id).collect::<Vec<_>>(), [first.id]);
    assert!(codes(&report.punches[0].holds).contains(&"receipt"));
}
