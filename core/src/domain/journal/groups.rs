//! Redactable groups: what a person may have erased, or leave out of a bundle, without breaking the chain.
//!
//! A group is a CBOR byte string. The payload holds SHA-256(cbor ["daka-group", group, salt, bytes]); the salt comes from the entry's
//! seed. Erasing a group removes its bytes and its salt, and replaces the seed by the salts that remain: nobody can then test a
//! guess against the digest.

use crate::domain::cbor::{MapBuilder, Value};
use crate::domain::crypto::{Crypto, hkdf};
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, Fields, List};
use crate::domain::ids::{CaptureNonce, Hash32};
use crate::domain::open_enum::open_enum;
use std::collections::BTreeMap;

open_enum! {
    /// A redactable group of an entry.
    pub enum GroupId {
        /// The place verdict and its figures.
        Verdict = 1 => "verdict",
        /// Raw fixes.
        Place = 2 => "place",
        /// Wi-Fi, beacons, cells, site tokens.
        Radio = 3 => "radio",
        /// Free text and visit reference.
        Note = 4 => "note",
        /// Photos.
        Evidence = 5 => "evidence",
        /// The text drawn on a photo.
        Mark = 6 => "mark",
    }
}

/// The groups of an entry: their bytes as digested.
pub type Groups = BTreeMap<GroupId, Vec<u8>>;

/// A group's salt.
pub type Salt = [u8; 16];

/// 16 random bytes of one entry, from which blind, salts and the BSSID key come. Never leaves the phone and the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed(pub [u8; 16]);

impl Seed {
    /// The payload's blind.
    pub fn blind(&self, crypto: &dyn Crypto) -> [u8; 16] {
        hkdf(crypto, &self.0, "blind")
    }

    /// The salt of a group; its name in HKDF is `salt/` and the group's number.
    pub fn salt(&self, crypto: &dyn Crypto, group: GroupId) -> Salt {
        hkdf(crypto, &self.0, &format!("salt/{}", group.wire()))
    }

    /// The key of the keyed BSSID digests.
    pub fn bssid_key(&self, crypto: &dyn Crypto) -> [u8; 32] {
        hkdf(crypto, &self.0, "bssid")
    }
}

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seed(hidden)")
    }
}

/// The digest that the payload holds of a group.
pub fn group_digest(crypto: &dyn Crypto, group: GroupId, salt: &Salt, bytes: &[u8]) -> Hash32 {
    let preimage = Value::Array(vec![
        Value::text("daka-group"),
        Value::Uint(group.wire()),
        Value::bytes(salt),
        Value::bytes(bytes),
    ]);
    crypto.sha256(&[&preimage.encode()])
}

/// The verdict group. Figures are absent where nothing was evaluated.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct VerdictGroup {
    /// `place::Verdict` on the wire.
    pub verdict: u64,
    /// `place::Reason`s on the wire.
    pub reasons: Vec<u64>,
    /// The site the verdict speaks of.
    pub site: Option<[u8; 16]>,
    /// P(inside) in millionths, 0 to 1,000,000.
    pub p: Option<u64>,
    /// Signed distance to the fence in mm, negative inside.
    pub distance_mm: Option<i64>,
    /// σ per axis in mm.
    pub sigma_mm: Option<u64>,
    /// The floor, where one was decided.
    pub floor: Option<i64>,
    /// P of the second-best site, in millionths.
    pub runner_up_p: Option<u64>,
}

impl VerdictGroup {
    /// The group's bytes.
    pub fn encode(&self) -> Vec<u8> {
        MapBuilder::new()
            .put(1, Value::Uint(self.verdict))
            .put(2, Value::Array(self.reasons.iter().map(|r| Value::Uint(*r)).collect()))
            .maybe(3, self.site.map(Value::bytes))
            .maybe(4, self.p.map(Value::Uint))
            .maybe(5, self.distance_mm.map(Value::int))
            .maybe(6, self.sigma_mm.map(Value::Uint))
            .maybe(7, self.floor.map(Value::int))
            .maybe(8, self.runner_up_p.map(Value::Uint))
            .build()
            .encode()
    }

