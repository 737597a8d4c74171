//! Appending to the journal: the one place where an entry gets its readings, its seq and its place in the chain.
//!
//! A [`Writer`] lives inside one transaction. It reads the clocks first; if they belong to another run of the system than the last
//! session, or the elapsed clock went backwards, a new session begins with a `boot` entry; if the wall clock moved against the
//! elapsed one, a `clock_jump` entry says so. Then come the caller's entries, all with the same readings. A crash anywhere before the
//! commit leaves nothing; after it, everything.

use super::db::readable;
use super::{DakaError, Device};
use crate::domain::cbor::Value;
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::PunchId;
use crate::domain::journal::{
    Body, ChainPoint, Draft, Entry, GENESIS, Payload, Readings, Seed, chain_step, epoch_start,
};
use crate::domain::time::{Ppm, SessionId, SessionMs, WallMs, wall_jump};
use crate::ports::{ClockReading, EntryRow, EntryState, StoreError, Tx};

const SESSION: &str = "session";

/// The run of the elapsed clock that the journal is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// Its random name; uptime and boot time never leave the phone.
    pub(super) id: SessionId,
    /// The system's run.
    boot: String,
    /// The elapsed clock at its first reading.
    base_ms: u64,
}

impl Session {
    fn encode(&self) -> Vec<u8> {
        Value::Array(vec![Value::bytes(self.id.get()), Value::text(&self.boot), Value::Uint(self.base_ms)]).encode()
    }

    fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::new("session", Value::decode("session", bytes)?)?;
        let out = Self {
            id: SessionId::new(list.take("id")?.array_of("id")?),
            boot: list.take("boot")?.string("boot")?,
            base_ms: list.take("base")?.uint("base")?,
        };
        list.end()?;
        Ok(out)
    }

    /// The stored session, if the journal has begun one.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub(super) fn load(tx: &dyn Tx) -> Result<Option<Self>, DakaError> {
        // One that cannot be read is over: the next entry begins another.
        Ok(readable(tx.value(SESSION))?.flatten().and_then(|bytes| Self::decode(&bytes).ok()))
    }

    /// The session's reading of `clock`, if `clock` belongs to it.
    pub(super) fn reading(&self, clock: &ClockReading) -> Option<SessionMs> {
        let same = self.boot == clock.boot.0;
        clock.elapsed_ms.checked_sub(self.base_ms).filter(|_| same).map(SessionMs::new)
    }
}

/// Appends entries inside a transaction.
pub(super) struct Writer<'a> {
    device: &'a Device,
    tx: &'a mut dyn Tx,
    /// Where the chain stands.
    point: ChainPoint,
    /// What the clocks said when the transaction began.
    pub(super) readings: Readings,
    /// The session they belong to.
    pub(super) session: Session,
}

impl<'a> Writer<'a> {
    /// Reads the clocks and opens a session if a new one has begun.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses or there is no randomness.
    pub(super) fn begin(device: &'a Device, tx: &'a mut dyn Tx) -> Result<Self, DakaError> {
        let clock = device.clock.read();
        let tail = tx.tail()?;
        let last = tail.as_ref().map(|row| Payload::decode(&row.entry.payload)).transpose()?.map(|p| p.readings);
        let point = match &tail {
            Some(row) => row.point,
            None => ChainPoint { epoch: 0, seq: 0, h: epoch_start(&*device.crypto, device.journal, 0, GENESIS) },
        };
        let wall = WallMs::new(clock.wall_ms);
        let stored = Session::load(tx)?;
        // Before the last committed reading the clock has gone backwards: that is another run.
        let going_on = stored.and_then(|s| {
            let t = s.reading(&clock)?;
            let forwards = last.is_none_or(|l| l.session != s.id || l.t <= t);
            forwards.then_some((s, t))
        });
        let offset_min = clock.offset_min;
        if let Some((session, t)) = going_on {
            let readings = Readings { session: session.id, t, wall, offset_min };
            let mut writer = Self { device, tx, point, readings, session };
            let before = last.filter(|l| l.session == writer.session.id).map(|l| (l.wall, l.t));
            if let Some(delta_ms) = before.and_then(|before| wall_jump(before, (wall, t), Ppm::DEFAULT)) {
                writer.append(Draft::of(Body::ClockJump { delta_ms }))?;
            }
            return Ok(writer);
        }
        let (session, readings) = Self::new_session(device, tx, &clock)?;
        let mut writer = Self { device, tx, point, readings, session };
        writer.append(Draft::of(Body::Boot))?;
        Ok(writer)
    }

    /// Begins a new epoch at `point`, in a new session: `epoch_started` has to be its first entry, before any `boot`.
    ///
    /// # Errors
    /// As [`Writer::begin`].
    pub(super) fn at(device: &'a Device, tx: &'a mut dyn Tx, point: ChainPoint) -> Result<Self, DakaError> {
        let clock = device.clock.read();
        let (session, readings) = Self::new_session(device, tx, &clock)?;
        Ok(Self { device, tx, point, readings, session })
    }

    fn new_session(device: &Device, tx: &mut dyn Tx, clock: &ClockReading) -> Result<(Session, Readings), DakaError> {
        let id = SessionId::new(device.entropy.bytes()?);
        let session = Session { id, boot: clock.boot.0.clone(), base_ms: clock.elapsed_ms };
        tx.put_value(SESSION, &session.encode())?;
        let (wall, offset_min) = (WallMs::new(clock.wall_ms), clock.offset_min);
        Ok((session, Readings { session: id, t: SessionMs::new(0), wall, offset_min }))
    }

    /// Where the chain stands now.
    pub(super) fn point(&self) -> ChainPoint {
        self.point
    }

    /// The transaction, for the caller's own rows.
    pub(super) fn tx(&mut self) -> &mut dyn Tx {
        self.tx
    }

    /// Appends an entry.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses or there is no randomness.
    pub(super) fn append(&mut self, draft: Draft) -> Result<EntryRow, DakaError> {
        self.append_with(draft, Seed(self.device.entropy.bytes()?))
    }

    /// Appends an entry with a seed that was used for its groups already.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub(super) fn append_with(&mut self, draft: Draft, seed: Seed) -> Result<EntryRow, DakaError> {
        let crypto = &*self.device.crypto;
        let kind = draft.body.kind();
        let punch = punch_of(&draft.body);
        // SQLite's integers end at i64::MAX; no journal gets there, and a damaged tail must not overflow.
        let seq = self.point.seq.checked_add(1).filter(|s| i64::try_from(*s).is_ok());
        let seq = seq.ok_or(StoreError::Damaged { seq: Some(self.point.seq) })?;
        let entry = Entry::make(crypto, seq, self.readings, seed, draft);
        let h = chain_step(crypto, self.point.h, seq, entry.payload_digest(crypto));
        self.point = ChainPoint { epoch: self.point.epoch, seq, h };
        let row = EntryRow { point: self.point, kind, punch, state: EntryState::Waiting, entry };
        self.tx.append(&row)?;
        Ok(row)
    }
}

/// The punch that a body is or is about.
fn punch_of(body: &Body) -> Option<PunchId> {
    match body {
        Body::Punch(p) => Some(p.id),
        Body::EvidenceAdded { punch } | Body::NoteAdded { punch } | Body::PassUsed { punch, .. } => Some(*punch),
        Body::MakeUpClaim { punch, .. } => Some(*punch),
        Body::Appeal { punch, .. } => *punch,
        _ => None,
    }
}
