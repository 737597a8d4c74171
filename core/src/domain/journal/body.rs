//! The bodies of entries, one shape per kind. Keys are those of `docs/format/journal.cddl`.

use super::chain::ChainPoint;
use super::kind::Kind;
use crate::domain::cbor::{MapBuilder, Value};
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, Fields, List};
use crate::domain::ids::{Hash32, PunchId, RulesRev};
use crate::domain::open_enum::open_enum;
use crate::domain::time::{SessionMs, WallMs, Word};

open_enum! {
    /// What a person asked for, or what the button offered.
    pub enum Asked {
        /// Clock in.
        In = 1 => "in",
        /// Clock out.
        Out = 2 => "out",
        /// Start of a break.
        BreakStart = 3 => "break_start",
        /// End of a break.
        BreakEnd = 4 => "break_end",
        /// Whatever the rules make of it.
        Auto = 5 => "auto",
    }
}

open_enum! {
    /// What set a punch off.
    pub enum Trigger {
        /// A finger on the button.
        Tap = 1 => "tap",
        /// The app by itself, where the employee turned that on.
        Automatic = 2 => "automatic",
        /// A quick way in: tile, shortcut.
        Fast = 3 => "fast",
        /// A beacon.
        Beacon = 4 => "beacon",
        /// A code shown at the site.
        SiteToken = 5 => "site_token",
        /// An attendance machine.
        Machine = 6 => "machine",
        /// An import.
        Import = 7 => "import",
    }
}

open_enum! {
    /// How it was shown that the employee held the phone.
    pub enum Presence {
        /// Not at all: "device only".
        None = 0 => "none",
        /// A PIN.
        Pin = 1 => "pin",
        /// A fingerprint or face, judged by the phone.
        Biometric = 2 => "biometric",
        /// A photo of the person.
        Photo = 3 => "photo",
    }
}

open_enum! {
    /// The type of a field check-in.
    pub enum FieldType {
        /// At a customer's.
        ClientVisit = 1 => "client_visit",
        /// On a business trip.
        BusinessTrip = 2 => "business_trip",
        /// Working from home.
        Home = 3 => "home",
        /// Anything else.
        Other = 4 => "other",
    }
}

open_enum! {
    /// What consent is asked for.
    pub enum Purpose {
        /// Location at a punch.
        Location = 1 => "location",
        /// Wi-Fi and beacons at a punch.
        Radio = 2 => "radio",
        /// Photos.
        Photo = 3 => "photo",
    }
}

open_enum! {
    /// What happened to the app.
    pub enum AppEvent {
        /// Put aside by the system.
        Paused = 1 => "paused",
        /// A new version ran for the first time.
        Upgraded = 2 => "upgraded",
        /// Installed again.
        Reinstalled = 3 => "reinstalled",
        /// Another key signs from here on.
        KeyRotated = 4 => "key_rotated",
    }
}

open_enum! {
    /// Why a new epoch began.
    pub enum EpochReason {
        /// The database on disk was damaged.
        Damage = 1 => "damage",
        /// The database is older than the sealed head says: a backup was put back.
        Restored = 2 => "restored",
        /// The server holds another branch: a copy of this phone wrote too.
        Fork = 3 => "fork",
        /// The sealed head is gone and cannot vouch for the database.
        SealLost = 4 => "seal_lost",
    }
}

/// One purpose's consent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ConsentGiven {
    /// Given, or withdrawn.
    pub granted: bool,
    /// The revision of the text the person read.
    pub text_rev: u64,
}

/// Consent by purpose; a purpose that is absent was never asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Consent(pub std::collections::BTreeMap<Purpose, ConsentGiven>);

impl Consent {
    /// Whether consent for `purpose` stands.
    pub fn covers(&self, purpose: Purpose) -> bool {
        self.0.get(&purpose).is_some_and(|c| c.granted)
    }

    /// `{purpose: [granted, text revision]}`.
    pub fn value(&self) -> Value {
        let entry = |(p, c): (&Purpose, &ConsentGiven)| {
            (p.wire(), Value::Array(vec![Value::Bool(c.granted), Value::Uint(c.text_rev)]))
        };
        Value::Map(self.0.iter().map(entry).collect())
    }

    /// Reads `{purpose: [granted, text revision]}`.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(value: Value) -> Result<Self, FormatError> {
        let mut out = Self::default();
        for (purpose, value) in value.entries("consent")? {
            let mut list = List::new("consent", value)?;
            let given = ConsentGiven {
                granted: list.take("granted")?.boolean("granted")?,
                text_rev: list.take("text revision")?.uint("text revision")?,
            };
            list.end()?;
            out.0.insert(Purpose::from_wire(purpose), given);
        }
        Ok(out)
    }
}

