//! The sync server of Daka: enrolment, ingest, log, receipts, results.
//!
//! One process, one data folder, one SQLite database. What happened (the *flow*: entries as the phone signed them) is stored apart
//! from what it counts as (the *result*: worked out from the flow and the published rules, at any time again).
//!
//! | module | idea |
//! |---|---|
//! | `clock`, `random`, `home` | the machine: clocks, randomness, the data folder |
//! | `store` | the database: opening, migrations, the writing thread with group commit, reading |
//! | `tlog` | the append-only log: leaves, proofs, checkpoints |
//! | `tenants` | what an employer decides: keys, people, sites, policy, codes, devices |
//! | `phone` | what a phone asks: enrolment, login, time, segments, receipts, photos |
//! | `results` | what punches count as |
//! | `http` | the wire of docs/wire.md |
//! | `backup`, `restore`, `outside` | coming back from a backup without rewriting history |
//! | `cli` | the administrator's commands |
//!
//! Every table and every query carries the tenant; a caller is what its access token says and nothing else.

pub mod backup;
pub mod cli;
pub mod clock;
pub mod error;
pub mod home;
pub mod http;
pub mod outside;
pub mod phone;
pub mod random;
pub mod restore;
pub mod results;
pub mod store;
pub mod tenants;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tlog;
