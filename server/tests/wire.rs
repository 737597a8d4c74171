//! The wire's edges: problem documents, limits, conditional requests, and the log as other people's C2SP tools read it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::adapters::crypto::Ring;
use daka_core::domain::cbor::Value;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::fields::{As as _, List};
use daka_core::domain::ids::Hash32;
use daka_core::domain::journal::Asked;
use daka_core::domain::log::{Checkpoint, KeyLogLeaf, LeafKind, root, verify_consistency};
use daka_core::domain::rules::Published;
use daka_core::domain::trust::{KeyUse, Revocation, RevocationReason};
use daka_server::tenants::devices;
use daka_server::testing::{Phone, TestServer};
use signed_note::{Note, StandardVerifier, VerifierList};
use tlog_tiles::{Hash, HashReader as _, Tile, TileHashReader, TileReader};

fn list(body: &[u8]) -> List {
    let mut list = List::new("answer", Value::decode("answer", body).unwrap()).unwrap();
    assert_eq!(list.take("v").unwrap(), Value::Uint(0));
    list
}

/// Path, media type, body; status, code, field.
type Case<'a> = (&'a str, &'a str, &'a [u8], u16, &'a str, Option<&'a str>);

#[test]
fn every_refusal_is_a_problem_document() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    phone.punch(Asked::In);
    let good = phone.upload_of(1, 1).encode().unwrap();
    let token = phone.token.clone();
    let auth = format!("Bearer {token}");
    let post = |path: &str, media: &str, body: &[u8]| {
        phone.http.send("POST", path, &[("Authorization", &auth), ("Content-Type", media)], body)
    };
    let cbor = "application/cbor";
    let half = good.get(..good.len() / 2).unwrap();
    let many = {
        let mut upload = phone.upload_of(1, 1);
        upload.entries = vec![upload.entries[0].clone(); 501];
        upload.encode().unwrap()
    };
    let cases: [Case<'_>; 12] = [
        ("/v0/segments", cbor, b"", 400, "malformed", Some("upload")),
        ("/v0/segments", cbor, half, 400, "malformed", Some("upload")),
        ("/v0/segments", cbor, &[0x80], 400, "malformed", Some("v")),
        ("/v0/segments", "application/json", &good, 415, "media_type", None),
        ("/v0/segments", cbor, &many, 413, "too_large", Some("entries")),
        ("/v0/segments", cbor, &vec![0; (4 << 20) + 1], 413, "too_large", None),
        ("/v0/segments?checkpoint=x", cbor, &good, 400, "malformed", Some("checkpoint")),
        ("/v0/time", cbor, &[0xff], 400, "malformed", Some("time request")),
        ("/v0/time", cbor, &vec![0; (64 << 10) + 1], 413, "too_large", None),
        ("/v0/login", cbor, &[0x80], 400, "malformed", Some("v")),
        ("/v0/enrol", cbor, &[0x81, 0x00], 400, "malformed", Some("code hint")),
        ("/v0/nothing", cbor, b"", 404, "not_found", None),
    ];
    for (path, media, body, status, code, field) in cases {
        let reply = post(path, media, body);
        assert_eq!(reply.outcome(), (status, code.to_owned()), "{path}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!((json["status"].as_u64(), json["type"].as_str()), (Some(u64::from(status)), Some("about:blank")));
        assert_eq!(json["field"].as_str(), field, "{path}: {json}");
        assert!(json["detail"].as_str().is_some_and(|d| !d.is_empty()));
        assert!(reply.header("x-request-id").is_some_and(|id| id.len() == 16));
    }
    assert_eq!(phone.http.send("DELETE", "/v0/head", &[], &[]).outcome(), (404, "not_found".into()));
    // None of it was stored.
    assert_eq!(list(&phone.http.get("/v0/head", Some(&token)).body).take("head").unwrap(), Value::Null);
}

/// The same message with the first item of its array replaced: the format version.
fn of_version(v: u64, message: &[u8]) -> Vec<u8> {
    let Value::Array(mut items) = Value::decode("message", message).unwrap() else { panic!("no array") };
    assert_eq!(items[0], Value::Uint(0), "the version comes first");
    items[0] = Value::Uint(v);
    Value::Array(items).encode()
}

#[test]
fn a_newer_format_is_answered_with_version_and_stores_nothing() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    phone.punch(Asked::In);
    let (token, upload) = (phone.token.clone(), phone.upload_of(1, 1).encode().unwrap());
    let fresh = Phone::enrol(server.http(), &server.code("acme", "e1")).unwrap();
    let login = phone.login_request(phone.challenge(), phone.http.url());
    let cases: [(&str, Option<&str>, Vec<u8>, &str); 4] = [
        ("/v0/segments", Some(&token), upload, "upload"),
        ("/v0/time", Some(&token), phone.time_request().encode(), "time request"),
        ("/v0/login", None, login, "login request"),
        ("/v0/enrol", None, fresh.request, "enrolment request"),
    ];
    for (path, token, message, field) in &cases {
        // One that is shaped as ours, and one of which only the version can be read.
        let later = Value::Array(vec![Value::Uint(7), Value::text("of a later version")]).encode();
        for body in [of_version(1, message), of_version(u64::MAX, message), later] {
            let reply = phone.http.post(path, *token, &body);
            assert_eq!(reply.outcome(), (400, "version".into()), "{path}");
            assert_eq!(reply.header("content-type"), Some("application/problem+json"));
            let json: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
            assert_eq!(json["field"].as_str(), Some(*field));
        }
    }
    let head = || list(&phone.http.get("/v0/head", Some(&token)).body).take("head").unwrap();
    assert_eq!(head(), Value::Null);
    // As they were, they are taken: the challenge was not used up either.
    for (path, token, message, _) in &cases {
        assert_eq!(phone.http.post(path, *token, &of_version(0, message)).status, 200, "{path}");
    }
}

