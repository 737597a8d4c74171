//! `cargo xtask demo [--out DIR]`: from tap to receipt on this machine, with nothing but Rust and a C compiler.
//!
//! The runner only builds the programs and starts `daka-demo` (package `daka-tests`) with the paths of the server and the
//! terminal client; the story itself is told there. The folder it fills is the same with every target folder, because people
//! look for it where the README says.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Outcome, failed};
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

/// Verifies the bundle in `out` with the terminal client.
pub(crate) fn verify(ws: &Workspace, out: &Path) -> Outcome<()> {
    let mut verify = Command::new(ws.program("dev", "daka"));
    verify.arg("verify").arg(out.join("bundle.daka")).arg("--trust").arg(out.join("root.pem")).arg("--json");
    process::capture(&mut verify)?.or_fail("`daka verify` refuses the demo's bundle:").map(drop)
}
