//! A folder of sealed photos.
//!
//! ```text
//! file   = "daka-photo 0\n" ‖ id (16 random bytes) ‖ seal(head; digest ‖ u64be(length)) ‖ chunk…
//! chunk  = seal(id, index, whether it is the last; at most 64 KiB)         seal = nonce ‖ AES-256-GCM ‖ tag
//! ```
//!
//! A photo is written in a stream, chunk by chunk, so that none is ever whole in memory; its head comes last, once its digest is
//! known. Each chunk is sealed for its place in its file, so that chunks that are exchanged, repeated, left out or cut off do not
//! open, and the head binds the file to its name. Until it is kept the file is called `ID.part`: a crash leaves that behind, and
//! opening the folder removes it. Then it is synced, named `DIGEST.photo` in one step, and the folder is synced: after
//! [`PhotoWriter::keep`] a power cut does not take it away.

use super::crypto::{SealError, Sealer};
use super::durable;
use crate::domain::ids::{Hash32, hex};
use crate::ports::{PhotoReader, PhotoStore, PhotoStoreError, PhotoWriter};
use ring::aead::{MAX_TAG_LEN, NONCE_LEN};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

const MAGIC: &[u8] = b"daka-photo 0\n";
const ID: usize = 16;
/// Bytes in the clear that one chunk holds.
const CHUNK: usize = 64 * 1024;
/// What a seal adds.
const SEAL: usize = NONCE_LEN + MAX_TAG_LEN;
/// Digest and length, sealed.
const HEAD: usize = 32 + 8 + SEAL;
/// Where the chunks begin.
const BODY: u64 = (MAGIC.len() + ID + HEAD) as u64;

/// A folder of sealed photos.
#[derive(Debug)]
pub struct SealedPhotos {
    folder: PathBuf,
    sealer: Sealer,
}

impl SealedPhotos {
    /// The photos in `folder`, which is made if it is not there. What a crash left half written is removed, so only one may have the
    /// folder open: whoever has the journal.
    ///
    /// # Errors
    /// [`PhotoStoreError::Io`] if the folder cannot be made or read.
    pub fn open(folder: &Path, sealing_key: &[u8; 32]) -> Result<Self, PhotoStoreError> {
        let sealer = Sealer::new(sealing_key).map_err(|SealError| PhotoStoreError::Damaged)?;
        match durable::create_folder(folder) {
            Ok(()) => durable::sync_folder(durable::folder_of(folder)).map_err(photo_error)?,
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(photo_error(e)),
        }
        for file in fs::read_dir(folder).map_err(photo_error)? {
            let path = file.map_err(photo_error)?.path();
            if path.extension().is_some_and(|e| e == "part") {
                fs::remove_file(path).map_err(photo_error)?;
            }
        }
        Ok(Self { folder: folder.to_owned(), sealer })
    }

    fn path(&self, digest: Hash32) -> PathBuf {
        self.folder.join(format!("{digest}.photo"))
    }
}

fn photo_error(e: io::Error) -> PhotoStoreError {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            PhotoStoreError::DiskFull
        }
        io::ErrorKind::NotFound => PhotoStoreError::Missing,
        io::ErrorKind::UnexpectedEof => PhotoStoreError::Damaged,
        _ => PhotoStoreError::Io(e.to_string()),
    }
}

fn damaged(_: SealError) -> PhotoStoreError {
    PhotoStoreError::Damaged
}

/// What a head is sealed for.
fn head_place(id: &[u8; ID]) -> Vec<u8> {
    [b"daka-photo-head\0", &id[..]].concat()
}

/// What a chunk is sealed for.
fn chunk_place(id: &[u8; ID], index: u64, last: bool) -> Vec<u8> {
    [b"daka-photo-chunk\0", &id[..], &index.to_be_bytes(), &[u8::from(last)]].concat()
}

/// How many chunks a photo of `length` bytes has; one of no bytes has one.
fn chunks(length: u64) -> u64 {
    length.div_ceil(CHUNK as u64).max(1)
}

/// The size of the file of a photo of `length` bytes.
fn file_size(length: u64) -> Option<u64> {
    chunks(length).checked_mul(SEAL as u64)?.checked_add(length)?.checked_add(BODY)
}

struct Writer {
    file: File,
    path: PathBuf,
    folder: PathBuf,
    sealer: Sealer,
    id: [u8; ID],
    /// What is not sealed yet: at most one chunk, because which one is the last shows at the end.
    rest: Vec<u8>,
    sealed: u64,
    length: u64,
    /// A write failed: nothing after it may be kept.
    broken: Option<PhotoStoreError>,
    kept: bool,
}

