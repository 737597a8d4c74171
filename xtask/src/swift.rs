//! The Swift toolchain that the tests use: a `swift` on PATH, or one in a Debian tree.
//!
//! Both build the same package with the same flags, in a build folder inside cargo's target folder. `swift` on PATH counts only
//! if it says that it is Swift 6 or newer: on Debian a program of that name is a client for object storage.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::failure::{AtPath, Outcome};
use crate::process;
use crate::setup::{self, SwiftTree};
use crate::workspace::Workspace;

/// Where `swift` runs.
#[derive(Debug)]
pub(crate) enum Swift {
    /// On this machine, at this path.
    Here(PathBuf),
    /// In a Debian tree.
    Tree(SwiftTree),
}

impl fmt::Display for Swift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(path) => write!(f, "{}", path.display()),
            Self::Tree(_) => write!(f, "in a Debian trixie tree in the cache (call it by `cargo xtask swift -- ARGS`)"),
        }
    }
}

impl Swift {
    /// The machine's own Swift 6 or newer.
    pub(crate) fn on_path() -> Option<Self> {
        let path = process::on_path("swift")?;
        let run = process::capture(Command::new(&path).arg("--version")).ok()?;
        (run.ok && major_version(&run.text)? >= 6).then_some(Self::Here(path))
    }

    /// `swift` in `folder`, which is inside the repository, with these variables.
    pub(crate) fn command(&self, ws: &Workspace, folder: &Path, variables: &[(&str, String)]) -> Command {
        match self {
            Self::Here(path) => {
                let mut command = Command::new(path);
                command.current_dir(folder).envs(variables.iter().map(|(name, value)| (name, value)));
                command
            }
            Self::Tree(tree) => tree.command("swift", folder, &[&ws.root, &ws.target], variables),
        }
    }
}

/// "Apple Swift version 6.1 (…)" and "Swift version 6.0.3 (…)": 6.
fn major_version(text: &str) -> Option<u32> {
    let (_, after) = text.split_once("Swift version ")?;
    after.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// What the linker has to be told to find the phone library of this profile, at build time and at run time.
pub(crate) fn linker_flags(ws: &Workspace, profile: &str) -> Vec<String> {
    let folder = ws.built(profile).display().to_string();
    let mut flags = vec![format!("-L{folder}"), "-ldaka_ffi".to_owned(), "-rpath".to_owned(), folder];
    if cfg!(target_os = "linux") {
        // Debian's libswiftObservation.so 6.0.3 refers to swift::threading::fatal, which no library gives.
        flags.push("--allow-shlib-undefined".to_owned());
    }
    flags.into_iter().flat_map(|flag| ["-Xlinker".to_owned(), flag]).collect()
}

/// `cargo xtask swift -- ARGS`, in the current folder.
pub(crate) fn passthrough(ws: &Workspace, arguments: &[String]) -> Outcome<ExitCode> {
    let swift = setup::swift(ws)?;
    let folder = std::env::current_dir().at("find", Path::new("the current folder"))?;
    let status = process::status(swift.command(ws, &folder, &[]).args(arguments))?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(ExitCode::from(code.unwrap_or(1)))
}

#[cfg(test)]
mod tests {
    use super::major_version;

    #[test]
    fn a_swift_tells_its_version_and_other_programs_do_not() {
        assert_eq!(major_version("Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64"), Some(6));
        assert_eq!(major_version("Apple Swift version 5.10 (swiftlang-5.10.0.13)"), Some(5));
        assert_eq!(major_version("python-swiftclient 4.2.0"), None);
    }
}
