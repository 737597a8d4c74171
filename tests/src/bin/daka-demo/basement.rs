//! What happens to the phone without a network, played by a process of its own that can really be killed.
//!
//! ```text
//! daka-demo in-process HOME hang  SHIFT_MS KIND…    punches, says so, and waits to be killed: nothing is sealed or signed
//! daka-demo in-process HOME leave SHIFT_MS KIND…    punches, seals and signs, ends
//! daka-demo in-process HOME note  PUNCH TEXT        adds a note to a punch
//! ```

use crate::{Outcome, Stop, at, say, stop};
use daka::Home;
use daka_core::adapters::system::{ShiftedClock, SystemClock};
use daka_core::app::PunchRequest;
use daka_core::domain::ids::PunchId;
use daka_core::domain::journal::Asked;
use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

/// The first argument of such a process.
pub(crate) const ROLE: &str = "in-process";

/// The offset of the phone's zone, minutes: the wall clock is wrong, the zone is right.
const OFFSET_MIN: i16 = 480;

/// The process's own part.
pub(crate) fn child(arguments: &[OsString]) -> Outcome<()> {
    let texts: Vec<&str> = arguments.iter().filter_map(|a| a.to_str()).collect();
    match texts.as_slice() {
        [home, "note", punch, text] => {
            let engine = Home::at(Path::new(home)).open_with(Arc::new(SystemClock::new(OFFSET_MIN)))?;
            let punch = PunchId::parse("punch", punch).map_err(|e| Stop(e.to_string()))?;
            engine.add_note(punch, Some((*text).to_owned()), None)?;
            Ok(engine.settle()?)
        }
        [home, end, shift, kinds @ ..] => {
            let shift = shift.parse().map_err(|_| Stop(format!("{shift} is no number of milliseconds")))?;
            let clock = ShiftedClock { inner: SystemClock::new(OFFSET_MIN), wall_shift_ms: shift };
            let engine = Home::at(Path::new(home)).open_with(Arc::new(clock))?;
            for kind in kinds {
                let Some(asked) = Asked::from_code(kind) else { return stop(format!("there is no punch {kind}")) };
                say(engine.punch(PunchRequest::tap(asked))?.id.to_string());
            }
            if *end == "hang" {
                loop {
                    std::thread::park();
                }
            }
            Ok(engine.settle()?)
        }
        _ => stop("this part of the demo is started by the demo alone"),
    }
}

/// Punches in a process that is killed as soon as it has said that `punch()` returned. Gives the punch.
pub(crate) fn punch_and_be_killed(home: &Path, kind: &str) -> Outcome<String> {
    let mut child = start(home, &["hang", "0", kind])?;
    let said = child.stdout.take().and_then(|out| BufReader::new(out).lines().next());
    // SIGKILL on Unix: no destructor runs, nothing is flushed.
    at("the punching process cannot be killed", child.kill())?;
    at("the punching process", child.wait())?;
    match said {
        Some(Ok(id)) => Ok(id),
        _ => stop("the process that should punch in the basement said nothing"),
    }
}

/// Punches by a wall clock that is `shift_ms` off, in one process. Gives the punches.
pub(crate) fn punch_by_wrong_clock(home: &Path, shift_ms: i64, kinds: &[&str]) -> Outcome<Vec<String>> {
    let shift = shift_ms.to_string();
    let child = start(home, &[&["leave", shift.as_str()], kinds].concat())?;
    finish(child)
}

/// Adds a note to a punch that was made before.
pub(crate) fn add_note(home: &Path, punch: &str, text: &str) -> Outcome<()> {
    finish(start(home, &["note", punch, text])?).map(drop)
}

fn start(home: &Path, arguments: &[&str]) -> Outcome<Child> {
    let program = at("this program's own path", std::env::current_exe())?;
    let mut command = Command::new(program);
    command.arg(ROLE).arg(home).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped());
    at("the punching process does not start", command.spawn())
}

fn finish(child: Child) -> Outcome<Vec<String>> {
    let run = at("the punching process", child.wait_with_output())?;
    if !run.status.success() {
        return stop("the punching process failed; its last line says why");
    }
    Ok(String::from_utf8_lossy(&run.stdout).lines().map(str::to_owned).collect())
}
