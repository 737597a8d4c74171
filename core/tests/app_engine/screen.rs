//! What a screen shows, without writing.

use crate::phone::*;
use daka_core::app::PunchRequest;
use daka_core::domain::ids::PunchId;
use daka_core::domain::journal::{Asked, FieldType, Purpose};
use daka_core::domain::time::Word;
use daka_core::domain::trust::EnrolState;
use daka_core::ports::EntryState;

#[test]
fn looking_writes_nothing() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    let (rows, writes) = (phone.rows(), phone.store.writes());
    let engine = phone.engine();
    engine.precheck(&[at_door(0)]).unwrap();
    engine.precheck(&[]).unwrap();
    engine.home().unwrap();
    engine.punches(10).unwrap();
    engine.queue().unwrap();
    engine.employer().unwrap();
    engine.consent().unwrap();
    engine.check(&mut |_, _| true).unwrap();
    assert_eq!((phone.rows(), phone.store.writes()), (rows, writes));
}

#[test]
fn a_precheck_says_what_a_punch_would_be() {
    let phone = Phone::with_rules();
    for (fixes, verdict, site) in [
        (vec![at_door(0)], "inside", Some("Door")),
        // 3,885 m from the door's fence, 3,927 m from the warehouse's.
        (vec![far_away(0)], "outside", Some("Door")),
        (vec![], "not_evaluated", None),
        (vec![at_door(90_000)], "uncertain", Some("Door")),
    ] {
        let before = phone.engine().precheck(&fixes).unwrap();
        assert_eq!((before.place.verdict.code(), before.site.as_deref()), (verdict, site));
        phone.clock.advance(2_000);
        let punch = phone.engine().punch(PunchRequest { fixes, ..PunchRequest::tap(Asked::In) }).unwrap();
        assert_eq!(punch.place, Some(before.place));
        assert_eq!(punch.word, before.word);
    }
}

#[test]
fn the_button_offers_what_comes_next() {
    let phone = Phone::enrolled();
    let offer = || phone.engine().home().unwrap().offer;
    assert_eq!(offer(), Asked::In);
    let steps = [
        (Asked::In, Asked::Out),
        (Asked::BreakStart, Asked::BreakEnd),
        (Asked::BreakEnd, Asked::Out),
        (Asked::Out, Asked::In),
    ];
    for (asked, next) in steps {
        phone.later_punch(asked);
        assert_eq!(offer(), next, "after {asked:?}");
        assert_eq!(phone.engine().precheck(&[]).unwrap().offer, next);
    }
    // What was left to the result counts as the button showed it.
    phone.clock.advance(2_000);
    let auto = |shown| PunchRequest { shown, ..PunchRequest::tap(Asked::Auto) };
    phone.engine().punch(auto(Asked::In)).unwrap();
    assert_eq!(offer(), Asked::Out);
    phone.clock.advance(2_000);
    phone.engine().punch(auto(Asked::Out)).unwrap();
    assert_eq!(offer(), Asked::In);
    // An in of the day before is no longer open.
    phone.later_punch(Asked::In);
    phone.clock.advance(16 * 3_600_000);
    assert_eq!(offer(), Asked::In);
}

#[test]
fn home_is_one_value_with_everything() {
    let phone = Phone::with_rules();
    phone.clock.set_offset(480);
    let ids: Vec<PunchId> = [Asked::In, Asked::Out].map(|a| phone.later_punch(a).id).into();
    phone.clock.advance(2_000);
    let visit = PunchRequest {
        field: Some(FieldType::ClientVisit),
        fixes: vec![at_door(0)],
        note: Some("boiler".to_owned()),
        ..PunchRequest::tap(Asked::Auto)
    };
    let visit = phone.engine().punch(visit).unwrap();
    let home = phone.engine().home().unwrap();
    assert_eq!(
        (home.employer.as_str(), home.employee.as_str(), home.standing),
        ("Acme", "Kim Lee", EnrolState::Active)
    );
    assert_eq!(home.sites, ["Door", "Warehouse"]);
    assert_eq!((home.word, home.location_consent, home.radio_consent), (Word::Verified, true, true));
    assert_eq!(home.recent.iter().map(|l| l.id).collect::<Vec<_>>(), [visit.id, ids[1], ids[0]]);
    let line = &home.recent[0];
    assert_eq!((line.seq, line.asked, line.field), (visit.seq, Asked::Auto, Some(FieldType::ClientVisit)));
    assert_eq!((line.wall, line.offset_min, line.word), (visit.tap_wall, 480, Word::Verified));
    assert_eq!((line.state, line.photos, line.note), (EntryState::Waiting, 0, true));
    assert_eq!(line.verdict.as_ref().unwrap().verdict, u64::from(visit.place.unwrap().verdict.to_int()));
    assert_eq!((home.queue.waiting, home.queue.unsigned, home.queue.photos), (3, 3, 0));
    assert_eq!(home.queue.since, Some(home.recent[2].wall));
    assert_eq!(home.tail.unwrap().seq, visit.seq);
    phone.engine().settle().unwrap();
    phone.sync();
    let home = phone.engine().home().unwrap();
    assert_eq!((home.queue.waiting, home.queue.unsigned, home.queue.since, home.queue.due), (0, 0, None, None));
    assert!(home.recent.iter().all(|l| l.state == EntryState::Received));
}

#[test]
fn home_says_what_may_be_read() {
    let phone = Phone::new();
    phone.enrol().unwrap();
    assert!(!phone.engine().home().unwrap().consent_asked);
    phone.consent_to(&[]);
    assert!(phone.engine().home().unwrap().consent_asked, "a refusal is an answer");
    for (given, may) in [
        (&[Purpose::Location][..], (true, false)),
        (&[Purpose::Radio], (false, true)),
        (&[Purpose::Photo], (false, false)),
    ] {
        phone.consent_to(given);
        let home = phone.engine().home().unwrap();
        assert_eq!((home.location_consent, home.radio_consent), may, "{given:?}");
    }
}

#[test]
fn a_list_is_as_long_as_asked_and_over_all_epochs() {
    let mut phone = Phone::with_rules();
    let mut ids: Vec<PunchId> = (0..4).map(|_| phone.later_punch(Asked::In).id).collect();
    use daka_core::ports::{Vault as _, VaultItem};
    phone.vault.remove(VaultItem::SealedHead).unwrap();
    phone.restart();
    ids.extend((0..3).map(|_| phone.later_punch(Asked::Out).id));
    ids.reverse();
    let shown = |n| phone.engine().punches(n).unwrap().iter().map(|l| l.id).collect::<Vec<_>>();
    assert_eq!(shown(100), ids);
    assert_eq!(shown(5), ids[..5]);
    assert_eq!(shown(0), []);
}
