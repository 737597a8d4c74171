//! What becomes of an upload, row by row. Each row is one way in which a phone and its server can come to disagree.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::adapters::crypto::Ring;
use daka_core::domain::ids::Hash32;
use daka_core::domain::journal::{
    Asked, Body, ChainPoint, Entry, EpochReason, GroupId, Groups, Payload, SealedClaim, Secret, Upload, UploadEntry,
};
use daka_core::domain::log::ItemReason as Why;
use daka_core::domain::log::ItemStatus as Did;
use daka_core::domain::log::SegmentStatus as Kept;
use daka_core::domain::log::UploadAnswer;
use daka_core::domain::trust::RevocationReason;
use daka_server::tenants::devices;
use daka_server::testing::{Phone, TestServer};

/// A server and a phone with `n` punches that were not sent.
fn with_punches(n: u64) -> (TestServer, Phone) {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    for _ in 0..n {
        phone.punch(Asked::Auto);
    }
    (server, phone)
}

fn fates(answer: &UploadAnswer) -> Vec<(Did, Why, u64, u64)> {
    Phone::fates(answer)
}

#[test]
fn a_stored_prefix_is_a_duplicate_and_the_rest_is_stored() {
    let (_server, mut phone) = with_punches(8);
    let first = phone.upload(1, 5);
    let second = phone.upload(3, 8);
    assert_eq!(fates(&second), [(Did::Duplicate, Why::None, 1, 5), (Did::Stored, Why::None, 6, 8)]);
    assert_eq!(second.items[0].receipt.index, first.items[0].receipt.index);
    let all = phone.upload(1, 8);
    assert_eq!(fates(&all), [(Did::Duplicate, Why::None, 1, 5), (Did::Duplicate, Why::None, 6, 8)]);
}

#[test]
fn without_a_head_entries_wait_for_one() {
    let (_server, mut phone) = with_punches(3);
    let unsigned = phone.deliver(&phone.unsigned(1, 3));
    assert_eq!(fates(&unsigned), [(Did::Quarantined, Why::Unsigned, 1, 3)]);
    assert_eq!(unsigned.head, None);
    let again = phone.deliver(&phone.unsigned(1, 3));
    assert_eq!(fates(&again), [(Did::Duplicate, Why::Unsigned, 1, 3)]);
    assert_eq!(again.items[0].receipt.index, unsigned.items[0].receipt.index);
    assert_eq!(fates(&phone.upload(1, 3)), [(Did::Stored, Why::None, 1, 3)]);
    // What is stored already needs no head.
    assert_eq!(fates(&phone.deliver(&phone.unsigned(2, 3))), [(Did::Duplicate, Why::None, 1, 3)]);
}

#[test]
fn a_head_of_another_key_or_for_other_numbers_does_not_hold() {
    let (server, mut phone) = with_punches(4);
    let other = server.phone("acme", "e1");
    let mut foreign = phone.upload_of(1, 3);
    foreign.head = other.sign(ChainPoint { epoch: 0, seq: 3, h: phone.hash_at(3).unwrap() });
    let mut short = phone.upload_of(1, 3);
    short.head = phone.sign(ChainPoint { epoch: 0, seq: 2, h: phone.hash_at(3).unwrap() });
    let mut epoch = phone.upload_of(1, 3);
    epoch.head = phone.sign(ChainPoint { epoch: 1, seq: 3, h: phone.hash_at(3).unwrap() });
    let mut bytes = phone.upload_of(1, 3);
    bytes.head = vec![1, 2, 3];
    // Its own signature, over a chain that these entries do not lead to.
    let mut changed = phone.upload_of(1, 3);
    changed.entries[1] = phone.made[3].entry.clone();
    for bad in [foreign, short, epoch, bytes, changed] {
        let answer = UploadAnswer::decode(&phone.send(&bad).body).unwrap();
        // The same entries under another bad head are the same run again.
        let item = &answer.items[0];
        assert_eq!((answer.items.len(), item.reason, item.receipt.status), (1, Why::BadSignature, Kept::Quarantined));
        assert_eq!(answer.head, None);
        // As the server rebuilds them: an entry that is out of its place gets the seq of its place.
        let rebuilt = Upload::decode(&Ring, &bad.encode().unwrap()).unwrap();
        let digests = rebuilt.chain(&Ring, phone.hash_at(0).unwrap());
        item.receipt.verify(&Ring, phone.journal, digests[2], &answer.checkpoint).unwrap();
    }
    assert_eq!(fates(&phone.upload(1, 4)), [(Did::Stored, Why::None, 1, 4)], "none of it stands in the way");
}

