//! Two files block by block: is a marked photo the camera's picture, but for its mark?
//!
//! Coefficients are compared, not pixels: what a decoder makes of them is not the same in two programs. Of each block a 64-bit digest is kept,
//! so that two pictures of 12 megapixels take 5 MB; this is for finding what changed, and proves nothing against somebody who builds collisions.

use super::MarkError;
use daka_jpeg::{Header, JpegError, Markable, untouched};
use std::hash::{DefaultHasher, Hasher as _};
use std::ops::Range;

/// What two files have and have not in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The mark's box in pixels of the second file as stored; none if nothing differs and none was given.
    pub pixels: Option<[usize; 4]>,
    /// Where the box is known from.
    pub known: Known,
    /// By component, in the frame's order.
    pub components: Vec<Counts>,
    /// Three components are red, green and blue.
    pub rgb: bool,
    /// MCUs of the second file in a row, and rows of them.
    pub mcus: (usize, usize),
    /// Columns and lines of an MCU.
    pub mcu: (usize, usize),
    /// For every MCU of the second file, row by row: a block of it differs, or is not in the first file.
    pub changed: Vec<bool>,
}

/// Where the box of a comparison is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// From the caller.
    Given,
    /// The second file is the first one with a strip: the strip.
    Strip,
    /// The smallest box around everything that differs.
    Found,
}

/// Blocks of a component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All blocks of the second file.
    pub blocks: usize,
    /// Blocks in the box that differ, or that the first file does not have.
    pub inside: usize,
    /// Blocks outside the box that differ.
    pub outside: usize,
}

/// Two files that cannot be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompareError {
    /// The first file cannot be read.
    #[error("the first file: {0}")]
    First(MarkError),
    /// The second file cannot be read.
    #[error("the second file: {0}")]
    Second(MarkError),
    /// Another number of components, another sampling, or other quantisation steps: the picture was encoded anew.
    #[error("the second file is not the first one's picture as it was coded: its {0} differ")]
    Coded(&'static str),
    /// Neither the same size, nor larger in one direction by whole MCUs.
    #[error("the second file is neither as large as the first one nor the same with a strip")]
    Size,
    /// Not a box of whole MCUs in the second file.
    #[error(
        "box: it has to be of whole MCUs ({width} × {height} pixels) inside the second file's picture, left,top,right,bottom"
    )]
    Box {
        /// Columns of an MCU.
        width: usize,
        /// Lines of an MCU.
        height: usize,
    },
}

/// Compares a camera's file with a marked one. `pixels` is the mark's box in the second file, if it is known.
///
/// # Errors
/// [`CompareError`].
pub fn compare(first: &[u8], second: &[u8], pixels: Option<[usize; 4]>) -> Result<Comparison, CompareError> {
    // A progressive file has the same coefficients in another order; one that was encoded again has others.
    let first = match daka_jpeg::markable(first).map_err(|error| CompareError::First(error.into()))? {
        Markable::Reencoded(_) => return Err(CompareError::Coded("components")),
        same => same,
    };
    let a = Blocks::read(first.file()).map_err(|error| CompareError::First(error.into()))?;
    let b = Blocks::read(second).map_err(|error| CompareError::Second(error.into()))?;
    if a.sampling() != b.sampling() {
        return Err(CompareError::Coded("components"));
    }
    if a.components.iter().zip(&b.components).any(|(a, b)| a.steps != b.steps) {
        return Err(CompareError::Coded("quantisation steps"));
    }
    // Where the first picture lies in the second one: at either end, where that is longer.
    let (more_across, more_down) = match (b.mcus.0.checked_sub(a.mcus.0), b.mcus.1.checked_sub(a.mcus.1)) {
        (Some(across), Some(down)) if across == 0 || down == 0 => (across, down),
        _ => return Err(CompareError::Size),
    };
    let strip = (more_across, more_down) != (0, 0);
    let at = [(0, 0), (more_across, more_down)]
        .into_iter()
        .min_by_key(|at| b.changed(&a, *at).filter(|changed| *changed).count())
        .unwrap_or_default();
    let changed: Vec<bool> = b.changed(&a, at).collect();
    let cells = match pixels {
        Some(pixels) => Some(b.cells(pixels)?),
        None if strip => {
            let part = |at: usize, more: usize, all: usize| match (more, at) {
                (0, _) => 0..all,
                (_, 0) => all - more..all,
                _ => 0..more,
            };
            Some((part(at.0, more_across, b.mcus.0), part(at.1, more_down, b.mcus.1)))
        }
        None => around(&changed, b.mcus.0),
    };
    let known = match (pixels, strip) {
        (Some(_), _) => Known::Given,
        (None, true) => Known::Strip,
        (None, false) => Known::Found,
    };
    let components = (0..b.components.len()).map(|component| b.counts(&a, component, at, cells.as_ref())).collect();
    let (w, h) = b.mcu;
    let pixels = cells.map(|(x, y)| [x.start * w, y.start * h, x.end * w, y.end * h]);
    Ok(Comparison { pixels, known, components, rgb: b.rgb, mcus: b.mcus, mcu: b.mcu, changed })
}

