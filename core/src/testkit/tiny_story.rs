//! One journal with something of everything, and its proof bundle.
//!
//! A person changes to a new phone, consents, gets the rules, and an anchor. Clocks in at the door: one fix, another one five
//! seconds later, a note. Then a field check-in with a photo, after which the wall clock is set back. The database is lost, a new
//! epoch begins after a reboot, and the person clocks out without a fix.
//!
//! | seq | epoch | kind | t, ms |
//! |---|---|---|---|
//! | 1 | 0 | boot | 0 |
//! | 2 | 0 | consent | 1,000 |
//! | 3 | 0 | rules_loaded | 2,000 |
//! | 4 | 0 | anchor, token 1 | 3,250 |
//! | 5 | 0 | punch in, tap at 60,000 | 60,050 |
//! | 6 | 0 | evidence_added | 68,000 |
//! | 7 | 0 | note_added | 80,000 |
//! | 8 | 0 | anchor, token 2 | 100,200 |
//! | 9 | 0 | punch out: field check-in with photo, tap at 200,000 | 200,040 |
//! | 10 | 0 | clock_jump | 260,000 |
//! | 11 | 1 | epoch_started | 0 |
//! | 12 | 1 | anchor, token 3 | 2,180 |
//! | 13 | 1 | punch out, no fix, tap at 30,000 | 30,020 |
//! | 14 | 1 | app_state | 90,000 |

#![allow(clippy::unwrap_used, reason = "a test that cannot build its input should stop")]

use super::keys;
use super::tiny_server::{BEGIN, Enrolled, InLog, Received, TinyPhone, TinyServer, Withheld, random, random16};
use crate::adapters::crypto::Ring;
use crate::domain::bundle::{Bundle, Part, PartKind};
use crate::domain::crypto::{Crypto as _, Signer};
use crate::domain::ids::{CaptureNonce, PunchId, RulesRev};
use crate::domain::journal::{
    AppEvent, Asked, Body, Consent, ConsentGiven, Draft, EpochReason, EvidenceFile, FieldType, GroupId, Groups, Mark,
    Mode, Note, Presence, PunchBody, Purpose, RadioGroup, RadioKind, RadioMatch, SealedClaim, Trigger,
};
use crate::domain::log::SegmentStatus;
use crate::domain::place::{AccuracyDm, AltitudeDm, Fix, Mock, Platform, Precise, Provider, SpeedCmS, Wgs84};
use crate::domain::placing::{EVAL_REV, PlaceRules, record_fixes, record_verdict, recorded_fixes};
use crate::domain::rules::{CircleFence, Policy, RulesPublication, SiteDatum, SitePublication};
use crate::domain::short_code::ShortCode;
use crate::domain::time::{SessionMs, WallMs, Word};

/// Which wall time the first session's clock begins at: a day after the tenant.
pub const MORNING: i64 = BEGIN + 86_400_000;
/// And the second session's: ten minutes later.
pub const AFTER_REBOOT: i64 = MORNING + 600_000;

/// Everything that the bundle is made of.
pub struct TinyStory {
    /// The server.
    pub server: TinyServer,
    /// The phone.
    pub phone: TinyPhone,
    /// The person's former phone.
    pub former: Enrolled,
    /// The person's phone.
    pub enrolled: Enrolled,
    /// The sites in the log.
    pub sites: Vec<InLog>,
    /// The rule set in the log.
    pub rules: InLog,
    /// Its digest.
    pub rules_rev: RulesRev,
    /// The segments.
    pub received: Vec<Received>,
    /// Sizes of the checkpoints.
    pub checkpoints: [u64; 2],
    /// The photo.
    pub photo: Vec<u8>,
    /// The punches: in, field, out.
    pub punches: [PunchId; 3],
}

/// The door: 60 m around a point in Hong Kong.
pub fn door() -> SitePublication {
    site("Door", 1, 222_844_681, 1_141_585_124, 60_000)
}

/// The warehouse: 150 m around a point a kilometre further east.
pub fn warehouse() -> SitePublication {
    site("Warehouse", 2, 222_844_681, 1_141_685_124, 150_000)
}

fn site(name: &str, n: u64, lat_e7: i64, lon_e7: i64, radius_mm: u64) -> SitePublication {
    SitePublication {
        tenant: crate::domain::ids::TenantId::parse("acme").unwrap(),
        site: random16("site", n),
        published: WallMs::new(BEGIN + 1_000),
        name: name.to_owned(),
        datum: SiteDatum::Wgs84,
        fence: CircleFence { lat_e7, lon_e7, radius_mm },
    }
}

/// The rule set over both sites.
pub fn rules() -> RulesPublication {
    RulesPublication {
        tenant: crate::domain::ids::TenantId::parse("acme").unwrap(),
        serial: 1,
        published: WallMs::new(BEGIN + 2_000),
        effective: WallMs::new(BEGIN + 3_000),
        zone: "Asia/Hong_Kong".to_owned(),
        policy: Policy::default(),
        sites: vec![door().digest(&Ring), warehouse().digest(&Ring)],
    }
}

