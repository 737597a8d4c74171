//! The one thread that writes, and group commit.
//!
//! Requests queue pieces of work. The thread takes what is there, and while pieces keep coming, each within [`QUIET`] of the one before,
//! waits up to [`WINDOW`] for more; a lone phone never waits. All of it goes into one transaction:
//!
//! 1. each piece's first half in a savepoint of its own, so that one that fails takes nothing else with it;
//! 2. one checkpoint for each log with new leaves;
//! 3. each piece's second half, which builds the answer (proofs to that checkpoint);
//! 4. the commit, one sync for all; and only then the answers.
//!
//! A crash before 4 leaves nothing, and nobody was told anything. A crash after it leaves everything: the phones ask again and get
//! the same receipts.

use super::batch::{Batch, Env};
use crate::error::{Error, Refusal, Result};
use rusqlite::{Connection, TransactionBehavior};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a batch with company waits for more, at most.
const WINDOW: Duration = Duration::from_millis(5);
/// And after so long without another it waits no more.
const QUIET: Duration = Duration::from_millis(1);
/// Most pieces in one transaction.
const MOST: usize = 512;
/// Most pieces in the queue; beyond it callers are told to come again.
const QUEUE: usize = 4096;

/// A piece of work in the writer's queue.
trait Piece: Send {
    fn first(&mut self, batch: &Batch<'_>) -> Result<(), ()>;
    fn second(&mut self, batch: &Batch<'_>);
    fn answer(self: Box<Self>, committed: bool);
}

struct Work<M, T, F, S> {
    first: Option<F>,
    second: Option<S>,
    middle: Option<M>,
    outcome: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<M, T, F, S> Piece for Work<M, T, F, S>
where
    M: Send,
    T: Send,
    F: FnOnce(&Batch<'_>) -> Result<M> + Send,
    S: FnOnce(&Batch<'_>, M) -> Result<T> + Send,
{
    fn first(&mut self, batch: &Batch<'_>) -> Result<(), ()> {
        match self.first.take().map(|f| f(batch)) {
            Some(Ok(middle)) => {
                self.middle = Some(middle);
                Ok(())
            }
            Some(Err(e)) => {
                self.outcome = Some(Err(e));
                Err(())
            }
            None => Err(()),
        }
    }

    fn second(&mut self, batch: &Batch<'_>) {
        if let (Some(second), Some(middle)) = (self.second.take(), self.middle.take()) {
            self.outcome = Some(second(batch, middle));
        }
    }

    fn answer(self: Box<Self>, committed: bool) {
        let outcome = match self.outcome {
            // A refusal was not waiting for the commit.
            Some(Err(e)) => Err(e),
            Some(done) if committed => done,
            _ => Err(Error::Stopping),
        };
        // The caller may have gone: the phone asks again.
        let _ = self.reply.send(outcome);
    }
}

/// The handle of the writing thread.
pub struct Writer {
    queue: RwLock<Option<SyncSender<Box<dyn Piece>>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread, which owns `conn`.
    ///
    /// # Errors
    /// [`Error::Io`] when the system gives no thread.
    pub fn start(conn: Connection, env: Arc<Env>) -> Result<Self> {
        let (queue, work) = sync_channel(QUEUE);
        let dir = env.home.dir().to_owned();
        let thread = std::thread::Builder::new()
            .name("daka-writer".into())
            .spawn(move || run(conn, &env, &work))
            .map_err(Error::io("start the writer for", &dir))?;
        Ok(Self { queue: RwLock::new(Some(queue)), thread: Mutex::new(Some(thread)) })
    }

    /// Queues work: `first` inside the transaction, `second` after its checkpoints are signed; the answer comes after the commit.
    ///
    /// # Errors
    /// Whatever the work says; a 503 refusal when the queue is full; [`Error::Stopping`] when the commit failed or the thread ended.
    pub async fn run<M, T>(
        &self,
        first: impl FnOnce(&Batch<'_>) -> Result<M> + Send + 'static,
        second: impl FnOnce(&Batch<'_>, M) -> Result<T> + Send + 'static,
    ) -> Result<T>
    where
        M: Send + 'static,
        T: Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let piece = Work { first: Some(first), second: Some(second), middle: None, outcome: None, reply };
        match self.send(Box::new(piece)) {
            Ok(()) => answer.await.map_err(|_| Error::Stopping)?,
            Err(e) => Err(e),
        }
    }

    fn send(&self, piece: Box<dyn Piece>) -> Result<()> {
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        match queue.as_ref().ok_or(Error::Stopping)?.try_send(piece) {
            Ok(()) => Ok(()),
            Err(TrySendError::Full(_)) => {
                Err(Refusal::new(429, "slow_down", "too many requests wait to be written").into())
            }
            Err(TrySendError::Disconnected(_)) => Err(Error::Stopping),
        }
    }

    /// Finishes what is queued, writes the WAL back and closes the database. Later work is refused.
    pub fn close(&self) {
        *self.queue.write().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(mut conn: Connection, env: &Env, work: &Receiver<Box<dyn Piece>>) {
    let mut company = false;
    while let Ok(piece) = work.recv() {
        let mut pieces = vec![piece];
        let until = env.clock.ticks() + WINDOW;
        while pieces.len() < MOST {
            let left = until.saturating_sub(env.clock.ticks());
            let wait = if company || pieces.len() > 1 { left.min(QUIET) } else { Duration::ZERO };
            match work.recv_timeout(wait) {
                Ok(piece) => pieces.push(piece),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        company = pieces.len() > 1;
        let committed = match commit(&mut conn, env, &mut pieces) {
            Ok(()) => true,
            Err(e) => {
                tracing::error!(error = %e, "a batch could not be written");
                false
            }
        };
        pieces.into_iter().for_each(|p| p.answer(committed));
    }
    if let Err(e) = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::warn!(error = %e, "the WAL was not written back; the next start does it");
    }
}

fn commit(conn: &mut Connection, env: &Env, pieces: &mut [Box<dyn Piece>]) -> Result<()> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let batch = Batch::new(&tx, env);
    let mut done = Vec::with_capacity(pieces.len());
    for piece in pieces.iter_mut() {
        tx.execute_batch("SAVEPOINT piece")?;
        let kept = piece.first(&batch).is_ok();
        tx.execute_batch(if kept { "RELEASE piece" } else { "ROLLBACK TO piece; RELEASE piece" })?;
        done.push(kept);
    }
    batch.seal()?;
    for (piece, _) in pieces.iter_mut().zip(done).filter(|(_, kept)| *kept) {
        piece.second(&batch);
    }
    tx.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::OffsetClock;
    use crate::home::Home;
    use std::sync::Barrier;

    fn writer(dir: &std::path::Path) -> Writer {
        let home = Home::create(dir).unwrap();
        let conn = crate::store::open(&home.db()).unwrap();
        Writer::start(conn, Arc::new(Env::new(home, Arc::new(OffsetClock::default())))).unwrap()
    }

    fn put(batch: &Batch<'_>, key: &str) -> Result<()> {
        batch.tx.execute("INSERT INTO meta (key, value) VALUES (?1, '')", [key])?;
        Ok(())
    }

    async fn keys(writer: &Writer) -> Vec<String> {
        let read = |batch: &Batch<'_>| {
            let mut rows = batch.tx.prepare("SELECT key FROM meta ORDER BY key")?;
            Ok(rows.query_map([], |r| r.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?)
        };
        writer.run(read, |_, keys| Ok(keys)).await.unwrap()
    }

    #[tokio::test]
    async fn what_queues_meanwhile_is_one_commit_and_a_failure_takes_nothing_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path());
        let gate = Arc::new(Barrier::new(2));
        let (held, opened) = (Arc::clone(&gate), Arc::clone(&gate));
        // The first piece holds the thread until the others are in the queue.
        let first = writer.run(
            move |_| {
                held.wait();
                held.wait();
                Ok(())
            },
            |_, ()| Ok(()),
        );
        let rest = async {
            tokio::task::spawn_blocking({
                let gate = Arc::clone(&gate);
                move || gate.wait()
            })
            .await
            .unwrap();
            let piece = |i: usize| {
                let key = format!("k{i}");
                writer.run(
                    move |batch| {
                        put(batch, &key)?;
                        // The second of them fails after it has written.
                        if i == 1 { Err(Error::Random) } else { Ok(()) }
                    },
                    // How many rows the whole transaction had written before any answer was built.
                    |batch, ()| Ok(batch.tx.query_row("SELECT count(*) FROM meta", [], |r| r.get::<_, i64>(0))?),
                )
            };
            let open = async {
                tokio::task::spawn_blocking(move || opened.wait()).await.unwrap();
            };
            let (a, b, c, d, _) = tokio::join!(piece(0), piece(1), piece(2), piece(3), open);
            (a, b, c, d)
        };
        let (first, (a, b, c, d)) = tokio::join!(first, rest);
        first.unwrap();
        assert_eq!((a.unwrap(), c.unwrap(), d.unwrap()), (3, 3, 3), "all of them saw all of them");
        assert!(matches!(b, Err(Error::Random)));
        assert_eq!(keys(&writer).await, ["k0", "k2", "k3"]);
    }

    #[tokio::test]
    async fn after_closing_everything_queued_is_there_and_nothing_more_is_taken() {
        let dir = tempfile::tempdir().unwrap();
        let writer = writer(dir.path());
        writer.run(|batch| put(batch, "k"), |_, ()| Ok(())).await.unwrap();
        writer.close();
        assert!(matches!(writer.run(|batch| put(batch, "l"), |_, ()| Ok(())).await, Err(Error::Stopping)));
        let conn = crate::store::open(&dir.path().join("daka.db")).unwrap();
        let count: i64 = conn.query_row("SELECT count(*) FROM meta", [], |r| r.get(0)).unwrap();
        assert_eq!(count, 1);
    }
}
