//! Photos by tus 1.0: creation, HEAD, PATCH.

use super::Shared;
use super::answers::{Arriving, Cut};
use super::guard::{Allow, caller, read, write};
use super::problem::{Failed, problem};
use crate::error::{Error, Refusal, Result};
use crate::phone::Caller;
use crate::phone::photos::{self, Photo};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use daka_core::domain::ids::{hex, parse_hex};
use daka_core::domain::tus::PhotoMetadata;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use tokio::io::AsyncWriteExt as _;

const RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const VERSION: HeaderName = HeaderName::from_static("tus-version");
const OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const LENGTH: HeaderName = HeaderName::from_static("upload-length");
const METADATA: HeaderName = HeaderName::from_static("upload-metadata");

/// Every answer of a tus route says the version.
fn tus(result: Result<Response, Failed>) -> Response {
    let mut response = match result {
        Ok(response) => response,
        Err(failed) => failed.into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(RESUMABLE, HeaderValue::from_static("1.0.0"));
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(VERSION, HeaderValue::from_static("1.0.0"));
    }
    response
}

fn check_version(headers: &HeaderMap) -> Result<()> {
    match headers.get(RESUMABLE).map(HeaderValue::as_bytes) {
        Some(b"1.0.0") => Ok(()),
        _ => Err(Refusal::new(412, "tus_version", "send Tus-Resumable: 1.0.0").into()),
    }
}

fn header_number(headers: &HeaderMap, name: &HeaderName, field: &'static str) -> Result<u64> {
    let value = headers.get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.parse().ok());
    let missing = || Refusal {
        field: Some(field),
        ..Refusal::new(400, "malformed", format!("send {field} as a number of bytes"))
    };
    Ok(value.ok_or_else(missing)?)
}

pub(super) async fn create(State(app): State<Shared>, headers: HeaderMap) -> Response {
    let work = async {
        let caller = caller(&app, &headers)?;
        check_version(&headers)?;
        let length = header_number(&headers, &LENGTH, "Upload-Length")?;
        let text = headers.get(METADATA).and_then(|v| v.to_str().ok()).unwrap_or_default();
        let meta = PhotoMetadata::parse(text).map_err(|e| Refusal::malformed(&e))?;
        let first = move |batch: &crate::store::Batch<'_>, who: &Caller| photos::create(batch, who, &meta, length);
        let photo = write(&app, caller, Allow::Revoked, first, |_, _, photo| Ok(photo)).await?;
        Ok((StatusCode::CREATED, [(header::LOCATION, format!("/v0/photos/{}", hex(&photo.id)))]).into_response())
    };
    tus(work.await)
}

fn parse_id(id: &str) -> Result<[u8; 16]> {
    parse_hex("id", id).map_err(|_| Refusal::not_found().into())
}

pub(super) async fn offset(State(app): State<Shared>, headers: HeaderMap, Path(id): Path<String>) -> Response {
    let work = async {
        check_version(&headers)?;
        let id = parse_id(&id)?;
        let home = app.env.home.clone();
        let (offset, length) = read(&app, &headers, Allow::Revoked, move |conn, who| {
            let photo = photos::find(conn, who, id)?;
            Ok((photo.offset(&home, who)?, photo.length))
        })
        .await?;
        let values = [(OFFSET, offset.to_string()), (LENGTH, length.to_string())];
        Ok((StatusCode::OK, values, [(header::CACHE_CONTROL, "no-store")]).into_response())
    };
    tus(work.await)
}

/// An upload that one request at a time writes to.
struct Busy<'a> {
    all: &'a Mutex<HashSet<[u8; 16]>>,
    id: [u8; 16],
}

impl<'a> Busy<'a> {
    fn take(all: &'a Mutex<HashSet<[u8; 16]>>, id: [u8; 16]) -> Result<Self> {
        if all.lock().unwrap_or_else(PoisonError::into_inner).insert(id) {
            Ok(Self { all, id })
        } else {
            Err(Refusal::new(409, "offset", "another request is writing to this upload; ask with HEAD").into())
        }
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

pub(super) async fn append(
    State(app): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<String>,
    body: Body,
) -> Response {
    tus(patch(&app, &headers, &id, body).await)
}

async fn patch(app: &Shared, headers: &HeaderMap, id: &str, body: Body) -> Result<Response, Failed> {
    let who = caller(app, headers)?;
    check_version(headers)?;
    if headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes) != Some(b"application/offset+octet-stream") {
        return Err(Refusal::new(415, "media_type", "send application/offset+octet-stream").into());
    }
    let (id, claimed) = (parse_id(id)?, header_number(headers, &OFFSET, "Upload-Offset")?);
    let photo = read(app, headers, Allow::Revoked, move |conn, who| photos::find(conn, who, id)).await?;
    let _busy = Busy::take(&app.busy, id)?;
    let offset = photo.offset(&app.env.home, &who)?;
    if claimed != offset {
        let refusal =
            Refusal::new(409, "offset", format!("{offset} bytes are here; ask with HEAD and go on from there"));
        let mut response = problem(&refusal);
        response.headers_mut().insert(OFFSET, HeaderValue::from(offset));
        return Ok(response);
    }
    let now_at = if photo.complete { offset } else { take_in(app, &who, &photo, offset, body).await? };
    if now_at == photo.length && !photo.complete {
        complete(app, who, photo).await?;
    }
    Ok((StatusCode::NO_CONTENT, [(OFFSET, now_at.to_string())]).into_response())
}

/// Writes what comes, up to the announced length, and keeps it also when the connection breaks or the rest does not come.
async fn take_in(app: &Shared, who: &Caller, photo: &Photo, mut offset: u64, body: Body) -> Result<u64> {
    let part = photo.part(&app.env.home, who);
    let mut file =
        tokio::fs::OpenOptions::new().append(true).create(true).open(&part).await.map_err(Error::io("open", &part))?;
    let mut arriving = Arriving::new(body, app.env.patience);
    let late = loop {
        let bytes = match arriving.next().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) | Err(Cut::Broken) => break None,
            Err(late) => break Some(late),
        };
        offset += bytes.len() as u64;
        if offset > photo.length {
            file.flush().await.map_err(Error::io("write", &part))?;
            return Err(
                Refusal::new(413, "too_large", format!("the photo was announced with {} bytes", photo.length)).into()
            );
        }
        file.write_all(&bytes).await.map_err(Error::io("write", &part))?;
    };
    file.flush().await.map_err(Error::io("write", &part))?;
    file.sync_data().await.map_err(Error::io("sync", &part))?;
    match late {
        None => Ok(offset),
        Some(late) => Err(late.refusal().into()),
    }
}

async fn complete(app: &Shared, who: Caller, photo: Photo) -> Result<()> {
    let (home, whose, which) = (app.env.home.clone(), who.clone(), photo.clone());
    let checked = tokio::task::spawn_blocking(move || photos::finish(&home, &whose, &which)).await;
    let checked = checked.map_err(|_| Error::Stopping)?;
    let wrong = matches!(&checked, Err(Error::Refused(r)) if r.status == 460);
    if checked.is_err() && !wrong {
        return checked;
    }
    let note = move |batch: &crate::store::Batch<'_>, who: &Caller| {
        if wrong { photos::remove(batch, who, &photo) } else { photos::completed(batch, who, &photo) }
    };
    write(app, who, Allow::Revoked, note, |_, _, ()| Ok(())).await?;
    checked
}
