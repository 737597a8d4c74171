//! Transactions that give back a value or the use case's own error.

use super::DakaError;
use crate::ports::{JobEnd, JournalStore, StoreError, Tx};
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
