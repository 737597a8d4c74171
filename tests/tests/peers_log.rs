//! The log against `tlog_tiles` and `signed_note`, which other transparency logs use: roots, proofs, what they verify, notes.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "all of this file is a test")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use daka_core::adapters::crypto::Ring;
use daka_core::domain::crypto::{Crypto as _, Signer as _};
use daka_core::domain::ids::{Hash32, TenantId};
use daka_core::domain::log::{
    Checkpoint, Origin, Proof, consistency, inclusion, leaf_node, root, verify_consistency, verify_inclusion,
};
use daka_core::testkit::keys;
use signed_note::{Note, NoteError, StandardVerifier, VerifierList};
use tlog_tiles::{Hash, HashReader, check_record, check_tree, prove_record, prove_tree, tree_hash};

/// The peer's storage: every hash that it asks to be kept.
struct Stored(Vec<Hash>);

impl HashReader for Stored {
    fn read_hashes(&self, indexes: &[u64]) -> Result<Vec<Hash>, tlog_tiles::Error> {
        Ok(indexes.iter().map(|i| self.0[usize::try_from(*i).unwrap()]).collect())
    }
}

fn leaves(n: u64) -> Vec<Hash32> {
    (0..n).map(|i| Ring.sha256(&[b"leaf", &i.to_be_bytes()])).collect()
}

/// The same log at the peer's.
fn stored(leaves: &[Hash32]) -> Stored {
    let mut stored = Stored(Vec::new());
    for (n, leaf) in leaves.iter().enumerate() {
        stored.0.extend(tlog_tiles::stored_hashes(n as u64, &leaf.0, &stored).unwrap());
    }
    stored
}

fn ours(proof: &[Hash]) -> Proof {
    proof.iter().map(|h| Hash32(h.0)).collect()
}

fn theirs(proof: &[Hash32]) -> Vec<Hash> {
    proof.iter().map(|h| Hash(h.0)).collect()
}

/// Every index and every older size of one tree.
fn compare(leaves: &[Hash32], stored: &Stored, indexes: impl Iterator<Item = u64>, olds: impl Iterator<Item = u64>) {
    let size = leaves.len() as u64;
    let (top, their_top) = (root(&Ring, leaves), tree_hash(size, stored).unwrap());
    assert_eq!(top.0, their_top.0, "root of {size}");
    for index in indexes {
        let (leaf, proof) = (&leaves[usize::try_from(index).unwrap()], inclusion(&Ring, leaves, index));
        assert_eq!(proof, ours(&prove_record(size, index, stored).unwrap()), "{index} of {size}");
        verify_inclusion(&Ring, leaf, index, size, &proof, &top).unwrap();
        check_record(&theirs(&proof), size, their_top, index, Hash(leaf_node(&Ring, leaf).0)).unwrap();
        for (what, wrong) in mangled(&proof) {
            let ours = verify_inclusion(&Ring, leaf, index, size, &wrong, &top).is_ok();
            let node = Hash(leaf_node(&Ring, leaf).0);
            let theirs = check_record(&theirs(&wrong), size, their_top, index, node).is_ok();
            assert_eq!((ours, theirs), (false, false), "{index} of {size}, {what}");
        }
        // The same path at a neighbour's place, or in a tree of another size.
        for (i, n) in [(index + 1, size), (index.wrapping_sub(1), size), (index, size + 1), (index, size - 1)] {
            let ours = verify_inclusion(&Ring, leaf, i, n, &proof, &top).is_ok();
            let node = Hash(leaf_node(&Ring, leaf).0);
            let theirs = check_record(&theirs(&proof), n, their_top, i, node).is_ok();
            assert_eq!(ours, theirs, "the path of {index} of {size} at {i} of {n}");
        }
    }
    for old in olds {
        let (proof, before) = (consistency(&Ring, leaves, old), root(&Ring, &leaves[..usize::try_from(old).unwrap()]));
        verify_consistency(&Ring, old, &before, size, &top, &proof).unwrap();
        // The peer has no proofs from an empty tree: every tree extends it.
        if old == 0 {
            assert!(proof.is_empty());
            continue;
        }
        assert_eq!(proof, ours(&prove_tree(size, old, stored).unwrap()), "{old} to {size}");
        check_tree(&theirs(&proof), size, their_top, old, Hash(before.0)).unwrap();
        for (what, wrong) in mangled(&proof) {
            let ours = verify_consistency(&Ring, old, &before, size, &top, &wrong).is_ok();
            let theirs = check_tree(&theirs(&wrong), size, their_top, old, Hash(before.0)).is_ok();
            assert_eq!((ours, theirs), (false, false), "{old} to {size}, {what}");
        }
        let other = Hash32([7; 32]);
        assert!(verify_consistency(&Ring, old, &other, size, &top, &proof).is_err());
        assert!(verify_consistency(&Ring, old, &before, size, &other, &proof).is_err());
    }
}

