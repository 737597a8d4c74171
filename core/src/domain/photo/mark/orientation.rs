//! EXIF's orientation: how stored pixels are shown, and back.

use std::ops::Range;

/// EXIF's orientation, 1 to 8 (Exif 2.32 §4.6.4, tag 0x0112): which edges of the shown picture the stored first row and column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orientation(u16);

/// A part of a picture, in pixels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Columns.
    pub x: Range<usize>,
    /// Lines.
    pub y: Range<usize>,
}

impl Area {
    /// Columns and lines.
    pub fn size(&self) -> (usize, usize) {
        (self.x.len(), self.y.len())
    }
}

impl Orientation {
    /// Any other value than 1 to 8 is shown as stored, as viewers do.
    pub fn new(value: u16) -> Self {
        Self(if (1..=8).contains(&value) { value } else { 1 })
    }

    /// EXIF's number.
    pub fn get(self) -> u16 {
        self.0
    }

    /// Stored rows are shown as columns.
    pub fn is_turned(self) -> bool {
        self.0 >= 5
    }

    /// A width and a height the other way round where the picture is turned; stored to shown and shown to stored are the same.
    pub fn size(self, (width, height): (usize, usize)) -> (usize, usize) {
        if self.is_turned() { (height, width) } else { (width, height) }
    }

    /// Whether stored columns, and stored rows, count against the shown direction that they run along.
    fn flips(self) -> (bool, bool) {
        (matches!(self.0, 2 | 3 | 7 | 8), matches!(self.0, 3 | 4 | 6 | 7))
    }

    /// The stored pixel that is shown at a place of a picture (or part of one) with this stored size.
    pub fn stored(self, (u, v): (usize, usize), (width, height): (usize, usize)) -> (usize, usize) {
        let (x, y) = if self.is_turned() { (v, u) } else { (u, v) };
        let (back, up) = self.flips();
        (if back { width - 1 - x } else { x }, if up { height - 1 - y } else { y })
    }

    /// The stored area that is shown as `shown`.
    pub fn stored_area(self, shown: &Area, (width, height): (usize, usize)) -> Area {
        let Area { x, y } = shown.clone();
        let (x, y) = if self.is_turned() { (y, x) } else { (x, y) };
        let (back, up) = self.flips();
        Area { x: against(x, width, back), y: against(y, height, up) }
    }

    /// Where a stored area is shown.
    pub fn shown_area(self, stored: &Area, (width, height): (usize, usize)) -> Area {
        let (back, up) = self.flips();
        let (x, y) = (against(stored.x.clone(), width, back), against(stored.y.clone(), height, up));
        if self.is_turned() { Area { x: y, y: x } } else { Area { x, y } }
    }
}

fn against(range: Range<usize>, length: usize, flip: bool) -> Range<usize> {
    if flip { length - range.end..length - range.start } else { range }
}
