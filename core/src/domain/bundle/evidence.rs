//! The third stage: what each punch shows of who, when, where and with what evidence.

use super::container::{PartKind, Shown};
use super::journal::{Owner, Stretch};
use super::report::{Claim, Fail, PlaceReport, PunchReport, TimeReport};
use super::trust::Ground;
use super::verify::Desk;
use crate::domain::chronicle::Chronicle;
use crate::domain::ids::{Hash32, JournalId, PunchId};
use crate::domain::journal::{Body, EvidenceFile, GroupId, Groups, Payload, PlaceGroup, PunchBody, VerdictGroup};
use crate::domain::log::{Receipt, SegmentStatus};
use crate::domain::place::Verdict;
use crate::domain::placing::{LATE_EVIDENCE_MS, PlaceRules, record_verdict, recorded_fixes};
use crate::domain::rules::SitePublication;
use crate::domain::time::{Limits, PunchTime, Word};
use crate::domain::trust::name_digest;
use std::collections::BTreeMap;

/// Everything about one journal that the punches of it share.
pub(super) struct Case<'a> {
    pub(super) ground: &'a Ground,
    pub(super) owner: &'a Owner,
    pub(super) stretches: &'a [Stretch],
    pub(super) name: Option<String>,
    times: BTreeMap<u64, PunchTime>,
    /// `(seq, session, counter)` of each anchor that counts.
    anchors: Vec<(u64, [u8; 16], u64)>,
}

/// The name that a statement commits to, if a part shows it.
pub(super) fn name(desk: &mut Desk<'_>, owner: &Owner) -> Option<String> {
    let crypto = desk.crypto;
    for (at, part) in desk.all(PartKind::Name) {
        let read = || -> Result<([u8; 16], String), crate::domain::error::FormatError> {
            use crate::domain::fields::{As as _, List};
            let mut list = List::new("name", crate::domain::cbor::Value::decode("name", &part.bytes)?)?;
            let out = (list.take("salt")?.array_of("salt")?, list.take("name")?.string("name")?);
            list.end()?;
            Ok(out)
        };
        match read() {
            Ok((salt, name)) if name_digest(crypto, &salt, &name) == owner.statement.name => {
                desk.bind(at);
                return Some(name);
            }
            // Another person's, or nobody's: then nothing binds it, and that is said at the end.
            Ok(_) | Err(_) => {}
        }
    }
    None
}

impl<'a> Case<'a> {
    pub(super) fn new(
        desk: &mut Desk<'_>,
        ground: &'a Ground,
        journal: JournalId,
        owner: &'a Owner,
        stretches: &'a [Stretch],
        name: Option<String>,
    ) -> Self {
        let mut chronicle = Chronicle::new(desk.crypto, &ground.keys, journal);
        for s in stretches {
            let mut receipts: Vec<&Receipt> = s.receipts.iter().collect();
            receipts.sort_by_key(|r| r.to);
            let mut receipts = receipts.into_iter().peekable();
            for (i, payload) in s.payloads.iter().enumerate() {
                let seq = s.part.prev_seq + 1 + i as u64;
                if let Some(Err(e)) = payload.as_ref().map(|p| chronicle.entry(s.part.epoch, p, &|n| s.hash_at(n))) {
                    desk.fail("time", format!("entry {seq}: {e}"));
                }
                while let Some(r) = receipts.next_if(|r| r.to <= seq) {
                    chronicle.received(r.received, r.eps_ms);
                }
            }
        }
        for (seq, why) in chronicle.refused() {
            desk.fail("time", format!("the anchor at entry {seq} does not count: {why:?}"));
        }
        let anchors =
            chronicle.accepted().iter().map(|a| (a.seq, a.token.request.session.get(), a.token.counter)).collect();
        let times = chronicle.times(&Limits::default()).into_iter().map(|t| (t.seq, t)).collect();
        Self { ground, owner, stretches, name, times, anchors }
    }

    /// The reports of all punches that are shown.
    pub(super) fn punches(&self, desk: &mut Desk<'_>) -> Vec<PunchReport> {
        let mut out = Vec::new();
        for stretch in self.stretches {
            for (payload, shown) in stretch.payloads.iter().zip(&stretch.part.entries) {
                if let (Some(payload), Shown::Entry { groups, .. }) = (payload, shown)
                    && let Body::Punch(punch) = &payload.body
                {
                    out.push(self.punch(desk, stretch, payload, punch, groups));
                }
            }
        }
        out
    }

