//! Segments: judged in the order of the real server, with fewer cases.
//!
//! Duplicates first; then a head that does not verify; then what follows nothing here (`gap`), another branch (`fork`), an epoch that
//! was left (`closed_epoch`); a revoked device; a head that was left out (`lost_head`); entries that cannot be read.

use super::fault::problem;
use super::journal::{Epoch, Journal, Kept, Standing, Stored};
use super::{State, WireServer, cbor, parameter};
use crate::adapters::crypto::Ring;
use crate::domain::cose::Sign1;
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::journal::{ChainPoint, GENESIS, Head, Payload, Upload, UploadEntry, epoch_start};
use crate::domain::log::{
    ItemReason, ItemResult, ItemStatus, Receipt, Segment, SegmentStatus, UploadAnswer, consistency, inclusion,
};
use crate::domain::time::WallMs;
use crate::ports::HttpResponse;

type Fate = (SegmentStatus, ItemReason);

const ACCEPTED: Fate = (SegmentStatus::Accepted, ItemReason::None);

impl WireServer {
    /// The payloads on the chain, epoch by epoch; none for an entry of which only the digest came.
    pub fn chain(&self) -> Vec<(u64, u64, Option<Payload>)> {
        let read = |entry: &UploadEntry| match entry {
            UploadEntry::Whole(entry) => Payload::decode(&entry.payload).ok(),
            UploadEntry::Erased(_) => None,
        };
        self.with(|s| {
            let all = s.journals.values().flat_map(|j| &j.epochs);
            let one = |(n, e): (&u64, &Epoch)| {
                let (n, first) = (*n, e.prev_seq + 1);
                e.entries.iter().zip(first..).map(|(entry, seq)| (n, seq, read(entry))).collect::<Vec<_>>()
            };
            all.flat_map(one).collect()
        })
    }

    /// Entries kept beside the chain: epoch, seq and why.
    pub fn kept(&self) -> Vec<(u64, u64, ItemReason)> {
        self.with(|s| {
            let kept = s.journals.values().flat_map(|j| &j.kept);
            kept.map(|k| (k.epoch, k.seq, k.fate.1)).collect()
        })
    }
}

/// One run of one fate.
struct Run {
    from: u64,
    to: u64,
    h: Hash32,
    fate: Fate,
}

impl State {
    pub(super) fn segments(&mut self, id: JournalId, body: &[u8], query: &str) -> HttpResponse {
        let Ok(upload) = Upload::decode(&Ring, body) else { return problem(400, "malformed") };
        if upload.entries.len() > self.most_entries {
            return problem(413, "too_large");
        }
        if upload.journal != id {
            return problem(403, "forbidden");
        }
        let mut journal = self.journals[&id].clone();
        let items = self.judge(&mut journal, &upload);
        let (size, head) = (self.size(), journal.head());
        self.journals.insert(id, journal);
        let known = parameter(query, "checkpoint").and_then(|n| n.parse().ok()).unwrap_or(0);
        let same = parameter(query, "origin").is_none_or(|o| o == self.tiny.origin.as_str());
        let known = if same { known } else { 0 };
        if known > size {
            return problem(422, "unprocessable");
        }
        let leaves = &self.tiny.leaves;
        let item = |(status, stored): (ItemStatus, Stored)| ItemResult {
            status,
            reason: stored.reason,
            receipt: Receipt::of(&stored.segment, stored.index, inclusion(&Ring, leaves, stored.index)),
        };
        let answer = UploadAnswer {
            items: items.into_iter().map(item).collect(),
            checkpoint: self.tiny.checkpoint(size),
            consistency: if known == 0 { Vec::new() } else { consistency(&Ring, leaves, known) },
            head,
            upload_spread_s: 0,
        };
        cbor(answer.encode())
    }

    fn judge(&mut self, journal: &mut Journal, upload: &Upload) -> Vec<(ItemStatus, Stored)> {
        let (from, to) = (upload.from, upload.to());
        let base = (upload.prev_seq, upload.prev_h);
        let row = journal.epochs.get(&upload.epoch).cloned();
        let same_base = row.as_ref().is_none_or(|e| (e.prev_seq, e.prev_h) == base);
        let start = epoch_start(&Ring, upload.journal, upload.epoch, upload.prev_h);
        let before = match &row {
            _ if !same_base => None,
            Some(e) => e.hash_at(from - 1),
            None => (from - 1 == upload.prev_seq).then_some(start),
        };
        let chain = before.map(|h| upload.chain(&Ring, h));
        let mut items = Vec::new();
        let mut rest = from;
        if let (Some(e), Some(chain)) = (&row, &chain) {
            let same = chain.iter().zip(from..).take_while(|(h, seq)| e.hash_at(*seq) == Some(**h)).count() as u64;
            if same > 0 {
                items.extend(self.repeated(journal, upload.epoch, from, from + same - 1, &chain[same as usize - 1]));
                rest = from + same;
            }
        }
        if rest > to {
            return items;
        }
        let signed = signed(journal, upload);
        let on_chain = chain.filter(|c| signed.is_some() && c.last() == signed.as_ref());
        let fate = self.fate_beside(journal, upload, &row, signed, on_chain.is_some(), rest);
        match (fate, on_chain) {
            (None, Some(chain)) => items.extend(self.extend(journal, upload, chain, rest)),
            (fate, _) => items.push(self.keep(journal, upload, signed, rest, fate.unwrap())),
        }
        items
    }

