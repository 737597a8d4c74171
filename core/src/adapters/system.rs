//! The system's clocks, its randomness, and a device key in a file: the one place where they are read.
//!
//! The elapsed clock counts through sleep and is never set: `CLOCK_BOOTTIME` on Linux and Android. On Apple systems
//! `CLOCK_MONOTONIC` also goes on in sleep and does not move when the wall clock is set; the shells hand in
//! `mach_continuous_time` through their own clock.
//!
//! A [`DeviceKeyFile`] is for terminals and desktops, where no hardware key is to be had. It is made once: a crash while it is
//! made leaves none, and the next start makes another, which nobody has certified yet.

use super::crypto::{KeyError, SoftwareKey};
use super::durable;
use crate::domain::crypto::Algorithm;
use crate::ports::{BootToken, Clock, ClockReading, Entropy, EntropyError};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

/// The system's clocks.
#[derive(Clone, Debug)]
pub struct SystemClock {
    offset_min: i16,
    boot: BootToken,
}

impl SystemClock {
    /// The clocks of this run of the system. `offset_min` is the wall clock's offset from UTC in minutes, which the caller knows.
    ///
    /// The run is named once, because no process outlives it: by the kernel's own id of the boot where there is one, otherwise by
    /// wall − elapsed in steps of 10 s. A wall clock that was set between two starts of the program then looks like a restart,
    /// which makes intervals wider and never wrong.
    pub fn new(offset_min: i16) -> Self {
        let boot = boot_id().unwrap_or_else(|| {
            let elapsed = i64::try_from(elapsed_ms()).unwrap_or(i64::MAX);
            format!("began {}", (wall_ms().saturating_sub(elapsed) + 5_000).div_euclid(10_000))
        });
        Self { offset_min, boot: BootToken(boot) }
    }
}

