//! zig as a C compiler for targets that have none here.
//!
//! It comes from PyPI as a wheel (`xtask/zig.txt` pins version and digests), brings clang, an archiver, the C headers of Darwin and musl, and
//! the list of what Apple's libSystem exports. The cc crate, which compiles the C of our dependencies, takes any program that behaves like
//! clang; a short script per target ([`SCRIPT`]) stands between them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{AtPath, Outcome, unavailable};
use crate::process;
use crate::setup::python;
use crate::workspace::Workspace;

const SCRIPT: &str = include_str!("zig-cc.sh");
const REQUIREMENTS: &str = "xtask/zig.txt";
/// zig finds these by itself for macOS only; iOS has the same C library.
const DARWIN_HEADERS: &str = "libc/include/any-darwin-any";

/// A zig that is there.
#[derive(Debug)]
pub(crate) struct Zig {
    pub(crate) program: PathBuf,
    /// The folder of headers and export lists.
    pub(super) lib: PathBuf,
    objects: PathBuf,
}

impl Zig {
    /// Installs it into the cache if it is not there yet (100 MB to fetch, 410 MB there).
    pub(crate) fn ready(ws: &Workspace) -> Outcome<Self> {
        let python = python::interpreter(ws, "zig", REQUIREMENTS)?;
        let ask = "import os, ziglang; print(os.path.dirname(ziglang.__file__))";
        let folder =
            process::capture(Command::new(&python).args(["-c", ask]))?.or_fail("zig's package does not load")?;
        let folder = PathBuf::from(folder.trim_end());
        let program = folder.join(format!("zig{}", std::env::consts::EXE_SUFFIX));
        let runs = process::capture(Command::new(&program).arg("version"))?;
        if !runs.ok {
            return unavailable(format!("{} does not run here: {}", program.display(), runs.text.trim()));
        }
        Ok(Self { program, lib: folder.join("lib"), objects: ws.cache.join("zig/objects") })
    }

    /// Lets cargo compile the C of `target` (rustc's name) for `zig_target` (zig's name).
    pub(super) fn compile_c(&self, ws: &Workspace, cargo: &mut Command, target: &str, zig_target: &str) -> Outcome<()> {
        let folder = ws.target.join("targets").join(format!("zig-{target}"));
        fs::create_dir_all(&folder).at("make", &folder)?;
        let headers = zig_target.contains("-ios").then(|| self.lib.join(DARWIN_HEADERS));
        let compiler = script(&self.program, zig_target, headers.as_deref(), &self.objects);
        let name = target.replace('-', "_");
        for (variable, tool, text) in [
            ("CC", "cc", compiler),
            ("AR", "ar", format!("#!/bin/sh\nexec {} ar \"$@\"\n", quoted(&self.program))),
            ("RANLIB", "ranlib", format!("#!/bin/sh\nexec {} ranlib \"$@\"\n", quoted(&self.program))),
        ] {
            let path = folder.join(tool);
            write_program(&path, &text)?;
            cargo.env(format!("{variable}_{name}"), path);
        }
        Ok(())
    }
}

/// The compiler's script with its places filled in.
fn script(zig: &Path, target: &str, headers: Option<&Path>, objects: &Path) -> String {
    let headers = headers.map(|folder| format!("-isystem {}", quoted(folder))).unwrap_or_default();
    SCRIPT
        .replace("@CACHE@", &quoted(objects))
        .replace("@ZIG@", &quoted(zig))
        .replace("@TARGET@", target)
        .replace("@HEADERS@", &headers)
}

/// A path as one word of a shell script.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

/// Unchanged files stay, so that cargo does not build anew; a changed one is put into place whole.
fn write_program(path: &Path, text: &str) -> Outcome<()> {
    if fs::read_to_string(path).is_ok_and(|there| there == text) {
        return Ok(());
    }
    let fresh = path.with_extension("new");
    fs::write(&fresh, text).at("write", &fresh)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755)).at("make executable", &fresh)?;
    }
    fs::rename(&fresh, path).at("write", path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_compiler_drops_apples_spelling_and_keeps_the_rest_in_order() {
        let folder = tempfile::tempdir().unwrap();
        // A folder with what a shell would take apart.
        let folder = folder.path().join("it's a folder");
        fs::create_dir(&folder).unwrap();
        let zig = folder.join("zig");
        write_program(&zig, "#!/bin/sh\nfor a; do echo \"$a\"; done\n").unwrap();
        let compiler = folder.join("cc");
        let text = script(&zig, "aarch64-ios.17.0", Some(Path::new("/h i")), &folder);
        write_program(&compiler, &text).unwrap();
        let mut call = Command::new(&compiler);
        call.args(["-O2", "--target=arm64-apple-ios17.0", "-arch", "arm64", "-isysroot", "/sdk", "-DA=\"b c\""]);
        call.args(["-mios-version-min=17.0", "-mios-simulator-version-min=17.0", "-mthumb", "-c", "x y.c"]);
        let run = process::capture(&mut call).unwrap();
        let expected = "cc\n-target\naarch64-ios.17.0\n-isystem\n/h i\n-O2\n-DA=\"b c\"\n-mthumb\n-c\nx y.c\n";
        assert!(run.ok, "{}", run.text);
        assert_eq!(run.text, expected);
    }

    #[test]
    fn the_package_is_pinned_by_digest() {
        let pins = include_str!("../../zig.txt");
        let lines = pins.lines().filter(|line| !line.starts_with('#'));
        let (versions, digests): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with("ziglang=="));
        assert_eq!(versions.len(), 1);
        for digest in &digests {
            let hex = digest.trim_end_matches('\\').trim().strip_prefix("--hash=sha256:").unwrap();
            assert!(hex.len() == 64 && hex.chars().all(|c| c.is_ascii_hexdigit()), "{digest}");
        }
        assert!(!digests.is_empty());
    }
}
