//! The second stage: whose journals they are, what the chain says, what is signed, what the log has.

use super::container::{JournalPart, PartKind, Shown};
use super::trust::Ground;
use super::verify::Desk;
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::Crypto;
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::journal::{Body, Entry, Groups, Head, Payload, Secret, chain_step, epoch_start};
use crate::domain::log::{Origin, Receipt, SegmentStatus, verify_inclusion};
use crate::domain::trust::{DeviceCertificate, KeyUse, Statement};
use std::collections::BTreeMap;

/// Who a journal belongs to.
pub(super) struct Owner {
    pub(super) statement: Statement,
    /// The statements before it are all shown, back to the first.
    pub(super) complete: bool,
    /// The certificate, if it is shown and holds.
    pub(super) certificate: Option<DeviceCertificate>,
}

/// Statements and certificates.
pub(super) fn owners(desk: &mut Desk<'_>, ground: &Ground) -> BTreeMap<JournalId, Owner> {
    let crypto = desk.crypto;
    let mut statements: BTreeMap<Hash32, (usize, Sign1, Statement)> = BTreeMap::new();
    for (at, part) in desk.all(PartKind::Statement) {
        let opened = Sign1::decode("statement", &part.bytes)
            .map_err(|e| e.to_string())
            .and_then(|m| Statement::open(crypto, &ground.keys, &m).map(|s| (m, s)).map_err(|e| e.to_string()));
        match opened {
            Ok((message, statement)) => {
                desk.bind(at);
                statements.insert(message.digest(crypto), (at, message, statement));
            }
            Err(why) => desk.fail("enrolment", why),
        }
    }
    let certificates = desk.all(PartKind::Certificate);
    let mut owners = BTreeMap::new();
    for (_, message, statement) in statements.values() {
        let journal = statement.identity.journal(crypto);
        if owners.contains_key(&journal) {
            desk.fail("enrolment", "two statements speak of one journal");
            continue;
        }
        let complete = chain_is_complete(&statements, statement);
        let wanted = statement.certificate;
        let certificate =
            certificates.iter().find(|(_, p)| crypto.sha256(&[&p.bytes]) == wanted).and_then(|(at, part)| {
                desk.bind(*at);
                let ca = ground.keys.find(crypto, KeyUse::DeviceCa, message.kid, None)?;
                let opened =
                    DeviceCertificate::open(crypto, ca, &part.bytes).map_err(|e| e.to_string()).and_then(|c| {
                        let same = c.key.kid(crypto) == statement.identity.device;
                        if same { Ok(c) } else { Err("it is for another key than the statement's".to_owned()) }
                    });
                opened.map_err(|why| desk.fail("device", why)).ok()
            });
        owners.insert(journal, Owner { statement: statement.clone(), complete, certificate });
    }
    owners
}

fn chain_is_complete(all: &BTreeMap<Hash32, (usize, Sign1, Statement)>, newest: &Statement) -> bool {
    let mut at = newest;
    // Each step goes to an earlier statement; a digest cannot lie on a circle.
    for _ in 0..=all.len() {
        if at.previous == Hash32::ZERO {
            return true;
        }
        match all.get(&at.previous) {
            Some((_, _, s)) if s.pseudonym == newest.pseudonym => at = s,
            _ => return false,
        }
    }
    false
}

/// One epoch of a journal, checked.
pub(super) struct Stretch {
    pub(super) at: usize,
    /// Bytes of the part.
    pub(super) size: u64,
    pub(super) part: JournalPart,
    /// The chain's digest before the first entry, then after each.
    hashes: Vec<Hash32>,
    /// Payloads that are shown, in order.
    pub(super) payloads: Vec<Option<Payload>>,
    /// Entries up to this seq are spoken for by a head.
    pub(super) signed_to: u64,
    /// The next epoch that is shown stands on the entries up to this one; those after it are a branch that was left.
    pub(super) stands_to: u64,
    /// Receipts that hold, with the origin of their log.
    pub(super) receipts: Vec<(Origin, Receipt)>,
}

impl Stretch {
    /// The chain's digest after `seq`; after `prev_seq` it is the epoch's first.
    pub(super) fn hash_at(&self, seq: u64) -> Option<Hash32> {
        let i = usize::try_from(seq.checked_sub(self.part.prev_seq)?).ok()?;
        self.hashes.get(i).copied()
    }

