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
        let mut line = Vec::with_capacity(across + h);
        for row in 0..down {
            // The row's blocks are where its MCUs are, `h` of them in each.
            let from = (row / v * header.mcus_across * v + row % v) * h;
            line.clear();
            for mcu in self.0.get(from..).unwrap_or_default().chunks(h * v).take(across.div_ceil(h)) {
                line.extend(mcu.iter().take(h).map(|dc| i64::from(*dc)));
            }
            rows.push(shared(line.get(..across)?, ACROSS));
        }
        let column = |at: usize| shared(&rows.iter().map(|row| row[at]).collect::<Vec<_>>(), DOWN);
        let columns: Vec<Vec<i64>> = (0..ACROSS).map(column).collect();
        let pairs = (0..DOWN).flat_map(|row| columns.windows(2).map(move |pair| (pair[0][row], pair[1][row])));
        Some(pairs.fold(0, |bits, (left, right)| bits << 1 | u64::from(left < right)))
    }
}

/// The sums over `parts` equal parts of a line, in steps of which a value has `parts` and a part as many as there are values.
fn shared(values: &[i64], parts: usize) -> Vec<i64> {
    let count = values.len();
    let value = |at: usize| values.get(at).copied().unwrap_or_default();
    let part = |number: usize| {
        let (from, to) = (number * count, (number + 1) * count);
        // What a part has of its first value is not before its begin, and of the value behind its last whole one what is before its end.
        let (first, last) = (from / parts, to / parts);
        let whole: i64 = values.get(first..last).unwrap_or_default().iter().sum();
        whole * parts as i64 - value(first) * (from % parts) as i64 + value(last) * (to % parts) as i64
    };
    (0..parts).map(part).collect()
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn a_line_is_shared_out_evenly() {
        // 4 values in 3 parts are 12 steps: 3 to a value, 4 to a part.
        assert_eq!(shared(&[1, 10, 100, 1000], 3), [3 + 10, 2 * 10 + 2 * 100, 100 + 3 * 1000]);
        assert_eq!(shared(&[7], 3), [7, 7, 7]);
    }
}
