//! Device certificates (RFC 5280) and the requests for them (PKCS#10, RFC 2986).
//!
//! A certificate says one thing: this tenant's CA takes this P-256 key for a device. It carries no name of a person. Its extended
//! key usage has email protection and C2PA claim signing, which the photo manifest needs; it is not a CA, and its critical key usage
//! is digital signature alone. Validity is judged at the time of the receipt, so the verifier passes that time in.

use crate::domain::crypto::{Algorithm, Crypto, PublicKey, SignError, Signer};
use crate::domain::ecdsa;
use crate::domain::error::FormatError;
use crate::domain::time::WallMs;
use der::asn1::{BitString, GeneralizedTime, OctetString, UtcTime};
use der::oid::ObjectIdentifier;
use der::{Decode, Encode, Sequence};
use std::str::FromStr as _;
use std::time::Duration;
use x509_cert::attr::Attributes;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::name::Name;
use x509_cert::request::{CertReq, CertReqInfo, Version as RequestVersion};
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const EMAIL_PROTECTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4");
/// C2PA specification 2.1, §14.5.1.1: c2pa-kp-claimSigning.
const C2PA_CLAIM_SIGNING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.62558.2.1");

/// Five years, the validity that record.md gives a device certificate.
const VALIDITY: Duration = Duration::from_secs(5 * 365 * 86_400);

/// What is wrong with a certificate or a request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// No DER of the right shape.
    #[error("not a certificate or request that this program reads: {0}")]
    Der(String),
    /// The key inside is not P-256.
    #[error(transparent)]
    Key(#[from] FormatError),
    /// The signature does not fit.
    #[error("its signature does not fit")]
    Signature,
    /// Another profile than a device's.
    #[error("not a device certificate: {0}")]
    Profile(&'static str),
    /// Not valid at the time asked for.
    #[error("not valid at that time")]
    Expired,
    /// The key could not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

impl From<der::Error> for CertificateError {
    fn from(e: der::Error) -> Self {
        Self::Der(e.to_string())
    }
}

/// RFC 5280's TBSCertificate with the optional parts that a device certificate has. x509-cert reads such a structure but lets only
/// its builder make one, and that builder owns the signing key; ours is in hardware.
#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct Tbs {
    #[asn1(context_specific = "0", default = "Default::default")]
    version: x509_cert::Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity,
    subject: Name,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT", optional = "true")]
    extensions: Option<Vec<Extension>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Sequence)]
struct Signed {
    tbs: Tbs,
    algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

fn ecdsa_sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: ECDSA_SHA256, parameters: None }
}

fn spki(key: &PublicKey) -> Result<SubjectPublicKeyInfoOwned, CertificateError> {
    Ok(SubjectPublicKeyInfoOwned::from_der(key.spki())?)
}

/// A signature's bytes; one that says it ends within a byte is none, or that number could change and it would still fit.
fn whole_bytes(signature: &BitString) -> Result<&[u8], CertificateError> {
    signature.as_bytes().ok_or(CertificateError::Signature)
}

fn public_key(spki: &SubjectPublicKeyInfoOwned) -> Result<PublicKey, CertificateError> {
    let key = PublicKey::from_spki(spki.to_der()?)?;
    if key.algorithm() == Algorithm::Es256 { Ok(key) } else { Err(CertificateError::Profile("its key is not P-256")) }
}

/// Makes a certificate request for the device's key. Its subject is empty: the server decides what the certificate says.
///
/// # Errors
/// [`CertificateError`] when the key refuses.
pub fn make_request(device: &dyn Signer) -> Result<Vec<u8>, CertificateError> {
    let info = CertReqInfo {
        version: RequestVersion::V1,
        subject: Name::default(),
        public_key: spki(device.public_key())?,
        attributes: Attributes::default(),
    };
    let signature = device.sign(&info.to_der()?)?;
    let signature = BitString::from_bytes(&ecdsa::to_der(&signature))?;
    Ok(CertReq { info, algorithm: ecdsa_sha256(), signature }.to_der()?)
}

/// Reads a certificate request and checks that it was signed by the key it is for.
///
/// # Errors
/// [`CertificateError`] if not.
pub fn read_request(crypto: &dyn Crypto, request: &[u8]) -> Result<PublicKey, CertificateError> {
    let request = CertReq::from_der(request)?;
    let key = public_key(&request.info.public_key)?;
    let signature = ecdsa::from_der(whole_bytes(&request.signature)?)?;
    let fits = request.algorithm == ecdsa_sha256() && crypto.verify(&key, &request.info.to_der()?, &signature);
    if fits { Ok(key) } else { Err(CertificateError::Signature) }
}

