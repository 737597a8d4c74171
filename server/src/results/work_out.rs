//! From a journal's entries to outcomes, by the domain code that phone and verifier use.
//!
//! Epochs form a tree: each stands on a point of an earlier one. A chain from the root to the last entry of an epoch is one history;
//! the highest epoch's is worked out first, and what it does not hold (tails that a later epoch left behind) as a history of its own.

use crate::error::{Error, Result};
use crate::phone::Caller;
use crate::phone::entries::{Journal, StoredEntry, StoredEpoch, read_groups};
use crate::phone::receipts;
use crate::tenants;
use crate::tenants::{devices, publish};
use daka_core::domain::chronicle::Chronicle;
use daka_core::domain::crypto::Crypto;
use daka_core::domain::ids::{Hash32, PunchId, RulesRev};
use daka_core::domain::journal::{
    Body, GroupId, Groups, Payload, PlaceGroup, PunchBody, Purpose, VerdictGroup, epoch_start,
};
use daka_core::domain::log::{LeafKind, SegmentStatus};
use daka_core::domain::place::{Reason, Verdict};
use daka_core::domain::placing::{PlaceRules, record_verdict, recorded_fixes};
use daka_core::domain::rules::{RulesPublication, SitePublication};
use daka_core::domain::time::{Flag, Limits, PunchTime};
use daka_core::domain::trust::KeySet;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};

/// When a punch happened, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TimeOutcome {
    /// Not before this, ms.
    pub earliest_ms: Option<i64>,
    /// What says so: `token`, `receipt`, `gnss`, `neighbour`, `none`.
    pub earliest_from: &'static str,
    /// Not after this, ms.
    pub latest_ms: Option<i64>,
    /// What says so.
    pub latest_from: &'static str,
    /// `verified`, `bounded`, `unverified`.
    pub word: &'static str,
    /// What contradicted.
    pub flags: Vec<&'static str>,
}

/// Where a punch happened, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PlaceOutcome {
    /// `inside`, `outside`, `uncertain`, `not_evaluated`.
    pub verdict: &'static str,
    /// Why.
    pub reasons: Vec<&'static str>,
    /// The site's id, in hexadecimal.
    pub site: Option<String>,
    /// P(inside) in millionths.
    pub p_millionths: Option<u64>,
    /// Signed distance to the fence in mm, negative inside.
    pub distance_mm: Option<i64>,
    /// The server judged the fixes itself; otherwise it is the phone's word, because no fixes were recorded.
    pub recomputed: bool,
    /// The phone's verdict is the server's.
    pub agrees: bool,
}

/// What a punch counts as.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Outcome {
    /// The employee.
    pub employee: String,
    /// The punch.
    pub punch: PunchId,
    /// The epoch of its entry.
    pub epoch: u64,
    /// The seq of its entry.
    pub seq: u64,
    /// `in`, `out`, `break_start`, `break_end`, `auto`.
    pub asked: &'static str,
    /// The type of a field check-in.
    pub field: Option<&'static str>,
    /// What the wall clock showed, ms.
    pub wall_ms: i64,
    /// Its offset from UTC, minutes.
    pub offset_min: i16,
    /// When; absent if its readings cannot follow those before.
    pub time: Option<TimeOutcome>,
    /// Where; absent if the rule set it was made under is not known here.
    pub place: Option<PlaceOutcome>,
    /// `accepted`, `quarantined`, `conflict`.
    pub status: &'static str,
    /// When the server had it, ms.
    pub received_ms: Option<i64>,
}

impl Outcome {
    /// What lists are ordered by.
    pub fn sort_ms(&self) -> i64 {
        match self.time.as_ref().map(|t| (t.earliest_ms, t.latest_ms)) {
            Some((Some(e), Some(l))) => e + (l - e) / 2,
            Some((one, other)) => one.or(other).unwrap_or(self.wall_ms),
            None => self.wall_ms,
        }
    }
}

