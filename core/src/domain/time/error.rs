//! What can be wrong with times that come from outside.

use thiserror::Error;

/// A value that cannot be a time, or a history that cannot have happened. Nothing was changed when one is returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TimeError {
    /// `field` is smaller than it can be.
    #[error("{field} is {value}; give at least {limit}")]
    Below {
        /// The field, as its format names it.
        field: &'static str,
        /// What was given (milliseconds, ppm or a sequence number, as the field says).
        value: i128,
        /// The smallest value allowed, in the same unit.
        limit: i128,
    },
    /// `field` is larger than it can be.
    #[error("{field} is {value}; give at most {limit}")]
    Above {
        /// The field, as its format names it.
        field: &'static str,
        /// What was given (milliseconds, ppm or a sequence number, as the field says).
        value: i128,
        /// The largest value allowed, in the same unit.
        limit: i128,
    },
    /// An anchor was taken in another session than the entry that carries it.
    #[error("the anchor in entry {seq} belongs to another session; add that entry as a plain reading")]
    OtherSession {
        /// The entry's sequence number.
        seq: u64,
    },
    /// A session appears again after a later one: one run of a clock cannot come back after the next boot.
    #[error("the session of entry {seq} had already ended; begin a new session there")]
    SessionReturned {
        /// The entry's sequence number.
        seq: u64,
    },
}

impl TimeError {
    /// A stable name for shells and logs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Below { .. } => "time_below_limit",
            Self::Above { .. } => "time_above_limit",
            Self::OtherSession { .. } => "anchor_of_other_session",
            Self::SessionReturned { .. } => "session_returned",
        }
    }

    /// `Ok(value)` if it is at most `limit`.
    pub(super) fn at_most<T: Copy + Ord + Into<i128>>(field: &'static str, value: T, limit: T) -> Result<T, Self> {
        if value <= limit { Ok(value) } else { Err(Self::Above { field, value: value.into(), limit: limit.into() }) }
    }

    /// `Ok(value)` if it is at least `limit`.
    pub(super) fn at_least<T: Copy + Ord + Into<i128>>(field: &'static str, value: T, limit: T) -> Result<T, Self> {
        if value >= limit { Ok(value) } else { Err(Self::Below { field, value: value.into(), limit: limit.into() }) }
    }
}
