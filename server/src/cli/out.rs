//! What commands print: lines for people, or one JSON value for programs. A closed pipe is nobody's fault.

use daka_core::domain::complaint::Complaint;
use std::io::Write as _;

/// A line on standard output.
pub(super) fn line(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stdout().lock(), "{}", text.as_ref());
}

/// A line on standard error.
pub(super) fn note(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
}

/// JSON for programs, or text for people.
pub(super) fn say(json: bool, value: &serde_json::Value, text: impl FnOnce() -> String) {
    if json { line(value.to_string()) } else { line(text()) }
}

/// A failure: for people on standard error, for programs on standard output too.
pub(super) fn error(complaint: &Complaint<'_>, json: bool) {
    if json {
        line(complaint.json().to_string());
    }
    let _ = std::io::stderr().lock().write_all(complaint.lines("daka-server").as_bytes());
}

/// Rows under a heading, in columns.
pub(super) fn table(heading: &[&str], rows: &[Vec<String>]) {
    let width = |i: usize| {
        let cells = rows.iter().filter_map(|r| r.get(i)).map(|c| c.chars().count());
        cells.chain(heading.get(i).map(|h| h.chars().count())).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let print = |cells: Vec<&str>| {
        let padded = cells.iter().zip(&widths).map(|(c, w)| format!("{c:<w$}", w = *w));
        line(padded.collect::<Vec<_>>().join("  ").trim_end());
    };
    print(heading.to_vec());
    for row in rows {
        print(row.iter().map(String::as_str).collect());
    }
}
