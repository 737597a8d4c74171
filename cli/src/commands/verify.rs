//! `daka verify`: a stranger's check of a proof file, offline. No folder, no enrolment, no network.
//!
//! The JSON is the shape that scripts of other people rely on; what it has beyond `punches`, `trust` and `ok` may grow.

use crate::args::Verify;
use crate::failure::{Exit, Failure};
use crate::output::Done;
use crate::progress::Progress;
use crate::render::{self, PlaceJson, TimeJson};
use crate::{root_key, times, words};
use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::{self, Fail, PunchReport, Report, Trust};
use daka_core::domain::ids::Kid;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;

#[derive(Serialize)]
struct ReportJson<'a> {
    punches: Vec<PunchJson<'a>>,
    trust: Trust,
    ok: bool,
    /// What fails beyond single punches.
    fails: &'a [Fail],
    root: Option<Kid>,
}

#[derive(Serialize)]
struct PunchJson<'a> {
    id: String,
    seq: u64,
    asked: &'static str,
    field: Option<&'static str>,
    employee: Option<&'a str>,
    name: Option<&'a str>,
    time: Option<TimeJson>,
    place: Option<PlaceJson>,
    received: Option<String>,
    holds: Vec<&'static str>,
    redacted: &'a [&'static str],
    missing: Vec<&'static str>,
    fails: &'a [Fail],
}

impl<'a> From<&'a PunchReport> for PunchJson<'a> {
    fn from(p: &'a PunchReport) -> Self {
        Self {
            id: p.id.to_string(),
            seq: p.seq,
            asked: p.asked,
            field: p.field,
            employee: p.employee.as_deref(),
            name: p.name.as_deref(),
            time: p.time.as_ref().map(TimeJson::from),
            place: p.place.as_ref().map(PlaceJson::from),
            received: p.received_ms.map(|ms| times::rfc3339(ms, 0)),
            holds: p.holds.iter().map(|c| c.code()).collect(),
            redacted: &p.redacted,
            missing: p.missing.iter().map(|c| c.code()).collect(),
            fails: &p.fails,
        }
    }
}

pub(crate) fn run(args: &Verify) -> Result<Done, Failure> {
    // The key first: a wrong one is found before a large file is read.
    let trusted = args.trust.as_deref().map(root_key::read).transpose()?;
    let bytes = std::fs::read(&args.file).map_err(|e| Failure::unreadable("file", &args.file, &e))?;
    let report = {
        let bar = Progress::new("checking");
        bundle::verify_showing(&Ring, &bytes, trusted.as_ref(), &mut |done, total| bar.share(done, total))
    };
    let json = ReportJson {
        punches: report.punches.iter().map(PunchJson::from).collect(),
        trust: report.trust,
        ok: report.ok,
        fails: &report.fails,
        root: report.root,
    };
    let done = Done::new(text(&args.file, bytes.len() as u64, &report), &json)?;
    if report.ok {
        return Ok(done);
    }
    Ok(done.ended(Exit::Failed, "not everything in this proof file holds", None))
}

fn text(file: &Path, size: u64, report: &Report) -> String {
    let mut out = String::new();
    let failing = report.fails.len() + report.punches.iter().map(|p| p.fails.len()).sum::<usize>();
    let verdict = match (report.ok, report.trust) {
        (true, Trust::Given) => "everything in it holds".to_owned(),
        (true, Trust::NotGiven) => "it fits together; whose it is was not checked".to_owned(),
        (false, _) => format!(
            "{} not hold",
            if failing == 1 { "1 thing does".to_owned() } else { format!("{failing} things do") }
        ),
    };
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{} ({}): {verdict}", file.display(), render::size(size));
    if let Some(root) = &report.root {
        let _ = writeln!(out, "Root  {}", render::fingerprint(root));
    }
    if report.trust == Trust::NotGiven {
        let _ = writeln!(
            out,
            "      No root was given, so only inner consistency was shown. Compare this fingerprint with the"
        );
        let _ = writeln!(out, "      employer's, or give the employer's key: --trust ROOT.pem");
    }
    for punch in &report.punches {
        out.push('\n');
        punch_text(&mut out, punch);
    }
    if report.punches.is_empty() {
        out.push_str("\nNo punch can be shown.\n");
    }
    if !report.fails.is_empty() {
        out.push_str("\nDoes not hold, beyond single punches:\n");
        fails(&mut out, &report.fails);
    }
    out
}

fn punch_text(out: &mut String, p: &PunchReport) {
    let what = match p.field {
        Some(kind) => format!("Field check-in, {}", words::field(kind)),
        None => words::asked(p.asked).to_owned(),
    };
    let _ = writeln!(out, "{what}  {}", p.id);
    let who = match (&p.name, &p.employee) {
        (Some(name), Some(id)) => format!("{name} ({id})"),
        (None, Some(id)) => id.clone(),
        _ => "not shown".to_owned(),
    };
    let when = p.time.as_ref().map_or_else(
        || "not known".to_owned(),
        |t| {
            let shown = times::interval(&t.interval, t.offset_min);
            format!("{shown} ({}), {}", times::offset(t.offset_min), words::time(t.word).to_lowercase())
        },
    );
    let place = p.place.as_ref().map(PlaceJson::from).map_or_else(
        || "not shown".to_owned(),
        |place| place.why().map_or_else(|| place.line(), |why| format!("{}: {why}", place.line())),
    );
    let list = |codes: Vec<&str>| codes.join(", ");
    let mut rows = vec![("  who", who), ("  when", when)];
    if let Some(t) = &p.time {
        rows.push((
            "  phone's clock",
            format!("{} ({})", times::clock(t.wall_ms, t.offset_min), times::offset(t.offset_min)),
        ));
    }
    rows.push(("  where", place));
    if let Some(ms) = p.received_ms {
        rows.push(("  received", format!("{} UTC", times::clock(ms, 0))));
    }
    rows.push(("  holds", list(p.holds.iter().map(|c| c.code()).collect())));
    if !p.redacted.is_empty() {
        rows.push(("  not shown", list(p.redacted.clone())));
    }
    let missing = p.missing.iter().map(|c| format!("{}: {}", c.code(), words::missing(c.code())));
    rows.extend(missing.enumerate().map(|(i, why)| (if i == 0 { "  missing" } else { "" }, why)));
    out.push_str(&render::pairs(&rows));
    if !p.fails.is_empty() {
        out.push_str("  does not hold\n");
        fails(out, &p.fails);
    }
}

fn fails(out: &mut String, fails: &[Fail]) {
    for f in fails {
        let _ = writeln!(out, "    {}: {}", f.what, f.why);
    }
}
