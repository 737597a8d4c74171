//! A Python with what a requirements file asks for: the judges' libraries, or zig.
//!
//! Its folder is named after the requirements and the Python version, so that two working copies with different requirements
//! do not pull the environment from under each other. The stamp holds both in full and is written last.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{AtPath, Outcome, unavailable};
use crate::process;
use crate::setup::apt;
use crate::workspace::{Lock, Workspace};

/// The environment's interpreter, made below the cache's folder `name` if it is not there yet. `file` is the requirements file.
pub(crate) fn interpreter(ws: &Workspace, name: &str, file: &str) -> Outcome<PathBuf> {
    let requirements = ws.read(file)?;
    let python = system()?;
    let stamp = format!("{}\n{requirements}", version(&python)?);
    let folder = ws.cache.join(name);
    let environment = folder.join(folder_name(&stamp));
    let interpreter = environment.join("bin/python");
    if is_made(&environment, &stamp) {
        return Ok(interpreter);
    }
    let _lock = Lock::take(&folder, name)?;
    if is_made(&environment, &stamp) {
        return Ok(interpreter);
    }
    if environment.exists() {
        fs::remove_dir_all(&environment).at("remove the torn", &environment)?;
    }
    eprintln!("setup: making a Python from {file}");
    make_environment(ws, &python, &environment)?;
    let mut pip = Command::new(&interpreter);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    let run = process::capture(pip.arg(ws.path(file)))?;
    if !run.ok {
        let said = process::last_lines(&run.text, 5);
        return unavailable(format!("pip cannot install {file}: {said}"));
    }
    let stamp_file = environment.join(STAMP);
    fs::write(&stamp_file, stamp).at("write", &stamp_file)?;
    Ok(interpreter)
}

const STAMP: &str = ".daka-ready";

fn is_made(environment: &Path, stamp: &str) -> bool {
    fs::read_to_string(environment.join(STAMP)).is_ok_and(|found| found == stamp)
}

/// A name that changes with the stamp; that it could collide does not matter, since the stamp itself is compared.
fn folder_name(stamp: &str) -> String {
    let mut hasher = DefaultHasher::new();
    stamp.hash(&mut hasher);
    format!("venv-{:016x}", hasher.finish())
}

/// The machine's own Python 3.
pub(crate) fn system() -> Outcome<PathBuf> {
    match process::on_path("python3").or_else(|| process::on_path("python")) {
        Some(python) => Ok(python),
        None => unavailable(
            "there is no python3 on PATH; install Python 3.11 or newer (Debian: apt-get install python3-venv)",
        ),
    }
}

fn version(python: &Path) -> Outcome<String> {
    let run = process::capture(Command::new(python).arg("--version"))?;
    if run.ok && run.text.starts_with("Python 3.") {
        Ok(run.text.trim().to_owned())
    } else {
        unavailable(format!("{} is not a Python 3: {}", python.display(), run.text.trim()))
    }
}

/// Debian ships Python without what `venv` needs; as root we can add it.
fn make_environment(ws: &Workspace, python: &Path, environment: &Path) -> Outcome<()> {
    let make = || process::capture(Command::new(python).args(["-m", "venv"]).arg(environment));
    let mut run = make()?;
    if !run.ok && run.text.contains("ensurepip is not") {
        apt::install(&ws.cache, "python3-venv", "Python's venv module is missing")?;
        run = make()?;
    }
    if run.ok {
        return Ok(());
    }
    unavailable(format!("`python3 -m venv` failed: {}", process::last_lines(&run.text, 5)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_requirements_get_another_folder() {
        assert_eq!(folder_name("Python 3.11.2\ncbor2"), folder_name("Python 3.11.2\ncbor2"));
        assert_ne!(folder_name("Python 3.11.2\ncbor2"), folder_name("Python 3.11.2\ncbor2 "));
    }

    #[test]
    fn an_environment_without_its_stamp_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!is_made(folder.path(), "one"));
        fs::write(folder.path().join(STAMP), "one").unwrap();
        assert!(is_made(folder.path(), "one"));
        assert!(!is_made(folder.path(), "two"));
    }
}
