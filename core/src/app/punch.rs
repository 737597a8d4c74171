//! The punch.
//!
//! `punch()` is one transaction. The tap's reading is taken before it, the commit's inside it. It returns when the entry is on the
//! disk; the signature, the sealed head and the server follow. Killed before the commit, nothing happened and nothing was answered;
//! killed after, the punch is there, and a second tap within a second, even by a new process, gives back the same one.
//!
//! A fix that cannot be is no reason to lose a tap, nor is a photo without consent: the punch is kept without it, and the answer names
//! what was left out. Nor is a tail that turns out damaged: the next epoch begins, and the punch is its second entry.

use super::capture::bind_photos;
use super::db::readable;
use super::engine::{Device, Engine, lock};
use super::evidence::{Window, radio_group};
use super::rulebook::InForce;
use super::views::{Why, WhyArg, WhyCode, why};
use super::writer::Writer;
use super::{DakaError, consent, drafts, open, timing};
use crate::domain::error::{FormatError, Problem};
use crate::domain::ids::{Hash32, PunchId};
use crate::domain::journal::{
    Asked, Body, Draft, FieldType, GroupId, Groups, Kind, Note, Payload, Presence, PunchBody, Purpose, RadioKind, Seed,
    Trigger,
};
use crate::domain::place::{Evaluation, Fix, RawFix};
use crate::domain::placing::{EVAL_REV, record_fixes, record_verdict};
use crate::domain::time::{Interval, SessionMs, WallMs, Word};
use crate::ports::{ClockReading, Event, StoreError, Tx};
use std::collections::BTreeSet;

/// A second tap of the same kind within so many ms is the same punch (record.md, "Double taps and pairs").
pub const DOUBLE_TAP_MS: u64 = 1000;

/// Most fixes of one punch.
pub const MAX_FIXES: usize = 32;

/// Longest note in bytes.
pub const MAX_NOTE: usize = 4000;

/// Longest visit reference in bytes.
pub const MAX_VISIT: usize = 200;

/// A Wi-Fi access point or beacon as the phone saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RadioSign {
    /// Which radio.
    pub kind: RadioKind,
    /// BSSID, 6 bytes, or beacon identifier, at most 32.
    pub id: Vec<u8>,
    /// How long ago it was seen, ms.
    pub age_ms: u64,
    /// Connected, not only heard.
    pub connected: bool,
}

impl RadioSign {
    /// How many bytes an identifier of its kind has, least and most.
    fn id_length(&self) -> (usize, usize) {
        if self.kind == RadioKind::Wifi { (6, 6) } else { (1, 32) }
    }

    fn can_be(&self) -> bool {
        let (min, max) = self.id_length();
        (min..=max).contains(&self.id.len())
    }
}

/// What the shell hands over at a tap.
#[derive(Clone, Debug)]
pub struct PunchRequest {
    /// What the person asked for.
    pub asked: Asked,
    /// What the button offered.
    pub shown: Asked,
    /// What set it off.
    pub trigger: Trigger,
    /// How the person was seen to be there.
    pub presence: Presence,
    /// Set for a field check-in.
    pub field: Option<FieldType>,
    /// Fixes as the platform gave them, ages measured at the tap.
    pub fixes: Vec<RawFix>,
    /// A completed radio scan; none if the phone could not look.
    pub radio: Option<Vec<RadioSign>>,
    /// Free text.
    pub note: Option<String>,
    /// A visit reference.
    pub visit: Option<String>,
    /// Photos that were adopted into the sealed store.
    pub photos: Vec<Hash32>,
}

impl PunchRequest {
    /// A plain tap.
    pub fn tap(asked: Asked) -> Self {
        Self {
            asked,
            shown: asked,
            trigger: Trigger::Tap,
            presence: Presence::None,
            field: None,
            fixes: Vec::new(),
            radio: None,
            note: None,
            visit: None,
            photos: Vec::new(),
        }
    }
}

/// What the person gets at once.
#[derive(Clone, Debug, PartialEq)]
pub struct PunchResult {
    /// The punch.
    pub id: PunchId,
    /// Its place in the journal.
    pub seq: u64,
    /// What was asked for.
    pub asked: Asked,
    /// The wall clock at the tap.
    pub tap_wall: WallMs,
    /// Its offset from UTC, minutes.
    pub offset_min: i16,
    /// True time lies in here, as known now.
    pub interval: Interval,
    /// The word for that.
    pub word: Word,
    /// Where, as known now; none when this is a double tap's answer.
    pub place: Option<Evaluation>,
    /// The name of the site that the place is about.
    pub site: Option<String>,
    /// Why: whether it repeats one, the time, the place, what was left out.
    pub whys: Vec<Why>,
    /// It was a double tap: this is the punch that was there already.
    pub repeated: bool,
    /// Fixes and radio signs that could not be, and photos without consent: each of them was left out.
    pub left_out: Vec<DakaError>,
}