/// A punch as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PunchBody {
    /// The punch's id.
    pub id: PunchId,
    /// What the person asked for.
    pub asked: Asked,
    /// What the button offered.
    pub shown: Asked,
    /// What set it off.
    pub trigger: Trigger,
    /// How the person was seen to be there.
    pub presence: Presence,
    /// The elapsed clock at the tap; at most the entry's own reading.
    pub tap: SessionMs,
    /// The wall clock at the tap.
    pub tap_wall: WallMs,
    /// The rule set in force, if one was loaded.
    pub rules_rev: Option<RulesRev>,
    /// The evaluator's own revision.
    pub eval_rev: u64,
    /// The time word as known at the tap.
    pub word: Word,
    /// The seq of the consent entry in force; 0 if there is none.
    pub consent_seq: u64,
    /// Set for a field check-in.
    pub field: Option<FieldType>,
}

/// What the sealed head said when a new epoch began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedClaim(pub Option<ChainPoint>);

/// What an entry says, by kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A punch.
    Punch(PunchBody),
    /// A time token (a COSE_Sign1) and the elapsed clock when it arrived.
    Anchor {
        /// The token as received.
        token: Vec<u8>,
        /// b₁.
        b1: SessionMs,
    },
    /// More evidence for a punch, in this entry's groups.
    EvidenceAdded {
        /// The punch.
        punch: PunchId,
    },
    /// A note for a punch, in this entry's note group.
    NoteAdded {
        /// The punch.
        punch: PunchId,
    },
    /// Consent by purpose, all of it as it stands from here on.
    Consent(Consent),
    /// A new session of the elapsed clock.
    Boot,
    /// The wall clock moved against the elapsed clock.
    ClockJump {
        /// Milliseconds, positive when the wall clock went forward.
        delta_ms: i64,
    },
    /// A rule set came into force on this phone.
    RulesLoaded {
        /// Its digest.
        rules_rev: RulesRev,
    },
    /// Something happened to the app.
    AppState {
        /// What.
        event: AppEvent,
        /// The app's version, or the new key's id in hexadecimal.
        detail: String,
    },
    /// The first entry of an epoch after 0.
    EpochStarted {
        /// Why.
        reason: EpochReason,
        /// The last entry whose payload is still held and verifies.
        prev: ChainPoint,
        /// What the sealed head said.
        sealed: SealedClaim,
    },
    /// A claim for a punch not made in time.
    MakeUpClaim {
        /// The id the punch will have.
        punch: PunchId,
        /// Its direction.
        asked: Asked,
        /// When it should have been.
        claimed: WallMs,
        /// Offset from UTC of the claimed time, in minutes.
        offset_min: i64,
    },
    /// An objection.
    Appeal {
        /// The punch it is about, if one.
        punch: Option<PunchId>,
        /// The work date as `YYYY-MM-DD`.
        work_date: String,
    },
    /// A no-network pass was used for a punch.
    PassUsed {
        /// The punch.
        punch: PunchId,
        /// SHA-256 of the pass.
        pass: Hash32,
    },
    /// A kind of a later version, kept as it came.
    Unknown(u64, Value),
}

