//! Opening, lifecycle and closing down.
//!
//! ```text
//! open ──▶ open for calls ◀──▶ paused (every call answers Closed) ──▶ closed down for good
//! ```
//!
//! - One client per employer and process; a second process, or a second client on the same folder, is answered `InUse`.
//! - `pause` ends a running sync between two of its steps, writes what late fixes gathered, and closes the database for real: no lock
//!   and no file is left open when it returns. `resume` opens it again, verified as at the first opening.
//! - `close_down` does the same for good and lets go of the listener. It is not called `close`, because Kotlin's objects have one.
//!
//! **Crashes.** A kill at any moment leaves what the engine's modules say: everything that was answered is there.

use crate::background::Background;
use crate::codes::Platform;
use crate::events::Events;
use crate::failure::DakaFailure;
use crate::outside::{self, Phone};
use crate::ports::{DeviceKey, EventListener, PlatformClock};
use crate::records::StorageState;
use crate::requests::DakaConfig;
use crate::runtime::{self, Answer};
use crate::sync::Stops;
use daka_core::adapters::sqlite::SqliteStore;
use daka_core::app::{DakaError, Engine};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// One employee's journal on this phone. Calls may come from any thread.
#[derive(uniffi::Object)]
pub struct DakaClient {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    engine: Mutex<Option<Arc<Engine>>>,
    pub(crate) events: Arc<Events>,
    pub(crate) background: Background,
    pub(crate) stops: Stops,
    pub(crate) platform: Platform,
    pub(crate) folder: PathBuf,
    pub(crate) store: Arc<SqliteStore>,
    /// Faults of the storage, as far as they are known.
    pub(crate) storage: Mutex<StorageState>,
}

#[uniffi::export(async_runtime = "tokio")]
impl DakaClient {
    /// Opens the journal in `config.folder`. Does not grow with the journal, and waits for no key store, network or position.
    ///
    /// Without `clock` the system's own is used; phones give one, because theirs counts through sleep and names the boot. Without
    /// `key` the device's key is a file in the folder; phones give one that is in hardware.
    ///
    /// # Errors
    /// `InUse`, `NewerDatabase`, `WrongKey`, `ReadOnly`, `DiskFull`, `Storage`, `KeyRefused`, or `BadValue` for the configuration.
    /// A journal that is not enrolled yet, or whose database is damaged, is no error.
    #[uniffi::constructor]
    pub async fn open(
        config: DakaConfig,
        clock: Option<Arc<dyn PlatformClock>>,
        key: Option<Arc<dyn DeviceKey>>,
        listener: Option<Arc<dyn EventListener>>,
    ) -> Result<Arc<Self>, DakaFailure> {
        let inner = runtime::blocking(move || {
            let (platform, folder) = (config.platform, PathBuf::from(&config.folder));
            let events = Arc::new(Events::to(listener));
            let Phone { engine, store, opened } = outside::open(config, clock, key, Arc::clone(&events))?;
            let inner = Arc::new(Inner {
                engine: Mutex::new(Some(Arc::new(engine))),
                events,
                background: Background::new(opened.unclean),
                stops: Stops::default(),
                platform,
                folder,
                store,
                storage: Mutex::new(opened.into()),
            });
            inner.start_background()?;
            Ok(inner)
        })
        .await?;
        Ok(Arc::new(Self { inner }))
    }

    /// Closes the database for real: call it before the system suspends the app, under a background assertion. Nothing is lost;
    /// until `resume` every call answers `Closed`.
    ///
    /// # Errors
    /// `Storage` if it cannot be closed cleanly; it is closed all the same.
    pub async fn pause(&self) -> Result<(), DakaFailure> {
        let inner = Arc::clone(&self.inner);
        runtime::spawned(async move { inner.shut().await }).await
    }

    /// Opens the database again, and makes good what was left to do.
    ///
    /// # Errors
    /// As at opening; the client stays paused then.
    pub async fn resume(&self) -> Result<(), DakaFailure> {
        self.inner.change(Engine::resume).await?;
        self.inner.look_in_background();
        Ok(())
    }

    /// Stops background work, closes the database and lets go of the listener, for good. Calls after it answer `Closed`.
    ///
    /// # Errors
    /// `Storage` if the database cannot be closed cleanly; it is closed all the same.
    pub async fn close_down(&self) -> Result<(), DakaFailure> {
        let inner = Arc::clone(&self.inner);
        runtime::spawned(async move {
            // One that is under way has the server's answer coming: it is kept, and the code is not lost.
            let _none_enrols = inner.stops.enrolment().await;
            let shut = inner.shut().await;
            inner.background.end();
            inner.engine.lock().unwrap_or_else(PoisonError::into_inner).take();
            inner.events.end();
            match shut {
                // A second time, or while paused: it is closed.
                Err(DakaFailure::Failed { code: crate::FailureCode::Closed, .. }) => Ok(()),
                other => other,
            }
        })
        .await
    }
}

impl Inner {
    /// The engine, unless the client was closed down.
    pub(crate) fn engine(&self) -> Result<Arc<Engine>, DakaFailure> {
        self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(DakaFailure::closed)
    }

    /// Runs a call on the journal on a thread that may block, to its end.
    pub(crate) fn run<T, F>(self: &Arc<Self>, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<T, DakaError> + Send + 'static,
    {
        let inner = Arc::clone(self);
        runtime::blocking(move || Ok(work(&*inner.engine()?)?))
    }

    /// The same, and what follows a write.
    pub(crate) fn change<T, F>(self: &Arc<Self>, work: F) -> Answer<T>
    where
        T: Send + 'static,
        F: FnOnce(&Engine) -> Result<T, DakaError> + Send + 'static,
    {
        let inner = Arc::clone(self);
        runtime::blocking(move || {
            let done = work(&*inner.engine()?)?;
            // Here and not in the caller: it must follow although the caller went away.
            inner.after_a_write();
            Ok(done)
        })
    }

    /// Ends what runs, writes what gathered, closes the database.
    async fn shut(self: &Arc<Self>) -> Result<(), DakaFailure> {
        self.stops.stop();
        // Held until the database is closed, so that no sync begins in between.
        let _none_runs = self.stops.turn().await;
        self.run(|engine| {
            if let Err(e) = engine.close_windows(true) {
                tracing::warn!(code = e.code().text(), "late fixes could not be written");
            }
            engine.pause()
        })
        .await
    }
}