#[test]
fn a_gap_is_kept_and_filled() {
    let (_server, mut phone) = with_punches(9);
    phone.upload(1, 2);
    let gap = phone.upload(6, 9);
    assert_eq!(fates(&gap), [(Did::Quarantined, Why::Gap, 6, 9)]);
    assert_eq!(gap.head.map(|h| h.seq), Some(2), "the head says what is missing");
    assert_eq!(fates(&phone.upload(6, 9)), [(Did::Duplicate, Why::Gap, 6, 9)]);
    assert_eq!(fates(&phone.upload(3, 5)), [(Did::Stored, Why::None, 3, 5)]);
    assert_eq!(fates(&phone.upload(6, 9)), [(Did::Stored, Why::None, 6, 9)]);
    assert_eq!(fates(&phone.upload(6, 9)), [(Did::Duplicate, Why::None, 6, 9)]);
}

#[test]
fn a_copy_of_the_phone_is_a_fork_and_both_branches_are_kept() {
    let (server, mut phone) = with_punches(3);
    phone.upload(1, 3);
    let mut copy = phone.clone();
    phone.punch(Asked::In);
    phone.punch(Asked::Out);
    phone.upload(4, 5);
    copy.wait(60_000);
    copy.punch(Asked::Out);
    let forked = copy.upload(2, 4);
    assert_eq!(fates(&forked), [(Did::Duplicate, Why::None, 1, 3), (Did::Conflict, Why::Fork, 4, 4)]);
    assert_eq!(forked.head, Some(phone.head()), "the server's head, from which the copy sees where it stands");
    // What goes on from the branch shares its fate.
    copy.punch(Asked::In);
    assert_eq!(fates(&copy.upload(5, 5)), [(Did::Conflict, Why::Fork, 5, 5)]);
    assert_eq!(fates(&copy.upload(4, 5)), [(Did::Conflict, Why::Fork, 4, 5)]);
    let kept: i64 = server.admin(|b| Ok(b.tx.query_row("SELECT count(*) FROM kept", [], |r| r.get(0))?));
    assert_eq!(kept, 4, "each upload's entries as they came");
    // The copy goes on in a new epoch that stands on its branch; it closes the old one.
    let prev = copy.head();
    copy.new_epoch(1, prev, EpochReason::Fork);
    copy.punch(Asked::Out);
    let answer = copy.upload(6, 7);
    assert_eq!(fates(&answer), [(Did::Stored, Why::None, 6, 7)]);
    phone.punch(Asked::In);
    assert_eq!(fates(&phone.upload(6, 6)), [(Did::Conflict, Why::ClosedEpoch, 6, 6)]);
    assert_eq!(fates(&phone.upload(4, 5)), [(Did::Duplicate, Why::None, 4, 5)], "what was stored before stays so");
}

#[test]
fn the_same_epoch_over_another_base_is_a_fork() {
    let (_server, mut phone) = with_punches(4);
    phone.upload(1, 4);
    let mut copy = phone.clone();
    let at = |p: &Phone, seq| ChainPoint { epoch: 0, seq, h: p.hash_at(seq).unwrap() };
    let (four, three) = (at(&phone, 4), at(&phone, 3));
    phone.new_epoch(1, four, EpochReason::Damage);
    assert_eq!(fates(&phone.upload(5, 5)), [(Did::Stored, Why::None, 5, 5)]);
    copy.new_epoch(1, three, EpochReason::Damage);
    assert_eq!(fates(&copy.upload(4, 4)), [(Did::Conflict, Why::Fork, 4, 4)]);
    copy.punch(Asked::In);
    assert_eq!(fates(&copy.upload(5, 5)), [(Did::Conflict, Why::Fork, 5, 5)]);
}

