//! `daka status`: where this phone stands.

use super::consent;
use super::enrol::standing;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Done;
use crate::render::{count, pairs};
use crate::{times, words};
use daka_core::app::Queue;
use daka_core::domain::trust::EnrolState;
use daka_core::ports::Due;
use serde_json::{Value, json};

pub(crate) fn run(home: &Home) -> Result<Done, Failure> {
    let engine = home.open()?;
    let state = engine.home()?;
    let consent = engine.consent()?;
    let active = state.standing == EnrolState::Active;
    let sites = if state.sites.is_empty() { "none yet".to_owned() } else { state.sites.join(", ") };
    let mut rows = vec![
        ("Employer", state.employer.clone()),
        ("Employee", state.employee.clone()),
        ("Standing", standing(active).to_owned()),
        ("Next", words::asked(state.offer.code()).to_owned()),
        ("Time", format!("{} for a punch now", words::time(state.word).to_lowercase())),
        ("Sites", sites),
        ("Consent", consent::in_words(&consent)),
        ("Waiting to be sent", waiting(&state.queue)),
    ];
    if state.queue.put_aside > 0 {
        rows.push(("Checked by a person", count(state.queue.put_aside, "entry", "entries")));
    }
    if state.queue.refused > 0 {
        rows.push(("Not taken by the server", count(state.queue.refused, "entry", "entries")));
    }
    if state.queue.unsigned > 0 {
        rows.push(("Signature pending", count(state.queue.unsigned, "entry", "entries")));
    }
    if let Some(due) = &state.queue.due {
        let reason = words::stopped(&due.reason).0;
        rows.push(("Next attempt", format!("{}, because {reason}", times::clock(due.wall_ms, home.offset_min()))));
    }
    let json = json!({
        "employer": state.employer,
        "employee": state.employee,
        "active": active,
        "offer": state.offer.code(),
        "word": state.word.code(),
        "sites": state.sites,
        "consent": consent::as_json(&consent),
        "rules_rev": state.rules_rev,
        "tail": state.tail.map(|t| json!({ "epoch": t.epoch, "seq": t.seq, "h": t.h })),
        "queue": {
            "waiting": state.queue.waiting,
            "put_aside": state.queue.put_aside,
            "refused": state.queue.refused,
            "photos": state.queue.photos,
            "unsigned": state.queue.unsigned,
            "since": state.queue.since.map(|w| times::rfc3339(w.get(), home.offset_min())),
            "due": due_json(state.queue.due.as_ref(), home.offset_min()),
        },
    });
    Done::new(pairs(&rows), &json)
}

/// What waits, in words.
pub(super) fn waiting(queue: &Queue) -> String {
    match (queue.waiting, queue.photos) {
        (0, 0) => "nothing; the server has everything".to_owned(),
        (entries, 0) => format!("{}, kept on this phone", count(entries, "entry", "entries")),
        (0, photos) => format!("{}, kept on this phone", count(photos, "photo", "photos")),
        (entries, photos) => {
            format!(
                "{} and {}, kept on this phone",
                count(entries, "entry", "entries"),
                count(photos, "photo", "photos")
            )
        }
    }
}

/// When the next attempt is due, by the wall clock, and why it waits.
pub(super) fn due_json(due: Option<&Due>, offset_min: i16) -> Value {
    due.map_or(
        Value::Null,
        |d| json!({ "at": times::rfc3339(d.wall_ms, offset_min), "reason": d.reason, "attempts": d.attempts }),
    )
}