type Cells = (Range<usize>, Range<usize>);

/// The smallest box around what changed.
fn around(changed: &[bool], across: usize) -> Option<Cells> {
    let places =
        || changed.iter().enumerate().filter(|(_, changed)| **changed).map(|(at, _)| (at % across, at / across));
    let (left, right) = (places().map(|p| p.0).min()?, places().map(|p| p.0).max()?);
    let (top, bottom) = (places().map(|p| p.1).min()?, places().map(|p| p.1).max()?);
    Some((left..right + 1, top..bottom + 1))
}

/// The blocks of a picture.
struct Blocks {
    rgb: bool,
    mcus: (usize, usize),
    mcu: (usize, usize),
    components: Vec<Component>,
}

struct Component {
    h: usize,
    v: usize,
    steps: Vec<u8>,
    /// Row by row.
    digests: Vec<u64>,
}

impl Blocks {
    fn read(file: &[u8]) -> Result<Self, JpegError> {
        let header = Header::parse(file)?;
        let one = |c: &daka_jpeg::Component| Component { h: c.h, v: c.v, steps: Vec::new(), digests: Vec::new() };
        let mut components: Vec<_> = header.components.iter().map(one).collect();
        // What comes of a component: its sampling, its steps, and then a count and the blocks of each row.
        let mut parts = vec![0; components.len()];
        untouched(file, None, |component, bytes| {
            let (Some(part), Some(component)) = (parts.get_mut(component), components.get_mut(component)) else {
                return;
            };
            match *part {
                0 => {}
                1 => component.steps = bytes.to_vec(),
                part if part % 2 == 1 => component.digests.extend(bytes.chunks_exact(128).map(|block| {
                    let mut digest = DefaultHasher::new();
                    digest.write(block);
                    digest.finish()
                })),
                _ => {}
            }
            *part += 1;
        })?;
        Ok(Self { rgb: header.rgb, mcus: (header.mcus_across, header.mcus_down), mcu: header.mcu_size(), components })
    }

    fn sampling(&self) -> Vec<(usize, usize)> {
        self.components.iter().map(|c| (c.h, c.v)).collect()
    }

    /// The digests of an MCU's blocks of a component.
    fn of(&self, component: usize, (column, row): (usize, usize)) -> impl Iterator<Item = Option<u64>> + '_ {
        let component = &self.components[component];
        let across = self.mcus.0 * component.h;
        (0..component.v).flat_map(move |y| {
            let from = (row * component.v + y) * across + column * component.h;
            (from..from + component.h).map(move |at| component.digests.get(at).copied())
        })
    }

    /// The place in the other picture, which lies at `at` in this one.
    fn other(&self, other: &Self, at: (usize, usize), (column, row): (usize, usize)) -> Option<(usize, usize)> {
        let place = (column.checked_sub(at.0)?, row.checked_sub(at.1)?);
        (place.0 < other.mcus.0 && place.1 < other.mcus.1).then_some(place)
    }

    /// How many blocks of an MCU are not as in the other picture.
    fn differ(&self, other: &Self, component: usize, at: (usize, usize), place: (usize, usize)) -> usize {
        match self.other(other, at, place) {
            Some(there) => self.of(component, place).zip(other.of(component, there)).filter(|(a, b)| a != b).count(),
            None => self.of(component, place).count(),
        }
    }

    fn places(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (across, down) = self.mcus;
        (0..down).flat_map(move |row| (0..across).map(move |column| (column, row)))
    }

    fn changed<'a>(&'a self, other: &'a Self, at: (usize, usize)) -> impl Iterator<Item = bool> + 'a {
        self.places().map(move |place| (0..self.components.len()).any(|c| self.differ(other, c, at, place) > 0))
    }

    fn counts(&self, other: &Self, component: usize, at: (usize, usize), cells: Option<&Cells>) -> Counts {
        let mut counts = Counts::default();
        for place in self.places() {
            let differ = self.differ(other, component, at, place);
            let inside = cells.is_some_and(|(x, y)| x.contains(&place.0) && y.contains(&place.1));
            *(if inside { &mut counts.inside } else { &mut counts.outside }) += differ;
            counts.blocks += self.components.get(component).map_or(0, |c| c.h * c.v);
        }
        counts
    }

    /// MCUs of a box in pixels.
    fn cells(&self, [left, top, right, bottom]: [usize; 4]) -> Result<Cells, CompareError> {
        let (w, h) = self.mcu;
        let whole = [left % w, right % w, top % h, bottom % h] == [0; 4];
        let inside = left < right && top < bottom && right / w <= self.mcus.0 && bottom / h <= self.mcus.1;
        if whole && inside {
            Ok((left / w..right / w, top / h..bottom / h))
        } else {
            Err(CompareError::Box { width: w, height: h })
        }
    }
}
