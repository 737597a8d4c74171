//! The time of one punch as it is known now: from the anchors around it and the server's receipt, not from the whole journal.
//!
//! The interval comes from the same evaluation as everywhere (`domain::time::evaluate`), over the punch, the [`AROUND`] anchors before it
//! and as many after it. Every statement of that evaluation holds by itself, so leaving others out can only leave an interval wider
//! than the server's, never wrong. An anchor that does not verify again counts as a plain reading.

use crate::app::DakaError;
use crate::app::db::readable;
use crate::app::enrolled::Enrolled;
use crate::domain::cbor::Value;
use crate::domain::chronicle::Chronicle;
use crate::domain::crypto::Crypto;
use crate::domain::fields::{As as _, List};
use crate::domain::journal::{Kind, Payload};
use crate::domain::log::{Origin, Receipt};
use crate::domain::time::{Limits, PunchTime};
use crate::ports::{EntryRow, Order, ReceiptRow, Tx};

/// How many anchors are asked on each side: each more narrows little.
const AROUND: usize = 16;

/// A receipt as it is kept, with the log and the size of the tree that it was verified against.
pub(super) struct Kept {
    pub(super) receipt: Receipt,
    pub(super) origin: String,
    pub(super) size: u64,
}

impl Kept {
    fn read(row: &ReceiptRow) -> Option<Self> {
        let mut list = List::new("receipt", Value::decode("receipt", &row.part).ok()?).ok()?;
        list.take("journal").ok()?;
        let origin = Origin::parse(&list.take("origin").ok()?.string("origin").ok()?).ok()?;
        let size = list.take("size").ok()?.uint("size").ok()?;
        let receipt = Receipt::parse(list.take("receipt").ok()?).ok()?;
        Some(Self { receipt, origin: origin.as_str().to_owned(), size })
    }

    /// The earliest receipt that speaks for the entry.
    pub(super) fn of(tx: &dyn Tx, row: &EntryRow) -> Result<Option<Self>, DakaError> {
        let kept = readable(tx.receipts_for(row.point.epoch, row.point.seq))?.unwrap_or_default();
        Ok(kept.iter().filter_map(Self::read).min_by_key(|k| k.receipt.received))
    }
}

/// The punch's time; none if its readings cannot be.
pub(super) fn time(
    crypto: &dyn Crypto,
    enrolled: &Enrolled,
    tx: &dyn Tx,
    row: &EntryRow,
    receipt: Option<&Receipt>,
    limits: &Limits,
) -> Result<Option<PunchTime>, DakaError> {
    let (epoch, seq) = (row.point.epoch, row.point.seq);
    let anchors = |seqs, order| Ok::<_, DakaError>(readable(tx.of_kind(Kind::Anchor, epoch, seqs, order, AROUND))?);
    let mut before = anchors(0..=seq.saturating_sub(1), Order::Falling)?.unwrap_or_default();
    before.reverse();
    let after = anchors(seq.saturating_add(1)..=u64::MAX, Order::Rising)?.unwrap_or_default();
    let hash_at = |n: u64| readable(tx.entry(epoch, n)).ok().flatten().flatten().map(|row| row.point.h);
    let mut chronicle = Chronicle::new(crypto, &enrolled.keys, enrolled.journal);
    let add = |chronicle: &mut Chronicle<'_>, row: &EntryRow| {
        let payload = Payload::decode(&row.entry.payload).ok();
        payload.is_some_and(|p| chronicle.entry(epoch, &p, &hash_at).is_ok())
    };
    for anchor in &before {
        add(&mut chronicle, anchor);
    }
    if !add(&mut chronicle, row) {
        return Ok(None);
    }
    if let Some(receipt) = receipt {
        chronicle.received(receipt.received, receipt.eps_ms);
    }
    for anchor in &after {
        add(&mut chronicle, anchor);
    }
    Ok(chronicle.times(limits).into_iter().find(|t| t.seq == seq))
}
