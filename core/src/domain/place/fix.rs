//! A fix: what the platform said about where the phone was, parsed into the integers that the record keeps.
//!
//! **Errors or evidence?** A number that no platform can mean (NaN, infinite, beyond its limits, a negative accuracy) is a typed
//! error: the caller keeps the punch and leaves this fix out. A number that a platform uses to say "I do not know" (accuracy 0 on
//! Android, speed −1 on iOS) becomes an absent value, and evaluation says `no_accuracy` instead of guessing.

use super::error::PlaceError;
use super::units::{AccuracyDm, AltitudeDm, SpeedCmS, Wgs84};

/// Whose accuracy figure it is; the same number means different things, see [`sigma_mm`](super::sigma_mm).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Platform {
    /// Android's `Location`.
    Android = 1,
    /// Apple's `CLLocation`.
    Ios = 2,
    /// Anything else: a terminal, a machine, an import.
    Other = 3,
}

impl Platform {
    /// From the recorded integer. One that this version does not know counts as [`Platform::Other`]; the record keeps the integer.
    #[must_use]
    pub fn from_int(value: u32) -> Self {
        match value {
            1 => Self::Android,
            2 => Self::Ios,
            _ => Self::Other,
        }
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        self as u32
    }
}

/// What made the fix. Evidence for a person; no verdict depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Provider {
    /// Satellites.
    Gps,
    /// Cells and Wi-Fi.
    Network,
    /// The platform's own mixture.
    Fused,
    /// Another app's fix, overheard.
    Passive,
    /// Unknown here; the integer is kept as it came (0 = the platform did not say).
    Other(u32),
}

impl Provider {
    /// From the recorded integer.
    #[must_use]
    pub fn from_int(value: u32) -> Self {
        match value {
            1 => Self::Gps,
            2 => Self::Network,
            3 => Self::Fused,
            4 => Self::Passive,
            other => Self::Other(other),
        }
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        match self {
            Self::Gps => 1,
            Self::Network => 2,
            Self::Fused => 3,
            Self::Passive => 4,
            Self::Other(other) => other,
        }
    }
}

/// The platform's own mock flag. True is strong evidence; false is none, so absent is kept apart from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Mock {
    /// The platform says that the fix is not simulated.
    False = 0,
    /// The platform says that the fix is simulated.
    True = 1,
    /// The platform does not say.
    Absent = 2,
}

impl Mock {
    /// From the recorded integer; `None` when this version does not know it.
    #[must_use]
    pub fn from_int(value: u32) -> Option<Self> {
        match value {
            0 => Some(Self::False),
            1 => Some(Self::True),
            2 => Some(Self::Absent),
            _ => None,
        }
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        self as u32
    }
}

impl From<Option<bool>> for Mock {
    fn from(flag: Option<bool>) -> Self {
        match flag {
            Some(true) => Self::True,
            Some(false) => Self::False,
            None => Self::Absent,
        }
    }
}

/// Whether the person allows the precise location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Precise {
    /// Only the approximate location is allowed.
    Off = 0,
    /// The precise location is allowed.
    On = 1,
    /// The platform does not say.
    Absent = 2,
}

impl Precise {
    /// From the recorded integer; `None` when this version does not know it.
    #[must_use]
    pub fn from_int(value: u32) -> Option<Self> {
        match value {
            0 => Some(Self::Off),
            1 => Some(Self::On),
            2 => Some(Self::Absent),
            _ => None,
        }
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        self as u32
    }
}

impl From<Option<bool>> for Precise {
    fn from(flag: Option<bool>) -> Self {
        match flag {
            Some(true) => Self::On,
            Some(false) => Self::Off,
            None => Self::Absent,
        }
    }
}

/// A fix as the platform hands it over, nothing checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RawFix {
    /// Degrees, north positive.
    pub latitude: f64,
    /// Degrees, east positive.
    pub longitude: f64,
    /// Metres; `None` when the platform gives none.
    pub accuracy: Option<f64>,
    /// Metres; `None` when the platform gives none.
    pub altitude: Option<f64>,
    /// Metres per second; `None` or negative when unknown.
    pub speed: Option<f64>,
    /// Milliseconds from the fix to the reading it belongs to, on the clock that counts sleep. Negative: from the future.
    pub age_ms: i64,
    /// Whose accuracy figure it is.
    pub platform: Platform,
    /// What made the fix.
    pub provider: Provider,
    /// The platform's mock flag, if it has one.
    pub mock: Option<bool>,
    /// Whether the precise location is allowed, if the platform says.
    pub precise: Option<bool>,
}

