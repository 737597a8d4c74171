//! Anchors: a time token for the session, so that its taps get intervals.
//!
//! A session gets its first as soon as it can, another every half hour, and one after each punch whose 15 seconds for late evidence
//! are over. That last one bounds the tap from above, and it shows whoever verifies a bundle that nothing was left out of those
//! seconds: without a later entry nobody could tell.

use super::client::Client;
use super::round::Stop;
use crate::app::DakaError;
use crate::app::engine::Engine;
use crate::app::writer::{Session, Writer};
use crate::domain::cose::Sign1;
use crate::domain::ids::Nonce;
use crate::domain::journal::{Body, Draft, Kind, Payload};
use crate::domain::placing::LATE_EVIDENCE_MS;
use crate::domain::retry::Ask;
use crate::domain::trust::{TimeRequest, TimeToken};
use crate::ports::Method;

/// A session gets another anchor after so long, ms: drift at 200 ppm is then at most 0.4 s.
const EVERY_MS: u64 = 30 * 60_000;

impl Engine {
    /// Fetches and commits an anchor if this session has none, or its last one is old; true if it did.
    pub(super) async fn anchor(&self, client: &Client) -> Result<bool, Stop> {
        let now = self.ports.clock.read();
        let fresh = self.read(move |tx| {
            let Some(session) = Session::load(tx)? else { return Ok(false) };
            let Some(t) = session.reading(&now) else { return Ok(false) };
            let last_of = |kind| -> Result<Option<Payload>, DakaError> {
                let row = tx.latest(kind, 1)?.pop();
                let payload = row.map(|r| Payload::decode(&r.entry.payload)).transpose()?;
                Ok(payload.filter(|p| p.readings.session == session.id))
            };
            let Some(last) = last_of(Kind::Anchor)? else { return Ok(false) };
            let unclosed = last_of(Kind::Punch)?.is_some_and(|p| {
                let over = p.readings.t.get().saturating_add(LATE_EVIDENCE_MS.unsigned_abs());
                (last.readings.t.get()..t.get()).contains(&over)
            });
            Ok(!unclosed && t.get().saturating_sub(last.readings.t.get()) < EVERY_MS)
        })?;
        if fresh {
            return Ok(false);
        }
        let device = self.device()?;
        let request = self.write(move |tx| {
            let writer = Writer::begin(&device, tx)?;
            let nonce = Nonce(device.entropy.bytes()?);
            let (session, b0) = (writer.session.id, writer.readings.t);
            Ok(TimeRequest { journal: device.journal, head: writer.point(), session, nonce, b0 })
        })?;
        let token = client
            .call(Ask::Read, Method::Post, "/v0/time", request.encode(), |bytes| Sign1::decode("time token", bytes))
            .await?;
        let after = self.ports.clock.read();
        let keys = &self.enrolled()?.keys;
        let opened = TimeToken::open(self.crypto(), keys, &token);
        if !opened.is_ok_and(|t| t.request == request) {
            return Err(Stop::unproven(Ask::Read));
        }
        let device = self.device()?;
        self.write(move |tx| {
            let mut writer = Writer::begin(&device, tx)?;
            // A restart while the token was on its way: it belongs to a session that is over.
            let b1 = writer.session.reading(&after).filter(|_| writer.session.id == request.session);
            match b1 {
                Some(b1) => {
                    let body = Body::Anchor { token: token.bytes().to_vec(), b1: b1.min(writer.readings.t) };
                    writer.append(Draft::of(body)).map(|_| true)
                }
                None => Ok(false),
            }
        })
        .map_err(|e: DakaError| e.into())
    }
}
