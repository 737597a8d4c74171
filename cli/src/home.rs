//! The folder that stands for the phone.
//!
//! ```text
//! seal.key              32 random bytes, for its owner alone: seals the journal, the enrolment and the photos
//! device.key            the device's signing key, PKCS#8, for its owner alone (key level: software)
//! journal.db, photos/…  what `daka_core::adapters::folder` keeps
//! ```
//!
//! A phone keeps both keys in its hardware. Here whoever may read the folder may open it: the operating system's accounts are what
//! protects it, and backups of it hold its keys.
//!
//! Commands that only look never make a folder: without a sealing key there is nobody enrolled.

use crate::failure::{Exit, Failure};
use crate::times;
use daka_core::adapters::folder::{self, Folder, FolderError};
use daka_core::adapters::system::{DeviceKeyError, SystemClock, SystemEntropy};
use daka_core::app::{DakaError, Engine, Settings};
use daka_core::ports::{Clock, Entropy, Event, Observer};
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const SEAL_KEY: &str = "seal.key";

/// The folder of one enrolment.
#[derive(Clone, Debug)]
pub struct Home {
    dir: PathBuf,
    offset_min: i16,
}

/// What [`Home::create`] made, to be taken away again if nothing comes of it.
#[must_use]
pub struct Made {
    folder: Option<PathBuf>,
}

impl Made {
    /// Removes the folder if this process made it.
    pub fn take_away(self) {
        if let Some(folder) = self.folder {
            // What cannot be removed holds two keys that nobody has certified, and an empty journal.
            let _ = fs::remove_dir_all(folder);
        }
    }
}

impl Home {
    /// The folder `dir`, with this terminal's time zone. Nothing is read or made yet.
    pub fn at(dir: &Path) -> Self {
        // The zone's offset depends on the moment, and the clock's reading carries the offset: so two steps.
        let now = SystemClock::new(0).read().wall_ms;
        Self { dir: dir.to_owned(), offset_min: times::local_offset_min(now) }
    }

    /// The terminal's offset from UTC, minutes.
    pub fn offset_min(&self) -> i16 {
        self.offset_min
    }

    /// Opens the journal of an enrolled folder.
    ///
    /// # Errors
    /// [`Failure`] with exit code 3 if nobody is enrolled here, 5 if another process has it.
    pub fn open(&self) -> Result<Engine, Failure> {
        self.open_with(Arc::new(SystemClock::new(self.offset_min)))
    }

    /// The same by another clock.
    ///
    /// # Errors
    /// As [`Home::open`].
    pub fn open_with(&self, clock: Arc<dyn Clock>) -> Result<Engine, Failure> {
        let key = self.sealing_key()?.ok_or(DakaError::NotEnrolled)?;
        let engine = self.engine(clock, &key)?;
        if engine.is_enrolled() { Ok(engine) } else { Err(DakaError::NotEnrolled.into()) }
    }

    /// Opens the journal, and makes folder and keys where there are none.
    ///
    /// # Errors
    /// [`Failure`] if the folder cannot be made or another process has it.
    pub fn create(&self) -> Result<(Engine, Made), Failure> {
        let made = Made { folder: (!self.dir.exists()).then(|| self.dir.clone()) };
        make_folder(&self.dir).map_err(|e| Failure::unwritable(&self.dir, &e))?;
        let key = match self.sealing_key()? {
            Some(key) => key,
            None => self.make_sealing_key()?,
        };
        Ok((self.engine(Arc::new(SystemClock::new(self.offset_min)), &key)?, made))
    }

    fn engine(&self, clock: Arc<dyn Clock>, key: &[u8; 32]) -> Result<Engine, Failure> {
        let Folder { ports, opened, .. } =
            folder::open(&self.dir, key, clock, None, Arc::new(Silent)).map_err(folder_error)?;
        if let Some(kept) = opened.moved_aside {
            let mut err = io::stderr().lock();
            let _ = writeln!(
                err,
                "daka: the journal was damaged; it is kept as {} and what could be read was taken over.",
                kept.display()
            );
        }
        Ok(Engine::open(ports, Settings { app_version: concat!("daka ", env!("CARGO_PKG_VERSION")).to_owned() })?)
    }

