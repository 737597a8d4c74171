//! One exchange with the server: a request of ours, and an answer of the shape we asked for, or a [`Stop`] for the decision table.

use super::stop::Stop;
use crate::domain::cbor::Value;
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, List};
use crate::domain::journal::FORMAT_VERSION;
use crate::domain::retry::{Ask, Head, Media, Outcome};
use crate::domain::time::WallMs;
use crate::domain::trust::ServerUrl;
use crate::ports::{Clock, HttpRequest, HttpResponse, Method, Transport};
use std::sync::Arc;

/// The server, and who asks.
#[derive(Clone)]
pub(in crate::app) struct Client {
    pub(super) server: ServerUrl,
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    token: Option<String>,
}

impl Client {
    pub(in crate::app) fn new(server: ServerUrl, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self { server, transport, clock, token: None }
    }

    pub(super) fn with_token(&self, token: String) -> Self {
        Self { token: Some(token), ..self.clone() }
    }

    /// A request to a path of the server.
    pub(super) fn request(&self, method: Method, path: &str, body: Vec<u8>) -> HttpRequest {
        let mut headers = vec![("accept", "application/cbor, application/problem+json".to_owned())];
        if let Some(token) = &self.token {
            headers.push(("authorization", format!("Bearer {token}")));
        }
        if !body.is_empty() {
            headers.push(("content-type", "application/cbor".to_owned()));
        }
        HttpRequest { method, url: format!("{}{path}", self.server.as_str()), headers, body }
    }

    /// Sends a request and takes any answer.
    ///
    /// # Errors
    /// [`Stop`] when none came.
    pub(super) async fn send(&self, ask: Ask, request: HttpRequest) -> Result<HttpResponse, Stop> {
        self.transport.send(request).await.map_err(|e| Stop::no_answer(ask, e))
    }

    /// What an answer says before its body is believed.
    pub(super) fn head(&self, answer: &HttpResponse) -> Head {
        let wall = WallMs::new(self.clock.read().wall_ms);
        Head::of(answer.status, |name| answer.header(name), &answer.body, wall)
    }

    /// An answer that is not what was asked for.
    pub(super) fn unexpected(&self, ask: Ask, answer: &HttpResponse) -> Stop {
        Stop::ended(ask, Outcome::Answer(self.head(answer)))
    }

    /// Sends a request and reads a CBOR answer.
    ///
    /// # Errors
    /// [`Stop`] for anything else.
    pub(in crate::app) async fn call<T>(
        &self,
        ask: Ask,
        method: Method,
        path: &str,
        body: Vec<u8>,
        read: impl FnOnce(&[u8]) -> Result<T, FormatError>,
    ) -> Result<T, Stop> {
        let answer = self.send(ask, self.request(method, path, body)).await?;
        self.read(ask, &answer, read)
    }

    /// Reads a CBOR answer.
    ///
    /// # Errors
    /// [`Stop`] for anything else.
    pub(super) fn read<T>(
        &self,
        ask: Ask,
        answer: &HttpResponse,
        read: impl FnOnce(&[u8]) -> Result<T, FormatError>,
    ) -> Result<T, Stop> {
        let head = self.head(answer);
        if !head.is_success(Media::Cbor) {
            return Err(Stop::ended(ask, Outcome::Answer(head)));
        }
        read(&answer.body).map_err(|e| {
            let newer = matches!(e.problem, Problem::Version { .. });
            Stop::ended(ask, if newer { Outcome::Newer } else { Outcome::Undecodable })
        })
    }
}

/// `[v, …]` of an answer.
pub(super) fn versioned(what: &'static str, bytes: &[u8]) -> Result<List, FormatError> {
    let mut list = List::new(what, Value::decode(what, bytes)?)?;
    match list.take("v")?.uint("v")? {
        FORMAT_VERSION => Ok(list),
        got => Err(FormatError::new(what, Problem::Version { got })),
    }
}
