//! The engine: one employee's journal on this phone.
//!
//! Everything durable is in the ports; what is held here can be dropped at any time. Calls may come from any thread. Local calls
//! block for one transaction at most; what talks to the server is `async` and may be dropped between any two awaits without harm,
//! because each step is committed before the next begins.

use super::enrol::Joining;
use super::enrolled::Enrolled;
use super::evidence::Windows;
use super::open;
use super::seal::Sealing;
use super::sync::AccessToken;
use super::{DakaError, db};
use crate::domain::ids::{JournalId, bounded};
use crate::ports::{
    Clock, Connector, Crypto, Entropy, Event, JournalStore, Observer, PhotoStore, Signer, StoreError, Tx, Vault,
};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The outside world.
#[derive(Clone)]
pub struct Ports {
    /// Reads the clocks.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// Digests and signature checks.
    pub crypto: Arc<dyn Crypto>,
    /// The journal's database.
    pub store: Arc<dyn JournalStore>,
    /// Sealed head and enrolment.
    pub vault: Arc<dyn Vault>,
    /// Sealed photos.
    pub photos: Arc<dyn PhotoStore>,
    /// The device's key.
    pub key: Arc<dyn Signer>,
    /// Makes transports.
    pub connector: Arc<dyn Connector>,
    /// Hears events.
    pub observer: Arc<dyn Observer>,
}

/// What the shell says of itself.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The app's version, 1 to 64 bytes: a change of it is an entry of the journal.
    pub app_version: String,
}

/// What appending needs: the ports of one enrolled journal.
#[derive(Clone)]
pub(super) struct Device {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
    pub(super) crypto: Arc<dyn Crypto>,
    pub(super) journal: JournalId,
}

/// One employee's journal on this phone.
pub struct Engine {
    pub(super) ports: Ports,
    pub(super) settings: Settings,
    enrolled: Mutex<Option<Arc<Enrolled>>>,
    pub(super) windows: Mutex<Windows>,
    pub(super) access: Mutex<Option<AccessToken>>,
    pub(super) sealing: Sealing,
    /// Held while a photo's file and its row are put together.
    pub(super) adopting: Mutex<()>,
    /// The last request to enrol, so that one whose answer was lost can be repeated.
    pub(super) joining: Mutex<Option<Joining>>,
    /// A round with the server is under way.
    pub(super) syncing: AtomicBool,
}

impl Engine {
    /// Opens the journal: reads the enrolment, compares the sealed head, verifies the tail since it, and begins a new epoch where
    /// the database was damaged or put back. Does not grow with the journal.
    ///
    /// # Errors
    /// [`DakaError`] if vault or store cannot be read. A journal that is not enrolled yet is no error.
    pub fn open(ports: Ports, settings: Settings) -> Result<Self, DakaError> {
        bounded("app version", &settings.app_version, 64)?;
        let enrolled = Enrolled::load(&*ports.crypto, &*ports.vault)?.map(Arc::new);
        let engine = Self {
            ports,
            settings,
            enrolled: Mutex::new(enrolled),
            windows: Mutex::default(),
            access: Mutex::default(),
            sealing: Sealing::default(),
            adopting: Mutex::default(),
            joining: Mutex::default(),
            syncing: AtomicBool::new(false),
        };
        if engine.is_enrolled() {
            open::reconcile(&engine)?;
        }
        Ok(engine)
    }

    /// Whether this journal belongs to someone.
    pub fn is_enrolled(&self) -> bool {
        lock(&self.enrolled).is_some()
    }

    /// Closes the database for real: call before the system suspends the app. Fixes that gathered for a punch are written first.
    ///
    /// # Errors
    /// [`DakaError`] if it cannot be closed cleanly; it is closed all the same.
    pub fn pause(&self) -> Result<(), DakaError> {
        let written = if self.is_enrolled() { self.close_windows(true) } else { Ok(()) };
        let paused = self.ports.store.pause();
        // Whoever opens the folder next must not find an older seal written after theirs.
        self.sealing.wait();
        paused?;
        match written {
            // It was closed already.
            Err(DakaError::Store(StoreError::Closed)) => Ok(()),
            other => other,
        }
    }

    /// Opens the database again.
    ///
    /// # Errors
    /// [`DakaError`] as at the first opening.
    pub fn resume(&self) -> Result<(), DakaError> {
        self.ports.store.resume()?;
        if self.is_enrolled() { open::reconcile(self) } else { Ok(()) }
    }

    pub(super) fn enrolled(&self) -> Result<Arc<Enrolled>, DakaError> {
        lock(&self.enrolled).clone().ok_or(DakaError::NotEnrolled)
    }

    pub(super) fn set_enrolled(&self, enrolled: Enrolled) {
        *lock(&self.enrolled) = Some(Arc::new(enrolled));
    }

    pub(super) fn device(&self) -> Result<Device, DakaError> {
        let journal = self.enrolled()?.journal;
        let Ports { clock, entropy, crypto, .. } = self.ports.clone();
        Ok(Device { clock, entropy, crypto, journal })
    }

    pub(super) fn crypto(&self) -> &dyn Crypto {
        &*self.ports.crypto
    }

    pub(super) fn tell(&self, event: Event) {
        self.ports.observer.on_event(event);
    }

    pub(super) fn write<T, F>(&self, work: F) -> Result<T, DakaError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, DakaError> + Send + 'static,
    {
        db::write(&*self.ports.store, work)
    }

    pub(super) fn read<T, F>(&self, work: F) -> Result<T, DakaError>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Tx) -> Result<T, DakaError> + Send + 'static,
    {
        db::read(&*self.ports.store, work)
    }
}

/// A lock whose holder's panic does not make it useless: everything behind these is replaced as a whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
