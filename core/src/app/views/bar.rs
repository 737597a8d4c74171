//! The interval bar: where the ends of an interval and the wall clock lie on a line.

use crate::domain::time::{Interval, WallMs};

/// The shortest stretch that a bar shows before its margins, ms: so that a narrow interval does not look like a wide one.
const LEAST_MS: i64 = 1_000;

/// A bar. Fractions count from its left end, 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IntervalBar {
    /// The moment at its left end.
    pub from: WallMs,
    /// The moment at its right end.
    pub to: WallMs,
    /// Where the interval begins; 0 if it is open there.
    pub earliest: f64,
    /// Where it ends; 1 if it is open there.
    pub latest: f64,
    /// Where the wall clock at the tap lies.
    pub wall: f64,
    /// Nothing says how early it can have been.
    pub open_start: bool,
    /// Nothing says how late it can have been.
    pub open_end: bool,
}

impl IntervalBar {
    /// The bar of an interval; none if both its ends are open.
    ///
    /// It shows the known ends and the wall clock, at least a second around their middle, and a margin of an eighth of that on each
    /// side.
    pub(in crate::app) fn of(interval: &Interval, wall: WallMs) -> Option<Self> {
        let (earliest, latest) = (interval.earliest.map(|b| b.at.get()), interval.latest.map(|b| b.at.get()));
        let ends = || earliest.into_iter().chain(latest);
        ends().next()?;
        let (mut low, mut high) = (wall.get(), wall.get());
        for end in ends() {
            (low, high) = (low.min(end), high.max(end));
        }
        let missing = (LEAST_MS - high.saturating_sub(low)).max(0);
        let low = low.saturating_sub(missing / 2);
        let high = high.saturating_add(missing - missing / 2);
        let margin = high.saturating_sub(low) / 8;
        let (from, to) = (low.saturating_sub(margin), high.saturating_add(margin));
        let width = to.saturating_sub(from).max(1) as f64;
        let at = |ms: i64| (ms.saturating_sub(from) as f64 / width).clamp(0.0, 1.0);
        Some(Self {
            from: WallMs::new(from),
            to: WallMs::new(to),
            earliest: earliest.map_or(0.0, at),
            latest: latest.map_or(1.0, at),
            wall: at(wall.get()),
            open_start: earliest.is_none(),
            open_end: latest.is_none(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::{Bound, Source};

    fn interval(earliest: Option<i64>, latest: Option<i64>) -> Interval {
        let bound = |at| Bound { at: WallMs::new(at), from: Source::Token };
        Interval { earliest: earliest.map(bound), latest: latest.map(bound) }
    }

    fn bar(earliest: Option<i64>, latest: Option<i64>, wall: i64) -> Option<IntervalBar> {
        IntervalBar::of(&interval(earliest, latest), WallMs::new(wall))
    }

    /// 8 s from 10,000 to 18,000 with a margin of 1 s: the bar is 9,000 to 19,000, so a second is a tenth of it.
    #[test]
    fn ends_and_wall_are_fractions_of_the_bar() {
        let b = bar(Some(10_000), Some(18_000), 12_000).unwrap();
        assert_eq!((b.from.get(), b.to.get()), (9_000, 19_000));
        assert_eq!((b.earliest, b.latest, b.wall), (0.1, 0.9, 0.3));
        assert!(!b.open_start && !b.open_end);
        // A wall clock outside stretches it: 2,000 to 18,000 and 2,000 on each side, 20 s in all.
        let b = bar(Some(10_000), Some(18_000), 2_000).unwrap();
        assert_eq!((b.from.get(), b.to.get()), (0, 20_000));
        assert_eq!((b.earliest, b.latest, b.wall), (0.5, 0.9, 0.1));
    }

    #[test]
    fn an_open_end_runs_off_the_bar() {
        // 10,000 to 18,000 again, by the wall clock and the latest end.
        let b = bar(None, Some(18_000), 10_000).unwrap();
        assert_eq!((b.earliest, b.latest, b.wall, b.open_start, b.open_end), (0.0, 0.9, 0.1, true, false));
        let b = bar(Some(10_000), None, 18_000).unwrap();
        assert_eq!((b.earliest, b.latest, b.wall, b.open_start, b.open_end), (0.1, 1.0, 0.9, false, true));
        assert_eq!(bar(None, None, 5), None);
    }

    /// Nothing but one moment: a second around it, and 125 ms on each side.
    #[test]
    fn a_bar_is_never_shorter_than_a_second() {
        let b = bar(Some(7_000), Some(7_000), 7_000).unwrap();
        assert_eq!((b.from.get(), b.to.get()), (6_375, 7_625));
        assert_eq!((b.earliest, b.latest, b.wall), (0.5, 0.5, 0.5));
    }

    #[test]
    fn a_clock_at_its_end_overflows_nothing() {
        let b = bar(Some(i64::MIN), Some(i64::MAX), 0).unwrap();
        assert!(b.earliest <= b.wall && b.wall <= b.latest);
    }
}
