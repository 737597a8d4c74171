//! A phone made of domain code only: it keeps its chain in memory, signs heads, and believes nothing that does not verify.

use super::client::{Http, Reply};
use daka_core::adapters::crypto::{Ring, SoftwareKey};
use daka_core::domain::cbor::Value;
use daka_core::domain::cose::Sign1;
use daka_core::domain::crypto::{Algorithm, Crypto as _, PublicKey, Signer as _};
use daka_core::domain::fields::{As as _, List};
use daka_core::domain::ids::{Hash32, JournalId, Nonce, PunchId, RulesRev};
use daka_core::domain::journal::{
    Asked, Body, ChainPoint, Consent, ConsentGiven, Draft, Entry, EvidenceFile, FieldType, GENESIS, GroupId, Groups,
    Head, Mode, PlaceGroup, Presence, PunchBody, Purpose, Readings, Seed, Trigger, Upload, UploadEntry, chain_step,
    epoch_start,
};
use daka_core::domain::log::{Checkpoint, ItemReason, ItemStatus, UploadAnswer, verify_consistency};
use daka_core::domain::place::{Fix, Platform, Provider, RawFix};
use daka_core::domain::placing::{EVAL_REV, PlaceRules, record_fixes, record_verdict};
use daka_core::domain::rules::{Published, RulesPublication, SitePublication};
use daka_core::domain::time::{SessionId, SessionMs, WallMs, Word};
use daka_core::domain::trust::{
    EnrolAnswer, EnrolRequest, KeySet, KeyUse, Login, LoginAnswer, LoginRequest, QrText, Statement, TimeRequest,
    TimeToken, make_request,
};
use daka_core::domain::tus::PhotoMetadata;

/// An entry as the phone holds it.
#[derive(Clone, Debug)]
pub struct Made {
    /// The entry.
    pub entry: UploadEntry,
    /// The chain's digest after it.
    pub h: Hash32,
}

/// A phone with one journal.
pub struct Phone {
    /// Its client.
    pub http: Http,
    /// The access token.
    pub token: String,
    /// J.
    pub journal: JournalId,
    /// The answer to its enrolment.
    pub answer: EnrolAnswer,
    /// The enrolment request, to send it again.
    pub request: Vec<u8>,
    /// The tenant's keys.
    pub keys: KeySet,
    /// The epoch it writes in.
    pub epoch: u64,
    /// What the epoch stands on.
    pub base: (u64, Hash32),
    /// Its entries of this epoch.
    pub made: Vec<Made>,
    /// The newest checkpoint that verified.
    pub checkpoint: Option<Checkpoint>,
    /// The elapsed clock, ms.
    pub t: u64,
    /// The wall clock, ms.
    pub wall: i64,
    /// The rule set in force.
    pub rules: Option<(RulesRev, PlaceRules)>,
    /// The seq of the consent in force.
    pub consent: u64,
    key: std::sync::Arc<SoftwareKey>,
    qr: QrText,
    session: SessionId,
    punches: u64,
}

impl Clone for Phone {
    /// A copy of the whole phone, key and all: what cloning attacks and restored backups start from.
    fn clone(&self) -> Self {
        Self {
            http: self.http.clone(),
            token: self.token.clone(),
            journal: self.journal,
            answer: self.answer.clone(),
            request: self.request.clone(),
            keys: self.keys.clone(),
            epoch: self.epoch,
            base: self.base,
            made: self.made.clone(),
            checkpoint: self.checkpoint.clone(),
            t: self.t,
            wall: self.wall,
            rules: self.rules.clone(),
            consent: self.consent,
            key: std::sync::Arc::clone(&self.key),
            qr: self.qr.clone(),
            session: self.session,
            punches: self.punches + 1_000_000,
        }
    }
}

fn random<const N: usize>() -> [u8; N] {
    crate::random::random().unwrap()
}

