//! What a shell gets to see: plain values, made from the core's.

use crate::codes::{
    Asked, FailureCode, FieldType, Help, PunchState, Purpose, Standing, TimeSource, TimeWord, Verdict, VerdictReason,
    WaitReason,
};
use crate::failure::DakaFailure;
use crate::view_codes::Why;
use crate::views::PlaceDrawing;
use daka_core::adapters::sqlite::Opened;
use daka_core::app;
use daka_core::domain::calendar::LocalDate;
use daka_core::domain::journal::{Consent, VerdictGroup};
use daka_core::domain::{ids, place, retry, time};
use daka_core::ports::Due;

/// Who the employer is, for the person to look at.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct EmployerInfo {
    /// The employer's name.
    pub employer: String,
    /// The employee's name.
    pub employee: String,
    /// The employer's id at the server.
    pub tenant: String,
    /// The server's address.
    pub server: String,
    /// The fingerprint of the employer's root key, 64 hexadecimal digits.
    pub root: String,
    /// Whether the scanned text named that root. If not, the person compares the fingerprint with the one that the employer shows.
    #[uniffi(default = true)]
    pub root_named: bool,
    /// The fingerprint of this device's key, likewise.
    pub device: String,
    /// The journal's id, likewise.
    pub journal: String,
    /// Whether the device may punch for the server already.
    pub active: bool,
}

/// An interval of true time, both ends included; an open end is none.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct TimeInterval {
    /// Not before this, UTC milliseconds.
    pub earliest_ms: Option<i64>,
    /// What says so.
    pub earliest_from: TimeSource,
    /// Not after this, UTC milliseconds.
    pub latest_ms: Option<i64>,
    /// What says so.
    pub latest_from: TimeSource,
}

/// Where, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PlaceState {
    /// The verdict.
    pub verdict: Verdict,
    /// Why; empty for a plain inside or outside.
    pub reasons: Vec<VerdictReason>,
    /// The one step that would make it certain, where there is one.
    pub help: Option<Help>,
    /// The site it speaks of: 32 hexadecimal digits.
    pub site: Option<String>,
    /// P(inside) in millionths, 0 to 1,000,000.
    pub p_millionths: Option<u32>,
    /// Signed distance to the site's edge in millimetres, negative inside.
    pub distance_mm: Option<i64>,
    /// σ per axis in millimetres.
    pub sigma_mm: Option<u64>,
}

/// Evidence that could not be, or that there is no consent to, and that was left out of a punch, as a failure would say it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LeftOut {
    /// Why.
    pub code: FailureCode,
    /// Which value.
    pub field: Option<String>,
    /// English, for logs.
    pub detail: String,
}

/// What a person gets at once after a tap. It is durable when this comes.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct PunchResult {
    /// The punch's id.
    pub id: String,
    /// Its place in the journal.
    pub seq: u64,
    /// What was asked for.
    pub asked: Asked,
    /// The wall clock at the tap, UTC milliseconds.
    pub wall_ms: i64,
    /// Its offset from UTC, minutes.
    pub offset_min: i16,
    /// The local day it belongs to, `YYYY-MM-DD`.
    pub date: String,
    /// True time lies in here, as known now.
    pub interval: TimeInterval,
    /// The word for that.
    pub word: TimeWord,
    /// Where, as known now; none when this repeats an earlier punch.
    pub place: Option<PlaceState>,
    /// The name of the site that the place is about.
    pub site_name: Option<String>,
    /// Why, a sentence each: whether it repeats one, the time, the place, what was left out.
    pub whys: Vec<Why>,
    /// A second tap within a second: this is the punch that was there already.
    pub repeated: bool,
    /// Evidence that could not be and was left out.
    pub left_out: Vec<LeftOut>,
}

/// One punch as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PunchLine {
    /// The punch's id.
    pub id: String,
    /// Its place in the journal.
    pub seq: u64,
    /// The journal's epoch.
    pub epoch: u64,
    /// What was asked for.
    pub asked: Asked,
    /// What the button offered.
    pub shown: Asked,
    /// The type, for a field check-in.
    pub field: Option<FieldType>,
    /// The wall clock at the tap, UTC milliseconds.
    pub wall_ms: i64,
    /// Its offset from UTC, minutes.
    pub offset_min: i16,
    /// The local day it belongs to, by its own offset: `YYYY-MM-DD`.
    pub date: String,
    /// Its offset is not the phone's now: its zone has to be named.
    pub other_offset: bool,
    /// The time word as known at the tap.
    pub word: TimeWord,
    /// The place verdict that was recorded last.
    pub place: Option<PlaceState>,
    /// Where it stands on its way to the server.
    pub state: PunchState,
    /// Photos bound to it.
    pub photos: u64,
    /// Whether it has a note.
    pub note: bool,
}

