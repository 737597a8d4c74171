//! A fence, measured from a position: how far, how probably inside, how compatible.

use super::circle::{compatibility, probability_inside_circle};
use super::plane::distance_m;
use super::units::{Probability, RadiusMm, Wgs84};

/// The id of a site, 16 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(pub [u8; 16]);

/// The area in which a punch counts as made at the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fence {
    /// Everything within `radius` of `centre`.
    Circle {
        /// The middle.
        centre: Wgs84,
        /// 10 m to 20 km.
        radius: RadiusMm,
    },
}

/// A fence as seen from a position with a doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// Distance to the fence's edge in millimetres, negative inside.
    pub distance_mm: i64,
    /// Probability of being inside.
    pub p: Probability,
    /// C = exp(−s²/2σ²) with s the distance to the fence (0 inside it): how compatible the position is with some point of the fence.
    pub compatible: Probability,
}

impl Fence {
    /// Measures the fence from `position`, known to `sigma_mm` per axis (taken as at least 1 mm).
    ///
    /// Distance and σ are rounded to millimetres first and P is a function of these and the fence alone, so that it can be
    /// recomputed from a record whose coordinates were erased.
    #[must_use]
    pub fn measure(&self, position: Wgs84, sigma_mm: u64) -> Measure {
        match self {
            Self::Circle { centre, radius } => {
                let radius_mm = i64::from(radius.get());
                let from_centre_mm = libm::round(distance_m(*centre, position) * 1000.0) as i64;
                let distance_mm = from_centre_mm - radius_mm;
                let sigma_m = sigma_mm.max(1) as f64 / 1000.0;
                let gap_m = distance_mm.max(0) as f64 / 1000.0;
                let p = probability_inside_circle(from_centre_mm as f64 / 1000.0, radius.metres(), sigma_m);
                Measure {
                    distance_mm,
                    p: Probability::from_unit(p),
                    compatible: Probability::from_unit(compatibility(gap_m, sigma_m)),
                }
            }
        }
    }
}

/// A site whose fence may be the one the person stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The site.
    pub site: SiteId,
    /// Its fence.
    pub fence: &'a Fence,
}

/// The places a person may punch at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidates<'a> {
    /// In any order; the verdict does not depend on it.
    pub places: &'a [Candidate<'a>],
    /// True only if the fences were shown to be disjoint when they were published: then their probabilities add up.
    pub disjoint: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fence(latitude: f64, longitude: f64, metres: f64) -> Fence {
        Fence::Circle {
            centre: Wgs84::from_degrees(latitude, longitude).unwrap(),
            radius: RadiusMm::from_metres(metres).unwrap(),
        }
    }

    fn distance(fence: &Fence, latitude: f64, longitude: f64) -> i64 {
        fence.measure(Wgs84::from_degrees(latitude, longitude).unwrap(), 5_000).distance_mm
    }

    /// 0.001° of longitude on the equator is 111.3195 m.
    #[test]
    fn the_distance_is_negative_inside() {
        let f = fence(0.0, 10.0, 100.0);
        assert_eq!(distance(&f, 0.0, 10.0), -100_000);
        assert_eq!(distance(&f, 0.0, 10.001), 11_319, "111.3195 m lies 11.3195 m beyond 100 m");
        assert_eq!(distance(&f, 0.0, 9.9995), -44_340, "55.6597 m");
    }

    /// A fence at −16.8° reaching from 179.9° to −179.9° holds 179.95° and not 0°.
    #[test]
    fn a_fence_across_the_date_line() {
        for centre in [180.0, -180.0] {
            let f = fence(-16.8, centre, 10_700.0);
            for inside in [179.95, -179.95, 180.0, -180.0, 179.91, -179.91] {
                assert!(distance(&f, -16.8, inside) < 0, "{inside}");
            }
            for outside in [0.0, 179.89, -179.89, 1.0, -1.0] {
                assert!(distance(&f, -16.8, outside) > 0, "{outside}");
            }
        }
    }

    /// A ring of 1.1 km around the South Pole holds the points near the pole, on every meridian.
    #[test]
    fn a_fence_around_the_pole() {
        let f = fence(-90.0, 0.0, 1_100.0);
        for meridian in [-180.0, -90.0, -0.5, 0.0, 45.0, 179.0] {
            assert!(distance(&f, -89.995, meridian) < 0, "{meridian}");
            assert!(distance(&f, -89.99, meridian) > 0, "{meridian}: 1117 m");
        }
    }

    /// s = 2.448 σ gives C = exp(−2.996) = 0.05.
    #[test]
    fn compatibility_is_one_inside_and_5_percent_at_2_448_sigma() {
        let f = fence(0.0, 10.0, 100.0);
        let at = |lon| Wgs84::from_degrees(0.0, lon).unwrap();
        assert_eq!(f.measure(at(10.0005), 900_000).compatible, Probability::ONE);
        let c = f.measure(at(10.001), 4_624).compatible.get(); // 11.319 m / 4.624 m = 2.4479
        assert!((49_900..=50_100).contains(&c), "{c}");
    }
}
