//! Locked libraries as class paths: jars as they are, Android archives unpacked once into the cache.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::lock::{Entry, Locked};
use super::store::Store;
use crate::failure::{AtPath, Outcome, failed};
use crate::workspace::{Lock, Workspace};

/// The libraries of a scope.
#[derive(Debug, Default, Clone)]
pub(super) struct Libraries {
    /// For the class path.
    pub(super) jars: Vec<PathBuf>,
    /// Folders of unpacked Android archives.
    pub(super) aars: Vec<PathBuf>,
}

/// Reads a scope of the lock; it must have been fetched.
pub(super) fn libraries(ws: &Workspace, store: &Store, locked: &Locked, scope: &str) -> Outcome<Libraries> {
    let mut found = Libraries::default();
    for entry in locked.scope(scope) {
        let file = store.path(&entry.artifact);
        if entry.artifact.kind != "aar" {
            found.jars.push(file);
            continue;
        }
        let folder = unpacked(ws, entry, &file)?;
        found.jars.extend(jars_in(&folder)?);
        found.aars.push(folder);
    }
    Ok(found)
}

/// The one file of a scope.
pub(super) fn file(store: &Store, locked: &Locked, scope: &str) -> Outcome<PathBuf> {
    match locked.scope(scope).next() {
        Some(entry) => Ok(store.path(&entry.artifact)),
        None => failed(format!("the lock has nothing for {scope}")),
    }
}

/// `classes.jar` and those in `libs` of an unpacked archive.
pub(super) fn jars_in(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut jars: Vec<PathBuf> = Some(folder.join("classes.jar")).into_iter().filter(|jar| jar.exists()).collect();
    let libs = folder.join("libs");
    if libs.is_dir() {
        let mut more: Vec<PathBuf> = files_below(&libs)?.into_iter().filter(|f| has_extension(f, "jar")).collect();
        more.sort();
        jars.extend(more);
    }
    Ok(jars)
}

pub(super) fn has_extension(file: &Path, extension: &str) -> bool {
    file.extension().is_some_and(|found| found == extension)
}

/// Unpacks an archive; the mark is written last, so that a torn folder is unpacked again.
pub(super) fn unpacked(ws: &Workspace, entry: &Entry, file: &Path) -> Outcome<PathBuf> {
    let folder = ws.cache.join("aar").join(entry.artifact.to_string().replace(':', "_"));
    let mark = folder.join(".unpacked");
    if fs::read_to_string(&mark).is_ok_and(|found| found == entry.sha256) {
        return Ok(folder);
    }
    let _lock = Lock::take(&ws.cache, "aar")?;
    if folder.exists() {
        fs::remove_dir_all(&folder).at("remove", &folder)?;
    }
    fs::create_dir_all(&folder).at("make", &folder)?;
    let opened = fs::File::open(file).at("open", file)?;
    let unzip = zip::ZipArchive::new(opened).and_then(|mut archive| archive.extract(&folder));
    if let Err(error) = unzip {
        return failed(format!("{} cannot be unpacked: {error}", file.display()));
    }
    fs::write(&mark, &entry.sha256).at("write", &mark)?;
    Ok(folder)
}

/// All files below a folder, sorted.
pub(super) fn files_below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).at("read", &folder),
        };
        for entry in entries {
            let path = entry.at("read", &folder)?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// As a class path; what is named twice is there once.
pub(super) fn class_path<'a>(parts: impl IntoIterator<Item = &'a PathBuf>) -> String {
    let mut seen = std::collections::BTreeSet::new();
    let parts: Vec<String> =
        parts.into_iter().filter(|part| seen.insert(*part)).map(|part| part.display().to_string()).collect();
    parts.join(":")
}
