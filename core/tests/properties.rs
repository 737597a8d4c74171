//! What holds for all input, not only for examples: encodings come back, hostile bytes end in errors, erasing keeps the chain.

#![cfg(feature = "testkit")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "all of this file is a test")]

#[path = "vectors/decoders.rs"]
mod decoders;

use std::collections::BTreeMap;

use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::verify;
use daka_core::domain::cbor::{MapBuilder, Value};
use daka_core::domain::crypto::Signature;
use daka_core::domain::ecdsa;
use daka_core::domain::ids::{Hash32, JournalId, PunchId};
use daka_core::domain::journal::{
    Body, Consent, ConsentGiven, Draft, Entry, GENESIS, GroupId, Groups, Payload, Purpose, Readings, Secret, Seed,
    Upload, UploadEntry, VerdictGroup, chain_step,
};
use daka_core::domain::placing::{PlaceRules, record_fixes, record_verdict, recorded_fixes};
use daka_core::domain::rules::{CircleFence, Policy, SitePublication};
use daka_core::domain::short_code::ShortCode;
use daka_core::domain::time::{SessionId, SessionMs, WallMs};
use daka_core::domain::trust::{QrText, ServerUrl};
use daka_core::domain::tus::PhotoMetadata;
use daka_core::testkit::tiny_story::{TinyStory, door, fix};
use proptest::prelude::*;

/// Any value of the subset, four levels deep.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<u64>().prop_map(Value::Uint),
        (0_u32..64).prop_map(|bits| Value::Uint(u64::MAX >> bits)),
        any::<i64>().prop_map(Value::int),
        proptest::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
        ".{0,20}".prop_map(Value::Text),
        any::<bool>().prop_map(Value::Bool),
        Just(Value::Null),
    ];
    leaf.prop_recursive(4, 40, 8, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::Array),
            proptest::collection::btree_map(any::<u64>(), inner, 0..8)
                .prop_map(|map| map.into_iter().fold(MapBuilder::new(), |m, (k, v)| m.put(k, v)).build()),
        ]
    })
}

/// An entry's draft: a body that takes any digits, and groups with any bytes, known and unknown.
fn draft() -> impl Strategy<Value = Draft> {
    let body = prop_oneof![
        Just(Body::Boot),
        any::<i64>().prop_map(|delta_ms| Body::ClockJump { delta_ms }),
        any::<[u8; 16]>().prop_map(|id| Body::EvidenceAdded { punch: PunchId(id) }),
        proptest::collection::btree_map(0_u64..9, (any::<bool>(), any::<u64>()), 0..5).prop_map(|given| {
            let given = given
                .into_iter()
                .map(|(p, (granted, text_rev))| (Purpose::from_wire(p), ConsentGiven { granted, text_rev }));
            Body::Consent(Consent(given.collect()))
        }),
        (14_u64.., value()).prop_map(|(kind, value)| Body::Unknown(kind, value)),
    ];
    let groups = proptest::collection::btree_map(0_u64..12, proptest::collection::vec(any::<u8>(), 0..50), 0..5);
    let groups = groups.prop_map(|g| g.into_iter().map(|(g, b)| (GroupId::from_wire(g), b)).collect::<Groups>());
    (body, groups).prop_map(|(body, groups)| Draft { body, groups })
}

fn readings() -> impl Strategy<Value = Readings> {
    (0_u8..3, any::<u64>(), any::<i64>(), -1080_i16..=1080).prop_map(|(session, t, wall, offset_min)| Readings {
        session: SessionId::new([session; 16]),
        t: SessionMs::new(t),
        wall: WallMs::new(wall),
        offset_min,
    })
}

