//! Publications and the log itself: for phones, and in the C2SP forms for anyone else's tools.

use super::Shared;
use super::answers::{cbor, needed, number};
use super::guard::{Allow, caller, read};
use super::problem::Failed;
use super::routes::versioned;
use crate::error::{Error, Refusal, Result};
use crate::store::{num, sql};
use crate::tenants::publish::{self, Publication};
use crate::tlog::{self, Log, LogKind};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use daka_core::adapters::crypto::Ring;
use daka_core::domain::cbor::Value;
use daka_core::domain::log::{Checkpoint, LeafKind};
use daka_core::domain::rules::RulesPublication;
use rusqlite::{Connection, params};
use std::collections::HashMap;

type Answer = Result<Response, Failed>;
type Params = Query<HashMap<String, String>>;

/// Most leaves of the key log in one answer.
const KEYLOG_PAGE: u64 = 1000;

fn newest(conn: &Connection, who: &crate::phone::Caller) -> Result<(Log, Checkpoint)> {
    let log = tlog::current(conn, &who.tenant, LogKind::Journals)?;
    let checkpoint = tlog::checkpoint(conn, &log)?;
    Ok((log, checkpoint))
}

pub(super) async fn rules(State(app): State<Shared>, headers: HeaderMap) -> Answer {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (tag, bytes) = read(&app, &headers, Allow::Active, move |conn, who| {
        let (log, checkpoint) = newest(conn, who)?;
        let Some(rules) = publish::newest(conn, &who.tenant, LeafKind::Rules)? else {
            return Ok((None, Some(versioned(vec![Value::Null, Value::Array(Vec::new()), checkpoint.value()]))));
        };
        let tag = format!("\"{}\"", rules.digest.hex());
        if known.is_some_and(|k| k.split(',').any(|k| k.trim() == tag || k.trim() == "*")) {
            return Ok((Some(tag), None));
        }
        let proven = |p: &Publication| p.proven(conn, &Ring, &log, checkpoint.size).map(|p| p.value());
        let mut sites = Vec::new();
        for digest in RulesPublication::decode(&rules.document)?.sites {
            let site = publish::by_digest(conn, &who.tenant, LeafKind::Site, digest)?;
            sites.push(proven(&site.ok_or_else(|| Error::command("a rule set names a site that was not published"))?)?);
        }
        Ok((Some(tag), Some(versioned(vec![proven(&rules)?, Value::Array(sites), checkpoint.value()]))))
    })
    .await?;
    let mut response = match bytes {
        Some(bytes) => cbor(bytes),
        None => StatusCode::NOT_MODIFIED.into_response(),
    };
    if let Some(value) = tag.and_then(|t| t.parse().ok()) {
        response.headers_mut().insert(header::ETAG, value);
    }
    Ok(response)
}

pub(super) async fn keys(State(app): State<Shared>, headers: HeaderMap) -> Answer {
    let bytes = read(&app, &headers, Allow::Any, |conn, who| {
        let (log, checkpoint) = newest(conn, who)?;
        let set = publish::newest(conn, &who.tenant, LeafKind::KeySet)?.ok_or_else(Refusal::not_found)?;
        Ok(versioned(vec![set.proven(conn, &Ring, &log, checkpoint.size)?.value(), checkpoint.value()]))
    })
    .await?;
    Ok(cbor(bytes))
}

pub(super) async fn keylog(State(app): State<Shared>, headers: HeaderMap, Query(query): Params) -> Answer {
    caller(&app, &headers)?;
    let from = number(&query, "from")?.unwrap_or(0);
    let bytes = read(&app, &headers, Allow::Any, move |conn, who| {
        let log = tlog::current(conn, &who.tenant, LogKind::Keys)?;
        let mut rows = conn.prepare_cached(
            "SELECT kind, salt, body FROM log_leaf WHERE tenant = ?1 AND log = ?2 AND idx >= ?3 AND idx < ?4 ORDER BY idx",
        )?;
        let range = params![who.tenant.as_str(), log.id, sql(from), sql(from.saturating_add(KEYLOG_PAGE))];
        let all: Vec<(i64, Vec<u8>, Vec<u8>)> =
            rows.query_map(range, |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?.collect::<Result<_, _>>()?;
        let leaf = |(kind, salt, body): (i64, Vec<u8>, Vec<u8>)| {
            let body = Value::decode("key log leaf", &body)?;
            Ok(Value::Array(vec![Value::Uint(num(kind)), Value::Bytes(salt), body]))
        };
        let leaves = all.into_iter().map(leaf).collect::<Result<_>>()?;
        Ok(versioned(vec![Value::Array(leaves), tlog::checkpoint(conn, &log)?.value()]))
    })
    .await?;
    Ok(cbor(bytes))
}

pub(super) async fn checkpoint(State(app): State<Shared>, headers: HeaderMap) -> Answer {
    let note = read(&app, &headers, Allow::Any, |conn, who| Ok(newest(conn, who)?.1.note())).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")], note)
        .into_response())
}

