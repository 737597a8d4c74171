//! The times of all punches of a journal, tightened by what the server saw and by order.
//!
//! Commits follow each other in true time, and a tap is not later than its commit. So what is known of one commit bounds others:
//!
//! - from above, every tap and commit before it ([`Order::above`], a scan from the end to the start);
//! - from below, every commit after it ([`Order::below`], a scan from the start to the end), and every *tap* after it, if that
//!   tap is known to have come later: an entry of an earlier session always, one of the same session only if its reading is not
//!   above the tap's. A tap while a token is on its way is committed after that token's entry and yet came before it.
//!
//! Two scans, and a few binary searches for each entry: n log n for a journal of n entries.

use serde::Serialize;

use super::{
    Anchored, Bound, Entry, Fact, Flag, History, Interval, Limits, SessionAnchors, SessionId, SessionMs, Source,
    WallMs, Word,
};

/// When a punch happened, as far as the journal and the server know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PunchTime {
    /// The entry's sequence number.
    pub seq: u64,
    /// True time of the tap.
    pub interval: Interval,
    /// The word for it.
    pub word: Word,
    /// What contradicted, in the order of [`Flag`]; mostly nothing.
    pub flags: Vec<Flag>,
    /// What the wall clock showed at the tap.
    pub wall: WallMs,
}

impl PunchTime {
    /// By how many ms the wall clock was ahead of the interval's midpoint (behind: negative); `None` if an end is open.
    #[must_use]
    pub fn skew_ms(&self) -> Option<i64> {
        Some(self.wall.get().saturating_sub(self.interval.midpoint()?.get()))
    }
}

/// The time of each punch of `history`, in the order of their commits.
#[must_use]
pub fn evaluate(history: &History, limits: &Limits) -> Vec<PunchTime> {
    let entries = history.entries();
    let seen = seen_by_server(history);
    let mut commits = Vec::with_capacity(entries.len());
    let mut taps = Vec::new();
    for session in entries.chunk_by(|one, next| one.session == next.session) {
        let anchors = SessionAnchors::new(session.iter().filter_map(Entry::anchor), limits.rho);
        for (entry, seen) in session.iter().zip(seen.iter().skip(commits.len())) {
            if let Fact::Punch { tap, tap_wall } = entry.fact {
                taps.push(Tap { index: commits.len(), entry, tap, wall: tap_wall, anchored: anchors.at(tap), seen });
            }
            commits.push(Known::of(anchors.at(entry.t).interval, seen).stated);
        }
    }
    let order = Order::new(entries, &commits);
    taps.iter().map(|tap| tap.time(&order, limits)).collect()
}

/// What the server itself saw of an entry, through no clock of the phone's: open below, always.
#[derive(Clone, Copy, Debug)]
struct Seen {
    /// Not after a token that signs a head at or after it.
    token: Interval,
    /// Not after it was received.
    receipt: Interval,
}

impl Seen {
    /// Both together; two ends of the same kind cannot contradict each other.
    fn both(&self) -> Interval {
        self.token.meet(self.receipt).unwrap_or(self.token)
    }
}

/// What the server saw of each entry. A head or a receipt speaks for everything before it, so the least so far from the end.
fn seen_by_server(history: &History) -> Vec<Seen> {
    let heads = history.entries().iter().filter_map(|entry| match entry.fact {
        Fact::Anchor { anchor, head_seq } => Some((history.up_to(head_seq), anchor.made_by())),
        Fact::Punch { .. } | Fact::Reading => None,
    });
    let receipts = history.receipts().iter().map(|receipt| (receipt.entries, receipt.by));
    let count = history.entries().len();
    let until = |by: Option<WallMs>, from| by.map_or(Interval::OPEN, |at| Interval::until(at, from));
    least_from_the_end(count, heads)
        .into_iter()
        .zip(least_from_the_end(count, receipts))
        .map(|(head, receipt)| Seen { token: until(head, Source::Token), receipt: until(receipt, Source::Receipt) })
        .collect()
}

