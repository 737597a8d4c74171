//! Metres of doubt (σ per axis of a round normal distribution) from what a platform calls accuracy.

use super::fix::{Fix, Platform};

/// Older than this and a verdict is `uncertain` (`stale_fix`), milliseconds.
pub const STALE_FIX_AGE_MS: i64 = 60_000;
/// Older than this and the fix is not evaluated (`fix_too_old`), milliseconds.
pub const MAX_FIX_AGE_MS: i64 = 300_000;

/// Android: 68 % lie within the accuracy (`Location.getAccuracy`), so σ = accuracy / √(−2 ln 0.32).
const ANDROID: f64 = 0.662_430_562_132_781_8;
/// iOS: `horizontalAccuracy` = √(σₑ² + σₙ²) (Apple developer forums, thread 699996), so σ = accuracy / √2. Also the wider of the
/// two, hence taken for anything else.
const IOS: f64 = std::f64::consts::FRAC_1_SQRT_2;
/// No phone knows better than this, metres.
const FLOOR_M: f64 = 3.0;
/// Walking speed, m/s: what a person may do between the fix and the tap when the platform reports less.
const WALK_M_S: f64 = 1.5;

/// σ of one fix in millimetres, at least 3,000; `None` without an accuracy.
///
/// σ² = max(3 m, factor · accuracy)² + (v · age)² with v = max(reported speed, 1.5 m/s) and the age on the clock that counts
/// sleep, between 0 and five minutes (beyond which nothing is evaluated).
#[must_use]
pub fn sigma_mm(fix: &Fix) -> Option<u64> {
    let factor = match fix.platform {
        Platform::Android => ANDROID,
        Platform::Ios | Platform::Other => IOS,
    };
    let claimed = (factor * fix.accuracy?.metres()).max(FLOOR_M);
    let speed = fix.speed.map_or(0.0, |v| v.metres_per_second()).max(WALK_M_S);
    let moved = speed * fix.age_ms.clamp(0, MAX_FIX_AGE_MS) as f64 / 1000.0;
    Some(libm::round(libm::hypot(claimed, moved) * 1000.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::super::fix::{Mock, Precise, Provider};
    use super::super::units::{AccuracyDm, SpeedCmS, Wgs84};
    use super::*;

    fn fix(platform: Platform, accuracy_dm: u32, age_ms: i64, speed: Option<u32>) -> Fix {
        Fix {
            position: Wgs84::from_degrees(22.3, 114.2).unwrap(),
            accuracy: AccuracyDm::new(accuracy_dm).unwrap(),
            altitude: None,
            age_ms,
            platform,
            provider: Provider::Fused,
            mock: Mock::Absent,
            precise: Precise::Absent,
            speed: speed.map(|v| SpeedCmS::new(v).unwrap()),
        }
    }

    /// By hand: 100 m · 0.66243 = 66.243 m; 100 m · 0.70711 = 70.711 m.
    #[test]
    fn each_platform_has_its_own_factor() {
        assert_eq!(sigma_mm(&fix(Platform::Android, 1_000, 0, None)), Some(66_243));
        assert_eq!(sigma_mm(&fix(Platform::Ios, 1_000, 0, None)), Some(70_711));
        assert_eq!(sigma_mm(&fix(Platform::Other, 1_000, 0, None)), Some(70_711));
    }

    /// The 95 % radius is 2.448 σ = 1.62 × the Android accuracy.
    #[test]
    fn the_95_percent_radius_is_1_62_times_an_android_accuracy() {
        let r95 = 2.448 * sigma_mm(&fix(Platform::Android, 1_000, 0, None)).unwrap() as f64 / 100_000.0;
        assert!((r95 - 1.62).abs() < 0.005, "{r95}");
    }

    #[test]
    fn nobody_is_better_than_three_metres() {
        assert_eq!(sigma_mm(&fix(Platform::Android, 1, 0, None)), Some(3_000));
        assert_eq!(sigma_mm(&fix(Platform::Ios, 42, 0, None)), Some(3_000));
        assert_eq!(sigma_mm(&fix(Platform::Ios, 43, 0, None)), Some(3_041), "4.3 m / √2 = 3.0406 m");
    }

    /// By hand: 6.6243 m and 1.5 m/s · 20 s = 30 m give √(43.881 + 900) = 30.7227 m; at 4 m/s · 20 s = 80 m: √(43.881 + 6400) = 80.2738 m.
    #[test]
    fn age_widens_the_doubt_by_at_least_walking_speed() {
        assert_eq!(sigma_mm(&fix(Platform::Android, 100, 20_000, None)), Some(30_723));
        assert_eq!(sigma_mm(&fix(Platform::Android, 100, 20_000, Some(30))), Some(30_723));
        assert_eq!(sigma_mm(&fix(Platform::Android, 100, 20_000, Some(400))), Some(80_274));
    }

    #[test]
    fn without_accuracy_there_is_none_and_extremes_do_no_harm() {
        assert_eq!(sigma_mm(&fix(Platform::Android, 0, 0, None)), None);
        assert_eq!(sigma_mm(&fix(Platform::Ios, 100, i64::MIN, None)), Some(7_071));
        assert!(sigma_mm(&fix(Platform::Ios, 100_000_000, i64::MAX, Some(1_000_000))).unwrap() < 8_000_000_000);
    }
}
