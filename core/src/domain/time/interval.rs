//! Intervals of true time whose ends know where they come from.

use serde::Serialize;

use super::WallMs;

/// Where an end of an interval comes from. The order is the order of trust: of two equal ends the more trusted one is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// A time token signed by the server, carried over by the session's clock or by the head it signs.
    Token,
    /// The moment at which the server received the entry.
    Receipt,
    /// The time of a satellite fix.
    Gnss,
    /// An entry that was committed before or after this one.
    Neighbour,
    /// Nothing: the end is open.
    None,
}

impl Source {
    /// The stable name, as records and shells use it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Receipt => "receipt",
            Self::Gnss => "gnss",
            Self::Neighbour => "neighbour",
            Self::None => "none",
        }
    }
}

/// One known end of an interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Bound {
    /// The end itself; the interval includes it.
    pub at: WallMs,
    /// What says so; never [`Source::None`], which is an absent bound.
    pub from: Source,
}

/// An interval of true time, both ends included; `None` is an open end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Interval {
    /// Not before this.
    pub earliest: Option<Bound>,
    /// Not after this.
    pub latest: Option<Bound>,
}

impl Interval {
    /// Nothing is known.
    pub const OPEN: Self = Self { earliest: None, latest: None };

    /// Not after `at`.
    #[must_use]
    pub const fn until(at: WallMs, from: Source) -> Self {
        Self { earliest: None, latest: Some(Bound { at, from }) }
    }

    /// What `self` and `other` both allow, or `None` if they contradict each other. Where both have the same end, `self`'s is kept.
    #[must_use]
    pub fn meet(self, other: Self) -> Option<Self> {
        let met = Self {
            earliest: pick(self.earliest, other.earliest, |mine, theirs| theirs > mine),
            latest: pick(self.latest, other.latest, |mine, theirs| theirs < mine),
        };
        match (met.earliest, met.latest) {
            (Some(earliest), Some(latest)) if earliest.at > latest.at => None,
            _ => Some(met),
        }
    }

    /// The smallest interval that holds `self` and `other`. Where both have the same end, `self`'s is kept.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        let widest = |mine: Option<Bound>, theirs: Option<Bound>, theirs_is_wider: fn(WallMs, WallMs) -> bool| {
            let (mine, theirs) = (mine?, theirs?);
            Some(if theirs_is_wider(mine.at, theirs.at) { theirs } else { mine })
        };
        Self {
            earliest: widest(self.earliest, other.earliest, |mine, theirs| theirs < mine),
            latest: widest(self.latest, other.latest, |mine, theirs| theirs > mine),
        }
    }

    /// Source of the earliest end; [`Source::None`] if it is open.
    #[must_use]
    pub fn earliest_from(&self) -> Source {
        self.earliest.map_or(Source::None, |bound| bound.from)
    }

    /// Source of the latest end; [`Source::None`] if it is open.
    #[must_use]
    pub fn latest_from(&self) -> Source {
        self.latest.map_or(Source::None, |bound| bound.from)
    }

    /// Latest − earliest in milliseconds, or `None` if an end is open.
    #[must_use]
    pub fn width_ms(&self) -> Option<u64> {
        let (earliest, latest) = (self.earliest?, self.latest?);
        Some(latest.at.get().abs_diff(earliest.at.get()))
    }

    /// The middle, rounded down, which hours and overtime are counted with; `None` if an end is open.
    #[must_use]
    pub fn midpoint(&self) -> Option<WallMs> {
        let (earliest, latest) = (i128::from(self.earliest?.at.get()), i128::from(self.latest?.at.get()));
        Some(WallMs::saturating((earliest + latest).div_euclid(2)))
    }

    /// Whether all of it lies after `limit`: only then may a verdict such as "late" be given without a person.
    #[must_use]
    pub fn lies_after(&self, limit: WallMs) -> bool {
        self.earliest.is_some_and(|earliest| earliest.at > limit)
    }

    /// Whether all of it lies before `limit`: only then may a verdict such as "left early" be given without a person.
    #[must_use]
    pub fn lies_before(&self, limit: WallMs) -> bool {
        self.latest.is_some_and(|latest| latest.at < limit)
    }

    /// Whether `instant` may be the true time.
    #[must_use]
    pub fn allows(&self, instant: WallMs) -> bool {
        !self.lies_after(instant) && !self.lies_before(instant)
    }
}

/// The known one of two ends, or of two known ones `mine` unless `theirs_is_tighter(mine, theirs)`.
fn pick(mine: Option<Bound>, theirs: Option<Bound>, theirs_is_tighter: fn(WallMs, WallMs) -> bool) -> Option<Bound> {
    match (mine, theirs) {
        (Some(mine), Some(theirs)) if theirs_is_tighter(mine.at, theirs.at) => Some(theirs),
        (Some(mine), _) => Some(mine),
        (None, theirs) => theirs,
    }
}
