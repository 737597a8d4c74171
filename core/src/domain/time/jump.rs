//! The wall clock against the sleep-counting clock, which nobody can set.

use super::units::MILLION;
use super::{Ppm, SessionMs, WallMs};

/// The change of wall − elapsed, in ms beyond drift, up to which a wall clock may be corrected without being reported: network
/// time steps by less than this.
pub const WALL_JUMP_MS: u32 = 2_000;

/// By how many ms the wall clock was set between two readings of one session, forwards positive; `None` if the change of
/// wall − elapsed is at most 2 s + ρΔ, Δ being the elapsed time between them.
///
/// What it returns is a fact for the journal (`clock_jump`), not a judgement: networks and time zones' updates set clocks too.
#[must_use]
pub fn wall_jump(prev: (WallMs, SessionMs), next: (WallMs, SessionMs), rho: Ppm) -> Option<i64> {
    let elapsed = next.1.wide() - prev.1.wide();
    let change = i128::from(next.0.get()) - i128::from(prev.0.get()) - elapsed;
    let drift = elapsed.abs() * i128::from(rho.get());
    let reported = change.abs() * MILLION > i128::from(WALL_JUMP_MS) * MILLION + drift;
    reported.then(|| WallMs::saturating(change).get())
}
