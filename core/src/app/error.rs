//! The one taxonomy of errors that leaves the core.
//!
//! Every error has a stable [`ErrorCode`]: programs and the shells' sentences go by it. The `Display` text is English, for logs and
//! terminals; it names a field, a limit and what to do, and never a coordinate, a name or a key.

use crate::domain::error::FormatError;
use crate::domain::journal::Purpose;
use crate::domain::place::PlaceError;
use crate::domain::time::TimeError;
use crate::ports::{EntropyError, PhotoStoreError, SignError, StoreError, TransportError, VaultError};

/// Why a photo was not taken in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoError {
    /// No bytes.
    #[error("the photo file is empty")]
    Empty,
    /// Not a JPEG file.
    #[error("the file is not a JPEG photo")]
    NotJpeg,
    /// It ends before its end marker.
    #[error("the photo file is cut off")]
    Truncated,
    /// Larger than allowed.
    #[error("the photo has more than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// More photos than one punch may have.
    #[error("a punch has at most {limit} photos")]
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The file cannot be read.
    #[error("the photo file cannot be read: {0}")]
    Unreadable(String),
    /// The sealed store refuses.
    #[error(transparent)]
    Store(#[from] PhotoStoreError),
}

/// Why a capture nonce does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// This phone did not give it out.
    #[error("this capture was not begun on this phone; begin a new one")]
    Unknown,
    /// A photo used it already.
    #[error("this capture already has its photo; begin a new one")]
    Used,
    /// It was begun too long ago, or before a restart.
    #[error("this capture was begun more than {limit_s} seconds ago or before a restart; begin a new one")]
    TooOld {
        /// How old it may be, seconds.
        limit_s: u64,
    },
}

/// Why a phone was not enrolled. Nothing is left behind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// The server does not know the code.
    #[error("the server does not know this code; ask for a new one")]
    WrongCode,
    /// It was used.
    #[error("this code was used already; ask for a new one")]
    UsedCode,
    /// It has expired.
    #[error("this code has expired; ask for a new one")]
    ExpiredCode,
    /// The server's keys hang on another root than the code names.
    #[error("the server is not the one that this code names: its root is another; ask the employer")]
    OtherRoot,
    /// The answer does not hold together.
    #[error("the server's answer does not hold: {0}")]
    BadAnswer(String),
    /// This phone is enrolled already.
    #[error("this journal is enrolled already; leave the employer first")]
    AlreadyEnrolled,
}

/// Everything that the core's public calls can end with.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DakaError {
    /// A value from outside that cannot be.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A coordinate, accuracy, speed or altitude that cannot be.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// A time that cannot be.
    #[error(transparent)]
    Time(#[from] TimeError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A photo.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// A capture nonce.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// Enrolment.
    #[error(transparent)]
    Enrol(#[from] EnrolError),
    /// Not enrolled yet.
    #[error("this phone is not enrolled; enrol with a code from the employer")]
    NotEnrolled,
    /// There is no such punch.
    #[error("there is no such punch on this phone")]
    UnknownPunch,
    /// The time for adding evidence to a punch is over.
    #[error("evidence can be added for {limit_s} seconds after the tap")]
    TooLate {
        /// For how long, seconds.
        limit_s: u64,
    },
    /// The person has not consented to it, or has withdrawn it.
    #[error("there is no consent to use: {}", purpose.code())]
    NoConsent {
        /// To what.
        purpose: Purpose,
    },
    /// The key store refused to sign. The punch is kept.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// No randomness.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The server was not reached.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The server answered with a problem document.
    #[error("the server refused: {code} ({status})")]
    Server {
        /// The HTTP status.
        status: u16,
        /// Its stable code.
        code: String,
    },
    /// The server's answer is not what it should be: another server, a captive portal, or a fault.
    #[error("the server's answer does not hold: {0}")]
    BadAnswer(String),
    /// A fault of this program. Nothing is lost that was committed.
    #[error("internal fault: {0}")]
    Internal(String),
}

macro_rules! error_codes {
    ($($variant:ident => $code:literal,)+) => {
        /// Stable codes of [`DakaError`]. Shells own a sentence for each, in three languages.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $(#[doc = concat!("`", $code, "`")] $variant,)+ }

        impl ErrorCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code as text.
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }
        }
    };
}

