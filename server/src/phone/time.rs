//! Time tokens. Every one issued is remembered: its head is one that the journal must not lose.

use super::Caller;
use crate::error::{Refusal, Result};
use crate::store::{Batch, num, sql};
use crate::tlog::{self, LogKind};
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{TimeRequest, TimeToken};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Answers a time request; a repeated one with the token it had, byte for byte.
///
/// # Errors
/// 403 for another journal, 422 for a nonce that was used for another request.
pub fn token(batch: &Batch<'_>, caller: &Caller, request: &TimeRequest) -> Result<Vec<u8>> {
    if request.journal != caller.journal {
        return Err(Refusal::forbidden("the journal is not the caller's").into());
    }
    let (tenant, journal) = (caller.tenant.as_str(), caller.journal.0.0);
    let asked = request.encode();
    let before: Option<(Vec<u8>, Vec<u8>)> = batch
        .tx
        .prepare_cached(
            "SELECT request, message FROM token WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND nonce = ?4",
        )?
        .query_row(params![tenant, caller.bucket, journal, request.nonce.0], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    match before {
        Some((same, message)) if same == asked => return Ok(message),
        Some(_) => {
            return Err(
                Refusal::unprocessable("client nonce", "it was used for another request; draw a new one").into()
            );
        }
        None => {}
    }
    let limit = i64::MAX as u64;
    if request.head.seq > limit || request.head.epoch > limit {
        return Err(Refusal::unprocessable("head_seq", "epoch and seq must be below 2^63").into());
    }
    let origin = tlog::origin(batch.tx, &caller.tenant, LogKind::Journals)?;
    let counter = last_counter(batch.tx, caller)? + 1;
    let keys = batch.env.keys(&caller.tenant)?;
    // Read as late as can be: S must lie between the phone's b₀ and b₁.
    let server = batch.now();
    let token =
        TimeToken { origin: origin.as_str().to_owned(), request: *request, counter, server, eps_ms: batch.env.eps_ms };
    let message = token.sign(&batch.env.crypto, &keys.time)?;
    batch
        .tx
        .prepare_cached(
            "INSERT INTO token (tenant, bucket, journal, origin, counter, nonce, epoch, head_seq, head_h, session,
             server_ms, state, request, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12, ?13)",
        )?
        .execute(params![
            tenant,
            caller.bucket,
            journal,
            origin.as_str(),
            sql(counter),
            request.nonce.0,
            sql(request.head.epoch),
            sql(request.head.seq),
            request.head.h.0,
            request.session.get(),
            server.get(),
            asked,
            message.bytes()
        ])?;
    Ok(message.bytes().to_vec())
}

/// The counter of the last token of a journal under the tenant's current origin; 0 for none.
///
/// # Errors
/// When the database fails.
pub fn last_counter(conn: &Connection, caller: &Caller) -> Result<u64> {
    let origin = tlog::origin(conn, &caller.tenant, LogKind::Journals)?;
    let n: Option<i64> = conn
        .prepare_cached(
            "SELECT max(counter) FROM token WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND origin = ?4",
        )?
        .query_row(params![caller.tenant.as_str(), caller.bucket, caller.journal.0.0, origin.as_str()], |r| r.get(0))?;
    Ok(n.map_or(0, num))
}

/// A head that a token was issued for and that no stored entry has shown yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenHead {
    /// Its epoch.
    pub epoch: u64,
    /// Its seq.
    pub seq: u64,
    /// Its digest.
    pub h: daka_core::domain::ids::Hash32,
    /// When the token was issued.
    pub issued: WallMs,
}

/// The open heads of a journal, in order.
///
/// # Errors
/// When the database fails.
pub fn open_heads(conn: &Connection, caller: &Caller) -> Result<Vec<OpenHead>> {
    let mut rows = conn.prepare_cached(
        "SELECT epoch, head_seq, head_h, server_ms FROM token
         WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND state = 0 ORDER BY epoch, head_seq",
    )?;
    let all = rows.query_map(params![caller.tenant.as_str(), caller.bucket, caller.journal.0.0], |r| {
        Ok(OpenHead {
            epoch: num(r.get(0)?),
            seq: num(r.get(1)?),
            h: tlog::hash_at(r, 2)?,
            issued: WallMs::new(r.get(3)?),
        })
    })?;
    Ok(all.collect::<Result<_, _>>()?)
}

/// Whether an open head turned out to be on the chain (`met`), or was left out.
///
/// # Errors
/// When the database fails.
pub fn settle(batch: &Batch<'_>, caller: &Caller, head: &OpenHead, met: bool) -> Result<()> {
    batch
        .tx
        .prepare_cached(
            "UPDATE token SET state = ?7 WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch = ?4
             AND head_seq = ?5 AND head_h = ?6 AND state = 0",
        )?
        .execute(params![
            caller.tenant.as_str(),
            caller.bucket,
            caller.journal.0.0,
            sql(head.epoch),
            sql(head.seq),
            head.h.0,
            if met { 1 } else { 2 }
        ])?;
    Ok(())
}

/// Tokens of an epoch from before a moment that speak for heads from `from` on: what a revocation cannot reach back behind.
///
/// # Errors
/// When the database fails.
pub fn heads_before(
    conn: &Connection,
    caller: &Caller,
    epoch: u64,
    from: u64,
    before: WallMs,
) -> Result<Vec<(u64, daka_core::domain::ids::Hash32)>> {
    let mut rows = conn.prepare_cached(
        "SELECT head_seq, head_h FROM token WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch = ?4
         AND head_seq >= ?5 AND server_ms < ?6",
    )?;
    let key = params![caller.tenant.as_str(), caller.bucket, caller.journal.0.0, sql(epoch), sql(from), before.get()];
    let all = rows.query_map(key, |r| Ok((num(r.get(0)?), tlog::hash_at(r, 1)?)))?;
    Ok(all.collect::<Result<_, _>>()?)
}
