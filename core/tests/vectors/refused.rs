//! What must be refused: bytes that are nearly right.

use daka_core::adapters::crypto::Ring;
use daka_core::domain::bundle::{Bundle, JournalPart, PartKind, Shown};
use daka_core::domain::cbor::Value;
use daka_core::domain::journal::{GroupId, UploadEntry};
use daka_core::testkit::tiny_server::Withheld;
use daka_core::testkit::tiny_story::{TinyStory, door, rules};

use super::set::{File, Vector, bytes, unhex};

/// The order of P-256.
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

fn bad(name: &str, rule: &str, encoded: &[u8], error: &str) -> Vector {
    bytes(name, rule, encoded).with("error", error)
}

/// Changes the value that `encoded` holds.
fn changed(encoded: &[u8], change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut value = Value::decode("item", encoded).unwrap();
    change(&mut value);
    value.encode()
}

fn items(value: &mut Value) -> &mut Vec<Value> {
    let Value::Array(items) = value else { panic!("no array") };
    items
}

fn entries(value: &mut Value) -> &mut Vec<(u64, Value)> {
    let Value::Map(entries) = value else { panic!("no map") };
    entries
}

fn at(value: &mut Value, key: u64) -> &mut Value {
    &mut entries(value).iter_mut().find(|(k, _)| *k == key).unwrap().1
}

fn not_canonical() -> Vec<Vector> {
    [
        ("23 in two bytes", "1817"),
        ("255 in three bytes", "1900ff"),
        ("65535 in five bytes", "1a0000ffff"),
        ("2^32 − 1 in nine bytes", "1b00000000ffffffff"),
        ("an indefinite byte string", "5f4101ff"),
        ("an indefinite text", "7f6161ff"),
        ("an indefinite array", "9f01ff"),
        ("an indefinite map", "bf0102ff"),
        ("falling keys", "a203040102"),
        ("a key twice", "a201020103"),
        ("a text key", "a1616101"),
        ("a negative key", "a12001"),
        ("a tag", "c000"),
        ("a half float", "f93c00"),
        ("a float", "fb3ff0000000000000"),
        ("undefined", "f7"),
        ("a simple value of two bytes", "f814"),
        ("an integer below −2^63", "3bffffffffffffffff"),
        ("reserved additional information", "1c"),
    ]
    .iter()
    .map(|(name, hex)| bad(name, "item", &unhex(hex), "deterministic"))
    .chain([
        bad("two items", "item", &unhex("0000"), "after its end"),
        bad("nothing", "item", &[], "too early"),
        bad("a length that is not there", "item", &unhex("5b7fffffffffffffff00"), "too early"),
        bad("text that is no UTF-8", "item", &unhex("61ff"), "UTF-8"),
        bad("too deep", "item", &[[0x81; 17].as_slice(), &[0]].concat(), "deep"),
    ])
    .collect()
}

fn payloads(story: &TinyStory) -> Vec<Vector> {
    let punch = &story.phone.epochs[0].entries[4].payload;
    let of = |name: &str, error: &str, change: &dyn Fn(&mut Value)| {
        bad(&format!("payload: {name}"), "payload", &changed(punch, change), error)
    };
    vec![
        of("version 1", "version 1", &|v| *at(v, 1) = Value::Uint(1)),
        of("no blind", "blind", &|v| entries(v).retain(|(k, _)| *k != 8)),
        of("a blind of 15 bytes", "blind", &|v| *at(v, 8) = Value::bytes([0; 15])),
        of("a negative seq", "seq", &|v| *at(v, 2) = Value::int(-1)),
        of("a negative reading", "t_session_ms", &|v| *at(v, 5) = Value::int(-1)),
        of("an offset of 18 h and a minute", "wall_offset_min", &|v| *at(v, 7) = Value::Uint(1081)),
        of("a group digest of 31 bytes", "group digest", &|v| *at(at(v, 10), 1) = Value::bytes([0; 31])),
        of("a body that is no map", "body", &|v| *at(v, 9) = Value::Uint(1)),
        of("a punch without an id", "punch id", &|v| entries(at(v, 9)).retain(|(k, _)| *k != 1)),
        of("a session that is text", "session", &|v| *at(v, 4) = Value::text("boot")),
        bad("payload: an array", "payload", &Value::Array(Vec::new()).encode(), "payload"),
    ]
}

