//! Epochs of the journal: what one stands on, whether its entries follow each other, and how the next one begins.
//!
//! A new epoch begins when the chain cannot simply go on: the database was damaged or put back, the sealed head is lost, or the
//! server holds another branch. It stands on the last entry that is still held and verifies; nothing is deleted.

use super::DakaError;
use super::db::readable;
use super::engine::Engine;
use super::writer::Writer;
use crate::domain::crypto::Crypto;
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::journal::{
    Body, ChainPoint, Draft, EpochReason, GENESIS, Payload, SealedClaim, chain_step, epoch_start,
};
use crate::domain::sealed_head::SealedHead;
use crate::ports::{EntryRow, Event, Tx, VaultItem};

/// Where a journal stands of which nothing is held.
pub(super) const NOTHING: ChainPoint = ChainPoint { epoch: 0, seq: 0, h: GENESIS };

/// A new epoch: why, and what it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NewEpoch {
    pub(super) reason: EpochReason,
    pub(super) prev: ChainPoint,
    /// The highest epoch that the server knows.
    pub(super) known: u64,
}

/// The seq and digest that `epoch` stands on: as its first entry says, or the entry of an earlier epoch with the number before it
/// if that cannot be read.
///
/// # Errors
/// [`DakaError`] if the store refuses.
pub(super) fn base(tx: &dyn Tx, epoch: u64) -> Result<Option<(u64, Hash32)>, DakaError> {
    if epoch == 0 {
        return Ok(Some((0, GENESIS)));
    }
    let Some((_, first)) = tx.epochs()?.into_iter().find(|(e, _)| *e == epoch) else { return Ok(None) };
    if let Some(prev) = readable(tx.entry(epoch, first))?.flatten().as_ref().and_then(stands_on) {
        return Ok(Some((prev.seq, prev.h)));
    }
    if first <= 1 {
        return Ok(Some((0, GENESIS)));
    }
    for (earlier, _) in tx.epochs()?.into_iter().rev().filter(|(e, _)| *e < epoch) {
        if let Some(row) = readable(tx.entry(earlier, first - 1))?.flatten() {
            return Ok(Some((row.point.seq, row.point.h)));
        }
    }
    Ok(None)
}

/// What the first entry of an epoch says that it stands on.
pub(super) fn stands_on(first: &EntryRow) -> Option<ChainPoint> {
    match Payload::decode(&first.entry.payload).ok()?.body {
        Body::EpochStarted { prev, .. } if prev.seq + 1 == first.point.seq => Some(prev),
        _ => None,
    }
}

/// The point before the first entry of an epoch.
pub(super) fn start(crypto: &dyn Crypto, journal: JournalId, epoch: u64, (seq, prev_h): (u64, Hash32)) -> ChainPoint {
    ChainPoint { epoch, seq, h: epoch_start(crypto, journal, epoch, prev_h) }
}

/// Whether a row is one entry: its payload has its number, and its groups are those that it commits to.
pub(super) fn is_whole(crypto: &dyn Crypto, row: &EntryRow) -> bool {
    Payload::decode(&row.entry.payload).is_ok_and(|p| p.seq == row.point.seq && row.entry.groups_match(crypto, &p))
}

/// Whether a row is the next entry after `at`, with its groups whole.
pub(super) fn follows(crypto: &dyn Crypto, at: &ChainPoint, row: &EntryRow) -> bool {
    let seq = at.seq + 1;
    let h = chain_step(crypto, at.h, seq, row.entry.payload_digest(crypto));
    row.point == ChainPoint { epoch: at.epoch, seq, h } && is_whole(crypto, row)
}

/// The last point of `at`'s epoch up to `to` that verifies, `at` itself being believed.
///
/// # Errors
/// [`DakaError`] if the store refuses.
pub(super) fn verified(crypto: &dyn Crypto, tx: &dyn Tx, mut at: ChainPoint, to: u64) -> Result<ChainPoint, DakaError> {
    while at.seq < to {
        match readable(tx.entry(at.epoch, at.seq + 1))?.flatten() {
            Some(row) if follows(crypto, &at, &row) => at = row.point,
            _ => break,
        }
    }
    Ok(at)
}

/// The last entry of `epoch` up to `seq` that is held and fits the one before it; if there is none, the last of the epochs before.
///
/// # Errors
/// [`DakaError`] if the store refuses.
pub(super) fn last_held(crypto: &dyn Crypto, tx: &dyn Tx, epoch: u64, seq: u64) -> Result<ChainPoint, DakaError> {
    let mut up_to = seq;
    for (epoch, first) in tx.epochs()?.into_iter().rev().filter(|(e, _)| *e <= epoch) {
        for seq in (first..=up_to).rev() {
            let Some(row) = readable(tx.entry(epoch, seq))?.flatten().filter(|row| is_whole(crypto, row)) else {
                continue;
            };
            let before = if seq > first { readable(tx.entry(epoch, seq - 1))?.flatten() } else { None };
            if before.is_none_or(|before| follows(crypto, &before.point, &row)) {
                return Ok(row.point);
            }
        }
        up_to = up_to.min(first.saturating_sub(1));
    }
    Ok(NOTHING)
}

impl Engine {
    /// What the sealed head says of this journal. One that cannot be read, or is another enrolment's, says nothing.
    pub(super) fn sealed(&self) -> Result<Option<ChainPoint>, DakaError> {
        let journal = self.enrolled()?.journal;
        let sealed = self.ports.vault.get(VaultItem::SealedHead)?;
        Ok(sealed.and_then(|b| SealedHead::decode(&b).ok()).filter(|s| s.journal == journal).map(|s| s.point))
    }

    /// Begins a new epoch: 1 + the highest that phone or server knows. Its first entry says why.
    ///
    /// A crash after the commit leaves the sealed head behind, which opening knows.
    ///
    /// # Errors
    /// [`DakaError`] if store or vault refuse.
    pub(super) fn begin_epoch(&self, new: NewEpoch) -> Result<(), DakaError> {
        let (device, sealed) = (self.device()?, self.sealed()?);
        self.write(move |tx| {
            let NewEpoch { reason, prev, known } = new;
            let held = tx.epochs()?.last().map_or(0, |(epoch, _)| *epoch);
            let epoch = 1 + held.max(known).max(prev.epoch).max(sealed.map_or(0, |s| s.epoch));
            let at = start(&*device.crypto, device.journal, epoch, (prev.seq, prev.h));
            let body = Body::EpochStarted { reason, prev, sealed: SealedClaim(sealed) };
            Writer::at(&device, tx, at)?.append(Draft::of(body)).map(|_| ())
        })?;
        self.tell(Event::EpochStarted);
        match self.settle() {
            // The key store may be locked at start-up; the epoch is committed, and the signature follows.
            Err(DakaError::Sign(_)) => Ok(()),
            other => other,
        }
    }
}
