//! Opening: is the database the one that was last sealed?
//!
//! | sealed head | database | what it means |
//! |---|---|---|
//! | at the tail | – | the ordinary case |
//! | behind the tail, its h on the chain | ahead | a crash between commit and seal |
//! | ahead of the tail, or another h | behind or changed | a backup was put back, or the file was changed: a new epoch |
//! | none | has entries | the seal is lost: a new epoch |
//! | there | empty | the database was lost or moved aside: a new epoch |
//!
//! Only the entries since the sealed head are verified here, so opening does not grow with the journal; [`Engine::check`] verifies
//! all of it in the background. A new epoch stands on the last entry that is still held and verifies, and its first entry says
//! why; nothing is deleted.

use super::DakaError;
use super::engine::Engine;
use super::writer::Writer;
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::journal::{
    AppEvent, Body, ChainPoint, Draft, EpochReason, GENESIS, Payload, SealedClaim, chain_step, epoch_start,
};
use crate::domain::sealed_head::SealedHead;
use crate::ports::{Crypto, EntryRow, Event, StoreError, Tx, VaultItem};
use std::sync::Arc;

const APP_VERSION: &str = "app_version";

/// What opening found.
enum Finding {
    Good,
    NewEpoch { reason: EpochReason, prev: ChainPoint },
}

/// Compares the database with the sealed head, and begins a new epoch where they do not fit.
pub(super) fn reconcile(engine: &Engine) -> Result<(), DakaError> {
    let journal = engine.enrolled()?.journal;
    let sealed = engine.ports.vault.get(VaultItem::SealedHead)?;
    // A sealed head of another journal is another enrolment's: this one has none yet.
    let sealed = sealed.and_then(|b| SealedHead::decode(&b).ok()).filter(|s| s.journal == journal).map(|s| s.point);
    let crypto = Arc::clone(&engine.ports.crypto);
    let finding = engine.read(move |tx| find(&*crypto, journal, sealed, tx))?;
    match finding {
        Finding::Good => {}
        Finding::NewEpoch { reason, prev } => begin_epoch(engine, reason, prev, sealed)?,
    }
    note_version(engine)?;
    // What a kill left unsealed or unsigned is made good by whoever calls `settle` next; opening does not wait for a key store.
    Ok(())
}

