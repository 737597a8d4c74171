//! What the domain asks of a cryptographic library, and the public keys it speaks of.
//!
//! Two algorithms only (record.md, "Ground rules"): ES256 for devices and the device CA, Ed25519 for logs, time tokens and tenant
//! roots. A key is known by its [`Kid`]. Signatures are 64 raw bytes; for ES256 that is r‖s with the lower of the two possible s,
//! so that a signature cannot be changed into another valid one.

use super::error::{FormatError, Problem};
use super::ids::{Hash32, Kid};

/// A signature algorithm of RFC 9053.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256; COSE −7.
    Es256,
    /// Ed25519; COSE −8 (EdDSA).
    Ed25519,
}

impl Algorithm {
    /// The integer of the COSE registry.
    pub fn cose(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::Ed25519 => -8,
        }
    }

    /// The algorithm of a COSE integer.
    ///
    /// # Errors
    /// [`FormatError`] for any other algorithm.
    pub fn from_cose(n: i64) -> Result<Self, FormatError> {
        match n {
            -7 => Ok(Self::Es256),
            -8 => Ok(Self::Ed25519),
            _ => Err(FormatError::syntax("alg", "-7 (ES256) or -8 (EdDSA)")),
        }
    }
}

/// SubjectPublicKeyInfo up to the key itself, RFC 5480: id-ecPublicKey, prime256v1, an uncompressed point follows.
const P256_SPKI: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
    0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// SubjectPublicKeyInfo up to the key itself, RFC 8410: id-Ed25519, 32 bytes follow.
const ED25519_SPKI: &[u8] = &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key as SubjectPublicKeyInfo DER of one of the two algorithms.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PublicKey {
    algorithm: Algorithm,
    spki: Vec<u8>,
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo. Only the one DER form of each algorithm is taken; whether the point lies on the curve shows
    /// when a signature is checked.
    ///
    /// # Errors
    /// [`FormatError`] for any other key.
    pub fn from_spki(spki: impl Into<Vec<u8>>) -> Result<Self, FormatError> {
        let spki = spki.into();
        let algorithm = match spki.len() {
            91 if spki.starts_with(P256_SPKI) && spki[26] == 4 => Algorithm::Es256,
            44 if spki.starts_with(ED25519_SPKI) => Algorithm::Ed25519,
            _ => return Err(FormatError::syntax("public key", "a SubjectPublicKeyInfo of P-256 or Ed25519")),
        };
        Ok(Self { algorithm, spki })
    }

    /// Reads a PEM file that holds one `PUBLIC KEY` (RFC 7468 §13), as `root.pem` does. `field` names it in the error.
    ///
    /// # Errors
    /// [`FormatError`] if it holds none, or a key of another kind.
    pub fn from_pem(field: &'static str, pem: &str) -> Result<Self, FormatError> {
        let bad = || FormatError::syntax(field, "a PEM file with one public key (-----BEGIN PUBLIC KEY-----)");
        let (label, document) = der::Document::from_pem(pem.trim()).map_err(|_| bad())?;
        if label != "PUBLIC KEY" {
            return Err(bad());
        }
        Self::from_spki(document.as_bytes()).map_err(|e| FormatError::new(field, e.problem))
    }

    /// A key of its raw bytes: 65 (an uncompressed P-256 point) or 32 (Ed25519).
    ///
    /// # Errors
    /// [`FormatError`] for another length or form.
    pub fn from_raw(algorithm: Algorithm, raw: &[u8]) -> Result<Self, FormatError> {
        let prefix = match algorithm {
            Algorithm::Es256 => P256_SPKI,
            Algorithm::Ed25519 => ED25519_SPKI,
        };
        Self::from_spki([prefix, raw].concat())
    }

    /// The algorithm this key signs with.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The SubjectPublicKeyInfo in DER.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The raw key: 65 bytes for P-256, 32 for Ed25519.
    pub fn raw(&self) -> &[u8] {
        match self.algorithm {
            Algorithm::Es256 => &self.spki[P256_SPKI.len()..],
            Algorithm::Ed25519 => &self.spki[ED25519_SPKI.len()..],
        }
    }

    /// The key's id.
    pub fn kid(&self, crypto: &dyn Crypto) -> Kid {
        Kid(crypto.sha256(&[&self.spki]))
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({:?}, {})", self.algorithm, super::ids::hex(self.raw()))
    }
}

/// A raw signature of 64 bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl Signature {
    /// Reads a raw signature.
    ///
    /// # Errors
    /// [`FormatError`] if it is not 64 bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let got = bytes.len();
        bytes.try_into().map(Self).map_err(|_| FormatError::new("signature", Problem::Length { min: 64, max: 64, got }))
    }
}

impl std::fmt::Debug for Signature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&super::ids::hex(&self.0))
    }
}

/// A SHA-256 digest in the making, for what is too large to hold.
pub trait Hasher: Send {
    /// Takes the next bytes.
    fn update(&mut self, bytes: &[u8]);

    /// The digest.
    fn finish(self: Box<Self>) -> Hash32;
}

/// Digests and signature checks. The adapter over ring is `adapters::crypto::Ring`.
pub trait Crypto: Send + Sync {
    /// SHA-256 over the parts one after the other.
    fn sha256(&self, parts: &[&[u8]]) -> Hash32;

    /// Begins a SHA-256 digest.
    fn hasher(&self) -> Box<dyn Hasher>;

    /// HMAC-SHA256 over the parts one after the other.
    fn hmac_sha256(&self, key: &[u8], parts: &[&[u8]]) -> [u8; 32];

    /// Whether `signature` is `key`'s over `message`. A high s is refused.
    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool;
}

/// HKDF-SHA256 (RFC 5869) with an empty salt and info `daka/<name>`, for at most 32 bytes of output.
pub fn hkdf<const N: usize>(crypto: &dyn Crypto, ikm: &[u8], name: &str) -> [u8; N] {
    const { assert!(N <= 32) };
    // An empty salt means 32 zero bytes, which HMAC cannot tell from an empty key.
    let prk = crypto.hmac_sha256(&[0; 32], &[ikm]);
    let block = crypto.hmac_sha256(&prk, &[b"daka/", name.as_bytes(), &[1]]);
    let mut out = [0; N];
    out.copy_from_slice(&block[..N]);
    out
}

/// Why a signature could not be made. The journal keeps the entry; the signature is tried again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key could not sign: {reason}")]
pub struct SignError {
    /// The key store's own words, for diagnostics only.
    pub reason: String,
}

/// A private key that signs. Devices keep theirs in hardware; every caller in the core goes through a typed message, so nobody can
/// hand it bytes to sign.
pub trait Signer: Send + Sync {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// A raw signature over `message`.
    ///
    /// # Errors
    /// [`SignError`] when the key store refuses or is locked.
    fn sign(&self, message: &[u8]) -> Result<Signature, SignError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_key_comes_out_of_its_pem() {
        // RFC 8410 §10.1, and the key's bytes from §10.3.
        let pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";
        let key = PublicKey::from_pem("root", pem).unwrap();
        assert_eq!(key.algorithm(), Algorithm::Ed25519);
        assert_eq!(
            crate::domain::ids::hex(key.raw()),
            "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
        );
        for bad in ["", "no pem", &pem.replace("PUBLIC KEY", "CERTIFICATE"), &pem.replace("MCow", "MCox")] {
            assert_eq!(PublicKey::from_pem("root", bad).unwrap_err().field, "root");
        }
    }
}
