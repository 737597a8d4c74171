//! One punch as a list shows it, and the newest of them.

use crate::app::DakaError;
use crate::app::db::{self, readable};
use crate::domain::calendar::LocalDate;
use crate::domain::ids::PunchId;
use crate::domain::journal::{Asked, Body, EvidenceFile, FieldType, GroupId, Kind, Payload, VerdictGroup};
use crate::domain::time::{WallMs, Word};
use crate::ports::{EntryRow, EntryState, PunchAt, Tx};

/// How many entries back punches are looked for when one of them cannot be read.
const FAR_BACK: usize = 500;

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
    /// The local day it belongs to: that of its own offset.
    pub date: LocalDate,
    /// Its offset is not the phone's now: its zone has to be named.
    pub other_offset: bool,
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
    pub(in crate::app) fn meant(&self) -> Asked {
        if self.asked == Asked::Auto { self.shown } else { self.asked }
    }
}

/// The newest `limit` punches, newest first. `offset_min` is the phone's offset now.
pub(in crate::app) fn lines(tx: &dyn Tx, limit: usize, offset_min: i16) -> Result<Vec<PunchLine>, DakaError> {
    // A punch that cannot be read takes none of the others from the screen.
    let rows = match readable(tx.latest(Kind::Punch, limit))? {
        Some(rows) => rows,
        None => around_damage(tx, limit)?,
    };
    rows.iter().filter_map(|row| line(tx, row, offset_min).transpose()).collect()
}

/// The newest punches that can be read, found among the entries themselves; at most as far back as a screen is likely to show.
fn around_damage(tx: &dyn Tx, limit: usize) -> Result<Vec<EntryRow>, DakaError> {
    let mut out = Vec::new();
    let last = tx.tail()?.map_or(0, |t| t.point.seq);
    for (epoch, first) in tx.epochs()?.into_iter().rev() {
        let from = first.max(last.saturating_sub(FAR_BACK as u64));
        let rows = db::rows(tx, epoch, from, FAR_BACK + 1)?;
        out.extend(rows.into_iter().rev().filter_map(|(_, row)| row.filter(|r| r.kind == Kind::Punch)));
        if out.len() >= limit {
            break;
        }
    }
    out.truncate(limit);
    Ok(out)
}

/// The punch at a place; none if it cannot be read.
pub(super) fn line_at(tx: &dyn Tx, at: PunchAt, offset_min: i16) -> Result<Option<PunchLine>, DakaError> {
    match readable(tx.entry(at.epoch, at.seq))?.flatten() {
        Some(row) => line(tx, &row, offset_min),
        None => Ok(None),
    }
}

/// The row of the punch at a place, with the local day that it belongs to; none if it cannot be read.
pub(super) fn row_at(tx: &dyn Tx, at: PunchAt) -> Result<Option<(EntryRow, LocalDate)>, DakaError> {
    let Some(row) = readable(tx.entry(at.epoch, at.seq))?.flatten() else { return Ok(None) };
    let payload = Payload::decode(&row.entry.payload)?;
    let Body::Punch(p) = payload.body else { return Ok(None) };
    Ok(Some((row, LocalDate::of(p.tap_wall, payload.readings.offset_min))))
}

/// A punch with what was added to it.
pub(super) fn line(tx: &dyn Tx, row: &EntryRow, now_offset_min: i16) -> Result<Option<PunchLine>, DakaError> {
    let parts = match row.punch {
        Some(id) => readable(tx.about(id))?.unwrap_or_else(|| vec![row.clone()]),
        None => vec![row.clone()],
    };
    line_of(row, &parts, now_offset_min)
}

/// A punch with `parts`, the entries that are it or about it.
pub(super) fn line_of(row: &EntryRow, parts: &[EntryRow], now_offset_min: i16) -> Result<Option<PunchLine>, DakaError> {
    let payload = Payload::decode(&row.entry.payload)?;
    let Body::Punch(p) = payload.body else { return Ok(None) };
    let (mut verdict, mut photos, mut note) = (None, 0, false);
    for part in parts {
        if let Some(bytes) = part.entry.groups.get(&GroupId::Verdict) {
            verdict = Some(VerdictGroup::decode(bytes)?);
        }
        if let Some(bytes) = part.entry.groups.get(&GroupId::Evidence) {
            photos += EvidenceFile::decode_all(bytes)?.len() as u64;
        }
        note |= part.entry.groups.contains_key(&GroupId::Note);
    }
    let offset_min = payload.readings.offset_min;
    Ok(Some(PunchLine {
        id: p.id,
        seq: payload.seq,
        epoch: row.point.epoch,
        asked: p.asked,
        shown: p.shown,
        field: p.field,
        wall: p.tap_wall,
        offset_min,
        date: LocalDate::of(p.tap_wall, offset_min),
        other_offset: offset_min != now_offset_min,
        word: p.word,
        verdict,
        state: row.state,
        photos,
        note,
    }))
}
