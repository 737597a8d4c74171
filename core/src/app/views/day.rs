//! The punches of a local day.

use super::line::{PunchLine, line, row_at};
use crate::app::{DakaError, Engine};
use crate::domain::calendar::{LocalDate, MAX_OFFSET_MIN};
use crate::domain::ids::PunchId;
use crate::ports::{Order, PunchAt, Tx};
use std::cmp::Ordering;

/// Most punches of a day that are shown.
pub const DAY_LIMIT: usize = 200;

/// How many punches are looked at at a time for the day before or after.
const PAGE: usize = 32;

/// A day of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayView {
    /// The day.
    pub date: LocalDate,
    /// Its punches in the order of the journal, oldest first; at most [`DAY_LIMIT`].
    pub punches: Vec<PunchLine>,
    /// The last day before it that has a punch.
    pub previous: Option<LocalDate>,
    /// The first day after it that has a punch.
    pub next: Option<LocalDate>,
}

impl Engine {
    /// A local day: the punches whose own offset put them into it.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn day(&self, date: LocalDate) -> Result<DayView, DakaError> {
        self.enrolled()?;
        let offset = self.ports.clock.read().offset_min;
        self.read(move |tx| {
            Ok(DayView {
                date,
                punches: punches(tx, date, offset)?,
                previous: neighbour(tx, date, Ordering::Less)?,
                next: neighbour(tx, date, Ordering::Greater)?,
            })
        })
    }
}

/// The punches of a day, oldest first.
pub(in crate::app) fn punches(tx: &dyn Tx, date: LocalDate, offset_min: i16) -> Result<Vec<PunchLine>, DakaError> {
    let mut out = Vec::new();
    for at in places(tx, date, date, DAY_LIMIT * 3)? {
        if out.len() < DAY_LIMIT
            && let Some((row, day)) = row_at(tx, at)?
            && day == date
        {
            out.extend(line(tx, &row, offset_min)?);
        }
    }
    Ok(out)
}

/// Where the punches are that may belong to the days `first..=last`, in the order of the journal: at most `limit`.
pub(super) fn places(tx: &dyn Tx, first: LocalDate, last: LocalDate, limit: usize) -> Result<Vec<PunchAt>, DakaError> {
    let ids = PunchId::made_between(first.anywhere().0, last.anywhere().1);
    let mut found = tx.punches(ids, Order::Rising, limit)?;
    found.sort_by_key(|at| (at.epoch, at.seq));
    Ok(found)
}

/// The nearest day before (`Less`) or after (`Greater`) `date` that has a punch.
///
/// Ids are in the order of UTC, days in that of their own offsets: two punches can change places by twice the widest offset. So the
/// search goes on for that long after the first find.
pub(super) fn neighbour(tx: &dyn Tx, date: LocalDate, side: Ordering) -> Result<Option<LocalDate>, DakaError> {
    let swap_ms = 2 * MAX_OFFSET_MIN * 60_000;
    let (begin, end) = date.anywhere();
    let (mut ids, order) = match side {
        Ordering::Greater => (PunchId::made_between(begin, i64::MAX), Order::Rising),
        _ => (PunchId::made_between(0, end), Order::Falling),
    };
    let mut found: Option<(LocalDate, i64)> = None;
    loop {
        let page = tx.punches(ids.clone(), order, PAGE)?;
        for at in &page {
            if found.is_some_and(|(_, first)| at.id.made_ms().abs_diff(first) > swap_ms.unsigned_abs()) {
                return Ok(found.map(|(day, _)| day));
            }
            let Some((_, day)) = row_at(tx, *at)?.filter(|(_, day)| day.cmp(&date) == side) else { continue };
            found = Some(match found {
                Some((best, first)) => (if side == Ordering::Greater { best.min(day) } else { best.max(day) }, first),
                None => (day, at.id.made_ms()),
            });
        }
        let Some(last) = page.last().filter(|_| page.len() == PAGE) else { return Ok(found.map(|(day, _)| day)) };
        let beyond = if side == Ordering::Greater { last.id.after() } else { last.id.before() };
        let Some(beyond) = beyond else { return Ok(found.map(|(day, _)| day)) };
        ids = if side == Ordering::Greater { beyond..=*ids.end() } else { *ids.start()..=beyond };
    }
}
