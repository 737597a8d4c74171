//! A tenant's private keys: PKCS#8 files of their owner alone.
//!
//! `root.pk8` signs key sets only and is read when one is made; it may be taken off the machine and put back for a rotation.
//! `ca.pk8`, `log.pk8` and `time.pk8` are needed while serving.

use crate::error::{Error, Result};
use crate::home::{Home, make_private_dir, write_private};
use daka_core::adapters::crypto::SoftwareKey;
use daka_core::domain::crypto::{Algorithm, PublicKey, Signer as _};
use daka_core::domain::ids::TenantId;
use std::path::{Path, PathBuf};

/// The keys that a serving process holds.
#[derive(Debug)]
pub struct TenantKeys {
    /// Signs device certificates and enrolment statements.
    pub ca: SoftwareKey,
    /// Signs checkpoints.
    pub log: SoftwareKey,
    /// Signs time tokens.
    pub time: SoftwareKey,
}

const FILES: [(&str, Algorithm); 4] = [
    ("root.pk8", Algorithm::Ed25519),
    ("ca.pk8", Algorithm::Es256),
    ("log.pk8", Algorithm::Ed25519),
    ("time.pk8", Algorithm::Ed25519),
];

impl TenantKeys {
    /// Makes the keys of a new tenant. Keys that lie there already are kept: an earlier attempt may have been cut short.
    ///
    /// # Errors
    /// When a file cannot be written or there is no randomness.
    pub fn make(home: &Home, tenant: &TenantId) -> Result<()> {
        let dir = home.keys(tenant);
        make_private_dir(&dir)?;
        for (name, algorithm) in FILES {
            let path = dir.join(name);
            if !path.exists() {
                let pkcs8 =
                    SoftwareKey::generate(algorithm).map_err(|source| Error::Key { path: path.clone(), source })?;
                write_private(&path, &pkcs8)?;
            }
        }
        Ok(())
    }

    /// Reads the keys that serving needs.
    ///
    /// # Errors
    /// When a file is missing or damaged.
    pub fn load(home: &Home, tenant: &TenantId) -> Result<Self> {
        let dir = home.keys(tenant);
        Ok(Self { ca: read(&dir, "ca.pk8")?, log: read(&dir, "log.pk8")?, time: read(&dir, "time.pk8")? })
    }

    /// Reads the root's key.
    ///
    /// # Errors
    /// When the file is missing or damaged.
    pub fn root(&self, home: &Home, tenant: &TenantId) -> Result<SoftwareKey> {
        read(&home.keys(tenant), "root.pk8")
    }
}

fn read(dir: &Path, name: &'static str) -> Result<SoftwareKey> {
    let path = dir.join(name);
    let algorithm = FILES.iter().find(|f| f.0 == name).map_or(Algorithm::Ed25519, |f| f.1);
    let bytes = std::fs::read(&path).map_err(Error::io("read the key", &path))?;
    SoftwareKey::from_pkcs8(algorithm, &bytes).map_err(|source| Error::Key { path, source })
}

/// A public key as PEM.
///
/// # Errors
/// None in practice: every DER has a PEM form.
pub fn pem(key: &PublicKey) -> Result<String> {
    der::pem::encode_string("PUBLIC KEY", der::pem::LineEnding::LF, key.spki())
        .map_err(|e| Error::command(format!("the key has no PEM form: {e}")))
}

/// Writes `root.pem` beside the keys, where verifiers' copies come from.
///
/// # Errors
/// When it cannot be written.
pub fn write_root_pem(home: &Home, tenant: &TenantId) -> Result<PathBuf> {
    let path = home.keys(tenant).join("root.pem");
    let root = read(&home.keys(tenant), "root.pk8")?;
    std::fs::write(&path, pem(root.public_key())?).map_err(Error::io("write", &path))?;
    Ok(path)
}
