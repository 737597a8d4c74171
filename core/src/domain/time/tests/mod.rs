//! The cases that must hold, each with its calculation by hand; the parts one by one; and simulated clocks whose truth is known.

mod cases;
mod parts;
mod simulated;

use super::{Anchor, Entry, Fact, History, Interval, SessionId, SessionMs, WallMs};

/// 2026-03-02 08:00 in Hong Kong (UTC+8): 20,514 days after 1970-01-01, 20,514 × 86,400,000 ms.
const EIGHT: i64 = 1_772_409_600_000;
const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

const B0: SessionId = SessionId::new([0xB0; 16]);
const B1: SessionId = SessionId::new([0xB1; 16]);
const B2: SessionId = SessionId::new([0xB2; 16]);

/// An anchor in `session`: the server's time is `server` ± 50 ms between the readings `b0` and `b1`.
fn anchor(session: SessionId, b0: i64, b1: i64, server: i64) -> Anchor {
    Anchor::new(session, ms(b0), ms(b1), WallMs::new(server), 50).unwrap()
}

fn ms(reading: i64) -> SessionMs {
    SessionMs::new(u64::try_from(reading).unwrap())
}

/// Both ends in ms after [`EIGHT`].
fn ends(interval: &Interval) -> (Option<i64>, Option<i64>) {
    let after_eight = |bound: super::Bound| bound.at.get() - EIGHT;
    (interval.earliest.map(after_eight), interval.latest.map(after_eight))
}

/// Adds entries with rising sequence numbers and the true wall time of a phone that booted at [`EIGHT`].
struct Journal(History);

impl Journal {
    fn new() -> Self {
        Self(History::new())
    }

    fn commit(mut self, session: SessionId, t: i64, fact: Fact) -> Self {
        let seq = self.0.entries().len() as u64 + 1;
        self.0.commit(Entry { seq, session, t: ms(t), wall: WallMs::new(EIGHT + t), fact }).unwrap();
        self
    }

    fn reading(self, session: SessionId, t: i64) -> Self {
        self.commit(session, t, Fact::Reading)
    }

    /// A token that signs nothing, committed as it arrives.
    fn anchor(self, session: SessionId, b0: i64, b1: i64, server: i64) -> Self {
        self.anchor_signing(0, session, b0, b1, server)
    }

    fn anchor_signing(self, head_seq: u64, session: SessionId, b0: i64, b1: i64, server: i64) -> Self {
        let anchor = anchor(session, b0, b1, server);
        self.commit(session, b1, Fact::Anchor { anchor, head_seq })
    }

    /// A tap at `tap` that is committed 5 ms later, while the wall clock shows `wall`.
    fn punch(self, session: SessionId, tap: i64, wall: i64) -> Self {
        self.punch_committed(session, tap, tap + 5, wall)
    }

    fn punch_committed(self, session: SessionId, tap: i64, t: i64, wall: i64) -> Self {
        self.commit(session, t, Fact::Punch { tap: ms(tap), tap_wall: WallMs::new(wall) })
    }

    fn received(mut self, server: i64, eps_ms: u32) -> Self {
        self.0.received(WallMs::new(server), eps_ms);
        self
    }
}
