//! Files that a command writes: beside their name first, and then given it in one step, so that a kill leaves the earlier file or the new one.

use crate::failure::Failure;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

/// Writes a file; an earlier one is replaced.
///
/// # Errors
/// [`Failure`] naming the file.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    put(path, bytes).map_err(|e| Failure::unwritable(path, &e))
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A name like "x/.." has no file to write.
    let mut name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
    name.push(".part");
    let part = path.with_file_name(name);
    let written = File::create(&part)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path));
    written.inspect_err(|_| drop(fs::remove_file(&part)))
}
