//! Names, photos and notes: bytes that an entry or a statement commits to by a digest.

use super::container::PartKind;
use super::evidence::{Case, Record};
use super::journal::Owner;
use super::report::{Claim, Fail, PunchReport};
use super::verify::Desk;
use crate::domain::cbor::Value;
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::Hash32;
use crate::domain::journal::{EvidenceFile, GroupId, Note};
use crate::domain::trust::name_digest;

/// The name that a statement commits to, if a part shows it. A name that no statement commits to is bound by nothing, and that is
/// said at the end.
pub(super) fn name(desk: &mut Desk<'_>, owner: &Owner) -> Option<String> {
    let crypto = desk.crypto;
    let (at, name) = desk.all(PartKind::Name).into_iter().find_map(|(at, part)| {
        let (salt, name) = salted_name(&part.bytes).ok()?;
        (name_digest(crypto, &salt, &name) == owner.statement.name).then_some((at, name))
    })?;
    desk.bind(at);
    Some(name)
}

fn salted_name(bytes: &[u8]) -> Result<([u8; 16], String), FormatError> {
    let mut list = List::new("name", Value::decode("name", bytes)?)?;
    let out = (list.take("salt")?.array_of("salt")?, list.take("name")?.string("name")?);
    list.end()?;
    Ok(out)
}

/// The positions and digests of the photos, each digested once.
pub(super) fn photos(desk: &mut Desk<'_>) -> Vec<(usize, Hash32)> {
    let mut digests = Vec::new();
    for (at, part) in desk.all(PartKind::Photo) {
        digests.push((at, desk.crypto.sha256(&[&part.bytes])));
        desk.meter.pass(part.bytes.len() as u64);
    }
    digests
}

impl Case<'_> {
    /// Photos and notes of a punch: its own, and those of entries that add to it.
    pub(super) fn files(&self, desk: &mut Desk<'_>, records: &[Record<'_>], r: &mut PunchReport) {
        let (mut photo_shown, mut photo_missing, mut note_shown) = (false, false, false);
        for record in records {
            match record.groups.get(&GroupId::Note).map(|bytes| Note::decode(bytes)) {
                Some(Ok(_)) => note_shown = true,
                Some(Err(e)) => r.fails.push(Fail::new(Claim::Note.code(), e)),
                None => {}
            }
            match record.groups.get(&GroupId::Evidence).map(|bytes| EvidenceFile::decode_all(bytes)) {
                Some(Ok(files)) => {
                    for file in files {
                        match self.photos.iter().find(|(_, d)| *d == file.content || *d == file.camera) {
                            Some((at, _)) => {
                                desk.bind(*at);
                                photo_shown = true;
                            }
                            None => photo_missing = true,
                        }
                    }
                }
                Some(Err(e)) => r.fails.push(Fail::new(Claim::Photo.code(), e)),
                None => {}
            }
        }
        if note_shown {
            r.holds.push(Claim::Note);
        }
        if photo_missing {
            r.missing.push(Claim::Photo);
        } else if photo_shown {
            r.holds.push(Claim::Photo);
        }
    }
}