fn groups(story: &TinyStory) -> Vec<Vector> {
    let group = |seq: usize, group| story.phone.epochs[0].entries[seq - 1].groups[&group].clone();
    let of = |name: &str, rule: &str, encoded: &[u8], error: &str, change: &dyn Fn(&mut Value)| {
        bad(name, rule, &changed(encoded, change), error)
    };
    let place = group(5, GroupId::Place);
    let evidence = group(9, GroupId::Evidence);
    vec![
        of("verdict without reasons", "verdict-group", &group(5, GroupId::Verdict), "reasons", &|v| {
            entries(v).retain(|(k, _)| *k != 2);
        }),
        of("a fix of nine items", "place-group", &place, "speed", &|v| {
            drop(items(&mut items(at(v, 2))[0]).pop());
        }),
        of("a fix of eleven items", "place-group", &place, "unknown field", &|v| {
            items(&mut items(at(v, 2))[0]).push(Value::Null);
        }),
        of("a keyed digest of five bytes", "radio-group", &group(5, GroupId::Radio), "keyed digest", &|v| {
            items(at(v, 3))[0] = Value::bytes([0; 5]);
        }),
        of("no photo", "evidence-group", &evidence, "evidence group", &|v| items(v).clear()),
        of("ten photos", "evidence-group", &evidence, "evidence group", &|v| {
            let one = items(v)[0].clone();
            items(v).resize(10, one);
        }),
        of("a mark line that is a number", "mark-group", &group(9, GroupId::Mark), "line", &|v| {
            items(v)[0] = Value::Uint(1);
        }),
    ]
}

fn uploads(story: &TinyStory) -> Vec<Vector> {
    let e = &story.phone.epochs[0];
    let whole = daka_core::domain::journal::Upload {
        journal: story.phone.journal,
        epoch: 0,
        prev_seq: 0,
        prev_h: e.prev_h,
        from: 1,
        entries: e.entries.iter().take(5).cloned().map(UploadEntry::Whole).collect(),
        head: e.heads[0].clone(),
    };
    let mut erased = whole.clone();
    let UploadEntry::Whole(entry) = &mut erased.entries[4] else { panic!() };
    entry.erase(&Ring, GroupId::Place);
    let (whole, erased) = (whole.encode().unwrap(), erased.encode().unwrap());
    let of = |name: &str, from: &[u8], error: &str, change: &dyn Fn(&mut Value)| {
        bad(&format!("upload: {name}"), "upload", &changed(from, change), error)
    };
    vec![
        of("version 1", &whole, "version 1", &|v| items(v)[0] = Value::Uint(1)),
        of("one item more", &whole, "unknown field", &|v| items(v).push(Value::Null)),
        of("no head item", &whole, "head", &|v| drop(items(v).pop())),
        of("no entries", &whole, "entries", &|v| items(&mut items(v)[6]).clear()),
        of("501 entries", &whole, "entries", &|v| {
            items(&mut items(v)[6]).resize(501, Value::Array(vec![Value::bytes([0; 32])]));
        }),
        of("from 0", &whole, "from", &|v| items(v)[5] = Value::Uint(0)),
        of("from beyond 2^63", &whole, "from", &|v| items(v)[5] = Value::Uint(u64::MAX)),
        of("epoch 0 that stands on something", &whole, "prev_seq", &|v| items(v)[3] = Value::Uint(1)),
        of("epoch 1 that stands on a later entry", &whole, "prev_seq", &|v| {
            items(v)[2] = Value::Uint(1);
            items(v)[3] = Value::Uint(1);
        }),
        of("seq spelled out", &whole, "unknown field 2", &|v| {
            entries(&mut items(&mut items(&mut items(v)[6])[0])[0]).insert(1, (2, Value::Uint(1)));
        }),
        of("no session in the first entry", &whole, "session", &|v| {
            entries(&mut items(&mut items(&mut items(v)[6])[0])[0]).retain(|(k, _)| *k != 4);
        }),
        of("a seed of 15 bytes", &whole, "seed", &|v| {
            items(&mut items(&mut items(v)[6])[0])[1] = Value::bytes([0; 15]);
        }),
        of("a payload with a seed", &erased, "entry", &|v| {
            items(&mut items(&mut items(v)[6])[4])[1] = Value::bytes([0; 16]);
        }),
        of("a salt of 15 bytes", &erased, "salt", &|v| {
            *at(&mut items(&mut items(&mut items(v)[6])[4])[1], 1) = Value::bytes([0; 15]);
        }),
        of("a payload that is no CBOR", &erased, "payload", &|v| {
            items(&mut items(&mut items(v)[6])[4])[0] = Value::bytes([0xff]);
        }),
        of("a digest of 31 bytes", &whole, "payload digest", &|v| {
            items(&mut items(v)[6])[0] = Value::Array(vec![Value::bytes([0; 31])]);
        }),
    ]
}

