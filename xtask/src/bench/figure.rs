//! One figure: what a benchmark prints and the command repeats.
//!
//! `{"figure","value","unit","peer","peer_value","ratio","asked","holds"}`: its name, the value and its unit, the peer or limit
//! it was held against in the same run and that one's value in the same unit, value ÷ peer_value, what was asked in words, and
//! whether it holds. A part that is shown and not asked for (say, the share of the encoder) has null from `peer` on.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::failure::{Outcome, failed};

/// See above.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figure {
    pub(crate) figure: String,
    pub(crate) value: f64,
    pub(crate) unit: String,
    #[serde(default)]
    pub(crate) peer: Option<String>,
    #[serde(default)]
    pub(crate) peer_value: Option<f64>,
    #[serde(default)]
    pub(crate) ratio: Option<f64>,
    #[serde(default)]
    pub(crate) asked: Option<String>,
    #[serde(default)]
    pub(crate) holds: Option<bool>,
}

impl Figure {
    /// A value that must not be above a limit in the same unit.
    pub(crate) fn at_most(figure: &str, value: f64, unit: &str, peer: &str, limit: f64) -> Self {
        Self {
            figure: figure.to_owned(),
            value,
            unit: unit.to_owned(),
            peer: Some(peer.to_owned()),
            peer_value: Some(limit),
            ratio: Some(value / limit),
            asked: Some(format!("at most {limit:.1} {unit}")),
            holds: Some(value <= limit),
        }
    }

    /// One line.
    pub(crate) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The figures in a benchmark's output: lines that are a JSON object with a `figure`. Such a line that lacks the rest is an
/// error and not skipped, or a figure could vanish by a misspelt field. What stands before the brace is not read: Maven resets the
/// terminal's colours at the beginning of a line of its own, which may be a figure's.
pub(crate) fn parse(text: &str) -> Outcome<Vec<Figure>> {
    let lines = text.lines().filter(|line| line.contains("\"figure\""));
    let lines = lines.filter_map(|line| line.find('{').and_then(|at| line.get(at..))).map(str::trim);
    lines
        .map(|line| serde_json::from_str(line).or_else(|error| failed(format!("not a figure ({error}): {line}"))))
        .collect()
}

/// All figures, one a line.
pub(crate) fn table(figures: &[Figure]) -> String {
    let mut rows = vec![["figure", "value", "peer or limit", "ratio", "asked", "holds"].map(str::to_owned)];
    for figure in figures {
        let peer = match (&figure.peer, figure.peer_value) {
            (Some(peer), Some(value)) => format!("{peer} {} {}", number(value), figure.unit),
            (Some(peer), None) => peer.clone(),
            _ => String::new(),
        };
        rows.push([
            figure.figure.clone(),
            format!("{} {}", number(figure.value), figure.unit),
            peer,
            figure.ratio.map(number).unwrap_or_default(),
            figure.asked.clone().unwrap_or_default(),
            figure.holds.map(|holds| if holds { "yes" } else { "NO" }).unwrap_or_default().to_owned(),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            // Writing to a String cannot fail.
            let _ = write!(line, "{cell:<width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Four significant digits are more than a benchmark has.
fn number(value: f64) -> String {
    if value == value.trunc() && value.abs() < 1e15 {
        return format!("{value}");
    }
    let digits = value.abs().log10().floor();
    let decimals = (3.0 - digits).clamp(0.0, 9.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lines_that_are_figures_are_read_and_a_misspelt_one_is_an_error() {
        let text = "warming up\n{\"event\":\"x\"}\n  {\"figure\":\"a\",\"value\":1.5,\"unit\":\"ms\",\"holds\":true}\n";
        let figures = parse(text).unwrap();
        assert_eq!(figures.len(), 1);
        assert_eq!((figures[0].value, figures[0].holds, &figures[0].peer), (1.5, Some(true), &None));
        assert!(parse("{\"figure\":\"a\",\"valeu\":1.5,\"unit\":\"ms\"}").is_err());
    }

    #[test]
    fn a_limit_is_within_itself() {
        assert_eq!(Figure::at_most("s", 5.0, "MB", "limit", 5.0).holds, Some(true));
        let over = Figure::at_most("s", 5.1, "MB", "limit", 5.0);
        assert_eq!((over.holds, over.asked.as_deref()), (Some(false), Some("at most 5.0 MB")));
        let fields: serde_json::Value = serde_json::from_str(&over.json()).unwrap();
        let mut names: Vec<&String> = fields.as_object().unwrap().keys().collect();
        names.sort();
        assert_eq!(names, ["asked", "figure", "holds", "peer", "peer_value", "ratio", "unit", "value"]);
    }

    #[test]
    fn a_figure_behind_a_reset_of_colours_is_read() {
        let line = Figure::at_most("s", 5.1, "MB", "limit", 5.0).json();
        let found = parse(&format!("no figure\n\u{1b}[0m\u{1b}[0m{line}\n")).unwrap();
        assert_eq!(found.iter().map(|f| f.holds).collect::<Vec<_>>(), [Some(false)]);
    }

    #[test]
    fn numbers_have_four_significant_digits() {
        assert_eq!([3.692_016, 0.012_345_6, 1234.56, 201.0, 0.0].map(number), ["3.692", "0.01235", "1235", "201", "0"]);
    }

    #[test]
    fn a_row_shows_value_peer_ratio_and_verdict() {
        let text = table(&[Figure::at_most("library_size", 3.7, "MB", "limit", 5.0)]);
        let row = text.lines().last().unwrap();
        let words: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(
            words,
            ["library_size", "3.700", "MB", "limit", "5", "MB", "0.7400", "at", "most", "5.0", "MB", "yes"]
        );
    }
}
