//! What screens show beside the home state: drawing, month, day, one punch in full.

use crate::codes::TimeWord;
use crate::failure::DakaFailure;
use crate::records::{PunchLine, PunchResult, TimeInterval, all};
use crate::view_codes::{DayMarkKind, PhotoPlace, SignalCode, SignatureState, Why};
use daka_core::app::views;
use daka_core::domain::calendar::LocalDate;

/// A square picture of fences and positions, without a map. Its middle is 0, 0; x points east, y north.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct PlaceDrawing {
    /// Its side in metres.
    pub span_m: f64,
    /// The chosen fence first, then others that reach into the picture.
    pub shapes: Vec<DrawnShape>,
    /// The positions, in the order in which they came.
    pub fixes: Vec<DrawnFix>,
}

/// A circle fence.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct DrawnShape {
    /// The site's name.
    pub name: String,
    /// Its middle, metres east.
    pub x_m: f64,
    /// Its middle, metres north.
    pub y_m: f64,
    /// Its radius, metres.
    pub radius_m: f64,
    /// The verdict is about it.
    pub chosen: bool,
}

/// A position with its accuracy.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct DrawnFix {
    /// Metres east.
    pub x_m: f64,
    /// Metres north.
    pub y_m: f64,
    /// The platform's accuracy, metres, if it gave one.
    pub accuracy_m: Option<f64>,
    /// The verdict is taken from it.
    pub chosen: bool,
}

/// A day in its month.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DayMark {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// Its number in the month, 1 to 31.
    pub day: i32,
    /// 1 for Monday to 7 for Sunday.
    pub weekday: i32,
    /// How many punches it has.
    pub punches: i32,
    /// What to mark it with.
    pub mark: DayMarkKind,
    /// It is today.
    pub today: bool,
}

/// A month of the record.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct MonthView {
    /// The year.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: i32,
    /// The weekday of its first day, 1 for Monday to 7 for Sunday.
    pub first_weekday: i32,
    /// All its days, in order.
    pub days: Vec<DayMark>,
    /// There is something to see in an earlier month.
    pub previous: bool,
    /// There is something to see in a later month, or a later month is not in the future.
    pub next: bool,
}

/// A day of the record.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct DayView {
    /// The day, `YYYY-MM-DD`.
    pub date: String,
    /// 1 for Monday to 7 for Sunday.
    pub weekday: i32,
    /// Its punches in the order of the journal, oldest first, at most 200.
    pub punches: Vec<PunchLine>,
    /// The last day before it that has a punch.
    pub previous: Option<String>,
    /// The first day after it that has a punch.
    pub next: Option<String>,
}

/// The bar of an interval. Fractions count from its left end, 0 to 1.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct IntervalBar {
    /// The moment at its left end, UTC milliseconds.
    pub from_ms: i64,
    /// The moment at its right end, UTC milliseconds.
    pub to_ms: i64,
    /// Where the interval begins.
    pub earliest_f: f64,
    /// Where it ends.
    pub latest_f: f64,
    /// Where the wall clock at the tap lies.
    pub wall_f: f64,
    /// Nothing says how early it can have been: the interval begins at 0.
    pub open_start: bool,
    /// Nothing says how late it can have been: the interval ends at 1.
    pub open_end: bool,
}

/// A photo of a punch.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PhotoInfo {
    /// SHA-256 of the file, 64 hexadecimal digits: its name.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// Where it is.
    pub state: PhotoPlace,
    /// The app's own camera took it, as the app says.
    pub captured_in_app: bool,
    /// The code that finds its record.
    pub short_code: String,
}

/// What the server's log says of a punch.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ReceiptInfo {
    /// When the server had it, UTC milliseconds.
    pub received_ms: i64,
    /// The log's name.
    pub origin: String,
    /// The place in the log.
    pub log_index: u64,
    /// The size of the tree that the receipt was verified against.
    pub tree_size: u64,
}

/// One punch with everything that is known of it.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct PunchDetail {
    /// As a list shows it.
    pub line: PunchLine,
    /// The time word as known now; the line's is the one at the tap.
    pub word: TimeWord,
    /// True time, as known now.
    pub interval: TimeInterval,
    /// Its bar; none where nothing is known but the wall clock.
    pub bar: Option<IntervalBar>,
    /// Its picture; none where no position was recorded.
    pub drawing: Option<PlaceDrawing>,
    /// The name of the site that the verdict is about.
    pub site_name: Option<String>,
    /// Its photos, in the order in which they were added.
    pub photos: Vec<PhotoInfo>,
    /// Its notes, likewise.
    pub notes: Vec<String>,
    /// Its visit references, likewise.
    pub visits: Vec<String>,
    /// The earliest receipt that speaks for it.
    pub receipt: Option<ReceiptInfo>,
    /// Whether the device has signed for it.
    pub signature: SignatureState,
    /// Facts.
    pub signals: Vec<SignalCode>,
    /// Why, a sentence each: time, place, what was added, where it stands, signature.
    pub whys: Vec<Why>,
}

