//! Pause and resume.

use crate::phone::*;
use daka_core::app::{DakaError, ErrorCode, ExportRange, PunchRequest, SyncOptions};
use daka_core::domain::journal::{Asked, Consent};
use daka_core::ports::{Vault as _, VaultItem};

#[test]
fn between_pause_and_resume_everything_is_closed() {
    let phone = Phone::with_rules();
    let punch = phone.punch(Asked::In);
    let rows = phone.rows();
    let engine = phone.engine();
    engine.pause().unwrap();
    engine.pause().unwrap();
    let calls: Vec<(&str, DakaError)> = vec![
        ("punch", engine.punch(PunchRequest::tap(Asked::Out)).unwrap_err()),
        ("home", engine.home().unwrap_err()),
        ("precheck", engine.precheck(&[]).unwrap_err()),
        ("punches", engine.punches(1).unwrap_err()),
        ("queue", engine.queue().unwrap_err()),
        ("set_consent", engine.set_consent(Consent::default()).unwrap_err()),
        ("consent", engine.consent().unwrap_err()),
        ("capture", engine.begin_capture().unwrap_err()),
        ("adopt", engine.adopt_photo(&mut &PHOTO[..], None).unwrap_err()),
        ("drop", engine.drop_photo(daka_core::domain::ids::Hash32([1; 32])).unwrap_err()),
        ("note", engine.add_note(punch.id, Some("n".to_owned()), None).unwrap_err()),
        ("settle", engine.settle().unwrap_err()),
        ("check", engine.check(&mut |_, _| true).unwrap_err()),
        ("export", engine.export(ExportRange::default(), &mut |_, _| {}).unwrap_err()),
        ("wake", engine.wake().unwrap_err()),
        ("sync", run(engine.sync(SyncOptions::default())).unwrap_err()),
    ];
    for (call, error) in calls {
        assert_eq!(error.code(), ErrorCode::Closed, "{call}");
    }
    assert_eq!(engine.employer().unwrap().employee, "Kim Lee");
    assert!(phone.photos.is_empty());
    engine.resume().unwrap();
    engine.resume().unwrap();
    assert_eq!(phone.rows(), rows);
    phone.later_punch(Asked::Out);
    phone.assert_chain();
    assert_eq!(phone.sync().waiting, 0);
}

#[test]
fn a_resume_looks_at_the_database_like_an_opening() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.engine().settle().unwrap();
    phone.engine().pause().unwrap();
    phone.vault.remove(VaultItem::SealedHead).unwrap();
    phone.engine().resume().unwrap();
    assert_eq!(phone.kinds().last(), Some(&"epoch_started"));
}

#[test]
fn a_phone_that_is_not_enrolled_can_be_paused() {
    let phone = Phone::new();
    phone.engine().pause().unwrap();
    phone.engine().resume().unwrap();
    phone.enrol().unwrap();
}
