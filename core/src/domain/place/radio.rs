//! What Wi-Fi and beacons add to a verdict: a table, not a formula, so that anyone can predict it.
//!
//! Each cell: verdict when the position says inside / uncertain or nothing / outside.
//!
//! | policy | match | weak | unreadable | none |
//! |---|---|---|---|---|
//! | `gps` | position alone | position alone | position alone | position alone |
//! | `radio` | in / in / unc* | unc / unc / unc | unc / unc / unc | unc* / out / out |
//! | `either` | in / in / unc* | in / unc / unc | in / unc / out | in / unc / out |
//! | `both` | in / unc / unc* | unc / unc / unc | unc / unc / out | unc* (out if the rule says so) / unc / out |
//!
//! \* with the reason `evidence_conflict`. Under `gps`, and under `either` with unreadable radio, no position at all stays
//! `not_evaluated`. An access point's address is cheap to copy, so a match never overrules a confident "outside": it makes it
//! `uncertain`, for a person to look at.

use super::reason::Reason;
use super::verdict::{Evaluation, Verdict, in_order};

/// What the rule asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum RadioPolicy {
    /// The position alone.
    #[default]
    Gps = 1,
    /// Radio first.
    Radio = 2,
    /// Position or radio.
    Either = 3,
    /// Position and radio.
    Both = 4,
}

impl RadioPolicy {
    /// From the recorded integer; `None` when this version does not know it.
    #[must_use]
    pub fn from_int(value: u32) -> Option<Self> {
        match value {
            1 => Some(Self::Gps),
            2 => Some(Self::Radio),
            3 => Some(Self::Either),
            4 => Some(Self::Both),
            _ => None,
        }
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        self as u32
    }

    /// The word used in rules.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Gps => "gps",
            Self::Radio => "radio",
            Self::Either => "either",
            Self::Both => "both",
        }
    }
}

/// What radio saw, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum RadioEvidence {
    /// Connected to an allowed access point, or two allowed ones in one scan, or an allowed beacon; at most 60 s old.
    Match = 1,
    /// One allowed access point, only scanned.
    Weak = 2,
    /// Not connected, another access point, radio off, permission refused, scans throttled, or Wi-Fi on an iPhone.
    Unreadable = 3,
    /// A completed scan at most 60 s old that saw nothing allowed.
    None = 4,
}

impl RadioEvidence {
    /// Of several kinds of radio the best counts; without any, nothing could be read.
    #[must_use]
    pub fn best(kinds: impl IntoIterator<Item = Self>) -> Self {
        kinds.into_iter().min().unwrap_or(Self::Unreadable)
    }

    /// From the recorded integer; `None` when this version does not know it.
    #[must_use]
    pub fn from_int(value: u32) -> Option<Self> {
        match value {
            1 => Some(Self::Match),
            2 => Some(Self::Weak),
            3 => Some(Self::Unreadable),
            4 => Some(Self::None),
            _ => None,
        }
    }

    /// The recorded integer.
    #[must_use]
    pub fn to_int(self) -> u32 {
        self as u32
    }
}

/// A cell of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RadioOutcome {
    /// The verdict over both.
    pub verdict: Verdict,
    /// Position and radio say opposite things (`evidence_conflict`).
    pub conflict: bool,
}

