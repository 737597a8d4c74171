//! When to try again, and what every end of an exchange means. Pure: the clocks and the random number are given.
//!
//! A row of the queue is done only by a verified receipt; whatever else happens, it stays. So an outcome never says "drop it", it
//! says when and how the next attempt is made:
//!
//! 1. [`decide`] turns the outcome of one request into a [`Decision`]: one table for all requests, tested row by row.
//! 2. [`Decision::wait_ms`] says how long to wait: full jitter, or what the server asked for and half of it again at most.
//! 3. [`Moment::after`] puts the wait on both clocks. It is kept in the database, not in a timer, so a killed process, a reboot or
//!    a round that failed for its own reasons leaves a task that is due again without anything new being written.
//! 4. [`remaining_ms`] reads it back: by the elapsed clock in the same run of the system, by the wall clock in another.
//!
//! **Guarantee.** While the queue is not empty there is a next attempt, at most [`Reason::longest_wait_ms`] away: one hour, or
//! 36 hours when the server asked for a day. No decision is without one, no clock that was set back can push it further, and
//! [`rebased`] puts a wait from an earlier run onto this run's elapsed clock, which nobody sets.

mod backoff;
mod decide;
#[cfg(test)]
mod decide_tests;
mod due;
mod outcome;
mod reason;
mod retry_after;

pub use backoff::{
    BACKGROUND_CAP_MS, BASE_MS, FOREGROUND_CAP_MS, Pace, WAKE_JITTER_MS, backoff_ms, floored_ms, wake_ms,
};
pub use decide::{Decision, decide};
pub use due::{Moment, is_due, rebased, remaining_ms, woken};
pub use outcome::{Ask, Attempt, Head, Media, NoAnswer, Outcome};
pub use reason::Reason;
pub use retry_after::{LONGEST_FLOOR_MS, parse_retry_after};