#[test]
fn rules_are_sent_once() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    let (rules, sites) = phone.load_rules();
    assert_eq!((rules.serial, rules.zone.as_str(), sites[0].name.as_str()), (2, "Asia/Hong_Kong", "Door"));
    let auth = format!("Bearer {}", phone.token);
    let tag = format!("\"{}\"", rules.rev(&Ring).0.hex());
    let ask = |tag: &str| phone.http.send("GET", "/v0/rules", &[("Authorization", &auth), ("If-None-Match", tag)], &[]);
    let same = ask(&tag);
    assert_eq!((same.status, same.body.len(), same.header("etag")), (304, 0, Some(tag.as_str())));
    assert_eq!(ask("\"other\"").status, 200);
    server.site("acme", "Second", 1.0, 2.0, 50.0);
    assert_eq!(ask(&tag).status, 200);
    let (rules, sites) = phone.load_rules();
    assert_eq!((rules.serial, sites.len()), (3, 2));
}

#[test]
fn the_key_set_is_proven_and_signed() {
    let server = TestServer::acme();
    let phone = server.phone("acme", "e1");
    let mut answer = list(&phone.http.get("/v0/keys", Some(&phone.token)).body);
    let set = Published::parse(answer.take("key set").unwrap()).unwrap();
    let checkpoint = Checkpoint::parse(answer.take("checkpoint").unwrap()).unwrap();
    assert_eq!(set.document, phone.answer.key_set);
    checkpoint.verify(&Ring, phone.keys.first(KeyUse::Log).unwrap()).unwrap();
    let leaf = set.leaf(&Ring, LeafKind::KeySet, Value::Uint(phone.keys.serial)).unwrap();
    let root = &checkpoint.root;
    daka_core::domain::log::verify_inclusion(&Ring, &leaf, set.index, set.size, &set.proof, root).unwrap();
}

/// The key log, whole, as a phone replays it.
fn key_log(phone: &Phone) -> (Vec<KeyLogLeaf>, Checkpoint) {
    let mut answer = list(&phone.http.get("/v0/keylog?from=0", Some(&phone.token)).body);
    let leaves = answer.take("leaves").unwrap().items("leaves").unwrap();
    let leaves = leaves.into_iter().map(|l| KeyLogLeaf::parse(l).unwrap()).collect();
    (leaves, Checkpoint::parse(answer.take("checkpoint").unwrap()).unwrap())
}

#[test]
fn the_key_log_shows_every_device_and_revocation_and_no_name() {
    let server = TestServer::acme();
    let first = server.phone("acme", "e1");
    let second = server.phone("acme", "e1");
    assert_eq!(second.answer.earlier, std::slice::from_ref(&first.answer.statement));
    server.admin(|b| devices::revoke(b, &first.keys.tenant, first.journal, RevocationReason::Replaced));
    let (leaves, checkpoint) = key_log(&second);
    let kinds: Vec<LeafKind> = leaves.iter().map(|l| l.kind).collect();
    use LeafKind::{Certificate, Enrolment};
    assert_eq!(kinds, [Enrolment, Certificate, Enrolment, Certificate, LeafKind::Revocation]);
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size), ("acme/keys/1", 5));
    let hashes: Vec<Hash32> = leaves.iter().map(|l| l.leaf(&Ring).unwrap()).collect();
    assert_eq!(root(&Ring, &hashes), checkpoint.root, "the leaves are all there is");
    let revocation = Revocation::decode(&leaves[4].body.encode()).unwrap();
    assert_eq!((revocation.subject, revocation.reason), (first.journal.0, RevocationReason::Replaced));
    let raw = second.http.get("/v0/keylog", Some(&second.token)).body;
    assert!(!raw.windows(4).any(|w| w == b"Chan"));
    assert_eq!(
        list(&second.http.get("/v0/keylog?from=4", Some(&second.token)).body)
            .take("l")
            .unwrap()
            .items("l")
            .unwrap()
            .len(),
        1
    );
}

/// Tiles over the wire, for another implementation's proof checker.
struct Remote<'a>(&'a Phone);

