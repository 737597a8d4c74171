//! One position from several fixes: the weighted geometric median, with a doubt that several fixes never shrink.
//!
//! A phone's errors are correlated from second to second: "accuracy/√k" claims 68 % and covers 7 to 46 %. So the fused σ is the
//! harmonic mean of the fixes' own (never below the best of them), and it *grows* where the fixes contradict each other more
//! than they claim: two fixes 200 m apart that both claim 5 m cannot both be right.
//!
//! The median is found by Weiszfeld's iteration with a fixed number of turns, on earth-centred coordinates, where neither the
//! date line nor a pole needs a case of its own.

use super::fix::Fix;
use super::plane::{A, E2, RAD};
use super::sigma::sigma_mm;
use super::units::Wgs84;

const TURNS: u32 = 100;
/// Smooths the distance near a fix (√(d² + ε²), metres), where Weiszfeld's step would divide by zero.
const EPSILON_M: f64 = 0.1;
/// Median of the distance from the centre of a round normal distribution, in σ: √(2 ln 2).
const RAYLEIGH_MEDIAN: f64 = 1.177_410_022_515_474_7;

/// A position and how well it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fused {
    /// Where.
    pub position: Wgs84,
    /// σ per axis, millimetres.
    pub sigma_mm: u64,
}

/// Fuses the fixes that have an accuracy; `None` if none has. A single one is returned as it is. Another order of the
/// fixes may change last bits; the record keeps their order.
#[must_use]
pub fn fuse(fixes: &[Fix]) -> Option<Fused> {
    let points: Vec<Point> = fixes.iter().filter_map(Point::of).collect();
    let (first, rest) = points.split_first()?;
    if rest.is_empty() {
        return Some(Fused { position: first.position, sigma_mm: first.sigma_mm });
    }
    let (mut weights, mut sum) = (0.0, [0.0; 3]);
    for p in &points {
        weights += p.weight;
        add(&mut sum, p.xyz, p.weight);
    }
    let mut median = sum.map(|c| c / weights);
    for _ in 0..TURNS {
        let (mut pull, mut next) = (0.0, [0.0; 3]);
        for p in &points {
            let d = distance(median, p.xyz);
            let w = p.weight / libm::sqrt(d * d + EPSILON_M * EPSILON_M);
            pull += w;
            add(&mut next, p.xyz, w);
        }
        median = next.map(|c| c / pull);
    }
    let mut residuals: Vec<f64> = points.iter().map(|p| distance(median, p.xyz) * p.weight).collect();
    residuals.sort_by(f64::total_cmp);
    // The upper median: of two fixes that disagree, either may be the wrong one.
    let scatter = residuals.get(points.len() / 2).copied().unwrap_or(0.0) / RAYLEIGH_MEDIAN;
    let claimed_m = points.len() as f64 / weights;
    Some(Fused {
        position: to_geodetic(median).unwrap_or(first.position),
        sigma_mm: libm::round(claimed_m * scatter.max(1.0) * 1000.0) as u64,
    })
}

struct Point {
    position: Wgs84,
    xyz: [f64; 3],
    sigma_mm: u64,
    /// 1/σ, per metre: the weight that makes the median the likeliest centre under long-tailed errors.
    weight: f64,
}

impl Point {
    fn of(fix: &Fix) -> Option<Self> {
        let sigma_mm = sigma_mm(fix)?;
        Some(Self {
            position: fix.position,
            xyz: to_earth_centred(fix.position),
            sigma_mm,
            weight: 1000.0 / sigma_mm as f64,
        })
    }
}

