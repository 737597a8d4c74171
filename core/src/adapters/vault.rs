//! Small sealed files beside the database: the sealed head and the enrolment.
//!
//! Each item is a file of its own, sealed for its own name, so that one cannot stand in for the other. A value is replaced in one
//! step (`durable`): a crash leaves the old one or the new one. An older file put back in place of a newer one opens: what tells
//! is the journal, whose head is then not the one in the file.

use super::crypto::Sealer;
use super::durable;
use crate::ports::{Vault, VaultError, VaultItem};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A folder of sealed files.
#[derive(Debug)]
pub struct FileVault {
    folder: PathBuf,
    sealer: Sealer,
}

impl FileVault {
    /// The vault in `folder`, which is there and which only its owner should be able to read. Nothing is read or written yet.
    ///
    /// # Errors
    /// [`VaultError::Io`] if the key cannot be used, which does not happen.
    pub fn new(folder: &Path, sealing_key: &[u8; 32]) -> Result<Self, VaultError> {
        let sealer = Sealer::new(sealing_key).map_err(|e| VaultError::Io(e.to_string()))?;
        Ok(Self { folder: folder.to_owned(), sealer })
    }

    fn path(&self, item: VaultItem) -> PathBuf {
        self.folder.join(format!("{}.sealed", item.name()))
    }
}

/// What an item's file is sealed for.
fn place(item: VaultItem) -> Vec<u8> {
    format!("daka-vault\0{}", item.name()).into_bytes()
}

fn vault_error(e: &io::Error) -> VaultError {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => VaultError::DiskFull,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => VaultError::ReadOnly,
        _ => VaultError::Io(e.to_string()),
    }
}

impl Vault for FileVault {
    fn get(&self, item: VaultItem) -> Result<Option<Vec<u8>>, VaultError> {
        let sealed = match fs::read(self.path(item)) {
            Ok(sealed) => sealed,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(vault_error(&e)),
        };
        self.sealer.open(&place(item), &sealed).map(Some).map_err(|_| VaultError::WrongKey(item.name()))
    }

    fn put(&self, item: VaultItem, value: &[u8]) -> Result<(), VaultError> {
        let sealed = self.sealer.seal(&place(item), value).map_err(|e| VaultError::Io(e.to_string()))?;
        durable::replace(&self.path(item), &sealed).map_err(|e| vault_error(&e))
    }

    fn remove(&self, item: VaultItem) -> Result<(), VaultError> {
        match fs::remove_file(self.path(item)) {
            Ok(()) => durable::sync_folder(&self.folder).map_err(|e| vault_error(&e)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(vault_error(&e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testkit::MemoryVault;

    const KEY: [u8; 32] = [7; 32];

    /// What every vault does.
    fn contract(vault: &dyn Vault) {
        assert_eq!(vault.get(VaultItem::SealedHead), Ok(None));
        vault.remove(VaultItem::SealedHead).unwrap();
        vault.put(VaultItem::SealedHead, b"first").unwrap();
        vault.put(VaultItem::SealedHead, b"").unwrap();
        vault.put(VaultItem::Enrolment, b"who").unwrap();
        assert_eq!(vault.get(VaultItem::SealedHead), Ok(Some(Vec::new())));
        vault.remove(VaultItem::SealedHead).unwrap();
        assert_eq!(vault.get(VaultItem::SealedHead), Ok(None));
        assert_eq!(vault.get(VaultItem::Enrolment), Ok(Some(b"who".to_vec())));
    }

    #[test]
    fn files_and_memory_do_what_a_vault_does() {
        let folder = tempfile::tempdir().unwrap();
        contract(&FileVault::new(folder.path(), &KEY).unwrap());
        contract(&MemoryVault::new());
    }

    #[test]
    fn a_value_survives_a_restart_sealed() {
        let folder = tempfile::tempdir().unwrap();
        let secret = b"employee 12 of the bakery";
        FileVault::new(folder.path(), &KEY).unwrap().put(VaultItem::Enrolment, secret).unwrap();
        assert_eq!(FileVault::new(folder.path(), &KEY).unwrap().get(VaultItem::Enrolment), Ok(Some(secret.to_vec())));
        let file = fs::read(folder.path().join("enrolment.sealed")).unwrap();
        assert!(!file.windows(8).any(|w| secret.windows(8).any(|s| s == w)));
    }

    #[test]
    fn another_key_a_changed_byte_and_another_items_file_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let vault = FileVault::new(folder.path(), &KEY).unwrap();
        vault.put(VaultItem::Enrolment, b"who").unwrap();
        let refused = Err(VaultError::WrongKey("enrolment"));
        assert_eq!(FileVault::new(folder.path(), &[8; 32]).unwrap().get(VaultItem::Enrolment), refused);
        let path = folder.path().join("enrolment.sealed");
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).unwrap();
            assert_eq!(vault.get(VaultItem::Enrolment), refused, "byte {at}");
        }
        for len in 0..whole.len() {
            fs::write(&path, &whole[..len]).unwrap();
            assert_eq!(vault.get(VaultItem::Enrolment), refused, "cut to {len}");
        }
        fs::write(folder.path().join("sealed-head.sealed"), whole).unwrap();
        assert_eq!(vault.get(VaultItem::SealedHead), Err(VaultError::WrongKey("sealed-head")));
    }

    #[test]
    fn a_folder_that_is_gone_is_an_error_and_no_loss() {
        let folder = tempfile::tempdir().unwrap();
        let vault = FileVault::new(&folder.path().join("none"), &KEY).unwrap();
        assert_eq!(vault.get(VaultItem::Enrolment), Ok(None));
        assert!(matches!(vault.put(VaultItem::Enrolment, b"who"), Err(VaultError::Io(_))));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_disk_that_is_full_or_read_only_is_said_as_such() {
        // ENOSPC, EDQUOT, EACCES, EPERM and EROFS as errno(3) numbers them on Linux.
        let said = [28, 122, 13, 1, 30].map(|errno| vault_error(&io::Error::from_raw_os_error(errno)));
        let (full, read_only) = (VaultError::DiskFull, VaultError::ReadOnly);
        assert_eq!(said, [full.clone(), full, read_only.clone(), read_only.clone(), read_only]);
    }
}
