//! What can go wrong, in two kinds: a [`Refusal`], which the caller can do something about and which says what; and everything
//! else, which is the operator's and says to a phone only "unavailable".

use daka_core::adapters::crypto::{KeyError, SealError};
use daka_core::domain::cose::SignatureError;
use daka_core::domain::crypto::SignError;
use daka_core::domain::error::{FormatError, Problem};
use daka_core::domain::trust::{CertificateError, TrustError};
use std::path::{Path, PathBuf};

/// The server's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A request that is not carried out, with what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The stable code of docs/wire.md.
    pub code: &'static str,
    /// A sentence for people; nothing personal.
    pub detail: String,
    /// The field that is wrong.
    pub field: Option<&'static str>,
}

impl Refusal {
    /// A refusal.
    pub fn new(status: u16, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), field: None }
    }

    /// Bytes that cannot be read: 400, with a code of its own for those of another version, or 413 where they are too many.
    pub fn malformed(e: &FormatError) -> Self {
        let too_many = matches!(e.problem, Problem::Length { max, got, .. } if got > max && e.field == "entries");
        let (status, code) = match e.problem {
            Problem::Version { .. } => (400, "version"),
            _ if too_many => (413, "too_large"),
            _ => (400, "malformed"),
        };
        Self { status, code, detail: e.to_string(), field: Some(e.field) }
    }

    /// Readable, but impossible.
    pub fn unprocessable(field: &'static str, detail: impl Into<String>) -> Self {
        Self { status: 422, code: "unprocessable", detail: detail.into(), field: Some(field) }
    }

    /// Not there, or someone else's.
    pub fn not_found() -> Self {
        Self::new(404, "not_found", "there is nothing here for this caller")
    }

    /// For someone else.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403, "forbidden", detail)
    }
}

/// Why the server could not do something.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller can do something about it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed.
    #[error("the database failed: {0}; see whether the disk is full and the data folder can be written")]
    Db(#[from] rusqlite::Error),
    /// A file could not be read or written.
    #[error("cannot {what} {}: {source}", path.display())]
    Io {
        /// What was tried.
        what: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The folder holds no server's data.
    #[error("{} holds no data of daka-server; run `daka-server init --data {}` first", .0.display(), .0.display())]
    NotInitialised(PathBuf),
    /// The database was written by a newer program.
    #[error("the database has version {found}, this program knows {known}; use the newer daka-server")]
    NewerDatabase {
        /// The version found.
        found: i64,
        /// The newest version known.
        known: i64,
    },
    /// Another process serves the same folder.
    #[error("{} is in use by another daka-server; stop that one first", .0.display())]
    InUse(PathBuf),
    /// Something stored cannot be read.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// A key refused.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A key file is damaged.
    #[error("{}: {source}; put the key back from a backup", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// Why.
        source: KeyError,
    },
    /// No randomness.
    #[error("the system gives no randomness")]
    Random,
    /// A certificate could not be made or read.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A stored signature does not hold.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The writer has stopped.
    #[error("the server is stopping")]
    Stopping,
    /// A value that an administrator gave cannot be; nothing was written.
    #[error("{message}")]
    Given {
        /// A stable code: `bad_value`, `unknown` for what is not there, `unreadable_file`.
        code: &'static str,
        /// The field.
        field: &'static str,
        /// A sentence; after a semicolon what to do.
        message: String,
    },
    /// What should be new is there already.
    #[error("{0}")]
    Exists(String),
    /// An administrator's command cannot be carried out.
    #[error("{0}")]
    Command(String),
}

impl Error {
    /// An I/O error with what was tried.
    pub fn io(what: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { what, path, source }
    }

    /// A value that cannot be.
    pub fn bad(field: &'static str, message: impl Into<String>) -> Self {
        Self::Given { code: "bad_value", field, message: message.into() }
    }

    /// The name of something that is not there.
    pub fn unknown(field: &'static str, message: impl Into<String>) -> Self {
        Self::Given { code: "unknown", field, message: message.into() }
    }

    /// A value that was given and does not follow its format.
    pub fn given(e: FormatError) -> Self {
        Self::bad(e.field, e.to_string())
    }

    /// A file that was named and cannot be read.
    pub fn unreadable(field: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.display().to_string();
        move |e| {
            let message = format!("{path} cannot be read ({e}); check the name and that you may read it");
            Self::Given { code: "unreadable_file", field, message }
        }
    }

    /// A sentence for the administrator.
    pub fn command(text: impl Into<String>) -> Self {
        Self::Command(text.into())
    }
}

impl From<SignatureError> for Error {
    fn from(e: SignatureError) -> Self {
        Self::Trust(TrustError::Signature(e))
    }
}

impl From<SealError> for Error {
    fn from(_: SealError) -> Self {
        Self::Random
    }
}