fn add(sum: &mut [f64; 3], xyz: [f64; 3], weight: f64) {
    for (s, c) in sum.iter_mut().zip(xyz) {
        *s += c * weight;
    }
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    let [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
    libm::sqrt(x * x + y * y + z * z)
}

/// Earth-centred, earth-fixed metres of a point on the ellipsoid: N cosφ cosλ, N cosφ sinλ, N(1 − e²) sinφ.
fn to_earth_centred(p: Wgs84) -> [f64; 3] {
    let (phi, lambda) = (p.lat.degrees() * RAD, p.lon.degrees() * RAD);
    let sin = libm::sin(phi);
    let n = A / libm::sqrt(1.0 - E2 * sin * sin);
    let across = n * libm::cos(phi);
    [across * libm::cos(lambda), across * libm::sin(lambda), n * (1.0 - E2) * sin]
}

/// The inverse for points on the ellipsoid. The median lies below it by no more than the sagitta of the fixes' spread (2 m for
/// 10 km), which moves the latitude by millimetres.
fn to_geodetic([x, y, z]: [f64; 3]) -> Option<Wgs84> {
    let latitude = libm::atan2(z, libm::hypot(x, y) * (1.0 - E2)) / RAD;
    let longitude = libm::atan2(y, x) / RAD;
    Wgs84::from_degrees(latitude.clamp(-90.0, 90.0), longitude.clamp(-180.0, 180.0)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::fix::{Mock, Platform, Precise, Provider};
    use super::super::plane::distance_m;
    use super::super::units::AccuracyDm;
    use super::*;

    fn fix(latitude: f64, longitude: f64, accuracy_dm: u32) -> Fix {
        Fix {
            position: Wgs84::from_degrees(latitude, longitude).unwrap(),
            accuracy: AccuracyDm::new(accuracy_dm).unwrap(),
            altitude: None,
            age_ms: 0,
            platform: Platform::Ios,
            provider: Provider::Gps,
            mock: Mock::Absent,
            precise: Precise::Absent,
            speed: None,
        }
    }

    #[track_caller]
    fn assert_near(got: Wgs84, latitude: f64, longitude: f64, metres: f64) {
        let d = distance_m(Wgs84::from_degrees(latitude, longitude).unwrap(), got);
        assert!(d <= metres, "{got:?} is {d} m from {latitude} {longitude}");
    }

    #[test]
    fn one_fix_is_itself_and_none_is_none() {
        assert_eq!(fuse(&[]), None);
        assert_eq!(fuse(&[fix(22.3, 114.2, 0)]), None);
        let one = fuse(&[fix(22.3, 114.2, 100), fix(50.0, 0.0, 0)]).unwrap();
        assert_eq!((one.position, one.sigma_mm), (Wgs84::from_degrees(22.3, 114.2).unwrap(), 7_071));
    }

    #[test]
    fn equal_fixes_never_claim_more_than_one() {
        for (lat, lon) in [(22.3, 114.2), (-16.8, 180.0), (90.0, 0.0), (-89.999, -120.0), (0.0, 0.0)] {
            for k in 2..=15 {
                let fused = fuse(&vec![fix(lat, lon, 100); k]).unwrap();
                assert_eq!(fused.sigma_mm, 7_071, "{k} fixes");
                assert_near(fused.position, lat, lon, 0.012);
            }
        }
    }

    /// Fagnano: the geometric median of four points in convex position is where the diagonals cross.
    #[test]
    fn four_corners_meet_where_the_diagonals_cross() {
        let fused =
            fuse(&[fix(0.0, 10.0, 100), fix(0.001, 10.002, 100), fix(0.002, 10.0, 100), fix(0.001, 9.9995, 100)])
                .unwrap();
        assert_near(fused.position, 0.001, 10.0, 0.05);
    }

    /// Of three on a line the middle one is the median, however far the last one is: an outlier does not pull.
    #[test]
    fn an_outlier_does_not_pull() {
        for far in [10.01, 11.0, 60.0] {
            let fused = fuse(&[fix(0.0, 10.0, 100), fix(0.0, 10.000_05, 100), fix(0.0, far, 100)]).unwrap();
            assert_near(fused.position, 0.0, 10.000_05, 0.3);
        }
    }

    #[test]
    fn across_the_date_line_and_over_the_pole_the_middle_is_the_middle() {
        let date_line = fuse(&[fix(-16.8, 179.999, 100), fix(-16.8, -179.999, 100)]).unwrap();
        assert_near(date_line.position, -16.8, 180.0, 0.05);
        let pole =
            fuse(&[fix(89.999, 0.0, 100), fix(89.999, 180.0, 100), fix(89.999, 90.0, 100), fix(89.999, -90.0, 100)])
                .unwrap();
        assert_near(pole.position, 90.0, 0.0, 0.05);
    }

    /// Two fixes 222.6 m apart that claim σ = 3.5355 m: each is 31.5 σ from the middle, so σ grows by 31.5/1.1774 to 94.5 m.
    #[test]
    fn fixes_that_contradict_each_other_widen_the_doubt() {
        let fused = fuse(&[fix(0.0, 10.0, 50), fix(0.0, 10.002, 50)]).unwrap();
        assert!((94_400..=94_700).contains(&fused.sigma_mm), "{}", fused.sigma_mm);
    }

    /// Harmonic mean of 7.0711 m (10 m) and 70.711 m (100 m): 2/(1/7.0711 + 1/70.711) = 12.856 m.
    #[test]
    fn a_good_fix_outweighs_a_poor_one_without_being_improved() {
        let fused = fuse(&[fix(0.0, 10.0, 100), fix(0.0, 10.000_05, 1_000)]).unwrap();
        assert_eq!(fused.sigma_mm, 12_856);
        assert_near(fused.position, 0.0, 10.0, 0.5);
    }

    #[test]
    fn antipodes_do_no_harm() {
        let fused = fuse(&[fix(0.0, 0.0, 100), fix(0.0, 180.0, 100)]).unwrap();
        assert!(fused.sigma_mm > 5_000_000_000);
    }
}
