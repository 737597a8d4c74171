//! `cargo xtask marks`: draws the pictures of docs/photo.md again, with the terminal as it is now.
//!
//! The scenes are drawn too, so that no photograph of anybody is in the repository; a person looks at the pictures before they are committed.

use std::process::Command;

use crate::failure::{Outcome, failed};
use crate::process;
use crate::setup;
use crate::workspace::Workspace;

const SCRIPT: &str = "tests/judges/photo_pictures.py";
const FOLDER: &str = "docs/photo";

/// The command.
pub(crate) fn run(ws: &Workspace) -> Outcome<()> {
    let python = setup::judges(ws)?;
    if !process::show(ws.cargo().args(["build", "--package", "daka"]))? {
        return failed("the terminal does not build; see above");
    }
    let mut draw = Command::new(python);
    draw.arg(ws.path(SCRIPT)).arg(ws.path(FOLDER)).env("DAKA_CLI", ws.program("dev", "daka"));
    draw.env("PYTHONDONTWRITEBYTECODE", "1");
    if process::show(&mut draw)? { Ok(()) } else { failed("the pictures are not drawn; see above") }
}