/// A parsed fix: what the record keeps and what is evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fix {
    /// Where.
    pub position: Wgs84,
    /// The platform's claim; `None` is not evaluated (`no_accuracy`).
    pub accuracy: Option<AccuracyDm>,
    /// Evidence only.
    pub altitude: Option<AltitudeDm>,
    /// Milliseconds from the fix to the reading it belongs to, on the clock that counts sleep. Negative: from the future.
    pub age_ms: i64,
    /// Whose accuracy figure it is.
    pub platform: Platform,
    /// What made the fix.
    pub provider: Provider,
    /// The platform's mock flag.
    pub mock: Mock,
    /// Whether the precise location is allowed.
    pub precise: Precise,
    /// Speed over ground; widens the doubt about an old fix.
    pub speed: Option<SpeedCmS>,
}

impl Fix {
    /// Parses what the platform handed over.
    ///
    /// Accuracy 0 or absent gives a fix without accuracy; a negative speed gives one without speed. Errors: NaN, infinite or out of
    /// range in `latitude`, `longitude`, `accuracy` (0 to 10,000 km, so negative is refused), `altitude` (±100 km) or `speed` (up
    /// to 10 km/s); the first one in this order is named.
    pub fn parse(raw: &RawFix) -> Result<Self, PlaceError> {
        Ok(Self {
            position: Wgs84::from_degrees(raw.latitude, raw.longitude)?,
            accuracy: raw.accuracy.map(AccuracyDm::from_metres).transpose()?.flatten(),
            altitude: raw.altitude.map(AltitudeDm::from_metres).transpose()?,
            age_ms: raw.age_ms,
            platform: raw.platform,
            provider: raw.provider,
            mock: raw.mock.into(),
            precise: raw.precise.into(),
            speed: raw.speed.map(SpeedCmS::from_metres_per_second).transpose()?.flatten(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw() -> RawFix {
        RawFix {
            latitude: 22.284_468_1,
            longitude: 114.158_512_4,
            accuracy: Some(12.0),
            altitude: Some(48.26),
            speed: Some(0.5),
            age_ms: 900,
            platform: Platform::Android,
            provider: Provider::Fused,
            mock: Some(false),
            precise: Some(true),
        }
    }

    #[test]
    fn a_good_fix_becomes_the_recorded_integers() {
        let fix = Fix::parse(&raw()).unwrap();
        assert_eq!((fix.position.lat.get(), fix.position.lon.get()), (222_844_681, 1_141_585_124));
        assert_eq!(fix.accuracy.unwrap().get(), 120);
        assert_eq!(fix.altitude.unwrap().get(), 483);
        assert_eq!(fix.speed.unwrap().get(), 50);
        assert_eq!((fix.mock, fix.precise), (Mock::False, Precise::On));
    }

    #[test]
    fn what_no_platform_can_mean_is_an_error_that_names_the_field() {
        let cases: [(RawFix, &str); 8] = [
            (RawFix { latitude: f64::NAN, ..raw() }, "latitude"),
            (RawFix { latitude: -90.1, ..raw() }, "latitude"),
            (RawFix { longitude: f64::INFINITY, ..raw() }, "longitude"),
            (RawFix { longitude: 180.1, ..raw() }, "longitude"),
            (RawFix { accuracy: Some(-1.0), ..raw() }, "accuracy"),
            (RawFix { accuracy: Some(f64::NAN), ..raw() }, "accuracy"),
            (RawFix { altitude: Some(f64::NAN), ..raw() }, "altitude"),
            (RawFix { speed: Some(f64::INFINITY), ..raw() }, "speed"),
        ];
        for (bad, field) in cases {
            assert_eq!(Fix::parse(&bad).unwrap_err().field(), field);
        }
    }

    #[test]
    fn what_means_unknown_becomes_absent() {
        let fix = Fix::parse(&RawFix {
            accuracy: Some(0.0),
            speed: Some(-1.0),
            altitude: None,
            mock: None,
            precise: None,
            ..raw()
        })
        .unwrap();
        assert_eq!((fix.accuracy, fix.speed, fix.altitude), (None, None, None));
        assert_eq!((fix.mock, fix.precise), (Mock::Absent, Precise::Absent));
    }

    #[test]
    fn recorded_integers_come_back() {
        for n in 0..9 {
            assert_eq!(Provider::from_int(n).to_int(), n);
        }
        for p in [Platform::Android, Platform::Ios, Platform::Other] {
            assert_eq!(Platform::from_int(p.to_int()), p);
        }
        for n in 0..3 {
            assert_eq!(Mock::from_int(n).unwrap().to_int(), n);
            assert_eq!(Precise::from_int(n).unwrap().to_int(), n);
        }
        assert_eq!((Mock::from_int(3), Precise::from_int(3)), (None, None));
    }
}
