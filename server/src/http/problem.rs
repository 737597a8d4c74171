//! Problem documents: RFC 9457.

use crate::error::{Error, Refusal};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// An error on its way to the caller.
#[derive(Debug)]
pub(super) struct Failed(pub(super) Error);

impl<E: Into<Error>> From<E> for Failed {
    fn from(e: E) -> Self {
        Self(e.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        match self.0 {
            Error::Refused(refusal) => problem(&refusal),
            other => {
                tracing::error!(error = %other, "a request could not be carried out");
                problem(&Refusal::new(503, "unavailable", "the server cannot do this now; ask again"))
            }
        }
    }
}

/// A refusal as `application/problem+json`.
pub(super) fn problem(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut body = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Checksum Mismatch"),
        "status": refusal.status,
        "code": refusal.code,
        "detail": refusal.detail,
    });
    if let (Some(field), Some(map)) = (refusal.field, body.as_object_mut()) {
        map.insert("field".to_owned(), field.into());
    }
    let mut response = (status, body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    match refusal.status {
        429 => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("5")),
        503 => headers.insert(header::RETRY_AFTER, HeaderValue::from_static("10")),
        401 => headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        _ => None,
    };
    response
}
