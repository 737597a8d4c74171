//! A server and a phone without storage, network or clock: just the formats, put together as the real ones put them.
//!
//! [`TinyServer`] holds a tenant's keys and one log; [`TinyPhone`] writes a journal. Every time is given by the caller, every
//! random value is the digest of a counter, so the same calls give the same bytes, up to the phone's and the CA's ES256 signatures,
//! which ring makes with a random number each.

#![allow(clippy::unwrap_used, reason = "a test that cannot build its input should stop")]

use super::keys;
use crate::adapters::crypto::Ring;
use crate::domain::bundle::{JournalPart, Part, PartKind, Shown};
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::{Crypto as _, Signer};
use crate::domain::ids::{EmployeeId, Hash32, JournalId, Nonce, Pseudonym, RulesRev, TenantId};
use crate::domain::journal::{
    ChainPoint, Draft, Entry, GENESIS, GroupId, Head, Identity, Readings, Seed, Upload, UploadEntry, chain_step,
    epoch_start,
};
use crate::domain::log::{
    Checkpoint, LeafKind, Origin, Proof, Receipt, Segment, SegmentStatus, consistency, inclusion, leaf_hash, root,
};
use crate::domain::rules::{Published, RulesPublication, SitePublication};
use crate::domain::time::{SessionId, SessionMs, WallMs};
use crate::domain::trust::{
    KeySet, KeyUse, Statement, TimeRequest, TimeToken, TrustedKey, issue_certificate, name_digest,
};
use std::collections::BTreeSet;

/// 2026-03-02T00:00:00Z, when the tenant begins.
pub const BEGIN: i64 = 1_772_409_600_000;

/// 32 bytes that stand for random ones.
pub fn random(what: &str, n: u64) -> [u8; 32] {
    Ring.sha256(&[b"daka test random", what.as_bytes(), &n.to_be_bytes()]).0
}

/// The first 16 of them.
pub fn random16(what: &str, n: u64) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&random(what, n)[..16]);
    out
}

/// A person's enrolment with one phone.
pub struct Enrolled {
    /// J's preimage.
    pub identity: Identity,
    /// The signed statement.
    pub statement: Sign1,
    /// The certificate in DER.
    pub certificate: Vec<u8>,
    /// The salt of the name.
    pub name_salt: [u8; 16],
    /// The name.
    pub name: String,
}

impl Enrolled {
    /// Statement and certificate as parts of a bundle.
    pub fn parts(&self) -> [Part; 2] {
        [
            Part::new(PartKind::Statement, self.statement.bytes()),
            Part::new(PartKind::Certificate, self.certificate.clone()),
        ]
    }

    /// The name as a part.
    pub fn name_part(&self) -> Part {
        let value = Value::Array(vec![Value::bytes(self.name_salt), Value::text(&self.name)]);
        Part::new(PartKind::Name, value.encode())
    }
}

/// A document in the log: what it is, where it stands.
pub struct InLog {
    kind: PartKind,
    document: Vec<u8>,
    salt: Vec<u8>,
    index: u64,
}

/// A segment in the log.
pub struct Received {
    /// Its leaf.
    pub segment: Segment,
    /// Its index.
    pub index: u64,
}

/// A tenant's keys and log.
pub struct TinyServer {
    /// The tenant.
    pub tenant: TenantId,
    /// The root.
    pub root: Box<dyn Signer>,
    /// The CA.
    pub ca: Box<dyn Signer>,
    log_key: Box<dyn Signer>,
    time_key: Box<dyn Signer>,
    /// The key set.
    pub keys: KeySet,
    /// The log's origin.
    pub origin: Origin,
    /// The log's leaves.
    pub leaves: Vec<Hash32>,
    /// The key set in the log.
    pub key_set: InLog,
    tokens: u64,
    enrolled: u64,
}

