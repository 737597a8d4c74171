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

use super::crypto::Ring;
use super::http::HttpConnector;
use super::photos::SealedPhotos;
use super::sqlite::{Opened, SqliteStore};
use super::system::{DeviceKeyError, DeviceKeyFile, SystemEntropy};
use super::vault::FileVault;
use crate::app::{DakaError, PhotoError, Ports};
use crate::domain::crypto::Signer;
use crate::ports::{Clock, Observer};
use std::path::Path;
use std::sync::Arc;

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
    // First of all: its lock says that nobody else has the folder.
    let (store, opened) = SqliteStore::open(&folder.join("journal.db"), sealing_key).map_err(DakaError::from)?;
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
