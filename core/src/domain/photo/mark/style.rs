//! How an employer's policy wants the mark.
//!
//! A policy comes as five flat values; what they mean together is one of two shapes, and a value that its shape has no use for is
//! refused rather than ignored.

/// Which of the two ways that give the camera's file back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkMode {
    /// Beside the picture: nothing of it is covered.
    Strip,
    /// Over a part of the picture.
    Splice,
}

/// Where the mark is, as the picture is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Over the whole width, at this edge.
    Edge(Edge),
    /// As wide as its text, in a corner.
    Corner {
        /// At the bottom, or at the top.
        edge: Edge,
        /// At the right, or at the left.
        right: bool,
    },
}

/// An edge of the picture as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The lowest lines.
    Bottom,
    /// The first lines.
    Top,
}

/// What the letters lie on. Opacity in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plate {
    /// White letters on black.
    Dark(u8),
    /// Black letters on white.
    Light(u8),
    /// White letters with a dark shade around each.
    None,
}

/// The height of a Han character in thousandths of the picture's short side: 15 to 60. 32 are eleven and a half points where
/// the short side is shown 360 points wide, as on a phone held upright.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextShare(u16);

impl TextShare {
    /// Smallest and largest.
    pub const RANGE: std::ops::RangeInclusive<u16> = 15..=60;

    /// As a share of the short side.
    pub fn share(self) -> f32 {
        f32::from(self.0) / 1000.0
    }
}

impl Default for TextShare {
    fn default() -> Self {
        Self(32)
    }
}

/// How a mark looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkStyle {
    /// A strip beside the picture, opaque.
    Strip {
        /// Where it is shown.
        edge: Edge,
        /// Black letters on white.
        light: bool,
        /// How large the letters are.
        size: TextShare,
    },
    /// A plate over the picture.
    Splice {
        /// Where it is shown.
        place: Place,
        /// What the letters lie on.
        plate: Plate,
        /// How large the letters are.
        size: TextShare,
    },
}

impl Default for MarkStyle {
    fn default() -> Self {
        Self::Strip { edge: Edge::Bottom, light: false, size: TextShare::default() }
    }
}

/// The values as a policy or a command line has them; none is the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StyleFields<'a> {
    /// `strip` (default) or `splice`.
    pub mode: Option<&'a str>,
    /// `bottom` (default), `top`; for a splice also `bottom_left`, `bottom_right`, `top_left`, `top_right`.
    pub placement: Option<&'a str>,
    /// `dark` (default), `light`; for a splice also `none`.
    pub plate: Option<&'a str>,
    /// Percent, 55 to 100, for a splice with a plate; 62 by default.
    pub opacity: Option<u8>,
    /// Thousandths of the short side, 15 to 60; 32 by default.
    pub size: Option<u16>,
}

/// Why values are no style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkStyleError {
    /// A word that is none of those allowed.
    #[error("{field}: has to be {allowed}")]
    Word {
        /// The field.
        field: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// A number outside its range.
    #[error("{field}: has to be from {min} to {max}")]
    Range {
        /// The field.
        field: &'static str,
        /// The smallest.
        min: u16,
        /// The largest.
        max: u16,
    },
    /// A value that the mode or the plate has no use for.
    #[error("{field}: {why}")]
    Useless {
        /// The field.
        field: &'static str,
        /// Why there is no use for it.
        why: &'static str,
    },
}

impl MarkStyleError {
    /// The field that is wrong.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Word { field, .. } | Self::Range { field, .. } | Self::Useless { field, .. } => field,
        }
    }
}

/// At 55 % a white picture under a dark plate has the relative luminance 0.17, and a black one under a light plate 0.26: white letters
/// have a contrast of 4.8 : 1 there, black ones of 6.3 : 1. WCAG 2.2 (§1.4.3) asks for 4.5 : 1.
const OPACITY: std::ops::RangeInclusive<u8> = 55..=100;
const DEFAULT_OPACITY: u8 = 62;

impl MarkStyle {
    /// Reads the values.
    ///
    /// # Errors
    /// [`MarkStyleError`] naming the field and what is allowed.
    pub fn parse(fields: StyleFields<'_>) -> Result<Self, MarkStyleError> {
        let size = fields.size.unwrap_or(TextShare::default().0);
        if !TextShare::RANGE.contains(&size) {
            let (min, max) = (*TextShare::RANGE.start(), *TextShare::RANGE.end());
            return Err(MarkStyleError::Range { field: "size", min, max });
        }
        let size = TextShare(size);
        let opacity = fields.opacity.unwrap_or(DEFAULT_OPACITY);
        if !OPACITY.contains(&opacity) {
            let (min, max) = (u16::from(*OPACITY.start()), u16::from(*OPACITY.end()));
            return Err(MarkStyleError::Range { field: "opacity", min, max });
        }
        let place = place(fields.placement.unwrap_or("bottom"))?;
        let plate = match fields.plate.unwrap_or("dark") {
            "dark" => Plate::Dark(opacity),
            "light" => Plate::Light(opacity),
            "none" => Plate::None,
            _ => return Err(MarkStyleError::Word { field: "plate", allowed: "dark, light or none" }),
        };
        let useless = |field, why| Err(MarkStyleError::Useless { field, why });
        match (fields.mode.unwrap_or("strip"), place, plate) {
            ("strip", Place::Corner { .. }, _) => {
                useless("placement", "a strip lies at the bottom or the top; take the mode splice for a corner")
            }
            ("strip", _, Plate::None) => useless("plate", "a strip is dark or light; there is no picture under it"),
            ("strip", ..) if fields.opacity.is_some() => {
                useless("opacity", "a strip is opaque; there is no picture under it")
            }
            ("splice", _, Plate::None) if fields.opacity.is_some() => {
                useless("opacity", "without a plate there is nothing that it could be of")
            }
            ("strip", Place::Edge(edge), plate) => {
                Ok(Self::Strip { edge, light: matches!(plate, Plate::Light(_)), size })
            }
            ("splice", place, plate) => Ok(Self::Splice { place, plate, size }),
            _ => Err(MarkStyleError::Word { field: "mode", allowed: "strip or splice" }),
        }
    }

    /// Which way it is marked.
    pub fn mode(&self) -> MarkMode {
        match self {
            Self::Strip { .. } => MarkMode::Strip,
            Self::Splice { .. } => MarkMode::Splice,
        }
    }

    /// Where it is shown.
    pub fn place(&self) -> Place {
        match *self {
            Self::Strip { edge, .. } => Place::Edge(edge),
            Self::Splice { place, .. } => place,
        }
    }

    /// How large the letters are.
    pub fn size(&self) -> TextShare {
        match *self {
            Self::Strip { size, .. } | Self::Splice { size, .. } => size,
        }
    }
}

fn place(word: &str) -> Result<Place, MarkStyleError> {
    let corner = |edge, right| Ok(Place::Corner { edge, right });
    match word {
        "bottom" => Ok(Place::Edge(Edge::Bottom)),
        "top" => Ok(Place::Edge(Edge::Top)),
        "bottom_left" => corner(Edge::Bottom, false),
        "bottom_right" => corner(Edge::Bottom, true),
        "top_left" => corner(Edge::Top, false),
        "top_right" => corner(Edge::Top, true),
        _ => Err(MarkStyleError::Word {
            field: "placement",
            allowed: "bottom, top, bottom_left, bottom_right, top_left or top_right",
        }),
    }
}
