//! What becomes of an upload: each entry is a duplicate, goes on the chain, or is kept beside it for a person.
//!
//! In this order:
//!
//! 1. Entries with the digests that are stored already are duplicates, whatever else is wrong.
//! 2. No head: `unsigned`. A head that the device did not sign, or for other numbers: `bad_signature`. A certificate that is not
//!    valid now: `expired`.
//! 3. Other entries than the stored ones: `fork`. Entries that nothing here leads to: `gap` if they begin later than the chain ends,
//!    else another branch, a `fork`. What goes on from a branch that was kept shares its fate.
//! 4. An epoch below the highest: `closed_epoch`. An epoch that stands on something unknown: `gap`.
//! 5. A revoked device: accepted as far as a token or receipt from before the revocation speaks for it, then `revoked`.
//! 6. Leaving out a head that a token was issued for: `lost_head`. It is said once: the entries take their place on the chain with
//!    this status, what follows is judged anew, and no phone is stuck.
//! 7. Entries that cannot be read: `unreadable`, at their place on the chain, which needs only their digest.
//!
//! Nothing here writes. The result says which rows to write, and which open heads are settled.

use super::entries::{Journal, StoredEpoch};
use super::time::{self, OpenHead};
use crate::error::Result;
use crate::tenants::devices::Revoked;
use daka_core::domain::cose::Sign1;
use daka_core::domain::crypto::{Crypto, PublicKey};
use daka_core::domain::ids::Hash32;
use daka_core::domain::journal::{Body, ChainPoint, Head, Payload, Upload, UploadEntry, epoch_start};
use daka_core::domain::log::{ItemReason, SegmentStatus};

/// What is to happen to a run of entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Stored before.
    Duplicate,
    /// At its place on the chain.
    Main(SegmentStatus, ItemReason),
    /// Beside it.
    Kept(SegmentStatus, ItemReason),
}

/// A maximal run of one fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first seq.
    pub from: u64,
    /// The last seq.
    pub to: u64,
    /// What is to happen.
    pub fate: Fate,
}

/// What becomes of an upload.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// Runs in order, from the upload's first entry to its last.
    pub runs: Vec<Run>,
    /// The chain's digest after each entry; absent where the entry before is not known.
    pub hashes: Vec<Option<Hash32>>,
    /// Open heads that turned out to be on the chain (true) or left out (false).
    pub settled: Vec<(OpenHead, bool)>,
}

/// What the server holds against a device.
pub struct Standing<'a> {
    /// Its key.
    pub key: &'a PublicKey,
    /// Its certificate is not valid now.
    pub expired: bool,
    /// It was revoked.
    pub revoked: Option<Revoked>,
}

/// What the upload's head says.
enum Signed {
    Missing,
    Bad,
    Good(Hash32),
}

const QUARANTINED: SegmentStatus = SegmentStatus::Quarantined;
const CONFLICT: SegmentStatus = SegmentStatus::Conflict;

/// Judges an upload.
///
/// # Errors
/// When the database fails.
pub fn judge(
    crypto: &dyn Crypto,
    journal: &Journal<'_>,
    standing: &Standing<'_>,
    upload: &Upload,
) -> Result<Judgement> {
    let epochs = journal.epochs()?;
    let desk = Desk { crypto, journal, standing, upload, epochs };
    desk.judge()
}

struct Desk<'a> {
    crypto: &'a dyn Crypto,
    journal: &'a Journal<'a>,
    standing: &'a Standing<'a>,
    upload: &'a Upload,
    epochs: Vec<StoredEpoch>,
}

