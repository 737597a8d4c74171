//! `daka export`: the person's own copy of the evidence, made without the server.

use crate::args::Export;
use crate::failure::Failure;
use crate::files;
use crate::home::Home;
use crate::output::Done;
use crate::progress::Progress;
use crate::render::size;
use crate::times::{self, End};
use daka_core::app::ExportRange;
use serde_json::json;

pub(crate) fn run(home: &Home, args: &Export) -> Result<Done, Failure> {
    let from = args.from.as_deref().map(|t| times::parse("from", t, End::From)).transpose()?;
    let to = args.to.as_deref().map(|t| times::parse("to", t, End::To)).transpose()?;
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Failure::bad("from", "from must not be after to"));
    }
    let engine = home.open()?;
    let bundle = {
        let bar = Progress::new("collecting");
        engine.export(ExportRange { from, to }, &mut |done, total| bar.at(done, total))?
    };
    files::write(&args.out, &bundle)?;
    let bytes = bundle.len() as u64;
    let path = args.out.display();
    let text =
        format!("{path} ({}) is written. Anyone can check it:\n  daka verify {path} --trust ROOT.pem", size(bytes));
    Done::new(text, &json!({ "file": args.out.to_string_lossy(), "bytes": bytes }))
}
