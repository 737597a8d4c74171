//! The time intervals against `tests/judges/time_intervals.py`, a second implementation that shares no code with this one.
//!
//! Random journals, half of them wrong on purpose (anchors that contradict each other, heads and receipts that are older than what
//! they speak for), are evaluated by both; every end, source, word and flag must be the same.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "all of this file is a test")]

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use daka_core::domain::time::{
    Anchor, Entry, Fact, History, Limits, Ppm, PunchTime, SessionId, SessionMs, WallMs, evaluate,
};
use serde_json::{Value, json};

const HISTORIES: u64 = 1_000;
/// 2026-03-02T00:00:00Z.
const START: i64 = 1_772_409_600_000;

/// Knuth's MMIX generator; its upper bits are good enough to make up journals.
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick(&mut self, choices: &[u32]) -> u32 {
        choices[usize::try_from(self.below(choices.len() as u64)).unwrap()]
    }

    /// Below `limit`, at a random scale: mostly small.
    fn scaled(&mut self, limit: u64) -> u64 {
        let bits = self.below(32);
        self.below(limit.min(1 << bits).max(1))
    }

    fn around_zero(&mut self, limit: u64) -> i64 {
        let magnitude = self.scaled(limit).cast_signed();
        if self.one_in(2) { magnitude } else { -magnitude }
    }
}

/// A journal for us, and the same one as lines for the judge.
struct Journal {
    history: History,
    lines: String,
    seq: u64,
}

impl Journal {
    fn line(&mut self, value: &Value) {
        writeln!(self.lines, "{value}").unwrap();
    }

    fn commit(&mut self, session: u8, t: u64, wall: i64, fact: Fact) {
        self.seq += 1;
        let name = session.to_string();
        let line = match fact {
            Fact::Punch { tap, tap_wall } => json!({
                "kind": "punch", "id": self.seq.to_string(), "session": name, "tap": tap.get(), "tap_wall_ms": tap_wall.get(),
                "t": t, "wall_ms": wall,
            }),
            Fact::Anchor { anchor, head_seq } => json!({
                "kind": "anchor", "session": name, "b0": anchor.b0().get(), "b1": anchor.b1().get(), "t": t, "wall_ms": wall,
                "server_ms": anchor.server().get(), "eps_ms": anchor.eps_ms(), "head_seq": head_seq,
            }),
            Fact::Reading => json!({"kind": "reading", "session": name, "t": t, "wall_ms": wall}),
        };
        self.line(&line);
        let session = SessionId::new([session; 16]);
        let entry = Entry { seq: self.seq, session, t: SessionMs::new(t), wall: WallMs::new(wall), fact };
        self.history.commit(entry).unwrap();
    }

    fn received(&mut self, server: i64, eps_ms: u32) {
        self.line(&json!({"kind": "received", "server_ms": server, "eps_ms": eps_ms}));
        self.history.received(WallMs::new(server), eps_ms);
    }
}