#[test]
fn a_head_that_a_token_was_given_for_cannot_be_left_out() {
    let (server, mut phone) = with_punches(3);
    phone.upload(1, 3);
    let mut rolled_back = phone.clone();
    // A punch that the phone's owner regrets, and a token that signs it.
    phone.punch(Asked::In);
    phone.anchor(50);
    rolled_back.wait(3_600_000);
    rolled_back.punch(Asked::In);
    rolled_back.punch(Asked::Out);
    let answer = rolled_back.upload(4, 5);
    assert_eq!(fates(&answer), [(Did::Conflict, Why::LostHead, 4, 5)]);
    // It is said once; the phone goes on.
    rolled_back.punch(Asked::In);
    assert_eq!(fates(&rolled_back.upload(6, 6)), [(Did::Stored, Why::None, 6, 6)]);
    assert_eq!(
        fates(&rolled_back.upload(4, 6)),
        [(Did::Duplicate, Why::LostHead, 4, 5), (Did::Duplicate, Why::None, 6, 6)]
    );
    assert_eq!(server.results("acme").iter().filter(|r| r["status"] == "conflict").count(), 2);
}

#[test]
fn an_epoch_that_leaves_out_a_signed_head_is_a_conflict_and_one_that_does_not_is_not() {
    let (_server, mut phone) = with_punches(2);
    phone.anchor(50);
    phone.upload(1, 3);
    let stored = phone.head();
    // Everything that a token signed is at the server: nothing is left out, wherever the epoch begins.
    phone.new_epoch(1, stored, EpochReason::SealLost);
    phone.punch(Asked::In);
    phone.anchor(50);
    assert_eq!(fates(&phone.upload(4, 6)), [(Did::Stored, Why::None, 4, 6)]);
    let six = phone.head();
    phone.punch(Asked::Out);
    phone.anchor(50);
    // The last punch was signed by the token's head and never sent.
    phone.new_epoch(2, six, EpochReason::Restored);
    assert_eq!(fates(&phone.upload(7, 7)), [(Did::Conflict, Why::LostHead, 7, 7)]);
    phone.punch(Asked::In);
    assert_eq!(fates(&phone.upload(8, 8)), [(Did::Stored, Why::None, 8, 8)]);
}

#[test]
fn an_epoch_over_something_unknown_waits() {
    let (_server, mut phone) = with_punches(5);
    phone.upload(1, 2);
    let unsent = phone.upload_of(3, 5);
    let five = phone.head();
    phone.new_epoch(1, five, EpochReason::Damage);
    let early = phone.upload(6, 6);
    assert_eq!(fates(&early), [(Did::Quarantined, Why::Gap, 6, 6)]);
    assert_eq!(early.head.map(|h| (h.epoch, h.seq)), Some((0, 2)));
    let answer = UploadAnswer::decode(&phone.send(&unsent).body).unwrap();
    assert_eq!(fates(&answer), [(Did::Stored, Why::None, 3, 5)]);
    assert_eq!(fates(&phone.upload(6, 6)), [(Did::Stored, Why::None, 6, 6)]);
}

#[test]
fn an_entry_that_cannot_be_read_keeps_its_place() {
    let (server, mut phone) = with_punches(2);
    // A group whose bytes are not those that the payload commits to.
    let body = Body::Punch(phone.punch_body(Asked::In));
    let seq = phone.add(body, [(GroupId::Note, vec![0xa0])].into());
    let UploadEntry::Whole(mut entry) = phone.made.pop().unwrap().entry else { panic!() };
    entry.erase(&Ring, GroupId::Note);
    entry.groups = [(GroupId::Note, vec![0xa1, 0x01, 0x00])].into();
    assert_eq!(phone.push(UploadEntry::Whole(entry)), seq);
    phone.punch(Asked::Out);
    let answer = phone.upload(1, 4);
    let expected =
        [(Did::Stored, Why::None, 1, 2), (Did::Quarantined, Why::Unreadable, 3, 3), (Did::Stored, Why::None, 4, 4)];
    assert_eq!(fates(&answer), expected);
    assert_eq!(answer.head, Some(phone.head()), "the chain needs only its digest");
    let dup = |(_, why, from, to): (Did, Why, u64, u64)| (Did::Duplicate, why, from, to);
    assert_eq!(fates(&phone.upload(1, 4)), expected.map(dup));
    let status: Vec<_> = server.results("acme").iter().map(|r| r["status"].as_str().unwrap().to_owned()).collect();
    assert_eq!(status, ["accepted", "accepted", "quarantined", "accepted"]);
}

