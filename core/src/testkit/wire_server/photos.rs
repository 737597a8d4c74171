//! Photos by tus 1.0.

use super::fault::problem;
use super::{State, WireServer, header};
use crate::adapters::crypto::Ring;
use crate::domain::crypto::Crypto as _;
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::journal::{EvidenceFile, GroupId, UploadEntry};
use crate::domain::tus::PhotoMetadata;
use crate::ports::{HttpRequest, HttpResponse};

/// An upload.
pub(super) struct Photo {
    digest: Hash32,
    length: usize,
    bytes: Vec<u8>,
    dropped: bool,
}

impl WireServer {
    /// The photos that are here whole.
    pub fn photos(&self) -> Vec<Vec<u8>> {
        self.with(|s| {
            let whole = |p: &&Photo| p.bytes.len() == p.length && !p.dropped;
            s.photos.iter().filter(whole).map(|p| p.bytes.clone()).collect()
        })
    }

    /// Forgets every upload that is not whole.
    pub fn drop_uploads(&self) {
        self.with(|s| s.photos.iter_mut().filter(|p| p.bytes.len() < p.length).for_each(|p| p.dropped = true));
    }
}

fn status(status: u16, headers: &[(&str, String)]) -> HttpResponse {
    let headers = headers.iter().map(|(n, v)| ((*n).to_owned(), v.clone())).collect();
    HttpResponse { status, headers, body: Vec::new() }
}

impl State {
    pub(super) fn create_photo(&mut self, journal: JournalId, request: &HttpRequest) -> HttpResponse {
        let length = header(request, "upload-length").and_then(|n| n.parse().ok());
        let meta = header(request, "upload-metadata").and_then(|m| PhotoMetadata::parse(m).ok());
        let (Some(length), Some(meta)) = (length, meta) else { return problem(400, "malformed") };
        if header(request, "tus-resumable") != Some("1.0.0") {
            return problem(412, "tus_version");
        }
        let names = |entry: &UploadEntry| {
            let UploadEntry::Whole(entry) = entry else { return false };
            let files = entry.groups.get(&GroupId::Evidence).and_then(|g| EvidenceFile::decode_all(g).ok());
            files.is_some_and(|files| files.iter().any(|f| f.camera == meta.digest))
        };
        if meta.journal != journal || !self.journals[&journal].all_entries().any(names) {
            return problem(422, "unprocessable");
        }
        let found = self.photos.iter().position(|p| p.digest == meta.digest && p.length == length && !p.dropped);
        let id = found.unwrap_or_else(|| {
            self.photos.push(Photo { digest: meta.digest, length, bytes: Vec::new(), dropped: false });
            self.photos.len() - 1
        });
        status(201, &[("location", format!("{}/v0/photos/{id}", super::URL))])
    }

    fn upload(&mut self, route: &str) -> Option<&mut Photo> {
        let id: usize = route.rsplit('/').next()?.parse().ok()?;
        self.photos.get_mut(id).filter(|p| !p.dropped)
    }

    pub(super) fn photo_offset(&mut self, route: &str) -> HttpResponse {
        match self.upload(route) {
            Some(photo) => status(200, &[("upload-offset", photo.bytes.len().to_string())]),
            None => status(404, &[]),
        }
    }

    pub(super) fn photo_piece(&mut self, route: &str, request: &HttpRequest) -> HttpResponse {
        let Some(photo) = self.upload(route) else { return problem(404, "not_found") };
        if header(request, "content-type") != Some("application/offset+octet-stream") {
            return problem(415, "media_type");
        }
        if header(request, "upload-offset") != Some(photo.bytes.len().to_string().as_str()) {
            return problem(409, "offset");
        }
        photo.bytes.extend_from_slice(&request.body);
        if photo.bytes.len() == photo.length && Ring.sha256(&[&photo.bytes]) != photo.digest {
            photo.dropped = true;
            return problem(460, "checksum");
        }
        status(204, &[("upload-offset", photo.bytes.len().to_string())])
    }
}