    /// The receipt that speaks for `seq`.
    pub(super) fn receipt_for(&self, seq: u64) -> Option<&(Origin, Receipt)> {
        self.receipts.iter().find(|(_, r)| (r.from..=r.to).contains(&seq))
    }

    /// The seqs of the entries.
    pub(super) fn seqs(&self) -> impl Iterator<Item = u64> + use<> {
        self.part.prev_seq + 1..=self.last()
    }

    /// The seq of the last entry.
    pub(super) fn last(&self) -> u64 {
        self.part.prev_seq + self.part.entries.len() as u64
    }
}

/// Journals by J, their epochs in order.
pub(super) fn journals(
    desk: &mut Desk<'_>,
    ground: &Ground,
    owners: &BTreeMap<JournalId, Owner>,
) -> BTreeMap<JournalId, Vec<Stretch>> {
    let mut out: BTreeMap<JournalId, Vec<Stretch>> = BTreeMap::new();
    for (at, part) in desk.all(PartKind::Journal) {
        let size = part.bytes.len() as u64;
        let read = JournalPart::decode(&part.bytes).map_err(|e| e.to_string());
        match read.and_then(|part| stretch(desk, owners, Found { at, size, part })) {
            Ok(s) => out.entry(s.part.journal).or_default().push(s),
            Err(why) => desk.fail("journal", why),
        }
    }
    for stretches in out.values_mut() {
        stretches.sort_by_key(|s| s.part.epoch);
        stretches.dedup_by(|again, first| {
            let same = again.part.epoch == first.part.epoch;
            if same {
                desk.fail("journal", format!("two parts show epoch {}", first.part.epoch));
            }
            same
        });
        speak_backwards(stretches);
        for s in stretches.iter() {
            if s.signed_to == s.last() && !s.part.entries.is_empty() {
                desk.bind(s.at);
            } else {
                desk.fail("signature", format!("no head of the device's key speaks for entries after {}", s.signed_to));
            }
        }
    }
    receipts(desk, ground, &mut out);
    out
}

/// A head of a later epoch speaks, through its h₀, for the earlier one up to prev_seq.
fn speak_backwards(stretches: &mut [Stretch]) {
    for i in (1..stretches.len()).rev() {
        let (earlier, later) = stretches.split_at_mut(i);
        let (Some(earlier), Some(later)) = (earlier.last_mut(), later.first()) else { continue };
        let (seq, h) = (later.part.prev_seq, later.part.prev_h);
        earlier.stands_to = seq;
        let signed = later.signed_to > later.part.prev_seq;
        if signed && seq > earlier.signed_to && earlier.hash_at(seq) == Some(h) {
            earlier.signed_to = seq;
        }
    }
}

/// A journal part as it lies in the bundle.
struct Found {
    at: usize,
    size: u64,
    part: JournalPart,
}

