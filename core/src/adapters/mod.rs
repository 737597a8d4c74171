//! The outside world, one cargo feature each.

#[cfg(feature = "crypto")]
pub mod crypto;
#[cfg(any(feature = "system", feature = "sqlite", feature = "photo"))]
mod durable;
#[cfg(all(feature = "system", feature = "sqlite", feature = "http", feature = "photo"))]
pub mod folder;
#[cfg(feature = "http")]
pub mod http;
#[cfg(feature = "photo")]
pub mod marking;
#[cfg(all(feature = "system", feature = "sqlite", feature = "http", feature = "photo"))]
pub mod phone;
#[cfg(feature = "photo")]
pub mod photos;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(feature = "system")]
pub mod system;
#[cfg(feature = "system")]
pub mod vault;
