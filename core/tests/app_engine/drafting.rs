//! The draft of a field check-in, cut short at every step; the waiting list; bundles of single punches.

use crate::phone::*;
use daka_core::adapters::crypto::Ring;
use daka_core::app::views::{WAITING_LIMIT, WaitingKind, WhyArg, WhyCode};
use daka_core::app::{DakaError, FieldDraft, PhotoError, PunchRequest};
use daka_core::domain::bundle::{Report, verify};
use daka_core::domain::ids::{Hash32, PunchId};
use daka_core::domain::journal::{Asked, FieldType};
use daka_core::domain::rules::Policy;
use daka_core::ports::EntryState;
use daka_core::testkit::tiny_story::door;
use daka_core::testkit::{Step, write};

fn adopt(phone: &Phone, n: u16) -> Hash32 {
    phone.engine().adopt_draft_photo(&mut &picture(n)[..], None).unwrap().digest
}

fn filled(photos: Vec<Hash32>) -> FieldDraft {
    FieldDraft {
        field: Some(FieldType::ClientVisit),
        visit: Some("V-7".to_owned()),
        note: Some("boiler".to_owned()),
        photos,
    }
}

fn request(draft: &FieldDraft) -> PunchRequest {
    PunchRequest {
        field: draft.field,
        note: draft.note.clone(),
        visit: draft.visit.clone(),
        photos: draft.photos.clone(),
        ..PunchRequest::tap(Asked::Auto)
    }
}

fn draft(phone: &Phone) -> Option<FieldDraft> {
    phone.engine().draft().unwrap()
}

#[test]
fn a_draft_is_kept_over_restarts_and_ends_with_its_punch() {
    let mut phone = Phone::enrolled();
    assert_eq!(draft(&phone), None);
    let photos = vec![adopt(&phone, 1), adopt(&phone, 2)];
    assert_eq!(draft(&phone), Some(FieldDraft { photos: photos.clone(), ..FieldDraft::default() }));
    let saved = filled(photos.clone());
    phone.engine().save_draft(saved.clone()).unwrap();
    phone.restart();
    // A reboot, and a week later: it has no limit.
    phone.clock.reboot(7 * 86_400_000);
    assert_eq!(draft(&phone), Some(saved.clone()));
    // An ordinary punch is nothing to it.
    phone.punch(Asked::In);
    assert_eq!(draft(&phone), Some(saved.clone()));
    let punch = phone.engine().punch(request(&saved)).unwrap();
    assert_eq!(draft(&phone), None);
    let detail = phone.engine().punch_detail(punch.id).unwrap();
    assert_eq!(detail.photos.iter().map(|p| p.digest).collect::<Vec<_>>(), photos);
    assert_eq!(phone.photos.len(), 2);
    // The second of two taps ends no draft that was begun meanwhile.
    let next = filled(vec![adopt(&phone, 3)]);
    phone.engine().save_draft(next.clone()).unwrap();
    assert!(phone.engine().punch(request(&saved)).unwrap().repeated);
    assert_eq!(draft(&phone), Some(next));
}

#[test]
fn what_a_draft_no_longer_names_is_dropped() {
    let phone = Phone::enrolled();
    let [kept, taken_out, dropped, unbound] = [1, 2, 3, 4].map(|n| adopt(&phone, n));
    phone.engine().save_draft(filled(vec![kept, dropped, unbound])).unwrap();
    assert_eq!((phone.photos.len(), phone.engine().photo(taken_out, 1 << 20).is_err()), (3, true));
    phone.engine().drop_photo(dropped).unwrap();
    assert_eq!(draft(&phone).unwrap().photos, [kept, unbound]);
    // A photo without a row cannot be named again.
    let error = phone.engine().save_draft(filled(vec![kept, dropped])).unwrap_err();
    assert_eq!(error.code().text(), "photo_missing");
    phone.engine().punch(request(&filled(vec![kept]))).unwrap();
    assert_eq!((draft(&phone), phone.photos.len()), (None, 1));
    // What an entry binds stays, whatever becomes of a draft that names it, too.
    phone.engine().save_draft(filled(vec![kept])).unwrap();
    phone.engine().drop_draft().unwrap();
    assert_eq!((draft(&phone), phone.photos.len()), (None, 1));
    phone.engine().drop_draft().unwrap();
}

