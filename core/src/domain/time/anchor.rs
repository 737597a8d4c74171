//! One server time token as a bridge from a session's readings to true time.
//!
//! The phone read its clock at b₀, before asking, and at b₁, after the answer had come. The server said S, true within ε, at
//! some moment between the two. That is two facts, and each goes as far as ρ lets the session's clock carry it:
//!
//! - the true time at b₁ is at least S − ε;
//! - the true time at b₀ is at most S + ε.

use serde::Serialize;

use super::units::MILLION;
use super::{Bound, Interval, Ppm, SessionId, SessionMs, Source, TimeError, WallMs};

/// What each end is widened by, in ms: cutting the readings b and b₀ to milliseconds takes up to 1 + ρ from what has passed between
/// them, and the rest is for a server whose ε leaves out that its time was cut, too.
pub const WIDENING_MS: i64 = 2;

/// A server time token with the readings around it: server time `server` ± `eps_ms` at some moment between `b0` and `b1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Anchor {
    session: SessionId,
    b0: SessionMs,
    b1: SessionMs,
    server: WallMs,
    eps_ms: u32,
}

impl Anchor {
    /// An anchor from a token whose signature was verified: `b0` was read before asking (the token signs it), `b1` after the
    /// answer; the server's clock said `server`, which is true within `eps_ms`.
    ///
    /// # Errors
    /// [`TimeError::Below`] if `b1` lies before `b0`.
    pub fn new(
        session: SessionId,
        b0: SessionMs,
        b1: SessionMs,
        server: WallMs,
        eps_ms: u32,
    ) -> Result<Self, TimeError> {
        TimeError::at_least("b1", b1.get(), b0.get())?;
        Ok(Self { session, b0, b1, server, eps_ms })
    }

    /// The session whose clock read b₀ and b₁.
    #[must_use]
    pub const fn session(&self) -> SessionId {
        self.session
    }

    /// The reading before the token was asked for.
    #[must_use]
    pub const fn b0(&self) -> SessionMs {
        self.b0
    }

    /// The reading after the token had arrived.
    #[must_use]
    pub const fn b1(&self) -> SessionMs {
        self.b1
    }

    /// The server's time S.
    #[must_use]
    pub const fn server(&self) -> WallMs {
        self.server
    }

    /// The server's uncertainty ε in ms.
    #[must_use]
    pub const fn eps_ms(&self) -> u32 {
        self.eps_ms
    }

    /// True time at reading `b` of the same session, both ends from the token:
    ///
    /// ```text
    /// after      b ≥ b₁        earliest = S − ε + (b − b₁)(1 − ρ)    latest = S + ε + (b − b₀)(1 + ρ)
    /// meanwhile  b₀ < b < b₁   earliest = S − ε − (b₁ − b)(1 + ρ)    latest = S + ε + (b − b₀)(1 + ρ)
    /// before     b ≤ b₀        earliest = S − ε − (b₁ − b)(1 + ρ)    latest = S + ε − (b₀ − b)(1 − ρ)
    /// ```
    ///
    /// rounded outwards to milliseconds, and each end widened by [`WIDENING_MS`].
    #[must_use]
    pub fn interval_at(&self, b: SessionMs, rho: Ppm) -> Interval {
        let (reading, b0, b1) = (b.wide(), self.b0.wide(), self.b1.wide());
        let earliest = self.least() * MILLION + (reading - b1) * if b >= self.b1 { rho.slow() } else { rho.fast() };
        let latest = self.most() * MILLION + (reading - b0) * if b > self.b0 { rho.fast() } else { rho.slow() };
        between(earliest, latest)
    }

    /// The latest moment at which the token can have been made, widened: no entry whose head it signs is younger.
    #[must_use]
    pub fn made_by(&self) -> WallMs {
        not_after(self.server, self.eps_ms)
    }

    /// S − ε.
    pub(super) fn least(&self) -> i128 {
        i128::from(self.server.get()) - i128::from(self.eps_ms)
    }

    /// S + ε.
    pub(super) fn most(&self) -> i128 {
        i128::from(self.server.get()) + i128::from(self.eps_ms)
    }
}

/// What the anchors of a session say of one reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Anchored {
    /// Open on both ends if the session has no anchor; otherwise both ends are known and come from tokens.
    pub interval: Interval,
    /// The anchors contradict each other at this reading, and `interval` is their hull.
    pub clock_anomaly: bool,
}

/// True time at reading `tap` from the anchors of its session: their intersection, or their hull if that is empty.
///
/// This is what a phone knows at the tap, in one pass over the anchors it has; [`Word::of_tokens`](super::Word::of_tokens) gives
/// the word for it. `anchors` must all be of the tap's session, in any order.
#[must_use]
pub fn interval_for_tap(anchors: &[Anchor], tap: SessionMs, rho: Ppm) -> Anchored {
    let each = || anchors.iter().map(|anchor| anchor.interval_at(tap, rho));
    let Some(hull) = each().reduce(Interval::hull) else {
        return Anchored { interval: Interval::OPEN, clock_anomaly: false };
    };
    match each().try_fold(Interval::OPEN, Interval::meet) {
        Some(interval) => Anchored { interval, clock_anomaly: false },
        None => Anchored { interval: hull, clock_anomaly: true },
    }
}

/// The stated interval between two ends in millionths of a millisecond: rounded outwards and widened.
pub(super) fn between(earliest: i128, latest: i128) -> Interval {
    let floor = earliest.div_euclid(MILLION);
    let ceil = -(-latest).div_euclid(MILLION);
    let end = |ms| Some(Bound { at: WallMs::saturating(ms), from: Source::Token });
    Interval { earliest: end(floor - i128::from(WIDENING_MS)), latest: end(ceil + i128::from(WIDENING_MS)) }
}

/// The latest true time at which a server clock within `eps_ms` can have shown `server`, widened.
pub(super) fn not_after(server: WallMs, eps_ms: u32) -> WallMs {
    WallMs::saturating(i128::from(server.get()) + i128::from(eps_ms) + i128::from(WIDENING_MS))
}
