//! Whose certificates are believed.

use crate::domain::error::FormatError;
use crate::domain::ids::Hash32;
use crate::ports::TransportError;
use der::Decode as _;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme, version,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use x509_cert::Certificate;

/// Whose certificates are believed.
#[derive(Clone, PartialEq, Eq)]
pub enum Trust {
    /// Whom the platform believes: its authorities, its rules, its revocations.
    Platform,
    /// The server that holds this one key: SHA-256 of its SubjectPublicKeyInfo in DER, as the enrolment code's `p` says it. The
    /// certificate may be signed by anybody and name any host, so that a small employer's server can make its own and move
    /// between names and addresses; the key is what was handed over with the code. It must be within its dates.
    Pinned(Hash32),
    /// An employer's own authorities, certificates in DER, and no others. See [`Trust::root_pem`].
    Roots(Vec<Vec<u8>>),
}

impl Trust {
    /// What an enrolment code asks for: its pin, or the platform.
    pub fn from_pin(pin: Option<Hash32>) -> Self {
        pin.map_or(Self::Platform, Self::Pinned)
    }

    /// The authorities in a PEM file; other blocks are passed over.
    ///
    /// # Errors
    /// [`FormatError`] if there is none, or one that is no certificate.
    pub fn root_pem(pem: &[u8]) -> Result<Self, FormatError> {
        const FIELD: &str = "root certificate";
        let bad = || FormatError::syntax(FIELD, "certificates in PEM");
        let roots = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().map_err(|_| bad())?;
        if roots.is_empty() {
            return Err(FormatError::missing(FIELD));
        }
        root_store(&roots).ok_or_else(bad)?;
        Ok(Self::Roots(roots.iter().map(|c| c.to_vec()).collect()))
    }

    /// Whether a handshake may begin: Android's verifier panics in one if it was not initialised.
    pub(super) fn ready(&self) -> Result<(), TransportError> {
        check_ready(cfg!(target_os = "android"), self, PLATFORM_READY.load(Ordering::Acquire))
    }

    /// TLS 1.2 and 1.3 by ring, without any provider of the process.
    pub(super) fn client_config(&self) -> Result<ClientConfig, TransportError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let failed = |e: rustls::Error| TransportError::Untrusted(e.to_string());
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])
            .map_err(failed)?
            .dangerous()
            .with_custom_certificate_verifier(self.verifier(provider))
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(config)
    }

    fn verifier(&self, provider: Arc<CryptoProvider>) -> Arc<dyn ServerCertVerifier> {
        let algorithms = provider.signature_verification_algorithms;
        // A system without certificates must still reach its own server on loopback; so it is each handshake that fails.
        let none = |why: String| -> Arc<dyn ServerCertVerifier> { Arc::new(Nobody { why, algorithms }) };
        match self {
            Self::Pinned(pin) => Arc::new(PinnedKey { pin: *pin, algorithms }),
            Self::Platform => match rustls_platform_verifier::Verifier::new(provider) {
                Ok(verifier) => Arc::new(verifier),
                Err(e) => none(format!("the system has no certificates to trust; install ca-certificates ({e})")),
            },
            Self::Roots(roots) => {
                let roots: Vec<_> = roots.iter().map(|r| CertificateDer::from(r.as_slice())).collect();
                let built = root_store(&roots)
                    .and_then(|store| WebPkiServerVerifier::builder_with_provider(store.into(), provider).build().ok());
                match built {
                    Some(verifier) => verifier,
                    None => none("the given authorities are no certificates".into()),
                }
            }
        }
    }
}

impl std::fmt::Debug for Trust {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Platform => f.write_str("Platform"),
            Self::Pinned(pin) => write!(f, "Pinned({pin})"),
            Self::Roots(roots) => write!(f, "Roots({})", roots.len()),
        }
    }
}

static PLATFORM_READY: AtomicBool = AtomicBool::new(false);

/// Says that the platform's verifier may be used. Android's JNI entry calls it after `rustls_platform_verifier::android::init_*`
/// succeeded; elsewhere there is nothing to initialise and nothing changes.
pub fn platform_verifier_ready() {
    PLATFORM_READY.store(true, Ordering::Release);
}