impl TinyServer {
    /// A new tenant `acme`, whose log begins with its key set; `ca` signs for the device CA.
    pub fn new(ca: Box<dyn Signer>) -> Self {
        let tenant = TenantId::parse("acme").unwrap();
        let (root, log_key, time_key) = (keys::root(), keys::log(), keys::time());
        let year = 365 * 86_400_000;
        let key = |key_use, key: &dyn Signer| TrustedKey {
            key_use,
            key: key.public_key().clone(),
            from: WallMs::new(BEGIN),
            to: WallMs::new(BEGIN + 10 * year),
        };
        let keys = KeySet {
            tenant: tenant.clone(),
            serial: 1,
            keys: vec![
                key(KeyUse::DeviceCa, &*ca),
                key(KeyUse::Log, &log_key),
                key(KeyUse::Time, &time_key),
                key(KeyUse::Pass, &keys::pass()),
            ],
        };
        let document = keys.sign(&Ring, &root).unwrap().bytes().to_vec();
        let origin = Origin::journals(&tenant, 1);
        let key_set = InLog { kind: PartKind::KeySet, document: Vec::new(), salt: Vec::new(), index: 0 };
        let (leaves, tokens, enrolled) = (Vec::new(), 0, 0);
        let mut server = Self {
            tenant,
            root: Box::new(root),
            ca,
            log_key: Box::new(log_key),
            time_key: Box::new(time_key),
            keys,
            origin,
            leaves,
            key_set,
            tokens,
            enrolled,
        };
        server.key_set = server.publish(PartKind::KeySet, LeafKind::KeySet, document, Value::Uint(1));
        server
    }

    fn publish(&mut self, kind: PartKind, leaf: LeafKind, document: Vec<u8>, number: Value) -> InLog {
        let index = self.leaves.len() as u64;
        let salt = random("leaf salt", index).to_vec();
        let body = Value::Array(vec![Value::bytes(Ring.sha256(&[&document])), number]);
        self.leaves.push(leaf_hash(&Ring, leaf, &salt, &body).unwrap());
        InLog { kind, document, salt, index }
    }

    /// Publishes another key set in the place of the one there.
    pub fn republish_keys(&mut self, document: Vec<u8>) {
        let serial =
            Sign1::decode("key set", &document).and_then(|m| KeySet::decode(&Ring, &m.payload)).unwrap().serial;
        self.key_set = self.publish(PartKind::KeySet, LeafKind::KeySet, document, Value::Uint(serial));
    }

    /// Lets `key` sign the log from now on; the next key set has it beside the one before.
    pub fn rotate_log_key(&mut self, key: Box<dyn Signer>) {
        let newer = TrustedKey {
            key_use: KeyUse::Log,
            key: key.public_key().clone(),
            from: WallMs::new(BEGIN),
            to: WallMs::new(BEGIN + 10 * 365 * 86_400_000),
        };
        self.keys.serial += 1;
        self.keys.keys.push(newer);
        self.log_key = key;
        let document = self.keys.sign(&Ring, &*self.root).unwrap().bytes().to_vec();
        self.republish_keys(document);
    }

    /// Publishes a site.
    pub fn publish_site(&mut self, site: &SitePublication) -> InLog {
        self.publish(PartKind::Site, LeafKind::Site, site.encode(), Value::int(site.published.get()))
    }

    /// Publishes a rule set.
    pub fn publish_rules(&mut self, rules: &RulesPublication) -> (InLog, RulesRev) {
        let published = Value::int(rules.published.get());
        (self.publish(PartKind::Rules, LeafKind::Rules, rules.encode(), published), rules.rev(&Ring))
    }

    /// A published document with its proof to the tree of the first `size` leaves.
    pub fn published(&self, it: &InLog, size: u64) -> Published {
        Published {
            document: it.document.clone(),
            salt: it.salt.clone(),
            origin: self.origin.clone(),
            index: it.index,
            size,
            proof: self.proof(it.index, size),
        }
    }

    /// The same as a part of a bundle.
    pub fn published_part(&self, it: &InLog, size: u64) -> Part {
        Part::new(it.kind, self.published(it, size).value().encode())
    }

    fn proof(&self, index: u64, size: u64) -> Proof {
        inclusion(&Ring, &self.leaves[..size as usize], index)
    }

    /// Enrols a person's phone at `issued`; `previous` is the same person's enrolment before.
    pub fn enrol(&mut self, device: &dyn Signer, issued: i64, previous: Option<&Enrolled>) -> Enrolled {
        self.enrolled += 1;
        let n = self.enrolled;
        let identity = Identity {
            tenant: self.tenant.clone(),
            employee: EmployeeId::parse("e-17").unwrap(),
            device: device.public_key().kid(&Ring),
            nonce: Nonce(random16("enrolment nonce", n)),
        };
        let issued = WallMs::new(issued);
        let serial = random16("serial", n);
        let certificate = issue_certificate(&Ring, &*self.ca, device.public_key(), serial, issued).unwrap();
        let (name, name_salt) = ("Kim Lee".to_owned(), random16("name salt", n));
        let statement = Statement {
            identity: identity.clone(),
            pseudonym: Pseudonym(random16("pseudonym", 1)),
            name: name_digest(&Ring, &name_salt, &name),
            certificate: Ring.sha256(&[&certificate]),
            issued,
            previous: previous.map_or(Hash32::ZERO, |e| e.statement.digest(&Ring)),
        };
        let statement = statement.sign(&Ring, &*self.ca).unwrap();
        Enrolled { identity, statement, certificate, name_salt, name }
    }

