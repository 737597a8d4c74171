//! What the end-to-end tests and the benchmarks share: a phone on real adapters beside a server in the same process.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

pub mod figure;
pub mod stage;
