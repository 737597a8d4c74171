//! Exporting a proof bundle: the employee's own copy of the evidence, made without the server.
//!
//! The bundle shows the punches in a range with all their groups, and every entry that is no punch (anchors, boots, consent), because
//! the times rest on them. Other punches appear as digests. Receipts, checkpoints with the consistency between them, the key set, the
//! publications that the punches pin, statements and photos come along.

use super::engine::Engine;
use super::enrolled::Enrolled;
use super::rulebook::Rulebook;
use super::{DakaError, PhotoError};
use crate::domain::bundle::{Bundle, JournalPart, Part, PartKind, Shown};
use crate::domain::cbor::Value;
use crate::domain::ids::{Hash32, RulesRev};
use crate::domain::journal::{Body, EvidenceFile, GroupId, Payload};
use crate::domain::time::WallMs;
use crate::ports::{EntryRow, PhotoStoreError};
use std::collections::{BTreeMap, BTreeSet};

/// Which punches to show: those whose tap's wall time lies in the range, ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportRange {
    /// From when.
    pub from: Option<WallMs>,
    /// Until when.
    pub to: Option<WallMs>,
}

impl ExportRange {
    fn holds(&self, wall: WallMs) -> bool {
        self.from.is_none_or(|f| f <= wall) && self.to.is_none_or(|t| wall <= t)
    }
}

/// Entries read per transaction, so that a punch never waits for an export.
const SLICE: usize = 500;

