//! The outside world, one cargo feature each.

#[cfg(feature = "crypto")]
pub mod crypto;
#[cfg(feature = "http")]
pub mod http;