/// An entry of one history.
struct Step {
    epoch: u64,
    stored: StoredEntry,
    payload: Option<Payload>,
    groups: Groups,
    received: Option<(i64, u32)>,
}

/// What the punches of a history ask of its other entries, found once.
struct Bearing<'a> {
    /// Entries that add evidence, by punch.
    evidence: BTreeMap<PunchId, Vec<&'a Step>>,
    /// Whether a consent entry covers location, by seq.
    consents: BTreeMap<u64, bool>,
}

impl<'a> Bearing<'a> {
    fn of(steps: &'a [Step]) -> Self {
        let mut out = Self { evidence: BTreeMap::new(), consents: BTreeMap::new() };
        for step in steps {
            match step.payload.as_ref().map(|p| &p.body) {
                Some(Body::EvidenceAdded { punch }) => out.evidence.entry(*punch).or_default().push(step),
                Some(Body::Consent(c)) => {
                    out.consents.insert(step.stored.seq, c.covers(Purpose::Location));
                }
                _ => {}
            }
        }
        out
    }
}

/// Works out every punch of a journal, as `(epoch, seq, outcome)`.
///
/// # Errors
/// When the database fails.
pub fn work_out(conn: &Connection, crypto: &dyn Crypto, who: &Caller) -> Result<Vec<(u64, u64, Outcome)>> {
    let journal = Journal { conn, who };
    let device = devices::find(conn, &who.tenant, who.bucket, who.journal)?
        .ok_or_else(|| Error::command("a journal without a device"))?;
    let (_, keys) = tenants::key_set(conn, crypto, &who.tenant)?;
    let epochs = journal.epochs()?;
    let mut rules = RulesShelf { conn, who, known: BTreeMap::new() };
    let mut done: BTreeSet<(u64, u64)> = BTreeSet::new();
    let mut out = Vec::new();
    for epoch in epochs.iter().rev() {
        if done.contains(&(epoch.epoch, epoch.last_seq)) {
            continue;
        }
        let steps = history(&journal, crypto, &epochs, epoch)?;
        let times = times(crypto, &keys, who, &epochs, &steps, &mut rules)?;
        let bearing = Bearing::of(&steps);
        for step in steps.iter().filter(|s| !done.contains(&(s.epoch, s.stored.seq))) {
            if let Some(Payload { body: Body::Punch(punch), .. }) = &step.payload {
                let time = times.get(&(step.epoch, step.stored.seq));
                let outcome = outcome(device.employee.as_str(), step, punch, time, &bearing, &mut rules)?;
                out.push((step.epoch, step.stored.seq, outcome));
            }
        }
        done.extend(steps.iter().map(|s| (s.epoch, s.stored.seq)));
    }
    Ok(out)
}

/// The chain from the first entry to the last of `last`.
fn history(
    journal: &Journal<'_>,
    crypto: &dyn Crypto,
    epochs: &[StoredEpoch],
    last: &StoredEpoch,
) -> Result<Vec<Step>> {
    let (mut parts, mut at, mut to) = (Vec::new(), *last, last.last_seq);
    loop {
        parts.push((at, to));
        let below = epochs.iter().rev().filter(|e| e.epoch < at.epoch);
        let mut next = None;
        for e in below {
            let base = epoch_start(crypto, journal.who.journal, e.epoch, e.prev_h);
            let there = if at.prev_seq == e.prev_seq {
                Some(base)
            } else {
                journal.hashes(e.epoch, at.prev_seq, at.prev_seq)?.first().copied()
            };
            if there == Some(at.prev_h) {
                next = Some(*e);
                break;
            }
        }
        match next {
            Some(e) => (to, at) = (at.prev_seq, e),
            None => break,
        }
    }
    let mut steps = Vec::new();
    for (epoch, to) in parts.into_iter().rev() {
        let mut segments = receipts::of_epoch(journal.conn, journal.who, epoch.epoch)?.into_iter().peekable();
        for stored in journal.payloads(epoch.epoch, to)? {
            while segments.next_if(|s| s.segment.to < stored.seq).is_some() {}
            let received = segments.peek().map(|s| (s.segment.received.get(), s.segment.eps_ms));
            let payload = stored.payload.as_deref().and_then(|p| Payload::decode(p).ok());
            let groups = stored.groups.as_deref().and_then(|g| read_groups(g).ok()).unwrap_or_default();
            steps.push(Step { epoch: epoch.epoch, stored, payload, groups, received });
        }
    }
    Ok(steps)
}