    /// Reads the group's bytes.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut f = Fields::new("verdict group", Value::decode("verdict group", bytes)?)?;
        Ok(Self {
            verdict: f.take(1, "verdict")?.uint("verdict")?,
            reasons: uints("reasons", f.take(2, "reasons")?)?,
            site: f.optional(3).map(|v| v.array_of("site")).transpose()?,
            p: f.optional(4).map(|v| v.uint("p")).transpose()?,
            distance_mm: f.optional(5).map(|v| v.int("distance")).transpose()?,
            sigma_mm: f.optional(6).map(|v| v.uint("sigma")).transpose()?,
            floor: f.optional(7).map(|v| v.int("floor")).transpose()?,
            runner_up_p: f.optional(8).map(|v| v.uint("runner-up p")).transpose()?,
        })
    }
}

/// One fix as recorded: `[lat_e7, lon_e7, accuracy_dm|null, age_ms, platform, provider, mock, precise, altitude_dm|null,
/// speed_cm_s|null]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RecordedFix {
    /// Latitude in 1e-7 degrees.
    pub lat_e7: i64,
    /// Longitude in 1e-7 degrees.
    pub lon_e7: i64,
    /// The platform's accuracy in dm, if it gave one.
    pub accuracy_dm: Option<u64>,
    /// Age at the tap on the elapsed clock, ms; negative for a fix that came after.
    pub age_ms: i64,
    /// `place::Platform` on the wire: it says what "accuracy" means.
    pub platform: u64,
    /// `place::Provider` on the wire.
    pub provider: u64,
    /// `place::Mock` on the wire: 0 false, 1 true, 2 absent.
    pub mock: u64,
    /// `place::Precise` on the wire: 0 false, 1 true, 2 absent.
    pub precise: u64,
    /// Altitude above the ellipsoid in dm.
    pub altitude_dm: Option<i64>,
    /// Speed in cm/s.
    pub speed_cm_s: Option<u64>,
}

/// The place group: raw fixes in one datum.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PlaceGroup {
    /// `place::Datum` on the wire; phones write 1, WGS-84.
    pub datum: u64,
    /// The fixes, in the order in which they came.
    pub fixes: Vec<RecordedFix>,
}

impl PlaceGroup {
    /// The group's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let fix = |x: &RecordedFix| {
            Value::Array(vec![
                Value::int(x.lat_e7),
                Value::int(x.lon_e7),
                x.accuracy_dm.map_or(Value::Null, Value::Uint),
                Value::int(x.age_ms),
                Value::Uint(x.platform),
                Value::Uint(x.provider),
                Value::Uint(x.mock),
                Value::Uint(x.precise),
                x.altitude_dm.map_or(Value::Null, Value::int),
                x.speed_cm_s.map_or(Value::Null, Value::Uint),
            ])
        };
        MapBuilder::new()
            .put(1, Value::Uint(self.datum))
            .put(2, Value::Array(self.fixes.iter().map(fix).collect()))
            .build()
            .encode()
    }

    /// Reads the group's bytes.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut f = Fields::new("place group", Value::decode("place group", bytes)?)?;
        let datum = f.take(1, "datum")?.uint("datum")?;
        let fix = |value| {
            let mut l = List::new("fix", value)?;
            let fix = RecordedFix {
                lat_e7: l.take("lat")?.int("lat")?,
                lon_e7: l.take("lon")?.int("lon")?,
                accuracy_dm: nullable(l.take("accuracy")?, |v| v.uint("accuracy"))?,
                age_ms: l.take("age")?.int("age")?,
                platform: l.take("platform")?.uint("platform")?,
                provider: l.take("provider")?.uint("provider")?,
                mock: l.take("mock")?.uint("mock")?,
                precise: l.take("precise")?.uint("precise")?,
                altitude_dm: nullable(l.take("altitude")?, |v| v.int("altitude"))?,
                speed_cm_s: nullable(l.take("speed")?, |v| v.uint("speed"))?,
            };
            l.end()?;
            Ok(fix)
        };
        let fixes = f.take(2, "fixes")?.items("fixes")?.into_iter().map(fix).collect::<Result<_, FormatError>>()?;
        Ok(Self { datum, fixes })
    }
}

