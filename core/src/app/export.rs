//! Exporting a proof bundle: the employee's own copy of the evidence, made without the server.
//!
//! The bundle shows the punches in a range with all their groups, and every entry that is no punch (anchors, boots, consent), because
//! the times rest on them. Other punches appear as digests. Receipts, checkpoints with the consistency between them, the key set, the
//! publications that the punches pin, statements and photos come along.
//!
//! The bundle is a picture of the moment when it is asked for: what is written meanwhile is not in it. An epoch is shown as far as its
//! entries can be read and follow each other; damage ends it, and what speaks for entries beyond is left out.

use super::db::{self, readable};
use super::engine::Engine;
use super::enrolled::Enrolled;
use super::epochs::{base, follows, start};
use super::rulebook::Rulebook;
use super::sync::KEY_SET;
use super::{DakaError, PhotoError};
use crate::domain::bundle::{Bundle, JournalPart, Part, PartKind, Shown};
use crate::domain::calendar::LocalDate;
use crate::domain::cbor::Value;
use crate::domain::few;
use crate::domain::ids::{Hash32, PunchId, RulesRev};
use crate::domain::journal::{Body, ChainPoint, EvidenceFile, GroupId, Payload, PunchBody};
use crate::domain::time::WallMs;
use crate::ports::{CheckpointRow, EntryRow, EntryState, Order, PhotoStoreError, ReceiptRow, Tx};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

/// Which punches to show: those whose tap's wall time lies in the range, ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportRange {
    /// From when.
    pub from: Option<WallMs>,
    /// Until when.
    pub to: Option<WallMs>,
}

/// Which punches to show.
enum Choice {
    Range(ExportRange),
    /// Local days by each punch's own offset, as a day or a month shows them.
    Days(RangeInclusive<LocalDate>),
    These(BTreeSet<PunchId>),
}

