//! Which entries go next.
//!
//! Waiting entries go in order, those of one epoch together, at most [`MAX_ENTRIES`] and [`MAX_BYTES`] a segment. An entry that the
//! server would not take travels as its digest with what comes after it, so that this still follows. What a server that was restored
//! from a backup has lost goes again, whatever its state here.

use crate::app::DakaError;
use crate::app::db::{readable, rows};
use crate::app::epochs::{base, follows, is_whole};
use crate::domain::ids::Hash32;
use crate::domain::journal::{ChainPoint, GENESIS, MAX_ENTRIES, UploadEntry};
use crate::ports::{Crypto, EntryRow, EntryState, Tx};
use std::collections::BTreeSet;

/// A segment's entries hold at most so many bytes; the server takes 4 MiB.
const MAX_BYTES: usize = 1 << 20;

/// At most so many refused entries go as digests before the first waiting one.
const MAX_REFUSED: u64 = 64;

/// A server that refuses so many entries one after the other, and none in between is taken, is at fault itself.
const MAX_SUSPECTS: usize = 3;

/// An epoch and a seq.
pub(super) type Place = (u64, u64);

/// Entries of one epoch that go together; never empty.
pub(super) struct Batch {
    pub(super) epoch: u64,
    /// What the epoch stands on.
    pub(super) prev: (u64, Hash32),
    /// Seqs of entries that go as digests.
    digests: BTreeSet<u64>,
    rows: Vec<EntryRow>,
}

impl Batch {
    /// The first seq.
    pub(super) fn first(&self) -> u64 {
        self.rows.first().map_or(0, |row| row.point.seq)
    }

    /// The last seq.
    pub(super) fn last(&self) -> u64 {
        self.rows.last().map_or(0, |row| row.point.seq)
    }

    /// The last row.
    pub(super) fn end(&self) -> Option<&EntryRow> {
        self.rows.last()
    }

    /// How many entries go.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Each entry's seq and state.
    pub(super) fn states(&self) -> impl Iterator<Item = (u64, EntryState)> + '_ {
        self.rows.iter().map(|row| (row.point.seq, row.state))
    }

    /// How many entries go whole.
    pub(super) fn whole(&self) -> usize {
        self.rows.len() - self.digests.len()
    }

    /// Whether an entry goes as its digest.
    pub(super) fn is_digest(&self, seq: u64) -> bool {
        self.digests.contains(&seq)
    }

    /// The entries as they travel.
    pub(super) fn entries(&self, crypto: &dyn Crypto) -> Vec<UploadEntry> {
        let one = |row: &EntryRow| match self.is_digest(row.point.seq) {
            true => UploadEntry::Erased(row.entry.payload_digest(crypto)),
            false => UploadEntry::Whole(row.entry.clone()),
        };
        self.rows.iter().map(one).collect()
    }
}

/// What is to be done next.
pub(super) enum Next {
    /// Send these.
    Send(Batch),
    /// This waiting entry cannot be read.
    Unreadable(Place),
    /// Nothing waits.
    Nothing,
}

/// Where delivery stands in one round.
#[derive(Default)]
pub(super) struct Way {
    /// Entries before this place stay as they are for this round.
    from: Place,
    /// A segment that ended here could not be taken: shorter ones go, until its bad entry is found.
    narrow: Option<Place>,
    /// From here to there everything goes again.
    refill: Option<(Place, Place)>,
    refilled: bool,
    /// Entries that were refused in this round, after which none was taken yet.
    suspects: Vec<Place>,
}

impl Way {
    /// Whether the server may still be filled again: once a round.
    pub(super) fn may_refill(&self) -> bool {
        !self.refilled
    }

    /// Whether it is being filled again.
    pub(super) fn is_refilling(&self) -> bool {
        self.refill.is_some()
    }

