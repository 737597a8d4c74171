//! `daka punch`: kept on this phone when it returns, whatever the network does.

use crate::args::Punch;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Done;
use crate::render::{PlaceJson, TimeJson};
use crate::{times, words};
use daka_core::app::{Engine, PunchRequest, PunchResult};
use daka_core::domain::journal::FieldType;
use daka_core::ports::EntryState;
use serde_json::json;
use std::fmt::Write as _;

pub(crate) fn run(home: &Home, args: &Punch) -> Result<Done, Failure> {
    let fixes = args.fix.raw()?;
    let engine = home.open()?;
    let before = engine.precheck(&fixes)?;
    let asked = args.asked.asked();
    let request = PunchRequest { shown: before.offer, fixes, note: args.note.clone(), ..PunchRequest::tap(asked) };
    let result = engine.punch(request)?;
    said(&engine, &result, None, before.site)
}

/// What was punched; then seals and signs it.
pub(super) fn said(
    engine: &Engine,
    result: &PunchResult,
    kind: Option<FieldType>,
    site: Option<String>,
) -> Result<Done, Failure> {
    // The punch is on the disk. A key or disk that refuses now is made good by the next command, and is no reason to say otherwise.
    let pending = engine.settle().is_err();
    let time = TimeJson::new(&result.interval, result.word, result.tap_wall.get(), result.offset_min);
    let place = result.place.as_ref().map(|p| PlaceJson::of_evaluation(p, site));
    let (state, kept) = words::state(EntryState::Waiting);
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{}{}  {} ({}), {}",
        words::punch(result.asked, kind),
        if result.repeated { " (this is the punch of a moment ago)" } else { "" },
        times::clock(result.tap_wall.get(), result.offset_min),
        times::offset(result.offset_min),
        words::time(result.word).to_lowercase(),
    );
    if let Some(place) = &place {
        let why = place.why().map(|w| format!(": {w}")).unwrap_or_default();
        let _ = writeln!(text, "{}{why}", place.line());
    }
    for left_out in &result.left_out {
        let _ = writeln!(text, "Left out: {left_out}");
    }
    let _ = writeln!(text, "{kept}, waiting to be sent: daka sync");
    if pending {
        let _ = writeln!(text, "Not signed yet; the next command signs it");
    }
    let json = json!({
        "id": result.id,
        "seq": result.seq,
        "asked": result.asked.code(),
        "field": kind.map(FieldType::code),
        "repeated": result.repeated,
        "time": time,
        "place": place,
        "state": state,
        "signed": !pending,
        "left_out": result.left_out.iter().map(|e| json!({
            "code": e.code().text(), "field": e.field(), "message": e.to_string(),
        })).collect::<Vec<_>>(),
    });
    Done::new(text, &json)
}
