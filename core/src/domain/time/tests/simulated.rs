//! A phone whose truth is known: a clock that drifts within ρ, sleeps, reboots, asks for tokens over slow and lopsided round trips,
//! is tapped meanwhile, commits late and in any order, and syncs.
//!
//! Elapsed time runs in µs, true time in units of 10⁻¹² s (a µs of elapsed time at r ppm of drift is 10⁶ + r of them), so the
//! simulation itself rounds nothing.

use proptest::prelude::*;

use super::super::{
    Anchor, Entry, Fact, History, Interval, Limits, Ppm, SessionAnchors, SessionId, SessionMs, WallMs, Word, evaluate,
    interval_for_tap,
};
use super::EIGHT;

/// Units of true time in a millisecond.
const MS: i128 = 1_000_000_000;

#[derive(Clone, Debug)]
enum Step {
    /// Time passes: elapsed µs, drift in 1/1000 of ρ.
    Wait(u64, i32),
    /// The phone asks for a token.
    Ask,
    /// The server makes it, its clock wrong by so many 1/1000 of ε.
    Serve(i32),
    /// The phone has it.
    Answer,
    /// A person taps.
    Tap,
    /// What waits is committed, in the order it arose or the other way round.
    Commit(bool),
    /// Some other entry.
    Note,
    /// Everything committed reaches the server, its clock wrong by so many 1/1000 of ε.
    Sync(i32),
    /// Off and on again after so many µs of true time; what was not committed is lost.
    Reboot(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let wait = prop_oneof![0..3_000u64, 0..2_000_000u64, 0..30_000_000u64, 0..200_000_000_000u64];
    let drift = prop_oneof![Just(-1_000), Just(1_000), -1_000..=1_000];
    let error = || prop_oneof![Just(-1_000), Just(1_000), -1_000..=1_000];
    prop_oneof![
        6 => (wait, drift).prop_map(|(us, drift)| Step::Wait(us, drift)),
        2 => Just(Step::Ask),
        2 => error().prop_map(Step::Serve),
        2 => Just(Step::Answer),
        3 => Just(Step::Tap),
        3 => any::<bool>().prop_map(Step::Commit),
        1 => Just(Step::Note),
        1 => error().prop_map(Step::Sync),
        1 => (0..50_000_000_000u64).prop_map(Step::Reboot),
    ]
}

/// A token on its way: b₀ and the last entry on the chain then; the server's time once it is made.
struct Asked {
    b0: SessionMs,
    head_seq: u64,
    server: Option<WallMs>,
}

struct Phone {
    rho: i128,
    eps_ms: u32,
    truth: i128,
    elapsed_us: u64,
    session: u8,
    asked: Option<Asked>,
    waiting: Vec<(Fact, i128)>,
    history: History,
    /// The true time of each committed tap, and its reading.
    taps: Vec<(i128, SessionId, SessionMs)>,
    anchors: Vec<Anchor>,
}

impl Phone {
    fn new(rho: u32, eps_ms: u32, started_us: u64) -> Self {
        Self {
            rho: i128::from(rho),
            eps_ms,
            truth: i128::from(EIGHT) * MS,
            elapsed_us: started_us,
            session: 0,
            asked: None,
            waiting: Vec::new(),
            history: History::new(),
            taps: Vec::new(),
            anchors: Vec::new(),
        }
    }

    fn session(&self) -> SessionId {
        SessionId::new([self.session; 16])
    }

    fn reading(&self) -> SessionMs {
        SessionMs::new(self.elapsed_us / 1_000)
    }

    /// What the server's clock shows, wrong by so many 1/1000 of ε and cut to milliseconds.
    fn server(&self, error: i32) -> WallMs {
        let shown = self.truth + i128::from(self.eps_ms) * MS * i128::from(error) / 1_000;
        WallMs::new(i64::try_from(shown.div_euclid(MS)).unwrap())
    }

    fn commit(&mut self, fact: Fact) {
        let seq = self.history.entries().len() as u64 + 1;
        // The wall clock is nonsense throughout: it must not matter.
        let wall = WallMs::new(i64::from(self.session) * 7);
        let entry = Entry { seq, session: self.session(), t: self.reading(), wall, fact };
        self.history.commit(entry).unwrap();
        if let Fact::Anchor { anchor, .. } = fact {
            self.anchors.push(anchor);
        }
    }

