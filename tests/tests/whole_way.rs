//! From tap to receipt on real adapters: SQLite, files, HTTP on loopback, the server in the same process.
#![allow(clippy::unwrap_used)]

use daka_core::adapters::crypto::Ring;
use daka_core::app::{ExportRange, PunchRequest};
use daka_core::domain::bundle::{Claim, verify};
use daka_core::domain::journal::{Asked, FieldType};
use daka_core::domain::place::{Platform, Provider, RawFix};
use daka_core::domain::time::Word;
use daka_core::ports::EntryState;
use daka_server::testing::TestServer;
use daka_tests::stage::Phone;

/// At the door of the server's site.
fn at_the_door() -> RawFix {
    RawFix {
        latitude: 22.2793,
        longitude: 114.1628,
        accuracy: Some(8.0),
        altitude: None,
        speed: None,
        age_ms: 500,
        platform: Platform::Android,
        provider: Provider::Fused,
        mock: Some(false),
        precise: Some(true),
    }
}

const PHOTO: &[u8] = include_bytes!("../../core/src/domain/photo/testdata/progressive-17x8.jpg");

#[test]
fn a_tap_at_the_door_a_field_visit_and_three_in_the_basement() {
    let mut server = TestServer::acme();
    let mut phone = Phone::enrolled(&server);

    let door =
        phone.engine().punch(PunchRequest { fixes: vec![at_the_door()], ..PunchRequest::tap(Asked::In) }).unwrap();
    assert_eq!(door.word, Word::Verified);
    assert_eq!(door.place.as_ref().unwrap().verdict.code(), "inside");

    let nonce = phone.engine().begin_capture().unwrap();
    let photo = phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    let visit = PunchRequest {
        field: Some(FieldType::ClientVisit),
        photos: vec![photo.digest],
        note: Some("boiler checked".to_owned()),
        ..PunchRequest::tap(Asked::Auto)
    };
    let visit = phone.engine().punch(visit).unwrap();

    server.stop();
    let mut basement = Vec::new();
    for asked in [Asked::BreakStart, Asked::BreakEnd, Asked::Out] {
        basement.push(phone.engine().punch(PunchRequest::tap(asked)).unwrap().id);
        phone.kill();
        phone.open();
    }
    let away = phone.sync();
    assert_eq!(away.stopped.map(|r| r.code()), Some("unreachable"));
    assert_eq!(phone.engine().queue().unwrap().waiting, away.waiting);
    assert!(away.waiting >= 5);

    server.start();
    phone.wait(&server, 16_000);
    let back = phone.sync();
    assert_eq!((back.stopped, back.waiting, back.photos, back.anchored), (None, 0, 1, true), "{back:?}");
    let lines = phone.engine().punches(10).unwrap();
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|l| l.state == EntryState::Received));

    let bundle = phone.engine().export(ExportRange::default(), &mut |_, _| {}).unwrap();
    let root = server.root("acme");
    let report = verify(&Ring, &bundle, Some(&root));
    assert_eq!(report.fails, [], "{report:#?}");
    assert!(report.ok);
    assert_eq!(report.punches.len(), 5);
    for punch in &report.punches {
        for claim in [Claim::Chain, Claim::Signature, Claim::Device, Claim::Enrolment, Claim::Receipt, Claim::Time] {
            assert!(punch.holds.contains(&claim), "{} does not hold: {punch:#?}", claim.code());
        }
        assert_eq!(punch.time.unwrap().word, Word::Verified, "{punch:#?}");
    }
    let of = |id| report.punches.iter().find(|p| p.id == id).unwrap();
    assert!(of(door.id).holds.contains(&Claim::Place));
    assert!(of(visit.id).holds.contains(&Claim::Photo) && of(visit.id).holds.contains(&Claim::Note));
    assert!(basement.iter().all(|id| report.punches.iter().any(|p| p.id == *id)));
    assert_eq!(server.results("acme").len(), 5);
}
