//! The third stage: what each punch shows of who, when, where and with what evidence.
//!
//! Only entries that a head speaks for count: as punches, as evidence for them, as anchors, as neighbours in time.

use super::container::Shown;
use super::journal::{Owner, Stretch};
use super::report::{Claim, Fail, PunchReport, TimeReport};
use super::trust::Ground;
use super::verify::Desk;
use crate::domain::chronicle::Chronicle;
use crate::domain::few;
use crate::domain::ids::{Hash32, JournalId, PunchId};
use crate::domain::journal::{Body, Groups, Payload, PunchBody};
use crate::domain::log::{Receipt, SegmentStatus};
use crate::domain::placing::LATE_EVIDENCE_MS;
use crate::domain::time::{Limits, PunchTime, Word};
use std::collections::BTreeMap;

/// Everything about one journal that the punches of it share.
pub(super) struct Case<'a> {
    pub(super) ground: &'a Ground,
    pub(super) owner: &'a Owner,
    pub(super) stretches: &'a [Stretch],
    pub(super) name: Option<String>,
    /// The positions and digests of the photos.
    pub(super) photos: &'a [(usize, Hash32)],
    /// The times by the widest interval that the rules call Verified, in ms, and by seq.
    times: BTreeMap<u32, BTreeMap<u64, PunchTime>>,
    anchors: Vec<Counted>,
    attached: BTreeMap<PunchId, Vec<Record<'a>>>,
}

/// An anchor that counts, as far as its token's counter goes.
struct Counted {
    seq: u64,
    origin: String,
    session: [u8; 16],
    counter: u64,
}

