//! Files of vectors: JSON, sorted, one field a line, so that a change shows as a small difference.

use std::path::PathBuf;

use daka_core::adapters::crypto::Ring;
use daka_core::domain::cbor::Value;
use daka_core::domain::crypto::{Crypto as _, Signer};
use daka_core::domain::ids::hex;
use daka_core::testkit::keys;
use serde_json::{Map, Value as Json, json};

/// `docs/format/vectors`.
pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/format/vectors")
}

/// Whether the files are to be written.
#[allow(clippy::disallowed_methods, reason = "a test is told by the environment to write its files")]
pub(crate) fn write() -> bool {
    std::env::var("DAKA_WRITE_VECTORS").is_ok_and(|v| v == "1")
}

/// One vector: a name and fields.
pub(crate) struct Vector(Map<String, Json>);

/// A vector without bytes.
pub(crate) fn vector(name: &str) -> Vector {
    Vector(Map::new()).with("name", name)
}

/// A vector of bytes that follow `rule` of the CDDL.
pub(crate) fn bytes(name: &str, rule: &str, bytes: &[u8]) -> Vector {
    vector(name).with("cddl", rule).with("hex", hex(bytes))
}

/// A vector of CBOR, with its diagnostic notation (RFC 8949 §8) and its digest.
pub(crate) fn cbor(name: &str, rule: &str, encoded: &[u8]) -> Vector {
    let value = Value::decode("vector", encoded).unwrap_or_else(|e| panic!("{name}: {e}"));
    let digest = Ring.sha256(&[encoded]).hex();
    bytes(name, rule, encoded).with("diagnostic", diagnostic(&value)).with("sha256", digest)
}

impl Vector {
    /// Adds a field.
    #[must_use]
    pub(crate) fn with(mut self, key: &str, value: impl Into<Json>) -> Self {
        let before = self.0.insert(key.to_owned(), value.into());
        assert!(before.is_none(), "{key} twice");
        self
    }

    pub(crate) fn name(&self) -> &str {
        self.text("name")
    }

    pub(crate) fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap()
    }

    pub(crate) fn rule(&self) -> Option<&str> {
        self.0.get("cddl")?.as_str()
    }

    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        self.0.get("hex")?.as_str().map(unhex)
    }
}

/// A file of vectors.
pub(crate) struct File {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) vectors: Vec<Vector>,
}

impl File {
    pub(crate) fn text(&self) -> String {
        let vectors: Vec<Json> = self.vectors.iter().map(|v| Json::Object(v.0.clone())).collect();
        let mut text = serde_json::to_string_pretty(&json!({"about": self.about, "vectors": vectors})).unwrap();
        text.push('\n');
        text
    }
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    assert!(text.len().is_multiple_of(2));
    let digit = |c: u8| char::from(c).to_digit(16).unwrap() as u8;
    text.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// Diagnostic notation, as far as our subset goes.
pub(crate) fn diagnostic(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Uint(n) => n.to_string(),
        Value::Nint(n) => n.to_string(),
        Value::Bytes(b) => format!("h'{}'", hex(b)),
        Value::Text(t) => serde_json::to_string(t).unwrap(),
        Value::Array(items) => format!("[{}]", list(items.iter().map(diagnostic).collect())),
        Value::Map(entries) => {
            format!("{{{}}}", list(entries.iter().map(|(k, v)| format!("{k}: {}", diagnostic(v))).collect()))
        }
        Value::Bool(b) => b.to_string(),
        Value::Null => "null".to_owned(),
    }
}

/// The keys that everything else is signed with.
pub(crate) fn keys() -> File {
    let all: [(&str, Box<dyn Signer>); 8] = [
        ("root", Box::new(keys::root())),
        ("other root", Box::new(keys::other_root())),
        ("log", Box::new(keys::log())),
        ("time", Box::new(keys::time())),
        ("pass", Box::new(keys::pass())),
        ("device CA", Box::new(keys::device_ca())),
        ("device", Box::new(keys::device())),
        ("former device", Box::new(keys::former_device())),
    ];
    let vectors = all.iter().map(|(name, key)| {
        let public = key.public_key();
        bytes(name, "spki", public.spki())
            .with("alg", public.algorithm().cose())
            .with("kid", public.kid(&Ring).0.hex())
            .with("private", hex(&Ring.sha256(&[b"daka test ", name.as_bytes()]).0))
    });
    let about = "Test keys, known to everybody. private: SHA-256 of `daka test ` and the name; a scalar for P-256 (alg -7), \
                 a seed for Ed25519 (alg -8). hex: SubjectPublicKeyInfo.";
    File { name: "keys", about, vectors: vectors.collect() }
}
