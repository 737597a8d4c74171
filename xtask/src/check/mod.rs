//! `cargo xtask check [--deny]`: the short loop before every commit.
//!
//! Cheap steps first; all of them run, so that one call shows everything there is to mend. What the compiler cannot hold is
//! held here by reading the sources: the layers of the core ([`layers`]), what the apps and the façade may be ([`shells`]), the rules of the FFI surface ([`exports`]), which
//! packages are in the tree ([`tree`]), what must not stand in any file ([`text`]), and the apps' sentences ([`texts`]).

mod exports;
mod layers;
mod shells;
pub(crate) mod source;
mod text;
mod tree;

use std::process::{Command, ExitCode};

use crate::failure::{Outcome, failed};
use crate::process;
use crate::texts;
use crate::workspace::Workspace;

/// A place and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// Relative to the repository.
    pub(crate) file: String,
    /// From 1.
    pub(crate) line: usize,
    /// A sentence.
    pub(crate) what: String,
}

/// No findings is good; otherwise a failure that lists them.
pub(crate) fn none(findings: &[Finding]) -> Outcome<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> =
        findings.iter().map(|found| format!("{}:{}: {}", found.file, found.line, found.what)).collect();
    failed(lines.join("\n"))
}

/// The command.
pub(crate) fn run(ws: &Workspace, deny: bool) -> Outcome<ExitCode> {
    let mut steps = Steps::default();
    let cargo = |arguments: &[&str]| {
        let shown = process::show(ws.cargo().args(arguments))?;
        if shown { Ok(()) } else { failed(format!("`cargo {}` failed; see above", arguments.join(" "))) }
    };
    steps.run("format", || cargo(&["fmt", "--all", "--check"]));
    steps.run("text", || none(&text::check(ws)?));
    steps.run("sentences", || none(&texts::check(ws)?));
    steps.run("layers", || none(&layers::check(ws)?));
    steps.run("shells", || none(&shells::check(ws)?));
    steps.run("exports", || none(&exports::check(ws)?));
    steps.run("tree", || tree::check(ws));
    match cargo_deny(ws, deny)? {
        Some(mut command) => steps.run("deny", || {
            if process::show(&mut command)? { Ok(()) } else { failed("cargo-deny refuses something; see above") }
        }),
        None => {
            println!("-- left out: cargo-deny is not installed; `cargo xtask check --deny` installs it (takes minutes)")
        }
    }
    steps.run("pure core", || cargo(&["check", "--package", "daka-core", "--no-default-features"]));
    steps.run("lints", || cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]));
    // Without the runner, whose generator would change the features of everything else.
    steps.run("unit tests", || cargo(&["test", "--quiet", "--workspace", "--exclude", "xtask", "--lib"]));
    steps.run("the runner's tests", || cargo(&["test", "--quiet", "--package", "xtask"]));
    Ok(steps.end())
}

/// Names of the steps that failed.
#[derive(Debug, Default)]
struct Steps {
    failed: Vec<&'static str>,
}

impl Steps {
    fn run(&mut self, name: &'static str, step: impl FnOnce() -> Outcome<()>) {
        println!("-- {name}");
        if let Err(failure) = step() {
            println!("{failure}");
            self.failed.push(name);
        }
    }

    fn end(self) -> ExitCode {
        if self.failed.is_empty() {
            println!("check: all is well");
            return ExitCode::SUCCESS;
        }
        println!("check: failed: {}", self.failed.join(", "));
        ExitCode::FAILURE
    }
}

/// cargo-deny from PATH or the cache; with `install` it is built into the cache when it is in neither. Advisories are left to
/// machines that can fetch their database.
fn cargo_deny(ws: &Workspace, install: bool) -> Outcome<Option<Command>> {
    let tools = ws.cache.join("tools");
    let cached = tools.join("bin").join(format!("cargo-deny{}", std::env::consts::EXE_SUFFIX));
    let mut found = process::on_path("cargo-deny").or_else(|| cached.is_file().then(|| cached.clone()));
    if found.is_none() && install {
        let mut build = ws.cargo();
        build.args(["install", "cargo-deny", "--locked", "--root"]).arg(&tools);
        if !process::show(&mut build)? {
            return failed("cargo-deny cannot be installed; see above");
        }
        found = Some(cached);
    }
    Ok(found.map(|program| {
        let mut command = Command::new(program);
        command.args(["--all-features", "check", "licenses", "bans", "sources"]).current_dir(&ws.root);
        command
    }))
}
