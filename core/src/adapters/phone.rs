//! The journals of one phone: a folder for each beside the other, and a small file that says which was used last.
//!
//! ```text
//! phone.json               the registry: order of last use, settings (app::registry)
//! phone.json.aside-1 … 9   registries that could not be read, kept
//! phone.lock               held while something changes
//! <32 hex digits>/         one journal (adapters::folder)
//! <32 hex digits>.removed  one that is being removed
//! ```
//!
//! The folders are what there is; the registry is read anew at each call, and only puts them in order. One that is missing, empty,
//! damaged or of a newer version is as good as none: journals come in the order in which their files were changed last, and the next
//! change keeps it aside and writes another. A folder whose name is no id is somebody else's and left alone. There is always at least
//! one journal: where the last is removed, an empty one takes its place.
//!
//! **Crashes.** The registry is replaced in one step (`durable`): the old one or the new one is there, and a temporary file that the
//! next writer replaces. A new folder that the registry does not name yet is an empty journal, not the current one, and is reused. A
//! folder is removed by giving it another name first: before that it is there whole, after that it is gone, and the next opening
//! takes away what is left of it.

use super::crypto::Ring;
use super::durable;
use super::folder::{LEFT, finish_leaving};
use super::sqlite::{self, Held};
use super::system::SystemEntropy;
use super::vault::FileVault;
use crate::app::registry::{AppSettings, MAX_REGISTRY, ProfileId, Registry};
use crate::app::{DakaError, Employer, employer_in};
use crate::domain::error::FormatError;
use crate::domain::few;
use crate::ports::{Entropy, EntropyError, StoreError};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

const REGISTRY: &str = "phone.json";
const LOCK: &str = "phone.lock";
const REMOVED: &str = ".removed";

/// What opening a journal makes, and an enrolment that was cut off before it was one.
const OF_AN_EMPTY_ONE: [&str; 8] = [
    "journal.db",
    "journal.db-wal",
    "journal.db.lock",
    "photos",
    "device.key",
    "device.key.new",
    "sealed-head.sealed",
    "sealed-head.sealed.new",
];

/// What the phone refuses.
#[derive(Debug, thiserror::Error)]
pub enum PhoneError {
    /// A text that is no profile's id.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// There is no such journal.
    #[error("there is no such journal on this phone")]
    Unknown,
    /// It belongs to someone, or has entries.
    #[error("this journal is not empty; leave the employer first")]
    NotEmpty,
    /// A client has it open.
    #[error("this journal is open; close it first")]
    InUse,
    /// A file or folder refuses.
    #[error("the phone's folder: {}", .0.kind())]
    File(#[from] io::Error),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
}

/// The folder with all journals.
#[derive(Clone, Debug)]
pub struct PhoneFolder {
    root: PathBuf,
}

impl PhoneFolder {
    /// Opens the folder, which is there already, clears what a crash left, and makes an empty journal if there is none.
    ///
    /// # Errors
    /// [`PhoneError::File`] or [`PhoneError::Entropy`] if there is no journal and none can be made. A folder that cannot be written is
    /// no error while it has a journal.
    pub fn open(root: &Path) -> Result<Self, PhoneError> {
        let phone = Self { root: root.to_owned() };
        phone.clear()?;
        if phone.folders()?.is_empty() {
            phone.add()?;
        }
        Ok(phone)
    }

    /// All journals, the one used last first: that is the current one.
    ///
    /// # Errors
    /// [`PhoneError::File`].
    pub fn profiles(&self) -> Result<Vec<ProfileId>, PhoneError> {
        Ok(self.registry()?.0.last_used)
    }

    /// Where a journal's files are.
    #[must_use]
    pub fn folder_of(&self, id: ProfileId) -> PathBuf {
        self.root.join(id.to_string())
    }

    /// Whether a journal belongs to someone.
    #[must_use]
    pub fn is_enrolled(&self, id: ProfileId) -> bool {
        let folder = self.folder_of(id);
        // What is being left is nobody's any more, also where a kill cut it short.
        folder.join("enrolment.sealed").exists() && !folder.join(LEFT).exists()
    }

