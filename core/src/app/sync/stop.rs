//! Why a round, or a part of it, goes no further.

use crate::app::{DakaError, EnrolError};
use crate::domain::retry::{Ask, Attempt, Decision, NoAnswer, Outcome, Reason, decide};
use crate::ports::TransportError;

/// Why a round goes no further.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::app) enum Stop {
    /// A request did not end as it should.
    Ended {
        /// What was asked.
        ask: Ask,
        /// How it ended.
        outcome: Outcome,
        /// The transport's own words, if no answer came.
        transport: Option<TransportError>,
    },
    /// The server lets this device do no more.
    Standing(Reason),
    /// The phone itself could not go on.
    Own(DakaError),
}

impl Stop {
    pub(super) fn ended(ask: Ask, outcome: Outcome) -> Self {
        Self::Ended { ask, outcome, transport: None }
    }

    /// What came does not verify.
    pub(super) fn unproven(ask: Ask) -> Self {
        Self::ended(ask, Outcome::Unproven)
    }

    /// What came says what it should, but cannot be read.
    pub(super) fn unreadable(ask: Ask) -> Self {
        Self::ended(ask, Outcome::Undecodable)
    }

    /// No answer came.
    pub(super) fn no_answer(ask: Ask, e: TransportError) -> Self {
        let outcome = Outcome::NoAnswer(match e {
            TransportError::Unreachable(_) => NoAnswer::Unreachable,
            TransportError::TimedOut => NoAnswer::TimedOut,
            TransportError::Broken(_) => NoAnswer::Broken,
            TransportError::Untrusted(_) => NoAnswer::Untrusted,
            TransportError::TooLarge { .. } => NoAnswer::TooLarge,
            TransportError::PlatformNotInitialised => NoAnswer::PlatformNotInitialised,
        });
        Self::Ended { ask, outcome, transport: Some(e) }
    }

    /// The problem document's code.
    pub(in crate::app) fn problem_code(&self) -> Option<&str> {
        match self {
            Self::Ended { outcome: Outcome::Answer(head), .. } => head.code.as_deref(),
            _ => None,
        }
    }

    /// Whether what came does not verify.
    pub(super) fn is_unproven(&self) -> bool {
        matches!(self, Self::Ended { outcome: Outcome::Unproven, .. })
    }

    /// Whether less of it, or the rest without it, may be taken.
    pub(super) fn is_too_much(&self) -> bool {
        match self {
            Self::Ended { ask: ask @ Ask::Segment { .. }, outcome, .. } => {
                let decision = decide(Attempt { ask: *ask, corrected: true }, outcome);
                matches!(decision, Decision::Bisect | Decision::Refused)
            }
            _ => false,
        }
    }

    /// Whether a new login, or the same once more, may be enough.
    pub(super) fn is_worth_repeating(&self) -> bool {
        match self {
            Self::Ended { ask, outcome, .. } => {
                matches!(
                    decide(Attempt { ask: *ask, corrected: false }, outcome),
                    Decision::LoginAgain | Decision::AskHead
                )
            }
            _ => false,
        }
    }

    /// What follows, once nothing more is done at once.
    ///
    /// # Errors
    /// The phone's own fault, which is not the server's to mend.
    pub(super) fn decision(self) -> Result<Decision, DakaError> {
        let decision = match self {
            Self::Own(DakaError::Sign(_)) => Decision::Retry { reason: Reason::KeyRefused },
            Self::Own(e) => return Err(e),
            Self::Standing(reason) => Decision::Hold { reason },
            Self::Ended { ask, outcome, .. } => decide(Attempt { ask, corrected: true }, &outcome),
        };
        // An end without a wait would be asked for again without a pause.
        Ok(if decision.reason().is_some() { decision } else { Decision::Retry { reason: Reason::BadAnswer } })
    }

    /// Whether only this one document is at fault, so that the rest of the round may go on.
    pub(super) fn is_about_one_document(&self) -> bool {
        let Self::Ended { ask, outcome, .. } = self else { return false };
        match decide(Attempt { ask: *ask, corrected: true }, outcome) {
            Decision::Upgrade | Decision::Refused | Decision::BeginAgain => true,
            Decision::Distrust { reason } => reason == Reason::ReceiptUnproven,
            Decision::Retry { reason } => matches!(
                reason,
                Reason::BadAnswer | Reason::Refused | Reason::NotFound | Reason::Conflict | Reason::ServerFault
            ),
            _ => false,
        }
    }

    /// The same for a caller who waits for an answer, as in enrolment.
    pub(in crate::app) fn into_error(self) -> DakaError {
        match self {
            Self::Own(e) => e,
            Self::Standing(reason) => DakaError::Server { status: 403, code: reason.code().to_owned() },
            Self::Ended { transport: Some(e), .. } => e.into(),
            Self::Ended { outcome: Outcome::Answer(head), .. } if head.code.is_some() => {
                DakaError::Server { status: head.status, code: head.code.unwrap_or_default() }
            }
            Self::Ended { outcome: Outcome::Answer(head), .. } => DakaError::BadAnswer(format!(
                "status {} without a Daka server's explanation; is this the network's login page?",
                head.status
            )),
            Self::Ended { outcome: Outcome::Unproven, .. } => {
                EnrolError::BadAnswer("a proof does not hold".to_owned()).into()
            }
            Self::Ended { .. } => DakaError::BadAnswer("it cannot be read".to_owned()),
        }
    }
}

impl From<DakaError> for Stop {
    fn from(e: DakaError) -> Self {
        Self::Own(e)
    }
}
