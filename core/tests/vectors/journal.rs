//! Identity, chain, every kind of entry, groups, uploads.

use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::Bundle;
use daka_core::domain::cbor::{MapBuilder, Value};
use daka_core::domain::cose::Sign1;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::{Hash32, PunchId, hex};
use daka_core::domain::journal::{
    Asked, Body, Draft, Entry, GroupId, Groups, Kind, PlaceGroup, RadioGroup, Readings, RecordedFix, Secret, Seed,
    Upload, UploadEntry, VerdictGroup, chain_step, epoch_start, group_digest,
};
use daka_core::domain::sealed_head::SealedHead;
use daka_core::domain::time::{SessionId, SessionMs, WallMs};
use daka_core::testkit::tiny_server::random16;
use daka_core::testkit::tiny_story::{MORNING, TinyStory};
use serde_json::{Map, Value as Json, json};

use super::set::{File, Vector, cbor, vector};

fn entry_vector(name: &str, entry: &Entry) -> Vector {
    let Secret::Seed(seed) = &entry.secret else { panic!("{name} has no seed") };
    let groups: Vec<Json> = entry
        .groups
        .iter()
        .map(|(group, bytes)| {
            let salt = seed.salt(&Ring, *group);
            json!({
                "group": group.wire(),
                "salt": hex(&salt),
                "hex": hex(bytes),
                "digest": group_digest(&Ring, *group, &salt, bytes).hex(),
            })
        })
        .collect();
    cbor(name, "payload", &entry.payload)
        .with("seed", hex(&seed.0))
        .with("blind", hex(&seed.blind(&Ring)))
        .with("bssid_key", hex(&seed.bssid_key(&Ring)))
        .with("groups", groups)
}

fn chained(v: Vector, before: &Hash32, seq: u64, after: &Hash32) -> Vector {
    v.with("chain", json!({"before": before.hex(), "seq": seq, "after": after.hex()}))
}

/// A kind that the story has no entry of.
fn other(n: u64, body: Body, groups: Groups) -> Entry {
    let readings = Readings {
        session: SessionId::new(random16("session", 1)),
        t: SessionMs::new(1_000_000 + n),
        wall: WallMs::new(MORNING + 1_000_000),
        offset_min: -210,
    };
    Entry::make(&Ring, 100 + n, readings, Seed(random16("seed", 100 + n)), Draft { body, groups })
}

/// An entry of a later version: an unknown kind, or unknown keys in a known one, with a group that is not known.
fn later(name: &str, kind: u64, body: Value, extra: bool) -> Vector {
    let entry = other(50, Body::Unknown(kind, body), [(GroupId::Unknown(9), vec![0x01])].into());
    if !extra {
        return entry_vector(name, &entry);
    }
    let Value::Map(mut map) = Value::decode("payload", &entry.payload).unwrap() else { panic!() };
    map.push((11, Value::text("written by a later version")));
    entry_vector(name, &Entry { payload: Value::Map(map).encode(), ..entry })
}

