//! Files that survive a power cut.
//!
//! A file is durable when its bytes and the folder's entry for it were synced. So a new file is written under a temporary name,
//! synced, given its name in one step, and then the folder is synced. A crash before the naming leaves a file under the temporary
//! name, which the next writer replaces; a crash after it leaves the whole file, under one name or both.

#[cfg(feature = "system")]
use std::fs;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Options that make or replace a file only its owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options
}

/// Makes a folder only its owner may enter. Its parent is not synced.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] if it is there, or what the system says.
#[cfg(feature = "photo")]
pub(crate) fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Makes the names in `folder` durable.
///
/// # Errors
/// What the system says.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    // An empty path is the current folder, as in the parent of "journal.db".
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    File::open(folder)?.sync_all()
}

/// The folder that a file is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(Path::new(""))
}

/// Writes `bytes` as the file at `path` in one step, whether or not there is one. Other names begin with the same name.
///
/// # Errors
/// What the system says; the old file is still there then.
#[cfg(feature = "system")]
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = write_beside(path, bytes)?;
    fs::rename(&written, path).inspect_err(|_| drop(fs::remove_file(&written)))?;
    sync_folder(folder_of(path))
}

/// Writes `bytes` as a new file at `path` in one step.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] if there is one, or what the system says.
#[cfg(feature = "system")]
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let written = write_beside(path, bytes)?;
    let linked = fs::hard_link(&written, path);
    // A second name that stays behind is replaced by the next writer.
    let _ = fs::remove_file(&written);
    linked?;
    sync_folder(folder_of(path))
}

#[cfg(feature = "system")]
fn write_beside(path: &Path, bytes: &[u8]) -> io::Result<std::path::PathBuf> {
    use std::io::Write as _;
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let beside = std::path::PathBuf::from(name);
    // A new file, so that its mode is ours and an old link of it is not written through.
    match fs::remove_file(&beside) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    let mut file = private().write(true).create_new(true).open(&beside)?;
    let synced = file.write_all(bytes).and_then(|()| file.sync_all());
    synced.inspect_err(|_| drop(fs::remove_file(&beside)))?;
    Ok(beside)
}

#[cfg(all(test, feature = "system"))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_a_crash_before_the_naming_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("value");
        fs::write(folder.path().join("value.new"), b"what a crash left behind, longer than the value").unwrap();
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_is_there_is_not_created_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("value");
        create(&path, b"one").unwrap();
        assert_eq!(create(&path, b"two").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
