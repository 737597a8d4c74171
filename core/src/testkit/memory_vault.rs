//! A vault in memory.

use super::lock;
use crate::ports::{Vault, VaultError, VaultItem};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// A vault in memory. Clones share what is kept, as two runs of the program do.
#[derive(Clone, Debug, Default)]
pub struct MemoryVault(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    items: HashMap<VaultItem, Vec<u8>>,
    refusing: Option<VaultError>,
}

impl MemoryVault {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// From now on every call ends with `error`; none of them changes anything. `None` ends that.
    pub fn refuse(&self, error: Option<VaultError>) {
        lock(&self.0).refusing = error;
    }

    /// What is kept, as a backup would take it.
    pub fn snapshot(&self, item: VaultItem) -> Option<Vec<u8>> {
        lock(&self.0).items.get(&item).cloned()
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<VaultItem, Vec<u8>>) -> T) -> Result<T, VaultError> {
        let mut state = lock(&self.0);
        match &state.refusing {
            Some(error) => Err(error.clone()),
            None => Ok(work(&mut state.items)),
        }
    }
}

impl Vault for MemoryVault {
    fn get(&self, item: VaultItem) -> Result<Option<Vec<u8>>, VaultError> {
        self.with(|items| items.get(&item).cloned())
    }

    fn put(&self, item: VaultItem, value: &[u8]) -> Result<(), VaultError> {
        self.with(|items| drop(items.insert(item, value.to_vec())))
    }

    fn remove(&self, item: VaultItem) -> Result<(), VaultError> {
        self.with(|items| drop(items.remove(&item)))
    }
}
