//! `cargo xtask fuzz [--minutes N] [--seed N]`: the photo splice against broken pictures.
//!
//! The program is the example `fuzz` of `daka-jpeg`; it is built as the tests are, with checks of every sum, and says itself what it found.

use std::fs;
use std::process::Command;

use crate::failure::{AtPath, Outcome, failed};
use crate::process;
use crate::workspace::Workspace;

/// The pictures that are changed.
const FILES: &str = "core/jpeg/tests/files";

/// The command.
pub(crate) fn run(ws: &Workspace, minutes: u64, seed: u64) -> Outcome<()> {
    if !process::show(ws.cargo().args(["build", "--package", "daka-jpeg", "--example", "fuzz"]))? {
        return failed("the fuzzing does not build; see above");
    }
    let folder = ws.path(FILES);
    let mut files = Vec::new();
    for entry in fs::read_dir(&folder).at("read", &folder)? {
        files.push(entry.at("read", &folder)?.path());
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jpg"));
    // The same seed means the same changes only if the files come in the same order.
    files.sort();
    let mut fuzz = Command::new(ws.built("dev").join("examples").join(format!("fuzz{}", std::env::consts::EXE_SUFFIX)));
    fuzz.arg((60 * minutes).to_string()).arg(seed.to_string()).args(files);
    if process::show(&mut fuzz)? { Ok(()) } else { failed("a promise of the splice is broken; see above") }
}