impl Phone {
    /// Enrols with a code. The reply is the server's refusal.
    ///
    /// # Errors
    /// The refusal.
    pub fn enrol(http: Http, qr: &QrText) -> Result<Self, Box<Reply>> {
        let key = SoftwareKey::ephemeral(Algorithm::Es256).unwrap();
        let (nonce, request) = (Nonce(random()), make_request(&key).unwrap());
        let mac = qr.code.mac(&Ring, nonce, &request);
        let message = EnrolRequest { hint: qr.code.hint(&Ring), nonce, request, mac }.encode();
        let reply = http.post("/v0/enrol", None, &message);
        if reply.status != 200 {
            return Err(Box::new(reply));
        }
        let answer = EnrolAnswer::decode(&reply.body).unwrap();
        let (keys, statement) = Self::check(qr, &key, nonce, &answer);
        Ok(Self {
            http,
            token: String::new(),
            journal: statement.identity.journal(&Ring),
            answer,
            request: message,
            keys,
            epoch: 0,
            base: (0, GENESIS),
            made: Vec::new(),
            checkpoint: None,
            t: 1_000,
            wall: crate::clock::Clock::now(&crate::clock::SystemClock).get(),
            rules: None,
            consent: 0,
            key: std::sync::Arc::new(key),
            qr: qr.clone(),
            session: SessionId::new(random()),
            punches: 0,
        })
    }

    /// Everything in an enrolment's answer hangs on the root of the QR code.
    fn check(qr: &QrText, key: &SoftwareKey, nonce: Nonce, answer: &EnrolAnswer) -> (KeySet, Statement) {
        let root = PublicKey::from_spki(answer.root.clone()).unwrap();
        assert_eq!(root.kid(&Ring), qr.root, "the root is the QR code's");
        let keys = KeySet::open(&Ring, &root, &Sign1::decode("key set", &answer.key_set).unwrap()).unwrap();
        let statement = Sign1::decode("statement", &answer.statement).unwrap();
        let statement = Statement::open(&Ring, &keys, &statement).unwrap();
        assert_eq!(statement.identity.nonce, nonce);
        assert_eq!(statement.identity.device, key.public_key().kid(&Ring));
        assert_eq!(
            statement.name,
            daka_core::domain::trust::name_digest(&Ring, &answer.name_salt, &answer.employee_name)
        );
        let ca = keys.first(KeyUse::DeviceCa).unwrap();
        daka_core::domain::trust::DeviceCertificate::open(&Ring, ca, &answer.certificate).unwrap();
        (keys, statement)
    }

    /// The device's public key.
    pub fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    /// A login request for a challenge and a web origin.
    pub fn login_request(&self, server_nonce: Nonce, origin: &str) -> Vec<u8> {
        let login = Login {
            tenant: self.keys.tenant.clone(),
            root: self.qr.root,
            origin: origin.to_owned(),
            journal: self.journal,
            server_nonce,
            client_nonce: Nonce(random()),
        };
        let login = login.sign(&Ring, &*self.key).unwrap().bytes().to_vec();
        LoginRequest { login, statement: self.answer.statement.clone(), certificate: self.answer.certificate.clone() }
            .encode()
    }

    /// A new challenge.
    pub fn challenge(&self) -> Nonce {
        let reply = self.http.post("/v0/login/challenge", None, &[]);
        let mut list = List::new("challenge", Value::decode("challenge", &reply.body).unwrap()).unwrap();
        list.take("v").unwrap();
        Nonce(list.take("nonce").unwrap().array_of("nonce").unwrap())
    }

    /// Logs in.
    ///
    /// # Errors
    /// The refusal.
    pub fn login(&mut self) -> Result<LoginAnswer, Box<Reply>> {
        let request = self.login_request(self.challenge(), self.http.url());
        let reply = self.http.post("/v0/login", None, &request);
        if reply.status != 200 {
            return Err(Box::new(reply));
        }
        let answer = LoginAnswer::decode(&reply.body).unwrap();
        self.token.clone_from(&answer.token);
        Ok(answer)
    }