impl TileReader for Remote<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::tlog::Error> {
        // The crate names tiles with their height, as Go's checksum database does; C2SP leaves it out.
        let get = |tile: &Tile| {
            let path = tile.path().replacen("tile/8/", "/v0/tile/", 1);
            let reply = self.0.http.get(&path, Some(&self.0.token));
            assert_eq!(reply.status, 200, "{path}");
            reply.body
        };
        Ok(tiles.iter().map(get).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// `tlog_tiles` and `signed_note` share no code with Daka.
#[test]
fn other_tools_read_the_log() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    // More than one full tile: 4 publications and 300 segments.
    for _ in 0..300 {
        phone.punch(Asked::Auto);
    }
    let uploads: Vec<Vec<u8>> = (1..=300).map(|n| phone.upload_of(n, n).encode().unwrap()).collect();
    for upload in &uploads {
        assert_eq!(phone.http.post("/v0/segments", Some(&phone.token), upload).status, 200);
    }
    let reply = phone.http.get("/v0/checkpoint", Some(&phone.token));
    assert_eq!(reply.header("content-type"), Some("text/plain; charset=utf-8"));
    let note = Note::from_bytes(&reply.body).unwrap();
    let key = phone.keys.first(KeyUse::Log).unwrap().raw().to_vec();
    let typed = [&[1], key.as_slice()].concat();
    let id = signed_note::key_id("acme/1", &typed);
    let vkey = format!("acme/1+{id:08x}+{}", base64(&typed));
    let verifier = StandardVerifier::new(&vkey).unwrap();
    let (verified, _) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!(verified.len(), 1);
    let checkpoint = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
    assert_eq!((checkpoint.origin(), checkpoint.size()), ("acme/1", 304));

    let remote = Remote(&phone);
    let reader = TileHashReader::new(304, *checkpoint.hash(), &remote);
    for n in [0, 3, 100, 255, 256, 303] {
        let proof = tlog_tiles::tlog::prove_record(304, n, &reader).unwrap();
        let stored = reader.read_hashes(&[tlog_tiles::tlog::stored_hash_index(0, n)]).unwrap()[0];
        tlog_tiles::tlog::check_record(&proof, 304, *checkpoint.hash(), n, stored).unwrap();
    }
    // The last entry is the last segment's leaf: the receipt's own.
    let entries = phone.http.get("/v0/tile/entries/001.p/48", Some(&phone.token)).body;
    assert_eq!(entries.len(), 48 * 34);
    let last = entries.get(47 * 34..).unwrap();
    assert_eq!(last.get(..2), Some(&[0, 32][..]));
    let stored = reader.read_hashes(&[tlog_tiles::tlog::stored_hash_index(0, 303)]).unwrap()[0];
    assert_eq!(tlog_tiles::tlog::record_hash(last.get(2..).unwrap()), stored);

    // Consistency between any two sizes, by our own checker over their roots.
    let tree = |n| tlog_tiles::tlog::tree_hash(n, &reader).unwrap();
    let ours = |h: Hash| Hash32(h.0);
    for (old, new) in [(1, 304), (7, 8), (255, 257), (256, 304), (300, 304), (304, 304)] {
        let reply = phone.http.get(&format!("/v0/consistency?from={old}&to={new}"), Some(&phone.token));
        let proof = list(&reply.body).take("proof").unwrap().items("proof").unwrap();
        let proof: Vec<Hash32> = proof.into_iter().map(|h| h.hash("proof").unwrap()).collect();
        verify_consistency(&Ring, old, &ours(tree(old)), new, &ours(tree(new)), &proof).unwrap();
    }
    for path in ["/v0/tile/0/001", "/v0/tile/0/002", "/v0/tile/0/001.p/49", "/v0/tile/9/000", "/v0/tile/x/000"] {
        assert_eq!(phone.http.get(path, Some(&phone.token)).status, 404, "{path}");
    }
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn an_answer_goes_on_from_the_phones_checkpoint_of_the_same_log_only() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    phone.punch(Asked::In);
    phone.upload(1, 1);
    let known = phone.checkpoint.clone().unwrap();
    phone.punch(Asked::Out);
    let upload = phone.upload_of(2, 2).encode().unwrap();
    let ask = |query: &str| {
        let reply = phone.http.post(&format!("/v0/segments?{query}"), Some(&phone.token), &upload);
        daka_core::domain::log::UploadAnswer::decode(&reply.body).unwrap()
    };
    let size = known.size;
    for query in [format!("checkpoint={size}"), format!("checkpoint={size}&origin=acme/1")] {
        let answer = ask(&query);
        let (c, proof) = (&answer.checkpoint, &answer.consistency);
        assert!(!proof.is_empty());
        verify_consistency(&Ring, size, &known.root, c.size, &c.root, proof).unwrap();
    }
    for query in
        [format!("checkpoint={size}&origin=acme/7"), "checkpoint=0".into(), "checkpoint=99999".into(), String::new()]
    {
        assert!(ask(&query).consistency.is_empty(), "{query}");
    }
}

#[test]
fn the_digest_of_the_root_is_what_the_code_names() {
    let server = TestServer::acme();
    let phone = server.phone("acme", "e1");
    assert_eq!(Ring.sha256(&[&phone.answer.root]), server.code("acme", "e1").root.0);
}