    /// Why the rest is kept beside the chain; none if it goes on it.
    fn fate_beside(
        &self,
        journal: &Journal,
        upload: &Upload,
        row: &Option<Epoch>,
        signed: Option<Hash32>,
        on_chain: bool,
        rest: u64,
    ) -> Option<Fate> {
        let quarantined = |reason| Some((SegmentStatus::Quarantined, reason));
        let conflict = |reason| Some((SegmentStatus::Conflict, reason));
        if signed.is_none() {
            return quarantined(if upload.head.is_empty() { ItemReason::Unsigned } else { ItemReason::BadSignature });
        }
        if !on_chain {
            let branch = |k: &&Kept| {
                k.epoch == upload.epoch
                    && k.seq + 1 == upload.from
                    && upload.chain(&Ring, k.h).last() == signed.as_ref()
            };
            if let Some(k) = journal.kept.iter().rev().find(branch) {
                return Some(k.fate);
            }
            let last = row.as_ref().map_or(upload.prev_seq, Epoch::last);
            return if upload.from > last + 1 { quarantined(ItemReason::Gap) } else { conflict(ItemReason::Fork) };
        }
        if row.as_ref().is_some_and(|e| rest <= e.last()) {
            return conflict(ItemReason::Fork);
        }
        if journal.epochs.keys().any(|e| *e > upload.epoch) {
            return conflict(ItemReason::ClosedEpoch);
        }
        if row.is_none() && !base_is_known(journal, upload) {
            return quarantined(ItemReason::Gap);
        }
        (journal.standing == Standing::Revoked).then_some((SegmentStatus::Quarantined, ItemReason::Revoked))
    }

    /// Puts the rest on the chain.
    fn extend(
        &mut self,
        journal: &mut Journal,
        upload: &Upload,
        chain: Vec<Hash32>,
        rest: u64,
    ) -> Vec<(ItemStatus, Stored)> {
        let hash_at = |seq: u64| chain[usize::try_from(seq - upload.from).unwrap()];
        let new = !journal.epochs.contains_key(&upload.epoch);
        let lost = settle_heads(journal, upload, &chain, new);
        let mut runs: Vec<Run> = Vec::new();
        for (entry, seq) in upload.entries.iter().zip(upload.from..).filter(|(_, seq)| *seq >= rest) {
            let fate = if lost {
                (SegmentStatus::Conflict, ItemReason::LostHead)
            } else if readable(entry, seq) {
                ACCEPTED
            } else {
                (SegmentStatus::Quarantined, ItemReason::Unreadable)
            };
            match runs.last_mut() {
                Some(run) if run.fate == fate => (run.to, run.h) = (seq, hash_at(seq)),
                _ => runs.push(Run { from: seq, to: seq, h: hash_at(seq), fate }),
            }
        }
        let start = epoch_start(&Ring, upload.journal, upload.epoch, upload.prev_h);
        let epoch = journal.epochs.entry(upload.epoch).or_insert_with(|| Epoch {
            prev_seq: upload.prev_seq,
            prev_h: upload.prev_h,
            hashes: vec![start],
            entries: Vec::new(),
        });
        for (entry, seq) in upload.entries.iter().zip(upload.from..).filter(|(_, seq)| *seq >= rest) {
            epoch.entries.push(entry.clone());
            epoch.hashes.push(hash_at(seq));
        }
        runs.into_iter().map(|run| self.store(journal, upload, run, true)).collect()
    }

    /// Keeps the rest beside the chain.
    fn keep(
        &mut self,
        journal: &mut Journal,
        upload: &Upload,
        signed: Option<Hash32>,
        rest: u64,
        fate: Fate,
    ) -> (ItemStatus, Stored) {
        let (to, h) = (upload.to(), signed.unwrap_or(Hash32::ZERO));
        let again = |s: &&Stored| {
            let g = s.segment;
            !s.main && (g.epoch, g.from, g.to, g.h, s.reason) == (upload.epoch, rest, to, h, fate.1)
        };
        if let Some(stored) = journal.segments.iter().find(again) {
            return (ItemStatus::Duplicate, *stored);
        }
        for (entry, seq) in upload.entries.iter().zip(upload.from..).filter(|(_, seq)| *seq >= rest) {
            let h = if seq == to { h } else { Hash32::ZERO };
            journal.kept.push(Kept { epoch: upload.epoch, seq, h, fate, entry: entry.clone() });
        }
        self.store(journal, upload, Run { from: rest, to, h, fate }, false)
    }

