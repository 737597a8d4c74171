//! The time word as known now: from the anchors that this session already has.

use super::DakaError;
use super::db::readable;
use super::writer::Session;
use crate::domain::cose::Sign1;
use crate::domain::journal::{Body, Kind, Payload};
use crate::domain::time::{Anchor, Anchored, Limits, SessionMs, Word, interval_for_tap};
use crate::domain::trust::TimeToken;
use crate::ports::Tx;

/// How many of a session's newest anchors are asked: each more narrows little.
const ANCHORS: usize = 16;

/// The anchors of `session`. Their tokens were verified before they were committed.
///
/// # Errors
/// [`DakaError`] if the store refuses.
pub(super) fn anchors(tx: &dyn Tx, session: &Session) -> Result<Vec<Anchor>, DakaError> {
    let mut out = Vec::new();
    for row in readable(tx.latest(Kind::Anchor, ANCHORS))?.unwrap_or_default() {
        let payload = Payload::decode(&row.entry.payload)?;
        let Body::Anchor { token, b1 } = payload.body else { continue };
        if payload.readings.session != session.id {
            continue;
        }
        let token = TimeToken::decode(&Sign1::decode("time token", &token)?.payload)?;
        out.push(Anchor::new(session.id, token.request.b0, b1, token.server, token.eps_ms)?);
    }
    Ok(out)
}

/// The interval and word of a tap, before the server and later entries have tightened them.
///
/// # Errors
/// [`DakaError`] if the store refuses.
pub(super) fn at_tap(
    tx: &dyn Tx,
    session: &Session,
    tap: SessionMs,
    limits: &Limits,
) -> Result<(Anchored, Word), DakaError> {
    let anchored = interval_for_tap(&anchors(tx, session)?, tap, limits.rho);
    let word = Word::of_tokens(&anchored.interval, limits);
    Ok((anchored, word))
}