fn stretch(
    desk: &mut Desk<'_>,
    owners: &BTreeMap<JournalId, Owner>,
    Found { at, size, part }: Found,
) -> Result<Stretch, String> {
    let crypto = desk.crypto;
    let mut h = epoch_start(crypto, part.journal, part.epoch, part.prev_h);
    let mut hashes = vec![h];
    let mut payloads = Vec::with_capacity(part.entries.len());
    for (entry, seq) in part.entries.iter().zip(part.prev_seq + 1..) {
        let digest = match entry {
            Shown::Digest(digest) => {
                payloads.push(None);
                *digest
            }
            Shown::Entry { payload, salts, groups } => {
                let parsed =
                    read_entry(crypto, seq, payload, salts, groups).map_err(|why| format!("entry {seq}: {why}"));
                // The chain goes on over a bad entry, so that every entry that is wrong is named.
                payloads.push(parsed.map_err(|why| desk.fail("chain", why)).ok());
                crypto.sha256(&[payload])
            }
        };
        h = chain_step(crypto, h, seq, digest);
        desk.meter.pass_item(size, payloads.len() - 1, part.entries.len());
        hashes.push(h);
    }
    if let Some(Some(first)) = payloads.first()
        && !begins_well(&part, first)
    {
        desk.fail("chain", format!("epoch {} does not begin by saying what it stands on", part.epoch));
    }
    let signed_to = part.prev_seq;
    let mut out = Stretch { at, size, part, hashes, payloads, signed_to, stands_to: u64::MAX, receipts: Vec::new() };
    let key = owners.get(&out.part.journal).and_then(|o| o.certificate.as_ref()).map(|c| &c.key);
    let key = key.ok_or("the bundle shows no certificate for this journal's device")?;
    for head in &out.part.heads {
        let checked = Sign1::decode("head", head).map_err(|e| e.to_string()).and_then(|m| {
            let head = Head::decode(m.verify(crypto, key).map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
            let same = head.journal == out.part.journal && head.point.epoch == out.part.epoch;
            match out.hash_at(head.point.seq) {
                Some(h) if same && h == head.point.h => Ok(head.point.seq),
                _ => Err(format!("the entries up to {} are not those that were signed", head.point.seq)),
            }
        });
        match checked {
            Ok(seq) => out.signed_to = out.signed_to.max(seq),
            Err(why) => desk.fail("signature", why),
        }
    }
    Ok(out)
}

/// Epoch 0 begins with anything, a later one with what it stands on.
fn begins_well(part: &JournalPart, first: &Payload) -> bool {
    match &first.body {
        Body::EpochStarted { prev, .. } => part.epoch > 0 && prev.seq == part.prev_seq && prev.h == part.prev_h,
        _ => part.epoch == 0,
    }
}

fn read_entry(
    crypto: &dyn Crypto,
    seq: u64,
    payload: &[u8],
    salts: &BTreeMap<crate::domain::journal::GroupId, crate::domain::journal::Salt>,
    groups: &Groups,
) -> Result<Payload, String> {
    let parsed = Payload::decode(payload).map_err(|e| e.to_string())?;
    if parsed.seq != seq {
        return Err(format!("its payload says {}", parsed.seq));
    }
    let entry = Entry { payload: Vec::new(), secret: Secret::Salts(salts.clone()), groups: groups.clone() };
    if entry.groups_match(crypto, &parsed) {
        Ok(parsed)
    } else {
        Err("a group is not the one it commits to".to_owned())
    }
}

fn receipts(desk: &mut Desk<'_>, ground: &Ground, journals: &mut BTreeMap<JournalId, Vec<Stretch>>) {
    let crypto = desk.crypto;
    for (at, part) in desk.all(PartKind::Receipt) {
        let checked = receipt(&part.bytes).map_err(|e| e.to_string()).and_then(|(journal, origin, size, receipt)| {
            let stretch = journals
                .get_mut(&journal)
                .and_then(|all| all.iter_mut().find(|s| s.part.epoch == receipt.epoch))
                .ok_or("it speaks of a journal that is not shown")?;
            let h = stretch.hash_at(receipt.to).ok_or("it speaks of entries that are not shown")?;
            if receipt.from <= stretch.part.prev_seq || receipt.from > receipt.to {
                return Err("it speaks of entries that are not shown".to_owned());
            }
            let root =
                ground.root(origin.as_str(), size).ok_or("the bundle has no verified checkpoint that it leads to")?;
            let leaf = receipt.segment(journal, h).leaf(crypto).map_err(|e| e.to_string())?;
            verify_inclusion(crypto, &leaf, receipt.index, size, &receipt.proof, root).map_err(|e| e.to_string())?;
            stretch.receipts.push((origin, receipt));
            Ok(())
        });
        match checked {
            Ok(()) => desk.bind(at),
            Err(why) => desk.fail("receipt", why),
        }
    }
    // What was accepted speaks before what was put aside.
    for stretch in journals.values_mut().flatten() {
        stretch.receipts.sort_by_key(|(_, r)| (r.status != SegmentStatus::Accepted, r.to));
    }
}

fn receipt(bytes: &[u8]) -> Result<(JournalId, Origin, u64, Receipt), FormatError> {
    let mut list = List::new("receipt part", Value::decode("receipt part", bytes)?)?;
    let out = (
        JournalId(list.take("J")?.hash("J")?),
        Origin::parse(&list.take("origin")?.string("origin")?)?,
        list.take("size")?.uint("size")?,
        Receipt::parse(list.take("receipt")?)?,
    );
    list.end()?;
    Ok(out)
}