    /// Signs a time token when the server's clock shows `server`, true within 500 ms.
    pub fn token(&mut self, request: TimeRequest, server: i64) -> Vec<u8> {
        self.tokens += 1;
        let origin = self.origin.as_str().to_owned();
        let token = TimeToken { origin, request, counter: self.tokens, server: WallMs::new(server), eps_ms: 500 };
        token.sign(&Ring, &*self.time_key).unwrap().bytes().to_vec()
    }

    /// Takes in a segment: one leaf with `status`.
    pub fn receive(&mut self, upload: &Upload, before: Hash32, received: i64, status: SegmentStatus) -> Received {
        let end = upload.end(&Ring, before);
        let segment = Segment {
            journal: upload.journal,
            epoch: upload.epoch,
            from: upload.from,
            to: end.seq,
            h: end.h,
            received: WallMs::new(received),
            eps_ms: 500,
            status,
            last_token: self.tokens,
        };
        let index = self.leaves.len() as u64;
        self.leaves.push(segment.leaf(&Ring).unwrap());
        Received { segment, index }
    }

    /// The checkpoint of the first `size` leaves.
    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let root = root(&Ring, &self.leaves[..size as usize]);
        Checkpoint::sign(&Ring, &*self.log_key, self.origin.clone(), size, root).unwrap()
    }

    /// The checkpoint of `size` leaves as a part, consistent with the one of `before` leaves; 0 for the first.
    pub fn checkpoint_part(&self, before: u64, size: u64) -> Part {
        let proof = consistency(&Ring, &self.leaves[..size as usize], before);
        let proof = Value::Array(proof.iter().map(Value::bytes).collect());
        Part::new(PartKind::Checkpoint, Value::Array(vec![self.checkpoint(size).value(), proof]).encode())
    }

    /// The receipt of a segment, proven to the tree of `size` leaves.
    pub fn receipt(&self, received: &Received, size: u64) -> Receipt {
        Receipt::of(&received.segment, received.index, self.proof(received.index, size))
    }

    /// The same as a part.
    pub fn receipt_part(&self, received: &Received, size: u64) -> Part {
        let value = Value::Array(vec![
            Value::bytes(received.segment.journal),
            Value::text(self.origin.as_str()),
            Value::Uint(size),
            self.receipt(received, size).value(),
        ]);
        Part::new(PartKind::Receipt, value.encode())
    }
}

/// One epoch of a phone's journal.
pub struct TinyEpoch {
    /// Its number.
    pub epoch: u64,
    /// What it stands on.
    pub prev_seq: u64,
    /// Its digest.
    pub prev_h: Hash32,
    /// Its entries.
    pub entries: Vec<Entry>,
    /// The chain's digest before the first entry, then after each.
    pub hashes: Vec<Hash32>,
    /// Signed heads.
    pub heads: Vec<Vec<u8>>,
}

/// What a bundle leaves out.
#[derive(Clone, Debug, Default)]
pub struct Withheld {
    /// Whole entries, by seq.
    pub entries: BTreeSet<u64>,
    /// Groups, by seq.
    pub groups: BTreeSet<(u64, GroupId)>,
}

/// A phone that writes a journal.
pub struct TinyPhone {
    /// Its key.
    pub device: Box<dyn Signer>,
    /// J.
    pub journal: JournalId,
    /// The epochs so far; the last one is being written.
    pub epochs: Vec<TinyEpoch>,
    session: SessionId,
    /// Unix time at the session's first reading, and how far the wall clock is ahead of it, ms.
    wall: i64,
    sessions: u64,
}

impl TinyPhone {
    /// An empty journal; the first session's first reading is at `wall`.
    pub fn new(device: Box<dyn Signer>, identity: &Identity, wall: i64) -> Self {
        let journal = identity.journal(&Ring);
        let mut phone =
            Self { device, journal, epochs: Vec::new(), session: SessionId::new([0; 16]), wall, sessions: 0 };
        phone.begin_session(wall);
        phone.begin_epoch(0, 0, GENESIS);
        phone
    }

    /// Another boot, whose first reading is at `wall`.
    pub fn begin_session(&mut self, wall: i64) {
        self.sessions += 1;
        self.session = SessionId::new(random16("session", self.sessions));
        self.wall = wall;
    }

