//! The punch clock in a terminal: the same core as in a phone, with a folder in place of the phone.
//!
//! ```text
//! arguments → a command → the engine → one value → words for people, or JSON for programs → an exit code
//! ```
//!
//! - A command reads what was typed and refuses what cannot be before anything is written; it changes the journal through the engine
//!   alone; it gives back one [`output::Done`] or one [`failure::Failure`] and prints nothing itself.
//! - What `daka punch` said is on the disk when it says so. The sealed head and the signature follow before the process ends; killed
//!   in between, the next command makes them good.
//! - Standard output has the answer and nothing else: a table or a few lines, or with `--json` one JSON value. Standard error has
//!   progress, and one sentence with one next step when something did not go well.
//!
//! [`Home`] and the words are public for the demo, which plays a phone whose wall clock is set wrong over the same folder.

mod args;
mod commands;
mod failure;
mod files;
mod home;
mod output;
mod progress;
pub mod render;
pub mod root_key;
pub mod times;
pub mod words;

pub use failure::{Exit, Failure};
pub use home::Home;

use clap::Parser as _;
use std::ffi::OsString;
use std::process::ExitCode;

/// Runs one command. `arguments` begin with the program's name.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let args = match args::Args::try_parse_from(&arguments) {
        Ok(args) => args,
        // Help and version are no errors: clap knows where each of them goes.
        Err(e) if !e.use_stderr() => {
            let _ = e.print();
            return Exit::Ok.into();
        }
        Err(e) => {
            if arguments.iter().any(|a| a == "--json") {
                output::print_usage(&e.to_string());
            }
            let _ = e.print();
            return Exit::Usage.into();
        }
    };
    log_to_stderr(&args.log);
    let result = commands::run(&args);
    output::print(result, args.json).into()
}

fn log_to_stderr(filter: &str) {
    // The arguments were read with the same parser; without a log the command still runs.
    let Ok(filter) = tracing_subscriber::EnvFilter::try_new(filter) else { return };
    let subscriber = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    // A second call in one process keeps the first one's.
    let _ = subscriber.without_time().with_target(false).try_init();
}