/// When the next attempt is due, and why it waits.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct NextAttempt {
    /// Why; none for a reason that another version of the app wrote.
    pub reason: Option<WaitReason>,
    /// Due at this wall time, UTC milliseconds.
    pub due_ms: i64,
    /// Attempts that failed since the last success.
    pub attempts: u32,
}

/// What waits to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct QueueState {
    /// Entries kept on this phone.
    pub waiting: u64,
    /// Entries that the server put aside for a person.
    pub put_aside: u64,
    /// Entries that cannot be delivered: the server would not take them, or they cannot be read any more.
    pub refused: u64,
    /// Photos that wait.
    pub photos: u64,
    /// Entries whose signature is pending.
    pub unsigned: u64,
    /// Since when, wall clock, UTC milliseconds.
    pub since_ms: Option<i64>,
    /// The next attempt; none if it may go at once.
    pub next: Option<NextAttempt>,
}

/// Everything a home screen shows, but the place at this moment.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct HomeState {
    /// Whose journal it is; none before enrolment, and then the rest is empty.
    pub employer: Option<EmployerInfo>,
    /// Whether the device may punch for the server already. A punch is kept either way.
    pub standing: Standing,
    /// What the button offers.
    pub offer: Asked,
    /// Why it offers that.
    pub offer_whys: Vec<Why>,
    /// Today by the phone's own clock and offset, `YYYY-MM-DD`; empty before enrolment.
    pub date: String,
    /// When the day ends by that offset, UTC milliseconds: look again then.
    pub day_ends_ms: i64,
    /// Today's punches, oldest first.
    pub today: Vec<PunchLine>,
    /// The newest punches, newest first, at most 20.
    pub recent: Vec<PunchLine>,
    /// What waits.
    pub queue: QueueState,
    /// The names of the sites in force.
    pub sites: Vec<String>,
    /// The rule set in force, 64 hexadecimal digits.
    pub rules: Option<String>,
    /// The zone that the employer's days are cut in, by its IANA name, once it is known.
    pub zone: Option<String>,
    /// The word that a tap now would get.
    pub word: TimeWord,
    /// Whether the person was ever asked for consent, whatever the answer was.
    pub consent_asked: bool,
    /// Whether location may be used.
    pub location_consent: bool,
    /// Whether networks and beacons nearby may be used.
    pub radio_consent: bool,
    /// What is known of the storage's faults; all empty on a healthy phone.
    pub storage: StorageState,
}

/// What opening and checking found wrong with the storage. Nothing was deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct StorageState {
    /// Damaged entries, by their place in the journal.
    pub damaged: Vec<u64>,
    /// The database file's structure is damaged.
    pub structure_damaged: bool,
    /// The name of the damaged database file that was moved aside at this opening, in the journal's folder.
    pub moved_aside: Option<String>,
    /// Entries that were taken over from it.
    pub salvaged: u64,
    /// Something in it could not be taken over.
    pub incomplete: bool,
}

/// What a punch here and now would be. Nothing was written.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct Precheck {
    /// What the button offers.
    pub offer: Asked,
    /// The place.
    pub place: PlaceState,
    /// The likeliest site's name.
    pub site_name: Option<String>,
    /// The picture of the place card; none without a position.
    pub drawing: Option<PlaceDrawing>,
    /// Why the place is what it is, a sentence each.
    pub whys: Vec<Why>,
    /// The word that a tap now would get.
    pub word: TimeWord,
}

/// A photo in the sealed store, not yet bound to a punch.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct PhotoDraft {
    /// SHA-256 of the file, 64 hexadecimal digits: its name from here on.
    pub digest: String,
    /// Bytes.
    pub size: u64,
    /// Pixels, as stored.
    pub width: u32,
    /// Pixels, as stored.
    pub height: u32,
}

/// What was agreed to for one purpose.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ConsentChoice {
    /// What for.
    pub purpose: Purpose,
    /// Given, or withdrawn.
    pub granted: bool,
    /// The revision of the text that the person read.
    pub text_rev: u64,
}

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// Entries that the server has now, by receipts.
    pub delivered: u64,
    /// Entries that it put aside for a person.
    pub put_aside: u64,
    /// Entries that cannot be delivered: it would not take them, or they cannot be read any more.
    pub refused: u64,
    /// Photos that it has now.
    pub photos: u64,
    /// Photos that it would not take, or that cannot be read any more.
    pub photos_refused: u64,
    /// A time token was committed: later punches have better times.
    pub anchored: bool,
    /// Another rule set came into force.
    pub rules_changed: bool,
    /// The server knew less than its receipts say, and was filled again.
    pub refilled: bool,
    /// Entries that still wait.
    pub waiting: u64,
    /// The next attempt, if this one ended early or was not due yet.
    pub next: Option<NextAttempt>,
    /// It was stopped, by `stop_sync`, `pause` or its deadline. What was received stays; the counts above say nothing then.
    pub stopped: bool,
}