    /// The sealing key, if there is one.
    fn sealing_key(&self) -> Result<Option<[u8; 32]>, Failure> {
        let path = self.dir.join(SEAL_KEY);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(e) => return Err(Failure { exit: Exit::Failed, ..Failure::unreadable("home", &path, &e) }),
        };
        private(&path)?;
        let key = bytes.try_into().map_err(|_| wrong_key(format!("{} does not have 32 bytes", path.display())))?;
        Ok(Some(key))
    }

    /// Makes the sealing key durably; of two that make it at once, both use the one that came first.
    fn make_sealing_key(&self) -> Result<[u8; 32], Failure> {
        let path = self.dir.join(SEAL_KEY);
        let entropy: &dyn Entropy = &SystemEntropy::new();
        let key = entropy.bytes::<32>().map_err(DakaError::from)?;
        let made = new_private_file(&path, &key).map_err(|e| Failure::unwritable(&path, &e))?;
        if made { Ok(key) } else { self.sealing_key()?.ok_or_else(|| DakaError::NotEnrolled.into()) }
    }
}

/// Makes a folder for its owner alone, if there is none.
fn make_folder(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Makes a file for its owner alone, whole or not at all; false if there is one already.
fn new_private_file(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(&beside).and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()));
    let linked = written.and_then(|()| fs::hard_link(&beside, path));
    let _ = fs::remove_file(&beside);
    match linked {
        Ok(()) => {
            // The name has to be durable too: a journal whose key is lost cannot be opened.
            #[cfg(unix)]
            fs::File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()?;
            Ok(true)
        }
        Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e),
    }
}

fn wrong_key(message: String) -> Failure {
    Failure { message, ..DakaError::Vault(daka_core::ports::VaultError::WrongKey("sealing key")).into() }
}

/// Others must not be able to read a key.
fn private(path: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(path).map_err(|e| Failure::unreadable("home", path, &e))?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(not_private(path));
        }
    }
    Ok(())
}

fn not_private(path: &Path) -> Failure {
    Failure {
        next: Some(format!("chmod 600 {}", path.display())),
        ..wrong_key(format!("others may read {}", path.display()))
    }
}

fn folder_error(e: FolderError) -> Failure {
    match e {
        FolderError::Daka(e) => e.into(),
        FolderError::Key(e) => device_key(e),
    }
}

fn device_key(e: DeviceKeyError) -> Failure {
    match e {
        DeviceKeyError::File { path, source } => Failure::unwritable(&path, &source),
        DeviceKeyError::NotPrivate(path) => not_private(&path),
        DeviceKeyError::NoKey(path) => Failure {
            next: Some("put back the device.key that belongs to this folder".to_owned()),
            ..wrong_key(format!("{} is no device key", path.display()))
        },
        DeviceKeyError::Key(_) => DakaError::Entropy(daka_core::ports::EntropyError).into(),
    }
}

/// What talks to the server runs here, on the calling thread.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| DakaError::Internal(e.to_string()).into())
}

/// A terminal asks when it wants to know.
struct Silent;

impl Observer for Silent {
    fn on_event(&self, _: Event) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_makes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(&folder.path().join("phone"));
        assert_eq!(home.open().err().unwrap().exit, Exit::NotSetUp);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_folder_that_was_made_for_nothing_is_taken_away_and_one_that_was_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("phone");
        let (engine, made) = Home::at(&path).create().unwrap();
        drop(engine);
        made.take_away();
        assert!(!path.exists());
        fs::create_dir(&path).unwrap();
        let (engine, made) = Home::at(&path).create().unwrap();
        drop(engine);
        made.take_away();
        assert!(path.exists());
    }

    #[cfg(unix)]
    #[test]
    fn keys_are_for_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(&folder.path().join("phone"));
        drop(home.create().unwrap());
        for key in [SEAL_KEY, "device.key"] {
            let path = home.dir.join(key);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600, "{key}");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            let e = home.open().err().unwrap();
            assert_eq!((e.exit, e.code), (Exit::Failed, "wrong_key"), "{key}");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }

    #[test]
    fn one_process_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(&folder.path().join("phone"));
        let first = home.create().unwrap();
        assert_eq!(home.open().err().unwrap().exit, Exit::InUse);
        drop(first);
    }
}
