//! Rounds that are dropped, storage that refuses, and many threads at once.

use crate::phone::*;
use daka_core::app::{ErrorCode, PunchRequest, SyncOptions};
use daka_core::domain::journal::{Asked, Trigger};
use daka_core::domain::rules::Policy;
use daka_core::ports::VaultError;
use daka_core::testkit::tiny_story::door;
use daka_core::testkit::wire_server::Fault;
use std::future::Future as _;
use std::pin::pin;
use std::task::{Context, Waker};

fn with_something_to_send() -> Phone {
    let phone = Phone::enrolled();
    phone.server.publish(1, Policy::default(), &[door()]);
    let photo = phone.engine().adopt_photo(&mut &PHOTO[..], None).unwrap().digest;
    phone.engine().punch(PunchRequest { photos: vec![photo], ..PunchRequest::tap(Asked::In) }).unwrap();
    phone.server.asked();
    phone
}

#[test]
fn a_round_that_is_dropped_at_any_request_leaves_everything_in_order() {
    let whole = with_something_to_send();
    whole.sync();
    let requests = whole.server.asked().len();
    assert!(requests >= 8, "{requests}");
    for n in 0..requests {
        let phone = with_something_to_send();
        phone.server.fault("", n, Fault::None);
        phone.server.fault("", 1, Fault::Stalled);
        {
            let mut round = pin!(phone.engine().sync(SyncOptions::default()));
            assert!(round.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending(), "{n}");
            // While it waits nothing is locked: a tap goes through.
            phone.clock.advance(2_000);
            phone.punch(Asked::Out);
            phone.engine().home().unwrap();
        }
        phone.clock.advance(20_000);
        let report = phone.sync();
        assert_eq!((report.busy, report.stopped, report.waiting), (false, None, 0), "{n}");
        assert_eq!(phone.server.photos().len(), 1, "{n}");
        let report = phone.export();
        assert_eq!(report.fails, [], "{n}");
        assert!(report.punches.iter().all(|p| p.holds.iter().any(|c| c.code() == "all_evidence")), "{n}");
        phone.assert_chain();
    }
}

#[test]
fn a_vault_that_refuses_keeps_nothing_waiting() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.vault.refuse(Some(VaultError::Io("no room".to_owned())));
    assert_eq!(phone.engine().settle().unwrap_err().code(), ErrorCode::Storage);
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting), (None, 0));
    phone.vault.refuse(None);
    phone.engine().settle().unwrap();
}

#[test]
fn taps_settling_and_rounds_from_many_threads_make_one_chain() {
    let phone = Phone::with_rules();
    let by_beacon = |asked| PunchRequest { trigger: Trigger::Beacon, ..PunchRequest::tap(asked) };
    std::thread::scope(|scope| {
        for asked in [Asked::In, Asked::Out, Asked::BreakStart] {
            let (engine, clock) = (phone.engine(), &phone.clock);
            scope.spawn(move || {
                for _ in 0..25 {
                    engine.punch(by_beacon(asked)).unwrap();
                    clock.advance(7);
                    engine.settle().unwrap();
                }
            });
        }
        let engine = phone.engine();
        scope.spawn(move || {
            for _ in 0..10 {
                run(engine.sync(SyncOptions { now: true, ..SyncOptions::default() })).unwrap();
                engine.check(&mut |_, _| true).unwrap();
                engine.home().unwrap();
            }
        });
    });
    assert_eq!(phone.kinds().iter().filter(|k| **k == "punch").count(), 75);
    phone.assert_chain();
    phone.clock.advance(20_000);
    assert_eq!(phone.sync().waiting, 0);
    assert_eq!(phone.server.kept(), []);
    assert_eq!(phone.export().fails, []);
}