    /// Where its chain stands.
    pub fn head(&self) -> ChainPoint {
        let h = self.made.last().map_or_else(|| epoch_start(&Ring, self.journal, self.epoch, self.base.1), |m| m.h);
        ChainPoint { epoch: self.epoch, seq: self.base.0 + self.made.len() as u64, h }
    }

    /// The chain's digest after `seq` of this epoch.
    pub fn hash_at(&self, seq: u64) -> Option<Hash32> {
        match seq.checked_sub(self.base.0)? {
            0 => Some(epoch_start(&Ring, self.journal, self.epoch, self.base.1)),
            n => self.made.get(usize::try_from(n).ok()? - 1).map(|m| m.h),
        }
    }

    /// Lets `ms` pass on both clocks.
    pub fn wait(&mut self, ms: u64) {
        self.t += ms;
        self.wall += ms as i64;
    }

    /// A reboot: a new session of the elapsed clock.
    pub fn reboot(&mut self) {
        self.session = SessionId::new(random());
        self.t = 1_000;
    }

    /// Commits an entry and gives its seq.
    pub fn add(&mut self, body: Body, groups: Groups) -> u64 {
        let head = self.head();
        let seq = head.seq + 1;
        let readings = Readings {
            session: self.session,
            t: SessionMs::new(self.t),
            wall: WallMs::new(self.wall),
            offset_min: 480,
        };
        let entry = Entry::make(&Ring, seq, readings, Seed(random()), Draft { body, groups });
        self.push(UploadEntry::Whole(entry))
    }

    /// Commits an entry as it is.
    pub fn push(&mut self, entry: UploadEntry) -> u64 {
        let head = self.head();
        let h = chain_step(&Ring, head.h, head.seq + 1, entry.payload_digest(&Ring));
        self.made.push(Made { entry, h });
        head.seq + 1
    }

    /// A punch's body at the present reading.
    pub fn punch_body(&mut self, asked: Asked) -> PunchBody {
        self.punches += 1;
        let mut id = [0; 10];
        id[2..].copy_from_slice(&self.punches.to_be_bytes());
        PunchBody {
            id: PunchId::new(self.wall, &id),
            asked,
            shown: asked,
            trigger: Trigger::Tap,
            presence: Presence::None,
            tap: SessionMs::new(self.t),
            tap_wall: WallMs::new(self.wall),
            rules_rev: self.rules.as_ref().map(|r| r.0),
            eval_rev: EVAL_REV,
            word: Word::Unverified,
            consent_seq: self.consent,
            field: None,
        }
    }

    /// A punch without evidence; its seq.
    pub fn punch(&mut self, asked: Asked) -> u64 {
        self.wait(1_000);
        let body = Body::Punch(self.punch_body(asked));
        self.add(body, Groups::new())
    }

    /// Consent to location; its seq.
    pub fn consent_to_location(&mut self) -> u64 {
        let given = ConsentGiven { granted: true, text_rev: 1 };
        self.consent = self.add(Body::Consent(Consent([(Purpose::Location, given)].into())), Groups::new());
        self.consent
    }

    /// A punch with one fix of 10 m; its seq.
    pub fn punch_at(&mut self, asked: Asked, latitude: f64, longitude: f64) -> u64 {
        self.wait(1_000);
        let raw = RawFix {
            latitude,
            longitude,
            accuracy: Some(10.0),
            altitude: None,
            speed: None,
            age_ms: 500,
            platform: Platform::Android,
            provider: Provider::Fused,
            mock: Some(false),
            precise: Some(true),
        };
        let place = record_fixes(&[Fix::parse(&raw).unwrap()], 0);
        let body = self.punch_body(asked);
        let groups = self.place_groups(&place);
        self.add(Body::Punch(body), groups)
    }

