//! COSE_Sign1 (RFC 9052 §4.2) in the one shape that Daka uses: untagged, attached payload, empty external data, protected header
//! `{1: alg, 4: kid}`, nothing unprotected.
//!
//! Every payload begins with a tag of its own purpose, so a signature made for one message never passes for another. What is signed
//! is kept as it is: a message is never encoded again to check it.

use super::cbor::{MapBuilder, Value};
use super::crypto::{Algorithm, Crypto, PublicKey, SignError, Signature, Signer};
use super::error::{FormatError, Problem};
use super::fields::{As as _, Fields, List};
use super::ids::{Hash32, Kid};

/// A signed message, not yet verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sign1 {
    /// The algorithm that the header names.
    pub algorithm: Algorithm,
    /// The key that the header names.
    pub kid: Kid,
    /// The payload, as signed.
    pub payload: Vec<u8>,
    signature: Signature,
    bytes: Vec<u8>,
}

/// A signature that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Made by another key than the one asked for.
    #[error("the message names another key")]
    OtherKey,
    /// The bytes do not fit the key.
    #[error("the signature does not fit")]
    Invalid,
}

impl Sign1 {
    /// Signs `payload`.
    ///
    /// # Errors
    /// [`SignError`] when the key refuses.
    pub fn sign(crypto: &dyn Crypto, signer: &dyn Signer, payload: Vec<u8>) -> Result<Self, SignError> {
        let algorithm = signer.public_key().algorithm();
        let kid = signer.public_key().kid(crypto);
        let protected = protected(algorithm, kid);
        let signature = signer.sign(&signed_bytes(&protected, &payload))?;
        let bytes = Value::Array(vec![
            Value::Bytes(protected),
            Value::Map(Vec::new()),
            Value::bytes(&payload),
            Value::bytes(signature.0),
        ])
        .encode();
        Ok(Self { algorithm, kid, payload, signature, bytes })
    }

    /// Reads a message. Nothing is verified yet.
    ///
    /// # Errors
    /// [`FormatError`] for any other shape than ours.
    pub fn decode(what: &'static str, bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::new(what, Value::decode(what, bytes)?)?;
        let protected = list.take("protected")?.byte_string("protected")?;
        if list.take("unprotected")?.entries("unprotected")?.is_empty() {
            let payload = list.take("payload")?.byte_string("payload")?;
            let signature = Signature::parse(&list.take("signature")?.byte_string("signature")?)?;
            list.end()?;
            let mut header = Fields::new("protected", Value::decode("protected", &protected)?)?;
            let algorithm = Algorithm::from_cose(header.take(1, "alg")?.int("alg")?)?;
            let kid = Kid(header.take(4, "kid")?.hash("kid")?);
            header.end()?;
            Ok(Self { algorithm, kid, payload, signature, bytes: bytes.to_vec() })
        } else {
            Err(FormatError::new("unprotected", Problem::Length { min: 0, max: 0, got: 1 }))
        }
    }

    /// The payload, if `key` signed it.
    ///
    /// # Errors
    /// [`SignatureError`] if it did not.
    pub fn verify(&self, crypto: &dyn Crypto, key: &PublicKey) -> Result<&[u8], SignatureError> {
        if key.kid(crypto) != self.kid || key.algorithm() != self.algorithm {
            return Err(SignatureError::OtherKey);
        }
        let message = signed_bytes(&protected(self.algorithm, self.kid), &self.payload);
        if crypto.verify(key, &message, &self.signature) { Ok(&self.payload) } else { Err(SignatureError::Invalid) }
    }

    /// The message as it travels and is stored.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the message.
    pub fn digest(&self, crypto: &dyn Crypto) -> Hash32 {
        crypto.sha256(&[&self.bytes])
    }
}

fn protected(algorithm: Algorithm, kid: Kid) -> Vec<u8> {
    MapBuilder::new().put(1, Value::int(algorithm.cose())).put(4, Value::bytes(kid)).build().encode()
}

/// The Sig_structure of RFC 9052 §4.4.
fn signed_bytes(protected: &[u8], payload: &[u8]) -> Vec<u8> {
    Value::Array(vec![Value::text("Signature1"), Value::bytes(protected), Value::bytes([]), Value::bytes(payload)])
        .encode()
}
