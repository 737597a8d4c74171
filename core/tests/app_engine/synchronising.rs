//! Rounds with the server: what is delivered, what is believed, and what is kept.

use crate::phone::*;
use daka_core::adapters::crypto::Ring;
use daka_core::app::{ErrorCode, PunchRequest, SyncOptions};
use daka_core::domain::journal::{Asked, Body, Upload, UploadEntry};
use daka_core::domain::log::UploadAnswer;
use daka_core::domain::rules::Policy;
use daka_core::domain::time::Word;
use daka_core::ports::{EntryState, HttpResponse, TransportError};
use daka_core::testkit::keys;
use daka_core::testkit::tiny_story::{door, warehouse};
use daka_core::testkit::wire_server::{Fault, Standing, problem};
use std::sync::Arc;

fn states(phone: &Phone) -> Vec<EntryState> {
    phone.rows().iter().map(|r| r.state).collect()
}

fn changed(change: impl Fn(&mut UploadAnswer) + Send + Sync + 'static) -> Fault {
    Fault::Changed(Arc::new(move |answer: &mut HttpResponse| {
        let mut read = UploadAnswer::decode(&answer.body).unwrap();
        change(&mut read);
        answer.body = read.encode();
    }))
}

/// An upload that holds the entry `seq` whole.
fn holds(seq: u64) -> impl Fn(&[u8]) -> bool + Send + Sync {
    move |body: &[u8]| {
        let upload = Upload::decode(&Ring, body).unwrap();
        upload.entries.iter().zip(upload.from..).any(|(e, s)| s == seq && matches!(e, UploadEntry::Whole(_)))
    }
}

#[test]
fn what_was_done_offline_is_delivered_and_proven() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    phone.server.asked();
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting, report.anchored, report.delivered), (None, 0, true, 3));
    assert_eq!(report.due, None);
    assert!(states(&phone).iter().all(|s| *s == EntryState::Received));
    // No login for a token that is young, no new rules for those that are held.
    let asked = phone.server.asked();
    assert_eq!(
        asked.iter().map(|a| a.split('?').next().unwrap()).collect::<Vec<_>>(),
        ["GET /v0/rules", "POST /v0/time", "POST /v0/segments"]
    );
    // With nothing to do it says so in one request.
    phone.clock.advance(60_000);
    let report = phone.sync();
    assert_eq!((report.requests, report.delivered, report.anchored), (0, 0, false));
    assert_eq!(phone.server.asked(), ["GET /v0/rules"]);
}

#[test]
fn a_word_becomes_verified_once_there_is_an_anchor() {
    let phone = Phone::enrolled();
    assert_eq!(phone.punch(Asked::In).word, Word::Unverified);
    phone.clock.advance(60_000);
    phone.sync();
    let punch = phone.punch(Asked::Out);
    assert_eq!(punch.word, Word::Verified);
    let (from, to) = (punch.interval.earliest.unwrap().at.get(), punch.interval.latest.unwrap().at.get());
    let truth = phone.clock.true_ms();
    assert!(from <= truth && truth <= to && to - from < 2_000, "{from} {truth} {to}");
}

#[test]
fn a_tap_while_a_token_is_on_its_way_has_an_interval_around_it() {
    let phone = Arc::new(Phone::enrolled());
    let meanwhile = {
        let phone = Arc::downgrade(&phone);
        move || {
            let phone = phone.upgrade().unwrap();
            // Asked for at 0, tapped at 400, arrived at 900.
            phone.clock.advance(400);
            phone.punch(Asked::In);
            phone.clock.advance(500);
        }
    };
    phone.server.fault("/v0/time", 1, Fault::Meanwhile(Arc::new(meanwhile)));
    assert!(phone.sync().anchored);
    assert_eq!(phone.kinds()[2..], ["punch", "anchor"]);
    phone.clock.advance(20_000);
    phone.sync();
    let report = phone.export();
    assert_eq!(report.fails, []);
    let time = report.punches[0].time.unwrap();
    let tap = daka_core::testkit::tiny_story::MORNING + 400;
    let (from, to) = (time.interval.earliest.unwrap().at.get(), time.interval.latest.unwrap().at.get());
    assert!(from <= tap && tap <= to, "{from} {tap} {to}");
    assert_eq!(time.word, Word::Verified);
}

