//! `daka photo check`: which blocks of a marked photo are not as in the camera's file.
//!
//! Coefficients are compared, so that "0 outside" means: what is shown outside the box is exactly what the camera wrote.

use super::{apart, picture, read, refused};
use crate::args::PhotoCheck;
use crate::failure::{Exit, Failure};
use crate::files;
use crate::output::Done;
use crate::render::{count, table};
use daka_core::adapters::marking::{CompareError, Comparison, Known, compare};
use daka_core::domain::photo::MAX_PHOTO_BYTES;
use serde::Serialize;

#[derive(Serialize)]
struct CheckJson {
    /// No block differs outside the box.
    ok: bool,
    r#box: Option<[usize; 4]>,
    box_from: &'static str,
    components: Vec<ComponentJson>,
    outside: usize,
    inside: usize,
}

#[derive(Serialize)]
struct ComponentJson {
    name: &'static str,
    blocks: usize,
    inside: usize,
    outside: usize,
}

pub(crate) fn run(args: &PhotoCheck) -> Result<Done, Failure> {
    let pixels = match args.r#box.as_slice() {
        [] => None,
        [left, top, right, bottom] => Some([*left, *top, *right, *bottom]),
        _ => return Err(Failure::bad("box", "box: has to be four numbers, LEFT,TOP,RIGHT,BOTTOM")),
    };
    if let Some(out) = &args.picture {
        apart(&args.first, "picture", out)?;
        apart(&args.second, "picture", out)?;
    }
    let first = read("a", &args.first, MAX_PHOTO_BYTES)?;
    let second = read("b", &args.second, 2 * MAX_PHOTO_BYTES)?;
    let found = compare(&first, &second, pixels).map_err(|e| told(args, e))?;
    if let Some(out) = &args.picture {
        files::write(out, picture::svg(&found).as_bytes())?;
    }
    let names: &[&'static str] = match (found.components.len(), found.rgb) {
        (1, _) => &["grey"],
        (_, true) => &["R", "G", "B"],
        (_, false) => &["Y", "Cb", "Cr"],
    };
    let components: Vec<_> = names
        .iter()
        .zip(&found.components)
        .map(|(name, c)| ComponentJson { name, blocks: c.blocks, inside: c.inside, outside: c.outside })
        .collect();
    let (inside, outside) = (components.iter().map(|c| c.inside).sum(), components.iter().map(|c| c.outside).sum());
    let box_from = match found.known {
        Known::Given => "given",
        Known::Strip => "strip",
        Known::Found => "found",
    };
    let json = CheckJson { ok: outside == 0, r#box: found.pixels, box_from, components, outside, inside };
    let done = Done::new(words(&found, &json), &json)?;
    if json.ok {
        return Ok(done);
    }
    Ok(done.ended(Exit::Failed, "the picture differs outside the mark's box", None))
}

fn told(args: &PhotoCheck, error: CompareError) -> Failure {
    match error {
        CompareError::First(e) => refused("a", &args.first, e),
        CompareError::Second(e) => refused("b", &args.second, e),
        CompareError::Box { .. } => Failure::bad("box", error.to_string()),
        CompareError::Coded(_) | CompareError::Size => Failure {
            exit: Exit::Failed,
            code: "other_picture",
            field: Some("b"),
            message: error.to_string(),
            next: Some("give the camera's file, and the marked photo as it was made from it".to_owned()),
        },
    }
}

fn words(found: &Comparison, json: &CheckJson) -> String {
    let mut rows = vec![["component", "blocks", "differ in the box", "differ outside"].map(str::to_owned).to_vec()];
    for c in &json.components {
        rows.push(vec![c.name.to_owned(), c.blocks.to_string(), c.inside.to_string(), c.outside.to_string()]);
    }
    let whose = match found.known {
        Known::Given => "the box that was given",
        Known::Strip => "the strip beside the picture",
        Known::Found => "the smallest box around what differs",
    };
    let place = match found.pixels {
        Some([x0, y0, x1, y1]) => format!("Box {x0},{y0} to {x1},{y1}: {whose}"),
        None => "Nothing differs.".to_owned(),
    };
    let outside = match json.outside {
        0 => "Outside it every block is as in the camera's file.".to_owned(),
        n => format!("Outside it {} not as in the camera's file.", count(n as u64, "block is", "blocks are")),
    };
    let outside = if found.pixels.is_some() { outside } else { String::new() };
    format!("{place}\n\n{}\n{outside}", table(&rows))
}
