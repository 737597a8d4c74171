//! What became of each step: the table at the end of `cargo xtask targets`, and the same as JSON.

use std::fmt::Write as _;
use std::process::ExitCode;

use crate::failure::Failure;
use crate::test::Counts;

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Done {
    /// A file of this many bytes is there.
    Built { bytes: u64, note: String },
    /// Tests ran to their end.
    Ran(Counts),
    /// Compiled or looked at, and nothing was run or kept.
    Checked(String),
    /// This machine does not have what it needs, and what that is.
    LeftOut(String),
    /// Something is wrong.
    Failed(String),
}

impl From<Failure> for Done {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(why) => Self::LeftOut(why),
            Failure::Failed(why) => Self::Failed(why),
        }
    }
}

impl Done {
    fn word(&self) -> &'static str {
        match self {
            Self::Built { .. } => "built",
            Self::Ran(counts) if counts.failed > 0 => "failed",
            Self::Ran(_) => "run",
            Self::Checked(_) => "checked",
            Self::LeftOut(_) => "left out",
            Self::Failed(_) => "failed",
        }
    }

    fn note(&self) -> String {
        match self {
            Self::Built { bytes, note } if note.is_empty() => megabytes(*bytes),
            Self::Built { bytes, note } => format!("{}, {note}", megabytes(*bytes)),
            Self::Ran(Counts { passed, failed, skipped }) => {
                format!("{passed} passed, {failed} failed, {skipped} skipped")
            }
            Self::Checked(note) | Self::LeftOut(note) | Self::Failed(note) => note.clone(),
        }
    }
}

/// Bytes in words: 13.70 MB, 1 MB being 1,000,000 bytes.
pub(super) fn megabytes(bytes: u64) -> String {
    let hundredths = bytes.saturating_add(5_000) / 10_000;
    format!("{}.{:02} MB", hundredths / 100, hundredths % 100)
}

/// A step and its time.
#[derive(Debug, Clone)]
pub(super) struct Row {
    /// The target's name, as rustc has it, or the file that is made of several.
    pub(super) target: String,
    pub(super) what: String,
    pub(super) done: Done,
    pub(super) seconds: f64,
}

impl Row {
    /// `aarch64-apple-ios: static library: built in 180 s: 13.70 MB`
    pub(super) fn summary(&self) -> String {
        let Self { target, what, done, seconds } = self;
        format!("{target}: {what}: {} in {seconds:.0} s: {}", done.word(), done.note())
    }
}

/// All rows of a run.
#[derive(Debug, Default)]
pub(super) struct Report {
    rows: Vec<Row>,
}

impl Report {
    pub(super) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// 1 if something failed, else 3 if something was left out.
    pub(super) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.worst())
    }

    fn worst(&self) -> u8 {
        let has = |word: &str| self.rows.iter().any(|row| row.done.word() == word);
        match (has("failed"), has("left out")) {
            (true, _) => 1,
            (false, true) => 3,
            (false, false) => 0,
        }
    }

    /// The table. A note of several lines stands below its row.
    pub(super) fn text(&self) -> String {
        let wide = |cell: fn(&Row) -> &str| self.rows.iter().map(|row| cell(row).len()).max().unwrap_or(0);
        let (first, second) = (wide(|row| &row.target), wide(|row| &row.what));
        let mut text = format!("{:<first$}  {:<second$}  {:<8}  {:>7}\n", "target", "what", "result", "seconds");
        for Row { target, what, done, seconds } in &self.rows {
            let note = done.note().replace('\n', "\n    ");
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{target:<first$}  {what:<second$}  {:<8}  {seconds:>7.0}  {note}", done.word());
        }
        text
    }

    /// One object per row and line. `bytes`, `passed`, `failed` and `skipped` are there where they are known.
    pub(super) fn json(&self) -> String {
        let mut text = String::new();
        for Row { target, what, done, seconds } in &self.rows {
            let mut line = serde_json::json!({
                "target": target, "what": what, "result": done.word(),
                "seconds": (seconds * 10.0).round() / 10.0, "note": done.note(),
            });
            if let Some(fields) = line.as_object_mut() {
                match done {
                    Done::Built { bytes, .. } => drop(fields.insert("bytes".to_owned(), (*bytes).into())),
                    Done::Ran(counts) => {
                        let numbers =
                            [("passed", counts.passed), ("failed", counts.failed), ("skipped", counts.skipped)];
                        fields.extend(numbers.map(|(name, number)| (name.to_owned(), number.into())));
                    }
                    _ => {}
                }
            }
            text.push_str(&line.to_string());
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(last: Done) -> Report {
        let row = |target: &str, what: &str, done| Row {
            target: target.to_owned(),
            what: what.to_owned(),
            done,
            seconds: 61.26,
        };
        let built = Done::Built { bytes: 13_704_999, note: String::new() };
        Report { rows: vec![row("aarch64-apple-ios", "static library", built), row("armv7", "tests", last)] }
    }

    #[test]
    fn a_failure_weighs_more_than_what_was_left_out() {
        let ran = |failed| Done::Ran(Counts { passed: 3, failed, skipped: 0 });
        assert_eq!(report(ran(0)).worst(), 0);
        assert_eq!(report(ran(1)).worst(), 1);
        assert_eq!(report(Done::LeftOut("no qemu".to_owned())).worst(), 3);
        let mut both = report(Done::LeftOut("no qemu".to_owned()));
        both.rows.extend(report(Done::Failed("x".to_owned())).rows);
        assert_eq!(both.worst(), 1);
    }

    #[test]
    fn the_table_aligns_and_gives_size_and_reason() {
        let text = report(Done::LeftOut("no qemu".to_owned())).text();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "target             what            result    seconds",
                "aarch64-apple-ios  static library  built          61  13.70 MB",
                "armv7              tests           left out       61  no qemu",
            ]
        );
    }

    #[test]
    fn json_has_the_numbers_where_there_are_numbers() {
        let text = report(Done::Ran(Counts { passed: 3, failed: 1, skipped: 2 })).json();
        let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["bytes"], 13_704_999);
        assert_eq!(lines[0]["result"], "built");
        assert_eq!(lines[0]["seconds"], 61.3);
        assert_eq!(lines[0].get("passed"), None);
        assert_eq!((&lines[1]["passed"], &lines[1]["failed"]), (&3.into(), &1.into()));
        assert_eq!(lines[1]["result"], "failed");
    }
}
