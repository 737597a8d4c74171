//! The contract of every store, and what only a file can have.

mod damage;
mod files;
mod fixtures;
mod processes;
mod steps;
mod versions;

use super::{Opened, SqliteStore};
use crate::testkit::contract::contract;
use std::ops::Deref;
use std::path::PathBuf;
use tempfile::TempDir;

const KEY: [u8; 32] = [0x4b; 32];

/// A store in a folder of its own, which goes with it.
struct InFolder {
    store: SqliteStore,
    folder: TempDir,
}

impl InFolder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, opened) = SqliteStore::open(&folder.path().join("journal.db"), &KEY).unwrap();
        assert_eq!(opened, Opened { fresh: true, ..Opened::default() });
        Self { store, folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    /// Closes it and keeps its files.
    fn stop(self) -> (PathBuf, TempDir) {
        (self.path(), self.folder)
    }
}

impl Deref for InFolder {
    type Target = SqliteStore;

    fn deref(&self) -> &SqliteStore {
        &self.store
    }
}

contract!(InFolder::new());
