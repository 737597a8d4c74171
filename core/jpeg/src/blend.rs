//! The mark's plate and ink, blended into the blocks of its box.
//!
//! A plate changes every block of the box evenly, which is a product in the frequency domain: no transform is needed. Only blocks that
//! the ink touches, or a shade around it, are transformed, blended sample by sample, and transformed back.

use crate::block::Coefficients;
use crate::dct;
use crate::error::JpegError;
use crate::header::{Component, Header};
use std::ops::Range;

/// What is burned in, in the pixels as stored (before any rotation that EXIF asks for).
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    /// Opacity of the ink, row by row: `width * height` bytes, 255 is opaque.
    pub ink: &'a [u8],
    /// Pixels in a row of `ink`.
    pub width: usize,
    /// Rows of `ink`.
    pub height: usize,
    /// The pixel of the picture where the first one of `ink` lies.
    pub x: usize,
    /// The line of the picture where the first row of `ink` lies.
    pub y: usize,
    /// What the ink lies on; it says the ink's colour.
    pub plate: Plate<'a>,
}

/// What the ink lies on. Opacities are 0 (none) to 255.
#[derive(Clone, Copy, Debug)]
pub enum Plate<'a> {
    /// White ink on black of this opacity, over whole MCUs.
    Dark(u8),
    /// Black ink on white of this opacity, over whole MCUs.
    Light(u8),
    /// White ink on black of an opacity of its own at every pixel of the ink, in the same order: a shade around the letters.
    Shade(&'a [u8]),
}

impl Plate<'_> {
    /// The same, opaque: a strip has nothing under it.
    pub(crate) fn opaque(self) -> Self {
        if matches!(self, Self::Light(_)) { Self::Light(255) } else { Self::Dark(255) }
    }
}

/// MCUs of the box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cells {
    pub(crate) across: Range<usize>,
    pub(crate) down: Range<usize>,
}

