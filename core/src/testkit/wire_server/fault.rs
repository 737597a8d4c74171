//! How the server misbehaves.

use crate::ports::{HttpResponse, TransportError};
use std::sync::Arc;

/// Says of which bodies a fault is.
pub type BodyTest = Arc<dyn Fn(&[u8]) -> bool + Send + Sync>;

/// What becomes of a request.
#[derive(Clone)]
pub enum Fault {
    /// It is not handled, and this comes back.
    Answer(HttpResponse),
    /// It does not arrive.
    NotReached(TransportError),
    /// It is handled, and the answer is lost.
    AnswerLost(TransportError),
    /// It is handled, and the answer changed on its way.
    Changed(Arc<dyn Fn(&mut HttpResponse) + Send + Sync>),
    /// It is handled, and nothing comes back for as long as anyone waits.
    Stalled,
    /// Nothing.
    None,
    /// It is handled, and this happens before the answer arrives.
    Meanwhile(Arc<dyn Fn() + Send + Sync>),
    /// A request whose body is of this kind is not handled, and this comes back; others are.
    IfBody(BodyTest, HttpResponse),
}

impl Fault {
    /// An answer without a problem document.
    pub fn status(status: u16) -> Self {
        Self::Answer(HttpResponse { status, headers: Vec::new(), body: Vec::new() })
    }

    /// A refusal that the server explains.
    pub fn refused(status: u16, code: &str) -> Self {
        Self::Answer(problem(status, code))
    }

    /// A refusal with how long to wait, in seconds.
    pub fn wait(status: u16, code: &str, seconds: u64) -> Self {
        let mut answer = problem(status, code);
        answer.headers.push(("retry-after".to_owned(), seconds.to_string()));
        Self::Answer(answer)
    }

    /// A network's login page.
    pub fn page(status: u16) -> Self {
        Self::Answer(html(status))
    }
}

/// A problem document (RFC 9457).
pub fn problem(status: u16, code: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), "application/problem+json".to_owned())],
        body: format!(r#"{{"type":"about:blank","status":{status},"code":"{code}"}}"#).into_bytes(),
    }
}

/// A page.
pub fn html(status: u16) -> HttpResponse {
    HttpResponse {
        status,
        headers: vec![("content-type".to_owned(), "text/html; charset=utf-8".to_owned())],
        body: b"<html><body>Welcome to the lobby. Accept the terms.</body></html>".to_vec(),
    }
}

/// Faults that are still to come.
pub(super) struct Plan {
    path: String,
    times: usize,
    fault: Fault,
}

impl Plan {
    pub(super) fn new(path: &str, times: usize, fault: Fault) -> Self {
        Self { path: path.to_owned(), times, fault }
    }

    /// The fault, if this plan is for the path and not used up.
    pub(super) fn meet(&mut self, path: &str) -> Option<Fault> {
        if self.times == 0 || !path.starts_with(&self.path) {
            return None;
        }
        self.times -= 1;
        Some(self.fault.clone())
    }
}
