//! What only two processes can show: the lock, and a kill.
//!
//! The test program starts itself again, one test alone, with a variable that gives it the other part. A program of another processor
//! cannot be started by its name: what runs it (an emulator and its arguments, parted by spaces) is in a second variable.

use super::KEY;
use crate::adapters::sqlite::SqliteStore;
use crate::domain::journal::Kind;
use crate::ports::StoreError;
use crate::testkit::contract::{append, row};
use crate::testkit::read;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

const PART: &str = "DAKA_TEST_JOURNAL";
const RUNNER: &str = "DAKA_TEST_RUNNER";

/// The journal that this process is to open, if it is the other one.
#[expect(clippy::disallowed_methods, reason = "the only way to tell a test program what to do")]
fn part() -> Option<PathBuf> {
    std::env::var_os(PART).map(PathBuf::from)
}

/// This program again.
#[expect(clippy::disallowed_methods, reason = "the only way to tell a test program what runs it")]
fn again() -> Command {
    let program = std::env::current_exe().unwrap();
    let runner = std::env::var(RUNNER).unwrap_or_default();
    let mut words = runner.split(' ').filter(|word| !word.is_empty());
    match words.next() {
        Some(first) => {
            let mut command = Command::new(first);
            command.args(words).arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn start(test: &str, journal: &Path) -> Child {
    let test = format!("adapters::sqlite::tests::processes::{test}");
    let mut command = again();
    command.args(["--exact", &test, "--nocapture"]).env(PART, journal).stdout(Stdio::piped());
    command.spawn().unwrap()
}

#[test]
fn a_second_process_is_told_that_the_journal_is_in_use() {
    if let Some(path) = part() {
        println!("\nopened: {:?}", SqliteStore::open(&path, &KEY).map(|(_, opened)| opened));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let (store, _) = SqliteStore::open(&path, &KEY).unwrap();
    let told = || {
        let output = start("a_second_process_is_told_that_the_journal_is_in_use", &path).wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().find_map(|line| line.strip_prefix("opened: ")).unwrap().to_owned()
    };
    assert_eq!(told(), format!("{:?}", Err::<(), _>(StoreError::InUse)));
    append(&store, vec![row(0, 1, Kind::Punch)]);
    drop(store);
    assert!(told().starts_with("Ok("));
}

#[test]
fn a_killed_process_loses_nothing_that_was_acknowledged_and_frees_the_lock() {
    if let Some(path) = part() {
        let (store, _) = SqliteStore::open(&path, &KEY).unwrap();
        for seq in 1.. {
            append(&store, vec![row(0, seq, Kind::Punch)]);
            println!("\nacknowledged: {seq}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let mut other = start("a_killed_process_loses_nothing_that_was_acknowledged_and_frees_the_lock", &path);
    let lines = BufReader::new(other.stdout.take().unwrap()).lines();
    let mut acknowledged = 0;
    for line in lines {
        if let Some(seq) = line.unwrap().strip_prefix("acknowledged: ") {
            acknowledged = seq.parse().unwrap();
            // Past the first folding-in of the log.
            if acknowledged == 60 {
                break;
            }
        }
    }
    other.kill().unwrap();
    other.wait().unwrap();
    let (store, opened) = SqliteStore::open(&path, &KEY).unwrap();
    assert!(opened.unclean);
    assert_eq!(opened.moved_aside, None);
    let rows = read(&store, |tx| tx.entries(0, 1, usize::MAX)).unwrap();
    assert!(rows.len() as u64 >= acknowledged, "{} of {acknowledged}", rows.len());
    assert!(rows.iter().zip(1..).all(|(found, seq)| *found == row(0, seq, Kind::Punch)));
    assert_eq!(store.quick_check().unwrap(), [""; 0]);
}
