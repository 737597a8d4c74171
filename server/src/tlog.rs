//! The append-only log over SQLite: leaves, the hashes of complete subtrees, the newest checkpoint, proofs in O(log n).
//!
//! Appending leaf i writes its node, and for each subtree that i completes that subtree's hash: two rows on average. Proofs and
//! roots read at most two rows a level. Everything happens inside the caller's transaction, which reads the size anew, so that
//! several processes may append.

use crate::error::{Error, Result};
use crate::store::{Batch, num, sql};
use daka_core::domain::cbor::Value;
use daka_core::domain::crypto::{Crypto, Signature, Signer};
use daka_core::domain::ids::{Hash32, TenantId};
use daka_core::domain::log::{
    Checkpoint, LeafKind, Nodes, Origin, Proof, consistency_over, inclusion_over, leaf_node, subtree,
};
use rusqlite::{Connection, OptionalExtension as _, params};

/// A row's digest.
///
/// # Errors
/// A conversion error if the column holds anything but 32 bytes.
pub fn hash_at(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Hash32> {
    row.get(column).map(Hash32)
}

/// Which of a tenant's two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogKind {
    /// What happened: segments and publications.
    Journals,
    /// Who may sign: enrolments, certificates, revocations.
    Keys,
}

/// A tenant's current log.
#[derive(Clone, Debug)]
pub struct Log {
    /// Its row.
    pub id: i64,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its name.
    pub origin: Origin,
    /// How many leaves it has.
    pub size: u64,
}

/// The name of a tenant's current log.
///
/// # Errors
/// 404 for a tenant that is not there.
pub fn origin(conn: &Connection, tenant: &TenantId, kind: LogKind) -> Result<Origin> {
    let n: Option<i64> = conn
        .prepare_cached("SELECT log_n FROM tenant WHERE tenant = ?1")?
        .query_row([tenant.as_str()], |r| r.get(0))
        .optional()?;
    let n = num(n.ok_or_else(crate::error::Refusal::not_found)?);
    Ok(match kind {
        LogKind::Journals => Origin::journals(tenant, n),
        LogKind::Keys => Origin::keys(tenant, n),
    })
}

/// A tenant's current log.
///
/// # Errors
/// 404 if there is none.
pub fn current(conn: &Connection, tenant: &TenantId, kind: LogKind) -> Result<Log> {
    let origin = origin(conn, tenant, kind)?;
    let row: Option<(i64, i64)> = conn
        .prepare_cached("SELECT id, size FROM log WHERE tenant = ?1 AND origin = ?2")?
        .query_row([tenant.as_str(), origin.as_str()], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let (id, size) = row.ok_or_else(crate::error::Refusal::not_found)?;
    Ok(Log { id, tenant: tenant.clone(), origin, size: num(size) })
}

/// Opens a log that does not exist yet.
///
/// # Errors
/// When the origin was used before.
pub fn create(batch: &Batch<'_>, tenant: &TenantId, origin: Origin) -> Result<Log> {
    batch.tx.execute(
        "INSERT INTO log (tenant, origin, size, signed, root, key_hash, signature) VALUES (?1, ?2, 0, 0, ?3, ?3, ?3)",
        params![tenant.as_str(), origin.as_str(), &[0_u8; 0][..]],
    )?;
    let id = batch.tx.last_insert_rowid();
    batch.touch(tenant, id);
    Ok(Log { id, tenant: tenant.clone(), origin, size: 0 })
}

/// Appends a leaf and gives its index. `shown` are salt and body where the log publishes them.
///
/// # Errors
/// When the database fails.
pub fn append(
    batch: &Batch<'_>,
    log: &mut Log,
    kind: LeafKind,
    leaf: &Hash32,
    shown: Option<(&[u8], &Value)>,
) -> Result<u64> {
    let (tenant, crypto, index) = (log.tenant.as_str(), &batch.env.crypto, log.size);
    batch
        .tx
        .prepare_cached(
            "INSERT INTO log_leaf (tenant, log, idx, kind, leaf, salt, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            tenant,
            log.id,
            sql(index),
            sql(kind.wire()),
            leaf.0,
            shown.map(|s| s.0),
            shown.map(|s| s.1.encode())
        ])?;
    let mut insert =
        batch.tx.prepare_cached("INSERT INTO log_node (tenant, log, level, idx, hash) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let (mut level, mut idx, mut hash) = (0_i64, index, leaf_node(crypto, leaf));
    loop {
        insert.execute(params![tenant, log.id, level, sql(idx), hash.0])?;
        if idx & 1 == 0 {
            break;
        }
        let left = node(batch.tx, tenant, log.id, level, idx - 1)?;
        hash = crypto.sha256(&[&[1], &left.0, &hash.0]);
        (level, idx) = (level + 1, idx >> 1);
    }
    log.size += 1;
    batch.tx.prepare_cached("UPDATE log SET size = ?3 WHERE tenant = ?1 AND id = ?2")?.execute(params![
        tenant,
        log.id,
        sql(log.size)
    ])?;
    batch.touch(&log.tenant, log.id);
    Ok(index)
}

fn node(conn: &Connection, tenant: &str, log: i64, level: i64, idx: u64) -> Result<Hash32> {
    Ok(conn
        .prepare_cached("SELECT hash FROM log_node WHERE tenant = ?1 AND log = ?2 AND level = ?3 AND idx = ?4")?
        .query_row(params![tenant, log, level, sql(idx)], |r| hash_at(r, 0))?)
}

/// The stored subtrees of a log.
struct Stored<'a> {
    conn: &'a Connection,
    tenant: &'a str,
    log: i64,
}

