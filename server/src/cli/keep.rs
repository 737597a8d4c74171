//! `backup` and `restore`.

use super::{Desk, out};
use crate::error::Result;
use crate::{backup as backups, restore as restores};
use clap::Args;
use std::path::{Path, PathBuf};

/// What to copy where.
#[derive(Debug, Args)]
pub(super) struct BackupArgs {
    /// A new file for the database alone, or a folder (existing, or ending in a slash) for database, keys and photos.
    dest: PathBuf,
}

pub(super) fn backup(desk: &Desk, args: &BackupArgs) -> Result<()> {
    let done = backups::backup(&desk.conn, &desk.env.home, &args.dest)?;
    out::say(desk.json, &serde_json::json!({ "database": done.database, "folder": done.folder }), || {
        match &done.folder {
            Some(folder) => format!(
                "copied database, keys and photos to {}; it holds private keys: keep it where only you can read it",
                folder.display()
            ),
            None => format!(
                "copied the database to {}; the keys in {} and the photos in {} are not in it",
                done.database.display(),
                desk.env.home.dir().join("keys").display(),
                desk.env.home.dir().join("photos").display()
            ),
        }
    });
    Ok(())
}

/// What to put back.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("step").required(true))]
pub(super) struct RestoreArgs {
    /// The backup: a database file, or a folder made by `backup`.
    #[arg(group = "step")]
    from: Option<PathBuf>,
    /// Tell a restored database what happened since: a file DIR/outside/<tenant>.log, or the folder of them.
    #[arg(long, value_name = "FILE", group = "step")]
    replay: Option<PathBuf>,
    /// There is no such file: confirm that revocations and used codes since the backup are lost.
    #[arg(long, group = "step")]
    confirm_loss: bool,
    /// The lowest n for the new logs `<tenant>/<n>`: needed only if the same backup was restored before on another machine.
    #[arg(long, value_name = "N", requires = "from", default_value_t = 0)]
    origin: u64,
}

pub(super) fn restore(dir: &Path, json: bool, args: &RestoreArgs) -> Result<()> {
    let done = match (&args.from, &args.replay) {
        (Some(from), _) => restores::restore(dir, from, args.origin)?,
        (None, Some(lines)) => restores::replay(dir, lines)?,
        (None, None) => restores::confirm_loss(dir)?,
    };
    out::say(json, &serde_json::json!({ "done": done }), || done.join("\n"));
    Ok(())
}