#[test]
fn a_draft_that_cannot_be_leaves_the_one_before() {
    let phone = Phone::enrolled();
    let photos: Vec<Hash32> = (0..9).map(|n| adopt(&phone, n)).collect();
    let saved = filled(photos.clone());
    phone.engine().save_draft(saved.clone()).unwrap();
    let refused = |draft: FieldDraft| phone.engine().save_draft(draft).unwrap_err();
    assert_eq!(refused(FieldDraft { note: Some("x".repeat(4001)), ..saved.clone() }).field(), Some("note"));
    assert_eq!(refused(FieldDraft { visit: Some("x".repeat(201)), ..saved.clone() }).field(), Some("visit"));
    let ten = [photos.clone(), vec![Hash32([7; 32])]].concat();
    assert_eq!(refused(filled(ten)), PhotoError::TooMany { limit: 9 }.into());
    let error = phone.engine().adopt_draft_photo(&mut &picture(10)[..], None).unwrap_err();
    assert_eq!(error, PhotoError::TooMany { limit: 9 }.into());
    assert_eq!((draft(&phone), phone.photos.len()), (Some(saved), 9));
    // An emptied text field is none, and a photo counts once.
    let twice = FieldDraft { photos: vec![photos[0], photos[0]], note: Some(String::new()), ..FieldDraft::default() };
    phone.engine().save_draft(twice).unwrap();
    assert_eq!(draft(&phone), Some(FieldDraft { photos: vec![photos[0]], ..FieldDraft::default() }));
    // One that cannot be read any more is none.
    phone.flaws.damage_value("field_draft");
    assert_eq!(draft(&phone), None);
    phone.engine().save_draft(filled(vec![])).unwrap();
    assert_eq!(draft(&phone), Some(filled(vec![])));
}

/// A kill before, inside and after each transaction of a check-in, from its first photo to its punch.
#[test]
fn a_check_in_that_is_cut_short_anywhere_loses_nothing_and_doubles_nothing() {
    for write in 0..4 {
        for step in [Step::Before, Step::BeforeCommit, Step::AfterCommit] {
            let mut phone = Phone::enrolled();
            phone.store.kill(phone.store.writes() + write, step);
            let story = |phone: &Phone| -> Result<PunchId, DakaError> {
                let engine = phone.engine();
                let nonce = engine.begin_capture()?;
                let photo = engine.adopt_draft_photo(&mut &PHOTO[..], Some(nonce))?.digest;
                engine.save_draft(filled(vec![photo]))?;
                Ok(engine.punch(request(&filled(vec![photo])))?.id)
            };
            let what = format!("write {write}, {step:?}");
            assert!(story(&phone).is_err(), "{what}");
            phone.restart();
            let punches = phone.kinds().iter().filter(|k| **k == "punch").count();
            let committed = |n: usize| write > n || write == n && step == Step::AfterCommit;
            assert_eq!(punches, usize::from(committed(3)), "{what}");
            let left = draft(&phone);
            match (committed(1), committed(2), committed(3)) {
                (_, _, true) => assert_eq!(left, None, "{what}"),
                (_, true, _) => assert_eq!(left, Some(filled(left.clone().unwrap().photos)), "{what}"),
                (true, ..) => assert_eq!(left.as_ref().map(|d| d.field), Some(None), "{what}"),
                _ => assert_eq!(left, None, "{what}"),
            }
            // The photo is known to the draft or the punch, or it is not there.
            let photos = left.map_or(0, |d| d.photos.len());
            assert_eq!(photos, usize::from(committed(1) && !committed(3)), "{what}");
            // The person goes on from there, and in the end there is one check-in with one photo.
            if !committed(3) {
                let again = adopt_again(&phone);
                phone.engine().punch(request(&filled(vec![again]))).unwrap();
            }
            assert_eq!((draft(&phone), phone.photos.len()), (None, 1), "{what}");
            phone.assert_chain();
        }
    }
}

/// The photo that is there, or a new one of the same picture.
fn adopt_again(phone: &Phone) -> Hash32 {
    match draft(phone).and_then(|d| d.photos.first().copied()) {
        Some(photo) => photo,
        None => phone.engine().adopt_draft_photo(&mut &PHOTO[..], None).unwrap().digest,
    }
}

#[test]
fn the_policy_in_force_says_what_a_check_in_needs() {
    let phone = Phone::enrolled();
    let policy = phone.engine().field_policy().unwrap();
    // The defaults of docs/format: a photo from the camera.
    assert_eq!((policy.camera, policy.gallery, policy.photo_required, policy.max_photos), (true, false, true, 9));
    assert!(policy.photo_consent);
    let policy = Policy { gallery_allowed: true, field_photo_required: false, ..Policy::default() };
    phone.server.publish(1, policy, &[door()]);
    phone.sync();
    phone.consent(false);
    let policy = phone.engine().field_policy().unwrap();
    assert_eq!((policy.gallery, policy.photo_required, policy.photo_consent), (true, false, false));
}

