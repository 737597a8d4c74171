//! What a program in a terminal says when a command did not do what was asked: one sentence, one next step, a stable code, and an exit
//! code that means the same in `daka` and `daka-server`.
//!
//! ```text
//! standard output, with --json   {"error": {"code": "in_use", "field": null, "message": "…", "next": "…"}}
//! standard error, always         daka: …⏎  next: …
//! ```
//!
//! Nothing is printed here: the programs do, each to its own streams.

use serde_json::{Value, json};

/// How a command ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Ok = 0,
    /// It did not work, or something in a proof file does not hold.
    Failed = 1,
    /// What was typed or given cannot be; nothing was written.
    Usage = 2,
    /// Not set up yet: a phone that is not enrolled, a folder without a server's data.
    NotSetUp = 3,
    /// The network or the server is away; everything is kept.
    Away = 4,
    /// Another process uses the folder.
    InUse = 5,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complaint<'a> {
    /// A stable code in snake case.
    pub code: &'a str,
    /// The field that is wrong, where one is.
    pub field: Option<&'a str>,
    /// One sentence without a full stop.
    pub message: &'a str,
    /// What to do next, where the sentence does not say it already.
    pub next: Option<&'a str>,
}

impl<'a> Complaint<'a> {
    /// A command line that cannot be read, by what clap said about it.
    pub fn usage(said: &'a str, next: &'a str) -> Self {
        let first = said.lines().next().unwrap_or_default();
        let message = first.strip_prefix("error: ").unwrap_or(first);
        Self { code: "usage", field: None, message, next: Some(next) }
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({ "error": { "code": self.code, "field": self.field, "message": self.message, "next": self.next } })
    }

    /// For people: one line, and a second with the next step. `program` is the name that was called.
    pub fn lines(&self, program: &str) -> String {
        let mut text = format!("{program}: {}.\n", harmless(self.message));
        if let Some(next) = self.next {
            text.push_str(&format!("  next: {}\n", harmless(next)));
        }
        text
    }
}

/// Text that cannot steer a terminal or turn a line around: names come from servers and proof files of strangers.
pub fn harmless(text: &str) -> String {
    let steers = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if steers(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_get_four_members_and_people_two_lines() {
        let c = Complaint { code: "in_use", field: None, message: "it is\u{1b}[2J in use", next: Some("wait") };
        let json = r#"{"error":{"code":"in_use","field":null,"message":"it is\u001b[2J in use","next":"wait"}}"#;
        assert_eq!(c.json().to_string(), json);
        assert_eq!(c.lines("daka"), "daka: it is\u{fffd}[2J in use.\n  next: wait\n");
    }

    #[test]
    fn what_clap_says_loses_its_prefix_and_its_help() {
        let c = Complaint::usage("error: unexpected argument '--x'\n\nUsage: daka", "see daka --help");
        assert_eq!((c.code, c.message), ("usage", "unexpected argument '--x'"));
    }

    #[test]
    fn a_name_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb\u{202e}c\nd 陳"), "a\u{fffd}[2Jb\u{fffd}c\nd 陳");
    }
}