open_enum! {
    /// A kind of radio sign.
    pub enum RadioKind {
        /// A Wi-Fi access point, by BSSID.
        Wifi = 1 => "wifi",
        /// A Bluetooth beacon, by its identifier.
        Beacon = 2 => "beacon",
    }
}

/// A radio sign that the rules allow and the phone saw.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RadioMatch {
    /// Which radio.
    pub kind: RadioKind,
    /// BSSID (6 bytes) or beacon identifier.
    pub id: Vec<u8>,
    /// Age at the tap, ms.
    pub age_ms: u64,
    /// Connected to it, not only heard.
    pub connected: bool,
}

/// The radio group.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct RadioGroup {
    /// Allowed signs that were seen.
    pub matches: Vec<RadioMatch>,
    /// How many access points and beacons were seen in all; absent where the phone could not look.
    pub seen: Option<u64>,
    /// The first 4 bytes of HMAC(bssid key, "daka-bssid" ‖ BSSID) of at most eight others.
    pub others: Vec<[u8; 4]>,
    /// The cell, as the platform names it.
    pub cell: Option<String>,
    /// A site token as read.
    pub site_token: Option<Vec<u8>>,
}

impl RadioGroup {
    /// The group's bytes.
    pub fn encode(&self) -> Vec<u8> {
        let one = |m: &RadioMatch| {
            Value::Array(vec![
                Value::Uint(m.kind.wire()),
                Value::bytes(&m.id),
                Value::Uint(m.age_ms),
                Value::Bool(m.connected),
            ])
        };
        MapBuilder::new()
            .put(1, Value::Array(self.matches.iter().map(one).collect()))
            .maybe(2, self.seen.map(Value::Uint))
            .put(3, Value::Array(self.others.iter().map(Value::bytes).collect()))
            .maybe(4, self.cell.as_deref().map(Value::text))
            .maybe(5, self.site_token.as_ref().map(Value::bytes))
            .build()
            .encode()
    }

    /// Reads the group's bytes.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut f = Fields::new("radio group", Value::decode("radio group", bytes)?)?;
        let one = |value| {
            let mut l = List::new("radio match", value)?;
            let m = RadioMatch {
                kind: RadioKind::from_wire(l.take("kind")?.uint("kind")?),
                id: l.take("id")?.byte_string("id")?,
                age_ms: l.take("age")?.uint("age")?,
                connected: l.take("connected")?.boolean("connected")?,
            };
            l.end()?;
            Ok(m)
        };
        Ok(Self {
            matches: f
                .take(1, "matches")?
                .items("matches")?
                .into_iter()
                .map(one)
                .collect::<Result<_, FormatError>>()?,
            seen: f.optional(2).map(|v| v.uint("seen")).transpose()?,
            others: f
                .take(3, "others")?
                .items("others")?
                .into_iter()
                .map(|v| v.array_of("keyed digest"))
                .collect::<Result<_, _>>()?,
            cell: f.optional(4).map(|v| v.string("cell")).transpose()?,
            site_token: f.optional(5).map(|v| v.byte_string("site token")).transpose()?,
        })
    }
}

/// The note group.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Note {
    /// Free text.
    pub text: Option<String>,
    /// A visit reference.
    pub visit: Option<String>,
}

impl Note {
    /// The group's bytes.
    pub fn encode(&self) -> Vec<u8> {
        MapBuilder::new()
            .maybe(1, self.text.as_deref().map(Value::text))
            .maybe(2, self.visit.as_deref().map(Value::text))
            .build()
            .encode()
    }

    /// Reads the group's bytes.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut f = Fields::new("note group", Value::decode("note group", bytes)?)?;
        Ok(Self {
            text: f.optional(1).map(|v| v.string("text")).transpose()?,
            visit: f.optional(2).map(|v| v.string("visit")).transpose()?,
        })
    }
}

open_enum! {
    /// How the file that is kept relates to the camera's.
    pub enum Mode {
        /// The camera's file, byte for byte.
        Original = 1 => "original",
        /// Only the blocks under the mark were coded again.
        Splice = 2 => "splice",
        /// The mark stands below the picture.
        Strip = 3 => "strip",
        /// Decoded and encoded as a whole.
        Reencoded = 4 => "reencoded",
        /// Not taken by the app.
        Imported = 5 => "imported",
    }
}

/// Most photos in one entry.
pub const MAX_FILES: usize = 9;

