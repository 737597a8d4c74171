//! The task runner: `cargo xtask COMMAND`.
//!
//! One command is one module; each says what it promises. What they share:
//!
//! - `workspace` knows where things are: the repository, cargo's target folder, the cache for big tools.
//! - `process` runs other programs, shows what they print as they print it, and keeps a copy where it has to be read.
//! - `failure` is the one error: something failed (exit code 1), or cannot be had on this machine (exit code 3).
//!
//! The runner is the outside world: it may print, read the environment and read the clock. Nothing of it goes into a product.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a task runner talks to the terminal")]
#![allow(clippy::disallowed_methods, reason = "a task runner reads the environment and the clock; it is in no product")]

mod android;
mod bench;
mod check;
mod demo;
mod failure;
mod font;
mod fuzz;
mod generate;
mod ios;
mod licences;
mod marks;
mod photos;
mod process;
mod setup;
mod size;
mod swift;
mod targets;
mod test;
mod texts;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Outcome;
use crate::workspace::Workspace;

/// Build, generate, check, and set up what a command needs.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The short loop: format, lints, layers, dependencies, text, unit tests
    Check {
        /// Install cargo-deny into the cache first, if it is not there (takes minutes)
        #[arg(long)]
        deny: bool,
    },
    /// Every test there is: Rust, Python judges, Kotlin, Swift, the library's size, generated code, the demo
    Test {
        /// Run these parts only (and build first)
        #[arg(long, value_enum, num_args = 1.., value_name = "PART")]
        only: Vec<test::Part>,
    },
    /// From tap to receipt on this machine: server, phone, photograph, proof
    Demo {
        /// The folder for bundle, root, photograph and report [default: target/daka-demo]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Write the Kotlin and Swift bindings from the built library, and the apps' texts from texts/
    Generate {
        /// Compare with what is committed instead of writing
        #[arg(long)]
        check: bool,
        /// The texts alone, without building the library
        #[arg(long)]
        texts: bool,
    },
    /// Run the benchmarks and print each figure with its peer and limit
    Bench {
        /// Figures, or the benchmarks whose name they begin with; all if none is given
        names: Vec<String>,
        /// One JSON object per figure and line
        #[arg(long)]
        json: bool,
    },
    /// Make the marks' font out of Debian's Noto Sans CJK
    Font {
        /// Compare with what is committed instead of writing
        #[arg(long)]
        check: bool,
    },
    /// Draw the pictures of docs/photo.md again
    Marks,
    /// Change pictures in thousands of ways and hold the photo splice to its promises
    Fuzz {
        /// How long
        #[arg(long, default_value_t = 10)]
        minutes: u64,
        /// Another number gives other changes; the same one the same
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Mark every photograph of a folder and hold the results against libjpeg and exiftool
    Photos {
        /// A folder with JPEG files, searched through
        folder: PathBuf,
    },
    /// Set up what the tests need beyond Rust; exit code 3 and the reason when it cannot be had
    Setup {
        /// What to set up
        #[arg(value_enum, default_value = "all")]
        what: setup::What,
    },
    /// Build the phone library as it ships and hold its size against tests/budget.json
    Size {
        /// Write the measured size into tests/budget.json
        #[arg(long)]
        record: bool,
    },
    /// The iOS app on this machine: its tests, and its stand-ins of Apple's frameworks
    Ios {
        #[command(subcommand)]
        action: ios::Action,
    },
    /// The Android app: compile, test, pack, look through; no Gradle or SDK is needed
    Android {
        #[command(subcommand)]
        task: android::Task,
    },
    /// Draw every screen of the Android app in three languages, light and dark, at 100 % and 200 % text
    Screens {
        /// These screens only, by the names that their pictures begin with
        #[arg(long, num_args = 1.., value_name = "SCREEN", conflicts_with = "docs")]
        only: Vec<String>,
        /// The folder for the pictures and the page [default: target/screens]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Put the dozen small ones that the README shows into docs/screens, too
        #[arg(long)]
        docs: bool,
    },
    /// Build, check and run the core for phones: static libraries for iOS, types or libraries for Android, tests on 32-bit ARM
    Targets {
        /// These parts only
        #[arg(long, value_enum, num_args = 1.., value_name = "PART")]
        only: Vec<targets::Part>,
        /// One JSON object per row and line; everything else goes to standard error
        #[arg(long)]
        json: bool,
    },
    /// Run `swift ARGS` with the toolchain that the tests use
    #[command(hide = true)]
    Swift {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            failure.exit_code()
        }
    }
}

fn run(command: Command) -> Outcome<ExitCode> {
    let ws = Workspace::load()?;
    match command {
        Command::Check { deny } => check::run(&ws, deny),
        Command::Test { only } => test::run(&ws, &only),
        Command::Demo { out } => demo::run(&ws, out).map(|()| ExitCode::SUCCESS),
        Command::Generate { check, texts } => generate::run(&ws, check, texts).map(|()| ExitCode::SUCCESS),
        Command::Bench { names, json } => bench::run(&ws, &names, json),
        Command::Font { check } => font::run(&ws, check).map(|()| ExitCode::SUCCESS),
        Command::Marks => marks::run(&ws).map(|()| ExitCode::SUCCESS),
        Command::Fuzz { minutes, seed } => fuzz::run(&ws, minutes, seed).map(|()| ExitCode::SUCCESS),
        Command::Photos { folder } => photos::run(&ws, &folder).map(|()| ExitCode::SUCCESS),
        Command::Setup { what } => setup::run(&ws, what).map(|()| ExitCode::SUCCESS),
        Command::Size { record } => size::run(&ws, record).map(|()| ExitCode::SUCCESS),
        Command::Ios { action } => ios::run(&ws, &action).map(|()| ExitCode::SUCCESS),
        Command::Android { task } => android::run(&ws, &task),
        Command::Screens { only, out, docs } => android::screens(&ws, &only, out, docs).map(|()| ExitCode::SUCCESS),
        Command::Targets { only, json } => targets::run(&ws, &only, json),
        Command::Swift { args } => swift::passthrough(&ws, &args),
    }
}
