//! `daka photo restore`: the camera's file, byte for byte.

use super::{apart, read, refused, undo_of};
use crate::args::PhotoRestore;
use crate::failure::{Exit, Failure};
use crate::files;
use crate::output::Done;
use crate::render::size;
use daka_core::adapters::crypto::Ring;
use daka_core::adapters::marking::{MarkError, restore};
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::Hash32;
use daka_core::domain::photo::MAX_PHOTO_BYTES;
use serde_json::json;
use std::path::Path;

pub(crate) fn run(args: &PhotoRestore) -> Result<Done, Failure> {
    let wanted = args.sha256.as_deref().map(|hex| Hash32::parse_hex("sha256", hex)).transpose();
    let wanted = wanted.map_err(|e| Failure::bad("sha256", e.to_string()))?;
    apart(&args.marked, "out", &args.out)?;
    let marked = read("marked", &args.marked, 2 * MAX_PHOTO_BYTES)?;
    let (camera, proven) = given_back(args, &marked)?;
    let digest = Ring.sha256(&[&camera]);
    if let Some(wanted) = wanted.filter(|wanted| *wanted != digest) {
        return Err(Failure {
            exit: Exit::Failed,
            code: "other_camera_file",
            field: Some("sha256"),
            message: format!("what comes back has the SHA-256 {}, not {}", digest.hex(), wanted.hex()),
            next: Some("take the marked photo as it was made, not a re-saved copy".to_owned()),
        });
    }
    files::write(&args.out, &camera)?;
    let bytes = camera.len() as u64;
    let compare = if proven || wanted.is_some() { "" } else { "\nCompare it with the one that is signed." };
    let text =
        format!("{} ({}) is written. Its SHA-256 is {}.{compare}", args.out.display(), size(bytes), digest.hex());
    Done::new(text, &json!({ "sha256": digest.hex(), "bytes": bytes }))
}

/// The camera's file, and whether undo data said its digest.
fn given_back(args: &PhotoRestore, marked: &[u8]) -> Result<(Vec<u8>, bool), Failure> {
    let told = |e| refused("marked", &args.marked, e);
    let with = |path: &Path| {
        apart(path, "out", &args.out)?;
        let undo = read("undo", path, 4 * MAX_PHOTO_BYTES)?;
        restore(marked, Some(&undo)).map(|file| (file, true)).map_err(|e| match e {
            MarkError::OtherUndo => refused("undo", path, e),
            e => told(e),
        })
    };
    if let Some(path) = &args.undo {
        return with(path);
    }
    let beside = undo_of(&args.marked);
    match restore(marked, None) {
        Err(MarkError::NotMarked) if beside.is_file() => with(&beside),
        done => done.map(|file| (file, false)).map_err(told),
    }
}
