//! P(inside) of a circle, exact: 1 − Q₁(d/σ, R/σ) with Marcum's Q, for every size and distance.
//!
//! With a = d/σ, b = R/σ, δ = b − a and r² = δ² + 4ab sin²(t/2), the squared distance from the fix to the point of the circle at
//! angle t, Green's theorem around the circle gives
//!
//! ```text
//! P = [a < b] − (1/2π) ∫₀^π (1 + (b² − a²)/r²) exp(−r²/2) dt
//! ```
//!
//! whose integrand has a needle of width |δ|/√(ab) at t = 0. Splitting exp(−r²/2)/r² = 1/r² − g(r²), g(u) = (1 − exp(−u/2))/u,
//! leaves a smooth integrand and ∫ 1/r² dt, which has a closed form. Only r < 7 matters (exp(−24.5) = 2e-11), which bounds t by τ:
//!
//! ```text
//! P = ½ + (1/π) atan(δ / ((a + b) tan(τ/2))) − (1/2π) ∫₀^τ [exp(−r²/2) − (b² − a²) g(r²)] dt
//! ```
//!
//! Over that range the integrand has the width of a normal distribution whatever a and b are, so a fixed number of Gauss–Legendre
//! nodes does, and a fix exactly on the edge needs no special case.

use std::f64::consts::PI;

/// Beyond this many σ nothing is left, see above.
const CUT: f64 = 7.0;
const PANELS: u32 = 2;

/// Abscissae and weights of the 12-point Gauss–Legendre rule on [−1, 1], positive half.
const GAUSS_12: [(f64, f64); 6] = [
    (0.125_233_408_511_468_9, 0.249_147_045_813_402_8),
    (0.367_831_498_998_180_2, 0.233_492_536_538_354_8),
    (0.587_317_954_286_617_4, 0.203_167_426_723_065_92),
    (0.769_902_674_194_304_7, 0.160_078_328_543_346_22),
    (0.904_117_256_370_474_9, 0.106_939_325_995_318_43),
    (0.981_560_634_246_719_3, 0.047_175_336_386_511_83),
];

/// Probability that a point, normally distributed around the fix with `sigma_m` per axis, lies in a circle of `radius_m` whose
/// centre is `distance_m` away; all in metres, finite, `distance_m` ≥ 0, `radius_m` and `sigma_m` > 0. Within 1e-9 of the exact
/// value; before rounding, which may leave it outside [0, 1] by that much.
#[must_use]
pub fn probability_inside_circle(distance_m: f64, radius_m: f64, sigma_m: f64) -> f64 {
    let delta = (radius_m - distance_m) / sigma_m;
    if delta >= CUT {
        return 1.0;
    }
    if delta <= -CUT {
        return 0.0;
    }
    let (a, b) = (distance_m / sigma_m, radius_m / sigma_m);
    let root = libm::sqrt(a * b);
    // sin(τ/2); the whole circle is near when it would pass 1
    let reach = CUT / 2.0 / root;
    let (tau, edge) = if reach < 1.0 {
        let half = libm::asin(reach);
        (2.0 * half, libm::atan(delta / ((a + b) * libm::tan(half))) / PI)
    } else {
        (PI, 0.0)
    };
    let lens = delta * (a + b);
    let integrand = |t: f64| {
        let s = 2.0 * root * libm::sin(t / 2.0);
        let u = delta * delta + s * s;
        let fall = libm::expm1(-u / 2.0);
        let g = if u > 0.0 { -fall / u } else { 0.5 };
        1.0 + fall - lens * g
    };
    let width = tau / f64::from(PANELS);
    let mut sum = 0.0;
    for panel in 0..PANELS {
        let middle = (f64::from(panel) + 0.5) * width;
        for (x, w) in GAUSS_12 {
            let step = x * width / 2.0;
            sum += w * (integrand(middle - step) + integrand(middle + step));
        }
    }
    0.5 + edge - sum * (width / 2.0) / (2.0 * PI)
}

