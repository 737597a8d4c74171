//! What can be wrong with a number that came from outside.

use thiserror::Error;

/// A value that no place evaluation can use. Names the field and its limit, never the value: positions do not belong in logs.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[non_exhaustive]
pub enum PlaceError {
    /// NaN or infinite.
    #[error("{field} is not a finite number; give a number from {min} to {max} {unit}")]
    NotFinite {
        /// The field as named in [`RawFix`](super::RawFix) or in the fence.
        field: &'static str,
        /// Smallest allowed value, in `unit`.
        min: f64,
        /// Largest allowed value, in `unit`.
        max: f64,
        /// Unit of the limits.
        unit: &'static str,
    },
    /// A finite number beyond its limits.
    #[error("{field} is out of range; give a number from {min} to {max} {unit}")]
    OutOfRange {
        /// The field as named in [`RawFix`](super::RawFix) or in the fence.
        field: &'static str,
        /// Smallest allowed value, in `unit`.
        min: f64,
        /// Largest allowed value, in `unit`.
        max: f64,
        /// Unit of the limits.
        unit: &'static str,
    },
    /// The two thresholds contradict each other.
    #[error("c_out must be smaller than p_in; raise p_in or lower c_out in the rules")]
    ThresholdsCrossed,
}

impl PlaceError {
    /// Stable code for shells and scripts; never changes once released.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFinite { .. } => "place_not_finite",
            Self::OutOfRange { .. } => "place_out_of_range",
            Self::ThresholdsCrossed => "place_thresholds_crossed",
        }
    }

    /// The field at fault: `latitude`, `longitude`, `accuracy`, `altitude`, `speed`, `radius`, `probability` or `thresholds`.
    #[must_use]
    pub fn field(&self) -> &'static str {
        match self {
            Self::NotFinite { field, .. } | Self::OutOfRange { field, .. } => field,
            Self::ThresholdsCrossed => "thresholds",
        }
    }
}

/// The limits of one field, in the unit a person would use.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) field: &'static str,
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) unit: &'static str,
}

impl Limits {
    /// Returns `value` when it is finite and within the limits (both included).
    pub(super) fn check(self, value: f64) -> Result<f64, PlaceError> {
        let Self { field, min, max, unit } = self;
        if !value.is_finite() {
            Err(PlaceError::NotFinite { field, min, max, unit })
        } else if (min..=max).contains(&value) {
            Ok(value)
        } else {
            Err(PlaceError::OutOfRange { field, min, max, unit })
        }
    }

    pub(super) fn out_of_range(self) -> PlaceError {
        let Self { field, min, max, unit } = self;
        PlaceError::OutOfRange { field, min, max, unit }
    }
}
