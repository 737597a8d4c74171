//! The enrolment code and the QR text that carries it.
//!
//! `daka:1?u=…&r=…&c=…[&p=…]`: the server's URL percent-encoded, the tenant root's fingerprint, a single-use code of 128 bits, and
//! for an employer with its own certificate the SHA-256 of the server's TLS key. Binary values are base64url without padding.

use crate::domain::cbor::Value;
use crate::domain::crypto::Crypto;
use crate::domain::error::{FormatError, Problem};
use crate::domain::ids::{Hash32, Kid, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A sync server's URL: `https://host[:port][/path]`, or `http://` on a loopback address.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ServerUrl(String);

impl ServerUrl {
    /// Reads a URL; a slash at the end is dropped.
    ///
    /// # Errors
    /// [`FormatError`] for another scheme, for plain HTTP to anything but loopback, for user names, queries and fragments.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        const FIELD: &str = "server URL";
        crate::domain::ids::bounded(FIELD, text, 512)?;
        let (secure, rest) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (_, Some(rest)) => (false, rest),
            _ => return Err(FormatError::syntax(FIELD, "a URL that begins with https://")),
        };
        let authority = rest.split('/').next().unwrap_or_default();
        let odd = |c: char| c.is_whitespace() || c.is_control() || matches!(c, '@' | '?' | '#' | '\\');
        if authority.is_empty() || rest.contains(odd) {
            return Err(FormatError::syntax(FIELD, "https://host[:port][/path]"));
        }
        let loopback = |host: &str| {
            authority.strip_prefix(host).is_some_and(|port| {
                port.is_empty()
                    || port.strip_prefix(':').is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()))
            })
        };
        if !secure && !["127.0.0.1", "localhost", "[::1]"].into_iter().any(loopback) {
            return Err(FormatError::syntax(FIELD, "https:// (plain http is for loopback only)"));
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }

    /// The URL without a slash at the end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Scheme, host and port: what a login names, so that it works at this server only.
    pub fn origin(&self) -> &str {
        let start = self.0.find("://").map_or(0, |i| i + 3);
        let end = self.0.get(start..).and_then(|s| s.find('/')).map_or(self.0.len(), |i| start + i);
        self.0.get(..end).unwrap_or(&self.0)
    }

    /// Host, and port where one is named: what a person recognises.
    pub fn host(&self) -> &str {
        self.origin().split_once("://").map_or("", |(_, host)| host)
    }

    /// Whether it is plain HTTP, which [`ServerUrl::parse`] takes on loopback only.
    pub fn is_loopback_http(&self) -> bool {
        self.0.starts_with("http://")
    }
}

/// A single-use enrolment code of 128 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolCode(pub [u8; 16]);

impl EnrolCode {
    /// Reads 22 characters of base64url.
    ///
    /// # Errors
    /// [`FormatError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        decode64("code", text).map(Self)
    }

    /// 22 characters of base64url.
    pub fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// The first 4 bytes of SHA-256("daka-code" ‖ code): the server finds the code by it and counts wrong tries.
    pub fn hint(&self, crypto: &dyn Crypto) -> [u8; 4] {
        let d = crypto.sha256(&[b"daka-code", &self.0]).0;
        [d[0], d[1], d[2], d[3]]
    }

    /// HMAC(code, "daka-enrol" ‖ nonce ‖ PKCS#10 DER): shows the code without sending it, and binds it to one key.
    pub fn mac(&self, crypto: &dyn Crypto, nonce: Nonce, request: &[u8]) -> Hash32 {
        Hash32(crypto.hmac_sha256(&self.0, &[b"daka-enrol", &nonce.0, request]))
    }
}

impl std::fmt::Debug for EnrolCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolCode(hidden)")
    }
}

/// What a QR code says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrText {
    /// Where the server is.
    pub server: ServerUrl,
    /// The tenant root's fingerprint.
    pub root: Kid,
    /// The enrolment code.
    pub code: EnrolCode,
    /// SHA-256 of the server's TLS key, for a certificate that no public authority signed.
    pub tls_pin: Option<Hash32>,
}

impl QrText {
    /// The text.
    pub fn text(&self) -> String {
        let url = utf8_percent_encode(self.server.as_str(), RESERVED);
        let pin = self.tls_pin.map(|p| format!("&p={}", URL_SAFE_NO_PAD.encode(p.0))).unwrap_or_default();
        format!("daka:1?u={url}&r={}&c={}{pin}", URL_SAFE_NO_PAD.encode(self.root), self.code.text())
    }

    /// Reads the text. Each parameter once, in any order; others are refused.
    ///
    /// # Errors
    /// [`FormatError`] naming the parameter.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        crate::domain::ids::bounded("enrolment text", text, 1024)?;
        let Some(query) = text.trim().strip_prefix("daka:1?") else {
            return Err(FormatError::syntax("enrolment text", "daka:1?u=…&r=…&c=…"));
        };
        let (mut u, mut r, mut c, mut p) = (None, None, None, None);
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let slot = match name {
                "u" => &mut u,
                "r" => &mut r,
                "c" => &mut c,
                "p" => &mut p,
                _ => return Err(FormatError::syntax("enrolment text", "only the parameters u, r, c and p")),
            };
            if slot.replace(value).is_some() {
                return Err(FormatError::syntax("enrolment text", "each parameter once"));
            }
        }
        let url = percent_decode_str(u.ok_or_else(|| FormatError::missing("u"))?)
            .decode_utf8()
            .map_err(|_| FormatError::new("u", Problem::NotUtf8))?;
        Ok(Self {
            server: ServerUrl::parse(&url)?,
            root: Kid(Hash32(decode64("r", r.ok_or_else(|| FormatError::missing("r"))?)?)),
            code: EnrolCode::parse(c.ok_or_else(|| FormatError::missing("c"))?)?,
            tls_pin: p.map(|p| decode64("p", p).map(Hash32)).transpose()?,
        })
    }
}

fn decode64<const N: usize>(field: &'static str, text: &str) -> Result<[u8; N], FormatError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| FormatError::syntax(field, "base64url without padding"))?;
    let got = bytes.len();
    bytes.try_into().map_err(|_| FormatError::new(field, Problem::Length { min: N, max: N, got }))
}

/// `[…]` helper of messages that carry a version first.
pub(super) fn versioned(items: Vec<Value>) -> Value {
    let mut all = vec![Value::Uint(crate::domain::journal::FORMAT_VERSION)];
    all.extend(items);
    Value::Array(all)
}