/// What may have happened to an entry before it travels.
#[derive(Clone, Debug)]
enum Fate {
    Kept,
    GroupErased(proptest::sample::Index),
    Erased,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Kept),
        2 => any::<proptest::sample::Index>().prop_map(Fate::GroupErased),
        1 => Just(Fate::Erased),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn every_value_comes_back(value in value()) {
        prop_assert_eq!(Value::decode("item", &value.encode()).unwrap(), value);
    }

    /// Bytes that decode encode to themselves: there is one encoding of everything.
    #[test]
    fn what_decodes_encodes_to_the_same_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..24)) {
        if let Ok(value) = Value::decode("item", &bytes) {
            prop_assert_eq!(value.encode(), bytes);
        }
    }

    /// Nothing that reads bytes panics on them, whatever they are.
    #[test]
    fn no_reader_panics(bytes in prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        value().prop_map(|v| v.encode()),
    ]) {
        for rule in decoders::RULES {
            let _ = decoders::find(rule).unwrap()(&bytes);
        }
        let _ = verify(&Ring, &bytes, None);
        let _ = ecdsa::from_der(&bytes);
        let _ = Signature::parse(&bytes);
        let _ = daka_core::domain::trust::read_request(&Ring, &bytes);
        let _ = daka_core::domain::trust::DeviceCertificate::open(
            &Ring,
            daka_core::domain::crypto::Signer::public_key(&daka_core::testkit::keys::device_ca()),
            &bytes,
        );
    }

    #[test]
    fn no_reader_of_texts_panics(text in ".{0,200}", tail in "[a-z0-9+/=&,. -]{0,80}") {
        for text in [text.clone(), format!("daka:1?{tail}"), format!("https://{tail}"), format!("journal {tail}")] {
            let _ = QrText::parse(&text);
            if let Ok(url) = ServerUrl::parse(&text) {
                prop_assert!(url.as_str().starts_with(url.origin()));
            }
            let _ = ShortCode::parse(&text);
            let _ = PhotoMetadata::parse(&text);
            let _ = daka_core::domain::log::Origin::parse(&text);
        }
    }

    /// A run of entries arrives as it left, whatever was erased from it, and leads to the same point of the chain.
    #[test]
    fn an_upload_arrives_as_it_left(
        all in proptest::collection::vec((draft(), readings(), any::<[u8; 16]>(), fate()), 1..12),
        from in 1_u64..1_000,
        head in proptest::collection::vec(any::<u8>(), 0..4),
    ) {
        let (mut entries, mut h) = (Vec::new(), GENESIS);
        for ((draft, readings, seed, fate), seq) in all.into_iter().zip(from..) {
            let mut entry = Entry::make(&Ring, seq, readings, Seed(seed), draft);
            h = chain_step(&Ring, h, seq, entry.payload_digest(&Ring));
            match fate {
                Fate::Kept => {}
                Fate::GroupErased(_) if entry.groups.is_empty() => {}
                Fate::GroupErased(which) => {
                    let group = *which.get(&entry.groups.keys().copied().collect::<Vec<_>>());
                    entry.erase(&Ring, group);
                }
                Fate::Erased => {
                    entries.push(UploadEntry::Erased(entry.payload_digest(&Ring)));
                    continue;
                }
            }
            entries.push(UploadEntry::Whole(entry));
        }
        let upload = Upload { journal: JournalId(Hash32([3; 32])), epoch: 0, prev_seq: 0, prev_h: GENESIS, from, entries, head };
        let arrived = Upload::decode(&Ring, &upload.encode().unwrap()).unwrap();
        prop_assert_eq!(&arrived, &upload);
        prop_assert_eq!(arrived.end(&Ring, GENESIS).h, h);
        for entry in &arrived.entries {
            if let UploadEntry::Whole(entry) = entry {
                prop_assert!(entry.groups_match(&Ring, &Payload::decode(&entry.payload).unwrap()));
            }
        }
    }

    /// Erasing takes a group's bytes, its salt and the seed, and nothing else: the digest that the chain holds stays.
    #[test]
    fn erasing_a_group_keeps_the_chain(draft in draft(), readings in readings(), seed in any::<[u8; 16]>()) {
        let whole = Entry::make(&Ring, 7, readings, Seed(seed), draft);
        let payload = Payload::decode(&whole.payload).unwrap();
        prop_assert_eq!(payload.encode(), whole.payload.clone());
        prop_assert!(whole.groups_match(&Ring, &payload));
        for group in whole.groups.keys() {
            let mut erased = whole.clone();
            erased.erase(&Ring, *group);
            prop_assert_eq!(erased.payload_digest(&Ring), whole.payload_digest(&Ring));
            prop_assert!(erased.groups_match(&Ring, &payload));
            prop_assert!(!erased.groups.contains_key(group) && erased.salt(&Ring, *group).is_none());
            prop_assert!(matches!(erased.secret, Secret::Salts(_)), "the seed would give the salt back");
            for (other, bytes) in &whole.groups {
                if other != group {
                    prop_assert_eq!(erased.groups.get(other), Some(bytes));
                    prop_assert_eq!(erased.salt(&Ring, *other), whole.salt(&Ring, *other));
                }
            }
            // Another group's bytes in its place do not fit, nor do a bit more or less.
            let mut forged = whole.clone();
            forged.groups.get_mut(group).unwrap().push(0);
            prop_assert!(!forged.groups_match(&Ring, &payload));
            let mut unbound = erased.clone();
            let Secret::Salts(salts) = &mut unbound.secret else { panic!() };
            salts.insert(*group, [0; 16]);
            prop_assert!(!unbound.groups_match(&Ring, &payload), "a salt without its group");
        }
    }

    /// n − s is the same signature's other form: exactly one of the two is the lower.
    #[test]
    fn one_of_two_forms_of_a_signature_is_low(r in any::<[u8; 32]>(), s in any::<[u8; 32]>()) {
        let mut raw = [0; 64];
        raw[..32].copy_from_slice(&r);
        raw[32..].copy_from_slice(&s);
        // Below 2^255 < n, so that it is a scalar, and not zero.
        raw[32] &= 0x7f;
        raw[63] |= 1;
        let signature = Signature(raw);
        let low = ecdsa::with_low_s(signature);
        prop_assert!(ecdsa::is_low_s(&low));
        prop_assert_eq!(ecdsa::is_low_s(&signature), low == signature);
        prop_assert_eq!(ecdsa::with_low_s(low), low);
        prop_assert_eq!(ecdsa::from_der(&ecdsa::to_der(&low)).unwrap(), low);
    }

    /// Without the fixes: a verdict that was taken follows from its figures, a changed one does not.
    #[test]
    fn a_verdict_follows_from_its_figures(
        north in -0.01_f64..0.01,
        east in -0.01_f64..0.01,
        accuracy in 1.0_f64..900.0,
        age in 0_i64..59_000,
        radius_mm in 10_000_u64..2_000_000,
        change in 1_u64..500_000,
    ) {
        let site = SitePublication { fence: CircleFence { radius_mm, ..door().fence }, ..door() };
        let rules = PlaceRules::new(&Policy::default(), std::slice::from_ref(&site)).unwrap();
        let place = record_fixes(&[fix(22.284_468_1 + north, 114.158_512_4 + east, accuracy, age)], 0);
        let verdict = record_verdict(&rules.judge(&recorded_fixes(&place, false).unwrap(), true));
        prop_assert_eq!(rules.follows_from_figures(&verdict), Some(true), "{:?}", verdict);
        let p = verdict.p.unwrap();
        let others = [
            VerdictGroup { p: Some(if p >= change { p - change } else { p + change }), ..verdict.clone() },
            VerdictGroup { verdict: verdict.verdict % 3 + 1, ..verdict.clone() },
            VerdictGroup { site: Some([9; 16]), ..verdict.clone() },
            VerdictGroup { reasons: if verdict.reasons.is_empty() { vec![11] } else { Vec::new() }, ..verdict.clone() },
        ];
        for other in others {
            prop_assert_eq!(rules.follows_from_figures(&other), Some(false), "{:?} from {:?}", other, verdict);
        }
        let nothing = VerdictGroup { distance_mm: None, ..verdict };
        prop_assert_eq!(rules.follows_from_figures(&nothing), None);
    }
}

