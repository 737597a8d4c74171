//! What the screens show: plain values with everything decided, so that a shell only draws them. Lists are in the order of drawing;
//! every text is a code with arguments ([`Why`]), every date a local one, every picture in metres or fractions.
//!
//! | file | idea |
//! |---|---|
//! | `line` | one punch as a list shows it |
//! | `day`, `month` | the record by local days |
//! | `detail`, `known`, `bar`, `drawing` | one punch in full: its time as known now, its bar, its picture |
//! | `waiting` | what has not been received |
//! | `why` | the sentences, as codes |
//!
//! **Cost.** Nothing here reads more of the journal than it shows. A day is found by the ids of its punches: a punch id is a UUIDv7 made
//! from the wall clock at the tap, in the clear and indexed, so the ids of a day are one range of the index, whatever else the journal
//! holds. That range is taken 18 hours wider on both sides, because ids know no offset, and what is found is then sorted by its
//! own local date.
//!
//! **A wall clock that was set** changes which day a punch is shown in, as it changed what the person read on the phone at the tap: the
//! range finds it where its clock put it, however far from its neighbours in the journal. Inside a day the order is the journal's,
//! which no clock can change. A clock before 1970 makes ids of 1970; the range of such a day begins there, so it is found too.
//!
//! Nothing here writes. What cannot be read is left out and named by the background check.

pub(super) mod bar;
mod day;
mod detail;
mod drawing;
mod known;
pub(super) mod line;
mod month;
mod waiting;
pub(super) mod why;

pub use bar::IntervalBar;
pub(super) use day::punches as day_punches;
pub use day::{DAY_LIMIT, DayView};
pub use detail::{Photo, PhotoPlace, PunchDetail, ReceiptInfo, SignalCode};
pub(super) use drawing::draw;
pub use drawing::{DrawnFix, DrawnShape, PlaceDrawing};
pub use line::PunchLine;
pub(super) use line::lines;
pub use month::{DayMark, Mark, MonthView};
pub use waiting::{WAITING_LIMIT, WaitingItem, WaitingKind, WaitingView};
pub use why::{Why, WhyArg, WhyCode};