    /// A leaf for a run.
    fn store(&mut self, journal: &mut Journal, upload: &Upload, run: Run, main: bool) -> (ItemStatus, Stored) {
        let (status, reason) = run.fate;
        let segment = Segment {
            journal: upload.journal,
            epoch: upload.epoch,
            from: run.from,
            to: run.to,
            h: run.h,
            received: WallMs::new(self.clock.true_ms()),
            eps_ms: 500,
            status,
            last_token: journal.tokens.iter().filter(|(_, t)| self.is_of_this_log(t)).count() as u64,
        };
        let index = self.size();
        self.tiny.leaves.push(segment.leaf(&Ring).unwrap());
        let stored = Stored { segment, index, reason, main };
        journal.segments.push(stored);
        let status = match status {
            SegmentStatus::Accepted => ItemStatus::Stored,
            SegmentStatus::Conflict => ItemStatus::Conflict,
            _ => ItemStatus::Quarantined,
        };
        (status, stored)
    }

    fn is_of_this_log(&self, token: &[u8]) -> bool {
        let token = Sign1::decode("time token", token).unwrap();
        crate::domain::trust::TimeToken::decode(&token.payload).unwrap().origin == self.tiny.origin.as_str()
    }

    /// The receipts for what is stored already. A segment that speaks for more than was sent cannot be checked by who does not hold the
    /// rest: what was sent of it gets a leaf of its own.
    fn repeated(
        &mut self,
        journal: &mut Journal,
        epoch: u64,
        from: u64,
        to: u64,
        h: &Hash32,
    ) -> Vec<(ItemStatus, Stored)> {
        let of_these = |s: &&Stored| {
            let g = &s.segment;
            s.main && g.epoch == epoch && g.to >= from && g.from <= to
        };
        let found: Vec<Stored> = journal.segments.iter().filter(of_these).copied().collect();
        let mut out = Vec::new();
        for stored in found {
            let g = stored.segment;
            if g.to <= to || self.first_receipts_only {
                out.push((ItemStatus::Duplicate, stored));
                continue;
            }
            let known = |s: &&Stored| (s.segment.epoch, s.segment.to, s.segment.h) == (epoch, to, *h);
            let own = journal.segments.iter().find(known).copied().unwrap_or_else(|| {
                let index = self.tiny.leaves.len() as u64;
                let segment = Segment { to, h: *h, from: g.from.max(from), ..g };
                self.tiny.leaves.push(segment.leaf(&Ring).unwrap());
                Stored { segment, index, main: false, ..stored }
            });
            journal.segments.push(own);
            out.push((ItemStatus::Duplicate, own));
        }
        out
    }
}

/// The digest that the device signed over the upload's last entry.
fn signed(journal: &Journal, upload: &Upload) -> Option<Hash32> {
    let message = Sign1::decode("head", &upload.head).ok()?;
    let head = Head::decode(message.verify(&Ring, &journal.key).ok()?).ok()?;
    let point = ChainPoint { epoch: upload.epoch, seq: upload.to(), h: head.point.h };
    (head.journal == upload.journal && head.point == point).then_some(head.point.h)
}

/// Whether some branch of an earlier epoch went through what a new epoch stands on.
fn base_is_known(journal: &Journal, upload: &Upload) -> bool {
    let (seq, h) = (upload.prev_seq, upload.prev_h);
    seq == 0 && h == GENESIS
        || journal.epochs.iter().any(|(n, e)| *n < upload.epoch && e.hash_at(seq) == Some(h))
        || journal.kept.iter().any(|k| k.epoch < upload.epoch && (k.seq, k.h) == (seq, h))
}

/// Looks at the heads of tokens that these entries pass; whether one is left out.
fn settle_heads(journal: &mut Journal, upload: &Upload, chain: &[Hash32], new: bool) -> bool {
    let mut lost = false;
    let (epochs, before) = (&journal.epochs, upload.from - 1);
    let start = epoch_start(&Ring, upload.journal, upload.epoch, upload.prev_h);
    journal.open_heads.retain(|head| {
        let stored = || match epochs.get(&head.epoch) {
            Some(e) => e.hash_at(head.seq),
            // The head of a journal that had no entry yet.
            None if head.seq == 0 => Some(epoch_start(&Ring, upload.journal, 0, GENESIS)),
            None => None,
        };
        let on_chain = if head.epoch < upload.epoch && new {
            stored() == Some(head.h)
        } else if head.epoch == upload.epoch && head.seq <= before {
            stored().or((head.seq == upload.prev_seq).then_some(start)) == Some(head.h)
        } else if head.epoch == upload.epoch && head.seq <= upload.to() {
            chain.get(usize::try_from(head.seq - upload.from).unwrap()) == Some(&head.h)
        } else {
            return true;
        };
        lost |= !on_chain;
        false
    });
    lost
}

fn readable(entry: &UploadEntry, seq: u64) -> bool {
    let UploadEntry::Whole(entry) = entry else { return true };
    let Ok(payload) = Payload::decode(&entry.payload) else { return false };
    payload.seq == seq && entry.groups_match(&Ring, &payload)
}
