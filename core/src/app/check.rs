//! The full check: every entry of every epoch, in the background.
//!
//! It reads in slices, each in a transaction of its own, so a punch never waits for it. It changes nothing: damage is reported by
//! seq, and entries before and after it stay as they are.

use super::DakaError;
use super::engine::Engine;
use super::epochs::{follows, is_whole, stands_on, start};
use super::{db, export};
use crate::domain::ids::JournalId;
use crate::domain::journal::{ChainPoint, GENESIS};
use crate::ports::{EntryRow, Event};
use std::sync::Arc;

/// Entries a slice.
const SLICE: usize = 500;

/// What a full check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// Entries that were looked for.
    pub entries: u64,
    /// `(epoch, seq)` of entries that are gone, cannot be read, or do not follow those before them.
    pub damaged: Vec<(u64, u64)>,
}

impl Engine {
    /// Verifies the whole journal. `progress` hears how many entries were read, of how many, and stops the check by `false`.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses. Damage is no error: it is the report.
    pub fn check(&self, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<CheckReport, DakaError> {
        let journal = self.enrolled()?.journal;
        let (epochs, total) = self.read(|tx| Ok((tx.epochs()?, export::entries_held(tx)?)))?;
        let mut report = CheckReport::default();
        'epochs: for (epoch, first) in epochs {
            let mut at = (epoch == 0).then(|| start(self.crypto(), journal, 0, (0, GENESIS)));
            // Epoch 0 begins with 1; another one with the first that is held, because its number is told by nothing else.
            let mut next = if epoch == 0 { 1 } else { first };
            loop {
                let rows = self.read(move |tx| Ok(db::rows(tx, epoch, next, SLICE)?))?;
                let Some((last, _)) = rows.last() else { break };
                next = last + 1;
                for (seq, row) in rows {
                    report.entries += 1;
                    if !row.as_ref().is_some_and(|row| self.fits(journal, at, seq == first, row)) {
                        report.damaged.push((epoch, seq));
                    }
                    // The chain goes on from what the row says, so that one damaged entry does not condemn all after it.
                    at = row.map(|row| row.point);
                }
                if !progress(report.entries, total) {
                    break 'epochs;
                }
            }
        }
        if !report.damaged.is_empty() {
            self.tell(Event::DamageFound(report.damaged.iter().map(|(_, seq)| *seq).collect()));
        }
        Ok(report)
    }

    /// Whether a row goes on from `at`, or from what it stands on if it is the first of an epoch; after an entry that cannot be read
    /// nothing but the row itself can be checked.
    fn fits(&self, journal: JournalId, at: Option<ChainPoint>, first: bool, row: &EntryRow) -> bool {
        let at = match at {
            None if first => match stands_on(row) {
                Some(prev) => Some(start(self.crypto(), journal, row.point.epoch, (prev.seq, prev.h))),
                None => return false,
            },
            at => at,
        };
        at.map_or_else(|| is_whole(self.crypto(), row), |at| follows(self.crypto(), &at, row))
    }
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