/// Issues a device certificate. `serial` is 16 random bytes; `not_before` is cut to seconds.
///
/// # Errors
/// [`CertificateError`] when the CA's key refuses.
pub fn issue_certificate(
    crypto: &dyn Crypto,
    ca: &dyn Signer,
    device: &PublicKey,
    serial: [u8; 16],
    not_before: WallMs,
) -> Result<Vec<u8>, CertificateError> {
    let from = Duration::from_secs(u64::try_from(not_before.get()).unwrap_or(0) / 1000);
    let authority = ca.public_key().kid(crypto);
    let extension = |extn_id, critical, value: Vec<u8>| -> Result<Extension, CertificateError> {
        Ok(Extension { extn_id, critical, extn_value: OctetString::new(value)? })
    };
    // RFC 5280 §4.1.2.2: positive and at most 20 bytes.
    let mut serial = serial;
    serial[0] = serial[0] & 0x7f | 0x40;
    let tbs = Tbs {
        version: x509_cert::Version::V3,
        serial_number: SerialNumber::new(&serial)?,
        signature: ecdsa_sha256(),
        issuer: common_name("Daka device CA", &authority.0.hex())?,
        validity: Validity::new(time(from)?, time(from + VALIDITY)?),
        subject: common_name("Daka device", &device.kid(crypto).0.hex())?,
        subject_public_key_info: spki(device)?,
        extensions: Some(vec![
            extension(BASIC_CONSTRAINTS, true, BasicConstraints { ca: false, path_len_constraint: None }.to_der()?)?,
            extension(KEY_USAGE, true, KeyUsage(KeyUsages::DigitalSignature.into()).to_der()?)?,
            extension(
                EXTENDED_KEY_USAGE,
                false,
                ExtendedKeyUsage(vec![EMAIL_PROTECTION, C2PA_CLAIM_SIGNING]).to_der()?,
            )?,
            extension(
                AUTHORITY_KEY,
                false,
                AuthorityKeyIdentifier {
                    key_identifier: Some(OctetString::new(authority.as_ref().to_vec())?),
                    ..Default::default()
                }
                .to_der()?,
            )?,
        ]),
    };
    let signature = ca.sign(&tbs.to_der()?)?;
    let signature = BitString::from_bytes(&ecdsa::to_der(&signature))?;
    Ok(Signed { tbs, algorithm: ecdsa_sha256(), signature }.to_der()?)
}

/// A device certificate whose profile and CA signature were checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceCertificate {
    /// The device's key.
    pub key: PublicKey,
    /// Valid from, UTC.
    pub not_before: WallMs,
    /// Valid until, UTC.
    pub not_after: WallMs,
    serial: Vec<u8>,
}

impl DeviceCertificate {
    /// Reads a certificate and checks profile and signature.
    ///
    /// # Errors
    /// [`CertificateError`] if it is not a device certificate of `ca`.
    pub fn open(crypto: &dyn Crypto, ca: &PublicKey, certificate: &[u8]) -> Result<Self, CertificateError> {
        let signed = Signed::from_der(certificate)?;
        let tbs = &signed.tbs;
        if signed.to_der()? != certificate {
            return Err(CertificateError::Profile("its encoding is not DER"));
        }
        let written = whole_bytes(&signed.signature)?;
        let signature = ecdsa::from_der(written)?;
        // from_der lowers s: the bytes must have been low already, or a byte could change and still fit.
        if ecdsa::to_der(&signature) != written {
            return Err(CertificateError::Signature);
        }
        let algorithms = signed.algorithm == ecdsa_sha256() && tbs.signature == ecdsa_sha256();
        if !algorithms || !crypto.verify(ca, &tbs.to_der()?, &signature) {
            return Err(CertificateError::Signature);
        }
        check_profile(tbs)?;
        let ms = |t: Time| WallMs::new(i64::try_from(t.to_unix_duration().as_millis()).unwrap_or(i64::MAX));
        Ok(Self {
            key: public_key(&tbs.subject_public_key_info)?,
            not_before: ms(tbs.validity.not_before),
            not_after: ms(tbs.validity.not_after),
            serial: tbs.serial_number.as_bytes().to_vec(),
        })
    }

    /// Whether it is valid at `at`.
    ///
    /// # Errors
    /// [`CertificateError::Expired`] if not.
    pub fn valid_at(&self, at: WallMs) -> Result<(), CertificateError> {
        if (self.not_before..=self.not_after).contains(&at) { Ok(()) } else { Err(CertificateError::Expired) }
    }

    /// The serial number, big-endian.
    pub fn serial(&self) -> &[u8] {
        &self.serial
    }
}

fn check_profile(tbs: &Tbs) -> Result<(), CertificateError> {
    let extensions = tbs.extensions.as_deref().unwrap_or_default();
    let find = |id| extensions.iter().find(|e| e.extn_id == id);
    let usage = find(KEY_USAGE).ok_or(CertificateError::Profile("no key usage"))?;
    if !usage.critical || KeyUsage::from_der(usage.extn_value.as_bytes())?.0 != KeyUsages::DigitalSignature {
        return Err(CertificateError::Profile("its key usage is not digital signature alone"));
    }
    if let Some(basic) = find(BASIC_CONSTRAINTS)
        && BasicConstraints::from_der(basic.extn_value.as_bytes())?.ca
    {
        return Err(CertificateError::Profile("it is a CA's"));
    }
    let extended = find(EXTENDED_KEY_USAGE).ok_or(CertificateError::Profile("no extended key usage"))?;
    let extended = ExtendedKeyUsage::from_der(extended.extn_value.as_bytes())?;
    if ![EMAIL_PROTECTION, C2PA_CLAIM_SIGNING].iter().all(|use_| extended.0.contains(use_)) {
        return Err(CertificateError::Profile("its extended key usage is another's"));
    }
    let known = [KEY_USAGE, BASIC_CONSTRAINTS, EXTENDED_KEY_USAGE, AUTHORITY_KEY];
    if extensions.iter().any(|e| e.critical && !known.contains(&e.extn_id)) {
        return Err(CertificateError::Profile("a critical extension is unknown"));
    }
    Ok(())
}

/// RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime after.
fn time(since_epoch: Duration) -> Result<Time, CertificateError> {
    Ok(match UtcTime::from_unix_duration(since_epoch) {
        Ok(t) => Time::UtcTime(t),
        Err(_) => Time::GeneralTime(GeneralizedTime::from_unix_duration(since_epoch)?),
    })
}

/// A name with what it is and the first 16 digits of a key id: enough for a person to tell two apart.
fn common_name(what: &str, kid: &str) -> Result<Name, CertificateError> {
    let short: String = kid.chars().take(16).collect();
    Ok(Name::from_str(&format!("CN={what} {short}"))?)
}