/// How compatible a fix is with *some* point of a fence whose nearest point is `gap_m` ≥ 0 metres away: C = exp(−s²/2σ²), 0 to 1,
/// never below P.
pub(super) fn compatibility(gap_m: f64, sigma_m: f64) -> f64 {
    let s = gap_m / sigma_m;
    libm::exp(-s * s / 2.0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::simulation::Normal;
    use super::*;

    #[track_caller]
    fn close(got: f64, want: f64, within: f64) {
        assert!((got - want).abs() <= within, "{got} is not within {within} of {want}");
    }

    /// At the centre the distance is Rayleigh distributed: P = 1 − exp(−R²/2σ²).
    #[test]
    fn at_the_centre_it_is_rayleigh() {
        for b in [1e-6_f64, 0.001, 0.1, 0.5, 1.0, 2.0, 3.0, 6.0, 6.999, 7.0, 100.0] {
            close(probability_inside_circle(0.0, b, 1.0), 1.0 - (-b * b / 2.0).exp(), 1e-9);
        }
    }

    /// On the edge Q₁(a, a) = ½(1 + exp(−a²) I₀(a²)), so P = ½(1 − exp(−a²) I₀(a²)), with exp(−x) I₀(x) from Abramowitz and Stegun,
    /// table 9.8: x = 1: 0.4657596, x = 4: 0.2070019; for large x its asymptotic series 1/√(2πx)·(1 + 1/8x + 9/128x²).
    #[test]
    fn on_the_edge_it_is_a_bessel_function() {
        close(probability_inside_circle(1.0, 1.0, 1.0), (1.0 - 0.465_759_6) / 2.0, 1e-7);
        close(probability_inside_circle(2.0, 2.0, 1.0), (1.0 - 0.207_001_9) / 2.0, 1e-7);
        for a in [20.0_f64, 333.0, 6_666.6] {
            let x = a * a;
            let scaled = (1.0 + 1.0 / (8.0 * x) + 9.0 / (128.0 * x * x)) / (2.0 * PI * x).sqrt();
            close(probability_inside_circle(a, a, 1.0), (1.0 - scaled) / 2.0, 1e-9);
        }
    }

    /// Against a huge circle the edge is straight: P → Φ(δ); Φ(1) = 0.841345, Φ(−2) = 0.022750 (any table).
    #[test]
    fn a_huge_circle_is_a_half_plane() {
        close(probability_inside_circle(19_997.0, 20_000.0, 3.0), 0.841_345, 1e-4);
        close(probability_inside_circle(20_006.0, 20_000.0, 3.0), 0.022_750, 1e-4);
    }

    /// 100,000 draws with a fixed seed: three standard errors are at most 0.0048.
    #[test]
    fn draws_agree() {
        let mut normal = Normal::seeded(20_261_123);
        for (d, r, sigma) in [
            (0.0, 50.0, 33.0),
            (40.0, 50.0, 13.0),
            (60.0, 50.0, 13.0),
            (50.0, 50.0, 66.0),
            (250.0, 100.0, 165.0),
            (990.0, 1_000.0, 3.0),
        ] {
            let n = 100_000;
            let hits = (0..n)
                .filter(|_| {
                    let (x, y) = normal.pair();
                    (d + sigma * x).hypot(sigma * y) <= r
                })
                .count();
            close(probability_inside_circle(d, r, sigma), hits as f64 / f64::from(n), 0.0048);
        }
    }

    proptest! {
        #[test]
        fn it_is_a_probability_never_above_compatibility_and_falls_with_distance(
            d in 0.0..50_000.0_f64, r in 10.0..20_000.0_f64, log_sigma in 1.1..16.0_f64, step in 0.0..100.0_f64
        ) {
            let sigma = log_sigma.exp();
            let p = probability_inside_circle(d, r, sigma);
            prop_assert!((-1e-9..=1.0 + 1e-9).contains(&p), "{p}");
            prop_assert!(p <= compatibility((d - r).max(0.0), sigma) + 1e-9);
            prop_assert!(probability_inside_circle(d + step, r, sigma) <= p + 2e-9);
        }

        #[test]
        fn there_is_no_step_at_the_edge_or_at_the_cuts(r in 10.0..20_000.0_f64, sigma in 3.0..2_000.0_f64) {
            for delta in [0.0, CUT, -CUT] {
                let d = r - delta * sigma;
                if d > 1.0 {
                    let (near, far) = (probability_inside_circle(d - 1e-9, r, sigma), probability_inside_circle(d + 1e-9, r, sigma));
                    prop_assert!((near - far).abs() < 2e-9, "{delta}: {near} {far}");
                }
            }
        }
    }
}
