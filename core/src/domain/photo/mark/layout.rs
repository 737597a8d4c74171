//! Where the letters go.
//!
//! First the letters' size: the policy's share of the short side, never below [`MIN_EM`]. If a line is too wide for it, slightly smaller
//! letters that spare the break are tried first; then lines are broken; then the letters shrink until the mark is no more than half as high
//! as the picture. A strip of the smallest letters may be as high as the picture, since it covers nothing; otherwise there is no room. Over a
//! whole width short lines go into two columns.
//!
//! Then the box: what the text needs with its margins, moved outward to whole MCUs of the stored picture, and the text set anew in the box
//! that came out.

use super::orientation::{Area, Orientation};
use super::style::{Edge, MarkMode, MarkStyle, Place};
use super::text::MarkText;
use super::wrap::{self, Letter};
use std::ops::Range;

/// The smallest height of a Han character, pixels: with fewer the strokes of 體 or 灣 run together.
pub const MIN_EM: f32 = 12.0;

/// From one row to the next, and from a box's edges to its text, in heights of a Han character.
const PITCH: f32 = 1.4;
const PAD_ACROSS: f32 = 0.8;
const PAD_DOWN: f32 = 0.6;
/// Between two columns.
const GAP: f32 = 2.0;
/// Between a corner's box and the picture's edges; an MCU at least, so that moving the box to whole MCUs leaves some of it.
const MARGIN: f32 = 0.8;
/// What a row reaches above and below its base line: a Han character's box is 0.88 and 0.12, and Latin descenders 0.2.
const ABOVE: f32 = 0.88;
const BELOW: f32 = 0.2;

/// What a plan asks of a font. Lengths are in heights of a Han character's box (the font's em).
pub trait Measure {
    /// How far a character moves on; none if the font has no glyph for it.
    fn width(&self, c: char) -> Option<f32>;
}

/// What a plan has to know of a picture.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// Stored columns and lines.
    pub size: (usize, usize),
    /// Columns and lines of an MCU.
    pub mcu: (usize, usize),
    /// How it is shown.
    pub orientation: Orientation,
}

/// Where a mark goes.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// The box in stored pixels, from and to MCUs' or the picture's edges. Of a strip: in the strip, whose depth it is.
    pub area: Area,
    /// How it is shown.
    pub orientation: Orientation,
    /// The height of a Han character, pixels.
    pub em: f32,
    /// What is drawn.
    pub rows: Vec<Row>,
    /// Characters that the font lacks, each once; they are drawn as their code points.
    pub missing: Vec<char>,
}

/// A row of text.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What is drawn.
    pub text: String,
    /// Where it begins, pixels from the left of the box as it is shown.
    pub x: f32,
    /// Its base line, pixels from the top of the box as it is shown.
    pub y: f32,
}

/// The picture is too small for the mark, also with the smallest letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "text: a picture of {width} × {height} pixels has no room for it in letters of {MIN_EM} pixels; take shorter lines or a larger picture"
)]
pub struct NoRoom {
    /// Columns, as shown.
    pub width: usize,
    /// Lines, as shown.
    pub height: usize,
}

/// Makes a plan.
///
/// # Errors
/// [`NoRoom`].
pub fn plan(frame: &Frame, text: &MarkText, style: &MarkStyle, face: &dyn Measure) -> Result<Plan, NoRoom> {
    let shown = frame.orientation.size(frame.size);
    let mut missing = Vec::new();
    let lines: Vec<_> = text.lines().iter().map(|line| wrap::letters(line, face, &mut missing)).collect();
    let wanted = (style.size().share() * shown.0.min(shown.1) as f32).max(MIN_EM);
    let block = fitted(&lines, wanted, frame, style).ok_or(NoRoom { width: shown.0, height: shown.1 })?;
    let (area, seen) = boxed(frame, style, &Need::of(&block, frame));
    let rows = block.set(seen, matches!(style.place(), Place::Corner { .. }));
    Ok(Plan { area, orientation: frame.orientation, em: block.em, rows, missing })
}

/// The box for a mask that somebody else drew, in pixels as shown, and where in the box as it is shown the mask begins: over a whole width at
/// its left, in a corner in its middle.
///
/// # Errors
/// [`NoRoom`] if it is wider than the picture, or higher than half of it.
pub fn boxed_mask(
    frame: &Frame,
    (across, down): (usize, usize),
    style: &MarkStyle,
) -> Result<(Area, (usize, usize)), NoRoom> {
    let (width, height) = frame.orientation.size(frame.size);
    let corner = matches!(style.place(), Place::Corner { .. });
    let em = style.size().share() * width.min(height) as f32;
    let margin = if corner { margin(em, frame) } else { 0 };
    if across + 2 * margin > width || down + margin > height / 2 {
        return Err(NoRoom { width, height });
    }
    let (area, seen) = boxed(frame, style, &Need { across, down, margin });
    let x = if corner { (seen.0 - across) / 2 } else { 0 };
    Ok((area, (x, (seen.1 - down) / 2)))
}

/// Rows of text in one column or two.
struct Block<'a> {
    em: f32,
    columns: Vec<Vec<&'a [Letter]>>,
}

impl<'a> Block<'a> {
    /// Of lines, broken into rows of `most` pixels.
    fn of(lines: &'a [Vec<Letter>], em: f32, most: f32) -> Self {
        Self { em, columns: vec![lines.iter().flat_map(|line| wrap::rows(line, most / em)).collect()] }
    }

