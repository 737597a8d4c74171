//! Photos as rows and files.
//!
//! A photo is taken only if a stored entry of the caller's journal names its digest. Bytes arrive in
//! `photos/<tenant>/<digest>.<id>.part`; that file's length is the offset, so a connection that breaks loses nothing that was
//! written. Complete, it is hashed, synced and renamed to `<digest>`; a crash before the rename leaves the part, and the next PATCH
//! of no bytes finishes it. Wrong bytes are dropped, and the upload with them.

use super::Caller;
use crate::error::{Error, Refusal, Result};
use crate::home::{Home, make_private_dir, sync_parent};
use crate::random::random;
use crate::store::{Batch, num, sql};
use daka_core::domain::ids::{Hash32, hex};
use daka_core::domain::tus::PhotoMetadata;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::path::PathBuf;

/// Most bytes of a photo, 64 MiB.
pub const LIMIT: u64 = 64 << 20;

/// An upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its id, which its URL ends with.
    pub id: [u8; 16],
    /// SHA-256 of the file.
    pub digest: Hash32,
    /// Its length.
    pub length: u64,
    /// Whether all of it is here.
    pub complete: bool,
}

impl Photo {
    /// Where it ends up.
    pub fn path(&self, home: &Home, who: &Caller) -> PathBuf {
        home.photos(&who.tenant).join(self.digest.hex())
    }

    /// Where it arrives.
    pub fn part(&self, home: &Home, who: &Caller) -> PathBuf {
        home.photos(&who.tenant).join(format!("{}.{}.part", self.digest.hex(), hex(&self.id)))
    }

    /// How many bytes are here.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn offset(&self, home: &Home, who: &Caller) -> Result<u64> {
        if self.complete {
            return Ok(self.length);
        }
        let part = self.part(home, who);
        match std::fs::metadata(&part) {
            Ok(m) => Ok(m.len()),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(0),
            Err(e) => Err(Error::io("read", &part)(e)),
        }
    }
}

/// Begins an upload, or finds it again.
///
/// # Errors
/// 422 if no stored entry names the digest or another length was announced for a complete upload, 413 above [`LIMIT`].
pub fn create(batch: &Batch<'_>, who: &Caller, meta: &PhotoMetadata, length: u64) -> Result<Photo> {
    if meta.journal != who.journal {
        return Err(Refusal::forbidden("the journal is not the caller's").into());
    }
    if length > LIMIT {
        return Err(Refusal::new(413, "too_large", format!("a photo has at most {LIMIT} bytes")).into());
    }
    let key = params![who.tenant.as_str(), who.bucket, who.journal.0.0, meta.digest.0];
    let punch: Option<[u8; 16]> = batch
        .tx
        .prepare_cached(
            "SELECT punch FROM evidence WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND digest = ?4",
        )?
        .query_row(key, |r| r.get(0))
        .optional()?;
    if punch != Some(meta.punch.0) {
        return Err(Refusal::unprocessable("digest", "no stored entry names this photo; send its entry first").into());
    }
    let known = batch
        .tx
        .prepare_cached(
            "SELECT id, digest, length, complete_ms FROM photo
             WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND digest = ?4",
        )?
        .query_row(key, read)
        .optional()?;
    match known {
        Some(photo) if photo.length == length => Ok(photo),
        Some(photo) if photo.complete => {
            Err(Refusal::unprocessable("Upload-Length", format!("the photo is here and has {} bytes", photo.length))
                .into())
        }
        other => {
            if let Some(photo) = other {
                remove(batch, who, &photo)?;
            }
            make_private_dir(&batch.env.home.photos(&who.tenant))?;
            let photo = Photo { id: random()?, digest: meta.digest, length, complete: false };
            batch.tx.execute(
                "INSERT INTO photo (tenant, id, bucket, journal, digest, length, created_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    who.tenant.as_str(),
                    photo.id,
                    who.bucket,
                    who.journal.0.0,
                    photo.digest.0,
                    sql(length),
                    batch.now().get()
                ],
            )?;
            Ok(photo)
        }
    }
}

fn read(r: &rusqlite::Row<'_>) -> rusqlite::Result<Photo> {
    Ok(Photo {
        id: r.get(0)?,
        digest: crate::tlog::hash_at(r, 1)?,
        length: num(r.get(2)?),
        complete: r.get::<_, Option<i64>>(3)?.is_some(),
    })
}

/// Finds an upload of the caller's.
///
/// # Errors
/// 404 if it is not there, or someone else's.
pub fn find(conn: &Connection, who: &Caller, id: [u8; 16]) -> Result<Photo> {
    let photo = conn
        .prepare_cached(
            "SELECT id, digest, length, complete_ms FROM photo WHERE tenant = ?1 AND id = ?2 AND bucket = ?3 AND journal = ?4",
        )?
        .query_row(params![who.tenant.as_str(), id, who.bucket, who.journal.0.0], read)
        .optional()?;
    Ok(photo.ok_or_else(Refusal::not_found)?)
}

/// Checks and keeps a file all of whose bytes are here; wrong bytes are dropped. Blocking.
///
/// # Errors
/// 460 for other bytes than the digest's.
pub fn finish(home: &Home, who: &Caller, photo: &Photo) -> Result<()> {
    let part = photo.part(home, who);
    if !part.exists() && photo.path(home, who).exists() {
        // Renamed before a crash, not yet noted.
        return Ok(());
    }
    if digest_of(&part)? != photo.digest {
        std::fs::remove_file(&part).map_err(Error::io("remove", &part))?;
        return Err(Refusal::new(
            460,
            "checksum",
            "the bytes do not have the digest that the entry names; send the photo again",
        )
        .into());
    }
    std::fs::File::open(&part).and_then(|f| f.sync_all()).map_err(Error::io("sync", &part))?;
    let path = photo.path(home, who);
    std::fs::rename(&part, &path).map_err(Error::io("rename", &part))?;
    sync_parent(&path)
}

fn digest_of(path: &std::path::Path) -> Result<Hash32> {
    use std::io::Read as _;
    let mut file = std::fs::File::open(path).map_err(Error::io("read", path))?;
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer).map_err(Error::io("read", path))? {
            0 => break,
            n => context.update(buffer.get(..n).unwrap_or_default()),
        }
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.finish().as_ref());
    Ok(Hash32(out))
}

/// Notes that a photo is complete.
///
/// # Errors
/// When the database fails.
pub fn completed(batch: &Batch<'_>, who: &Caller, photo: &Photo) -> Result<()> {
    batch.tx.execute(
        "UPDATE photo SET complete_ms = ?3 WHERE tenant = ?1 AND id = ?2",
        params![who.tenant.as_str(), photo.id, batch.now().get()],
    )?;
    Ok(())
}

/// Forgets an upload.
///
/// # Errors
/// When the database fails.
pub fn remove(batch: &Batch<'_>, who: &Caller, photo: &Photo) -> Result<()> {
    batch.tx.execute("DELETE FROM photo WHERE tenant = ?1 AND id = ?2", params![who.tenant.as_str(), photo.id])?;
    let part = photo.part(&batch.env.home, who);
    match std::fs::remove_file(&part) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &part)(e)),
        _ => Ok(()),
    }
}
