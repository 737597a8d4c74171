//! Figures `open_…`: what opening a journal costs, and that it does not grow with the journal.
//!
//! Opening is everything that a start of the program does before its first answer: lock, database, vault and photos by
//! `adapters::folder`, then `Engine::open`, which compares the sealed head and verifies the tail since it. Each figure is the median
//! of several openings, taken in turns with a journal of 1,000 entries in the same run. Cold means a new process, and that the
//! system was asked to drop the journal's files from its cache before; after a kill, that the log was left beside the database.
//!
//! The journals are real: an engine enrols, takes rules and punches; further entries like its last ones are chained on in bulk, and
//! the engine verifies all of them once before anything is measured.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and stops when it cannot run"
)]

use daka_core::adapters::crypto::Ring;
use daka_core::adapters::folder::{self, Folder};
use daka_core::adapters::sqlite::SqliteStore;
use daka_core::app::{Engine, JoinRequest, PunchRequest, Settings, SyncOptions};
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::PunchId;
use daka_core::domain::journal::{
    Asked, Body, ChainPoint, Consent, ConsentGiven, Draft, Entry, Kind, Payload, Purpose, Readings, Seed, Trigger,
    chain_step,
};
use daka_core::domain::place::{Platform, Provider, RawFix};
use daka_core::domain::rules::Policy;
use daka_core::domain::time::{SessionMs, WallMs};
use daka_core::ports::{EntryRow, EntryState, Event, JournalStore as _, Observer};
use daka_core::testkit::tiny_story::{MORNING, door};
use daka_core::testkit::wire_server::WireServer;
use daka_core::testkit::{FakeClock, keys, read, write};
use daka_tests::figure::{Figure, median};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

const KEY: [u8; 32] = [0x4b; 32];
const LARGE: u64 = 100_000;
const SMALL: u64 = 1_000;
/// Punches that wait, in both journals: the last ones, each in a transaction of its own.
const WAITING: u64 = 10;
const ROUNDS: usize = 31;
const LIMIT_MS: f64 = 10.0;
/// What "not growing" leaves for the noise of openings of about a millisecond; the depth of a B-tree grows from 2 to 3.
const LIMIT_GROWTH: f64 = 1.5;
/// The first argument of the process that only opens: its folder, and what it must find, follow.
const OPEN: &str = "open";

struct Deaf;