/// An entry whose payload travels as it is, so that what it says need not be what its place is.
fn verbatim(phone: &mut Phone, body: Body, groups: Groups, change: impl FnOnce(&mut Entry)) -> u64 {
    phone.add(body, groups);
    let UploadEntry::Whole(mut entry) = phone.made.pop().unwrap().entry else { panic!() };
    // Erasing a group that is not there takes the seed away and leaves the salts of all others.
    entry.erase(&Ring, GroupId::Radio);
    change(&mut entry);
    phone.push(UploadEntry::Whole(entry))
}

fn rewritten(entry: &mut Entry, change: impl FnOnce(&mut Payload)) {
    let mut payload = Payload::decode(&entry.payload).unwrap();
    change(&mut payload);
    entry.payload = payload.encode();
}

/// One change to an entry.
type Change = fn(&mut Entry);

#[test]
fn an_entry_that_contradicts_its_envelope_is_put_aside_at_its_place() {
    let note = || Groups::from([(GroupId::Note, vec![0xa0])]);
    let cases: [(&str, Change); 9] = [
        ("the seq of the entry before", |e| rewritten(e, |p| p.seq -= 1)),
        ("a later seq", |e| rewritten(e, |p| p.seq += 1)),
        ("a seq beyond all", |e| rewritten(e, |p| p.seq = u64::MAX)),
        ("other bytes in a group", |e| e.groups = [(GroupId::Note, vec![0xa1, 0x01, 0x00])].into()),
        ("another group's bytes", |e| {
            e.groups = [(GroupId::Place, vec![0xa0])].into();
            e.secret = Secret::Salts([(GroupId::Place, [1; 16])].into());
        }),
        ("another salt", |e| e.secret = Secret::Salts([(GroupId::Note, [1; 16])].into())),
        ("a group without its salt", |e| e.secret = Secret::Salts([].into())),
        ("a salt without its group", |e| e.groups.clear()),
        ("a group that the payload does not commit to", |e| rewritten(e, |p| p.groups.clear())),
    ];
    for (what, change) in cases {
        let (_server, mut phone) = with_punches(2);
        let body = Body::Punch(phone.punch_body(Asked::In));
        assert_eq!(verbatim(&mut phone, body, note(), change), 3);
        phone.punch(Asked::Out);
        let expected =
            [(Did::Stored, Why::None, 1, 2), (Did::Quarantined, Why::Unreadable, 3, 3), (Did::Stored, Why::None, 4, 4)];
        assert_eq!(fates(&phone.upload(1, 4)), expected, "{what}");
    }
    // The same entry without a change is stored, and so is one whose group was erased with its salt.
    let erased: Change = |e| {
        e.groups.clear();
        e.secret = Secret::Salts([].into());
    };
    for (what, change) in [("as it was", (|_| {}) as Change), ("erased", erased)] {
        let (_server, mut phone) = with_punches(2);
        let body = Body::Punch(phone.punch_body(Asked::In));
        verbatim(&mut phone, body, note(), change);
        assert_eq!(fates(&phone.upload(1, 3)), [(Did::Stored, Why::None, 1, 3)], "{what}");
    }
}

/// Another point than the one that the epoch stands on.
type Moved = fn(ChainPoint) -> ChainPoint;

#[test]
fn an_epoch_begins_once_and_over_what_its_envelope_says() {
    let started = |prev| Body::EpochStarted { reason: EpochReason::Damage, prev, sealed: SealedClaim(None) };
    let change: [(&str, Moved); 4] = [
        ("another seq", |p| ChainPoint { seq: p.seq - 1, ..p }),
        ("another digest", |p| ChainPoint { h: Hash32([9; 32]), ..p }),
        ("its own epoch", |p| ChainPoint { epoch: 1, ..p }),
        ("a later epoch", |p| ChainPoint { epoch: 7, ..p }),
    ];
    for (what, change) in change {
        let (_server, mut phone) = with_punches(2);
        phone.upload(1, 2);
        let head = phone.head();
        phone.new_epoch(1, head, EpochReason::Damage);
        phone.made.clear();
        phone.add(started(change(head)), Groups::new());
        phone.punch(Asked::In);
        let expected = [(Did::Quarantined, Why::Unreadable, 3, 3), (Did::Stored, Why::None, 4, 4)];
        assert_eq!(fates(&phone.upload(3, 4)), expected, "{what}");
    }
    // In the middle, and in the first epoch, nothing begins.
    let (_server, mut phone) = with_punches(2);
    let head = phone.head();
    phone.add(started(head), Groups::new());
    assert_eq!(fates(&phone.upload(1, 3)), [(Did::Stored, Why::None, 1, 2), (Did::Quarantined, Why::Unreadable, 3, 3)]);
    let head = phone.head();
    phone.new_epoch(1, head, EpochReason::Damage);
    phone.punch(Asked::In);
    phone.add(started(head), Groups::new());
    assert_eq!(fates(&phone.upload(4, 6)), [(Did::Stored, Why::None, 4, 5), (Did::Quarantined, Why::Unreadable, 6, 6)]);
}

