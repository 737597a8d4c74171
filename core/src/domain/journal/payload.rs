//! The payload of an entry: the bytes that the chain digests.

use super::body::Body;
use super::groups::GroupId;
use super::kind::Kind;
use crate::domain::cbor::{MapBuilder, Value};
use crate::domain::error::{FormatError, Problem};
use crate::domain::fields::{As as _, Fields};
use crate::domain::ids::Hash32;
use crate::domain::time::{SessionId, SessionMs, WallMs};
use std::collections::BTreeMap;

/// What the clocks said inside the write transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readings {
    /// The run of the sleep-counting clock.
    pub session: SessionId,
    /// Milliseconds since that run's first reading; never falls with seq within a session.
    pub t: SessionMs,
    /// The wall clock, whatever it was set to.
    pub wall: WallMs,
    /// The wall clock's offset from UTC in minutes, −1080 to 1080.
    pub offset_min: i16,
}

/// A decoded payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payload {
    /// The position in the journal, from 1, running on over epochs.
    pub seq: u64,
    /// What the clocks said.
    pub readings: Readings,
    /// Random looking bytes from the seed: an entry erased whole cannot be guessed from its digest.
    pub blind: [u8; 16],
    /// What happened.
    pub body: Body,
    /// The digest of each redactable group.
    pub groups: BTreeMap<GroupId, Hash32>,
    /// Keys of a later version, kept as they came.
    pub extra: Vec<(u64, Value)>,
}

/// Keys of the payload map, as in `docs/format/journal.cddl`.
pub(super) mod key {
    pub(crate) const V: u64 = 1;
    pub(crate) const SEQ: u64 = 2;
    pub(crate) const KIND: u64 = 3;
    pub(crate) const SESSION: u64 = 4;
    pub(crate) const T: u64 = 5;
    pub(crate) const WALL: u64 = 6;
    pub(crate) const OFFSET: u64 = 7;
    pub(crate) const BLIND: u64 = 8;
    pub(crate) const BODY: u64 = 9;
    pub(crate) const GROUPS: u64 = 10;
}

impl Payload {
    /// The kind of the entry.
    pub fn kind(&self) -> Kind {
        self.body.kind()
    }

    /// The payload as a map.
    pub fn value(&self) -> Value {
        let groups = self.groups.iter().map(|(g, d)| (g.wire(), Value::bytes(d))).collect();
        let mut map = MapBuilder::new()
            .put(key::V, Value::Uint(super::FORMAT_VERSION))
            .put(key::SEQ, Value::Uint(self.seq))
            .put(key::KIND, Value::Uint(self.kind().wire()))
            .put(key::SESSION, Value::bytes(self.readings.session.get()))
            .put(key::T, Value::Uint(self.readings.t.get()))
            .put(key::WALL, Value::int(self.readings.wall.get()))
            .put(key::OFFSET, Value::int(i64::from(self.readings.offset_min)))
            .put(key::BLIND, Value::bytes(self.blind))
            .put(key::BODY, self.body.value())
            .put(key::GROUPS, Value::Map(groups));
        for (k, v) in &self.extra {
            map = map.put(*k, v.clone());
        }
        map.build()
    }

    /// The bytes that are digested and stored.
    pub fn encode(&self) -> Vec<u8> {
        self.value().encode()
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// [`FormatError`] naming the field. Unknown kinds, keys and enum values are no error.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        Self::parse(Value::decode("payload", bytes)?)
    }

    /// Reads a payload from its map.
    ///
    /// # Errors
    /// As [`Payload::decode`].
    pub fn parse(value: Value) -> Result<Self, FormatError> {
        let mut f = Fields::new("payload", value)?;
        let v = f.take(key::V, "v")?.uint("v")?;
        if v != super::FORMAT_VERSION {
            return Err(FormatError::new("payload", Problem::Version { got: v }));
        }
        let seq = f.take(key::SEQ, "seq")?.uint("seq")?;
        let kind = Kind::from_wire(f.take(key::KIND, "kind")?.uint("kind")?);
        let readings = Readings {
            session: SessionId::new(f.take(key::SESSION, "session")?.array_of("session")?),
            t: SessionMs::new(f.take(key::T, "t_session_ms")?.uint("t_session_ms")?),
            wall: WallMs::new(f.take(key::WALL, "wall_ms")?.int("wall_ms")?),
            offset_min: offset(f.take(key::OFFSET, "wall_offset_min")?)?,
        };
        let blind = f.take(key::BLIND, "blind")?.array_of("blind")?;
        let body = Body::parse(kind, f.take(key::BODY, "body")?)?;
        let mut groups = BTreeMap::new();
        for (group, digest) in f.take(key::GROUPS, "groups")?.entries("groups")? {
            groups.insert(GroupId::from_wire(group), digest.hash("group digest")?);
        }
        Ok(Self { seq, readings, blind, body, groups, extra: f.rest() })
    }
}

/// The widest offset in use is +14 h; 18 h is what RFC 3339 readers commonly take.
const OFFSET_MAX: i64 = 18 * 60;

fn offset(value: Value) -> Result<i16, FormatError> {
    let n = value.int("wall_offset_min")?;
    match i16::try_from(n) {
        Ok(m) if n.abs() <= OFFSET_MAX => Ok(m),
        _ => Err(FormatError::new("wall_offset_min", Problem::OutOfRange { min: -OFFSET_MAX, max: OFFSET_MAX })),
    }
}
