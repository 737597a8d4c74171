//! A store that fails, or dies, at a step that a test names.
//!
//! A kill test runs a use case over a [`FaultyStore`] once without a fault and counts its writes; then it runs it again for every
//! write and every [`Step`], each time drops the program, starts it over the store beneath, and looks at what is there:
//!
//! ```text
//! for at in 0..writes { for step in Step::ALL { … store.kill(at, step) … after_restart … } }
//! ```

use super::lock;
use crate::ports::{Job, JobEnd, JournalStore, StoreError};
use std::sync::{Arc, Mutex};

/// Where in a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Before the job runs.
    Before,
    /// After the job ran and before its commit: nothing of it happened.
    BeforeCommit,
    /// After its commit, before the caller hears of it.
    AfterCommit,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 3] = [Self::Before, Self::BeforeCommit, Self::AfterCommit];
}

/// What a call of a killed process ends with, until the test has dropped it.
pub const KILLED: &str = "the process was killed";

/// A store over another one that fails or dies where it is told to.
pub struct FaultyStore {
    inner: Arc<dyn JournalStore>,
    plan: Mutex<Plan>,
}

#[derive(Default)]
struct Plan {
    writes: usize,
    faults: Vec<(usize, Step, Option<StoreError>)>,
    dead: bool,
}

impl FaultyStore {
    /// A store without a fault so far.
    pub fn over(inner: Arc<dyn JournalStore>) -> Self {
        Self { inner, plan: Mutex::default() }
    }

    /// How many writes were asked for, those that failed included.
    pub fn writes(&self) -> usize {
        lock(&self.plan).writes
    }

    /// Kills the process at this write, counted from 0 over the store's life, at this step: that call and all later ones fail.
    pub fn kill(&self, write: usize, step: Step) {
        lock(&self.plan).faults.push((write, step, None));
    }

    /// Lets this write fail with `error` at this step; later ones go on.
    pub fn fail(&self, write: usize, step: Step, error: StoreError) {
        lock(&self.plan).faults.push((write, step, Some(error)));
    }

    /// Whether a kill has happened.
    pub fn is_dead(&self) -> bool {
        lock(&self.plan).dead
    }

    fn check_alive(&self) -> Result<(), StoreError> {
        if self.is_dead() { Err(killed()) } else { Ok(()) }
    }

    /// The fault that is planned for `write` at `step`, carried out.
    fn meet(&self, write: usize, step: Step) -> Result<(), StoreError> {
        let mut plan = lock(&self.plan);
        let Some(at) = plan.faults.iter().position(|(w, s, _)| (*w, *s) == (write, step)) else { return Ok(()) };
        let (_, _, error) = plan.faults.remove(at);
        plan.dead |= error.is_none();
        Err(error.unwrap_or_else(killed))
    }
}

fn killed() -> StoreError {
    StoreError::Io(KILLED.to_owned())
}

impl JournalStore for FaultyStore {
    fn write(&self, job: Job) -> Result<(), JobEnd> {
        self.check_alive()?;
        let write = {
            let mut plan = lock(&self.plan);
            plan.writes += 1;
            plan.writes - 1
        };
        self.meet(write, Step::Before)?;
        let end_inside = self.meet(write, Step::BeforeCommit);
        self.inner.write(Box::new(move |tx| {
            job(tx)?;
            Ok(end_inside?)
        }))?;
        Ok(self.meet(write, Step::AfterCommit)?)
    }

    fn read(&self, job: Job) -> Result<(), JobEnd> {
        self.check_alive()?;
        self.inner.read(job)
    }

    fn pause(&self) -> Result<(), StoreError> {
        self.check_alive()?;
        self.inner.pause()
    }

    fn resume(&self) -> Result<(), StoreError> {
        self.check_alive()?;
        self.inner.resume()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::journal::Kind;
    use crate::testkit::contract::{contract, row};
    use crate::testkit::{MemoryStore, read, write};

    contract!(Box::new(FaultyStore::over(Arc::new(MemoryStore::new()))));

    fn appended(store: &dyn JournalStore, seq: u64) -> Result<(), JobEnd> {
        write(store, move |tx| tx.append(&row(0, seq, Kind::Punch)))
    }

    fn tail(store: &dyn JournalStore) -> Option<u64> {
        read(store, |tx| tx.tail()).unwrap().map(|r| r.point.seq)
    }

    #[test]
    fn a_kill_leaves_what_was_committed_and_ends_everything_after_it() {
        for (step, left) in [(Step::Before, 1), (Step::BeforeCommit, 1), (Step::AfterCommit, 2)] {
            let disk = Arc::new(MemoryStore::new());
            let store = FaultyStore::over(disk.clone());
            store.kill(1, step);
            appended(&store, 1).unwrap();
            assert_eq!(appended(&store, 2), Err(killed().into()), "{step:?}");
            assert_eq!(appended(&store, 3), Err(killed().into()));
            assert_eq!(read(&store, |tx| tx.tail()), Err(killed().into()));
            assert!(store.is_dead());
            assert_eq!(tail(&disk.after_restart()), Some(left), "{step:?}");
        }
    }

    #[test]
    fn a_failure_is_over_with_the_next_write() {
        let store = FaultyStore::over(Arc::new(MemoryStore::new()));
        store.fail(0, Step::BeforeCommit, StoreError::DiskFull);
        assert_eq!(appended(&store, 1), Err(StoreError::DiskFull.into()));
        assert_eq!(tail(&store), None);
        appended(&store, 1).unwrap();
        assert_eq!((tail(&store), store.writes()), (Some(1), 2));
    }
}
