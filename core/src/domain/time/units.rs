//! The units of time: one type each, so that a wall time is never taken for a reading.

use serde::Serialize;

use super::TimeError;

/// A point in time, milliseconds since 1970-01-01T00:00:00Z without leap seconds, rounded down unless said otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct WallMs(i64);

impl WallMs {
    /// The earliest wall time taken from outside: 2000-01-01T00:00:00Z.
    pub const EARLIEST: Self = Self(946_684_800_000);
    /// The latest wall time taken from outside: 2100-01-01T00:00:00Z.
    pub const LATEST: Self = Self(4_102_444_800_000);

    /// A wall time as a clock shows it. A phone whose battery was flat may well show 1970, and its punch is kept all the same;
    /// what a person or another machine gives goes through [`WallMs::parse`].
    #[must_use]
    pub const fn new(ms: i64) -> Self {
        Self(ms)
    }

    /// A wall time from outside, within 2000-01-01 … 2100-01-01.
    ///
    /// # Errors
    /// [`TimeError::Below`] or [`TimeError::Above`] with `field` and the limit.
    pub fn parse(field: &'static str, ms: i64) -> Result<Self, TimeError> {
        TimeError::at_least(field, ms, Self::EARLIEST.0)?;
        TimeError::at_most(field, ms, Self::LATEST.0).map(Self)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }

    /// The nearest representable time; only readings beyond any parsed one come near the ends.
    pub(super) fn saturating(ms: i128) -> Self {
        Self(i64::try_from(ms).unwrap_or(if ms < 0 { i64::MIN } else { i64::MAX }))
    }
}

/// A reading of the sleep-counting clock: milliseconds since the first reading of its session, rounded down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SessionMs(u64);

impl SessionMs {
    /// The longest session taken from outside: a hundred years of 365.25 days, as long as [`WallMs::parse`] reaches.
    pub const LONGEST: Self = Self(3_155_760_000_000);

    /// A reading as the clock gave it.
    #[must_use]
    pub const fn new(ms: u64) -> Self {
        Self(ms)
    }

    /// A reading from outside, at most [`SessionMs::LONGEST`].
    ///
    /// # Errors
    /// [`TimeError::Above`] with `field` and the limit.
    pub fn parse(field: &'static str, ms: u64) -> Result<Self, TimeError> {
        TimeError::at_most(field, ms, Self::LONGEST.0).map(Self)
    }

    /// Milliseconds since the session's first reading.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The same, as the interval arithmetic needs it.
    pub(super) fn wide(self) -> i128 {
        i128::from(self.0)
    }
}

/// One run of the sleep-counting clock, from one boot to the next: 16 random bytes that say nothing about the boot itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SessionId([u8; 16]);

impl SessionId {
    /// The id as it was drawn or read.
    #[must_use]
    pub const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    #[must_use]
    pub const fn get(self) -> [u8; 16] {
        self.0
    }
}

/// A drift bound ρ on |true / elapsed − 1|, in whole millionths; round up to get one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Ppm(u32);

impl Ppm {
    /// What is assumed of a clock nothing is known about: ±17 s a day.
    pub const DEFAULT: Self = Self(200);
    /// The largest bound that still says something: beyond it a clock may stand still.
    pub const LARGEST: Self = Self(999_999);

    /// A drift bound of at most [`Ppm::LARGEST`].
    ///
    /// # Errors
    /// [`TimeError::Above`] with `field` and the limit.
    pub fn parse(field: &'static str, ppm: u32) -> Result<Self, TimeError> {
        TimeError::at_most(field, ppm, Self::LARGEST.0).map(Self)
    }

    /// Millionths, 0 … 999,999.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// 1 − ρ in millionths: the least true time that a unit of elapsed time can stand for.
    pub(super) fn slow(self) -> i128 {
        MILLION - i128::from(self.0)
    }

    /// 1 + ρ in millionths: the most true time that a unit of elapsed time can stand for.
    pub(super) fn fast(self) -> i128 {
        MILLION + i128::from(self.0)
    }
}

impl Default for Ppm {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Millionths in one; products of milliseconds and ppm are kept in this scale until an end is rounded.
pub(super) const MILLION: i128 = 1_000_000;
