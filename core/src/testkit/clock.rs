//! A clock that a test moves.

use super::lock;
use crate::ports::{BootToken, Clock, ClockReading};
use std::sync::{Arc, Mutex};

/// True time, and what a phone's two clocks make of it. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct FakeClock(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    true_ms: i64,
    wall_error_ms: i64,
    offset_min: i16,
    elapsed_ms: u64,
    boots: u64,
}

impl FakeClock {
    /// A phone that booted a minute ago, with a wall clock that is right and shows UTC. `true_ms` is UTC in milliseconds since 1970.
    pub fn new(true_ms: i64) -> Self {
        let state = State { true_ms, wall_error_ms: 0, offset_min: 0, elapsed_ms: 60_000, boots: 1 };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Lets time pass. The phone may sleep meanwhile: both clocks count it.
    pub fn advance(&self, ms: u64) {
        let mut state = lock(&self.0);
        state.true_ms += ms.cast_signed();
        state.elapsed_ms += ms;
    }

    /// Restarts the phone, which is off for `off_ms`. The elapsed clock begins anew and shows 1 s when the program runs.
    pub fn reboot(&self, off_ms: u64) {
        let mut state = lock(&self.0);
        state.true_ms += off_ms.cast_signed() + 1_000;
        state.elapsed_ms = 1_000;
        state.boots += 1;
    }

    /// Sets the wall clock by hand: forward, or back for negative `ms`.
    pub fn set_wall(&self, ms: i64) {
        lock(&self.0).wall_error_ms += ms;
    }

    /// Lets the elapsed clock jump forward by itself, as some phones' does.
    pub fn jump_elapsed(&self, ms: u64) {
        lock(&self.0).elapsed_ms += ms;
    }

    /// Sets the wall clock's offset from UTC in minutes.
    pub fn set_offset(&self, offset_min: i16) {
        lock(&self.0).offset_min = offset_min;
    }

    /// True time in UTC milliseconds, which no phone knows.
    pub fn true_ms(&self) -> i64 {
        lock(&self.0).true_ms
    }
}

impl Clock for FakeClock {
    fn read(&self) -> ClockReading {
        let state = lock(&self.0);
        ClockReading {
            wall_ms: state.true_ms + state.wall_error_ms,
            offset_min: state.offset_min,
            elapsed_ms: state.elapsed_ms,
            boot: BootToken(format!("boot {}", state.boots)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sleep_setting_and_reboot_move_what_they_move_on_a_phone() {
        let clock = FakeClock::new(1_000_000);
        let start = clock.read();
        clock.advance(21_600_000);
        clock.set_wall(-3_600_000);
        let slept = clock.read();
        assert_eq!(slept.wall_ms - start.wall_ms, 18_000_000);
        assert_eq!(slept.elapsed_ms - start.elapsed_ms, 21_600_000);
        assert_eq!(slept.boot, start.boot);
        clock.reboot(9_000);
        let booted = clock.read();
        assert_eq!(booted.wall_ms - slept.wall_ms, 10_000);
        assert_eq!(booted.elapsed_ms, 1_000);
        assert_ne!(booted.boot, start.boot);
        assert_eq!(clock.true_ms(), 1_000_000 + 21_600_000 + 10_000);
    }
}
