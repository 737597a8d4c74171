//! Pure data and rules: everything that phone, server and verifier must agree on bit by bit.

pub mod place;
pub mod time;
