//! The server's clocks. Nothing else in the server reads one.
//!
//! The wall clock is what receipts and time tokens state, true within the operator's ε. The ticks are for waiting only: they never
//! enter a record.

use daka_core::domain::time::WallMs;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Where the server's time comes from.
pub trait Clock: Send + Sync {
    /// UTC in milliseconds.
    fn now(&self) -> WallMs;

    /// A monotonic reading since some moment in this process.
    fn ticks(&self) -> Duration;
}

/// The system's clocks.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods)]
    fn now(&self) -> WallMs {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        WallMs::new(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    #[allow(clippy::disallowed_methods)]
    fn ticks(&self) -> Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        START.get_or_init(Instant::now).elapsed()
    }
}

/// The system's clocks with the wall clock moved: for tests and demonstrations.
#[derive(Debug, Default)]
pub struct OffsetClock {
    offset_ms: AtomicI64,
}

impl OffsetClock {
    /// Moves the wall clock by `ms` more.
    pub fn advance(&self, ms: i64) {
        self.offset_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> WallMs {
        WallMs::new(SystemClock.now().get().saturating_add(self.offset_ms.load(Ordering::SeqCst)))
    }

    fn ticks(&self) -> Duration {
        SystemClock.ticks()
    }
}
