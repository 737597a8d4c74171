//! Looking at a proof bundle. No journal, no client and no network is needed: the same verification as the terminal's and the
//! server's.

use crate::codes::{Asked, BundleClaim, FieldType, TimeWord};
use crate::failure::DakaFailure;
use crate::records::TimeInterval;
use crate::{outside, runtime};
use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::{self, Fail, Report, Trust};
use daka_core::domain::crypto::PublicKey;
use std::io::Read as _;
use std::path::Path;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct BundleFailing {
    /// What: a claim's code, or a part of the file.
    pub what: String,
    /// Why, in English.
    pub why: String,
}

/// What a bundle shows of one punch.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct BundlePunch {
    /// The punch's id.
    pub id: String,
    /// Its place in the journal.
    pub seq: u64,
    /// What was asked for.
    pub asked: Asked,
    /// The type, for a field check-in.
    pub field: Option<FieldType>,
    /// The employee's id, where the statement holds.
    pub employee: Option<String>,
    /// The employee's name, where it is shown and holds.
    pub name: Option<String>,
    /// True time lies in here.
    pub interval: Option<TimeInterval>,
    /// The word for that.
    pub word: Option<TimeWord>,
    /// The wall clock at the tap, UTC milliseconds.
    pub wall_ms: Option<i64>,
    /// Its offset from UTC, minutes.
    pub offset_min: Option<i16>,
    /// The place verdict's code.
    pub verdict: Option<String>,
    /// P(inside) in millionths.
    pub p_millionths: Option<u64>,
    /// Signed distance to the fence in millimetres, negative inside.
    pub distance_mm: Option<i64>,
    /// The site's name, where it is shown.
    pub site_name: Option<String>,
    /// When the server had it, UTC milliseconds.
    pub received_ms: Option<i64>,
    /// Claims that hold.
    pub holds: Vec<BundleClaim>,
    /// Groups that the entry has and the bundle does not show.
    pub redacted: Vec<String>,
    /// Claims that the bundle lacks something for.
    pub missing: Vec<BundleClaim>,
    /// Claims that fail.
    pub fails: Vec<BundleFailing>,
}

/// What a bundle shows.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct BundleReport {
    /// The punches that are shown.
    pub punches: Vec<BundlePunch>,
    /// Failures that belong to no single punch.
    pub fails: Vec<BundleFailing>,
    /// The fingerprint of the root that the bundle was made under, 64 hexadecimal digits.
    pub root: Option<String>,
    /// Whether a root to trust was given: without one only inner consistency is shown.
    pub trust_given: bool,
    /// Nothing fails.
    pub ok: bool,
}

/// Verifies the bundle in the file at `path`, against the employer's root in PEM if one is given.
///
/// # Errors
/// `BadValue` for a path that is no file or a root that is none; `Storage` if it cannot be read. A bundle that does not hold is no
/// error: the report says what fails.
#[uniffi::export(async_runtime = "tokio")]
pub async fn verify_bundle(path: String, root_pem: Option<String>) -> Result<BundleReport, DakaFailure> {
    runtime::blocking(move || {
        let root = root_pem.map(|pem| PublicKey::from_pem("root", &pem)).transpose()?;
        let mut bytes = Vec::new();
        outside::open_file(Path::new(&path))
            .and_then(|mut file| file.read_to_end(&mut bytes))
            .map_err(|e| DakaFailure::file("path", &e))?;
        Ok(bundle::verify(&Ring, &bytes, root.as_ref()).into())
    })
    .await
}

/// The version of this library.
///
/// # Errors
/// None.
#[uniffi::export]
pub fn core_version() -> Result<String, DakaFailure> {
    Ok(env!("CARGO_PKG_VERSION").to_owned())
}

impl From<Fail> for BundleFailing {
    fn from(fail: Fail) -> Self {
        Self { what: fail.what, why: fail.why }
    }
}

impl From<Report> for BundleReport {
    fn from(report: Report) -> Self {
        Self {
            punches: report.punches.into_iter().map(Into::into).collect(),
            fails: report.fails.into_iter().map(Into::into).collect(),
            root: report.root.map(|kid| kid.to_string()),
            trust_given: report.trust == Trust::Given,
            ok: report.ok,
        }
    }
}

impl From<bundle::PunchReport> for BundlePunch {
    fn from(p: bundle::PunchReport) -> Self {
        use daka_core::domain::journal as j;
        let (verdict, p_millionths, distance_mm, site_name) = match p.place {
            Some(place) => (Some(place.verdict), place.p_millionths, place.distance_mm, place.site),
            None => (None, None, None, None),
        };
        Self {
            id: p.id.to_string(),
            seq: p.seq,
            asked: j::Asked::from_code(p.asked).map_or(Asked::Unknown, Into::into),
            field: p.field.map(|f| j::FieldType::from_code(f).map_or(FieldType::Unknown, Into::into)),
            employee: p.employee,
            name: p.name,
            interval: p.time.map(|t| t.interval.into()),
            word: p.time.map(|t| t.word.into()),
            wall_ms: p.time.map(|t| t.wall_ms),
            offset_min: p.time.map(|t| t.offset_min),
            verdict,
            p_millionths,
            distance_mm,
            site_name,
            received_ms: p.received_ms,
            holds: p.holds.into_iter().map(Into::into).collect(),
            redacted: p.redacted.into_iter().map(str::to_owned).collect(),
            missing: p.missing.into_iter().map(Into::into).collect(),
            fails: p.fails.into_iter().map(Into::into).collect(),
        }
    }
}
