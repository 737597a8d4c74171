//! A file that cannot be read: kept under another name, and what still opens taken over into a new one.
//!
//! It may hold the only copy of punches that were never sent, so it is never deleted and not a byte of it is changed: everything
//! is read from a copy. If the first page is gone, the copy gets that of a new database, which is the same for the same version, so that
//! the rows behind it are found again. Every row that opens is taken over. An entry that is missing then shows as a gap
//! in seq; whether the chain holds is the use case's to verify, as at every opening. A damaged page that leads to others takes
//! them along: what is on those is in the file aside and nowhere else.
//!
//! ```text
//! name.damaged    it turned out damaged while it was in use: rebuilt at the next start
//! name.building   the new database while it is filled; left by a crash, it is thrown away
//! name.rebuilt    the new database, whole and closed; from here on the exchange is finished, by this start or the next
//! name.corrupt-N  the file as it was found, with its log name.corrupt-N-wal
//! ```

use super::errors::{file_error, store_error};
use super::file::{close, connect, with_suffix};
use super::opened::{
    Stored, StoredCapture, StoredCheckpoint, StoredDue, StoredEntry, StoredHead, StoredPhoto, StoredReceipt,
    StoredValue,
};
use super::seal::RowSealer;
use super::tx::SqliteTx;
use crate::adapters::crypto::Sealer;
use crate::adapters::durable;
use crate::ports::{StoreError, Tx as _};
use rusqlite::{Connection, TransactionBehavior};
use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

const MARK: &str = ".damaged";

/// Leaves word that the database turned out damaged while it was in use. A rebuild in the middle of a run could take the tail of the
/// chain away unseen, so it waits for the next start, where the use cases compare the tail with the sealed head.
pub(super) fn mark(path: &Path) {
    // Without the word the next start finds the damage again when it meets it.
    let _ = durable::private().create(true).write(true).truncate(true).open(with_suffix(path, MARK));
}

/// Whether word was left.
pub(super) fn is_marked(path: &Path) -> bool {
    with_suffix(path, MARK).exists()
}

/// What a rebuild did.
pub(super) struct Rebuilt {
    /// Where the damaged file is kept.
    pub(super) moved_aside: PathBuf,
    /// Entries that were taken over.
    pub(super) entries: u64,
    /// Whether something could not be taken over.
    pub(super) incomplete: bool,
}

/// Builds a new database beside the damaged one, fills it, and exchanges the two.
///
/// # Errors
/// [`StoreError`]; the damaged file is then still in its place.
pub(super) fn rebuild(path: &Path, sealer: &Sealer) -> Result<Rebuilt, StoreError> {
    let (building, copy) = (with_suffix(path, ".building"), with_suffix(path, ".salvage"));
    remove_database(&building)?;
    let (mut conn, seal) = connect(&building, sealer)?;
    // The new file's first page is read below, so it must be in the file.
    conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).map_err(store_error)?;
    let (mut entries, mut incomplete) = (0, true);
    if let Some((source, source_seal)) = open_copy(path, &copy, &building, sealer)? {
        let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate).map_err(store_error)?;
        let damaged = Cell::new(false);
        let from = SqliteTx { conn: &source, seal: &source_seal, writable: false, damaged: &damaged };
        let mut to = SqliteTx { conn: &tx, seal: &seal, writable: true, damaged: &damaged };
        let mut taking = TakeOver { from, to: &mut to, entries: 0, incomplete: false };
        taking.run()?;
        (entries, incomplete) = (taking.entries, taking.incomplete);
        tx.commit().map_err(store_error)?;
    }
    close(conn)?;
    remove_database(&copy)?;
    let sync = |file: &Path| File::open(file).and_then(|f| f.sync_all()).map_err(|e| file_error(&e));
    sync(&building)?;
    rename(&building, &with_suffix(path, ".rebuilt"))?;
    durable::sync_folder(durable::folder_of(path)).map_err(|e| file_error(&e))?;
    let moved_aside = finish(path)?.ok_or_else(|| StoreError::Io("the rebuilt database is gone".to_owned()))?;
    Ok(Rebuilt { moved_aside, entries, incomplete })
}

