//! "Why?": each sentence as a code with its arguments, in the order in which the sentence names them. The shells own the words.

use super::line::PunchLine;
use crate::app::error::ErrorCode;
use crate::domain::journal::{Asked, VerdictGroup};
use crate::domain::place::{self, Evaluation};
use crate::domain::retry;
use crate::domain::time::{Bound, Interval, WallMs, Word};
use crate::ports::{Due, EntryState};

/// Which sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WhyCode {
    /// The button offers "in": there is no punch yet.
    OfferFirst,
    /// It offers "out": in since `Time`.
    OfferOpenIn,
    /// It offers "in": out since `Time`.
    OfferAfterOut,
    /// It offers the break's end: on a break since `Time`.
    OfferOnBreak,
    /// It offers "out": back from a break since `Time`.
    OfferAfterBreak,
    /// It offers "in": the one at `Time` is more than `Number` hours ago.
    OfferInTooOld,
    /// It offers "in": the punch at `Time` does not say what comes next.
    OfferNext,
    /// The time is Verified, to within `Millis`.
    TimeVerified,
    /// The time is Bounded, to within `Millis`.
    TimeBounded,
    /// The time is Unverified: only the phone's clock speaks.
    TimeUnverified,
    /// It was not before `Time`.
    TimeNotBefore,
    /// It was not after `Time`.
    TimeNotAfter,
    /// At the site `Text`, `Metres` from its edge, known to `Metres`.
    PlaceInside,
    /// Not at the site `Text`, `Metres` from its edge, known to `Metres`.
    PlaceOutside,
    /// Not certain yet whether at `Text`, `Metres` from its edge, known to `Metres`.
    PlaceUncertain,
    /// The place was not checked.
    PlaceNotEvaluated,
    /// One reason of the verdict, `Reason`.
    PlaceReason,
    /// What would make it certain, `Help`.
    PlaceHelp,
    /// Kept on this phone, to be sent.
    StateWaiting,
    /// Kept on this phone because of `Wait`; the next attempt is at `Time`.
    StateWaitingUntil,
    /// The server had it at `Time`, its receipt verified.
    StateReceived,
    /// Received, and looked at by a person.
    StatePutAside,
    /// The server would not take it; it stays here.
    StateRefused,
    /// The device's signature follows.
    SignaturePending,
    /// A second tap within a second: the punch that was there already.
    Repeated,
    /// Something could not be and was left out: `Failure`.
    LeftOut,
    /// Positions that came after the tap changed what is known of the place, `Number` times.
    LateEvidence,
}

/// A value in a sentence.
#[derive(Clone, Debug, PartialEq)]
pub enum WhyArg {
    /// A name, as it is.
    Text(String),
    /// A count.
    Number(i64),
    /// Metres, not negative.
    Metres(f64),
    /// A length of time in milliseconds.
    Millis(i64),
    /// A moment, with the offset from UTC in minutes to show it at.
    Time(WallMs, i16),
    /// A reason of a verdict; none for one of a later version.
    Reason(Option<place::Reason>),
    /// A step.
    Help(place::Help),
    /// Why the queue waits.
    Wait(retry::Reason),
    /// An error's code.
    Failure(ErrorCode),
}

/// One sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Why {
    /// Which.
    pub code: WhyCode,
    /// Its values, in order.
    pub args: Vec<WhyArg>,
}

impl Why {
    pub(in crate::app) fn plain(code: WhyCode) -> Self {
        Self { code, args: Vec::new() }
    }

    pub(in crate::app) fn with(code: WhyCode, args: impl Into<Vec<WhyArg>>) -> Self {
        Self { code, args: args.into() }
    }
}

/// What the button offers, and why, after `last`; an "in" older than `open_ms` is no longer open.
pub(in crate::app) fn offer(last: Option<&PunchLine>, now_ms: i64, open_ms: i64) -> (Asked, Why) {
    let Some(last) = last else { return (Asked::In, Why::plain(WhyCode::OfferFirst)) };
    let at = WhyArg::Time(last.wall, last.offset_min);
    let meant = last.meant();
    let open = matches!(meant, Asked::In | Asked::BreakEnd | Asked::BreakStart);
    if open && now_ms.saturating_sub(last.wall.get()) >= open_ms {
        return (Asked::In, Why::with(WhyCode::OfferInTooOld, [at, WhyArg::Number(open_ms / 3_600_000)]));
    }
    let (offer, code) = match meant {
        Asked::In => (Asked::Out, WhyCode::OfferOpenIn),
        Asked::BreakEnd => (Asked::Out, WhyCode::OfferAfterBreak),
        Asked::BreakStart => (Asked::BreakEnd, WhyCode::OfferOnBreak),
        Asked::Out => (Asked::In, WhyCode::OfferAfterOut),
        Asked::Auto | Asked::Unknown(_) => (Asked::In, WhyCode::OfferNext),
    };
    (offer, Why::with(code, [at]))
}

