//! How quick this phone keeps a punch, step by step: for diagnostics ("why does a tap take so long here?") and for the figures of
//! `cargo xtask bench`. It works in a journal of its own, in a folder of its own that is removed again, and touches no other.
//!
//! The steps are those of a punch: the entry is encoded and chained, its private columns are sealed, SQLite writes it to its log, and
//! the log is synced. The last is measured by itself, too: the same bytes appended to a plain file and synced.

use crate::failure::DakaFailure;
use crate::{outside, runtime};
use daka_core::adapters::crypto::{Ring, Sealer};
use daka_core::adapters::sqlite::SqliteStore;
use daka_core::adapters::system::stopwatch_us;
use daka_core::app::DakaError;
use daka_core::domain::ids::{Hash32, PunchId};
use daka_core::domain::journal::{
    Asked, Body, ChainPoint, Draft, Entry, GroupId, Groups, Kind, Presence, PunchBody, Readings, Seed, Trigger,
    VerdictGroup, chain_step,
};
use daka_core::domain::placing::EVAL_REV;
use daka_core::domain::time::{SessionId, SessionMs, WallMs, Word};
use daka_core::ports::{EntryRow, EntryState, JobEnd, JournalStore as _};
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Entries that are written. More make the medians steadier, and wear the flash.
const WRITES: u64 = 60;

/// Entries per reading of the clock for what takes microseconds.
const BATCH: u64 = 50;

/// How quick this phone keeps a punch. Times are medians in microseconds.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct StorageSpeed {
    /// Bytes of the entry that was used: payload and groups.
    pub entry_bytes: u64,
    /// Making, encoding and chaining it.
    pub encode_us: f64,
    /// Sealing it.
    pub seal_us: f64,
    /// Its whole transaction: seal, SQLite, sync, and the way to the writer's thread.
    pub transaction_us: f64,
    /// The same bytes appended to a plain file and synced.
    pub append_us: f64,
}

/// Measures, for about a second, in a new folder inside `folder`.
///
/// # Errors
/// `BadValue`, `ReadOnly`, `DiskFull` or `Storage` for the folder.
#[uniffi::export(async_runtime = "tokio")]
pub async fn measure_storage(folder: String) -> Result<StorageSpeed, DakaFailure> {
    runtime::blocking(move || {
        let scratch = Scratch::new(Path::new(&folder))?;
        let made = entry(1, Hash32::ZERO).entry;
        let bytes = [vec![made.payload], made.groups.into_values().collect()].concat().concat();
        let (transaction_us, append_us) = writes(&scratch.0, &bytes)?;
        Ok(StorageSpeed {
            entry_bytes: bytes.len() as u64,
            encode_us: batches(|| {
                std::hint::black_box(entry(7, Hash32::ZERO));
                Ok(())
            })?,
            seal_us: {
                let unusable = |_| DakaFailure::internal("the sealer refuses");
                let sealer = Sealer::new(&[1; 32]).map_err(unusable)?;
                batches(|| sealer.seal(b"measure", &bytes).map(drop).map_err(unusable))?
            },
            transaction_us,
            append_us,
        })
    })
    .await
}

/// A folder that is gone afterwards.
struct Scratch(PathBuf);

impl Scratch {
    fn new(folder: &Path) -> Result<Self, DakaFailure> {
        let made = Self(folder.join(format!("measure-{}", stopwatch_us())));
        outside::make_folder(&made.0).map_err(|e| DakaFailure::file("folder", &e))?;
        Ok(made)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if fs::remove_dir_all(&self.0).is_err() {
            tracing::warn!("the folder of a measurement could not be removed");
        }
    }
}

/// A plain punch with its verdict, as number `seq` of a chain that stands at `before`.
fn entry(seq: u64, before: Hash32) -> EntryRow {
    let id = PunchId::new(1_700_000_000_000, &[9; 10]);
    let wall = WallMs::new(1_700_000_000_000);
    let body = PunchBody {
        id,
        asked: Asked::In,
        shown: Asked::In,
        trigger: Trigger::Tap,
        presence: Presence::None,
        tap: SessionMs::new(seq),
        tap_wall: wall,
        rules_rev: None,
        eval_rev: EVAL_REV,
        word: Word::Unverified,
        consent_seq: 0,
        field: None,
    };
    let verdict = VerdictGroup {
        verdict: 1,
        reasons: Vec::new(),
        site: Some([5; 16]),
        p: Some(990_000),
        runner_up_p: None,
        distance_mm: Some(-40_000),
        sigma_mm: Some(6_000),
        floor: None,
    };
    let readings = Readings { session: SessionId::new([3; 16]), t: SessionMs::new(seq), wall, offset_min: 480 };
    let draft = Draft { body: Body::Punch(body), groups: Groups::from([(GroupId::Verdict, verdict.encode())]) };
    let entry = Entry::make(&Ring, seq, readings, Seed([4; 16]), draft);
    let h = chain_step(&Ring, before, seq, entry.payload_digest(&Ring));
    EntryRow {
        point: ChainPoint { epoch: 0, seq, h },
        kind: Kind::Punch,
        punch: Some(id),
        state: EntryState::Waiting,
        entry,
    }
}

/// A transaction with one entry, and a plain append of the same bytes, by turns.
fn writes(folder: &Path, bytes: &[u8]) -> Result<(f64, f64), DakaFailure> {
    let (store, _) = SqliteStore::open(&folder.join("journal.db"), &[2; 32]).map_err(DakaError::from)?;
    let refused = |e: std::io::Error| DakaFailure::file("folder", &e);
    let mut plain = OpenOptions::new().append(true).create_new(true).open(folder.join("plain")).map_err(refused)?;
    let (mut transactions, mut appends, mut before) = (Vec::new(), Vec::new(), Hash32::ZERO);
    for seq in 1..=WRITES {
        let row = entry(seq, before);
        before = row.point.h;
        let start = stopwatch_us();
        store.write(Box::new(move |tx| Ok(tx.append(&row)?))).map_err(ended)?;
        transactions.push((stopwatch_us() - start) as f64);
        let start = stopwatch_us();
        plain.write_all(bytes).and_then(|()| plain.sync_data()).map_err(refused)?;
        appends.push((stopwatch_us() - start) as f64);
    }
    Ok((median(transactions), median(appends)))
}

fn ended(end: JobEnd) -> DakaFailure {
    match end {
        JobEnd::Store(e) => DakaError::from(e).into(),
        JobEnd::RolledBack => DakaFailure::internal("a transaction gave up"),
    }
}

/// The median time of one turn of `work`, over batches.
fn batches(mut work: impl FnMut() -> Result<(), DakaFailure>) -> Result<f64, DakaFailure> {
    let mut times = Vec::new();
    for _ in 0..WRITES {
        let start = stopwatch_us();
        for _ in 0..BATCH {
            work()?;
        }
        times.push((stopwatch_us() - start) as f64 / BATCH as f64);
    }
    Ok(median(times))
}

/// The middle of an odd number of values, or the upper of the two in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measurement_is_whole_and_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap().to_owned();
        let speed = runtime::tests::wait(measure_storage(path)).unwrap();
        assert!(speed.entry_bytes > 100);
        for time in [speed.encode_us, speed.seal_us, speed.transaction_us, speed.append_us] {
            assert!(time.is_finite() && time > 0.0, "{speed:?}");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_middle_is_the_median() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 3.0);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
