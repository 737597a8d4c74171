//! What a screen shows: one value, computed from the journal, recomputed on events. No network, no wait for a fix.

use super::db::readable;
use super::engine::Engine;
use super::rulebook::{InForce, Rulebook};
use super::views::{PlaceDrawing, PunchLine, Why, day_punches, draw, lines, why};
use super::writer::Session;
use super::{DakaError, consent, timing};
use crate::domain::calendar::LocalDate;
use crate::domain::ids::RulesRev;
use crate::domain::journal::{Asked, ChainPoint, Payload, Purpose};
use crate::domain::place::{Evaluation, Fix, RawFix};
use crate::domain::time::{WallMs, Word};
use crate::domain::trust::EnrolState;
use crate::ports::{Due, EntryRow, EntryState, PhotoState, Tx};

/// An `in` older than this no longer makes the button offer `out`, until rules say when shifts end: 16 h, the longest shift that
/// rules.md plans for with its windows.
const OPEN_IN_MS: i64 = 16 * 3_600_000;

/// What waits to be sent, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    /// Entries kept on this phone.
    pub waiting: u64,
    /// Entries that the server put aside for a person.
    pub put_aside: u64,
    /// Entries that cannot be delivered: the server would not take them at all, or they cannot be read any more.
    pub refused: u64,
    /// Photos waiting.
    pub photos: u64,
    /// Entries after the last signed head.
    pub unsigned: u64,
    /// Wall time of the first waiting entry.
    pub since: Option<WallMs>,
    /// When the next attempt is due, and why it waits; none if it may go at once.
    pub due: Option<Due>,
}

/// Everything a home screen shows, but the place at this moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Home {
    /// The employer's name.
    pub employer: String,
    /// The employee's name.
    pub employee: String,
    /// Whether the device may punch for the server already.
    pub standing: EnrolState,
    /// What the button offers.
    pub offer: Asked,
    /// Why it offers that.
    pub offer_whys: Vec<Why>,
    /// Today, by the phone's own clock and offset.
    pub date: LocalDate,
    /// When the day ends by that offset.
    pub day_ends: WallMs,
    /// Today's punches, oldest first.
    pub today: Vec<PunchLine>,
    /// The newest punches, newest first.
    pub recent: Vec<PunchLine>,
    /// What waits.
    pub queue: Queue,
    /// Where the journal stands.
    pub tail: Option<ChainPoint>,
    /// The rule set in force.
    pub rules_rev: Option<RulesRev>,
    /// The zone that its work days are cut in, by its IANA name.
    pub zone: Option<String>,
    /// The names of the sites in force.
    pub sites: Vec<String>,
    /// The word that a tap now would get.
    pub word: Word,
    /// Whether the person was ever asked for consent, whatever the answer was.
    pub consent_asked: bool,
    /// Whether location may be used.
    pub location_consent: bool,
    /// Whether networks and beacons nearby may be used.
    pub radio_consent: bool,
}

/// What a punch here and now would be, without writing anything.
#[derive(Clone, Debug, PartialEq)]
pub struct Precheck {
    /// What the button offers.
    pub offer: Asked,
    /// The place.
    pub place: Evaluation,
    /// The likeliest site's name.
    pub site: Option<String>,
    /// The picture; none without a position.
    pub drawing: Option<PlaceDrawing>,
    /// Why the place is what it is.
    pub whys: Vec<Why>,
    /// The word that a tap now would get.
    pub word: Word,
}

