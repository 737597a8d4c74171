//! Times as text, and text as times.
//!
//! Programs get RFC 3339 with milliseconds. People get an interval as its middle and half its width, rounded outwards to a tenth of a
//! second, so that what is shown still holds what is known.

use crate::failure::Failure;
use chrono::{
    DateTime, Datelike as _, FixedOffset, Local, NaiveDate, NaiveDateTime, SecondsFormat, TimeZone as _, Timelike as _,
};
use daka_core::domain::time::{Interval, WallMs};

/// The wider half of an interval beyond which both ends are shown.
const WIDE_MS: i64 = 60_000;

/// This terminal's offset from UTC at a moment, minutes.
pub fn local_offset_min(wall_ms: i64) -> i16 {
    let utc = DateTime::from_timestamp_millis(wall_ms).unwrap_or_default().naive_utc();
    let seconds = Local.offset_from_utc_datetime(&utc).local_minus_utc();
    i16::try_from(seconds / 60).unwrap_or(0)
}

fn at(ms: i64, offset_min: i16) -> DateTime<FixedOffset> {
    let zone = FixedOffset::east_opt(i32::from(offset_min) * 60);
    let utc = DateTime::from_timestamp_millis(ms).unwrap_or_default();
    match zone {
        Some(zone) => utc.with_timezone(&zone),
        None => utc.fixed_offset(),
    }
}

/// RFC 3339 with milliseconds.
pub fn rfc3339(ms: i64, offset_min: i16) -> String {
    at(ms, offset_min).to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// `2026-03-02 08:58:01`.
pub fn clock(ms: i64, offset_min: i16) -> String {
    at(ms, offset_min).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// `+08:00`.
pub fn offset(offset_min: i16) -> String {
    at(0, offset_min).format("%:z").to_string()
}

/// An interval for people, on a clock that is `offset_min` from UTC.
pub fn interval(interval: &Interval, offset_min: i16) -> String {
    let show = |ms| clock(ms, offset_min);
    match (interval.earliest, interval.latest) {
        (Some(a), Some(b)) => {
            let (a, b) = (a.at.get(), b.at.get());
            let middle = tenth(a + (b - a) / 2, i64::div_euclid);
            let half = tenth((b - middle).max(middle - a), |n, d| n.div_euclid(d) + i64::from(n.rem_euclid(d) > 0));
            if half > WIDE_MS {
                // The ends themselves, rounded outwards to the second.
                return format!("{} to {}", show(a), show(b + 999));
            }
            let t = at(middle, offset_min);
            let tenths = t.nanosecond() / 100_000_000;
            format!("{}.{tenths} ±{}.{} s", t.format("%Y-%m-%d %H:%M:%S"), half / 1000, half % 1000 / 100)
        }
        (Some(a), None) => format!("after {}", show(a.at.get())),
        (None, Some(b)) => format!("before {}", show(b.at.get() + 999)),
        (None, None) => "not known".to_owned(),
    }
}

fn tenth(ms: i64, divide: fn(i64, i64) -> i64) -> i64 {
    divide(ms, 100) * 100
}

/// Which end of a range a day stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The first moment of the day.
    From,
    /// The last.
    To,
}

/// Reads a time that was typed: RFC 3339, or a day in this terminal's zone.
///
/// # Errors
/// [`Failure`] for anything else, and for times before 2000 or after 2100.
pub fn parse(field: &'static str, text: &str, end: End) -> Result<WallMs, Failure> {
    let ms = match DateTime::parse_from_rfc3339(text) {
        Ok(time) => time.timestamp_millis(),
        Err(_) => day(field, text, end)?,
    };
    // The core's own text has the limits in milliseconds; a person typed a date.
    WallMs::parse(field, ms).map_err(|_| {
        let (from, to) = (rfc3339(WallMs::EARLIEST.get(), 0), rfc3339(WallMs::LATEST.get(), 0));
        Failure::bad(field, format!("{field} needs a time between {from} and {to}"))
    })
}

fn day(field: &'static str, text: &str, end: End) -> Result<i64, Failure> {
    let day: NaiveDate = text.parse().map_err(|_| {
        Failure::bad(field, format!("{field} needs a time like 2026-03-01T08:00:00+08:00 or 2026-03-01"))
    })?;
    let year = day.year();
    // Beyond these there is no zone to ask; the limits say the rest.
    if !(1990..=2110).contains(&year) {
        return Ok(if year < 2000 { 0 } else { i64::MAX });
    }
    let midnight = |d: NaiveDate| -> i64 {
        let naive: NaiveDateTime = d.and_time(chrono::NaiveTime::MIN);
        // A midnight that a zone skips begins with its first moment after; one that it has twice, with the first.
        Local
            .from_local_datetime(&naive)
            .earliest()
            .map_or_else(|| naive.and_utc().timestamp_millis(), |t| t.timestamp_millis())
    };
    Ok(match end {
        End::From => midnight(day),
        End::To => midnight(day.succ_opt().unwrap_or(day)) - 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use daka_core::domain::time::{Bound, Source};

    /// 2026-03-02T00:58:01.234Z: date -u -d '2026-03-02 00:58:01' +%s gives 1772413081.
    const T: i64 = 1_772_413_081_234;

    fn between(a: i64, b: i64) -> Interval {
        let bound = |ms| Some(Bound { at: WallMs::new(ms), from: Source::Token });
        Interval { earliest: bound(a), latest: bound(b) }
    }

    #[test]
    fn a_time_is_rfc_3339_with_milliseconds() {
        assert_eq!(rfc3339(T, 480), "2026-03-02T08:58:01.234+08:00");
        assert_eq!(rfc3339(T, 0), "2026-03-02T00:58:01.234Z");
    }

    /// By hand: the middle of 1.234 and 2.500 is 1.867, shown as 1.8; the wider half is 2.500 − 1.800 = 0.7.
    #[test]
    fn a_shown_interval_holds_the_known_one() {
        assert_eq!(interval(&between(T, T + 1_266), 480), "2026-03-02 08:58:01.8 ±0.7 s");
        // The same at one millisecond more: 0.701 is rounded up.
        assert_eq!(interval(&between(T, T + 1_267), 480), "2026-03-02 08:58:01.8 ±0.8 s");
        assert_eq!(interval(&between(T, T + 600_000), 480), "2026-03-02 08:58:01 to 2026-03-02 09:08:02");
    }

    #[test]
    fn open_ends_say_so() {
        let half = Interval { latest: None, ..between(T, T) };
        assert_eq!(interval(&half, 0), "after 2026-03-02 00:58:01");
        let half = Interval { earliest: None, ..between(T, T) };
        assert_eq!(interval(&half, 0), "before 2026-03-02 00:58:02");
        assert_eq!(interval(&Interval::OPEN, 0), "not known");
    }

    #[test]
    fn typed_times_are_read_and_bounded() {
        assert_eq!(parse("from", "2026-03-02T08:58:01.234+08:00", End::From).unwrap(), WallMs::new(T));
        let day = |end| parse("from", "2026-03-02", end).unwrap().get();
        assert_eq!(day(End::To) - day(End::From), 86_400_000 - 1);
        for text in ["", "yesterday", "2026-13-01", "1999-12-30", "2101-01-01", "9999-01-01", "1999-12-31T23:59:59Z"] {
            let e = parse("from", text, End::From).unwrap_err();
            assert_eq!((e.field, e.exit as u8), (Some("from"), 2), "{text}");
        }
        assert!(parse("to", "2100-01-02", End::To).unwrap_err().message.contains("2100-01-01T00:00:00.000Z"));
    }
}
