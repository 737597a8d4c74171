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
    play(ws, &out.unwrap_or_else(|| ws.path("target/daka-demo")))
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
    use super::says_ok;

    #[test]
    fn only_a_report_that_is_whole_under_the_given_root_is_ok() {
        assert!(says_ok(r#"{"punches":[],"trust":"given","ok":true}"#));
        assert!(!says_ok(r#"{"punches":[],"trust":"not_given","ok":true}"#));
        assert!(!says_ok(r#"{"punches":[],"trust":"given","ok":false}"#));
        assert!(!says_ok(""));
    }
}
