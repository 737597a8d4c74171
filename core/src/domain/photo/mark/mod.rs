//! The mark that a person reads on a photo: what it says, how the employer's policy wants it, and where each letter goes.
//!
//! ```text
//! lines ─ MarkText ─┐
//! policy ─ MarkStyle ┼─ plan ─ Plan: a box in stored pixels and rows of text in it ─ drawn by an adapter ─ daka-jpeg
//! picture ─ Frame ───┘
//! ```
//!
//! Nothing is decoded or drawn here; a font is asked for widths alone ([`Measure`]). A plan is made in the orientation that the picture is
//! *shown* in, whichever of EXIF's eight it is, and lies on whole MCUs of the picture as it is *stored*, because the splice changes those
//! and nothing else.
//!
//! The whole text is on the photo or none of it: a line that is too wide is broken, letters shrink down to [`MIN_EM`], and a picture in
//! which it still has no room is refused. A text cut with an ellipsis would be evidence of something nobody signed.

mod layout;
mod orientation;
mod style;
#[cfg(test)]
mod tests;
mod text;
mod wrap;

pub use layout::{Frame, MIN_EM, Measure, NoRoom, Plan, Row, boxed_mask, plan};
pub use orientation::{Area, Orientation};
pub use style::{Edge, MarkMode, MarkStyle, MarkStyleError, Place, Plate, StyleFields, TextShare};
pub use text::{MAX_LINE_CHARS, MAX_LINES, MarkText, MarkTextError};
