//! Certificates and TLS servers for the tests, made by rcgen.

use daka_core::adapters::crypto::Ring;
use daka_core::adapters::http::Trust;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::Hash32;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, PublicKeyData as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::ResolvesServerCert;
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, SupportedProtocolVersion, version};
use std::sync::Arc;

pub(crate) type Versions = &'static [&'static SupportedProtocolVersion];

pub(crate) const BOTH: Versions = &[&version::TLS13, &version::TLS12];
/// Each alone: they check a certificate's signature in different places.
pub(crate) const VERSIONS: [Versions; 2] = [&[&version::TLS13], &[&version::TLS12]];

/// From the first day of one year to the first day of another.
pub(crate) type Years = (i32, i32);
pub(crate) const VALID: Years = (2020, 2090);
pub(crate) const EXPIRED: Years = (2020, 2021);
pub(crate) const FUTURE: Years = (2089, 2090);

fn params(host: &str, (from, to): Years) -> CertificateParams {
    let mut params = CertificateParams::new([host.to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(to, 1, 1);
    params
}

/// A certificate authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn trust(&self) -> Trust {
        Trust::root_pem(self.pem().as_bytes()).unwrap()
    }

    pub(crate) fn issue(&self, host: &str, years: Years) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params(host, years).signed_by(&key, &self.0).unwrap();
        Identity { certificate: certificate.der().clone(), key: Arc::new(key) }
    }
}

/// A server's certificate and the key that it signs with.
pub(crate) struct Identity {
    certificate: CertificateDer<'static>,
    key: Arc<KeyPair>,
}

pub(crate) fn self_signed(host: &str, years: Years) -> Identity {
    let key = Arc::new(KeyPair::generate().unwrap());
    let certificate = params(host, years).self_signed(&*key).unwrap().der().clone();
    Identity { certificate, key }
}

impl Identity {
    /// Another certificate for the same key.
    pub(crate) fn renewed(&self, host: &str, years: Years) -> Self {
        let certificate = params(host, years).self_signed(&*self.key).unwrap().der().clone();
        Self { certificate, key: Arc::clone(&self.key) }
    }

    /// This certificate, but the other's key.
    pub(crate) fn with_key_of(&self, other: &Self) -> Self {
        Self { certificate: self.certificate.clone(), key: Arc::clone(&other.key) }
    }

    /// SHA-256 of the key's SubjectPublicKeyInfo, from the key and not from the certificate.
    pub(crate) fn pin(&self) -> Hash32 {
        Ring.sha256(&[&self.key.subject_public_key_info()])
    }

    pub(crate) fn server(&self, versions: Versions) -> Arc<ServerConfig> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let key = provider.key_provider.load_private_key(key).unwrap();
        // Not `with_single_cert`: it would notice a key that is not the certificate's.
        let always = Always(Arc::new(CertifiedKey::new(vec![self.certificate.clone()], key)));
        let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(versions).unwrap();
        Arc::new(config.with_no_client_auth().with_cert_resolver(Arc::new(always)))
    }
}

#[derive(Debug)]
struct Always(Arc<CertifiedKey>);

impl ResolvesServerCert for Always {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}