/// Finishes an exchange that was begun: the old file aside, the new one in its place. Gives back the old file's new name, or
/// nothing if there is nothing to finish.
///
/// # Errors
/// What the system says; the next call goes on from there.
pub(super) fn finish(path: &Path) -> Result<Option<PathBuf>, StoreError> {
    let rebuilt = with_suffix(path, ".rebuilt");
    if !rebuilt.exists() {
        return Ok(None);
    }
    let free = (1u32..).map(|n| with_suffix(path, &format!(".corrupt-{n}"))).find(|aside| !aside.exists());
    let aside = free.ok_or_else(|| StoreError::Io("too many damaged databases are kept".to_owned()))?;
    // The log first: left behind, it would be taken for the new database's.
    for suffix in ["-wal", "-shm", ""] {
        rename(&with_suffix(path, suffix), &with_suffix(&aside, suffix))?;
    }
    rename(&rebuilt, path)?;
    remove(&with_suffix(path, MARK))?;
    durable::sync_folder(durable::folder_of(path)).map_err(|e| file_error(&e))?;
    Ok(Some(aside))
}

/// Renames, where there is something to rename.
fn rename(from: &Path, to: &Path) -> Result<(), StoreError> {
    match fs::rename(from, to) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(file_error(&e)),
        _ => Ok(()),
    }
}

fn remove_database(path: &Path) -> Result<(), StoreError> {
    ["", "-wal", "-shm"].iter().try_for_each(|suffix| remove(&with_suffix(path, suffix)))
}

fn remove(file: &Path) -> Result<(), StoreError> {
    match fs::remove_file(file) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(file_error(&e)),
        _ => Ok(()),
    }
}

/// Opens a copy of the damaged database, with a new first page if it does not open with its own.
fn open_copy(
    path: &Path,
    copy: &Path,
    new: &Path,
    sealer: &Sealer,
) -> Result<Option<(Connection, RowSealer)>, StoreError> {
    for with_new_page in [false, true] {
        remove_database(copy)?;
        copy_private(path, copy).map_err(|e| file_error(&e))?;
        match copy_private(&with_suffix(path, "-wal"), &with_suffix(copy, "-wal")) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(file_error(&e)),
            _ => {}
        }
        if with_new_page {
            give_first_page(new, copy).map_err(|e| file_error(&e))?;
        }
        match connect(copy, sealer) {
            Ok(opened) => return Ok(Some(opened)),
            Err(e @ (StoreError::DiskFull | StoreError::ReadOnly | StoreError::WrongKey)) => return Err(e),
            // Damage that goes deeper, or no database at all.
            Err(_) => {}
        }
    }
    remove_database(copy)?;
    Ok(None)
}

fn copy_private(from: &Path, to: &Path) -> io::Result<()> {
    let mut from = File::open(from)?;
    let mut to = durable::private().write(true).create_new(true).open(to)?;
    io::copy(&mut from, &mut to).map(drop)
}

/// The size of SQLite's pages when nothing else is asked for.
const PAGE: usize = 4096;

/// Puts the first page of a new database in place of that of `copy`. The page holds the schema, whose tables begin at the same pages
/// in every database of a version, and a header (file format, section 1.3) in which only these fields are a file's own: its
/// size in pages at 28, and its list of free pages at 32, which reading does not need.
fn give_first_page(new: &Path, copy: &Path) -> io::Result<()> {
    let mut page = vec![0; PAGE];
    File::open(new)?.read_exact(&mut page)?;
    let mut file = OpenOptions::new().write(true).open(copy)?;
    let pages = u32::try_from(file.metadata()?.len() / PAGE as u64).unwrap_or(u32::MAX);
    page[28..32].copy_from_slice(&pages.to_be_bytes());
    page[32..40].fill(0);
    file.write_all(&page)
}