impl Engine {
    /// The home screen's state.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn home(&self) -> Result<Home, DakaError> {
        let enrolled = self.enrolled()?;
        let now = self.ports.clock.read();
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        self.read(move |tx| {
            let rules = InForce::load(&*crypto, tx)?;
            let recent = lines(tx, 20, now.offset_min)?;
            let tail = tx.tail()?;
            let date = LocalDate::of(WallMs::new(now.wall_ms), now.offset_min);
            let (consent_seq, given) = consent::current(tx)?;
            let (offer, why) = why::offer(recent.first(), now.wall_ms, OPEN_IN_MS);
            Ok(Home {
                employer: enrolled.answer.employer_name.clone(),
                employee: enrolled.answer.employee_name.clone(),
                standing: enrolled.answer.state,
                offer,
                offer_whys: vec![why],
                date,
                day_ends: date.next().begins(now.offset_min),
                today: day_punches(tx, date, now.offset_min)?,
                queue: queue(tx, tail.as_ref())?,
                tail: tail.map(|t| t.point),
                rules_rev: rules.rev,
                zone: rules.zone.clone(),
                sites: rules.sites.iter().map(|s| s.name.clone()).collect(),
                word: word_now(tx, &now, &rules)?,
                consent_asked: consent_seq > 0,
                location_consent: given.covers(Purpose::Location),
                radio_consent: given.covers(Purpose::Radio),
                recent,
            })
        })
    }

    /// Judges fixes without writing.
    ///
    /// # Errors
    /// [`DakaError`]: not enrolled, or a fix that cannot be.
    pub fn precheck(&self, fixes: &[RawFix]) -> Result<Precheck, DakaError> {
        self.enrolled()?;
        let fixes = fixes.iter().map(Fix::parse).collect::<Result<Vec<_>, _>>()?;
        let now = self.ports.clock.read();
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        self.read(move |tx| {
            let rules = InForce::load(&*crypto, tx)?;
            let given = consent::current(tx)?.1.covers(Purpose::Location);
            let place = rules.place.judge(&fixes, given);
            let site = place.site.and_then(|id| rules.site_name(id.0));
            let word = word_now(tx, &now, &rules)?;
            let (offer, _) = why::offer(lines(tx, 1, now.offset_min)?.first(), now.wall_ms, OPEN_IN_MS);
            // Without consent a position is not drawn either.
            let drawn = if given { &fixes[..] } else { &[] };
            let drawing = draw(&rules.sites, place.site.map(|s| s.0), drawn);
            let whys = why::judged(&place, site.as_deref());
            Ok(Precheck { offer, place, site, drawing, whys, word })
        })
    }

    /// The newest `limit` punches, newest first.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn punches(&self, limit: usize) -> Result<Vec<PunchLine>, DakaError> {
        self.enrolled()?;
        let offset = self.ports.clock.read().offset_min;
        self.read(move |tx| lines(tx, limit, offset))
    }

    /// The name of a site in any rule set that was ever in force here, the newest first.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn site_name(&self, site: [u8; 16]) -> Result<Option<String>, DakaError> {
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        self.read(move |tx| {
            for book in Rulebook::all(&*crypto, tx)?.iter().rev() {
                if let Some(found) = book.sites()?.into_iter().find(|s| s.site == site) {
                    return Ok(Some(found.name));
                }
            }
            Ok(None)
        })
    }

    /// What waits to be sent.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn queue(&self) -> Result<Queue, DakaError> {
        self.enrolled()?;
        self.read(|tx| {
            let tail = tx.tail()?;
            queue(tx, tail.as_ref())
        })
    }
}

fn word_now(tx: &dyn Tx, now: &crate::ports::ClockReading, rules: &InForce) -> Result<Word, DakaError> {
    let Some(session) = Session::load(tx)? else { return Ok(Word::Unverified) };
    match session.reading(now) {
        Some(t) => Ok(timing::at_tap(tx, &session, t, &rules.limits())?.1),
        None => Ok(Word::Unverified),
    }
}

pub(super) fn queue(tx: &dyn Tx, tail: Option<&EntryRow>) -> Result<Queue, DakaError> {
    let since = match tx.first_waiting()? {
        Some((epoch, seq)) => match readable(tx.entry(epoch, seq))?.flatten() {
            Some(row) => Some(Payload::decode(&row.entry.payload)?.readings.wall),
            None => None,
        },
        None => None,
    };
    let unsigned = match tail {
        Some(tail) => tail.point.seq - tx.last_head(tail.point.epoch)?.map_or(0, |(seq, _)| seq).min(tail.point.seq),
        None => 0,
    };
    Ok(Queue {
        waiting: tx.count(EntryState::Waiting)?,
        put_aside: tx.count(EntryState::PutAside)?,
        refused: tx.count(EntryState::Refused)?,
        photos: tx.photos(PhotoState::Waiting)?.len() as u64,
        unsigned,
        since,
        due: tx.due(super::sync::TASK)?,
    })
}
