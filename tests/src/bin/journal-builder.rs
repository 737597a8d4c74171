//! `journal-builder FOLDER KEY ENTRIES`: makes the journal in a phone's folder longer, as years of use would, for benchmarks.
//!
//! FOLDER belongs to an enrolled journal that nobody has open; KEY is its sealing key, 64 hexadecimal digits. The entries are punches
//! an hour and a bit apart, up to now, and every twentieth is a note; each is chained and sealed like any other, and received. Nothing
//! of it was sent to a server, so such a journal is good for looking at alone.

use daka_core::adapters::crypto::Ring;
use daka_core::adapters::sqlite::SqliteStore;
use daka_core::adapters::vault::FileVault;
use daka_core::domain::ids::{PunchId, parse_hex};
use daka_core::domain::journal::{
    Asked, Body, ChainPoint, Draft, Entry, GroupId, Groups, Payload, Presence, PunchBody, Readings, Seed, Trigger,
    VerdictGroup, chain_step,
};
use daka_core::domain::placing::EVAL_REV;
use daka_core::domain::sealed_head::SealedHead;
use daka_core::domain::time::{SessionMs, WallMs, Word};
use daka_core::ports::{EntryRow, EntryState, JobEnd, Vault as _, VaultItem};
use daka_core::testkit::{read, write};
use std::path::Path;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// 65 minutes between two entries: about twenty a day.
const STEP_MS: i64 = 3_900_000;
/// Entries of one transaction.
const SLICE: u64 = 2_000;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(folder), Some(key), Some(entries)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("usage: journal-builder FOLDER KEY ENTRIES".into());
    };
    grow(Path::new(&folder), &parse_hex("key", &key)?, entries.parse()?)
}

fn grow(folder: &Path, key: &[u8; 32], entries: u64) -> Outcome<()> {
    let (store, _) = SqliteStore::open(&folder.join("journal.db"), key)?;
    let vault = FileVault::new(folder, key)?;
    let sealed = vault.get(VaultItem::SealedHead)?.ok_or("the journal is not enrolled")?;
    let journal = SealedHead::decode(&sealed)?.journal;
    let tail = read(&store, |tx| tx.tail()).map_err(told)?.ok_or("the journal is empty: punch once")?;
    let last = Payload::decode(&tail.entry.payload)?.readings;
    let mut point = tail.point;
    for from in (1..=entries).step_by(usize::try_from(SLICE)?) {
        let to = (from + SLICE - 1).min(entries);
        let rows: Vec<EntryRow> = (from..=to).map(|n| next(&mut point, last, n, entries)).collect();
        write(&store, move |tx| rows.iter().try_for_each(|row| tx.append(row))).map_err(told)?;
    }
    Ok(vault.put(VaultItem::SealedHead, &SealedHead { journal, point }.encode())?)
}

/// Entry `n` of `entries`, after `point`.
fn next(point: &mut ChainPoint, last: Readings, n: u64, entries: u64) -> EntryRow {
    let steps = i64::try_from(entries - n).unwrap_or(i64::MAX);
    let wall = WallMs::new(last.wall.get() - steps * STEP_MS);
    let readings = Readings { t: SessionMs::new(last.t.get() + n), wall, ..last };
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    let id = PunchId::new(wall.get(), &random);
    let draft = if n.is_multiple_of(20) {
        Draft::of(Body::NoteAdded { punch: id })
    } else {
        let body = PunchBody {
            id,
            asked: if n.is_multiple_of(2) { Asked::Out } else { Asked::In },
            shown: Asked::In,
            trigger: Trigger::Tap,
            presence: Presence::None,
            tap: readings.t,
            tap_wall: wall,
            rules_rev: None,
            eval_rev: EVAL_REV,
            word: Word::Unverified,
            consent_seq: 0,
            field: None,
        };
        let verdict = VerdictGroup {
            verdict: 0,
            reasons: vec![2, 3],
            site: None,
            p: None,
            distance_mm: None,
            sigma_mm: None,
            floor: None,
            runner_up_p: None,
        };
        Draft { body: Body::Punch(body), groups: Groups::from([(GroupId::Verdict, verdict.encode())]) }
    };
    let kind = draft.body.kind();
    let mut seed = [0; 16];
    seed[8..].copy_from_slice(&n.to_be_bytes());
    let entry = Entry::make(&Ring, point.seq + 1, readings, Seed(seed), draft);
    let h = chain_step(&Ring, point.h, point.seq + 1, entry.payload_digest(&Ring));
    *point = ChainPoint { epoch: point.epoch, seq: point.seq + 1, h };
    EntryRow { point: *point, kind, punch: Some(id), state: EntryState::Received, entry }
}

fn told(end: JobEnd) -> String {
    format!("{end:?}")
}