/// Another version of the app than last time is a fact about the journal.
fn note_version(engine: &Engine) -> Result<(), DakaError> {
    let version = engine.settings.app_version.clone();
    let known = engine.read(|tx| Ok(tx.value(APP_VERSION)?))?;
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

fn find(
    crypto: &dyn Crypto,
    journal: JournalId,
    sealed: Option<ChainPoint>,
    tx: &mut dyn Tx,
) -> Result<Finding, DakaError> {
    let tail = match tx.tail() {
        Ok(tail) => tail,
        Err(StoreError::Damaged { seq }) => {
            let prev = last_good(crypto, journal, tx, seq)?;
            return Ok(Finding::NewEpoch { reason: EpochReason::Damage, prev });
        }
        Err(e) => return Err(e.into()),
    };
    let Some(tail) = tail else {
        return Ok(match sealed {
            Some(s) if s.seq > 0 => Finding::NewEpoch {
                reason: EpochReason::Damage,
                prev: ChainPoint { epoch: s.epoch, seq: 0, h: GENESIS },
            },
            _ => Finding::Good,
        });
    };
    let Some(sealed) = sealed else {
        let prev = verified_to(crypto, journal, tx, &tail, 0)?;
        return Ok(Finding::NewEpoch { reason: EpochReason::SealLost, prev });
    };
    if (sealed.epoch, sealed.seq) > (tail.point.epoch, tail.point.seq) {
        let prev = verified_to(crypto, journal, tx, &tail, tail.point.seq)?;
        return Ok(Finding::NewEpoch { reason: EpochReason::Restored, prev });
    }
    // An epoch that began after the seal starts from its own first entry.
    let from = if sealed.epoch == tail.point.epoch { sealed.seq } else { 0 };
    let on_chain = from == 0 || h_at(crypto, journal, tx, &tail, sealed.seq)? == Some(sealed.h);
    if !on_chain {
        let prev = verified_to(crypto, journal, tx, &tail, 0)?;
        return Ok(Finding::NewEpoch { reason: EpochReason::Restored, prev });
    }
    let good = verified_to(crypto, journal, tx, &tail, from)?;
    Ok(if good == tail.point { Finding::Good } else { Finding::NewEpoch { reason: EpochReason::Damage, prev: good } })
}

/// The chain's digest before the first entry that `epoch` holds, and that entry's seq.
fn first_of(crypto: &dyn Crypto, journal: JournalId, tx: &dyn Tx, epoch: u64) -> Result<(u64, Hash32), DakaError> {
    if epoch == 0 {
        return Ok((1, epoch_start(crypto, journal, 0, GENESIS)));
    }
    let first = tx.epochs()?.into_iter().find(|(e, _)| *e == epoch).map_or(1, |(_, seq)| seq);
    let row = tx.entry(epoch, first)?.ok_or(StoreError::Damaged { seq: Some(first) })?;
    let prev = match Payload::decode(&row.entry.payload)?.body {
        Body::EpochStarted { prev, .. } => prev.h,
        _ => return Err(StoreError::Damaged { seq: Some(first) }.into()),
    };
    Ok((first, epoch_start(crypto, journal, epoch, prev)))
}

/// h after `seq` in the tail's epoch.
fn h_at(
    crypto: &dyn Crypto,
    journal: JournalId,
    tx: &dyn Tx,
    tail: &EntryRow,
    seq: u64,
) -> Result<Option<Hash32>, DakaError> {
    let epoch = tail.point.epoch;
    match tx.entry(epoch, seq) {
        Ok(Some(row)) => Ok(Some(row.point.h)),
        Ok(None) | Err(StoreError::Damaged { .. }) => {
            let (first, start) = first_of(crypto, journal, tx, epoch)?;
            Ok((seq + 1 == first).then_some(start))
        }
        Err(e) => Err(e.into()),
    }
}

/// The last point of the tail's epoch that verifies, from the entry after `from` on; `from` itself is believed.
fn verified_to(
    crypto: &dyn Crypto,
    journal: JournalId,
    tx: &dyn Tx,
    tail: &EntryRow,
    from: u64,
) -> Result<ChainPoint, DakaError> {
    let epoch = tail.point.epoch;
    let (first, start) = first_of(crypto, journal, tx, epoch)?;
    let mut at = match tx.entry(epoch, from) {
        Ok(Some(row)) if from >= first => row.point,
        _ => ChainPoint { epoch, seq: first - 1, h: start },
    };
    while at.seq < tail.point.seq {
        match tx.entry(epoch, at.seq + 1) {
            Ok(Some(row)) if follows(crypto, &at, &row) => at = row.point,
            Ok(_) | Err(StoreError::Damaged { .. }) => break,
            Err(e) => return Err(e.into()),
        }
    }
    // Before the first entry of an epoch nothing of it is held.
    Ok(if at.seq + 1 == first { ChainPoint { epoch, seq: at.seq, h: at.h } } else { at })
}

/// Whether a row is the next entry after `at`, with its groups whole.
pub(super) fn follows(crypto: &dyn Crypto, at: &ChainPoint, row: &EntryRow) -> bool {
    let seq = at.seq + 1;
    let step = chain_step(crypto, at.h, seq, row.entry.payload_digest(crypto));
    let whole = Payload::decode(&row.entry.payload).is_ok_and(|p| p.seq == seq && row.entry.groups_match(crypto, &p));
    whole && row.point == ChainPoint { epoch: at.epoch, seq, h: step }
}

/// The last entry before a damaged tail that can be read and verifies against its neighbour.
fn last_good(
    crypto: &dyn Crypto,
    journal: JournalId,
    tx: &dyn Tx,
    damaged: Option<u64>,
) -> Result<ChainPoint, DakaError> {
    let Some((epoch, first)) = tx.epochs()?.last().copied() else {
        return Ok(ChainPoint { epoch: 0, seq: 0, h: GENESIS });
    };
    let mut seq = damaged.unwrap_or(first);
    while seq > first {
        seq -= 1;
        if let Ok(Some(row)) = tx.entry(epoch, seq) {
            return verified_to(crypto, journal, tx, &row, seq.saturating_sub(1));
        }
    }
    Ok(ChainPoint { epoch, seq: 0, h: GENESIS })
}

/// Begins a new epoch: 1 + the highest that is known.
fn begin_epoch(
    engine: &Engine,
    reason: EpochReason,
    prev: ChainPoint,
    sealed: Option<ChainPoint>,
) -> Result<(), DakaError> {
    let device = engine.device()?;
    engine.write(move |tx| {
        let held = tx.epochs()?.last().map_or(0, |(e, _)| *e);
        let epoch = 1 + held.max(prev.epoch).max(sealed.map_or(0, |s| s.epoch));
        let h = epoch_start(&*device.crypto, device.journal, epoch, prev.h);
        let mut writer = Writer::at(&device, tx, ChainPoint { epoch, seq: prev.seq, h })?;
        writer.append(Draft::of(Body::EpochStarted { reason, prev, sealed: SealedClaim(sealed) }))?;
        Ok(())
    })?;
    engine.tell(Event::EpochStarted);
    engine.settle().or_else(|e| match e {
        // The key store may be locked at start-up; the epoch is committed, and the signature follows.
        DakaError::Sign(_) => Ok(()),
        other => Err(other),
    })
}
