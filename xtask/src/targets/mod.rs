//! `cargo xtask targets [--only ios|android|arm] [--json]`: the core for the processors and systems of phones, on a machine that is none.
//!
//! | part | what is done |
//! |---|---|
//! | `ios` | real static libraries for the phone and its simulator, each linked against what Apple's libraries export, and an XCFramework of both |
//! | `android` | the types of the library; with `ANDROID_NDK_HOME` the libraries themselves, laid where the APK takes them from |
//! | `arm` | the core's tests on 32-bit ARM under qemu |
//!
//! What C there is (ring's assembly, SQLite) is compiled by [`zig`], which needs no SDK. Each step is a row of the [`report`]: built, run,
//! only checked, failed, or left out and why. Nothing is left out in silence. Every part is tried, whatever the others did; the exit code is
//! 1 if something failed, else 3 if something was left out.
//!
//! Killed in between: cargo's folders are cargo's business; the XCFramework and the Android libraries are put into place by a rename, as the
//! last step, so that an old whole one or a new whole one is there.

mod android;
mod apple;
mod archive;
mod arm;
pub(crate) mod elf;
mod frameworks;
mod libsystem;
mod link;
mod ndk;
mod report;
mod rust_std;
mod xcframework;
mod zig;

use std::process::{Command, ExitCode};
use std::time::Instant;

use clap::ValueEnum;

pub(crate) use self::arm::Emulator;
use self::report::{Done, Report, Row};
pub(crate) use self::zig::Zig;
use crate::failure::{Failure, Outcome};
use crate::process::{self, Listen, Run, ShowOn};
use crate::workspace::Workspace;

/// A part of the command. The order here is the order of the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// Static libraries, link check and XCFramework for iOS and its simulator
    Ios,
    /// Types of the library for Android; with ANDROID_NDK_HOME the libraries
    Android,
    /// The core's tests on 32-bit ARM under qemu
    Arm,
}

/// What the parts share: where things are, where they speak, and what they have done so far.
struct Session<'a> {
    ws: &'a Workspace,
    json: bool,
    report: Report,
}

impl Session<'_> {
    /// One step, timed; its row is added to the report. Gives what the step made, unless it failed or was left out.
    fn step<T>(&mut self, target: &str, what: &str, step: impl FnOnce(&Self) -> Outcome<(Done, T)>) -> Option<T> {
        self.say(&format!("\n== {target}: {what}"));
        let start = Instant::now();
        let (done, made) = match step(self) {
            Ok((done, made)) => (done, Some(made)),
            Err(failure) => (Done::from(failure), None),
        };
        let row =
            Row { target: target.to_owned(), what: what.to_owned(), done, seconds: start.elapsed().as_secs_f64() };
        self.say(&format!("== {}", row.summary()));
        self.report.add(row);
        made
    }

    /// A step that cannot be begun, and why.
    fn leave_out(&mut self, target: &str, what: &str, why: &str) {
        let done = Done::LeftOut(why.to_owned());
        self.report.add(Row { target: target.to_owned(), what: what.to_owned(), done, seconds: 0.0 });
    }

    /// Steps that cannot be begun for one common reason.
    fn not_begun(&mut self, steps: &[(&str, &str)], failure: &Failure) {
        for (target, what) in steps {
            let (target, what, done) = ((*target).to_owned(), (*what).to_owned(), Done::from(failure.clone()));
            self.report.add(Row { target, what, done, seconds: 0.0 });
        }
    }

    fn say(&self, line: &str) {
        if self.json { eprintln!("{line}") } else { println!("{line}") }
    }

    /// Runs a program, shows what it prints and keeps its standard output.
    fn stream(&self, command: &mut Command) -> Outcome<Run> {
        process::stream(command, Listen::Output, if self.json { ShowOn::Error } else { ShowOn::Output })
    }
}

/// The command.
pub(crate) fn run(ws: &Workspace, only: &[Part], json: bool) -> Outcome<ExitCode> {
    let mut session = Session { ws, json, report: Report::default() };
    for part in Part::value_variants().iter().filter(|part| only.is_empty() || only.contains(part)) {
        match part {
            Part::Ios => apple::run(&mut session),
            Part::Android => android::run(&mut session),
            Part::Arm => arm::run(&mut session),
        }
    }
    let report = session.report;
    print!("{}", if json { report.json() } else { format!("\n{}", report.text()) });
    Ok(report.exit_code())
}
