//! ES256 signatures that were made once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use daka_core::adapters::crypto::{Ring, SoftwareKey};
use daka_core::domain::crypto::{Crypto as _, PublicKey, SignError, Signature, Signer};
use daka_core::domain::ids::hex;
use daka_core::testkit::keys;
use daka_core::testkit::tiny_story::TinyStory;
use serde_json::{Value as Json, json};

use super::set::{folder, unhex, write};

/// By key id and digest of what is signed.
type Known = Arc<Mutex<BTreeMap<String, String>>>;

/// The signatures that are kept, and those made since.
pub(crate) struct Signatures {
    kept: BTreeMap<String, String>,
    used: Known,
}

const ABOUT: &str = "ES256 signatures of the other files, which hold a random number each: \
                     key id and SHA-256 of what is signed, then the raw signature.";

impl Signatures {
    pub(crate) fn load() -> Self {
        let text = std::fs::read_to_string(folder().join("signatures.json")).unwrap_or_else(|_| "{}".to_owned());
        let json: Json = serde_json::from_str(&text).unwrap();
        let kept = json.get("signatures").cloned().unwrap_or_else(|| json!({}));
        Self { kept: serde_json::from_value(kept).unwrap(), used: Known::default() }
    }

    /// Those that were used, whether kept before or made now.
    pub(crate) fn store(&self) {
        let json = json!({"about": ABOUT, "signatures": *self.used.lock().unwrap()});
        let text = serde_json::to_string_pretty(&json).unwrap() + "\n";
        std::fs::write(folder().join("signatures.json"), text).unwrap();
    }

    pub(crate) fn signer(&self, key: SoftwareKey) -> Box<dyn Signer> {
        Box::new(OnceSigner { key, kept: self.kept.clone(), used: Arc::clone(&self.used) })
    }

    pub(crate) fn story(&self) -> TinyStory {
        TinyStory::signed_by(self.signer(keys::device()), self.signer(keys::device_ca()))
    }
}

struct OnceSigner {
    key: SoftwareKey,
    kept: BTreeMap<String, String>,
    used: Known,
}

impl Signer for OnceSigner {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        let name = format!("{} {}", self.public_key().kid(&Ring).0.hex(), Ring.sha256(&[message]).hex());
        let known = self.kept.get(&name).or(self.used.lock().unwrap().get(&name)).cloned();
        let signature = match known {
            Some(known) => Signature::parse(&unhex(&known)).unwrap(),
            None => {
                assert!(write(), "something that is signed has changed; see the head of main.rs");
                self.key.sign(message)?
            }
        };
        assert!(Ring.verify(self.public_key(), message, &signature), "a kept signature does not fit");
        self.used.lock().unwrap().insert(name, hex(&signature.0));
        Ok(signature)
    }
}
