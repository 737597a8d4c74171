//! Letters as opacities, in pixels as stored: each is drawn where the picture's orientation puts it, so that no mask is turned afterwards.

use super::face::Face;
use super::mask::Mask;
use crate::domain::photo::mark::{Area, Orientation, Plan};

/// The ink of a mark.
pub(super) struct Ink {
    /// Where it lies.
    pub(super) area: Area,
    /// Its opacity, row by row as stored.
    pub(super) opacity: Vec<u8>,
    /// How far a shade reaches, pixels.
    reach: usize,
}

impl Ink {
    fn empty(area: Area, reach: usize) -> Self {
        let opacity = vec![0; area.x.len() * area.y.len()];
        Self { area, opacity, reach }
    }

    /// A dark shade around the letters, for a mark without a plate: they stand out from a bright sky as well. It is full next to them and fades.
    pub(super) fn shade(&self) -> Vec<u8> {
        let width = self.area.x.len();
        let mut shade = self.opacity.clone();
        widest_along(&mut shade, width, self.reach);
        widest_across(&mut shade, width, self.reach);
        for _ in 0..2 {
            mean_along(&mut shade, width, self.reach / 2);
            mean_across(&mut shade, width, self.reach / 2);
        }
        // 85 %: white letters on it have a contrast of 12 : 1 on any picture.
        shade.iter_mut().for_each(|value| *value = (u16::from(*value) * 85 / 100) as u8);
        shade
    }
}

/// The ink of a plan.
pub(super) fn text(plan: &Plan, face: &Face<'_>) -> Ink {
    // A stroke of a Han character is about an eleventh of its height.
    let mut ink = Ink::empty(plan.area.clone(), (plan.em / 11.0).ceil() as usize);
    let stored = plan.area.size();
    let seen = plan.orientation.size(stored);
    for row in &plan.rows {
        face.draw(&row.text, (row.x, row.y), plan.em, |x, y, coverage| {
            let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else { return };
            if x < seen.0 && y < seen.1 {
                let (x, y) = plan.orientation.stored((x, y), stored);
                let value = (coverage.clamp(0.0, 1.0) * 255.0).round() as u8;
                if let Some(dot) = ink.opacity.get_mut(y * stored.0 + x) {
                    *dot = value.max(*dot);
                }
            }
        });
    }
    ink
}

/// The ink of a mask that begins at a place of the box as it is shown.
pub(super) fn mask(area: Area, (left, top): (usize, usize), orientation: Orientation, mask: &Mask<'_>) -> Ink {
    let mut ink = Ink::empty(area, (mask.size().1 / 60).clamp(2, 12));
    let stored = ink.area.size();
    for (y, row) in (top..).zip(mask.rows()) {
        for (x, value) in (left..).zip(row) {
            let (x, y) = orientation.stored((x, y), stored);
            if let Some(dot) = ink.opacity.get_mut(y * stored.0 + x) {
                *dot = *value;
            }
        }
    }
    ink
}

/// Each value becomes the largest one of its line, up to `reach` away: windows grow by what is known of them already.
fn widest_along(mask: &mut [u8], width: usize, reach: usize) {
    let mut wide = Vec::new();
    for line in mask.chunks_exact_mut(width.max(1)) {
        wide.clear();
        wide.resize(reach, 0);
        wide.extend_from_slice(line);
        wide.resize(line.len() + 2 * reach, 0);
        for step in steps(reach) {
            for at in step..wide.len() {
                wide[at - step] = wide[at - step].max(wide[at]);
            }
        }
        line.iter_mut().zip(&wide).for_each(|(to, from)| *to = *from);
    }
}

/// The same of its column; whole lines are compared at once.
fn widest_across(mask: &mut Vec<u8>, width: usize, reach: usize) {
    let size = mask.len();
    mask.splice(0..0, std::iter::repeat_n(0, reach * width));
    mask.resize(size + 2 * reach * width, 0);
    for step in steps(reach) {
        for at in step * width..mask.len() {
            mask[at - step * width] = mask[at - step * width].max(mask[at]);
        }
    }
    mask.truncate(size);
}

