//! From a record to a verdict and back: the one evaluator that phone, server and verifier call.
//!
//! A punch is judged by its own fixes. Fixes that came within [`LATE_EVIDENCE_MS`] after the tap are added by `evidence_added`, whose
//! verdict is taken over both. The record keeps each fix's age at the tap, so a fix that came after has a negative age; what counts
//! for its doubt is how far it lies from the tap, whichever way.

use super::error::{FormatError, Problem};
use super::journal::{PlaceGroup, RecordedFix, VerdictGroup};
use super::place::Reason::{CoarseFix, MockFix, NearEdge, PreciseOff, StaleFix};
use super::place::{
    AccuracyDm, AltitudeDm, Candidate, Candidates, Datum, Evaluation, Fence, Fix, LatE7, LocationConsent, LonE7, Mock,
    PlaceError, Platform, Precise, Probability, Provider, RadiusMm, Reason, SiteId, SpeedCmS, Thresholds, Verdict,
    Wgs84, evaluate, probability_inside_circle,
};
use super::rules::{CircleFence, Policy, SiteDatum, SitePublication};

/// For so long after a tap the shell may hand over fixes and radio, ms (record.md, "Punch body").
pub const LATE_EVIDENCE_MS: i64 = 15_000;

/// The revision of the evaluator, pinned in each punch. It rises when the same input may give another verdict.
pub const EVAL_REV: u64 = 1;

/// The sites and thresholds that a verdict is taken under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlaceRules {
    sites: Vec<(SiteId, Fence)>,
    thresholds: Thresholds,
    disjoint: bool,
}

impl PlaceRules {
    /// Reads the publications.
    ///
    /// # Errors
    /// [`FormatError`] for a site that is not in WGS-84 or has an impossible fence, and for thresholds that cross.
    pub fn new(policy: &Policy, sites: &[SitePublication]) -> Result<Self, FormatError> {
        let millionths = |field, n: u64| {
            let small = u32::try_from(n).ok().and_then(|n| Probability::new(n).ok());
            small.ok_or_else(|| FormatError::new(field, Problem::OutOfRange { min: 0, max: 1_000_000 }))
        };
        let thresholds = Thresholds::new(millionths("p_in", policy.p_in)?, millionths("c_out", policy.c_out)?)
            .map_err(|_| FormatError::new("c_out", Problem::Contradicts { other: "p_in" }))?;
        let sites = sites.iter().map(|s| Ok((SiteId(s.site), fence(s)?))).collect::<Result<_, FormatError>>()?;
        Ok(Self { sites, thresholds, disjoint: policy.sites_disjoint })
    }

    /// No site at all: every verdict is "not evaluated".
    pub fn none() -> Self {
        Self { sites: Vec::new(), thresholds: Thresholds::default(), disjoint: false }
    }

    /// Judges fixes.
    pub fn judge(&self, fixes: &[Fix], consent: bool) -> Evaluation {
        let places: Vec<Candidate<'_>> =
            self.sites.iter().map(|(site, fence)| Candidate { site: *site, fence }).collect();
        let consent = if consent { LocationConsent::Given } else { LocationConsent::Withheld };
        evaluate(fixes, &Candidates { places: &places, disjoint: self.disjoint }, &self.thresholds, consent)
    }
}

impl PlaceRules {
    /// Whether a verdict follows from the signed distance and σ that it records, for a record without coordinates. None where
    /// these do not decide it: nothing was evaluated, radio took part, or it took the figures of other sites.
    ///
    /// That the fixes were coarse, stale, mocked or imprecise is the record's word here.
    #[must_use]
    pub fn follows_from_figures(&self, verdict: &VerdictGroup) -> Option<bool> {
        let (id, distance_mm, sigma_mm) = (SiteId(verdict.site?), verdict.distance_mm?, verdict.sigma_mm?);
        let reasons: Option<Vec<Reason>> =
            verdict.reasons.iter().map(|r| u32::try_from(*r).ok().and_then(Reason::from_int)).collect();
        let blemish = |r: &Reason| matches!(r, CoarseFix | PreciseOff | StaleFix | MockFix);
        let reasons = reasons.filter(|all| all.iter().all(|r| blemish(r) || *r == NearEdge))?;
        let alone = self.sites.len() == 1;
        if self.disjoint && !alone {
            return None;
        }
        let Some((_, Fence::Circle { radius, .. })) = self.sites.iter().find(|(site, _)| *site == id) else {
            return Some(false);
        };
        let from_centre = distance_mm.checked_add(i64::from(radius.get())).filter(|d| *d >= 0);
        let Some(from_centre) = from_centre else { return Some(false) };
        // Fence::measure takes the same steps from the same millimetres.
        let sigma_m = sigma_mm.max(1) as f64 / 1000.0;
        let p = millionths(probability_inside_circle(from_centre as f64 / 1000.0, radius.metres(), sigma_m));
        let beyond = distance_mm.max(0) as f64 / 1000.0 / sigma_m;
        let near = millionths(libm::exp(-beyond * beyond / 2.0)) > u64::from(self.thresholds.c_out().get());
        let expected = if reasons.iter().any(blemish) {
            (Verdict::Uncertain, false)
        } else if p >= u64::from(self.thresholds.p_in().get()) {
            (Verdict::Inside, false)
        } else if near {
            (Verdict::Uncertain, true)
        } else if alone {
            (Verdict::Outside, false)
        } else {
            return (verdict.p != Some(p)).then_some(false);
        };
        let claimed = (verdict.verdict, reasons.contains(&NearEdge));
        Some(verdict.p == Some(p) && claimed == (u64::from(expected.0.to_int()), expected.1))
    }
}