#[test]
fn a_token_whose_answer_was_lost_is_the_same_token_later() {
    let mut phone = Phone::enrolled();
    phone.punch(Asked::In);
    phone.server.fault("/v0/time", 1, Fault::AnswerLost(TransportError::TimedOut));
    assert_eq!(phone.sync().stopped.map(|r| r.code()), Some("timed_out"));
    phone.clock.advance(10_000);
    phone.restart();
    let report = phone.sync();
    assert!(report.anchored);
    // The lost one, and a narrow one beside it; not one more than were issued.
    assert_eq!(phone.kinds().iter().filter(|k| **k == "anchor").count(), 2);
    assert_eq!(phone.server.tokens(), 2);
    phone.clock.advance(20_000);
    phone.sync();
    let report = phone.export();
    assert_eq!(report.fails, []);
    assert!(report.punches[0].holds.iter().any(|c| c.code() == "all_evidence"));
    // A restart of the phone gives it up: its session is over.
    phone.clock.advance(3_600_000);
    phone.server.fault("/v0/time", 1, Fault::AnswerLost(TransportError::TimedOut));
    phone.sync();
    phone.clock.reboot(1_000);
    phone.restart();
    let before = phone.server.tokens();
    assert!(phone.sync().anchored);
    assert_eq!(phone.server.tokens(), before + 1);
}

#[test]
fn an_answer_that_was_lost_frees_its_rows_once() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.server.fault("/v0/segments", 1, Fault::AnswerLost(TransportError::Broken("reset".to_owned())));
    let broken = phone.sync();
    assert_eq!((broken.stopped.map(|r| r.code()), broken.waiting), (Some("connection_broken"), 1));
    phone.later_punch(Asked::Out);
    let report = phone.sync();
    assert_eq!((report.delivered, report.waiting), (2, 0));
    assert_eq!(
        phone.server.chain().iter().filter(|(.., p)| matches!(p.as_ref().unwrap().body, Body::Punch(_))).count(),
        2
    );
    assert_eq!(phone.export().fails, []);
}

#[test]
fn a_receipt_that_does_not_verify_frees_nothing() {
    type Change = fn(&mut UploadAnswer);
    let changes: [(&str, Change); 10] = [
        ("another index", |a| a.items[0].receipt.index ^= 1),
        ("another status", |a| a.items[0].receipt.status = daka_core::domain::log::SegmentStatus::Conflict),
        ("another time", |a| a.items[0].receipt.received = daka_core::domain::time::WallMs::new(1)),
        ("another proof", |a| a.items[0].receipt.proof[0].0[0] ^= 1),
        ("a shorter proof", |a| a.items[0].receipt.proof.truncate(1)),
        ("a later end", |a| a.items[0].receipt.to -= 1),
        ("another root", |a| a.checkpoint.root.0[0] ^= 1),
        ("another signature", |a| a.checkpoint.signature.0[0] ^= 1),
        ("another size", |a| a.checkpoint.size += 1),
        ("no item", |a| a.items.clear()),
    ];
    for (what, change) in changes {
        let phone = Phone::with_rules();
        phone.punch(Asked::In);
        phone.later_punch(Asked::Out);
        phone.server.fault("/v0/segments", 1, changed(change));
        let report = phone.sync();
        assert_eq!(report.stopped.map(|r| r.code()), Some("receipt_unproven"), "{what}");
        assert_eq!((report.waiting, report.delivered), (2, 0), "{what}");
        assert!(report.due.is_some());
        assert_eq!(phone.sync().waiting, 0, "{what}");
        assert_eq!(phone.export().fails, [], "{what}");
    }
}

#[test]
fn a_log_that_was_rewritten_is_not_believed() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    assert_eq!(phone.sync().waiting, 0);
    phone.later_punch(Asked::Out);
    phone.server.rewrite_history();
    let report = phone.sync();
    assert_eq!((report.stopped.map(|r| r.code()), report.waiting), (Some("receipt_unproven"), 1));
    // What was proven before stays provable.
    assert_eq!(phone.export().punches.len(), 2);
}

#[test]
fn a_consistency_proof_that_does_not_hold_is_not_believed() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.sync();
    phone.later_punch(Asked::Out);
    phone.server.fault("/v0/segments", 1, changed(|a| a.consistency[0].0[0] ^= 1));
    assert_eq!(phone.sync().stopped.map(|r| r.code()), Some("receipt_unproven"));
    assert_eq!(phone.sync().waiting, 0);
    // Several rounds, several checkpoints, one chain of them.
    let report = phone.export();
    assert_eq!(report.fails, []);
    assert!(report.ok);
}