/// How far a window of one is moved, and joined with itself, to become one of `2 reach + 1`.
fn steps(reach: usize) -> impl Iterator<Item = usize> {
    let mut known = 1;
    std::iter::from_fn(move || {
        let step = known.min(2 * reach + 1 - known);
        known += step;
        (step > 0).then_some(step)
    })
}

/// Each value becomes the mean of those of its line up to `reach` away; beyond the ends there is nothing.
fn mean_along(mask: &mut [u8], width: usize, reach: usize) {
    let mut before = Vec::new();
    for line in mask.chunks_exact_mut(width.max(1)) {
        before.clear();
        before.extend_from_slice(line);
        let mut sum: usize = before.iter().take(reach).map(|value| usize::from(*value)).sum();
        for (at, value) in line.iter_mut().enumerate() {
            sum += before.get(at + reach).map_or(0, |value| usize::from(*value));
            *value = (sum / (2 * reach + 1)) as u8;
            sum -= at.checked_sub(reach).and_then(|at| before.get(at)).map_or(0, |value| usize::from(*value));
        }
    }
}

/// The same of its column, with a sum for each.
fn mean_across(mask: &mut [u8], width: usize, reach: usize) {
    let before = mask.to_vec();
    let lines: Vec<&[u8]> = before.chunks_exact(width.max(1)).collect();
    let mut sums = vec![0u32; width];
    let add = |sums: &mut [u32], line: &[u8]| sums.iter_mut().zip(line).for_each(|(s, v)| *s += u32::from(*v));
    lines.iter().take(reach).for_each(|line| add(&mut sums, line));
    for (at, line) in mask.chunks_exact_mut(width.max(1)).enumerate() {
        if let Some(next) = lines.get(at + reach) {
            add(&mut sums, next);
        }
        line.iter_mut().zip(&sums).for_each(|(to, sum)| *to = (sum / (2 * reach as u32 + 1)) as u8);
        if let Some(last) = at.checked_sub(reach).and_then(|at| lines.get(at)) {
            sums.iter_mut().zip(*last).for_each(|(sum, value)| *sum -= u32::from(*value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by definition.
    fn slow(mask: &[u8], width: usize, reach: usize, of: impl Fn(&[u8]) -> u8) -> Vec<u8> {
        let height = mask.len() / width;
        let at = |x: usize, y: usize| {
            let rows = y.saturating_sub(reach)..(y + reach + 1).min(height);
            let near: Vec<u8> = rows.map(|y| mask[y * width + x]).collect();
            of(&near)
        };
        (0..mask.len()).map(|place| at(place % width, place / width)).collect()
    }

    fn turned(mask: &[u8], width: usize) -> Vec<u8> {
        (0..width).flat_map(|x| mask.iter().skip(x).step_by(width).copied()).collect()
    }

    #[test]
    fn a_shade_is_the_widest_and_the_mean_of_what_is_near() {
        let (width, height) = (23, 17);
        let mask: Vec<u8> = (0..width * height).map(|at| (at * 97 % 251) as u8).collect();
        for reach in [0, 1, 2, 3, 5, 8, 20] {
            let mean = |near: &[u8]| (near.iter().map(|v| usize::from(*v)).sum::<usize>() / (2 * reach + 1)) as u8;
            let most = |near: &[u8]| near.iter().copied().max().unwrap_or(0);
            let mut found = mask.clone();
            widest_across(&mut found, width, reach);
            assert_eq!(found, slow(&mask, width, reach, most), "{reach}");
            let mut found = mask.clone();
            mean_across(&mut found, width, reach);
            assert_eq!(found, slow(&mask, width, reach, mean), "{reach}");
            // Along lines is across the columns of the turned mask.
            let other = turned(&mask, width);
            let mut found = other.clone();
            widest_along(&mut found, height, reach);
            assert_eq!(turned(&found, height), slow(&mask, width, reach, most), "{reach}");
            let mut found = other.clone();
            mean_along(&mut found, height, reach);
            assert_eq!(turned(&found, height), slow(&mask, width, reach, mean), "{reach}");
        }
    }
}
