//! Time enters the core here, and nowhere else.

/// An opaque name of one run of the system, from boot to shutdown. Two readings with the same token share one elapsed clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootToken(pub String);

/// What the clocks say at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockReading {
    /// The wall clock: UTC milliseconds since 1970, whatever it was set to.
    pub wall_ms: i64,
    /// The wall clock's offset from UTC in minutes.
    pub offset_min: i16,
    /// A clock that counts through sleep and is never set, in milliseconds: `elapsedRealtime`, `mach_continuous_time`,
    /// `CLOCK_BOOTTIME`.
    pub elapsed_ms: u64,
    /// The run of the system that `elapsed_ms` belongs to.
    pub boot: BootToken,
}

/// Reads the clocks.
pub trait Clock: Send + Sync {
    /// All clocks at one moment.
    fn read(&self) -> ClockReading;
}
