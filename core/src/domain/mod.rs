//! Pure data and rules: everything that phone, server and verifier must agree on bit by bit.
//!
//! No I/O, no clock, no randomness, no time-zone database. Cryptography comes in through [`crypto::Crypto`].

pub mod bundle;
pub mod calendar;
pub mod cbor;
pub mod chronicle;
pub mod complaint;
pub mod cose;
pub mod crypto;
pub mod ecdsa;
pub mod error;
pub(crate) mod few;
pub mod fields;
pub mod ids;
pub mod journal;
pub mod log;
mod open_enum;
pub mod photo;
pub mod place;
pub mod placing;
pub mod reminder;
pub mod retry;
pub mod rules;
pub mod sealed_head;
pub mod short_code;
pub mod time;
pub mod trust;
pub mod tus;
