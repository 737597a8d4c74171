//! From "not enrolled" to a journal of one's own, and every way in which that does not work.

use crate::phone::*;
use daka_core::app::{DakaError, EnrolError, ErrorCode, JoinRequest, PunchRequest};
use daka_core::domain::crypto::Signer as _;
use daka_core::domain::ids::PunchId;
use daka_core::domain::journal::{Asked, Consent};
use daka_core::domain::trust::{EnrolAnswer, EnrolState};
use daka_core::ports::{HttpResponse, TransportError, VaultItem};
use daka_core::testkit::keys;
use daka_core::testkit::tiny_server::TinyServer;
use daka_core::testkit::wire_server::{Fault, Standing, html};
use std::sync::Arc;

#[test]
fn without_an_enrolment_every_call_says_so_and_writes_nothing() {
    let phone = Phone::new();
    let engine = phone.engine();
    let id = PunchId([1; 16]);
    let digest = daka_core::domain::ids::Hash32([1; 32]);
    let calls: Vec<(&str, DakaError)> = vec![
        ("punch", engine.punch(PunchRequest::tap(Asked::In)).unwrap_err()),
        ("home", engine.home().unwrap_err()),
        ("precheck", engine.precheck(&[at_door(0)]).unwrap_err()),
        ("punches", engine.punches(3).unwrap_err()),
        ("queue", engine.queue().unwrap_err()),
        ("employer", engine.employer().unwrap_err()),
        ("reminders", engine.reminders().unwrap_err()),
        ("set reminders", engine.set_reminders(Vec::new()).unwrap_err()),
        ("next reminders", engine.next_reminders(1).unwrap_err()),
        ("consent", engine.set_consent(Consent::default()).unwrap_err()),
        ("capture", engine.begin_capture().unwrap_err()),
        ("adopt", engine.adopt_photo(&mut &PHOTO[..], None).unwrap_err()),
        ("photos", engine.add_photos(id, vec![digest]).unwrap_err()),
        ("note", engine.add_note(id, Some("n".to_owned()), None).unwrap_err()),
        ("export", engine.export(daka_core::app::ExportRange::default(), &mut |_, _| {}).unwrap_err()),
        ("check", engine.check(&mut |_, _| true).unwrap_err()),
        ("settle", engine.settle().unwrap_err()),
        ("sync", run(engine.sync(daka_core::app::SyncOptions::default())).unwrap_err()),
    ];
    for (call, error) in calls {
        assert_eq!(error, DakaError::NotEnrolled, "{call}");
        assert_eq!(error.code(), ErrorCode::NotEnrolled);
    }
    assert!(phone.is_empty());
    assert_eq!(phone.store.writes(), 0);
}

#[test]
fn an_enrolled_phone_stays_enrolled_and_is_not_enrolled_again() {
    let mut phone = Phone::new();
    let employer = phone.enrol().unwrap();
    assert_eq!((employer.employer.as_str(), employer.employee.as_str()), ("Acme", "Kim Lee"));
    assert!(employer.active);
    phone.restart();
    assert_eq!(phone.engine().employer().unwrap(), employer);
    assert_eq!(phone.enrol().unwrap_err(), EnrolError::AlreadyEnrolled.into());
    // The sealed head of an empty journal is there before the first entry.
    assert_eq!(phone.kinds(), [""; 0]);
    assert!(phone.vault.snapshot(VaultItem::SealedHead).is_some());
}

/// What is done to the server before the attempt.
type Prepare = Box<dyn Fn(&Phone, &mut String)>;