    /// Sets the wall clock by `ms`.
    pub fn set_wall(&mut self, ms: i64) {
        self.wall += ms;
    }

    /// Another epoch, standing on the last entry; the caller writes `epoch_started` first.
    pub fn begin_next_epoch(&mut self) -> ChainPoint {
        let point = self.point();
        self.begin_epoch(point.epoch + 1, point.seq, point.h);
        point
    }

    fn begin_epoch(&mut self, epoch: u64, prev_seq: u64, prev_h: Hash32) {
        let hashes = vec![epoch_start(&Ring, self.journal, epoch, prev_h)];
        self.epochs.push(TinyEpoch { epoch, prev_seq, prev_h, entries: Vec::new(), hashes, heads: Vec::new() });
    }

    fn current(&self) -> &TinyEpoch {
        self.epochs.last().unwrap()
    }

    /// Where the chain stands.
    pub fn point(&self) -> ChainPoint {
        let e = self.current();
        ChainPoint { epoch: e.epoch, seq: e.prev_seq + e.entries.len() as u64, h: *e.hashes.last().unwrap() }
    }

    /// What the wall clock shows at the session's `t`.
    pub fn wall_at(&self, t: u64) -> WallMs {
        WallMs::new(self.wall + t as i64)
    }

    /// Writes an entry at the session's `t` and gives its seq.
    pub fn write(&mut self, t: u64, draft: Draft) -> u64 {
        let seq = self.point().seq + 1;
        let readings = Readings { session: self.session, t: SessionMs::new(t), wall: self.wall_at(t), offset_min: 480 };
        let entry = Entry::make(&Ring, seq, readings, Seed(random16("seed", seq)), draft);
        let h = chain_step(&Ring, self.point().h, seq, entry.payload_digest(&Ring));
        let epoch = self.epochs.last_mut().unwrap();
        epoch.entries.push(entry);
        epoch.hashes.push(h);
        seq
    }

    /// What it asks for a time token at the session's `b0`.
    pub fn time_request(&self, b0: u64) -> TimeRequest {
        let head = self.point();
        TimeRequest {
            journal: self.journal,
            head,
            session: self.session,
            nonce: Nonce(random16("time nonce", head.seq)),
            b0: SessionMs::new(b0),
        }
    }

    /// Signs the head where the chain stands.
    pub fn sign_head(&mut self) -> Vec<u8> {
        let head = Head { journal: self.journal, point: self.point() };
        let signed = head.sign(&Ring, &*self.device).unwrap().bytes().to_vec();
        self.epochs.last_mut().unwrap().heads.push(signed.clone());
        signed
    }

    /// The entries from `from` to where the chain stands, with a head, and the chain's digest before them.
    pub fn upload(&mut self, from: u64) -> (Upload, Hash32) {
        let head = self.sign_head();
        let e = self.current();
        let skip = (from - e.prev_seq - 1) as usize;
        let entries = e.entries.iter().skip(skip).cloned().map(UploadEntry::Whole).collect();
        let upload = Upload {
            journal: self.journal,
            epoch: e.epoch,
            prev_seq: e.prev_seq,
            prev_h: e.prev_h,
            from,
            entries,
            head,
        };
        (upload, e.hashes[skip])
    }

    /// The epochs as parts of a bundle, with one head each.
    pub fn parts(&self, withheld: &Withheld) -> Vec<Part> {
        let part = |e: &TinyEpoch| {
            let entries = e.entries.iter().zip(e.prev_seq + 1..).map(|(entry, seq)| shown(entry, seq, withheld));
            let part = JournalPart {
                journal: self.journal,
                epoch: e.epoch,
                prev_seq: e.prev_seq,
                prev_h: e.prev_h,
                entries: entries.collect(),
                heads: e.heads.last().cloned().into_iter().collect(),
            };
            Part::new(PartKind::Journal, part.encode())
        };
        self.epochs.iter().map(part).collect()
    }
}

fn shown(entry: &Entry, seq: u64, withheld: &Withheld) -> Shown {
    if withheld.entries.contains(&seq) {
        return Shown::Digest(entry.payload_digest(&Ring));
    }
    let kept = || entry.groups.iter().filter(|(g, _)| !withheld.groups.contains(&(seq, **g)));
    Shown::Entry {
        payload: entry.payload.clone(),
        salts: kept().map(|(g, _)| (*g, entry.salt(&Ring, *g).unwrap())).collect(),
        groups: kept().map(|(g, bytes)| (*g, bytes.clone())).collect(),
    }
}