    /// Fills the server again from `from` to where `batch` begins.
    pub(super) fn refill(&mut self, from: Place, batch: &Batch) {
        self.refilled = true;
        self.refill = Some((from, (batch.epoch, batch.first())));
    }

    /// The segment could not be taken: the next one is half as long.
    pub(super) fn shorten(&mut self, batch: &Batch) {
        self.narrow = Some((batch.epoch, batch.last()));
    }

    /// The segment's only whole entry is the one that the server would not take. False if it refuses too many: then it is not the
    /// entries that are at fault.
    pub(super) fn suspect(&mut self, batch: &Batch) -> bool {
        self.narrow = None;
        self.suspects.push((batch.epoch, batch.last()));
        self.pass(batch);
        self.suspects.len() <= MAX_SUSPECTS
    }

    /// The segment was taken: what was refused before it is at fault by itself. Gives those.
    pub(super) fn taken(&mut self, batch: &Batch, freed: bool) -> Vec<Place> {
        if self.refill.is_some() || !freed {
            self.pass(batch);
        }
        if freed { std::mem::take(&mut self.suspects) } else { Vec::new() }
    }

    /// Goes on after the batch: its entries stay as they are for this round.
    fn pass(&mut self, batch: &Batch) {
        let after = (batch.epoch, batch.last() + 1);
        match &mut self.refill {
            Some((at, _)) => *at = after,
            None => self.from = after,
        }
    }

    /// The entries right before `seq` that go as digests, in order.
    fn digests_before(
        &self,
        crypto: &dyn Crypto,
        tx: &dyn Tx,
        epoch: u64,
        seq: u64,
    ) -> Result<Vec<EntryRow>, DakaError> {
        let mut out = Vec::new();
        for seq in (seq.saturating_sub(MAX_REFUSED)..seq).rev() {
            let Some(row) = readable(tx.entry(epoch, seq))?.flatten() else { break };
            let refused = row.state == EntryState::Refused || self.suspects.contains(&(epoch, seq));
            // One that is damaged stands for nothing.
            if !refused || !fits(crypto, point_before(tx, epoch, seq)?, &row) {
                break;
            }
            out.push(row);
        }
        out.reverse();
        Ok(out)
    }

    /// What goes next. An entry that does not fit the one before it counts as one that cannot be read: the server would take neither
    /// it nor anything that goes with it.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub(super) fn next(&mut self, crypto: &dyn Crypto, tx: &dyn Tx) -> Result<Next, DakaError> {
        if let Some(batch) = self.next_refill(crypto, tx)? {
            return Ok(Next::Send(batch));
        }
        let Some((epoch, seq)) = first_waiting(tx, self.from)? else { return Ok(Next::Nothing) };
        let mut found = self.digests_before(crypto, tx, epoch, seq)?;
        let ahead = found.len();
        let mut before = point_before(tx, epoch, seq)?;
        for (seq, row) in rows(tx, epoch, seq, self.limit(epoch, seq))? {
            match row.filter(|row| fits(crypto, before, row)) {
                Some(row) if row.state == EntryState::Waiting => {
                    before = Some(row.point);
                    found.push(row);
                }
                None if found.len() == ahead => return Ok(Next::Unreadable((epoch, seq))),
                _ => break,
            }
        }
        let digests = found.iter().take(ahead).map(|row| row.point.seq).collect();
        batch(tx, epoch, found, digests)
    }

    /// At most so many entries from `seq` on: half of what is left of a segment that could not be taken; one, as long as nobody knows
    /// whether the entry before it is at fault or the server.
    fn limit(&self, epoch: u64, seq: u64) -> usize {
        match self.narrow {
            _ if !self.suspects.is_empty() => 1,
            Some((e, to)) if e == epoch && seq <= to => {
                usize::try_from((to - seq).div_ceil(2)).unwrap_or(MAX_ENTRIES).clamp(1, MAX_ENTRIES)
            }
            _ => MAX_ENTRIES,
        }
    }

    fn next_refill(&mut self, crypto: &dyn Crypto, tx: &dyn Tx) -> Result<Option<Batch>, DakaError> {
        while let Some((at, end)) = self.refill.filter(|(at, end)| at < end) {
            let room = if at.0 == end.0 { usize::try_from(end.1 - at.1).unwrap_or(MAX_ENTRIES) } else { MAX_ENTRIES };
            let found = rows(tx, at.0, at.1, self.limit(at.0, at.1).min(room))?;
            if found.is_empty() {
                // The end of this epoch.
                let next = tx.epochs()?.into_iter().find(|(epoch, _)| *epoch > at.0);
                self.refill = next.map(|next| (next, end));
                continue;
            }
            let mut before = point_before(tx, at.0, at.1)?;
            let whole = |row: &EntryRow| {
                let fits = fits(crypto, before, row);
                before = Some(row.point);
                fits
            };
            let held: Vec<EntryRow> = found.into_iter().map_while(|(_, row)| row).take_while(whole).collect();
            let refused = held.iter().filter(|row| row.state == EntryState::Refused);
            let digests = refused.map(|row| row.point.seq).collect();
            return match batch(tx, at.0, held, digests)? {
                Next::Send(batch) => Ok(Some(batch)),
                // What cannot be read cannot be given back.
                _ => {
                    self.refill = None;
                    Ok(None)
                }
            };
        }
        self.refill = None;
        Ok(None)
    }
}

