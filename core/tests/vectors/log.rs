//! Leaves of every kind, trees and proofs, receipts, checkpoints.

use daka_core::adapters::crypto::Ring;
use daka_core::domain::cbor::Value;
use daka_core::domain::crypto::{Crypto as _, Signer as _};
use daka_core::domain::ids::{Hash32, hex};
use daka_core::domain::log::{
    ItemReason, ItemResult, ItemStatus, KeyLogLeaf, LeafKind, Segment, SegmentStatus, UploadAnswer, consistency,
    inclusion, leaf_hash, root, verify_consistency, verify_inclusion,
};
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{Revocation, RevocationReason};
use daka_core::testkit::keys;
use daka_core::testkit::tiny_server::{random, random16};
use daka_core::testkit::tiny_story::{MORNING, TinyStory};
use serde_json::{Value as Json, json};

use super::set::{File, Vector, cbor, vector};

fn leaf(name: &str, kind: LeafKind, salt: &[u8], body: &Value) -> Vector {
    let commitment =
        Value::Array(vec![Value::text("daka-leaf"), Value::Uint(kind.wire()), Value::bytes(salt), body.clone()]);
    let hash = leaf_hash(&Ring, kind, salt, body).unwrap();
    assert_eq!(hash, Ring.sha256(&[&commitment.encode()]));
    cbor(name, "leaf-commitment", &commitment.encode())
}

fn hashes(all: &[Hash32]) -> Json {
    json!(all.iter().map(Hash32::hex).collect::<Vec<_>>())
}

