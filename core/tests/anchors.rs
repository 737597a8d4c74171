//! Which anchors count: each condition of record.md broken by itself.

#![cfg(feature = "testkit")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this file is a test")]

use daka_core::adapters::crypto::Ring;
use daka_core::domain::chronicle::{AnchorRefused, Chronicle};
use daka_core::domain::cose::Sign1;
use daka_core::domain::crypto::Signer as _;
use daka_core::domain::ids::{Hash32, JournalId};
use daka_core::domain::journal::{Body, Draft, Payload};
use daka_core::domain::time::{SessionMs, WallMs};
use daka_core::domain::trust::{TimeRequest, TimeToken};
use daka_core::testkit::keys;
use daka_core::testkit::tiny_server::{BEGIN, TinyPhone, TinyServer};

const AT: i64 = BEGIN + 5_000;

struct Scene {
    server: TinyServer,
    phone: TinyPhone,
}

/// Two entries of a first session, ready for an anchor at 10,000.
fn scene() -> Scene {
    let mut server = TinyServer::new(Box::new(keys::device_ca()));
    let enrolled = server.enrol(&keys::device(), BEGIN + 1_000, None);
    let mut phone = TinyPhone::new(Box::new(keys::device()), &enrolled.identity, BEGIN + 2_000);
    phone.write(0, Draft::of(Body::Boot));
    phone.write(500, Draft::of(Body::ClockJump { delta_ms: 5 }));
    Scene { server, phone }
}

impl Scene {
    fn anchor(&mut self, token: Vec<u8>, b1: u64, t: u64) {
        self.phone.write(t, Draft::of(Body::Anchor { token, b1: SessionMs::new(b1) }));
    }

    /// A token signed by `key` for a changed request.
    fn token(&self, key: &dyn daka_core::domain::crypto::Signer, change: impl Fn(&mut TimeToken)) -> Vec<u8> {
        let request: TimeRequest = self.phone.time_request(3_000);
        let origin = self.server.origin.as_str().to_owned();
        let mut token = TimeToken { origin, request, counter: 1, server: WallMs::new(AT), eps_ms: 500 };
        change(&mut token);
        Sign1::sign(&Ring, key, token.encode()).unwrap().bytes().to_vec()
    }

    /// What the chronicle makes of everything written.
    fn judged(&self) -> (Vec<u64>, Vec<(u64, AnchorRefused)>) {
        let mut chronicle = Chronicle::new(&Ring, &self.server.keys, self.phone.journal);
        for e in &self.phone.epochs {
            let hash_at = |seq: u64| -> Option<Hash32> {
                e.hashes.get(usize::try_from(seq.checked_sub(e.prev_seq)?).unwrap()).copied()
            };
            for entry in &e.entries {
                chronicle.entry(e.epoch, &Payload::decode(&entry.payload).unwrap(), &hash_at).unwrap();
            }
        }
        (chronicle.accepted().iter().map(|a| a.seq).collect(), chronicle.refused().to_vec())
    }
}

#[test]
fn a_good_anchor_counts_once() {
    let mut s = scene();
    let token = s.token(&keys::time(), |_| {});
    s.anchor(token.clone(), 3_100, 3_200);
    s.anchor(token, 3_300, 3_400);
    assert_eq!(s.judged(), (vec![3], vec![(4, AnchorRefused::UsedBefore)]));
}

