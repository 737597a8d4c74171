//! Photos in memory.

use super::lock;
use crate::domain::ids::Hash32;
use crate::ports::{PhotoReader, PhotoStore, PhotoStoreError, PhotoWriter};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

type Files = Arc<Mutex<HashMap<Hash32, Arc<Vec<u8>>>>>;

/// Photos in memory. Clones share what is kept, as two runs of the program do.
#[derive(Clone, Debug, Default)]
pub struct MemoryPhotos {
    files: Files,
    /// Bytes that fit before the disk is full.
    room: Option<usize>,
}

impl MemoryPhotos {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty one, on a disk that is full when a photo has more than `bytes`.
    pub fn with_room(bytes: usize) -> Self {
        Self { files: Files::default(), room: Some(bytes) }
    }

    /// How many photos are kept.
    pub fn len(&self) -> usize {
        lock(&self.files).len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

struct Writer {
    files: Files,
    room: Option<usize>,
    bytes: Vec<u8>,
}

impl PhotoWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), PhotoStoreError> {
        if self.room.is_some_and(|room| self.bytes.len() + bytes.len() > room) {
            return Err(PhotoStoreError::DiskFull);
        }
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn keep(self: Box<Self>, digest: Hash32) -> Result<(), PhotoStoreError> {
        let Self { files, bytes, .. } = *self;
        lock(&files).entry(digest).or_insert_with(|| Arc::new(bytes));
        Ok(())
    }
}

struct Reader(Arc<Vec<u8>>);

impl PhotoReader for Reader {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<usize, PhotoStoreError> {
        let rest = usize::try_from(offset).ok().and_then(|offset| self.0.get(offset..)).unwrap_or(&[]);
        let n = rest.len().min(out.len());
        out[..n].copy_from_slice(&rest[..n]);
        Ok(n)
    }
}

impl PhotoStore for MemoryPhotos {
    fn begin(&self) -> Result<Box<dyn PhotoWriter>, PhotoStoreError> {
        Ok(Box::new(Writer { files: self.files.clone(), room: self.room, bytes: Vec::new() }))
    }

    fn open(&self, digest: Hash32) -> Result<Box<dyn PhotoReader>, PhotoStoreError> {
        let file = lock(&self.files).get(&digest).cloned().ok_or(PhotoStoreError::Missing)?;
        Ok(Box::new(Reader(file)))
    }

    fn remove(&self, digest: Hash32) -> Result<(), PhotoStoreError> {
        lock(&self.files).remove(&digest);
        Ok(())
    }
}
