//! `daka-demo`: from tap to receipt on one machine, played with the real programs.
//!
//! ```text
//! daka-demo --out DIR --server PATH --cli PATH
//! ```
//!
//! The employer's server and the terminal client are the built programs. What a terminal cannot do, this program does with the same
//! engine over the same folder, in a process of its own: punches by a wall clock that was set back, a kill right after `punch()`
//! returned, and a note that is added later. Nothing is simulated but the wall clock's offset; the fixes are typed in.
//!
//! Each step checks what it shows. A step that does not come out as told stops the demo with a sentence and exit code 1.

mod basement;
mod programs;
mod story;
mod table;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Why the demo stops.
#[derive(Debug)]
pub(crate) struct Stop(pub(crate) String);

pub(crate) type Outcome<T> = Result<T, Stop>;

/// Stops with a sentence.
pub(crate) fn stop<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Stop(why.into()))
}

impl From<daka::Failure> for Stop {
    fn from(f: daka::Failure) -> Self {
        Self(f.message)
    }
}

impl From<daka_core::app::DakaError> for Stop {
    fn from(e: daka_core::app::DakaError) -> Self {
        Self(e.to_string())
    }
}

/// Says what a failed system call was about.
pub(crate) fn at<T>(what: impl std::fmt::Display, result: std::io::Result<T>) -> Outcome<T> {
    result.map_err(|e| Stop(format!("{what}: {e}")))
}

/// A line for whoever watches, at once.
pub(crate) fn say(line: impl AsRef<str>) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{}", line.as_ref());
    let _ = out.flush();
}

/// Where everything is.
pub(crate) struct Paths {
    pub(crate) out: PathBuf,
    pub(crate) server: PathBuf,
    pub(crate) cli: PathBuf,
}

fn paths(arguments: &[OsString]) -> Outcome<Paths> {
    let (mut out, mut server, mut cli) = (None, None, None);
    for pair in arguments.chunks(2) {
        let slot = match pair.first().and_then(|name| name.to_str()) {
            Some("--out") => &mut out,
            Some("--server") => &mut server,
            Some("--cli") => &mut cli,
            _ => return stop("usage: daka-demo --out DIR --server PATH --cli PATH"),
        };
        *slot = pair.get(1).map(PathBuf::from);
    }
    match (out, server, cli) {
        (Some(out), Some(server), Some(cli)) => Ok(Paths { out, server, cli }),
        _ => stop("usage: daka-demo --out DIR --server PATH --cli PATH"),
    }
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let result = match arguments.split_first() {
        Some((first, rest)) if first == basement::ROLE => basement::child(rest),
        _ => paths(&arguments).and_then(|paths| story::play(&paths)),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop(why)) => {
            let _ = writeln!(std::io::stderr().lock(), "daka-demo stopped: {why}");
            ExitCode::FAILURE
        }
    }
}
