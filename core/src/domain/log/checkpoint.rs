//! Checkpoints: C2SP tlog-checkpoint, which are C2SP signed notes.
//!
//! ```text
//! <origin>\n<size>\n<root, base64>\n
//! \n
//! — <origin> <base64(key hash ‖ signature)>\n
//! ```
//!
//! The key's name is the origin. The key hash is SHA-256(name ‖ "\n" ‖ 0x01 ‖ key), cut to 4 bytes; 0x01 is Ed25519. What Daka keeps
//! of one is `[origin, size, root, key hash, signature]`; the note is rebuilt from it, byte for byte.

use super::merkle::Proof;
use crate::domain::cbor::Value;
use crate::domain::cose::SignatureError;
use crate::domain::crypto::{Algorithm, Crypto, PublicKey, SignError, Signature, Signer};
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, TenantId};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The name of a log: `<tenant>/<n>`, or `<tenant>/keys/<n>` for the key log. n rises when a server was restored from a backup.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Origin(String);

impl Origin {
    /// The journal log of a tenant.
    pub fn journals(tenant: &TenantId, n: u64) -> Self {
        Self(format!("{tenant}/{n}"))
    }

    /// The key log of a tenant.
    pub fn keys(tenant: &TenantId, n: u64) -> Self {
        Self(format!("{tenant}/keys/{n}"))
    }

    /// Reads an origin.
    ///
    /// # Errors
    /// [`FormatError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let expected = || FormatError::syntax("origin", "<tenant>/<n> or <tenant>/keys/<n>");
        let (tenant, rest) = text.split_once('/').ok_or_else(expected)?;
        TenantId::parse(tenant)?;
        let n = rest.strip_prefix("keys/").unwrap_or(rest);
        // Only the shortest decimal form: one log has one name.
        if n.parse::<u64>().is_ok_and(|parsed| parsed.to_string() == n) {
            Ok(Self(text.to_owned()))
        } else {
            Err(expected())
        }
    }

    /// The tenant.
    pub fn tenant(&self) -> &str {
        self.0.split('/').next().unwrap_or_default()
    }

    /// Whether it is a key log's.
    pub fn is_key_log(&self) -> bool {
        self.0.contains("/keys/")
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A signed tree head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log.
    pub origin: Origin,
    /// How many leaves it has.
    pub size: u64,
    /// The root over them.
    pub root: Hash32,
    /// The key's hash of C2SP signed-note.
    pub key_hash: [u8; 4],
    /// The signature over the note's text.
    pub signature: Signature,
}

impl Checkpoint {
    /// Signs a tree head.
    ///
    /// # Errors
    /// [`SignError`] when the key refuses.
    pub fn sign(
        crypto: &dyn Crypto,
        key: &dyn Signer,
        origin: Origin,
        size: u64,
        root: Hash32,
    ) -> Result<Self, SignError> {
        let key_hash = key_hash(crypto, &origin, key.public_key());
        let signature = key.sign(text(&origin, size, &root).as_bytes())?;
        Ok(Self { origin, size, root, key_hash, signature })
    }

    /// Checks the signature.
    ///
    /// # Errors
    /// [`SignatureError`] if `key` did not sign it.
    pub fn verify(&self, crypto: &dyn Crypto, key: &PublicKey) -> Result<(), SignatureError> {
        if key.algorithm() != Algorithm::Ed25519 || key_hash(crypto, &self.origin, key) != self.key_hash {
            return Err(SignatureError::OtherKey);
        }
        let text = text(&self.origin, self.size, &self.root);
        if crypto.verify(key, text.as_bytes(), &self.signature) { Ok(()) } else { Err(SignatureError::Invalid) }
    }

    /// The note, as other C2SP programs read it.
    pub fn note(&self) -> String {
        let signature = STANDARD.encode([&self.key_hash[..], &self.signature.0].concat());
        format!("{}\n— {} {signature}\n", text(&self.origin, self.size, &self.root), self.origin)
    }

    /// `[origin, size, root, key hash, signature]`.
    pub fn value(&self) -> Value {
        Value::Array(vec![
            Value::text(self.origin.as_str()),
            Value::Uint(self.size),
            Value::bytes(self.root),
            Value::bytes(self.key_hash),
            Value::bytes(self.signature.0),
        ])
    }

    /// Reads `[origin, size, root, key hash, signature]`.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(value: Value) -> Result<Self, FormatError> {
        let mut list = List::new("checkpoint", value)?;
        let out = Self {
            origin: Origin::parse(&list.take("origin")?.string("origin")?)?,
            size: list.take("size")?.uint("size")?,
            root: list.take("root")?.hash("root")?,
            key_hash: list.take("key hash")?.array_of("key hash")?,
            signature: Signature::parse(&list.take("signature")?.byte_string("signature")?)?,
        };
        list.end()?;
        Ok(out)
    }
}

/// `[hash, …]` of a proof; at most 64 nodes, one per level.
pub(super) fn proof_value(proof: &Proof) -> Value {
    Value::Array(proof.iter().map(Value::bytes).collect())
}

/// Reads `[hash, …]`.
pub(super) fn parse_proof(field: &'static str, value: Value) -> Result<Proof, FormatError> {
    let items = value.items(field)?;
    if items.len() > 128 {
        return Err(FormatError::new(field, Problem::Length { min: 0, max: 128, got: items.len() }));
    }
    items.into_iter().map(|v| v.hash(field)).collect()
}

fn text(origin: &Origin, size: u64, root: &Hash32) -> String {
    format!("{origin}\n{size}\n{}\n", STANDARD.encode(root.0))
}

fn key_hash(crypto: &dyn Crypto, origin: &Origin, key: &PublicKey) -> [u8; 4] {
    let d = crypto.sha256(&[origin.as_str().as_bytes(), b"\n", &[1], key.raw()]).0;
    [d[0], d[1], d[2], d[3]]
}
