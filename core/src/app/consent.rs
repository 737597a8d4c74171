//! Consent by purpose: an entry of the journal, so that what was agreed to, and when, can be shown like a punch.

use super::DakaError;
use super::db::readable;
use super::engine::Engine;
use super::writer::Writer;
use crate::domain::journal::{Body, Consent, Draft, Kind, Payload, Purpose};
use crate::ports::{Event, Tx};

/// The consent in force and the seq of its entry; nothing is agreed to before the first.
pub(super) fn current(tx: &dyn Tx) -> Result<(u64, Consent), DakaError> {
    // One that cannot be read is one that nobody can show: nothing is agreed to until the person is asked again.
    for row in readable(tx.latest(Kind::Consent, 1))?.unwrap_or_default() {
        let payload = Payload::decode(&row.entry.payload)?;
        if let Body::Consent(consent) = payload.body {
            return Ok((payload.seq, consent));
        }
    }
    Ok((0, Consent::default()))
}

/// # Errors
/// [`DakaError::NoConsent`] unless the consent in force covers `purpose`.
pub(super) fn needed(tx: &dyn Tx, purpose: Purpose) -> Result<(), DakaError> {
    if current(tx)?.1.covers(purpose) { Ok(()) } else { Err(DakaError::NoConsent { purpose }) }
}

impl Engine {
    /// Records consent as it stands from now on, purpose by purpose.
    ///
    /// # Errors
    /// [`DakaError`] if not enrolled or the store refuses.
    pub fn set_consent(&self, consent: Consent) -> Result<(), DakaError> {
        let device = self.device()?;
        self.write(move |tx| {
            if current(tx)?.1 == consent {
                return Ok(());
            }
            Writer::begin(&device, tx)?.append(Draft::of(Body::Consent(consent))).map(|_| ())
        })?;
        self.tell(Event::QueueChanged);
        Ok(())
    }

    /// The consent in force.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn consent(&self) -> Result<Consent, DakaError> {
        self.read(|tx| Ok(current(tx)?.1))
    }
}
