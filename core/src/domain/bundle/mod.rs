//! The proof bundle: one file that lets a stranger check punches without Daka.
//!
//! ```text
//! bundle = ["daka-bundle", v, [[kind, bytes]…], [[kind, length, SHA-256(cbor ["daka-part", kind, bytes])]…]]
//! ```
//!
//! It holds the tenant root's key, the key set, enrolment statements and certificates, stretches of journals, receipts, checkpoints,
//! publications, photos and the name. The index is signed by nobody: it names the part that a careless change broke. A change that
//! repairs the index as well meets a signature, a digest in the chain, or the log. Every part has to be bound by such a check: one
//! that nothing binds is itself a failure, so no byte is outside.
//!
//! [`verify`] never believes a damaged part, so a changed bundle claims less than the whole one, never more.

mod container;
mod evidence;
mod files;
mod journal;
mod meter;
mod place;
mod report;
mod trust;
mod verify;

pub use container::{Bundle, BundleError, JournalPart, Part, PartKind, Shown};
pub use report::{Claim, Fail, PlaceReport, PunchReport, Report, TimeReport, Trust};
pub use verify::{verify, verify_showing};
