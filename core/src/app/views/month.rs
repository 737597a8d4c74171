//! A month of the record: a mark for each day.

use super::day::{DAY_LIMIT, neighbour, places};
use super::line::row_at;
use crate::app::{DakaError, Engine};
use crate::domain::calendar::{LocalDate, Month};
use crate::domain::time::WallMs;
use crate::ports::{EntryState, Tx};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What a day's mark says: the strongest of its punches' states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mark {
    /// No punch.
    None,
    /// All received.
    Ok,
    /// One waits on this phone.
    Waiting,
    /// A person looks at one, or the server would not take one.
    Attention,
}

/// A day in its month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayMark {
    /// The day.
    pub date: LocalDate,
    /// How many punches it has.
    pub punches: u32,
    /// What to mark it with.
    pub mark: Mark,
    /// It is today.
    pub today: bool,
}

/// A month of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthView {
    /// The month.
    pub month: Month,
    /// All its days, in order.
    pub days: Vec<DayMark>,
    /// An earlier month has a punch.
    pub previous: bool,
    /// A later month has a punch, or is not later than today's.
    pub next: bool,
}

impl Engine {
    /// A month by local days. At most as many punches are read as 31 full days show.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn month(&self, month: Month) -> Result<MonthView, DakaError> {
        self.enrolled()?;
        let now = self.ports.clock.read();
        let today = LocalDate::of(WallMs::new(now.wall_ms), now.offset_min);
        self.read(move |tx| {
            let marks = marks(tx, month)?;
            let day = |date: LocalDate| {
                let (punches, mark) = marks.get(&date).copied().unwrap_or((0, Mark::None));
                DayMark { date, punches, mark, today: date == today }
            };
            Ok(MonthView {
                month,
                days: month.days().map(day).collect(),
                previous: neighbour(tx, month.first(), Ordering::Less)?.is_some(),
                next: month.last() < today || neighbour(tx, month.last(), Ordering::Greater)?.is_some(),
            })
        })
    }
}

/// How many punches each day has, and its mark.
fn marks(tx: &dyn Tx, month: Month) -> Result<BTreeMap<LocalDate, (u32, Mark)>, DakaError> {
    let mut days: BTreeMap<LocalDate, (u32, Mark)> = BTreeMap::new();
    for at in places(tx, month.first(), month.last(), DAY_LIMIT * 31)? {
        let Some((row, date)) = row_at(tx, at)? else { continue };
        let day = days.entry(date).or_insert((0, Mark::None));
        let mark = match row.state {
            EntryState::Received => Mark::Ok,
            EntryState::Waiting => Mark::Waiting,
            EntryState::PutAside | EntryState::Refused => Mark::Attention,
        };
        *day = (day.0.saturating_add(1), day.1.max(mark));
    }
    Ok(days)
}