fn messages(story: &TinyStory) -> Vec<Vector> {
    let head = &story.phone.epochs[0].heads[0];
    let of = |name: &str, error: &str, change: &dyn Fn(&mut Value)| {
        bad(&format!("signed: {name}"), "cose-es256", &changed(head, change), error)
    };
    let header = |change: &'static dyn Fn(&mut Value)| {
        move |v: &mut Value| {
            let Value::Bytes(protected) = &items(v)[0] else { panic!() };
            items(v)[0] = Value::Bytes(changed(protected, change));
        }
    };
    let mut tagged = vec![0xd2];
    tagged.extend_from_slice(head);
    vec![
        of("a high s", "does not fit", &|v| {
            let Value::Bytes(signature) = &mut items(v)[3] else { panic!() };
            // n − s, byte by byte from the right.
            let mut borrow = 0_i16;
            for (s, n) in signature[32..].iter_mut().zip(unhex(ORDER)).rev() {
                let d = i16::from(n) - i16::from(*s) - borrow;
                borrow = i16::from(d < 0);
                *s = (d & 0xff) as u8;
            }
        }),
        of("another payload", "does not fit", &|v| {
            let Value::Bytes(payload) = &mut items(v)[2] else { panic!() };
            *payload.last_mut().unwrap() ^= 1;
        }),
        of("no payload", "payload", &|v| items(v)[2] = Value::Null),
        of("a signature of 63 bytes", "signature", &|v| items(v)[3] = Value::bytes([1; 63])),
        of("something unprotected", "unprotected", &|v| items(v)[1] = Value::Map(vec![(4, Value::bytes([1]))])),
        of("another algorithm", "alg", &header(&|h| *at(h, 1) = Value::int(-35))),
        of("Ed25519's number over P-256's key", "another key", &header(&|h| *at(h, 1) = Value::int(-8))),
        of("no kid", "kid", &header(&|h| entries(h).retain(|(k, _)| *k != 4))),
        of("a content type", "unknown field 3", &header(&|h| entries(h).insert(1, (3, Value::Uint(0))))),
        of("one item more", "unknown field", &|v| items(v).push(Value::Null)),
        bad("signed: tagged", "cose-es256", &tagged, "deterministic"),
    ]
}

fn trust(story: &TinyStory) -> Vec<Vector> {
    let keys = story.server.keys.encode(&Ring);
    let statement = story.enrolled.statement.payload.clone();
    let of = |name: &str, rule: &str, from: &[u8], error: &str, change: &dyn Fn(&mut Value)| {
        bad(name, rule, &changed(from, change), error)
    };
    vec![
        of("key set: another key's id", "key-set", &keys, "kid", &|v| {
            items(&mut items(&mut items(v)[3])[0])[2] = Value::bytes([7; 32]);
        }),
        of("key set: another algorithm than the key's", "key-set", &keys, "kid", &|v| {
            items(&mut items(&mut items(v)[3])[0])[1] = Value::int(-8);
        }),
        of("key set: a tag of another purpose", "key-set", &keys, "tagged", &|v| {
            items(v)[0] = Value::text("daka-head")
        }),
        of("key set: a tenant in capitals", "key-set", &keys, "tenant", &|v| items(v)[1] = Value::text("Acme")),
        of("key set: one item more", "key-set", &keys, "unknown field", &|v| items(v).push(Value::Null)),
        of("statement: an employee with a line break", "statement", &statement, "employee", &|v| {
            items(&mut items(v)[1])[2] = Value::text("e\n17");
        }),
        of("statement: a pseudonym of 17 bytes", "statement", &statement, "pseudonym", &|v| {
            items(v)[2] = Value::bytes([0; 17]);
        }),
        of("statement: an item less", "statement", &statement, "previous statement", &|v| drop(items(v).pop())),
        bad("a compressed P-256 key", "spki", &[&[0x30, 0x39][..], &[2; 57]].concat(), "public key"),
        bad("an RSA key's beginning", "spki", &unhex("30820122300d06092a864886f70d01010105000382010f00"), "public key"),
    ]
}

