//! `daka precheck`: what a punch here and now would be.

use crate::args::Precheck;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Done;
use crate::render::{PlaceJson, pairs};
use crate::words;
use serde_json::json;

pub(crate) fn run(home: &Home, args: &Precheck) -> Result<Done, Failure> {
    let fixes = args.fix.raw()?;
    let engine = home.open()?;
    let found = engine.precheck(&fixes)?;
    let help = found.place.what_would_help();
    let place = PlaceJson::of_evaluation(&found.place, found.site);
    let mut rows = vec![
        ("Next", words::asked(found.offer.code()).to_owned()),
        ("Time", words::time(found.word).to_owned()),
        ("Place", place.line()),
    ];
    rows.extend(place.why().map(|why| ("Why", why)));
    rows.extend(help.map(|h| ("Would help", words::help(h).to_owned())));
    let json = json!({
        "offer": found.offer.code(),
        "word": found.word.code(),
        "place": place,
        "would_help": help.map(daka_core::domain::place::Help::code),
    });
    Done::new(pairs(&rows), &json)
}
