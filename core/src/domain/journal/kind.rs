//! What an entry records.

use crate::domain::open_enum::open_enum;

open_enum! {
    /// The kind of an entry. Unknown kinds are chained, receipted and kept like any other.
    pub enum Kind {
        /// A tap, or what stands for one.
        Punch = 1 => "punch",
        /// A server time token and when it arrived.
        Anchor = 2 => "anchor",
        /// Fixes, radio or photos that came after their punch.
        EvidenceAdded = 3 => "evidence_added",
        /// A note written after its punch.
        NoteAdded = 4 => "note_added",
        /// Consent given or withdrawn, by purpose.
        Consent = 5 => "consent",
        /// A new run of the sleep-counting clock.
        Boot = 6 => "boot",
        /// The wall clock moved by itself or by hand.
        ClockJump = 7 => "clock_jump",
        /// Another rule set is in force on this phone.
        RulesLoaded = 8 => "rules_loaded",
        /// The app was paused, upgraded, reinstalled, or changed its key.
        AppState = 9 => "app_state",
        /// A new epoch of the journal.
        EpochStarted = 10 => "epoch_started",
        /// A claim for a punch that was not made in time.
        MakeUpClaim = 11 => "make_up_claim",
        /// An objection to a result.
        Appeal = 12 => "appeal",
        /// A no-network pass was used.
        PassUsed = 13 => "pass_used",
    }
}
