//! Typed reading of decoded CBOR: a [`List`] takes an array item by item, a [`Fields`] takes a map key by key.
//!
//! Both name the field in every error. A list must be used up, because our arrays are containers and unknown items of a container
//! are refused; a map may keep keys that nobody asked for, because entries written by a newer phone are kept and shown as far as
//! they are known.

use super::cbor::Value;
use super::error::{FormatError, Problem};
use super::ids::Hash32;

/// Conversions of one value, with the field's name for the error.
pub trait As {
    /// An unsigned integer.
    ///
    /// # Errors
    /// [`FormatError`] if it is of another type.
    fn uint(self, field: &'static str) -> Result<u64, FormatError>;
    /// A signed integer.
    ///
    /// # Errors
    /// [`FormatError`] if it is of another type or does not fit.
    fn int(self, field: &'static str) -> Result<i64, FormatError>;
    /// A byte string.
    ///
    /// # Errors
    /// [`FormatError`] if it is of another type.
    fn byte_string(self, field: &'static str) -> Result<Vec<u8>, FormatError>;
    /// A byte string of exactly `N` bytes.
    ///
    /// # Errors
    /// [`FormatError`] if it is of another type or length.
    fn array_of<const N: usize>(self, field: &'static str) -> Result<[u8; N], FormatError>;
    /// A SHA-256 digest.
    ///
    /// # Errors
    /// [`FormatError`] if it is not 32 bytes.
    fn hash(self, field: &'static str) -> Result<Hash32, FormatError>;
    /// A text.
    ///
    /// # Errors
    /// [`FormatError`] if it is of another type.
    fn string(self, field: &'static str) -> Result<String, FormatError>;
    /// A truth value.
    ///
    /// # Errors
    /// [`FormatError`] if it is of another type.
    fn boolean(self, field: &'static str) -> Result<bool, FormatError>;
    /// An array.
    ///
    /// # Errors
    /// [`FormatError`] if it is of another type.
    fn items(self, field: &'static str) -> Result<Vec<Value>, FormatError>;
    /// A map.
    ///
    /// # Errors
    /// [`FormatError`] if it is of another type.
    fn entries(self, field: &'static str) -> Result<Vec<(u64, Value)>, FormatError>;
}

impl As for Value {
    fn uint(self, field: &'static str) -> Result<u64, FormatError> {
        match self {
            Self::Uint(n) => Ok(n),
            _ => Err(FormatError::wrong_type(field, "an unsigned integer")),
        }
    }

    fn int(self, field: &'static str) -> Result<i64, FormatError> {
        match self {
            Self::Uint(n) => i64::try_from(n)
                .map_err(|_| FormatError::new(field, Problem::OutOfRange { min: i64::MIN, max: i64::MAX })),
            Self::Nint(n) => Ok(n),
            _ => Err(FormatError::wrong_type(field, "an integer")),
        }
    }

    fn byte_string(self, field: &'static str) -> Result<Vec<u8>, FormatError> {
        match self {
            Self::Bytes(b) => Ok(b),
            _ => Err(FormatError::wrong_type(field, "a byte string")),
        }
    }

    fn array_of<const N: usize>(self, field: &'static str) -> Result<[u8; N], FormatError> {
        let bytes = self.byte_string(field)?;
        let got = bytes.len();
        bytes.try_into().map_err(|_| FormatError::new(field, Problem::Length { min: N, max: N, got }))
    }

    fn hash(self, field: &'static str) -> Result<Hash32, FormatError> {
        self.array_of(field).map(Hash32)
    }

    fn string(self, field: &'static str) -> Result<String, FormatError> {
        match self {
            Self::Text(t) => Ok(t),
            _ => Err(FormatError::wrong_type(field, "a text")),
        }
    }

    fn boolean(self, field: &'static str) -> Result<bool, FormatError> {
        match self {
            Self::Bool(b) => Ok(b),
            _ => Err(FormatError::wrong_type(field, "true or false")),
        }
    }

    fn items(self, field: &'static str) -> Result<Vec<Value>, FormatError> {
        match self {
            Self::Array(items) => Ok(items),
            _ => Err(FormatError::wrong_type(field, "an array")),
        }
    }

    fn entries(self, field: &'static str) -> Result<Vec<(u64, Value)>, FormatError> {
        match self {
            Self::Map(entries) => Ok(entries),
            _ => Err(FormatError::wrong_type(field, "a map")),
        }
    }
}

/// Reads an array item by item.
pub struct List {
    what: &'static str,
    taken: u64,
    rest: std::vec::IntoIter<Value>,
}

impl List {
    /// The items of `value`, an array.
    ///
    /// # Errors
    /// [`FormatError`] if it is no array.
    pub fn new(what: &'static str, value: Value) -> Result<Self, FormatError> {
        Ok(Self { what, taken: 0, rest: value.items(what)?.into_iter() })
    }

    /// Decodes `bytes` as an array that begins with the text `tag`.
    ///
    /// # Errors
    /// [`FormatError`] for bytes that are no such array.
    pub fn tagged(tag: &'static str, bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = Self::new(tag, Value::decode(tag, bytes)?)?;
        match list.take("tag")? {
            Value::Text(t) if t == tag => Ok(list),
            _ => Err(FormatError::new(tag, Problem::Tag { expected: tag })),
        }
    }

    /// The next item, called `field`.
    ///
    /// # Errors
    /// [`FormatError`] if there is none.
    pub fn take(&mut self, field: &'static str) -> Result<Value, FormatError> {
        self.taken += 1;
        self.rest.next().ok_or_else(|| FormatError::missing(field))
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// [`FormatError`] with the position of the first item that nobody asked for.
    pub fn end(mut self) -> Result<(), FormatError> {
        match self.rest.next() {
            None => Ok(()),
            Some(_) => Err(FormatError::new(self.what, Problem::UnknownKey { key: self.taken })),
        }
    }

    /// What is left, for lists of equal items.
    pub fn rest(self) -> impl Iterator<Item = Value> {
        self.rest
    }
}

/// Reads a map key by key.
pub struct Fields {
    what: &'static str,
    entries: Vec<(u64, Value)>,
}

impl Fields {
    /// The entries of `value`, a map.
    ///
    /// # Errors
    /// [`FormatError`] if it is no map.
    pub fn new(what: &'static str, value: Value) -> Result<Self, FormatError> {
        Ok(Self { what, entries: value.entries(what)? })
    }

    /// The value at `key`, if there is one.
    pub fn optional(&mut self, key: u64) -> Option<Value> {
        let at = self.entries.iter().position(|(k, _)| *k == key)?;
        Some(self.entries.remove(at).1)
    }

    /// The value at `key`, called `field`.
    ///
    /// # Errors
    /// [`FormatError`] if it is absent.
    pub fn take(&mut self, key: u64, field: &'static str) -> Result<Value, FormatError> {
        self.optional(key).ok_or_else(|| FormatError::missing(field))
    }

    /// What nobody asked for: keys of a later version.
    pub fn rest(self) -> Vec<(u64, Value)> {
        self.entries
    }

    /// Nothing may be left: for containers.
    ///
    /// # Errors
    /// [`FormatError`] naming the first unknown key.
    pub fn end(self) -> Result<(), FormatError> {
        match self.entries.first() {
            None => Ok(()),
            Some((key, _)) => Err(FormatError::new(self.what, Problem::UnknownKey { key: *key })),
        }
    }
}
