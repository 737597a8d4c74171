//! Simulated people and phones with a fixed seed, against the shares that the design measured with a simulation of its own.
//!
//! 20,000 draws give a standard error of at most 0.0035; shares must agree within 0.012.

use std::f64::consts::PI;

use super::*;

/// Normal numbers from a linear congruential generator (Knuth's MMIX constants) by Box and Muller.
pub(super) struct Normal(u64);

impl Normal {
    pub(super) fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// Uniform in (0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    /// Two independent standard normal numbers.
    pub(super) fn pair(&mut self) -> (f64, f64) {
        let (r, t) = ((-2.0 * self.uniform().ln()).sqrt(), 2.0 * PI * self.uniform());
        (r * t.cos(), r * t.sin())
    }
}

const DRAWS: u32 = 20_000;
const WITHIN: f64 = 0.012;
/// σ per axis of a fix that is as good as an Android phone claims, in accuracies.
const HONEST: f64 = 0.6624;

/// Metres east and north of (0°, 10°); on the equator a degree is 111,319.49 m by 110,574.28 m.
fn at(east: f64, north: f64) -> Wgs84 {
    Wgs84::from_degrees(north / 110_574.28, 10.0 + east / 111_319.49).unwrap()
}

fn fix(east: f64, north: f64, accuracy: f64) -> Fix {
    Fix {
        position: at(east, north),
        accuracy: AccuracyDm::from_metres(accuracy).unwrap(),
        altitude: None,
        age_ms: 0,
        platform: Platform::Android,
        provider: Provider::Gps,
        mock: Mock::Absent,
        precise: Precise::Absent,
        speed: None,
    }
}

/// Shares of inside and outside for a person `from_centre` metres from the middle of a circle; 10 % of the fixes are three times
/// worse than they claim.
fn shares(radius: f64, from_centre: f64, accuracy: f64, seed: u64) -> (f64, f64) {
    let fence = Fence::Circle { centre: at(0.0, 0.0), radius: RadiusMm::from_metres(radius).unwrap() };
    let places = [Candidate { site: SiteId([1; 16]), fence: &fence }];
    let candidates = Candidates { places: &places, disjoint: true };
    let mut normal = Normal::seeded(seed);
    let (mut inside, mut outside) = (0_u32, 0_u32);
    for _ in 0..DRAWS {
        let worse = if normal.uniform() < 0.1 { 3.0 } else { 1.0 };
        let (x, y) = normal.pair();
        let scale = HONEST * accuracy * worse;
        let fixes = [fix(from_centre + scale * x, scale * y, accuracy)];
        match evaluate(&fixes, &candidates, &Thresholds::default(), LocationConsent::Given).verdict {
            Verdict::Inside => inside += 1,
            Verdict::Outside => outside += 1,
            Verdict::Uncertain => {}
            Verdict::NotEvaluated => panic!("a good fix was not evaluated"),
        }
    }
    (f64::from(inside) / f64::from(DRAWS), f64::from(outside) / f64::from(DRAWS))
}

/// R = 100 m: accuracy, distance from the centre, share of inside and (by P alone, which the rule never exceeds) of
/// outside.
#[test]
fn the_shares_of_the_design() {
    let rows = [
        (8.0, 90.0, 0.566, 0.014),
        (8.0, 110.0, 0.010, 0.611),
        (20.0, 70.0, 0.653, 0.014),
        (20.0, 90.0, 0.161, 0.039),
        (20.0, 130.0, 0.006, 0.757),
        (50.0, 130.0, 0.004, 0.342),
        (50.0, 70.0, 0.081, 0.051),
    ];
    for (seed, (accuracy, from_centre, want_inside, p_alone_outside)) in (1..).zip(rows) {
        let (inside, outside) = shares(100.0, from_centre, accuracy, seed);
        assert!(
            (inside - want_inside).abs() <= WITHIN,
            "{accuracy} m, {from_centre} m: inside {inside}, not {want_inside}"
        );
        assert!(
            outside <= p_alone_outside + WITHIN,
            "{accuracy} m, {from_centre} m: outside {outside} > {p_alone_outside}"
        );
    }
}

/// With P alone all of these people would be outside.
#[test]
fn a_poor_fix_over_a_small_fence_is_not_outside() {
    let (inside, outside) = shares(50.0, 20.0, 250.0, 11);
    assert_eq!(inside, 0.0);
    assert!((outside - 0.086).abs() <= WITHIN, "{outside}");
    let (inside, outside) = shares(50.0, 20.0, 900.0, 12);
    assert_eq!(inside, 0.0);
    assert!((outside - 0.107).abs() <= WITHIN, "{outside}");
}

/// Accuracy 10 m, AR(1) errors, 10 % outliers at five times. Correlation, fixes, RMSE of the geometric median, share
/// of true positions within one fix's accuracy of it.
#[test]
fn several_fixes_are_better_than_one_and_never_claim_too_much() {
    let rows = [(0.0, 5, 5.4, 0.96), (0.9, 5, 8.9, 0.72), (0.9, 15, 7.7, 0.82), (0.98, 15, 9.0, 0.71)];
    for (seed, (correlation, k, want_rmse, want_covered)) in (21..).zip(rows) {
        let (accuracy, runs) = (10.0, 4_000);
        let mut normal = Normal::seeded(seed);
        let (mut squares, mut covered, mut claimed) = (0.0, 0, 0);
        for _ in 0..runs {
            let mut error = normal.pair();
            let fixes: Vec<Fix> = (0..k)
                .map(|_| {
                    // An outlier is an error of its own, not the current one enlarged.
                    let (scale, (x, y)) = if normal.uniform() < 0.1 { (5.0, normal.pair()) } else { (1.0, error) };
                    let fix = fix(scale * HONEST * accuracy * x, scale * HONEST * accuracy * y, accuracy);
                    let fresh = normal.pair();
                    let keep = (1.0_f64 - correlation * correlation).sqrt();
                    error = (correlation * error.0 + keep * fresh.0, correlation * error.1 + keep * fresh.1);
                    fix
                })
                .collect();
            let fused = fuse(&fixes).unwrap();
            let off = distance_m(at(0.0, 0.0), fused.position);
            squares += off * off;
            covered += u32::from(off <= accuracy);
            claimed += u32::from(off <= fused.sigma_mm as f64 / 1000.0 / HONEST);
            assert!(fused.sigma_mm >= 6_624, "a doubt shrank to {} mm", fused.sigma_mm);
        }
        let rmse = (squares / f64::from(runs)).sqrt();
        let (covered, claimed) = (f64::from(covered) / f64::from(runs), f64::from(claimed) / f64::from(runs));
        assert!((rmse - want_rmse).abs() <= 0.4, "{correlation} {k}: {rmse} m, not {want_rmse}");
        assert!((covered - want_covered).abs() <= 0.03, "{correlation} {k}: {covered}, not {want_covered}");
        assert!(claimed >= 0.68, "{correlation} {k}: claims 68 %, covers {claimed}");
    }
}