    /// Whom a journal belongs to; none if nobody yet.
    ///
    /// # Errors
    /// [`DakaError`] if it cannot be read, or is sealed by another key.
    pub fn employer(&self, id: ProfileId, sealing_key: &[u8; 32]) -> Result<Option<Employer>, DakaError> {
        employer_in(&Ring, &FileVault::new(&self.folder_of(id), sealing_key)?)
    }

    /// Makes a journal the current one.
    ///
    /// # Errors
    /// [`PhoneError::Unknown`], [`PhoneError::File`].
    pub fn select(&self, id: ProfileId) -> Result<(), PhoneError> {
        self.change(|registry| {
            if !registry.last_used.contains(&id) {
                return Err(PhoneError::Unknown);
            }
            registry.use_now(id);
            Ok(())
        })
    }

    /// Makes an empty journal the current one: one that is there, or a new one.
    ///
    /// # Errors
    /// [`PhoneError::Entropy`], [`PhoneError::File`].
    pub fn add(&self) -> Result<ProfileId, PhoneError> {
        let mut added = None;
        self.change(|registry| {
            let id = match registry.last_used.iter().find(|id| self.may_be_used(**id)) {
                Some(id) => *id,
                None => self.new_folder()?,
            };
            registry.use_now(id);
            added = Some(id);
            Ok(())
        })?;
        added.ok_or(PhoneError::Unknown)
    }

    /// Removes a journal that is empty. If it was the last one, an empty one takes its place.
    ///
    /// # Errors
    /// [`PhoneError::NotEmpty`], [`PhoneError::InUse`], [`PhoneError::Unknown`], [`PhoneError::File`].
    pub fn remove(&self, id: ProfileId) -> Result<(), PhoneError> {
        self.change(|registry| {
            if !registry.last_used.contains(&id) {
                return Err(PhoneError::Unknown);
            }
            let folder = self.folder_of(id);
            let held = self.hold_empty(id)?;
            if registry.last_used == [id] {
                registry.last_used.push(self.new_folder()?);
            }
            let removed = self.root.join(format!("{id}{REMOVED}"));
            fs::rename(&folder, &removed)?;
            durable::sync_folder(&self.root)?;
            drop(held);
            registry.last_used.retain(|other| *other != id);
            // What stays behind is taken away by the next opening.
            let _ = fs::remove_dir_all(&removed);
            Ok(())
        })
    }

    /// The app's settings.
    ///
    /// # Errors
    /// [`PhoneError::File`].
    pub fn settings(&self) -> Result<AppSettings, PhoneError> {
        Ok(self.registry()?.0.settings)
    }

    /// Replaces the app's settings.
    ///
    /// # Errors
    /// [`PhoneError::File`]; the old ones stay then.
    pub fn set_settings(&self, settings: AppSettings) -> Result<(), PhoneError> {
        self.change(|registry| {
            registry.settings = settings;
            Ok(())
        })
    }

    /// Whether a journal may be somebody's next one. One that is open and nobody's waits for a code.
    fn may_be_used(&self, id: ProfileId) -> bool {
        matches!(self.hold_empty(id), Ok(_) | Err(PhoneError::InUse))
    }

    /// Keeps others from opening a journal that is nobody's and empty: no enrolment, no entry, no photo, and nothing else in its folder
    /// than what opening a journal makes.
    fn hold_empty(&self, id: ProfileId) -> Result<Held, PhoneError> {
        let folder = self.folder_of(id);
        let refused = |e| match e {
            StoreError::InUse => PhoneError::InUse,
            StoreError::ReadOnly => io::Error::from(io::ErrorKind::ReadOnlyFilesystem).into(),
            StoreError::DiskFull => io::Error::from(io::ErrorKind::StorageFull).into(),
            // What cannot be read may hold something.
            _ => PhoneError::NotEmpty,
        };
        finish_leaving(&folder).map_err(refused)?;
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let known = entry.file_name().to_str().is_some_and(|name| OF_AN_EMPTY_ONE.contains(&name));
            if !known || (entry.path().is_dir() && fs::read_dir(entry.path())?.next().is_some()) {
                return Err(PhoneError::NotEmpty);
            }
        }
        let held = sqlite::hold(&folder.join("journal.db")).map_err(refused)?;
        if held.has_entries { Err(PhoneError::NotEmpty) } else { Ok(held) }
    }