    /// A field check-in whose entry names a photo of these bytes; what a tus upload says of it.
    pub fn punch_with_photo(&mut self, bytes: &[u8]) -> PhotoMetadata {
        self.wait(1_000);
        let digest = Ring.sha256(&[bytes]);
        let file = EvidenceFile {
            camera: digest,
            content: digest,
            size: bytes.len() as u64,
            mime: "image/jpeg".to_owned(),
            mode: Mode::Original,
            nonce: None,
            captured_in_app: true,
            short_code: String::new(),
            mark_box: None,
            dhash: None,
        };
        let mut body = self.punch_body(Asked::Auto);
        body.field = Some(FieldType::ClientVisit);
        let punch = body.id;
        self.add(Body::Punch(body), [(GroupId::Evidence, EvidenceFile::encode_all(&[file]))].into());
        PhotoMetadata { journal: self.journal, punch, digest }
    }

    /// The groups of recorded fixes with the phone's own verdict.
    pub fn place_groups(&self, place: &PlaceGroup) -> Groups {
        let fixes = daka_core::domain::placing::recorded_fixes(place, false).unwrap();
        let none = PlaceRules::none();
        let rules = self.rules.as_ref().map_or(&none, |r| &r.1);
        let verdict = record_verdict(&rules.judge(&fixes, self.consent > 0));
        [(GroupId::Place, place.encode()), (GroupId::Verdict, verdict.encode())].into()
    }

    /// The upload of `from..=to`, signed at `to`.
    pub fn upload_of(&self, from: u64, to: u64) -> Upload {
        let mut upload = self.unsigned(from, to);
        let point = ChainPoint { epoch: self.epoch, seq: to, h: self.hash_at(to).unwrap() };
        upload.head = self.sign(point);
        upload
    }

    /// The same without a head.
    pub fn unsigned(&self, from: u64, to: u64) -> Upload {
        let at = |seq: u64| usize::try_from(seq - self.base.0).unwrap();
        Upload {
            journal: self.journal,
            epoch: self.epoch,
            prev_seq: self.base.0,
            prev_h: self.base.1,
            from,
            entries: self.made[at(from) - 1..at(to)].iter().map(|m| m.entry.clone()).collect(),
            head: Vec::new(),
        }
    }

    /// A head over any point.
    pub fn sign(&self, point: ChainPoint) -> Vec<u8> {
        Head { journal: self.journal, point }.sign(&Ring, &*self.key).unwrap().bytes().to_vec()
    }

    /// Sends an upload.
    pub fn send(&self, upload: &Upload) -> Reply {
        let size = self.checkpoint.as_ref().map_or(0, |c| c.size);
        let origin = self.checkpoint.as_ref().map(|c| format!("&origin={}", c.origin)).unwrap_or_default();
        self.http.post(&format!("/v0/segments?checkpoint={size}{origin}"), Some(&self.token), &upload.encode().unwrap())
    }

    /// Sends `from..=to` and checks the answer.
    pub fn upload(&mut self, from: u64, to: u64) -> UploadAnswer {
        let upload = self.upload_of(from, to);
        self.deliver(&upload)
    }

    /// Sends an upload and checks the answer: every receipt leads to the checkpoint, which a log key signed and which extends
    /// the one before.
    pub fn deliver(&mut self, upload: &Upload) -> UploadAnswer {
        let reply = self.send(upload);
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        let answer = UploadAnswer::decode(&reply.body).unwrap();
        self.check_checkpoint(&answer);
        for item in &answer.items {
            if let Some(h) = self.hash_at(item.receipt.to).filter(|_| item.receipt.epoch == self.epoch) {
                item.receipt.verify(&Ring, self.journal, h, &answer.checkpoint).unwrap();
            }
        }
        answer
    }

    fn check_checkpoint(&mut self, answer: &UploadAnswer) {
        let key = self.keys.first(KeyUse::Log).unwrap();
        answer.checkpoint.verify(&Ring, key).unwrap();
        if let Some(old) = self.checkpoint.as_ref().filter(|c| c.origin == answer.checkpoint.origin) {
            let new = &answer.checkpoint;
            verify_consistency(&Ring, old.size, &old.root, new.size, &new.root, &answer.consistency).unwrap();
        }
        self.checkpoint = Some(answer.checkpoint.clone());
    }