/// A proof that is too short, too long, turned around or has a bit turned in one node.
fn mangled(proof: &Proof) -> Vec<(&'static str, Proof)> {
    let mut longer = proof.clone();
    longer.push(Hash32([1; 32]));
    let mut out = vec![("one node more", longer)];
    if !proof.is_empty() {
        out.push(("one node less", proof[..proof.len() - 1].to_vec()));
        out.push(("without its first node", proof[1..].to_vec()));
        let mut turned = proof.clone();
        turned[proof.len() / 2].0[9] ^= 4;
        out.push(("a bit turned", turned));
    }
    if proof.len() > 1 {
        out.push(("turned around", proof.iter().rev().copied().collect()));
    }
    out
}

#[test]
fn every_small_tree_has_the_peers_roots_and_proofs() {
    let all = leaves(70);
    let stored = stored(&all);
    assert_eq!(root(&Ring, &[]).0, tree_hash(0, &stored).unwrap().0);
    for size in 1..=70_u64 {
        compare(&all[..usize::try_from(size).unwrap()], &stored, 0..size, 0..=size);
    }
}

#[test]
fn larger_trees_agree_too() {
    let all = leaves(5_000);
    let stored = stored(&all);
    for size in [127, 128, 129, 255, 256, 257, 1_000, 2_047, 2_048, 2_049, 4_095, 4_999, 5_000] {
        let some = |n: u64| (0..12).map(move |i| i * 0x9e37_79b9 % n);
        let edges = [0, size / 2, size - 1];
        compare(&all[..usize::try_from(size).unwrap()], &stored, edges.into_iter().chain(some(size)), some(size));
    }
}

/// What is asked of a tree that does not have it gives no proof, and none verifies.
#[test]
fn outside_the_tree_there_is_nothing() {
    let all = leaves(9);
    let top = root(&Ring, &all);
    assert!(inclusion(&Ring, &all, 9).is_empty() && inclusion(&Ring, &[], 0).is_empty());
    assert!(consistency(&Ring, &all, 10).is_empty() && consistency(&Ring, &all, u64::MAX).is_empty());
    assert!(verify_inclusion(&Ring, &all[0], 9, 9, &[], &top).is_err());
    assert!(verify_inclusion(&Ring, &all[0], 0, 0, &[], &top).is_err());
    assert!(verify_consistency(&Ring, 10, &top, 9, &top, &[]).is_err());
    assert!(verify_consistency(&Ring, 9, &top, 9, &Hash32([0; 32]), &[]).is_err());
}

fn verifier(origin: &str) -> VerifierList {
    let key = [&[1_u8][..], keys::log().public_key().raw()].concat();
    let id = signed_note::key_id(origin, &key);
    let text = format!("{origin}+{id:08x}+{}", STANDARD.encode(&key));
    VerifierList::new(vec![Box::new(StandardVerifier::new(&text).unwrap())])
}

#[test]
fn a_checkpoint_is_a_note_that_the_peers_read_and_verify() {
    let tenant = TenantId::parse("acme").unwrap();
    for (origin, size) in [(Origin::journals(&tenant, 1), 9_u64), (Origin::keys(&tenant, 12), 0)] {
        let top = root(&Ring, &leaves(size));
        let checkpoint = Checkpoint::sign(&Ring, &keys::log(), origin.clone(), size, top).unwrap();
        let text = checkpoint.note();
        let note = Note::from_bytes(text.as_bytes()).unwrap();
        assert_eq!(note.to_bytes(), text.as_bytes());
        let (verified, unverified) = note.verify(&verifier(origin.as_str())).unwrap();
        assert_eq!((verified.len(), unverified.len()), (1, 0));
        assert_eq!(verified[0].name(), origin.as_str());
        assert_eq!(verified[0].id().to_be_bytes(), checkpoint.key_hash);
        let read = tlog_tiles::Checkpoint::from_bytes(note.text()).unwrap();
        assert_eq!((read.origin(), read.size(), read.hash().0), (origin.as_str(), size, top.0));
        assert_eq!(read.extension(), "");

        let forged = Checkpoint { size: size + 1, ..checkpoint.clone() };
        assert!(forged.verify(&Ring, keys::log().public_key()).is_err());
        let note = Note::from_bytes(forged.note().as_bytes()).unwrap();
        assert!(matches!(note.verify(&verifier(origin.as_str())), Err(NoteError::InvalidSignature { .. })));
        assert!(checkpoint.verify(&Ring, keys::time().public_key()).is_err(), "another key's");
        let renamed = Checkpoint { origin: Origin::journals(&tenant, 2), ..checkpoint };
        assert!(renamed.verify(&Ring, keys::log().public_key()).is_err(), "another log's");
    }
}
