//! `cargo xtask font [--check]`: the marks' font, out of Debian's package of Noto Sans CJK.
//!
//! The package is fetched by apt and unpacked in the cache, not installed. The asset is committed, because neither a build nor a phone fetches
//! anything; this command says how it was made, and `--check` that it was made so.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{AtPath, Outcome, failed, unavailable};
use crate::process;
use crate::setup::python;
use crate::workspace::{Lock, Workspace};

const FOLDER: &str = "core/font";
const ASSET: &str = "core/font/DakaMark.otf";
const PACKAGE: &str = "fonts-noto-cjk";
/// The file inside the package, with all faces.
const COLLECTION: &str = "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";

/// The command.
pub(crate) fn run(ws: &Workspace, check: bool) -> Outcome<()> {
    let interpreter = python::interpreter(ws, "font", "core/font/requirements.txt")?;
    let made = ws.cache.join("font/DakaMark.otf");
    let mut subset = Command::new(interpreter);
    subset.arg(ws.path("core/font/subset.py")).arg(collection(ws)?);
    subset.arg(ws.path(FOLDER).join("hong_kong.txt")).arg(&made).env("PYTHONDONTWRITEBYTECODE", "1");
    if !process::show(&mut subset)? {
        return failed("the font is not made; see above");
    }
    let asset = ws.path(ASSET);
    if !check {
        fs::copy(&made, &asset).at("write", &asset)?;
        println!("{ASSET} is written; its SHA-256 stands in core/font/README.md");
        return Ok(());
    }
    if fs::read(&made).at("read", &made)? == fs::read(&asset).at("read", &asset)? {
        println!("{ASSET} is what `cargo xtask font` makes");
        return Ok(());
    }
    failed(format!("{ASSET} is not what `cargo xtask font` makes; run it and look at what changed"))
}

fn collection(ws: &Workspace) -> Outcome<PathBuf> {
    let folder = ws.cache.join("font");
    let _lock = Lock::take(&folder, "font")?;
    let collection = folder.join("package").join(COLLECTION);
    if collection.is_file() {
        return Ok(collection);
    }
    // Unpacked under another name until it is whole.
    let steps: [(&str, &[&str]); 2] = [
        ("apt-get", &["download", PACKAGE]),
        ("sh", &["-c", "rm -rf torn && dpkg-deb -x fonts-noto-cjk_*.deb torn && mv torn package"]),
    ];
    for (program, arguments) in steps {
        let run = process::capture(Command::new(program).args(arguments).current_dir(&folder))?;
        if !run.ok {
            let said = process::last_lines(&run.text, 3);
            return unavailable(format!("{PACKAGE} cannot be had ({said}); this needs Debian's apt"));
        }
    }
    Ok(collection)
}
