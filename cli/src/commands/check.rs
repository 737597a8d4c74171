//! `daka check`: every entry of the journal, whether it opens and follows the one before it. Changes nothing.

use crate::failure::{Exit, Failure};
use crate::home::Home;
use crate::output::Done;
use crate::progress::Progress;
use crate::render::count;
use serde_json::json;

/// More damaged entries than this are counted, not named.
const NAMED: usize = 10;

pub(crate) fn run(home: &Home) -> Result<Done, Failure> {
    let engine = home.open()?;
    let report = {
        let bar = Progress::new("checking the journal");
        engine.check(&mut |done, total| {
            bar.at(done, total);
            true
        })?
    };
    let damaged: Vec<_> = report.damaged.iter().map(|(epoch, seq)| json!({ "epoch": epoch, "seq": seq })).collect();
    let json = json!({ "entries": report.entries, "damaged": damaged });
    let checked = format!("{} checked", count(report.entries, "entry", "entries"));
    if report.damaged.is_empty() {
        return Done::new(format!("{checked}: all whole and in their places."), &json);
    }
    let named: Vec<_> = report.damaged.iter().take(NAMED).map(|(_, seq)| seq.to_string()).collect();
    let more = if report.damaged.len() > NAMED { " and more" } else { "" };
    let text = format!("{checked}: {} damaged (entry {}{more}).", report.damaged.len(), named.join(", "));
    let done = Done::new(text, &json)?;
    Ok(done.ended(
        Exit::Failed,
        "some entries are damaged; all others hold",
        Some("keep the folder as it is and tell the employer"),
    ))
}