/// An Android fix with accuracy in metres and age in ms.
pub fn fix(latitude: f64, longitude: f64, accuracy: f64, age_ms: i64) -> Fix {
    Fix {
        position: Wgs84::from_degrees(latitude, longitude).unwrap(),
        accuracy: AccuracyDm::from_metres(accuracy).unwrap(),
        altitude: Some(AltitudeDm::from_metres(48.0).unwrap()),
        age_ms,
        platform: Platform::Android,
        provider: Provider::Fused,
        mock: Mock::False,
        precise: Precise::On,
        speed: SpeedCmS::from_metres_per_second(0.4).unwrap(),
    }
}

impl TinyStory {
    /// Plays it with the keys of the testkit.
    pub fn new() -> Self {
        Self::signed_by(Box::new(keys::device()), Box::new(keys::device_ca()))
    }

    /// Plays it with other signers for the device and the CA: those two keys sign with random numbers.
    pub fn signed_by(device: Box<dyn Signer>, ca: Box<dyn Signer>) -> Self {
        let mut server = TinyServer::new(ca);
        let sites = vec![server.publish_site(&door()), server.publish_site(&warehouse())];
        let (rules_in_log, rules_rev) = server.publish_rules(&rules());
        let former = server.enrol(&keys::former_device(), BEGIN + 10_000, None);
        let enrolled = server.enrol(&*device, MORNING - 60_000, Some(&former));
        let mut phone = TinyPhone::new(device, &enrolled.identity, MORNING);
        let place_rules = PlaceRules::new(&Policy::default(), &[door(), warehouse()]).unwrap();
        let punches = [1, 2, 3].map(|n| PunchId::new(MORNING + n, random("punch", n as u64)[..10].try_into().unwrap()));
        let punch = |id, asked, tap: u64, phone: &TinyPhone| PunchBody {
            id,
            asked,
            shown: Asked::In,
            trigger: Trigger::Tap,
            presence: Presence::Biometric,
            tap: SessionMs::new(tap),
            tap_wall: phone.wall_at(tap),
            rules_rev: Some(rules_rev),
            eval_rev: EVAL_REV,
            word: Word::Verified,
            consent_seq: 2,
            field: None,
        };
        let anchor = |server: &mut TinyServer, phone: &mut TinyPhone, b0: u64, b1: u64, t: u64, at: i64| {
            let token = server.token(phone.time_request(b0), at);
            phone.write(t, Draft::of(Body::Anchor { token, b1: SessionMs::new(b1) }));
        };

        phone.write(0, Draft::of(Body::Boot));
        let given = ConsentGiven { granted: true, text_rev: 3 };
        let consent = [Purpose::Location, Purpose::Radio, Purpose::Photo].map(|p| (p, given));
        phone.write(1_000, Draft::of(Body::Consent(Consent(consent.into()))));
        phone.write(2_000, Draft::of(Body::RulesLoaded { rules_rev }));
        anchor(&mut server, &mut phone, 3_000, 3_200, 3_250, MORNING + 3_100);

        let first = [fix(22.284_6, 114.158_6, 12.0, 900)];
        let place = record_fixes(&first, 0);
        let judged = record_verdict(&place_rules.judge(&recorded_fixes(&place, false).unwrap(), true));
        let radio = RadioGroup {
            matches: vec![RadioMatch {
                kind: RadioKind::Wifi,
                id: vec![0x02, 0x11, 0x22, 0x33, 0x44, 0x55],
                age_ms: 1_500,
                connected: true,
            }],
            seen: Some(3),
            others: vec![[1, 2, 3, 4], [5, 6, 7, 8]],
            cell: None,
            site_token: None,
        };
        let groups: Groups =
            [(GroupId::Verdict, judged.encode()), (GroupId::Place, place.encode()), (GroupId::Radio, radio.encode())]
                .into();
        let body = Body::Punch(punch(punches[0], Asked::In, 60_000, &phone));
        phone.write(60_050, Draft { body, groups });

        // A fix that was taken five seconds after the tap.
        let late = record_fixes(&[fix(22.284_5, 114.158_5, 8.0, 1_000)], 6_000);
        let mut both = recorded_fixes(&place, false).unwrap();
        both.extend(recorded_fixes(&late, true).unwrap());
        let judged = record_verdict(&place_rules.judge(&both, true));
        let groups: Groups = [(GroupId::Verdict, judged.encode()), (GroupId::Place, late.encode())].into();
        phone.write(68_000, Draft { body: Body::EvidenceAdded { punch: punches[0] }, groups });
        let note = Note { text: Some("The door was locked until 08:00.".to_owned()), visit: None };
        let groups: Groups = [(GroupId::Note, note.encode())].into();
        phone.write(80_000, Draft { body: Body::NoteAdded { punch: punches[0] }, groups });
        anchor(&mut server, &mut phone, 100_000, 100_150, 100_200, MORNING + 100_080);
        let (upload, before) = phone.upload(1);
        let mut received = vec![server.receive(&upload, before, MORNING + 101_000, SegmentStatus::Accepted)];
        let first_size = server.leaves.len() as u64;

        let photo = [&[0xff, 0xd8][..], &random("photo", 1), &[0xff, 0xd9]].concat();
        let (digest, nonce) = (Ring.sha256(&[&photo]), CaptureNonce(random16("capture", 1)));
        let code = ShortCode::of(&Ring, punches[1], Some(nonce), digest).text();
        let file = EvidenceFile {
            camera: digest,
            content: digest,
            size: photo.len() as u64,
            mime: "image/jpeg".to_owned(),
            mode: Mode::Original,
            nonce: Some(nonce),
            captured_in_app: true,
            short_code: code.clone(),
            mark_box: Some([10, 20, 300, 40]),
            dhash: Some(u64::MAX - 5),
        };
        // Some 400 m from the door: outside both, and coarse enough to doubt.
        let place = record_fixes(&[fix(22.284_6, 114.162_4, 400.0, 2_000)], 0);
        let judged = record_verdict(&place_rules.judge(&recorded_fixes(&place, false).unwrap(), true));
        let note = Note { text: Some("At the customer's.".to_owned()), visit: Some("V-9".to_owned()) };
        let groups: Groups = [
            (GroupId::Verdict, judged.encode()),
            (GroupId::Place, place.encode()),
            (GroupId::Note, note.encode()),
            (GroupId::Evidence, EvidenceFile::encode_all(&[file])),
            (GroupId::Mark, Mark(vec!["2026-03-03 08:03".to_owned(), code]).encode()),
        ]
        .into();
        let field = PunchBody {
            field: Some(FieldType::ClientVisit),
            presence: Presence::Photo,
            ..punch(punches[1], Asked::Out, 200_000, &phone)
        };
        phone.write(200_040, Draft { body: Body::Punch(field), groups });
        phone.set_wall(-3_600_000);
        phone.write(260_000, Draft::of(Body::ClockJump { delta_ms: -3_600_000 }));
        let (upload, before) = phone.upload(9);
        received.push(server.receive(&upload, before, MORNING + 261_000, SegmentStatus::Accepted));

        phone.begin_session(AFTER_REBOOT);
        let prev = phone.begin_next_epoch();
        let sealed = SealedClaim(Some(prev));
        phone.write(0, Draft::of(Body::EpochStarted { reason: EpochReason::Damage, prev, sealed }));
        anchor(&mut server, &mut phone, 2_000, 2_150, 2_180, AFTER_REBOOT + 2_070);
        let judged = record_verdict(&place_rules.judge(&[], true));
        let groups: Groups = [(GroupId::Verdict, judged.encode())].into();
        let body = Body::Punch(punch(punches[2], Asked::Out, 30_000, &phone));
        phone.write(30_020, Draft { body, groups });
        let upgraded = Body::AppState { event: AppEvent::Upgraded, detail: "1.0.1".to_owned() };
        phone.write(90_000, Draft::of(upgraded));
        let (upload, before) = phone.upload(11);
        received.push(server.receive(&upload, before, AFTER_REBOOT + 91_000, SegmentStatus::Accepted));
        let checkpoints = [first_size, server.leaves.len() as u64];
        Self {
            server,
            phone,
            former,
            enrolled,
            sites,
            rules: rules_in_log,
            rules_rev,
            received,
            checkpoints,
            photo,
            punches,
        }
    }