/// The table at the head of this module. `none_is_outside`: under `both`, a completed scan without the site makes an inside
/// position `outside` rather than a conflict.
#[must_use]
pub fn radio_verdict(
    policy: RadioPolicy,
    evidence: RadioEvidence,
    gps: Verdict,
    none_is_outside: bool,
) -> RadioOutcome {
    use RadioEvidence::{Match, None, Unreadable, Weak};
    use Verdict::{Inside, NotEvaluated, Outside, Uncertain};

    const CONFLICT: (Verdict, bool) = (Uncertain, true);
    const IN: (Verdict, bool) = (Inside, false);
    const OUT: (Verdict, bool) = (Outside, false);
    const UNC: (Verdict, bool) = (Uncertain, false);

    let row = match (policy, evidence) {
        (RadioPolicy::Gps, _) => return RadioOutcome { verdict: gps, conflict: false },
        (RadioPolicy::Either, Unreadable) if gps == NotEvaluated => [(NotEvaluated, false); 3],
        (RadioPolicy::Radio | RadioPolicy::Either, Match) => [IN, IN, CONFLICT],
        (RadioPolicy::Radio, Weak | Unreadable) => [UNC, UNC, UNC],
        (RadioPolicy::Radio, None) => [CONFLICT, OUT, OUT],
        (RadioPolicy::Either, Weak) => [IN, UNC, UNC],
        (RadioPolicy::Either, Unreadable | None) => [IN, UNC, OUT],
        (RadioPolicy::Both, Match) => [IN, UNC, CONFLICT],
        (RadioPolicy::Both, Weak) => [UNC, UNC, UNC],
        (RadioPolicy::Both, Unreadable) => [UNC, UNC, OUT],
        (RadioPolicy::Both, None) if none_is_outside => [OUT, UNC, OUT],
        (RadioPolicy::Both, None) => [CONFLICT, UNC, OUT],
    };
    let [inside, undecided, outside] = row;
    let (verdict, conflict) = match gps {
        Inside => inside,
        Uncertain | NotEvaluated => undecided,
        Outside => outside,
    };
    RadioOutcome { verdict, conflict }
}

