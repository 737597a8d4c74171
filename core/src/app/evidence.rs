//! Evidence that comes after its punch: fixes within 15 seconds of the tap, notes, photos.
//!
//! A punch commits at once with what is known at the tap. For up to 15 s the shell goes on handing over fixes; they gather here, in
//! memory, and become one `evidence_added` whose verdict is taken over both, when the window ends or the shell says that no more
//! will come. A kill in between loses those fixes and nothing else.

use super::capture::{bind_photos, evidence_of};
use super::engine::{Engine, lock};
use super::punch::{MAX_FIXES, MAX_NOTE, MAX_VISIT, PunchResult, RadioSign, find, parse_fixes};
use super::rulebook::{InForce, Rulebook};
use super::writer::Writer;
use super::{DakaError, consent};
use crate::domain::crypto::Crypto;
use crate::domain::ids::{Hash32, PunchId, bounded};
use crate::domain::journal::{Body, Draft, GroupId, Groups, Note, PlaceGroup, Purpose, RadioGroup, RadioMatch, Seed};
use crate::domain::place::{Evaluation, Fix, RawFix};
use crate::domain::placing::{LATE_EVIDENCE_MS, record_fixes, record_verdict, recorded_fixes};
use crate::ports::{ClockReading, Event};
use std::collections::BTreeMap;

/// Most keyed digests of access points that the rules do not know.
const MAX_OTHERS: usize = 8;

/// Punches that may still get fixes.
#[derive(Default)]
pub(super) struct Windows(BTreeMap<PunchId, Window>);

impl Windows {
    pub(super) fn open(&mut self, id: PunchId, window: Window) {
        self.0.insert(id, window);
    }
}

/// What gathered for one punch.
pub(super) struct Window {
    boot: String,
    /// The elapsed clock when the window ends.
    until_ms: u64,
    /// The elapsed clock at the tap, nearly: when the punch returned.
    tap_ms: u64,
    at_tap: Vec<Fix>,
    later: Vec<Fix>,
}

impl Window {
    pub(super) fn of(_result: &PunchResult, at_tap: Vec<Fix>, now: &ClockReading) -> Self {
        let until_ms = now.elapsed_ms.saturating_add(LATE_EVIDENCE_MS.unsigned_abs());
        Self { boot: now.boot.0.clone(), until_ms, tap_ms: now.elapsed_ms, at_tap, later: Vec::new() }
    }

    fn is_open(&self, now: &ClockReading) -> bool {
        self.boot == now.boot.0 && now.elapsed_ms <= self.until_ms
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
            let recorded = record_fixes(&window.later, 0);
            [window.at_tap.clone(), recorded_fixes(&recorded, true)?].concat()
        };
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        self.read(move |tx| {
            let given = consent::current(tx)?.1.covers(Purpose::Location);
            Ok(InForce::load(&*crypto, tx)?.place.judge(&all, given))
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
            let later = lock(&self.windows).0.get(&id).map(|w| w.later.clone()).unwrap_or_default();
            if !later.is_empty() {
                self.add_fixes(id, &later)?;
            }
            lock(&self.windows).0.remove(&id);
        }
        Ok(())
    }

    /// `later` has ages counted from the tap, negative.
    fn add_fixes(&self, punch: PunchId, later: &[Fix]) -> Result<(), DakaError> {
        let device = self.device()?;
        let group = record_fixes(later, 0);
        self.write(move |tx| {
            let crypto = &*device.crypto;
            let (_, body) = find(tx, punch)?;
            let mut fixes = fixes_at_tap(tx, punch)?;
            fixes.extend(recorded_fixes(&group, true)?);
            let given = consent::current(tx)?.1.covers(Purpose::Location);
            if !given {
                return Ok(());
            }
            // The rules that the punch pins, not those that may have come since.
            let book = Rulebook::all(crypto, tx)?.into_iter().find(|b| Some(b.rev) == body.rules_rev);
            let (judged, keep) = match book {
                Some(b) => (b.place_rules()?.judge(&fixes, given), b.rules.policy.record_coordinates),
                None => (crate::domain::placing::PlaceRules::none().judge(&fixes, given), true),
            };
            let mut groups = Groups::from([(GroupId::Verdict, record_verdict(&judged).encode())]);
            if keep {
                groups.insert(GroupId::Place, group.encode());
            }
            Writer::begin(&device, tx)?.append(Draft { body: Body::EvidenceAdded { punch }, groups }).map(|_| ())
        })?;
        self.tell(Event::EvidenceChanged(punch));
        Ok(())
    }

    /// Adds photos to a punch after it was made.
    ///
    /// # Errors
    /// [`DakaError`]: no such punch, a photo that is not there, or the store.
    pub fn add_photos(&self, punch: PunchId, photos: Vec<Hash32>) -> Result<(), DakaError> {
        let device = self.device()?;
        self.write(move |tx| {
            find(tx, punch)?;
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
    /// [`DakaError`]: no such punch, an empty or too long text, or the store.
    pub fn add_note(&self, punch: PunchId, text: Option<String>, visit: Option<String>) -> Result<(), DakaError> {
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

fn fixes_at_tap(tx: &dyn crate::ports::Tx, punch: PunchId) -> Result<Vec<Fix>, DakaError> {
    let own = tx.about(punch)?.into_iter().find(|r| r.kind == crate::domain::journal::Kind::Punch);
    match own.and_then(|r| r.entry.groups.get(&GroupId::Place).cloned()) {
        Some(bytes) => Ok(recorded_fixes(&PlaceGroup::decode(&bytes)?, false)?),
        None => Ok(Vec::new()),
    }
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
