//! What a shell may implement, and how the engine sees it. Foreign traits are synchronous: asynchronous ones do not compile in
//! Swift 6 mode. Nothing here holds a client, so nothing can hold itself alive across the boundary.
//!
//! What a shell throws does no harm: a clock that fails, or says what cannot be, is replaced by the system's own for that reading, as another run of the
//! system, which makes intervals wider and never wrong; a key that fails leaves the signature pending; a listener that fails is
//! passed over.

use crate::failure::PlatformFailure;
use daka_core::adapters::system::SystemClock;
use daka_core::domain::crypto::{PublicKey, SignError, Signature, Signer};
use daka_core::domain::ecdsa;
use daka_core::domain::time::SessionMs;
use daka_core::ports::{BootToken, Clock};
use std::sync::Arc;

/// What the clocks say at one moment.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ClockReading {
    /// The wall clock: UTC milliseconds since 1970, whatever it was set to.
    pub wall_ms: i64,
    /// The wall clock's offset from UTC in minutes, east positive, −1080 to 1080.
    pub offset_min: i16,
    /// A clock that counts through sleep and is never set, in milliseconds: `elapsedRealtime`, `mach_continuous_time`.
    pub elapsed_ms: u64,
    /// An opaque name of this run of the system, from boot to shutdown; at most 100 bytes.
    pub boot: String,
}

/// Reads the clocks. Called from the core's threads; returns at once.
#[uniffi::export(foreign)]
pub trait PlatformClock: Send + Sync {
    /// All clocks at one moment.
    ///
    /// # Errors
    /// [`PlatformFailure`] if they cannot be read.
    fn read(&self) -> Result<ClockReading, PlatformFailure>;
}

/// The device's P-256 key, in hardware where there is any. Called from the core's threads; may take its time.
#[uniffi::export(foreign)]
pub trait DeviceKey: Send + Sync {
    /// The public half as SubjectPublicKeyInfo in DER (91 bytes). Asked once, at opening.
    ///
    /// # Errors
    /// [`PlatformFailure`] if the key store refuses.
    fn public_key(&self) -> Result<Vec<u8>, PlatformFailure>;

    /// SHA256withECDSA over `message`, as DER, the form in which key stores give it.
    ///
    /// # Errors
    /// [`PlatformFailure`] if the key store refuses or is locked; it is asked again later.
    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, PlatformFailure>;
}

/// Something changed. Events say what to look at again; a lost one does no harm.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum DakaEvent {
    /// A punch was committed.
    Punched {
        /// The punch.
        punch: String,
    },
    /// A punch has more evidence, or another verdict.
    EvidenceChanged {
        /// The punch.
        punch: String,
    },
    /// A head was signed, or could not be.
    SignatureChanged,
    /// Receipts arrived.
    Received {
        /// Everything up to this entry was received.
        up_to: u64,
    },
    /// The queue or its next attempt changed.
    QueueChanged,
    /// Another rule set is in force.
    RulesChanged,
    /// A new epoch of the journal began.
    EpochStarted,
    /// The background check found damage.
    DamageFound {
        /// The damaged entries.
        seqs: Vec<u64>,
    },
    /// Enrolment, or the device's standing at the server, changed.
    EnrolmentChanged,
}

/// Hears events, one after the other, on a thread that does nothing else.
#[uniffi::export(foreign)]
pub trait EventListener: Send + Sync {
    /// Something changed. It must not hold the client.
    ///
    /// # Errors
    /// None that matters: what is thrown is passed over.
    fn on_event(&self, event: DakaEvent) -> Result<(), PlatformFailure>;
}

/// The longest boot token, bytes.
const MAX_BOOT: usize = 100;

/// The widest offset from UTC that a record holds, minutes (`docs/format/journal.cddl`).
const MAX_OFFSET: u16 = 1080;

