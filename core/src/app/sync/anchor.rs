//! Anchors: a time token for the session, so that its taps get intervals.
//!
//! A session gets its first as soon as it can, another every half hour, and one after each punch whose 15 seconds for late evidence
//! are over. That last one bounds the tap from above, and it shows whoever verifies a bundle that nothing was left out of those
//! seconds: without a later entry nobody could tell.
//!
//! A token whose answer is lost must not look like one that was held back: the request stays on disk until it is answered, and is
//! repeated byte for byte, for which the server has the same token. Only a new session gives it up.

use super::client::Client;
use super::stop::Stop;
use crate::app::DakaError;
use crate::app::db::readable;
use crate::app::engine::Engine;
use crate::app::writer::{Session, Writer};
use crate::domain::cose::Sign1;
use crate::domain::ids::Nonce;
use crate::domain::journal::{Body, Draft, Kind, Payload};
use crate::domain::placing::LATE_EVIDENCE_MS;
use crate::domain::retry::Ask;
use crate::domain::trust::{TimeRequest, TimeToken};
use crate::ports::{ClockReading, Method, Tx};

/// A session gets another anchor after so long, ms: drift at 200 ppm is then at most 0.4 s.
const EVERY_MS: u64 = 30 * 60_000;

/// The name under which a request without its answer is kept; empty for none.
const PENDING: &str = "time_request";

impl Engine {
    /// Fetches and commits an anchor if this session has none, or its last one is old; true if it did.
    pub(super) async fn anchor(&self, client: &Client) -> Result<bool, Stop> {
        let now = self.ports.clock.read();
        if self.read(move |tx| is_fresh(tx, &now))? {
            return Ok(false);
        }
        let mut anchored = false;
        loop {
            let (request, repeated) = self.time_request()?;
            let token = client
                .call(Ask::Read, Method::Post, "/v0/time", request.encode(), |bytes| Sign1::decode("time token", bytes))
                .await?;
            let after = self.ports.clock.read();
            anchored |= self.take_token(request, &token, after)?;
            // A repeated request has an early b₀ and so a wide interval: the session wants a narrow one as well.
            if !repeated {
                return Ok(anchored);
            }
        }
    }

    /// The request to send, and whether it was sent before.
    fn time_request(&self) -> Result<(TimeRequest, bool), DakaError> {
        let device = self.device()?;
        self.write(move |tx| {
            let mut writer = Writer::begin(&device, tx)?;
            let (session, b0, head) = (writer.session.id, writer.readings.t, writer.point());
            let pending = pending(writer.tx())?.filter(|p| p.session == session && p.head.epoch == head.epoch);
            if let Some(pending) = pending {
                return Ok((pending, true));
            }
            let nonce = Nonce(device.entropy.bytes()?);
            let request = TimeRequest { journal: device.journal, head, session, nonce, b0 };
            writer.tx().put_value(PENDING, &request.encode())?;
            Ok((request, false))
        })
    }

    fn take_token(&self, request: TimeRequest, token: &Sign1, after: ClockReading) -> Result<bool, Stop> {
        let opened = TimeToken::open(self.crypto(), &self.enrolled()?.keys, token);
        let good = opened.is_ok_and(|t| t.request == request);
        let (device, token) = (self.device()?, token.bytes().to_vec());
        let committed = self.write(move |tx| {
            let mut writer = Writer::begin(&device, tx)?;
            // Answered. What does not verify is asked for with another nonce.
            writer.tx().put_value(PENDING, &[])?;
            // A restart while the token was on its way: it belongs to a session that is over.
            let b1 = writer.session.reading(&after).filter(|_| good && writer.session.id == request.session);
            match b1 {
                Some(b1) => {
                    let body = Body::Anchor { token, b1: b1.min(writer.readings.t) };
                    writer.append(Draft::of(body)).map(|_| true)
                }
                None => Ok(false),
            }
        })?;
        if good { Ok(committed) } else { Err(Stop::unproven(Ask::Read)) }
    }
}

/// Whether the session has an anchor that is young enough and closes its last punch, and every token it asked for.
fn is_fresh(tx: &dyn Tx, now: &ClockReading) -> Result<bool, DakaError> {
    let Some(session) = Session::load(tx)? else { return Ok(false) };
    let Some(t) = session.reading(now) else { return Ok(false) };
    if pending(tx)?.is_some_and(|p| p.session == session.id) {
        return Ok(false);
    }
    let Some(last) = last_of(tx, Kind::Anchor, &session)? else { return Ok(false) };
    let unclosed = last_of(tx, Kind::Punch, &session)?.is_some_and(|punch| {
        let over = punch.saturating_add(LATE_EVIDENCE_MS.unsigned_abs());
        (last..t.get()).contains(&over)
    });
    Ok(!unclosed && t.get().saturating_sub(last) < EVERY_MS)
}

/// The reading of the last entry of a kind, if it is the session's.
fn last_of(tx: &dyn Tx, kind: Kind, session: &Session) -> Result<Option<u64>, DakaError> {
    let Some(row) = readable(tx.latest(kind, 1))?.and_then(|mut rows| rows.pop()) else { return Ok(None) };
    let readings = Payload::decode(&row.entry.payload)?.readings;
    Ok((readings.session == session.id).then(|| readings.t.get()))
}

fn pending(tx: &dyn Tx) -> Result<Option<TimeRequest>, DakaError> {
    Ok(readable(tx.value(PENDING))?.flatten().and_then(|bytes| TimeRequest::decode(&bytes).ok()))
}
