//! What commands print: lines for people, or one JSON value for programs. A closed pipe is nobody's fault.

use crate::error::Error;
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

/// A failure on standard error.
pub(super) fn error(e: &Error, json: bool) {
    if json {
        note(serde_json::json!({ "error": e.to_string() }).to_string());
    } else {
        note(format!("daka-server: {e}"));
    }
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