pub(crate) fn file(story: &TinyStory) -> File {
    let identity = &story.enrolled.identity;
    let mut vectors = vec![cbor("identity", "journal-identity", &identity.value().encode())];
    for e in &story.phone.epochs {
        let preimage = Value::Array(vec![
            Value::text("daka-chain"),
            Value::bytes(story.phone.journal),
            Value::Uint(e.epoch),
            Value::bytes(e.prev_h),
        ]);
        let start = epoch_start(&Ring, story.phone.journal, e.epoch, e.prev_h);
        assert_eq!(start, Ring.sha256(&[&preimage.encode()]));
        vectors.push(cbor(&format!("start of epoch {}", e.epoch), "chain-start", &preimage.encode()));
        let steps = e.entries.iter().zip(e.hashes.windows(2)).zip(e.prev_seq + 1..);
        for ((entry, h), seq) in steps {
            assert_eq!(h[1], chain_step(&Ring, h[0], seq, entry.payload_digest(&Ring)));
            let kind = Value::decode("payload", &entry.payload).unwrap();
            let Value::Map(map) = kind else { panic!() };
            let Some((_, Value::Uint(kind))) = map.iter().find(|(k, _)| *k == 3) else { panic!() };
            let name = format!("entry {seq}, {}", Kind::from_wire(*kind).code());
            vectors.push(chained(entry_vector(&name, entry), &h[0], seq, &h[1]));
        }
        for head in &e.heads {
            let payload = Sign1::decode("head", head).unwrap().payload;
            let seq = daka_core::domain::journal::Head::decode(&payload).unwrap().point.seq;
            vectors.push(cbor(&format!("head at {seq}"), "head", &payload));
            vectors.push(cbor(&format!("signed head at {seq}"), "cose-es256", head).with("signed_by", "device"));
        }
    }
    let sealed = SealedHead { journal: story.phone.journal, point: story.phone.point() };
    vectors.push(cbor("sealed head", "sealed-head", &sealed.encode()));
    let punch = PunchId(random16("punch", 77));
    let claimed = WallMs::new(MORNING - 3_600_000);
    let claim = Body::MakeUpClaim { punch, asked: Asked::In, claimed, offset_min: 480 };
    let appeal = |punch| Body::Appeal { punch, work_date: "2026-03-03".to_owned() };
    let pass = Body::PassUsed { punch, pass: Ring.sha256(&[b"a pass"]) };
    let none = Groups::new;
    vectors.push(entry_vector("make_up_claim", &other(1, claim, none())));
    vectors.push(entry_vector("appeal about a punch", &other(2, appeal(Some(punch)), none())));
    vectors.push(entry_vector("appeal about a day", &other(3, appeal(None), none())));
    vectors.push(entry_vector("pass_used", &other(4, pass, none())));
    let body = MapBuilder::new().put(1, Value::int(-5)).put(900, Value::Bool(true)).build();
    vectors.push(later("a kind of a later version", 14, body, false));
    vectors.push(later("kind 0, keys and a group of a later version", 0, Value::Null, true));
    let about = "Entries of one journal in their order, each with the secret behind its digests: blind = HKDF(seed, daka/blind), \
                 salt = HKDF(seed, daka/salt/<group>), bssid_key = HKDF(seed, daka/bssid). J is the sha256 of the identity. \
                 chain: h before and after. Then kinds that this journal has no entry of.";
    File { name: "journal", about, vectors }
}

/// Groups by themselves, at their limits.
pub(crate) fn groups(story: &TinyStory) -> File {
    let mut vectors = Vec::new();
    let rule = |group: GroupId| format!("{}-group", group.code());
    for e in &story.phone.epochs {
        for (entry, seq) in e.entries.iter().zip(e.prev_seq + 1..) {
            for (group, bytes) in &entry.groups {
                vectors.push(cbor(&format!("{} of entry {seq}", group.code()), &rule(*group), bytes));
            }
        }
    }
    let no_consent = VerdictGroup {
        verdict: 0,
        reasons: vec![1],
        site: None,
        p: None,
        distance_mm: None,
        sigma_mm: None,
        floor: None,
        runner_up_p: None,
    };
    vectors.push(cbor("verdict without consent", "verdict-group", &no_consent.encode()));
    let all = VerdictGroup {
        verdict: 3,
        reasons: vec![7, 9],
        site: Some(random16("site", 1)),
        p: Some(1_000_000),
        distance_mm: Some(-20_000_000),
        sigma_mm: Some(7_000_000_000),
        floor: Some(-2),
        runner_up_p: Some(0),
    };
    vectors.push(cbor("verdict with everything", "verdict-group", &all.encode()));
    let bare = RecordedFix {
        lat_e7: -900_000_000,
        lon_e7: 1_800_000_000,
        accuracy_dm: None,
        age_ms: -15_000,
        platform: 2,
        provider: 0,
        mock: 2,
        precise: 2,
        altitude_dm: None,
        speed_cm_s: None,
    };
    vectors.push(cbor("place with a bare fix", "place-group", &PlaceGroup { datum: 1, fixes: vec![bare] }.encode()));
    vectors.push(cbor("place without fixes", "place-group", &PlaceGroup { datum: 1, fixes: Vec::new() }.encode()));
    let radio = RadioGroup {
        matches: Vec::new(),
        seen: None,
        others: vec![[0xff; 4]; 8],
        cell: Some("454-00-1234-567890".to_owned()),
        site_token: Some(vec![1, 2, 3]),
    };
    vectors.push(cbor("radio that could not look", "radio-group", &radio.encode()));
    // The keyed digest of a BSSID that is not allowed: only the holder of the seed can test a guess.
    let seed = Seed(random16("seed", 5));
    let bssid = [0x02, 0, 0, 0, 0, 7];
    let mac = Ring.hmac_sha256(&seed.bssid_key(&Ring), &[b"daka-bssid", &bssid]);
    let parts = json!({"key": hex(&seed.bssid_key(&Ring)), "message": format!("{}{}", hex(b"daka-bssid"), hex(&bssid)), "value": hex(&mac[..4])});
    vectors.push(vector("keyed digest of a BSSID, 4 bytes").with("hmac", parts));
    File { name: "groups", about: "The redactable groups: byte strings with CBOR inside.", vectors }
}

