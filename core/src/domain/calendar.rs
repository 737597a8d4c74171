//! The local calendar: which day a moment belongs to, and the days of a month.
//!
//! A moment's day is that of its own offset from UTC, as the phone's clock showed it then: ⌊(wall + offset) / 86,400,000⌋ days since
//! 1970-01-01 in the proleptic Gregorian calendar. So a punch stays in its day when the phone travels or the clocks change, and no
//! time-zone database is needed. A day of another length (23 or 25 hours) is one like any other, because only moments are placed.

use super::error::{FormatError, Problem};
use super::time::WallMs;
use chrono::{Datelike as _, Days, NaiveDate};
use std::fmt;

/// Milliseconds of a day without a change of the clocks.
pub const DAY_MS: i64 = 86_400_000;

/// The widest offset from UTC that a record holds, minutes (`docs/format/journal.cddl`).
pub const MAX_OFFSET_MIN: i64 = 1080;

/// The years that a screen can ask for.
pub const YEARS: std::ops::RangeInclusive<i32> = 1970..=2100;

/// A day of the local calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalDate(NaiveDate);

impl LocalDate {
    /// The day that `wall` falls into at an offset of `offset_min` minutes from UTC. A clock beyond the calendar's ends gives the
    /// first or the last day there is.
    #[must_use]
    pub fn of(wall: WallMs, offset_min: i16) -> Self {
        let local = wall.get().saturating_add(i64::from(offset_min) * 60_000);
        let days = i32::try_from(local.div_euclid(DAY_MS)).unwrap_or(if local < 0 { i32::MIN } else { i32::MAX });
        let end = if local < 0 { NaiveDate::MIN } else { NaiveDate::MAX };
        Self(NaiveDate::from_epoch_days(days).unwrap_or(end))
    }

    /// Reads `YYYY-MM-DD` of a year in [`YEARS`].
    ///
    /// # Errors
    /// [`FormatError`] naming `field`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FormatError> {
        let wrong = || FormatError::syntax(field, "a date such as 2026-03-29, from 1970 to 2100");
        let digits = |at: std::ops::Range<usize>| -> Option<u32> {
            let part = text.get(at)?;
            if part.bytes().all(|b| b.is_ascii_digit()) { part.parse().ok() } else { None }
        };
        let plain = text.len() == 10 && text.get(4..5) == Some("-") && text.get(7..8) == Some("-");
        let parts = (digits(0..4), digits(5..7), digits(8..10));
        let (Some(year), Some(month), Some(day)) = parts else { return Err(wrong()) };
        let year = i32::try_from(year).ok().filter(|y| plain && YEARS.contains(y)).ok_or_else(wrong)?;
        NaiveDate::from_ymd_opt(year, month, day).map(Self).ok_or_else(wrong)
    }

    /// Midnight at its beginning, at an offset of `offset_min` minutes from UTC.
    #[must_use]
    pub fn begins(self, offset_min: i16) -> WallMs {
        let days = i64::from(self.0.to_epoch_days());
        WallMs::new(days * DAY_MS - i64::from(offset_min) * 60_000)
    }

    /// The moments that can belong to it, whatever their offset: from 18 hours before its UTC midnight to 18 hours after its end.
    #[must_use]
    pub fn anywhere(self) -> (i64, i64) {
        let begin = i64::from(self.0.to_epoch_days()) * DAY_MS;
        let widest = MAX_OFFSET_MIN * 60_000;
        (begin - widest, begin + DAY_MS - 1 + widest)
    }

    /// The day after; at the calendar's end the same.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// So many days later; at the calendar's end that.
    #[must_use]
    pub fn plus(self, days: u32) -> Self {
        Self(self.0.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX))
    }

    /// The year.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u32 {
        self.0.month()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u32 {
        self.0.day()
    }

    /// The weekday, 1 for Monday to 7 for Sunday (ISO 8601).
    #[must_use]
    pub fn weekday(self) -> u32 {
        self.0.weekday().number_from_monday()
    }
}

impl fmt::Display for LocalDate {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

/// A month of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month(LocalDate);

impl Month {
    /// A month of a year in [`YEARS`].
    ///
    /// # Errors
    /// [`FormatError`] naming `year` or `month`.
    pub fn new(year: i32, month: i32) -> Result<Self, FormatError> {
        let range = |field, min: i32, max: i32| {
            FormatError::new(field, Problem::OutOfRange { min: i64::from(min), max: i64::from(max) })
        };
        if !YEARS.contains(&year) {
            return Err(range("year", *YEARS.start(), *YEARS.end()));
        }
        let first = u32::try_from(month).ok().and_then(|month| NaiveDate::from_ymd_opt(year, month, 1));
        first.map(|first| Self(LocalDate(first))).ok_or_else(|| range("month", 1, 12))
    }

