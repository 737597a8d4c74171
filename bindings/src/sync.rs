//! Calls that talk to the server, and their real cancellation.
//!
//! Cancelling the caller of `sync` leaves the sync running, as with every call. Whoever wants it to end says `stop_sync`, or gives a
//! deadline: the round is then dropped between two of its steps, each of which is committed before the next begins, so everything
//! that was received stays received. One sync runs at a time; a second one waits for its turn and finds little left to do.

use crate::client::DakaClient;
use crate::failure::DakaFailure;
use crate::records::{EmployerInfo, SyncReport};
use crate::requests::SyncOptions;
use crate::runtime;
use daka_core::app::{self, JoinRequest};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Mutex, MutexGuard, watch};

/// Ends syncs that run or wait for their turn.
pub(crate) struct Stops {
    turn: Mutex<()>,
    /// One enrolment at a time. It touches no database, so a pause need not wait for it.
    enrolment: Mutex<()>,
    stopped: watch::Sender<u64>,
}

impl Default for Stops {
    fn default() -> Self {
        Self { turn: Mutex::default(), enrolment: Mutex::default(), stopped: watch::Sender::new(0) }
    }
}

impl Stops {
    /// Ends all that began before this moment.
    pub(crate) fn stop(&self) {
        self.stopped.send_modify(|n| *n += 1);
    }

    /// Waits until no sync runs, and keeps others from running.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Waits until no enrolment runs, and keeps others from running.
    pub(crate) async fn enrolment(&self) -> MutexGuard<'_, ()> {
        self.enrolment.lock().await
    }

    fn watch(&self) -> watch::Receiver<u64> {
        let mut stopped = self.stopped.subscribe();
        stopped.mark_unchanged();
        stopped
    }
}

#[uniffi::export(async_runtime = "tokio")]
impl DakaClient {
    /// Enrols this phone with the text of a QR code.
    ///
    /// # Errors
    /// `BadValue` for a text that is none, `WrongCode`, `UsedCode`, `ExpiredCode`, `OtherRoot`, `AlreadyEnrolled`, `Unreachable`,
    /// `TimedOut`, `Untrusted`, `BadAnswer`, `ServerRefused`, `KeyRefused`. Nothing is left behind.
    pub async fn enrol(&self, text: String) -> Result<EmployerInfo, DakaFailure> {
        let inner = Arc::clone(&self.inner);
        runtime::spawned(async move {
            let request = JoinRequest::parse(text.trim())?;
            let _alone = inner.stops.enrolment().await;
            let employer = inner.engine()?.enrol(request).await?;
            inner.after_a_write();
            Ok(employer.into())
        })
        .await
    }

    /// Makes one round with the server, if one is due or `options.now` says so.
    ///
    /// # Errors
    /// When the phone itself cannot go on. A server that is away or refuses is no error: it is in the report, and the next attempt is
    /// on disk.
    pub async fn sync(&self, options: SyncOptions) -> Result<SyncReport, DakaFailure> {
        let inner = Arc::clone(&self.inner);
        runtime::spawned(async move {
            let mut stopped = inner.stops.watch();
            let deadline = options.deadline_ms.map(Duration::from_millis);
            let SyncOptions { pace, now, metered, save_data, .. } = options;
            let core = app::SyncOptions { pace: pace.into(), now, metered, save_data };
            let round = async {
                let _alone = inner.stops.turn().await;
                Ok::<_, DakaFailure>(inner.engine()?.sync(core).await?)
            };
            let ended = tokio::select! {
                biased;
                _ = stopped.changed() => None,
                () = overtaken(deadline) => None,
                report = round => Some(report?),
            };
            match ended {
                Some(report) => Ok(report.into()),
                None => stopped_report(&inner).await,
            }
        })
        .await
    }

    /// Ends the syncs that run or wait. They answer with `stopped`.
    ///
    /// # Errors
    /// None at present.
    pub fn stop_sync(&self) -> Result<(), DakaFailure> {
        self.inner.stops.stop();
        Ok(())
    }

    /// The network came back, or the app came to the front: the wait for the next attempt becomes short.
    ///
    /// # Errors
    /// `Closed`, or the store refuses.
    pub async fn wake(&self) -> Result<(), DakaFailure> {
        self.inner.run(|engine| engine.wake()).await
    }
}

async fn overtaken(deadline: Option<Duration>) {
    match deadline {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

async fn stopped_report(inner: &Arc<crate::client::Inner>) -> Result<SyncReport, DakaFailure> {
    let queue = match inner.run(|engine| engine.queue()).await {
        Ok(queue) => queue,
        // Paused or closed down meanwhile: that is why it stopped.
        Err(DakaFailure::Failed { code: crate::FailureCode::Closed, .. }) => app::Queue::default(),
        Err(e) => return Err(e),
    };
    Ok(SyncReport { waiting: queue.waiting, next: queue.due.map(Into::into), stopped: true, ..SyncReport::default() })
}