/// Why, what is done before, and what the attempt ends with.
type Case = (&'static str, Prepare, ErrorCode);

fn changed(change: impl Fn(&mut EnrolAnswer) + Send + Sync + 'static) -> Fault {
    Fault::Changed(Arc::new(move |answer: &mut HttpResponse| {
        let mut read = EnrolAnswer::decode(&answer.body).unwrap();
        change(&mut read);
        answer.body = read.encode();
    }))
}

fn answer(change: impl Fn(&mut EnrolAnswer) + Send + Sync + Clone + 'static) -> Prepare {
    Box::new(move |p, _| p.server.fault("/v0/enrol", 1, changed(change.clone())))
}

fn fault(fault: Fault) -> Prepare {
    Box::new(move |p, _| p.server.fault("/v0/enrol", 1, fault.clone()))
}

#[test]
fn an_enrolment_that_fails_leaves_nothing_behind() {
    use ErrorCode as C;
    let stranger = || {
        let mut other = TinyServer::new(Box::new(keys::device_ca()));
        other.enrol(&keys::former_device(), daka_core::testkit::tiny_story::MORNING, None)
    };
    let nobody = TransportError::Unreachable("no route".to_owned());
    let cases: Vec<Case> = vec![
        // The last character of the code but one: the very last one has two bits that count for nothing.
        ("a wrong code", Box::new(|_, text| text.replace_range(text.len() - 2..text.len() - 1, "-")), C::WrongCode),
        (
            "a code that another phone used",
            Box::new(|p, text| {
                let other = Phone::at(p.clock.clone(), p.server.clone());
                other.enrol_with(text).unwrap();
            }),
            C::UsedCode,
        ),
        ("an expired code", Box::new(|p, _| p.server.expire_codes()), C::ExpiredCode),
        ("another root", Box::new(|p, _| p.server.change_root(keys::other_root())), C::OtherRoot),
        (
            "another root in the answer",
            answer(|a| a.root = keys::other_root().public_key().spki().to_vec()),
            C::OtherRoot,
        ),
        ("a root that is no key", answer(|a| a.root = vec![1, 2, 3]), C::BadAnswer),
        ("no network", fault(Fault::NotReached(nobody)), C::Unreachable),
        ("too slow", fault(Fault::NotReached(TransportError::TimedOut)), C::TimedOut),
        ("another certificate", fault(Fault::NotReached(TransportError::Untrusted("pin".to_owned()))), C::Untrusted),
        ("a login page", fault(Fault::page(200)), C::BadAnswer),
        ("a fault of the server", fault(Fault::refused(500, "internal")), C::ServerRefused),
        ("an empty answer", fault(Fault::status(200)), C::BadAnswer),
        (
            "an answer that is no answer",
            fault(Fault::Changed(Arc::new(|a: &mut HttpResponse| a.body.truncate(40)))),
            C::BadAnswer,
        ),
        ("a page instead", fault(Fault::Answer(html(502))), C::BadAnswer),
        ("no key set", answer(|a| a.key_set = Vec::new()), C::BadAnswer),
        ("a key set that the root did not sign", answer(|a| *a.key_set.last_mut().unwrap() ^= 1), C::BadAnswer),
        ("a statement that the CA did not sign", answer(|a| *a.statement.last_mut().unwrap() ^= 1), C::BadAnswer),
        (
            "another phone's statement",
            answer(move |a| a.statement = stranger().statement.bytes().to_vec()),
            C::BadAnswer,
        ),
        ("another phone's certificate", answer(move |a| a.certificate = stranger().certificate), C::BadAnswer),
        ("a certificate cut off", answer(|a| a.certificate.truncate(50)), C::BadAnswer),
        ("another name", answer(|a| a.employee_name.push('x')), C::BadAnswer),
        ("another salt", answer(|a| a.name_salt[0] ^= 1), C::BadAnswer),
    ];
    for (why, prepare, code) in cases {
        let mut phone = Phone::new();
        let mut text = phone.server.code(false);
        prepare(&phone, &mut text);
        let error = phone.enrol_with(&text).unwrap_err();
        assert_eq!(error.code(), code, "{why}: {error}");
        assert!(phone.is_empty(), "{why}");
        assert!(!phone.engine().is_enrolled(), "{why}");
        phone.restart();
        assert!(!phone.engine().is_enrolled(), "{why}");
        assert_eq!(phone.store.writes(), 0, "{why}");
    }
}

#[test]
fn a_text_that_is_no_code_is_named() {
    for text in [
        "",
        "daka:1?",
        "daka:2?u=x",
        "http://clock.example",
        &"x".repeat(100_000),
        "daka:1?u=http%3A%2F%2Fclock.example&r=&c=",
    ] {
        let error = JoinRequest::parse(text).unwrap_err();
        assert_eq!(error.code(), ErrorCode::BadValue, "{text:.40}");
        assert!(error.field().is_some());
    }
}

#[test]
fn an_answer_that_was_lost_is_asked_for_again() {
    let phone = Phone::new();
    let text = phone.server.code(false);
    let broken = TransportError::Broken("reset".to_owned());
    phone.server.fault("/v0/enrol", 1, Fault::AnswerLost(broken));
    assert_eq!(phone.enrol_with(&text).unwrap_err().code(), ErrorCode::Unreachable);
    assert!(phone.is_empty());
    phone.enrol_with(&text).unwrap();
    phone.consent(true);
    phone.punch(Asked::In);
    assert_eq!(phone.sync().stopped, None);
}

#[test]
fn a_vault_that_dies_between_its_two_writes_leaves_a_phone_that_is_not_enrolled() {
    for (put, after) in [(0, false), (0, true), (1, false), (1, true)] {
        let mut phone = Phone::new();
        phone.mortal.die_at(put, after);
        let text = phone.server.code(false);
        assert_eq!(phone.enrol_with(&text).unwrap_err().code(), ErrorCode::Storage);
        phone.restart();
        // Only a put that was done and not heard of leaves it enrolled; then it is so in every way.
        let enrolled = (put, after) == (1, true);
        assert_eq!(phone.engine().is_enrolled(), enrolled, "{put} {after}");
        if !enrolled {
            phone.enrol().unwrap();
        }
        phone.punch(Asked::In);
        assert_eq!(phone.sync().waiting, 0);
        assert_eq!(phone.kinds().iter().filter(|k| **k == "epoch_started").count(), 0);
    }
}

#[test]
fn a_vault_that_refuses_leaves_nothing() {
    // Refused, not killed: the sealed head that was put first is taken away again.
    let phone = Phone::new();
    let vault = phone.vault.clone();
    let refusing = phone.vault.clone();
    let full = daka_core::ports::VaultError::Io("full".to_owned());
    phone.server.fault("/v0/enrol", 1, Fault::Meanwhile(Arc::new(move || refusing.refuse(Some(full.clone())))));
    assert_eq!(phone.enrol().unwrap_err().code(), ErrorCode::Storage);
    vault.refuse(None);
    assert!(phone.is_empty());
}

#[test]
fn a_pending_device_is_held_until_someone_approves_it() {
    let phone = Phone::new();
    let employer = phone.enrol_with(&phone.server.code(true)).unwrap();
    assert!(!employer.active);
    assert_eq!(phone.engine().home().unwrap().standing, EnrolState::Pending);
    phone.punch(Asked::In);
    let held = phone.sync();
    assert_eq!(held.stopped.map(|r| r.code()), Some("not_approved"));
    assert_eq!((held.waiting, held.delivered), (2, 0));
    assert!(held.due.is_some());
    // Asked again later, not before.
    assert_eq!(phone.sync_if_due().due, held.due);
    phone.server.set_standing(Standing::Active);
    phone.clock.advance(3_600_000);
    let approved = phone.sync_if_due();
    assert_eq!((approved.stopped, approved.waiting), (None, 0));
    assert_eq!(phone.engine().home().unwrap().standing, EnrolState::Active);
}