/// One random journal. A `wild` one may contradict itself.
fn journal(random: &mut Lcg, limits: Limits, wild: bool) -> Journal {
    let mut journal = Journal { history: History::new(), lines: String::new(), seq: 0 };
    journal
        .line(&json!({"kind": "history", "rho_ppm": limits.rho.get(), "verified_width_ms": limits.verified_width_ms}));
    let mut now = START;
    for session in 0..u8::try_from(1 + random.below(4)).unwrap() {
        now += random.scaled(86_400_000).cast_signed();
        let began = now;
        let mut t = random.scaled(1_000);
        let with_anchors = !random.one_in(3);
        for _ in 0..random.below(10) {
            let before = t;
            t += random.scaled(20_000_000);
            now = began + t.cast_signed();
            let wall = now + random.around_zero(4_000_000);
            let error = if wild && random.one_in(3) { 10_000_000 - random.below(20_000_000).cast_signed() } else { 0 };
            match random.below(6) {
                0 | 1 if with_anchors => {
                    let b1 = before + random.below(t - before + 1);
                    let b0 = b1 - random.scaled(b1.min(30_000) + 1);
                    let made = b0 + random.below(b1 - b0 + 1);
                    let server = WallMs::new(began + made.cast_signed() + error);
                    let eps_ms = u32::try_from(random.scaled(2_000)).unwrap();
                    let id = SessionId::new([session; 16]);
                    let anchor = Anchor::new(id, SessionMs::new(b0), SessionMs::new(b1), server, eps_ms).unwrap();
                    let head_seq = if wild {
                        random.below(journal.seq + 1)
                    } else {
                        // A true head signs what had been committed before b0 and no more.
                        let signed = |entry: &&Entry| entry.session != id || entry.t.get() < b0;
                        journal.history.entries().iter().filter(signed).count() as u64
                    };
                    journal.commit(session, t, wall, Fact::Anchor { anchor, head_seq });
                }
                0..=3 => {
                    let tap = SessionMs::new(t - random.scaled(t.min(20_000_000) + 1));
                    journal.commit(session, t, wall, Fact::Punch { tap, tap_wall: WallMs::new(wall) });
                }
                4 => journal.commit(session, t, wall, Fact::Reading),
                _ => journal.received(now + error, u32::try_from(random.scaled(2_000)).unwrap()),
            }
        }
    }
    journal
}

/// A punch as the judge prints it.
fn as_judged(history: u64, punch: &PunchTime) -> Value {
    let interval = &punch.interval;
    json!({
        "history": history,
        "id": punch.seq.to_string(),
        "earliest_ms": interval.earliest.map(|bound| bound.at.get()),
        "latest_ms": interval.latest.map(|bound| bound.at.get()),
        "earliest_from": interval.earliest_from().code(),
        "latest_from": interval.latest_from().code(),
        "word": punch.word.code(),
        "flags": punch.flags.iter().map(|flag| flag.code()).collect::<Vec<_>>(),
    })
}

/// What the judge says of `lines`.
fn judged(lines: &str) -> Vec<Value> {
    let judge = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/judges/time_intervals.py");
    let mut python = Command::new("python3")
        .arg(judge)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed to judge the time intervals: install Python 3 and put it on the PATH");
    // The judge reads to the end before it prints, so neither side waits for the other.
    python.stdin.take().unwrap().write_all(lines.as_bytes()).expect("the judge stopped reading");
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "the judge failed; its reason is above");
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_end_source_word_and_flag_is_the_judges() {
    let mut random = Lcg(4);
    let mut lines = String::new();
    let mut ours = Vec::new();
    for history in 0..HISTORIES {
        let rho = Ppm::parse("rho", random.pick(&[200, 50, 0, 371])).unwrap();
        let limits = Limits { rho, verified_width_ms: random.pick(&[120_000, 3_000]) };
        let journal = journal(&mut random, limits, history % 2 == 1);
        lines += &journal.lines;
        ours.extend(evaluate(&journal.history, &limits).iter().map(|punch| as_judged(history, punch)));
    }

    let theirs = judged(&lines);
    for (our, their) in ours.iter().zip(&theirs) {
        assert_eq!(our, their);
    }
    assert_eq!(ours.len(), theirs.len());

    // What was compared is worth comparing: every word, flag and source of an end occurs often.
    for (key, value) in [
        ("word", json!("verified")),
        ("word", json!("bounded")),
        ("word", json!("unverified")),
        ("flags", json!([])),
        ("flags", json!(["clock_anomaly"])),
        ("flags", json!(["claim_refused"])),
        ("earliest_from", json!("token")),
        ("earliest_from", json!("neighbour")),
        ("earliest_from", json!("none")),
        ("latest_from", json!("token")),
        ("latest_from", json!("receipt")),
        ("latest_from", json!("neighbour")),
        ("latest_from", json!("none")),
    ] {
        let count = theirs.iter().filter(|punch| punch[key] == value).count();
        println!("{count:>5} of {} punches have {key} {value}", theirs.len());
        assert!(count >= 20, "only {count} of {} punches have {key} {value}", theirs.len());
    }
}
