//! What a shell hands over, and how it becomes the core's types. Whatever cannot be is a typed failure that names the field.

use crate::codes::{Asked, FieldType, FixProvider, Pace, Platform, Presence, RadioKind, Trigger};
use crate::failure::DakaFailure;
use daka_core::app::{self, DakaError};
use daka_core::domain::ids::{CaptureNonce, Hash32, PunchId, parse_hex};
use daka_core::domain::place::RawFix;
use daka_core::domain::time::WallMs;

/// How a client is opened.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct DakaConfig {
    /// The folder of this employer's journal, made if it is not there. One folder, one sealing key and one device key per
    /// employer, never shared; excluded from backups.
    pub folder: String,
    /// 32 random bytes that the platform's key store keeps.
    pub sealing_key: Vec<u8>,
    /// The app's version, 1 to 64 bytes.
    pub app_version: String,
    /// Whose position figures will come.
    pub platform: Platform,
    /// The wall clock's offset from UTC in minutes, for the built-in clock; a clock of the shell's own says it with each reading.
    pub utc_offset_min: i16,
}

impl std::fmt::Debug for DakaConfig {
    /// Without the key, and without the path, which may hold a name.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DakaConfig({}, {:?})", self.app_version, self.platform)
    }
}

/// A position as the platform gave it. Nothing is checked before the core does.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct PositionFix {
    /// Degrees, north positive, −90 to 90.
    pub latitude: f64,
    /// Degrees, east positive, −180 to 180.
    pub longitude: f64,
    /// Metres; none if the platform gave none.
    #[uniffi(default = None)]
    pub accuracy_m: Option<f64>,
    /// Milliseconds from the fix to now, on the clock that counts sleep; negative for a fix from the future.
    pub age_ms: i64,
    /// What made it.
    pub provider: FixProvider,
    /// The platform's mock flag, if it has one.
    #[uniffi(default = None)]
    pub mock: Option<bool>,
    /// Whether the precise location is allowed, if the platform says.
    #[uniffi(default = None)]
    pub precise: Option<bool>,
    /// Metres above the ellipsoid, if the platform says.
    #[uniffi(default = None)]
    pub altitude_m: Option<f64>,
    /// Metres per second, if the platform says.
    #[uniffi(default = None)]
    pub speed_mps: Option<f64>,
}

/// A Wi-Fi access point or beacon as the phone saw it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RadioSignal {
    /// Which radio.
    pub kind: RadioKind,
    /// BSSID (6 bytes) or beacon identifier (at most 32).
    pub id: Vec<u8>,
    /// How long ago it was seen, milliseconds.
    pub age_ms: u64,
    /// Connected to it, not only heard.
    pub connected: bool,
}

/// A tap on the button.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct PunchRequest {
    /// What the person asks for.
    pub asked: Asked,
    /// What the button offered.
    pub shown: Asked,
    /// What set it off.
    pub trigger: Trigger,
    /// How the person was seen to be there.
    pub presence: Presence,
    /// Set for a field check-in.
    #[uniffi(default = None)]
    pub field: Option<FieldType>,
    /// Positions that are at hand; a punch does not wait for one. At most 32.
    #[uniffi(default = [])]
    pub fixes: Vec<PositionFix>,
    /// A completed radio scan; none if the phone could not look.
    #[uniffi(default = None)]
    pub radio: Option<Vec<RadioSignal>>,
    /// Free text, 1 to 4000 bytes.
    #[uniffi(default = None)]
    pub note: Option<String>,
    /// A visit reference, 1 to 200 bytes.
    #[uniffi(default = None)]
    pub visit: Option<String>,
    /// Digests of photos that were adopted. At most 9.
    #[uniffi(default = [])]
    pub photos: Vec<String>,
}

/// How a sync is to be made.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SyncOptions {
    /// How patient it is.
    pub pace: Pace,
    /// Go now, whatever was due ("send now").
    pub now: bool,
    /// The network costs by the byte: photos wait for another one where the employer's policy says so.
    #[uniffi(default = false)]
    pub metered: bool,
    /// Stop after so many milliseconds, for background work that has a deadline.
    #[uniffi(default = None)]
    pub deadline_ms: Option<u64>,
    /// The employee wants data saved: photos wait for a network that does not cost by the byte, whatever the employer's policy says.
    #[uniffi(default = false)]
    pub save_data: bool,
}

/// Which punches a bundle shows: those whose tap's wall time lies in the range, ends included. No end: open.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct ExportRange {
    /// From when, UTC milliseconds; from 2000 to 2100.
    #[uniffi(default = None)]
    pub from_ms: Option<i64>,
    /// Until when, likewise.
    #[uniffi(default = None)]
    pub to_ms: Option<i64>,
}

impl PositionFix {
    pub(crate) fn raw(self, platform: Platform) -> RawFix {
        RawFix {
            latitude: self.latitude,
            longitude: self.longitude,
            accuracy: self.accuracy_m,
            altitude: self.altitude_m,
            speed: self.speed_mps,
            age_ms: self.age_ms,
            platform: platform.into(),
            provider: self.provider.into(),
            mock: self.mock,
            precise: self.precise,
        }
    }
}

pub(crate) fn raw_fixes(fixes: Vec<PositionFix>, platform: Platform) -> Vec<RawFix> {
    fixes.into_iter().map(|f| f.raw(platform)).collect()
}

impl PunchRequest {
    pub(crate) fn core(self, platform: Platform) -> Result<app::PunchRequest, DakaFailure> {
        let sign = |s: RadioSignal| {
            Ok(app::RadioSign { kind: s.kind.core()?, id: s.id, age_ms: s.age_ms, connected: s.connected })
        };
        Ok(app::PunchRequest {
            asked: self.asked.core()?,
            shown: self.shown.core()?,
            trigger: self.trigger.core()?,
            presence: self.presence.core()?,
            field: self.field.map(FieldType::core).transpose()?,
            fixes: raw_fixes(self.fixes, platform),
            radio: self
                .radio
                .map(|signs| signs.into_iter().map(sign).collect::<Result<Vec<_>, DakaFailure>>())
                .transpose()?,
            note: self.note,
            visit: self.visit,
            photos: digests(&self.photos)?,
        })
    }
}

impl ExportRange {
    pub(crate) fn core(&self) -> Result<app::ExportRange, DakaFailure> {
        let end = |field, ms: Option<i64>| ms.map(|ms| WallMs::parse(field, ms)).transpose().map_err(DakaError::from);
        Ok(app::ExportRange { from: end("from_ms", self.from_ms)?, to: end("to_ms", self.to_ms)? })
    }
}

pub(crate) fn punch_id(text: &str) -> Result<PunchId, DakaFailure> {
    Ok(PunchId::parse("punch", text)?)
}

pub(crate) fn digest(text: &str) -> Result<Hash32, DakaFailure> {
    Ok(Hash32::parse_hex("photo", text)?)
}

pub(crate) fn digests(texts: &[String]) -> Result<Vec<Hash32>, DakaFailure> {
    texts.iter().map(|t| digest(t)).collect()
}

pub(crate) fn capture(text: &str) -> Result<CaptureNonce, DakaFailure> {
    Ok(CaptureNonce(parse_hex("capture", text)?))
}
