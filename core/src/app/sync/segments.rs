//! Delivering segments: entries in order, one head each, and receipts that free them.

use super::client::Client;
use super::published::checkpoint_of;
use super::round::{Stop, SyncReport};
use crate::app::DakaError;
use crate::app::engine::Engine;
use crate::domain::cbor::Value;
use crate::domain::ids::Hash32;
use crate::domain::journal::{Body, GENESIS, MAX_ENTRIES, Payload, Upload, UploadEntry};
use crate::domain::log::{ItemReason, ItemResult, SegmentStatus, UploadAnswer};
use crate::domain::retry::{Ask, Attempt, Decision, decide};
use crate::ports::{EntryRow, EntryState, Event, Method, ReceiptRow};

/// A segment's entries hold at most so many bytes; the server takes 4 MiB.
const MAX_BYTES: usize = 1 << 20;

/// Entries of one epoch that go together.
struct Batch {
    epoch: u64,
    prev: (u64, Hash32),
    rows: Vec<EntryRow>,
}

/// What an answer changed.
struct Taken {
    /// Entries left the queue.
    some: bool,
    /// `(epoch, from, to)` that the server does not have any more.
    lost: Option<(u64, u64, u64)>,
}

impl Engine {
    /// Delivers what waits, oldest first.
    pub(super) async fn deliver(&self, client: &Client, report: &mut SyncReport) -> Result<(), Stop> {
        let mut limit = MAX_ENTRIES;
        let mut refilled = false;
        while let Some(batch) = self.next_batch(limit)? {
            let single = batch.rows.len() == 1;
            match self.send_batch(client, &batch, report).await {
                Ok(answer) => {
                    let taken = self.take_receipts(&batch, &answer, report)?;
                    // A server that was restored from a backup knows less than its receipts say: it is filled again, once a round.
                    if let Some((epoch, from, to)) = taken.lost.filter(|_| !refilled) {
                        refilled = true;
                        report.refilled = true;
                        self.write(move |tx| Ok(tx.set_state(epoch, from, to, EntryState::Waiting)?))?;
                    } else if !taken.some {
                        return Err(Stop::unproven(Ask::Segment { entries: batch.rows.len() }));
                    }
                    limit = MAX_ENTRIES;
                }
                Err(Stop::Ended { ask, outcome, transport }) => {
                    match decide(Attempt { ask, corrected: true }, &outcome) {
                        Decision::Bisect if !single => limit = (batch.rows.len() / 2).max(1),
                        Decision::Bisect | Decision::Refused => {
                            let Some(row) = batch.rows.first().filter(|_| single) else {
                                limit = (batch.rows.len() / 2).max(1);
                                continue;
                            };
                            let (epoch, seq) = (row.point.epoch, row.point.seq);
                            self.write(move |tx| Ok(tx.set_state(epoch, seq, seq, EntryState::Refused)?))?;
                            report.refused += 1;
                            limit = MAX_ENTRIES;
                        }
                        _ => return Err(Stop::Ended { ask, outcome, transport }),
                    }
                }
                Err(stop) => return Err(stop),
            }
            self.tell(Event::QueueChanged);
        }
        Ok(())
    }

    fn next_batch(&self, limit: usize) -> Result<Option<Batch>, DakaError> {
        self.read(move |tx| {
            let Some((epoch, from)) = tx.first_waiting()? else { return Ok(None) };
            let mut bytes = 0;
            let mut rows = Vec::new();
            for row in tx.entries(epoch, from, limit)? {
                bytes += row.entry.payload.len() + row.entry.groups.values().map(Vec::len).sum::<usize>();
                let fits = rows.is_empty() || bytes <= MAX_BYTES;
                if row.state != EntryState::Waiting || !fits {
                    break;
                }
                rows.push(row);
            }
            let first = tx.epochs()?.into_iter().find(|(e, _)| *e == epoch).map_or(from, |(_, first)| first);
            let prev = match tx.entry(epoch, first)? {
                Some(row) if epoch > 0 => match Payload::decode(&row.entry.payload)?.body {
                    Body::EpochStarted { prev, .. } => (prev.seq, prev.h),
                    _ => (0, GENESIS),
                },
                _ => (0, GENESIS),
            };
            Ok((!rows.is_empty()).then_some(Batch { epoch, prev, rows }))
        })
    }