fn upload_vector(name: &str, upload: &Upload, before: Hash32) -> Vector {
    let digests: Vec<Json> = upload.entries.iter().map(|e| json!(e.payload_digest(&Ring).hex())).collect();
    let payloads: Vec<Json> = upload
        .entries
        .iter()
        .map(|e| match e {
            UploadEntry::Whole(entry) => json!(hex(&entry.payload)),
            UploadEntry::Erased(_) => Json::Null,
        })
        .collect();
    let mut rebuilt = Map::new();
    rebuilt.insert("before".to_owned(), json!(before.hex()));
    rebuilt.insert("after".to_owned(), json!(upload.end(&Ring, before).h.hex()));
    rebuilt.insert("digests".to_owned(), json!(digests));
    rebuilt.insert("payloads".to_owned(), json!(payloads));
    cbor(name, "upload", &upload.encode().unwrap()).with("rebuilt", rebuilt)
}

/// Uploads: whole, with a group erased, with an entry erased, unsigned.
pub(crate) fn uploads(story: &TinyStory) -> File {
    let of = |epoch: usize| {
        let e = &story.phone.epochs[epoch];
        let entries = e.entries.iter().cloned().map(UploadEntry::Whole).collect();
        let (journal, head) = (story.phone.journal, e.heads.last().cloned().unwrap());
        let (epoch, prev_seq, prev_h) = (e.epoch, e.prev_seq, e.prev_h);
        (Upload { journal, epoch, prev_seq, prev_h, from: e.prev_seq + 1, entries, head }, e.hashes[0])
    };
    let (whole, before) = of(0);
    let mut vectors = vec![upload_vector("epoch 0", &whole, before)];
    let (next, start) = of(1);
    vectors.push(upload_vector("epoch 1", &next, start));
    let mut erased = whole.clone();
    for (at, group) in [(4, GroupId::Place), (4, GroupId::Radio), (8, GroupId::Evidence)] {
        let UploadEntry::Whole(entry) = &mut erased.entries[at] else { panic!() };
        entry.erase(&Ring, group);
    }
    vectors.push(upload_vector("groups of two entries erased", &erased, before));
    erased.entries[6] = UploadEntry::Erased(erased.entries[6].payload_digest(&Ring));
    vectors.push(upload_vector("an entry erased whole as well", &erased, before));
    let unsigned = Upload { head: Vec::new(), ..whole };
    vectors.push(upload_vector("signature pending", &unsigned, before));
    let about = "Uploads, and what the receiver rebuilds of them: the payloads (null where erased whole), their digests, h before \
                 and after.";
    // A bundle is not an upload: nothing here may pass for the other.
    assert!(Bundle::decode(&Ring, &next.encode().unwrap()).is_err());
    File { name: "uploads", about, vectors }
}
