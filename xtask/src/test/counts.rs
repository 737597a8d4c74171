//! Counting tests from what the test programs print.
//!
//! Pure functions over text; the formats were read off real runs (cargo 1.95, surefire 3.5, Swift 6.0.3), which the tests quote.
//! A run that ended badly without naming a failed test (it did not compile, it was killed) counts as one failure, and a run
//! that counted nothing at all is a failure, too: a part whose output we no longer understand must not pass.

use std::ops::AddAssign;

use crate::failure::{Outcome, failed};

/// Passed, failed and skipped tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl Counts {
    /// So many tests, and no other.
    pub(crate) fn passed(passed: u64) -> Self {
        Self { passed, ..Self::default() }
    }

    /// Takes the exit code into account, as said above.
    pub(crate) fn with_exit(mut self, ok: bool) -> Self {
        let nothing = self == Self::default();
        if (!ok || nothing) && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

/// The sum of cargo's `test result:` lines, one per test program and one per crate with documentation tests.
pub(crate) fn cargo(text: &str) -> Counts {
    let mut sum = Counts::default();
    for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("test result: ")) {
        let Some((_, numbers)) = line.split_once(". ") else { continue };
        for part in numbers.split(';') {
            let mut words = part.split_whitespace();
            let count = words.next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
            match words.next() {
                Some("passed") => sum.passed += count,
                Some("failed") => sum.failed += count,
                Some("ignored") => sum.skipped += count,
                _ => {}
            }
        }
    }
    sum
}

/// One surefire report. Errors (an exception) are failures to us.
pub(crate) fn surefire(xml: &str) -> Outcome<Counts> {
    let document = match roxmltree::Document::parse(xml) {
        Ok(document) => document,
        Err(error) => return failed(format!("a surefire report is no XML: {error}")),
    };
    let suite = document.root_element();
    let number = |name| suite.attribute(name).and_then(|value| value.parse::<u64>().ok());
    let (true, Some(tests), Some(errors), Some(failures), Some(skipped)) =
        (suite.has_tag_name("testsuite"), number("tests"), number("errors"), number("failures"), number("skipped"))
    else {
        return failed("a surefire report has no <testsuite tests errors failures skipped>");
    };
    let bad = errors + failures;
    Ok(Counts { passed: tests.saturating_sub(bad + skipped), failed: bad, skipped })
}

/// XCTest's and Swift Testing's lines of one `swift test`. A parametrised Swift Testing function counts as one.
pub(crate) fn swift(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.lines() {
        let ending = if let Some((_, rest)) = line.split_once("Test Case '") {
            rest.split_once("' ").map(|(_, ending)| ending)
        } else {
            swift_testing_ending(line)
        };
        match ending.and_then(|ending| ending.split_whitespace().next()) {
            Some("passed") => counts.passed += 1,
            Some("failed") => counts.failed += 1,
            Some("skipped" | "skipped." | "skipped:") => counts.skipped += 1,
            _ => {}
        }
    }
    counts
}

/// What comes after the name in `✔ Test "name" passed after …`, `✘ Test name(x:) failed after …`, `✘ Test name() skipped: …`.
/// The first word is a symbol; lines about suites, cases and the run are not tests.
fn swift_testing_ending(line: &str) -> Option<&str> {
    let (symbol, rest) = line.split_once(" Test ")?;
    if symbol.chars().count() > 2 || rest.starts_with("run ") || rest.starts_with("case ") {
        return None;
    }
    let after_name = match rest.strip_prefix('"') {
        Some(quoted) => quoted.rsplit_once("\" ").map(|(_, ending)| ending)?,
        None => rest.split_once(") ").map(|(_, ending)| ending)?,
    };
    match after_name.strip_prefix("with ") {
        // "with 3 test cases passed after 0.001 seconds."
        Some(cases) => {
            cases.split_once("test case").and_then(|(_, ending)| ending.split_once(' ')).map(|(_, ending)| ending)
        }
        None => Some(after_name),
    }
}

