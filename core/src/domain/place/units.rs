//! The numbers a record holds: integers in fixed units, each parsed once, so that everything behind them is within limits.
//!
//! Rounding from the platform's floating point happens here and nowhere else; what is evaluated is what is recorded, and a server
//! that reads the record computes the same bits.

use geo::Point;

use super::error::{Limits, PlaceError};

const LATITUDE: Limits = Limits { field: "latitude", min: -90.0, max: 90.0, unit: "degrees" };
const LONGITUDE: Limits = Limits { field: "longitude", min: -180.0, max: 180.0, unit: "degrees" };
const ACCURACY: Limits = Limits { field: "accuracy", min: 0.0, max: 10_000_000.0, unit: "metres" };
const ALTITUDE: Limits = Limits { field: "altitude", min: -100_000.0, max: 100_000.0, unit: "metres" };
const SPEED: Limits = Limits { field: "speed", min: 0.0, max: 10_000.0, unit: "metres per second" };
const RADIUS: Limits = Limits { field: "radius", min: 10.0, max: 20_000.0, unit: "metres" };
const PROBABILITY: Limits = Limits { field: "probability", min: 0.0, max: 1.0, unit: "" };

/// Nearest integer, halves away from zero. The caller has checked that it fits.
fn nearest(value: f64) -> i32 {
    libm::round(value) as i32
}

/// Latitude in 1e-7 degrees (about 11 mm), −900,000,000 to 900,000,000, north positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LatE7(i32);

impl LatE7 {
    /// From the recorded integer. Errors: beyond ±90 degrees.
    pub fn new(e7: i32) -> Result<Self, PlaceError> {
        if (-900_000_000..=900_000_000).contains(&e7) { Ok(Self(e7)) } else { Err(LATITUDE.out_of_range()) }
    }

    /// From degrees, rounded to the nearest 1e-7. Errors: NaN, infinite, beyond ±90.
    pub fn from_degrees(degrees: f64) -> Result<Self, PlaceError> {
        LATITUDE.check(degrees).map(|d| Self(nearest(d * 1e7)))
    }

    /// The recorded integer, 1e-7 degrees.
    #[must_use]
    pub fn get(self) -> i32 {
        self.0
    }

    /// Degrees, −90 to 90.
    #[must_use]
    pub fn degrees(self) -> f64 {
        f64::from(self.0) / 1e7
    }
}

/// Longitude in 1e-7 degrees, −1,800,000,000 to 1,800,000,000, east positive. −180 and 180 are both kept as given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LonE7(i32);

impl LonE7 {
    /// From the recorded integer. Errors: beyond ±180 degrees.
    pub fn new(e7: i32) -> Result<Self, PlaceError> {
        if (-1_800_000_000..=1_800_000_000).contains(&e7) { Ok(Self(e7)) } else { Err(LONGITUDE.out_of_range()) }
    }

    /// From degrees, rounded to the nearest 1e-7. Errors: NaN, infinite, beyond ±180.
    pub fn from_degrees(degrees: f64) -> Result<Self, PlaceError> {
        LONGITUDE.check(degrees).map(|d| Self(nearest(d * 1e7)))
    }

    /// The recorded integer, 1e-7 degrees.
    #[must_use]
    pub fn get(self) -> i32 {
        self.0
    }

    /// Degrees, −180 to 180.
    #[must_use]
    pub fn degrees(self) -> f64 {
        f64::from(self.0) / 1e7
    }
}

/// The datum of recorded coordinates. Evaluation takes [`Wgs84`] only; the others are converted when a site is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Datum {
    /// World Geodetic System 1984: what phones report.
    Wgs84 = 1,
    /// The mainland Chinese map offset.
    Gcj02 = 2,
    /// Baidu's offset on top of GCJ-02.
    Bd09 = 3,
}

impl Datum {
    /// From the recorded integer; `None` when this version does not know it.
    #[must_use]
    pub fn from_int(value: u32) -> Option<Self> {
        match value {
            1 => Some(Self::Wgs84),
            2 => Some(Self::Gcj02),
            3 => Some(Self::Bd09),
            _ => None,
        }
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        self as u32
    }
}

/// A position on the WGS-84 ellipsoid. Other datums get types of their own, so that none is taken for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wgs84 {
    /// Geodetic latitude.
    pub lat: LatE7,
    /// Longitude.
    pub lon: LonE7,
}

impl Wgs84 {
    /// From degrees. Errors: see [`LatE7::from_degrees`] and [`LonE7::from_degrees`]; latitude is checked first.
    pub fn from_degrees(latitude: f64, longitude: f64) -> Result<Self, PlaceError> {
        Ok(Self { lat: LatE7::from_degrees(latitude)?, lon: LonE7::from_degrees(longitude)? })
    }

    /// As a geometric point: x = longitude, y = latitude, in degrees.
    #[must_use]
    pub fn to_point(self) -> Point<f64> {
        Point::new(self.lon.degrees(), self.lat.degrees())
    }
}

impl TryFrom<Point<f64>> for Wgs84 {
    type Error = PlaceError;