/// Where the chain stands before `seq`; none at the beginning of an epoch, or after what cannot be read.
fn point_before(tx: &dyn Tx, epoch: u64, seq: u64) -> Result<Option<ChainPoint>, DakaError> {
    Ok(readable(tx.entry(epoch, seq.saturating_sub(1)))?.flatten().map(|row| row.point))
}

/// Whether a row is whole, and the next after the one before it, where that is known.
fn fits(crypto: &dyn Crypto, before: Option<ChainPoint>, row: &EntryRow) -> bool {
    before.map_or_else(|| is_whole(crypto, row), |before| follows(crypto, &before, row))
}

/// As many of the rows as fit.
fn batch(tx: &dyn Tx, epoch: u64, mut rows: Vec<EntryRow>, mut digests: BTreeSet<u64>) -> Result<Next, DakaError> {
    let mut bytes = 0;
    let fits = rows.iter().take_while(|row| {
        bytes += row.entry.payload.len() + row.entry.groups.values().map(Vec::len).sum::<usize>();
        bytes <= MAX_BYTES
    });
    let fits = fits.count().max(digests.len() + 1);
    rows.truncate(fits);
    let Some(last) = rows.last().map(|row| row.point.seq) else { return Ok(Next::Nothing) };
    digests.retain(|seq| *seq <= last);
    // If nobody can say what the epoch stands on, the server finds that this follows nothing.
    let prev = base(tx, epoch)?.unwrap_or((0, GENESIS));
    Ok(Next::Send(Batch { epoch, prev, digests, rows }))
}

/// The first waiting entry from `from` on.
fn first_waiting(tx: &dyn Tx, from: Place) -> Result<Option<Place>, DakaError> {
    let Some(first) = tx.first_waiting()? else { return Ok(None) };
    if first >= from {
        return Ok(Some(first));
    }
    for (epoch, first) in tx.epochs()?.into_iter().filter(|(epoch, _)| *epoch >= from.0) {
        let mut next = if epoch == from.0 { first.max(from.1) } else { first };
        loop {
            let found = rows(tx, epoch, next, MAX_ENTRIES)?;
            let Some((last, _)) = found.last() else { break };
            next = last + 1;
            let waits = |row: &Option<EntryRow>| row.as_ref().is_some_and(|row| row.state == EntryState::Waiting);
            if let Some((seq, _)) = found.iter().find(|(_, row)| waits(row)) {
                return Ok(Some((epoch, *seq)));
            }
        }
    }
    Ok(None)
}
