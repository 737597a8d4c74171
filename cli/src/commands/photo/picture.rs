//! A comparison as a picture: the marked photo's MCUs as a grid, those that differ filled, the box outlined.

use daka_core::adapters::marking::Comparison;
use std::fmt::Write as _;

/// An SVG picture in the photo's pixels as stored.
pub(super) fn svg(found: &Comparison) -> String {
    let ((across, down), (w, h)) = (found.mcus, found.mcu);
    let (width, height) = (across * w, down * h);
    let stroke = width.max(height).div_ceil(300);
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\">\n<title>Blocks that differ</title>\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#e8e8e8\"/>\n<path fill=\"#b3261e\" d=\""
    );
    for (row, cells) in found.changed.chunks_exact(across.max(1)).enumerate() {
        let mut column = 0;
        // Neighbours in a row are one rectangle.
        for run in cells.chunk_by(|one, other| one == other) {
            if run.first() == Some(&true) {
                let _ = writeln!(out, "M{} {}h{}v{h}h-{}z", column * w, row * h, run.len() * w, run.len() * w);
            }
            column += run.len();
        }
    }
    out.push_str("\"/>\n");
    if let Some([x0, y0, x1, y1]) = found.pixels {
        let (across, down) = (x1 - x0, y1 - y0);
        let _ = writeln!(
            out,
            "<rect x=\"{x0}\" y=\"{y0}\" width=\"{across}\" height=\"{down}\" fill=\"none\" stroke=\"#1a1a1a\" stroke-width=\"{stroke}\"/>"
        );
    }
    out.push_str("</svg>\n");
    out
}