impl Writer {
    fn seal_rest(&mut self, last: bool) -> Result<(), PhotoStoreError> {
        let place = chunk_place(&self.id, self.sealed, last);
        let sealed = self.sealer.seal(&place, &self.rest).map_err(|e| PhotoStoreError::Io(e.to_string()))?;
        self.file.write_all(&sealed).map_err(photo_error)?;
        self.sealed += 1;
        self.rest.clear();
        Ok(())
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), PhotoStoreError> {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            if self.rest.len() == CHUNK {
                self.seal_rest(false)?;
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.rest.len()));
            self.rest.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    fn finish(&mut self, digest: Hash32) -> Result<(), PhotoStoreError> {
        self.seal_rest(true)?;
        let head = [&digest.0[..], &self.length.to_be_bytes()].concat();
        let head = self.sealer.seal(&head_place(&self.id), &head).map_err(|e| PhotoStoreError::Io(e.to_string()))?;
        let put = |file: &mut File| -> io::Result<()> {
            file.seek(SeekFrom::Start(0))?;
            file.write_all(MAGIC)?;
            file.write_all(&self.id)?;
            file.write_all(&head)?;
            file.sync_all()
        };
        put(&mut self.file).map_err(photo_error)
    }
}

impl PhotoWriter for Writer {
    fn write(&mut self, bytes: &[u8]) -> Result<(), PhotoStoreError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        self.take(bytes).inspect_err(|e| self.broken = Some(e.clone()))
    }

    fn keep(mut self: Box<Self>, digest: Hash32) -> Result<(), PhotoStoreError> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let kept = self.folder.join(format!("{digest}.photo"));
        // One that is there and whole stays; one that was damaged meanwhile is replaced.
        if Reader::open(&kept, digest, self.sealer.clone()).is_ok() {
            return Ok(());
        }
        self.finish(digest)?;
        fs::rename(&self.path, &kept).map_err(photo_error)?;
        self.kept = true;
        durable::sync_folder(&self.folder).map_err(photo_error)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        if !self.kept {
            // What cannot be removed now is removed when the folder is next opened.
            let _ = fs::remove_file(&self.path);
        }
    }
}

struct Reader {
    file: File,
    sealer: Sealer,
    id: [u8; ID],
    length: u64,
    /// The chunk that was opened last.
    chunk: Option<(u64, Vec<u8>)>,
}

impl Reader {
    fn open(path: &Path, digest: Hash32, sealer: Sealer) -> Result<Self, PhotoStoreError> {
        let mut file = File::open(path).map_err(photo_error)?;
        let (mut magic, mut id, mut head) = ([0; MAGIC.len()], [0; ID], [0; HEAD]);
        for part in [&mut magic[..], &mut id[..], &mut head[..]] {
            file.read_exact(part).map_err(photo_error)?;
        }
        let head = sealer.open(&head_place(&id), &head).map_err(damaged)?;
        let (named, length) = head.split_first_chunk::<32>().ok_or(PhotoStoreError::Damaged)?;
        let length = u64::from_be_bytes(length.try_into().map_err(|_| PhotoStoreError::Damaged)?);
        let size = file.metadata().map_err(photo_error)?.len();
        if magic != MAGIC || *named != digest.0 || file_size(length) != Some(size) {
            return Err(PhotoStoreError::Damaged);
        }
        Ok(Self { file, sealer, id, length, chunk: None })
    }

    fn chunk(&mut self, index: u64) -> Result<&[u8], PhotoStoreError> {
        if self.chunk.as_ref().is_none_or(|(at, _)| *at != index) {
            let begin = index * CHUNK as u64;
            let plain = (self.length - begin).min(CHUNK as u64);
            let mut sealed = vec![0; plain as usize + SEAL];
            self.file.seek(SeekFrom::Start(BODY + begin + index * SEAL as u64)).map_err(photo_error)?;
            self.file.read_exact(&mut sealed).map_err(photo_error)?;
            let last = index + 1 == chunks(self.length);
            let opened = self.sealer.open(&chunk_place(&self.id, index, last), &sealed).map_err(damaged)?;
            self.chunk = Some((index, opened));
        }
        Ok(self.chunk.as_ref().map_or(&[], |(_, bytes)| bytes))
    }
}

