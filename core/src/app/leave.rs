//! What a person sees before leaving an employer, and whose keys are known here.
//!
//! Leaving itself is the shell's order over this engine and the folder: a proof bundle of everything first, then the database closed, then
//! the folder emptied (`adapters::folder::leave`), so that a kill at any point leaves either everything or a folder that the
//! next opening empties. The server is not asked: what it has stays there.

use super::sync::TASK;
use super::{DakaError, Engine};
use crate::app::db::readable;
use crate::domain::cose::Sign1;
use crate::domain::ids::Kid;
use crate::domain::retry::Reason;
use crate::domain::time::WallMs;
use crate::domain::trust::Statement;

/// What leaves with the folder and is nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LeavePreview {
    /// Entries that the server does not have yet.
    pub waiting: u64,
    /// Entries that it put aside for a person.
    pub put_aside: u64,
    /// Entries that it would not take.
    pub refused: u64,
    /// Photos that it does not have yet.
    pub photos: u64,
    /// Entries whose signature is pending.
    pub unsigned: u64,
}

/// Where a key stands, as far as this phone knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyStanding {
    /// It signs for this person.
    Active,
    /// An administrator has to compare its fingerprint first.
    Pending,
    /// The server said that it was revoked.
    Revoked,
    /// Of an earlier phone or installation; whether it still counts is the server's to say.
    Earlier,
}

/// A device key in this person's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Its fingerprint.
    pub fingerprint: Kid,
    /// It is this phone's.
    pub this_device: bool,
    /// When the employer vouched for it.
    pub since: WallMs,
    /// Where it stands.
    pub standing: KeyStanding,
}

impl Engine {
    /// What leaving would take with it.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn leave_preview(&self) -> Result<LeavePreview, DakaError> {
        let q = self.queue()?;
        Ok(LeavePreview {
            waiting: q.waiting,
            put_aside: q.put_aside,
            refused: q.refused,
            photos: q.photos,
            unsigned: q.unsigned,
        })
    }

    /// The device keys in this person's name that this phone knows of: its own, and those of the statements that came with the
    /// enrolment; the newest first, each once. A statement that does not verify names no key.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn keys(&self) -> Result<Vec<KeyInfo>, DakaError> {
        let enrolled = self.enrolled()?;
        let due = self.read(|tx| Ok(readable(tx.due(TASK))?.flatten()))?;
        let revoked = due.is_some_and(|d| Reason::parse(&d.reason) == Some(Reason::Revoked));
        let standing = match (revoked, enrolled.active()) {
            (true, _) => KeyStanding::Revoked,
            (false, true) => KeyStanding::Active,
            (false, false) => KeyStanding::Pending,
        };
        let own = &enrolled.statement;
        let (fingerprint, since) = (own.identity.device, own.issued);
        let mut out = vec![KeyInfo { fingerprint, this_device: true, since, standing }];
        for bytes in enrolled.answer.earlier.iter().rev() {
            let message = Sign1::decode("statement", bytes).ok();
            let opened = message.and_then(|m| Statement::open(self.crypto(), &enrolled.keys, &m).ok());
            let Some(Statement { identity, issued, .. }) = opened else { continue };
            if out.iter().all(|k| k.fingerprint != identity.device) {
                let standing = KeyStanding::Earlier;
                out.push(KeyInfo { fingerprint: identity.device, this_device: false, since: issued, standing });
            }
        }
        Ok(out)
    }
}