impl Nodes for Stored<'_> {
    type Error = Error;

    fn complete(&mut self, start: u64, end: u64) -> Result<Hash32> {
        let level = (end - start).trailing_zeros();
        node(self.conn, self.tenant, self.log, i64::from(level), start >> level)
    }
}

fn stored<'a>(conn: &'a Connection, log: &'a Log) -> Stored<'a> {
    Stored { conn, tenant: log.tenant.as_str(), log: log.id }
}

/// The inclusion proof of a leaf in the tree of `size` leaves.
///
/// # Errors
/// When the database fails.
pub fn inclusion(conn: &Connection, crypto: &dyn Crypto, log: &Log, index: u64, size: u64) -> Result<Proof> {
    inclusion_over(crypto, &mut stored(conn, log), index, size)
}

/// The consistency proof between two sizes; empty where there is nothing to prove or the older size is not ours.
///
/// # Errors
/// When the database fails.
pub fn consistency(conn: &Connection, crypto: &dyn Crypto, log: &Log, old: u64, new: u64) -> Result<Proof> {
    if old > new || new > log.size {
        return Ok(Proof::new());
    }
    consistency_over(crypto, &mut stored(conn, log), old, new)
}

/// Signs a checkpoint over all leaves and stores it.
///
/// # Errors
/// When the key refuses or the database fails.
pub fn sign_checkpoint(
    conn: &Connection,
    crypto: &dyn Crypto,
    key: &dyn Signer,
    tenant: &TenantId,
    log: i64,
) -> Result<()> {
    let (origin, size): (String, i64) = conn
        .prepare_cached("SELECT origin, size FROM log WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![tenant.as_str(), log], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let root = subtree(crypto, &mut Stored { conn, tenant: tenant.as_str(), log }, 0, num(size))?;
    let c = Checkpoint::sign(crypto, key, Origin::parse(&origin)?, num(size), root)?;
    conn.prepare_cached(
        "UPDATE log SET signed = ?3, root = ?4, key_hash = ?5, signature = ?6 WHERE tenant = ?1 AND id = ?2",
    )?
    .execute(params![tenant.as_str(), log, size, c.root.0, c.key_hash, &c.signature.0[..]])?;
    Ok(())
}

/// The newest checkpoint of a log.
///
/// # Errors
/// When the database fails.
pub fn checkpoint(conn: &Connection, log: &Log) -> Result<Checkpoint> {
    let (signed, root, key_hash, signature): (i64, Hash32, [u8; 4], Vec<u8>) = conn
        .prepare_cached("SELECT signed, root, key_hash, signature FROM log WHERE tenant = ?1 AND id = ?2")?
        .query_row(params![log.tenant.as_str(), log.id], |r| Ok((r.get(0)?, hash_at(r, 1)?, r.get(2)?, r.get(3)?)))?;
    Ok(Checkpoint {
        origin: log.origin.clone(),
        size: num(signed),
        root,
        key_hash,
        signature: Signature::parse(&signature)?,
    })
}

/// The hashes of a tile (C2SP tlog-tiles): `width` nodes at tree level 8·`level` from `256·index` on, or fewer if there are not as many.
///
/// # Errors
/// When the database fails.
pub fn tile(conn: &Connection, log: &Log, level: u8, index: u64, width: u64) -> Result<Vec<Hash32>> {
    let first = index.saturating_mul(256);
    let mut rows = conn.prepare_cached(
        "SELECT hash FROM log_node WHERE tenant = ?1 AND log = ?2 AND level = ?3 AND idx >= ?4 AND idx < ?5 ORDER BY idx",
    )?;
    let range =
        params![log.tenant.as_str(), log.id, i64::from(level) * 8, sql(first), sql(first.saturating_add(width))];
    Ok(rows.query_map(range, |r| hash_at(r, 0))?.collect::<Result<_, _>>()?)
}

/// The 32-byte leaves of an entry bundle.
///
/// # Errors
/// When the database fails.
pub fn leaves(conn: &Connection, log: &Log, index: u64, width: u64) -> Result<Vec<Hash32>> {
    let first = index.saturating_mul(256);
    let mut rows = conn.prepare_cached(
        "SELECT leaf FROM log_leaf WHERE tenant = ?1 AND log = ?2 AND idx >= ?3 AND idx < ?4 ORDER BY idx",
    )?;
    let range = params![log.tenant.as_str(), log.id, sql(first), sql(first.saturating_add(width))];
    Ok(rows.query_map(range, |r| hash_at(r, 0))?.collect::<Result<_, _>>()?)
}