/// Whether the record can hold such a reading. The wall clock may show anything.
fn can_be(r: &ClockReading) -> bool {
    (1..=MAX_BOOT).contains(&r.boot.len())
        && r.offset_min.unsigned_abs() <= MAX_OFFSET
        && r.elapsed_ms <= SessionMs::LONGEST.get()
}

/// The engine's clock over a shell's.
pub(crate) struct ShellClock {
    pub(crate) shell: Arc<dyn PlatformClock>,
    pub(crate) fallback: SystemClock,
}

impl Clock for ShellClock {
    fn read(&self) -> daka_core::ports::ClockReading {
        match self.shell.read() {
            Ok(r) if can_be(&r) => daka_core::ports::ClockReading {
                wall_ms: r.wall_ms,
                offset_min: r.offset_min,
                elapsed_ms: r.elapsed_ms,
                boot: BootToken(r.boot),
            },
            _ => {
                tracing::warn!("the shell's clock could not be read; the system's own stands in");
                let own = self.fallback.read();
                // Another elapsed clock must not be taken for the shell's.
                daka_core::ports::ClockReading { boot: BootToken(format!("core {}", own.boot.0)), ..own }
            }
        }
    }
}

/// The engine's signer over a shell's key.
pub(crate) struct ShellKey {
    shell: Arc<dyn DeviceKey>,
    public: PublicKey,
}

impl ShellKey {
    /// Asks for the public key.
    pub(crate) fn new(shell: Arc<dyn DeviceKey>) -> Result<Self, SignError> {
        let spki = shell.public_key().map_err(refused)?;
        let bad = |_| SignError { reason: "the public key is no SubjectPublicKeyInfo of P-256".to_owned() };
        let public = PublicKey::from_spki(spki).map_err(bad)?;
        if public.algorithm() == daka_core::domain::crypto::Algorithm::Es256 {
            Ok(Self { shell, public })
        } else {
            Err(SignError { reason: "a device key is of P-256".to_owned() })
        }
    }
}

impl Signer for ShellKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SignError> {
        let der = self.shell.sign(message.to_vec()).map_err(refused)?;
        // Key stores give either form of s; this takes the lower.
        ecdsa::from_der(&der).map_err(|e| SignError { reason: e.to_string() })
    }
}

fn refused(PlatformFailure::Refused { reason }: PlatformFailure) -> SignError {
    SignError { reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    struct Says(Mutex<Vec<Result<ClockReading, PlatformFailure>>>);

    impl PlatformClock for Says {
        fn read(&self) -> Result<ClockReading, PlatformFailure> {
            self.0.lock().unwrap().remove(0)
        }
    }

    #[test]
    fn what_no_record_can_hold_is_not_believed() {
        let good = ClockReading { wall_ms: -5, offset_min: -1080, elapsed_ms: 7, boot: "b".into() };
        let bad = [
            Ok(ClockReading { offset_min: 1081, ..good.clone() }),
            Ok(ClockReading { offset_min: i16::MIN, ..good.clone() }),
            // A hundred years of 365.25 days are 3,155,760,000,000 ms.
            Ok(ClockReading { elapsed_ms: 3_155_760_000_001, ..good.clone() }),
            Ok(ClockReading { boot: String::new(), ..good.clone() }),
            Ok(ClockReading { boot: "x".repeat(101), ..good.clone() }),
            Err(PlatformFailure::Refused { reason: "away".into() }),
        ];
        let shell = Says(Mutex::new([vec![Ok(good)], bad.to_vec()].concat()));
        let clock = ShellClock { shell: Arc::new(shell), fallback: SystemClock::new(60) };
        let first = clock.read();
        assert_eq!((first.wall_ms, first.offset_min, first.boot.0.as_str()), (-5, -1080, "b"));
        for _ in bad {
            let reading = clock.read();
            assert_eq!(reading.offset_min, 60);
            assert!(reading.boot.0.starts_with("core "));
        }
    }
}