impl Clock for SystemClock {
    fn read(&self) -> ClockReading {
        ClockReading {
            wall_ms: wall_ms(),
            offset_min: self.offset_min,
            elapsed_ms: elapsed_ms(),
            boot: self.boot.clone(),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the wall clock")]
fn wall_ms() -> i64 {
    match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_millis()).map_or(i64::MIN, |ms| -ms),
    }
}

fn elapsed_ms() -> u64 {
    stopwatch_us() / 1_000
}

/// The clock behind [`ClockReading::elapsed_ms`], in microseconds: for measuring how long something took, and for nothing that is
/// recorded.
pub fn stopwatch_us() -> u64 {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let clock = rustix::time::ClockId::Boottime;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let clock = rustix::time::ClockId::Monotonic;
    let now = rustix::time::clock_gettime(clock);
    // Neither field of these clocks is negative.
    now.tv_sec.unsigned_abs() * 1_000_000 + (now.tv_nsec / 1_000).unsigned_abs()
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn boot_id() -> Option<String> {
    let id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn boot_id() -> Option<String> {
    None
}

/// A clock whose wall clock is set wrong by a fixed time: a tool for demonstrations, where the system's own clock cannot be set.
#[derive(Clone, Debug)]
pub struct ShiftedClock<C> {
    /// The clock beneath.
    pub inner: C,
    /// What the wall clock shows too much, in milliseconds; negative where it was set back.
    pub wall_shift_ms: i64,
}

impl<C: Clock> Clock for ShiftedClock<C> {
    fn read(&self) -> ClockReading {
        let reading = self.inner.read();
        ClockReading { wall_ms: reading.wall_ms.saturating_add(self.wall_shift_ms), ..reading }
    }
}

/// The system's randomness.
#[derive(Clone, Debug)]
pub struct SystemEntropy(SystemRandom);

impl SystemEntropy {
    /// The system's randomness.
    pub fn new() -> Self {
        Self(SystemRandom::new())
    }
}

impl Default for SystemEntropy {
    fn default() -> Self {
        Self::new()
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, out: &mut [u8]) -> Result<(), EntropyError> {
        self.0.fill(out).map_err(|_| EntropyError)
    }
}

/// A device key that cannot be made or read.
#[derive(Debug, thiserror::Error)]
pub enum DeviceKeyError {
    /// The file or its folder refuses.
    #[error("the device key {path} cannot be read or made: {source}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Others may read it.
    #[error("others may read the device key {0}; allow its owner alone (mode 600)")]
    NotPrivate(PathBuf),
    /// It is no such key.
    #[error("{0} is no P-256 key in PKCS#8")]
    NoKey(PathBuf),
    /// The system gives no randomness.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// A P-256 device key in a file that only its owner may read.
pub struct DeviceKeyFile;

impl DeviceKeyFile {
    /// What an enrolment request says of such a key.
    pub const KEY_LEVEL: &'static str = "software";

    /// Reads the key at `path`, or makes it there if there is none. Of two that make it at once both read the one that came first.
    ///
    /// # Errors
    /// [`DeviceKeyError`]; a file that is there is left as it is.
    pub fn open(path: &Path) -> Result<SoftwareKey, DeviceKeyError> {
        if let Some(key) = Self::read(path)? {
            return Ok(key);
        }
        let pkcs8 = zeroize::Zeroizing::new(SoftwareKey::generate(Algorithm::Es256)?);
        let file = |source| DeviceKeyError::File { path: path.to_owned(), source };
        match durable::create(path, &pkcs8) {
            Err(e) if e.kind() != io::ErrorKind::AlreadyExists => return Err(file(e)),
            _ => {}
        }
        Self::read(path)?.ok_or_else(|| file(io::ErrorKind::NotFound.into()))
    }

    fn read(path: &Path) -> Result<Option<SoftwareKey>, DeviceKeyError> {
        let file = |source| DeviceKeyError::File { path: path.to_owned(), source };
        let pkcs8 = match std::fs::read(path) {
            Ok(bytes) => zeroize::Zeroizing::new(bytes),
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(file(e)),
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            if std::fs::metadata(path).map_err(file)?.permissions().mode() & 0o077 != 0 {
                return Err(DeviceKeyError::NotPrivate(path.to_owned()));
            }
        }
        let key = SoftwareKey::from_pkcs8(Algorithm::Es256, &pkcs8);
        key.map(Some).map_err(|KeyError| DeviceKeyError::NoKey(path.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::crypto::Ring;
    use crate::ports::{Crypto as _, Signer as _};

    #[test]
    fn the_clocks_go_forward_within_one_run() {
        let (first, second) = (SystemClock::new(480), SystemClock::new(480));
        let (a, b) = (first.read(), second.read());
        assert!(a.elapsed_ms <= b.elapsed_ms);
        assert_eq!(a.boot, b.boot);
        assert_eq!(a.offset_min, 480);
        // Between the first of January 2020 and of 2100 (UTC).
        assert!((1_577_836_800_000..4_102_444_800_000).contains(&a.wall_ms));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_elapsed_clock_is_the_kernels_uptime() {
        // proc(5): the first number of /proc/uptime is seconds since boot "including time spent in suspend".
        let uptime_ms = || {
            let text = std::fs::read_to_string("/proc/uptime").unwrap();
            let (whole, hundredths) = text.split_whitespace().next().unwrap().split_once('.').unwrap();
            whole.parse::<u64>().unwrap() * 1_000 + hundredths.parse::<u64>().unwrap() * 10
        };
        let before = uptime_ms();
        let reading = SystemClock::new(0).read().elapsed_ms;
        // The file is cut to hundredths.
        assert!((before..=uptime_ms() + 10).contains(&reading));
    }

    #[test]
    fn a_shifted_clock_moves_the_wall_alone() {
        struct Still;
        impl Clock for Still {
            fn read(&self) -> ClockReading {
                ClockReading { wall_ms: 10_000_000, offset_min: 60, elapsed_ms: 5, boot: BootToken("b".into()) }
            }
        }
        let shifted = ShiftedClock { inner: Still, wall_shift_ms: -3_600_000 }.read();
        assert_eq!(shifted, ClockReading { wall_ms: 6_400_000, ..Still.read() });
    }

    #[test]
    fn randomness_differs_from_call_to_call() {
        let entropy: &dyn Entropy = &SystemEntropy::new();
        assert_ne!(entropy.bytes::<16>().unwrap(), entropy.bytes::<16>().unwrap());
    }

    #[test]
    fn a_key_is_made_once_and_signs_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.key");
        let made = DeviceKeyFile::open(&path).unwrap();
        let read = DeviceKeyFile::open(&path).unwrap();
        assert_eq!(made.public_key(), read.public_key());
        assert!(Ring.verify(made.public_key(), b"message", &read.sign(b"message").unwrap()));
    }

    #[test]
    fn a_key_that_is_damaged_or_open_to_others_is_refused_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("device.key");
        DeviceKeyFile::open(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
            assert!(matches!(DeviceKeyFile::open(&path), Err(DeviceKeyError::NotPrivate(_))));
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        std::fs::write(&path, b"no key").unwrap();
        assert!(matches!(DeviceKeyFile::open(&path), Err(DeviceKeyError::NoKey(_))));
        assert_eq!(std::fs::read(&path).unwrap(), b"no key");
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error_that_names_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let error = DeviceKeyFile::open(&folder.path().join("none/device.key")).unwrap_err();
        assert!(error.to_string().contains("none/device.key"), "{error}");
    }
}
