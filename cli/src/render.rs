//! Shapes that several commands share: times, places, fingerprints, tables.

use crate::{times, words};
use daka_core::domain::bundle::{PlaceReport, TimeReport};
use daka_core::domain::ids::Kid;
use daka_core::domain::journal::VerdictGroup;
use daka_core::domain::place::{Evaluation, Reason};
use daka_core::domain::time::{Interval, Word};
use serde::Serialize;
use unicode_width::UnicodeWidthStr as _;

/// A time for programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct TimeJson {
    pub(crate) earliest: Option<String>,
    pub(crate) earliest_from: &'static str,
    pub(crate) latest: Option<String>,
    pub(crate) latest_from: &'static str,
    pub(crate) word: &'static str,
    /// What the phone's wall clock showed.
    pub(crate) wall: String,
}

impl TimeJson {
    pub(crate) fn new(interval: &Interval, word: Word, wall_ms: i64, offset_min: i16) -> Self {
        let show = |ms: i64| times::rfc3339(ms, offset_min);
        Self {
            earliest: interval.earliest.map(|b| show(b.at.get())),
            earliest_from: interval.earliest_from().code(),
            latest: interval.latest.map(|b| show(b.at.get())),
            latest_from: interval.latest_from().code(),
            word: word.code(),
            wall: show(wall_ms),
        }
    }
}

impl From<&TimeReport> for TimeJson {
    fn from(t: &TimeReport) -> Self {
        Self::new(&t.interval, t.word, t.wall_ms, t.offset_min)
    }
}

/// A place for programs. `p` is P(inside), 0 to 1.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PlaceJson {
    pub(crate) verdict: String,
    pub(crate) reasons: Vec<&'static str>,
    pub(crate) site: Option<String>,
    pub(crate) p: Option<f64>,
    pub(crate) distance_m: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sigma_m: Option<f64>,
}

fn metres(mm: i64) -> f64 {
    mm as f64 / 1000.0
}

fn share(millionths: u64) -> f64 {
    millionths as f64 / 1e6
}

impl PlaceJson {
    pub(crate) fn of_evaluation(e: &Evaluation, site: Option<String>) -> Self {
        Self {
            verdict: e.verdict.code().to_owned(),
            reasons: e.reasons.iter().map(|r| r.code()).collect(),
            site,
            p: e.p.map(|p| share(p.get().into())),
            distance_m: e.distance_mm.map(metres),
            sigma_m: e.sigma_mm.map(|s| metres(i64::try_from(s).unwrap_or(i64::MAX))),
        }
    }

    pub(crate) fn of_group(v: &VerdictGroup, site: Option<String>) -> Self {
        let reason = |n: &u64| u32::try_from(*n).ok().and_then(Reason::from_int).map_or("unknown", Reason::code);
        Self {
            verdict: words::verdict_code(v.verdict).to_owned(),
            reasons: v.reasons.iter().map(reason).collect(),
            site,
            p: v.p.map(share),
            distance_m: v.distance_mm.map(metres),
            sigma_m: v.sigma_mm.map(|s| metres(i64::try_from(s).unwrap_or(i64::MAX))),
        }
    }

    /// `At the site: Door (99.9 %)`.
    pub(crate) fn line(&self) -> String {
        let site = self.site.as_ref().map(|s| format!(": {s}")).unwrap_or_default();
        let p = self.p.map(|p| format!(" ({})", percent(p))).unwrap_or_default();
        format!("{}{site}{p}", words::place(&self.verdict))
    }

    /// The reasons in words.
    pub(crate) fn why(&self) -> Option<String> {
        let all: Vec<_> = self.reasons.iter().map(|r| words::place_reason(r)).collect();
        (!all.is_empty()).then(|| all.join("; "))
    }
}

impl From<&PlaceReport> for PlaceJson {
    fn from(r: &PlaceReport) -> Self {
        Self {
            verdict: r.verdict.clone(),
            reasons: r.reasons.clone(),
            site: r.site.clone(),
            p: r.p_millionths.map(share),
            distance_m: r.distance_mm.map(metres),
            sigma_m: None,
        }
    }
}

/// A probability for people. Never 0 or 100 %: a position does not give certainty.
pub fn percent(p: f64) -> String {
    if p > 0.999 {
        "over 99.9 %".to_owned()
    } else if p < 0.001 {
        "under 0.1 %".to_owned()
    } else {
        format!("{:.1} %", p * 100.0)
    }
}

/// A fingerprint in groups that can be compared by eye.
pub fn fingerprint(kid: &Kid) -> String {
    let hex = kid.0.hex();
    let bytes: Vec<char> = hex.chars().collect();
    bytes.chunks(8).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// Names on the left, values on the right.
pub fn pairs(rows: &[(&str, String)]) -> String {
    table(&rows.iter().map(|(name, value)| vec![(*name).to_owned(), value.clone()]).collect::<Vec<_>>())
}

/// Columns two spaces apart, as wide as their widest cell. Chinese characters count as two columns, as terminals draw them.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |c: usize| rows.iter().filter_map(|r| r.get(c)).map(|cell| cell.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width()) + 2));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// Bytes for people.
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{:.1} kB", bytes as f64 / 1e3),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// `1 entry`, `2 entries`.
pub fn count(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_also_in_chinese() {
        let rows = [vec!["陳大文".to_owned(), "x".to_owned()], vec!["Chan".to_owned(), "y".to_owned()]];
        // Three characters of two columns each, and two spaces.
        assert_eq!(table(&rows), "陳大文  x\nChan    y\n");
    }

    #[test]
    fn a_probability_is_never_shown_as_certain() {
        assert_eq!(percent(1.0), "over 99.9 %");
        assert_eq!(percent(0.0), "under 0.1 %");
        assert_eq!(percent(0.5004), "50.0 %");
        // What is shown never rounds up to certainty.
        assert_eq!(percent(0.999), "99.9 %");
    }

    #[test]
    fn fingerprints_come_in_groups_of_eight() {
        let kid = Kid(daka_core::domain::ids::Hash32([0xab; 32]));
        assert_eq!(fingerprint(&kid), ["abababab"; 8].join(" "));
    }
}
