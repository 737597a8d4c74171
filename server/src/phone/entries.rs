//! Entries as rows: what the chain knows of a journal, and how entries are written and read back bit by bit.

use super::Caller;
use crate::error::Result;
use crate::store::{num, sql};
use crate::tlog;
use daka_core::domain::cbor::Value;
use daka_core::domain::crypto::Crypto;
use daka_core::domain::error::FormatError;
use daka_core::domain::fields::As as _;
use daka_core::domain::ids::Hash32;
use daka_core::domain::journal::{ChainPoint, GENESIS, GroupId, Groups, Secret, Seed, UploadEntry, epoch_start};
use daka_core::domain::log::{ItemReason, SegmentStatus};
use rusqlite::{Connection, OptionalExtension as _, params};

/// An epoch as far as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredEpoch {
    /// The epoch.
    pub epoch: u64,
    /// The last entry of earlier epochs it stands on.
    pub prev_seq: u64,
    /// Its digest.
    pub prev_h: Hash32,
    /// The last entry; `prev_seq` if there is none yet.
    pub last_seq: u64,
    /// The chain's digest there.
    pub last_h: Hash32,
}

/// A journal's rows.
pub struct Journal<'a> {
    /// The transaction.
    pub conn: &'a Connection,
    /// Whose.
    pub who: &'a Caller,
}

impl Journal<'_> {
    fn key(&self) -> (&str, i64, [u8; 32]) {
        (self.who.tenant.as_str(), self.who.bucket, self.who.journal.0.0)
    }

    /// Its epochs, rising.
    ///
    /// # Errors
    /// When the database fails.
    pub fn epochs(&self) -> Result<Vec<StoredEpoch>> {
        let (tenant, bucket, journal) = self.key();
        let mut rows = self.conn.prepare_cached(
            "SELECT epoch, prev_seq, prev_h, last_seq, last_h FROM epoch
             WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 ORDER BY epoch",
        )?;
        let all = rows.query_map(params![tenant, bucket, journal], |r| {
            Ok(StoredEpoch {
                epoch: num(r.get(0)?),
                prev_seq: num(r.get(1)?),
                prev_h: tlog::hash_at(r, 2)?,
                last_seq: num(r.get(3)?),
                last_h: tlog::hash_at(r, 4)?,
            })
        })?;
        Ok(all.collect::<Result<_, _>>()?)
    }

    /// Where it stands: the last entry of the highest epoch.
    ///
    /// # Errors
    /// When the database fails.
    pub fn head(&self) -> Result<Option<ChainPoint>> {
        Ok(self.epochs()?.last().map(|e| ChainPoint { epoch: e.epoch, seq: e.last_seq, h: e.last_h }))
    }

    /// The digests after the entries `from..=to` of an epoch that are on the chain.
    ///
    /// # Errors
    /// When the database fails.
    pub fn hashes(&self, epoch: u64, from: u64, to: u64) -> Result<Vec<Hash32>> {
        let (tenant, bucket, journal) = self.key();
        let mut rows = self.conn.prepare_cached(
            "SELECT h FROM entry WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch = ?4
             AND seq >= ?5 AND seq <= ?6 ORDER BY seq",
        )?;
        let all =
            rows.query_map(params![tenant, bucket, journal, sql(epoch), sql(from), sql(to)], |r| tlog::hash_at(r, 0))?;
        Ok(all.collect::<Result<_, _>>()?)
    }

    /// The digests after entry `seq` on branches beside the chain, newest first, with what became of each.
    ///
    /// # Errors
    /// When the database fails.
    pub fn branches(&self, epoch: u64, seq: u64) -> Result<Vec<(Hash32, SegmentStatus, ItemReason)>> {
        let (tenant, bucket, journal) = self.key();
        let mut rows = self.conn.prepare_cached(
            "SELECT k.h, s.status, s.reason FROM kept k JOIN segment s ON s.id = k.segment AND s.tenant = k.tenant
             WHERE k.tenant = ?1 AND k.bucket = ?2 AND k.journal = ?3 AND k.epoch = ?4 AND k.seq = ?5
             AND k.h IS NOT NULL GROUP BY k.h, s.status, s.reason ORDER BY max(k.id) DESC LIMIT 16",
        )?;
        let all = rows.query_map(params![tenant, bucket, journal, sql(epoch), sql(seq)], |r| {
            Ok((tlog::hash_at(r, 0)?, SegmentStatus::from_wire(num(r.get(1)?)), ItemReason::from_wire(num(r.get(2)?))))
        })?;
        Ok(all.collect::<Result<_, _>>()?)
    }

    /// Whether some branch of an epoch below `epoch` went through `seq` with digest `h`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn went_through(
        &self,
        crypto: &dyn Crypto,
        epochs: &[StoredEpoch],
        epoch: u64,
        seq: u64,
        h: Hash32,
    ) -> Result<bool> {
        let genesis = epoch_start(crypto, self.who.journal, 0, GENESIS);
        if seq == 0 && (h == GENESIS || h == genesis) {
            return Ok(true);
        }
        let starts =
            |e: &StoredEpoch| e.prev_seq == seq && epoch_start(crypto, self.who.journal, e.epoch, e.prev_h) == h;
        if epochs.iter().any(|e| e.epoch < epoch && starts(e)) {
            return Ok(true);
        }
        let (tenant, bucket, journal) = self.key();
        for table in ["entry", "kept"] {
            let query = format!(
                "SELECT 1 FROM {table} WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch < ?4 AND seq = ?5 AND h = ?6"
            );
            let found: Option<i64> = self
                .conn
                .prepare_cached(&query)?
                .query_row(params![tenant, bucket, journal, sql(epoch), sql(seq), h.0], |r| r.get(0))
                .optional()?;
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The ends of segments beside the chain from before a revocation.
    ///
    /// # Errors
    /// When the database fails.
    pub fn kept_before(&self, epoch: u64, from: u64, segment: i64) -> Result<Vec<(u64, Hash32)>> {
        let (tenant, bucket, journal) = self.key();
        let mut rows = self.conn.prepare_cached(
            "SELECT to_seq, h FROM segment WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch = ?4
             AND to_seq >= ?5 AND main = 0 AND id <= ?6",
        )?;
        let all = rows.query_map(params![tenant, bucket, journal, sql(epoch), sql(from), segment], |r| {
            Ok((num(r.get(0)?), tlog::hash_at(r, 1)?))
        })?;
        Ok(all.collect::<Result<_, _>>()?)
    }

    /// Every entry of an epoch on the chain, in order, as `(seq, h, payload)`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn payloads(&self, epoch: u64, to: u64) -> Result<Vec<StoredEntry>> {
        let (tenant, bucket, journal) = self.key();
        let mut rows = self.conn.prepare_cached(
            "SELECT e.seq, e.h, e.payload, e.groups, s.status, s.id FROM entry e
             JOIN segment s ON s.id = e.segment AND s.tenant = e.tenant
             WHERE e.tenant = ?1 AND e.bucket = ?2 AND e.journal = ?3 AND e.epoch = ?4 AND e.seq <= ?5 ORDER BY e.seq",
        )?;
        let all = rows.query_map(params![tenant, bucket, journal, sql(epoch), sql(to)], |r| {
            Ok(StoredEntry {
                seq: num(r.get(0)?),
                h: tlog::hash_at(r, 1)?,
                payload: r.get(2)?,
                groups: r.get(3)?,
                status: SegmentStatus::from_wire(num(r.get(4)?)),
            })
        })?;
        Ok(all.collect::<Result<_, _>>()?)
    }

    /// Stores an entry, on the chain (`main`) or beside it.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert(
        &self,
        crypto: &dyn Crypto,
        main: bool,
        (epoch, seq, h): (u64, u64, Option<Hash32>),
        entry: &UploadEntry,
        segment: i64,
    ) -> Result<()> {
        let (tenant, bucket, journal) = self.key();
        let query = if main {
            "INSERT INTO entry (tenant, bucket, journal, epoch, seq, h, digest, payload, secret, groups, segment)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        } else {
            "INSERT INTO kept (tenant, bucket, journal, epoch, seq, h, digest, payload, secret, groups, segment)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        };
        let whole = match entry {
            UploadEntry::Whole(e) => {
                Some((&e.payload, secret_value(&e.secret).encode(), groups_value(&e.groups).encode()))
            }
            UploadEntry::Erased(_) => None,
        };
        self.conn.prepare_cached(query)?.execute(params![
            tenant,
            bucket,
            journal,
            sql(epoch),
            sql(seq),
            h.map(|h| h.0),
            entry.payload_digest(crypto).0,
            whole.as_ref().map(|w| w.0),
            whole.as_ref().map(|w| &w.1),
            whole.as_ref().map(|w| &w.2),
            segment
        ])?;
        Ok(())
    }
}

