//! Every row of the decision table through a whole round: what stays, what is shown, and when the next attempt is due.

use crate::phone::*;
use daka_core::app::SyncOptions;
use daka_core::domain::journal::Asked;
use daka_core::domain::retry::{Pace, Reason};
use daka_core::ports::{Clock as _, HttpResponse, TransportError};
use daka_core::testkit::wire_server::{Fault, Standing, html};
use proptest::prelude::*;

/// A fault of every request to these paths, the reason that is shown, and the longest wait before the next attempt.
type Row = (&'static str, Fault, &'static str, u64);

/// The window of the first attempt, and a tenth of a second for the attempt itself.
const FIRST: u64 = 2_000;

fn bare(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Fault {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    Fault::Answer(HttpResponse { status, headers, body: body.to_vec() })
}

fn rows() -> Vec<Row> {
    let gone = |e: TransportError| Fault::NotReached(e);
    let cbor = [("content-type", "application/cbor")];
    vec![
        ("", gone(TransportError::Unreachable("no route".to_owned())), "unreachable", FIRST),
        ("", gone(TransportError::TimedOut), "timed_out", FIRST),
        ("", gone(TransportError::Broken("reset".to_owned())), "connection_broken", FIRST),
        ("", gone(TransportError::Untrusted("pin".to_owned())), "untrusted", FIRST),
        ("", gone(TransportError::TooLarge { limit: 1 }), "bad_answer", FIRST),
        ("", gone(TransportError::PlatformNotInitialised), "platform_not_initialised", FIRST),
        ("", Fault::page(200), "captive_portal", FIRST),
        ("", Fault::page(302), "captive_portal", FIRST),
        ("", Fault::page(403), "captive_portal", FIRST),
        ("", Fault::page(404), "captive_portal", FIRST),
        ("", Fault::page(511), "captive_portal", FIRST),
        ("", bare(301, &[("location", "https://elsewhere.example/")], b""), "captive_portal", FIRST),
        ("", bare(407, &[], b""), "captive_portal", FIRST),
        ("", bare(204, &[], b""), "bad_answer", FIRST),
        ("", bare(200, &cbor, b""), "bad_answer", FIRST),
        ("", bare(200, &cbor, b"\x80"), "bad_answer", FIRST),
        ("", bare(200, &cbor, b"\x81\x18\x63"), "upgrade_needed", FIRST),
        ("", bare(418, &[], b""), "bad_answer", FIRST),
        ("", Fault::refused(408, "timeout"), "timed_out", FIRST),
        ("", Fault::refused(425, "early"), "unavailable", FIRST),
        ("", Fault::refused(429, "slow_down"), "slow_down", FIRST),
        ("", Fault::wait(429, "slow_down", 120), "asked_to_wait", 180_000),
        ("", Fault::wait(429, "slow_down", 0), "asked_to_wait", FIRST),
        ("", Fault::refused(503, "unavailable"), "unavailable", FIRST),
        ("", Fault::wait(503, "unavailable", 30), "asked_to_wait", 45_000),
        ("", Fault::refused(500, "internal"), "server_fault", FIRST),
        ("", Fault::page(502), "server_fault", FIRST),
        ("", Fault::refused(423, "restored"), "restored", FIRST),
        ("", Fault::refused(404, "not_found"), "not_found", FIRST),
        ("", Fault::refused(400, "malformed"), "refused", FIRST),
        ("", Fault::refused(412, "tus_version"), "upgrade_needed", FIRST),
        ("", Fault::refused(426, "version"), "upgrade_needed", FIRST),
        ("", Fault::refused(401, "login_required"), "login_refused", FIRST),
        ("", Fault::refused(403, "revoked"), "revoked", FIRST),
        ("", Fault::refused(403, "not_approved"), "not_approved", FIRST),
        ("", Fault::refused(403, "forbidden"), "forbidden", FIRST),
        ("", Fault::refused(409, "conflict"), "conflict", FIRST),
        ("/v0/segments", Fault::refused(409, "conflict"), "conflict", FIRST),
        ("/v0/segments", Fault::refused(413, "too_large"), "refused", FIRST),
        ("/v0/segments", Fault::page(413), "refused", FIRST),
        ("/v0/segments", Fault::refused(422, "unprocessable"), "refused", FIRST),
        ("/v0/segments", Fault::page(200), "captive_portal", FIRST),
        ("/v0/segments", Fault::Answer(html(422)), "captive_portal", FIRST),
        ("/v0/segments", bare(200, &cbor, b"\x81\x18\x63"), "upgrade_needed", FIRST),
        ("/v0/time", Fault::refused(500, "internal"), "server_fault", FIRST),
        ("/v0/time", bare(200, &cbor, b"\x80"), "bad_answer", FIRST),
        ("/v0/login", Fault::refused(403, "forbidden"), "forbidden", FIRST),
    ]
}

#[test]
fn every_way_to_fail_keeps_the_rows_says_why_and_comes_back() {
    for (path, fault, reason, longest) in rows() {
        let phone = Phone::with_rules();
        phone.clock.advance(3_600_000);
        phone.punch(Asked::In);
        phone.later_punch(Asked::Out);
        phone.server.fault(path, usize::MAX, fault);
        let why = format!("{path} {reason}");
        let options = SyncOptions { pace: Pace::Foreground, ..SyncOptions::default() };
        let report = run(phone.engine().sync(options)).unwrap();
        assert_eq!(report.stopped.map(|r| r.code()), Some(reason), "{why}: {report:?}");
        assert_eq!(report.refused, 0, "{why}");
        if path != "/v0/time" {
            assert_eq!((report.delivered, report.waiting >= 2), (0, true), "{why}: {report:?}");
        }
        let due = report.due.clone().expect(&why);
        assert_eq!((due.reason.as_str(), due.attempts), (reason, 1), "{why}");
        let now = phone.odd.clock.true_ms();
        assert!((now..=now + longest.cast_signed()).contains(&due.wall_ms), "{why}: {} ms", due.wall_ms - now);
        assert_eq!(phone.engine().queue().unwrap().due, Some(due.clone()), "{why}");
        // Not before it is due, whatever else happens; "send now" goes all the same.
        phone.server.asked();
        if due.wall_ms > now {
            assert_eq!(phone.sync_if_due().due, Some(due), "{why}");
            assert_eq!(phone.server.asked().len(), 0, "{why}");
        }
        phone.sync();
        assert!(!phone.server.asked().is_empty(), "{why}");
        assert_eq!(phone.engine().queue().unwrap().due.unwrap().attempts, 2, "{why}");
        // Once it is due, and the fault is gone, everything is delivered and nothing is due.
        phone.server.behave();
        phone.clock.advance(3_600_000);
        let report = phone.sync_if_due();
        assert_eq!((report.stopped, report.waiting, report.due), (None, 0, None), "{why}");
        assert_eq!(phone.engine().queue().unwrap().due, None, "{why}");
    }
}

#[test]
fn a_wait_is_on_disk_and_outlives_program_and_phone() {
    let mut phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.server.fault("", 1, Fault::wait(503, "unavailable", 600));
    let due = phone.sync().due.unwrap();
    phone.restart();
    assert_eq!(phone.sync_if_due().due, Some(due.clone()));
    // After a reboot the wall clock says how long it still is; from then on the elapsed clock does.
    phone.clock.reboot(60_000);
    phone.restart();
    let again = phone.sync_if_due().due.unwrap();
    assert_ne!(again.boot, due.boot);
    assert_eq!((again.wall_ms, again.attempts), (due.wall_ms, 1));
    phone.clock.set_wall(-7 * 86_400_000);
    phone.clock.advance(900_000);
    assert_eq!(phone.sync_if_due().waiting, 0);
}

#[test]
fn a_wall_clock_set_back_again_and_again_stretches_no_wait() {
    let mut phone = Phone::with_rules();
    phone.punch(Asked::In);
    let begun = phone.odd.clock.read();
    phone.server.fault("", 1, Fault::wait(503, "unavailable", 600));
    let due = phone.sync().due.unwrap();
    let wait = due.elapsed_ms - begun.elapsed_ms;
    // Off for a minute, and a second until the program runs. Opening is the first look.
    phone.clock.reboot(60_000);
    phone.restart();
    let opened = phone.odd.clock.read();
    let left = wait - 61_000;
    let kept = phone.engine().queue().unwrap().due.unwrap();
    assert_eq!((kept.boot.as_str(), kept.elapsed_ms), (opened.boot.0.as_str(), opened.elapsed_ms + left));
    phone.server.asked();
    let mut passed = 0;
    while passed + 30_000 < left {
        phone.clock.advance(30_000);
        passed += 30_000;
        // By more than passed, so that by the wall clock the wait would grow for ever.
        phone.clock.set_wall(-45_000);
        phone.restart();
        assert_eq!(phone.sync_if_due().due.unwrap().elapsed_ms, kept.elapsed_ms);
    }
    assert!(phone.server.asked().is_empty());
    phone.clock.advance(left - passed);
    assert_eq!((phone.sync_if_due().waiting, phone.server.asked().is_empty()), (0, false));
}

#[test]
fn a_wake_shortens_the_wait_and_keeps_the_count() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.offline("", usize::MAX);
    for _ in 0..12 {
        phone.sync();
    }
    phone.server.behave();
    let due = phone.engine().queue().unwrap().due.unwrap();
    assert_eq!(due.attempts, 12);
    phone.engine().wake().unwrap();
    let woken = phone.engine().queue().unwrap().due.unwrap();
    assert_eq!((woken.attempts, woken.reason.as_str()), (12, "unreachable"));
    assert!(woken.elapsed_ms <= due.elapsed_ms);
    phone.clock.advance(10_000);
    assert_eq!(phone.sync_if_due().waiting, 0);
    // What the server asked for is not shortened, and nothing due is no error.
    phone.later_punch(Asked::Out);
    phone.server.fault("", 1, Fault::wait(429, "slow_down", 600));
    phone.sync();
    phone.engine().wake().unwrap();
    phone.clock.advance(10_000);
    assert_eq!(phone.sync_if_due().waiting, 1);
    phone.clock.advance(900_000);
    phone.sync_if_due();
    phone.engine().wake().unwrap();
}