impl PhotoReader for Reader {
    fn read_at(&mut self, offset: u64, out: &mut [u8]) -> Result<usize, PhotoStoreError> {
        let mut done = 0;
        while done < out.len() {
            let at = offset.saturating_add(done as u64);
            if at >= self.length {
                break;
            }
            let chunk = self.chunk(at / CHUNK as u64)?;
            let rest = chunk.get((at % CHUNK as u64) as usize..).unwrap_or(&[]);
            let n = rest.len().min(out.len() - done);
            out[done..done + n].copy_from_slice(&rest[..n]);
            done += n;
        }
        Ok(done)
    }
}

impl PhotoStore for SealedPhotos {
    fn begin(&self) -> Result<Box<dyn PhotoWriter>, PhotoStoreError> {
        let mut id = [0; ID];
        let random = SystemRandom::new().fill(&mut id);
        random.map_err(|_| PhotoStoreError::Io("the system gives no randomness".to_owned()))?;
        let path = self.folder.join(format!("{}.part", hex(&id)));
        let mut file = durable::private().write(true).create_new(true).open(&path).map_err(photo_error)?;
        // Room for the head.
        file.seek(SeekFrom::Start(BODY)).map_err(photo_error)?;
        Ok(Box::new(Writer {
            file,
            path,
            folder: self.folder.clone(),
            sealer: self.sealer.clone(),
            id,
            rest: Vec::with_capacity(CHUNK),
            sealed: 0,
            length: 0,
            broken: None,
            kept: false,
        }))
    }

    fn open(&self, digest: Hash32) -> Result<Box<dyn PhotoReader>, PhotoStoreError> {
        Ok(Box::new(Reader::open(&self.path(digest), digest, self.sealer.clone())?))
    }