    /// The same in two columns, if there is room.
    fn in_two(self, most: f32) -> Self {
        let [rows] = self.columns.as_slice() else { return self };
        let (left, right) = rows.split_at(rows.len().div_ceil(2));
        let two = Self { em: self.em, columns: vec![left.to_vec(), right.to_vec()] };
        if rows.len() > 2 && two.width() <= most { two } else { self }
    }

    fn widths(&self) -> impl Iterator<Item = f32> + '_ {
        let widest = |rows: &Vec<&[Letter]>| rows.iter().map(|row| wrap::width(row)).fold(0.0, f32::max);
        self.columns.iter().map(move |rows| widest(rows) * self.em)
    }

    fn width(&self) -> f32 {
        self.widths().sum::<f32>() + GAP * self.em * (self.columns.len() - 1) as f32
    }

    fn height(&self) -> f32 {
        let rows = self.columns.iter().map(Vec::len).max().unwrap_or(0);
        (PITCH * rows.saturating_sub(1) as f32 + ABOVE + BELOW) * self.em
    }

    /// The rows in a box of this size as it is shown: a corner's in the middle of it, others from its left.
    fn set(&self, (width, height): (usize, usize), centred: bool) -> Vec<Row> {
        let mut x = if centred { (width as f32 - self.width()) / 2.0 } else { PAD_ACROSS * self.em };
        let top = (height as f32 - self.height()) / 2.0 + ABOVE * self.em;
        let mut out = Vec::new();
        for (rows, width) in self.columns.iter().zip(self.widths()) {
            for (at, row) in rows.iter().enumerate() {
                let text = row.iter().map(|letter| letter.c).collect();
                out.push(Row { text, x: x.round(), y: (top + PITCH * self.em * at as f32).round() });
            }
            x += width + GAP * self.em;
        }
        out
    }
}

/// The text at the largest size that fits.
fn fitted<'a>(lines: &'a [Vec<Letter>], wanted: f32, frame: &Frame, style: &MarkStyle) -> Option<Block<'a>> {
    let shown = frame.orientation.size(frame.size);
    let corner = matches!(style.place(), Place::Corner { .. });
    let room = |em: f32, share: f32| {
        let margin = if corner { 2 * margin(em, frame) } else { 0 } as f32;
        let most = |length: usize, pad: f32, share: f32| share * length as f32 - 2.0 * pad * em - margin;
        (most(shown.0, PAD_ACROSS, 1.0), most(shown.1, PAD_DOWN, share))
    };
    let block_of = |em: f32, share: f32| {
        let (across, down) = room(em, share);
        let block = Block::of(lines, em, across.max(0.0));
        let block = if corner { block } else { block.in_two(across) };
        // A letter wider than the room is a row of its own, and still too wide.
        (block.width() <= across && block.height() <= down).then_some(block)
    };
    let block = |em: f32| block_of(em, 0.5);
    let unbroken = |block: &Block<'_>| block.columns.iter().map(Vec::len).sum::<usize>() == lines.len();
    let spared = [1.0, 0.93, 0.86, 0.8].map(|by| (wanted * by).max(MIN_EM)).into_iter();
    if let Some(found) = spared.filter_map(block).find(unbroken) {
        return Some(found);
    }
    let smaller = std::iter::successors(Some(wanted), |em| (*em > MIN_EM).then(|| (em * 0.93).max(MIN_EM)));
    let strip = style.mode() == MarkMode::Strip;
    smaller.filter_map(block).next().or_else(|| if strip { block_of(MIN_EM, 1.0) } else { None })
}

/// What a box has to hold, pixels as shown.
struct Need {
    across: usize,
    down: usize,
    /// Between a corner's box and the picture's edges.
    margin: usize,
}

impl Need {
    fn of(block: &Block<'_>, frame: &Frame) -> Self {
        let whole = |length: f32, pad: f32| (length + 2.0 * pad * block.em).ceil() as usize;
        Self {
            across: whole(block.width(), PAD_ACROSS),
            down: whole(block.height(), PAD_DOWN),
            margin: margin(block.em, frame),
        }
    }
}

fn margin(em: f32, frame: &Frame) -> usize {
    ((MARGIN * em) as usize).max(frame.mcu.0).max(frame.mcu.1)
}

/// The stored box on whole MCUs, and its size as it is shown. The need is within the picture.
fn boxed(frame: &Frame, style: &MarkStyle, need: &Need) -> (Area, (usize, usize)) {
    let shown = frame.orientation.size(frame.size);
    if style.mode() == MarkMode::Strip {
        let (_, mcu) = frame.orientation.size(frame.mcu);
        let seen = (shown.0, need.down.next_multiple_of(mcu));
        let (width, height) = frame.orientation.size(seen);
        return (Area { x: 0..width, y: 0..height }, seen);
    }
    let from = |length: usize, most: usize, margin: usize, behind: bool| {
        if behind { most.saturating_sub(margin + length)..most - margin } else { margin..(margin + length).min(most) }
    };
    let wanted = match style.place() {
        Place::Edge(edge) => Area { x: 0..shown.0, y: from(need.down, shown.1, 0, edge == Edge::Bottom) },
        Place::Corner { edge, right } => Area {
            x: from(need.across, shown.0, need.margin, right),
            y: from(need.down, shown.1, need.margin, edge == Edge::Bottom),
        },
    };
    let stored = frame.orientation.stored_area(&wanted, frame.size);
    let outward = |range: Range<usize>, mcu: usize, most: usize| {
        range.start / mcu * mcu..range.end.next_multiple_of(mcu).min(most)
    };
    let area =
        Area { x: outward(stored.x, frame.mcu.0, frame.size.0), y: outward(stored.y, frame.mcu.1, frame.size.1) };
    let seen = frame.orientation.shown_area(&area, frame.size).size();
    (area, seen)
}
