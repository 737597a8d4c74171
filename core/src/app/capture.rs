//! Photos: from the camera's file into the sealed store, and from there into an entry.
//!
//! ```text
//! begin_capture → a nonce with an age limit
//! adopt_photo   → the file is opened once, streamed into the sealed store while it is hashed; the nonce is used
//! punch         → digest, nonce and size are bound in the entry
//! ```
//!
//! Everything after adoption works on the sealed copy: what happens to the camera's file later does not matter. A crash while
//! streaming leaves nothing; one between file and row leaves a sealed file that nothing names and that the same picture takes up
//! again; after adoption the draft stays without a limit; a draft that no punch binds can be dropped.
//!
//! Photos need consent: without it none is taken in or bound. A draft from before a withdrawal stays until it is dropped, and what
//! was bound while consent was given is sent.

use super::db::readable;
use super::engine::{Engine, lock};
use super::writer::Session;
use super::{CaptureError, DakaError, PhotoError, consent, drafts};
use crate::domain::crypto::Crypto;
use crate::domain::error::FormatError;
use crate::domain::ids::{CaptureNonce, Hash32, PunchId};
use crate::domain::journal::{EvidenceFile, Mode, Purpose};
use crate::domain::photo::{CAPTURE_AGE_LIMIT_MS, JpegScan, MAX_PHOTO_BYTES, MAX_PHOTOS};
use crate::domain::short_code::ShortCode;
use crate::ports::{CaptureRow, ClockReading, PhotoRow, PhotoState, PhotoStoreError, PhotoWriter, StoreError, Tx};
use std::io::Read;

/// How much of a file is held in memory at a time.
const CHUNK: usize = 64 * 1024;

/// A photo in the sealed store, not yet bound to a punch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhotoDraft {
    /// SHA-256 of the file.
    pub digest: Hash32,
    /// Its size in bytes.
    pub size: u64,
    /// Width in pixels, as stored.
    pub width: u16,
    /// Height in pixels, as stored.
    pub height: u16,
}

impl Engine {
    /// Begins a capture: the nonce shows later that the photo was taken for this journal, after this moment.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn begin_capture(&self) -> Result<CaptureNonce, DakaError> {
        let device = self.device()?;
        self.write(move |tx| {
            // A session begins with its boot entry; a capture may be the first thing after a restart.
            let writer = super::writer::Writer::begin(&device, tx)?;
            let given = (writer.session.id, writer.readings.t.get());
            let nonce = CaptureNonce(device.entropy.bytes()?);
            tx.put_capture(&CaptureRow { nonce, given, used_by: None })?;
            Ok(nonce)
        })
    }

    /// Takes a camera's file into the sealed store. `nonce` is the capture's, or none for a picture from the gallery, which is a
    /// weaker claim.
    ///
    /// # Errors
    /// [`DakaError`]: no consent to photos; the file is empty, no JPEG, cut off or larger than the limit; the nonce is unknown, used
    /// or too old; no room. Nothing is left behind.
    pub fn adopt_photo(&self, file: &mut dyn Read, nonce: Option<CaptureNonce>) -> Result<PhotoDraft, DakaError> {
        self.adopt(file, nonce, false)
    }

    /// The same; with `for_draft` the draft of a field check-in names it from the same transaction on.
    pub(super) fn adopt(
        &self,
        file: &mut dyn Read,
        nonce: Option<CaptureNonce>,
        for_draft: bool,
    ) -> Result<PhotoDraft, DakaError> {
        self.enrolled()?;
        let begun = self.ports.clock.read();
        // Also without a nonce: a store that is closed is told before a file is kept that no row could name.
        self.read(move |tx| {
            consent::needed(tx, Purpose::Photo)?;
            nonce.map_or(Ok(()), |nonce| check_nonce(tx, nonce, &begun).map(|_| ()))
        })?;
        let (writer, stored) = self.stream_in(file)?;
        let draft = stored.draft;
        // Held until the row says what the file is: what one call cleans up must not be what another has just kept.
        let _one = lock(&self.adopting);
        writer.keep(draft.digest).map_err(PhotoError::from)?;
        let evidence = EvidenceFile {
            camera: draft.digest,
            content: stored.content,
            size: draft.size,
            mime: "image/jpeg".to_owned(),
            mode: if nonce.is_some() { Mode::Original } else { Mode::Imported },
            nonce,
            captured_in_app: nonce.is_some(),
            short_code: String::new(),
            mark_box: None,
            dhash: None,
        };
        let clock = self.ports.clock.read();
        let row = self.write(move |tx| {
            consent::needed(tx, Purpose::Photo)?;
            if let Some(nonce) = nonce {
                // Judged again, at the moment when the bytes are in the store: another call may have used it meanwhile.
                let row = check_nonce(tx, nonce, &clock)?;
                tx.put_capture(&CaptureRow { used_by: Some(draft.digest), ..row })?;
            }
            // The same picture may be adopted again. One that an entry binds stays as it is, and so does a draft whose claim is
            // the stronger one.
            let known = readable(tx.photo(draft.digest))?.flatten().filter(|p| !is_dropped(p));
            if known.is_none_or(|p| p.state == PhotoState::Draft && nonce.is_some()) {
                let evidence = EvidenceFile::encode_all(&[evidence]);
                let row = PhotoRow {
                    digest: draft.digest,
                    punch: None,
                    state: PhotoState::Draft,
                    evidence,
                    upload_url: None,
                };
                tx.put_photo(&row)?;
            }
            if for_draft { drafts::put_in(tx, draft.digest) } else { Ok(()) }
        });
        if let Err(e) = row {
            self.forget_unnamed(draft.digest);
            return Err(e);
        }
        Ok(draft)
    }

    /// Removes a file that no row names. If that fails too, it stays until the same picture comes again.
    fn forget_unnamed(&self, digest: Hash32) {
        let named = self.read(move |tx| Ok(tx.photo(digest)?.is_some_and(|p| !is_dropped(&p))));
        if matches!(named, Ok(false)) && self.ports.photos.remove(digest).is_err() {
            tracing::warn!("a photo that no entry names could not be removed");
        }
    }

    /// Streams the file in, hashing the whole and the content. Nothing is kept yet.
    fn stream_in(&self, file: &mut dyn Read) -> Result<(Box<dyn PhotoWriter>, Stored), DakaError> {
        let mut writer = self.ports.photos.begin().map_err(PhotoError::from)?;
        let (mut whole, mut content) = (self.crypto().hasher(), self.crypto().hasher());
        let mut scan = JpegScan::new();
        let mut buffer = vec![0; CHUNK];
        let mut size = 0_u64;
        loop {
            let n = match file.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == std::io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(PhotoError::Unreadable(e.kind().to_string()).into()),
            };
            let bytes = buffer.get(..n).unwrap_or_default();
            size += n as u64;
            if size > MAX_PHOTO_BYTES {
                return Err(PhotoError::TooLarge { limit: MAX_PHOTO_BYTES }.into());
            }
            scan.feed(bytes, &mut |part| content.update(part)).map_err(photo_error)?;
            whole.update(bytes);
            writer.write(bytes).map_err(PhotoError::from)?;
        }
        let info = scan.finish().map_err(photo_error)?;
        let draft = PhotoDraft { digest: whole.finish(), size, width: info.width, height: info.height };
        Ok((writer, Stored { draft, content: content.finish() }))
    }

    /// Drops a photo that no punch binds.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses. A photo that an entry binds stays.
    pub fn drop_photo(&self, digest: Hash32) -> Result<(), DakaError> {
        let _one = lock(&self.adopting);
        // The row first: a file that nothing names does no harm, a punch that names a missing file would.
        let dropped = self.write(move |tx| match tx.photo(digest)? {
            Some(row) if row.state == PhotoState::Draft => {
                drafts::take_out(tx, digest)?;
                tx.put_photo(&PhotoRow { evidence: Vec::new(), ..row })?;
                Ok(true)
            }
            _ => Ok(false),
        })?;
        if dropped {
            self.ports.photos.remove(digest).map_err(PhotoError::from)?;
        }
        Ok(())
    }
}

