//! The picture at an eighth of its size: the DC coefficients of the luma blocks, which every walk reads anyway, and a digest by which a
//! picture that was used before is found.

use crate::header::Header;

/// Columns and rows of the digest's means: each row gives eight comparisons.
const ACROSS: usize = 9;
const DOWN: usize = 8;

/// DC coefficients in the order of the scan: MCU by MCU, and in each row by row.
#[derive(Debug, Default)]
pub(crate) struct Luma(Vec<i16>);

impl Luma {
    pub(crate) fn of(header: &Header) -> Self {
        Self(Vec::with_capacity(header.mcus() * header.components.first().map_or(0, |c| c.h * c.v)))
    }

    /// The next one; it fits 16 bits, as the walk makes sure.
    #[inline(always)]
    pub(crate) fn push(&mut self, dc: i32) {
        self.0.push(dc as i16);
    }

    /// The gradient digest ("dHash", 64 bits): the picture as stored is cut into 9 × 8 equal parts, and a bit is set where a part is
    /// darker than the one to the right of it, row by row, the first one highest. A block that lies in several parts counts in each by
    /// what lies there. Blocks that begin beyond the picture's edge do not count.
    ///
    /// None if not every block was read.
    pub(crate) fn digest(&self, header: &Header) -> Option<u64> {
        let first = header.components.first()?;
        let (h, v) = (first.h, first.v);
        let size = |pixels: usize, all: usize, own: usize| (pixels * own).div_ceil(8 * all);
        let across = size(header.width, header.h_max(), h);
        let down = size(header.height, header.v_max(), v);
        if self.0.len() != header.mcus() * h * v {
            return None;
        }
        let mut rows = Vec::with_capacity(down);
        for row in 0..down {
            // The row's blocks are where its MCUs are, `h` of them in each.
            let from = (row / v * header.mcus_across * v + row % v) * h;
            let mcus = self.0.get(from..).unwrap_or_default().chunks(h * v);
            let blocks = mcus.flat_map(|mcu| mcu.iter().take(h)).take(across);
            rows.push(shared(blocks.map(|dc| i64::from(*dc)), across, ACROSS));
        }
        let column = |at: usize| shared(rows.iter().map(|row| row[at]), down, DOWN);
        let columns: Vec<Vec<i64>> = (0..ACROSS).map(column).collect();
        let pairs = (0..DOWN).flat_map(|row| columns.windows(2).map(move |pair| (pair[0][row], pair[1][row])));
        Some(pairs.fold(0, |bits, (left, right)| bits << 1 | u64::from(left < right)))
    }
}

/// The sums over `parts` equal parts of a line of `count` values, in steps of which a value has `parts` and a part `count`.
fn shared(values: impl Iterator<Item = i64>, count: usize, parts: usize) -> Vec<i64> {
    let mut sums = vec![0; parts];
    let mut part = 0;
    for (at, value) in values.enumerate() {
        let (mut from, to) = (at * parts, (at + 1) * parts);
        while from < to {
            let until = to.min((part + 1) * count);
            sums[part] += value * (until - from) as i64;
            from = until;
            if until == (part + 1) * count {
                part += 1;
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn a_line_is_shared_out_evenly() {
        // 4 values in 3 parts are 12 steps: 3 to a value, 4 to a part.
        assert_eq!(shared([1, 10, 100, 1000].into_iter(), 4, 3), [3 + 10, 2 * 10 + 2 * 100, 100 + 3 * 1000]);
        assert_eq!(shared([7].into_iter(), 1, 3), [7, 7, 7]);
    }
}
