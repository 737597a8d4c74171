//! Honest time: when a punch happened, as an interval that holds the truth, and a word for people.
//!
//! A phone's wall clock can be set by hand, and its sleep-counting clock starts again at every boot. So a punch is stated in
//! neither: it is a *reading* of the sleep-counting clock, and the time is worked out from the server time tokens (*anchors*) of
//! the same run of that clock, its *session*. The wall clock is kept beside it and is never an input to an interval.
//!
//! # From readings to an interval
//! 1. Each anchor of the session gives an interval at the tap's reading, assuming only that the clock drifts by at most ρ
//!    ([`Anchor::interval_at`]); all of them are intersected ([`interval_for_tap`], which a phone uses at the tap).
//! 2. What the server saw itself bounds from above: a receipt everything delivered before it, a token every entry up to the head
//!    it signs.
//! 3. Order tightens further: commits follow each other in true time, whatever their sessions ([`evaluate`]).
//! 4. The word comes from the tokens of steps 1 and 2 alone; the rest may narrow an interval and never lowers its word ([`Word`]).
//!
//! # What holds
//! - If the clock drifted by at most ρ, its readings were cut to milliseconds and each server time is within its ε, then the stated
//!   interval contains the true time. Earliest ends are floored and latest ends ceiled, in integers, and every end, whatever its
//!   source, is [`WIDENING_MS`] wider.
//! - Another anchor, receipt or neighbour never widens an interval, as long as nothing contradicts.
//! - The same history gives the same result on phone, server and verifier, bit by bit.
//!
//! # When statements contradict
//! Then some assumption failed, and nothing here guesses which. From the strongest statement to the weakest:
//! - **The server's own sight stands.** Anchors that place a tap after it was received, or after a token had signed it, are
//!   refused for that tap: only the server's bound remains, the earliest end is open, the word is Unverified
//!   ([`Flag::ClaimRefused`]).
//! - **Anchors that contradict each other** leave their hull ([`Flag::ClockAnomaly`]).
//! - **Neighbours that leave nothing** of an interval, or contradict each other, are left aside ([`Flag::ClockAnomaly`]). In the
//!   same way an entry's own anchors end the reach of older (or newer) entries that contradict them.
//!
//! Everything is a pure function of its arguments: no clock, no I/O, nothing that a crash could leave behind.

mod anchor;
mod envelope;
mod error;
mod evaluate;
mod history;
mod interval;
mod jump;
mod units;
mod word;

#[cfg(test)]
mod tests;

pub use anchor::{Anchor, Anchored, WIDENING_MS, interval_for_tap};
pub use envelope::SessionAnchors;
pub use error::TimeError;
pub use evaluate::{PunchTime, evaluate};
pub use history::{Entry, Fact, History};
pub use interval::{Bound, Interval, Source};
pub use jump::{WALL_JUMP_MS, wall_jump};
pub use units::{Ppm, SessionId, SessionMs, WallMs};
pub use word::{Flag, Limits, Word};
