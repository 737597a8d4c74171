//! `daka consent`: what may be used, purpose by purpose. Each change is an entry of the journal.

use crate::args::{ConsentArgs, PurposeArg};
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Done;
use crate::render::pairs;
use crate::words;
use clap::ValueEnum as _;
use daka_core::app::Engine;
use daka_core::domain::journal::{Consent, ConsentGiven, Purpose};
use serde_json::{Value, json};

/// The revision of the sentences in [`MEANING`], which the person reads here.
const TEXT_REV: u64 = 1;

/// What each purpose means.
const MEANING: [(Purpose, &str); 3] = [
    (Purpose::Location, "the phone's position at a punch, and at no other time"),
    (Purpose::Radio, "Wi-Fi and beacons around the phone at a punch"),
    (Purpose::Photo, "photos that you take for a field check-in"),
];

pub(crate) fn run(home: &Home, args: &ConsentArgs) -> Result<Done, Failure> {
    if let Some(both) = args.grant.iter().find(|p| args.withdraw.contains(p)) {
        let name = words::purpose(both.purpose());
        return Err(Failure::bad("consent", format!("{name} cannot be granted and withdrawn at once")));
    }
    let engine = home.open()?;
    change(&engine, &args.grant, &args.withdraw)?;
    let consent = engine.consent()?;
    let rows: Vec<(&str, String)> = MEANING
        .iter()
        .map(|(purpose, meaning)| {
            let given = if consent.covers(*purpose) { "given" } else { "not given" };
            (words::purpose(*purpose), format!("{given:<9}  {meaning}"))
        })
        .collect();
    Done::new(pairs(&rows), &json!({ "consent": as_json(&consent) }))
}

/// Records what changed, if anything did.
pub(super) fn change(engine: &Engine, grant: &[PurposeArg], withdraw: &[PurposeArg]) -> Result<(), Failure> {
    if grant.is_empty() && withdraw.is_empty() {
        return Ok(());
    }
    let mut consent = engine.consent()?;
    for (purposes, granted) in [(grant, true), (withdraw, false)] {
        for purpose in purposes {
            consent.0.insert(purpose.purpose(), ConsentGiven { granted, text_rev: TEXT_REV });
        }
    }
    engine.set_consent(consent)?;
    // Signed by the next command if the key refuses now.
    let _ = engine.settle();
    Ok(())
}

/// Every purpose with true or false.
pub(super) fn as_json(consent: &Consent) -> Value {
    let given = |p: &PurposeArg| (words::purpose(p.purpose()).to_owned(), json!(consent.covers(p.purpose())));
    Value::Object(PurposeArg::value_variants().iter().map(given).collect())
}

/// `location, photo`, or `nothing`.
pub(super) fn in_words(consent: &Consent) -> String {
    let given: Vec<_> = MEANING.iter().filter(|(p, _)| consent.covers(*p)).map(|(p, _)| words::purpose(*p)).collect();
    if given.is_empty() { "nothing".to_owned() } else { given.join(", ") }
}
