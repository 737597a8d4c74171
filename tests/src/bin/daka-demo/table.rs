//! What each punch proves, as a table for 120 columns and as JSON.

use daka::{render, times, words};
use daka_core::domain::bundle::{Claim, PunchReport};
use daka_core::domain::journal::{Asked, FieldType};
use serde::Serialize;

/// A wall clock this far from the truth is worth a line, ms.
const WORTH_A_LINE_MS: u64 = 60_000;

/// One punch as the table shows it. A cell may have several lines.
#[derive(Serialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) punch: String,
    pub(crate) who: String,
    pub(crate) when: String,
    pub(crate) word: &'static str,
    pub(crate) phone_showed: Option<String>,
    pub(crate) place: String,
    pub(crate) why: Vec<&'static str>,
    pub(crate) probability: Option<String>,
    pub(crate) evidence: Vec<&'static str>,
    pub(crate) receipt: Option<String>,
}

impl Row {
    pub(crate) fn of(p: &PunchReport) -> Self {
        let has = |claim| p.holds.contains(&claim);
        let kind = p.field.and_then(FieldType::from_code);
        let asked = Asked::from_code(p.asked).unwrap_or(Asked::Auto);
        let offset = p.time.as_ref().map_or(0, |t| t.offset_min);
        let mut evidence = Vec::new();
        for (claim, name) in [
            (Claim::Signature, "signed by the phone"),
            (Claim::Place, "position"),
            (Claim::Photo, "photo"),
            (Claim::Note, "note"),
            (Claim::AllEvidence, "nothing held back"),
        ] {
            let shows =
                has(claim) && !(claim == Claim::Place && p.place.as_ref().is_none_or(|w| w.p_millionths.is_none()));
            evidence.extend(shows.then_some(name));
        }
        let when = p.time.as_ref().map_or_else(|| "not known".to_owned(), |t| times::interval(&t.interval, offset));
        let wrong = p
            .time
            .as_ref()
            .filter(|t| t.interval.midpoint().is_some_and(|middle| middle.get().abs_diff(t.wall_ms) > WORTH_A_LINE_MS));
        let place = match &p.place {
            Some(w) => {
                let site = w.site.as_ref().map(|s| format!(": {s}")).unwrap_or_default();
                format!("{}{site}", words::place(&w.verdict))
            }
            None => "not shown".to_owned(),
        };
        let p_inside = p.place.as_ref().and_then(|w| w.p_millionths);
        Self {
            id: p.id.to_string(),
            punch: words::punch(asked, kind),
            who: match (&p.name, &p.employee) {
                (Some(name), Some(id)) => format!("{name} ({id})"),
                _ => "not shown".to_owned(),
            },
            when,
            word: p.time.as_ref().map_or("Unverified time", |t| words::time(t.word)),
            phone_showed: wrong.map(|t| times::clock(t.wall_ms, offset)),
            place,
            why: p.place.iter().flat_map(|w| &w.reasons).map(|r| words::place_reason(r)).collect(),
            probability: p_inside.map(|p| render::percent(p as f64 / 1e6)),
            evidence,
            receipt: has(Claim::Receipt).then_some(p.received_ms).flatten().map(|ms| times::clock(ms, offset)),
        }
    }

    fn cells(&self) -> [Vec<String>; 6] {
        let mut when = vec![self.when.clone(), self.word.to_owned()];
        when.extend(self.phone_showed.as_ref().map(|t| format!("phone: {t}")));
        let mut place = vec![self.place.clone()];
        place.extend(self.probability.as_ref().map(|p| format!("P(inside) {p}")));
        place.extend(self.why.iter().map(|w| (*w).to_owned()));
        let receipt = match &self.receipt {
            // The day is the punch's own, which stands beside it.
            Some(t) => vec![t.split_once(' ').map_or(t.as_str(), |(_, time)| time).to_owned(), "in the log".to_owned()],
            None => vec!["none yet".to_owned()],
        };
        let evidence = self.evidence.iter().map(|e| (*e).to_owned()).collect();
        let (first, second) = self.punch.split_once(", ").unwrap_or((&self.punch, ""));
        let who = self.who.split(" (").map(|part| part.trim_end_matches(')').to_owned()).collect();
        [vec![first.to_owned(), second.to_owned()], who, when, place, evidence, receipt]
    }
}

/// The table, with a rule between punches.
pub(crate) fn text(rows: &[Row]) -> String {
    let heading = ["Punch", "Who", "When", "Where", "Evidence", "Receipt"].map(str::to_owned).to_vec();
    let mut lines = vec![heading];
    for row in rows {
        lines.push(Vec::new());
        let cells = row.cells();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for i in 0..height {
            lines.push(cells.iter().map(|cell| cell.get(i).cloned().unwrap_or_default()).collect());
        }
    }
    let table = render::table(&lines);
    let width = table.lines().map(|l| l.chars().count()).max().unwrap_or(0);
    let rule = "─".repeat(width);
    table.lines().map(|l| if l.is_empty() { format!("{rule}\n") } else { format!("{l}\n") }).collect()
}