#[test]
fn a_login_that_is_no_longer_good_is_renewed_at_once_and_once() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.server.forget_logins();
    phone.server.asked();
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting), (None, 0));
    assert_eq!(phone.server.count("POST /v0/login"), 2);
    // A server that refuses every token is not asked in a loop.
    phone.later_punch(Asked::Out);
    phone.server.fault("/v0/rules", usize::MAX, Fault::refused(401, "login_required"));
    phone.server.asked();
    let report = phone.sync();
    assert_eq!((report.stopped.map(|r| r.code()), report.waiting), (Some("login_refused"), 1));
    assert_eq!(phone.server.asked().len(), 4);
    assert!(report.due.is_some());
}

#[test]
fn a_token_is_used_until_shortly_before_its_end() {
    let phone = Phone::with_rules();
    phone.clock.advance(14 * 60_000);
    phone.server.asked();
    phone.sync();
    assert_eq!(phone.server.count("POST /v0/login"), 0);
    phone.clock.advance(31_000);
    phone.sync();
    assert_eq!(phone.server.count("POST /v0/login"), 2);
}

#[test]
fn one_entry_that_the_server_cannot_take_is_found_and_the_rest_goes_on() {
    for (status, code) in [(400, "malformed"), (413, "too_large"), (422, "unprocessable")] {
        let phone = Phone::with_rules();
        let mut punches = Vec::new();
        for i in 0..60 {
            punches.push(phone.later_punch(if i % 2 == 0 { Asked::In } else { Asked::Out }));
        }
        let bad = punches[37].seq;
        phone.server.fault("/v0/segments", usize::MAX, Fault::IfBody(Arc::new(holds(bad)), problem(status, code)));
        let report = phone.sync();
        assert_eq!((report.stopped, report.refused, report.put_aside), (None, 1, 0), "{code}: {report:?}");
        assert_eq!((report.waiting, report.delivered), (0, 59));
        assert!(report.requests <= 14, "{} requests", report.requests);
        let states: Vec<_> =
            phone.rows().iter().filter(|r| r.state != EntryState::Received).map(|r| r.point.seq).collect();
        assert_eq!(states, [bad]);
        let queue = phone.engine().queue().unwrap();
        assert_eq!((queue.refused, queue.waiting), (1, 0));
        // Its digest stands in for it, and a bundle still shows it.
        assert_eq!(phone.server.chain().iter().filter(|(.., p)| p.is_none()).count(), 1);
        phone.clock.advance(20_000);
        assert_eq!(phone.sync().stopped, None);
        let exported = phone.export();
        assert_eq!(exported.fails, []);
        assert_eq!(exported.punches.len(), 60);
    }
}

#[test]
fn a_server_that_takes_nothing_costs_no_entry() {
    for n in [1, 2, 30] {
        let phone = Phone::with_rules();
        for _ in 0..n {
            phone.later_punch(Asked::In);
        }
        phone.server.fault("/v0/segments", usize::MAX, Fault::refused(422, "unprocessable"));
        let report = phone.sync();
        assert_eq!((report.stopped.map(|r| r.code()), report.refused), (Some("refused"), 0), "{n}");
        assert!(report.requests < 20 && report.due.is_some());
        assert_eq!(phone.engine().queue().unwrap().refused, 0);
        phone.server.behave();
        let report = phone.sync();
        assert_eq!((report.waiting, report.stopped), (0, None));
        assert!(phone.server.chain().iter().all(|(.., p)| p.is_some()), "nothing went as a digest");
    }
}

#[test]
fn a_server_that_takes_few_entries_gets_few() {
    let phone = Phone::with_rules();
    phone.server.take_at_most(10);
    for _ in 0..35 {
        phone.later_punch(Asked::In);
    }
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting, report.refused), (None, 0, 0));
}

#[test]
fn a_restored_server_is_filled_again() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.clock.advance(20_000);
    phone.sync();
    let backup = phone.server.backup();
    phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    phone.sync();
    phone.later_punch(Asked::In);
    phone.server.restore(&backup);
    phone.server.publish(1, Policy::default(), &[door(), warehouse()]);
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting, report.put_aside), (None, 0, 0), "{report:?}");
    assert!(report.refilled);
    assert_eq!(phone.server.chain().len(), phone.rows().len());
    assert!(states(&phone).iter().all(|s| *s == EntryState::Received));
    phone.clock.advance(20_000);
    assert!(!phone.sync().refilled);
    // Receipts of both logs, and checkpoints of both.
    let exported = phone.export();
    assert_eq!(exported.fails, []);
    assert!(exported.ok);
}

