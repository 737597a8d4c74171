//! Before leaving an employer, whose keys are known, and what may be sent to whoever helps.

use crate::phone::*;
use daka_core::app::{KeyStanding, PunchRequest};
use daka_core::domain::journal::{Asked, FieldType, Purpose};
use daka_core::domain::rules::Policy;
use daka_core::ports::EntryState;
use daka_core::testkit::tiny_story::door;
use daka_core::testkit::write;

#[test]
fn leaving_names_what_is_nowhere_else() {
    let phone = Phone::with_rules();
    assert_eq!(phone.engine().leave_preview().unwrap().waiting, 0);
    let photo = phone.engine().adopt_photo(&mut &PHOTO[..], None).unwrap().digest;
    let request = PunchRequest { photos: vec![photo], ..PunchRequest::tap(Asked::In) };
    phone.engine().punch(request).unwrap();
    let refused = phone.later_punch(Asked::Out).seq;
    write(&phone.disk, move |tx| tx.set_state(0, refused, refused, EntryState::Refused)).unwrap();
    let preview = phone.engine().leave_preview().unwrap();
    assert_eq!((preview.waiting, preview.put_aside, preview.refused, preview.photos), (1, 0, 1, 1));
    assert_eq!(preview.unsigned, 2);
}

#[test]
fn the_keys_in_my_name_are_this_phones_and_those_of_earlier_statements() {
    let phone = Phone::enrolled();
    let own = phone.engine().employer().unwrap().device;
    let keys = phone.engine().keys().unwrap();
    let first = keys[0];
    assert_eq!((first.fingerprint, first.this_device, first.standing), (own, true, KeyStanding::Active));
    assert!(first.since.get() <= phone.clock.true_ms());
    assert!(keys.iter().skip(1).all(|k| !k.this_device && k.standing == KeyStanding::Earlier && k.fingerprint != own));

    let pending = Phone::new();
    pending.enrol_with(&pending.server.code(true)).unwrap();
    assert_eq!(pending.engine().keys().unwrap()[0].standing, KeyStanding::Pending);

    use daka_core::testkit::wire_server::Standing;
    phone.server.set_standing(Standing::Revoked);
    phone.punch(Asked::In);
    phone.clock.advance(3_600_000);
    phone.sync();
    assert_eq!(phone.engine().keys().unwrap()[0].standing, KeyStanding::Revoked);
}

#[test]
fn diagnostics_name_no_person_place_id_or_time() {
    let nobody = Phone::new().engine().diagnostics().unwrap();
    assert_eq!((nobody.enrolment, nobody.journal), ("none", None));
    let phone = Phone::with_rules();
    let request = PunchRequest {
        field: Some(FieldType::ClientVisit),
        fixes: vec![at_door(0)],
        note: Some("boiler".to_owned()),
        visit: Some("V-7".to_owned()),
        ..PunchRequest::tap(Asked::In)
    };
    let punch = phone.engine().punch(request).unwrap();
    phone.offline("/v0/", 100);
    phone.clock.advance(60_000);
    phone.sync();
    let known = phone.engine().diagnostics().unwrap();
    let counts = known.journal.clone().unwrap();
    assert_eq!((counts.waiting, counts.rules, counts.sites, counts.word), (1, true, 2, "verified"));
    assert_eq!(counts.waits_for.as_deref(), Some("unreachable"));
    assert_eq!(counts.consent, ["location", "radio", "photo"]);
    assert_eq!(counts.entries as usize, phone.rows().len());
    let said = serde_json::to_string(&known).unwrap();
    let employer = phone.engine().employer().unwrap();
    let secrets = [
        employer.employer,
        employer.employee,
        employer.tenant,
        employer.server.as_str().to_owned(),
        employer.root.to_string(),
        employer.device.to_string(),
        employer.journal.to_string(),
        punch.id.to_string(),
        "Door".to_owned(),
        "boiler".to_owned(),
        "V-7".to_owned(),
        "22.28".to_owned(),
        "114.1".to_owned(),
        (punch.tap_wall.get() / 10_000_000).to_string(),
    ];
    for secret in secrets {
        assert!(!said.contains(&secret), "{secret} in {said}");
    }
}

#[test]
fn the_consent_page_says_what_is_recorded() {
    let phone = Phone::new();
    let before = phone.engine().consent_page().unwrap();
    assert_eq!(before.purposes, [Purpose::Location, Purpose::Radio, Purpose::Photo]);
    assert_eq!((before.text_rev, before.records_coordinates, before.from_employer), (1, true, false));
    phone.enrol().unwrap();
    let policy = Policy { record_coordinates: false, photos_on_wifi_only: true, ..Policy::default() };
    phone.server.publish(1, policy, &[door()]);
    phone.sync();
    let page = phone.engine().consent_page().unwrap();
    assert_eq!((page.records_coordinates, page.photos_on_wifi_only, page.from_employer), (false, true, true));
}