pub(super) async fn consistency(State(app): State<Shared>, headers: HeaderMap, Query(query): Params) -> Answer {
    caller(&app, &headers)?;
    let (from, to) = (needed(&query, "from")?, needed(&query, "to")?);
    let bytes = read(&app, &headers, Allow::Revoked, move |conn, who| {
        let log = tlog::current(conn, &who.tenant, LogKind::Journals)?;
        if from > to || to > log.size {
            return Err(Refusal::unprocessable("to", format!("from ≤ to ≤ {}", log.size)).into());
        }
        let proof = tlog::consistency(conn, &Ring, &log, from, to)?;
        Ok(versioned(vec![Value::Array(proof.iter().map(Value::bytes).collect())]))
    })
    .await?;
    Ok(cbor(bytes))
}

/// A tile's place: C2SP tlog-tiles writes the index in groups of three digits, all but the last with an `x`.
fn tile_index(path: &str) -> Option<(u64, u64)> {
    let (path, width) = match path.split_once(".p/") {
        Some((path, width)) => (path, width.parse::<u64>().ok().filter(|w| (1..256).contains(w))?),
        None => (path, 256),
    };
    let groups: Vec<&str> = path.split('/').collect();
    let (last, first) = groups.split_last()?;
    let mut index = 0_u64;
    for group in first.iter().map(|g| g.strip_prefix('x')).chain([Some(*last)]) {
        let digits = group.filter(|g| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit()))?;
        index = index.checked_mul(1000)?.checked_add(digits.parse().ok()?)?;
    }
    // One tile has one name: no leading group of zeros.
    (first.first() != Some(&"x000")).then_some((index, width))
}

pub(super) async fn tile(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path((level, index)): Path<(String, String)>,
) -> Answer {
    let bytes = read(&app, &headers, Allow::Active, move |conn, who| {
        let (index, width) = tile_index(&index).ok_or_else(Refusal::not_found)?;
        let log = tlog::current(conn, &who.tenant, LogKind::Journals)?;
        let (hashes, entries) = match level.as_str() {
            "entries" => (tlog::leaves(conn, &log, index, width)?, true),
            level => {
                let level = level.parse::<u8>().ok().filter(|l| *l < 8).ok_or_else(Refusal::not_found)?;
                (tlog::tile(conn, &log, level, index, width)?, false)
            }
        };
        if hashes.len() as u64 != width {
            return Err(Refusal::not_found().into());
        }
        Ok(hashes.iter().fold(Vec::new(), |mut out, h| {
            if entries {
                out.extend_from_slice(&32_u16.to_be_bytes());
            }
            out.extend_from_slice(&h.0);
            out
        }))
    })
    .await?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], bytes).into_response())
}

#[cfg(test)]
mod tests {
    use super::tile_index;

    /// The examples of C2SP tlog-tiles: tile 1234067 is `x001/x234/067`.
    #[test]
    fn tiles_have_one_name() {
        assert_eq!(tile_index("x001/x234/067"), Some((1_234_067, 256)));
        assert_eq!(tile_index("000"), Some((0, 256)));
        assert_eq!(tile_index("007.p/3"), Some((7, 3)));
        assert_eq!(tile_index("x001/000.p/255"), Some((1000, 255)));
        for bad in ["", "7", "x000/001", "001/002", "x001/x002", "007.p/0", "007.p/256", "00a", "x001/2345"] {
            assert_eq!(tile_index(bad), None, "{bad}");
        }
    }
}
