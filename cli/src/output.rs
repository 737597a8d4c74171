//! One value out: words for people or JSON for programs, and the exit code.

use crate::failure::{Exit, Failure};
use serde::Serialize;
use serde_json::{Value, json};
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
                complain(&sentence, next.as_deref());
            }
            done.exit
        }
        Err(f) => {
            if json {
                let _ = writeln!(out, "{}", pretty(&error(f.code, f.field, &f.message, f.next.as_deref())));
                let _ = out.flush();
            }
            complain(&f.message, f.next.as_deref());
            f.exit
        }
    }
}

/// Says for programs that the command line cannot be read. For people clap says it on standard error.
pub(crate) fn print_usage(said: &str) {
    let first = said.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let value = error("usage", None, first, Some("see daka --help"));
    let _ = writeln!(std::io::stdout().lock(), "{}", pretty(&value));
}

/// An error for programs.
fn error(code: &str, field: Option<&str>, message: &str, next: Option<&str>) -> Value {
    json!({ "error": { "code": code, "field": field, "message": message, "next": next } })
}

fn complain(sentence: &str, next: Option<&str>) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "daka: {}.", harmless(sentence));
    if let Some(next) = next {
        let _ = writeln!(err, "  next: {next}");
    }
}

/// Names come from servers and proof files of strangers: nothing in them may steer a terminal or turn the line around.
fn harmless(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
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

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{202e}c\nd 陳"), "a\u{fffd}[2Jb\u{fffd}c\nd 陳");
    }
}
