//! `cargo xtask ios test`: the iOS app's own sources, compiled and tested.
//!
//! On a Mac the frameworks are Apple's. Elsewhere stand-ins take their names (`ios-shell/Standins`): screens evaluate to a tree
//! that tests read and tap, against the real library and a real server process; adapters are checked for their types in Swift 6
//! mode, and [`standins`] holds the declarations that they are checked against against Apple's own headers, as far as crates
//! carry them. Every source is parsed for an iPhone, too, so that what only an iPhone compiles is read at least. What this proves
//! and what it cannot is in docs/verified.md, and [`verified`] holds that page against the sources.

pub(crate) mod crates;
mod standins;
pub(crate) mod verified;

use std::fs;

use clap::Subcommand;

use crate::failure::{AtPath, Outcome, failed};
use crate::process::{self, Listen, ShowOn};
use crate::swift::{self, Swift};
use crate::test::counts::{self, Counts};
use crate::workspace::Workspace;

/// The app's package.
pub(crate) const PACKAGE: &str = "ios-shell/Package.swift";
const FOLDER: &str = "ios-shell";

/// What to do with the app.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Action {
    /// Build library and server, and run the app's tests with them
    Test {
        /// Run the tests whose names contain this
        filter: Option<String>,
    },
    /// Hold the stand-ins of Apple's frameworks against the crates that are generated from Apple's headers, parse every source for an
    /// iPhone, and hold docs/verified.md against the files
    Standins,
}

/// The command.
pub(crate) fn run(ws: &Workspace, action: &Action) -> Outcome<()> {
    let counts = match action {
        Action::Test { filter } => {
            let swift = crate::setup::swift(ws)?;
            let mut build = ws.cargo();
            build.args(["build", "--package", "daka-ffi", "--package", "daka-server"]);
            if !process::show(&mut build)? {
                return failed("library and server do not build; see above");
            }
            tests(ws, &swift, filter.as_deref())?
        }
        Action::Standins => {
            let mut counts = standins::check(ws)?;
            counts += parse(ws, &crate::setup::swift(ws)?)?;
            crate::check::none(&verified::check(ws)?)?;
            counts.passed += 1;
            counts
        }
    };
    println!("\n{} passed, {} failed, {} skipped", counts.passed, counts.failed, counts.skipped);
    if counts.failed == 0 { Ok(()) } else { failed("the iOS app's tests failed; see above") }
}

/// The part `ios` of all tests: library and server are built. Where the crates cannot be had, the stand-ins are not checked,
/// which counts as one skipped.
pub(crate) fn part(ws: &Workspace, swift: &Swift) -> Outcome<Counts> {
    let mut counts = tests(ws, swift, None)?;
    counts += parse(ws, swift)?;
    match standins::check(ws) {
        Ok(checked) => counts += checked,
        Err(crate::failure::Failure::Unavailable(why)) => {
            println!("ios: the stand-ins are not checked: {why}");
            counts.skipped += 1;
        }
        Err(failure) => return Err(failure),
    }
    Ok(counts)
}

/// Syntax alone, but of the branches that only an iPhone takes: there is no standard library for it outside Xcode.
fn parse(ws: &Workspace, swift: &Swift) -> Outcome<Counts> {
    let folder = ws.path(FOLDER);
    let sources: Vec<String> = verified::files(ws)?
        .into_iter()
        .filter(|file| file.ends_with(".swift") && verified::is_shipped(file))
        .collect();
    let mut parse = swift.command(ws, &folder, &[]);
    parse.args(["-frontend", "-parse", "-target", "arm64-apple-ios17.0"]).args(&sources);
    if !process::show(&mut parse)? {
        return failed("a source does not parse for an iPhone; see above");
    }
    println!("ios: {} sources parse for arm64-apple-ios17.0", sources.len());
    Ok(Counts::passed(1))
}

fn tests(ws: &Workspace, swift: &Swift, filter: Option<&str>) -> Outcome<Counts> {
    let build = ws.target.join("ios");
    fs::create_dir_all(&build).at("make", &build)?;
    let server = ws.program("dev", "daka-server").display().to_string();
    let mut variables = vec![("DAKA_SERVER", server)];
    if std::env::var_os("DAKA_RECORD").is_some() {
        // Writes the golden outlines anew instead of comparing them.
        variables.push(("DAKA_RECORD", "1".to_owned()));
    }
    let mut test = swift.command(ws, &ws.path(FOLDER), &variables);
    test.arg("test").arg("--scratch-path").arg(build).args(swift::linker_flags(ws, "dev"));
    if let Some(filter) = filter {
        test.args(["--filter", filter]);
    }
    let run = process::stream(&mut test, Listen::Both, ShowOn::Output)?;
    Ok(counts::swift(&run.text).with_exit(run.ok))
}
