//! One punch in full.

use super::bar::IntervalBar;
use super::drawing::{PlaceDrawing, draw};
use super::known::{self, Kept};
use super::line::{PunchLine, line_of};
use super::why::{self, Why, WhyArg, WhyCode};
use crate::app::db::readable;
use crate::app::enrolled::Enrolled;
use crate::app::rulebook::Rulebook;
use crate::app::sync::TASK;
use crate::app::{DakaError, Engine, PhotoError};
use crate::domain::few;
use crate::domain::ids::{Hash32, PunchId};
use crate::domain::journal::{Body, EvidenceFile, GroupId, Kind, Note, Payload, PlaceGroup, VerdictGroup};
use crate::domain::photo::MAX_PHOTO_BYTES;
use crate::domain::place::{Fix, Mock, Reason};
use crate::domain::placing::recorded_fixes;
use crate::domain::rules::SitePublication;
use crate::domain::time::{Interval, Limits, PunchTime, WallMs, Word};
use crate::ports::{Crypto, EntryRow, Order, PhotoState, PhotoStore, PhotoStoreError, Tx};
use std::sync::Arc;

/// Where a photo is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhotoPlace {
    /// On this phone, in no entry yet.
    Draft,
    /// On this phone, waiting to be sent.
    Waiting,
    /// The server has it, and this phone still does.
    Received,
    /// Not on this phone any more.
    Gone,
}

/// A photo of a punch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// SHA-256 of the file.
    pub digest: Hash32,
    /// Its size in bytes.
    pub size: u64,
    /// Where it is.
    pub place: PhotoPlace,
    /// The app's own camera took it, as the app says.
    pub captured_in_app: bool,
    /// The code that finds its record.
    pub short_code: String,
}

/// What the server's log says of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptInfo {
    /// When the server had it.
    pub received: WallMs,
    /// The log.
    pub origin: String,
    /// The leaf's place in the log.
    pub index: u64,
    /// The size of the tree that the receipt was verified against.
    pub tree_size: u64,
}

/// A fact about a punch that a person may want to know. None of them says who or what caused it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalCode {
    /// The platform says that a position was simulated.
    MockPosition,
    /// The wall clock was set earlier in the same run of the phone.
    ClockWasSet,
    /// The wall clock at the tap lies outside the time as it is known.
    ClockOutsideInterval,
    /// A photo is not from the app's own camera.
    GalleryPhoto,
    /// A photo was first bound to another punch.
    PhotoUsedBefore,
}

/// One punch with everything that is known of it.
#[derive(Clone, Debug, PartialEq)]
pub struct PunchDetail {
    /// As a list shows it.
    pub line: PunchLine,
    /// The time word as known now.
    pub word: Word,
    /// True time, as known now.
    pub interval: Interval,
    /// Its bar; none where nothing is known but the wall clock.
    pub bar: Option<IntervalBar>,
    /// Its picture; none where no position was recorded.
    pub drawing: Option<PlaceDrawing>,
    /// The name of the site that the verdict is about.
    pub site_name: Option<String>,
    /// Its photos, in the order in which they were added.
    pub photos: Vec<Photo>,
    /// Its notes, likewise.
    pub notes: Vec<String>,
    /// Its visit references, likewise.
    pub visits: Vec<String>,
    /// The earliest receipt that speaks for it.
    pub receipt: Option<ReceiptInfo>,
    /// A head that speaks for it was signed.
    pub signed: bool,
    /// Facts.
    pub signals: Vec<SignalCode>,
    /// Why: time, place, what was added, state, signature.
    pub whys: Vec<Why>,
}

impl Engine {
    /// One punch in full.
    ///
    /// # Errors
    /// [`DakaError::UnknownPunch`] if this phone does not hold it, or the store refuses.
    pub fn punch_detail(&self, id: PunchId) -> Result<PunchDetail, DakaError> {
        let enrolled = self.enrolled()?;
        let crypto = Arc::clone(&self.ports.crypto);
        let photos = Arc::clone(&self.ports.photos);
        let offset = self.ports.clock.read().offset_min;
        self.read(move |tx| Desk { crypto: &*crypto, enrolled: &enrolled, photos: &*photos, tx }.detail(id, offset))
    }

    /// The bytes of a photo in the sealed store, for showing it: at most `limit`, and never more than a photo may have.
    ///
    /// # Errors
    /// [`DakaError::Photo`] if it is not on this phone, is damaged, or is larger.
    pub fn photo(&self, digest: Hash32, limit: u64) -> Result<Vec<u8>, DakaError> {
        self.enrolled()?;
        let limit = limit.min(MAX_PHOTO_BYTES);
        let mut reader = self.ports.photos.open(digest).map_err(PhotoError::from)?;
        let (mut out, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            let read = reader.read_at(out.len() as u64, &mut buffer).map_err(PhotoError::from)?;
            if read == 0 {
                return Ok(out);
            }
            out.extend_from_slice(buffer.get(..read).unwrap_or_default());
            if out.len() as u64 > limit {
                return Err(PhotoError::TooLarge { limit }.into());
            }
        }
    }
}

