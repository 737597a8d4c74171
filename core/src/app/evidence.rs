//! Evidence that comes after its punch: fixes within 15 seconds of the tap, notes, photos.
//!
//! A punch commits at once with what is known at the tap. For up to 15 s the shell goes on handing over fixes; they gather here, in
//! memory, and become one `evidence_added` whose verdict is taken over both, when the window ends or the shell says that no more
//! will come. A kill in between loses those fixes and nothing else.

use super::capture::{bind_photos, evidence_of};
use super::engine::{Engine, lock};
use super::punch::{MAX_FIXES, MAX_NOTE, MAX_VISIT, RadioSign, find, parse_fixes};
use super::rulebook::Rulebook;
use super::writer::Writer;
use super::{DakaError, PhotoError, consent};
use crate::domain::crypto::Crypto;
use crate::domain::error::FormatError;
use crate::domain::ids::{Hash32, PunchId, bounded};
use crate::domain::journal::{Body, Draft, EvidenceFile, GroupId, Groups, Note, Purpose, RadioGroup, RadioMatch, Seed};
use crate::domain::photo::MAX_PHOTOS;
use crate::domain::place::{Evaluation, Fix, RawFix};
use crate::domain::placing::{LATE_EVIDENCE_MS, PlaceRules, record_fixes, record_verdict, recorded_fixes};
use crate::ports::{ClockReading, Event, Tx};
use std::collections::{BTreeMap, BTreeSet};

/// Most keyed digests of access points that the rules do not know.
const MAX_OTHERS: usize = 8;

/// Punches that may still get fixes.
#[derive(Default)]
pub(super) struct Windows(BTreeMap<PunchId, Window>);

impl Windows {
    /// Opens one; those that ended with nothing to write go.
    pub(super) fn open(&mut self, id: PunchId, window: Window) {
        let now = &window.opened;
        self.0.retain(|_, w| !w.later.is_empty() || w.is_open(now));
        self.0.insert(id, window);
    }
}

/// What gathered for one punch.
pub(super) struct Window {
    opened: ClockReading,
    /// The elapsed clock at the tap.
    tap_ms: u64,
    /// What was known at the tap, as far as consent covers it.
    at_tap: Vec<Fix>,
    /// What came since; ages count from the tap.
    later: Vec<Fix>,
}

impl Window {
    pub(super) fn new(tap: &ClockReading, now: &ClockReading, at_tap: Vec<Fix>) -> Self {
        // A phone that restarted between the two has no reading of the tap in this run.
        let tap_ms = if tap.boot == now.boot { tap.elapsed_ms.min(now.elapsed_ms) } else { now.elapsed_ms };
        Self { opened: now.clone(), tap_ms, at_tap, later: Vec::new() }
    }

    fn is_open(&self, now: &ClockReading) -> bool {
        let since = now.elapsed_ms.checked_sub(self.tap_ms);
        self.opened.boot == now.boot && since.is_some_and(|ms| ms <= LATE_EVIDENCE_MS.unsigned_abs())
    }

    /// Everything that the verdict is taken over, as it is read back from the record.
    fn all(&self) -> Result<Vec<Fix>, DakaError> {
        let later = recorded_fixes(&record_fixes(&self.later, 0), true)?;
        Ok([recorded_fixes(&record_fixes(&self.at_tap, 0), false)?, later].concat())
    }
}

impl Engine {
    /// Hands over fixes that came after a punch, and gives the verdict as it would be with them. Their ages are measured now.
    ///
    /// # Errors
    /// [`DakaError`]: the window is over or was never opened, or a fix cannot be; nothing was taken then.
    pub fn offer_fixes(&self, punch: PunchId, raw: &[RawFix]) -> Result<Evaluation, DakaError> {
        let now = self.ports.clock.read();
        let (fixes, mut bad) = parse_fixes(raw);
        if let Some(e) = bad.pop() {
            return Err(e);
        }
        let all = {
            let mut windows = lock(&self.windows);
            let window = windows.0.get_mut(&punch).filter(|w| w.is_open(&now)).ok_or(too_late())?;
            let since_tap = i64::try_from(now.elapsed_ms.saturating_sub(window.tap_ms)).unwrap_or(i64::MAX);
            let room = MAX_FIXES.saturating_sub(window.later.len());
            // From here on an age is counted from the tap, so that later offers compare.
            let aged = fixes.into_iter().take(room).map(|f| Fix { age_ms: f.age_ms.saturating_sub(since_tap), ..f });
            window.later.extend(aged);
            window.all()?
        };
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        self.read(move |tx| {
            let given = consent::current(tx)?.1.covers(Purpose::Location);
            Ok(Pinned::of(&*crypto, tx, punch)?.place.judge(&all, given))
        })
    }

    /// Ends the windows that are over, or all of them, writing one `evidence_added` for each that gathered fixes. Shells call it
    /// when they stop measuring; sync does too.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses; what gathered stays.
    pub fn close_windows(&self, all: bool) -> Result<(), DakaError> {
        let now = self.ports.clock.read();
        let ended: Vec<PunchId> =
            lock(&self.windows).0.iter().filter(|(_, w)| all || !w.is_open(&now)).map(|(id, _)| *id).collect();
        for id in ended {
            // Taken out first, so that two callers do not write it twice.
            let window = lock(&self.windows).0.remove(&id).filter(|w| !w.later.is_empty());
            let Some(window) = window else { continue };
            match self.add_fixes(id, &window) {
                // The punch is gone with its database: there is nothing to add to.
                Ok(()) | Err(DakaError::UnknownPunch) => {}
                Err(e) => {
                    lock(&self.windows).0.insert(id, window);
                    return Err(e);
                }
            }
        }
        Ok(())
    }

