//! The one error of the task runner.
//!
//! Two cases, because whoever reads the exit code has two things to do: mend something (1), or accept that this machine
//! cannot do it (3). Both carry a whole sentence that says what to do next.

use std::path::Path;
use std::process::ExitCode;

/// The result of every step.
pub(crate) type Outcome<T> = Result<T, Failure>;

/// Why a command did not do what it was asked to.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum Failure {
    /// Something is wrong and can be mended: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// This machine does not have it and it cannot be installed from here: exit code 3.
    #[error("{0}")]
    Unavailable(String),
}

impl Failure {
    /// 1 for what failed, 3 for what cannot be had here.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Failed(_) => ExitCode::from(1),
            Self::Unavailable(_) => ExitCode::from(3),
        }
    }
}

/// A failure that can be mended, from a sentence.
pub(crate) fn failed<T>(sentence: impl Into<String>) -> Outcome<T> {
    Err(Failure::Failed(sentence.into()))
}

/// A failure that this machine cannot mend, from a sentence.
pub(crate) fn unavailable<T>(sentence: impl Into<String>) -> Outcome<T> {
    Err(Failure::Unavailable(sentence.into()))
}

/// Says which file could not be used, and for what.
pub(crate) trait AtPath<T> {
    /// Turns an I/O error into "cannot VERB PATH: reason".
    fn at(self, verb: &str, path: &Path) -> Outcome<T>;
}

impl<T> AtPath<T> for std::io::Result<T> {
    fn at(self, verb: &str, path: &Path) -> Outcome<T> {
        self.or_else(|error| failed(format!("cannot {verb} {}: {error}", path.display())))
    }
}