#[test]
fn the_waiting_list_is_what_a_person_thinks_of() {
    let phone = Phone::with_rules();
    phone.clock.set_offset(480);
    let first = phone.later_punch(Asked::In);
    phone.sync();
    let photo = phone.engine().adopt_photo(&mut &PHOTO[..], None).unwrap().digest;
    assert_eq!(phone.engine().waiting().unwrap().items, []);
    assert_eq!(phone.engine().waiting().unwrap().whys, []);
    // To the received punch a note and a photo; another punch with a note of its own; consent; a start of the phone.
    phone.engine().add_photos(first.id, vec![photo]).unwrap();
    phone.engine().add_note(first.id, Some("late".to_owned()), None).unwrap();
    let second = phone.later_punch(Asked::Out);
    phone.engine().add_note(second.id, Some("tired".to_owned()), None).unwrap();
    phone.consent(false);
    phone.clock.reboot(1_000);
    phone.offline("/v0/", 100);
    let third = phone.punch(Asked::In);
    phone.sync();
    let view = phone.engine().waiting().unwrap();
    let shown: Vec<_> =
        view.items.iter().map(|i| (i.kind, i.punch.as_ref().map(|p| p.id), i.entries, i.photos, i.state)).collect();
    use WaitingKind as K;
    let waiting = EntryState::Waiting;
    assert_eq!(
        shown,
        [
            (K::Added, Some(first.id), 2, 1, waiting),
            (K::Punch, Some(second.id), 2, 0, waiting),
            (K::Consent, None, 1, 0, waiting),
            (K::Other, None, 1, 0, waiting),
            (K::Punch, Some(third.id), 1, 0, waiting),
        ]
    );
    assert_eq!((view.more, view.queue.waiting), (0, 7));
    assert_eq!((view.items[1].since, view.items[1].offset_min), (second.tap_wall, 480));
    let due = view.queue.due.clone().unwrap();
    assert_eq!(view.whys.len(), 1);
    assert_eq!(view.whys[0].code, WhyCode::StateWaitingUntil);
    let until = WhyArg::Time(daka_core::domain::time::WallMs::new(due.wall_ms), 480);
    assert_eq!(view.whys[0].args[1], until);
    // Refused entries are named at their own place, and the worst state of an item counts.
    write(&phone.disk, move |tx| tx.set_state(0, second.seq, second.seq, EntryState::Refused)).unwrap();
    let view = phone.engine().waiting().unwrap();
    assert_eq!((view.items[1].state, view.items[1].entries), (EntryState::Refused, 2));
    // Once everything is there but the photo, the photo alone waits.
    phone.server.behave();
    write(&phone.disk, move |tx| tx.set_state(0, 0, u64::MAX, EntryState::Received)).unwrap();
    let view = phone.engine().waiting().unwrap();
    let shown: Vec<_> =
        view.items.iter().map(|i| (i.kind, i.punch.as_ref().map(|p| p.id), i.entries, i.photos)).collect();
    assert_eq!(shown, [(K::Photo, Some(first.id), 0, 1)]);
}

#[test]
fn a_long_waiting_list_says_how_much_more_there_is() {
    let phone = Phone::enrolled();
    let before = phone.engine().waiting().unwrap();
    assert_eq!(before.items.len(), 2, "a start and consent");
    for n in 0..WAITING_LIMIT + 5 {
        phone.later_punch(if n % 2 == 0 { Asked::In } else { Asked::Out });
    }
    let view = phone.engine().waiting().unwrap();
    assert_eq!((view.items.len(), view.more), (WAITING_LIMIT, 7));
    let since: Vec<_> = view.items.iter().map(|i| i.since).collect();
    assert!(since.is_sorted());
}

fn checked(phone: &Phone, bundle: &[u8]) -> Report {
    let report = verify(&Ring, bundle, Some(&phone.server.root()));
    assert_eq!(report.fails, []);
    report
}

#[test]
fn single_punches_are_exported_with_what_was_added_and_no_other() {
    let phone = Phone::with_rules();
    let ids: Vec<PunchId> = [Asked::In, Asked::Out, Asked::In].map(|a| phone.later_punch(a).id).into();
    phone.engine().add_note(ids[1], Some("late".to_owned()), None).unwrap();
    phone.clock.advance(20_000);
    phone.sync();
    let bundle = phone.engine().export_punches(&[ids[1]], &mut |_, _| {}).unwrap();
    let report = checked(&phone, &bundle);
    assert_eq!(report.punches.iter().map(|p| p.id).collect::<Vec<_>>(), [ids[1]]);
    let both = phone.engine().export_punches(&[ids[2], ids[0], ids[2]], &mut |_, _| {}).unwrap();
    assert_eq!(checked(&phone, &both).punches.iter().map(|p| p.id).collect::<Vec<_>>(), [ids[0], ids[2]]);
    let unknown = phone.engine().export_punches(&[ids[0], PunchId([7; 16])], &mut |_, _| {});
    assert_eq!(unknown, Err(DakaError::UnknownPunch));
}

#[test]
fn what_the_server_would_not_take_is_exported() {
    let phone = Phone::with_rules();
    let [first, second, third] = [Asked::In, Asked::Out, Asked::In].map(|a| phone.later_punch(a));
    phone.engine().add_note(first.id, Some("late".to_owned()), None).unwrap();
    let note = phone.rows().pop().unwrap().point.seq;
    let none = phone.engine().export_refused(&mut |_, _| {}).unwrap();
    assert_eq!(checked(&phone, &none).punches, []);
    for seq in [third.seq, note] {
        write(&phone.disk, move |tx| tx.set_state(0, seq, seq, EntryState::Refused)).unwrap();
    }
    let bundle = phone.engine().export_refused(&mut |_, _| {}).unwrap();
    let shown: Vec<_> = checked(&phone, &bundle).punches.iter().map(|p| p.id).collect();
    assert_eq!(shown, [first.id, third.id]);
    assert!(!shown.contains(&second.id));
}