/// The times of a history's punches, each under the width that its rule set calls Verified.
fn times(
    crypto: &dyn Crypto,
    keys: &KeySet,
    who: &Caller,
    epochs: &[StoredEpoch],
    steps: &[Step],
    rules: &mut RulesShelf<'_>,
) -> Result<BTreeMap<(u64, u64), PunchTime>> {
    let mut hashes: BTreeMap<(u64, u64), Hash32> =
        steps.iter().map(|s| ((s.epoch, s.stored.seq), s.stored.h)).collect();
    for e in epochs {
        hashes.insert((e.epoch, e.prev_seq), epoch_start(crypto, who.journal, e.epoch, e.prev_h));
    }
    let mut chronicle = Chronicle::new(crypto, keys, who.journal);
    let mut place: BTreeMap<u64, u64> = BTreeMap::new();
    let mut widths: BTreeMap<u64, u32> = BTreeMap::new();
    for (i, step) in steps.iter().enumerate() {
        if let Some(payload) = &step.payload {
            // One that cannot follow is left out: its punch has no time, the others keep theirs.
            let fits = chronicle.entry(step.epoch, payload, &|seq| hashes.get(&(step.epoch, seq)).copied()).is_ok();
            if fits && let Body::Punch(punch) = &payload.body {
                place.insert(payload.seq, step.epoch);
                widths.insert(payload.seq, rules.width(punch.rules_rev)?);
            }
        }
        let next = steps.get(i + 1);
        if let Some((received, eps)) = step.received
            && next.is_none_or(|n| n.received != step.received || n.epoch != step.epoch)
        {
            chronicle.received(daka_core::domain::time::WallMs::new(received), eps);
        }
    }
    let mut out = BTreeMap::new();
    let distinct: BTreeSet<u32> = widths.values().copied().collect();
    for width in distinct {
        for time in chronicle.times(&Limits { verified_width_ms: width, ..Limits::default() }) {
            if let (Some(epoch), Some(w)) = (place.get(&time.seq), widths.get(&time.seq))
                && *w == width
            {
                out.insert((*epoch, time.seq), time);
            }
        }
    }
    Ok(out)
}

fn outcome(
    employee: &str,
    step: &Step,
    punch: &PunchBody,
    time: Option<&PunchTime>,
    bearing: &Bearing<'_>,
    rules: &mut RulesShelf<'_>,
) -> Result<Outcome> {
    let offset_min = step.payload.as_ref().map_or(0, |p| p.readings.offset_min);
    Ok(Outcome {
        employee: employee.to_owned(),
        punch: punch.id,
        epoch: step.epoch,
        seq: step.stored.seq,
        asked: punch.asked.code(),
        field: punch.field.map(|f| f.code()),
        wall_ms: punch.tap_wall.get(),
        offset_min,
        time: time.map(|t| TimeOutcome {
            earliest_ms: t.interval.earliest.map(|b| b.at.get()),
            earliest_from: t.interval.earliest_from().code(),
            latest_ms: t.interval.latest.map(|b| b.at.get()),
            latest_from: t.interval.latest_from().code(),
            word: t.word.code(),
            flags: t.flags.iter().copied().map(|f: Flag| f.code()).collect(),
        }),
        place: place(step, punch, bearing, rules)?,
        status: match step.stored.status {
            SegmentStatus::Unknown(_) => "quarantined",
            known => known.code(),
        },
        received_ms: step.received.map(|r| r.0),
    })
}

