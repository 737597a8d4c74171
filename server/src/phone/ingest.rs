//! Ingest: an upload becomes rows, leaves and receipts, all in one commit.
//!
//! The first half judges and writes; the second, after the batch's checkpoint is signed, builds the answer. What a crash leaves is
//! either nothing or all of it; the phone repeats the upload and gets the same receipts, because what is stored is a duplicate and
//! a run beside the chain is found again by its end.

use super::entries::Journal;
use super::judge::{Fate, Judgement, Run, Standing, judge};
use super::{Caller, receipts, time};
use crate::error::{Error, Refusal, Result};
use crate::store::{Batch, sql};
use crate::tenants::{self, devices};
use crate::tlog::{self, LogKind};
use daka_core::domain::cose::Sign1;
use daka_core::domain::ids::Hash32;
use daka_core::domain::journal::{Body, EvidenceFile, GroupId, Payload, Upload, UploadEntry};
use daka_core::domain::log::{ItemReason, ItemStatus, LeafKind, Segment, SegmentStatus};
use daka_core::domain::trust::{DeviceCertificate, KeyUse};
use rusqlite::{OptionalExtension as _, params};

/// What was done, by segment row.
#[derive(Clone, Debug)]
pub struct Ingested {
    items: Vec<(ItemStatus, i64)>,
}

/// Judges and stores an upload.
///
/// # Errors
/// 403 for another's journal; otherwise when the database fails.
pub fn ingest(batch: &Batch<'_>, who: &Caller, upload: &Upload) -> Result<Ingested> {
    if upload.journal != who.journal {
        return Err(Refusal::forbidden("the journal is not the caller's").into());
    }
    let crypto = &batch.env.crypto;
    let device = devices::find(batch.tx, &who.tenant, who.bucket, who.journal)?.ok_or_else(Refusal::not_found)?;
    let certificate = certificate(batch, &device)?;
    let standing = Standing {
        key: &certificate.key,
        expired: certificate.valid_at(batch.now()).is_err(),
        revoked: devices::revoked(batch.tx, &who.tenant, who.journal)?,
    };
    let journal = Journal { conn: batch.tx, who };
    let judgement = judge(crypto, &journal, &standing, upload)?;
    for (head, met) in &judgement.settled {
        time::settle(batch, who, head, *met)?;
    }
    let mut items = Vec::new();
    for run in &judgement.runs {
        match run.fate {
            Fate::Duplicate => {
                items.extend(
                    receipts::on_chain(batch.tx, who, upload.epoch, run.from, run.to)?
                        .into_iter()
                        .map(|id| (ItemStatus::Duplicate, id)),
                );
            }
            Fate::Main(status, reason) => {
                let id = store(batch, &journal, upload, &judgement, run, (true, status, reason))?;
                items.push((item(status), id));
            }
            Fate::Kept(status, reason) => match seen_before(batch, who, upload, &judgement, run, status, reason)? {
                Some(id) => items.push((ItemStatus::Duplicate, id)),
                None => {
                    let id = store(batch, &journal, upload, &judgement, run, (false, status, reason))?;
                    items.push((item(status), id));
                }
            },
        }
    }
    if judgement.runs.iter().any(|r| matches!(r.fate, Fate::Main(..))) {
        batch
            .tx
            .prepare_cached("INSERT OR IGNORE INTO stale (tenant, bucket, journal) VALUES (?1, ?2, ?3)")?
            .execute(params![who.tenant.as_str(), who.bucket, who.journal.0.0])?;
    }
    Ok(Ingested { items })
}

/// Builds the answer once the checkpoint is signed. `known` is the size that the phone's consistency proof starts from.
///
/// # Errors
/// When the database fails.
pub fn answer(batch: &Batch<'_>, who: &Caller, done: &Ingested, known: u64) -> Result<Vec<u8>> {
    receipts::answer(batch.tx, batch.env, who, &done.items, known)
}

fn item(status: SegmentStatus) -> ItemStatus {
    match status {
        SegmentStatus::Accepted => ItemStatus::Stored,
        SegmentStatus::Conflict => ItemStatus::Conflict,
        SegmentStatus::Quarantined | SegmentStatus::Unknown(_) => ItemStatus::Quarantined,
    }
}

fn certificate(batch: &Batch<'_>, device: &devices::Device) -> Result<DeviceCertificate> {
    let crypto = &batch.env.crypto;
    let (_, keys) = tenants::key_set(batch.tx, crypto, &device.tenant)?;
    let statement = Sign1::decode("statement", &device.statement)?;
    let ca = keys
        .find(crypto, KeyUse::DeviceCa, statement.kid, None)
        .ok_or_else(|| Error::command("the key set lacks the CA key of a stored device"))?;
    Ok(DeviceCertificate::open(crypto, ca, &device.certificate)?)
}