error_codes! {
    BadValue => "bad_value",
    BadPlace => "bad_place",
    BadTime => "bad_time",
    InUse => "in_use",
    NewerDatabase => "newer_database",
    WrongKey => "wrong_key",
    ReadOnly => "read_only",
    DiskFull => "disk_full",
    Damaged => "damaged",
    Closed => "closed",
    Storage => "storage",
    PhotoEmpty => "photo_empty",
    PhotoNotJpeg => "photo_not_jpeg",
    PhotoTruncated => "photo_truncated",
    PhotoTooLarge => "photo_too_large",
    PhotoTooMany => "photo_too_many",
    PhotoUnreadable => "photo_unreadable",
    PhotoMissing => "photo_missing",
    CaptureUnknown => "capture_unknown",
    CaptureUsed => "capture_used",
    CaptureTooOld => "capture_too_old",
    NoConsent => "no_consent",
    WrongCode => "wrong_code",
    UsedCode => "used_code",
    ExpiredCode => "expired_code",
    OtherRoot => "other_root",
    AlreadyEnrolled => "already_enrolled",
    NotEnrolled => "not_enrolled",
    UnknownPunch => "unknown_punch",
    TooLate => "too_late",
    KeyRefused => "key_refused",
    NoRandomness => "no_randomness",
    Unreachable => "unreachable",
    TimedOut => "timed_out",
    Untrusted => "untrusted",
    PlatformNotInitialised => "platform_not_initialised",
    ServerRefused => "server_refused",
    BadAnswer => "bad_answer",
    Internal => "internal",
}

impl DakaError {
    /// The stable code.
    pub fn code(&self) -> ErrorCode {
        use ErrorCode as C;
        match self {
            Self::Format(_) => C::BadValue,
            Self::Place(_) => C::BadPlace,
            Self::Time(_) => C::BadTime,
            Self::Store(e) => match e {
                StoreError::InUse => C::InUse,
                StoreError::NewerVersion { .. } => C::NewerDatabase,
                StoreError::WrongKey => C::WrongKey,
                StoreError::ReadOnly => C::ReadOnly,
                StoreError::DiskFull => C::DiskFull,
                StoreError::Damaged { .. } => C::Damaged,
                StoreError::Closed => C::Closed,
                StoreError::Io(_) => C::Storage,
            },
            Self::Vault(VaultError::WrongKey(_)) => C::WrongKey,
            Self::Vault(VaultError::ReadOnly) => C::ReadOnly,
            Self::Vault(VaultError::DiskFull) => C::DiskFull,
            Self::Vault(VaultError::Io(_)) => C::Storage,
            Self::Photo(e) => match e {
                PhotoError::Empty => C::PhotoEmpty,
                PhotoError::NotJpeg => C::PhotoNotJpeg,
                PhotoError::Truncated => C::PhotoTruncated,
                PhotoError::TooLarge { .. } => C::PhotoTooLarge,
                PhotoError::TooMany { .. } => C::PhotoTooMany,
                PhotoError::Unreadable(_) => C::PhotoUnreadable,
                PhotoError::Store(PhotoStoreError::DiskFull) => C::DiskFull,
                PhotoError::Store(PhotoStoreError::Missing) => C::PhotoMissing,
                PhotoError::Store(PhotoStoreError::Damaged) => C::Damaged,
                PhotoError::Store(PhotoStoreError::Io(_)) => C::Storage,
            },
            Self::Capture(CaptureError::Unknown) => C::CaptureUnknown,
            Self::Capture(CaptureError::Used) => C::CaptureUsed,
            Self::Capture(CaptureError::TooOld { .. }) => C::CaptureTooOld,
            Self::Enrol(e) => match e {
                EnrolError::WrongCode => C::WrongCode,
                EnrolError::UsedCode => C::UsedCode,
                EnrolError::ExpiredCode => C::ExpiredCode,
                EnrolError::OtherRoot => C::OtherRoot,
                EnrolError::BadAnswer(_) => C::BadAnswer,
                EnrolError::AlreadyEnrolled => C::AlreadyEnrolled,
            },
            Self::NotEnrolled => C::NotEnrolled,
            Self::UnknownPunch => C::UnknownPunch,
            Self::TooLate { .. } => C::TooLate,
            Self::NoConsent { .. } => C::NoConsent,
            Self::Sign(_) => C::KeyRefused,
            Self::Entropy(_) => C::NoRandomness,
            Self::Transport(e) => match e {
                TransportError::Unreachable(_) | TransportError::Broken(_) => C::Unreachable,
                TransportError::TimedOut => C::TimedOut,
                TransportError::Untrusted(_) => C::Untrusted,
                TransportError::TooLarge { .. } => C::BadAnswer,
                TransportError::PlatformNotInitialised => C::PlatformNotInitialised,
            },
            Self::Server { .. } => C::ServerRefused,
            Self::BadAnswer(_) => C::BadAnswer,
            Self::Internal(_) => C::Internal,
        }
    }

    /// The field that is wrong, where one is.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Format(e) => Some(e.field),
            Self::Place(e) => Some(e.field()),
            Self::Time(TimeError::Below { field, .. } | TimeError::Above { field, .. }) => Some(field),
            Self::NoConsent { purpose } => Some(purpose.code()),
            _ => None,
        }
    }
}