impl Desk<'_> {
    fn judge(&self) -> Result<Judgement> {
        let (from, to) = (self.upload.from, self.upload.to());
        let signed = self.signed();
        let row = self.epochs.iter().find(|e| e.epoch == self.upload.epoch).copied();
        let same_base = row.is_none_or(|r| (r.prev_seq, r.prev_h) == (self.upload.prev_seq, self.upload.prev_h));
        // What is stored of these numbers.
        let stored = match row {
            Some(r) if same_base && from <= r.last_seq => self.journal.hashes(r.epoch, from, to.min(r.last_seq))?,
            _ => Vec::new(),
        };
        let main = if same_base { self.before_on_chain(row)? } else { None };
        let chains = main.map(|h| self.upload.chain(self.crypto, h));
        let same = chains.as_ref().map_or(0, |c| c.iter().zip(&stored).take_while(|(a, b)| a == b).count() as u64);
        let mut out = Judgement { runs: Vec::new(), hashes: Vec::new(), settled: Vec::new() };
        if same > 0 {
            out.runs.push(Run { from, to: from + same - 1, fate: Fate::Duplicate });
        }
        let rest = from + same;
        if rest > to {
            out.hashes = chains.into_iter().flatten().map(Some).collect();
            return Ok(out);
        }
        let ends = |chain: &[Hash32]| matches!(signed, Signed::Good(h) if chain.last() == Some(&h));
        let on_main = chains.as_ref().is_some_and(|c| ends(c));
        let branch = if on_main { None } else { self.branch(&ends)? };
        let unlinked = !on_main && branch.is_none();
        // With the epoch's start at hand the entries' own chain is known, whatever the head says.
        let own = !matches!(signed, Signed::Good(_)) || from == self.upload.prev_seq + 1;
        out.hashes = match (&branch, chains) {
            (Some((chain, ..)), _) => chain.iter().copied().map(Some).collect(),
            (None, Some(chain)) if on_main || own => chain.into_iter().map(Some).collect(),
            _ => self.only_the_last(&signed),
        };
        let forks = (rest - from) < stored.len() as u64;
        let kept = |status, reason| Run { from: rest, to, fate: Fate::Kept(status, reason) };
        let run = match signed {
            Signed::Missing => kept(QUARANTINED, ItemReason::Unsigned),
            Signed::Bad => kept(QUARANTINED, ItemReason::BadSignature),
            Signed::Good(_) if self.standing.expired => kept(QUARANTINED, ItemReason::Expired),
            Signed::Good(_) if unlinked => {
                let last = row.map_or(self.upload.prev_seq, |r| r.last_seq);
                if from > last + 1 {
                    kept(QUARANTINED, ItemReason::Gap)
                } else if from == self.upload.prev_seq + 1 {
                    // The whole epoch is here, and the head is not over it.
                    kept(QUARANTINED, ItemReason::BadSignature)
                } else {
                    kept(CONFLICT, ItemReason::Fork)
                }
            }
            Signed::Good(_) if branch.is_some() => match branch {
                Some((_, CONFLICT, reason)) => kept(CONFLICT, reason),
                Some((_, status, ItemReason::Revoked)) => kept(status, ItemReason::Revoked),
                _ => kept(QUARANTINED, ItemReason::Gap),
            },
            Signed::Good(_) if forks => kept(CONFLICT, ItemReason::Fork),
            Signed::Good(_) if self.epochs.last().is_some_and(|e| e.epoch > self.upload.epoch) => {
                kept(CONFLICT, ItemReason::ClosedEpoch)
            }
            Signed::Good(_) if row.is_none() && !self.base_is_known()? => kept(QUARANTINED, ItemReason::Gap),
            Signed::Good(_) => {
                self.on_the_chain(rest, row.is_none(), &mut out)?;
                return Ok(out);
            }
        };
        out.runs.push(run);
        Ok(out)
    }

    fn signed(&self) -> Signed {
        if self.upload.head.is_empty() {
            return Signed::Missing;
        }
        let head = Sign1::decode("head", &self.upload.head).ok().and_then(|m| {
            let head = Head::decode(m.verify(self.crypto, self.standing.key).ok()?).ok()?;
            let point = ChainPoint { epoch: self.upload.epoch, seq: self.upload.to(), h: head.point.h };
            (head.journal == self.upload.journal && head.point == point).then_some(head.point.h)
        });
        head.map_or(Signed::Bad, Signed::Good)
    }

    /// The chain's digest before the upload's first entry.
    fn before_on_chain(&self, row: Option<StoredEpoch>) -> Result<Option<Hash32>> {
        let Some(before) = self.upload.from.checked_sub(1) else { return Ok(None) };
        if before == self.upload.prev_seq {
            return Ok(Some(epoch_start(self.crypto, self.upload.journal, self.upload.epoch, self.upload.prev_h)));
        }
        match row {
            Some(r) if (r.prev_seq..=r.last_seq).contains(&before) => {
                Ok(self.journal.hashes(r.epoch, before, before)?.first().copied())
            }
            _ => Ok(None),
        }
    }

    /// The kept branch that the upload goes on from, with the upload's chain on it.
    fn branch(&self, ends: &dyn Fn(&[Hash32]) -> bool) -> Result<Option<(Vec<Hash32>, SegmentStatus, ItemReason)>> {
        let Some(before) = self.upload.from.checked_sub(1) else { return Ok(None) };
        if before == self.upload.prev_seq {
            // The same epoch number over another base: a branch of its own.
            let base = epoch_start(self.crypto, self.upload.journal, self.upload.epoch, self.upload.prev_h);
            let chain = self.upload.chain(self.crypto, base);
            if ends(&chain) {
                return Ok(Some((chain, CONFLICT, ItemReason::Fork)));
            }
        }
        for (h, status, reason) in self.journal.branches(self.upload.epoch, before)? {
            let chain = self.upload.chain(self.crypto, h);
            if ends(&chain) {
                return Ok(Some((chain, status, reason)));
            }
        }
        Ok(None)
    }

    fn only_the_last(&self, signed: &Signed) -> Vec<Option<Hash32>> {
        let mut hashes = vec![None; self.upload.entries.len()];
        if let (Signed::Good(h), Some(last)) = (signed, hashes.last_mut()) {
            *last = Some(*h);
        }
        hashes
    }

    fn base_is_known(&self) -> Result<bool> {
        let u = self.upload;
        if u.epoch == 0 {
            return Ok(u.prev_seq == 0 && u.prev_h == daka_core::domain::journal::GENESIS);
        }
        self.journal.went_through(self.crypto, &self.epochs, u.epoch, u.prev_seq, u.prev_h)
    }

    /// The rest of the upload is the chain's next.
    fn on_the_chain(&self, rest: u64, new_epoch: bool, out: &mut Judgement) -> Result<()> {
        let to = self.upload.to();
        let until = match self.standing.revoked {
            Some(revoked) => self.spoken_for(&revoked, &out.hashes)?,
            None => to,
        };
        if until >= rest {
            let lost = self.settle_heads(until, new_epoch, &out.hashes, &mut out.settled)?;
            for seq in rest..=until {
                let fate = if lost {
                    Fate::Main(CONFLICT, ItemReason::LostHead)
                } else if self.readable(seq) {
                    Fate::Main(SegmentStatus::Accepted, ItemReason::None)
                } else {
                    Fate::Main(QUARANTINED, ItemReason::Unreadable)
                };
                match out.runs.last_mut() {
                    Some(run) if run.fate == fate => run.to = seq,
                    _ => out.runs.push(Run { from: seq, to: seq, fate }),
                }
            }
        }
        if until < to {
            let from = rest.max(until + 1);
            out.runs.push(Run { from, to, fate: Fate::Kept(QUARANTINED, ItemReason::Revoked) });
        }
        Ok(())
    }

    /// The last entry that something older than the revocation speaks for; 0 if none.
    fn spoken_for(&self, revoked: &Revoked, hashes: &[Option<Hash32>]) -> Result<u64> {
        let (u, from) = (self.upload, self.upload.from);
        let tokens = time::heads_before(self.journal.conn, self.journal.who, u.epoch, from, revoked.effective)?;
        let receipts = self.journal.kept_before(u.epoch, from, revoked.segment)?;
        let fits = |(seq, h): &(u64, Hash32)| self.hash_after(hashes, *seq) == Some(*h);
        Ok(tokens.into_iter().chain(receipts).filter(fits).map(|(seq, _)| seq).max().unwrap_or(0))
    }

    fn hash_after(&self, hashes: &[Option<Hash32>], seq: u64) -> Option<Hash32> {
        let i = usize::try_from(seq.checked_sub(self.upload.from)?).ok()?;
        hashes.get(i).copied().flatten()
    }

    /// Looks at the heads that tokens were issued for and that these entries pass. Says whether one is left out.
    fn settle_heads(
        &self,
        until: u64,
        new_epoch: bool,
        hashes: &[Option<Hash32>],
        settled: &mut Vec<(OpenHead, bool)>,
    ) -> Result<bool> {
        let u = self.upload;
        let mut lost = false;
        for head in time::open_heads(self.journal.conn, self.journal.who)? {
            let on_chain = match head.epoch.cmp(&u.epoch) {
                // A later epoch leaves out whatever the earlier one's chain does not show.
                std::cmp::Ordering::Less if new_epoch => self.stored_hash(head.epoch, head.seq)? == Some(head.h),
                std::cmp::Ordering::Equal if head.seq < u.from => self.stored_hash(u.epoch, head.seq)? == Some(head.h),
                std::cmp::Ordering::Equal if head.seq <= until => self.hash_after(hashes, head.seq) == Some(head.h),
                // Not passed yet.
                _ => continue,
            };
            lost |= !on_chain;
            settled.push((head, on_chain));
        }
        Ok(lost)
    }

    /// The digest after `seq` of an epoch; after its `prev_seq` it is the epoch's first.
    fn stored_hash(&self, epoch: u64, seq: u64) -> Result<Option<Hash32>> {
        let base = match self.epochs.iter().find(|e| e.epoch == epoch) {
            Some(e) => Some((e.prev_seq, e.prev_h)),
            None if epoch == self.upload.epoch => Some((self.upload.prev_seq, self.upload.prev_h)),
            None if epoch == 0 => Some((0, daka_core::domain::journal::GENESIS)),
            None => None,
        };
        match base {
            Some((prev_seq, prev_h)) if prev_seq == seq => {
                Ok(Some(epoch_start(self.crypto, self.upload.journal, epoch, prev_h)))
            }
            _ => Ok(self.journal.hashes(epoch, seq, seq)?.first().copied()),
        }
    }

    /// Whether an entry says what its place demands: its own seq, groups that it commits to, and at an epoch's start, and nowhere
    /// else, why the epoch began and on what it stands.
    fn readable(&self, seq: u64) -> bool {
        let u = self.upload;
        let entry = usize::try_from(seq - u.from).ok().and_then(|i| u.entries.get(i));
        match entry {
            Some(UploadEntry::Whole(entry)) => {
                let Ok(payload) = Payload::decode(&entry.payload) else { return false };
                let starts = u.epoch > 0 && seq == u.prev_seq + 1;
                let fits = match payload.body {
                    Body::EpochStarted { prev, .. } => {
                        starts && prev.epoch < u.epoch && (prev.seq, prev.h) == (u.prev_seq, u.prev_h)
                    }
                    _ => !starts,
                };
                payload.seq == seq && entry.groups_match(self.crypto, &payload) && fits
            }
            // Only the digest is left of what was erased whole.
            Some(UploadEntry::Erased(_)) => true,
            None => false,
        }
    }
}
