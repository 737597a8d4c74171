//! The engine over its folder, made for its owner alone, with the shell's clock, key and listener; and the few files that a shell
//! names. What the folder holds is said at `daka_core::adapters::folder`, which puts the adapters together.

use crate::codes::FailureCode;
use crate::events::Events;
use crate::failure::DakaFailure;
use crate::ports::{DeviceKey, PlatformClock, ShellClock, ShellKey};
use crate::requests::DakaConfig;
use daka_core::adapters::folder::{self, Folder, FolderError};
use daka_core::adapters::sqlite::{Opened, SqliteStore};
use daka_core::adapters::system::{DeviceKeyError, SystemClock};
use daka_core::app::{DakaError, Engine, Settings};
use daka_core::domain::crypto::Signer;
use daka_core::ports::Clock;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// The smallest and largest offset from UTC in use, minutes: −12 h and +14 h.
const OFFSETS: std::ops::RangeInclusive<i16> = -720..=840;

/// The engine over the phone's adapters, its database, and what opening that found.
pub(crate) struct Phone {
    pub(crate) engine: Engine,
    pub(crate) store: Arc<SqliteStore>,
    pub(crate) opened: Opened,
}

/// Opens the engine over the phone's adapters.
pub(crate) fn open(
    config: DakaConfig,
    clock: Option<Arc<dyn PlatformClock>>,
    key: Option<Arc<dyn DeviceKey>>,
    events: Arc<Events>,
) -> Result<Phone, DakaFailure> {
    let bad_key = |_| DakaFailure::bad_value("sealing_key", "must have 32 bytes");
    let given = Zeroizing::new(config.sealing_key);
    let sealing_key: Zeroizing<[u8; 32]> = Zeroizing::new(given.as_slice().try_into().map_err(bad_key)?);
    if !OFFSETS.contains(&config.utc_offset_min) {
        return Err(DakaFailure::bad_value("utc_offset_min", "must be from -720 to 840"));
    }
    if config.folder.is_empty() {
        return Err(DakaFailure::bad_value("folder", "must name a folder"));
    }
    let path = Path::new(&config.folder);
    make_folder(path).map_err(|e| DakaFailure::file("folder", &e))?;
    let fallback = SystemClock::new(config.utc_offset_min);
    let clock: Arc<dyn Clock> = match clock {
        Some(shell) => Arc::new(ShellClock { shell, fallback }),
        None => Arc::new(fallback),
    };
    let key = match key {
        Some(shell) => Some(Arc::new(ShellKey::new(shell).map_err(DakaError::from)?) as Arc<dyn Signer>),
        None => None,
    };
    let Folder { ports, store, opened } =
        folder::open(path, &sealing_key, clock, key, events).map_err(|e| match e {
            FolderError::Daka(e) => e.into(),
            FolderError::Key(e) => key_failure(&e),
        })?;
    let engine = Engine::open(ports, Settings { app_version: config.app_version })?;
    Ok(Phone { engine, store, opened })
}

/// Makes the folder for its owner alone; one that is there stays as it is.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(folder)
}

fn key_failure(e: &DeviceKeyError) -> DakaFailure {
    match e {
        DeviceKeyError::File { source, .. } => DakaFailure::file("folder", source),
        // Without its text: it holds the path.
        DeviceKeyError::NotPrivate(_) => DakaFailure::new(
            FailureCode::KeyRefused,
            Some("folder"),
            "others may read the device key; allow its owner alone (mode 600)",
        ),
        DeviceKeyError::NoKey(_) => {
            DakaFailure::new(FailureCode::KeyRefused, Some("folder"), "the device key is no P-256 key in PKCS#8")
        }
        DeviceKeyError::Key(_) => DakaFailure::new(FailureCode::NoRandomness, None, e.to_string()),
    }
}

/// Opens a file that the shell named, once. What is no plain file is refused before it is opened: opening a pipe would wait.
pub(crate) fn open_file(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    File::open(path)
}

/// Writes a file in one step: it is there whole, or as it was before.
pub(crate) fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = Path::new(&beside);
    let written = (|| {
        let mut file = File::create(beside)?;
        io::Write::write_all(&mut file, bytes)?;
        file.sync_all()?;
        fs::rename(beside, path)
    })();
    written.inspect_err(|_| drop(fs::remove_file(beside)))
}