impl Engine {
    /// Records a punch. Durable when it returns. One with a field type ends the draft of a field check-in in the same transaction.
    ///
    /// # Errors
    /// [`DakaError`]: not enrolled, a text that is empty or too long, a photo that is not there, or the store. Nothing was recorded
    /// then. A fix or radio sign that cannot be, or a photo without consent, is no error; see [`PunchResult::left_out`].
    pub fn punch(&self, request: PunchRequest) -> Result<PunchResult, DakaError> {
        let tap = self.ports.clock.read();
        check_texts(&request)?;
        let (request, mut left_out) = sift(request);
        let Committed { mut result, fixes, left } = match self.commit(&tap, request.clone()) {
            Err(DakaError::Store(StoreError::Damaged { .. })) => {
                open::reconcile(self)?;
                self.commit(&tap, request)?
            }
            other => other?,
        };
        left_out.append(&mut result.left_out);
        result.left_out = left_out;
        result.whys = whys(&result);
        if !result.repeated {
            let window = Window::new(&tap, &self.ports.clock.read(), fixes);
            lock(&self.windows).open(result.id, window);
            self.tell(Event::Punched(result.id));
            self.tell(Event::QueueChanged);
        }
        if let Err(e) = self.forget_files(&left) {
            // The punch is on the disk; the file is sealed, and nothing names it.
            tracing::warn!(code = e.code().text(), "a photo of the draft could not be removed");
        }
        Ok(result)
    }

    /// One transaction.
    fn commit(&self, tap: &ClockReading, request: Sifted) -> Result<Committed, DakaError> {
        let (device, tap) = (self.device()?, tap.clone());
        self.write(move |tx| {
            let mut writer = Writer::begin(&device, tx)?;
            let given = consent::current(writer.tx())?.1.covers(Purpose::Location);
            let fixes = if given { request.fixes.clone() } else { Vec::new() };
            let is_check_in = request.request.field.is_some();
            let Punched { result, photos } = record(&device, &mut writer, &tap, request)?;
            bind_photos(writer.tx(), result.id, &photos)?;
            // The first of two taps has ended it already.
            let left = if is_check_in && !result.repeated { drafts::end(writer.tx(), &photos)? } else { Vec::new() };
            Ok(Committed { result, fixes, left })
        })
    }
}

/// What a transaction made.
struct Committed {
    result: PunchResult,
    /// What later fixes are judged with: none without consent.
    fixes: Vec<Fix>,
    /// Photos of the draft that the punch did not bind: their files go.
    left: Vec<Hash32>,
}

/// A request less what cannot be.
#[derive(Clone)]
struct Sifted {
    request: PunchRequest,
    fixes: Vec<Fix>,
}

/// Takes out what cannot be, and names it.
fn sift(mut request: PunchRequest) -> (Sifted, Vec<DakaError>) {
    let (fixes, mut left_out) = parse_fixes(&request.fixes);
    for signs in request.radio.iter_mut() {
        let (good, bad): (Vec<_>, Vec<_>) = std::mem::take(signs).into_iter().partition(RadioSign::can_be);
        *signs = good;
        left_out.extend(bad.iter().map(|s| {
            let (min, max) = s.id_length();
            DakaError::from(FormatError::new("radio", Problem::Length { min, max, got: s.id.len() }))
        }));
    }
    let mut seen = BTreeSet::new();
    request.photos.retain(|digest| seen.insert(*digest));
    (Sifted { request, fixes }, left_out)
}

struct Punched {
    result: PunchResult,
    photos: Vec<Hash32>,
}

