//! The field check-in that a person is filling in: kept, sealed, until it is punched or dropped.
//!
//! ```text
//! save_draft, adopt_draft_photo → the draft is on the disk, its photos are sealed
//! punch with a field type       → punch and end of the draft in one transaction
//! drop_draft                    → draft and photos are gone
//! ```
//!
//! There is one draft. A kill at any point leaves it as the last call left it, or ended if the punch was committed: never a punch and its
//! draft both. A photo is adopted and named by the draft in one transaction, so none is left that neither knows.
//!
//! Photos that a draft no longer names (taken out by `save_draft`, not bound by the punch, or dropped) lose their row in the same
//! transaction and their file after it. A kill between the two leaves a sealed file that nothing names and that the same picture
//! takes up again. A picture that an entry binds is never touched.

use super::capture::is_dropped;
use super::db::readable;
use super::engine::{Engine, lock};
use super::punch::{MAX_NOTE, MAX_VISIT};
use super::rulebook::InForce;
use super::{DakaError, PhotoDraft, PhotoError, consent};
use crate::domain::cbor::Value;
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{CaptureNonce, Hash32, bounded};
use crate::domain::journal::{FieldType, Purpose};
use crate::domain::photo::MAX_PHOTOS;
use crate::ports::{PhotoRow, PhotoState, PhotoStoreError, Tx};
use std::collections::BTreeSet;
use std::io::Read;

const DRAFT: &str = "field_draft";

/// A field check-in that was begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldDraft {
    /// The type, once it is chosen.
    pub field: Option<FieldType>,
    /// The visit reference, at most 200 bytes.
    pub visit: Option<String>,
    /// The note, at most 4000 bytes.
    pub note: Option<String>,
    /// Its photos in the sealed store, in order, at most nine.
    pub photos: Vec<Hash32>,
}

/// What the employer's policy says of a field check-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldPolicy {
    /// Photos may be taken with the app's camera.
    pub camera: bool,
    /// Photos may be chosen from the gallery.
    pub gallery: bool,
    /// A photo is asked for. A check-in without one is kept all the same.
    pub photo_required: bool,
    /// Most photos.
    pub max_photos: usize,
    /// The person agreed to photos; without that none is taken in.
    pub photo_consent: bool,
}

impl FieldDraft {
    /// An empty text is none; each photo counts once.
    fn tidy(mut self) -> Result<Self, DakaError> {
        for (field, text, max) in [("note", &mut self.note, MAX_NOTE), ("visit", &mut self.visit, MAX_VISIT)] {
            if text.as_ref().is_some_and(String::is_empty) {
                *text = None;
            }
            if let Some(text) = text {
                bounded(field, text, max)?;
            }
        }
        let mut seen = BTreeSet::new();
        self.photos.retain(|digest| seen.insert(*digest));
        if self.photos.len() > MAX_PHOTOS {
            return Err(PhotoError::TooMany { limit: MAX_PHOTOS }.into());
        }
        Ok(self)
    }

    fn encode(&self) -> Vec<u8> {
        let text = |t: &Option<String>| t.as_ref().map_or(Value::Null, Value::text);
        Value::Array(vec![
            self.field.map_or(Value::Null, |f| Value::Uint(f.wire())),
            text(&self.visit),
            text(&self.note),
            Value::Array(self.photos.iter().map(Value::bytes).collect()),
        ])
        .encode()
    }

    fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::new("draft", Value::decode("draft", bytes)?)?;
        let field = match list.take("field")? {
            Value::Null => None,
            v => Some(FieldType::from_wire(v.uint("field")?)),
        };
        let mut text = |field| match list.take(field)? {
            Value::Null => Ok(None),
            v => v.string(field).map(Some),
        };
        let (visit, note) = (text("visit")?, text("note")?);
        let photos = list.take("photos")?.items("photos")?;
        list.end()?;
        let photos = photos.into_iter().map(|v| v.hash("photo")).collect::<Result<_, _>>()?;
        Ok(Self { field, visit, note, photos })
    }

    /// The draft, if there is one. One that cannot be read is one that cannot be gone on with.
    fn load(tx: &dyn Tx) -> Result<Option<Self>, DakaError> {
        let bytes = readable(tx.value(DRAFT))?.flatten().filter(|bytes| !bytes.is_empty());
        Ok(bytes.and_then(|bytes| Self::decode(&bytes).ok()))
    }

    fn save(&self, tx: &mut dyn Tx) -> Result<(), DakaError> {
        Ok(tx.put_value(DRAFT, &self.encode())?)
    }
}

/// Ends the draft inside the transaction of the punch that it became; gives the photos that lost their row.
pub(super) fn end(tx: &mut dyn Tx, bound: &[Hash32]) -> Result<Vec<Hash32>, DakaError> {
    let Some(draft) = FieldDraft::load(tx)? else { return Ok(Vec::new()) };
    tx.put_value(DRAFT, &[])?;
    let left = draft.photos.into_iter().filter(|digest| !bound.contains(digest));
    let mut dropped = Vec::new();
    for digest in left {
        dropped.extend(drop_row(tx, digest)?);
    }
    Ok(dropped)
}

