//! What the sealed columns hold: deterministic CBOR, read back strictly.

use crate::domain::cbor::Value;
use crate::domain::error::FormatError;
use crate::domain::few;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::Hash32;
use crate::domain::journal::{Entry, GroupId, Secret, Seed};
use crate::domain::time::SessionId;
use crate::ports::{CaptureRow, Due, EntryRow, PhotoRow};
use std::collections::BTreeMap;

/// `[h, payload, seed or {group: salt}, {group: bytes}]`.
pub(super) fn entry(row: &EntryRow) -> Vec<u8> {
    let secret = match &row.entry.secret {
        Secret::Seed(seed) => Value::bytes(seed.0),
        Secret::Salts(salts) => by_group(salts),
    };
    let entry = &row.entry;
    Value::Array(vec![Value::bytes(row.point.h), Value::bytes(&entry.payload), secret, by_group(&entry.groups)])
        .encode()
}

/// The chain's digest and the entry of a row.
pub(super) fn parse_entry(bytes: &[u8]) -> Result<(Hash32, Entry), FormatError> {
    let mut list = List::new("entry row", Value::decode("entry row", bytes)?)?;
    let h = list.take("h")?.hash("h")?;
    let payload = list.take("payload")?.byte_string("payload")?;
    let secret = match list.take("secret")? {
        Value::Map(salts) => {
            let salt =
                |(group, salt): (u64, Value)| Ok::<_, FormatError>((GroupId::from_wire(group), salt.array_of("salt")?));
            Secret::Salts(few::try_map(salts.into_iter().map(salt))?)
        }
        seed => Secret::Seed(Seed(seed.array_of("seed")?)),
    };
    let group =
        |(group, bytes): (u64, Value)| Ok::<_, FormatError>((GroupId::from_wire(group), bytes.byte_string("group")?));
    let groups = few::try_map(list.take("groups")?.entries("groups")?.into_iter().map(group))?;
    list.end()?;
    Ok((h, Entry { payload, secret, groups }))
}

fn by_group<T: AsRef<[u8]>>(map: &BTreeMap<GroupId, T>) -> Value {
    let mut items: Vec<_> = map.iter().map(|(group, bytes)| (group.wire(), Value::bytes(bytes))).collect();
    few::sort_few(&mut items, |(group, _)| *group);
    Value::Map(items)
}

/// `[session, reading, digest or null]`.
pub(super) fn capture(row: &CaptureRow) -> Vec<u8> {
    let (session, reading) = row.given;
    Value::Array(vec![Value::bytes(session.get()), Value::Uint(reading), Value::opt_bytes(row.used_by)]).encode()
}

/// Session, reading and digest of a capture.
pub(super) fn parse_capture(bytes: &[u8]) -> Result<((SessionId, u64), Option<Hash32>), FormatError> {
    let mut list = List::new("capture row", Value::decode("capture row", bytes)?)?;
    let session = SessionId::new(list.take("session")?.array_of("session")?);
    let reading = list.take("reading")?.uint("reading")?;
    let used_by = match list.take("photo")? {
        Value::Null => None,
        digest => Some(digest.hash("photo")?),
    };
    list.end()?;
    Ok(((session, reading), used_by))
}

/// `[evidence, URL or null]`.
pub(super) fn photo(row: &PhotoRow) -> Vec<u8> {
    let url = row.upload_url.as_ref().map_or(Value::Null, Value::text);
    Value::Array(vec![Value::bytes(&row.evidence), url]).encode()
}

/// Evidence and URL of a photo.
pub(super) fn parse_photo(bytes: &[u8]) -> Result<(Vec<u8>, Option<String>), FormatError> {
    let mut list = List::new("photo row", Value::decode("photo row", bytes)?)?;
    let evidence = list.take("evidence")?.byte_string("evidence")?;
    let url = match list.take("upload URL")? {
        Value::Null => None,
        url => Some(url.string("upload URL")?),
    };
    list.end()?;
    Ok((evidence, url))
}

/// `[attempts, run of the system, reason]`.
pub(super) fn due(due: &Due) -> Vec<u8> {
    Value::Array(vec![Value::Uint(due.attempts.into()), Value::text(&due.boot), Value::text(&due.reason)]).encode()
}

/// The due row with its clear columns.
pub(super) fn parse_due(bytes: &[u8], elapsed_ms: u64, wall_ms: i64) -> Result<Due, FormatError> {
    let mut list = List::new("due row", Value::decode("due row", bytes)?)?;
    let attempts = u32::try_from(list.take("attempts")?.uint("attempts")?).unwrap_or(u32::MAX);
    let boot = list.take("boot")?.string("boot")?;
    let reason = list.take("reason")?.string("reason")?;
    list.end()?;
    Ok(Due { attempts, boot, elapsed_ms, wall_ms, reason })
}