/// The end of a run beside the chain, where it is known.
fn end(judgement: &Judgement, upload: &Upload, run: &Run) -> Hash32 {
    let i = usize::try_from(run.to - upload.from).unwrap_or(usize::MAX);
    judgement.hashes.get(i).copied().flatten().unwrap_or(Hash32::ZERO)
}

/// The segment that this very run beside the chain was stored in before.
fn seen_before(
    batch: &Batch<'_>,
    who: &Caller,
    upload: &Upload,
    judgement: &Judgement,
    run: &Run,
    status: SegmentStatus,
    reason: ItemReason,
) -> Result<Option<i64>> {
    let h = end(judgement, upload, run);
    if h == Hash32::ZERO {
        return Ok(None);
    }
    Ok(batch
        .tx
        .prepare_cached(
            "SELECT id FROM segment WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3 AND epoch = ?4 AND to_seq = ?5
             AND from_seq = ?6 AND h = ?7 AND status = ?8 AND reason = ?9 AND main = 0",
        )?
        .query_row(
            params![
                who.tenant.as_str(),
                who.bucket,
                who.journal.0.0,
                sql(upload.epoch),
                sql(run.to),
                sql(run.from),
                h.0,
                sql(status.wire()),
                sql(reason.wire())
            ],
            |r| r.get(0),
        )
        .optional()?)
}

/// Writes a run: its leaf, its segment row, its entries, and the journal's head if it is on the chain.
fn store(
    batch: &Batch<'_>,
    journal: &Journal<'_>,
    upload: &Upload,
    judgement: &Judgement,
    run: &Run,
    (main, status, reason): (bool, SegmentStatus, ItemReason),
) -> Result<i64> {
    let (who, crypto) = (journal.who, &batch.env.crypto);
    let segment = Segment {
        journal: who.journal,
        epoch: upload.epoch,
        from: run.from,
        to: run.to,
        h: end(judgement, upload, run),
        received: batch.now(),
        eps_ms: batch.env.eps_ms,
        status,
        last_token: time::last_counter(batch.tx, who)?,
    };
    let mut log = tlog::current(batch.tx, &who.tenant, LogKind::Journals)?;
    let index = tlog::append(batch, &mut log, LeafKind::Segment, &segment.leaf(crypto)?, None)?;
    let id = receipts::insert(batch, who, &segment, reason, main, &upload.head, (log.id, index))?;
    for (i, (entry, seq)) in upload.entries.iter().zip(upload.from..).enumerate() {
        if (run.from..=run.to).contains(&seq) {
            let h = judgement.hashes.get(i).copied().flatten();
            journal.insert(crypto, main, (upload.epoch, seq, h), entry, id)?;
            evidence(batch, who, entry)?;
        }
    }
    if main {
        batch
            .tx
            .prepare_cached(
                "INSERT INTO epoch (tenant, bucket, journal, epoch, prev_seq, prev_h, last_seq, last_h)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                 ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq, last_h = excluded.last_h",
            )?
            .execute(params![
                who.tenant.as_str(),
                who.bucket,
                who.journal.0.0,
                sql(upload.epoch),
                sql(upload.prev_seq),
                upload.prev_h.0,
                sql(run.to),
                segment.h.0
            ])?;
    }
    Ok(id)
}

/// Remembers the photos that an entry names. What cannot be read names none; the entry is judged elsewhere.
fn evidence(batch: &Batch<'_>, who: &Caller, entry: &UploadEntry) -> Result<()> {
    let UploadEntry::Whole(entry) = entry else { return Ok(()) };
    let Some(group) = entry.groups.get(&GroupId::Evidence) else { return Ok(()) };
    let (Ok(payload), Ok(files)) = (Payload::decode(&entry.payload), EvidenceFile::decode_all(group)) else {
        return Ok(());
    };
    let punch = match payload.body {
        Body::Punch(p) => p.id,
        Body::EvidenceAdded { punch } => punch,
        _ => return Ok(()),
    };
    for digest in files.iter().flat_map(|f| [f.content, f.camera]) {
        batch
            .tx
            .prepare_cached(
                "INSERT OR IGNORE INTO evidence (tenant, bucket, journal, digest, punch) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![who.tenant.as_str(), who.bucket, who.journal.0.0, digest.0, punch.0])?;
    }
    Ok(())
}
