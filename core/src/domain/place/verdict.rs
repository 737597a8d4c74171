//! The verdict: inside, outside, uncertain or not evaluated, with every reason.
//!
//! ```text
//! not_evaluated  no consent, no fence, no fix; or every fix is too old, from the future or without accuracy
//! uncertain      with its reason: coarse_fix, precise_off, stale_fix, mock_fix
//! inside         P ≥ p_in
//! outside        C ≤ c_out for every candidate
//! uncertain      near_edge
//! ```
//!
//! Fixes that cannot be evaluated are set aside. Of the others, the clean ones (not coarse, not stale, precise not off) are fused
//! alone if there is one; a mocked fix among the usable ones speaks, whatever the rest say.

use super::error::PlaceError;
use super::fence::{Candidates, Measure, SiteId};
use super::fix::{Fix, Mock, Precise};
use super::fusion::fuse;
use super::reason::{Help, Reason};
use super::sigma::{MAX_FIX_AGE_MS, STALE_FIX_AGE_MS};
use super::units::Probability;

/// Above this a fix is coarse, decimetres.
const COARSE_DM: u32 = 10_000;

/// The place verdict as it is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Verdict {
    /// Nothing could be said; the reasons say why.
    NotEvaluated = 0,
    /// At the site.
    Inside = 1,
    /// Not at the site.
    Outside = 2,
    /// Not certain; never an absence by itself.
    Uncertain = 3,
}

impl Verdict {
    /// From the recorded integer; `None` when this version does not know it.
    #[must_use]
    pub fn from_int(value: u32) -> Option<Self> {
        match value {
            0 => Some(Self::NotEvaluated),
            1 => Some(Self::Inside),
            2 => Some(Self::Outside),
            3 => Some(Self::Uncertain),
            _ => None,
        }
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        self as u32
    }

    /// Stable code for shells and scripts.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotEvaluated => "not_evaluated",
            Self::Inside => "inside",
            Self::Outside => "outside",
            Self::Uncertain => "uncertain",
        }
    }
}

/// Where the verdicts part; published with the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Thresholds {
    p_in: Probability,
    c_out: Probability,
}

impl Thresholds {
    /// `p_in`: inside from this P on. `c_out`: outside when every candidate is at most this compatible. Errors: `c_out` ≥ `p_in`.
    pub fn new(p_in: Probability, c_out: Probability) -> Result<Self, PlaceError> {
        if c_out < p_in { Ok(Self { p_in, c_out }) } else { Err(PlaceError::ThresholdsCrossed) }
    }

    /// Inside from this P on.
    #[must_use]
    pub fn p_in(&self) -> Probability {
        self.p_in
    }

    /// Outside when every candidate is at most this compatible.
    #[must_use]
    pub fn c_out(&self) -> Probability {
        self.c_out
    }
}

impl Default for Thresholds {
    /// 0.95 and 0.05.
    fn default() -> Self {
        Self { p_in: Probability::constant::<950_000>(), c_out: Probability::constant::<50_000>() }
    }
}

/// Whether the person lets their position be used at this punch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LocationConsent {
    /// Given and not withdrawn.
    Given,
    /// Never given, or withdrawn: positions are not even looked at.
    Withheld,
}

/// A verdict with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The verdict.
    pub verdict: Verdict,
    /// By integer, each once; empty for a plain inside or outside.
    pub reasons: Vec<Reason>,
    /// The likeliest site (then the nearest, then the lowest id); `None` when not evaluated, as are the following.
    pub site: Option<SiteId>,
    /// P(inside any candidate): the sum over disjoint fences, else the largest.
    pub p: Option<Probability>,
    /// P of the second likeliest site; `None` with one candidate.
    pub runner_up_p: Option<Probability>,
    /// Signed distance to `site`'s edge in millimetres, negative inside.
    pub distance_mm: Option<i64>,
    /// σ per axis, millimetres.
    pub sigma_mm: Option<u64>,
}

impl Evaluation {
    /// The one step that would help first; `None` when the verdict is decided or nothing the person can do would.
    #[must_use]
    pub fn what_would_help(&self) -> Option<Help> {
        match self.verdict {
            Verdict::Inside | Verdict::Outside => None,
            Verdict::Uncertain | Verdict::NotEvaluated => Help::for_reasons(&self.reasons),
        }
    }

