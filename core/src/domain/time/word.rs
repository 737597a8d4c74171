//! One word for people, and the facts beside it.

use serde::Serialize;

use super::{Interval, Ppm};

/// How well the time of a punch is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Word {
    /// Both ends come from signed tokens, and they are close enough to each other ([`Limits::verified_width_ms`]).
    Verified = 1,
    /// Both ends are known, but they are further apart, or something else than a token gave one of them.
    Bounded = 2,
    /// An end is open: only the wall clock speaks.
    Unverified = 3,
}

impl Word {
    /// The stable integer of the record's formats.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The word with that integer; `None` if a later version has more of them.
    #[must_use]
    pub const fn from_number(number: u8) -> Option<Self> {
        match number {
            1 => Some(Self::Verified),
            2 => Some(Self::Bounded),
            3 => Some(Self::Unverified),
            _ => None,
        }
    }

    /// The stable name, as shells and reports use it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Bounded => "bounded",
            Self::Unverified => "unverified",
        }
    }

    /// The word for what tokens alone say, as a phone knows it at the tap. `tokens` has both ends from tokens, or an open one.
    #[must_use]
    pub fn of_tokens(tokens: &Interval, limits: &Limits) -> Self {
        match tokens.width_ms() {
            Some(width) if width <= u64::from(limits.verified_width_ms) => Self::Verified,
            Some(_) => Self::Bounded,
            None => Self::Unverified,
        }
    }

    /// The word for a `stated` interval that receipts and neighbours have narrowed from what `tokens` say: never lower than the
    /// tokens' own word, and Verified only by them, however narrow the rest made it.
    #[must_use]
    pub fn of(tokens: &Interval, stated: &Interval, limits: &Limits) -> Self {
        match Self::of_tokens(tokens, limits) {
            Self::Unverified if stated.width_ms().is_some() => Self::Bounded,
            word => word,
        }
    }
}

/// A fact about an interval that a person may want to know. None of them says who or what caused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Flag {
    /// Statements about the time contradict each other: anchors (their hull is stated) or neighbours (they were left aside).
    ClockAnomaly,
    /// The anchors place the tap after the server had it; they are not believed, and only the server's bound is stated.
    ClaimRefused,
}

impl Flag {
    /// The stable name, as shells and reports use it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ClockAnomaly => "clock_anomaly",
            Self::ClaimRefused => "claim_refused",
        }
    }
}

/// What intervals and words are worked out with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Drift bound ρ of the device's clock.
    pub rho: Ppm,
    /// The widest interval, in ms, that may be called Verified.
    pub verified_width_ms: u32,
}

impl Default for Limits {
    /// ρ = 200 ppm and 120 s.
    fn default() -> Self {
        Self { rho: Ppm::DEFAULT, verified_width_ms: 120_000 }
    }
}