/// A small number of the calendar.
pub(crate) fn small(n: u32) -> i32 {
    i32::try_from(n).unwrap_or(i32::MAX)
}

/// A date that a shell names.
pub(crate) fn date(text: &str) -> Result<LocalDate, DakaFailure> {
    Ok(LocalDate::parse("date", text)?)
}

impl From<views::PlaceDrawing> for PlaceDrawing {
    fn from(d: views::PlaceDrawing) -> Self {
        let shape = |s: views::DrawnShape| DrawnShape {
            name: s.name,
            x_m: s.x_m,
            y_m: s.y_m,
            radius_m: s.radius_m,
            chosen: s.chosen,
        };
        let fix = |f: views::DrawnFix| DrawnFix { x_m: f.x_m, y_m: f.y_m, accuracy_m: f.accuracy_m, chosen: f.chosen };
        Self {
            span_m: d.span_m,
            shapes: d.shapes.into_iter().map(shape).collect(),
            fixes: d.fixes.into_iter().map(fix).collect(),
        }
    }
}

impl From<views::MonthView> for MonthView {
    fn from(m: views::MonthView) -> Self {
        let first = m.month.first();
        let day = |d: views::DayMark| DayMark {
            date: d.date.to_string(),
            day: small(d.date.day()),
            weekday: small(d.date.weekday()),
            punches: small(d.punches),
            mark: d.mark.into(),
            today: d.today,
        };
        Self {
            year: first.year(),
            month: small(first.month()),
            first_weekday: small(first.weekday()),
            days: m.days.into_iter().map(day).collect(),
            previous: m.previous,
            next: m.next,
        }
    }
}

impl From<views::DayView> for DayView {
    fn from(d: views::DayView) -> Self {
        Self {
            date: d.date.to_string(),
            weekday: small(d.date.weekday()),
            punches: all(d.punches),
            previous: d.previous.map(|d| d.to_string()),
            next: d.next.map(|d| d.to_string()),
        }
    }
}

impl From<views::IntervalBar> for IntervalBar {
    fn from(b: views::IntervalBar) -> Self {
        Self {
            from_ms: b.from.get(),
            to_ms: b.to.get(),
            earliest_f: b.earliest,
            latest_f: b.latest,
            wall_f: b.wall,
            open_start: b.open_start,
            open_end: b.open_end,
        }
    }
}

impl From<views::Photo> for PhotoInfo {
    fn from(p: views::Photo) -> Self {
        Self {
            digest: p.digest.hex(),
            size: p.size,
            state: p.place.into(),
            captured_in_app: p.captured_in_app,
            short_code: p.short_code,
        }
    }
}

impl From<PunchDetail> for PunchResult {
    fn from(d: PunchDetail) -> Self {
        Self {
            id: d.line.id,
            seq: d.line.seq,
            asked: d.line.asked,
            wall_ms: d.line.wall_ms,
            offset_min: d.line.offset_min,
            date: d.line.date,
            interval: d.interval,
            word: d.word,
            place: d.line.place,
            site_name: d.site_name,
            whys: d.whys,
            repeated: false,
            left_out: Vec::new(),
        }
    }
}

impl From<views::PunchDetail> for PunchDetail {
    fn from(d: views::PunchDetail) -> Self {
        let receipt = |r: views::ReceiptInfo| ReceiptInfo {
            received_ms: r.received.get(),
            origin: r.origin,
            log_index: r.index,
            tree_size: r.tree_size,
        };
        Self {
            line: d.line.into(),
            word: d.word.into(),
            interval: d.interval.into(),
            bar: d.bar.map(Into::into),
            drawing: d.drawing.map(Into::into),
            site_name: d.site_name,
            photos: all(d.photos),
            notes: d.notes,
            visits: d.visits,
            receipt: d.receipt.map(receipt),
            signature: if d.signed { SignatureState::Signed } else { SignatureState::Pending },
            signals: all(d.signals),
            whys: all(d.whys),
        }
    }
}
