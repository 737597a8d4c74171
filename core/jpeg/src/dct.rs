//! The discrete cosine transform of a block and its inverse, in single precision, by the factorisation of Arai, Agui and Nakajima
//! ("A fast DCT-SQ scheme for images", Trans. IEICE E71, 1988): the eight points need five products, and the scale of each output is
//! left to one product a coefficient.
//!
//! Rows are arrays of eight numbers on which every step works at once, so that a compiler makes vector instructions of them.

/// Eight samples or coefficients.
type Row = [f32; 8];
/// Rows of a block, top to bottom, in samples or in frequencies.
pub(crate) type Block = [Row; 8];

/// 1, √2 cos(π/16), √2 cos(2π/16) … √2 cos(7π/16): the scale of each frequency.
const SCALE: Row = [1.0, 1.387_039_8, 1.306_563, 1.175_875_6, 1.0, 0.785_694_96, 0.541_196_1, 0.275_899_38];

/// cos(4π/16), cos(6π/16), cos(2π/16) − cos(6π/16), cos(2π/16) + cos(6π/16).
const C4: f32 = std::f32::consts::FRAC_1_SQRT_2;
const C6: f32 = 0.382_683_43;
const C2_LESS_C6: f32 = 0.541_196_1;
const C2_MORE_C6: f32 = 1.306_563;

#[inline(always)]
fn add(a: Row, b: Row) -> Row {
    std::array::from_fn(|i| a[i] + b[i])
}

#[inline(always)]
fn sub(a: Row, b: Row) -> Row {
    std::array::from_fn(|i| a[i] - b[i])
}

#[inline(always)]
fn times(a: Row, factor: f32) -> Row {
    a.map(|x| x * factor)
}

#[inline(always)]
fn transposed(block: &Block) -> Block {
    std::array::from_fn(|i| std::array::from_fn(|j| block[j][i]))
}

/// Coefficients of samples, down each column, without their scale.
#[inline(always)]
fn forward_columns(s: &Block) -> Block {
    let (sum0, dif7) = (add(s[0], s[7]), sub(s[0], s[7]));
    let (sum1, dif6) = (add(s[1], s[6]), sub(s[1], s[6]));
    let (sum2, dif5) = (add(s[2], s[5]), sub(s[2], s[5]));
    let (sum3, dif4) = (add(s[3], s[4]), sub(s[3], s[4]));
    // The even half is a transform of four points.
    let (a, b) = (add(sum0, sum3), sub(sum0, sum3));
    let (c, d) = (add(sum1, sum2), sub(sum1, sum2));
    let even = times(add(d, b), C4);
    // The odd half.
    let (p, q, r) = (add(dif4, dif5), add(dif5, dif6), add(dif6, dif7));
    let shared = times(sub(p, r), C6);
    let (low, high) = (add(times(p, C2_LESS_C6), shared), add(times(r, C2_MORE_C6), shared));
    let middle = times(q, C4);
    let (near, far) = (add(dif7, middle), sub(dif7, middle));
    [add(a, c), add(near, high), add(b, even), sub(far, low), sub(a, c), add(far, low), sub(b, even), sub(near, high)]
}

/// Samples of coefficients, down each column, without their scale.
#[inline(always)]
fn inverse_columns(f: &Block) -> Block {
    let (a, b) = (add(f[0], f[4]), sub(f[0], f[4]));
    let c = add(f[2], f[6]);
    let d = sub(times(sub(f[2], f[6]), 2.0 * C4), c);
    let (e0, e3, e1, e2) = (add(a, c), sub(a, c), add(b, d), sub(b, d));
    let (u, v) = (add(f[5], f[3]), sub(f[5], f[3]));
    let (w, x) = (add(f[1], f[7]), sub(f[1], f[7]));
    let o7 = add(w, u);
    let cross = times(sub(w, u), 2.0 * C4);
    // 2 cos(2π/16), 2 (cos(2π/16) − cos(6π/16)), 2 (cos(2π/16) + cos(6π/16)).
    let shared = times(add(v, x), C2_LESS_C6 + C2_MORE_C6);
    let low = sub(shared, times(x, 2.0 * C2_LESS_C6));
    let high = sub(shared, times(v, 2.0 * C2_MORE_C6));
    let o6 = sub(high, o7);
    let o5 = sub(cross, o6);
    let o4 = sub(low, o5);
    [add(e0, o7), add(e1, o6), add(e2, o5), add(e3, o4), sub(e3, o4), sub(e2, o5), sub(e1, o6), sub(e0, o7)]
}

/// Coefficients of samples (T.81 §A.3.3, FDCT).
pub(crate) fn forward(samples: &Block) -> Block {
    let mut block = transposed(&forward_columns(&transposed(&forward_columns(samples))));
    for (row, down) in block.iter_mut().zip(SCALE) {
        for (value, across) in row.iter_mut().zip(SCALE) {
            *value *= 0.125 / (down * across);
        }
    }
    block
}

/// Samples of coefficients (T.81 §A.3.3, IDCT).
pub(crate) fn inverse(coefficients: &Block) -> Block {
    let mut block = *coefficients;
    for (row, down) in block.iter_mut().zip(SCALE) {
        for (value, across) in row.iter_mut().zip(SCALE) {
            *value *= 0.125 * down * across;
        }
    }
    transposed(&inverse_columns(&transposed(&inverse_columns(&block))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::{FRAC_1_SQRT_2, PI};

    /// T.81 §A.3.3, as it stands there: the sum over both directions, in double precision.
    fn by_definition(samples: &Block) -> [[f64; 8]; 8] {
        let c = |k: usize| if k == 0 { FRAC_1_SQRT_2 } else { 1.0 };
        let wave = |x: usize, u: usize| ((2 * x + 1) as f64 * u as f64 * PI / 16.0).cos();
        std::array::from_fn(|v| {
            std::array::from_fn(|u| {
                let mut sum = 0.0;
                for (y, row) in samples.iter().enumerate() {
                    for (x, sample) in row.iter().enumerate() {
                        sum += f64::from(*sample) * wave(x, u) * wave(y, v);
                    }
                }
                c(u) * c(v) * sum / 4.0
            })
        })
    }

    fn samples(seed: u32) -> Block {
        let mut state = seed;
        std::array::from_fn(|_| {
            std::array::from_fn(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 24) as f32 - 128.0
            })
        })
    }

    #[test]
    fn the_transform_is_that_of_the_standard() {
        for seed in 0..50 {
            let samples = samples(seed);
            let (ours, theirs) = (forward(&samples), by_definition(&samples));
            for (a, b) in ours.iter().flatten().zip(theirs.iter().flatten()) {
                assert!((f64::from(*a) - b).abs() < 1e-3, "{a} {b}");
            }
            for (a, b) in inverse(&ours).iter().flatten().zip(samples.iter().flatten()) {
                assert!((a - b).abs() < 1e-3, "{a} {b}");
            }
        }
    }
}
