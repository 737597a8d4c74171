//! Events for whoever draws a screen.

use crate::domain::ids::PunchId;

/// Something changed. Events say what to look at again; they carry no state of their own, so a lost one does no harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A punch was committed.
    Punched(PunchId),
    /// A punch has more evidence, or another verdict.
    EvidenceChanged(PunchId),
    /// A head was signed, or could not be.
    SignatureChanged,
    /// Receipts arrived.
    Received {
        /// Up to this seq everything was received.
        up_to: u64,
    },
    /// The queue's state or next attempt changed.
    QueueChanged,
    /// Another rule set is in force.
    RulesChanged,
    /// A new epoch of the journal began.
    EpochStarted,
    /// The background check found damage at these seqs.
    DamageFound(Vec<u64>),
    /// Enrolment, or the device's standing at the server, changed.
    EnrolmentChanged,
}

/// Hears events. Implementations return at once and hold no reference back to the engine.
pub trait Observer: Send + Sync {
    /// Something changed.
    fn on_event(&self, event: Event);
}
