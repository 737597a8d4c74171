//! Opening: is the database the one that was last sealed?
//!
//! | sealed head | database | what it means |
//! |---|---|---|
//! | at the tail | – | the ordinary case |
//! | behind the tail, its h on the chain | ahead | a crash between commit and seal |
//! | ahead of the tail, or another h | behind or changed | a backup was put back, or the file was changed: a new epoch |
//! | on the chain | damaged at the seal or after it | a new epoch on the last entry before the damage |
//! | none | has entries, or none | the seal is lost: a new epoch |
//! | there | empty | the database was lost or moved aside: a new epoch |
//!
//! Only the sealed entry and those after it are read, so opening does not grow with the journal; [`Engine::check`] verifies all of
//! it in the background. A lost seal or another h cost one reading of the epoch. A crash after a new epoch's commit and before its
//! seal leaves a database ahead of the seal: the next opening verifies the new epoch from its first entry.

use super::DakaError;
use super::db::readable;
use super::engine::Engine;
use super::epochs::{NOTHING, NewEpoch, base, is_whole, last_held, start, verified};
use super::writer::Writer;
use crate::domain::ids::JournalId;
use crate::domain::journal::{AppEvent, Body, ChainPoint, Draft, EpochReason, Payload};
use crate::ports::{Crypto, EntryRow, StoreError, Tx};
use std::sync::Arc;

const APP_VERSION: &str = "app_version";

/// Compares the database with the sealed head, and begins a new epoch where they do not fit.
pub(super) fn reconcile(engine: &Engine) -> Result<(), DakaError> {
    let (journal, sealed) = (engine.enrolled()?.journal, engine.sealed()?);
    let crypto = Arc::clone(&engine.ports.crypto);
    let found = engine.read(move |tx| Desk { crypto: &*crypto, journal, tx }.judge(sealed))?;
    if let Some((reason, prev)) = found {
        engine.begin_epoch(NewEpoch { reason, prev, known: 0 })?;
    }
    // The next round looks again: an opening is not refused for it.
    if let Err(e) = engine.wait_left() {
        tracing::warn!(code = e.code().text(), "the wait was not put onto this run's clock");
    }
    // What a kill left unsealed or unsigned is made good by whoever calls `settle` next; opening does not wait for a key store.
    note_version(engine)
}

/// Another version of the app than last time is a fact about the journal.
///
/// # Errors
/// [`DakaError`] if the store refuses.
pub(super) fn note_version(engine: &Engine) -> Result<(), DakaError> {
    let version = engine.settings.app_version.clone();
    let known = engine.read(|tx| Ok(readable(tx.value(APP_VERSION))?.flatten()))?;
    if known.as_deref() == Some(version.as_bytes()) {
        return Ok(());
    }
    let device = engine.device()?;
    engine.write(move |tx| {
        tx.put_value(APP_VERSION, version.as_bytes())?;
        // The first version of all is no upgrade.
        if known.is_some() {
            let body = Body::AppState { event: AppEvent::Upgraded, detail: version };
            Writer::begin(&device, tx)?.append(Draft::of(body))?;
        }
        Ok(())
    })
}

/// Why a new epoch has to begin, and on what; none if the journal goes on.
type Finding = Option<(EpochReason, ChainPoint)>;

struct Desk<'a> {
    crypto: &'a dyn Crypto,
    journal: JournalId,
    tx: &'a dyn Tx,
}

impl Desk<'_> {
    fn judge(&self, sealed: Option<ChainPoint>) -> Result<Finding, DakaError> {
        let tail = match self.tx.tail() {
            Ok(tail) => tail,
            Err(StoreError::Damaged { seq: Some(seq) }) => {
                let epoch = self.tx.epochs()?.last().map_or(0, |(epoch, _)| *epoch);
                return Ok(Some((EpochReason::Damage, self.held(epoch, seq.saturating_sub(1))?)));
            }
            Err(e) => return Err(e.into()),
        };
        match (tail, sealed) {
            (None, Some(s)) if s.epoch == 0 && s.seq == 0 => Ok(None),
            (None, Some(_)) => Ok(Some((EpochReason::Damage, NOTHING))),
            (None, None) => Ok(Some((EpochReason::SealLost, NOTHING))),
            // Said already, by an opening that was killed before it could seal.
            (Some(tail), None) if says_seal_lost(&tail) => Ok(None),
            (Some(tail), None) => Ok(Some((EpochReason::SealLost, self.whole_epoch(&tail)?))),
            (Some(tail), Some(sealed)) => self.compare(&tail, sealed),
        }
    }

    fn compare(&self, tail: &EntryRow, sealed: ChainPoint) -> Result<Finding, DakaError> {
        let ChainPoint { epoch, seq, .. } = tail.point;
        if (sealed.epoch, sealed.seq) > (epoch, seq) {
            return Ok(Some((EpochReason::Restored, self.held(epoch, seq)?)));
        }
        // An epoch that began after the seal is read from its own first entry.
        let from = if sealed.epoch == epoch { self.sealed_point(sealed)? } else { self.first_point(epoch)? };
        match from {
            Some(from) if sealed.epoch == epoch && from.h != sealed.h => {
                Ok(Some((EpochReason::Restored, self.whole_epoch(tail)?)))
            }
            Some(from) => {
                let good = verified(self.crypto, self.tx, from, seq)?;
                if good == tail.point {
                    return Ok(None);
                }
                Ok(Some((EpochReason::Damage, self.held(epoch, good.seq)?)))
            }
            None => Ok(Some((EpochReason::Damage, self.held(epoch, sealed.seq.min(seq))?))),
        }
    }

    /// What the chain says where the seal was put; none if the entry is damaged or gone.
    fn sealed_point(&self, sealed: ChainPoint) -> Result<Option<ChainPoint>, DakaError> {
        match readable(self.tx.entry(sealed.epoch, sealed.seq))?.flatten() {
            Some(row) => Ok(Some(row).filter(|row| is_whole(self.crypto, row)).map(|row| row.point)),
            // The seal of a journal that had no entry yet.
            None => Ok(self.first_point(sealed.epoch)?.filter(|first| first.seq == sealed.seq)),
        }
    }

    /// The point before the epoch's first entry, if that says what it stands on.
    fn first_point(&self, epoch: u64) -> Result<Option<ChainPoint>, DakaError> {
        Ok(base(self.tx, epoch)?.map(|prev| start(self.crypto, self.journal, epoch, prev)))
    }

    /// The last point of the tail's epoch that verifies from its first entry on.
    fn whole_epoch(&self, tail: &EntryRow) -> Result<ChainPoint, DakaError> {
        let ChainPoint { epoch, seq, .. } = tail.point;
        match self.first_point(epoch)? {
            Some(from) => {
                let good = verified(self.crypto, self.tx, from, seq)?;
                self.held(epoch, good.seq)
            }
            None => self.held(epoch, seq),
        }
    }

    fn held(&self, epoch: u64, seq: u64) -> Result<ChainPoint, DakaError> {
        last_held(self.crypto, self.tx, epoch, seq)
    }
}

fn says_seal_lost(tail: &EntryRow) -> bool {
    let body = Payload::decode(&tail.entry.payload).map(|p| p.body);
    matches!(body, Ok(Body::EpochStarted { reason: EpochReason::SealLost, .. }))
}
