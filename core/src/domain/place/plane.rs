//! Metres from degrees: tangent planes of first and second order near an origin, an ellipsoidal formula beyond them.
//!
//! | distance from the origin | kernel | largest error |
//! |---|---|---|
//! | up to 1 km | first order | 0.05 m at 60° latitude |
//! | up to 20 km | second order | 0.12 m at 60° latitude |
//! | beyond, or origin nearer to a pole than 5° | Lambert's long line | 4e-6 of the distance |
//!
//! A circle needs a distance only, so near a pole, where the planes bend too much, the long line takes over; a fence with edges
//! needs a polar plane there. Longitudes are wrapped as integers, so a fence across ±180° is like any other.

use geo::Coord;

use super::units::Wgs84;

/// WGS-84 semi-major axis, metres.
pub(super) const A: f64 = 6_378_137.0;
/// WGS-84 first eccentricity squared.
pub(super) const E2: f64 = 0.006_694_379_990_14;
/// WGS-84 flattening, 1 − √(1 − e²).
const F: f64 = 0.003_352_810_664_747;
/// Radians per degree.
pub(super) const RAD: f64 = std::f64::consts::PI / 180.0;

const FIRST_ORDER_M: f64 = 1_000.0;
const SECOND_ORDER_M: f64 = 20_000.0;
const POLAR_LAT_E7: u32 = 850_000_000;

/// `to − from` in degrees of longitude, wrapped to (−180, 180]; exact up to the final division.
fn lon_difference(from: Wgs84, to: Wgs84) -> f64 {
    let mut e7 = i64::from(to.lon.get()) - i64::from(from.lon.get());
    if e7 > 1_800_000_000 {
        e7 -= 3_600_000_000;
    } else if e7 <= -1_800_000_000 {
        e7 += 3_600_000_000;
    }
    e7 as f64 / 1e7
}

fn lat_difference(from: Wgs84, to: Wgs84) -> f64 {
    f64::from(to.lat.get() - from.lat.get()) / 1e7
}

/// The plane that touches the ellipsoid at an origin; built once per fence.
///
/// With φ₀ the origin's latitude, a and e² of WGS-84, w = 1 − e² sin²φ₀: N = a/√w (prime vertical radius), M = a(1 − e²)/w^{3/2}
/// (meridian radius), M′ = dM/dφ = 3a(1 − e²)e² sinφ₀ cosφ₀ / w^{5/2}; the usual series of the ellipsoid's metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Plane {
    origin: Wgs84,
    sin: f64,
    cos: f64,
    n: f64,
    m: f64,
    dm: f64,
}

impl Plane {
    /// The plane at `origin`.
    #[must_use]
    pub fn at(origin: Wgs84) -> Self {
        let phi = origin.lat.degrees() * RAD;
        let (sin, cos) = (libm::sin(phi), libm::cos(phi));
        let w = 1.0 - E2 * sin * sin;
        let root = libm::sqrt(w);
        let m = A * (1.0 - E2) / (w * root);
        Self { origin, sin, cos, n: A / root, m, dm: 3.0 * m * E2 * sin * cos / w }
    }

    /// First order, metres: x = Δλ N cosφ₀ (east), y = Δφ M (north).
    #[must_use]
    pub fn first_order(&self, point: Wgs84) -> Coord<f64> {
        Coord {
            x: lon_difference(self.origin, point) * RAD * self.n * self.cos,
            y: lat_difference(self.origin, point) * RAD * self.m,
        }
    }

    /// Second order, metres: x = Δλ (N cosφ₀ − M sinφ₀ Δφ) (east), y = Δφ (M + ½M′Δφ) + ½N sinφ₀ cosφ₀ Δλ² (north).
    #[must_use]
    pub fn second_order(&self, point: Wgs84) -> Coord<f64> {
        let dlon = lon_difference(self.origin, point) * RAD;
        let dlat = lat_difference(self.origin, point) * RAD;
        Coord {
            x: dlon * (self.n * self.cos - self.m * self.sin * dlat),
            y: dlat * (self.m + 0.5 * self.dm * dlat) + 0.5 * self.n * self.sin * self.cos * dlon * dlon,
        }
    }

    /// Distance from the origin to `point`, metres, 0 to about 20,038 km, by the table at the head of this module.
    #[must_use]
    pub fn distance_m(&self, point: Wgs84) -> f64 {
        if self.origin.lat.get().unsigned_abs() > POLAR_LAT_E7 {
            return long_line(self.origin, point);
        }
        let near = self.first_order(point);
        let d = libm::hypot(near.x, near.y);
        if d <= FIRST_ORDER_M {
            return d;
        }
        let far = self.second_order(point);
        let d = libm::hypot(far.x, far.y);
        if d <= SECOND_ORDER_M { d } else { long_line(self.origin, point) }
    }
}

/// Distance between two positions, metres, measured in the plane of `origin`.
#[must_use]
pub fn distance_m(origin: Wgs84, point: Wgs84) -> f64 {
    Plane::at(origin).distance_m(point)
}

