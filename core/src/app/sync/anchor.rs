//! Anchors: a time token for the session, so that its taps get intervals.

use super::client::Client;
use super::round::Stop;
use crate::app::DakaError;
use crate::app::engine::Engine;
use crate::app::writer::{Session, Writer};
use crate::domain::cose::Sign1;
use crate::domain::ids::Nonce;
use crate::domain::journal::{Body, Draft, Kind, Payload};
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
            let Some(last) = tx.latest(Kind::Anchor, 1)?.pop() else { return Ok(false) };
            let last = Payload::decode(&last.entry.payload)?.readings;
            Ok(last.session == session.id && t.get().saturating_sub(last.t.get()) < EVERY_MS)
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