    async fn send_batch(&self, client: &Client, batch: &Batch, report: &mut SyncReport) -> Result<UploadAnswer, Stop> {
        let (Some(first), Some(last)) = (batch.rows.first(), batch.rows.last()) else {
            return Err(DakaError::Internal("an empty batch".to_owned()).into());
        };
        let (epoch, to) = (batch.epoch, last.point.seq);
        let signed = self.read(move |tx| Ok(tx.head_from(epoch, to)?.filter(|(seq, _)| *seq == to)))?;
        let head = match signed {
            Some((_, head)) => head,
            None => self.sign(last)?,
        };
        let upload = Upload {
            journal: self.enrolled()?.journal,
            epoch,
            prev_seq: batch.prev.0,
            prev_h: batch.prev.1,
            from: first.point.seq,
            entries: batch.rows.iter().map(|r| UploadEntry::Whole(r.entry.clone())).collect(),
            head,
        };
        let body = upload.encode().map_err(DakaError::from)?;
        let known = self.read(|tx| Ok(tx.checkpoints()?.pop()))?;
        let path = match &known {
            Some(c) => format!("/v0/segments?checkpoint={}&origin={}", c.size, c.origin),
            None => "/v0/segments?checkpoint=0".to_owned(),
        };
        report.requests += 1;
        let ask = Ask::Segment { entries: batch.rows.len() };
        client.call(ask, Method::Post, &path, body, UploadAnswer::decode).await
    }

    /// Verifies an answer and frees what its receipts speak for.
    fn take_receipts(&self, batch: &Batch, answer: &UploadAnswer, report: &mut SyncReport) -> Result<Taken, Stop> {
        let checkpoint = &answer.checkpoint;
        let kept = self.checked(checkpoint, &answer.consistency)?;
        let mut receipts = Vec::new();
        for item in &answer.items {
            receipts.push(self.receipt_row(item, checkpoint_of(&kept.part)?)?);
        }
        let (epoch, from) = (batch.epoch, batch.rows.first().map_or(0, |r| r.point.seq));
        let to = batch.rows.last().map_or(0, |r| r.point.seq);
        let mut took = 0;
        for (row, state) in &receipts {
            let (a, b) = (row.from.max(from), row.to.min(to));
            let n = if row.epoch == epoch && a <= b { b - a + 1 } else { 0 };
            took += n;
            match state {
                EntryState::Received => report.delivered += n,
                _ => report.put_aside += n,
            }
        }
        let gap = answer.items.iter().any(|i| i.reason == ItemReason::Gap);
        let lost = answer.head.filter(|h| h.epoch == epoch && h.seq + 1 < from && gap).map(|h| (epoch, h.seq + 1, to));
        let lost = lost.or((gap && answer.head.is_none()).then_some((epoch, batch.prev.0 + 1, to)));
        self.write(move |tx| {
            tx.put_checkpoint(&kept)?;
            for (row, state) in &receipts {
                tx.put_receipt(row)?;
                // Only what this batch sent: an older receipt that comes again has done its work.
                let (a, b) = (row.from.max(from), row.to.min(to));
                if row.epoch == epoch && a <= b {
                    tx.set_state(epoch, a, b, *state)?;
                }
            }
            Ok(())
        })?;
        self.tell(Event::Received { up_to: to });
        Ok(Taken { some: took > 0, lost })
    }

    fn receipt_row(
        &self,
        item: &ItemResult,
        checkpoint: crate::domain::log::Checkpoint,
    ) -> Result<(ReceiptRow, EntryState), Stop> {
        let bad = || Stop::unproven(Ask::Segment { entries: 1 });
        let r = &item.receipt;
        let (epoch, to) = (r.epoch, r.to);
        let own = self.read(move |tx| Ok(tx.entry(epoch, to)?))?.ok_or_else(bad)?;
        let journal = self.enrolled()?.journal;
        if r.from > r.to || r.verify(self.crypto(), journal, own.point.h, &checkpoint).is_err() {
            return Err(bad());
        }
        let part = Value::Array(vec![
            Value::bytes(journal),
            Value::text(checkpoint.origin.as_str()),
            Value::Uint(checkpoint.size),
            r.value(),
        ]);
        let state = match r.status {
            SegmentStatus::Accepted => EntryState::Received,
            _ => EntryState::PutAside,
        };
        Ok((ReceiptRow { epoch, from: r.from, to, part: part.encode() }, state))
    }
}
