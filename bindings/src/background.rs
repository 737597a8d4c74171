//! What happens without being asked for: after a write the seal and the signature, 15 s after a punch the entry with late fixes,
//! and after opening a look at the whole journal.
//!
//! One task settles, woken by every write; many writes while it is busy make one more turn. A settling that fails (a locked key
//! store) is tried again at the next write, resume or sync. Tasks hold the client weakly: one that was dropped is not kept alive.
//! Nothing here matters for durability; a kill leaves "signature pending", and loses at most the fixes of the last 15 seconds.

use crate::client::Inner;
use crate::codes::FailureCode;
use crate::failure::DakaFailure;
use crate::runtime;
use daka_core::app::DakaError;
use daka_core::domain::placing::LATE_EVIDENCE_MS;
use daka_core::ports::{Event, Observer as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::AbortHandle;

/// How long after the end of a window it is looked at: a timer and the platform's clock need not agree to the millisecond.
const GRACE: Duration = Duration::from_millis(250);

/// The tasks of one client.
pub(crate) struct Background {
    to_settle: Arc<Notify>,
    settler: Mutex<Option<AbortHandle>>,
    ended: AtomicBool,
    /// The look at the journal that is still to be had.
    to_look: Mutex<Option<Look>>,
}

/// What to look at after an opening.
#[derive(Clone, Copy)]
struct Look {
    /// The last one to have the database open did not close it.
    unclean: bool,
}

impl Background {
    pub(crate) fn new(unclean: bool) -> Self {
        Self {
            to_settle: Arc::default(),
            settler: Mutex::default(),
            ended: AtomicBool::default(),
            to_look: Mutex::new(Some(Look { unclean })),
        }
    }

    /// Stops for good. What is in the middle of a step finishes that step.
    pub(crate) fn end(&self) {
        self.ended.store(true, Ordering::Release);
        if let Some(settler) = self.settler.lock().unwrap_or_else(PoisonError::into_inner).take() {
            settler.abort();
        }
    }

    fn to_look(&self) -> MutexGuard<'_, Option<Look>> {
        self.to_look.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.end();
    }
}

impl Inner {
    /// Starts the task that settles; a kill may have left something to settle.
    pub(crate) fn start_background(self: &Arc<Self>) -> Result<(), DakaFailure> {
        let (inner, to_settle) = (Arc::downgrade(self), Arc::clone(&self.background.to_settle));
        let settler = runtime::detached(async move {
            loop {
                to_settle.notified().await;
                settle(&inner).await;
            }
        })?;
        *self.background.settler.lock().unwrap_or_else(PoisonError::into_inner) = Some(settler.abort_handle());
        self.after_a_write();
        self.look_in_background();
        Ok(())
    }

    /// Has the newest entry sealed and signed, soon.
    pub(crate) fn after_a_write(&self) {
        self.background.to_settle.notify_one();
    }

    /// Has late fixes written when their window is over.
    pub(crate) fn after_a_punch(self: &Arc<Self>) {
        let inner = Arc::downgrade(self);
        let late = Duration::from_millis(LATE_EVIDENCE_MS.unsigned_abs()) + GRACE;
        // Without a timer they are written by the next sync.
        let _ = runtime::detached(async move {
            tokio::time::sleep(late).await;
            let Some(inner) = inner.upgrade().filter(|i| !i.background.has_ended()) else { return };
            let _ = inner.change(|engine| engine.close_windows(false)).await;
        });
    }

    /// Verifies the whole journal once while everything else goes on; one that a pause broke off begins again after it.
    pub(crate) fn look_in_background(self: &Arc<Self>) {
        let inner = Arc::downgrade(self);
        let _ = runtime::detached(async move {
            let Some(inner) = inner.upgrade() else { return };
            let Some(look) = inner.background.to_look().take() else { return };
            // Damage comes as an event, and stays in the home state.
            if let Err(DakaFailure::Failed { code: FailureCode::Closed, .. }) = inner.look(look).await {
                *inner.background.to_look() = Some(look);
            }
        });
    }

    async fn look(self: &Arc<Self>, look: Look) -> Result<(), DakaFailure> {
        if look.unclean {
            let inner = Arc::clone(self);
            runtime::blocking(move || {
                let findings = inner.store.quick_check().map_err(DakaError::from)?;
                if !findings.is_empty() {
                    tracing::warn!(findings = findings.len(), "the database file's structure is damaged");
                    inner.storage().structure_damaged = true;
                    inner.events.on_event(Event::DamageFound(Vec::new()));
                }
                Ok(())
            })
            .await?;
        }
        self.check_now().await.map(|_| ())
    }
}

async fn settle(inner: &Weak<Inner>) {
    let Some(inner) = inner.upgrade() else { return };
    if let Err(DakaFailure::Failed { code, .. }) = inner.run(|engine| engine.settle()).await {
        // Not enrolled, paused, or a locked key store: all of them are tried again.
        tracing::debug!(?code, "settling waits");
    }
}
