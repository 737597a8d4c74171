//! Where a punch was made: the verdict worked out again from what the bundle shows.
//!
//! The verdict of a punch is taken over its own fixes, that of late evidence over both. With all of those fixes the whole verdict
//! is computed again; without them, from the signed distance and σ alone, as far as these decide it. The last verdict counts: if it
//! is not shown, no earlier one is shown in its place.

use super::evidence::{Case, Record};
use super::report::{Claim, Fail, PlaceReport, PunchReport};
use super::verify::Desk;
use crate::domain::journal::{GroupId, PlaceGroup, PunchBody, VerdictGroup};
use crate::domain::place::{Fix, Reason, Verdict};
use crate::domain::placing::{PlaceRules, record_verdict, recorded_fixes};
use crate::domain::rules::SitePublication;

/// What a verdict was worked out again from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worked {
    /// Its fixes.
    FromFixes,
    /// Its distance and σ.
    FromFigures,
    /// Nothing: it is what the entry says.
    Not,
}

impl Case<'_> {
    /// Rules, verdict, and what the verdict follows from.
    pub(super) fn place(&self, desk: &mut Desk<'_>, punch: &PunchBody, records: &[Record<'_>], r: &mut PunchReport) {
        let (rules, sites) = match self.pinned(desk, punch, r) {
            Ok(Some(pinned)) => pinned,
            Ok(None) => (PlaceRules::none(), Vec::new()),
            Err(Missing) => {
                r.missing.push(Claim::Place);
                return;
            }
        };
        let (mut fixes, mut all_fixes, mut any_fixes, mut last) = (Vec::new(), true, false, None);
        for record in records {
            let digests = &record.payload.groups;
            match record.groups.get(&GroupId::Place) {
                Some(bytes) => {
                    let read = PlaceGroup::decode(bytes).and_then(|g| recorded_fixes(&g, record.late));
                    match read {
                        Ok(more) => fixes.extend(more),
                        Err(e) => {
                            r.fails.push(Fail::new(Claim::Place.code(), e));
                            return;
                        }
                    }
                    any_fixes = true;
                }
                None => all_fixes &= !digests.contains_key(&GroupId::Place),
            }
            let Some(bytes) = record.groups.get(&GroupId::Verdict) else {
                if digests.contains_key(&GroupId::Verdict) {
                    last = None;
                }
                continue;
            };
            let worked = VerdictGroup::decode(bytes).map_err(|e| e.to_string()).and_then(|verdict| {
                let fixes = (all_fixes && (any_fixes || needs_no_fix(&verdict))).then_some(&fixes[..]);
                Ok((work_out(&rules, &verdict, fixes)?, verdict))
            });
            match worked {
                Ok(worked) => last = Some(worked),
                Err(why) => {
                    r.fails.push(Fail::new(Claim::Place.code(), why));
                    return;
                }
            }
        }
        let worked = last.as_ref().map_or(Worked::Not, |(worked, _)| *worked);
        match worked {
            Worked::FromFixes => r.holds.push(Claim::Place),
            Worked::FromFigures => {
                r.holds.push(Claim::PlaceFigures);
                r.missing.push(Claim::Place);
            }
            Worked::Not => r.missing.push(Claim::Place),
        }
        r.place = last.map(|(_, verdict)| report(&verdict, &sites));
    }

    /// The rule set that the punch pins, with its sites; none if it pins none.
    fn pinned(
        &self,
        desk: &mut Desk<'_>,
        punch: &PunchBody,
        r: &mut PunchReport,
    ) -> Result<Option<(PlaceRules, Vec<SitePublication>)>, Missing> {
        let Some(rev) = punch.rules_rev else { return Ok(None) };
        let Some((at, publication)) = self.ground.rules.get(&rev) else {
            r.missing.push(Claim::Rules);
            return Err(Missing);
        };
        desk.bind(*at);
        r.holds.push(Claim::Rules);
        let mut sites = Vec::new();
        for digest in &publication.sites {
            // Every site that is shown is bound, even if another one is not shown.
            if let Some((at, site)) = self.ground.sites.get(digest) {
                desk.bind(*at);
                sites.push(site.clone());
            }
        }
        if sites.len() < publication.sites.len() {
            return Err(Missing);
        }
        match PlaceRules::new(&publication.policy, &sites) {
            Ok(rules) => Ok(Some((rules, sites))),
            Err(e) => {
                r.fails.push(Fail::new(Claim::Rules.code(), e));
                Err(Missing)
            }
        }
    }
}

/// What the verdict would be worked out under is not shown, or is no rule set.
struct Missing;

/// A verdict that says itself that there were no fixes, or that they were not looked at.
fn needs_no_fix(verdict: &VerdictGroup) -> bool {
    verdict.reasons.iter().any(|r| [Reason::NoConsent, Reason::NoFix].iter().any(|n| u64::from(n.to_int()) == *r))
}

fn work_out(rules: &PlaceRules, verdict: &VerdictGroup, fixes: Option<&[Fix]>) -> Result<Worked, String> {
    let Some(fixes) = fixes else {
        return match rules.follows_from_figures(verdict) {
            Some(true) => Ok(Worked::FromFigures),
            Some(false) => Err("the verdict does not follow from its distance and doubt".to_owned()),
            None => Ok(Worked::Not),
        };
    };
    let consent = verdict.reasons != [u64::from(Reason::NoConsent.to_int())];
    if record_verdict(&rules.judge(fixes, consent)) == *verdict {
        Ok(Worked::FromFixes)
    } else {
        Err("the verdict does not follow from the fixes and the site's fence".to_owned())
    }
}

fn report(verdict: &VerdictGroup, sites: &[SitePublication]) -> PlaceReport {
    let known = u32::try_from(verdict.verdict).ok().and_then(Verdict::from_int);
    let reason = |n: &u64| u32::try_from(*n).ok().and_then(Reason::from_int).map_or("unknown", Reason::code);
    PlaceReport {
        reasons: verdict.reasons.iter().map(reason).collect(),
        verdict: known.map_or("unknown", Verdict::code).to_owned(),
        p_millionths: verdict.p,
        distance_mm: verdict.distance_mm,
        site: verdict.site.and_then(|id| sites.iter().find(|s| s.site == id)).map(|s| s.name.clone()),
    }
}