impl Mark<'_> {
    /// The MCUs that the mark touches.
    pub(crate) fn cells(&self, header: &Header) -> Result<Cells, JpegError> {
        let (w, h) = header.mcu_size();
        let fits = |from: usize, length: usize, all: usize| {
            length > 0 && from.checked_add(length).is_some_and(|end| end <= all)
        };
        let pixels = self.width.checked_mul(self.height);
        let whole = |mask: &[u8]| pixels == Some(mask.len());
        let shaded = if let Plate::Shade(shade) = self.plate { whole(shade) } else { true };
        if !whole(self.ink)
            || !shaded
            || !fits(self.x, self.width, header.width)
            || !fits(self.y, self.height, header.height)
        {
            return Err(JpegError::Box { width: header.mcus_across, height: header.mcus_down });
        }
        Ok(Cells {
            across: self.x / w..(self.x + self.width).div_ceil(w),
            down: self.y / h..(self.y + self.height).div_ceil(h),
        })
    }

    /// Blends one block of a component; `column` and `row` count the component's blocks. Gives the new DC coefficient.
    pub(crate) fn blend(&self, on: &Plane, (column, row): (usize, usize), dc: i32, block: &mut Coefficients) -> i32 {
        // Samples are shifted by 128: black is −128 in the luma plane, white 127, and no colour is 0 in the others.
        let (black, white) = if on.luma { (-128.0, 127.0) } else { (0.0, 0.0) };
        let (opacity, shade, ground, colour) = match self.plate {
            Plate::Dark(opacity) => (opacity, Cover::NONE, black, white),
            Plate::Light(opacity) => (opacity, Cover::NONE, white, black),
            Plate::Shade(shade) => (0, self.over(shade, on, column, row), black, white),
        };
        if opacity == 255 && !on.luma {
            block.fill(0);
            return 0;
        }
        let left = 1.0 - f32::from(opacity) / 255.0;
        let covers = [(shade, ground), (self.over(self.ink, on, column, row), colour)];
        if let [(Cover::Even(shade), _), (Cover::Even(ink), _)] = covers {
            // An even cover is one more plate.
            let (mut left, mut added) = (left, ground * (1.0 - left));
            for (opacity, colour) in [(shade, ground), (ink, colour)] {
                left *= 1.0 - opacity;
                added += (colour - added) * opacity;
            }
            if left == 1.0 {
                return dc;
            }
            if left == 0.0 {
                block[1..].fill(0);
            } else {
                *block = block.map(|value| rounded(f32::from(value) * left));
            }
            // The DC coefficient is eight times the mean sample.
            let step = on.steps[0];
            return i32::from(rounded((dc as f32 * step * left + 8.0 * added) / step));
        }
        let mut samples = [[ground * (1.0 - left); 8]; 8];
        if left > 0.0 {
            let mut coefficients = [0.0; 64];
            for (value, place) in block.iter().zip(ZIGZAG) {
                coefficients[place] = f32::from(*value);
            }
            coefficients[0] = dc as f32;
            for (value, step) in coefficients.iter_mut().zip(&on.steps) {
                *value *= step;
            }
            let seen = dct::inverse(&std::array::from_fn(|y| std::array::from_fn(|x| coefficients[8 * y + x])));
            for (sample, seen) in samples.as_flattened_mut().iter_mut().zip(seen.as_flattened()) {
                *sample += seen * left;
            }
        }
        for (cover, colour) in covers {
            let mask = match cover {
                Cover::Even(0.0) => continue,
                Cover::Even(opacity) => [[opacity; 8]; 8],
                Cover::Each(mask) => mask,
            };
            for (sample, opacity) in samples.as_flattened_mut().iter_mut().zip(mask.as_flattened()) {
                *sample = (*sample + (colour - *sample) * opacity).clamp(-128.0, 127.0);
            }
        }
        let coefficients = dct::forward(&samples);
        let mut whole = [0; 64];
        for ((whole, value), step) in whole.iter_mut().zip(coefficients.as_flattened()).zip(&on.per_step) {
            *whole = rounded(value * step);
        }
        for (value, place) in block.iter_mut().zip(ZIGZAG) {
            *value = whole[place];
        }
        i32::from(whole[0])
    }

    /// How a mask covers a block.
    fn over(&self, mask: &[u8], on: &Plane, column: usize, row: usize) -> Cover {
        let (across, down) = (on.pixels_across, on.pixels_down);
        let (x0, y0) = (column * 8 * across, row * 8 * down);
        let columns = x0.max(self.x)..(x0 + 8 * across).min(self.x + self.width);
        let rows = y0.max(self.y)..(y0 + 8 * down).min(self.y + self.height);
        if columns.is_empty() {
            return Cover::NONE;
        }
        let lines = |y: usize| {
            let from = (y - self.y) * self.width;
            &mask[from + columns.start - self.x..from + columns.end - self.x]
        };
        if columns.len() == 8 * across && rows.len() == 8 * down {
            // Eight opacities at once: most blocks have none, and a letter's stroke covers the ones inside it evenly.
            let (mut any, mut all) = (0, u64::MAX);
            for eight in rows.clone().flat_map(|y| lines(y).as_chunks::<8>().0) {
                let eight = u64::from_ne_bytes(*eight);
                (any, all) = (any | eight, all & eight);
            }
            if any == all && any == (any & 0xFF) * 0x0101_0101_0101_0101 {
                return Cover::Even((any & 0xFF) as f32 / 255.0);
            }
        } else if rows.clone().all(|y| lines(y).iter().all(|opacity| *opacity == 0)) {
            return Cover::NONE;
        }
        // Of at most 4 × 4 pixels.
        let mut sums = [[0u16; 8]; 8];
        for y in rows {
            let sums = &mut sums[(y - y0) / down];
            let line = lines(y);
            match (across, line.len()) {
                (1, 8) => sums.iter_mut().zip(line).for_each(|(sum, opacity)| *sum += u16::from(*opacity)),
                (2, 16) => {
                    let (pairs, _) = line.as_chunks::<2>();
                    sums.iter_mut().zip(pairs).for_each(|(sum, [a, b])| *sum += u16::from(*a) + u16::from(*b));
                }
                _ => {
                    for (x, opacity) in columns.clone().zip(line) {
                        sums[(x - x0) / across] += u16::from(*opacity);
                    }
                }
            }
        }
        let whole = 1.0 / (255 * across * down) as f32;
        Cover::Each(sums.map(|row| row.map(|sum| f32::from(sum) * whole)))
    }
}

