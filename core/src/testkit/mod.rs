//! The outside world that a test plays: clocks that sleep, reboot and are set; entropy from a seed; storage in memory that can be
//! "killed"; servers and keys that are made on the spot. Nothing here goes into a product.
//!
//! Storage in memory keeps what was committed apart from the handle that a run of the program has, so that a test can drop the
//! program at any step and start it again over what a real disk would hold: see [`MemoryStore::after_restart`].

mod clock;
mod entropy;
mod faulty_store;
mod jobs;
mod memory_photos;
mod memory_store;
mod memory_vault;
mod scripted_transport;

pub mod keys;
pub mod tiny_server;
pub mod tiny_story;
pub mod wire_server;

#[cfg(test)]
pub(crate) mod contract;

pub use clock::FakeClock;
pub use entropy::SeededEntropy;
pub use faulty_store::{FaultyStore, KILLED, Step};
pub use jobs::{read, write};
pub use memory_photos::MemoryPhotos;
pub use memory_store::MemoryStore;
pub use memory_vault::MemoryVault;
pub use scripted_transport::{Answer, ScriptedTransport};

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after a test's thread panicked while it held the lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