    /// What became of each run, as `(status, reason, from, to)`.
    pub fn fates(answer: &UploadAnswer) -> Vec<(ItemStatus, ItemReason, u64, u64)> {
        answer.items.iter().map(|i| (i.status, i.reason, i.receipt.from, i.receipt.to)).collect()
    }

    /// A time request at the present head and reading.
    pub fn time_request(&self) -> TimeRequest {
        TimeRequest {
            journal: self.journal,
            head: self.head(),
            session: self.session,
            nonce: Nonce(random()),
            b0: SessionMs::new(self.t),
        }
    }

    /// Asks for a time token and commits it as an anchor; `rtt_ms` pass meanwhile. Its seq and the token.
    pub fn anchor(&mut self, rtt_ms: u64) -> (u64, TimeToken) {
        let request = self.time_request();
        let reply = self.http.post("/v0/time", Some(&self.token), &request.encode());
        assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
        let message = Sign1::decode("time token", &reply.body).unwrap();
        let token = TimeToken::open(&Ring, &self.keys, &message).unwrap();
        assert_eq!(token.request, request);
        self.wait(rtt_ms);
        let b1 = SessionMs::new(self.t);
        (self.add(Body::Anchor { token: reply.body, b1 }, Groups::new()), token)
    }

    /// Loads the published rules, checks their proofs and puts them in force.
    pub fn load_rules(&mut self) -> (RulesPublication, Vec<SitePublication>) {
        let reply = self.http.get("/v0/rules", Some(&self.token));
        assert_eq!(reply.status, 200);
        let mut list = List::new("rules", Value::decode("rules", &reply.body).unwrap()).unwrap();
        list.take("v").unwrap();
        let rules = Published::parse(list.take("rules").unwrap()).unwrap();
        let sites = list.take("sites").unwrap().items("sites").unwrap();
        let sites: Vec<Published> = sites.into_iter().map(|s| Published::parse(s).unwrap()).collect();
        let checkpoint = Checkpoint::parse(list.take("checkpoint").unwrap()).unwrap();
        checkpoint.verify(&Ring, self.keys.first(KeyUse::Log).unwrap()).unwrap();
        let proven = |p: &Published, kind, number: i64| {
            let leaf = p.leaf(&Ring, kind, Value::int(number)).unwrap();
            assert_eq!((&p.origin, p.size), (&checkpoint.origin, checkpoint.size));
            daka_core::domain::log::verify_inclusion(&Ring, &leaf, p.index, p.size, &p.proof, &checkpoint.root)
                .unwrap();
        };
        let publication = RulesPublication::decode(&rules.document).unwrap();
        proven(&rules, daka_core::domain::log::LeafKind::Rules, publication.published.get());
        let site_documents: Vec<SitePublication> = sites
            .iter()
            .map(|s| {
                let site = SitePublication::decode(&s.document).unwrap();
                proven(s, daka_core::domain::log::LeafKind::Site, site.published.get());
                site
            })
            .collect();
        let digests: Vec<Hash32> = site_documents.iter().map(|s| s.digest(&Ring)).collect();
        assert_eq!(digests, publication.sites);
        let rev = publication.rev(&Ring);
        assert_eq!(reply.header("etag"), Some(format!("\"{}\"", rev.0.hex()).as_str()));
        self.rules = Some((rev, PlaceRules::new(&publication.policy, &site_documents).unwrap()));
        (publication, site_documents)
    }

    /// Begins a new epoch over a point of the present one.
    pub fn new_epoch(&mut self, epoch: u64, prev: ChainPoint, reason: daka_core::domain::journal::EpochReason) {
        self.epoch = epoch;
        self.base = (prev.seq, prev.h);
        self.made.clear();
        let sealed = daka_core::domain::journal::SealedClaim(None);
        self.add(Body::EpochStarted { reason, prev, sealed }, Groups::new());
    }
}
