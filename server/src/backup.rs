//! Backups, taken while the server serves.
//!
//! SQLite's online backup copies the database page by page in one reading transaction; the copy appears under its name only when it
//! is whole and synced. Keys and photos are files: in a folder backup they are copied beside it. The outside file is never part of a
//! backup: it must be kept elsewhere, because it says what the backup cannot know.

use crate::error::{Error, Result};
use crate::home::{Home, make_private_dir, sync_parent};
use rusqlite::Connection;
use rusqlite::backup::Backup;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What was copied.
#[derive(Clone, Debug)]
pub struct Done {
    /// The database's copy.
    pub database: PathBuf,
    /// The folder, if keys and photos were copied too.
    pub folder: Option<PathBuf>,
}

/// Copies the database to a new file, or everything into a folder.
///
/// # Errors
/// If the target exists, or cannot be written.
pub fn backup(conn: &Connection, home: &Home, dest: &Path) -> Result<Done> {
    let is_folder = dest.is_dir() || dest.to_string_lossy().ends_with(['/', '\\']);
    let database = if is_folder { dest.join("daka.db") } else { dest.to_owned() };
    if database.exists() {
        return Err(Error::Exists(format!("{} exists already; give a new name", database.display())));
    }
    if is_folder {
        make_private_dir(dest)?;
        // Keys first: a database whose keys are missing cannot be used, keys without a database do no harm.
        copy_dir(&home.dir().join("keys"), &dest.join("keys"))?;
    }
    copy_database(conn, &database)?;
    if is_folder {
        copy_dir(&home.dir().join("photos"), &dest.join("photos"))?;
    }
    Ok(Done { database, folder: is_folder.then(|| dest.to_owned()) })
}

/// Copies a database that may be in use.
///
/// # Errors
/// When the copy cannot be written.
pub fn copy_database(conn: &Connection, to: &Path) -> Result<()> {
    let mut name = to.as_os_str().to_owned();
    name.push(".part");
    let part = PathBuf::from(name);
    if part.exists() {
        fs::remove_file(&part).map_err(Error::io("remove", &part))?;
    }
    crate::home::write_private(&part, &[])?;
    {
        let mut copy = Connection::open(&part)?;
        // One step: in steps, every write by the server would start the copy over.
        Backup::new(conn, &mut copy)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
        copy.pragma_update(None, "journal_mode", "DELETE")?;
    }
    fs::File::open(&part).and_then(|f| f.sync_all()).map_err(Error::io("sync", &part))?;
    fs::rename(&part, to).map_err(Error::io("rename", &part))?;
    sync_parent(to)
}

/// Copies a folder's files, with their permissions; uploads under way are left out. A folder that is not there is no files.
///
/// # Errors
/// When a file cannot be read or written.
pub fn copy_dir(from: &Path, to: &Path) -> Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    make_private_dir(to)?;
    for entry in fs::read_dir(from).map_err(Error::io("read", from))? {
        let entry = entry.map_err(Error::io("read", from))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy_dir(&source, &target)?;
        } else if source.extension().is_none_or(|e| e != "part") {
            fs::copy(&source, &target).map_err(Error::io("copy", &source))?;
        }
    }
    Ok(())
}
