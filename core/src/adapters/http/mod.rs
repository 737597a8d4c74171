//! HTTPS to the enrolled server: the one place in the project that makes an HTTP client.
//!
//! The client does one exchange and nothing of its own accord. It follows no redirect (a captive portal would be taken for the
//! server), keeps no cookies, asks no proxy of the environment, sends nothing again, and reads no more of an answer than the
//! protocol can have. HTTP/1.1 over TLS 1.2 or 1.3 with ring; plain HTTP to this machine only, checked at every request before a
//! packet leaves.
//!
//! Whom to believe is a [`Trust`]: what the platform trusts, the one key that the enrolment code names, or an employer's own
//! authority. The client is made at the first request, since reading the system's certificates takes a while and a punch needs
//! none of it.
//!
//! Nothing is kept but open connections. They belong to the tokio runtime of the request that opened them: use one transport with
//! one runtime. A request whose future is dropped is given up; the server may have taken it, and sending it again is safe.

mod connector;
mod failure;
mod trust;

pub use connector::HttpConnector;
pub use trust::{Trust, platform_verifier_ready};

use crate::ports::{HttpRequest, HttpResponse, Method, Transport, TransportError};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue};
use std::future::Future;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::sync::OnceLock;
use std::time::Duration;

/// The limits of one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpLimits {
    /// For the connection, its TLS handshake included.
    pub connect: Duration,
    /// For the whole exchange, from the first packet to the last byte of the answer.
    pub whole: Duration,
    /// The longest body of an answer, bytes.
    pub body: usize,
}

impl Default for HttpLimits {
    /// 10 s, 30 s and 8 MiB: twice the largest segment (docs/wire.md), and no answer is larger than what it answers.
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), whole: Duration::from_secs(30), body: 8 * 1024 * 1024 }
    }
}

/// [`Transport`] over reqwest and rustls. Its futures must be polled in a tokio runtime with I/O and time enabled.
pub struct HttpTransport {
    trust: Trust,
    limits: HttpLimits,
    client: OnceLock<Result<reqwest::Client, TransportError>>,
}

impl HttpTransport {
    /// A transport that believes `trust`. Nothing is opened or read yet.
    pub fn new(trust: Trust, limits: HttpLimits) -> Self {
        Self { trust, limits, client: OnceLock::new() }
    }

    fn client(&self) -> Result<&reqwest::Client, TransportError> {
        self.client.get_or_init(|| build(&self.trust, self.limits)).as_ref().map_err(Clone::clone)
    }

    async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let url = target(&request.url)?;
        if url.scheme() == "https" {
            self.trust.ready()?;
        }
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(TransportError::Unreachable("there is no tokio runtime to send from".into()));
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Head => reqwest::Method::HEAD,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
        };
        let mut fields = headers(&request.headers)?;
        if request.body.is_empty() && matches!(request.method, Method::Post | Method::Patch) {
            // RFC 9110 §8.6; some proxies answer 411 without it, and hyper leaves it out.
            fields.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        let builder = self.client()?.request(method, url).headers(fields).body(request.body);
        let response = builder.send().await.map_err(|e| failure::before_answer(&e.without_url()))?;
        self.read(response).await
    }

    async fn read(&self, mut response: reqwest::Response) -> Result<HttpResponse, TransportError> {
        let limit = self.limits.body;
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        let mut body = Vec::new();
        // Counted as it comes: the length that an answer says of itself may be left out or wrong.
        while let Some(chunk) = response.chunk().await.map_err(|e| failure::within_answer(&e.without_url()))? {
            if chunk.len() > limit - body.len() {
                return Err(TransportError::TooLarge { limit });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(HttpResponse { status, headers, body })
    }
}

impl Transport for HttpTransport {
    fn send(
        &self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + '_>> {
        Box::pin(self.exchange(request))
    }
}

impl std::fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpTransport").field("trust", &self.trust).field("limits", &self.limits).finish()
    }
}

/// The client builder of the project.
fn build(trust: &Trust, limits: HttpLimits) -> Result<reqwest::Client, TransportError> {
    let failed = |e: reqwest::Error| TransportError::Unreachable(failure::innermost(&e));
    // A name server of the network must not say where this machine is. Port 0 stands for the URL's.
    let this_machine = [SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), SocketAddr::from((Ipv6Addr::LOCALHOST, 0))];
    reqwest::Client::builder()
        .tls_backend_preconfigured(trust.client_config()?)
        .http1_only()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .no_proxy()
        .resolve_to_addrs("localhost", &this_machine)
        .connect_timeout(limits.connect)
        .timeout(limits.whole)
        // Carriers forget idle connections after half a minute; one is enough, since requests follow one another.
        .pool_idle_timeout(Duration::from_secs(25))
        .pool_max_idle_per_host(1)
        .user_agent(concat!("daka/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(failed)
}

/// Where a request may go: `https`, or `http` to this machine; the rule of `ServerUrl`, held again at the last gate.
fn target(url: &str) -> Result<Url, TransportError> {
    let refused = |why: &str| TransportError::Unreachable(why.to_owned());
    let url = Url::parse(url).map_err(|e| TransportError::Unreachable(format!("no URL: {e}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("a URL with a user name is not sent"));
    }
    // The parser's host is what is connected to, whatever the text looked like.
    let here = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        "http" => Err(refused("plain http is for loopback only; use https")),
        _ => Err(refused("only https is spoken")),
    }
}

fn headers(fields: &[(&'static str, String)]) -> Result<HeaderMap, TransportError> {
    let mut map = HeaderMap::with_capacity(fields.len());
    for (name, value) in fields {
        let bad = |_| TransportError::Unreachable(format!("the header {name} cannot be sent"));
        let mut value = HeaderValue::from_str(value).map_err(|_| bad(()))?;
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad(()))?;
        // Kept out of debug output.
        value.set_sensitive(name == AUTHORIZATION);
        map.append(name, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_only() {
        for url in
            ["https://time.example/v0/head", "http://127.0.0.1:8080/", "http://localhost/x?y=1", "http://[::1]:1/"]
        {
            assert!(target(url).is_ok(), "{url}");
        }
        // 127.1 and 0x7f000001 are forms of 127.0.0.1 that the URL standard reads as such.
        assert!(target("http://127.1/").is_ok() && target("http://0x7f000001/").is_ok());
        for url in [
            "http://time.example/",
            "http://localhost.time.example/",
            "http://127.0.0.1.time.example/",
            "http://127.0.0.1@time.example/",
            "https://127.0.0.1@time.example/",
            "https://a:b@time.example/",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
            "http://127.0.0.2/",
            "http://localhost./",
            "ftp://localhost/",
            "file:///etc/passwd",
            "//localhost/",
            "localhost",
            "",
        ] {
            assert!(matches!(target(url), Err(TransportError::Unreachable(_))), "{url}");
        }
    }

    #[test]
    fn a_header_that_would_split_the_request_is_refused() {
        assert!(headers(&[("authorization", "Bearer x".into())]).is_ok());
        for value in ["a\r\nhost: other", "a\n", "\0"] {
            assert!(headers(&[("x-test", value.into())]).is_err(), "{value:?}");
        }
    }
}