    fn remove(&self, digest: Hash32) -> Result<(), PhotoStoreError> {
        match fs::remove_file(self.path(digest)) {
            Ok(()) => durable::sync_folder(&self.folder).map_err(photo_error),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(e) => Err(photo_error(e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::crypto::Ring;
    use crate::ports::Crypto as _;
    use crate::testkit::MemoryPhotos;

    const KEY: [u8; 32] = [9; 32];

    fn photo(length: usize) -> (Vec<u8>, Hash32) {
        let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
        let digest = Ring.sha256(&[&bytes]);
        (bytes, digest)
    }

    fn keep(store: &dyn PhotoStore, bytes: &[u8], digest: Hash32) {
        let mut writer = store.begin().unwrap();
        bytes.chunks(10_007).for_each(|part| writer.write(part).unwrap());
        writer.keep(digest).unwrap();
    }

    fn read(store: &dyn PhotoStore, digest: Hash32) -> Result<Vec<u8>, PhotoStoreError> {
        let mut reader = store.open(digest)?;
        let (mut out, mut part) = (Vec::new(), [0; 5_003]);
        loop {
            match reader.read_at(out.len() as u64, &mut part)? {
                0 => return Ok(out),
                n => out.extend_from_slice(&part[..n]),
            }
        }
    }

    /// What every photo store does.
    fn contract(store: &dyn PhotoStore) {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 300_000] {
            let (bytes, digest) = photo(length);
            assert_eq!(store.open(digest).err(), Some(PhotoStoreError::Missing));
            let mut dropped = store.begin().unwrap();
            dropped.write(&bytes).unwrap();
            drop(dropped);
            assert_eq!(store.open(digest).err(), Some(PhotoStoreError::Missing));
            keep(store, &bytes, digest);
            keep(store, &bytes, digest);
            assert_eq!(read(store, digest).unwrap(), bytes, "{length} bytes");
            let mut reader = store.open(digest).unwrap();
            let mut whole = vec![0; length + 9];
            assert_eq!(reader.read_at(0, &mut whole), Ok(length));
            assert_eq!(reader.read_at(length as u64, &mut whole), Ok(0));
            assert_eq!(reader.read_at(u64::MAX, &mut whole), Ok(0));
            let mut middle = [0; 3];
            let n = reader.read_at(length as u64 / 2, &mut middle).unwrap();
            assert_eq!(&middle[..n], &bytes[length / 2..][..n]);
            store.remove(digest).unwrap();
            store.remove(digest).unwrap();
            assert_eq!(store.open(digest).err(), Some(PhotoStoreError::Missing));
        }
    }

    #[test]
    fn files_and_memory_do_what_a_photo_store_does() {
        let folder = tempfile::tempdir().unwrap();
        contract(&SealedPhotos::open(folder.path(), &KEY).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        contract(&MemoryPhotos::new());
    }

    #[test]
    fn what_a_crash_left_half_written_is_removed_and_what_was_kept_stays() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("photos");
        let store = SealedPhotos::open(&inner, &KEY).unwrap();
        let (bytes, digest) = photo(100_000);
        keep(&store, &bytes, digest);
        let mut half = store.begin().unwrap();
        half.write(&bytes).unwrap();
        // The process ends without anything being dropped.
        std::mem::forget(half);
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 2);
        let store = SealedPhotos::open(&inner, &KEY).unwrap();
        assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
        assert_eq!(read(&store, digest).unwrap(), bytes);
    }

    #[test]
    fn nothing_of_a_photo_is_readable_in_its_file_and_another_key_does_not_open_it() {
        let folder = tempfile::tempdir().unwrap();
        let store = SealedPhotos::open(folder.path(), &KEY).unwrap();
        let (bytes, digest) = photo(70_000);
        keep(&store, &bytes, digest);
        let file = fs::read(store.path(digest)).unwrap();
        assert!(!file.windows(16).any(|w| bytes[..251 + 16].windows(16).any(|p| p == w)));
        let other = SealedPhotos::open(folder.path(), &[1; 32]).unwrap();
        assert_eq!(other.open(digest).err(), Some(PhotoStoreError::Damaged));
    }

    #[test]
    fn a_file_that_was_changed_cut_lengthened_or_renamed_is_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let store = SealedPhotos::open(folder.path(), &KEY).unwrap();
        let (bytes, digest) = photo(3 * CHUNK);
        keep(&store, &bytes, digest);
        let path = store.path(digest);
        let whole = fs::read(&path).unwrap();
        assert_eq!(Some(whole.len() as u64), file_size(3 * CHUNK as u64));
        let damaged = Err(PhotoStoreError::Damaged);
        let sealed = CHUNK + SEAL;
        let body = BODY as usize;
        let change = |edit: &dyn Fn(&mut Vec<u8>)| {
            let mut file = whole.clone();
            edit(&mut file);
            fs::write(&path, file).unwrap();
            read(&store, digest)
        };
        for at in [0, 12, 13, 28, 29, 60, body - 1, body, body + sealed, body + 2 * sealed + 100, whole.len() - 1] {
            assert_eq!(change(&|file| file[at] ^= 1), damaged, "byte {at}");
        }
        for len in [0, 5, body, whole.len() - sealed, whole.len() - 1] {
            assert_eq!(change(&|file| file.truncate(len)), damaged, "cut to {len}");
        }
        assert_eq!(change(&|file| file.extend_from_slice(&[0; SEAL])), damaged);
        // Two chunks exchanged; the last one repeated in the place of one before it.
        let exchanged = |file: &mut Vec<u8>| {
            let (first, second) = file[body..].split_at_mut(sealed);
            first.swap_with_slice(&mut second[..sealed]);
        };
        assert_eq!(change(&exchanged), damaged);
        assert_eq!(change(&|file| file.copy_within(body + 2 * sealed.., body + sealed)), damaged);
        assert_eq!(change(&|_| ()), Ok(bytes));
        // Under another photo's name, and chunks of another file of the same bytes.
        let (other_bytes, other) = photo(3 * CHUNK + 1);
        fs::copy(&path, store.path(other)).unwrap();
        assert_eq!(read(&store, other), damaged);
        // A damaged file gives way to the same photo taken in again.
        keep(&store, &other_bytes, other);
        assert_eq!(read(&store, other), Ok(other_bytes));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_full_disk_is_told_and_nothing_is_kept_after_it() {
        // /dev/full fails each write as a full disk does: full(4).
        let folder = tempfile::tempdir().unwrap();
        let store = SealedPhotos::open(folder.path(), &KEY).unwrap();
        let (bytes, digest) = photo(2 * CHUNK);
        let path = folder.path().join("x.part");
        let mut writer = Box::new(Writer {
            file: fs::OpenOptions::new().write(true).open("/dev/full").unwrap(),
            path,
            folder: folder.path().to_owned(),
            sealer: store.sealer.clone(),
            id: [0; ID],
            rest: Vec::new(),
            sealed: 0,
            length: 0,
            broken: None,
            kept: false,
        });
        assert_eq!(writer.write(&bytes), Err(PhotoStoreError::DiskFull));
        assert_eq!(writer.write(b""), Err(PhotoStoreError::DiskFull));
        assert_eq!(writer.keep(digest), Err(PhotoStoreError::DiskFull));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
