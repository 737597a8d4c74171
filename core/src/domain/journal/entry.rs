//! An entry: a payload with the secret behind its salts and the bytes of its groups.

use super::body::Body;
use super::groups::{GroupId, Groups, Salt, Seed, group_digest};
use super::payload::{Payload, Readings};
use crate::domain::crypto::Crypto;
use crate::domain::few;
use crate::domain::ids::Hash32;
use std::collections::BTreeMap;

/// What an entry is made of before the clocks are read and its place in the chain is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What happened.
    pub body: Body,
    /// Its redactable groups.
    pub groups: Groups,
}

impl Draft {
    /// An entry without groups.
    pub fn of(body: Body) -> Self {
        Self { body, groups: Groups::new() }
    }
}

/// Where an entry's salts come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Secret {
    /// The seed, while nothing was erased.
    Seed(Seed),
    /// The salts that remain after a group was erased.
    Salts(BTreeMap<GroupId, Salt>),
}

/// An entry as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The payload's bytes.
    pub payload: Vec<u8>,
    /// Where the salts come from.
    pub secret: Secret,
    /// The groups that are still there.
    pub groups: Groups,
}

impl Entry {
    /// Makes the entry of a draft at `seq`.
    pub fn make(crypto: &dyn Crypto, seq: u64, readings: Readings, seed: Seed, draft: Draft) -> Self {
        let digest = |(group, bytes): (&GroupId, &Vec<u8>)| {
            (*group, group_digest(crypto, *group, &seed.salt(crypto, *group), bytes))
        };
        let payload = Payload {
            seq,
            readings,
            blind: seed.blind(crypto),
            body: draft.body,
            groups: few::map(draft.groups.iter().map(digest)),
            extra: Vec::new(),
        };
        Self { payload: payload.encode(), secret: Secret::Seed(seed), groups: draft.groups }
    }

    /// SHA-256 of the payload: what the chain takes in.
    pub fn payload_digest(&self, crypto: &dyn Crypto) -> Hash32 {
        crypto.sha256(&[&self.payload])
    }

    /// The salt of a group, if it is still known.
    pub fn salt(&self, crypto: &dyn Crypto, group: GroupId) -> Option<Salt> {
        match &self.secret {
            Secret::Seed(seed) => Some(seed.salt(crypto, group)),
            Secret::Salts(salts) => salts.get(&group).copied(),
        }
    }

    /// Erases a group: its bytes, its salt, and the seed both came from. The payload stays, so the chain does.
    pub fn erase(&mut self, crypto: &dyn Crypto, group: GroupId) {
        self.groups.remove(&group);
        let kept = few::map(self.groups.keys().filter_map(|g| Some((*g, self.salt(crypto, *g)?))));
        self.secret = Secret::Salts(kept);
    }

    /// Whether every group's bytes have the digest that `payload` holds, and no salt comes without its group, where nothing would
    /// bind it.
    pub fn groups_match(&self, crypto: &dyn Crypto, payload: &Payload) -> bool {
        let bound = match &self.secret {
            Secret::Seed(_) => true,
            Secret::Salts(salts) => salts.keys().all(|group| self.groups.contains_key(group)),
        };
        bound
            && self.groups.iter().all(|(group, bytes)| {
                let digest = self.salt(crypto, *group).map(|salt| group_digest(crypto, *group, &salt, bytes));
                digest.is_some() && digest.as_ref() == payload.groups.get(group)
            })
    }
}