    /// Its first day.
    #[must_use]
    pub fn first(self) -> LocalDate {
        self.0
    }

    /// Its last day.
    #[must_use]
    pub fn last(self) -> LocalDate {
        self.days().last().unwrap_or(self.0)
    }

    /// Its days in order.
    pub fn days(self) -> impl Iterator<Item = LocalDate> {
        let first = self.0;
        (0..31).map(move |n| first.plus(n)).take_while(move |day| day.month() == first.month())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> LocalDate {
        LocalDate::parse("date", text).unwrap()
    }

    /// `python3 -c "import datetime as d; print(d.date(Y, M, D).isoweekday())"` for each.
    #[test]
    fn weekdays_are_those_of_the_calendar() {
        let known = [
            ("1970-01-01", 4),
            ("1999-12-31", 5),
            ("2000-02-29", 2),
            ("2024-02-29", 4),
            ("2026-03-29", 7),
            ("2026-11-23", 1),
            ("2100-02-28", 7),
            ("2100-03-01", 1),
        ];
        for (text, weekday) in known {
            assert_eq!((date(text).weekday(), date(text).to_string().as_str()), (weekday, text));
        }
    }

    /// `calendar.monthrange(Y, M)` of Python: the first weekday counted from 0, and the number of days.
    #[test]
    fn months_have_the_days_of_the_calendar() {
        let known = [
            (2026, 2, 6, 28),
            (2024, 2, 3, 29),
            (2000, 2, 1, 29),
            (2100, 2, 0, 28),
            (2026, 4, 2, 30),
            (2026, 12, 1, 31),
            (1970, 1, 3, 31),
        ];
        for (year, month, first, days) in known {
            let month = Month::new(year, month).unwrap();
            assert_eq!((month.first().weekday(), month.days().count()), (first + 1, days), "{year}");
            assert_eq!(month.last().day() as usize, days);
        }
    }

    /// 2026-03-28T16:00:00Z is 1,774,713,600 s: `date -u -d 2026-03-28T16:00:00Z +%s`.
    #[test]
    fn a_moment_belongs_to_the_day_of_its_own_offset() {
        let midnight_hk = 1_774_713_600_000;
        for (ms, offset, expected) in [
            (midnight_hk - 1, 480, "2026-03-28"),
            (midnight_hk, 480, "2026-03-29"),
            (midnight_hk, 479, "2026-03-28"),
            (midnight_hk, 0, "2026-03-28"),
            (midnight_hk + 8 * 3_600_000, 0, "2026-03-29"),
            (midnight_hk, -1080, "2026-03-27"),
            (midnight_hk, 1080, "2026-03-29"),
            (-1, 0, "1969-12-31"),
            (0, -1, "1969-12-31"),
        ] {
            assert_eq!(LocalDate::of(WallMs::new(ms), offset).to_string(), expected, "{ms} {offset}");
        }
        assert_eq!(date("2026-03-29").begins(480).get(), midnight_hk);
        // Whatever the offset, the moment lies in the window of its day.
        for offset in [-1080, -720, 0, 345, 840, 1080] {
            for ms in [midnight_hk - 1, midnight_hk, 1_774_800_000_000] {
                let (from, to) = LocalDate::of(WallMs::new(ms), offset).anywhere();
                assert!((from..=to).contains(&ms), "{ms} {offset}");
            }
        }
    }

    #[test]
    fn a_clock_beyond_the_calendar_has_a_day() {
        assert!(LocalDate::of(WallMs::new(i64::MAX), 1080) > date("2100-12-31"));
        assert!(LocalDate::of(WallMs::new(i64::MIN), -1080) < date("1970-01-01"));
        let last = LocalDate::of(WallMs::new(i64::MAX), 0);
        assert_eq!(last.next(), last);
    }

    #[test]
    fn only_a_plain_date_is_read() {
        for bad in [
            "",
            "2026-3-29",
            "2026-03-9",
            "26-03-29",
            "2026-02-29",
            "2026-13-01",
            "2026-00-10",
            "2026-04-31",
            "1969-12-31",
            "2101-01-01",
            "2026/03/29",
            "2026-03-29 ",
            "+026-03-29",
            "２026-03-2",
            "2026-03-29T00:00:00Z",
        ] {
            assert_eq!(LocalDate::parse("date", bad).unwrap_err().field, "date", "{bad}");
        }
        assert_eq!(Month::new(2026, 13).unwrap_err().field, "month");
        assert_eq!(Month::new(2026, 0).unwrap_err().field, "month");
        assert_eq!(Month::new(2026, -1).unwrap_err().field, "month");
        assert_eq!(Month::new(2101, 1).unwrap_err().field, "year");
    }
}