pub(crate) fn file(story: &TinyStory) -> File {
    let (server, phone) = (&story.server, &story.phone);
    let mut vectors = Vec::new();
    for (received, at) in story.received.iter().zip(1..) {
        vectors.push(leaf(&format!("leaf: segment {at}"), LeafKind::Segment, &[], &received.segment.value()));
    }
    for (status, name) in [(SegmentStatus::Quarantined, "quarantined"), (SegmentStatus::Conflict, "conflict")] {
        let segment = Segment { status, ..story.received[0].segment };
        vectors.push(leaf(&format!("leaf: segment, {name}"), LeafKind::Segment, &[], &segment.value()));
    }
    let (salt, issued) = (random("leaf salt", 99), Value::int(MORNING));
    let digest = Ring.sha256(&[b"a document"]);
    let two = |number: Value| Value::Array(vec![Value::bytes(digest), number]);
    vectors.push(leaf("leaf: key set", LeafKind::KeySet, &salt, &two(Value::Uint(7))));
    vectors.push(leaf("leaf: rules", LeafKind::Rules, &salt, &two(issued.clone())));
    vectors.push(leaf("leaf: site", LeafKind::Site, &salt, &two(issued.clone())));
    vectors.push(leaf("leaf: correction", LeafKind::Correction, &salt, &two(issued.clone())));
    let segment = story.received[0].segment.leaf(&Ring).unwrap();
    let approval = Value::Array(vec![Value::bytes(segment), issued.clone()]);
    vectors.push(leaf("leaf: approval", LeafKind::Approval, &salt, &approval));
    let checkpoint = server.checkpoint(server.leaves.len() as u64);
    let last = Value::Array(vec![Value::bytes(Ring.sha256(&[checkpoint.note().as_bytes()])), issued.clone()]);
    vectors.push(leaf("leaf: log_origin", LeafKind::LogOrigin, &salt, &last));
    let pseudonym = Value::bytes(random16("pseudonym", 1));
    let statement = Value::bytes(story.enrolled.statement.digest(&Ring));
    let enrolment = Value::Array(vec![Value::bytes(phone.journal), statement, pseudonym, issued.clone()]);
    vectors.push(leaf("leaf: enrolment", LeafKind::Enrolment, &salt, &enrolment));
    let kid = phone.device.public_key().kid(&Ring);
    let certified = Value::bytes(Ring.sha256(&[&story.enrolled.certificate]));
    let certificate = Value::Array(vec![Value::bytes(kid), certified, issued]);
    vectors.push(leaf("leaf: certificate", LeafKind::Certificate, &salt, &certificate));
    let revocation =
        Revocation { subject: kid.0, issued: WallMs::new(MORNING), reason: RevocationReason::Lost }.value();
    vectors.push(leaf("leaf: revocation", LeafKind::Revocation, &salt, &revocation));
    for (name, kind, body) in [
        ("enrolment", LeafKind::Enrolment, enrolment),
        ("certificate", LeafKind::Certificate, certificate),
        ("revocation", LeafKind::Revocation, revocation),
    ] {
        let published = KeyLogLeaf { kind, salt: salt.to_vec(), body };
        let hash = published.leaf(&Ring).unwrap().hex();
        vectors.push(cbor(&format!("key log: {name}"), "key-log-leaf", &published.value().encode()).with("leaf", hash));
    }

    // A tree of nine leaves: one complete subtree of eight, and one more.
    let leaves: Vec<Hash32> = (0..9).map(|n| Hash32(random("leaf", n))).collect();
    for size in [0, 1, 2, 3, 7, 8, 9] {
        let tree = &leaves[..size];
        let inclusions: Vec<Json> = (0..size as u64)
            .map(|index| {
                let proof = inclusion(&Ring, tree, index);
                let leaf = &tree[index as usize];
                verify_inclusion(&Ring, leaf, index, size as u64, &proof, &root(&Ring, tree)).unwrap();
                json!({"index": index, "proof": hashes(&proof)})
            })
            .collect();
        let consistencies: Vec<Json> = (0..=size as u64)
            .map(|old| {
                let proof = consistency(&Ring, tree, old);
                let before = root(&Ring, &tree[..old as usize]);
                verify_consistency(&Ring, old, &before, size as u64, &root(&Ring, tree), &proof).unwrap();
                json!({"from": old, "proof": hashes(&proof)})
            })
            .collect();
        vectors.push(
            vector(&format!("tree of {size}"))
                .with("leaves", hashes(tree))
                .with("root", root(&Ring, tree).hex())
                .with("inclusion", inclusions)
                .with("consistency", consistencies),
        );
    }

    let [first, second] = story.checkpoints;
    for size in [first, second] {
        let checkpoint = server.checkpoint(size);
        checkpoint.verify(&Ring, keys::log().public_key()).unwrap();
        vectors.push(
            cbor(&format!("checkpoint of {size}"), "checkpoint", &checkpoint.value().encode())
                .with("note", checkpoint.note())
                .with("note_key", "log")
                .with("of_leaves", hashes(&server.leaves[..size as usize])),
        );
    }
    let mut items = Vec::new();
    for (received, at) in story.received.iter().zip(1..) {
        let receipt = server.receipt(received, second);
        receipt.verify(&Ring, phone.journal, received.segment.h, &server.checkpoint(second)).unwrap();
        vectors.push(
            cbor(&format!("receipt {at}"), "receipt", &receipt.value().encode())
                .with("journal", phone.journal.0.hex())
                .with("h", received.segment.h.hex())
                .with("size", second)
                .with("root", server.checkpoint(second).root.hex()),
        );
        items.push(ItemResult { status: ItemStatus::Stored, reason: ItemReason::None, receipt });
    }
    items[1].status = ItemStatus::Duplicate;
    let answer = UploadAnswer {
        items,
        checkpoint: server.checkpoint(second),
        consistency: consistency(&Ring, &server.leaves, first),
        head: Some(phone.point()),
        upload_spread_s: 0,
    };
    vectors.push(cbor("upload answer", "upload-answer", &answer.encode()));
    let nothing = UploadAnswer { items: Vec::new(), consistency: Vec::new(), head: None, ..answer };
    vectors.push(cbor("upload answer about nothing", "upload-answer", &nothing.encode()));
    let about = "Leaves of every kind (the sha256 of a commitment is the leaf), trees with all their proofs, checkpoints, receipts.";
    assert_eq!(hex(&checkpoint.key_hash).len(), 8);
    File { name: "log", about, vectors }
}
