//! One figure, as `cargo xtask bench` reads it: a line of JSON.

use serde::Serialize;

/// A value beside what it is measured against, both of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    figure: &'static str,
    value: f64,
    unit: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peer_value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holds: Option<bool>,
}

impl Figure {
    /// A value that is shown and not asked for.
    pub fn shown(figure: &'static str, value: f64, unit: &'static str) -> Self {
        Self { figure, value, unit, peer: None, peer_value: None, ratio: None, asked: None, holds: None }
    }

    /// A value beside a peer or limit, and whether it holds.
    pub fn against(self, peer: &'static str, peer_value: f64, asked: &'static str, holds: bool) -> Self {
        let ratio = Some(self.value / peer_value);
        Self { peer: Some(peer), peer_value: Some(peer_value), ratio, asked: Some(asked), holds: Some(holds), ..self }
    }

    /// Writes the line.
    #[allow(clippy::print_stdout, reason = "standard output is where the runner reads figures")]
    pub fn print(&self) {
        println!("{}", serde_json::to_string(self).unwrap());
    }
}

/// The middle value.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
