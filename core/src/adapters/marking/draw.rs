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
        along(&mut shade, width, |line| widest(line, self.reach));
        across(&mut shade, width, |line| widest(line, self.reach));
        for _ in 0..2 {
            along(&mut shade, width, |line| mean(line, self.reach / 2));
            across(&mut shade, width, |line| mean(line, self.reach / 2));
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

fn along(mask: &mut [u8], width: usize, mut change: impl FnMut(&mut [u8])) {
    mask.chunks_exact_mut(width.max(1)).for_each(&mut change);
}

fn across(mask: &mut [u8], width: usize, mut change: impl FnMut(&mut [u8])) {
    let mut column = Vec::new();
    for x in 0..width {
        column.clear();
        column.extend(mask.iter().skip(x).step_by(width));
        change(&mut column);
        mask.iter_mut().skip(x).step_by(width).zip(&column).for_each(|(to, from)| *to = *from);
    }
}

/// Each value becomes the largest one up to `reach` away.
fn widest(line: &mut [u8], reach: usize) {
    let before = line.to_vec();
    for (at, value) in line.iter_mut().enumerate() {
        let near = before.get(at.saturating_sub(reach)..(at + reach + 1).min(before.len()));
        *value = near.unwrap_or_default().iter().copied().max().unwrap_or(0);
    }
}

/// Each value becomes the mean of those up to `reach` away; beyond the ends there is nothing.
fn mean(line: &mut [u8], reach: usize) {
    let before = line.to_vec();
    let mut sum: usize = before.iter().take(reach).map(|value| usize::from(*value)).sum();
    for (at, value) in line.iter_mut().enumerate() {
        sum += before.get(at + reach).map_or(0, |value| usize::from(*value));
        *value = (sum / (2 * reach + 1)) as u8;
        sum -= at.checked_sub(reach).and_then(|at| before.get(at)).map_or(0, |value| usize::from(*value));
    }
}
