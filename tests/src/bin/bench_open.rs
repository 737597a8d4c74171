//! Figures `open_…`: what opening a journal costs, and that it does not grow with the journal.
//!
//! Opening is: lock, open, check key and version, first look, then the queries of every start (the last entry, the last head, what waits
//! first). Each figure is the median of several openings, taken in turns with a journal of 1,000 entries in the same run. Cold
//! means that the system was asked to drop the file from its cache before; after a kill, that the log was left beside the file.

use daka_core::adapters::sqlite::SqliteStore;
use daka_core::domain::ids::{Hash32, PunchId};
use daka_core::domain::journal::{ChainPoint, Entry, GroupId, Kind, Secret, Seed};
use daka_core::ports::{EntryRow, EntryState, JobEnd, JournalStore as _, StoreError};
use daka_core::testkit::{read, write};
use daka_tests::figure::{Figure, median};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Instant;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const KEY: [u8; 32] = [0x4b; 32];
const LARGE: u64 = 100_000;
const SMALL: u64 = 1_000;
/// Entries that wait, in both journals.
const WAITING: u64 = 10;
const ROUNDS: usize = 31;
const LIMIT_MS: f64 = 10.0;
/// What "not growing" leaves for the noise of openings of a few tenths of a millisecond; the depth of a B-tree grows from 2 to 3.
const LIMIT_GROWTH: f64 = 1.5;

fn main() -> Outcome<()> {
    let folder = tempfile::tempdir()?;
    let (large, small) = (folder.path().join("large.db"), folder.path().join("small.db"));
    build(&large, LARGE)?;
    build(&small, SMALL)?;
    for how in [How::Warm, How::Cold, How::AfterKill] {
        let (mut of_large, mut of_small) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            of_large.push(open(&large, how)?);
            of_small.push(open(&small, how)?);
        }
        let (large, small) = (median(of_large), median(of_small));
        let (figure, growth) = how.names();
        Figure::shown(figure, large, "ms").against("limit", LIMIT_MS, "at most 10 ms", large <= LIMIT_MS).print();
        Figure::shown(growth, large, "ms")
            .against("1,000 entries", small, "not growing: at most 1.5 times", large <= small * LIMIT_GROWTH)
            .print();
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum How {
    Warm,
    Cold,
    AfterKill,
}

impl How {
    /// The names of the figure against the limit, and of the one against the small journal.
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Warm => ("open_100k_warm", "open_growth_warm"),
            Self::Cold => ("open_100k_cold", "open_growth_cold"),
            Self::AfterKill => ("open_100k_after_kill", "open_growth_after_kill"),
        }
    }
}

/// An entry about as large as a punch with five fixes: payload 223 bytes, place 148, radio 111.
fn entry(seq: u64) -> EntryRow {
    let byte = seq.to_be_bytes()[7];
    let mut id = [0; 16];
    id[8..].copy_from_slice(&seq.to_be_bytes());
    EntryRow {
        point: ChainPoint { epoch: 0, seq, h: Hash32([byte; 32]) },
        kind: if seq.is_multiple_of(20) { Kind::Anchor } else { Kind::Punch },
        punch: Some(PunchId(id)),
        state: EntryState::Waiting,
        entry: Entry {
            payload: vec![byte; 223],
            secret: Secret::Seed(Seed([byte; 16])),
            groups: [(GroupId::Place, vec![byte; 148]), (GroupId::Radio, vec![byte; 111])].into(),
        },
    }
}

fn told(end: JobEnd) -> StoreError {
    match end {
        JobEnd::Store(e) => e,
        JobEnd::RolledBack => StoreError::Io("the job gave up".to_owned()),
    }
}

/// A closed journal of `entries`, with a head for each, and a copy of it as a kill leaves it: with the log of the last commits.
fn build(path: &Path, entries: u64) -> Outcome<()> {
    let (store, _) = SqliteStore::open(path, &KEY)?;
    for from in (1..=entries - WAITING).step_by(1_000) {
        let to = (from + 999).min(entries - WAITING);
        let job = write(&store, move |tx| {
            for seq in from..=to {
                tx.append(&EntryRow { state: EntryState::Received, ..entry(seq) })?;
                tx.put_head(0, seq, &[7; 240])?;
            }
            Ok(())
        });
        job.map_err(told)?;
    }
    write(&store, |tx| tx.put_value("rules", &[7; 20_000])).map_err(told)?;
    store.pause()?;
    store.resume()?;
    for seq in entries - WAITING + 1..=entries {
        write(&store, move |tx| tx.append(&entry(seq)).and_then(|()| tx.put_head(0, seq, &[7; 240]))).map_err(told)?;
    }
    let killed = killed(path);
    fs::copy(path, &killed)?;
    fs::copy(log_of(path), log_of(&killed))?;
    Ok(store.pause()?)
}

fn killed(path: &Path) -> PathBuf {
    path.with_extension("killed")
}

fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Milliseconds of one opening.
fn open(path: &Path, how: How) -> Outcome<f64> {
    let path = match how {
        How::Warm => path.to_owned(),
        How::Cold => {
            forget(path)?;
            path.to_owned()
        }
        How::AfterKill => {
            // The log as the kill left it: closing below folds it in.
            let (again, killed) = (path.with_extension("again"), killed(path));
            fs::copy(&killed, &again)?;
            fs::copy(log_of(&killed), log_of(&again))?;
            for file in [&again, &log_of(&again)] {
                File::open(file)?.sync_all()?;
            }
            again
        }
    };
    let begin = now();
    let (store, opened) = SqliteStore::open(&path, &KEY)?;
    let (tail, waiting) = read(&store, |tx| {
        let tail = tx.tail()?;
        tx.last_head(0)?;
        Ok((tail.map(|row| row.point.seq), tx.first_waiting()?))
    })
    .map_err(told)?;
    let took = begin.elapsed().as_secs_f64() * 1e3;
    let waits_first = tail.map(|tail| (0, tail + 1 - WAITING));
    if opened.unclean != matches!(how, How::AfterKill) || opened.moved_aside.is_some() || waiting != waits_first {
        return Err(format!("not the journal that was built: {opened:?}, tail {tail:?}, waiting {waiting:?}").into());
    }
    Ok(took)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures")]
fn now() -> Instant {
    Instant::now()
}

/// Asks the system to drop a file from its cache.
fn forget(path: &Path) -> Outcome<()> {
    let file = File::open(path)?;
    file.sync_all()?;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(())
}
