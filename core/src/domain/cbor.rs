//! Deterministic CBOR, RFC 8949 §4.2.1, reduced to what the formats of Daka use.
//!
//! A [`Value`] has exactly one encoding, and [`Value::decode`] takes only that one: shortest heads, definite lengths, map keys
//! that are unsigned integers in rising order, no floats, no tags. So a byte string that decodes encodes to itself, a digest of
//! it is a digest of its meaning, and a verifier in another language needs no rules beyond the RFC's.
//!
//! Hostile input ends in an error, never in a stack overflow or a huge allocation: nesting is limited to [`MAX_DEPTH`] and no
//! length is believed before the bytes are seen.

use super::error::{FormatError, Problem};
use super::few::sort_few;

/// Deepest nesting of arrays and maps that is read; the deepest format of ours uses nine.
pub const MAX_DEPTH: usize = 16;

/// One CBOR data item of the subset in use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Major type 0.
    Uint(u64),
    /// Major type 1; the integer is −1 − n, kept in range of `i64`.
    Nint(i64),
    /// Major type 2.
    Bytes(Vec<u8>),
    /// Major type 3.
    Text(String),
    /// Major type 4.
    Array(Vec<Value>),
    /// Major type 5 with unsigned keys, rising.
    Map(Vec<(u64, Value)>),
    /// Simple values 20 and 21.
    Bool(bool),
    /// Simple value 22.
    Null,
}

impl Value {
    /// An integer of either sign.
    pub fn int(n: i64) -> Self {
        u64::try_from(n).map_or(Self::Nint(n), Self::Uint)
    }

    /// A byte string.
    pub fn bytes(b: impl AsRef<[u8]>) -> Self {
        Self::Bytes(b.as_ref().to_vec())
    }

    /// A text string.
    pub fn text(t: impl Into<String>) -> Self {
        Self::Text(t.into())
    }

    /// A byte string, or null.
    pub fn opt_bytes(b: Option<impl AsRef<[u8]>>) -> Self {
        b.map_or(Self::Null, Self::bytes)
    }

    /// The deterministic encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(64);
        self.write(&mut out);
        out
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Uint(n) => head(out, 0, *n),
            // −1 − n of a negative i64 is never negative.
            Self::Nint(n) => head(out, 1, n.unsigned_abs().wrapping_sub(1)),
            Self::Bytes(b) => {
                head(out, 2, b.len() as u64);
                out.extend_from_slice(b);
            }
            Self::Text(t) => {
                head(out, 3, t.len() as u64);
                out.extend_from_slice(t.as_bytes());
            }
            Self::Array(items) => {
                head(out, 4, items.len() as u64);
                items.iter().for_each(|v| v.write(out));
            }
            Self::Map(entries) => {
                head(out, 5, entries.len() as u64);
                for (key, value) in entries {
                    head(out, 0, *key);
                    value.write(out);
                }
            }
            Self::Bool(b) => out.push(if *b { 0xf5 } else { 0xf4 }),
            Self::Null => out.push(0xf6),
        }
    }

    /// Reads one item that must fill `bytes`. `what` names it in the error.
    ///
    /// # Errors
    /// [`FormatError`] for anything that is not the deterministic encoding of a [`Value`].
    pub fn decode(what: &'static str, bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader { what, bytes, at: 0 };
        let value = reader.item(0)?;
        if reader.at == bytes.len() { Ok(value) } else { Err(reader.error(Problem::TrailingBytes)) }
    }
}

/// A map under construction: keys in rising order, absent fields left out.
#[derive(Default)]
pub struct MapBuilder(Vec<(u64, Value)>);

impl MapBuilder {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a field; callers add in rising order, which [`MapBuilder::build`] makes sure of.
    #[must_use]
    pub fn put(mut self, key: u64, value: Value) -> Self {
        self.0.push((key, value));
        self
    }

    /// Adds a field if there is a value.
    #[must_use]
    pub fn maybe(self, key: u64, value: Option<Value>) -> Self {
        match value {
            Some(v) => self.put(key, v),
            None => self,
        }
    }

    /// The map.
    pub fn build(mut self) -> Value {
        sort_few(&mut self.0, |(k, _)| *k);
        Value::Map(self.0)
    }
}

/// Writes the head of an item in its shortest form.
pub(crate) fn head(out: &mut Vec<u8>, major: u8, n: u64) {
    let m = major << 5;
    match n {
        0..=23 => out.push(m | n as u8),
        24..=0xff => out.extend_from_slice(&[m | 24, n as u8]),
        0x100..=0xffff => {
            out.push(m | 25);
            out.extend_from_slice(&(n as u16).to_be_bytes());
        }
        0x1_0000..=0xffff_ffff => {
            out.push(m | 26);
            out.extend_from_slice(&(n as u32).to_be_bytes());
        }
        _ => {
            out.push(m | 27);
            out.extend_from_slice(&n.to_be_bytes());
        }
    }
}