#[test]
fn each_condition_counts_by_itself() {
    type Change = fn(&mut TimeToken);
    let cases: [(Change, AnchorRefused); 7] = [
        (|t| t.request.journal = JournalId(Hash32([1; 32])), AnchorRefused::NotOurs),
        (|t| t.request.head.epoch = 1, AnchorRefused::NotOurs),
        (|t| t.request.session = daka_core::domain::time::SessionId::new([9; 16]), AnchorRefused::NotOurs),
        (|t| t.request.head.h = Hash32([1; 32]), AnchorRefused::OffChain),
        (|t| t.request.head.seq = 1, AnchorRefused::OffChain),
        (|t| t.request.head.seq = 3, AnchorRefused::OffChain),
        (|t| t.server = WallMs::new(BEGIN - 1), AnchorRefused::Unsigned),
    ];
    for (n, (change, why)) in cases.into_iter().enumerate() {
        let mut s = scene();
        let token = s.token(&keys::time(), change);
        s.anchor(token, 3_100, 3_200);
        assert_eq!(s.judged(), (vec![], vec![(3, why)]), "case {n}");
    }
}

#[test]
fn readings_have_their_order() {
    for (b1, t, counts) in [(3_000, 3_000, true), (2_999, 3_200, false), (3_300, 3_200, false)] {
        let mut s = scene();
        let token = s.token(&keys::time(), |_| {});
        s.anchor(token, b1, t);
        let expected = if counts { (vec![3], vec![]) } else { (vec![], vec![(3, AnchorRefused::Readings)]) };
        assert_eq!(s.judged(), expected, "b1 {b1}, t {t}");
    }
}

#[test]
fn only_a_time_key_signs_tokens() {
    for key in [keys::log(), keys::root(), keys::pass(), keys::device(), keys::device_ca()] {
        let mut s = scene();
        let token = s.token(&key, |_| {});
        s.anchor(token, 3_100, 3_200);
        assert_eq!(s.judged(), (vec![], vec![(3, AnchorRefused::Unsigned)]), "{:?}", key.public_key());
    }
    let mut s = scene();
    s.anchor(b"no token at all".to_vec(), 3_100, 3_200);
    let head = s.phone.sign_head();
    s.anchor(head, 3_100, 3_200);
    let refused = vec![(3, AnchorRefused::Unsigned), (4, AnchorRefused::Unsigned)];
    assert_eq!(s.judged(), (vec![], refused), "a signed head is no token");
}

/// A token that was asked for before the epoch changed is not the new epoch's.
#[test]
fn a_token_does_not_cross_epochs() {
    let mut s = scene();
    let token = s.token(&keys::time(), |_| {});
    let prev = s.phone.begin_next_epoch();
    let reason = daka_core::domain::journal::EpochReason::Fork;
    let sealed = daka_core::domain::journal::SealedClaim(None);
    s.phone.write(3_050, Draft::of(Body::EpochStarted { reason, prev, sealed }));
    s.anchor(token, 3_100, 3_200);
    assert_eq!(s.judged(), (vec![], vec![(4, AnchorRefused::NotOurs)]));
}

/// An entry that cannot follow leaves nothing behind: neither an anchor that counts, nor a token that is used up.
#[test]
fn an_entry_that_is_refused_uses_up_no_token() {
    let mut s = scene();
    let token = s.token(&keys::time(), |_| {});
    s.anchor(token, 3_100, 3_200);
    let e = &s.phone.epochs[0];
    let hash_at = |seq: u64| e.hashes.get(usize::try_from(seq).unwrap()).copied();
    let payload = |i: usize| Payload::decode(&e.entries[i].payload).unwrap();
    let mut chronicle = Chronicle::new(&Ring, &s.server.keys, s.phone.journal);
    chronicle.entry(0, &payload(0), &hash_at).unwrap();
    // A reading later than the anchor's own, so that the anchor's entry cannot follow.
    let mut late = payload(1);
    late.readings.t = SessionMs::new(9_000);
    chronicle.entry(0, &late, &hash_at).unwrap();
    assert!(chronicle.entry(0, &payload(2), &hash_at).is_err());
    assert!(chronicle.accepted().is_empty() && chronicle.refused().is_empty());
    let mut again = payload(2);
    again.readings.t = SessionMs::new(9_100);
    chronicle.entry(0, &again, &hash_at).unwrap();
    assert_eq!(chronicle.accepted().len(), 1);
}