#[test]
fn a_server_that_lost_everything_is_filled_again_over_epochs() {
    let mut phone = Phone::with_rules();
    let empty = phone.server.backup();
    phone.later_punch(Asked::In);
    phone.clock.advance(20_000);
    phone.sync();
    phone.vault.refuse(None);
    use daka_core::ports::{Vault as _, VaultItem};
    phone.vault.remove(VaultItem::SealedHead).unwrap();
    phone.restart();
    phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    phone.sync();
    let epochs = phone.rows().last().unwrap().point.epoch;
    assert_eq!(epochs, 1);
    phone.later_punch(Asked::In);
    phone.server.restore(&empty);
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting, report.put_aside, report.refilled), (None, 0, 0, true), "{report:?}");
    let held: Vec<_> = phone.rows().iter().map(|r| (r.point.epoch, r.point.seq)).collect();
    assert_eq!(phone.server.chain().iter().map(|(e, s, _)| (*e, *s)).collect::<Vec<_>>(), held);
}

#[test]
fn a_copy_of_the_phone_makes_a_fork_and_another_epoch() {
    // The whole phone was put back from a backup, seal and all: it cannot know, but the server does.
    let mut phone = Phone::with_rules();
    phone.later_punch(Asked::In);
    phone.clock.advance(20_000);
    phone.sync();
    phone.engine().settle().unwrap();
    let (disk, seal) = (phone.disk.backup(), phone.vault.snapshot(daka_core::ports::VaultItem::SealedHead).unwrap());
    phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    assert_eq!(phone.sync().waiting, 0);
    phone.disk = disk;
    use daka_core::ports::Vault as _;
    phone.vault.put(daka_core::ports::VaultItem::SealedHead, &seal).unwrap();
    phone.restart();
    assert!(!phone.kinds().contains(&"epoch_started"));
    let forked = phone.later_punch(Asked::BreakStart);
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting), (None, 0), "{report:?}");
    assert!(report.put_aside >= 1);
    let row = phone.rows().into_iter().find(|r| r.punch == Some(forked.id)).unwrap();
    assert_eq!(row.state, EntryState::PutAside);
    assert!(phone.kinds().contains(&"epoch_started"));
    phone.clock.advance(20_000);
    let punch = phone.punch(Asked::In);
    phone.clock.advance(20_000);
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting, report.put_aside), (None, 0, 0), "{report:?}");
    let row = phone.rows().into_iter().find(|r| r.punch == Some(punch.id)).unwrap();
    assert_eq!((row.point.epoch, row.state), (1, EntryState::Received));
    phone.assert_chain();
}

#[test]
fn a_revoked_device_delivers_and_is_told() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.server.set_standing(Standing::Revoked);
    phone.server.forget_logins();
    let report = phone.sync();
    assert_eq!((report.stopped.map(|r| r.code()), report.waiting), (Some("revoked"), 0));
    assert_eq!((report.delivered, report.put_aside), (0, 1));
    assert_eq!(phone.engine().queue().unwrap().put_aside, 1);
    // What comes later is kept, and goes the same way.
    phone.later_punch(Asked::Out);
    assert_eq!(phone.sync().put_aside, 1);
}

#[test]
fn ten_thousand_entries_drain_in_at_most_thirty_requests() {
    let phone = Phone::with_rules();
    phone.fill(10_000);
    phone.server.asked();
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting), (None, 0));
    assert!(report.delivered >= 10_000);
    let segments = phone.server.count("POST /v0/segments");
    assert!(segments <= 30, "{segments}");
    println!("{segments} segments for 10,000 entries");
}