fn millionths(p: f64) -> u64 {
    libm::round(p * 1e6).clamp(0.0, 1e6) as u64
}

/// Checks a fence as an administrator or a publication gives it.
///
/// # Errors
/// [`FormatError`] naming the field and its limits.
pub fn circle(fence: &CircleFence) -> Result<Fence, FormatError> {
    let radius = u32::try_from(fence.radius_mm).ok().and_then(|r| RadiusMm::new(r).ok());
    Ok(Fence::Circle {
        centre: position(fence.lat_e7, fence.lon_e7)?,
        radius: radius
            .ok_or_else(|| FormatError::new("radius", Problem::OutOfRange { min: 10_000, max: 20_000_000 }))?,
    })
}

fn fence(site: &SitePublication) -> Result<Fence, FormatError> {
    if site.datum != SiteDatum::Wgs84 {
        return Err(FormatError::syntax("datum", "WGS-84; the server converts a site once, when it is published"));
    }
    circle(&site.fence)
}

/// A WGS-84 position from 1e-7 degrees.
///
/// # Errors
/// [`FormatError`] naming `latitude` or `longitude`.
pub fn position(lat_e7: i64, lon_e7: i64) -> Result<Wgs84, FormatError> {
    let lat = i32::try_from(lat_e7).ok().and_then(|n| LatE7::new(n).ok());
    let lon = i32::try_from(lon_e7).ok().and_then(|n| LonE7::new(n).ok());
    let range = |field, max: i64| FormatError::new(field, Problem::OutOfRange { min: -max, max });
    Ok(Wgs84 {
        lat: lat.ok_or_else(|| range("latitude", 900_000_000))?,
        lon: lon.ok_or_else(|| range("longitude", 1_800_000_000))?,
    })
}

/// The place group of parsed fixes. `after_tap_ms` is how long after the tap their ages were read.
pub fn record_fixes(fixes: &[Fix], after_tap_ms: i64) -> PlaceGroup {
    let one = |f: &Fix| RecordedFix {
        lat_e7: i64::from(f.position.lat.get()),
        lon_e7: i64::from(f.position.lon.get()),
        accuracy_dm: f.accuracy.map(|a| u64::from(a.get())),
        age_ms: f.age_ms.saturating_sub(after_tap_ms),
        platform: u64::from(f.platform.to_int()),
        provider: u64::from(f.provider.to_int()),
        mock: u64::from(f.mock.to_int()),
        precise: u64::from(f.precise.to_int()),
        altitude_dm: f.altitude.map(|a| i64::from(a.get())),
        speed_cm_s: f.speed.map(|s| u64::from(s.get())),
    };
    PlaceGroup { datum: u64::from(Datum::Wgs84.to_int()), fixes: fixes.iter().map(one).collect() }
}

/// Reads recorded fixes back for evaluation. `late` says that they came with `evidence_added`: their distance from the tap counts,
/// whichever way.
///
/// # Errors
/// [`FormatError`] for values that no phone of ours records.
pub fn recorded_fixes(group: &PlaceGroup, late: bool) -> Result<Vec<Fix>, FormatError> {
    if group.datum != u64::from(Datum::Wgs84.to_int()) {
        return Err(FormatError::syntax("datum", "1, WGS-84"));
    }
    group.fixes.iter().map(|f| recorded_fix(f, late)).collect()
}

fn recorded_fix(f: &RecordedFix, late: bool) -> Result<Fix, FormatError> {
    let small = |field, n: u64| u32::try_from(n).map_err(|_| FormatError::wrong_type(field, "a number of 32 bits"));
    let limit = |field: &'static str| move |_: PlaceError| FormatError::syntax(field, "a value within its limits");
    let known = |field| FormatError::syntax(field, "0, 1 or 2");
    Ok(Fix {
        position: position(f.lat_e7, f.lon_e7)?,
        accuracy: match f.accuracy_dm {
            Some(dm) => AccuracyDm::new(small("accuracy", dm)?).map_err(limit("accuracy"))?,
            None => None,
        },
        altitude: f
            .altitude_dm
            .map(|dm| {
                let dm = i32::try_from(dm).map_err(|_| FormatError::wrong_type("altitude", "a number of 32 bits"))?;
                AltitudeDm::new(dm).map_err(limit("altitude"))
            })
            .transpose()?,
        age_ms: if late && f.age_ms >= -LATE_EVIDENCE_MS { f.age_ms.saturating_abs() } else { f.age_ms },
        platform: Platform::from_int(small("platform", f.platform)?),
        provider: Provider::from_int(small("provider", f.provider)?),
        mock: Mock::from_int(small("mock", f.mock)?).ok_or_else(|| known("mock"))?,
        precise: Precise::from_int(small("precise", f.precise)?).ok_or_else(|| known("precise"))?,
        speed: f.speed_cm_s.map(|s| SpeedCmS::new(small("speed", s)?).map_err(limit("speed"))).transpose()?,
    })
}

/// The verdict group of an evaluation.
pub fn record_verdict(e: &Evaluation) -> VerdictGroup {
    VerdictGroup {
        verdict: u64::from(e.verdict.to_int()),
        reasons: e.reasons.iter().map(|r| u64::from(r.to_int())).collect(),
        site: e.site.map(|s| s.0),
        p: e.p.map(|p| u64::from(p.get())),
        distance_mm: e.distance_mm,
        sigma_mm: e.sigma_mm,
        floor: None,
        runner_up_p: e.runner_up_p.map(|p| u64::from(p.get())),
    }
}
