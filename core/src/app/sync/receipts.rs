//! An answer to a segment: what it proves, and what follows from it.
//!
//! | the server says | what follows |
//! |---|---|
//! | stored, duplicate | the rows are received |
//! | quarantined, conflict | the rows are put aside: a person looks at them |
//! | gap, and its head is behind ours | it was restored from a backup: it is filled again, then the rows go once more |
//! | fork, closed epoch, or a gap that cannot be filled | another epoch begins, so that what comes next is not put aside as well |
//!
//! A receipt whose proof does not hold discredits the answer, and nothing of it is kept. One that speaks for an entry that is not
//! held (the database was put back) cannot be checked and frees nothing.

use super::batch::{Batch, Place};
use super::published::keep_checkpoint;
use super::round::SyncReport;
use super::stop::Stop;
use crate::app::DakaError;
use crate::app::db::readable;
use crate::app::engine::Engine;
use crate::app::epochs::NewEpoch;
use crate::domain::cbor::Value;
use crate::domain::journal::{ChainPoint, EpochReason};
use crate::domain::log::{Checkpoint, ItemReason, ItemResult, SegmentStatus, UploadAnswer};
use crate::domain::retry::Ask;
use crate::ports::{EntryState, Event, ReceiptRow};

/// What an answer changed.
pub(super) struct Taken {
    /// Entries that left the queue.
    pub(super) freed: u64,
    /// A receipt speaks for an entry that is not held.
    pub(super) unheld: bool,
    /// Where the server's copy ends, if what comes after it can be given to it again.
    pub(super) lost_from: Option<Place>,
}

/// A receipt that was checked.
struct Checked {
    row: ReceiptRow,
    state: EntryState,
    reason: ItemReason,
}

impl Engine {
    /// Verifies an answer, and frees what its receipts speak for. `may_refill` is whether the server may be filled again.
    pub(super) fn take(
        &self,
        batch: &Batch,
        answer: &UploadAnswer,
        may_refill: bool,
        report: &mut SyncReport,
    ) -> Result<Taken, Stop> {
        let kept = self.checked(&self.enrolled()?.keys, &answer.checkpoint, &answer.consistency)?;
        let (mut receipts, mut unheld) = (Vec::new(), false);
        for item in &answer.items {
            match self.receipt(item, &answer.checkpoint)? {
                Some(checked) => receipts.push(checked),
                None => unheld = true,
            }
        }
        receipts.retain(|r| r.row.epoch == batch.epoch && r.row.from <= batch.last() && r.row.to >= batch.first());
        let says = |reason| receipts.iter().any(|r: &Checked| r.reason == reason);
        let lost_from = if says(ItemReason::Gap) && may_refill { self.lost_from(batch, answer.head)? } else { None };
        let cut = says(ItemReason::Fork) || says(ItemReason::ClosedEpoch);
        let broken = cut || says(ItemReason::Gap) && lost_from.is_none();

        let moves: Vec<(u64, EntryState)> = batch
            .states()
            .filter(|(seq, state)| {
                !batch.is_digest(*seq) && matches!(state, EntryState::Waiting | EntryState::PutAside)
            })
            .filter_map(|(seq, state)| {
                let receipt = receipts.iter().find(|r| (r.row.from..=r.row.to).contains(&seq))?;
                // What is sent again after the server was filled stays in the queue until then.
                let again = receipt.reason == ItemReason::Gap && lost_from.is_some();
                (!again && receipt.state != state).then_some((seq, receipt.state))
            })
            .collect();
        let (epoch, rows) = (batch.epoch, receipts.into_iter().map(|r| r.row).collect::<Vec<_>>());
        let freed = moves.clone();
        self.write(move |tx| {
            keep_checkpoint(tx, &kept)?;
            for row in &rows {
                tx.put_receipt(row)?;
            }
            for run in moves.chunk_by(|(a, x), (b, y)| a + 1 == *b && x == y) {
                if let (Some((from, state)), Some((to, _))) = (run.first(), run.last()) {
                    tx.set_state(epoch, *from, *to, *state)?;
                }
            }
            Ok(())
        })?;
        let delivered = freed.iter().filter(|(_, state)| *state == EntryState::Received).count() as u64;
        report.delivered += delivered;
        report.put_aside += freed.len() as u64 - delivered;
        if let Some((up_to, _)) = freed.iter().rev().find(|(_, state)| *state == EntryState::Received) {
            self.tell(Event::Received { up_to: *up_to });
        }
        if broken {
            self.leave_branch(batch.epoch, answer.head, if cut { EpochReason::Fork } else { EpochReason::Damage })?;
        }
        Ok(Taken { freed: freed.len() as u64, unheld, lost_from })
    }

    /// Checks a receipt; none if it speaks for an entry that is not held.
    fn receipt(&self, item: &ItemResult, checkpoint: &Checkpoint) -> Result<Option<Checked>, Stop> {
        let r = &item.receipt;
        let (epoch, to) = (r.epoch, r.to);
        let Some(own) = self.read(move |tx| Ok(readable(tx.entry(epoch, to))?.flatten()))? else { return Ok(None) };
        let journal = self.enrolled()?.journal;
        if r.from > r.to || r.verify(self.crypto(), journal, own.point.h, checkpoint).is_err() {
            return Err(Stop::unproven(Ask::Segment { entries: 1 }));
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
        let row = ReceiptRow { epoch, from: r.from, to, part: part.encode() };
        Ok(Some(Checked { row, state, reason: item.reason }))
    }

    /// Where the server's copy ends, if that is on our chain and before the batch.
    fn lost_from(&self, batch: &Batch, head: Option<ChainPoint>) -> Result<Option<Place>, DakaError> {
        let first = (batch.epoch, batch.first());
        self.read(move |tx| {
            let next = match head {
                Some(head) => {
                    let own = readable(tx.entry(head.epoch, head.seq))?.flatten();
                    own.filter(|row| row.point == head).map(|_| (head.epoch, head.seq + 1))
                }
                None => tx.epochs()?.first().copied(),
            };
            Ok(next.filter(|next| *next < first))
        })
    }

    /// Begins another epoch if the journal still stands in the one that cannot go on.
    fn leave_branch(&self, epoch: u64, head: Option<ChainPoint>, reason: EpochReason) -> Result<(), DakaError> {
        let tail = self.read(|tx| Ok(tx.tail()?.map(|row| row.point)))?;
        match tail.filter(|tail| tail.epoch == epoch) {
            Some(prev) => self.begin_epoch(NewEpoch { reason, prev, known: head.map_or(0, |h| h.epoch) }),
            None => Ok(()),
        }
    }
}
