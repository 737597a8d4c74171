//! The engine through its public calls, over storage in memory and a server in the same process.

#![cfg(feature = "testkit")]
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "all of this is a test, in files that share with each other alone"
)]

mod flawed;
mod phone;

mod capturing;
mod deciding;
mod drafting;
mod dropping;
mod enrolling;
mod evidence;
mod exporting;
mod killing;
mod leaving;
#[cfg(all(feature = "sqlite", feature = "system", feature = "http", feature = "photo"))]
mod on_sqlite;
mod opening;
mod pausing;
mod punching;
mod record;
mod reminding;
mod screen;
mod synchronising;