/// Takes radio into an evaluation: the verdict by [`radio_verdict`], the position's own reasons kept, and one more when radio
/// changed the verdict (`radio_match`, `radio_weak`, `radio_unreadable`, `radio_none`) or contradicts it (`evidence_conflict`).
#[must_use]
pub fn apply_radio(gps: Evaluation, policy: RadioPolicy, evidence: RadioEvidence, none_is_outside: bool) -> Evaluation {
    let outcome = radio_verdict(policy, evidence, gps.verdict, none_is_outside);
    let mut reasons = gps.reasons;
    if outcome.conflict {
        reasons.push(Reason::EvidenceConflict);
    } else if outcome.verdict != gps.verdict {
        reasons.push(match evidence {
            RadioEvidence::Match => Reason::RadioMatch,
            RadioEvidence::Weak => Reason::RadioWeak,
            RadioEvidence::Unreadable => Reason::RadioUnreadable,
            RadioEvidence::None => Reason::RadioNone,
        });
    }
    Evaluation { verdict: outcome.verdict, reasons: in_order(reasons), ..gps }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table at the head of this module, cell by cell: inside / uncertain / nothing / outside.
    const TABLE: [(&str, &str, [&str; 4]); 16] = [
        ("gps", "match", ["in", "unc", "not", "out"]),
        ("gps", "weak", ["in", "unc", "not", "out"]),
        ("gps", "unreadable", ["in", "unc", "not", "out"]),
        ("gps", "none", ["in", "unc", "not", "out"]),
        ("radio", "match", ["in", "in", "in", "unc*"]),
        ("radio", "weak", ["unc", "unc", "unc", "unc"]),
        ("radio", "unreadable", ["unc", "unc", "unc", "unc"]),
        ("radio", "none", ["unc*", "out", "out", "out"]),
        ("either", "match", ["in", "in", "in", "unc*"]),
        ("either", "weak", ["in", "unc", "unc", "unc"]),
        ("either", "unreadable", ["in", "unc", "not", "out"]),
        ("either", "none", ["in", "unc", "unc", "out"]),
        ("both", "match", ["in", "unc", "unc", "unc*"]),
        ("both", "weak", ["unc", "unc", "unc", "unc"]),
        ("both", "unreadable", ["unc", "unc", "unc", "out"]),
        ("both", "none", ["unc*", "unc", "unc", "out"]),
    ];
    const GPS: [Verdict; 4] = [Verdict::Inside, Verdict::Uncertain, Verdict::NotEvaluated, Verdict::Outside];

    fn word(outcome: RadioOutcome) -> &'static str {
        match (outcome.verdict, outcome.conflict) {
            (Verdict::Inside, false) => "in",
            (Verdict::Outside, false) => "out",
            (Verdict::Uncertain, false) => "unc",
            (Verdict::Uncertain, true) => "unc*",
            (Verdict::NotEvaluated, false) => "not",
            other => panic!("no cell says {other:?}"),
        }
    }

    fn key(policy: &str, evidence: &str) -> (RadioPolicy, RadioEvidence) {
        let policy = (1..=4).filter_map(RadioPolicy::from_int).find(|p| p.code() == policy).unwrap();
        let evidence = match evidence {
            "match" => RadioEvidence::Match,
            "weak" => RadioEvidence::Weak,
            "unreadable" => RadioEvidence::Unreadable,
            "none" => RadioEvidence::None,
            other => panic!("{other}"),
        };
        (policy, evidence)
    }

    #[test]
    fn the_table_cell_by_cell() {
        for (policy, evidence, cells) in TABLE {
            let (p, e) = key(policy, evidence);
            for (gps, cell) in GPS.into_iter().zip(cells) {
                assert_eq!(word(radio_verdict(p, e, gps, false)), cell, "{policy} {evidence} {gps:?}");
                let strict = if (policy, evidence, gps) == ("both", "none", Verdict::Inside) { "out" } else { cell };
                assert_eq!(
                    word(radio_verdict(p, e, gps, true)),
                    strict,
                    "{policy} {evidence} {gps:?}, none is outside"
                );
            }
        }
    }

    #[test]
    fn the_default_policy_is_gps_and_the_best_kind_counts() {
        assert_eq!(RadioPolicy::default(), RadioPolicy::Gps);
        use RadioEvidence::{Match, None, Unreadable, Weak};
        assert_eq!(RadioEvidence::best([None, Weak, Match]), Match);
        assert_eq!(RadioEvidence::best([None, Unreadable]), Unreadable);
        assert_eq!(RadioEvidence::best([Unreadable, Weak]), Weak);
        assert_eq!(RadioEvidence::best([]), Unreadable);
        for e in [Match, Weak, Unreadable, None] {
            assert_eq!(RadioEvidence::from_int(e.to_int()), Some(e));
        }
    }

    #[test]
    fn reasons_keep_what_the_position_said_and_add_what_radio_changed() {
        let gps = |verdict, reasons: &[Reason]| Evaluation {
            verdict,
            reasons: reasons.to_vec(),
            site: None,
            p: None,
            runner_up_p: None,
            distance_mm: None,
            sigma_mm: None,
        };
        let settled =
            apply_radio(gps(Verdict::Uncertain, &[Reason::NearEdge]), RadioPolicy::Either, RadioEvidence::Match, false);
        assert_eq!((settled.verdict, settled.reasons), (Verdict::Inside, vec![Reason::NearEdge, Reason::RadioMatch]));
        let conflict = apply_radio(gps(Verdict::Outside, &[]), RadioPolicy::Either, RadioEvidence::Match, false);
        assert_eq!((conflict.verdict, conflict.reasons), (Verdict::Uncertain, vec![Reason::EvidenceConflict]));
        let unread = apply_radio(gps(Verdict::Inside, &[]), RadioPolicy::Both, RadioEvidence::Unreadable, false);
        assert_eq!((unread.verdict, unread.reasons), (Verdict::Uncertain, vec![Reason::RadioUnreadable]));
        let same = apply_radio(gps(Verdict::Inside, &[]), RadioPolicy::Both, RadioEvidence::Match, false);
        assert_eq!((same.verdict, same.reasons), (Verdict::Inside, vec![]));
    }
}