/// Bytes that are nearly right: any one byte of every vector's kind of message is changed, cut or doubled.
#[test]
fn nearly_right_bytes_end_in_an_error_or_in_themselves() {
    let story = TinyStory::new();
    let upload = Upload {
        journal: story.phone.journal,
        epoch: 0,
        prev_seq: 0,
        prev_h: GENESIS,
        from: 1,
        entries: story.phone.epochs[0].entries.iter().cloned().map(UploadEntry::Whole).collect(),
        head: story.phone.epochs[0].heads[0].clone(),
    };
    let size = story.checkpoints[1];
    let examples: BTreeMap<&str, Vec<u8>> = [
        ("upload", upload.encode().unwrap()),
        ("key-set", story.server.keys.encode(&Ring)),
        ("statement", story.enrolled.statement.payload.clone()),
        ("checkpoint", story.server.checkpoint(size).value().encode()),
        ("receipt", story.server.receipt(&story.received[0], size).value().encode()),
        ("published", story.server.published(&story.rules, size).value().encode()),
        ("cose-es256", story.phone.epochs[0].heads[0].clone()),
        ("evidence-group", story.phone.epochs[0].entries[8].groups[&GroupId::Evidence].clone()),
    ]
    .into();
    for (rule, bytes) in examples {
        let decode = decoders::find(rule).unwrap();
        assert_eq!(decode(&bytes).unwrap(), bytes, "{rule}");
        for at in 0..bytes.len() {
            for bit in [0, 3, 5, 7] {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                // Maps of a later version lose their unknown keys when they are written again; nothing else changes.
                if let Ok(again) = decode(&changed) {
                    assert!(again == changed || again.len() < changed.len(), "{rule}, byte {at}, bit {bit}");
                }
            }
            assert!(decode(&bytes[..at]).is_err(), "{rule} cut to {at}");
        }
        assert!(decode(&[&bytes[..], &[0]].concat()).is_err(), "{rule} and a byte");
    }
}
