//! Who may ask, and what is written about it.

use super::Shared;
use super::problem::problem;
use crate::error::{Refusal, Result};
use crate::phone::Caller;
use crate::phone::sessions::login_required;
use crate::random::random;
use crate::restore;
use crate::store::Batch;
use crate::tenants::devices::{self, State};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use daka_core::domain::ids::hex;
use rusqlite::Connection;
use std::sync::atomic::Ordering;

/// Which devices may use a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allow {
    /// Active ones.
    Active,
    /// Revoked ones too: they deliver what they have.
    Revoked,
    /// Also those that wait for approval: they ask for their own state.
    Any,
}

/// The caller that the access token says.
pub(super) fn caller(app: &Shared, headers: &HeaderMap) -> Result<Caller> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.strip_prefix("Bearer "))
        .ok_or_else(login_required)?;
    app.sessions.caller(app.env.clock.now(), token.trim())
}

/// Whether the caller's device may use a route now; asked inside the request's own transaction.
pub(super) fn admit(conn: &Connection, caller: &Caller, allow: Allow) -> Result<()> {
    let device = devices::find(conn, &caller.tenant, caller.bucket, caller.journal)?;
    match (device.map(|d| d.state), allow) {
        (None, _) => Err(login_required().into()),
        (Some(State::Active), _)
        | (Some(State::Pending), Allow::Any)
        | (Some(State::Revoked), Allow::Revoked | Allow::Any) => Ok(()),
        (Some(State::Pending), _) => {
            Err(Refusal::new(403, "not_approved", "an administrator has to approve this device first").into())
        }
        (Some(State::Revoked), _) => Err(Refusal::new(403, "revoked", "this device was revoked").into()),
    }
}

/// A request that only reads, on behalf of `caller`.
pub(super) async fn read<T: Send + 'static>(
    app: &Shared,
    headers: &HeaderMap,
    allow: Allow,
    work: impl FnOnce(&Connection, &Caller) -> Result<T> + Send + 'static,
) -> Result<T> {
    let caller = caller(app, headers)?;
    app.reads
        .run(move |conn| {
            admit(conn, &caller, allow)?;
            work(conn, &caller)
        })
        .await
}

/// A request that writes, on behalf of `caller`; `second` runs once the batch's checkpoints are signed.
pub(super) async fn write<M: Send + 'static, T: Send + 'static>(
    app: &Shared,
    caller: Caller,
    allow: Allow,
    first: impl FnOnce(&Batch<'_>, &Caller) -> Result<M> + Send + 'static,
    second: impl FnOnce(&Batch<'_>, &Caller, M) -> Result<T> + Send + 'static,
) -> Result<T> {
    let again = caller.clone();
    app.writer
        .run(
            move |batch| {
                admit(batch.tx, &caller, allow)?;
                first(batch, &caller)
            },
            move |batch, middle| second(batch, &again, middle),
        )
        .await
}

/// Around every request: id, drain, restore, log.
pub(super) async fn watch(
    axum::extract::State(app): axum::extract::State<Shared>,
    matched: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let began = app.env.clock.ticks();
    let id = hex(&random::<8>().unwrap_or_default());
    let method = request.method().clone();
    // The template only: paths name uploads, and unknown paths may hold anything.
    let route = matched.as_ref().map_or("other", MatchedPath::as_str).to_owned();
    let mut response = match refuse_all(&app, &route).await {
        Some(refusal) => problem(&refusal),
        None => next.run(request).await,
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert("x-request-id", value);
    }
    let ms = app.env.clock.ticks().saturating_sub(began).as_micros() as f64 / 1000.0;
    tracing::info!(target: "daka_server::request", id, %method, route, status = response.status().as_u16(), ms);
    response
}

async fn refuse_all(app: &Shared, route: &str) -> Option<Refusal> {
    if app.draining.load(Ordering::SeqCst) {
        return Some(Refusal::new(503, "unavailable", "the server is stopping"));
    }
    if route == "/healthz" || !app.restored.load(Ordering::SeqCst) {
        return None;
    }
    // Another process lifts this: look again each time.
    match app.reads.run(restore::is_waiting).await {
        Ok(false) => {
            app.restored.store(false, Ordering::SeqCst);
            None
        }
        _ => Some(Refusal::new(
            423,
            "restored",
            "the server was restored from a backup and waits for its operator: `daka-server restore --replay` or `--confirm-loss`",
        )),
    }
}