impl Observer for Deaf {
    fn on_event(&self, _event: Event) {}
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let [_, what, folder, entries] = &args[..]
        && what == OPEN
    {
        say(open(Path::new(folder), entries.parse().unwrap(), false));
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let journals = [LARGE, SMALL].map(|entries| Journal::build(temporary.path(), entries));
    for how in [How::Warm, How::Cold, How::AfterKill] {
        let mut took: [Vec<Took>; 2] = Default::default();
        for _ in 0..ROUNDS {
            for (journal, took) in journals.iter().zip(&mut took) {
                took.push(journal.open(how));
            }
        }
        let middle = |of: usize, part: fn(&Took) -> f64| median(took[of].iter().map(part).collect());
        let (large, small) = (middle(0, Took::all), middle(1, Took::all));
        let [figure, growth, adapters, engine] = how.names();
        Figure::shown(figure, large, "ms").against("limit", LIMIT_MS, "at most 10 ms", large <= LIMIT_MS).print();
        Figure::shown(growth, large, "ms")
            .against("1,000 entries", small, "not growing: at most 1.5 times", large <= small * LIMIT_GROWTH)
            .print();
        Figure::shown(adapters, middle(0, |t| t.adapters), "ms").print();
        Figure::shown(engine, middle(0, |t| t.engine), "ms").print();
    }
}

#[derive(Clone, Copy)]
enum How {
    Warm,
    Cold,
    AfterKill,
}

impl How {
    /// The names of the figure against the limit, of the one against the small journal, and of the parts.
    fn names(self) -> [&'static str; 4] {
        match self {
            Self::Warm => ["open_100k_warm", "open_growth_warm", "open_part_adapters_warm", "open_part_engine_warm"],
            Self::Cold => ["open_100k_cold", "open_growth_cold", "open_part_adapters_cold", "open_part_engine_cold"],
            Self::AfterKill => [
                "open_100k_after_kill",
                "open_growth_after_kill",
                "open_part_adapters_after_kill",
                "open_part_engine_after_kill",
            ],
        }
    }
}

/// Milliseconds of one opening.
struct Took {
    adapters: f64,
    engine: f64,
}

impl Took {
    fn all(&self) -> f64 {
        self.adapters + self.engine
    }
}

/// What the process that only opens prints.
#[allow(clippy::print_stdout, reason = "standard output is where the benchmark reads it")]
fn say(took: Took) {
    println!("{} {}", took.adapters, took.engine);
}

/// Opens the journal in `folder`, and makes sure that it is the one that was built and goes on.
fn open(folder: &Path, entries: u64, killed: bool) -> Took {
    let (clock, key) = (Arc::new(FakeClock::new(MORNING)), Arc::new(keys::device()));
    let begun = Instant::now();
    let Folder { ports, opened, .. } = folder::open(folder, &KEY, clock, Some(key), Arc::new(Deaf)).unwrap();
    let adapters = begun.elapsed();
    let engine = Engine::open(ports, settings()).unwrap();
    let all = begun.elapsed();
    assert!(opened.unclean == killed && opened.moved_aside.is_none(), "{opened:?}");
    let queue = engine.queue().unwrap();
    let tail = engine.home().unwrap().tail.unwrap();
    assert_eq!((tail.epoch, tail.seq, queue.waiting), (0, entries, WAITING), "not the journal that was built");
    let ms = |d: std::time::Duration| d.as_secs_f64() * 1e3;
    Took { adapters: ms(adapters), engine: ms(all - adapters) }
}

fn settings() -> Settings {
    Settings { app_version: "1.0".to_owned() }
}

/// A journal in a folder of its own, closed, and a copy of it as a kill leaves it: with the log of the last commits.
struct Journal {
    entries: u64,
    clean: PathBuf,
    killed: PathBuf,
    again: PathBuf,
}

impl Journal {
    fn build(beside: &Path, entries: u64) -> Self {
        let [clean, killed, again] = ["clean", "killed", "again"].map(|name| beside.join(format!("{name}-{entries}")));
        fs::create_dir(&clean).unwrap();
        let clock = FakeClock::new(MORNING);
        let server = WireServer::new(&clock);
        server.publish(1, Policy::default(), &[door()]);
        let start = || {
            let key = Arc::new(keys::device());
            let Folder { mut ports, .. } =
                folder::open(&clean, &KEY, Arc::new(clock.clone()), Some(key), Arc::new(Deaf)).unwrap();
            ports.connector = Arc::new(server.clone());
            Engine::open(ports, settings()).unwrap()
        };
        let engine = start();
        begin(&engine, &server, &clock);
        drop(engine);
        let held = chain_on(&clean.join("journal.db"), entries - WAITING);
        clock.advance(held);
        // Verified here, every entry of it: the seal is at the last one that the engine wrote.
        let engine = start();
        // The log of what follows, and nothing else, is left beside the database.
        engine.pause().unwrap();
        engine.resume().unwrap();
        for _ in 0..WAITING {
            engine.settle().unwrap();
            clock.advance(1_000);
            punch(&engine);
        }
        // Killed between the last commit and its seal.
        copy(&clean, &killed);
        engine.settle().unwrap();
        drop(engine);
        let journal = Self { entries, clean, killed, again };
        journal.open(How::Warm);
        journal
    }

    fn open(&self, how: How) -> Took {
        match how {
            How::Warm => open(&self.clean, self.entries, false),
            How::Cold => {
                files(&self.clean).iter().for_each(|file| forget(file));
                let mut again = Command::new(std::env::current_exe().unwrap());
                let out = again.arg(OPEN).arg(&self.clean).arg(self.entries.to_string()).output().unwrap();
                assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
                let said = String::from_utf8(out.stdout).unwrap();
                let (adapters, engine) = said.trim().split_once(' ').unwrap();
                Took { adapters: adapters.parse().unwrap(), engine: engine.parse().unwrap() }
            }
            How::AfterKill => {
                // The log as the kill left it: closing folds it in.
                copy(&self.killed, &self.again);
                files(&self.again).iter().for_each(|file| File::open(file).unwrap().sync_all().unwrap());
                open(&self.again, self.entries, true)
            }
        }
    }
}

/// Enrols, consents, takes rules and a time token, and punches once at the door.
fn begin(engine: &Engine, server: &WireServer, clock: &FakeClock) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(engine.enrol(JoinRequest::parse(&server.code(false)).unwrap())).unwrap();
    let given = ConsentGiven { granted: true, text_rev: 1 };
    engine.set_consent(Consent([Purpose::Location, Purpose::Radio].map(|p| (p, given)).into())).unwrap();
    let sync = || {
        let report = runtime.block_on(engine.sync(SyncOptions { now: true, ..SyncOptions::default() })).unwrap();
        assert_eq!((report.stopped, report.waiting), (None, 0), "{report:?}");
    };
    sync();
    clock.advance(1_000);
    punch(engine);
    clock.advance(20_000);
    sync();
    engine.settle().unwrap();
}