fn record(
    device: &Device,
    writer: &mut Writer<'_>,
    tap: &ClockReading,
    Sifted { mut request, fixes }: Sifted,
) -> Result<Punched, DakaError> {
    let fixes = &fixes;
    // A session that began between tap and transaction puts the tap at its start.
    let tap_ms = writer.session.reading(tap).map_or(SessionMs::new(0), |t| t.min(writer.readings.t));
    let crypto = &*device.crypto;
    let rules = InForce::load(crypto, writer.tx())?;
    let session = writer.session.clone();
    if request.trigger == Trigger::Tap
        && let Some((payload, first)) = double_tap(writer, tap_ms, request.asked, request.field)?
    {
        let (anchored, _) = timing::at_tap(writer.tx(), &session, first.tap, &rules.limits())?;
        return Ok(Punched {
            result: PunchResult {
                id: first.id,
                seq: payload.seq,
                asked: first.asked,
                tap_wall: first.tap_wall,
                offset_min: payload.readings.offset_min,
                interval: anchored.interval,
                word: first.word,
                place: None,
                site: None,
                whys: Vec::new(),
                repeated: true,
                left_out: Vec::new(),
            },
            photos: Vec::new(),
        });
    }
    let (anchored, word) = timing::at_tap(writer.tx(), &session, tap_ms, &rules.limits())?;
    let id = PunchId::new(tap.wall_ms, &device.entropy.bytes()?);
    let seed = Seed(device.entropy.bytes()?);
    let (consent_seq, consent) = consent::current(writer.tx())?;
    let judged = rules.place.judge(fixes, consent.covers(Purpose::Location));
    let mut left_out = Vec::new();
    if !consent.covers(Purpose::Photo) {
        left_out.extend(request.photos.drain(..).map(|_| DakaError::NoConsent { purpose: Purpose::Photo }));
    }
    let mut groups = Groups::new();
    groups.insert(GroupId::Verdict, record_verdict(&judged).encode());
    if consent.covers(Purpose::Location) && rules.policy.record_coordinates && !fixes.is_empty() {
        groups.insert(GroupId::Place, record_fixes(fixes, 0).encode());
    }
    if let Some(signs) = request.radio.as_deref().filter(|_| consent.covers(Purpose::Radio)) {
        groups.insert(GroupId::Radio, radio_group(crypto, &seed, signs).encode());
    }
    if request.note.is_some() || request.visit.is_some() {
        groups.insert(GroupId::Note, Note { text: request.note, visit: request.visit }.encode());
    }
    if !request.photos.is_empty() {
        let files = super::capture::evidence_of(crypto, writer.tx(), id, &request.photos)?;
        groups.insert(GroupId::Evidence, files);
    }
    let body = PunchBody {
        id,
        asked: request.asked,
        shown: request.shown,
        trigger: request.trigger,
        presence: request.presence,
        tap: tap_ms,
        tap_wall: WallMs::new(tap.wall_ms),
        rules_rev: rules.rev,
        eval_rev: EVAL_REV,
        word,
        consent_seq,
        field: request.field,
    };
    let row = writer.append_with(Draft { body: Body::Punch(body), groups }, seed)?;
    let result = PunchResult {
        id,
        seq: row.point.seq,
        asked: request.asked,
        tap_wall: WallMs::new(tap.wall_ms),
        offset_min: tap.offset_min,
        interval: anchored.interval,
        word,
        site: judged.site.and_then(|id| rules.site_name(id.0)),
        place: Some(judged),
        whys: Vec::new(),
        repeated: false,
        left_out,
    };
    Ok(Punched { result, photos: request.photos })
}

/// The sentences of a result.
fn whys(result: &PunchResult) -> Vec<Why> {
    let repeated = result.repeated.then(|| Why::plain(WhyCode::Repeated));
    let time = why::time(result.word, &result.interval, result.offset_min);
    let place = result.place.iter().flat_map(|p| why::judged(p, result.site.as_deref()));
    let left_out = result.left_out.iter().map(|e| Why::with(WhyCode::LeftOut, [WhyArg::Failure(e.code())]));
    repeated.into_iter().chain(time).chain(place).chain(left_out).collect()
}

/// The punch that a second tap repeats.
fn double_tap(
    writer: &mut Writer<'_>,
    tap: SessionMs,
    asked: Asked,
    field: Option<FieldType>,
) -> Result<Option<(Payload, PunchBody)>, DakaError> {
    let session = writer.session.id;
    // An explicit in and out within a second are two punches, so the newest of the same kind may be a few back.
    for row in readable(writer.tx().latest(Kind::Punch, 4))?.unwrap_or_default() {
        let payload = Payload::decode(&row.entry.payload)?;
        let Body::Punch(p) = payload.body.clone() else { continue };
        let close = payload.readings.session == session && tap.get().abs_diff(p.tap.get()) < DOUBLE_TAP_MS;
        if close && p.asked == asked && p.field == field && p.trigger == Trigger::Tap {
            return Ok(Some((payload, p)));
        }
    }
    Ok(None)
}

/// Parses what the platform gave; what cannot be is named, not believed.
pub(super) fn parse_fixes(raw: &[RawFix]) -> (Vec<Fix>, Vec<DakaError>) {
    let (mut fixes, mut bad) = (Vec::new(), Vec::new());
    for fix in raw {
        match Fix::parse(fix) {
            Ok(fix) if fixes.len() < MAX_FIXES => fixes.push(fix),
            Ok(_) => {
                let problem = Problem::Length { min: 0, max: MAX_FIXES, got: raw.len() };
                bad.push(FormatError::new("fixes", problem).into());
                break;
            }
            Err(e) => bad.push(e.into()),
        }
    }
    (fixes, bad)
}

fn check_texts(request: &PunchRequest) -> Result<(), DakaError> {
    for (field, text, max) in [("note", &request.note, MAX_NOTE), ("visit", &request.visit, MAX_VISIT)] {
        if let Some(text) = text {
            crate::domain::ids::bounded(field, text, max)?;
        }
    }
    Ok(())
}

/// Whether the phone holds the punch.
pub(super) fn find(tx: &dyn Tx, id: PunchId) -> Result<(Payload, PunchBody), DakaError> {
    for row in tx.about(id)? {
        let payload = Payload::decode(&row.entry.payload)?;
        if let Body::Punch(p) = &payload.body {
            let p = p.clone();
            return Ok((payload, p));
        }
    }
    Err(DakaError::UnknownPunch)
}
