//! Delivering segments: entries in order, one head each, and receipts that free them.
//!
//! A segment that the server cannot take is halved until the one bad entry is found. It counts as refused once the server takes what
//! comes after it: one that takes nothing is at fault itself, and everything waits. An entry that cannot be read any more breaks the
//! chain for the server as well: if the journal still stands on it, another epoch begins.

use super::batch::{Batch, Next, Way};
use super::client::Client;
use super::published::newest_checkpoint;
use super::round::SyncReport;
use super::stop::Stop;
use crate::app::DakaError;
use crate::app::engine::Engine;
use crate::app::epochs::{NewEpoch, last_held};
use crate::domain::journal::{EpochReason, Upload};
use crate::domain::log::UploadAnswer;
use crate::domain::retry::Ask;
use crate::ports::{EntryState, Event, Method};

impl Engine {
    /// Delivers what waits, oldest first.
    pub(super) async fn deliver(&self, client: &Client, report: &mut SyncReport) -> Result<(), Stop> {
        let mut way = Way::default();
        // Why something is left that was tried.
        let mut left = None;
        loop {
            let crypto = std::sync::Arc::clone(&self.ports.crypto);
            let (next, moved) = self.read(move |tx| {
                let next = way.next(&*crypto, tx)?;
                Ok((next, way))
            })?;
            way = moved;
            let batch = match next {
                Next::Send(batch) => batch,
                Next::Unreadable((epoch, seq)) => {
                    self.set_refused(epoch, seq, report)?;
                    self.leave_damage(epoch, seq)?;
                    continue;
                }
                Next::Nothing => break,
            };
            match self.send_batch(client, &batch, report).await {
                Ok(answer) => {
                    let taken = self.take(&batch, &answer, way.may_refill(), report)?;
                    if let Some(from) = taken.lost_from {
                        report.refilled = true;
                        way.refill(from, &batch);
                        continue;
                    }
                    if taken.freed == 0 && !way.is_refilling() && !taken.unheld {
                        return Err(Stop::unproven(Ask::Segment { entries: batch.len() }));
                    }
                    if taken.unheld {
                        left = Some(Stop::unproven(Ask::Segment { entries: batch.len() }));
                    }
                    for (epoch, seq) in way.taken(&batch, taken.freed > 0) {
                        self.set_refused(epoch, seq, report)?;
                        left = None;
                    }
                }
                Err(stop) if stop.is_too_much() && batch.whole() > 1 => way.shorten(&batch),
                Err(stop) if stop.is_too_much() => {
                    if !way.suspect(&batch) {
                        return Err(stop);
                    }
                    left = Some(stop);
                }
                Err(stop) => return Err(stop),
            }
            self.tell(Event::QueueChanged);
        }
        left.map_or(Ok(()), Err)
    }

    fn set_refused(&self, epoch: u64, seq: u64, report: &mut SyncReport) -> Result<(), DakaError> {
        report.refused += 1;
        self.write(move |tx| Ok(tx.set_state(epoch, seq, seq, EntryState::Refused)?))
    }

    /// Begins another epoch before an entry that cannot be read, if the journal still stands on that.
    fn leave_damage(&self, epoch: u64, seq: u64) -> Result<(), DakaError> {
        let crypto = std::sync::Arc::clone(&self.ports.crypto);
        let prev = self.read(move |tx| {
            let stands = tx.tail()?.is_some_and(|tail| tail.point.epoch == epoch);
            if stands { last_held(&*crypto, tx, epoch, seq.saturating_sub(1)).map(Some) } else { Ok(None) }
        })?;
        match prev {
            Some(prev) => self.begin_epoch(NewEpoch { reason: EpochReason::Damage, prev, known: 0 }),
            None => Ok(()),
        }
    }

    async fn send_batch(&self, client: &Client, batch: &Batch, report: &mut SyncReport) -> Result<UploadAnswer, Stop> {
        let ask = Ask::Segment { entries: batch.whole() };
        let Some(last) = batch.end() else {
            return Err(DakaError::Internal("an empty batch".to_owned()).into());
        };
        let (epoch, to) = (batch.epoch, batch.last());
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
            from: batch.first(),
            entries: batch.entries(self.crypto()),
            head,
        };
        let body = upload.encode().map_err(DakaError::from)?;
        let path = match self.read(|tx| newest_checkpoint(tx))? {
            Some(c) => format!("/v0/segments?checkpoint={}&origin={}", c.size, c.origin),
            None => "/v0/segments?checkpoint=0".to_owned(),
        };
        report.requests += 1;
        client.call(ask, Method::Post, &path, body, UploadAnswer::decode).await
    }
}
