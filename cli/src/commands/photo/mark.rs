//! `daka photo mark`: lines of text on a photo.
//!
//! With a splice the undo data is written first: a photo is never there without what gives the camera's file back. A kill in between leaves
//! new undo data beside an earlier photo of that name; the command, given again, makes both.

use super::{apart, read, refused, undo_of};
use crate::args::PhotoMark;
use crate::failure::{Exit, Failure};
use crate::files;
use crate::output::Done;
use crate::render::size;
use daka_core::adapters::marking::{Face, Marked, mark};
use daka_core::domain::photo::MAX_PHOTO_BYTES;
use daka_core::domain::photo::mark::{MarkMode, MarkStyle, MarkStyleError, MarkText, StyleFields};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::PathBuf;

/// The font that marks are drawn with unless another is given; core/font/README.md says what it is.
const FONT: &[u8] = include_bytes!("../../../../core/font/DakaMark.otf");
/// No font is larger; the largest collections have 120 MB.
const MAX_FONT: u64 = 256 * 1024 * 1024;

#[derive(Serialize)]
struct MarkJson {
    /// `strip`, `splice`, or `reencoded`: then what comes back is another file of the same picture.
    mode: &'static str,
    /// The way of a reencoded one, too.
    way: &'static str,
    r#box: [usize; 4],
    camera_sha256: String,
    content_sha256: String,
    /// Of what `daka photo restore` gives.
    restored_sha256: String,
    width: usize,
    height: usize,
    /// Characters that the font lacks, as they are drawn.
    missing: Vec<String>,
    dhash: String,
    undo: Option<PathBuf>,
}

pub(crate) fn run(args: &PhotoMark) -> Result<Done, Failure> {
    let text = MarkText::parse(&args.text).map_err(|e| Failure::bad("text", e.to_string()))?;
    let style = style(args).map_err(|e| Failure::bad(e.field(), e.to_string()))?;
    let font = args.font.as_deref().map(|path| read("font", path, MAX_FONT)).transpose()?;
    let face = Face::parse(font.as_deref().unwrap_or(FONT), args.face).map_err(|e| Failure {
        exit: Exit::Usage,
        code: "bad_font",
        field: Some("font"),
        message: e.to_string(),
        next: Some("give another font, or none for the one that is built in".to_owned()),
    })?;
    let undo_path = undo_of(&args.out);
    apart(&args.input, "out", &args.out)?;
    apart(&args.input, "out", &undo_path)?;
    let camera = read("in", &args.input, MAX_PHOTO_BYTES)?;
    let marked = mark(&camera, &text, &style, &face).map_err(|e| refused("in", &args.input, e))?;
    if let Some(undo) = &marked.undo {
        files::write(&undo_path, undo)?;
    }
    files::write(&args.out, &marked.file)?;
    let json = json(&marked, marked.undo.is_some().then_some(undo_path));
    Done::new(words(args, &marked, &json), &json)
}

fn style(args: &PhotoMark) -> Result<MarkStyle, MarkStyleError> {
    MarkStyle::parse(StyleFields {
        mode: Some(&args.mode),
        placement: Some(&args.placement),
        plate: Some(&args.plate),
        opacity: args.opacity,
        size: args.size,
    })
}

fn json(marked: &Marked, undo: Option<PathBuf>) -> MarkJson {
    let way = match marked.mode {
        MarkMode::Strip => "strip",
        MarkMode::Splice => "splice",
    };
    MarkJson {
        mode: if marked.reencoded { "reencoded" } else { way },
        way,
        restored_sha256: marked.given_back.hex(),
        r#box: marked.pixels,
        camera_sha256: marked.camera.hex(),
        content_sha256: marked.content.hex(),
        width: marked.size.0,
        height: marked.size.1,
        missing: marked.missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect(),
        dhash: format!("{:016x}", marked.dhash),
        undo,
    }
}

fn words(args: &PhotoMark, marked: &Marked, json: &MarkJson) -> String {
    let out = args.out.display();
    let mut text = format!("{out} ({}) is written.\n", size(marked.file.len() as u64));
    let whose = if marked.reencoded { "The file that was marked" } else { "The camera's file" };
    if marked.reencoded {
        let form =
            "The photo is of a form that cannot be marked as it is, and no camera writes it: it was coded anew first.";
        let _ = writeln!(text, "{form}\nKeep the original, too: its SHA-256 is {}.", json.camera_sha256);
    }
    // Writing to a String cannot fail.
    let _ = match &json.undo {
        Some(undo) => {
            writeln!(text, "{whose} comes back with {}; keep it as you keep the photo:", undo.display())
        }
        None => writeln!(text, "{whose} comes back from it alone:"),
    };
    let _ = writeln!(text, "  daka photo restore {out} CAMERA.jpg\nIts SHA-256 is {}.", json.restored_sha256);
    if !json.missing.is_empty() {
        let _ = writeln!(
            text,
            "The font lacks {}, so the code is drawn instead; give another one: --font FILE",
            json.missing.join(", ")
        );
    }
    text
}