/// For each of `count` entries the least of those times that speak for it; a `(n, time)` speaks for the first n entries.
fn least_from_the_end(count: usize, speaking: impl Iterator<Item = (usize, WallMs)>) -> Vec<Option<WallMs>> {
    let mut least: Vec<Option<WallMs>> = vec![None; count];
    for (entries, time) in speaking {
        if let Some(last) = entries.checked_sub(1).and_then(|last| least.get_mut(last)) {
            *last = Some(last.map_or(time, |known| known.min(time)));
        }
    }
    let mut so_far: Option<WallMs> = None;
    for time in least.iter_mut().rev() {
        so_far = [so_far, *time].into_iter().flatten().min();
        *time = so_far;
    }
    least
}

/// What is known of a reading without its neighbours.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// From tokens alone; the word comes from it.
    tokens: Interval,
    /// From tokens and receipts.
    stated: Interval,
    /// The anchors place it after the server had it, and were left out.
    refused: bool,
}

impl Known {
    fn of(anchors: Interval, seen: &Seen) -> Self {
        let believed = anchors.meet(seen.token).and_then(|tokens| Some((tokens, tokens.meet(seen.receipt)?)));
        match believed {
            Some((tokens, stated)) => Self { tokens, stated, refused: false },
            None => Self { tokens: Interval::OPEN, stated: seen.both(), refused: true },
        }
    }
}

/// What the entries around each entry say of it.
#[derive(Debug)]
struct Order<'a> {
    entries: &'a [Entry],
    /// Entry i: no commit from i on was earlier.
    below: Vec<Option<WallMs>>,
    /// Entry i: no commit up to i was later.
    above: Vec<Option<WallMs>>,
}

impl<'a> Order<'a> {
    /// Carries the ends of `commits` along the order. Where what is carried contradicts a commit's own interval, that ends its
    /// reach: the nearer statement goes on.
    fn new(entries: &'a [Entry], commits: &[Interval]) -> Self {
        let below = commits.iter().scan(None, |carried, &own| {
            *carried = own.meet(neighbours(*carried, None)).unwrap_or(own).earliest.map(|bound| bound.at);
            Some(*carried)
        });
        let above = commits.iter().rev().scan(None, |carried, &own| {
            *carried = own.meet(neighbours(None, *carried)).unwrap_or(own).latest.map(|bound| bound.at);
            Some(*carried)
        });
        let (below, mut above): (Vec<_>, Vec<_>) = (below.collect(), above.collect());
        above.reverse();
        Self { entries, below, above }
    }

    /// What its neighbours say of the tap at reading `tap` that entry `index` holds.
    fn around(&self, index: usize, session: SessionId, tap: SessionMs) -> Interval {
        let earlier = self.entries.get(..index).unwrap_or_default();
        let surely_earlier = earlier.partition_point(|entry| entry.session != session || entry.t <= tap);
        let at = |bounds: &[Option<WallMs>], index: Option<usize>| index.and_then(|index| *bounds.get(index)?);
        neighbours(at(&self.below, surely_earlier.checked_sub(1)), at(&self.above, index.checked_add(1)))
    }
}

/// The interval that neighbours leave; it may be empty, and meets nothing then.
fn neighbours(earliest: Option<WallMs>, latest: Option<WallMs>) -> Interval {
    let bound = |at| Bound { at, from: Source::Neighbour };
    Interval { earliest: earliest.map(bound), latest: latest.map(bound) }
}

/// A punch with what its session and the server say of its tap.
#[derive(Debug)]
struct Tap<'a> {
    index: usize,
    entry: &'a Entry,
    tap: SessionMs,
    wall: WallMs,
    anchored: Anchored,
    seen: &'a Seen,
}

impl Tap<'_> {
    fn time(&self, order: &Order<'_>, limits: &Limits) -> PunchTime {
        let known = Known::of(self.anchored.interval, self.seen);
        // Readings that the server has refuted say nothing about order either.
        let tightened = if known.refused {
            Some(known.stated)
        } else {
            known.stated.meet(order.around(self.index, self.entry.session, self.tap))
        };
        let interval = tightened.unwrap_or(known.stated);
        let anomaly = self.anchored.clock_anomaly || tightened.is_none();
        let flags = [(anomaly, Flag::ClockAnomaly), (known.refused, Flag::ClaimRefused)];
        PunchTime {
            seq: self.entry.seq,
            interval,
            word: Word::of(&known.tokens, &interval, limits),
            flags: flags.into_iter().filter_map(|(holds, flag)| holds.then_some(flag)).collect(),
            wall: self.wall,
        }
    }
}