    fn not_evaluated(reasons: Vec<Reason>) -> Self {
        Self {
            verdict: Verdict::NotEvaluated,
            reasons: in_order(reasons),
            site: None,
            p: None,
            runner_up_p: None,
            distance_mm: None,
            sigma_mm: None,
        }
    }
}

/// By integer, each once.
pub(super) fn in_order(mut reasons: Vec<Reason>) -> Vec<Reason> {
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

/// Judges where the phone was; see the head of this module. Never fails: what is missing becomes a reason.
#[must_use]
pub fn evaluate(
    fixes: &[Fix],
    candidates: &Candidates<'_>,
    thresholds: &Thresholds,
    consent: LocationConsent,
) -> Evaluation {
    if consent == LocationConsent::Withheld {
        return Evaluation::not_evaluated(vec![Reason::NoConsent]);
    }
    let mut missing = Vec::new();
    if candidates.places.is_empty() {
        missing.push(Reason::NoFence);
    }
    if fixes.is_empty() {
        missing.push(Reason::NoFix);
    }
    let usable: Vec<Fix> = fixes.iter().filter(|f| unusable(f).is_none()).copied().collect();
    if usable.is_empty() {
        missing.extend(fixes.iter().filter_map(unusable));
    }
    if !missing.is_empty() {
        return Evaluation::not_evaluated(missing);
    }
    let taken: Vec<Fix> = fixes.iter().zip(taken(fixes)).filter_map(|(fix, taken)| taken.then_some(*fix)).collect();
    let mut reasons: Vec<Reason> = taken.iter().flat_map(blemishes).collect();
    if usable.iter().any(|f| f.mock == Mock::True) {
        reasons.push(Reason::MockFix);
    }
    let Some(fused) = fuse(&taken) else {
        return Evaluation::not_evaluated(vec![Reason::NoAccuracy]);
    };

    let mut measured: Vec<(SiteId, Measure)> =
        candidates.places.iter().map(|c| (c.site, c.fence.measure(fused.position, fused.sigma_mm))).collect();
    measured.sort_by_key(|(site, m)| (std::cmp::Reverse(m.p), m.distance_mm, *site));
    let Some((site, best)) = measured.first().copied() else {
        return Evaluation::not_evaluated(vec![Reason::NoFence]);
    };
    let p = if candidates.disjoint {
        measured.iter().fold(Probability::ZERO, |sum, (_, m)| sum.saturating_add(m.p))
    } else {
        best.p
    };
    let verdict = if !reasons.is_empty() {
        Verdict::Uncertain
    } else if p >= thresholds.p_in {
        Verdict::Inside
    } else if measured.iter().all(|(_, m)| m.compatible <= thresholds.c_out) {
        Verdict::Outside
    } else {
        reasons.push(Reason::NearEdge);
        Verdict::Uncertain
    };
    Evaluation {
        verdict,
        reasons: in_order(reasons),
        site: Some(site),
        p: Some(p),
        runner_up_p: measured.get(1).map(|(_, m)| m.p),
        distance_mm: Some(best.distance_mm),
        sigma_mm: Some(fused.sigma_mm),
    }
}

/// Which of `fixes` the position is taken from: those that can be used and have no blemish; if there is none, all that can be used.
#[must_use]
pub fn taken(fixes: &[Fix]) -> Vec<bool> {
    let usable = |f: &Fix| unusable(f).is_none();
    let clean = |f: &Fix| usable(f) && blemishes(f).next().is_none();
    let any_clean = fixes.iter().any(clean);
    fixes.iter().map(|f| if any_clean { clean(f) } else { usable(f) }).collect()
}

/// Why a fix cannot be evaluated at all.
fn unusable(fix: &Fix) -> Option<Reason> {
    if fix.age_ms < 0 {
        Some(Reason::FixFromFuture)
    } else if fix.age_ms > MAX_FIX_AGE_MS {
        Some(Reason::FixTooOld)
    } else if fix.accuracy.is_none() {
        Some(Reason::NoAccuracy)
    } else {
        None
    }
}

/// Why a usable fix alone decides nothing.
fn blemishes(fix: &Fix) -> impl Iterator<Item = Reason> + use<> {
    let coarse = fix.accuracy.is_some_and(|a| a.get() > COARSE_DM).then_some(Reason::CoarseFix);
    let imprecise = (fix.precise == Precise::Off).then_some(Reason::PreciseOff);
    let stale = (fix.age_ms > STALE_FIX_AGE_MS).then_some(Reason::StaleFix);
    [coarse, imprecise, stale].into_iter().flatten()
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
