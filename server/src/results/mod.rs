//! Results: what punches count as, apart from the flow and worked out from it again at any time.
//!
//! An upload marks its journal as stale in its own commit. A background task works stale journals out anew, all of a journal at a
//! time: a later anchor may tighten any earlier punch, and a journal holds a few thousand entries a year, so the cost is some
//! milliseconds per thousand entries, and several uploads in a row are one pass. Only rows that changed are written. A crash leaves
//! the mark, and the next pass, or the `results` command, catches up before it answers. No receipt waits for any of this.

mod work_out;

use crate::error::{Error, Result};
use crate::http::App;
use crate::phone::Caller;
use crate::phone::entries::Journal;
use crate::store::{Batch, Env, num, sql};
use daka_core::domain::ids::{EmployeeId, Hash32, JournalId, TenantId};
use daka_core::domain::journal::ChainPoint;
use rusqlite::{Connection, params};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

pub use work_out::{Outcome, PlaceOutcome, TimeOutcome, work_out};

/// How long uploads are gathered before their journals are worked out, at least.
const GATHER: Duration = Duration::from_millis(250);
/// And at least so many times as long as the last pass took: results take a tenth of one core, never more.
const REST: u32 = 9;

/// A journal's results as worked out, and the head that they were worked out at.
#[derive(Clone, Debug)]
pub struct Fresh {
    head: Option<ChainPoint>,
    rows: Vec<(u64, u64, Outcome)>,
}

/// The stale journals, at most `most`.
///
/// # Errors
/// When the database fails.
pub fn stale(conn: &Connection, tenant: Option<&TenantId>, most: u32) -> Result<Vec<Caller>> {
    let mut rows = conn.prepare_cached(
        "SELECT tenant, bucket, journal FROM stale WHERE ?1 IS NULL OR tenant = ?1 ORDER BY tenant, bucket LIMIT ?2",
    )?;
    let all: Vec<(String, i64, Hash32)> = rows
        .query_map(params![tenant.map(TenantId::as_str), most], |r| {
            Ok((r.get(0)?, r.get(1)?, crate::tlog::hash_at(r, 2)?))
        })?
        .collect::<Result<_, _>>()?;
    all.into_iter()
        .map(|(tenant, bucket, journal)| {
            Ok(Caller { tenant: TenantId::parse(tenant)?, bucket, journal: JournalId(journal) })
        })
        .collect()
}

/// Works a journal out, reading only.
///
/// # Errors
/// When the database fails.
pub fn fresh(conn: &Connection, env: &Env, who: &Caller) -> Result<Fresh> {
    let head = Journal { conn, who }.head()?;
    Ok(Fresh { head, rows: work_out(conn, &env.crypto, who)? })
}

/// Stores what changed. The mark stays if entries came in between.
///
/// # Errors
/// When the database fails.
pub fn store(batch: &Batch<'_>, who: &Caller, fresh: &Fresh) -> Result<()> {
    let (tenant, bucket, journal) = (who.tenant.as_str(), who.bucket, who.journal.0.0);
    let mut rows = batch
        .tx
        .prepare_cached("SELECT epoch, seq, json FROM result WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3")?;
    let known: HashMap<(u64, u64), String> = rows
        .query_map(params![tenant, bucket, journal], |r| Ok(((num(r.get(0)?), num(r.get(1)?)), r.get(2)?)))?
        .collect::<Result<_, _>>()?;
    let mut put = batch.tx.prepare_cached(
        "INSERT OR REPLACE INTO result (tenant, bucket, journal, epoch, seq, employee, sort_ms, punch, json)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    for (epoch, seq, outcome) in &fresh.rows {
        let json = serde_json::to_string(outcome).map_err(|e| Error::command(e.to_string()))?;
        if known.get(&(*epoch, *seq)) != Some(&json) {
            put.execute(params![
                tenant,
                bucket,
                journal,
                sql(*epoch),
                sql(*seq),
                outcome.employee,
                outcome.sort_ms(),
                outcome.punch.0,
                json
            ])?;
        }
    }
    if (Journal { conn: batch.tx, who }).head()? == fresh.head {
        batch
            .tx
            .prepare_cached("DELETE FROM stale WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3")?
            .execute(params![tenant, bucket, journal])?;
    }
    Ok(())
}

/// The results of a tenant between two moments (the interval's midpoint, or whatever end is known, or the wall clock), in order.
///
/// # Errors
/// When the database fails.
pub fn query(
    conn: &Connection,
    tenant: &TenantId,
    from_ms: i64,
    to_ms: i64,
    employee: Option<&EmployeeId>,
) -> Result<Vec<serde_json::Value>> {
    let mut rows = conn.prepare(
        "SELECT json FROM result WHERE tenant = ?1 AND sort_ms >= ?2 AND sort_ms < ?3 AND (?4 IS NULL OR employee = ?4)
         ORDER BY sort_ms, employee, epoch, seq",
    )?;
    let key = params![tenant.as_str(), from_ms, to_ms, employee.map(EmployeeId::as_str)];
    let all: Vec<String> = rows.query_map(key, |r| r.get(0))?.collect::<Result<_, _>>()?;
    all.iter()
        .map(|t| serde_json::from_str(t).map_err(|e| Error::command(format!("a stored result is damaged: {e}"))))
        .collect()
}

/// The background task.
#[derive(Default)]
pub struct Recompute {
    running: AtomicBool,
    stop: AtomicBool,
    last_pass_ms: AtomicU32,
}

impl Recompute {
    /// Says that journals became stale.
    pub fn nudge(&self, app: &Arc<App>) {
        if !self.stop.load(Ordering::SeqCst) && !self.running.swap(true, Ordering::SeqCst) {
            let app = Arc::clone(app);
            tokio::spawn(async move {
                let last = Duration::from_millis(u64::from(app.recompute.last_pass_ms.load(Ordering::SeqCst)));
                tokio::time::sleep(GATHER.max(last.saturating_mul(REST))).await;
                let began = app.env.clock.ticks();
                let outcome = pass(&app).await;
                let took = app.env.clock.ticks().saturating_sub(began).as_millis();
                app.recompute.last_pass_ms.store(u32::try_from(took).unwrap_or(u32::MAX), Ordering::SeqCst);
                // From here on an upload starts another pass; what came before it is looked for here.
                app.recompute.running.store(false, Ordering::SeqCst);
                let left = app.reads.run(|conn| stale(conn, None, 1)).await;
                match (outcome, left) {
                    (Ok(()), Ok(left)) if left.is_empty() => {}
                    (Ok(()), Ok(_)) => app.recompute.nudge(&app),
                    (Err(e), _) | (_, Err(e)) => {
                        tracing::warn!(error = %e, "results could not be worked out; the next upload tries again");
                    }
                }
            });
        }
    }

    /// No new pass begins.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

/// Works out what is stale. One journal that cannot be worked out does not hold up the others.
async fn pass(app: &Arc<App>) -> Result<()> {
    const AT_A_TIME: u32 = 64;
    let mut outcome = Ok(());
    for who in app.reads.run(|conn| stale(conn, None, AT_A_TIME)).await? {
        if app.recompute.stop.load(Ordering::SeqCst) {
            return Ok(());
        }
        let (env, reader) = (Arc::clone(&app.env), who.clone());
        match app.reads.run(move |conn| fresh(conn, &env, &reader)).await {
            Ok(worked) => app.writer.run(move |batch| store(batch, &who, &worked), |_, ()| Ok(())).await?,
            Err(e) => outcome = Err(e),
        }
    }
    outcome
}
