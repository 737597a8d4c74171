//! When a wait is over, on two clocks: the elapsed clock is never set but starts anew with each boot; the wall clock goes on over
//! a boot but is set by people. A point in time is kept on both, and read on the one that can be believed.

use super::{Reason, wake_ms};

/// A moment on both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment<'a> {
    /// The run of the system that `elapsed_ms` belongs to.
    pub boot: &'a str,
    /// The clock that counts through sleep and is never set, milliseconds.
    pub elapsed_ms: u64,
    /// The wall clock, UTC milliseconds since 1970, whatever it was set to.
    pub wall_ms: i64,
}

impl Moment<'_> {
    /// The moment `wait_ms` later.
    #[must_use]
    pub fn after(self, wait_ms: u64) -> Self {
        Self {
            boot: self.boot,
            elapsed_ms: self.elapsed_ms.saturating_add(wait_ms),
            wall_ms: self.wall_ms.saturating_add_unsigned(wait_ms),
        }
    }
}

/// How long until `due`, milliseconds; 0 when it is over.
///
/// In the same run of the system the elapsed clock decides, in another the wall clock. `longest_ms` is the longest wait that may
/// have been set ([`Reason::longest_wait_ms`]): if more than that seems to be left, the clock was set back or the row is damaged,
/// and waiting on would starve the queue; so it is over.
pub fn remaining_ms(now: Moment<'_>, due: Moment<'_>, longest_ms: u64) -> u64 {
    let left = if now.boot == due.boot {
        due.elapsed_ms.saturating_sub(now.elapsed_ms)
    } else {
        // Never negative, and at most the difference of the ends of i64, which fits.
        u64::try_from(i128::from(due.wall_ms) - i128::from(now.wall_ms)).unwrap_or(0)
    };
    if left > longest_ms { 0 } else { left }
}

/// Whether `due` has come; see [`remaining_ms`].
pub fn is_due(now: Moment<'_>, due: Moment<'_>, longest_ms: u64) -> bool {
    remaining_ms(now, due, longest_ms) == 0
}

/// What is left of a wait, put onto this run's clocks. To be stored at the first look after a boot: from then on the elapsed clock
/// decides, and setting the wall clock back changes nothing any more.
#[must_use]
pub fn rebased<'a>(now: Moment<'a>, due: Moment<'_>, longest_ms: u64) -> Moment<'a> {
    now.after(remaining_ms(now, due, longest_ms))
}

