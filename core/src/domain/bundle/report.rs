//! What a verification found, in words for programs: per punch what holds, what is not shown, what is missing, what fails.

use crate::domain::ids::{Kid, PunchId};
use crate::domain::open_enum::open_enum;
use crate::domain::time::{Interval, Word};

open_enum! {
    /// Something that holds for a punch, or is missing for it.
    pub enum Claim {
        /// The entry is unchanged and in its place: its payload and groups lead through the chain to a signed head.
        Chain = 1 => "chain",
        /// The device's key signed a head that speaks for it.
        Signature = 2 => "signature",
        /// The tenant's CA vouches for that key, and the certificate was valid when the server had the entry.
        Device = 3 => "device",
        /// The tenant's CA says whose journal it is.
        Enrolment = 4 => "enrolment",
        /// The name is the one the statement commits to.
        Name = 5 => "name",
        /// The server's log holds a leaf that says it had the entry, and when.
        Receipt = 6 => "receipt",
        /// The time is known, as its word says.
        Time = 7 => "time",
        /// The rule set that the punch pins is in the server's log.
        Rules = 8 => "rules",
        /// The place verdict follows from the fixes and the site's fence.
        Place = 9 => "place",
        /// The photo is the one the entry commits to.
        Photo = 10 => "photo",
        /// The note is the one the entry commits to.
        Note = 11 => "note",
        /// Nothing that bears on the time was left out.
        AllEvidence = 12 => "all_evidence",
        /// The fixes are not shown; the verdict follows from the distance and σ that the entry commits to.
        PlaceFigures = 13 => "place_figures",
    }
}

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Fail {
    /// What: a claim's code, or a part of the container.
    pub what: String,
    /// Why, in English, for people.
    pub why: String,
}

impl Fail {
    /// A failure.
    pub fn new(what: impl Into<String>, why: impl std::fmt::Display) -> Self {
        Self { what: what.into(), why: why.to_string() }
    }
}

/// The time of a punch as the bundle shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TimeReport {
    /// True time lies in here.
    pub interval: Interval,
    /// The word.
    pub word: Word,
    /// What the phone's wall clock showed, UTC ms.
    pub wall_ms: i64,
    /// The wall clock's offset from UTC, minutes.
    pub offset_min: i16,
}

/// The place of a punch as the bundle shows it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PlaceReport {
    /// The verdict's code.
    pub verdict: String,
    /// The reasons' codes; `unknown` for those of a later version.
    pub reasons: Vec<&'static str>,
    /// P(inside), 0 to 1 in millionths.
    pub p_millionths: Option<u64>,
    /// Signed distance to the fence in mm, negative inside.
    pub distance_mm: Option<i64>,
    /// The site's name, where its publication is shown.
    pub site: Option<String>,
}

/// What a bundle shows of one punch.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct PunchReport {
    /// The punch.
    pub id: PunchId,
    /// Its place in the journal.
    pub seq: u64,
    /// What was asked for.
    pub asked: &'static str,
    /// The type, for a field check-in.
    pub field: Option<&'static str>,
    /// Whose journal it is: the employee's id, where the statement holds.
    pub employee: Option<String>,
    /// The employee's name, where it is shown and holds.
    pub name: Option<String>,
    /// When.
    pub time: Option<TimeReport>,
    /// Where.
    pub place: Option<PlaceReport>,
    /// When the server had it, UTC ms.
    pub received_ms: Option<i64>,
    /// Claims that hold.
    pub holds: Vec<Claim>,
    /// Groups that the entry has and the bundle does not show.
    pub redacted: Vec<&'static str>,
    /// Claims that the bundle lacks something for.
    pub missing: Vec<Claim>,
    /// Claims that fail.
    pub fails: Vec<Fail>,
}

/// Whether the verifier was given a root to trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// Yes, and the bundle was checked against it.
    Given,
    /// No: only inner consistency was shown.
    NotGiven,
}

/// What a bundle shows.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// The punches that are shown, by journal, epoch and seq.
    pub punches: Vec<PunchReport>,
    /// Failures of the container, of trust, or of parts that belong to no single punch.
    pub fails: Vec<Fail>,
    /// The fingerprint of the root that the bundle was made under.
    pub root: Option<Kid>,
    /// Whether a root was given.
    pub trust: Trust,
    /// Nothing fails.
    pub ok: bool,
}
