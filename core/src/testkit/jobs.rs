//! Jobs that give something back.

use super::lock;
use crate::ports::{Job, JobEnd, JournalStore, StoreError, Tx};
use std::sync::{Arc, Mutex};

/// Runs `work` in a writing transaction and gives back what it gives.
///
/// # Errors
/// [`JobEnd`]; nothing of the work happened then.
pub fn write<T: Send + 'static>(
    store: &dyn JournalStore,
    work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, JobEnd> {
    with_value(|job| store.write(job), work)
}

/// Runs `work` without writing and gives back what it gives.
///
/// # Errors
/// [`JobEnd`].
pub fn read<T: Send + 'static>(
    store: &dyn JournalStore,
    work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, JobEnd> {
    with_value(|job| store.read(job), work)
}

fn with_value<T: Send + 'static>(
    run: impl FnOnce(Job) -> Result<(), JobEnd>,
    work: impl FnOnce(&mut dyn Tx) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, JobEnd> {
    let slot = Arc::new(Mutex::new(None));
    let theirs = Arc::clone(&slot);
    run(Box::new(move |tx| {
        *lock(&theirs) = Some(work(tx)?);
        Ok(())
    }))?;
    let value = lock(&slot).take();
    // A store that says `Ok` without having run the job breaks its contract.
    value.ok_or_else(|| StoreError::Io("the store did not run the job".to_owned()).into())
}