    fn add_fixes(&self, punch: PunchId, window: &Window) -> Result<(), DakaError> {
        let device = self.device()?;
        let (group, fixes) = (record_fixes(&window.later, 0), window.all()?);
        let written = self.write(move |tx| {
            let rules = Pinned::of(&*device.crypto, tx, punch)?;
            if !consent::current(tx)?.1.covers(Purpose::Location) {
                return Ok(false);
            }
            let judged = rules.place.judge(&fixes, true);
            let mut groups = Groups::from([(GroupId::Verdict, record_verdict(&judged).encode())]);
            if rules.record_coordinates {
                groups.insert(GroupId::Place, group.encode());
            }
            Writer::begin(&device, tx)?.append(Draft { body: Body::EvidenceAdded { punch }, groups }).map(|_| true)
        })?;
        if written {
            self.tell(Event::EvidenceChanged(punch));
        }
        Ok(())
    }

    /// Adds photos to a punch after it was made; those that it has already are passed over.
    ///
    /// # Errors
    /// [`DakaError`]: no such punch, no consent to photos, no photo, one that is not there, more than nine in all, or the store.
    pub fn add_photos(&self, punch: PunchId, mut photos: Vec<Hash32>) -> Result<(), DakaError> {
        if photos.is_empty() {
            return Err(FormatError::missing("photos").into());
        }
        let device = self.device()?;
        self.write(move |tx| {
            find(tx, punch)?;
            consent::needed(tx, Purpose::Photo)?;
            let mut known = photos_of(tx, punch)?;
            let before = known.len();
            photos.retain(|digest| known.insert(*digest));
            if photos.is_empty() {
                return Ok(());
            }
            if before + photos.len() > MAX_PHOTOS {
                return Err(PhotoError::TooMany { limit: MAX_PHOTOS }.into());
            }
            let files = evidence_of(&*device.crypto, tx, punch, &photos)?;
            let groups = Groups::from([(GroupId::Evidence, files)]);
            let mut writer = Writer::begin(&device, tx)?;
            writer.append(Draft { body: Body::EvidenceAdded { punch }, groups })?;
            bind_photos(writer.tx(), punch, &photos)
        })?;
        self.tell(Event::EvidenceChanged(punch));
        Ok(())
    }

    /// Adds a note to a punch after it was made.
    ///
    /// # Errors
    /// [`DakaError`]: no such punch, no text, an empty or too long one, or the store.
    pub fn add_note(&self, punch: PunchId, text: Option<String>, visit: Option<String>) -> Result<(), DakaError> {
        if text.is_none() && visit.is_none() {
            return Err(FormatError::missing("note").into());
        }
        if let Some(text) = &text {
            bounded("note", text, MAX_NOTE)?;
        }
        if let Some(visit) = &visit {
            bounded("visit", visit, MAX_VISIT)?;
        }
        let device = self.device()?;
        self.write(move |tx| {
            find(tx, punch)?;
            let groups = Groups::from([(GroupId::Note, Note { text, visit }.encode())]);
            Writer::begin(&device, tx)?.append(Draft { body: Body::NoteAdded { punch }, groups }).map(|_| ())
        })?;
        self.tell(Event::EvidenceChanged(punch));
        Ok(())
    }
}

fn too_late() -> DakaError {
    DakaError::TooLate { limit_s: LATE_EVIDENCE_MS.unsigned_abs() / 1000 }
}

/// The rules that a punch pins, not those that may have come since.
struct Pinned {
    place: PlaceRules,
    record_coordinates: bool,
}

impl Pinned {
    fn of(crypto: &dyn Crypto, tx: &dyn Tx, punch: PunchId) -> Result<Self, DakaError> {
        let book = match find(tx, punch)?.1.rules_rev {
            Some(rev) => Rulebook::pinned(crypto, tx, rev)?,
            None => None,
        };
        Ok(match book {
            Some(b) => Self { place: b.place_rules()?, record_coordinates: b.rules.policy.record_coordinates },
            None => Self { place: PlaceRules::none(), record_coordinates: true },
        })
    }
}

/// The photos that a punch has.
fn photos_of(tx: &dyn Tx, punch: PunchId) -> Result<BTreeSet<Hash32>, DakaError> {
    let mut out = BTreeSet::new();
    for row in tx.about(punch)? {
        if let Some(group) = row.entry.groups.get(&GroupId::Evidence) {
            out.extend(EvidenceFile::decode_all(group)?.iter().map(|f| f.camera));
        }
    }
    Ok(out)
}

/// The radio group of a scan. No rule names an access point yet, so all of them are kept as keyed digests, eight at most.
pub(super) fn radio_group(crypto: &dyn Crypto, seed: &Seed, signs: &[RadioSign]) -> RadioGroup {
    let key = seed.bssid_key(crypto);
    let digest = |s: &RadioSign| {
        let d = crypto.hmac_sha256(&key, &[b"daka-bssid", &s.id]);
        [d[0], d[1], d[2], d[3]]
    };
    RadioGroup {
        matches: Vec::<RadioMatch>::new(),
        seen: Some(signs.len() as u64),
        others: signs.iter().take(MAX_OTHERS).map(digest).collect(),
        cell: None,
        site_token: None,
    }
}
