//! One folder that holds a whole enrolment: the real adapters put together, once for terminal, phones and tests.
//!
//! ```text
//! journal.db                           the database, private columns sealed
//! sealed-head.sealed, enrolment.sealed the vault
//! photos/                              sealed photos
//! device.key                           only where no other key is given
//! ```
//!
//! Everything in it but `device.key` is sealed by the caller's key. Two processes never share one: the second gets "in use".
//!
//! [`leave`] empties a folder. It first puts the mark `left` into it, durably, and takes it away last: a kill in between leaves a
//! folder with the mark, which the next opening (or [`leave`] again) empties to its end. Without the mark nothing was touched.

use super::crypto::Ring;
use super::durable;
use super::http::HttpConnector;
use super::photos::SealedPhotos;
use super::sqlite::{self, Opened, SqliteStore};
use super::system::{DeviceKeyError, DeviceKeyFile, SystemEntropy};
use super::vault::FileVault;
use crate::app::{DakaError, PhotoError, Ports};
use crate::domain::crypto::Signer;
use crate::ports::{Clock, Observer, StoreError};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// The database's file.
const JOURNAL: &str = "journal.db";

/// A folder that cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The database, the vault or the photos.
    #[error(transparent)]
    Daka(#[from] DakaError),
    /// The device's key.
    #[error(transparent)]
    Key(#[from] DeviceKeyError),
}

/// The adapters over one folder.
pub struct Folder {
    /// All of them, as the engine wants them.
    pub ports: Ports,
    /// The database among them, for what only it can do: [`SqliteStore::quick_check`].
    pub store: Arc<SqliteStore>,
    /// What opening it found.
    pub opened: Opened,
}

/// Says that the folder is being emptied.
pub(super) const LEFT: &str = "left";

/// Empties the folder of an employer that a person leaves: database, keys, photos, whatever else is in it. It has to be closed. The
/// folder itself stays.
///
/// # Errors
/// [`StoreError::InUse`] if somebody has it open, and nothing was touched; or what the system says. Once the mark is there, the next
/// opening goes on.
pub fn leave(folder: &Path) -> Result<(), StoreError> {
    let lock = sqlite::lock(&folder.join(JOURNAL))?;
    durable::replace(&folder.join(LEFT), b"").map_err(|e| system(&e))?;
    empty(folder)?;
    drop(lock);
    Ok(())
}

/// Goes on with a folder whose emptying was cut short.
pub(super) fn finish_leaving(folder: &Path) -> Result<(), StoreError> {
    if !folder.join(LEFT).exists() {
        return Ok(());
    }
    let lock = sqlite::lock(&folder.join(JOURNAL))?;
    empty(folder)?;
    drop(lock);
    Ok(())
}

/// Removes everything, the mark last. What was sealed is of no use without its key; no file is overwritten, because flash keeps old
/// pages anyway.
fn empty(folder: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(folder).map_err(|e| system(&e))? {
        let path = entry.map_err(|e| system(&e))?.path();
        if path.file_name() != Some(LEFT.as_ref()) {
            let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
            removed.map_err(|e| system(&e))?;
        }
    }
    // Before the mark goes, so that a power cut does not bring back what it stood for.
    durable::sync_folder(folder).map_err(|e| system(&e))?;
    fs::remove_file(folder.join(LEFT)).map_err(|e| system(&e))?;
    durable::sync_folder(folder).map_err(|e| system(&e))
}

/// What the system says, without the path: it may hold a name.
fn system(e: &io::Error) -> StoreError {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreError::DiskFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly,
        kind => StoreError::Io(kind.to_string()),
    }
}