/// An entry on the chain as it is read back.
#[derive(Clone, Debug)]
pub struct StoredEntry {
    /// Its seq.
    pub seq: u64,
    /// The chain's digest after it.
    pub h: Hash32,
    /// Its payload, unless erased whole.
    pub payload: Option<Vec<u8>>,
    /// Its groups, as CBOR.
    pub groups: Option<Vec<u8>>,
    /// What became of it.
    pub status: SegmentStatus,
}

/// The seed as bytes, or the salts as a map.
fn secret_value(secret: &Secret) -> Value {
    match secret {
        Secret::Seed(Seed(seed)) => Value::bytes(seed),
        Secret::Salts(salts) => Value::Map(salts.iter().map(|(g, s)| (g.wire(), Value::bytes(s))).collect()),
    }
}

fn groups_value(groups: &Groups) -> Value {
    Value::Map(groups.iter().map(|(g, b)| (g.wire(), Value::bytes(b))).collect())
}

/// Reads stored groups.
///
/// # Errors
/// [`FormatError`] if the column was damaged.
pub fn read_groups(bytes: &[u8]) -> Result<Groups, FormatError> {
    let entries = Value::decode("groups", bytes)?.entries("groups")?;
    entries.into_iter().map(|(g, v)| Ok((GroupId::from_wire(g), v.byte_string("group")?))).collect()
}
