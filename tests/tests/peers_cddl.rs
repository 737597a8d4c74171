//! The golden vectors against the CDDL, by a validator that shares no code with Daka (`cddl-cat`).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this file is a test")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cddl_cat::cbor::validate_cbor;
use cddl_cat::context::BasicContext;
use cddl_cat::flatten::flatten_from_str;
use serde_json::Value;

/// Refused for a reason that CDDL cannot state: what one item says of another, signatures, the encoding's last byte. The regular
/// expressions are here because this validator does not anchor them, as RFC 8610 §3.8.3 has it.
const BEYOND: [&str; 16] = [
    "upload: epoch 0 that stands on something",
    "upload: epoch 1 that stands on a later entry",
    "upload: no session in the first entry",
    "signed: a high s",
    "signed: another payload",
    "key set: another key's id",
    "key set: another algorithm than the key's",
    "key set: a tenant in capitals",
    "statement: an employee with a line break",
    "checkpoint: a number with a zero before it",
    "rules: in effect before they were published",
    "bundle: an index that is too short",
    "bundle: a byte after the end",
    "journal part: a salt without its group",
    "journal part: a group without its salt",
    "journal part: epoch 0 on something",
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/format")
}

struct Schema(BasicContext);

impl Schema {
    fn load() -> Self {
        let read = |name| std::fs::read_to_string(folder().join(format!("{name}.cddl"))).unwrap();
        let files = ["common", "journal", "trust", "log", "rules", "bundle"].map(read);
        let listed = std::fs::read_dir(folder()).unwrap();
        let cddl = listed.filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "cddl")).count();
        assert_eq!(cddl, files.len(), "a file of the CDDL is not read here");
        Self(BasicContext::new(flatten_from_str(&files.join("\n")).unwrap()))
    }

    fn takes(&self, rule: &str, bytes: &[u8]) -> Result<(), String> {
        let value: ciborium::Value = ciborium::from_reader(bytes).map_err(|e| e.to_string())?;
        let node = self.0.rules.get(rule).unwrap_or_else(|| panic!("the CDDL has no rule {rule}"));
        validate_cbor(node, &value, &self.0).map_err(|e| e.to_string())
    }
}

fn vectors(file: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder().join("vectors").join(format!("{file}.json"))).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["vectors"].as_array().unwrap().clone()
}

/// Name, rule and bytes, where a vector has them. DER and plain CBOR have no rule.
fn parts(vector: &Value) -> Option<(&str, &str, Vec<u8>)> {
    let rule = vector["cddl"].as_str().filter(|rule| !matches!(*rule, "item" | "bstr" | "spki"))?;
    let digits = vector["hex"].as_str()?.as_bytes().chunks_exact(2);
    let digit = |c: u8| char::from(c).to_digit(16).unwrap() as u8;
    Some((vector["name"].as_str()?, rule, digits.map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()))
}

#[test]
fn every_vector_follows_its_rule() {
    let schema = Schema::load();
    let mut rules = BTreeSet::new();
    for file in ["journal", "groups", "uploads", "trust", "log", "rules", "bundles"] {
        for vector in vectors(file) {
            let Some((name, rule, bytes)) = parts(&vector) else { continue };
            schema.takes(rule, &bytes).unwrap_or_else(|e| panic!("{file}, {name}: {e}"));
            rules.insert(rule.to_owned());
        }
    }
    assert!(rules.len() > 35, "only {rules:?}");
}

#[test]
fn what_must_be_refused_breaks_its_rule_where_a_rule_can_say_so() {
    let schema = Schema::load();
    let mut taken = BTreeSet::new();
    let all = vectors("refused");
    for vector in &all {
        let Some((name, rule, bytes)) = parts(vector) else { continue };
        if schema.takes(rule, &bytes).is_ok() {
            taken.insert(name);
        }
    }
    assert_eq!(taken, BEYOND.into_iter().collect());
}