/// The wait after the network came back or the app came to the front: at most 10 s with jitter, never longer than it was. What the
/// server asked for stays, or one push notification would bring all phones at once to a server that is down. The count of failed
/// attempts is not touched: a network that comes and goes must not make the waits short for ever.
#[must_use]
pub fn woken<'a>(now: Moment<'a>, due: Moment<'_>, reason: Reason, random: u64) -> Moment<'a> {
    let left = remaining_ms(now, due, reason.longest_wait_ms());
    now.after(if reason == Reason::AskedToWait { left } else { left.min(wake_ms(random)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: u64 = 3_600_000;

    fn at(boot: &str, elapsed_ms: u64, wall_ms: i64) -> Moment<'_> {
        Moment { boot, elapsed_ms, wall_ms }
    }

    #[test]
    fn in_one_run_the_elapsed_clock_decides() {
        let due = at("a", 1_000, 50_000).after(5_000);
        assert_eq!(due, at("a", 6_000, 55_000));
        // The wall clock jumps a year back and forth: nothing changes.
        for wall in [0, 50_000, 31_536_000_000] {
            assert_eq!(remaining_ms(at("a", 2_000, wall), due, HOUR), 4_000);
            assert!(!is_due(at("a", 5_999, wall), due, HOUR));
            assert!(is_due(at("a", 6_000, wall), due, HOUR));
        }
    }

    #[test]
    fn in_another_run_the_wall_clock_decides() {
        let due = at("a", 9_000_000, 50_000).after(5_000);
        assert_eq!(remaining_ms(at("b", 10, 51_000), due, HOUR), 4_000);
        assert!(is_due(at("b", 10, 55_000), due, HOUR));
    }

    #[test]
    fn a_clock_set_back_does_not_starve_the_queue() {
        let due = at("a", 0, 100 * 3_600_000).after(HOUR);
        // Exactly an hour left may be true; a millisecond more cannot.
        assert_eq!(remaining_ms(at("b", 0, 100 * 3_600_000), due, HOUR), HOUR);
        assert_eq!(remaining_ms(at("b", 0, 100 * 3_600_000 - 1), due, HOUR), 0);
        assert!(is_due(at("b", 0, 0), due, HOUR));
        // The same for a damaged row of this run.
        assert!(is_due(at("a", 0, 0), at("a", u64::MAX, 0), HOUR));
    }

    #[test]
    fn a_wake_shortens_the_wait_and_no_more() {
        let now = at("a", 0, 0);
        let due = now.after(HOUR);
        assert_eq!(woken(now, due, Reason::Unreachable, u64::MAX), now.after(10_000));
        assert_eq!(woken(now, due, Reason::Unreachable, 0), now);
        assert_eq!(woken(now, now.after(3_000), Reason::Unreachable, u64::MAX), now.after(3_000));
        assert_eq!(woken(now, due, Reason::AskedToWait, 0), due);
    }

    proptest! {
        #[test]
        fn nothing_is_left_beyond_the_longest(
            same: bool, elapsed: u64, wall: i64, due_elapsed: u64, due_wall: i64, longest in 0u64..200_000_000,
        ) {
            let now = at("a", elapsed, wall);
            let due = at(if same { "a" } else { "b" }, due_elapsed, due_wall);
            prop_assert!(remaining_ms(now, due, longest) <= longest);
        }

        /// Whoever looks now and then, through boots and a wall clock that is set at will, makes an attempt within the longest
        /// wait plus one step between looks, measured within one run; and none before its time while no clock was set.
        #[test]
        fn an_attempt_comes_within_the_bound(
            wait in 0..=HOUR, wall0 in -4_000_000_000_000i64..4_000_000_000_000,
            looks in proptest::collection::vec(
                (0..600_000u64, proptest::bool::weighted(0.05), -90_000_000i64..90_000_000),
                1..60,
            ),
        ) {
            let reason = Reason::Unreachable;
            let names: Vec<String> = (0..=looks.len()).map(|n| n.to_string()).collect();
            let (mut run, mut elapsed, mut wall) = (0, 5_000u64, wall0);
            let mut stored = at(&names[0], elapsed, wall).after(wait);
            let (mut in_run, mut largest_step) = (0u64, 0u64);
            for (step, reboot, set) in &looks {
                elapsed += step;
                wall += *step as i64 + if *reboot { *set } else { set / 2 };
                in_run += step;
                largest_step = largest_step.max(*step);
                if *reboot {
                    run += 1;
                    elapsed = 1;
                    in_run = 0;
                }
                let now = at(&names[run], elapsed, wall);
                if is_due(now, stored, reason.longest_wait_ms()) {
                    return Ok(());
                }
                stored = rebased(now, stored, reason.longest_wait_ms());
                prop_assert!(in_run <= HOUR + largest_step, "no attempt for {in_run} ms of one run");
            }
        }

        #[test]
        fn true_clocks_neither_hurry_nor_delay(wait in 0..=HOUR, passed in 0..2 * HOUR, boot: bool, wall in 0i64..4_000_000_000_000) {
            let due = at("a", 77, wall).after(wait);
            let now = if boot { at("b", 3, wall + passed as i64) } else { at("a", 77 + passed, wall + passed as i64) };
            prop_assert_eq!(remaining_ms(now, due, HOUR), wait.saturating_sub(passed));
        }
    }
}
