//! Running other programs.
//!
//! Three ways, by who reads the output: [`show`] leaves it to the terminal, [`capture`] keeps it, [`stream`] does both, line by
//! line, so that long runs are visible while they run and can still be counted afterwards.

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;

use crate::failure::{Outcome, failed};

/// What a program printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Run {
    /// Did it end with exit code 0?
    pub(crate) ok: bool,
    /// What it printed; bytes that are no UTF-8 are replaced.
    pub(crate) text: String,
}

impl Run {
    /// The text, or a failure with this sentence and the last lines.
    pub(crate) fn or_fail(self, sentence: &str) -> Outcome<String> {
        if self.ok { Ok(self.text) } else { failed(format!("{sentence}\n{}", last_lines(&self.text, 20))) }
    }
}

/// The last `count` lines of a text.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines.get(lines.len().saturating_sub(count)..).unwrap_or_default().join("\n")
}

/// Runs a program whose output goes to the terminal; true if it ended with exit code 0.
pub(crate) fn show(command: &mut Command) -> Outcome<bool> {
    status(command).map(|status| status.success())
}

/// As [`show`], and gives the whole status.
pub(crate) fn status(command: &mut Command) -> Outcome<ExitStatus> {
    command.status().or_else(|error| not_started(command, &error))
}

/// Runs a program silently and keeps standard output and standard error, in that order.
pub(crate) fn capture(command: &mut Command) -> Outcome<Run> {
    capture_with(command, Stdio::null())
}

/// As [`capture`], with standard error even of a program that succeeds: where warnings are looked for.
pub(crate) fn capture_both(command: &mut Command) -> Outcome<Run> {
    let output = command.stdin(Stdio::null()).output().or_else(|error| not_started(command, &error))?;
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Ok(Run { ok: output.status.success(), text })
}

/// As [`capture`], with this standard input.
pub(crate) fn capture_with(command: &mut Command, input: Stdio) -> Outcome<Run> {
    let output = command.stdin(input).output().or_else(|error| not_started(command, &error))?;
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        text.push_str(&String::from_utf8_lossy(&output.stderr));
    }
    Ok(Run { ok: output.status.success(), text })
}

/// Which of a program's outputs [`stream`] reads; the other one goes to the terminal untouched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listen {
    /// Standard output; standard error keeps the terminal's colours and progress bars.
    Output,
    /// Both, merged as they come.
    Both,
}

/// Where [`stream`] shows what it reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ShowOn {
    /// Standard output.
    Output,
    /// Standard error, when standard output is for a machine.
    Error,
}

/// Runs a program, shows its lines as they come and keeps them.
pub(crate) fn stream(command: &mut Command, read: Listen, on: ShowOn) -> Outcome<Run> {
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    if read == Listen::Both {
        command.stderr(Stdio::piped());
    }
    let mut child: Child = command.spawn().or_else(|error| not_started(command, &error))?;
    let text = Mutex::new(String::new());
    let (out, err) = (child.stdout.take(), child.stderr.take());
    std::thread::scope(|scope| {
        if let Some(err) = err {
            scope.spawn(|| tee(err, &text, on));
        }
        if let Some(out) = out {
            tee(out, &text, on);
        }
    });
    match child.wait() {
        Ok(status) => Ok(Run { ok: status.success(), text: text.into_inner().unwrap_or_default() }),
        Err(error) => failed(format!("lost sight of {}: {error}", name(command))),
    }
}

/// A reader that breaks off (the program closed its end) ends the copy; the exit code then says the rest.
fn tee(from: impl Read, text: &Mutex<String>, on: ShowOn) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
        let shown = match on {
            ShowOn::Output => io::stdout().lock().write_all(&line),
            ShowOn::Error => io::stderr().lock().write_all(&line),
        };
        // A closed terminal must not stop the count.
        drop(shown);
        if let Ok(mut text) = text.lock() {
            text.push_str(&String::from_utf8_lossy(&line));
        }
        line.clear();
    }
}

fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn not_started<T>(command: &Command, error: &io::Error) -> Outcome<T> {
    failed(format!("cannot start {}: {error}", name(command)))
}

/// The first program of this name in a folder of `PATH`.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| is_executable(file.as_os_str()))
}

fn is_executable(file: &OsStr) -> bool {
    let Ok(metadata) = std::fs::metadata(file) else { return false };
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        metadata.is_file() && metadata.permissions().mode() & 0o111 != 0
    }
    #[cfg(not(unix))]
    {
        metadata.is_file()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stream_keeps_both_outputs_and_the_exit_code() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo one; echo two >&2; exit 4"]);
        let run = stream(&mut command, Listen::Both, ShowOn::Output).unwrap();
        assert!(!run.ok);
        let mut lines: Vec<&str> = run.text.lines().collect();
        lines.sort_unstable();
        assert_eq!(lines, ["one", "two"]);
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        let failure = show(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(failure.to_string().starts_with("cannot start no-such-program-here: "), "{failure}");
        assert_eq!(on_path("no-such-program-here"), None);
    }

    #[test]
    fn only_the_end_of_a_long_text_is_repeated() {
        assert_eq!(last_lines("a\nb\nc\n\n", 2), "b\nc");
        assert_eq!(last_lines("a", 5), "a");
    }
}