/// Takes a photo that no entry binds out of the draft, so that it is not named any more.
pub(super) fn take_out(tx: &mut dyn Tx, digest: Hash32) -> Result<(), DakaError> {
    match FieldDraft::load(tx)? {
        Some(mut draft) if draft.photos.contains(&digest) => {
            draft.photos.retain(|photo| *photo != digest);
            draft.save(tx)
        }
        _ => Ok(()),
    }
}

/// Puts an adopted photo into the draft.
pub(super) fn put_in(tx: &mut dyn Tx, digest: Hash32) -> Result<(), DakaError> {
    let mut draft = FieldDraft::load(tx)?.unwrap_or_default();
    draft.photos.push(digest);
    draft.tidy()?.save(tx)
}

/// Empties the row of a photo that no entry binds.
pub(super) fn drop_row(tx: &mut dyn Tx, digest: Hash32) -> Result<Option<Hash32>, DakaError> {
    match readable(tx.photo(digest))?.flatten() {
        Some(row) if row.state == PhotoState::Draft && !is_dropped(&row) => {
            tx.put_photo(&PhotoRow { evidence: Vec::new(), ..row })?;
            Ok(Some(digest))
        }
        _ => Ok(None),
    }
}

impl Engine {
    /// The field check-in that was begun, if there is one. Photos that are not in the sealed store any more are left out.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn draft(&self) -> Result<Option<FieldDraft>, DakaError> {
        self.enrolled()?;
        self.read(|tx| {
            let Some(mut draft) = FieldDraft::load(tx)? else { return Ok(None) };
            let mut held = Vec::new();
            for digest in &draft.photos {
                held.extend(readable(tx.photo(*digest))?.flatten().filter(|p| !is_dropped(p)).map(|p| p.digest));
            }
            draft.photos = held;
            Ok(Some(draft))
        })
    }

    /// Keeps the draft as it stands now. Photos that it named before and does not name now are dropped.
    ///
    /// # Errors
    /// [`DakaError`]: a text that is too long, a photo that is not there, more than nine of them, or the store. The draft is as it was
    /// then.
    pub fn save_draft(&self, draft: FieldDraft) -> Result<(), DakaError> {
        self.enrolled()?;
        let draft = draft.tidy()?;
        let dropped = self.write(move |tx| {
            for digest in &draft.photos {
                let row = readable(tx.photo(*digest))?.flatten().filter(|row| !is_dropped(row));
                row.ok_or(PhotoError::Store(PhotoStoreError::Missing))?;
            }
            let before = FieldDraft::load(tx)?.unwrap_or_default();
            draft.save(tx)?;
            let mut dropped = Vec::new();
            for digest in before.photos.into_iter().filter(|digest| !draft.photos.contains(digest)) {
                dropped.extend(drop_row(tx, digest)?);
            }
            Ok(dropped)
        })?;
        self.forget_files(&dropped)
    }

    /// Drops the draft with its photos.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn drop_draft(&self) -> Result<(), DakaError> {
        self.enrolled()?;
        let dropped = self.write(|tx| end(tx, &[]))?;
        self.forget_files(&dropped)
    }

    /// As [`Engine::adopt_photo`], and the draft names it from the same transaction on.
    ///
    /// # Errors
    /// As there, and [`PhotoError::TooMany`] for a tenth photo. Nothing is left behind.
    pub fn adopt_draft_photo(&self, file: &mut dyn Read, nonce: Option<CaptureNonce>) -> Result<PhotoDraft, DakaError> {
        self.adopt(file, nonce, true)
    }

    /// What the policy in force says of a field check-in; the defaults while there is none.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn field_policy(&self) -> Result<FieldPolicy, DakaError> {
        self.enrolled()?;
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        self.read(move |tx| {
            let policy = InForce::load(&*crypto, tx)?.policy;
            Ok(FieldPolicy {
                camera: true,
                gallery: policy.gallery_allowed,
                photo_required: policy.field_photo_required,
                max_photos: MAX_PHOTOS,
                photo_consent: consent::current(tx)?.1.covers(Purpose::Photo),
            })
        })
    }

    /// Removes the files of photos that lost their row, unless the same picture was adopted again meanwhile.
    pub(super) fn forget_files(&self, dropped: &[Hash32]) -> Result<(), DakaError> {
        if dropped.is_empty() {
            return Ok(());
        }
        let _one = lock(&self.adopting);
        for digest in dropped.iter().copied() {
            let gone =
                self.read(move |tx| Ok(readable(tx.photo(digest))?.flatten().is_none_or(|row| is_dropped(&row))))?;
            if gone {
                self.ports.photos.remove(digest).map_err(PhotoError::from)?;
            }
        }
        Ok(())
    }
}
