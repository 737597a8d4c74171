//! `daka checkin`: a field check-in with photos.
//!
//! Each photo is a capture of its own: a nonce, then the file is opened once and streamed into the sealed store. A photo that cannot
//! be stops the command before the punch, and those that were taken in already are dropped again.

use super::punch::said;
use crate::args::Checkin;
use crate::failure::Failure;
use crate::home::Home;
use crate::output::Done;
use crate::progress::Progress;
use daka_core::app::{DakaError, Engine, MAX_NOTE, MAX_VISIT, PhotoError, PunchRequest};
use daka_core::domain::ids::{Hash32, bounded};
use daka_core::domain::journal::Presence;
use daka_core::domain::photo::MAX_PHOTOS;
use std::fs::File;
use std::path::{Path, PathBuf};

pub(crate) fn run(home: &Home, args: &Checkin) -> Result<Done, Failure> {
    let fixes = args.fix.raw()?;
    for (field, text, max) in [("note", &args.note, MAX_NOTE), ("visit", &args.visit, MAX_VISIT)] {
        if let Some(text) = text {
            bounded(field, text, max).map_err(DakaError::from)?;
        }
    }
    if args.photo.len() > MAX_PHOTOS {
        return Err(DakaError::from(PhotoError::TooMany { limit: MAX_PHOTOS }).into());
    }
    let engine = home.open()?;
    let before = engine.precheck(&fixes)?;
    let photos = {
        let _bar = Progress::new("keeping photos");
        adopt_all(&engine, &args.photo)?
    };
    let kind = args.kind.field();
    let request = PunchRequest {
        shown: before.offer,
        presence: Presence::None,
        field: Some(kind),
        fixes,
        note: args.note.clone(),
        visit: args.visit.clone(),
        photos: photos.clone(),
        ..PunchRequest::tap(args.asked.asked())
    };
    let result = engine.punch(request).inspect_err(|_| drop_all(&engine, &photos))?;
    said(&engine, &result, Some(kind), before.site)
}

fn adopt_all(engine: &Engine, files: &[PathBuf]) -> Result<Vec<Hash32>, Failure> {
    let mut photos = Vec::new();
    for file in files {
        match adopt(engine, file) {
            Ok(digest) => photos.push(digest),
            Err(e) => {
                drop_all(engine, &photos);
                return Err(e);
            }
        }
    }
    Ok(photos)
}

fn adopt(engine: &Engine, path: &Path) -> Result<Hash32, Failure> {
    let mut file = File::open(path).map_err(|e| Failure::unreadable("photo", path, &e))?;
    let nonce = engine.begin_capture()?;
    let draft = engine.adopt_photo(&mut file, Some(nonce)).map_err(|e| {
        let failure = Failure::from(e);
        Failure { field: Some("photo"), message: format!("{}: {}", path.display(), failure.message), ..failure }
    })?;
    Ok(draft.digest)
}

/// What stays behind if this fails too is a sealed file that no entry names.
fn drop_all(engine: &Engine, photos: &[Hash32]) {
    for digest in photos {
        let _ = engine.drop_photo(*digest);
    }
}
