//! Transactions that give back a value or the use case's own error, and reading around damage.

use super::DakaError;
use crate::ports::{EntryRow, JobEnd, JournalStore, StoreError, Tx};
use std::sync::{Arc, Mutex, PoisonError};

type Slot<T> = Arc<Mutex<Option<Result<T, DakaError>>>>;

/// Runs `work` in one transaction that is durable when this returns `Ok`.
pub(super) fn write<T, F>(store: &dyn JournalStore, work: F) -> Result<T, DakaError>
where
    T: Send + 'static,
    F: FnOnce(&mut dyn Tx) -> Result<T, DakaError> + Send + 'static,
{
    let slot: Slot<T> = Arc::default();
    let end = store.write(job(&slot, work));
    finish(&slot, end)
}

/// Runs `work` without writing.
pub(super) fn read<T, F>(store: &dyn JournalStore, work: F) -> Result<T, DakaError>
where
    T: Send + 'static,
    F: FnOnce(&mut dyn Tx) -> Result<T, DakaError> + Send + 'static,
{
    let slot: Slot<T> = Arc::default();
    let end = store.read(job(&slot, work));
    finish(&slot, end)
}

fn job<T, F>(slot: &Slot<T>, work: F) -> crate::ports::Job
where
    T: Send + 'static,
    F: FnOnce(&mut dyn Tx) -> Result<T, DakaError> + Send + 'static,
{
    let slot = Arc::clone(slot);
    Box::new(move |tx| {
        let result = work(tx);
        let end = match &result {
            Ok(_) => Ok(()),
            Err(_) => Err(JobEnd::RolledBack),
        };
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        end
    })
}

fn finish<T>(slot: &Slot<T>, end: Result<(), JobEnd>) -> Result<T, DakaError> {
    let result = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (end, result) {
        (Ok(()), Some(result)) | (Err(JobEnd::RolledBack), Some(result @ Err(_))) => result,
        // The commit itself failed: whatever the job computed did not happen.
        (Err(JobEnd::Store(e)), _) => Err(e.into()),
        _ => Err(StoreError::Io("the transaction ended without a result".to_owned()).into()),
    }
}

/// What was read, or none in the place of what is damaged: a tap must not be lost because something that it would only have liked to
/// know cannot be read.
///
/// # Errors
/// [`StoreError`] for everything but damage.
pub(super) fn readable<T>(read: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match read {
        Ok(value) => Ok(Some(value)),
        Err(StoreError::Damaged { seq }) => {
            tracing::warn!(seq, "passing over what cannot be read");
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

/// The next entries of `epoch` from `from` on, at most `limit`, seq by seq: none in the place of one that is damaged or gone.
///
/// # Errors
/// [`StoreError`] for everything but the damage of single entries.
pub(super) fn rows(
    tx: &dyn Tx,
    epoch: u64,
    from: u64,
    limit: usize,
) -> Result<Vec<(u64, Option<EntryRow>)>, StoreError> {
    let mut out: Vec<(u64, Option<EntryRow>)> = Vec::new();
    let mut next = from;
    while out.len() < limit {
        let found = match tx.entries(epoch, next, limit - out.len()) {
            Ok(found) if found.is_empty() => break,
            Ok(found) => found.into_iter().map(|row| (row.point.seq, Some(row))).collect(),
            Err(StoreError::Damaged { seq: Some(bad) }) => one_by_one(tx, epoch, next..=bad.max(next))?,
            Err(e) => return Err(e),
        };
        for (seq, row) in found {
            // Entries that are gone leave a gap in the numbers.
            out.extend((next..seq).take(limit.saturating_sub(out.len())).map(|gone| (gone, None)));
            if out.len() < limit {
                out.push((seq, row));
            }
            next = seq + 1;
        }
    }
    Ok(out)
}

fn one_by_one(
    tx: &dyn Tx,
    epoch: u64,
    seqs: std::ops::RangeInclusive<u64>,
) -> Result<Vec<(u64, Option<EntryRow>)>, StoreError> {
    seqs.map(|seq| Ok((seq, readable(tx.entry(epoch, seq))?.flatten()))).collect()
}
