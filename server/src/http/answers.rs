//! Bodies in and out.

use super::problem::Failed;
use crate::error::Refusal;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// Most bytes of a segment, 4 MiB.
pub(super) const SEGMENT_LIMIT: usize = 4 << 20;
/// Most bytes of every other body.
pub(super) const SMALL_LIMIT: usize = 64 << 10;

/// A 200 with deterministic CBOR.
pub(super) fn cbor(bytes: Vec<u8>) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/cbor"), (header::CACHE_CONTROL, "no-store")], bytes)
        .into_response()
}

/// Reads a CBOR body.
pub(super) async fn body(headers: &HeaderMap, body: Body, limit: usize) -> Result<Bytes, Failed> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if media.split(';').next().map(str::trim) != Some("application/cbor") {
        return Err(Refusal::new(415, "media_type", "send application/cbor").into());
    }
    let too_large = || Refusal::new(413, "too_large", format!("at most {limit} bytes"));
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
    if length.is_some_and(|n| n > limit) {
        return Err(too_large().into());
    }
    match axum::body::to_bytes(body, limit).await {
        Ok(bytes) => Ok(bytes),
        // Either the limit, for a body without a length, or a connection that broke: the second reads no answer.
        Err(_) if length.is_none() => Err(too_large().into()),
        Err(_) => {
            Err(Refusal { field: Some("body"), ..Refusal::new(400, "malformed", "the body ended before its length") }
                .into())
        }
    }
}

/// A query's parameter as a number.
pub(super) fn number(
    query: &std::collections::HashMap<String, String>,
    field: &'static str,
) -> Result<Option<u64>, Failed> {
    let parse = |v: &String| {
        v.parse::<u64>().ok().filter(|n| i64::try_from(*n).is_ok()).ok_or_else(|| Refusal {
            field: Some(field),
            ..Refusal::new(400, "malformed", format!("{field} should be a number"))
        })
    };
    Ok(query.get(field).map(parse).transpose()?)
}

/// A query's parameter as a number that must be there.
pub(super) fn needed(query: &std::collections::HashMap<String, String>, field: &'static str) -> Result<u64, Failed> {
    let missing = || Refusal { field: Some(field), ..Refusal::new(400, "malformed", format!("{field} is missing")) };
    Ok(number(query, field)?.ok_or_else(missing)?)
}
