//! What follows a commit: the sealed head outside the database, and the device's signature.
//!
//! Both come after `punch()` has returned, because a phone's key store takes tens to hundreds of milliseconds or fails, and nothing
//! is lost without them: an entry is durable when it is committed. A crash between commit and seal leaves a database ahead of the
//! sealed head, which opening knows; one before the signature leaves "signature pending", which opening, the next punch and the next
//! sync make good.

use super::DakaError;
use super::engine::{Engine, lock};
use crate::domain::journal::Head;
use crate::domain::sealed_head::SealedHead;
use crate::ports::{EntryRow, Event, VaultItem};
use std::sync::Mutex;

/// What keeps seals in order.
#[derive(Default)]
pub(super) struct Sealing {
    /// One settling at a time: a later seal must not be overwritten by an earlier one.
    one: Mutex<()>,
    /// Held from reading the newest entry until its seal is written, and not while the key store signs.
    writing: Mutex<()>,
}

impl Sealing {
    /// Waits until no seal is being written. Once the store is closed, none begins after it.
    pub(super) fn wait(&self) {
        drop(lock(&self.writing));
    }
}

impl Engine {
    /// Seals and signs what was committed. Shells call it on a background thread after each punch; it does nothing when there is
    /// nothing to do.
    ///
    /// # Errors
    /// [`DakaError`] when the vault or the key store refuses: it is tried again at the next call.
    pub fn settle(&self) -> Result<(), DakaError> {
        let _one = lock(&self.sealing.one);
        let enrolled = self.enrolled()?;
        let writing = lock(&self.sealing.writing);
        let Some((tail, signed)) = self.read(|tx| {
            let Some(tail) = tx.tail()? else { return Ok(None) };
            let signed = tx.last_head(tail.point.epoch)?.map(|(seq, _)| seq);
            Ok(Some((tail, signed)))
        })?
        else {
            return Ok(());
        };
        let sealed = SealedHead { journal: enrolled.journal, point: tail.point }.encode();
        if self.ports.vault.get(VaultItem::SealedHead)?.as_deref() != Some(&sealed[..]) {
            self.ports.vault.put(VaultItem::SealedHead, &sealed)?;
        }
        drop(writing);
        if signed != Some(tail.point.seq) {
            self.sign(&tail)?;
        }
        Ok(())
    }

    /// Has the device sign the head at `row`, and keeps it.
    pub(super) fn sign(&self, row: &EntryRow) -> Result<Vec<u8>, DakaError> {
        let head = Head { journal: self.enrolled()?.journal, point: row.point };
        let signed = head.sign(self.crypto(), &*self.ports.key);
        if signed.is_err() {
            self.tell(Event::SignatureChanged);
        }
        let bytes = signed?.bytes().to_vec();
        let (point, kept) = (row.point, bytes.clone());
        self.write(move |tx| Ok(tx.put_head(point.epoch, point.seq, &kept)?))?;
        self.tell(Event::SignatureChanged);
        Ok(bytes)
    }
}
