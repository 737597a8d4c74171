//! The punch-clock core of Daka.
//!
//! Layers, each of which may only use those before it:
//!
//! - [`domain`]: pure data and rules. No I/O, no clock, no randomness.
//! - [`ports`]: what the engine needs from the outside world, as traits.
//! - [`app`]: the use cases, written against the ports.
//! - [`adapters`]: the outside world, one cargo feature each.
//! - `testkit` (a feature, and every test): the outside world that a test plays.
//!
//! Phone, server and stand-alone verifier share `domain`; the server and the verifier take it with the `crypto` feature alone.

pub mod adapters;
pub mod app;
pub mod domain;
pub mod ports;
#[cfg(any(feature = "testkit", all(test, feature = "crypto")))]
pub mod testkit;