/// The mean opacity of a mask over the samples of a block, 0 to 1.
#[derive(Clone, Copy)]
#[allow(clippy::large_enum_variant, reason = "one at a time, while its block is blended")]
enum Cover {
    Even(f32),
    Each(dct::Block),
}

impl Cover {
    const NONE: Self = Self::Even(0.0);
}

/// What the blend has to know of a component.
pub(crate) struct Plane {
    /// Quantisation steps, row by row, and one over each.
    steps: [f32; 64],
    per_step: [f32; 64],
    /// Whether the samples are light: luma, or any of red, green and blue.
    luma: bool,
    /// Pixels of the picture to a sample.
    pixels_across: usize,
    pixels_down: usize,
}

impl Plane {
    /// Those of all components.
    pub(crate) fn all(header: &Header) -> Result<Vec<Self>, JpegError> {
        let all: Option<_> = header.components.iter().enumerate().map(|(at, c)| Self::new(header, at, c)).collect();
        all.ok_or(JpegError::NotJpeg("a component's table is missing"))
    }

    fn new(header: &Header, at: usize, component: &Component) -> Option<Self> {
        let quant = header.quants.get(component.quant)?.as_deref()?;
        let mut steps = [1.0; 64];
        for (step, place) in quant.iter().zip(ZIGZAG) {
            steps[place] = f32::from(*step);
        }
        Some(Self {
            steps,
            per_step: steps.map(|step| 1.0 / step),
            luma: at == 0 || header.rgb,
            pixels_across: header.h_max() / component.h,
            pixels_down: header.v_max() / component.v,
        })
    }
}

/// To the nearest whole number that fits. Added to 1.5 × 2²³ a number has its whole part in the lowest bits, rounded: that takes two
/// instructions, and for eight numbers at once as well.
#[inline(always)]
fn rounded(x: f32) -> i16 {
    const WHOLE: f32 = 12_582_912.0;
    ((x.clamp(-32_767.0, 32_767.0) + WHOLE).to_bits() as i32).wrapping_sub(WHOLE.to_bits() as i32) as i16
}

/// Place in the block, row by row, of each coefficient in the order of the file (T.81 figure A.6).
pub(crate) const ZIGZAG: [usize; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21,
    28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
    47, 55, 62, 63,
];

#[cfg(test)]
mod tests {
    use super::*;

    /// An even cover is reckoned in frequencies, and one with a single pixel other in samples: a pixel that is 1/255 other makes no
    /// coefficient more than one other.
    #[test]
    fn an_even_cover_is_blended_as_any_other() {
        let on = |luma| Plane { steps: [1.0; 64], per_step: [1.0; 64], luma, pixels_across: 1, pixels_down: 1 };
        let mut block = [0; 64];
        for (at, value) in block.iter_mut().enumerate().skip(1) {
            *value = (at * 37 % 41) as i16 - 20;
        }
        for (luma, plate, opacity) in
            [(true, 0, 200), (true, 128, 90), (true, 255, 254), (false, 60, 130), (true, 10, 0)]
        {
            let blended = |other: u8| {
                let mut ink = [opacity; 64];
                ink[27] = other;
                let mark = Mark { ink: &ink, width: 8, height: 8, x: 0, y: 0, plate: Plate::Dark(plate) };
                let mut block = block;
                block[0] = mark.blend(&on(luma), (0, 0), 100, &mut block) as i16;
                block
            };
            for (even, other) in blended(opacity).iter().zip(blended(opacity + 1)) {
                assert!((even - other).abs() <= 1, "{even} {other}, plate {plate}, opacity {opacity}");
            }
        }
    }
}