/// What a full check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct CheckReport {
    /// Entries that were read.
    pub entries: u64,
    /// Damaged entries, by their place in the journal.
    pub damaged: Vec<u64>,
}

/// A list of the core's as a list of ours.
pub(crate) fn all<T: From<C>, C>(list: Vec<C>) -> Vec<T> {
    list.into_iter().map(Into::into).collect()
}

impl From<app::Employer> for EmployerInfo {
    fn from(e: app::Employer) -> Self {
        Self {
            employer: e.employer,
            employee: e.employee,
            tenant: e.tenant,
            server: e.server.as_str().to_owned(),
            root: e.root.to_string(),
            root_named: e.root_named,
            device: e.device.to_string(),
            journal: e.journal.to_string(),
            active: e.active,
        }
    }
}

impl From<time::Interval> for TimeInterval {
    fn from(i: time::Interval) -> Self {
        let from = |b: Option<time::Bound>| b.map_or(TimeSource::None, |b| b.from.into());
        Self {
            earliest_ms: i.earliest.map(|b| b.at.get()),
            earliest_from: from(i.earliest),
            latest_ms: i.latest.map(|b| b.at.get()),
            latest_from: from(i.latest),
        }
    }
}

impl From<&place::Evaluation> for PlaceState {
    fn from(e: &place::Evaluation) -> Self {
        Self {
            verdict: e.verdict.into(),
            reasons: e.reasons.iter().map(|r| (*r).into()).collect(),
            help: e.what_would_help().map(Into::into),
            site: e.site.map(|s| ids::hex(&s.0)),
            p_millionths: e.p.map(place::Probability::get),
            distance_mm: e.distance_mm,
            sigma_mm: e.sigma_mm,
        }
    }
}

impl From<&VerdictGroup> for PlaceState {
    /// What an entry keeps of a verdict. A verdict of a later version says nothing here.
    fn from(g: &VerdictGroup) -> Self {
        let small = |n: u64| u32::try_from(n).ok();
        let reasons: Vec<_> = g.reasons.iter().map(|r| small(*r).and_then(place::Reason::from_int)).collect();
        let verdict = small(g.verdict).and_then(place::Verdict::from_int).unwrap_or(place::Verdict::NotEvaluated);
        let known = place::Evaluation {
            verdict,
            reasons: reasons.iter().flatten().copied().collect(),
            site: None,
            p: None,
            runner_up_p: None,
            distance_mm: None,
            sigma_mm: None,
        };
        Self {
            verdict: verdict.into(),
            reasons: reasons.into_iter().map(|r| r.map_or(VerdictReason::Unknown, Into::into)).collect(),
            help: known.what_would_help().map(Into::into),
            site: g.site.map(|s| ids::hex(&s)),
            p_millionths: g.p.and_then(small),
            distance_mm: g.distance_mm,
            sigma_mm: g.sigma_mm,
        }
    }
}

impl From<app::DakaError> for LeftOut {
    fn from(e: app::DakaError) -> Self {
        let DakaFailure::Failed { code, field, detail } = e.into();
        Self { code, field, detail }
    }
}