    /// x = longitude, y = latitude, in degrees. Errors: as [`Wgs84::from_degrees`].
    fn try_from(point: Point<f64>) -> Result<Self, PlaceError> {
        Self::from_degrees(point.y(), point.x())
    }
}

/// The accuracy a platform claims, in decimetres, 1 dm to 10,000 km. What it means depends on the platform, see
/// [`sigma_mm`](super::sigma_mm).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccuracyDm(u32);

impl AccuracyDm {
    /// From the recorded integer. Zero is `None`: a platform that says 0 knows nothing. Errors: above 10,000 km.
    pub fn new(dm: u32) -> Result<Option<Self>, PlaceError> {
        if dm > 100_000_000 { Err(ACCURACY.out_of_range()) } else { Ok((dm > 0).then_some(Self(dm))) }
    }

    /// From metres, rounded to the nearest decimetre and never below one. Zero is `None`: Android returns 0.0 when it has no
    /// accuracy. Errors: NaN, infinite, negative, above 10,000 km.
    pub fn from_metres(metres: f64) -> Result<Option<Self>, PlaceError> {
        let metres = ACCURACY.check(metres)?;
        Ok((metres > 0.0).then(|| Self((nearest(metres * 10.0) as u32).max(1))))
    }

    /// The recorded integer, decimetres.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// Metres.
    #[must_use]
    pub fn metres(self) -> f64 {
        f64::from(self.0) / 10.0
    }
}

/// Altitude as the platform gives it, in decimetres, within ±100 km. Evidence only: it decides no verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AltitudeDm(i32);

impl AltitudeDm {
    /// From the recorded integer. Errors: beyond ±100 km.
    pub fn new(dm: i32) -> Result<Self, PlaceError> {
        if (-1_000_000..=1_000_000).contains(&dm) { Ok(Self(dm)) } else { Err(ALTITUDE.out_of_range()) }
    }

    /// From metres, rounded to the nearest decimetre. Errors: NaN, infinite, beyond ±100 km.
    pub fn from_metres(metres: f64) -> Result<Self, PlaceError> {
        ALTITUDE.check(metres).map(|m| Self(nearest(m * 10.0)))
    }

    /// The recorded integer, decimetres.
    #[must_use]
    pub fn get(self) -> i32 {
        self.0
    }
}

/// Speed over ground in cm/s, 0 to 10 km/s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpeedCmS(u32);

impl SpeedCmS {
    /// From the recorded integer. Errors: above 10 km/s.
    pub fn new(cm_s: u32) -> Result<Self, PlaceError> {
        if cm_s > 1_000_000 { Err(SPEED.out_of_range()) } else { Ok(Self(cm_s)) }
    }

    /// From m/s, rounded to the nearest cm/s. A negative speed is `None`: that is how iOS says that it does not know. Errors: NaN,
    /// infinite, above 10 km/s.
    pub fn from_metres_per_second(speed: f64) -> Result<Option<Self>, PlaceError> {
        if speed < 0.0 && speed.is_finite() {
            return Ok(None);
        }
        SPEED.check(speed).map(|v| Some(Self(nearest(v * 100.0) as u32)))
    }

    /// The recorded integer, cm/s.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// Metres per second.
    #[must_use]
    pub fn metres_per_second(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// Radius of a circle fence in millimetres, 10 m to 20 km.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RadiusMm(u32);

impl RadiusMm {
    /// From the recorded integer. Errors: outside 10 m to 20 km.
    pub fn new(mm: u32) -> Result<Self, PlaceError> {
        if (10_000..=20_000_000).contains(&mm) { Ok(Self(mm)) } else { Err(RADIUS.out_of_range()) }
    }

    /// From metres, rounded to the nearest millimetre. Errors: NaN, infinite, outside 10 m to 20 km.
    pub fn from_metres(metres: f64) -> Result<Self, PlaceError> {
        RADIUS.check(metres).map(|m| Self(nearest(m * 1000.0) as u32))
    }

    /// The recorded integer, millimetres.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// Metres.
    #[must_use]
    pub fn metres(self) -> f64 {
        f64::from(self.0) / 1000.0
    }
}

/// A probability in millionths, 0 to 1,000,000: the form in which it is recorded and compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Probability(u32);

impl Probability {
    /// Certain not to be.
    pub const ZERO: Self = Self(0);
    /// Certain.
    pub const ONE: Self = Self(1_000_000);

    /// From millionths. Errors: above 1,000,000.
    pub const fn new(millionths: u32) -> Result<Self, PlaceError> {
        if millionths <= 1_000_000 {
            Ok(Self(millionths))
        } else {
            let Limits { field, min, max, unit } = PROBABILITY;
            Err(PlaceError::OutOfRange { field, min, max, unit })
        }
    }

    /// From a computed value, rounded to the nearest millionth; what rounding errors push beyond 0 or 1 is pulled back.
    pub(super) fn from_unit(p: f64) -> Self {
        Self((nearest(p * 1e6).max(0) as u32).min(1_000_000))
    }

    /// From a constant that is within limits as written.
    pub(super) const fn constant<const MILLIONTHS: u32>() -> Self {
        const { assert!(MILLIONTHS <= 1_000_000) };
        Self(MILLIONTHS)
    }

    /// Sum, at most one.
    pub(super) fn saturating_add(self, other: Self) -> Self {
        Self((self.0 + other.0).min(1_000_000))
    }

    /// Millionths.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_refuse_what_is_no_place_and_name_the_field() {
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let lat = Wgs84::from_degrees(bad, 0.0).unwrap_err();
            assert_eq!((lat.code(), lat.field()), ("place_not_finite", "latitude"));
            let lon = Wgs84::from_degrees(0.0, bad).unwrap_err();
            assert_eq!((lon.code(), lon.field()), ("place_not_finite", "longitude"));
        }
        let lat = Wgs84::from_degrees(90.000_000_01, 0.0).unwrap_err();
        assert_eq!((lat.code(), lat.field()), ("place_out_of_range", "latitude"));
        assert_eq!(lat.to_string(), "latitude is out of range; give a number from -90 to 90 degrees");
        let lon = Wgs84::from_degrees(0.0, -180.1).unwrap_err();
        assert_eq!((lon.code(), lon.field()), ("place_out_of_range", "longitude"));
        assert!(Wgs84::from_degrees(-90.0, 180.0).is_ok());
        assert!(LatE7::new(900_000_001).is_err() && LatE7::new(i32::MIN).is_err() && LatE7::new(-900_000_000).is_ok());
        assert!(
            LonE7::new(1_800_000_001).is_err() && LonE7::new(i32::MIN).is_err() && LonE7::new(1_800_000_000).is_ok()
        );
    }