impl Choice {
    fn holds(&self, punch: &PunchBody, offset_min: i16) -> bool {
        match self {
            Self::Range(range) => range.holds(punch.tap_wall),
            Self::Days(days) => days.contains(&LocalDate::of(punch.tap_wall, offset_min)),
            Self::These(ids) => ids.contains(&punch.id),
        }
    }
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
        self.bundle(&Choice::Range(range), progress)
    }

    /// The same for local days, the first and the last included: the punches that [`Engine::day`] shows for them.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled, or the store refuses.
    pub fn export_days(
        &self,
        days: RangeInclusive<LocalDate>,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<u8>, DakaError> {
        self.bundle(&Choice::Days(days), progress)
    }

    /// The same for single punches.
    ///
    /// # Errors
    /// [`DakaError::UnknownPunch`] if this phone does not hold one of them, not enrolled, or the store refuses.
    pub fn export_punches(
        &self,
        punches: &[PunchId],
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<Vec<u8>, DakaError> {
        let ids = few::set(punches.iter().copied());
        let wanted = ids.clone();
        self.enrolled()?;
        self.read(move |tx| {
            for id in wanted {
                if tx.punches(id..=id, Order::Rising, 1)?.is_empty() {
                    return Err(DakaError::UnknownPunch);
                }
            }
            Ok(())
        })?;
        self.bundle(&Choice::These(ids), progress)
    }

    /// The same for the punches that the server would not take, or would not take an addition to. Where there is none, no punch is
    /// shown; what else it refused always is.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled, or the store refuses.
    pub fn export_refused(&self, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<u8>, DakaError> {
        self.enrolled()?;
        let refused = self.read(|tx| Ok(tx.open_entries(EntryState::Refused, usize::MAX)?))?;
        self.bundle(&Choice::These(refused.into_iter().filter_map(|entry| entry.punch).collect()), progress)
    }

    fn bundle(&self, choice: &Choice, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<u8>, DakaError> {
        self.close_windows(true)?;
        match self.settle() {
            // A signature that is pending is shown as missing; the person gets the bundle all the same.
            Ok(()) | Err(DakaError::Sign(_)) => {}
            Err(e) => return Err(e),
        }
        let enrolled = self.enrolled()?;
        let now = self.read(|tx| Picture::take(tx))?;
        let mut parts = self.identity_parts(&enrolled, now.key_set)?;
        let (mut pins, mut photos, mut ends, mut done) = (BTreeSet::new(), BTreeSet::new(), BTreeMap::new(), 0);
        for (epoch, first) in now.epochs {
            // Only the newest epoch still grows.
            let until = now.tail.filter(|tail| tail.epoch == epoch).map_or(u64::MAX, |tail| tail.seq);
            let part = self.journal_part(&enrolled, epoch, first..=until, choice, &mut |rows| {
                done += rows;
                progress(done, now.total);
            })?;
            let Some(part) = part else { continue };
            ends.insert(epoch, part.prev_seq + part.entries.len() as u64);
            note_pins(&part, &mut pins, &mut photos);
            parts.push(Part::new(PartKind::Journal, part.encode()));
        }
        let shown = |r: &ReceiptRow| ends.get(&r.epoch).is_some_and(|end| r.to <= *end);
        parts.extend(now.receipts.into_iter().filter(shown).map(|r| Part::new(PartKind::Receipt, r.part)));
        parts.extend(now.checkpoints.into_iter().map(|c| Part::new(PartKind::Checkpoint, c.part)));
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        let books = self.read(move |tx| Rulebook::all(&*crypto, tx))?;
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

    /// An epoch, or none if its first entry cannot be shown.
    fn journal_part(
        &self,
        enrolled: &Enrolled,
        epoch: u64,
        seqs: RangeInclusive<u64>,
        choice: &Choice,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Option<JournalPart>, DakaError> {
        let journal = enrolled.journal;
        let Some((prev_seq, prev_h)) = self.read(move |tx| base(tx, epoch))? else { return Ok(None) };
        let (mut at, mut end) = (start(self.crypto(), journal, epoch, (prev_seq, prev_h)), None);
        let (mut entries, mut shown_punches) = (Vec::new(), BTreeSet::new());
        'slices: while at.seq < *seqs.end() {
            let from = at.seq + 1;
            let limit = usize::try_from(seqs.end() - at.seq).unwrap_or(SLICE).min(SLICE);
            let rows = self.read(move |tx| Ok(db::rows(tx, epoch, from, limit)?))?;
            if rows.is_empty() {
                break;
            }
            progress(rows.len() as u64);
            for (_, row) in rows {
                let Some(row) = row.filter(|row| follows(self.crypto(), &at, row)) else { break 'slices };
                at = row.point;
                let payload = Payload::decode(&row.entry.payload)?;
                if let Body::Punch(p) = payload.body
                    && choice.holds(&p, payload.readings.offset_min)
                {
                    shown_punches.insert(p.id);
                }
                end = Some(row.clone());
                let withheld = row.punch.is_some_and(|id| !shown_punches.contains(&id));
                entries.push(if withheld {
                    Shown::Digest(row.entry.payload_digest(self.crypto()))
                } else {
                    self.shown(row)
                });
            }
        }
        let Some(end) = end else { return Ok(None) };
        let heads = self.head_at(&end)?.into_iter().collect();
        Ok(Some(JournalPart { journal, epoch, prev_seq, prev_h, entries, heads }))
    }

    /// The head over an epoch's last entry that is shown: the one that was signed, or a new one; none if the key store refuses.
    fn head_at(&self, end: &EntryRow) -> Result<Option<Vec<u8>>, DakaError> {
        let ChainPoint { epoch, seq, .. } = end.point;
        let signed = self.read(move |tx| Ok(readable(tx.head_from(epoch, seq))?.flatten()))?;
        match signed.filter(|(at, _)| *at == seq) {
            Some((_, head)) => Ok(Some(head)),
            None => match self.sign(end) {
                Ok(head) => Ok(Some(head)),
                Err(DakaError::Sign(_)) => Ok(None),
                Err(e) => Err(e),
            },
        }
    }

    fn shown(&self, row: EntryRow) -> Shown {
        let salts = few::map(row.entry.groups.keys().filter_map(|g| Some((*g, row.entry.salt(self.crypto(), *g)?))));
        Shown::Entry { payload: row.entry.payload, salts, groups: row.entry.groups }
    }

    /// The photo's file; one that was deleted after its receipt, or is damaged, is shown as missing.
    fn photo_part(&self, digest: Hash32) -> Result<Option<Part>, DakaError> {
        let mut reader = match self.ports.photos.open(digest) {
            Ok(reader) => reader,
            Err(PhotoStoreError::Missing | PhotoStoreError::Damaged) => return Ok(None),
            Err(e) => return Err(PhotoError::from(e).into()),
        };
        let (mut bytes, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            let n = match reader.read_at(bytes.len() as u64, &mut buffer) {
                Err(PhotoStoreError::Damaged) => return Ok(None),
                read => read.map_err(PhotoError::from)?,
            };
            if n == 0 {
                return Ok(Some(Part::new(PartKind::Photo, bytes)));
            }
            bytes.extend_from_slice(buffer.get(..n).unwrap_or_default());
        }
    }
}

/// What there is when a bundle is asked for.
struct Picture {
    epochs: Vec<(u64, u64)>,
    tail: Option<ChainPoint>,
    total: u64,
    receipts: Vec<ReceiptRow>,
    checkpoints: Vec<CheckpointRow>,
    key_set: Option<Vec<u8>>,
}

impl Picture {
    fn take(tx: &dyn Tx) -> Result<Self, DakaError> {
        Ok(Self {
            epochs: tx.epochs()?,
            tail: readable(tx.tail())?.flatten().map(|row| row.point),
            total: entries_held(tx)?,
            receipts: tx.receipts()?,
            checkpoints: tx.checkpoints()?,
            key_set: readable(tx.value(KEY_SET))?.flatten(),
        })
    }
}

/// How many entries are held.
///
/// # Errors
/// [`DakaError`] if the store refuses.
pub(super) fn entries_held(tx: &dyn Tx) -> Result<u64, DakaError> {
    use EntryState as S;
    [S::Waiting, S::Received, S::PutAside, S::Refused].into_iter().try_fold(0, |sum, s| Ok(sum + tx.count(s)?))
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