/// One photo of an entry.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct EvidenceFile {
    /// SHA-256 of the camera's bytes.
    pub camera: Hash32,
    /// SHA-256 of the kept file without its APP11 segments.
    pub content: Hash32,
    /// Bytes of the kept file.
    pub size: u64,
    /// Media type; `image/jpeg`.
    pub mime: String,
    /// How the kept file relates to the camera's.
    pub mode: Mode,
    /// The nonce of its capture; absent for an imported file.
    pub nonce: Option<CaptureNonce>,
    /// The app's claim that its own camera took the picture.
    pub captured_in_app: bool,
    /// The short code that finds the record.
    pub short_code: String,
    /// The mark's box `[x, y, width, height]` in pixels of the stored picture.
    pub mark_box: Option<[u64; 4]>,
    /// The difference hash of the luma plane.
    pub dhash: Option<u64>,
}

impl EvidenceFile {
    /// The group's bytes for one to nine files.
    pub fn encode_all(files: &[Self]) -> Vec<u8> {
        let one = |e: &Self| {
            MapBuilder::new()
                .put(1, Value::bytes(e.camera))
                .put(2, Value::bytes(e.content))
                .put(3, Value::Uint(e.size))
                .put(4, Value::text(&e.mime))
                .put(5, Value::Uint(e.mode.wire()))
                .maybe(6, e.nonce.map(Value::bytes))
                .put(7, Value::Bool(e.captured_in_app))
                .put(8, Value::text(&e.short_code))
                .maybe(9, e.mark_box.map(|b| Value::Array(b.iter().map(|n| Value::Uint(*n)).collect())))
                .maybe(10, e.dhash.map(Value::Uint))
                .build()
        };
        Value::Array(files.iter().map(one).collect()).encode()
    }

    /// Reads the group's bytes.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode_all(bytes: &[u8]) -> Result<Vec<Self>, FormatError> {
        let one = |value| {
            let mut f = Fields::new("evidence", value)?;
            Ok(Self {
                camera: f.take(1, "camera digest")?.hash("camera digest")?,
                content: f.take(2, "content digest")?.hash("content digest")?,
                size: f.take(3, "size")?.uint("size")?,
                mime: f.take(4, "mime")?.string("mime")?,
                mode: Mode::from_wire(f.take(5, "mode")?.uint("mode")?),
                nonce: f.optional(6).map(|v| v.array_of("capture nonce").map(CaptureNonce)).transpose()?,
                captured_in_app: f.take(7, "captured in app")?.boolean("captured in app")?,
                short_code: f.take(8, "short code")?.string("short code")?,
                mark_box: f
                    .optional(9)
                    .map(|v| {
                        uints("box", v)?
                            .try_into()
                            .map_err(|_| FormatError::wrong_type("box", "four unsigned integers"))
                    })
                    .transpose()?,
                dhash: f.optional(10).map(|v| v.uint("dhash")).transpose()?,
            })
        };
        let files = Value::decode("evidence group", bytes)?.items("evidence group")?;
        if !(1..=MAX_FILES).contains(&files.len()) {
            let got = files.len();
            return Err(FormatError::new("evidence group", Problem::Length { min: 1, max: MAX_FILES, got }));
        }
        files.into_iter().map(one).collect()
    }
}

/// The mark group: the exact lines drawn on a photo.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Mark(pub Vec<String>);

impl Mark {
    /// The group's bytes.
    pub fn encode(&self) -> Vec<u8> {
        Value::Array(self.0.iter().map(|line| Value::text(line.as_str())).collect()).encode()
    }

    /// Reads the group's bytes.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let lines = Value::decode("mark group", bytes)?.items("mark group")?;
        lines.into_iter().map(|v| v.string("line")).collect::<Result<_, _>>().map(Self)
    }
}

fn uints(field: &'static str, value: Value) -> Result<Vec<u64>, FormatError> {
    value.items(field)?.into_iter().map(|v| v.uint(field)).collect()
}

fn nullable<T>(value: Value, read: impl FnOnce(Value) -> Result<T, FormatError>) -> Result<Option<T>, FormatError> {
    match value {
        Value::Null => Ok(None),
        v => read(v).map(Some),
    }
}