/// A machine's punches are never double taps.
fn punch(engine: &Engine) {
    let fix = RawFix {
        latitude: 22.284_468_1,
        longitude: 114.158_512_4,
        accuracy: Some(8.0),
        altitude: None,
        speed: None,
        age_ms: 500,
        platform: Platform::Android,
        provider: Provider::Gps,
        mock: Some(false),
        precise: Some(true),
    };
    let request = PunchRequest { trigger: Trigger::Machine, fixes: vec![fix; 5], ..PunchRequest::tap(Asked::Auto) };
    engine.punch(request).unwrap();
}

/// Chains punches and anchors like the last ones on, received and with a head each, until there are `entries`. Gives the
/// milliseconds that they took by the phone's clock.
fn chain_on(path: &Path, entries: u64) -> u64 {
    let (store, _) = SqliteStore::open(path, &KEY).unwrap();
    let (tail, punch, anchor) = read(&store, |tx| {
        let last = |kind| Ok::<_, daka_core::ports::StoreError>(tx.latest(kind, 1)?.pop().unwrap());
        Ok((tx.tail()?.unwrap(), last(Kind::Punch)?, last(Kind::Anchor)?))
    })
    .unwrap();
    let readings = Payload::decode(&tail.entry.payload).unwrap().readings;
    let mut point = tail.point;
    let begun = point.seq;
    while point.seq < entries {
        let to = (point.seq + 1_000).min(entries);
        let mut rows = Vec::new();
        while point.seq < to {
            let like = if point.seq % 20 == 19 { &anchor } else { &punch };
            rows.push(like_it(like, &mut point, readings, begun));
        }
        write(&store, move |tx| {
            for row in rows {
                tx.append(&row)?;
                tx.put_head(0, row.point.seq, &[7; 240])?;
            }
            Ok(())
        })
        .unwrap();
    }
    store.pause().unwrap();
    point.seq - begun
}

/// The next entry after `point`, a millisecond later, with what `like` says.
fn like_it(like: &EntryRow, point: &mut ChainPoint, last: Readings, begun: u64) -> EntryRow {
    let seq = point.seq + 1;
    let later = seq - begun;
    let t = SessionMs::new(last.t.get() + later);
    let wall = WallMs::new(last.wall.get() + later.cast_signed());
    let mut body = Payload::decode(&like.entry.payload).unwrap().body;
    let mut punch = None;
    if let Body::Punch(p) = &mut body {
        let mut random = [0; 10];
        random[2..].copy_from_slice(&seq.to_be_bytes());
        p.id = PunchId::new(wall.get(), &random);
        (p.tap, p.tap_wall) = (t, wall);
        punch = Some(p.id);
    }
    let mut seed = [0x5e; 16];
    seed[8..].copy_from_slice(&seq.to_be_bytes());
    let draft = Draft { body, groups: like.entry.groups.clone() };
    let entry = Entry::make(&Ring, seq, Readings { t, wall, ..last }, Seed(seed), draft);
    let h = chain_step(&Ring, point.h, seq, Ring.sha256(&[&entry.payload]));
    *point = ChainPoint { seq, h, ..*point };
    EntryRow { point: *point, kind: like.kind, punch, state: EntryState::Received, entry }
}

/// The files in a folder; there is none deeper.
fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    paths.filter(|path| path.is_file()).collect()
}

/// Copies the files of a folder over what is there.
fn copy(from: &Path, to: &Path) {
    if to.exists() {
        fs::remove_dir_all(to).unwrap();
    }
    fs::create_dir(to).unwrap();
    for file in files(from) {
        fs::copy(&file, to.join(file.file_name().unwrap())).unwrap();
    }
}

/// Asks the system to drop a file from its cache.
fn forget(path: &Path) {
    let file = File::open(path).unwrap();
    file.sync_all().unwrap();
    #[cfg(any(target_os = "linux", target_os = "android"))]
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).unwrap();
}
