//! One value out: words for people or JSON for programs, and the exit code.

use crate::failure::{Exit, Failure};
use daka_core::domain::complaint::{Complaint, harmless};
use serde::Serialize;
use serde_json::Value;
use std::io::{IsTerminal as _, Write as _};

/// What a command has to say.
#[derive(Debug)]
pub(crate) struct Done {
    /// Lines for people.
    pub(crate) text: String,
    /// The same for programs.
    pub(crate) json: Value,
    /// How it ended; a report can end badly and still be a report.
    pub(crate) exit: Exit,
    /// A sentence and a step for standard error, where it ended badly.
    pub(crate) note: Option<(String, Option<String>)>,
}

impl Done {
    /// A command that did what was asked.
    ///
    /// # Errors
    /// [`Failure`] if the value has no JSON form, which would be a fault of this program.
    pub(crate) fn new(text: impl Into<String>, json: &impl Serialize) -> Result<Self, Failure> {
        let json = serde_json::to_value(json).map_err(|e| Failure {
            exit: Exit::Failed,
            code: "internal",
            field: None,
            message: format!("internal fault: {e}"),
            next: Some("please report this".to_owned()),
        })?;
        Ok(Self { text: text.into(), json, exit: Exit::Ok, note: None })
    }

    /// The same, ended otherwise.
    pub(crate) fn ended(self, exit: Exit, sentence: impl Into<String>, next: Option<&str>) -> Self {
        Self { exit, note: Some((sentence.into(), next.map(str::to_owned))), ..self }
    }
}

/// Prints and gives the exit code. A reader that went away (a closed pipe) is no reason for another code.
pub(crate) fn print(result: Result<Done, Failure>, json: bool) -> Exit {
    let mut out = std::io::stdout().lock();
    match result {
        Ok(done) => {
            let text = if json { pretty(&done.json) } else { harmless(&done.text) };
            let _ = writeln!(out, "{}", text.trim_end());
            let _ = out.flush();
            if let Some((sentence, next)) = done.note {
                // A note is for people alone: the code of a report is in the report.
                complain(&Complaint { code: "", field: None, message: &sentence, next: next.as_deref() });
            }
            done.exit
        }
        Err(f) => {
            if json {
                let _ = writeln!(out, "{}", pretty(&f.complaint().json()));
                let _ = out.flush();
            }
            complain(&f.complaint());
            f.exit
        }
    }
}

/// Says for programs that the command line cannot be read. For people clap says it on standard error.
pub(crate) fn print_usage(said: &str) {
    let value = Complaint::usage(said, "see daka --help").json();
    let _ = writeln!(std::io::stdout().lock(), "{}", pretty(&value));
}

fn complain(complaint: &Complaint<'_>) {
    let _ = std::io::stderr().lock().write_all(complaint.lines("daka").as_bytes());
}

/// One line for a program that reads lines, indented for a person who looks.
fn pretty(value: &Value) -> String {
    let text = if std::io::stdout().is_terminal() {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    text.unwrap_or_default()
}