#[test]
fn rules_are_loaded_once_and_again_when_they_change() {
    let phone = Phone::enrolled();
    phone.server.publish(1, Policy::default(), &[door()]);
    assert!(phone.sync().rules_changed);
    let first = phone.engine().home().unwrap().rules_rev.unwrap();
    let pinned = |phone: &Phone| {
        let Body::Punch(p) = phone.bodies().pop().unwrap() else { panic!("not a punch") };
        p.rules_rev
    };
    let before =
        phone.engine().punch(PunchRequest { fixes: vec![at_door(0)], ..PunchRequest::tap(Asked::In) }).unwrap();
    assert_eq!(pinned(&phone), Some(first));
    assert!(!phone.sync().rules_changed);
    phone.server.publish(2, Policy { p_in: 990_000, ..Policy::default() }, &[door(), warehouse()]);
    assert!(phone.sync().rules_changed);
    let second = phone.engine().home().unwrap().rules_rev.unwrap();
    assert_ne!(first, second);
    let loaded = phone.bodies().into_iter().filter(|b| matches!(b, Body::RulesLoaded { .. })).count();
    assert_eq!(loaded, 2);
    phone.clock.advance(2_000);
    let after =
        phone.engine().punch(PunchRequest { fixes: vec![at_door(0)], ..PunchRequest::tap(Asked::Out) }).unwrap();
    assert_eq!(pinned(&phone), Some(second));
    assert_eq!(phone.engine().home().unwrap().sites, ["Door", "Warehouse"]);
    phone.clock.advance(20_000);
    phone.sync();
    // The bundle carries both, and each punch's place follows from its own.
    let report = phone.export();
    assert_eq!(report.fails, []);
    for id in [before.id, after.id] {
        let punch = report.punches.iter().find(|p| p.id == id).unwrap();
        for claim in ["rules", "place"] {
            assert!(punch.holds.iter().any(|c| c.code() == claim), "{claim} {punch:#?}");
        }
    }
}

#[test]
fn a_rule_set_that_does_not_hold_keeps_nothing_waiting() {
    let broken = |answer: &mut HttpResponse| {
        let at = answer.body.len() / 2;
        answer.body[at] ^= 1;
    };
    for fault in [
        Fault::Changed(Arc::new(broken)),
        Fault::Changed(Arc::new(|a: &mut HttpResponse| a.body.truncate(30))),
        Fault::refused(500, "internal"),
        Fault::refused(404, "not_found"),
        Fault::refused(422, "unprocessable"),
    ] {
        let phone = Phone::enrolled();
        phone.server.publish(1, Policy::default(), &[door()]);
        phone.punch(Asked::In);
        phone.server.fault("/v0/rules", 2, fault);
        let report = phone.sync();
        assert_eq!(report.waiting, 0, "{report:?}");
        assert!(report.delivered > 0 && report.stopped.is_some() && report.due.is_some(), "{report:?}");
        assert_eq!(phone.engine().home().unwrap().rules_rev, None);
        phone.server.behave();
        assert!(phone.sync().rules_changed);
    }
}

#[test]
fn a_key_set_with_a_higher_serial_is_taken_and_a_lower_one_is_not() {
    let mut phone = Phone::with_rules();
    phone.punch(Asked::In);
    // Another log key signs: the checkpoint verifies under the next key set only.
    phone.server.rotate_log_key(keys::pass());
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting), (None, 0), "{report:?}");
    phone.restart();
    phone.later_punch(Asked::Out);
    assert_eq!(phone.sync().waiting, 0);
    assert_eq!(phone.export().fails, []);
    phone.server.offer_older_keys();
    phone.server.rotate_log_key(keys::time());
    phone.server.offer_older_keys();
    phone.later_punch(Asked::In);
    phone.server.fault("/v0/segments", 1, changed(|a| a.checkpoint.signature.0[0] ^= 1));
    let report = phone.sync();
    assert_eq!(report.stopped.map(|r| r.code()), Some("receipt_unproven"));
}

#[test]
fn a_second_round_beside_the_first_does_nothing() {
    let phone = Arc::new(Phone::with_rules());
    phone.punch(Asked::In);
    let meanwhile = {
        let phone = Arc::downgrade(&phone);
        move || {
            let report = phone.upgrade().unwrap().sync();
            assert!(report.busy);
            assert_eq!((report.delivered, report.requests), (0, 0));
        }
    };
    phone.server.fault("/v0/segments", 1, Fault::Meanwhile(Arc::new(meanwhile)));
    let report = phone.sync();
    assert_eq!((report.busy, report.waiting), (false, 0));
    // A round that was dropped half way lets the next one begin.
    phone.later_punch(Asked::Out);
    let dropped = phone.engine().sync(SyncOptions { now: true, ..SyncOptions::default() });
    drop(dropped);
    assert_eq!(phone.sync().waiting, 0);
}

#[test]
fn a_store_that_fails_ends_a_round_with_its_error() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.engine().pause().unwrap();
    let error = run(phone.engine().sync(SyncOptions::default())).unwrap_err();
    assert_eq!(error.code(), ErrorCode::Closed);
    phone.engine().resume().unwrap();
    assert_eq!(phone.sync().waiting, 0);
}
