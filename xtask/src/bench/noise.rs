//! How unsteady this machine is: the same fixed amount of arithmetic, timed again and again.

use std::hint::black_box;
use std::time::Instant;

/// Rounds per measurement; odd, so that the median is one of them.
const ROUNDS: usize = 21;
/// Multiplications per round: some ten milliseconds on a machine of 2026.
const STEPS: u64 = 10_000_000;

/// Milliseconds per round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Noise {
    min: f64,
    median: f64,
    max: f64,
}

impl Noise {
    /// Takes about a quarter of a second.
    pub(crate) fn measure() -> Self {
        let mut times: Vec<f64> = (0..ROUNDS).map(|_| round()).collect();
        times.sort_by(f64::total_cmp);
        Self { min: times[0], median: times[ROUNDS / 2], max: times[ROUNDS - 1] }
    }
}

/// A chain of dependent multiplications, which no compiler or processor can shorten.
fn round() -> f64 {
    let start = Instant::now();
    let mut value = black_box(1_u64);
    for _ in 0..STEPS {
        value = value.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    }
    black_box(value);
    start.elapsed().as_secs_f64() * 1e3
}

/// Both measurements in a line.
pub(crate) fn sentence(before: Noise, after: Noise) -> String {
    let shown = |noise: Noise| {
        let Noise { min, median, max } = noise;
        format!("{min:.1} / {median:.1} / {max:.1} ms (max ÷ min {:.2})", max / min)
    };
    format!("noise, the same arithmetic min / median / max: before {}, after {}", shown(before), shown(after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sentence_gives_both_spreads() {
        let noise = |max| Noise { min: 10.0, median: 11.0, max };
        let text = sentence(noise(15.0), noise(40.0));
        assert!(text.contains("10.0 / 11.0 / 15.0 ms (max ÷ min 1.50)"), "{text}");
        assert!(text.contains("(max ÷ min 4.00)"), "{text}");
    }
}