struct Reader<'a> {
    what: &'static str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn error(&self, problem: Problem) -> FormatError {
        FormatError::new(self.what, problem)
    }

    fn take(&mut self, n: u64) -> Result<&[u8], FormatError> {
        let left = self.bytes.len() - self.at;
        match usize::try_from(n) {
            Ok(n) if n <= left => {
                self.at += n;
                Ok(&self.bytes[self.at - n..self.at])
            }
            _ => Err(self.error(Problem::Truncated)),
        }
    }

    /// Major type and argument, the latter in its shortest form.
    fn head(&mut self) -> Result<(u8, u64), FormatError> {
        let first = self.take(1)?[0];
        let (major, info) = (first >> 5, first & 0x1f);
        let n = match info {
            0..=23 => return Ok((major, u64::from(info))),
            24..=27 => {
                let width = 1_u64 << (info - 24);
                self.take(width)?.iter().fold(0_u64, |n, b| n << 8 | u64::from(*b))
            }
            _ => return Err(self.error(Problem::NotCanonical)),
        };
        let shortest = match info {
            24 => 24,
            25 => 0x100,
            26 => 0x1_0000,
            _ => 0x1_0000_0000,
        };
        if major == 7 || n < shortest { Err(self.error(Problem::NotCanonical)) } else { Ok((major, n)) }
    }

    fn item(&mut self, depth: usize) -> Result<Value, FormatError> {
        if depth > MAX_DEPTH {
            return Err(self.error(Problem::TooDeep { limit: MAX_DEPTH }));
        }
        let (major, n) = self.head()?;
        Ok(match major {
            0 => Value::Uint(n),
            1 => {
                let n = i64::try_from(n).map_err(|_| self.error(Problem::NotCanonical))?;
                Value::Nint(-1 - n)
            }
            2 => Value::Bytes(self.take(n)?.to_vec()),
            3 => {
                let bytes = self.take(n)?.to_vec();
                Value::Text(String::from_utf8(bytes).map_err(|_| self.error(Problem::NotUtf8))?)
            }
            4 => {
                let mut items = Vec::new();
                for _ in 0..n {
                    items.push(self.item(depth + 1)?);
                }
                Value::Array(items)
            }
            5 => {
                let mut entries: Vec<(u64, Value)> = Vec::new();
                for _ in 0..n {
                    let (key_major, key) = self.head()?;
                    let rising = entries.last().is_none_or(|(last, _)| *last < key);
                    if key_major != 0 || !rising {
                        return Err(self.error(Problem::NotCanonical));
                    }
                    entries.push((key, self.item(depth + 1)?));
                }
                Value::Map(entries)
            }
            7 => match n {
                20 => Value::Bool(false),
                21 => Value::Bool(true),
                22 => Value::Null,
                _ => return Err(self.error(Problem::NotCanonical)),
            },
            _ => return Err(self.error(Problem::NotCanonical)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(s: &str) -> Vec<u8> {
        let digit = |c: u8| char::from(c).to_digit(16).unwrap() as u8;
        s.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
    }

    /// Examples of RFC 8949, Appendix A.
    #[test]
    fn encodes_the_examples_of_the_rfc() {
        let cases = [
            (Value::Uint(0), "00"),
            (Value::Uint(23), "17"),
            (Value::Uint(24), "1818"),
            (Value::Uint(1_000_000_000_000), "1b000000e8d4a51000"),
            (Value::int(-1), "20"),
            (Value::int(-1000), "3903e7"),
            (Value::Bytes(vec![1, 2, 3, 4]), "4401020304"),
            (Value::text("水"), "63e6b0b4"),
            (Value::Array(vec![Value::Uint(1), Value::Array(vec![Value::Uint(2), Value::Uint(3)])]), "8201820203"),
            (Value::Map(vec![(1, Value::Uint(2)), (3, Value::Uint(4))]), "a201020304"),
            (Value::Bool(false), "f4"),
            (Value::Null, "f6"),
        ];
        for (value, text) in cases {
            assert_eq!(value.encode(), hex(text), "{value:?}");
            assert_eq!(Value::decode("item", &hex(text)).unwrap(), value);
        }
        assert_eq!(Value::int(i64::MIN).encode(), hex("3b7fffffffffffffff"));
        assert_eq!(Value::decode("item", &hex("3b7fffffffffffffff")).unwrap(), Value::int(i64::MIN));
    }

    #[test]
    fn refuses_every_other_encoding() {
        let others = [
            ("1817", "23 in two bytes"),
            ("1900ff", "255 in three bytes"),
            ("5f4101ff", "an indefinite byte string"),
            ("9f01ff", "an indefinite array"),
            ("a203040102", "falling keys"),
            ("a201020103", "a key twice"),
            ("a1616101", "a text key"),
            ("c000", "a tag"),
            ("f93c00", "a float"),
            ("f7", "undefined"),
            ("f814", "false in two bytes"),
            ("0000", "two items"),
            ("61ff", "text that is no UTF-8"),
            ("3bffffffffffffffff", "an integer below i64"),
            ("", "nothing"),
            ("5b7fffffffffffffff00", "a length that is not there"),
            ("9bffffffffffffffff", "an array longer than memory"),
        ];
        for (text, why) in others {
            assert!(Value::decode("item", &hex(text)).is_err(), "{why} was taken");
        }
        assert!(Value::decode("item", &vec![0x81; 10_000]).is_err(), "nesting without end was taken");
    }
}
