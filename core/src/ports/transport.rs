//! One HTTP exchange. What to send, and what an answer means, is decided above; how it travels, below.

use std::future::Future;
use std::pin::Pin;

/// The methods in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// GET
    Get,
    /// HEAD
    Head,
    /// POST
    Post,
    /// PATCH
    Patch,
}

/// A request to the enrolled server.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The absolute URL.
    pub url: String,
    /// Header fields, lower-case names.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for HttpRequest {
    /// Without header values and body: they hold tokens and places.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} ({} bytes)", self.method, self.url, self.body.len())
    }
}

/// An answer, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// The status code.
    pub status: u16,
    /// Header fields, lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl HttpResponse {
    /// The first value of a header field.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// No answer came.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No connection, name or route.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// It took too long.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The connection broke after something was sent: the server may have taken it.
    #[error("the connection broke before the answer came: {0}")]
    Broken(String),
    /// The server's certificate is not one to trust, or not the pinned one.
    #[error("the server's certificate is not trusted: {0}")]
    Untrusted(String),
    /// Bigger than anything this protocol has.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The platform's TLS verifier was not initialised (Android: in `Application.onCreate`).
    #[error("the platform's certificate verifier was not initialised")]
    PlatformNotInitialised,
}

/// Carries one exchange.
pub trait Transport: Send + Sync {
    /// Sends a request and waits for the whole answer.
    fn send(
        &self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + '_>>;
}

/// Makes transports: which certificates to trust is known once the enrolment text was read.
pub trait Connector: Send + Sync {
    /// A transport that trusts the platform's authorities, or only the TLS key whose SHA-256 is `pin`.
    ///
    /// # Errors
    /// [`TransportError::PlatformNotInitialised`] where the platform's verifier is not ready.
    fn connect(&self, pin: Option<crate::domain::ids::Hash32>)
    -> Result<std::sync::Arc<dyn Transport>, TransportError>;
}