/// A draft that was dropped says nothing of its file any more.
pub(super) fn is_dropped(row: &PhotoRow) -> bool {
    row.state == PhotoState::Draft && row.evidence.is_empty()
}

struct Stored {
    draft: PhotoDraft,
    content: Hash32,
}

fn photo_error(e: crate::domain::photo::JpegError) -> DakaError {
    use crate::domain::photo::JpegError as J;
    DakaError::Photo(match e {
        J::Empty => PhotoError::Empty,
        J::NotJpeg => PhotoError::NotJpeg,
        J::Truncated => PhotoError::Truncated,
        J::TooLarge { limit } => PhotoError::TooLarge { limit },
    })
}

/// A nonce that may be used now.
fn check_nonce(tx: &dyn Tx, nonce: CaptureNonce, now: &ClockReading) -> Result<CaptureRow, DakaError> {
    let row = tx.capture(nonce)?.ok_or(CaptureError::Unknown)?;
    if row.used_by.is_some() {
        return Err(CaptureError::Used.into());
    }
    // A new session makes an unused nonce too old: nobody can say how long the phone was off.
    let same = Session::load(tx)?.filter(|s| s.id == row.given.0);
    let age = same.and_then(|s| s.reading(now)).and_then(|t| t.get().checked_sub(row.given.1));
    if age.is_some_and(|age| age <= CAPTURE_AGE_LIMIT_MS) {
        Ok(row)
    } else {
        Err(CaptureError::TooOld { limit_s: CAPTURE_AGE_LIMIT_MS / 1000 }.into())
    }
}

/// The evidence group of photos for a punch, with their short codes.
pub(super) fn evidence_of(
    crypto: &dyn Crypto,
    tx: &dyn Tx,
    punch: PunchId,
    photos: &[Hash32],
) -> Result<Vec<u8>, DakaError> {
    if photos.len() > MAX_PHOTOS {
        return Err(PhotoError::TooMany { limit: MAX_PHOTOS }.into());
    }
    let mut files = Vec::new();
    for digest in photos {
        let row = readable(tx.photo(*digest))?.ok_or(PhotoError::Store(PhotoStoreError::Damaged))?;
        let row = row.filter(|row| !is_dropped(row)).ok_or(PhotoError::Store(PhotoStoreError::Missing))?;
        let mut own: Vec<EvidenceFile> = EvidenceFile::decode_all(&row.evidence)?;
        let mut file = own.pop().ok_or_else(|| FormatError::missing("evidence"))?;
        file.short_code = ShortCode::of(crypto, punch, file.nonce, file.camera).text();
        files.push(file);
    }
    Ok(EvidenceFile::encode_all(&files))
}

/// Marks photos as bound to a punch and waiting to be sent.
pub(super) fn bind_photos(tx: &mut dyn Tx, punch: PunchId, photos: &[Hash32]) -> Result<(), DakaError> {
    for digest in photos {
        let row = tx.photo(*digest)?.ok_or(StoreError::Damaged { seq: None })?;
        // A picture that already went with an earlier punch has been sent, or will be; reuse is for the server's signals.
        if row.state == PhotoState::Draft {
            tx.put_photo(&PhotoRow { punch: Some(punch), state: PhotoState::Waiting, ..row })?;
        }
    }
    Ok(())
}