fn check_ready(android: bool, trust: &Trust, initialised: bool) -> Result<(), TransportError> {
    if android && *trust == Trust::Platform && !initialised {
        Err(TransportError::PlatformNotInitialised)
    } else {
        Ok(())
    }
}

fn root_store(roots: &[CertificateDer<'_>]) -> Option<RootCertStore> {
    let mut store = RootCertStore::empty();
    for root in roots {
        store.add(root.clone().into_owned()).ok()?;
    }
    Some(store)
}

/// Why a certificate is refused that no list of rustls has.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
struct Refusal(String);

fn refuse(why: impl Into<String>) -> rustls::Error {
    CertificateError::Other(OtherError(Arc::new(Refusal(why.into())))).into()
}

/// Believes one key. The handshake's signature is checked with it, so a copied certificate without the key is of no use.
#[derive(Debug)]
struct PinnedKey {
    pin: Hash32,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinnedKey {
    fn check(&self, certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), rustls::Error> {
        let spki = ParsedCertificate::try_from(certificate)?.subject_public_key_info();
        if ring::digest::digest(&ring::digest::SHA256, &spki).as_ref() != self.pin.0 {
            return Err(refuse("the server's key is not the one that the enrolment code names"));
        }
        let certificate = Certificate::from_der(certificate).map_err(|_| CertificateError::BadEncoding)?;
        let validity = certificate.tbs_certificate().validity();
        if now.as_secs() < validity.not_before.to_unix_duration().as_secs() {
            return Err(CertificateError::NotValidYet.into());
        }
        if now.as_secs() > validity.not_after.to_unix_duration().as_secs() {
            return Err(CertificateError::Expired.into());
        }
        Ok(())
    }
}

/// Believes nobody, and says why.
#[derive(Debug)]
struct Nobody {
    why: String,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Nobody {
    fn check(&self, _: &CertificateDer<'_>, _: UnixTime) -> Result<(), rustls::Error> {
        Err(refuse(self.why.as_str()))
    }
}

macro_rules! server_cert_verifier {
    ($name:ident) => {
        impl ServerCertVerifier for $name {
            fn verify_server_cert(
                &self,
                end_entity: &CertificateDer<'_>,
                _intermediates: &[CertificateDer<'_>],
                _server_name: &ServerName<'_>,
                _ocsp_response: &[u8],
                now: UnixTime,
            ) -> Result<ServerCertVerified, rustls::Error> {
                self.check(end_entity, now).map(|()| ServerCertVerified::assertion())
            }

            fn verify_tls12_signature(
                &self,
                message: &[u8],
                cert: &CertificateDer<'_>,
                dss: &DigitallySignedStruct,
            ) -> Result<HandshakeSignatureValid, rustls::Error> {
                verify_tls12_signature(message, cert, dss, &self.algorithms)
            }

            fn verify_tls13_signature(
                &self,
                message: &[u8],
                cert: &CertificateDer<'_>,
                dss: &DigitallySignedStruct,
            ) -> Result<HandshakeSignatureValid, rustls::Error> {
                verify_tls13_signature(message, cert, dss, &self.algorithms)
            }

            fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
                self.algorithms.supported_schemes()
            }
        }
    };
}

server_cert_verifier!(PinnedKey);
server_cert_verifier!(Nobody);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn android_asks_for_its_verifier_first() {
        let pinned = Trust::Pinned(Hash32::ZERO);
        assert_eq!(check_ready(true, &Trust::Platform, false), Err(TransportError::PlatformNotInitialised));
        assert_eq!(check_ready(true, &Trust::Platform, true), Ok(()));
        assert_eq!(check_ready(true, &pinned, false), Ok(()));
        assert_eq!(check_ready(false, &Trust::Platform, false), Ok(()));
    }

    #[test]
    fn a_root_file_holds_certificates() {
        for bad in [
            "",
            "no PEM",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n",
        ] {
            assert!(Trust::root_pem(bad.as_bytes()).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_code_without_a_pin_asks_the_platform() {
        assert_eq!(Trust::from_pin(None), Trust::Platform);
        assert_eq!(Trust::from_pin(Some(Hash32::ZERO)), Trust::Pinned(Hash32::ZERO));
    }
}
