//! `daka photo`: marks on photographs, without a folder, an enrolment or a network.
//!
//! Files are read whole: a photo has at most 64 MiB. The input is never written to, under whatever name it is given again.

mod check;
mod mark;
mod picture;
mod restore;

use crate::args::{Photo, PhotoCommand};
use crate::failure::{Exit, Failure};
use crate::output::Done;
use daka_core::adapters::marking::MarkError;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

pub(crate) fn run(args: &Photo) -> Result<Done, Failure> {
    match &args.command {
        PhotoCommand::Mark(args) => mark::run(args),
        PhotoCommand::Restore(args) => restore::run(args),
        PhotoCommand::Check(args) => check::run(args),
    }
}

/// Reads a file of at most `most` bytes and one more, which tells that it is longer.
fn read(field: &'static str, path: &Path, most: u64) -> Result<Vec<u8>, Failure> {
    let unreadable = |e| Failure::unreadable(field, path, &e);
    let mut bytes = Vec::new();
    File::open(path).and_then(|file| file.take(most + 1).read_to_end(&mut bytes)).map_err(unreadable)?;
    Ok(bytes)
}

/// Refuses to write over what is read.
fn apart(input: &Path, field: &'static str, out: &Path) -> Result<(), Failure> {
    let same =
        |one: &Path, other: &Path| one.canonicalize().is_ok_and(|one| other.canonicalize().is_ok_and(|b| one == b));
    if !same(input, out) {
        return Ok(());
    }
    let message = format!("{field}: {} is a file that is read, and it is never written over", out.display());
    Err(Failure { next: Some("name another file".to_owned()), ..Failure::bad(field, message) })
}

/// `photo.jpg` and `.undo`.
fn undo_of(photo: &Path) -> PathBuf {
    let mut name = photo.as_os_str().to_owned();
    name.push(".undo");
    name.into()
}

/// What the core says of a file that was named.
fn refused(field: &'static str, path: &Path, error: MarkError) -> Failure {
    let (exit, code, next) = match error {
        MarkError::Empty => (Exit::Usage, "photo_empty", "take or copy the photo again"),
        MarkError::Large { .. } => (Exit::Usage, "photo_too_large", "take it with fewer pixels"),
        MarkError::NotJpeg(_) => (Exit::Usage, "photo_not_jpeg", "give a JPEG as the camera wrote it"),
        MarkError::Unsupported(_) => {
            (Exit::Usage, "photo_unsupported", "give a baseline JPEG as the camera wrote it, not an edited copy")
        }
        MarkError::Damaged { .. } => (Exit::Usage, "photo_damaged", "take or copy the photo again"),
        MarkError::NoRoom(_) => (Exit::Usage, "photo_too_small", "take fewer or shorter lines, or a larger picture"),
        MarkError::Mask(_) => (Exit::Usage, "bad_value", "see daka photo mark --help"),
        MarkError::NotMarked => (
            Exit::Usage,
            "photo_not_marked",
            "give the marked photo as it was made, and of a splice its undo data: --undo FILE",
        ),
        MarkError::OtherUndo => (
            Exit::Usage,
            "other_undo",
            "give the .undo file that was made with this photo, and the photo as it was made, not a re-saved copy",
        ),
    };
    let message = format!("{}: {error}", path.display());
    Failure { exit, code, field: Some(field), message, next: Some(next.to_owned()) }
}
