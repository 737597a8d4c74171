//! All anchors of a session at once, so that a journal with many of both is evaluated in n log n.
//!
//! Seen over the readings b, each end that an anchor gives is two straight lines that meet: the earliest end at b₁, the latest at
//! b₀, one side with slope 1 − ρ and the other with 1 + ρ. All anchors share the two slopes. So among those whose kink lies left
//! of b the highest line stays the highest whatever b is, and likewise among those right of b: a running minimum and maximum
//! from each side, found by binary search, answer every b.

use super::anchor::between;
use super::units::MILLION;
use super::{Anchor, Anchored, Interval, Ppm, SessionMs};

/// The anchors of one session, made ready for many readings.
#[derive(Clone, Debug)]
pub struct SessionAnchors {
    earliest: Kinks,
    latest: Kinks,
}

impl SessionAnchors {
    /// Takes anchors of one session in any order: O(k log k).
    pub fn new<'a>(anchors: impl IntoIterator<Item = &'a Anchor>, rho: Ppm) -> Self {
        let (earliest, latest) = anchors
            .into_iter()
            .map(|anchor| ((anchor.b1().wide(), anchor.least()), (anchor.b0().wide(), anchor.most())))
            .unzip();
        Self {
            earliest: Kinks::new(earliest, rho.fast(), rho.slow()),
            latest: Kinks::new(latest, rho.slow(), rho.fast()),
        }
    }

    /// True time at reading `b`, the same as [`interval_for_tap`](super::interval_for_tap) gives: O(log k).
    #[must_use]
    pub fn at(&self, b: SessionMs) -> Anchored {
        let (Some(earliest), Some(latest)) = (self.earliest.at(b), self.latest.at(b)) else {
            return Anchored { interval: Interval::OPEN, clock_anomaly: false };
        };
        let hull = between(earliest.min, latest.max);
        match hull.meet(between(earliest.max, latest.min)) {
            Some(interval) => Anchored { interval, clock_anomaly: false },
            None => Anchored { interval: hull, clock_anomaly: true },
        }
    }
}

/// The smallest and the largest of some values, in millionths of a millisecond.
#[derive(Clone, Copy, Debug)]
struct Span {
    min: i128,
    max: i128,
}

impl Span {
    fn join(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }

    fn raised(self, by: i128) -> Self {
        Self { min: self.min + by, max: self.max + by }
    }
}

/// A family of kinked lines with common slopes.
#[derive(Clone, Debug)]
struct Kinks {
    /// Where they bend, rising.
    at: Vec<i128>,
    /// The slopes left and right of a kink, in millionths.
    left_slope: i128,
    right_slope: i128,
    /// Entry i: where the right-hand lines of kinks 0..=i would cross b = 0.
    right: Vec<Span>,
    /// Entry i: where the left-hand lines of kinks i.. would cross b = 0.
    left: Vec<Span>,
}

impl Kinks {
    /// `kinks` are (reading, value there in ms).
    fn new(mut kinks: Vec<(i128, i128)>, left_slope: i128, right_slope: i128) -> Self {
        kinks.sort_unstable();
        let crossing = |slope: i128| {
            move |&(at, value): &(i128, i128)| {
                let zero = value * MILLION - at * slope;
                Span { min: zero, max: zero }
            }
        };
        let right = running(kinks.iter().map(crossing(right_slope)));
        let mut left = running(kinks.iter().rev().map(crossing(left_slope)));
        left.reverse();
        Self { at: kinks.into_iter().map(|(at, _)| at).collect(), left_slope, right_slope, right, left }
    }

    /// The span of all lines at reading `b`; `None` if there are none.
    fn at(&self, b: SessionMs) -> Option<Span> {
        let b = b.wide();
        let passed = self.at.partition_point(|&at| at <= b);
        let right =
            passed.checked_sub(1).and_then(|last| self.right.get(last)).map(|span| span.raised(b * self.right_slope));
        let left = self.left.get(passed).map(|span| span.raised(b * self.left_slope));
        match (right, left) {
            (Some(right), Some(left)) => Some(right.join(left)),
            (one, other) => one.or(other),
        }
    }
}

/// Each span joined with all before it.
fn running(spans: impl Iterator<Item = Span>) -> Vec<Span> {
    spans
        .scan(None, |so_far: &mut Option<Span>, span| {
            *so_far = Some(so_far.map_or(span, |joined| joined.join(span)));
            *so_far
        })
        .collect()
}
