//! The full check: every entry of every epoch, in the background.
//!
//! It reads in slices, each in a transaction of its own, so a punch never waits for it. It changes nothing: damage is reported by
//! seq, and entries before and after it stay as they are.

use super::DakaError;
use super::engine::Engine;
use super::open::follows;
use crate::domain::journal::{Body, ChainPoint, GENESIS, Payload, epoch_start};
use crate::ports::{EntryRow, Event, StoreError};
use std::sync::Arc;

/// Entries a slice.
const SLICE: usize = 500;

/// What a full check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Entries that were read.
    pub entries: u64,
    /// `(epoch, seq)` of entries that cannot be read, or do not follow those before them.
    pub damaged: Vec<(u64, u64)>,
}

impl Engine {
    /// Verifies the whole journal. `progress` hears how many entries were read, of how many, and stops the check by `false`.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses. Damage is no error: it is the report.
    pub fn check(&self, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<CheckReport, DakaError> {
        let journal = self.enrolled()?.journal;
        let (epochs, total) = self.read(|tx| {
            let count = |s| tx.count(s);
            use crate::ports::EntryState as S;
            let total = count(S::Waiting)? + count(S::Received)? + count(S::PutAside)? + count(S::Refused)?;
            Ok((tx.epochs()?, total))
        })?;
        let mut report = CheckReport::default();
        for (epoch, first) in epochs {
            let mut at: Option<ChainPoint> =
                (epoch == 0).then(|| ChainPoint { epoch, seq: 0, h: epoch_start(self.crypto(), journal, 0, GENESIS) });
            let mut next = first;
            loop {
                let rows = self.slice(epoch, next)?;
                let Some(last) = rows.last().map(|(seq, _)| *seq) else { break };
                for (seq, row) in rows {
                    report.entries += 1;
                    let start = match (&at, &row) {
                        (None, Some(row)) => epoch_head(self.crypto(), journal, row),
                        (at, _) => *at,
                    };
                    let good = row.as_ref().zip(start).is_some_and(|(row, at)| follows(self.crypto(), &at, row));
                    if !good {
                        report.damaged.push((epoch, seq));
                    }
                    // The chain goes on from what the row says, so that one damaged entry does not condemn all after it.
                    at = row.map(|r| r.point).or(at);
                }
                next = last + 1;
                if !progress(report.entries, total) {
                    return Ok(report);
                }
            }
        }
        if !report.damaged.is_empty() {
            self.tell(Event::DamageFound(report.damaged.iter().map(|(_, seq)| *seq).collect()));
        }
        Ok(report)
    }

    /// The next entries from `from` on; none in the place of one that does not open.
    fn slice(&self, epoch: u64, from: u64) -> Result<Vec<(u64, Option<EntryRow>)>, DakaError> {
        self.read(move |tx| match tx.entries(epoch, from, SLICE) {
            Ok(rows) => Ok(rows.into_iter().map(|r| (r.point.seq, Some(r))).collect()),
            Err(StoreError::Damaged { .. }) => {
                let mut out = Vec::new();
                for seq in from..from + SLICE as u64 {
                    match tx.entry(epoch, seq) {
                        Ok(Some(row)) => out.push((seq, Some(row))),
                        Ok(None) => break,
                        Err(StoreError::Damaged { .. }) => out.push((seq, None)),
                        Err(e) => return Err(e.into()),
                    }
                }
                Ok(out)
            }
            Err(e) => Err(e.into()),
        })
    }
}

/// The point before the first entry of an epoch after 0.
fn epoch_head(
    crypto: &dyn crate::ports::Crypto,
    journal: crate::domain::ids::JournalId,
    first: &EntryRow,
) -> Option<ChainPoint> {
    let Body::EpochStarted { prev, .. } = Payload::decode(&first.entry.payload).ok()?.body else { return None };
    let epoch = first.point.epoch;
    Some(ChainPoint { epoch, seq: first.point.seq.checked_sub(1)?, h: epoch_start(crypto, journal, epoch, prev.h) })
}

/// Runs the check on a thread of its own; the result comes as [`Event::DamageFound`].
///
/// # Errors
/// [`DakaError::Internal`] if the system gives no thread.
pub fn check_in_background(engine: &Arc<Engine>) -> Result<std::thread::JoinHandle<()>, DakaError> {
    let engine = Arc::downgrade(engine);
    std::thread::Builder::new()
        .name("daka-check".to_owned())
        .spawn(move || {
            // The engine may be dropped meanwhile: the check then ends at the next slice.
            if let Some(engine) = engine.upgrade() {
                let report = engine.check(&mut |_, _| Arc::strong_count(&engine) > 1);
                if let Err(e) = report {
                    tracing::warn!(code = e.code().text(), "the background check could not run");
                }
            }
        })
        .map_err(|e| DakaError::Internal(e.to_string()))
}
