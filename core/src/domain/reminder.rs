//! Reminders: when the employee wants to be asked whether they have punched.
//!
//! A reminder is a minute of the day on some weekdays, by the clock on the wall wherever the phone is. When it is due next follows from
//! the clock's reading and its offset from UTC at that moment: day by day, midnight + minute at this offset. A system that changes its
//! offset, its zone or its clock asks again, because what was computed before is then about another clock. Nothing here is evidence.

use super::calendar::{DAY_MS, LocalDate};
use super::error::{FormatError, Problem};
use super::ids::hex;
use super::journal::Asked;
use super::time::WallMs;
use std::fmt;

/// The most reminders of one employee at one employer.
pub const MAX_REMINDERS: usize = 20;

/// How far ahead occurrences are looked for: a week, and a day for an occurrence of today that has just passed.
pub const AHEAD_DAYS: u32 = 8;

/// A reminder's name, made by the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReminderId(pub [u8; 8]);

impl fmt::Display for ReminderId {
    /// 16 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// A minute of the day, 0 to 1439.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinuteOfDay(u16);

impl MinuteOfDay {
    /// Minutes after midnight.
    ///
    /// # Errors
    /// [`FormatError`] naming `minute_of_day` outside 0 to 1439.
    pub fn new(minute: i64) -> Result<Self, FormatError> {
        in_range("minute_of_day", minute, 0, 1439).map(Self)
    }

    /// Minutes after midnight.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

/// At least one day of the week: bit 0 is Monday, bit 6 Sunday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Weekdays(u16);

impl Weekdays {
    /// The days of the bits, 1 to 127.
    ///
    /// # Errors
    /// [`FormatError`] naming `weekdays` for none, or for more than seven.
    pub fn new(bits: i64) -> Result<Self, FormatError> {
        in_range("weekdays", bits, 1, 127).map(Self)
    }

    /// The bits.
    #[must_use]
    pub fn bits(self) -> u16 {
        self.0
    }

    fn has(self, date: LocalDate) -> bool {
        // LocalDate::weekday is 1 for Monday.
        self.0 & (1 << (date.weekday() - 1)) != 0
    }
}

fn in_range(field: &'static str, n: i64, min: i64, max: i64) -> Result<u16, FormatError> {
    let out = || FormatError::new(field, Problem::OutOfRange { min, max });
    if (min..=max).contains(&n) { u16::try_from(n).map_err(|_| out()) } else { Err(out()) }
}

/// A reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminder {
    /// Its name.
    pub id: ReminderId,
    /// At this minute of the day.
    pub minute: MinuteOfDay,
    /// On these days.
    pub weekdays: Weekdays,
    /// What "punch now" will ask for.
    pub asked: Asked,
    /// Whether it is on.
    pub on: bool,
}

/// An occurrence of a reminder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// When, by the wall clock.
    pub at: WallMs,
    /// The local day.
    pub date: LocalDate,
    /// Which one.
    pub reminder: Reminder,
}

