//! Enrolment, login, time, segments, heads and receipts.

use super::answers::{SEGMENT_LIMIT, SMALL_LIMIT, body, cbor, needed, number};
use super::guard::{Allow, caller, read, write};
use super::problem::Failed;
use super::{App, Shared};
use crate::error::Refusal;
use crate::phone::entries::Journal;
use crate::phone::{enrol as enrolment, ingest, login as logins, receipts as stored, time as tokens};
use crate::tlog::{self, LogKind};
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use daka_core::adapters::crypto::Ring;
use daka_core::domain::cbor::Value;
use daka_core::domain::journal::{FORMAT_VERSION, Upload};
use daka_core::domain::log::ItemStatus;
use daka_core::domain::trust::{EnrolRequest, LoginRequest, TimeRequest};
use std::collections::HashMap;
use std::sync::Arc;

type Answer = Result<Response, Failed>;
type Params = Query<HashMap<String, String>>;

/// `[v, …items]`.
pub(super) fn versioned(items: Vec<Value>) -> Vec<u8> {
    Value::Array(std::iter::once(Value::Uint(FORMAT_VERSION)).chain(items).collect()).encode()
}

pub(super) async fn healthz() -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/json")], r#"{"status":"ok"}"#).into_response()
}

pub(super) async fn nothing() -> Failed {
    Failed(Refusal::not_found().into())
}

pub(super) async fn enrol(State(app): State<Shared>, headers: HeaderMap, raw: Body) -> Answer {
    let bytes = body(&headers, raw, SMALL_LIMIT, app.env.patience).await?;
    let request = EnrolRequest::decode(&bytes).map_err(|e| Refusal::malformed(&e))?;
    let answer = app.writer.run(move |batch| enrolment::enrol(batch, &request), |_, answer| Ok(answer)).await??;
    Ok(cbor(answer))
}

pub(super) async fn challenge(State(app): State<Shared>) -> Answer {
    let nonce = app.sessions.challenge(app.env.clock.now())?;
    Ok(cbor(versioned(vec![Value::bytes(nonce)])))
}

pub(super) async fn login(State(app): State<Shared>, headers: HeaderMap, raw: Body) -> Answer {
    let bytes = body(&headers, raw, SMALL_LIMIT, app.env.patience).await?;
    let request = LoginRequest::decode(&bytes).map_err(|e| Refusal::malformed(&e))?;
    let inner: Arc<App> = Arc::clone(&app);
    let work = move |batch: &crate::store::Batch<'_>| logins::login(batch, &inner.sessions, &inner.origins, &request);
    Ok(cbor(app.writer.run(work, |_, answer| Ok(answer)).await?))
}

pub(super) async fn time(State(app): State<Shared>, headers: HeaderMap, raw: Body) -> Answer {
    let caller = caller(&app, &headers)?;
    let bytes = body(&headers, raw, SMALL_LIMIT, app.env.patience).await?;
    let request = TimeRequest::decode(&bytes).map_err(|e| Refusal::malformed(&e))?;
    let work = move |batch: &crate::store::Batch<'_>, who: &crate::phone::Caller| tokens::token(batch, who, &request);
    Ok(cbor(write(&app, caller, Allow::Active, work, |_, _, token| Ok(token)).await?))
}

/// The size of the phone's checkpoint, if it is of the log that answers.
fn known(query: &HashMap<String, String>, origin: &str) -> Result<u64, Failed> {
    let size = number(query, "checkpoint")?.unwrap_or(0);
    Ok(if query.get("origin").is_none_or(|o| o == origin) { size } else { 0 })
}

pub(super) async fn segments(State(app): State<Shared>, headers: HeaderMap, Query(query): Params, raw: Body) -> Answer {
    let caller = caller(&app, &headers)?;
    let bytes = body(&headers, raw, SEGMENT_LIMIT, app.env.patience).await?;
    let upload = Upload::decode(&Ring, &bytes).map_err(|e| Refusal::malformed(&e))?;
    number(&query, "checkpoint")?;
    let answer = write(
        &app,
        caller,
        Allow::Revoked,
        move |batch, who| ingest::ingest(batch, who, &upload),
        move |batch, who, done| {
            let origin = tlog::origin(batch.tx, &who.tenant, LogKind::Journals)?;
            let known = known(&query, origin.as_str()).map_err(|e| e.0)?;
            ingest::answer(batch, who, &done, known)
        },
    )
    .await?;
    app.recompute.nudge(&app);
    Ok(cbor(answer))
}

pub(super) async fn head(State(app): State<Shared>, headers: HeaderMap) -> Answer {
    let head = read(&app, &headers, Allow::Any, |conn, who| Journal { conn, who }.head()).await?;
    Ok(cbor(versioned(vec![head.map_or(Value::Null, |h| h.value())])))
}

pub(super) async fn receipts(State(app): State<Shared>, headers: HeaderMap, Query(query): Params) -> Answer {
    caller(&app, &headers)?;
    let (epoch, from, to) = (needed(&query, "epoch")?, needed(&query, "from")?, needed(&query, "to")?);
    number(&query, "checkpoint")?;
    let env = Arc::clone(&app.env);
    let bytes = read(&app, &headers, Allow::Revoked, move |conn, who| {
        let origin = tlog::origin(conn, &who.tenant, LogKind::Journals)?;
        let known = known(&query, origin.as_str()).map_err(|e| e.0)?;
        let ids = stored::all(conn, who, epoch, from, to)?;
        let items: Vec<_> = ids.into_iter().map(|id| (ItemStatus::Duplicate, id)).collect();
        stored::answer(conn, &env, who, &items, known)
    })
    .await?;
    Ok(cbor(bytes))
}