    /// The registry over the folders that are there, and whether the file is one.
    fn registry(&self) -> Result<(Registry, bool), PhoneError> {
        let (registry, whole) = match read(&self.root.join(REGISTRY))? {
            Some(registry) => (registry, true),
            None => (Registry::default(), false),
        };
        Ok((registry.over(&self.folders()?), whole))
    }

    /// Changes the registry; nothing is written where nothing changed.
    fn change(&self, work: impl FnOnce(&mut Registry) -> Result<(), PhoneError>) -> Result<(), PhoneError> {
        let lock = durable::private().create(true).write(true).truncate(false).open(self.root.join(LOCK))?;
        lock.lock()?;
        let (before, whole) = self.registry()?;
        let mut after = before.clone();
        work(&mut after)?;
        if after == before && whole {
            return Ok(());
        }
        let path = self.root.join(REGISTRY);
        if !whole && path.exists() {
            self.keep_aside(&path)?;
        }
        Ok(durable::replace(&path, &after.encode())?)
    }

    /// Gives what is no registry another name. After nine of them the last one is replaced.
    fn keep_aside(&self, path: &Path) -> io::Result<()> {
        let name = |n: u8| self.root.join(format!("{REGISTRY}.aside-{n}"));
        let free = (1..9).map(name).find(|aside| !aside.exists());
        tracing::warn!("the phone's registry could not be read; it is kept aside, and another is written");
        fs::rename(path, free.unwrap_or_else(|| name(9)))
    }

    /// The folders whose names are ids, the one whose files were changed last first, those that belong to someone before others.
    fn folders(&self) -> io::Result<Vec<ProfileId>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let id = entry.file_name().to_str().and_then(|name| ProfileId::parse(name).ok());
            if let Some(id) = id.filter(|_| entry.path().is_dir()) {
                found.push((!self.is_enrolled(id), std::cmp::Reverse(self.changed(id)), id));
            }
        }
        few::sort_few(&mut found, |found| *found);
        Ok(found.into_iter().map(|(_, _, id)| id).collect())
    }

    /// When a journal's database was changed last, by its files.
    fn changed(&self, id: ProfileId) -> Option<SystemTime> {
        let folder = self.folder_of(id);
        let times = ["journal.db", "journal.db-wal"].map(|name| fs::metadata(folder.join(name)).ok()?.modified().ok());
        times.into_iter().flatten().max()
    }

    fn new_folder(&self) -> Result<ProfileId, PhoneError> {
        let entropy: &dyn Entropy = &SystemEntropy::new();
        let id = ProfileId(entropy.bytes()?);
        durable::create_folder(&self.folder_of(id))?;
        durable::sync_folder(&self.root)?;
        Ok(id)
    }

    /// Takes away what is left of removed folders.
    fn clear(&self) -> io::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(REMOVED));
            if name.is_some_and(|id| ProfileId::parse(id).is_ok()) {
                // It may not be possible now; nobody waits for it.
                let _ = fs::remove_dir_all(path);
            }
        }
        Ok(())
    }
}

/// The registry in a file; none if there is no such file, or it is none.
fn read(path: &Path) -> io::Result<Option<Registry>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let mut bytes = Vec::new();
    // One byte more than there may be, so that a larger one is seen to be.
    match file.take(MAX_REGISTRY + 1).read_to_end(&mut bytes) {
        // A folder of that name is kept aside like a damaged file.
        Err(e) if e.kind() == io::ErrorKind::IsADirectory => Ok(None),
        Err(e) => Err(e),
        Ok(_) if bytes.len() as u64 > MAX_REGISTRY => Ok(None),
        Ok(_) => Ok(Registry::parse(&bytes).ok()),
    }
}

#[cfg(test)]
#[path = "phone_tests.rs"]
mod tests;