/// The first `limit` occurrences after `now` and not later than [`AHEAD_DAYS`] days after it, at an offset of `offset_min` minutes
/// from UTC: the earliest first, at one moment in the order of `reminders`. What is off has none.
#[must_use]
pub fn next(reminders: &[Reminder], now: WallMs, offset_min: i16, limit: usize) -> Vec<Occurrence> {
    let until = now.get().saturating_add(i64::from(AHEAD_DAYS) * DAY_MS);
    let today = LocalDate::of(now, offset_min);
    let mut found = Vec::new();
    for date in (0..=AHEAD_DAYS).map(|days| today.plus(days)) {
        for reminder in reminders.iter().filter(|r| r.on && r.weekdays.has(date)) {
            let at = date.begins(offset_min).get() + i64::from(reminder.minute.get()) * 60_000;
            if at > now.get() && at <= until {
                found.push(Occurrence { at: WallMs::new(at), date, reminder: reminder.clone() });
            }
        }
    }
    // Stable: of one moment, the order given.
    found.sort_by_key(|o| o.at);
    found.truncate(limit);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;
    const HOUR: i64 = 60 * MINUTE;
    /// Monday, 2026-11-23T00:00:00Z: `date -u -d 2026-11-23 +%s`.
    const MONDAY: i64 = 1_795_392_000_000;
    const DAILY: i64 = 127;

    fn at(name: u8, minute: i64, weekdays: i64) -> Reminder {
        Reminder {
            id: ReminderId([name; 8]),
            minute: MinuteOfDay::new(minute).unwrap(),
            weekdays: Weekdays::new(weekdays).unwrap(),
            asked: Asked::In,
            on: true,
        }
    }

    /// Name, day and moment of each occurrence.
    fn found(reminders: &[Reminder], now: i64, offset: i16, limit: usize) -> Vec<(u8, String, i64)> {
        let next = next(reminders, WallMs::new(now), offset, limit);
        next.into_iter().map(|o| (o.reminder.id.0[0], o.date.to_string(), o.at.get())).collect()
    }

    fn days(reminders: &[Reminder], now: i64, offset: i16) -> Vec<String> {
        found(reminders, now, offset, 99).into_iter().map(|(_, date, _)| date).collect()
    }

    #[test]
    fn weekdays_are_counted_from_monday_and_the_week_wraps() {
        // It is Monday noon in UTC; 09:00 is over, 18:00 is to come.
        let noon = MONDAY + 12 * HOUR;
        assert_eq!(
            found(&[at(1, 1080, 1)], noon, 0, 9),
            [
                (1, "2026-11-23".to_owned(), MONDAY + 18 * HOUR),
                (1, "2026-11-30".to_owned(), MONDAY + (7 * 24 + 18) * HOUR),
            ]
        );
        // In a week, and 8 days are not 14.
        assert_eq!(days(&[at(1, 540, 1)], noon, 0), ["2026-11-30"]);
        // Sunday is bit 6; Saturday and Sunday, then no more within 8 days.
        assert_eq!(days(&[at(1, 540, 64)], noon, 0), ["2026-11-29"]);
        assert_eq!(days(&[at(1, 540, 96)], noon, 0), ["2026-11-28", "2026-11-29"]);
        // On a Sunday evening the next of Monday to Friday is tomorrow: 2026-11-29 22:00, and eight days end on Monday 22:00.
        let sunday = MONDAY + (6 * 24 + 22) * HOUR;
        let work = ["2026-11-30", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04", "2026-12-07"];
        assert_eq!(days(&[at(1, 540, 31)], sunday, 0), work);
    }

    #[test]
    fn midnight_belongs_to_the_day_that_begins() {
        let late = MONDAY + 23 * HOUR + 59 * MINUTE;
        let tomorrow = MONDAY + 24 * HOUR;
        assert_eq!(found(&[at(1, 0, DAILY)], late, 0, 1), [(1, "2026-11-24".to_owned(), tomorrow)]);
        // The moment itself is not to come any more: the next is a day later.
        assert_eq!(found(&[at(1, 0, DAILY)], tomorrow, 0, 1), [(1, "2026-11-25".to_owned(), tomorrow + 24 * HOUR)]);
        assert_eq!(found(&[at(1, 0, DAILY)], tomorrow - 1, 0, 1), [(1, "2026-11-24".to_owned(), tomorrow)]);
        assert_eq!(found(&[at(1, 1439, DAILY)], late - 1, 0, 1), [(1, "2026-11-23".to_owned(), late)]);
        // Daily at the moment eight days on is the last: 8 occurrences.
        assert_eq!(days(&[at(1, 0, DAILY)], MONDAY, 0).len(), 8);
        assert_eq!(days(&[at(1, 0, DAILY)], MONDAY, 0).last().unwrap(), "2026-12-01");
    }

    #[test]
    fn months_and_years_end() {
        // 2026-12-31T23:00Z is Thursday: 38 days and 23 hours after the Monday.
        let evening = MONDAY + (38 * 24 + 23) * HOUR;
        assert_eq!(days(&[at(1, 600, 8 + 16)], evening, 0), ["2027-01-01", "2027-01-07", "2027-01-08"]);
        // 2028 is a leap year; 2028-02-28 is a Monday. 2026-11-23 to it: 8 + 31 + 365 + 31 + 27 = 462 days.
        let leap = ["2028-02-28", "2028-02-29", "2028-03-06"];
        assert_eq!(days(&[at(1, 600, 1 + 2)], MONDAY + 462 * 24 * HOUR, 0), leap);
    }

    #[test]
    fn the_offset_says_when_a_minute_is_and_which_day_it_is() {
        // 09:00 in Hong Kong (+480) is 01:00Z, in New York (−300) 14:00Z, at +1080 15:00Z the day before.
        let nine = [at(1, 540, DAILY)];
        assert_eq!(found(&nine, MONDAY, 480, 1), [(1, "2026-11-23".to_owned(), MONDAY + HOUR)]);
        assert_eq!(found(&nine, MONDAY, -300, 1), [(1, "2026-11-23".to_owned(), MONDAY + 14 * HOUR)]);
        assert_eq!(found(&nine, MONDAY, 1080, 1), [(1, "2026-11-24".to_owned(), MONDAY + 15 * HOUR)]);
        // At midnight UTC it is still Sunday in New York: a reminder for Sundays 20:00 is due at 01:00Z.
        assert_eq!(found(&[at(1, 1200, 64)], MONDAY, -300, 1), [(1, "2026-11-22".to_owned(), MONDAY + HOUR)]);
        // India, +330: 09:15 is 03:45Z.
        assert_eq!(
            found(&[at(1, 555, DAILY)], MONDAY, 330, 1),
            [(1, "2026-11-23".to_owned(), MONDAY + 3 * HOUR + 45 * MINUTE)]
        );
    }

    #[test]
    fn a_clock_that_was_set_back_is_believed() {
        let nine = [at(1, 540, DAILY)];
        let ten = MONDAY + 10 * HOUR;
        assert_eq!(found(&nine, ten, 0, 1), [(1, "2026-11-24".to_owned(), MONDAY + 33 * HOUR)]);
        // Set back by two hours, today's is to come again.
        assert_eq!(found(&nine, ten - 2 * HOUR, 0, 1), [(1, "2026-11-23".to_owned(), MONDAY + 9 * HOUR)]);
        // And clocks beyond every calendar end in nothing worse than nothing.
        assert!(next(&nine, WallMs::new(i64::MAX), 1080, 9).is_empty());
        let _ = next(&nine, WallMs::new(i64::MIN), -1080, 9);
    }

    #[test]
    fn what_is_off_is_silent_and_one_moment_keeps_the_order_given() {
        let off = Reminder { on: false, ..at(2, 540, DAILY) };
        let list = [at(3, 540, 1), off, at(1, 540, 1), at(4, 539, 1)];
        let names = |limit| found(&list, MONDAY, 0, limit).into_iter().map(|(name, ..)| name).collect::<Vec<_>>();
        assert_eq!(names(3), [4, 3, 1]);
        // The Monday after, too.
        assert_eq!(names(99), [4, 3, 1, 4, 3, 1]);
        assert_eq!(names(0), [0; 0]);
        assert!(next(&[], WallMs::new(MONDAY), 0, 9).is_empty());
    }

    #[test]
    fn what_cannot_be_is_named() {
        for minute in [-1, 1440, i64::MAX] {
            assert_eq!(MinuteOfDay::new(minute).unwrap_err().field, "minute_of_day");
        }
        for bits in [0, 128, -1] {
            assert_eq!(Weekdays::new(bits).unwrap_err().field, "weekdays");
        }
        assert_eq!((MinuteOfDay::new(1439).unwrap().get(), Weekdays::new(127).unwrap().bits()), (1439, 127));
    }
}