/// What may happen to a round.
fn outcomes() -> impl Strategy<Value = (usize, u8, u64)> {
    (0..rows().len() + 1, 0..3_u8, 0..7_200_000_u64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever the server does, for as long as it likes: while anything waits, an attempt is due within the longest wait of the
    /// reason that is shown, without a new write; and the first good round delivers everything.
    #[test]
    fn no_attempt_starves(steps in proptest::collection::vec(outcomes(), 1..14)) {
        let mut phone = Phone::with_rules();
        phone.punch(Asked::In);
        for (which, event, after) in steps {
            phone.server.behave();
            if let Some((path, fault, ..)) = rows().into_iter().nth(which) {
                phone.server.fault(path, usize::MAX, fault);
            }
            let report = phone.sync_if_due();
            if report.waiting > 0 {
                let due = phone.engine().queue().unwrap().due;
                prop_assert!(due.is_some());
                let longest = due.as_ref().and_then(|d| Reason::parse(&d.reason)).unwrap().longest_wait_ms();
                phone.server.asked();
                match event {
                    0 => phone.clock.advance(after),
                    1 => {
                        phone.clock.reboot(after);
                        phone.restart();
                    }
                    _ => phone.clock.set_wall(after.cast_signed() - 3_600_000),
                }
                // Asked often, as a shell does; at the end of the longest wait an attempt was made.
                for _ in 0..9 {
                    phone.clock.advance(longest / 8);
                    phone.sync_if_due();
                }
                prop_assert!(!phone.server.asked().is_empty());
            }
        }
        phone.server.behave();
        phone.server.set_standing(Standing::Active);
        let longest = phone.engine().queue().unwrap().due.and_then(|d| Reason::parse(&d.reason));
        phone.clock.advance(longest.map_or(0, Reason::longest_wait_ms));
        let report = phone.sync_if_due();
        prop_assert_eq!((report.stopped, report.waiting, report.due), (None, 0, None));
    }
}
