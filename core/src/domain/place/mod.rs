//! Place verdicts: was the phone inside the fence, outside it, or can nobody tell?
//!
//! ```text
//! RawFix ──parse──▶ Fix ─┐
//!                        ├─ fuse ─▶ position, σ ─┐
//!            more Fixes ─┘                       ├─ per fence: signed distance, P(inside), C ─▶ verdict + reasons
//!                              Candidates ───────┘                                                  │
//!                                              RadioPolicy × RadioEvidence ─────────────────────────┴─▶ final verdict
//! ```
//!
//! **What is promised.** Phone, server and verifier compute the same bits: the inputs are integers (1e-7 degrees, decimetres,
//! milliseconds), exp, sin, cos, atan and hypot come from `libm`, nothing is fused or reordered, every loop has a fixed number
//! of turns, and P is rounded to millionths before it is compared. P depends on nothing but the signed distance and σ in
//! millimetres and the fence's radius, so that a record whose coordinates were erased can still be recomputed.
//!
//! **What is never done.** P alone never says "outside" (when σ is much larger than the fence, P is small wherever the person
//! stands); several fixes never claim to be better than one (their errors are not independent); a coarse, stale or mocked fix is
//! `uncertain` with its reason, never a refusal.
//!
//! **State and crashes.** There is none: these are functions from values to values. A caller that dies between two of them
//! leaves nothing behind, and the same inputs give the same answer after the restart.
//!
//! | file | idea |
//! |---|---|
//! | `units` | the numbers a record holds, each parsed once with its limits |
//! | `fix` | what the platform said about a position |
//! | `plane` | metres from degrees |
//! | `sigma` | metres of doubt from a platform's accuracy |
//! | `circle` | P(inside) of a circle |
//! | `fence` | a fence measured from a position |
//! | `fusion` | one position from several fixes |
//! | `verdict` | inside, outside, uncertain or not evaluated, and why |
//! | `radio` | what Wi-Fi and beacons add |

mod circle;
mod error;
mod fence;
mod fix;
mod fusion;
mod plane;
mod radio;
mod reason;
mod sigma;
#[cfg(test)]
mod simulation;
mod units;
mod verdict;

pub use circle::probability_inside_circle;
pub use error::PlaceError;
pub use fence::{Candidate, Candidates, Fence, Measure, SiteId};
pub use fix::{Fix, Mock, Platform, Precise, Provider, RawFix};
pub use fusion::{Fused, fuse};
pub use plane::{Plane, distance_m};
pub use radio::{RadioEvidence, RadioOutcome, RadioPolicy, apply_radio, radio_verdict};
pub use reason::{Help, Reason};
pub use sigma::{MAX_FIX_AGE_MS, STALE_FIX_AGE_MS, sigma_mm};
pub use units::{AccuracyDm, AltitudeDm, Datum, LatE7, LonE7, Probability, RadiusMm, SpeedCmS, Wgs84};
pub use verdict::{Evaluation, LocationConsent, Thresholds, Verdict, evaluate, taken};