    /// The parts of the bundle: everything but what is withheld.
    pub fn parts(&self, withheld: &Withheld) -> Vec<Part> {
        let (server, [first, second]) = (&self.server, self.checkpoints);
        let mut parts = vec![
            Part::new(PartKind::Root, server.root.public_key().spki()),
            server.published_part(&server.key_set, second),
            server.checkpoint_part(0, first),
            server.checkpoint_part(first, second),
            self.former.parts()[0].clone(),
        ];
        parts.extend(self.enrolled.parts());
        parts.push(self.enrolled.name_part());
        parts.extend(self.phone.parts(withheld));
        // The first receipt came with the first checkpoint and keeps its proof.
        let sizes = [first, second, second];
        parts.extend(self.received.iter().zip(sizes).map(|(r, size)| server.receipt_part(r, size)));
        parts.push(server.published_part(&self.rules, second));
        parts.extend(self.sites.iter().map(|s| server.published_part(s, second)));
        parts.push(Part::new(PartKind::Photo, self.photo.clone()));
        parts
    }

    /// The bundle with everything.
    pub fn bundle(&self) -> Vec<u8> {
        Bundle { parts: self.parts(&Withheld::default()) }.encode(&Ring)
    }
}

impl Default for TinyStory {
    fn default() -> Self {
        Self::new()
    }
}
