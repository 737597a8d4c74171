//! Segments and their receipts, always proven to the newest checkpoint of the tenant's current log.

use super::Caller;
use super::entries::Journal;
use crate::error::Result;
use crate::store::{Batch, Env, num, sql};
use crate::tlog::{self, LogKind};
use daka_core::domain::log::{ItemReason, ItemResult, ItemStatus, Receipt, Segment, SegmentStatus, UploadAnswer};
use daka_core::domain::time::WallMs;
use rusqlite::{Connection, Row, params};

/// Most receipts in one answer.
pub const MOST: usize = 1000;

/// Stores a segment's row.
///
/// # Errors
/// When the database fails.
pub fn insert(
    batch: &Batch<'_>,
    who: &Caller,
    s: &Segment,
    reason: ItemReason,
    main: bool,
    head: &[u8],
    (log, index): (i64, u64),
) -> Result<i64> {
    batch
        .tx
        .prepare_cached(
            "INSERT INTO segment (tenant, bucket, journal, epoch, from_seq, to_seq, h, received_ms, eps_ms, status, reason,
             last_token, main, head, log, idx) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            who.tenant.as_str(),
            who.bucket,
            who.journal.0.0,
            sql(s.epoch),
            sql(s.from),
            sql(s.to),
            s.h.0,
            s.received.get(),
            s.eps_ms,
            sql(s.status.wire()),
            sql(reason.wire()),
            sql(s.last_token),
            main,
            head,
            log,
            sql(index)
        ])?;
    Ok(batch.tx.last_insert_rowid())
}

/// The segments on the chain that hold any of `from..=to`, in order.
///
/// # Errors
/// When the database fails.
pub fn on_chain(conn: &Connection, who: &Caller, epoch: u64, from: u64, to: u64) -> Result<Vec<i64>> {
    let mut rows = conn.prepare_cached(
        "SELECT id FROM segment WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch = ?4 AND to_seq >= ?5
         AND from_seq <= ?6 AND main = 1 ORDER BY to_seq",
    )?;
    let key = params![who.tenant.as_str(), who.bucket, who.journal.0.0, sql(epoch), sql(from), sql(to)];
    Ok(rows.query_map(key, |r| r.get(0))?.collect::<Result<_, _>>()?)
}

/// Every segment, on the chain and beside it, that holds any of `from..=to`; at most [`MOST`].
///
/// # Errors
/// When the database fails.
pub fn all(conn: &Connection, who: &Caller, epoch: u64, from: u64, to: u64) -> Result<Vec<i64>> {
    let mut rows = conn.prepare_cached(
        "SELECT id FROM segment WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch = ?4 AND to_seq >= ?5
         AND from_seq <= ?6 ORDER BY to_seq, id LIMIT ?7",
    )?;
    let key = params![who.tenant.as_str(), who.bucket, who.journal.0.0, sql(epoch), sql(from), sql(to), MOST as i64];
    Ok(rows.query_map(key, |r| r.get(0))?.collect::<Result<_, _>>()?)
}

/// A segment as stored.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    /// What its leaf says.
    pub segment: Segment,
    /// Why.
    pub reason: ItemReason,
    /// The leaf's index in the current log.
    pub index: u64,
}

fn read(who: &Caller, r: &Row<'_>) -> rusqlite::Result<Stored> {
    Ok(Stored {
        segment: Segment {
            journal: who.journal,
            epoch: num(r.get(0)?),
            from: num(r.get(1)?),
            to: num(r.get(2)?),
            h: tlog::hash_at(r, 3)?,
            received: WallMs::new(r.get(4)?),
            eps_ms: r.get(5)?,
            status: SegmentStatus::from_wire(num(r.get(6)?)),
            last_token: num(r.get(8)?),
        },
        reason: ItemReason::from_wire(num(r.get(7)?)),
        index: num(r.get(9)?),
    })
}

const COLUMNS: &str = "epoch, from_seq, to_seq, h, received_ms, eps_ms, status, reason, last_token, idx";

/// A segment of the caller's journal by its row.
///
/// # Errors
/// When it is not there.
pub fn by_id(conn: &Connection, who: &Caller, id: i64) -> Result<Stored> {
    let query = format!("SELECT {COLUMNS} FROM segment WHERE id = ?1 AND tenant = ?2 AND bucket = ?3 AND journal = ?4");
    let key = params![id, who.tenant.as_str(), who.bucket, who.journal.0.0];
    Ok(conn.prepare_cached(&query)?.query_row(key, |r| read(who, r))?)
}

/// The segments on the chain of an epoch, in order: when the server had what.
///
/// # Errors
/// When the database fails.
pub fn of_epoch(conn: &Connection, who: &Caller, epoch: u64) -> Result<Vec<Stored>> {
    let query = format!(
        "SELECT {COLUMNS} FROM segment WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch = ?4 AND main = 1 ORDER BY to_seq"
    );
    let mut rows = conn.prepare_cached(&query)?;
    let key = params![who.tenant.as_str(), who.bucket, who.journal.0.0, sql(epoch)];
    Ok(rows.query_map(key, |r| read(who, r))?.collect::<Result<_, _>>()?)
}

/// The answer to an upload or a question for receipts. `known` is the size of the phone's checkpoint of this origin, 0 for none.
///
/// # Errors
/// When the database fails.
pub fn answer(conn: &Connection, env: &Env, who: &Caller, items: &[(ItemStatus, i64)], known: u64) -> Result<Vec<u8>> {
    let crypto = &env.crypto;
    let log = tlog::current(conn, &who.tenant, LogKind::Journals)?;
    let checkpoint = tlog::checkpoint(conn, &log)?;
    let mut out = Vec::with_capacity(items.len());
    for (status, id) in items {
        let s = by_id(conn, who, *id)?;
        let proof = tlog::inclusion(conn, crypto, &log, s.index, checkpoint.size)?;
        out.push(ItemResult { status: *status, reason: s.reason, receipt: Receipt::of(&s.segment, s.index, proof) });
    }
    let consistency = tlog::consistency(conn, crypto, &log, known, checkpoint.size)?;
    let head = Journal { conn, who }.head()?;
    Ok(UploadAnswer { items: out, checkpoint, consistency, head, upload_spread_s: env.upload_spread_s }.encode())
}
