//! What phones ask of the server. Nothing in a path or body is believed about who asks: the access token says it.

pub mod enrol;
pub mod entries;
pub mod ingest;
pub mod judge;
pub mod login;
pub mod photos;
pub mod receipts;
pub mod sessions;
pub mod time;

use daka_core::domain::ids::{JournalId, TenantId};

/// Who asks, as the access token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The tenant.
    pub tenant: TenantId,
    /// The bucket of J.
    pub bucket: i64,
    /// J.
    pub journal: JournalId,
}
