//! Where things are.
//!
//! Nothing is compiled in: the repository is found from cargo's own variable (or from the current folder upwards), the target
//! folder is what `cargo metadata` says (so `CARGO_TARGET_DIR` and configuration files are honoured), and the cache for big
//! tools is `DAKA_CACHE`, by default `$HOME/.cache/daka`. The cache is shared by all working copies on the machine, so whatever
//! is written there is written under a [`Lock`].

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::failure::{AtPath, Outcome, failed};
use crate::process;

/// The repository, its target folder and its programs.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
    /// Where big tools are kept between runs and working copies.
    pub(crate) cache: PathBuf,
    /// Names of all `[[bin]]` targets, for commands that exist once their program does.
    bins: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Workspace {
    /// Asks cargo; fails when called from outside the repository.
    pub(crate) fn load() -> Outcome<Self> {
        let root = find_root()?;
        let mut command = Command::new(cargo_program());
        command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(&root);
        let text = process::capture(&mut command)?.or_fail("cargo metadata failed; look at Cargo.toml")?;
        let metadata: Metadata = match serde_json::from_str(&text) {
            Ok(metadata) => metadata,
            Err(error) => return failed(format!("cargo metadata answered something unknown: {error}")),
        };
        let bins = metadata
            .packages
            .into_iter()
            .flat_map(|package| package.targets)
            .filter(|target| target.kind.iter().any(|kind| kind == "bin"))
            .map(|target| target.name)
            .collect();
        Ok(Self { root, target: metadata.target_directory, cache: cache_folder()?, bins })
    }

    /// A `cargo` that runs in the repository.
    pub(crate) fn cargo(&self) -> Command {
        let mut command = Command::new(cargo_program());
        command.current_dir(&self.root);
        command
    }

    /// Is there a program of this name in any package?
    pub(crate) fn has_bin(&self, name: &str) -> bool {
        self.bins.contains(name)
    }

    /// All programs whose name begins so, in alphabetical order.
    pub(crate) fn bins_with_prefix<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.bins.iter().map(String::as_str).filter(move |name| name.starts_with(prefix))
    }

    /// The folder where cargo puts what it builds with this profile.
    pub(crate) fn built(&self, profile: &str) -> PathBuf {
        self.target.join(if profile == "dev" { "debug" } else { profile })
    }

    /// The file name of a program with this profile.
    pub(crate) fn program(&self, profile: &str, name: &str) -> PathBuf {
        self.built(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// The phone library as a shared object, with this profile.
    pub(crate) fn library(&self, profile: &str) -> PathBuf {
        let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
        self.built(profile).join(format!("{prefix}daka_ffi{suffix}"))
    }

    /// A path inside the repository.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Reads a text file of the repository.
    pub(crate) fn read(&self, relative: &str) -> Outcome<String> {
        let path = self.path(relative);
        fs::read_to_string(&path).at("read", &path)
    }
}

/// The cargo that started us, so that a pinned toolchain stays pinned.
fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn find_root() -> Outcome<PathBuf> {
    let current = std::env::current_dir().at("find", Path::new("the current folder"))?;
    let start = std::env::var_os("CARGO_MANIFEST_DIR").map_or(current, PathBuf::from);
    match start.ancestors().find(|folder| folder.join("xtask/Cargo.toml").is_file() && folder.join("core").is_dir()) {
        Some(root) => Ok(root.to_path_buf()),
        None => failed("this is not inside the repository; change into it and call `cargo xtask` again"),
    }
}

fn cache_folder() -> Outcome<PathBuf> {
    if let Some(folder) = std::env::var_os("DAKA_CACHE").filter(|value| !value.is_empty()) {
        let folder = PathBuf::from(folder);
        return if folder.is_absolute() { Ok(folder) } else { failed("DAKA_CACHE must be an absolute path") };
    }
    match std::env::var_os("HOME").filter(|value| !value.is_empty()) {
        Some(home) => Ok(PathBuf::from(home).join(".cache/daka")),
        None => failed("neither DAKA_CACHE nor HOME is set; set DAKA_CACHE to a folder with 4 GB free"),
    }
}

/// An exclusive lock on a file of the cache, held until it is dropped or the process ends, whatever way it ends.
#[derive(Debug)]
pub(crate) struct Lock {
    file: File,
    path: PathBuf,
}

impl Lock {
    /// Waits for whoever holds it, and says so.
    pub(crate) fn take(folder: &Path, name: &str) -> Outcome<Self> {
        fs::create_dir_all(folder).at("make", folder)?;
        let path = folder.join(format!(".{name}.lock"));
        let file = File::options().create(true).truncate(false).read(true).write(true).open(&path).at("open", &path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                eprintln!("setup: another run is at work on {name}; waiting for it");
                file.lock().at("lock", &path)?;
            }
            Err(TryLockError::Error(error)) => return Err(error).at("lock", &path),
        }
        Ok(Self { file, path })
    }

    /// The (empty) lock file as a program's standard input: if we are killed and the program goes on, it keeps the lock until it
    /// ends, so that the next run does not begin in the same folder.
    pub(crate) fn as_input(&self) -> Outcome<Stdio> {
        self.file.try_clone().map(Stdio::from).at("share", &self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_outlives_us_keeps_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::take(folder.path(), "x").unwrap();
        let mut outliving = Command::new("sleep").arg("60").stdin(lock.as_input().unwrap()).spawn().unwrap();
        drop(lock);
        let again = File::options().write(true).open(folder.path().join(".x.lock")).unwrap();
        assert!(matches!(again.try_lock(), Err(TryLockError::WouldBlock)));
        outliving.kill().unwrap();
        outliving.wait().unwrap();
        assert!(again.try_lock().is_ok());
    }
}
