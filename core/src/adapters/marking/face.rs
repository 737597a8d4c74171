//! A font, handed in as bytes.

use crate::domain::photo::mark::Measure;
use ab_glyph::{Font as _, FontRef, GlyphId, OutlinedGlyph, PxScale, point};

/// A font that marks can be drawn with: it has at least what a code point is written with.
#[derive(Debug)]
pub struct Face<'a> {
    font: FontRef<'a>,
    /// Units of the font to the height of a Han character, and to what `ab_glyph` calls the height of a line.
    em: f32,
    line: f32,
}

/// Why bytes are no font for marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FontError {
    /// No font, or a damaged one.
    #[error("font: it is not an OpenType or TrueType font, or it is damaged")]
    NotAFont,
    /// A character that it lacks could not even be named.
    #[error("font: it lacks {0:?}, and a font for marks has at least 0 to 9, A to Z and +")]
    NoLetters(char),
}

/// What times, places and code points are written with.
const NEEDED: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+-:.";

impl<'a> Face<'a> {
    /// Reads a font file; `index` chooses the face of a collection, 0 otherwise. Nothing is copied, and no glyph is read before it is drawn.
    ///
    /// # Errors
    /// [`FontError`].
    pub fn parse(bytes: &'a [u8], index: u32) -> Result<Self, FontError> {
        let font = FontRef::try_from_slice_and_index(bytes, index).map_err(|_| FontError::NotAFont)?;
        let em = font.units_per_em().filter(|em| *em > 0.0).ok_or(FontError::NotAFont)?;
        let line = font.height_unscaled();
        if !(line.is_finite() && line > 0.0) {
            return Err(FontError::NotAFont);
        }
        let face = Self { font, em, line };
        match NEEDED.chars().find(|c| face.width(*c).is_none()) {
            Some(lacking) => Err(FontError::NoLetters(lacking)),
            None => Ok(face),
        }
    }

    /// The glyph, if the font has one; a placeholder without any outline is none, so that nothing is blank.
    fn glyph(&self, c: char) -> Option<GlyphId> {
        let id = self.font.glyph_id(c);
        (id.0 != 0 && (c.is_whitespace() || self.font.outline(id).is_some())).then_some(id)
    }

    /// Calls `dot` for every pixel of a row of text whose base line begins at `x`, `y`, with its coverage from 0 to 1; `em` is the height of a
    /// Han character in pixels.
    pub(super) fn draw(&self, text: &str, (x, y): (f32, f32), em: f32, mut dot: impl FnMut(i32, i32, f32)) {
        let scale = PxScale::from(em * self.line / self.em);
        let mut at = x;
        for c in text.chars() {
            let glyph = self.font.glyph_id(c).with_scale_and_position(scale, point(at, y));
            if let Some(outline) = self.font.outline_glyph(glyph) {
                drawn(&outline, &mut dot);
            }
            at += self.width(c).unwrap_or(0.0) * em;
        }
    }
}

fn drawn(outline: &OutlinedGlyph, dot: &mut impl FnMut(i32, i32, f32)) {
    let corner = outline.px_bounds().min;
    // A mark's pixels are far below the limits of either type.
    let (left, top) = (corner.x as i32, corner.y as i32);
    outline.draw(|x, y, coverage| dot(left + x as i32, top + y as i32, coverage));
}

impl Measure for Face<'_> {
    fn width(&self, c: char) -> Option<f32> {
        self.glyph(c).map(|id| self.font.h_advance_unscaled(id) / self.em)
    }
}