impl Body {
    /// The kind of the entry.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Punch(_) => Kind::Punch,
            Self::Anchor { .. } => Kind::Anchor,
            Self::EvidenceAdded { .. } => Kind::EvidenceAdded,
            Self::NoteAdded { .. } => Kind::NoteAdded,
            Self::Consent(_) => Kind::Consent,
            Self::Boot => Kind::Boot,
            Self::ClockJump { .. } => Kind::ClockJump,
            Self::RulesLoaded { .. } => Kind::RulesLoaded,
            Self::AppState { .. } => Kind::AppState,
            Self::EpochStarted { .. } => Kind::EpochStarted,
            Self::MakeUpClaim { .. } => Kind::MakeUpClaim,
            Self::Appeal { .. } => Kind::Appeal,
            Self::PassUsed { .. } => Kind::PassUsed,
            Self::Unknown(n, _) => Kind::Unknown(*n),
        }
    }

    /// The body's map.
    pub fn value(&self) -> Value {
        let map = MapBuilder::new();
        match self {
            Self::Punch(p) => return p.value(),
            Self::Anchor { token, b1 } => map.put(1, Value::bytes(token)).put(2, Value::Uint(b1.get())),
            Self::EvidenceAdded { punch } | Self::NoteAdded { punch } => map.put(1, Value::bytes(punch)),
            Self::Consent(c) => map.put(1, c.value()),
            Self::Boot => map,
            Self::ClockJump { delta_ms } => map.put(1, Value::int(*delta_ms)),
            Self::RulesLoaded { rules_rev } => map.put(1, Value::bytes(rules_rev)),
            Self::AppState { event, detail } => map.put(1, Value::Uint(event.wire())).put(2, Value::text(detail)),
            Self::EpochStarted { reason, prev, sealed } => map
                .put(1, Value::Uint(reason.wire()))
                .put(2, prev.value())
                .put(3, sealed.0.map_or(Value::Null, |p| p.value())),
            Self::MakeUpClaim { punch, asked, claimed, offset_min } => map
                .put(1, Value::bytes(punch))
                .put(2, Value::Uint(asked.wire()))
                .put(3, Value::int(claimed.get()))
                .put(4, Value::int(*offset_min)),
            Self::Appeal { punch, work_date } => map.maybe(1, punch.map(Value::bytes)).put(2, Value::text(work_date)),
            Self::PassUsed { punch, pass } => map.put(1, Value::bytes(punch)).put(2, Value::bytes(pass)),
            Self::Unknown(_, value) => return value.clone(),
        }
        .build()
    }

    /// Reads the body of `kind`. Keys of a later version are left unread: the payload's bytes keep them.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(kind: Kind, value: Value) -> Result<Self, FormatError> {
        if let Kind::Unknown(n) = kind {
            return Ok(Self::Unknown(n, value));
        }
        let mut f = Fields::new("body", value)?;
        let punch_id = |f: &mut Fields| Ok(PunchId(f.take(1, "punch id")?.array_of("punch id")?));
        Ok(match kind {
            Kind::Punch => Self::Punch(PunchBody::parse(f)?),
            Kind::Anchor => Self::Anchor {
                token: f.take(1, "token")?.byte_string("token")?,
                b1: SessionMs::new(f.take(2, "b1")?.uint("b1")?),
            },
            Kind::EvidenceAdded => Self::EvidenceAdded { punch: punch_id(&mut f)? },
            Kind::NoteAdded => Self::NoteAdded { punch: punch_id(&mut f)? },
            Kind::Consent => Self::Consent(Consent::parse(f.take(1, "consent")?)?),
            Kind::Boot => Self::Boot,
            Kind::ClockJump => Self::ClockJump { delta_ms: f.take(1, "delta")?.int("delta")? },
            Kind::RulesLoaded => Self::RulesLoaded { rules_rev: RulesRev(f.take(1, "rules_rev")?.hash("rules_rev")?) },
            Kind::AppState => Self::AppState {
                event: AppEvent::from_wire(f.take(1, "event")?.uint("event")?),
                detail: f.take(2, "detail")?.string("detail")?,
            },
            Kind::EpochStarted => Self::EpochStarted {
                reason: EpochReason::from_wire(f.take(1, "reason")?.uint("reason")?),
                prev: ChainPoint::parse("prev", f.take(2, "prev")?)?,
                sealed: SealedClaim(match f.take(3, "sealed")? {
                    Value::Null => None,
                    v => Some(ChainPoint::parse("sealed", v)?),
                }),
            },
            Kind::MakeUpClaim => Self::MakeUpClaim {
                punch: punch_id(&mut f)?,
                asked: Asked::from_wire(f.take(2, "asked")?.uint("asked")?),
                claimed: WallMs::new(f.take(3, "claimed")?.int("claimed")?),
                offset_min: f.take(4, "offset")?.int("offset")?,
            },
            Kind::Appeal => Self::Appeal {
                punch: f.optional(1).map(|v| v.array_of("punch id").map(PunchId)).transpose()?,
                work_date: f.take(2, "work date")?.string("work date")?,
            },
            Kind::PassUsed => Self::PassUsed { punch: punch_id(&mut f)?, pass: f.take(2, "pass")?.hash("pass")? },
            Kind::Unknown(n) => Self::Unknown(n, Value::Map(f.rest())),
        })
    }
}

impl PunchBody {
    fn value(&self) -> Value {
        MapBuilder::new()
            .put(1, Value::bytes(self.id))
            .put(2, Value::Uint(self.asked.wire()))
            .put(3, Value::Uint(self.shown.wire()))
            .put(4, Value::Uint(self.trigger.wire()))
            .put(5, Value::Uint(self.presence.wire()))
            .put(6, Value::Uint(self.tap.get()))
            .put(7, Value::int(self.tap_wall.get()))
            .maybe(8, self.rules_rev.map(Value::bytes))
            .put(9, Value::Uint(self.eval_rev))
            .put(10, Value::Uint(u64::from(self.word.number())))
            .put(11, Value::Uint(self.consent_seq))
            .maybe(12, self.field.map(|t| Value::Uint(t.wire())))
            .build()
    }

    fn parse(mut f: Fields) -> Result<Self, FormatError> {
        Ok(Self {
            id: PunchId(f.take(1, "punch id")?.array_of("punch id")?),
            asked: Asked::from_wire(f.take(2, "asked")?.uint("asked")?),
            shown: Asked::from_wire(f.take(3, "shown")?.uint("shown")?),
            trigger: Trigger::from_wire(f.take(4, "trigger")?.uint("trigger")?),
            presence: Presence::from_wire(f.take(5, "presence")?.uint("presence")?),
            tap: SessionMs::new(f.take(6, "tap_ms")?.uint("tap_ms")?),
            tap_wall: WallMs::new(f.take(7, "tap_wall_ms")?.int("tap_wall_ms")?),
            rules_rev: f.optional(8).map(|v| v.hash("rules_rev").map(RulesRev)).transpose()?,
            eval_rev: f.take(9, "eval_rev")?.uint("eval_rev")?,
            // A word of a later version claims nothing here.
            word: u8::try_from(f.take(10, "word")?.uint("word")?)
                .ok()
                .and_then(Word::from_number)
                .unwrap_or(Word::Unverified),
            consent_seq: f.take(11, "consent seq")?.uint("consent seq")?,
            field: f.optional(12).map(|v| v.uint("field").map(FieldType::from_wire)).transpose()?,
        })
    }
}