    fn step(&mut self, step: &Step) {
        match *step {
            Step::Wait(us, drift) => {
                self.elapsed_us += us;
                // r = ρ × drift / 1000, towards zero: within ρ.
                self.truth += i128::from(us) * (1_000_000 + self.rho * i128::from(drift) / 1_000);
            }
            Step::Ask => {
                let head_seq = self.history.entries().len() as u64;
                self.asked = Some(Asked { b0: self.reading(), head_seq, server: None });
            }
            Step::Serve(error) => {
                let server = self.server(error);
                if let Some(asked) = &mut self.asked {
                    asked.server.get_or_insert(server);
                }
            }
            Step::Answer => {
                if let Some(Asked { b0, head_seq, server: Some(server) }) = self.asked {
                    let anchor = Anchor::new(self.session(), b0, self.reading(), server, self.eps_ms).unwrap();
                    self.waiting.push((Fact::Anchor { anchor, head_seq }, 0));
                    self.asked = None;
                }
            }
            Step::Tap => {
                let fact = Fact::Punch { tap: self.reading(), tap_wall: WallMs::new(0) };
                self.waiting.push((fact, self.truth));
            }
            Step::Commit(reversed) => {
                let mut waiting = std::mem::take(&mut self.waiting);
                if reversed {
                    waiting.reverse();
                }
                for (fact, truth) in waiting {
                    if let Fact::Punch { tap, .. } = fact {
                        self.taps.push((truth, self.session(), tap));
                    }
                    self.commit(fact);
                }
            }
            Step::Note => self.commit(Fact::Reading),
            Step::Sync(error) => self.history.received(self.server(error), self.eps_ms),
            Step::Reboot(us) => {
                self.truth += i128::from(us) * 1_000_000;
                self.elapsed_us = us % 1_000;
                self.session += 1;
                self.asked = None;
                self.waiting.clear();
            }
        }
    }
}

fn contains(interval: &Interval, truth: i128) -> bool {
    interval.earliest.is_none_or(|earliest| i128::from(earliest.at.get()) * MS <= truth)
        && interval.latest.is_none_or(|latest| truth <= i128::from(latest.at.get()) * MS)
}

fn within(inner: &Interval, outer: &Interval) -> bool {
    outer.earliest.is_none_or(|outer| inner.earliest.is_some_and(|inner| inner.at >= outer.at))
        && outer.latest.is_none_or(|outer| inner.latest.is_some_and(|inner| inner.at <= outer.at))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn the_truth_is_inside(
        rho in prop_oneof![Just(200u32), 0..400u32],
        eps_ms in prop_oneof![Just(0u32), 0..1_000u32],
        started_us in 0..1_000_000u64,
        steps in prop::collection::vec(step(), 0..60),
    ) {
        let mut phone = Phone::new(rho, eps_ms, started_us);
        for step in &steps {
            phone.step(step);
        }
        let limits = Limits { rho: Ppm::parse("rho", rho).unwrap(), ..Limits::default() };
        let punches = evaluate(&phone.history, &limits);
        prop_assert_eq!(punches.len(), phone.taps.len());
        for (punch, &(truth, session, tap)) in punches.iter().zip(&phone.taps) {
            prop_assert!(contains(&punch.interval, truth), "missed {} / 10⁹ ms: {:?}", truth, punch);
            prop_assert!(punch.flags.is_empty(), "nothing contradicts: {:?}", punch);

            let anchors: Vec<Anchor> = phone.anchors.iter().copied().filter(|a| a.session() == session).collect();
            let at_the_tap = interval_for_tap(&anchors, tap, limits.rho);
            prop_assert_eq!(SessionAnchors::new(&anchors, limits.rho).at(tap), at_the_tap);
            prop_assert!(within(&punch.interval, &at_the_tap.interval), "order and receipts only narrow");
            prop_assert!(punch.word <= Word::of_tokens(&at_the_tap.interval, &limits), "and never lower the word");
            for anchor in &anchors {
                prop_assert!(within(&at_the_tap.interval, &anchor.interval_at(tap, limits.rho)), "intersection never widens");
            }
        }
    }

    #[test]
    fn what_comes_later_only_narrows(steps in prop::collection::vec(step(), 1..60), keep in 0..60usize) {
        let limits = Limits::default();
        let mut phone = Phone::new(limits.rho.get(), 20, 0);
        let (now, later) = steps.split_at(keep.min(steps.len()));
        now.iter().for_each(|step| phone.step(step));
        let known_now = evaluate(&phone.history, &limits);
        later.iter().for_each(|step| phone.step(step));
        for (before, after) in known_now.iter().zip(evaluate(&phone.history, &limits)) {
            prop_assert!(within(&after.interval, &before.interval), "{:?} after {:?}", after, before);
            prop_assert!(after.word <= before.word);
        }
    }

    /// Anchors that are simply made up, so that most of them contradict each other.
    #[test]
    fn the_envelope_is_the_fold_over_the_anchors(
        made_up in prop::collection::vec((0..1_000_000_000u64, 0..60_000u64, -100_000_000..100_000_000i64, 0..5_000u32), 0..12),
        tap in 0..2_000_000_000u64,
        rho in 0..2_000u32,
    ) {
        let rho = Ppm::parse("rho", rho).unwrap();
        let anchors: Vec<Anchor> = made_up
            .into_iter()
            .map(|(b0, rtt, error, eps_ms)| {
                let server = WallMs::new(EIGHT + b0.cast_signed() + if error % 3 == 0 { 0 } else { error });
                Anchor::new(SessionId::new([1; 16]), SessionMs::new(b0), SessionMs::new(b0 + rtt), server, eps_ms).unwrap()
            })
            .collect();
        let session = SessionAnchors::new(&anchors, rho);
        let readings = anchors.iter().flat_map(|anchor| [anchor.b0(), anchor.b1()]).chain([SessionMs::new(tap)]);
        for reading in readings {
            prop_assert_eq!(session.at(reading), interval_for_tap(&anchors, reading, rho));
        }
    }
}
