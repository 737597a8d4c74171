//! What a command that failed says: the shape, codes and exit codes of `daka`, by [`daka_core::domain::complaint`].
//!
//! An error's text is one sentence; where a next step follows it, a semicolon stands between the two.

use crate::error::Error;
use daka_core::domain::complaint::{Complaint, Exit};

/// An error in the words of the terminal.
pub(super) struct Failure {
    /// How the command ended.
    pub(super) exit: Exit,
    code: &'static str,
    field: Option<&'static str>,
    message: String,
    next: Option<String>,
}

impl Failure {
    /// What is said about it.
    pub(super) fn complaint(&self) -> Complaint<'_> {
        Complaint { code: self.code, field: self.field, message: &self.message, next: self.next.as_deref() }
    }
}

impl From<&Error> for Failure {
    fn from(e: &Error) -> Self {
        let (exit, code, field) = kind(e);
        let text = e.to_string();
        let (message, next) = match text.split_once("; ") {
            Some((message, next)) => (message.to_owned(), Some(next.to_owned())),
            None => (text, None),
        };
        Self { exit, code, field, message, next }
    }
}

/// Exit code, stable code and field.
fn kind(e: &Error) -> (Exit, &'static str, Option<&'static str>) {
    match e {
        Error::Given { code, field, .. } => (Exit::Usage, code, Some(field)),
        Error::Refused(r) => (Exit::Failed, r.code, r.field),
        Error::NotInitialised(_) => (Exit::NotSetUp, "not_initialised", None),
        Error::InUse(_) => (Exit::InUse, "in_use", None),
        Error::NewerDatabase { .. } => (Exit::Failed, "newer_database", None),
        Error::Db(_) => (Exit::Failed, "storage", None),
        Error::Io { what: "read", .. } => (Exit::Failed, "unreadable_file", None),
        Error::Io { .. } => (Exit::Failed, "unwritable_file", None),
        Error::Format(e) => (Exit::Failed, "damaged", Some(e.field)),
        Error::Key { .. } | Error::Certificate(_) | Error::Trust(_) => (Exit::Failed, "damaged", None),
        Error::Sign(_) => (Exit::Failed, "key_refused", None),
        Error::Random => (Exit::Failed, "no_randomness", None),
        Error::Stopping => (Exit::Failed, "stopping", None),
        Error::Exists(_) => (Exit::Failed, "exists", None),
        Error::Command(_) => (Exit::Failed, "not_done", None),
    }
}
