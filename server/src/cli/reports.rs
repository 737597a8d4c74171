//! `results`.

use super::people::Which;
use super::{Desk, employee_id, out};
use crate::error::{Error, Result};
use crate::results;
use crate::store::write_once;
use chrono::{DateTime, NaiveDate, SecondsFormat};
use clap::Args;
use daka_core::domain::ids::EmployeeId;
use serde_json::Value;
use std::sync::Arc;

/// What to show.
#[derive(Debug, Args)]
pub(super) struct ResultsArgs {
    /// From this moment on: a date (its start in UTC) or RFC 3339.
    #[arg(long)]
    from: Option<String>,
    /// Before this moment: a date (its end in UTC) or RFC 3339.
    #[arg(long)]
    to: Option<String>,
    /// Only this person's.
    #[arg(long, value_parser = employee_id)]
    employee: Option<EmployeeId>,
    /// As CSV.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    #[command(flatten)]
    which: Which,
}

/// Milliseconds of a moment; `end` takes a date's end.
fn moment(text: &str, end: bool) -> Result<i64> {
    if let Ok(t) = DateTime::parse_from_rfc3339(text) {
        return Ok(t.timestamp_millis());
    }
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| {
        Error::bad(
            if end { "to" } else { "from" },
            format!("{text:?} is no date; give 2026-11-23 or 2026-11-23T08:00:00+08:00"),
        )
    })?;
    let date = if end { date.succ_opt().unwrap_or(date) } else { date };
    Ok(date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp_millis())
}

const COLUMNS: [(&str, &str); 18] = [
    ("employee", "/employee"),
    ("punch", "/punch"),
    ("asked", "/asked"),
    ("field", "/field"),
    ("earliest", "/time/earliest_ms"),
    ("earliest_from", "/time/earliest_from"),
    ("latest", "/time/latest_ms"),
    ("latest_from", "/time/latest_from"),
    ("word", "/time/word"),
    ("flags", "/time/flags"),
    ("wall", "/wall_ms"),
    ("verdict", "/place/verdict"),
    ("reasons", "/place/reasons"),
    ("p_millionths", "/place/p_millionths"),
    ("distance_mm", "/place/distance_mm"),
    ("site", "/place/site"),
    ("status", "/status"),
    ("received", "/received_ms"),
];

fn cell(row: &Value, (name, path): (&str, &str)) -> String {
    match row.pointer(path) {
        None | Some(Value::Null) => String::new(),
        Some(Value::Number(n)) if path.ends_with("_ms") && name != "distance_mm" => {
            let ms = n.as_i64().and_then(DateTime::from_timestamp_millis);
            ms.map_or_else(|| n.to_string(), |t| t.to_rfc3339_opts(SecondsFormat::Millis, true))
        }
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
        Some(Value::String(s)) => s.clone(),
        Some(other) => other.to_string(),
    }
}

/// RFC 4180; a field that a spreadsheet would take for a formula is quoted away.
fn csv_field(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

pub(super) fn results(desk: &mut Desk, args: &ResultsArgs) -> Result<()> {
    let tenant = desk.tenant(args.which.tenant.as_ref())?;
    let from = args.from.as_deref().map_or(Ok(i64::MIN), |t| moment(t, false))?;
    let to = args.to.as_deref().map_or(Ok(i64::MAX), |t| moment(t, true))?;
    let env = Arc::clone(&desk.env);
    // What the background has not worked out yet is worked out now.
    for who in results::stale(&desk.conn, Some(&tenant), u32::MAX)? {
        write_once(&mut desk.conn, &env, |batch| {
            let fresh = results::fresh(batch.tx, batch.env, &who)?;
            results::store(batch, &who, &fresh)
        })?;
    }
    let rows = results::query(&desk.conn, &tenant, from, to, args.employee.as_ref())?;
    if desk.json {
        out::line(Value::Array(rows).to_string());
    } else if args.csv {
        out::line(COLUMNS.map(|c| c.0).join(","));
        for row in &rows {
            out::line(COLUMNS.map(|c| csv_field(&cell(row, c))).join(","));
        }
    } else {
        let shown = [
            "employee",
            "asked",
            "field",
            "earliest",
            "latest",
            "word",
            "verdict",
            "p_millionths",
            "distance_mm",
            "status",
        ];
        let columns: Vec<_> = shown.iter().filter_map(|s| COLUMNS.iter().find(|c| c.0 == *s)).collect();
        let rows: Vec<Vec<String>> = rows.iter().map(|r| columns.iter().map(|c| cell(r, **c)).collect()).collect();
        out::table(&shown, &rows);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-23T00:00:00Z is 1,795,392,000 s after 1970: 56 years of 365 days, 14 leap days, and 326 days.
    #[test]
    fn dates_are_days_in_utc() {
        let start = (56 * 365 + 14 + 326) * 86_400_000_i64;
        assert_eq!(moment("2026-11-23", false).unwrap(), start);
        assert_eq!(moment("2026-11-23", true).unwrap(), start + 86_400_000);
        assert_eq!(moment("2026-11-23T08:00:00+08:00", false).unwrap(), start);
        assert!(moment("23.11.2026", false).is_err());
    }

    #[test]
    fn a_field_is_no_formula() {
        assert_eq!(csv_field("=1+1"), "'=1+1");
        assert_eq!(csv_field("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv_field("-50000"), "-50000");
    }
}