#[test]
fn an_entry_erased_whole_is_its_digest() {
    let (server, mut phone) = with_punches(1);
    let erased = Hash32([7; 32]);
    phone.push(UploadEntry::Erased(erased));
    phone.punch(Asked::Out);
    assert_eq!(fates(&phone.upload(1, 3)), [(Did::Stored, Why::None, 1, 3)]);
    assert_eq!(server.results("acme").len(), 2);
}

#[test]
fn a_flat_battery_shows_1970_and_the_punch_is_taken() {
    let (server, mut phone) = with_punches(0);
    phone.wall = 5_000;
    phone.punch(Asked::In);
    assert_eq!(fates(&phone.upload(1, 1)), [(Did::Stored, Why::None, 1, 1)]);
    let results = server.results("acme");
    assert_eq!(
        (results[0]["wall_ms"].as_i64(), results[0]["time"]["word"].as_str()),
        (Some(6_000), Some("unverified"))
    );
}

#[test]
fn a_new_epoch_says_why_it_began() {
    let (_server, mut phone) = with_punches(2);
    phone.upload(1, 2);
    let head = phone.head();
    phone.epoch = 1;
    phone.base = (head.seq, head.h);
    phone.made.clear();
    phone.punch(Asked::In);
    phone.punch(Asked::Out);
    assert_eq!(fates(&phone.upload(3, 4)), [(Did::Quarantined, Why::Unreadable, 3, 3), (Did::Stored, Why::None, 4, 4)]);
}

#[test]
fn after_a_revocation_only_what_was_spoken_for_is_accepted() {
    let (server, mut phone) = with_punches(2);
    phone.upload(1, 2);
    phone.punch(Asked::In);
    // A token signs entry 3 before the phone is lost; 4 (the anchor) and 5 nobody vouches for.
    phone.anchor(50);
    server.admin(|b| devices::revoke(b, &phone.keys.tenant, phone.journal, RevocationReason::Lost));
    phone.punch(Asked::Out);
    let answer = phone.upload(3, 5);
    assert_eq!(fates(&answer), [(Did::Stored, Why::None, 3, 3), (Did::Quarantined, Why::Revoked, 4, 5)]);
    assert_eq!(answer.head.map(|h| h.seq), Some(3));
    assert_eq!(fates(&phone.upload(4, 5)), [(Did::Duplicate, Why::Revoked, 4, 5)]);
    phone.punch(Asked::In);
    assert_eq!(fates(&phone.upload(6, 6)), [(Did::Quarantined, Why::Revoked, 6, 6)]);
    // Its queue is all it may deliver.
    let login = phone.login().unwrap();
    assert_eq!(login.scope, daka_core::domain::trust::AccessScope::Segments);
    let time = phone.http.post("/v0/time", Some(&phone.token), &phone.time_request().encode());
    assert_eq!(time.outcome(), (403, "revoked".into()));
    assert_eq!(phone.http.get("/v0/rules", Some(&phone.token)).outcome(), (403, "revoked".into()));
    assert_eq!(phone.http.get("/v0/head", Some(&phone.token)).status, 200);
}

#[test]
fn a_receipt_from_before_a_revocation_speaks_for_what_it_names() {
    let (server, mut phone) = with_punches(6);
    phone.upload(1, 2);
    phone.upload(5, 6);
    server.admin(|b| devices::revoke(b, &phone.keys.tenant, phone.journal, RevocationReason::Lost));
    assert_eq!(fates(&phone.upload(3, 6)), [(Did::Stored, Why::None, 3, 6)], "the server had the end of it before");
}

