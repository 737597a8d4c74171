//! Marking a photograph, against turbojpeg, Pillow, ImageMagick and the `image` crate: `tests/rivals/photo.py`.
//!
//! The photographs are those of `DAKA_PHOTOS`, a folder with three JPEG files or more; without it those of Debian's package
//! mate-backgrounds, which is fetched by apt and unpacked in the cache, not installed.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{AtPath, Outcome, failed, unavailable};
use crate::process::{self, Listen, Run, ShowOn};
use crate::setup;
use crate::workspace::{Lock, Workspace};

const SCRIPT: &str = "tests/rivals/photo.py";
const PACKAGE: &str = "mate-backgrounds";
/// One of 18 megapixels and two small ones, which the script lays beside their mirror images.
const PICTURES: [&str; 3] = ["abstract/Elephants_5640x3172.jpg", "nature/RainDrops.jpg", "nature/TwoWings.jpg"];

/// Ours and the rival that is written in Rust.
pub(super) fn build(ws: &Workspace) -> Outcome<()> {
    let mut build = ws.cargo();
    build.args(["build", "--release", "--package", "daka-jpeg", "--example", "photo", "--example", "image_crate"]);
    if process::show(&mut build)? { Ok(()) } else { failed("the benchmark does not build; see above") }
}

pub(super) fn run(ws: &Workspace) -> Outcome<Run> {
    let python = setup::judges(ws)?;
    let program =
        |name: &str| ws.built("release").join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut command = Command::new(python);
    command.arg(SCRIPT).arg(program("photo")).arg(program("image_crate")).arg(photographs(ws)?).current_dir(&ws.root);
    command.env("PYTHONUNBUFFERED", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    process::stream(&mut command, Listen::Output, ShowOn::Error)
}

fn photographs(ws: &Workspace) -> Outcome<PathBuf> {
    if let Some(folder) = std::env::var_os("DAKA_PHOTOS").filter(|value| !value.is_empty()) {
        return Ok(PathBuf::from(folder));
    }
    let folder = ws.cache.join("photographs");
    let _lock = Lock::take(&folder, "photographs")?;
    let pictures = folder.join("pictures");
    if pictures.is_dir() {
        return Ok(pictures);
    }
    let hint = "set DAKA_PHOTOS to a folder with three photographs";
    for (program, arguments) in
        [("apt-get", ["download", PACKAGE]), ("sh", ["-c", "dpkg-deb -x mate-backgrounds_*.deb ."])]
    {
        let run = process::capture(Command::new(program).args(arguments).current_dir(&folder))?;
        if !run.ok {
            return unavailable(format!("{PACKAGE} cannot be had ({}); {hint}", process::last_lines(&run.text, 3)));
        }
    }
    // Under another name until it is whole.
    let torn = folder.join("torn");
    fs::create_dir_all(&torn).at("make", &torn)?;
    for picture in PICTURES {
        let from = folder.join("usr/share/backgrounds/mate").join(picture);
        let name = from.file_name().map_or_else(|| picture.into(), PathBuf::from);
        fs::copy(&from, torn.join(name)).at("copy", &from)?;
    }
    fs::rename(&torn, &pictures).at("name", &pictures)?;
    Ok(pictures)
}