impl From<app::PunchResult> for PunchResult {
    fn from(r: app::PunchResult) -> Self {
        Self {
            id: r.id.to_string(),
            seq: r.seq,
            asked: r.asked.into(),
            wall_ms: r.tap_wall.get(),
            offset_min: r.offset_min,
            date: LocalDate::of(r.tap_wall, r.offset_min).to_string(),
            interval: r.interval.into(),
            word: r.word.into(),
            place: r.place.as_ref().map(Into::into),
            site_name: r.site,
            whys: all(r.whys),
            repeated: r.repeated,
            left_out: r.left_out.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<app::PunchLine> for PunchLine {
    fn from(l: app::PunchLine) -> Self {
        Self {
            id: l.id.to_string(),
            seq: l.seq,
            epoch: l.epoch,
            asked: l.asked.into(),
            shown: l.shown.into(),
            field: l.field.map(Into::into),
            wall_ms: l.wall.get(),
            offset_min: l.offset_min,
            date: l.date.to_string(),
            other_offset: l.other_offset,
            word: l.word.into(),
            place: l.verdict.as_ref().map(Into::into),
            state: l.state.into(),
            photos: l.photos,
            note: l.note,
        }
    }
}

impl From<Due> for NextAttempt {
    fn from(due: Due) -> Self {
        Self { reason: retry::Reason::parse(&due.reason).map(Into::into), due_ms: due.wall_ms, attempts: due.attempts }
    }
}

impl From<app::Queue> for QueueState {
    fn from(q: app::Queue) -> Self {
        Self {
            waiting: q.waiting,
            put_aside: q.put_aside,
            refused: q.refused,
            photos: q.photos,
            unsigned: q.unsigned,
            since_ms: q.since.map(time::WallMs::get),
            next: q.due.map(Into::into),
        }
    }
}

impl HomeState {
    /// Before enrolment.
    pub(crate) fn nobodys() -> Self {
        Self {
            employer: None,
            standing: Standing::Pending,
            offer: Asked::In,
            offer_whys: Vec::new(),
            date: String::new(),
            day_ends_ms: 0,
            today: Vec::new(),
            recent: Vec::new(),
            queue: QueueState::default(),
            sites: Vec::new(),
            rules: None,
            zone: None,
            word: TimeWord::Unverified,
            consent_asked: false,
            location_consent: false,
            radio_consent: false,
            storage: StorageState::default(),
        }
    }

    pub(crate) fn of(employer: app::Employer, home: app::Home, storage: StorageState) -> Self {
        Self {
            employer: Some(employer.into()),
            standing: home.standing.into(),
            offer: home.offer.into(),
            offer_whys: all(home.offer_whys),
            date: home.date.to_string(),
            day_ends_ms: home.day_ends.get(),
            today: all(home.today),
            recent: all(home.recent),
            queue: home.queue.into(),
            sites: home.sites,
            rules: home.rules_rev.map(|r| r.to_string()),
            zone: home.zone,
            word: home.word.into(),
            consent_asked: home.consent_asked,
            location_consent: home.location_consent,
            radio_consent: home.radio_consent,
            storage,
        }
    }
}

impl From<app::Precheck> for Precheck {
    fn from(p: app::Precheck) -> Self {
        Self {
            offer: p.offer.into(),
            place: (&p.place).into(),
            site_name: p.site,
            drawing: p.drawing.map(Into::into),
            whys: all(p.whys),
            word: p.word.into(),
        }
    }
}

impl From<app::PhotoDraft> for PhotoDraft {
    fn from(p: app::PhotoDraft) -> Self {
        Self { digest: p.digest.hex(), size: p.size, width: p.width.into(), height: p.height.into() }
    }
}

pub(crate) fn choices(consent: &Consent) -> Vec<ConsentChoice> {
    let choice = |(purpose, given): (&daka_core::domain::journal::Purpose, &_)| {
        let daka_core::domain::journal::ConsentGiven { granted, text_rev } = *given;
        ConsentChoice { purpose: (*purpose).into(), granted, text_rev }
    };
    consent.0.iter().map(choice).collect()
}

pub(crate) fn consent_of(choices: Vec<ConsentChoice>) -> Result<Consent, DakaFailure> {
    let mut consent = Consent::default();
    for ConsentChoice { purpose, granted, text_rev } in choices {
        let given = daka_core::domain::journal::ConsentGiven { granted, text_rev };
        if consent.0.insert(purpose.core()?, given).is_some() {
            return Err(DakaFailure::bad_value("purpose", "is given twice; say each once"));
        }
    }
    Ok(consent)
}

impl From<app::SyncReport> for SyncReport {
    fn from(r: app::SyncReport) -> Self {
        Self {
            delivered: r.delivered,
            put_aside: r.put_aside,
            refused: r.refused,
            photos: r.photos,
            photos_refused: r.photos_refused,
            anchored: r.anchored,
            rules_changed: r.rules_changed,
            refilled: r.refilled,
            waiting: r.waiting,
            next: r.due.map(Into::into),
            stopped: false,
        }
    }
}

impl From<Opened> for StorageState {
    fn from(opened: Opened) -> Self {
        let name = |path: std::path::PathBuf| path.file_name().map(|n| n.to_string_lossy().into_owned());
        Self {
            moved_aside: opened.moved_aside.and_then(name),
            salvaged: opened.salvaged,
            incomplete: opened.incomplete,
            ..Self::default()
        }
    }
}

impl From<app::CheckReport> for CheckReport {
    fn from(r: app::CheckReport) -> Self {
        Self { entries: r.entries, damaged: r.damaged.into_iter().map(|(_, seq)| seq).collect() }
    }
}