#[test]
fn a_certificate_that_has_expired_signs_nothing_new() {
    let (server, mut phone) = with_punches(2);
    phone.upload(1, 1);
    server.clock().advance(5 * 365 * 86_400_000 + 86_400_000);
    phone.login().unwrap();
    assert_eq!(fates(&phone.upload(1, 2)), [(Did::Duplicate, Why::None, 1, 1), (Did::Quarantined, Why::Expired, 2, 2)]);
}

#[test]
fn receipts_can_be_asked_for_again() {
    let (_server, mut phone) = with_punches(6);
    phone.upload(1, 2);
    phone.upload(3, 4);
    phone.upload(6, 6);
    let get = |query: &str| phone.http.get(&format!("/v0/receipts?{query}"), Some(&phone.token));
    let answer = UploadAnswer::decode(&get("epoch=0&from=2&to=6").body).unwrap();
    assert_eq!(
        fates(&answer),
        [(Did::Duplicate, Why::None, 1, 2), (Did::Duplicate, Why::None, 3, 4), (Did::Duplicate, Why::Gap, 6, 6)]
    );
    for item in &answer.items {
        let h = phone.hash_at(item.receipt.to).unwrap();
        item.receipt.verify(&Ring, phone.journal, h, &answer.checkpoint).unwrap();
    }
    assert_eq!(get("epoch=0&from=2").outcome(), (400, "malformed".into()));
    assert_eq!(get("epoch=0&from=a&to=2").outcome(), (400, "malformed".into()));
    let none = UploadAnswer::decode(&get("epoch=3&from=1&to=9").body).unwrap();
    assert!(none.items.is_empty());
}

#[test]
fn many_phones_at_once_get_receipts_of_one_log() {
    let server = TestServer::acme();
    let phones: Vec<Phone> = (0..8).map(|_| server.phone("acme", "e1")).collect();
    let answers: Vec<UploadAnswer> = std::thread::scope(|scope| {
        let send = |mut phone: Phone| {
            move || {
                for _ in 0..5 {
                    phone.punch(Asked::Auto);
                    let seq = phone.head().seq;
                    phone.upload(seq, seq);
                }
                phone.upload(1, 5)
            }
        };
        let threads: Vec<_> = phones.into_iter().map(|p| scope.spawn(send(p))).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut indexes: Vec<u64> = answers.iter().flat_map(|a| a.items.iter().map(|i| i.receipt.index)).collect();
    indexes.sort_unstable();
    indexes.dedup();
    assert_eq!(indexes.len(), 40, "forty segments, forty leaves");
    let size: i64 =
        server.admin(|b| Ok(b.tx.query_row("SELECT size FROM log WHERE origin = 'acme/1'", [], |r| r.get(0))?));
    // Key set, rules, site, rules, then the segments.
    assert_eq!(size, 44);
}

#[test]
fn administrators_and_phones_append_to_one_log() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for i in 0..10 {
                server.site("acme", &format!("S{i}"), 1.0, 2.0, 50.0);
            }
        });
        for _ in 0..10 {
            phone.punch(Asked::Auto);
            let seq = phone.head().seq;
            // Each answer's checkpoint is checked to extend the one before.
            phone.upload(seq, seq);
        }
    });
    let (rules, sites) = phone.load_rules();
    assert_eq!((rules.serial, sites.len()), (12, 11));
}

#[test]
fn groups_are_kept_as_they_came() {
    let (server, mut phone) = with_punches(0);
    let groups: Groups = [(GroupId::Note, vec![0xa1, 0x01, 0x62, b'h', b'i'])].into();
    let body = Body::Punch(phone.punch_body(Asked::In));
    phone.add(body, groups.clone());
    phone.upload(1, 1);
    let who = server.caller("acme", phone.journal);
    let stored = server.admin(|b| daka_server::phone::entries::Journal { conn: b.tx, who: &who }.payloads(0, 1));
    let UploadEntry::Whole(entry) = &phone.made[0].entry else { panic!() };
    assert_eq!(stored[0].payload.as_ref(), Some(&entry.payload));
    let read = daka_server::phone::entries::read_groups(stored[0].groups.as_ref().unwrap()).unwrap();
    assert_eq!(read, groups);
}