/// The newest rule set that has a site of this id: the one that the punch pins first.
pub(in crate::app) fn site_of(books: &[Rulebook], id: [u8; 16]) -> Result<Option<SitePublication>, DakaError> {
    for book in books {
        if let Some(found) = book.sites()?.into_iter().find(|s| s.site == id) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

struct Desk<'a> {
    crypto: &'a dyn Crypto,
    enrolled: &'a Enrolled,
    photos: &'a dyn PhotoStore,
    tx: &'a dyn Tx,
}

impl Desk<'_> {
    fn detail(&self, id: PunchId, now_offset_min: i16) -> Result<PunchDetail, DakaError> {
        let parts = self.parts(id)?;
        let row = parts.iter().find(|row| row.kind == Kind::Punch).ok_or(DakaError::UnknownPunch)?;
        let line = line_of(row, &parts, now_offset_min)?.ok_or(DakaError::UnknownPunch)?;
        let payload = Payload::decode(&row.entry.payload)?;
        let books = self.books(&payload)?;
        let limits = books.first().map_or_else(Limits::default, |b| Limits {
            verified_width_ms: u32::try_from(b.rules.policy.verified_width_ms).unwrap_or(u32::MAX),
            ..Limits::default()
        });
        let kept = Kept::of(self.tx, row)?;
        let receipt = kept.as_ref().map(|k| &k.receipt);
        let time = known::time(self.crypto, self.enrolled, self.tx, row, receipt, &limits)?;
        let (interval, word) = time.as_ref().map_or((Interval::OPEN, line.word), |t| (t.interval, t.word));
        let site_id = line.verdict.as_ref().and_then(|v| v.site);
        let site = site_id.map(|id| site_of(&books, id)).transpose()?.flatten();
        let fixes = fixes(&parts)?;
        let sites = books.first().map(Rulebook::sites).transpose()?.unwrap_or_default();
        let files = files(&parts)?;
        let signed = readable(self.tx.head_from(row.point.epoch, row.point.seq))?.flatten().is_some();
        let (notes, visits) = notes(&parts)?;
        let mut detail = PunchDetail {
            bar: IntervalBar::of(&interval, line.wall),
            drawing: draw(&sites, site_id, &fixes),
            site_name: site.map(|s| s.name),
            photos: files.iter().map(|f| self.photo(f)).collect::<Result<_, _>>()?,
            receipt: kept.map(|k| ReceiptInfo {
                received: k.receipt.received,
                origin: k.origin,
                index: k.receipt.index,
                tree_size: k.size,
            }),
            signals: self.signals(id, &payload, row, &line, &fixes, &files, time.as_ref())?,
            whys: Vec::new(),
            line,
            word,
            interval,
            notes,
            visits,
            signed,
        };
        let later =
            |part: &&EntryRow| part.kind == Kind::EvidenceAdded && part.entry.groups.contains_key(&GroupId::Verdict);
        detail.whys = self.whys(&detail, parts.iter().filter(later).count())?;
        Ok(detail)
    }

    /// The entries that are the punch or about it; those that cannot be read are left out.
    fn parts(&self, id: PunchId) -> Result<Vec<EntryRow>, DakaError> {
        if let Some(parts) = readable(self.tx.about(id))? {
            return Ok(parts);
        }
        // One of them is damaged: the punch alone, if it is not that one.
        let at = self.tx.punches(id..=id, Order::Rising, 1)?;
        let rows = at.into_iter().filter_map(|at| readable(self.tx.entry(at.epoch, at.seq)).transpose());
        Ok(rows.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Every rule set, the one that the punch pins first, then the newest first.
    fn books(&self, payload: &Payload) -> Result<Vec<Rulebook>, DakaError> {
        let mut books = Rulebook::all(self.crypto, self.tx)?;
        books.reverse();
        if let Body::Punch(p) = &payload.body {
            few::sort_few(&mut books, |b| Some(b.rev) != p.rules_rev);
        }
        Ok(books)
    }

    fn photo(&self, file: &EvidenceFile) -> Result<Photo, DakaError> {
        let row = readable(self.tx.photo(file.camera))?.flatten();
        let here = match self.photos.open(file.camera) {
            Ok(_) => true,
            Err(PhotoStoreError::Missing) => false,
            // It is there and cannot be shown: the person learns why when it is opened.
            Err(_) => true,
        };
        let place = match row.map(|r| r.state) {
            _ if !here => PhotoPlace::Gone,
            Some(PhotoState::Draft) => PhotoPlace::Draft,
            Some(PhotoState::Received) => PhotoPlace::Received,
            Some(PhotoState::Waiting) | None => PhotoPlace::Waiting,
        };
        Ok(Photo {
            digest: file.camera,
            size: file.size,
            place,
            captured_in_app: file.captured_in_app,
            short_code: file.short_code.clone(),
        })
    }

    #[expect(clippy::too_many_arguments, reason = "everything that a fact may rest on")]
    fn signals(
        &self,
        id: PunchId,
        payload: &Payload,
        row: &EntryRow,
        line: &PunchLine,
        fixes: &[Fix],
        files: &[EvidenceFile],
        time: Option<&PunchTime>,
    ) -> Result<Vec<SignalCode>, DakaError> {
        let mock = u64::from(Reason::MockFix.to_int());
        let said = |v: &VerdictGroup| v.reasons.contains(&mock);
        let mut used_before = false;
        for file in files {
            let bound = readable(self.tx.photo(file.camera))?.flatten().and_then(|p| p.punch);
            used_before |= bound.is_some_and(|punch| punch != id);
        }
        let facts = [
            (
                SignalCode::MockPosition,
                fixes.iter().any(|f| f.mock == Mock::True) || line.verdict.as_ref().is_some_and(said),
            ),
            (SignalCode::ClockWasSet, self.clock_was_set(payload, row)?),
            (SignalCode::ClockOutsideInterval, time.is_some_and(|t| !t.interval.allows(line.wall))),
            (SignalCode::GalleryPhoto, files.iter().any(|f| !f.captured_in_app)),
            (SignalCode::PhotoUsedBefore, used_before),
        ];
        Ok(facts.into_iter().filter_map(|(code, holds)| holds.then_some(code)).collect())
    }

    /// Whether the last change of the wall clock before the punch was in the same run of the phone.
    fn clock_was_set(&self, payload: &Payload, row: &EntryRow) -> Result<bool, DakaError> {
        let before = self.tx.of_kind(Kind::ClockJump, row.point.epoch, 0..=row.point.seq, Order::Falling, 1);
        let Some(jump) = readable(before)?.unwrap_or_default().pop() else { return Ok(false) };
        Ok(Payload::decode(&jump.entry.payload)?.readings.session == payload.readings.session)
    }

    fn whys(&self, detail: &PunchDetail, later: usize) -> Result<Vec<Why>, DakaError> {
        let line = &detail.line;
        let mut out = why::time(detail.word, &detail.interval, line.offset_min);
        out.extend(line.verdict.iter().flat_map(|v| why::place(v, detail.site_name.as_deref())));
        if later > 0 {
            let later = i64::try_from(later).unwrap_or(i64::MAX);
            out.push(Why::with(WhyCode::LateEvidence, [WhyArg::Number(later)]));
        }
        let due = readable(self.tx.due(TASK))?.flatten();
        let received = detail.receipt.as_ref().map(|r| r.received);
        out.extend(why::state(line.state, due.as_ref(), received, line.offset_min));
        if !detail.signed {
            out.push(Why::plain(WhyCode::SignaturePending));
        }
        Ok(out)
    }
}

/// The positions that were recorded, ages as the evaluation takes them.
fn fixes(parts: &[EntryRow]) -> Result<Vec<Fix>, DakaError> {
    let mut out = Vec::new();
    for part in parts {
        if let Some(bytes) = part.entry.groups.get(&GroupId::Place) {
            out.extend(recorded_fixes(&PlaceGroup::decode(bytes)?, part.kind != Kind::Punch)?);
        }
    }
    Ok(out)
}

fn files(parts: &[EntryRow]) -> Result<Vec<EvidenceFile>, DakaError> {
    let groups = parts.iter().filter_map(|part| part.entry.groups.get(&GroupId::Evidence));
    let mut out = Vec::new();
    for bytes in groups {
        out.extend(EvidenceFile::decode_all(bytes)?);
    }
    Ok(out)
}

/// Notes and visit references.
fn notes(parts: &[EntryRow]) -> Result<(Vec<String>, Vec<String>), DakaError> {
    let (mut notes, mut visits) = (Vec::new(), Vec::new());
    for bytes in parts.iter().filter_map(|part| part.entry.groups.get(&GroupId::Note)) {
        let note = Note::decode(bytes)?;
        notes.extend(note.text);
        visits.extend(note.visit);
    }
    Ok((notes, visits))
}