/// Opens the adapters over `folder`, which is there already. Without `key` the device's key is a file in it.
///
/// # Errors
/// [`FolderError`]: in use, of a newer version, another sealing key, read-only, or full. A damaged database is no error: it is moved
/// aside, kept, and named in [`Folder::opened`].
pub fn open(
    folder: &Path,
    sealing_key: &[u8; 32],
    clock: Arc<dyn Clock>,
    key: Option<Arc<dyn Signer>>,
    observer: Arc<dyn Observer>,
) -> Result<Folder, FolderError> {
    finish_leaving(folder).map_err(DakaError::from)?;
    // First of all: its lock says that nobody else has the folder.
    let (store, opened) = SqliteStore::open(&folder.join(JOURNAL), sealing_key).map_err(DakaError::from)?;
    let store = Arc::new(store);
    let vault = FileVault::new(folder, sealing_key).map_err(DakaError::from)?;
    let photos =
        SealedPhotos::open(&folder.join("photos"), sealing_key).map_err(|e| DakaError::from(PhotoError::from(e)))?;
    let key = match key {
        Some(key) => key,
        None => Arc::new(DeviceKeyFile::open(&folder.join("device.key"))?),
    };
    let ports = Ports {
        clock,
        entropy: Arc::new(SystemEntropy::new()),
        crypto: Arc::new(Ring),
        store: Arc::<SqliteStore>::clone(&store),
        vault: Arc::new(vault),
        photos: Arc::new(photos),
        key,
        connector: Arc::new(HttpConnector::default()),
        observer,
    };
    Ok(Folder { ports, store, opened })
}

#[cfg(test)]
#[cfg(feature = "testkit")]
mod tests {
    use super::*;
    use crate::app::{Engine, Settings};
    use crate::ports::Event;
    use crate::testkit::FakeClock;

    struct Deaf;

    impl Observer for Deaf {
        fn on_event(&self, _: Event) {}
    }

    fn opened(folder: &Path) -> Result<Folder, FolderError> {
        open(folder, &[7; 32], Arc::new(FakeClock::new(0)), None, Arc::new(Deaf))
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// A folder as a journal leaves it, with a value in it that a new one does not have.
    fn used() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let ports = opened(folder.path()).unwrap().ports;
        crate::testkit::write(&*ports.store, |tx| tx.put_value("x", b"1")).unwrap();
        ports.vault.put(crate::ports::VaultItem::Enrolment, b"who").unwrap();
        fs::write(folder.path().join("photos").join("one"), b"sealed").unwrap();
        fs::write(folder.path().join("journal.db.damaged-1"), b"old").unwrap();
        folder
    }

    #[test]
    fn leaving_takes_everything_and_the_folder_serves_again() {
        let folder = used();
        assert!(names(folder.path()).len() >= 5, "{:?}", names(folder.path()));
        leave(folder.path()).unwrap();
        assert_eq!(names(folder.path()), [""; 0]);
        let again = opened(folder.path()).unwrap();
        assert!(again.opened.fresh && again.opened.moved_aside.is_none());
        let engine = Engine::open(again.ports, Settings { app_version: "1".to_owned() }).unwrap();
        assert!(!engine.is_enrolled());
    }

    #[test]
    fn a_kill_while_leaving_leaves_everything_or_a_folder_that_is_emptied() {
        let all = names(used().path());
        for removed in 0..=all.len() {
            // The mark is there, and so many of the files are gone already.
            let folder = used();
            fs::write(folder.path().join(LEFT), b"").unwrap();
            for name in all.iter().take(removed) {
                let path = folder.path().join(name);
                if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
            }
            let again = opened(folder.path()).unwrap();
            assert!(again.opened.fresh && !folder.path().join(LEFT).exists(), "{removed}");
            let value = crate::testkit::read(&*again.ports.store, |tx| tx.value("x")).unwrap();
            assert_eq!((value, again.ports.vault.get(crate::ports::VaultItem::Enrolment).unwrap()), (None, None));
        }
        // Without the mark nothing was begun.
        let folder = used();
        let value = crate::testkit::read(&*opened(folder.path()).unwrap().ports.store, |tx| tx.value("x")).unwrap();
        assert_eq!(value, Some(b"1".to_vec()));
    }

    #[test]
    fn a_folder_in_use_is_not_left() {
        let folder = used();
        let open = opened(folder.path()).unwrap();
        let before = names(folder.path());
        assert_eq!(leave(folder.path()), Err(StoreError::InUse));
        assert_eq!(names(folder.path()), before);
        drop(open);
        leave(folder.path()).unwrap();
    }
}
