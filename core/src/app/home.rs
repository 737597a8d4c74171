//! What a screen shows: one value, computed from the journal, recomputed on events. No network, no wait for a fix.

use super::db::readable;
use super::engine::Engine;
use super::rulebook::{InForce, Rulebook};
use super::writer::Session;
use super::{DakaError, consent, timing};
use crate::domain::ids::{PunchId, RulesRev};
use crate::domain::journal::{Asked, Body, ChainPoint, FieldType, GroupId, Kind, Payload, Purpose, VerdictGroup};
use crate::domain::place::{Evaluation, Fix, RawFix};
use crate::domain::time::{WallMs, Word};
use crate::domain::trust::EnrolState;
use crate::ports::{Due, EntryRow, EntryState, PhotoState, Tx};

/// An `in` older than this no longer makes the button offer `out`, until rules say when shifts end: 16 h, the longest shift that
/// rules.md plans for with its windows.
const OPEN_IN_MS: i64 = 16 * 3_600_000;

/// How many entries back punches are looked for when one of them cannot be read.
const FAR_BACK: usize = 500;

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

/// One punch as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PunchLine {
    /// The punch.
    pub id: PunchId,
    /// Its place in the journal.
    pub seq: u64,
    /// The epoch.
    pub epoch: u64,
    /// What was asked for.
    pub asked: Asked,
    /// What the button offered.
    pub shown: Asked,
    /// The type, for a field check-in.
    pub field: Option<FieldType>,
    /// The wall clock at the tap.
    pub wall: WallMs,
    /// Its offset from UTC, minutes.
    pub offset_min: i16,
    /// The time word as known at the tap.
    pub word: Word,
    /// The place verdict, the last that was recorded.
    pub verdict: Option<VerdictGroup>,
    /// Where it stands on its way to the server.
    pub state: EntryState,
    /// Photos bound to it.
    pub photos: u64,
    /// Its note, or the last one added.
    pub note: bool,
}

impl PunchLine {
    /// What was asked for, or what the button offered where that was left open.
    fn meant(&self) -> Asked {
        if self.asked == Asked::Auto { self.shown } else { self.asked }
    }
}

/// Everything a home screen shows, but the place at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// The employer's name.
    pub employer: String,
    /// The employee's name.
    pub employee: String,
    /// Whether the device may punch for the server already.
    pub standing: EnrolState,
    /// What the button offers.
    pub offer: Asked,
    /// The newest punches, newest first.
    pub recent: Vec<PunchLine>,
    /// What waits.
    pub queue: Queue,
    /// Where the journal stands.
    pub tail: Option<ChainPoint>,
    /// The rule set in force.
    pub rules_rev: Option<RulesRev>,
    /// The names of the sites in force.
    pub sites: Vec<String>,
    /// The word that a tap now would get.
    pub word: Word,
    /// Whether location may be used.
    pub location_consent: bool,
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
            let recent = lines(tx, 20)?;
            let tail = tx.tail()?;
            Ok(Home {
                employer: enrolled.answer.employer_name.clone(),
                employee: enrolled.answer.employee_name.clone(),
                standing: enrolled.answer.state,
                offer: offer(&recent, now.wall_ms),
                queue: queue(tx, tail.as_ref())?,
                tail: tail.map(|t| t.point),
                rules_rev: rules.rev,
                sites: rules.sites.iter().map(|s| s.name.clone()).collect(),
                word: word_now(tx, &now, &rules)?,
                location_consent: consent::current(tx)?.1.covers(Purpose::Location),
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
            let place = rules.place.judge(&fixes, consent::current(tx)?.1.covers(Purpose::Location));
            let site = place.site.and_then(|id| rules.sites.iter().find(|s| s.site == id.0)).map(|s| s.name.clone());
            let word = word_now(tx, &now, &rules)?;
            Ok(Precheck { offer: offer(&lines(tx, 1)?, now.wall_ms), place, site, word })
        })
    }

    /// The newest `limit` punches, newest first.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn punches(&self, limit: usize) -> Result<Vec<PunchLine>, DakaError> {
        self.enrolled()?;
        self.read(move |tx| lines(tx, limit))
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

/// Until rules are there: out after an in, back after a break's start, else in. What was left to the result counts as the button
/// showed it.
fn offer(recent: &[PunchLine], now_ms: i64) -> Asked {
    match recent.first() {
        Some(last) if now_ms.saturating_sub(last.wall.get()) < OPEN_IN_MS => match last.meant() {
            Asked::In | Asked::BreakEnd => Asked::Out,
            Asked::BreakStart => Asked::BreakEnd,
            _ => Asked::In,
        },
        _ => Asked::In,
    }
}

fn queue(tx: &dyn Tx, tail: Option<&EntryRow>) -> Result<Queue, DakaError> {
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

fn lines(tx: &dyn Tx, limit: usize) -> Result<Vec<PunchLine>, DakaError> {
    // A punch that cannot be read takes none of the others from the screen.
    let rows = match readable(tx.latest(Kind::Punch, limit))? {
        Some(rows) => rows,
        None => around_damage(tx, limit)?,
    };
    rows.iter().filter_map(|row| line(tx, row).transpose()).collect()
}

/// The newest punches that can be read, found among the entries themselves; at most as far back as a screen is likely to show.
fn around_damage(tx: &dyn Tx, limit: usize) -> Result<Vec<EntryRow>, DakaError> {
    let mut out = Vec::new();
    let last = tx.tail()?.map_or(0, |t| t.point.seq);
    for (epoch, first) in tx.epochs()?.into_iter().rev() {
        let from = first.max(last.saturating_sub(FAR_BACK as u64));
        let rows = super::db::rows(tx, epoch, from, FAR_BACK + 1)?;
        out.extend(rows.into_iter().rev().filter_map(|(_, row)| row.filter(|r| r.kind == Kind::Punch)));
        if out.len() >= limit {
            break;
        }
    }
    out.truncate(limit);
    Ok(out)
}

/// A punch with what was added to it.
fn line(tx: &dyn Tx, row: &EntryRow) -> Result<Option<PunchLine>, DakaError> {
    let payload = Payload::decode(&row.entry.payload)?;
    let Body::Punch(p) = payload.body else { return Ok(None) };
    let (mut verdict, mut photos, mut note) = (None, 0, false);
    for part in readable(tx.about(p.id))?.unwrap_or_else(|| vec![row.clone()]) {
        if let Some(bytes) = part.entry.groups.get(&GroupId::Verdict) {
            verdict = Some(VerdictGroup::decode(bytes)?);
        }
        if let Some(bytes) = part.entry.groups.get(&GroupId::Evidence) {
            photos += crate::domain::journal::EvidenceFile::decode_all(bytes)?.len() as u64;
        }
        note |= part.entry.groups.contains_key(&GroupId::Note);
    }
    Ok(Some(PunchLine {
        id: p.id,
        seq: payload.seq,
        epoch: row.point.epoch,
        asked: p.asked,
        shown: p.shown,
        field: p.field,
        wall: p.tap_wall,
        offset_min: payload.readings.offset_min,
        word: p.word,
        verdict,
        state: row.state,
        photos,
        note,
    }))
}
