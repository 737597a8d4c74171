//! A server made of prepared answers.

use super::lock;
use crate::ports::{HttpRequest, HttpResponse, Transport, TransportError};
use std::collections::VecDeque;
use std::future::{Future, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex};

/// What comes back for a request.
pub type Answer = Result<HttpResponse, TransportError>;

type Handler = Box<dyn FnMut(&HttpRequest) -> Answer + Send>;

/// Answers each request with the next prepared answer, then with what the handler says, then that nobody can be reached. Clones
/// share the script and the record.
#[derive(Clone, Default)]
pub struct ScriptedTransport(Arc<Mutex<Script>>);

#[derive(Default)]
struct Script {
    answers: VecDeque<Answer>,
    handler: Option<Handler>,
    requests: Vec<HttpRequest>,
}

impl ScriptedTransport {
    /// A network without a server.
    pub fn new() -> Self {
        Self::default()
    }

    /// Prepares an answer after those that are prepared already.
    pub fn then(&self, answer: Answer) -> &Self {
        lock(&self.0).answers.push_back(answer);
        self
    }

    /// Answers everything that no answer was prepared for. The handler may not use this transport.
    pub fn otherwise(&self, handler: impl FnMut(&HttpRequest) -> Answer + Send + 'static) -> &Self {
        lock(&self.0).handler = Some(Box::new(handler));
        self
    }

    /// The requests so far.
    pub fn requests(&self) -> Vec<HttpRequest> {
        lock(&self.0).requests.clone()
    }
}

impl Transport for ScriptedTransport {
    fn send(&self, request: HttpRequest) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
        let mut script = lock(&self.0);
        let answer = script.answers.pop_front();
        let answer = match (answer, script.handler.as_mut()) {
            (Some(answer), _) => answer,
            (None, Some(handler)) => handler(&request),
            (None, None) => Err(TransportError::Unreachable("no answer was prepared".to_owned())),
        };
        script.requests.push(request);
        Box::pin(ready(answer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Method;

    #[test]
    fn answers_come_in_order_and_requests_are_kept() {
        let answer = |status| HttpResponse { status, headers: Vec::new(), body: Vec::new() };
        let network = ScriptedTransport::new();
        network.then(Ok(answer(200))).then(Err(TransportError::TimedOut));
        let handler = move |request: &HttpRequest| Ok(answer(if request.method == Method::Get { 204 } else { 500 }));
        let send = |method| {
            let request = HttpRequest { method, url: "https://clock.example/".into(), headers: vec![], body: vec![] };
            let mut sent = network.send(request);
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            match sent.as_mut().poll(&mut context) {
                std::task::Poll::Ready(answer) => answer.map(|a| a.status),
                std::task::Poll::Pending => panic!("a prepared answer is there at once"),
            }
        };
        assert_eq!(send(Method::Post), Ok(200));
        assert_eq!(send(Method::Post), Err(TransportError::TimedOut));
        assert!(matches!(send(Method::Get), Err(TransportError::Unreachable(_))));
        network.otherwise(handler);
        assert_eq!(send(Method::Get), Ok(204));
        assert_eq!(network.requests().iter().filter(|r| r.method == Method::Post).count(), 2);
        assert_eq!(network.requests().len(), 4);
    }
}