    fn punch(
        &self,
        desk: &mut Desk<'_>,
        stretch: &Stretch,
        payload: &Payload,
        punch: &PunchBody,
        groups: &Groups,
    ) -> PunchReport {
        let mut r = PunchReport {
            id: punch.id,
            seq: payload.seq,
            asked: punch.asked.code(),
            field: punch.field.map(crate::domain::journal::FieldType::code),
            employee: Some(self.owner.statement.identity.employee.as_str().to_owned()),
            name: self.name.clone(),
            time: None,
            place: None,
            received_ms: None,
            holds: Vec::new(),
            redacted: payload.groups.keys().filter(|g| !groups.contains_key(g)).map(|g| g.code()).collect(),
            missing: Vec::new(),
            fails: Vec::new(),
        };
        let said = |r: &mut PunchReport, claim, yes| if yes { r.holds.push(claim) } else { r.missing.push(claim) };
        let signed = payload.seq <= stretch.signed_to;
        said(&mut r, Claim::Chain, signed);
        said(&mut r, Claim::Signature, signed);
        self.receipt(stretch, payload.seq, &mut r);
        said(&mut r, Claim::Enrolment, self.owner.complete);
        if self.name.is_some() {
            r.holds.push(Claim::Name);
        }
        self.time(stretch, payload, punch, &mut r);
        self.place(desk, punch, groups, &mut r);
        self.files(desk, punch.id, groups, &mut r);
        r
    }

    /// Receipt, and the certificate at its time.
    fn receipt(&self, stretch: &Stretch, seq: u64, r: &mut PunchReport) {
        let receipt = stretch.receipt_for(seq);
        match receipt {
            Some(receipt) => {
                r.received_ms = Some(receipt.received.get());
                if receipt.status == SegmentStatus::Accepted {
                    r.holds.push(Claim::Receipt);
                } else {
                    let why = format!("the server has it, and put it aside for a person: {}", receipt.status.code());
                    r.fails.push(Fail::new(Claim::Receipt.code(), why));
                }
            }
            None => r.missing.push(Claim::Receipt),
        }
        match (&self.owner.certificate, receipt) {
            (Some(certificate), Some(receipt)) => match certificate.valid_at(receipt.received) {
                Ok(()) => r.holds.push(Claim::Device),
                Err(e) => r.fails.push(Fail::new(Claim::Device.code(), e)),
            },
            _ => r.missing.push(Claim::Device),
        }
    }

    fn time(&self, stretch: &Stretch, payload: &Payload, punch: &PunchBody, r: &mut PunchReport) {
        let Some(time) = self.times.get(&payload.seq) else {
            r.missing.push(Claim::Time);
            return;
        };
        let all_shown = self.nothing_held_back(stretch, payload, punch);
        r.time = Some(TimeReport {
            interval: time.interval,
            word: if all_shown { time.word } else { time.word.max(Word::Bounded) },
            wall_ms: punch.tap_wall.get(),
            offset_min: payload.readings.offset_min,
        });
        let (held, known) = (!all_shown, time.word != Word::Unverified);
        if known {
            r.holds.push(Claim::Time)
        } else {
            r.missing.push(Claim::Time)
        }
        if held { r.missing.push(Claim::AllEvidence) } else { r.holds.push(Claim::AllEvidence) }
    }

    /// The segment leaf carries the counter of the last token that the server had issued. Unless every anchor up to it that can
    /// belong to the punch's session is shown, and every entry to 15 s after the tap, evidence may have been left out.
    fn nothing_held_back(&self, stretch: &Stretch, payload: &Payload, punch: &PunchBody) -> bool {
        let Some(receipt) = stretch.receipt_for(payload.seq) else { return false };
        let session = payload.readings.session.get();
        let mut counters: Vec<u64> = self.anchors.iter().filter(|a| a.1 == session).map(|a| a.2).collect();
        // A token of an earlier session has a lower counter than every token of this one.
        let earlier =
            self.anchors.iter().filter(|a| a.1 != session && a.0 < payload.seq).map(|a| a.2).max().unwrap_or(0);
        let later = self.anchors.iter().filter(|a| a.1 != session && a.0 > payload.seq).map(|a| a.2).min();
        let last = later.map_or(receipt.last_token, |l| receipt.last_token.min(l - 1));
        counters.retain(|c| *c > earlier && *c <= last);
        counters.sort_unstable();
        counters.dedup();
        let all_anchors = counters.len() as u64 == last.saturating_sub(earlier);
        let after = usize::try_from(payload.seq - stretch.part.prev_seq).unwrap_or(usize::MAX);
        let until = punch.tap.get().saturating_add(LATE_EVIDENCE_MS.unsigned_abs());
        for next in stretch.payloads.iter().skip(after) {
            match next {
                None => return false,
                Some(p) if p.readings.session != payload.readings.session || p.readings.t.get() > until => break,
                Some(_) => {}
            }
        }
        all_anchors
    }