/// The verdict over the punch's own fixes and those that came within 15 s.
fn place(
    step: &Step,
    punch: &PunchBody,
    bearing: &Bearing<'_>,
    rules: &mut RulesShelf<'_>,
) -> Result<Option<PlaceOutcome>> {
    let Some((_, judge)) = rules.get(punch.rules_rev)? else { return Ok(None) };
    let consent = bearing.consents.get(&punch.consent_seq).is_some_and(|covers| *covers);
    let late = bearing.evidence.get(&punch.id).into_iter().flatten();
    let (mut fixes, mut claimed, mut unread) = (Vec::new(), None, false);
    for (groups, is_late) in std::iter::once((&step.groups, false)).chain(late.map(|s| (&s.groups, true))) {
        let verdict = groups.get(&GroupId::Verdict).and_then(|b| VerdictGroup::decode(b).ok());
        let evaluated = verdict.as_ref().is_some_and(|v| v.verdict != u64::from(Verdict::NotEvaluated.to_int()));
        match groups.get(&GroupId::Place) {
            Some(bytes) => match PlaceGroup::decode(bytes).and_then(|g| recorded_fixes(&g, is_late)) {
                Ok(more) => fixes.extend(more),
                Err(_) => unread = true,
            },
            // Policy may keep coordinates out of the record: then the phone's word is all there is.
            None => unread |= evaluated,
        }
        claimed = verdict.or(claimed);
    }
    let own = record_verdict(&judge.judge(&fixes, consent));
    let shown = if unread { claimed.clone().unwrap_or_else(|| own.clone()) } else { own.clone() };
    let known = |n: u64| u32::try_from(n).ok();
    Ok(Some(PlaceOutcome {
        verdict: known(shown.verdict).and_then(Verdict::from_int).map_or("unknown", Verdict::code),
        reasons: shown
            .reasons
            .iter()
            .map(|r| known(*r).and_then(Reason::from_int).map_or("unknown", Reason::code))
            .collect(),
        site: shown.site.map(|s| daka_core::domain::ids::hex(&s)),
        p_millionths: shown.p,
        distance_mm: shown.distance_mm,
        recomputed: !unread,
        agrees: !unread && claimed.is_none_or(|c| c == own),
    }))
}

/// Rule sets by revision, read once per pass.
struct RulesShelf<'a> {
    conn: &'a Connection,
    who: &'a Caller,
    known: BTreeMap<RulesRev, Option<(u32, PlaceRules)>>,
}

impl RulesShelf<'_> {
    fn width(&mut self, rev: Option<RulesRev>) -> Result<u32> {
        Ok(self.get(rev)?.map_or(Limits::default().verified_width_ms, |r| r.0))
    }

    /// Width of Verified and place rules of a revision; none if it is not known here.
    fn get(&mut self, rev: Option<RulesRev>) -> Result<Option<(u32, PlaceRules)>> {
        let Some(rev) = rev else {
            return Ok(Some((Limits::default().verified_width_ms, PlaceRules::none())));
        };
        if let Some(known) = self.known.get(&rev) {
            return Ok(known.clone());
        }
        let read = self.read(rev)?;
        self.known.insert(rev, read.clone());
        Ok(read)
    }

    fn read(&self, rev: RulesRev) -> Result<Option<(u32, PlaceRules)>> {
        let tenant = &self.who.tenant;
        let Some(rules) = publish::by_digest(self.conn, tenant, LeafKind::Rules, rev.0)? else { return Ok(None) };
        let rules = RulesPublication::decode(&rules.document)?;
        let mut sites = Vec::new();
        for digest in &rules.sites {
            let Some(site) = publish::by_digest(self.conn, tenant, LeafKind::Site, *digest)? else { return Ok(None) };
            sites.push(SitePublication::decode(&site.document)?);
        }
        let width = u32::try_from(rules.policy.verified_width_ms).unwrap_or(u32::MAX);
        Ok(Some((width, PlaceRules::new(&rules.policy, &sites)?)))
    }
}
