//! The decision table: every outcome of a request to the server, and what follows.
//!
//! Nothing here drops a row. A refusal is believed only if it may come from the server itself: a proxy's 403 page must not pause
//! a queue for "revoked". Sending again is always safe, since (J, epoch, seq) with the payload's digest names an entry for ever
//! and a repeat gets the first receipt.

use super::backoff::{Pace, backoff_ms, floored_ms};
use super::{Ask, Attempt, Head, Media, NoAnswer, Outcome, Reason};

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Received, and proven. The next one.
    Done,
    /// The access token is no longer good: log in and send the same again at once.
    LoginAgain,
    /// The server stands elsewhere than thought: ask where (`HEAD` of the upload, `GET /v0/head`) and go on from there at once.
    AskHead,
    /// Halve the segment and send both parts, until the one entry is found that the server cannot take.
    Bisect,
    /// This one row is refused: it waits, visible, and the rest goes on at once.
    Refused,
    /// The server dropped the upload: forget its place and create it anew, after the backoff.
    BeginAgain,
    /// Again after the backoff.
    Retry {
        /// Why.
        reason: Reason,
    },
    /// Again when the server said, and no sooner.
    RetryAfter {
        /// What it asked for, milliseconds.
        floor_ms: u64,
    },
    /// Nothing more is sent now; the queue is kept and the reason shown. It is asked again, at the background's pace, because what
    /// a person has to do (approve the device) may have been done.
    Hold {
        /// Why.
        reason: Reason,
    },
    /// Something in between answered. Again after the backoff; shown, because a person may have to log in to the network.
    CaptivePortal,
    /// What came does not verify. Rows are kept; again after the backoff; shown.
    Distrust {
        /// Why.
        reason: Reason,
    },
    /// Server and app do not speak the same version. Rows are kept; asked again at the background's pace; shown.
    Upgrade,
}

impl Decision {
    /// Why there is a wait, or a row that is refused; `None` where the work goes on.
    pub fn reason(self) -> Option<Reason> {
        match self {
            Self::Done | Self::LoginAgain | Self::AskHead | Self::Bisect => None,
            Self::Refused => Some(Reason::Refused),
            Self::BeginAgain => Some(Reason::UploadLost),
            Self::Retry { reason } | Self::Hold { reason } | Self::Distrust { reason } => Some(reason),
            Self::RetryAfter { .. } => Some(Reason::AskedToWait),
            Self::CaptivePortal => Some(Reason::CaptivePortal),
            Self::Upgrade => Some(Reason::UpgradeNeeded),
        }
    }

    /// A stable code: the reason's, or what is done.
    pub fn code(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::LoginAgain => "login_again",
            Self::AskHead => "ask_head",
            Self::Bisect => "bisect",
            other => other.reason().map_or("done", Reason::code),
        }
    }

    /// How long to wait, milliseconds; 0 to go on at once. For [`Decision::Refused`] it is the refused row's own wait: the others
    /// need none. `attempts` failed before this one since the last success, `random` is uniform over all of `u64`. Never more than [`Reason::longest_wait_ms`] of [`Decision::reason`].
    pub fn wait_ms(self, attempts: u32, pace: Pace, random: u64) -> u64 {
        match self {
            Self::Done | Self::LoginAgain | Self::AskHead | Self::Bisect => 0,
            Self::BeginAgain | Self::Retry { .. } | Self::CaptivePortal | Self::Distrust { .. } => {
                backoff_ms(attempts, pace, random)
            }
            Self::RetryAfter { floor_ms } => floored_ms(floor_ms, attempts, pace, random),
            Self::Refused | Self::Hold { .. } | Self::Upgrade => backoff_ms(attempts, Pace::Background, random),
        }
    }
}

/// What follows from an outcome. Total: every status, known or not, has a row.
pub fn decide(attempt: Attempt, outcome: &Outcome) -> Decision {
    let retry = |reason| Decision::Retry { reason };
    match outcome {
        Outcome::Verified => Decision::Done,
        Outcome::NoAnswer(NoAnswer::Unreachable) => retry(Reason::Unreachable),
        Outcome::NoAnswer(NoAnswer::TimedOut) => retry(Reason::TimedOut),
        Outcome::NoAnswer(NoAnswer::Broken) => retry(Reason::ConnectionBroken),
        Outcome::NoAnswer(NoAnswer::TooLarge) | Outcome::Undecodable => retry(Reason::BadAnswer),
        Outcome::NoAnswer(NoAnswer::Untrusted) => Decision::Distrust { reason: Reason::Untrusted },
        Outcome::NoAnswer(NoAnswer::PlatformNotInitialised) => {
            Decision::Hold { reason: Reason::PlatformNotInitialised }
        }
        Outcome::Newer => Decision::Upgrade,
        Outcome::Unproven => Decision::Distrust { reason: Reason::ReceiptUnproven },
        Outcome::Answer(head) => answered(attempt, head),
    }
}

fn answered(attempt: Attempt, head: &Head) -> Decision {
    let retry = |reason| Decision::Retry { reason };
    let asked =
        |reason| head.retry_after_ms.map_or(Decision::Retry { reason }, |floor_ms| Decision::RetryAfter { floor_ms });
    match head.status {
        304 if attempt.ask == Ask::Read => Decision::Done,
        // A success that the caller did not take: a page in place of the answer, or an answer of another kind.
        200..=299 if head.media == Media::Other || head.media == Media::Text => Decision::CaptivePortal,
        200..=299 => retry(Reason::BadAnswer),
        // The server never redirects, and the client never follows. 407 and 511 (RFC 6585 §6) come from proxies alone.
        300..=399 | 407 | 511 => Decision::CaptivePortal,
        // Whoever sends these means them, a proxy as well as the server.
        408 => retry(Reason::TimedOut),
        413 => too_much(attempt.ask),
        429 => asked(Reason::SlowDown),
        425 | 503 => asked(Reason::Unavailable),
        500..=599 => asked(Reason::ServerFault),
        400..=499 if !head.may_be_ours() => Decision::CaptivePortal,
        412 | 415 | 426 => Decision::Upgrade,
        400..=499 if head.is_code("version") => Decision::Upgrade,
        400 | 422 => too_much(attempt.ask),
        401 if attempt.corrected => retry(Reason::LoginRefused),
        401 => Decision::LoginAgain,
        403 if head.is_code("revoked") => Decision::Hold { reason: Reason::Revoked },
        403 if head.is_code("not_approved") => Decision::Hold { reason: Reason::NotApproved },
        403 => Decision::Hold { reason: Reason::Forbidden },
        404 | 410 | 460 if attempt.ask == Ask::Photo => Decision::BeginAgain,
        404 | 410 => retry(Reason::NotFound),
        409 if attempt.corrected => retry(Reason::Conflict),
        409 => Decision::AskHead,
        423 => retry(Reason::Restored),
        _ => retry(Reason::BadAnswer),
    }
}

/// The server cannot read it or take it: less at once, until one row is left.
fn too_much(ask: Ask) -> Decision {
    match ask {
        Ask::Segment { entries } if entries > 1 => Decision::Bisect,
        Ask::Segment { .. } | Ask::Photo => Decision::Refused,
        // No row hangs on it, and there is nothing to halve.
        Ask::Session | Ask::Read => Decision::Retry { reason: Reason::Refused },
    }
}