/// Why the time has its word.
pub(in crate::app) fn time(word: Word, interval: &Interval, offset_min: i16) -> Vec<Why> {
    let width = interval.width_ms().map(|w| WhyArg::Millis(i64::try_from(w).unwrap_or(i64::MAX)));
    let code = match word {
        Word::Verified => WhyCode::TimeVerified,
        Word::Bounded => WhyCode::TimeBounded,
        Word::Unverified => WhyCode::TimeUnverified,
    };
    match width {
        Some(width) if word != Word::Unverified => vec![Why::with(code, [width])],
        _ => {
            let end = |code, bound: Option<Bound>| bound.map(|b| Why::with(code, [WhyArg::Time(b.at, offset_min)]));
            let ends = [end(WhyCode::TimeNotBefore, interval.earliest), end(WhyCode::TimeNotAfter, interval.latest)];
            [Why::plain(WhyCode::TimeUnverified)].into_iter().chain(ends.into_iter().flatten()).collect()
        }
    }
}

/// Why the place verdict is what it is.
pub(in crate::app) fn place(verdict: &VerdictGroup, site: Option<&str>) -> Vec<Why> {
    let small = |n: u64| u32::try_from(n).ok();
    let reasons: Vec<_> = verdict.reasons.iter().map(|r| small(*r).and_then(place::Reason::from_int)).collect();
    let known = small(verdict.verdict).and_then(place::Verdict::from_int).unwrap_or(place::Verdict::NotEvaluated);
    let code = match known {
        place::Verdict::Inside => WhyCode::PlaceInside,
        place::Verdict::Outside => WhyCode::PlaceOutside,
        place::Verdict::Uncertain => WhyCode::PlaceUncertain,
        place::Verdict::NotEvaluated => WhyCode::PlaceNotEvaluated,
    };
    let metres = |mm: u64| WhyArg::Metres(mm as f64 / 1000.0);
    let first = match (known, verdict.distance_mm, verdict.sigma_mm) {
        (place::Verdict::NotEvaluated, ..) | (_, None, _) | (_, _, None) => Why::plain(WhyCode::PlaceNotEvaluated),
        (_, Some(distance), Some(sigma)) => {
            let site = WhyArg::Text(site.unwrap_or_default().to_owned());
            Why::with(code, [site, metres(distance.unsigned_abs()), metres(sigma)])
        }
    };
    let help = if matches!(known, place::Verdict::Inside | place::Verdict::Outside) {
        None
    } else {
        place::Help::for_reasons(&reasons.iter().flatten().copied().collect::<Vec<_>>())
    };
    let reasons = reasons.into_iter().map(|r| Why::with(WhyCode::PlaceReason, [WhyArg::Reason(r)]));
    let help = help.map(|h| Why::with(WhyCode::PlaceHelp, [WhyArg::Help(h)]));
    [first].into_iter().chain(reasons).chain(help).collect()
}

/// The same for a verdict that was just taken.
pub(in crate::app) fn judged(place: &Evaluation, site: Option<&str>) -> Vec<Why> {
    self::place(&crate::domain::placing::record_verdict(place), site)
}

/// Where an entry stands, and why it is not received yet. `received` is when the server had it.
pub(in crate::app) fn state(
    state: EntryState,
    due: Option<&Due>,
    received: Option<WallMs>,
    offset_min: i16,
) -> Option<Why> {
    Some(match state {
        EntryState::Waiting => {
            let reason = due.and_then(|d| Some((retry::Reason::parse(&d.reason)?, d.wall_ms)));
            match reason {
                Some((reason, at)) => Why::with(
                    WhyCode::StateWaitingUntil,
                    [WhyArg::Wait(reason), WhyArg::Time(WallMs::new(at), offset_min)],
                ),
                None => Why::plain(WhyCode::StateWaiting),
            }
        }
        EntryState::Received => Why::with(WhyCode::StateReceived, [WhyArg::Time(received?, offset_min)]),
        EntryState::PutAside => Why::plain(WhyCode::StatePutAside),
        EntryState::Refused => Why::plain(WhyCode::StateRefused),
    })
}
