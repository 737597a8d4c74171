//! From journal entries to times: which anchors count, and the history that intervals are worked out from.
//!
//! Phone, server and verifier feed the same entries in and get the same intervals out. An anchor counts only if a time key of the
//! tenant signed its token, J, epoch and session are its entry's, the head it signs lies on the chain before it, b₀ ≤ b₁ ≤ t, and
//! no earlier anchor used that token (record.md, "Time tokens"). One that does not count is an ordinary reading, and is named.

use super::cose::Sign1;
use super::crypto::Crypto;
use super::ids::{Hash32, JournalId};
use super::journal::{Body, Payload};
use super::time::{Anchor, Entry, Fact, History, Limits, PunchTime, TimeError, WallMs, evaluate};
use super::trust::{KeySet, TimeToken};
use std::collections::HashSet;

/// Why an anchor does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnchorRefused {
    /// No time key of the tenant signed it.
    Unsigned,
    /// It was given to another journal, epoch or session.
    NotOurs,
    /// The head it signs is not on this chain before it.
    OffChain,
    /// Its readings are not in order.
    Readings,
    /// An earlier anchor used the same token.
    UsedBefore,
}

/// A time token that counts, with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedAnchor {
    /// The anchor's seq.
    pub seq: u64,
    /// The token.
    pub token: TimeToken,
}

/// An anchor that counts, before its entry is added.
struct Judged {
    fact: Fact,
    token: TimeToken,
    digest: Hash32,
}

/// Builds a [`History`] entry by entry.
pub struct Chronicle<'a> {
    crypto: &'a dyn Crypto,
    keys: &'a KeySet,
    journal: JournalId,
    history: History,
    used: HashSet<Hash32>,
    accepted: Vec<AcceptedAnchor>,
    refused: Vec<(u64, AnchorRefused)>,
}

impl<'a> Chronicle<'a> {
    /// An empty one.
    pub fn new(crypto: &'a dyn Crypto, keys: &'a KeySet, journal: JournalId) -> Self {
        let (history, used) = (History::new(), HashSet::new());
        Self { crypto, keys, journal, history, used, accepted: Vec::new(), refused: Vec::new() }
    }

    /// Adds the next entry. `hash_at` gives the chain's digest after a seq of the entry's epoch.
    ///
    /// # Errors
    /// [`TimeError`] if the readings cannot follow those before; nothing is added then.
    pub fn entry(
        &mut self,
        epoch: u64,
        payload: &Payload,
        hash_at: &dyn Fn(u64) -> Option<Hash32>,
    ) -> Result<(), TimeError> {
        let mut judged = None;
        let fact = match &payload.body {
            Body::Punch(p) => Fact::Punch { tap: p.tap, tap_wall: p.tap_wall },
            Body::Anchor { token, b1 } => {
                let anchor = judged.insert(self.anchor(epoch, payload, token, *b1, hash_at));
                anchor.as_ref().map_or(Fact::Reading, |a| a.fact)
            }
            _ => Fact::Reading,
        };
        let r = payload.readings;
        self.history.commit(Entry { seq: payload.seq, session: r.session, t: r.t, wall: r.wall, fact })?;
        match judged {
            Some(Ok(anchor)) => {
                self.used.insert(anchor.digest);
                self.accepted.push(AcceptedAnchor { seq: payload.seq, token: anchor.token });
            }
            Some(Err(why)) => self.refused.push((payload.seq, why)),
            None => {}
        }
        Ok(())
    }

    /// Adds that the server had everything so far by `received`.
    pub fn received(&mut self, received: WallMs, eps_ms: u32) {
        self.history.received(received, eps_ms);
    }

    /// The times of all punches.
    pub fn times(&self, limits: &Limits) -> Vec<PunchTime> {
        evaluate(&self.history, limits)
    }

    /// The anchors that count, in the order of their commits.
    pub fn accepted(&self) -> &[AcceptedAnchor] {
        &self.accepted
    }

    /// The anchors that do not, by seq.
    pub fn refused(&self) -> &[(u64, AnchorRefused)] {
        &self.refused
    }

    fn anchor(
        &self,
        epoch: u64,
        payload: &Payload,
        token: &[u8],
        b1: super::time::SessionMs,
        hash_at: &dyn Fn(u64) -> Option<Hash32>,
    ) -> Result<Judged, AnchorRefused> {
        let message = Sign1::decode("time token", token).map_err(|_| AnchorRefused::Unsigned)?;
        let token = TimeToken::open(self.crypto, self.keys, &message).map_err(|_| AnchorRefused::Unsigned)?;
        let ask = token.request;
        if ask.journal != self.journal || ask.head.epoch != epoch || ask.session != payload.readings.session {
            return Err(AnchorRefused::NotOurs);
        }
        if ask.head.seq >= payload.seq || hash_at(ask.head.seq) != Some(ask.head.h) {
            return Err(AnchorRefused::OffChain);
        }
        let anchor =
            Anchor::new(ask.session, ask.b0, b1, token.server, token.eps_ms).map_err(|_| AnchorRefused::Readings)?;
        if b1 > payload.readings.t {
            return Err(AnchorRefused::Readings);
        }
        let digest = message.digest(self.crypto);
        if self.used.contains(&digest) {
            return Err(AnchorRefused::UsedBefore);
        }
        Ok(Judged { fact: Fact::Anchor { anchor, head_seq: ask.head.seq }, token, digest })
    }
}
