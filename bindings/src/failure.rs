//! The one error that crosses, and the one that a shell throws into the core.

use crate::codes::FailureCode;
use daka_core::app::DakaError;

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum DakaFailure {
    /// The one case. Programs and sentences go by `code`.
    #[error("{detail}")]
    Failed {
        /// Why. Stable: see docs/integrate.md.
        code: FailureCode,
        /// The value that is wrong, where one is.
        field: Option<String>,
        /// English, for logs and diagnostics: field, limit and what to do. Never a coordinate, a name or a key.
        detail: String,
    },
}

impl DakaFailure {
    pub(crate) fn new(code: FailureCode, field: Option<&str>, detail: impl Into<String>) -> Self {
        Self::Failed { code, field: field.map(str::to_owned), detail: detail.into() }
    }

    /// A value from the shell that cannot be.
    pub(crate) fn bad_value(field: &'static str, problem: &str) -> Self {
        Self::new(FailureCode::BadValue, Some(field), format!("{field} {problem}"))
    }

    /// The client was closed down.
    pub(crate) fn closed() -> Self {
        Self::new(FailureCode::Closed, None, "the client was closed down; open a new one")
    }

    /// A fault of this program.
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(FailureCode::Internal, None, detail)
    }

    /// What the system says about a file that the shell named.
    pub(crate) fn file(field: &'static str, e: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        let code = match e.kind() {
            K::StorageFull | K::QuotaExceeded | K::FileTooLarge => FailureCode::DiskFull,
            K::ReadOnlyFilesystem | K::PermissionDenied => FailureCode::ReadOnly,
            K::NotFound | K::NotADirectory | K::IsADirectory | K::InvalidInput | K::InvalidFilename => {
                FailureCode::BadValue
            }
            _ => FailureCode::Storage,
        };
        // The kind alone: the system's own text may hold the path, and with it a person's name.
        Self::new(code, Some(field), format!("{field}: {}", e.kind()))
    }
}

impl From<DakaError> for DakaFailure {
    fn from(e: DakaError) -> Self {
        Self::new(e.code().into(), e.field(), e.to_string())
    }
}

impl From<daka_core::domain::error::FormatError> for DakaFailure {
    fn from(e: daka_core::domain::error::FormatError) -> Self {
        DakaError::from(e).into()
    }
}

/// What a shell's own clock, key or listener throws into the core.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
#[uniffi::export(Display)]
pub enum PlatformFailure {
    /// The platform refuses: the key store is locked, the clock cannot be read.
    #[error("{reason}")]
    Refused {
        /// The platform's own words, for diagnostics only; no names, no places.
        reason: String,
    },
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PlatformFailure {
    /// The text that comes holds the foreign stack trace: it is dropped.
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Refused { reason: "the shell's code threw something that is no PlatformFailure".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use daka_core::app::EnrolError;
    use daka_core::domain::place::{Fix, Platform, Provider, RawFix};

    #[test]
    fn an_error_keeps_its_code_field_and_text() {
        let raw = RawFix {
            latitude: f64::NAN,
            longitude: 0.0,
            accuracy: None,
            altitude: None,
            speed: None,
            age_ms: 0,
            platform: Platform::Other,
            provider: Provider::Gps,
            mock: None,
            precise: None,
        };
        let error = DakaError::from(Fix::parse(&raw).unwrap_err());
        let text = error.to_string();
        let DakaFailure::Failed { code, field, detail } = DakaFailure::from(error);
        assert_eq!((code, field.as_deref()), (FailureCode::BadPlace, Some("latitude")));
        assert_eq!(detail, text);
        let DakaFailure::Failed { code, field, .. } = DakaError::from(EnrolError::UsedCode).into();
        assert_eq!((code, field), (FailureCode::UsedCode, None));
    }

    #[test]
    fn a_foreign_stack_trace_does_not_get_into_an_error() {
        let thrown = uniffi::UnexpectedUniFFICallbackError::new("java.lang.X at org.daka.Y(Y.kt:7)");
        assert!(!PlatformFailure::from(thrown).to_string().contains("Y.kt"));
    }
}
