//! `daka export`: the person's own copy of the evidence, made without the server.
//!
//! The file is written beside its name and then given it, so that a kill leaves the earlier file or the new one.

use crate::args::Export;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Done;
use crate::progress::Progress;
use crate::render::size;
use crate::times::{self, End};
use daka_core::app::ExportRange;
use serde_json::json;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

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
    write(&args.out, &bundle).map_err(|e| Failure::unwritable(&args.out, &e))?;
    let bytes = bundle.len() as u64;
    let path = args.out.display();
    let text =
        format!("{path} ({}) is written. Anyone can check it:\n  daka verify {path} --trust ROOT.pem", size(bytes));
    Done::new(text, &json!({ "file": args.out.to_string_lossy(), "bytes": bytes }))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A name like "x/.." has no file to write.
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".part");
    let part: PathBuf = path.with_file_name(name);
    let written = File::create(&part)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    written.inspect_err(|_| drop(fs::remove_file(&part)))
}