fn log_and_rules(story: &TinyStory) -> Vec<Vector> {
    let server = &story.server;
    let checkpoint = server.checkpoint(3).value().encode();
    let receipt = server.receipt(&story.received[0], story.checkpoints[0]).value().encode();
    let of = |name: &str, rule: &str, from: &[u8], error: &str, change: &dyn Fn(&mut Value)| {
        bad(name, rule, &changed(from, change), error)
    };
    let leaf = |kind: u64, salt: usize| {
        Value::Array(vec![
            Value::text("daka-leaf"),
            Value::Uint(kind),
            Value::bytes(vec![0; salt]),
            story.received[0].segment.value(),
        ])
        .encode()
    };
    vec![
        bad("leaf: a segment with a salt", "leaf-commitment", &leaf(1, 32), "leaf salt"),
        bad("leaf: rules without a salt", "leaf-commitment", &leaf(3, 0), "leaf salt"),
        bad("leaf: a group's salt", "leaf-commitment", &leaf(3, 16), "leaf salt"),
        of("checkpoint: a number with a zero before it", "checkpoint", &checkpoint, "origin", &|v| {
            items(v)[0] = Value::text("acme/01");
        }),
        of("checkpoint: a log of no tenant", "checkpoint", &checkpoint, "tenant", &|v| items(v)[0] = Value::text("/1")),
        of("checkpoint: a key hash of five bytes", "checkpoint", &checkpoint, "key hash", &|v| {
            items(v)[3] = Value::bytes([0; 5]);
        }),
        of("receipt: an epsilon of 33 bits", "receipt", &receipt, "eps_ms", &|v| {
            items(&mut items(v)[0])[4] = Value::Uint(1 << 32);
        }),
        of("receipt: a proof of 129 nodes", "receipt", &receipt, "inclusion proof", &|v| {
            items(v)[2] = Value::Array(vec![Value::bytes([0; 32]); 129]);
        }),
        of("receipt: one item more in the body", "receipt", &receipt, "unknown field", &|v| {
            items(&mut items(v)[0]).push(Value::Null);
        }),
        of("rules: in effect before they were published", "rules", &rules().encode(), "effective_ms", &|v| {
            items(v)[4] = Value::Uint(1);
        }),
        of("rules: more than certain", "rules", &rules().encode(), "p_in", &|v| {
            *at(&mut items(v)[6], 1) = Value::Uint(1_000_001);
        }),
        of("site: a fence of another kind", "site", &door().encode(), "fence kind", &|v| {
            items(at(&mut items(v)[4], 3))[0] = Value::Uint(2);
        }),
        of("site: no name", "site", &door().encode(), "site name", &|v| {
            *at(&mut items(v)[4], 1) = Value::text("");
        }),
    ]
}

fn bundles(story: &TinyStory) -> Vec<Vector> {
    let mut parts = story.parts(&Withheld::default());
    parts.retain(|p| p.kind == PartKind::Root || p.kind == PartKind::Name);
    let small = Bundle { parts }.encode(&Ring);
    let of = |name: &str, error: &str, change: &dyn Fn(&mut Value)| {
        bad(&format!("bundle: {name}"), "bundle", &changed(&small, change), error)
    };
    let journal = story.parts(&Withheld::default()).into_iter().find(|p| p.kind == PartKind::Journal).unwrap();
    let journal = |change: &dyn Fn(&mut JournalPart)| {
        let mut part = JournalPart::decode(&journal.bytes).unwrap();
        change(&mut part);
        part.encode()
    };
    let unbound = journal(&|p| {
        let Shown::Entry { salts, .. } = &mut p.entries[4] else { panic!() };
        salts.insert(GroupId::Note, [0; 16]);
    });
    let unsalted = journal(&|p| {
        let Shown::Entry { salts, .. } = &mut p.entries[4] else { panic!() };
        salts.remove(&GroupId::Verdict);
    });
    vec![
        of("version 1", "version 1", &|v| items(v)[1] = Value::Uint(1)),
        of("one item more", "unknown field", &|v| items(v).push(Value::Null)),
        of("a part of three items", "unknown field", &|v| items(&mut items(&mut items(v)[2])[0]).push(Value::Null)),
        of("an index that is too short", "index", &|v| drop(items(&mut items(v)[3]).pop())),
        of("a part that the index does not name", "damaged", &|v| {
            let Value::Bytes(bytes) = &mut items(&mut items(&mut items(v)[2])[1])[1] else { panic!() };
            bytes[0] ^= 1;
        }),
        of("a tag of another purpose", "tagged", &|v| items(v)[0] = Value::text("daka-keys")),
        bad("bundle: a byte after the end", "bundle", &[&small[..], &[0]].concat(), "after its end"),
        bad("journal part: a salt without its group", "journal-part", &unbound, "salts"),
        bad("journal part: a group without its salt", "journal-part", &unsalted, "salts"),
        bad("journal part: epoch 0 on something", "journal-part", &journal(&|p| p.prev_seq = 5), "prev_seq"),
    ]
}

pub(crate) fn file(story: &TinyStory) -> File {
    let vectors = [
        not_canonical(),
        payloads(story),
        groups(story),
        uploads(story),
        messages(story),
        trust(story),
        log_and_rules(story),
        bundles(story),
    ];
    let about = "Bytes that must be refused. cddl: what they pretend to be (item: deterministic CBOR of our subset). error: a part \
                 of the reference's reason, for people.";
    File { name: "refused", about, vectors: vectors.into_iter().flatten().collect() }
}
