//! The smallest HTTP/1.1 client that tests need: one request a connection, over TCP or TLS.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

/// An answer.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Header names in lower case, with their values.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The `code` of a problem document; empty for anything else.
    pub fn code(&self) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        json["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Status and problem code.
    pub fn outcome(&self) -> (u16, String) {
        (self.status, self.code())
    }
}

/// A client of one server.
#[derive(Clone)]
pub struct Http {
    url: String,
    tls: Option<Arc<rustls::ClientConfig>>,
}

impl Http {
    /// A client for `http://host:port`.
    pub fn new(url: &str) -> Self {
        Self { url: url.to_owned(), tls: None }
    }

    /// A client for `https://host:port`.
    pub fn with_tls(url: &str, tls: Arc<rustls::ClientConfig>) -> Self {
        Self { url: url.to_owned(), tls: Some(tls) }
    }

    /// The server's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Sends a request and reads the whole answer.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        self.try_send(method, path, headers, body).unwrap()
    }

    /// The same where the server may be away.
    ///
    /// # Errors
    /// When the connection breaks.
    pub fn try_send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> std::io::Result<Reply> {
        let (_, host) = self.url.split_once("://").unwrap();
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if !headers.iter().any(|(n, _)| n.eq_ignore_ascii_case("content-length"))
            && (method != "GET" && method != "HEAD")
        {
            request.push_str(&format!("Content-Length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        let tcp = TcpStream::connect(host)?;
        tcp.set_nodelay(true)?;
        let raw = match &self.tls {
            None => exchange(tcp, &bytes)?,
            Some(config) => {
                let name = host.split(':').next().unwrap().to_owned().try_into().unwrap();
                let conn = rustls::ClientConnection::new(Arc::clone(config), name).map_err(std::io::Error::other)?;
                exchange(rustls::StreamOwned::new(conn, tcp), &bytes)?
            }
        };
        parse(&raw).ok_or_else(|| std::io::Error::other("no HTTP answer"))
    }

    /// Posts CBOR with an access token.
    pub fn post(&self, path: &str, token: Option<&str>, body: &[u8]) -> Reply {
        let bearer = format!("Bearer {}", token.unwrap_or_default());
        let mut headers = vec![("Content-Type", "application/cbor")];
        if token.is_some() {
            headers.push(("Authorization", &bearer));
        }
        self.send("POST", path, &headers, body)
    }

    /// Gets with an access token.
    pub fn get(&self, path: &str, token: Option<&str>) -> Reply {
        let bearer = format!("Bearer {}", token.unwrap_or_default());
        let headers: &[(&str, &str)] = if token.is_some() { &[("Authorization", &bearer)] } else { &[] };
        self.send("GET", path, headers, &[])
    }
}

fn exchange(mut stream: impl Read + Write, request: &[u8]) -> std::io::Result<Vec<u8>> {
    // A server that refuses a large body answers and closes before it has read all of it: then the answer is what counts.
    let sent = stream.write_all(request).and_then(|()| stream.flush());
    let mut raw = Vec::new();
    match stream.read_to_end(&mut raw) {
        Ok(_) => {}
        Err(_) if !raw.is_empty() => {}
        Err(e) => return Err(sent.err().unwrap_or(e)),
    }
    Ok(raw)
}

fn parse(raw: &[u8]) -> Option<Reply> {
    let end = raw.windows(4).position(|w| w == b"\r\n\r\n")?;
    let text = std::str::from_utf8(&raw[..end]).ok()?;
    let mut lines = text.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let headers: Vec<(String, String)> =
        lines.filter_map(|l| l.split_once(':')).map(|(n, v)| (n.to_ascii_lowercase(), v.trim().to_owned())).collect();
    Some(Reply { status, headers, body: raw[end + 4..].to_vec() })
}
