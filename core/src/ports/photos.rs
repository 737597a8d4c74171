//! Photo files, sealed at rest. A file is written once, in a stream, and found by its digest.

use crate::domain::ids::Hash32;

/// A photo that cannot be kept or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoStoreError {
    /// No room for it.
    #[error("there is no room left for the photo")]
    DiskFull,
    /// The seal does not open, or the bytes were changed.
    #[error("the stored photo does not open with this sealing key")]
    Damaged,
    /// It is not there.
    #[error("the photo is not on this phone any more")]
    Missing,
    /// The storage refuses.
    #[error("the photo cannot be read or written: {0}")]
    Io(String),
}

/// A photo being written. Dropped without [`PhotoWriter::keep`] it leaves nothing behind.
pub trait PhotoWriter: Send {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`PhotoStoreError`] if the storage refuses.
    fn write(&mut self, bytes: &[u8]) -> Result<(), PhotoStoreError>;

    /// Makes the file durable under its digest. A file of that digest that is already there stays.
    ///
    /// # Errors
    /// [`PhotoStoreError`] if the storage refuses; nothing is left behind.
    fn keep(self: Box<Self>, digest: Hash32) -> Result<(), PhotoStoreError>;
}

/// A photo being read, in the clear.
pub trait PhotoReader: Send {
    /// Reads up to `out.len()` bytes from `offset` on; 0 at the end.
    ///
    /// # Errors
    /// [`PhotoStoreError`] if a chunk does not open.
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<usize, PhotoStoreError>;
}

/// Keeps photos.
pub trait PhotoStore: Send + Sync {
    /// Begins a photo.
    ///
    /// # Errors
    /// [`PhotoStoreError`] if the storage refuses.
    fn begin(&self) -> Result<Box<dyn PhotoWriter>, PhotoStoreError>;

    /// Opens a photo.
    ///
    /// # Errors
    /// [`PhotoStoreError::Missing`] if it is not there.
    fn open(&self, digest: Hash32) -> Result<Box<dyn PhotoReader>, PhotoStoreError>;

    /// Removes a photo; one that is not there is no error.
    ///
    /// # Errors
    /// [`PhotoStoreError`] if the storage refuses.
    fn remove(&self, digest: Hash32) -> Result<(), PhotoStoreError>;
}
