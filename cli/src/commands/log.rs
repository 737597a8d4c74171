//! `daka log`: the newest punches.

use crate::args::Log;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Done;
use crate::render::{PlaceJson, count, table};
use crate::{times, words};
use daka_core::app::PunchLine;
use daka_core::domain::journal::FieldType;
use serde_json::{Value, json};

pub(crate) fn run(home: &Home, args: &Log) -> Result<Done, Failure> {
    let engine = home.open()?;
    let lines = engine.punches(args.limit as usize)?;
    let mut rows = Vec::new();
    let mut punches = Vec::new();
    for line in &lines {
        let place = match &line.verdict {
            Some(v) => {
                let site = v.site.map(|id| engine.site_name(id)).transpose()?.flatten();
                Some(PlaceJson::of_group(v, site))
            }
            None => None,
        };
        rows.push(row(line, place.as_ref()));
        punches.push(punch(line, place.as_ref()));
    }
    let text = if rows.is_empty() { "No punches yet.".to_owned() } else { table(&rows) };
    Done::new(text, &json!({ "punches": punches }))
}

fn row(line: &PunchLine, place: Option<&PlaceJson>) -> Vec<String> {
    let mut with = Vec::new();
    if line.photos > 0 {
        with.push(count(line.photos, "photo", "photos"));
    }
    if line.note {
        with.push("note".to_owned());
    }
    vec![
        times::clock(line.wall.get(), line.offset_min),
        words::punch(line.asked, line.field),
        words::time(line.word).to_owned(),
        place.map_or_else(|| "Not checked".to_owned(), PlaceJson::line),
        with.join(", "),
        words::state(line.state).1.to_owned(),
    ]
}

fn punch(line: &PunchLine, place: Option<&PlaceJson>) -> Value {
    json!({
        "id": line.id,
        "seq": line.seq,
        "epoch": line.epoch,
        "asked": line.asked.code(),
        "field": line.field.map(FieldType::code),
        "wall": times::rfc3339(line.wall.get(), line.offset_min),
        "word": line.word.code(),
        "place": place,
        "state": words::state(line.state).0,
        "photos": line.photos,
        "note": line.note,
    })
}