    /// Recomputes the verdict of the punch, then that of its late evidence.
    fn place(&self, desk: &mut Desk<'_>, punch: &PunchBody, groups: &Groups, r: &mut PunchReport) {
        let rules = match punch.rules_rev {
            None => PlaceRules::none(),
            Some(rev) => {
                let Some((at, publication)) = self.ground.rules.get(&rev) else {
                    r.missing.push(Claim::Rules);
                    return;
                };
                desk.bind(*at);
                r.holds.push(Claim::Rules);
                let mut sites: Vec<SitePublication> = Vec::new();
                for digest in &publication.sites {
                    let Some((at, site)) = self.ground.sites.get(digest) else {
                        r.missing.push(Claim::Place);
                        return;
                    };
                    desk.bind(*at);
                    sites.push(site.clone());
                }
                match PlaceRules::new(&publication.policy, &sites) {
                    Ok(rules) => rules,
                    Err(e) => {
                        r.fails.push(Fail::new(Claim::Rules.code(), e));
                        return;
                    }
                }
            }
        };
        let mut fixes = Vec::new();
        let mut shown = None;
        let late = self.attached(punch.id).into_iter().map(|g| (g, true));
        for (groups, late) in std::iter::once((groups, false)).chain(late) {
            let Some(verdict) = groups.get(&GroupId::Verdict) else { continue };
            match self.judged(&rules, groups, verdict, late, &mut fixes) {
                Ok(Some(verdict)) => shown = Some((verdict, true)),
                Ok(None) => shown = VerdictGroup::decode(verdict).ok().map(|v| (v, false)),
                Err(why) => {
                    r.fails.push(Fail::new(Claim::Place.code(), why));
                    return;
                }
            }
        }
        let Some((verdict, recomputed)) = shown else {
            r.missing.push(Claim::Place);
            return;
        };
        if recomputed {
            r.holds.push(Claim::Place)
        } else {
            r.missing.push(Claim::Place)
        }
        let site = verdict
            .site
            .and_then(|id| self.ground.sites.values().find(|(_, s)| s.site == id))
            .map(|(_, s)| s.name.clone());
        let known = u32::try_from(verdict.verdict).ok().and_then(Verdict::from_int);
        r.place = Some(PlaceReport {
            verdict: known.map_or("unknown", Verdict::code).to_owned(),
            p_millionths: verdict.p,
            distance_mm: verdict.distance_mm,
            site,
        });
    }

    /// The verdict if the fixes give it again; none if the fixes are not shown.
    fn judged(
        &self,
        rules: &PlaceRules,
        groups: &Groups,
        verdict: &[u8],
        late: bool,
        fixes: &mut Vec<crate::domain::place::Fix>,
    ) -> Result<Option<VerdictGroup>, String> {
        let claimed = VerdictGroup::decode(verdict).map_err(|e| e.to_string())?;
        let no_consent = claimed.reasons == [u64::from(crate::domain::place::Reason::NoConsent.to_int())];
        match groups.get(&GroupId::Place) {
            Some(place) => {
                let place = PlaceGroup::decode(place).map_err(|e| e.to_string())?;
                fixes.extend(recorded_fixes(&place, late).map_err(|e| e.to_string())?);
            }
            None if claimed.verdict != u64::from(Verdict::NotEvaluated.to_int()) => return Ok(None),
            None => {}
        }
        if record_verdict(&rules.judge(fixes, !no_consent)) == claimed {
            Ok(Some(claimed))
        } else {
            Err("the verdict does not follow from the fixes and the site's fence".to_owned())
        }
    }

    /// The groups of entries that add evidence or a note to a punch.
    fn attached(&self, id: PunchId) -> Vec<&Groups> {
        let mut out = Vec::new();
        for stretch in self.stretches {
            for (payload, shown) in stretch.payloads.iter().zip(&stretch.part.entries) {
                if let (Some(payload), Shown::Entry { groups, .. }) = (payload, shown) {
                    match payload.body {
                        Body::EvidenceAdded { punch } | Body::NoteAdded { punch } if punch == id => out.push(groups),
                        _ => {}
                    }
                }
            }
        }
        out
    }

    /// Photos and notes.
    fn files(&self, desk: &mut Desk<'_>, id: PunchId, own: &Groups, r: &mut PunchReport) {
        let all = std::iter::once(own).chain(self.attached(id));
        let photos: Vec<(usize, Hash32)> =
            desk.all(PartKind::Photo).into_iter().map(|(at, p)| (at, desk.crypto.sha256(&[&p.bytes]))).collect();
        let (mut photos_shown, mut photos_missing) = (false, false);
        for groups in all {
            if let Some(note) = groups.get(&GroupId::Note) {
                match crate::domain::journal::Note::decode(note) {
                    Ok(_) => r.holds.push(Claim::Note),
                    Err(e) => r.fails.push(Fail::new(Claim::Note.code(), e)),
                }
            }
            let Some(evidence) = groups.get(&GroupId::Evidence) else { continue };
            match EvidenceFile::decode_all(evidence) {
                Ok(files) => {
                    for file in files {
                        match photos.iter().find(|(_, digest)| *digest == file.content || *digest == file.camera) {
                            Some((at, _)) => {
                                desk.bind(*at);
                                photos_shown = true;
                            }
                            None => photos_missing = true,
                        }
                    }
                }
                Err(e) => r.fails.push(Fail::new(Claim::Photo.code(), e)),
            }
        }
        if photos_missing {
            r.missing.push(Claim::Photo);
        } else if photos_shown {
            r.holds.push(Claim::Photo);
        }
    }
}
