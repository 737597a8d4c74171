//! Photos follow their punches: tus 1.0 creation, HEAD and PATCH, resumed where the last round ended.

use super::client::Client;
use super::round::{SyncOptions, SyncReport};
use super::stop::Stop;
use crate::app::db::readable;
use crate::app::engine::Engine;
use crate::app::rulebook::InForce;
use crate::app::{DakaError, PhotoError};
use crate::domain::ids::PunchId;
use crate::domain::journal::{EvidenceFile, GroupId};
use crate::domain::retry::Ask;
use crate::domain::tus::PhotoMetadata;
use crate::ports::{
    EntryRow, EntryState, HttpRequest, HttpResponse, Method, PhotoReader, PhotoRow, PhotoState, PhotoStoreError,
};

/// One PATCH carries at most so many bytes.
const PIECE: usize = 512 * 1024;

/// An upload that goes nowhere is given up for this round after so many answers without progress.
const TRIES: u32 = 3;

impl Engine {
    /// Sends the photos of punches that the server has. One that it would not take, or that cannot be read any more, keeps none of the
    /// others waiting.
    pub(super) async fn send_photos(
        &self,
        client: &Client,
        options: SyncOptions,
        report: &mut SyncReport,
    ) -> Result<(), Stop> {
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        let waiting = self.read(move |tx| {
            let wait =
                options.metered && (options.save_data || InForce::load(&*crypto, tx)?.policy.photos_on_wifi_only);
            Ok(if wait { Vec::new() } else { tx.photos(PhotoState::Waiting)? })
        })?;
        let mut left = None;
        for row in waiting {
            let Some(punch) = row.punch else { continue };
            if !self.entry_received(punch, &row)? {
                continue;
            }
            match self.send_photo(client, punch, row, report).await {
                Err(Stop::Own(DakaError::Photo(PhotoError::Store(e)))) => {
                    tracing::warn!(error = %e, "a photo cannot be sent");
                    report.photos_refused += 1;
                }
                Err(stop) if stop.is_about_one_document() => {
                    report.photos_refused += 1;
                    left.get_or_insert(stop);
                }
                other => other?,
            }
        }
        left.map_or(Ok(()), Err)
    }

    /// The server takes a photo only when an entry that it has names it.
    fn entry_received(&self, punch: PunchId, photo: &PhotoRow) -> Result<bool, DakaError> {
        let digest = photo.digest;
        self.read(move |tx| {
            let names = |row: &EntryRow| {
                let group = row.entry.groups.get(&GroupId::Evidence).and_then(|g| EvidenceFile::decode_all(g).ok());
                group.is_some_and(|files| files.iter().any(|f| f.camera == digest))
            };
            let about = readable(tx.about(punch))?.unwrap_or_default();
            Ok(about.iter().any(|row| row.state == EntryState::Received && names(row)))
        })
    }

    async fn send_photo(
        &self,
        client: &Client,
        punch: PunchId,
        mut row: PhotoRow,
        report: &mut SyncReport,
    ) -> Result<(), Stop> {
        let size = EvidenceFile::decode_all(&row.evidence).map_err(DakaError::from)?.first().map_or(0, |f| f.size);
        let mut reader = self.ports.photos.open(row.digest).map_err(own)?;
        let mut tries = 0;
        loop {
            let url = match row.upload_url.clone() {
                Some(url) => url,
                None => {
                    let url = self.create(client, punch, &row, size, report).await?;
                    row.upload_url = Some(url.clone());
                    let kept = row.clone();
                    self.write(move |tx| Ok(tx.put_photo(&kept)?))?;
                    url
                }
            };
            report.requests += 1;
            let answer = client.send(Ask::Photo, tus(client.request(Method::Head, &url, Vec::new()))).await?;
            let mut offset = match (answer.status, offset_of(&answer)) {
                (200 | 204, Some(offset)) if offset <= size => offset,
                // The place is gone: a new one is asked for.
                (404 | 410 | 460, _) if tries < TRIES => {
                    tries += 1;
                    row.upload_url = None;
                    continue;
                }
                _ => return Err(client.unexpected(Ask::Photo, &answer)),
            };
            let before = offset;
            while offset < size {
                let piece = piece(&mut *reader, offset)?;
                let mut request = tus(client.request(Method::Patch, &url, Vec::new()));
                request.headers.push(("content-type", "application/offset+octet-stream".to_owned()));
                request.headers.push(("upload-offset", offset.to_string()));
                request.body = piece;
                report.requests += 1;
                let answer = client.send(Ask::Photo, request).await?;
                match (answer.status, offset_of(&answer)) {
                    (204 | 200, Some(next)) if next > offset && next <= size => offset = next,
                    // Another offset than the server's, or bytes that are not the photo's: ask again where to go on.
                    (409 | 460, _) => break,
                    _ => return Err(client.unexpected(Ask::Photo, &answer)),
                }
            }
            if offset == size {
                let done = PhotoRow { state: PhotoState::Received, ..row };
                self.write(move |tx| Ok(tx.put_photo(&done)?))?;
                report.photos += 1;
                return Ok(());
            }
            if offset == before {
                tries += 1;
            }
            if tries >= TRIES {
                return Err(Stop::unproven(Ask::Photo));
            }
        }
    }

    async fn create(
        &self,
        client: &Client,
        punch: PunchId,
        row: &PhotoRow,
        size: u64,
        report: &mut SyncReport,
    ) -> Result<String, Stop> {
        let metadata = PhotoMetadata { journal: self.enrolled()?.journal, punch, digest: row.digest };
        let mut request = tus(client.request(Method::Post, "/v0/photos", Vec::new()));
        request.headers.push(("upload-length", size.to_string()));
        request.headers.push(("upload-metadata", metadata.header()));
        report.requests += 1;
        let answer = client.send(Ask::Photo, request).await?;
        let place = answer.header("location").map(str::to_owned);
        match (answer.status, place) {
            (201 | 200, Some(place)) => path_of(client, &place).ok_or_else(|| Stop::unreadable(Ask::Photo)),
            _ => Err(client.unexpected(Ask::Photo, &answer)),
        }
    }
}

/// The path below the server's address that a `Location` names. Only a place at the same server: a token must not travel elsewhere.
fn path_of(client: &Client, place: &str) -> Option<String> {
    let here = place.starts_with('/') && !place.starts_with("//");
    let place = if here { format!("{}{place}", client.server.origin()) } else { place.to_owned() };
    let path = place.strip_prefix(client.server.as_str())?;
    path.starts_with('/').then(|| path.to_owned())
}

/// The next bytes to send.
fn piece(reader: &mut dyn PhotoReader, offset: u64) -> Result<Vec<u8>, DakaError> {
    let mut piece = vec![0; PIECE];
    let n = reader.read_at(offset, &mut piece).map_err(own)?;
    piece.truncate(n);
    // Shorter than its entry says: the rest is gone.
    if piece.is_empty() { Err(own(PhotoStoreError::Damaged)) } else { Ok(piece) }
}

fn own(e: PhotoStoreError) -> DakaError {
    PhotoError::from(e).into()
}

fn tus(mut request: HttpRequest) -> HttpRequest {
    request.headers.push(("tus-resumable", "1.0.0".to_owned()));
    request
}

fn offset_of(answer: &HttpResponse) -> Option<u64> {
    answer.header("upload-offset")?.trim().parse().ok()
}
