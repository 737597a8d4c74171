//! The outside world, one cargo feature each.

#[cfg(feature = "crypto")]
pub mod crypto;
#[cfg(feature = "system")]
mod durable;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "system")]
pub mod system;
#[cfg(feature = "system")]
pub mod vault;