/// A judge's last line: `N passed, N failed`.
pub(crate) fn judge(text: &str) -> Counts {
    let Some(last) = text.lines().rev().find(|line| !line.trim().is_empty()) else { return Counts::default() };
    let number = |part: Option<&str>, word: &str| -> Option<u64> {
        part?.trim().strip_suffix(word)?.trim_end().parse::<u64>().ok()
    };
    let mut parts = last.split(',');
    match (number(parts.next(), "passed"), number(parts.next(), "failed")) {
        (Some(passed), Some(failed)) => Counts { passed, failed, skipped: 0 },
        _ => Counts::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Counts {
        Counts { passed, failed, skipped }
    }

    #[test]
    fn cargo_lines_of_all_programs_are_added() {
        let text = "running 2 tests\ntest a ... ok\ntest b ... FAILED\n\n\
            test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.00s\n\n\
               Doc-tests daka_core\n\n\
            test result: ok. 7 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 1.10s\n";
        assert_eq!(cargo(text), counts(8, 1, 2));
    }

    #[test]
    fn a_run_that_did_not_compile_or_counted_nothing_is_one_failure() {
        assert_eq!(cargo("error: could not compile").with_exit(false), counts(0, 1, 0));
        assert_eq!(Counts::default().with_exit(true), counts(0, 1, 0));
        assert_eq!(counts(3, 0, 0).with_exit(false), counts(3, 1, 0));
        assert_eq!(counts(3, 2, 0).with_exit(false), counts(3, 2, 0));
        assert_eq!(counts(3, 0, 0).with_exit(true), counts(3, 0, 0));
        assert_eq!(counts(0, 0, 1).with_exit(true), counts(0, 0, 1));
    }

    #[test]
    fn surefire_errors_are_failures_and_printed_text_does_not_count() {
        let xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"org.daka.SliceTest\" time=\"1.2\" \
            tests=\"7\" errors=\"1\" skipped=\"2\" failures=\"1\" flakes=\"0\">\n\
            <system-out><![CDATA[<testsuite tests=\"100\" errors=\"0\" skipped=\"0\" failures=\"0\">]]></system-out></testsuite>";
        assert_eq!(surefire(xml).unwrap(), counts(3, 2, 2));
        assert!(surefire("<html></html>").is_err());
        assert!(surefire("Test Suite passed").is_err());
    }

    /// Quoted from Swift 6.0.3 on Linux.
    const SWIFT_RUN: &str = "\
Test Suite 'All tests' started at 2026-11-23 15:02:17.980
Test Case 'XTests.testAsync' started at 2026-11-23 15:02:17.991
Test Case 'XTests.testAsync' passed (0.001 seconds)
Test Case 'XTests.testBad' started at 2026-11-23 15:02:17.992
X.swift:5: error: XTests.testBad : XCTAssertEqual failed: (\"2\") is not equal to (\"3\") -
Test Case 'XTests.testBad' failed (0.0 seconds)
X.swift:6: XTests.testSkip : Test skipped - no
Test Case 'XTests.testSkip' skipped (0.0 seconds)
Test Suite 'All tests' failed at 2026-11-23 15:02:17.992
\t Executed 4 tests, with 1 test skipped and 1 failure (0 unexpected) in 0.001 (0.001) seconds
◇ Test run started.
◇ Test many(x:) started.
◇ Passing 1 argument x → 2 to many(x:)
✘ Test off() skipped: \"why\"
✘ Test bad() recorded an issue at T.swift:5:22: Expectation failed: (two() → 2) == 3
✘ Test many(x:) recorded an issue with 1 argument x → 3 at T.swift:7:49: Expectation failed: (x → 3) < 3
✔ Test \"named good\" passed after 0.001 seconds.
✘ Test bad() failed after 0.001 seconds with 2 issues.
✘ Test many(x:) failed after 0.001 seconds with 1 issue.
✔ Test fine(x:) passed after 0.001 seconds.
✘ Suite \"the suite\" failed after 0.001 seconds with 3 issues.
✘ Test run with 5 tests failed after 0.002 seconds with 3 issues.
";

    #[test]
    fn xctest_and_swift_testing_of_one_run_are_added() {
        // XCTest: 1 passed, 1 failed, 1 skipped. Swift Testing: named good, fine; bad, many; off.
        assert_eq!(swift(SWIFT_RUN), counts(3, 3, 2));
    }

    #[test]
    fn newer_swift_testing_names_the_number_of_cases() {
        assert_eq!(swift("✔ Test fine(x:) with 3 test cases passed after 0.001 seconds."), counts(1, 0, 0));
        assert_eq!(swift("✘ Test fine(x:) with 1 test case failed after 0.001 seconds with 1 issue."), counts(0, 1, 0));
        assert_eq!(swift("✔ Test \"a \"quoted\" name\" passed after 0.1 seconds."), counts(1, 0, 0));
        assert_eq!(swift("✔ Test run with 3 tests in 1 suite passed after 0.1 seconds."), counts(0, 0, 0));
    }

    #[test]
    fn only_the_last_line_of_a_judge_counts() {
        assert_eq!(judge("3 passed, 0 failed\nvectors: fine\n12 passed, 1 failed\n\n"), counts(12, 1, 0));
        assert_eq!(judge("12 passed, 1 failed\nTraceback (most recent call last):"), Counts::default());
        assert_eq!(judge(""), Counts::default());
    }
}
