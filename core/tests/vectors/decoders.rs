//! What reads which rule of the CDDL: bytes in, the same bytes out, or the error's text.

use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::{Bundle, JournalPart};
use daka_core::domain::cbor::Value;
use daka_core::domain::cose::Sign1;
use daka_core::domain::crypto::PublicKey;
use daka_core::domain::error::FormatError;
use daka_core::domain::journal::{
    EvidenceFile, Head, Identity, Mark, Note, Payload, PlaceGroup, RadioGroup, Upload, VerdictGroup,
};
use daka_core::domain::log::{Checkpoint, KeyLogLeaf, Receipt, UploadAnswer, leaf_hash};
use daka_core::domain::rules::{Published, RulesPublication, SitePublication};
use daka_core::domain::sealed_head::SealedHead;
use daka_core::domain::trust::{
    EnrolAnswer, EnrolRequest, KeySet, LoginAnswer, LoginRequest, Pass, Revocation, SiteToken, Statement, TimeRequest,
    TimeToken,
};

/// Every rule that something reads.
pub(crate) const RULES: [&str; 36] = [
    "item",
    "spki",
    "cose-es256",
    "cose-ed25519",
    "journal-identity",
    "head",
    "sealed-head",
    "payload",
    "verdict-group",
    "place-group",
    "radio-group",
    "note-group",
    "evidence-group",
    "mark-group",
    "upload",
    "key-set",
    "enrol-request",
    "enrol-answer",
    "statement",
    "login-request",
    "login-answer",
    "time-request",
    "time-token",
    "revocation",
    "pass",
    "site-token",
    "leaf-commitment",
    "key-log-leaf",
    "receipt",
    "upload-answer",
    "checkpoint",
    "rules",
    "site",
    "published",
    "journal-part",
    "bundle",
];

type Read = fn(&[u8]) -> Result<Vec<u8>, String>;

/// A decoder that gives back what it would write.
macro_rules! read {
    (|$b:ident| $e:expr) => {
        Some(|$b: &[u8]| -> Result<Vec<u8>, String> {
            let out: Result<Vec<u8>, FormatError> = $e;
            out.map_err(|e| e.to_string())
        })
    };
}

fn value(bytes: &[u8]) -> Result<Value, FormatError> {
    Value::decode("item", bytes)
}

pub(crate) fn find(rule: &str) -> Option<Read> {
    match rule {
        "item" => read!(|b| value(b).map(|v| v.encode())),
        "spki" => read!(|b| PublicKey::from_spki(b).map(|k| k.spki().to_vec())),
        "cose-es256" | "cose-ed25519" => Some(signed),
        "journal-identity" => read!(|b| value(b).and_then(Identity::parse).map(|i| i.value().encode())),
        "head" => read!(|b| Head::decode(b).map(|h| h.encode())),
        "sealed-head" => read!(|b| SealedHead::decode(b).map(|h| h.encode())),
        "payload" => read!(|b| Payload::decode(b).map(|p| p.encode())),
        "verdict-group" => read!(|b| VerdictGroup::decode(b).map(|g| g.encode())),
        "place-group" => read!(|b| PlaceGroup::decode(b).map(|g| g.encode())),
        "radio-group" => read!(|b| RadioGroup::decode(b).map(|g| g.encode())),
        "note-group" => read!(|b| Note::decode(b).map(|g| g.encode())),
        "evidence-group" => read!(|b| EvidenceFile::decode_all(b).map(|g| EvidenceFile::encode_all(&g))),
        "mark-group" => read!(|b| Mark::decode(b).map(|g| g.encode())),
        "upload" => read!(|b| Upload::decode(&Ring, b).and_then(|u| u.encode())),
        "key-set" => read!(|b| KeySet::decode(&Ring, b).map(|k| k.encode(&Ring))),
        "enrol-request" => read!(|b| EnrolRequest::decode(b).map(|r| r.encode())),
        "enrol-answer" => read!(|b| EnrolAnswer::decode(b).map(|r| r.encode())),
        "statement" => read!(|b| Statement::decode(b).map(|s| s.encode())),
        "login-request" => read!(|b| LoginRequest::decode(b).map(|r| r.encode())),
        "login-answer" => read!(|b| LoginAnswer::decode(b).map(|r| r.encode())),
        "time-request" => read!(|b| TimeRequest::decode(b).map(|r| r.encode())),
        "time-token" => read!(|b| TimeToken::decode(b).map(|t| t.encode())),
        "revocation" => read!(|b| Revocation::decode(b).map(|r| r.value().encode())),
        "pass" => read!(|b| Pass::decode(b).map(|p| p.encode())),
        "site-token" => read!(|b| SiteToken::decode(b).map(|t| t.encode())),
        "leaf-commitment" => Some(leaf),
        "key-log-leaf" => read!(|b| value(b).and_then(KeyLogLeaf::parse).map(|l| l.value().encode())),
        "receipt" => read!(|b| value(b).and_then(Receipt::parse).map(|r| r.value().encode())),
        "upload-answer" => read!(|b| UploadAnswer::decode(b).map(|a| a.encode())),
        "checkpoint" => read!(|b| value(b).and_then(Checkpoint::parse).map(|c| c.value().encode())),
        "rules" => read!(|b| RulesPublication::decode(b).map(|r| r.encode())),
        "site" => read!(|b| SitePublication::decode(b).map(|s| s.encode())),
        "published" => read!(|b| value(b).and_then(Published::parse).map(|p| p.value().encode())),
        "journal-part" => read!(|b| JournalPart::decode(b).map(|p| p.encode())),
        "bundle" => Some(whole_bundle),
        _ => None,
    }
}

/// A message whose signature is by one of the test keys.
fn signed(bytes: &[u8]) -> Result<Vec<u8>, String> {
    use daka_core::domain::crypto::Signer as _;
    use daka_core::testkit::keys;
    let message = Sign1::decode("message", bytes).map_err(|e| e.to_string())?;
    let all = [
        keys::root(),
        keys::other_root(),
        keys::log(),
        keys::time(),
        keys::pass(),
        keys::device_ca(),
        keys::device(),
        keys::former_device(),
    ];
    let key = all.iter().find(|k| k.public_key().kid(&Ring) == message.kid).ok_or("an unknown key")?;
    message.verify(&Ring, key.public_key()).map_err(|e| e.to_string())?;
    Ok(message.bytes().to_vec())
}

/// The commitment of a leaf has no type of its own: `leaf_hash` digests it.
fn leaf(bytes: &[u8]) -> Result<Vec<u8>, String> {
    use daka_core::domain::crypto::Crypto as _;
    use daka_core::domain::fields::{As as _, List};
    use daka_core::domain::log::LeafKind;
    let read = || -> Result<_, FormatError> {
        let mut list = List::tagged("daka-leaf", bytes)?;
        let kind = LeafKind::from_wire(list.take("kind")?.uint("kind")?);
        let salt = list.take("salt")?.byte_string("salt")?;
        let body = list.take("body")?;
        list.end()?;
        leaf_hash(&Ring, kind, &salt, &body)
    };
    let hash = read().map_err(|e| e.to_string())?;
    assert_eq!(hash, Ring.sha256(&[bytes]));
    Ok(bytes.to_vec())
}

fn whole_bundle(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let (bundle, damaged) = Bundle::decode(&Ring, bytes).map_err(|e| e.to_string())?;
    if damaged.is_empty() { Ok(bundle.encode(&Ring)) } else { Err(format!("parts {damaged:?} are damaged")) }
}
