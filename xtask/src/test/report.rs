//! The table at the end of `cargo xtask test`, and its last line.

use std::fmt::Write as _;

use super::counts::Counts;

/// How a part ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It ran to its end.
    Ran(Counts),
    /// It could not run on this machine, and why.
    LeftOut(String),
}

/// A part and its time.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) verdict: Verdict,
    pub(crate) seconds: f64,
}

impl Row {
    /// A part that was not begun.
    pub(crate) fn left_out(name: &'static str, why: &str) -> Self {
        Self { name, verdict: Verdict::LeftOut(why.to_owned()), seconds: 0.0 }
    }

    fn result(&self) -> &'static str {
        match self.verdict {
            Verdict::Ran(counts) if counts.failed == 0 => "passed",
            Verdict::Ran(_) => "failed",
            Verdict::LeftOut(_) => "left out",
        }
    }

    /// `rust: passed (120 passed, 0 failed, 0 skipped) in 4.2 min`
    pub(crate) fn summary(&self) -> String {
        let minutes = self.seconds / 60.0;
        match &self.verdict {
            Verdict::Ran(counts) if *counts == Counts::default() => format!("{}: done in {minutes:.1} min", self.name),
            Verdict::Ran(counts) => format!("{}: {} ({}) in {minutes:.1} min", self.name, self.result(), line(*counts)),
            Verdict::LeftOut(why) => format!("{}: left out: {why}", self.name),
        }
    }
}

/// All rows of a run.
#[derive(Debug, Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Adds a row; true if it passed.
    pub(crate) fn add(&mut self, row: Row) -> bool {
        let passed = row.result() == "passed";
        self.rows.push(row);
        passed
    }

    /// Tests of all parts; a part left out is one skipped, in CI one failed.
    pub(crate) fn total(&self, in_ci: bool) -> Counts {
        let mut total = Counts::default();
        for row in &self.rows {
            total += match row.verdict {
                Verdict::Ran(counts) => counts,
                Verdict::LeftOut(_) if in_ci => Counts { failed: 1, ..Counts::default() },
                Verdict::LeftOut(_) => Counts { skipped: 1, ..Counts::default() },
            };
        }
        total
    }

    /// The table and the last line.
    pub(crate) fn text(&self, in_ci: bool) -> String {
        let mut text = format!(
            "{:<10} {:<8} {:>7} {:>7} {:>8} {:>8}\n",
            "part", "result", "passed", "failed", "skipped", "minutes"
        );
        for row in &self.rows {
            let (name, result, minutes) = (row.name, row.result(), row.seconds / 60.0);
            let (counts, why) = match &row.verdict {
                Verdict::Ran(counts) => (*counts, String::new()),
                Verdict::LeftOut(why) => (Counts::default(), format!("  {why}")),
            };
            let Counts { passed, failed, skipped } = counts;
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name:<10} {result:<8} {passed:>7} {failed:>7} {skipped:>8} {minutes:>8.1}{why}");
        }
        if in_ci && self.rows.iter().any(|row| matches!(row.verdict, Verdict::LeftOut(_))) {
            text.push_str("CI is set: a part left out is a failure\n");
        }
        text + &line(self.total(in_ci)) + "\n"
    }
}

fn line(Counts { passed, failed, skipped }: Counts) -> String {
    format!("{passed} passed, {failed} failed, {skipped} skipped")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let mut report = Report::default();
        let ran = |name, passed, failed| Row {
            name,
            verdict: Verdict::Ran(Counts { passed, failed, skipped: 0 }),
            seconds: 90.0,
        };
        assert!(report.add(ran("rust", 5, 0)));
        assert!(!report.add(ran("kotlin", 2, 1)));
        assert!(!report.add(Row::left_out("swift", "needs root")));
        report
    }

    #[test]
    fn a_part_left_out_is_skipped_and_in_ci_it_is_a_failure() {
        let report = report();
        assert_eq!(report.text(false).lines().last(), Some("7 passed, 1 failed, 1 skipped"));
        assert_eq!(report.text(true).lines().last(), Some("7 passed, 2 failed, 0 skipped"));
    }

    #[test]
    fn the_table_gives_result_counts_minutes_and_reason() {
        let text = report().text(false);
        let row = |name: &str| -> Vec<String> {
            let line = text.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().map(str::to_owned).collect()
        };
        assert_eq!(row("rust"), ["rust", "passed", "5", "0", "0", "1.5"]);
        assert_eq!(row("kotlin"), ["kotlin", "failed", "2", "1", "0", "1.5"]);
        assert_eq!(row("swift"), ["swift", "left", "out", "0", "0", "0", "0.0", "needs", "root"]);
    }
}
