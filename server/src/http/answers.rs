//! Bodies in and out. A body that does not arrive is cut off: a client that sends a byte now and then holds no connection for long.

use super::problem::Failed;
use crate::error::Refusal;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::pin::Pin;
use std::time::Duration;

/// Most bytes of a segment, 4 MiB.
pub(super) const SEGMENT_LIMIT: usize = 4 << 20;
/// Most bytes of every other body.
pub(super) const SMALL_LIMIT: usize = 64 << 10;

/// A 200 with deterministic CBOR.
pub(super) fn cbor(bytes: Vec<u8>) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, "application/cbor"), (header::CACHE_CONTROL, "no-store")], bytes)
        .into_response()
}

/// Every so many bytes buy a body another second.
const SLOWEST: u64 = 1024;

/// Why a body is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// The connection broke.
    Broken,
    /// It did not arrive in time.
    Late,
}

impl Cut {
    /// What is answered, if anybody still listens.
    pub(super) fn refusal(self) -> Refusal {
        match self {
            Self::Broken => {
                Refusal { field: Some("body"), ..Refusal::new(400, "malformed", "the body ended before its length") }
            }
            Self::Late => Refusal::new(408, "timed_out", "the body did not arrive in time; send it again"),
        }
    }
}

/// A body on its way. It has `patience`, and a second more for each KiB that came.
pub(super) struct Arriving {
    body: Body,
    late: Pin<Box<tokio::time::Sleep>>,
}

impl Arriving {
    /// Begins to wait.
    pub(super) fn new(body: Body, patience: Duration) -> Self {
        Self { body, late: Box::pin(tokio::time::sleep(patience)) }
    }

    /// The next bytes; none at the end.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, Cut> {
        loop {
            let frame = std::future::poll_fn(|cx| Pin::new(&mut self.body).poll_frame(cx));
            let frame = tokio::select! {
                biased;
                frame = frame => frame,
                () = self.late.as_mut() => return Err(Cut::Late),
            };
            match frame {
                None => return Ok(None),
                Some(Err(_)) => return Err(Cut::Broken),
                Some(Ok(frame)) => {
                    // Trailers say nothing to us.
                    let Ok(bytes) = frame.into_data() else { continue };
                    let more = Duration::from_millis(bytes.len() as u64 * 1000 / SLOWEST);
                    let until = self.late.deadline() + more;
                    self.late.as_mut().reset(until);
                    return Ok(Some(bytes));
                }
            }
        }
    }
}

/// Reads a CBOR body.
pub(super) async fn body(headers: &HeaderMap, body: Body, limit: usize, patience: Duration) -> Result<Vec<u8>, Failed> {
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
    // Grown as it comes: a length that is announced costs the announcer nothing.
    let (mut all, mut arriving) = (Vec::new(), Arriving::new(body, patience));
    while let Some(bytes) = arriving.next().await.map_err(Cut::refusal)? {
        if all.len() + bytes.len() > limit {
            return Err(too_large().into());
        }
        all.extend_from_slice(&bytes);
    }
    Ok(all)
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