    #[test]
    fn coordinates_round_to_the_nearest_1e_7_degree_and_points_are_lon_lat() {
        let p = Wgs84::try_from(Point::new(114.158_512_36, 22.284_468_14)).unwrap();
        assert_eq!((p.lat.get(), p.lon.get()), (222_844_681, 1_141_585_124));
        assert_eq!(p.to_point(), Point::new(114.158_512_4, 22.284_468_1));
        assert_eq!(LatE7::from_degrees(-0.000_000_06).unwrap().get(), -1);
    }

    #[test]
    fn accuracy_zero_is_none_and_nonsense_is_an_error() {
        assert_eq!(AccuracyDm::from_metres(0.0), Ok(None));
        assert_eq!(AccuracyDm::from_metres(-0.0), Ok(None));
        assert_eq!(AccuracyDm::from_metres(0.004).unwrap().unwrap().get(), 1, "a claim is never rounded away");
        assert_eq!(AccuracyDm::from_metres(13.7).unwrap().unwrap().get(), 137);
        assert_eq!(AccuracyDm::from_metres(1e7).unwrap().unwrap().get(), 100_000_000);
        for bad in [f64::NAN, f64::INFINITY, -1.0, -f64::MIN_POSITIVE, 10_000_000.1] {
            assert_eq!(AccuracyDm::from_metres(bad).unwrap_err().field(), "accuracy", "{bad}");
        }
        assert_eq!(AccuracyDm::new(0), Ok(None));
        assert!(AccuracyDm::new(100_000_001).is_err());
    }

    #[test]
    fn radius_speed_altitude_and_probability_keep_their_limits() {
        assert_eq!(RadiusMm::from_metres(10.0).unwrap().get(), 10_000);
        assert_eq!(RadiusMm::from_metres(20_000.0).unwrap().get(), 20_000_000);
        for bad in [9.999, 20_000.001, f64::NAN, f64::INFINITY, -50.0] {
            assert_eq!(RadiusMm::from_metres(bad).unwrap_err().field(), "radius", "{bad}");
        }
        assert!(RadiusMm::new(9_999).is_err() && RadiusMm::new(20_000_001).is_err());
        assert_eq!(SpeedCmS::from_metres_per_second(-1.0), Ok(None));
        assert_eq!(SpeedCmS::from_metres_per_second(1.234).unwrap().unwrap().get(), 123);
        assert_eq!(SpeedCmS::from_metres_per_second(f64::NAN).unwrap_err().field(), "speed");
        assert_eq!(SpeedCmS::from_metres_per_second(f64::NEG_INFINITY).unwrap_err().field(), "speed");
        assert!(SpeedCmS::new(1_000_001).is_err());
        assert_eq!(AltitudeDm::from_metres(-3.26).unwrap().get(), -33);
        assert_eq!(AltitudeDm::from_metres(f64::NAN).unwrap_err().field(), "altitude");
        assert!(AltitudeDm::new(1_000_001).is_err());
        assert!(Probability::new(1_000_001).is_err() && Probability::new(1_000_000).is_ok());
        assert_eq!(Probability::from_unit(-1e-12), Probability::ZERO);
        assert_eq!(Probability::from_unit(1.0 + 1e-12), Probability::ONE);
        assert_eq!(Probability::from_unit(0.949_999_6).get(), 950_000);
    }
}
