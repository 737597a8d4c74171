//! The decision table, row by row: what came, what follows, and why in words.

use super::*;
use crate::domain::time::WallMs;
use proptest::prelude::*;

const BATCH: Ask = Ask::Segment { entries: 50 };
const ONE: Ask = Ask::Segment { entries: 1 };

fn first(ask: Ask) -> Attempt {
    Attempt { ask, corrected: false }
}

fn second(ask: Ask) -> Attempt {
    Attempt { ask, corrected: true }
}

fn head(status: u16, media: Media) -> Head {
    Head { status, media, code: None, field: None, retry_after_ms: None }
}

/// A problem document of the server.
fn problem(status: u16, code: &str) -> Outcome {
    Outcome::Answer(Head { code: Some(code.into()), ..head(status, Media::Problem) })
}

/// A page of something in between.
fn page(status: u16) -> Outcome {
    Outcome::Answer(head(status, Media::Other))
}

fn asking(status: u16, media: Media, seconds: u64) -> Outcome {
    Outcome::Answer(Head { retry_after_ms: Some(seconds * 1000), ..head(status, media) })
}

fn retry(reason: Reason) -> Decision {
    Decision::Retry { reason }
}

fn hold(reason: Reason) -> Decision {
    Decision::Hold { reason }
}

type Row = (Attempt, Outcome, Decision, &'static str);

fn check(rows: Vec<Row>) {
    for (attempt, outcome, expected, why) in rows {
        assert_eq!(decide(attempt, &outcome), expected, "{attempt:?} {outcome:?}: {why}");
    }
}

#[test]
fn no_answer() {
    let no = Outcome::NoAnswer;
    check(vec![
        (
            first(BATCH),
            no(NoAnswer::Unreachable),
            retry(Reason::Unreachable),
            "nothing was sent; the network will come back",
        ),
        (
            first(BATCH),
            no(NoAnswer::TimedOut),
            retry(Reason::TimedOut),
            "the server may have it; a repeat gets the same receipt",
        ),
        (
            first(BATCH),
            no(NoAnswer::Broken),
            retry(Reason::ConnectionBroken),
            "the answer is lost; a repeat gets the same receipt",
        ),
        (
            first(ONE),
            no(NoAnswer::Broken),
            retry(Reason::ConnectionBroken),
            "one entry alone is no more refused than many",
        ),
        (first(BATCH), no(NoAnswer::TooLarge), retry(Reason::BadAnswer), "no answer of this protocol is so long"),
        (
            first(BATCH),
            no(NoAnswer::Untrusted),
            Decision::Distrust { reason: Reason::Untrusted },
            "a portal that intercepts TLS, or an attack: nothing is sent to it",
        ),
        (
            first(BATCH),
            no(NoAnswer::PlatformNotInitialised),
            hold(Reason::PlatformNotInitialised),
            "a fault of the app's build, which no repeat mends",
        ),
    ]);
}

#[test]
fn successes() {
    check(vec![
        (first(BATCH), Outcome::Verified, Decision::Done, "only what verified is done"),
        (
            first(BATCH),
            Outcome::Undecodable,
            retry(Reason::BadAnswer),
            "cut or garbled on the way, or a fault of the server",
        ),
        (first(BATCH), Outcome::Newer, Decision::Upgrade, "the server speaks a version that this app does not read"),
        (
            first(BATCH),
            Outcome::Unproven,
            Decision::Distrust { reason: Reason::ReceiptUnproven },
            "a receipt that does not verify frees no row",
        ),
        (first(BATCH), page(200), Decision::CaptivePortal, "a captive portal's login page in place of the answer"),
        (first(Ask::Photo), page(200), Decision::CaptivePortal, "a portal answers a PATCH as well"),
        (
            first(BATCH),
            Outcome::Answer(head(200, Media::Text)),
            Decision::CaptivePortal,
            "some portals say it in plain text",
        ),
        (
            first(BATCH),
            Outcome::Answer(head(200, Media::Cbor)),
            retry(Reason::BadAnswer),
            "a success is done by being verified, never by its status",
        ),
        (first(BATCH), Outcome::Answer(head(204, Media::None)), retry(Reason::BadAnswer), "no receipt, not done"),
        (
            first(Ask::Read),
            Outcome::Answer(head(304, Media::None)),
            Decision::Done,
            "what the phone holds is still right",
        ),
    ]);
}

#[test]
fn redirects_are_a_portal() {
    for status in [300, 301, 302, 303, 307, 308] {
        check(vec![
            (
                first(BATCH),
                page(status),
                Decision::CaptivePortal,
                "the server never redirects; following would send the queue away",
            ),
            (first(BATCH), problem(status, "moved"), Decision::CaptivePortal, "whatever it says of itself"),
        ]);
    }
    check(vec![
        (
            first(BATCH),
            Outcome::Answer(head(304, Media::None)),
            Decision::CaptivePortal,
            "no segment is asked for conditionally",
        ),
        (first(BATCH), page(407), Decision::CaptivePortal, "a proxy wants a password"),
        (first(BATCH), page(511), Decision::CaptivePortal, "RFC 6585: a network wants a login"),
    ]);
}

#[test]
fn login() {
    check(vec![
        (first(BATCH), problem(401, "login_required"), Decision::LoginAgain, "tokens last 15 minutes"),
        (
            first(Ask::Photo),
            Outcome::Answer(head(401, Media::None)),
            Decision::LoginAgain,
            "an answer to HEAD has no body",
        ),
        (
            first(Ask::Session),
            problem(401, "login_required"),
            Decision::LoginAgain,
            "the challenge was used or too old",
        ),
        (
            second(BATCH),
            problem(401, "login_required"),
            retry(Reason::LoginRefused),
            "a new token was refused too: not in a circle",
        ),
        (first(BATCH), page(401), Decision::CaptivePortal, "a proxy's login page, not ours"),
    ]);
}

#[test]
fn forbidden() {
    check(vec![
        (first(BATCH), problem(403, "revoked"), hold(Reason::Revoked), "shown; the queue is kept"),
        (
            first(BATCH),
            problem(403, "not_approved"),
            hold(Reason::NotApproved),
            "waits for the administrator, who may approve any time",
        ),
        (first(BATCH), problem(403, "forbidden"), hold(Reason::Forbidden), "shown; the queue is kept"),
        (
            first(BATCH),
            problem(403, "of_a_later_version"),
            hold(Reason::Forbidden),
            "an unknown code is still a refusal",
        ),
        (second(BATCH), problem(403, "revoked"), hold(Reason::Revoked), "a new login does not change it"),
        (first(BATCH), page(403), Decision::CaptivePortal, "a company's filter page must not read as revoked"),
    ]);
}

#[test]
fn what_the_server_cannot_take() {
    for (status, code) in [(400, "malformed"), (413, "too_large"), (422, "unprocessable")] {
        check(vec![
            (first(BATCH), problem(status, code), Decision::Bisect, "one entry spoils it: find it"),
            (first(Ask::Segment { entries: 2 }), problem(status, code), Decision::Bisect, "two are still one too many"),
            (first(ONE), problem(status, code), Decision::Refused, "found: it waits, visible, and the rest goes on"),
            (first(Ask::Photo), problem(status, code), Decision::Refused, "a photo is one row"),
            (first(Ask::Session), problem(status, code), retry(Reason::Refused), "a login holds no row to put aside"),
            (first(Ask::Read), problem(status, code), retry(Reason::Refused), "a question holds no row to put aside"),
        ]);
    }
    check(vec![
        (first(BATCH), page(413), Decision::Bisect, "a reverse proxy's limit is real, whoever's page it is"),
        (first(BATCH), page(400), Decision::CaptivePortal, "a page of something that does not speak this protocol"),
        (first(ONE), page(422), Decision::CaptivePortal, "no row is refused on a stranger's word"),
    ]);
}

#[test]
fn versions() {
    check(vec![
        (first(BATCH), problem(400, "version"), Decision::Upgrade, "halving a batch does not change its version"),
        (first(ONE), problem(422, "version"), Decision::Upgrade, "the entry is not at fault"),
        (first(Ask::Photo), problem(412, "tus_version"), Decision::Upgrade, "another tus"),
        (first(BATCH), problem(415, "media_type"), Decision::Upgrade, "another encoding"),
        (first(BATCH), problem(426, "version"), Decision::Upgrade, "RFC 9110 §15.5.22"),
    ]);
}

#[test]
fn positions() {
    check(vec![
        (
            first(Ask::Photo),
            problem(409, "offset"),
            Decision::AskHead,
            "an answer was lost; the server knows how far it came",
        ),
        (first(BATCH), problem(409, "conflict"), Decision::AskHead, "the server knows where the journal stands"),
        (second(Ask::Photo), problem(409, "offset"), retry(Reason::Conflict), "asked and still wrong: not in a circle"),
        (
            first(Ask::Photo),
            problem(404, "not_found"),
            Decision::BeginAgain,
            "the upload expired, or the server was restored",
        ),
        (first(Ask::Photo), problem(410, "not_found"), Decision::BeginAgain, "tus: the upload is gone"),
        (
            first(Ask::Photo),
            Outcome::Answer(head(460, Media::None)),
            Decision::BeginAgain,
            "the bytes had another digest: dropped",
        ),
        (
            first(BATCH),
            problem(404, "not_found"),
            retry(Reason::NotFound),
            "a server without this route; not the entries' fault",
        ),
        (first(BATCH), page(404), Decision::CaptivePortal, "a web server that is not ours"),
    ]);
}

#[test]
fn busy_away_and_at_fault() {
    let after = |s: u64| Decision::RetryAfter { floor_ms: s * 1000 };
    check(vec![
        (
            first(BATCH),
            problem(423, "restored"),
            retry(Reason::Restored),
            "waits for a person; the phone fills it again afterwards",
        ),
        (first(BATCH), asking(429, Media::Problem, 30), after(30), "as asked"),
        (first(BATCH), problem(429, "slow_down"), retry(Reason::SlowDown), "it did not say for how long"),
        (first(BATCH), asking(429, Media::Other, 30), after(30), "a gateway's limit is real, whoever's page it is"),
        (first(BATCH), asking(503, Media::Problem, 5), after(5), "draining"),
        (first(BATCH), asking(503, Media::Other, 0), after(0), "the wait itself keeps a zero from becoming a loop"),
        (first(BATCH), problem(503, "unavailable"), retry(Reason::Unavailable), "it did not say for how long"),
        (first(BATCH), page(500), retry(Reason::ServerFault), "a fault; the same may work later"),
        (first(ONE), page(500), retry(Reason::ServerFault), "and never a reason to put a row aside"),
        (first(BATCH), page(502), retry(Reason::ServerFault), "a gateway without its server"),
        (first(BATCH), asking(504, Media::Other, 60), after(60), "as asked"),
        (first(BATCH), page(408), retry(Reason::TimedOut), "the request did not arrive in time"),
        (first(BATCH), page(425), retry(Reason::Unavailable), "RFC 8470: not yet"),
    ]);
}

#[test]
fn statuses_that_this_protocol_does_not_have() {
    check(vec![
        (first(BATCH), problem(418, "teapot"), retry(Reason::BadAnswer), "nothing is lost by asking again"),
        (first(BATCH), page(451), Decision::CaptivePortal, "something in between"),
        (first(BATCH), page(100), retry(Reason::BadAnswer), "no final answer"),
        (first(BATCH), page(999), retry(Reason::BadAnswer), "no status at all"),
        (first(BATCH), page(0), retry(Reason::BadAnswer), "no status at all"),
    ]);
}

#[test]
fn a_whole_answer_goes_through() {
    // A captive portal as it comes off the wire, and the server's refusal with the same status.
    let wall = WallMs::new(0);
    let html = |n: &str| (n == "content-type").then_some("text/html; charset=UTF-8");
    let portal = Head::of(200, html, b"<html>Welcome to the cafe</html>", wall);
    assert_eq!(decide(first(BATCH), &Outcome::Answer(portal)), Decision::CaptivePortal);
    let doc = |n: &str| match n {
        "content-type" => Some("application/problem+json"),
        "retry-after" => Some("7"),
        _ => None,
    };
    let busy = Head::of(429, doc, br#"{"code":"slow_down"}"#, wall);
    assert_eq!(decide(first(BATCH), &Outcome::Answer(busy)), Decision::RetryAfter { floor_ms: 7_000 });
    let revoked = Head::of(403, doc, br#"{"code":"revoked"}"#, wall);
    assert_eq!(decide(first(BATCH), &Outcome::Answer(revoked)), hold(Reason::Revoked));
}

#[test]
fn codes() {
    assert_eq!(Decision::Done.code(), "done");
    assert_eq!(Decision::LoginAgain.code(), "login_again");
    assert_eq!(Decision::AskHead.code(), "ask_head");
    assert_eq!(Decision::Bisect.code(), "bisect");
    assert_eq!(Decision::Refused.code(), "refused");
    assert_eq!(Decision::BeginAgain.code(), "upload_lost");
    assert_eq!(Decision::RetryAfter { floor_ms: 1 }.code(), "asked_to_wait");
    assert_eq!(Decision::CaptivePortal.code(), "captive_portal");
    assert_eq!(Decision::Upgrade.code(), "upgrade_needed");
    assert_eq!(hold(Reason::Revoked).code(), "revoked");
}

#[test]
fn waits() {
    // The largest draw shows the window: 2 s · 2² in front; a hold is asked again at the background's pace.
    let wait = |d: Decision, attempts| d.wait_ms(attempts, Pace::Foreground, u64::MAX);
    for at_once in [Decision::Done, Decision::LoginAgain, Decision::AskHead, Decision::Bisect] {
        assert_eq!(wait(at_once, 9), 0, "{at_once:?}");
    }
    for later in [Decision::BeginAgain, retry(Reason::Unreachable), Decision::CaptivePortal] {
        assert_eq!((wait(later, 2), wait(later, 40)), (8_000, 300_000), "{later:?}");
    }
    for seldom in [Decision::Refused, hold(Reason::Revoked), Decision::Upgrade] {
        assert_eq!((wait(seldom, 2), wait(seldom, 40)), (8_000, 3_600_000), "{seldom:?}");
    }
    assert_eq!(wait(Decision::RetryAfter { floor_ms: 60_000 }, 0), 90_000);
}

fn any_ask() -> impl Strategy<Value = Ask> {
    prop_oneof![
        Just(Ask::Session),
        Just(Ask::Read),
        Just(Ask::Photo),
        (1usize..600).prop_map(|entries| Ask::Segment { entries }),
    ]
}

proptest! {
    /// Whatever a server or a stranger answers: a status alone never ends a row, whoever repeats at once does so once, and the wait
    /// keeps the bound by which a stored one is judged.
    #[test]
    fn no_answer_drops_or_starves_a_row(
        ask in any_ask(), corrected: bool, status: u16, media in 0usize..6, code in "[a-z_]{0,12}",
        floor in proptest::option::of(0..=LONGEST_FLOOR_MS), attempts: u32, random: u64,
    ) {
        let media = [Media::None, Media::Cbor, Media::Problem, Media::Octets, Media::Text, Media::Other][media];
        let head = Head { status, media, code: Some(code), field: None, retry_after_ms: floor };
        let decision = decide(Attempt { ask, corrected }, &Outcome::Answer(head));
        prop_assert!(decision != Decision::Done || (ask == Ask::Read && status == 304));
        prop_assert!(!(corrected && matches!(decision, Decision::LoginAgain | Decision::AskHead)));
        let many = matches!(ask, Ask::Segment { entries: 2.. });
        prop_assert!(decision != Decision::Bisect || many);
        for pace in [Pace::Foreground, Pace::Background] {
            let wait = decision.wait_ms(attempts, pace, random);
            prop_assert!(wait <= decision.reason().map_or(0, Reason::longest_wait_ms));
        }
    }
}
