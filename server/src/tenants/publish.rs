//! Publications: a document, its leaf, and its proof to whatever checkpoint is newest when it is asked for.

use crate::error::Result;
use crate::random::random;
use crate::store::{Batch, num, sql};
use crate::tlog::{self, Log, LogKind};
use daka_core::domain::cbor::Value;
use daka_core::domain::crypto::Crypto;
use daka_core::domain::ids::{Hash32, TenantId};
use daka_core::domain::log::{LeafKind, leaf_hash};
use daka_core::domain::rules::Published;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// A published document.
#[derive(Clone, Debug)]
pub struct Publication {
    /// SHA-256 of it.
    pub digest: Hash32,
    /// Its bytes.
    pub document: Vec<u8>,
    /// The serial of a key set or rule set.
    pub serial: u64,
    salt: Vec<u8>,
    index: u64,
}

/// Publishes a document in the tenant's log. `number` is what the leaf's body holds beside the digest.
///
/// # Errors
/// When it was published before, or the database fails.
pub fn publish(
    batch: &Batch<'_>,
    tenant: &TenantId,
    kind: LeafKind,
    serial: u64,
    number: i64,
    document: &[u8],
) -> Result<Hash32> {
    let crypto = &batch.env.crypto;
    let digest = crypto.sha256(&[document]);
    let salt: [u8; 32] = random()?;
    let leaf = leaf_hash(crypto, kind, &salt, &Value::Array(vec![Value::bytes(digest), Value::int(number)]))?;
    let mut log = tlog::current(batch.tx, tenant, LogKind::Journals)?;
    let index = tlog::append(batch, &mut log, kind, &leaf, None)?;
    batch.tx.execute(
        "INSERT INTO publication (tenant, kind, digest, serial, number, document, salt, log, idx)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![tenant.as_str(), sql(kind.wire()), digest.0, sql(serial), number, document, salt, log.id, sql(index)],
    )?;
    Ok(digest)
}

const COLUMNS: &str = "digest, document, serial, salt, idx";

fn read(row: &Row<'_>) -> rusqlite::Result<Publication> {
    Ok(Publication {
        digest: tlog::hash_at(row, 0)?,
        document: row.get(1)?,
        serial: num(row.get(2)?),
        salt: row.get(3)?,
        index: num(row.get(4)?),
    })
}

/// The newest publication of a kind, by serial.
///
/// # Errors
/// When the database fails.
pub fn newest(conn: &Connection, tenant: &TenantId, kind: LeafKind) -> Result<Option<Publication>> {
    let query =
        format!("SELECT {COLUMNS} FROM publication WHERE tenant = ?1 AND kind = ?2 ORDER BY serial DESC LIMIT 1");
    Ok(conn.prepare_cached(&query)?.query_row(params![tenant.as_str(), sql(kind.wire())], read).optional()?)
}

/// The publication of a digest.
///
/// # Errors
/// When the database fails.
pub fn by_digest(conn: &Connection, tenant: &TenantId, kind: LeafKind, digest: Hash32) -> Result<Option<Publication>> {
    let query = format!("SELECT {COLUMNS} FROM publication WHERE tenant = ?1 AND kind = ?2 AND digest = ?3");
    Ok(conn.prepare_cached(&query)?.query_row(params![tenant.as_str(), sql(kind.wire()), digest.0], read).optional()?)
}

impl Publication {
    /// The document with its proof to the tree of `size` leaves of `log`, the tenant's current one.
    ///
    /// # Errors
    /// When the database fails.
    pub fn proven(&self, conn: &Connection, crypto: &dyn Crypto, log: &Log, size: u64) -> Result<Published> {
        Ok(Published {
            document: self.document.clone(),
            salt: self.salt.clone(),
            origin: log.origin.clone(),
            index: self.index,
            size,
            proof: tlog::inclusion(conn, crypto, log, self.index, size)?,
        })
    }
}
