//! `cargo xtask photos FOLDER`: photographs as cameras wrote them, before libjpeg and exiftool.
//!
//! For every JPEG file below FOLDER: it is marked in both ways and given back, nothing outside the mark changed, libjpeg has nothing more to
//! say than about the camera's own file, and EXIF reads as exiftool reads it. What is refused is listed with its reason; a refusal of what
//! libjpeg reads without a warning is a failure. Collections of photographs do not belong into the repository; CONTRIBUTING.md names two.

use std::path::Path;
use std::process::Command;

use crate::failure::{Outcome, failed};
use crate::process;
use crate::setup;
use crate::workspace::Workspace;

const SCRIPT: &str = "tests/judges/photo_cameras.py";

/// The command.
pub(crate) fn run(ws: &Workspace, folder: &Path) -> Outcome<()> {
    let python = setup::judges(ws)?;
    if !process::show(ws.cargo().args(["build", "--release", "--package", "daka-jpeg", "--example", "photo"]))? {
        return failed("the photo judge's program does not build; see above");
    }
    let program = ws.built("release").join("examples").join(format!("photo{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(python);
    command.arg(ws.path(SCRIPT)).arg(program).arg(folder);
    command.env("PYTHONUNBUFFERED", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    if process::show(&mut command)? { Ok(()) } else { failed("a photograph is not marked as it has to be; see above") }
}