/// Rows on their way from the copy into the new database.
struct TakeOver<'a, 'b> {
    from: SqliteTx<'a>,
    to: &'a mut SqliteTx<'b>,
    /// Entries taken over.
    entries: u64,
    /// Something was not.
    incomplete: bool,
}

/// So many neighbouring entries out of reach mean that the table ends there, when its end is out of reach too.
const GIVE_UP_AFTER: i64 = 10_000;

impl TakeOver<'_, '_> {
    /// Takes over every row that opens.
    ///
    /// # Errors
    /// What writing says; reading is allowed to fail.
    fn run(&mut self) -> Result<(), StoreError> {
        self.entries()?;
        self.table::<StoredHead>("SELECT epoch, seq, sealed FROM head", |to, (epoch, seq, head)| {
            to.put_head(epoch, seq, &head)
        })?;
        self.table::<StoredReceipt>(
            "SELECT epoch, from_seq, to_seq, nth, sealed FROM receipt ORDER BY epoch, from_seq, to_seq, nth",
            |to, row| to.put_receipt(&row),
        )?;
        self.table::<StoredCheckpoint>("SELECT origin, size, sealed FROM checkpoint ORDER BY nth", |to, row| {
            to.put_checkpoint(&row)
        })?;
        self.table::<StoredCapture>("SELECT nonce, sealed FROM capture", |to, row| to.put_capture(&row))?;
        self.table::<StoredPhoto>("SELECT digest, punch, state, sealed FROM photo ORDER BY nth", |to, row| {
            to.put_photo(&row)
        })?;
        self.table::<StoredValue>("SELECT name, sealed FROM value", |to, (name, value)| {
            to.put_named_value(&name, &value)
        })?;
        self.table::<StoredDue>("SELECT task, elapsed_ms, wall_ms, sealed FROM due", |to, (task, due)| {
            to.set_named_due(&task, &due)
        })
    }

    /// The rows of a small table, until one cannot be reached.
    fn table<R: Stored>(
        &mut self,
        sql: &str,
        mut put: impl FnMut(&mut SqliteTx<'_>, R::Opened) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let Self { from, to, incomplete, .. } = self;
        let mut refused = None;
        let read = from.each::<R>(sql, [], |row| match row {
            Ok(row) => put(to, row).inspect_err(|e| refused = Some(e.clone())),
            Err(_) => {
                *incomplete = true;
                Ok(())
            }
        });
        *incomplete |= read.is_err();
        refused.map_or(Ok(()), Err)
    }

    /// The entries one by one, in the order in which they were appended, stepping over what cannot be reached.
    fn entries(&mut self) -> Result<(), StoreError> {
        let sql = "SELECT epoch, seq, kind, punch, state, sealed, rowid FROM entry NOT INDEXED \
                   WHERE rowid > ?1 ORDER BY rowid LIMIT 1";
        let last: Option<i64> = self.from.first("SELECT max(rowid) FROM entry", [], |row| row.get(0)).unwrap_or(None);
        let (mut at, mut failed) = (0, 0);
        loop {
            let next = self.from.first(sql, [at], |row| Ok((row.get::<_, i64>(6)?, StoredEntry::read(row))));
            match next {
                Ok(None) => return Ok(()),
                Ok(Some((rowid, stored))) => {
                    (at, failed) = (rowid, 0);
                    match stored.map_err(store_error).and_then(|stored| stored.open(self.from.seal)) {
                        Ok(row) => {
                            self.to.append(&row)?;
                            self.entries += 1;
                        }
                        Err(_) => self.incomplete = true,
                    }
                }
                Err(_) => {
                    self.incomplete = true;
                    (at, failed) = (at + 1, failed + 1);
                    if last.map_or(failed > GIVE_UP_AFTER, |last| at > last) {
                        return Ok(());
                    }
                }
            }
        }
    }
}
