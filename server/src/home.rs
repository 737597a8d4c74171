//! The data folder.
//!
//! ```text
//! daka.db                 everything but keys and photos
//! keys/<tenant>/*.pk8     private keys, PKCS#8, readable by the owner only
//! keys/<tenant>/root.pem  the root's public key, for verifiers
//! photos/<tenant>/        photos by digest; `.part` while they arrive
//! outside/<tenant>.log    revocations, used codes, origins: what a restored backup must be told again
//! serve.lock              held while a server runs
//! ```

use crate::error::{Error, Result};
use daka_core::domain::ids::TenantId;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// A data folder.
#[derive(Clone, Debug)]
pub struct Home {
    dir: PathBuf,
}

impl Home {
    /// A folder that exists or is made, readable by its owner only.
    ///
    /// # Errors
    /// [`Error::Io`] if it cannot be made.
    pub fn create(dir: &Path) -> Result<Self> {
        make_private_dir(dir)?;
        Ok(Self { dir: dir.to_owned() })
    }

    /// A folder that was initialised.
    ///
    /// # Errors
    /// [`Error::NotInitialised`] if there is no database in it.
    pub fn open(dir: &Path) -> Result<Self> {
        let home = Self { dir: dir.to_owned() };
        if home.db().is_file() { Ok(home) } else { Err(Error::NotInitialised(dir.to_owned())) }
    }

    /// The folder itself.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The database.
    pub fn db(&self) -> PathBuf {
        self.dir.join("daka.db")
    }

    /// A tenant's keys.
    pub fn keys(&self, tenant: &TenantId) -> PathBuf {
        self.dir.join("keys").join(tenant.as_str())
    }

    /// A tenant's photos.
    pub fn photos(&self, tenant: &TenantId) -> PathBuf {
        self.dir.join("photos").join(tenant.as_str())
    }

    /// What must survive a restored backup.
    pub fn outside(&self, tenant: &TenantId) -> PathBuf {
        self.dir.join("outside").join(format!("{tenant}.log"))
    }

    /// Takes the folder for one serving or restoring process; the lock ends with the file.
    ///
    /// # Errors
    /// [`Error::InUse`] if another process has it.
    pub fn lock(&self) -> Result<File> {
        let path = self.dir.join("serve.lock");
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(Error::io("open the lock file", &path))?;
        file.try_lock().map_err(|_| Error::InUse(self.dir.clone()))?;
        Ok(file)
    }
}

/// Makes a folder that only its owner can read.
///
/// # Errors
/// [`Error::Io`] if it cannot be made.
pub fn make_private_dir(dir: &Path) -> Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(Error::io("make the folder", dir))
}

/// Writes a new file that only its owner can read, durably. An existing file is left alone.
///
/// # Errors
/// [`Error::Io`] if it exists already or cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(Error::io("make", path))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(Error::io("write", path))?;
    sync_parent(path)
}

/// Makes a new name in a folder durable.
///
/// # Errors
/// [`Error::Io`] if the folder cannot be synced.
pub fn sync_parent(path: &Path) -> Result<()> {
    match path.parent() {
        #[cfg(unix)]
        Some(dir) => File::open(dir).and_then(|d| d.sync_all()).map_err(Error::io("sync", dir)),
        _ => Ok(()),
    }
}