/// An entry that bears on a punch, with the groups that are shown of it.
#[derive(Clone, Copy)]
pub(super) struct Record<'r> {
    pub(super) payload: &'r Payload,
    pub(super) groups: &'r Groups,
    /// It came after the punch.
    pub(super) late: bool,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        desk: &mut Desk<'_>,
        ground: &'a Ground,
        journal: JournalId,
        owner: &'a Owner,
        stretches: &'a [Stretch],
        photos: &'a [(usize, Hash32)],
    ) -> Self {
        let name = super::files::name(desk, owner);
        let mut chronicle = Chronicle::new(desk.crypto, &ground.keys, journal);
        for s in stretches {
            let mut receipts: Vec<&Receipt> = s.receipts.iter().map(|(_, r)| r).collect();
            receipts.sort_by_key(|r| r.to);
            let mut receipts = receipts.into_iter().peekable();
            // A branch that was left does not lie between the entries of the one that went on.
            let to = s.signed_to.min(s.stands_to);
            for (i, (seq, payload)) in s.seqs().zip(&s.payloads).take_while(|(seq, _)| *seq <= to).enumerate() {
                if let Some(Err(e)) = payload.as_ref().map(|p| chronicle.entry(s.part.epoch, p, &|n| s.hash_at(n))) {
                    desk.fail("time", format!("entry {seq}: {e}"));
                }
                while let Some(r) = receipts.next_if(|r| r.to <= seq) {
                    chronicle.received(r.received, r.eps_ms);
                }
                desk.meter.pass_item(s.size, i, s.payloads.len());
            }
        }
        for (seq, why) in chronicle.refused() {
            desk.fail("time", format!("the anchor at entry {seq} does not count: {why:?}"));
        }
        let counted = |a: &crate::domain::chronicle::AcceptedAnchor| Counted {
            seq: a.seq,
            origin: a.token.origin.clone(),
            session: a.token.request.session.get(),
            counter: a.token.counter,
        };
        let anchors = chronicle.accepted().iter().map(counted).collect();
        let widths = ground.rules.values().map(|(_, rules)| width(rules.policy.verified_width_ms));
        let of_width = |width| {
            let limits = Limits { verified_width_ms: width, ..Limits::default() };
            (width, few::map(chronicle.times(&limits).into_iter().map(|t| (t.seq, t))))
        };
        let times = few::map(widths.chain([Limits::default().verified_width_ms]).map(of_width));
        let attached = attached(stretches);
        Self { ground, owner, stretches, name, photos, times, anchors, attached }
    }

    /// The reports of all punches that are shown.
    pub(super) fn punches(&self, desk: &mut Desk<'_>) -> Vec<PunchReport> {
        let mut out = Vec::new();
        for stretch in self.stretches {
            for (i, (payload, shown)) in stretch.payloads.iter().zip(&stretch.part.entries).enumerate() {
                if let (Some(payload), Shown::Entry { groups, .. }) = (payload, shown)
                    && let Body::Punch(punch) = &payload.body
                {
                    out.push(self.punch(desk, stretch, payload, punch, groups));
                }
                desk.meter.pass_item(stretch.size, i, stretch.payloads.len());
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
        if payload.seq > stretch.signed_to {
            r.missing = vec![Claim::Chain, Claim::Signature];
            return r;
        }
        r.holds.extend([Claim::Chain, Claim::Signature]);
        self.receipt(stretch, payload.seq, &mut r);
        let enrolled = if self.owner.complete { &mut r.holds } else { &mut r.missing };
        enrolled.push(Claim::Enrolment);
        if self.name.is_some() {
            r.holds.push(Claim::Name);
        }
        self.time(stretch, payload, punch, &mut r);
        let records = self.records(payload, groups, punch.id);
        self.place(desk, punch, &records, &mut r);
        self.files(desk, &records, &mut r);
        r
    }

    /// Receipt, and the certificate at its time.
    fn receipt(&self, stretch: &Stretch, seq: u64, r: &mut PunchReport) {
        let receipt = stretch.receipt_for(seq).map(|(_, receipt)| receipt);
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
        let rules = punch.rules_rev.and_then(|rev| self.ground.rules.get(&rev));
        let width = rules.map_or(Limits::default().verified_width_ms, |(_, r)| width(r.policy.verified_width_ms));
        let times = self.times.get(&width).filter(|_| payload.seq <= stretch.stands_to);
        let Some(time) = times.and_then(|times| times.get(&payload.seq)) else {
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
        let known = if time.word == Word::Unverified { &mut r.missing } else { &mut r.holds };
        known.push(Claim::Time);
        let all = if all_shown { &mut r.holds } else { &mut r.missing };
        all.push(Claim::AllEvidence);
    }

    /// Whether everything is shown that bears on the time of a punch: every anchor that can belong to its session, and every entry
    /// to 15 s after its tap.
    ///
    /// The segment leaf carries the counter of the last token that the server had issued by then, so that a gap in the counters
    /// shows. That no entry is left out up to 15 s after the tap is shown by one that was written later.
    fn nothing_held_back(&self, stretch: &Stretch, payload: &Payload, punch: &PunchBody) -> bool {
        let Some((origin, receipt)) = stretch.receipt_for(payload.seq) else { return false };
        let session = payload.readings.session.get();
        // Counters run per journal and log.
        let anchors: Vec<&Counted> = self.anchors.iter().filter(|a| a.origin == origin.as_str()).collect();
        // A token of an earlier session has a lower counter than every token of this one.
        let others = || anchors.iter().filter(|a| a.session != session);
        let earlier = others().filter(|a| a.seq < payload.seq).map(|a| a.counter).max().unwrap_or(0);
        let later = others().filter(|a| a.seq > payload.seq).map(|a| a.counter).min();
        let last = later.map_or(receipt.last_token, |l| receipt.last_token.min(l.saturating_sub(1)));
        let ours = anchors.iter().filter(|a| a.session == session).map(|a| a.counter);
        let mut counters: Vec<u64> = ours.filter(|c| *c > earlier && *c <= last).collect();
        counters.sort_unstable();
        counters.dedup();
        let all_anchors = counters.len() as u64 == last.saturating_sub(earlier);
        all_anchors && self.later_entry(stretch, payload, punch)
    }

    /// Whether an entry is shown that was written more than 15 s after the tap, and all before it.
    fn later_entry(&self, stretch: &Stretch, payload: &Payload, punch: &PunchBody) -> bool {
        let until = punch.tap.get().saturating_add(LATE_EVIDENCE_MS.unsigned_abs());
        let later = self.stretches.iter().filter(|s| s.part.epoch >= stretch.part.epoch);
        let entries = later.flat_map(|s| {
            let (to, passed) = (s.signed_to.min(s.stands_to), payload.seq.saturating_sub(s.part.prev_seq));
            let passed = usize::try_from(passed).unwrap_or(usize::MAX);
            s.seqs().zip(&s.payloads).skip(passed).take_while(move |(seq, _)| *seq <= to)
        });
        for (_, next) in entries {
            match next {
                None => return false,
                Some(p) if p.readings.session != payload.readings.session || p.readings.t.get() > until => return true,
                Some(_) => {}
            }
        }
        false
    }

    /// The punch's entry, and those that add evidence or a note to it, in their order.
    fn records<'r>(&self, payload: &'r Payload, groups: &'r Groups, id: PunchId) -> Vec<Record<'r>>
    where
        'a: 'r,
    {
        let mut out = vec![Record { payload, groups, late: false }];
        out.extend(self.attached.get(&id).into_iter().flatten());
        out
    }
}

/// Entries that add to a punch and are spoken for, by punch.
fn attached(stretches: &[Stretch]) -> BTreeMap<PunchId, Vec<Record<'_>>> {
    let mut out: BTreeMap<PunchId, Vec<Record<'_>>> = BTreeMap::new();
    for stretch in stretches {
        for (payload, shown) in stretch.payloads.iter().zip(&stretch.part.entries) {
            if let (Some(payload), Shown::Entry { groups, .. }) = (payload, shown)
                && payload.seq <= stretch.signed_to
                && let Body::EvidenceAdded { punch } | Body::NoteAdded { punch } = payload.body
            {
                out.entry(punch).or_default().push(Record { payload, groups, late: true });
            }
        }
    }
    out
}

/// A policy's widest Verified interval, in ms; beyond 49 days it makes no difference.
fn width(ms: u64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}
