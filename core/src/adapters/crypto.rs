//! ring behind the core's cryptographic ports: digests, checks, software keys, sealing, randomness.

use crate::domain::crypto::{Algorithm, Crypto, Hasher, PublicKey, SignError, Signature, Signer};
use crate::domain::ecdsa;
use crate::domain::ids::Hash32;
use ring::rand::{SecureRandom as _, SystemRandom};
use ring::signature::{self, KeyPair as _};
use ring::{aead, digest, hmac};

/// ring's digests and signature checks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ring;

impl Crypto for Ring {
    fn sha256(&self, parts: &[&[u8]]) -> Hash32 {
        let mut context = digest::Context::new(&digest::SHA256);
        parts.iter().for_each(|p| context.update(p));
        Hash32(fixed(context.finish().as_ref()))
    }

    fn hasher(&self) -> Box<dyn Hasher> {
        Box::new(Sha256(digest::Context::new(&digest::SHA256)))
    }

    fn hmac_sha256(&self, key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        let mut context = hmac::Context::with_key(&key);
        parts.iter().for_each(|p| context.update(p));
        fixed(context.sign().as_ref())
    }

    fn verify(&self, key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
        let algorithm: &dyn signature::VerificationAlgorithm = match key.algorithm() {
            Algorithm::Es256 if ecdsa::is_low_s(signature) => &signature::ECDSA_P256_SHA256_FIXED,
            Algorithm::Es256 => return false,
            Algorithm::Ed25519 => &signature::ED25519,
        };
        signature::UnparsedPublicKey::new(algorithm, key.raw()).verify(message, &signature.0).is_ok()
    }
}

struct Sha256(digest::Context);

impl Hasher for Sha256 {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Hash32 {
        Hash32(fixed(self.0.finish().as_ref()))
    }
}

/// Copies the `N` bytes that an algorithm of that output length gives.
fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut out = [0; N];
    out.copy_from_slice(bytes);
    out
}

/// A key that cannot be made or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the software key cannot be made or read")]
pub struct KeyError;

enum Pair {
    P256(Box<signature::EcdsaKeyPair>, SystemRandom),
    Ed25519(Box<signature::Ed25519KeyPair>),
}

/// A key in memory: the server's, and a phone's or desktop's where no hardware key is to be had (`key_level = software`).
pub struct SoftwareKey {
    pair: Pair,
    public: PublicKey,
}

impl SoftwareKey {
    /// Makes a new key as PKCS#8 DER.
    ///
    /// # Errors
    /// [`KeyError`] when the system gives no randomness.
    pub fn generate(algorithm: Algorithm) -> Result<Vec<u8>, KeyError> {
        let random = SystemRandom::new();
        let document = match algorithm {
            Algorithm::Es256 => {
                signature::EcdsaKeyPair::generate_pkcs8(&signature::ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            }
            Algorithm::Ed25519 => signature::Ed25519KeyPair::generate_pkcs8(&random),
        };
        document.map(|d| d.as_ref().to_vec()).map_err(|_| KeyError)
    }

    /// Reads a key from PKCS#8 DER.
    ///
    /// # Errors
    /// [`KeyError`] for bytes that are no key of this algorithm.
    pub fn from_pkcs8(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let (pair, raw) = match algorithm {
            Algorithm::Es256 => {
                let scheme = &signature::ECDSA_P256_SHA256_FIXED_SIGNING;
                let pair = signature::EcdsaKeyPair::from_pkcs8(scheme, pkcs8, &random).map_err(|_| KeyError)?;
                let raw = pair.public_key().as_ref().to_vec();
                (Pair::P256(Box::new(pair), random), raw)
            }
            Algorithm::Ed25519 => {
                let pair = signature::Ed25519KeyPair::from_pkcs8(pkcs8).map_err(|_| KeyError)?;
                let raw = pair.public_key().as_ref().to_vec();
                (Pair::Ed25519(Box::new(pair)), raw)
            }
        };
        let public = PublicKey::from_raw(algorithm, &raw).map_err(|_| KeyError)?;
        Ok(Self { pair, public })
    }

    /// A key that lives as long as the process: for tests.
    ///
    /// # Errors
    /// [`KeyError`] when the system gives no randomness.
    pub fn ephemeral(algorithm: Algorithm) -> Result<Self, KeyError> {
        Self::from_pkcs8(algorithm, &Self::generate(algorithm)?)
    }
}

impl Signer for SoftwareKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        match &self.pair {
            Pair::P256(pair, random) => {
                let signature = pair.sign(random, message).map_err(|e| SignError { reason: e.to_string() })?;
                Ok(ecdsa::with_low_s(Signature(fixed(signature.as_ref()))))
            }
            Pair::Ed25519(pair) => Ok(Signature(fixed(pair.sign(message).as_ref()))),
        }
    }
}

impl std::fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SoftwareKey({:?})", self.public)
    }
}

/// A seal that does not open: another key, another place, or changed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the seal does not open: another sealing key, or the bytes were changed")]
pub struct SealError;

/// AES-256-GCM with a random 96-bit nonce before the ciphertext. One key seals far fewer than 2³² rows in a phone's life.
#[derive(Clone)]
pub struct Sealer {
    key: aead::LessSafeKey,
    random: SystemRandom,
}

impl Sealer {
    /// A sealer of a 32-byte key.
    ///
    /// # Errors
    /// None in practice: every 32 bytes are a key.
    pub fn new(key: &[u8; 32]) -> Result<Self, SealError> {
        let key = aead::UnboundKey::new(&aead::AES_256_GCM, key).map_err(|_| SealError)?;
        Ok(Self { key: aead::LessSafeKey::new(key), random: SystemRandom::new() })
    }

    /// Seals `plain` for the place that `aad` names.
    ///
    /// # Errors
    /// [`SealError`] when the system gives no randomness.
    pub fn seal(&self, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let mut nonce = [0; aead::NONCE_LEN];
        self.random.fill(&mut nonce).map_err(|_| SealError)?;
        let mut out = Vec::with_capacity(nonce.len() + plain.len() + aead::MAX_TAG_LEN);
        out.extend_from_slice(&nonce);
        out.extend_from_slice(plain);
        let tag = self
            .key
            .seal_in_place_separate_tag(
                aead::Nonce::assume_unique_for_key(nonce),
                aead::Aad::from(aad),
                &mut out[aead::NONCE_LEN..],
            )
            .map_err(|_| SealError)?;
        out.extend_from_slice(tag.as_ref());
        Ok(out)
    }

    /// Opens what was sealed for the same place.
    ///
    /// # Errors
    /// [`SealError`] if it does not open.
    pub fn open(&self, aad: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let (nonce, body) = sealed.split_at_checked(aead::NONCE_LEN).ok_or(SealError)?;
        let mut body = body.to_vec();
        let nonce = aead::Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError)?;
        let len = self.key.open_in_place(nonce, aead::Aad::from(aad), &mut body).map_err(|_| SealError)?.len();
        body.truncate(len);
        Ok(body)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(hidden)")
    }
}
