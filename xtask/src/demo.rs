//! `cargo xtask demo [--out DIR]`: from tap to receipt on this machine, with nothing but Rust and a C compiler.
//!
//! The runner only builds the programs and starts `daka-demo` (package `daka-tests`) with the paths of the server and the
//! terminal client; the story itself is told there. The folder it fills is the same with every target folder, because people
//! look for it where the README says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{AtPath, Outcome, failed};
use crate::process;
use crate::workspace::Workspace;

/// The program that plays the demo.
pub(crate) const PROGRAM: &str = "daka-demo";

/// What an employee would hold, and how to open it: the demo itself plays the core without them.
const APPS: &str = "\
The apps on the same core:
  android-shell           Android: open the folder in Android Studio, or here:
                          `cargo xtask screens` draws every screen, `cargo xtask android apk` makes the package,
                          `cargo xtask android test` plays this story by taps against a real server.
  ios-shell/Daka.xcodeproj  iOS: `cargo xtask targets` makes the framework that it links, then open it in Xcode; or here:
                          `cargo xtask ios test` plays the story by taps.";

/// The command: builds, plays and leaves the folder.
pub(crate) fn run(ws: &Workspace, out: Option<PathBuf>) -> Outcome<()> {
    if !ws.has_bin(PROGRAM) {
        return failed("this version has no demo: package daka-tests has no program daka-demo");
    }
    let mut build = ws.cargo();
    build.args(["build", "--package", "daka", "--package", "daka-server", "--package", "daka-tests"]);
    build.args(["--bin", "daka", "--bin", "daka-server", "--bin", PROGRAM]);
    if !process::show(&mut build)? {
        return failed("the demo's programs do not build; see above");
    }
    play(ws, &out.unwrap_or_else(|| ws.path("target/daka-demo")))?;
    println!("\n{APPS}");
    Ok(())
}

/// Plays the demo with programs that are built already.
pub(crate) fn play(ws: &Workspace, out: &Path) -> Outcome<()> {
    let mut demo = Command::new(ws.program("dev", PROGRAM));
    demo.arg("--out").arg(out);
    demo.arg("--server").arg(ws.program("dev", "daka-server"));
    demo.arg("--cli").arg(ws.program("dev", "daka"));
    if process::show(&mut demo)? { Ok(()) } else { failed("the demo stopped; its last line says where") }
}

/// Verifies the bundle in `out` with the terminal client, which must say that it is whole; and a copy with one byte changed,
/// which it must refuse. Gives the number of things that held.
pub(crate) fn verify(ws: &Workspace, out: &Path) -> Outcome<u64> {
    let bundle = out.join("bundle.daka");
    let verify = |file: &Path| {
        let mut verify = Command::new(ws.program("dev", "daka"));
        verify.arg("verify").arg(file).arg("--trust").arg(out.join("root.pem")).arg("--json");
        process::capture(&mut verify)
    };
    let said = verify(&bundle)?.or_fail("`daka verify` refuses the demo's bundle:")?;
    if !says_ok(&said) {
        return failed(format!("`daka verify` ended well without saying that the demo's bundle is whole:\n{said}"));
    }
    let mut bytes = fs::read(&bundle).at("read", &bundle)?;
    let middle = bytes.len() / 2;
    let Some(byte) = bytes.get_mut(middle) else { return failed("the demo's bundle is empty") };
    *byte ^= 1;
    let changed = out.join("bundle-changed.daka");
    fs::write(&changed, &bytes).at("write", &changed)?;
    let run = verify(&changed)?;
    if run.ok || says_ok(&run.text) {
        return failed(format!("`daka verify` accepts the demo's bundle with byte {middle} changed"));
    }
    Ok(2)
}

/// Is it the verifier's JSON, with the root given and everything whole?
fn says_ok(said: &str) -> bool {
    let report: serde_json::Value = serde_json::from_str(said).unwrap_or_default();
    report["ok"] == true && report["trust"] == "given"
}

#[cfg(test)]
mod tests {
    use super::{APPS, says_ok};
    use crate::workspace::Workspace;
    use clap::CommandFactory as _;

    #[test]
    fn the_apps_are_where_the_demo_says_and_its_commands_are_there() {
        let ws = Workspace::load().unwrap();
        let mut commands = 0;
        for word in APPS.split('`').skip(1).step_by(2) {
            let words = word.strip_prefix("cargo ").unwrap().split(' ');
            let parsed = crate::Arguments::command().try_get_matches_from(words);
            assert!(parsed.is_ok(), "`{word}` is no command of the runner");
            commands += 1;
        }
        assert_eq!(commands, 5);
        for place in ["android-shell", "ios-shell/Daka.xcodeproj"] {
            assert!(APPS.contains(place) && ws.path(place).exists(), "{place}");
        }
    }

    #[test]
    fn only_a_report_that_is_whole_under_the_given_root_is_ok() {
        assert!(says_ok(r#"{"punches":[],"trust":"given","ok":true}"#));
        assert!(!says_ok(r#"{"punches":[],"trust":"not_given","ok":true}"#));
        assert!(!says_ok(r#"{"punches":[],"trust":"given","ok":false}"#));
        assert!(!says_ok(""));
    }
}
