//! Small values outside the database: the sealed head and the enrolment. Sealed by the vault, replaced as a whole.

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VaultItem {
    /// The last committed point of the journal.
    SealedHead,
    /// Who this phone is enrolled as: survives the loss of the database.
    Enrolment,
}

impl VaultItem {
    /// The item's name in storage.
    pub fn name(self) -> &'static str {
        match self {
            Self::SealedHead => "sealed-head",
            Self::Enrolment => "enrolment",
        }
    }
}

/// A value that cannot be kept or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The seal does not open: another sealing key, or the bytes were changed.
    #[error("the {0} does not open with this sealing key")]
    WrongKey(&'static str),
    /// The file or its folder may not be written.
    #[error("the vault's folder cannot be written")]
    ReadOnly,
    /// No room.
    #[error("there is no room left on the disk")]
    DiskFull,
    /// The storage refuses otherwise.
    #[error("the vault cannot be read or written: {0}")]
    Io(String),
}

/// Keeps small values.
pub trait Vault: Send + Sync {
    /// The value last put, or none.
    ///
    /// # Errors
    /// [`VaultError`] if it is there and cannot be opened.
    fn get(&self, item: VaultItem) -> Result<Option<Vec<u8>>, VaultError>;

    /// Replaces the value. After it returns the new value survives a power cut; a crash before leaves the old one or the new one.
    ///
    /// # Errors
    /// [`VaultError`] if the storage refuses; the old value stays.
    fn put(&self, item: VaultItem, value: &[u8]) -> Result<(), VaultError>;

    /// Removes the value.
    ///
    /// # Errors
    /// [`VaultError`] if the storage refuses.
    fn remove(&self, item: VaultItem) -> Result<(), VaultError>;
}
