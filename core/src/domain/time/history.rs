//! One journal's readings in the order of their commits: all that intervals are worked out from.
//!
//! A [`History`] can only be built in a way that can have happened: sequence numbers rise, a session's readings never fall, a
//! session does not come back after a later one, nobody taps after the commit, and an anchor belongs to its entry's session and
//! had arrived by then. The rest of what makes an anchor count (its signature, journal, epoch, head and single use) is checked by
//! whoever adds it, with the chain at hand; one that does not count is added as [`Fact::Reading`].

use std::collections::HashSet;

use super::anchor::not_after;
use super::{Anchor, SessionId, SessionMs, TimeError, WallMs};

/// A committed entry, as far as time is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its sequence number in the journal, from 1.
    pub seq: u64,
    /// The run of the sleep-counting clock in which it was committed.
    pub session: SessionId,
    /// The reading inside the transaction that committed it.
    pub t: SessionMs,
    /// The wall clock at the same moment: kept, shown, never believed.
    pub wall: WallMs,
    /// What it adds to its readings.
    pub fact: Fact,
}

impl Entry {
    /// The anchor it holds, if any.
    #[must_use]
    pub const fn anchor(&self) -> Option<&Anchor> {
        match &self.fact {
            Fact::Anchor { anchor, .. } => Some(anchor),
            Fact::Punch { .. } | Fact::Reading => None,
        }
    }
}

/// What an entry adds to its readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// A punch, whose time is the tap's.
    Punch {
        /// The reading at the tap, in the entry's session, not after its commit.
        tap: SessionMs,
        /// The wall clock at the tap.
        tap_wall: WallMs,
    },
    /// A server time token that counts.
    Anchor {
        /// The token's time and the readings around it.
        anchor: Anchor,
        /// The last entry on the chain that the token signs; 0 if it signs none.
        head_seq: u64,
    },
    /// Any other entry.
    Reading,
}

/// A journal's readings in the order of their commits, with the server's receipts between them.
#[derive(Clone, Debug, Default)]
pub struct History {
    entries: Vec<Entry>,
    ended: HashSet<SessionId>,
    receipts: Vec<Receipt>,
}

/// The server had the first `entries` entries not later than `by`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receipt {
    pub(super) entries: usize,
    pub(super) by: WallMs,
}

impl History {
    /// Nothing has happened yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds the next entry.
    ///
    /// # Errors
    /// [`TimeError`] naming the field if it cannot follow what is there; nothing is added then.
    pub fn commit(&mut self, entry: Entry) -> Result<(), TimeError> {
        if let Some(last) = self.entries.last() {
            TimeError::at_least("seq", entry.seq, last.seq.saturating_add(1))?;
            if entry.session == last.session {
                TimeError::at_least("t_session_ms", entry.t.get(), last.t.get())?;
            } else if self.ended.contains(&entry.session) {
                return Err(TimeError::SessionReturned { seq: entry.seq });
            }
        }
        match entry.fact {
            Fact::Punch { tap, .. } => {
                TimeError::at_most("tap_ms", tap.get(), entry.t.get())?;
            }
            Fact::Anchor { anchor, head_seq } => {
                if anchor.session() != entry.session {
                    return Err(TimeError::OtherSession { seq: entry.seq });
                }
                TimeError::at_most("b1", anchor.b1().get(), entry.t.get())?;
                TimeError::at_most("head_seq", head_seq, entry.seq.saturating_sub(1))?;
            }
            Fact::Reading => {}
        }
        if let Some(last) = self.entries.last().filter(|last| last.session != entry.session) {
            self.ended.insert(last.session);
        }
        self.entries.push(entry);
        Ok(())
    }

    /// Adds that the server received everything committed so far when its clock, true within `eps_ms`, showed `server`.
    pub fn received(&mut self, server: WallMs, eps_ms: u32) {
        self.receipts.push(Receipt { entries: self.entries.len(), by: not_after(server, eps_ms) });
    }

    /// The entries in the order of their commits.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn receipts(&self) -> &[Receipt] {
        &self.receipts
    }

    /// How many entries a head at `seq` speaks for.
    pub(super) fn up_to(&self, seq: u64) -> usize {
        self.entries.partition_point(|entry| entry.seq <= seq)
    }
}