impl Engine {
    /// Makes a bundle. `progress` hears how many entries were read, of how many.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled, or the store refuses.
    pub fn export(&self, range: ExportRange, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<u8>, DakaError> {
        self.close_windows(true)?;
        self.settle()?;
        let enrolled = self.enrolled()?;
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        let (epochs, total, receipts, checkpoints, books, key_set) = self.read(move |tx| {
            use crate::ports::EntryState as S;
            let mut total = 0;
            for s in [S::Waiting, S::Received, S::PutAside, S::Refused] {
                total += tx.count(s)?;
            }
            let books = Rulebook::all(&*crypto, tx)?;
            Ok((tx.epochs()?, total, tx.receipts()?, tx.checkpoints()?, books, tx.value(super::sync::KEY_SET)?))
        })?;
        let mut parts = self.identity_parts(&enrolled, key_set)?;
        let (mut pins, mut photos, mut done) = (BTreeSet::new(), BTreeSet::new(), 0);
        for (epoch, first) in epochs {
            let part = self.journal_part(&enrolled, epoch, first, range, &mut |rows| {
                done += rows;
                progress(done, total);
            })?;
            note_pins(&part, &mut pins, &mut photos);
            parts.push(Part::new(PartKind::Journal, part.encode()));
        }
        parts.extend(receipts.into_iter().map(|r| Part::new(PartKind::Receipt, r.part)));
        parts.extend(checkpoints.into_iter().map(|c| Part::new(PartKind::Checkpoint, c.part)));
        parts.extend(publications(self.crypto(), &books, &pins));
        for digest in photos {
            parts.extend(self.photo_part(digest)?);
        }
        Ok(Bundle { parts }.encode(self.crypto()))
    }

    fn identity_parts(&self, enrolled: &Enrolled, key_set: Option<Vec<u8>>) -> Result<Vec<Part>, DakaError> {
        let answer = &enrolled.answer;
        let mut parts = vec![Part::new(PartKind::Root, enrolled.root.spki())];
        // Before the first sync the key set has no place in the log yet; a verifier then says that it is missing.
        parts.extend(key_set.map(|k| Part::new(PartKind::KeySet, k)));
        parts.extend(answer.earlier.iter().map(|s| Part::new(PartKind::Statement, s.clone())));
        parts.push(Part::new(PartKind::Statement, answer.statement.clone()));
        parts.push(Part::new(PartKind::Certificate, answer.certificate.clone()));
        let name = Value::Array(vec![Value::bytes(answer.name_salt), Value::text(&answer.employee_name)]);
        parts.push(Part::new(PartKind::Name, name.encode()));
        Ok(parts)
    }

    fn journal_part(
        &self,
        enrolled: &Enrolled,
        epoch: u64,
        first: u64,
        range: ExportRange,
        progress: &mut dyn FnMut(u64),
    ) -> Result<JournalPart, DakaError> {
        let (mut prev_h, mut entries, mut next) = (Hash32::ZERO, Vec::new(), first);
        let mut shown_punches = BTreeSet::new();
        loop {
            let rows = self.read(move |tx| Ok(tx.entries(epoch, next, SLICE)?))?;
            let Some(last) = rows.last().map(|r| r.point.seq) else { break };
            progress(rows.len() as u64);
            for row in rows {
                let payload = Payload::decode(&row.entry.payload)?;
                match &payload.body {
                    Body::EpochStarted { prev, .. } if row.point.seq == first => prev_h = prev.h,
                    Body::Punch(p) if range.holds(p.tap_wall) => {
                        shown_punches.insert(p.id);
                    }
                    _ => {}
                }
                let withheld = row.punch.is_some_and(|id| !shown_punches.contains(&id));
                entries.push(if withheld {
                    Shown::Digest(row.entry.payload_digest(self.crypto()))
                } else {
                    self.shown(row)
                });
            }
            next = last + 1;
        }
        let heads = self.read(move |tx| Ok(tx.last_head(epoch)?))?.map(|(_, head)| head).into_iter().collect();
        Ok(JournalPart { journal: enrolled.journal, epoch, prev_seq: first - 1, prev_h, entries, heads })
    }

    fn shown(&self, row: EntryRow) -> Shown {
        let salts = row.entry.groups.keys().filter_map(|g| Some((*g, row.entry.salt(self.crypto(), *g)?))).collect();
        Shown::Entry { payload: row.entry.payload, salts, groups: row.entry.groups }
    }

    /// The photo's file; one that was deleted after its receipt is shown as missing.
    fn photo_part(&self, digest: Hash32) -> Result<Option<Part>, DakaError> {
        let mut reader = match self.ports.photos.open(digest) {
            Ok(reader) => reader,
            Err(PhotoStoreError::Missing) => return Ok(None),
            Err(e) => return Err(PhotoError::from(e).into()),
        };
        let (mut bytes, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            let n = reader.read_at(bytes.len() as u64, &mut buffer).map_err(PhotoError::from)?;
            if n == 0 {
                return Ok(Some(Part::new(PartKind::Photo, bytes)));
            }
            bytes.extend_from_slice(buffer.get(..n).unwrap_or_default());
        }
    }
}

/// What the shown entries refer to: rule sets and photos.
fn note_pins(part: &JournalPart, rules: &mut BTreeSet<RulesRev>, photos: &mut BTreeSet<Hash32>) {
    for entry in &part.entries {
        let Shown::Entry { payload, groups, .. } = entry else { continue };
        if let Ok(Payload { body: Body::Punch(p), .. }) = Payload::decode(payload) {
            rules.extend(p.rules_rev);
        }
        if let Some(files) = groups.get(&GroupId::Evidence).and_then(|b| EvidenceFile::decode_all(b).ok()) {
            photos.extend(files.iter().map(|f| f.camera));
        }
    }
}

fn publications(
    crypto: &dyn crate::domain::crypto::Crypto,
    books: &[Rulebook],
    pins: &BTreeSet<RulesRev>,
) -> Vec<Part> {
    let pinned: Vec<&Rulebook> = books.iter().filter(|b| pins.contains(&b.rev)).collect();
    let mut sites = BTreeMap::new();
    for site in pinned.iter().flat_map(|b| &b.sites) {
        sites.entry(crypto.sha256(&[&site.document])).or_insert_with(|| site.value().encode());
    }
    let rules = pinned.iter().map(|b| Part::new(PartKind::Rules, b.published.value().encode()));
    rules.chain(sites.into_values().map(|s| Part::new(PartKind::Site, s))).collect()
}