/// Lambert's formula for long lines (W. D. Lambert, 1942): the great circle between reduced latitudes with the first-order
/// correction for the flattening. Within about 20 km at the antipode.
fn long_line(from: Wgs84, to: Wgs84) -> f64 {
    let reduced = |p: Wgs84| libm::atan((1.0 - F) * libm::tan(p.lat.degrees() * RAD));
    let (b1, b2) = (reduced(from), reduced(to));
    let (p, q) = ((b1 + b2) / 2.0, (b2 - b1) / 2.0);
    let sin_half_lon = libm::sin(lon_difference(from, to) * RAD / 2.0);
    let (sin_p, cos_p, sin_q, cos_q) = (libm::sin(p), libm::cos(p), libm::sin(q), libm::cos(q));
    // h = sin²(s/2) of the central angle s
    let h = (sin_q * sin_q + libm::cos(b1) * libm::cos(b2) * sin_half_lon * sin_half_lon).min(1.0);
    let s = 2.0 * libm::asin(libm::sqrt(h));
    let sin_s = libm::sin(s);
    // Each term is 0/0 at one end of the range, where its limit does not matter: no distance, and the antipode.
    let x = if 1.0 - h > 1e-9 { (s - sin_s) * (sin_p * cos_q) * (sin_p * cos_q) / (1.0 - h) } else { 0.0 };
    let y = if h > 0.0 { (s + sin_s) * (cos_p * sin_q) * (cos_p * sin_q) / h } else { 0.0 };
    A * (s - F / 2.0 * (x + y))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: f64, longitude: f64) -> Wgs84 {
        Wgs84::from_degrees(latitude, longitude).unwrap()
    }

    #[track_caller]
    fn close(got: f64, want: f64, within: f64) {
        assert!((got - want).abs() <= within, "{got} is not within {within} of {want}");
    }

    /// By hand: on the equator 0.001° of longitude is an arc of a circle of radius a, 6378137·π/180,000 = 111.3195 m, and 0.001° of
    /// latitude one of radius a(1 − e²) = 6335439.327 m: 110.5743 m.
    #[test]
    fn thousandths_of_a_degree_on_the_equator() {
        close(distance_m(at(0.0, 10.0), at(0.0, 10.001)), 111.3195, 1e-4);
        close(distance_m(at(0.0, 10.0), at(0.001, 10.0)), 110.5743, 1e-4);
        close(distance_m(at(0.0, 10.0), at(0.0, 9.99)), 1_113.194_9, 1e-3);
    }

    /// Vincenty's line of the Australian geodetic datum manual, Flinders Peak to Buninyong: 54,972.271 m on GRS 80, whose flattening is
    /// that of WGS-84 to ten digits.
    #[test]
    fn flinders_peak_to_buninyong() {
        let flinders_peak = at(-(37.0 + 57.0 / 60.0 + 3.720_30 / 3600.0), 144.0 + 25.0 / 60.0 + 29.524_40 / 3600.0);
        let buninyong = at(-(37.0 + 39.0 / 60.0 + 10.156_10 / 3600.0), 143.0 + 55.0 / 60.0 + 35.383_90 / 3600.0);
        close(distance_m(flinders_peak, buninyong), 54_972.271, 0.5);
        close(distance_m(buninyong, flinders_peak), 54_972.271, 0.5);
    }

    /// A quarter of a meridian is 10,001,965.729 m on WGS-84; from pole to pole it is twice that.
    #[test]
    fn meridians_and_poles() {
        close(distance_m(at(0.0, 77.0), at(90.0, -123.0)), 10_001_965.729, 100.0);
        close(distance_m(at(90.0, 0.0), at(-90.0, 0.0)), 20_003_931.459, 200.0);
        // 0.01° from the pole on opposite meridians: 2 · 1116.94 m (a meridian degree at the pole is 111,693.98 m)
        close(distance_m(at(89.99, 0.0), at(89.99, 180.0)), 2_233.88, 0.05);
    }

    #[test]
    fn the_date_line_is_no_line() {
        let here = distance_m(at(-16.8, 0.0), at(-16.8, 0.002));
        for (from, to) in
            [(179.999, -179.999), (-179.999, 179.999), (180.0, -179.998), (-180.0, 179.998), (180.0, 179.998)]
        {
            close(distance_m(at(-16.8, from), at(-16.8, to)), here, 1e-6);
        }
        assert_eq!(distance_m(at(-16.8, 180.0), at(-16.8, -180.0)), 0.0);
        // In the planes themselves east stays east; 0.002° at 16.8° are 213.2 m (111.3195 m · 2 · cos 16.8°, and 0.03 % for the ellipsoid).
        for (from, to, east) in [(179.999, -179.999, 213.2), (-179.999, 179.999, -213.2), (-180.0, 179.998, -213.2)] {
            let plane = Plane::at(at(-16.8, from));
            close(plane.first_order(at(-16.8, to)).x, east, 0.1);
            close(plane.second_order(at(-16.8, to)).x, east, 0.1);
        }
    }

    #[test]
    fn no_pair_of_positions_gives_nonsense() {
        let lats = [-90.0, -89.9999999, -85.0, -33.3, -1e-7, 0.0, 1e-7, 22.3, 85.0000001, 90.0];
        let lons = [-180.0, -179.9999999, -90.0, 0.0, 1e-7, 114.2, 179.9999999, 180.0];
        for (a, b) in lats.iter().flat_map(|&a| lats.iter().map(move |&b| (a, b))) {
            for (c, d) in lons.iter().flat_map(|&c| lons.iter().map(move |&d| (c, d))) {
                // half the equator is 20,037,508 m
                let metres = distance_m(at(a, c), at(b, d));
                assert!((0.0..20_040_000.0).contains(&metres), "{a} {c} to {b} {d}: {metres}");
            }
        }
    }
}
