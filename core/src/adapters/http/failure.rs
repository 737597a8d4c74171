//! What a failed exchange is called. reqwest's kinds are coarser than ours, so the causes behind an error are looked at: a
//! certificate that is refused looks like any lost connection from outside, and must not.

use crate::ports::TransportError;
use std::error::Error;

/// A failure before any part of an answer came.
pub(super) fn before_answer(error: &reqwest::Error) -> TransportError {
    let text = innermost(error);
    if let Some(untrusted) = untrusted(error) {
        TransportError::Untrusted(untrusted)
    } else if error.is_connect() || error.is_builder() {
        // The connection's own time-out too: nothing was sent.
        TransportError::Unreachable(text)
    } else if error.is_timeout() {
        TransportError::TimedOut
    } else {
        TransportError::Broken(text)
    }
}

/// A failure while an answer was read.
pub(super) fn within_answer(error: &reqwest::Error) -> TransportError {
    if error.is_timeout() { TransportError::TimedOut } else { TransportError::Broken(innermost(error)) }
}

/// The text of the first cause: the others repeat it in longer words.
pub(super) fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

/// What is wrong with the server's certificate, if that is the cause.
fn untrusted(error: &reqwest::Error) -> Option<String> {
    causes(error).find_map(|cause| {
        let tls = cause.downcast_ref::<rustls::Error>()?;
        let certificate = matches!(
            tls,
            rustls::Error::InvalidCertificate(_)
                | rustls::Error::InvalidCertRevocationList(_)
                | rustls::Error::NoCertificatesPresented
                // What Android's verifier says when its trust store is away.
                | rustls::Error::General(_)
        );
        certificate.then(|| match tls {
            rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) => other.0.to_string(),
            tls => tls.to_string(),
        })
    })
}

/// The error and all causes behind it. `io::Error` skips what it wraps in `source`, so that is asked for on its own.
fn causes<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |e| cause(*e))
}

fn cause<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref) {
        Some(wrapped) => Some(wrapped),
        None => error.source(),
    }
}
