//! `cargo xtask test [--only PART…]`: every test there is, in one run.
//!
//! Rust is built once, for all parts; meanwhile the judges' Python and the Swift tree are set up. Then the parts run one after
//! the other, each to its end, whatever the others did. Which parts there are follows from what is in the repository, so a part
//! appears together with its folder and cannot be forgotten here.
//!
//! The last line is `N passed, N failed, N skipped`. A part that cannot run on this machine is left out with the reason and
//! counts as one skipped; where `CI` is set it counts as one failed, because nobody reads the reasons there. The exit code is 0
//! only if nothing failed.

pub(crate) mod counts;
pub(crate) mod parts;
mod report;

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use clap::ValueEnum;

pub(crate) use self::counts::Counts;
use self::parts::Tools;
use self::report::{Report, Row, Verdict};
use crate::failure::{Failure, Outcome, failed};
use crate::workspace::Workspace;
use crate::{demo, generate, ios, process, setup};

/// A part of the tests. The order here is the order of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// cargo test, the task runner's own included
    Rust,
    /// Stand-alone judges in tests/judges
    Python,
    /// bindings/kotlin on this machine's JVM
    Kotlin,
    /// bindings/swift
    Swift,
    /// ios-shell: the app's screens and adapters
    Ios,
    /// android-shell under Robolectric
    Android,
    /// The phone library's size against tests/budget.json
    Size,
    /// Committed bindings against fresh ones
    Generated,
    /// The demo, and the verification of its bundle
    Demo,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
            Self::Ios => "ios",
            Self::Android => "android",
            Self::Size => "size",
            Self::Generated => "generated",
            Self::Demo => "demo",
        }
    }

    /// Does the repository have what this part tests?
    fn exists(self, ws: &Workspace) -> Outcome<bool> {
        let has = |path: &str| ws.path(path).exists();
        Ok(match self {
            Self::Rust | Self::Size => true,
            Self::Python => has(parts::VECTORS) || has(parts::SUITE),
            Self::Kotlin => has("bindings/kotlin/pom.xml"),
            Self::Swift => has("bindings/swift/Package.swift"),
            Self::Ios => has(ios::PACKAGE),
            Self::Android => has("android-shell/settings.gradle.kts"),
            Self::Generated => generate::owned_folders(ws)?.iter().any(|folder| has(folder)),
            Self::Demo => ws.has_bin(demo::PROGRAM),
        })
    }

    /// Does it need the programs and the library of the common build?
    fn needs_build(self) -> bool {
        self != Self::Size
    }
}

/// The command.
pub(crate) fn run(ws: &Workspace, only: &[Part]) -> Outcome<ExitCode> {
    let parts = choose(ws, only)?;
    let wants = |part: Part| parts.contains(&part);
    let mut report = Report::default();
    let (built, tools) = thread::scope(|scope| {
        let python =
            [Part::Rust, Part::Python, Part::Demo].into_iter().any(wants).then(|| scope.spawn(|| setup::judges(ws)));
        let swift = [Part::Swift, Part::Ios].into_iter().any(wants).then(|| scope.spawn(|| setup::swift(ws)));
        let built = !parts.iter().any(|part| part.needs_build()) || report.add(timed("build", || build(ws)));
        println!("== set-up: waiting for what is not ready yet");
        (built, Tools { python: joined(python), swift: joined(swift) })
    });
    for part in parts {
        let row = if part.needs_build() && !built {
            Row::left_out(part.name(), "the build failed")
        } else {
            timed(part.name(), || parts::run(ws, part, &tools))
        };
        report.add(row);
    }
    let in_ci = std::env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"));
    print!("\n{}", report.text(in_ci));
    Ok(if report.total(in_ci).failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn choose(ws: &Workspace, only: &[Part]) -> Outcome<Vec<Part>> {
    let mut chosen = Vec::new();
    for &part in Part::value_variants() {
        let exists = part.exists(ws)?;
        if only.contains(&part) && !exists {
            return failed(format!("the repository has nothing for the part {} yet", part.name()));
        }
        if exists && (only.is_empty() || only.contains(&part)) {
            chosen.push(part);
        }
    }
    Ok(chosen)
}

/// The one build: everything except the runner itself, which would bring uniffi's generator into the phone library.
/// `--all-targets` makes the features the same as those of `cargo test`, so that nothing is built a second time.
fn build(ws: &Workspace) -> Outcome<Counts> {
    let mut build = ws.cargo();
    build.args(["build", "--workspace", "--exclude", "xtask", "--all-targets"]);
    if process::show(&mut build)? { Ok(Counts::default()) } else { failed("the workspace does not build; see above") }
}

/// Nobody asked for it, or the set-up's answer. A thread that panicked is a bug of the runner and said so.
fn joined<T>(thread: Option<thread::ScopedJoinHandle<'_, Outcome<T>>>) -> Outcome<T> {
    match thread.map(thread::ScopedJoinHandle::join) {
        Some(Ok(outcome)) => outcome,
        Some(Err(_)) => failed("the set-up broke off; see above"),
        None => failed("not set up, because nobody asked for it"),
    }
}

fn timed(name: &'static str, part: impl FnOnce() -> Outcome<Counts>) -> Row {
    println!("\n== {name}");
    let start = Instant::now();
    let verdict = match part() {
        Ok(counts) => Verdict::Ran(counts),
        Err(Failure::Unavailable(why)) => Verdict::LeftOut(why),
        Err(Failure::Failed(why)) => {
            println!("{name}: {why}");
            Verdict::Ran(Counts { failed: 1, ..Counts::default() })
        }
    };
    let row = Row { name, verdict, seconds: start.elapsed().as_secs_f64() };
    println!("== {}", row.summary());
    row
}
