//! What is wrong with bytes or values that came from outside: which field, and which limit it broke.

use std::fmt;

/// A field that cannot be what it says, or bytes that are no encoding of what they should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct FormatError {
    /// The field's name as in `docs/format`, or the caller's parameter.
    pub field: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The bytes end before the value does.
    Truncated,
    /// There are bytes after the value.
    TrailingBytes,
    /// Not the deterministic encoding of RFC 8949 §4.2.1.
    NotCanonical,
    /// Text that is not UTF-8.
    NotUtf8,
    /// Nested more deeply than `limit`.
    TooDeep {
        /// Deepest nesting that is read.
        limit: usize,
    },
    /// Another type than expected.
    WrongType {
        /// What it should be.
        expected: &'static str,
    },
    /// A required field is absent.
    Missing,
    /// A field that this version of a container does not have.
    UnknownKey {
        /// The key, or the position in an array.
        key: u64,
    },
    /// A number outside its range.
    OutOfRange {
        /// Smallest allowed value.
        min: i64,
        /// Largest allowed value.
        max: i64,
    },
    /// A string or list of the wrong length.
    Length {
        /// Shortest allowed.
        min: usize,
        /// Longest allowed.
        max: usize,
        /// What came.
        got: usize,
    },
    /// A text that does not follow its grammar.
    Syntax {
        /// The grammar in a few words.
        expected: &'static str,
    },
    /// A version that this code does not read.
    Version {
        /// What came.
        got: u64,
    },
    /// A tag of another purpose.
    Tag {
        /// The tag that was expected.
        expected: &'static str,
    },
    /// Two fields that contradict each other.
    Contradicts {
        /// The other field.
        other: &'static str,
    },
}

impl FormatError {
    /// An error about `field`.
    pub fn new(field: &'static str, problem: Problem) -> Self {
        Self { field, problem }
    }

    /// The field is absent.
    pub fn missing(field: &'static str) -> Self {
        Self::new(field, Problem::Missing)
    }

    /// The field is of another type.
    pub fn wrong_type(field: &'static str, expected: &'static str) -> Self {
        Self::new(field, Problem::WrongType { expected })
    }

    /// The text does not follow its grammar.
    pub fn syntax(field: &'static str, expected: &'static str) -> Self {
        Self::new(field, Problem::Syntax { expected })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => write!(f, "ends too early"),
            Self::TrailingBytes => write!(f, "has bytes after its end"),
            Self::NotCanonical => write!(f, "is not in its deterministic encoding"),
            Self::NotUtf8 => write!(f, "is not UTF-8"),
            Self::TooDeep { limit } => write!(f, "is nested more than {limit} deep"),
            Self::WrongType { expected } => write!(f, "should be {expected}"),
            Self::Missing => write!(f, "is missing"),
            Self::UnknownKey { key } => write!(f, "has an unknown field {key}"),
            Self::OutOfRange { min, max } => write!(f, "must be from {min} to {max}"),
            Self::Length { min, max, got } if min == max => write!(f, "must have length {min}, has {got}"),
            Self::Length { min, max, got } => write!(f, "must have a length from {min} to {max}, has {got}"),
            Self::Syntax { expected } => write!(f, "should be {expected}"),
            Self::Version { got } => write!(f, "has version {got}, which this program does not read; a newer one may"),
            Self::Tag { expected } => write!(f, "is not tagged {expected:?}"),
            Self::Contradicts { other } => write!(f, "contradicts {other}"),
        }
    }
}
