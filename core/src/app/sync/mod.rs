//! Synchronisation: what waits goes to the server, and what the server proves comes back.
//!
//! One round: log in if needed, load rules and keys if they are old, fetch a time token if the session wants one, deliver segments
//! in order, then photos. Each step is committed before the next begins, so a round may end anywhere: by a lost network, by a kill, by
//! the caller dropping it.
//!
//! - A row leaves the queue only by a verified receipt, never by a status code.
//! - A round that fails leaves on disk when the next is due ([`TASK`]); a success clears it. No new write is needed to try again.
//! - What a failure means is one table, `domain::retry`.
//! - A document that does not hold (a rule set, a token) ends the round for itself only: rows go first. It is in the report, and asked
//!   for again.

mod anchor;
mod batch;
mod client;
mod login;
mod photos;
mod published;
mod receipts;
mod round;
mod segments;
mod stop;

pub(super) use client::Client;
pub(super) use login::AccessToken;
pub use round::{SyncOptions, SyncReport};
pub(super) use stop::Stop;

/// The name under which the next attempt is kept.
pub(super) const TASK: &str = "sync";

/// The name under which the key set is kept with its place in the log.
pub(super) const KEY_SET: &str = "key_set";
