//! Whole journals. All tokens have ε = 50 ms, ρ is 200 ppm, every end is 2 ms wider; ends are given in ms after 08:00.

use super::super::{Flag, Limits, PunchTime, Source, WallMs, Word, evaluate};
use super::{B0, B1, B2, EIGHT, HOUR, Journal, MINUTE, ends};

fn punches(journal: &Journal) -> Vec<PunchTime> {
    evaluate(&journal.0, &Limits::default())
}

fn only(journal: &Journal) -> PunchTime {
    let mut punches = punches(journal);
    assert_eq!(punches.len(), 1);
    punches.remove(0)
}

#[test]
fn a_wall_clock_set_back_changes_nothing_but_the_skew() {
    // Anchor at 08:00 (asked at 1,000, arrived at 1,200), offline, wall set back 30 min, tap 80 min after the arrival.
    let tap = 1_200 + 80 * MINUTE;
    let punch = only(&Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, tap, EIGHT + 50 * MINUTE));
    // earliest: −50 + 4,800,000 × 0.9998 − 2 = −50 + 4,799,040 − 2
    // latest: 50 + 4,800,200 × 1.0002 + 2 = 50 + 4,801,160.04 + 2, rounded up
    assert_eq!(ends(&punch.interval), (Some(4_798_988), Some(4_801_213)));
    assert!(punch.interval.allows(WallMs::new(EIGHT + 80 * MINUTE)), "09:20");
    assert_eq!(punch.word, Word::Verified);
    assert_eq!(punch.wall, WallMs::new(EIGHT + 50 * MINUTE), "08:50 is kept");
    // 3,000,000 − (4,798,988 + 4,801,213) / 2 = 3,000,000 − 4,800,100: −1,800 s and the tenth that half a round trip makes
    assert_eq!(punch.skew_ms(), Some(-1_800_100));
    assert_eq!(punch.flags, []);
}

#[test]
fn an_anchor_after_the_tap_verifies_it() {
    // Anchor in B0; reboot; tap in B1 at uptime 20 min; contact in B1 when the server has 18:00, uptime 7 h 50.
    let asked = 7 * HOUR + 50 * MINUTE;
    let journal = Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B1, 20 * MINUTE, EIGHT + 150 * MINUTE).anchor(
        B1,
        asked,
        asked + 300,
        EIGHT + 10 * HOUR,
    );
    let punch = only(&journal);
    // earliest: 36,000,000 − 50 − 27,000,300 × 1.0002 − 2 = 36,000,000 − 50 − 27,005,700.06 − 2, rounded down
    // latest: 36,000,000 + 50 − 27,000,000 × 0.9998 + 2 = 36,000,000 + 50 − 26,994,600 + 2
    assert_eq!(ends(&punch.interval), (Some(8_994_247), Some(9_005_452)));
    assert!(punch.interval.allows(WallMs::new(EIGHT + 150 * MINUTE)), "10:30");
    assert_eq!(punch.word, Word::Verified);
    assert_eq!((punch.interval.earliest_from(), punch.interval.latest_from()), (Source::Token, Source::Token));
}

#[test]
fn a_reboot_after_the_tap_takes_nothing_from_it() {
    // The first case, then a reboot and a contact in B1 at 12:00.
    let tap = 1_200 + 80 * MINUTE;
    let before = Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, tap, EIGHT + 80 * MINUTE);
    let after = Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, tap, EIGHT + 80 * MINUTE).anchor(
        B1,
        500,
        700,
        EIGHT + 4 * HOUR,
    );
    assert_eq!(only(&after).interval, only(&before).interval);
    assert_eq!(only(&after).word, Word::Verified);
}

#[test]
fn a_session_without_anchor_is_bounded_by_its_neighbours() {
    // Anchor at 08:00 in B0, where another entry follows at uptime 30 min; a tap in B1; an anchor in B2 at 12:00.
    let journal = Journal::new()
        .anchor(B0, 1_000, 1_200, EIGHT)
        .reading(B0, 30 * MINUTE)
        .punch(B1, 10_000, EIGHT + 59 * MINUTE)
        .reading(B2, 2_000)
        .anchor(B2, 5_000, 5_400, EIGHT + 4 * HOUR);
    let punch = only(&journal);
    // earliest, of the reading: −50 + (1,800,000 − 1,200) × 0.9998 − 2 = −50 + 1,798,440.24 − 2, rounded down
    // latest, of B2's first reading: 14,400,000 + 50 − 3,000 × 0.9998 + 2 = 14,400,000 + 50 − 2,999.4 + 2, rounded up
    assert_eq!(ends(&punch.interval), (Some(1_798_388), Some(14_397_053)));
    assert_eq!((punch.interval.earliest_from(), punch.interval.latest_from()), (Source::Neighbour, Source::Neighbour));
    assert_eq!(punch.word, Word::Bounded);
    assert_eq!(punch.wall, WallMs::new(EIGHT + 59 * MINUTE), "the wall clock is kept");
    // Due at 09:00: possibly on time, so no automatic "late" and no automatic "on time".
    let due = WallMs::new(EIGHT + HOUR);
    assert!(!punch.interval.lies_after(due) && !punch.interval.lies_before(due));
    // Due at 08:20, even the earliest time is late.
    assert!(punch.interval.lies_after(WallMs::new(EIGHT + 20 * MINUTE)));
}

#[test]
fn hours_asleep_count() {
    // The sleep-counting clock goes on: six hours between anchor and tap are six hours.
    let journal = Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, 1_200 + 6 * HOUR, EIGHT);
    let punch = only(&journal);
    // earliest: −50 + 21,600,000 × 0.9998 − 2; latest: 50 + 21,600,200 × 1.0002 + 2 = 50 + 21,604,520.04 + 2, rounded up
    assert_eq!(ends(&punch.interval), (Some(21_595_628), Some(21_604_573)));
    assert_eq!(punch.word, Word::Verified);
}

#[test]
fn a_tap_while_a_token_is_on_its_way() {
    // Asked at 0, tapped at 400, answered at 900; the anchor commits first.
    let journal = Journal::new().anchor(B0, 0, 900, EIGHT).punch_committed(B0, 400, 905, EIGHT);
    let punch = only(&journal);
    // earliest: −50 − 500 × 1.0002 − 2 = −50 − 500.1 − 2, rounded down; latest: 50 + 400 × 1.0002 + 2 = 50 + 400.08 + 2, rounded up.
    // The anchor's entry (t = 900) came after the tap: its earliest time, −52, is no bound of the tap's.
    assert_eq!(ends(&punch.interval), (Some(-553), Some(453)));
    assert_eq!(punch.word, Word::Verified);
    assert_eq!(punch.flags, []);
}

#[test]
fn a_claim_later_than_the_receipt_is_refused() {
    // The anchor and the tap's reading say 09:20; the server had the entry at 09:00 ± 0.5 s.
    let tap = 1_200 + 80 * MINUTE;
    let journal =
        Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, tap, EIGHT + 80 * MINUTE).received(EIGHT + HOUR, 500);
    let punch = only(&journal);
    assert_eq!(ends(&punch.interval), (None, Some(3_600_502)));
    assert_eq!(punch.interval.latest_from(), Source::Receipt);
    assert_eq!(punch.word, Word::Unverified);
    assert_eq!(punch.flags, [Flag::ClaimRefused]);
}

#[test]
fn a_claim_later_than_a_token_that_signs_it_is_refused() {
    // The punch (entry 2) claims 09:20; a token of the next session, made at 09:00, signs the chain up to it.
    let journal = Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, 1_200 + 80 * MINUTE, EIGHT).anchor_signing(
        2,
        B1,
        700,
        900,
        EIGHT + HOUR,
    );
    let punch = only(&journal);
    assert_eq!(ends(&punch.interval), (None, Some(3_600_052)));
    assert_eq!(punch.interval.latest_from(), Source::Token);
    assert_eq!((punch.word, punch.flags), (Word::Unverified, vec![Flag::ClaimRefused]));
}

#[test]
fn an_anchor_the_server_never_issued_is_a_plain_reading() {
    let journal = Journal::new().reading(B0, 1_200).punch(B0, 1_200 + 80 * MINUTE, EIGHT);
    let punch = only(&journal);
    assert_eq!(ends(&punch.interval), (None, None));
    assert_eq!((punch.word, punch.skew_ms()), (Word::Unverified, None));
}

#[test]
fn a_receipt_closes_the_latest_end_and_no_more() {
    // The first session a phone ever had, no token: received at 09:00 ± 0.5 s, and again later.
    let journal = Journal::new()
        .punch(B0, 5_000, EIGHT)
        .received(EIGHT + HOUR, 500)
        .punch(B0, 9_000, EIGHT)
        .received(EIGHT + 2 * HOUR, 500);
    let punches = punches(&journal);
    assert_eq!(ends(&punches[0].interval), (None, Some(3_600_502)));
    assert_eq!(ends(&punches[1].interval), (None, Some(7_200_502)));
    assert!(punches.iter().all(|punch| punch.word == Word::Unverified && punch.flags.is_empty()));
}

#[test]
fn a_receipt_narrows_and_leaves_the_word() {
    // Tap 1 h after the anchor, received one second later by a server within 100 ms.
    let tap = 1_200 + HOUR;
    let with_receipt = |eps| {
        let journal = Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, tap, EIGHT);
        only(&journal.received(EIGHT + HOUR, eps))
    };
    // tokens: −50 + 3,600,000 × 0.9998 − 2 … 50 + 3,600,200 × 1.0002 + 2 = 3,599,228 … 3,600,972.04 → 3,600,973
    let narrowed = with_receipt(100);
    assert_eq!(ends(&narrowed.interval), (Some(3_599_228), Some(3_600_102)));
    assert_eq!((narrowed.interval.earliest_from(), narrowed.interval.latest_from()), (Source::Token, Source::Receipt));
    assert_eq!(narrowed.word, Word::Verified);
    let untouched = with_receipt(5_000);
    assert_eq!(ends(&untouched.interval), (Some(3_599_228), Some(3_600_973)));
    assert_eq!(untouched.interval.latest_from(), Source::Token);
}

#[test]
fn a_receipt_cannot_make_a_wide_interval_verified() {
    // Tap 90 h after the anchor: 324,000 s × 400 ppm = 129.6 s wide. A receipt cuts it in half; the tokens' width decides.
    let tap = 1_200 + 90 * HOUR;
    let punch =
        only(&Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, tap, EIGHT).received(EIGHT + 90 * HOUR, 0));
    assert!(punch.interval.width_ms().unwrap() < 70_000);
    assert_eq!(punch.word, Word::Bounded);
}

#[test]
fn a_neighbour_narrows_and_leaves_the_word() {
    // Tap 48 h after the anchor in B0, then a reboot and at once an anchor in B1 that was made 48 h after 08:00.
    let tap = 1_200 + 48 * HOUR;
    let journal = Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, tap, EIGHT).reading(B1, 0).anchor(
        B1,
        10_000,
        10_200,
        EIGHT + 48 * HOUR + 40_000,
    );
    let punch = only(&journal);
    // earliest: −50 + 172,800,000 × 0.9998 − 2. latest, of B1's first reading: 172,840,000 + 50 − 10,000 × 0.9998 + 2 = 172,830,054,
    // where the tokens of B0 allow 50 + 172,800,200 × 1.0002 + 2 = 172,834,812.04.
    assert_eq!(ends(&punch.interval), (Some(172_765_388), Some(172_830_054)));
    assert_eq!((punch.interval.earliest_from(), punch.interval.latest_from()), (Source::Token, Source::Neighbour));
    assert_eq!(punch.word, Word::Verified);
}

#[test]
fn a_head_bounds_what_it_signs_without_any_client_clock() {
    // Two punches in B0, no anchor there. A token in B1 signs the first only; both are bounded by B1's first commit, too.
    let journal = Journal::new().punch(B0, 5_000, EIGHT).punch(B0, 9_000, EIGHT).anchor_signing(
        1,
        B1,
        1_000,
        1_400,
        EIGHT + HOUR,
    );
    let punches = punches(&journal);
    // the first: 3,600,000 + 50 + 2; the second, through B1's anchor entry at t = 1,400: 3,600,000 + 50 + 400 × 1.0002 + 2, rounded up
    assert_eq!(ends(&punches[0].interval), (None, Some(3_600_052)));
    assert_eq!(punches[0].interval.latest_from(), Source::Token);
    assert_eq!(ends(&punches[1].interval), (None, Some(3_600_453)));
    assert_eq!(punches[1].interval.latest_from(), Source::Neighbour);
}

#[test]
fn anchors_that_contradict_each_other_leave_their_hull() {
    // Two tokens a minute apart by the phone's clock and five minutes apart by the server's.
    let journal = Journal::new().anchor(B0, 1_000, 1_200, EIGHT).punch(B0, 31_200, EIGHT).anchor(
        B0,
        61_000,
        61_200,
        EIGHT + 5 * MINUTE,
    );
    let punch = only(&journal);
    // first: −50 + 30,000 × 0.9998 − 2 = 29,942 … 50 + 30,200 × 1.0002 + 2 = 30,258.04 → 30,259
    // second: 300,000 − 50 − 30,000 × 1.0002 − 2 = 269,942 … 300,000 + 50 − 29,800 × 0.9998 + 2 = 270,257.96 → 270,258
    assert_eq!(ends(&punch.interval), (Some(29_942), Some(270_258)));
    assert_eq!(punch.flags, [Flag::ClockAnomaly]);
    assert_eq!(punch.word, Word::Bounded, "240 s wide");
}

#[test]
fn a_neighbour_that_leaves_nothing_is_left_aside() {
    // B0 places its last entry at 10:00, B1 its punch at 09:00: one of the two clocks misread, and the tokens of B1 speak for B1.
    let journal = Journal::new().anchor(B0, 1_000, 1_200, EIGHT + 2 * HOUR).punch(B1, 31_200, EIGHT).anchor(
        B1,
        61_000,
        61_200,
        EIGHT + HOUR,
    );
    let punch = only(&journal);
    // 3,600,000 − 50 − 30,000 × 1.0002 − 2 … 3,600,000 + 50 − 29,800 × 0.9998 + 2 = 3,570,257.96, rounded up
    assert_eq!(ends(&punch.interval), (Some(3_569_942), Some(3_570_258)));
    assert_eq!((punch.word, punch.flags), (Word::Verified, vec![Flag::ClockAnomaly]));
}

#[test]
fn neighbours_that_contradict_each_other_are_left_aside() {
    // B0 ends at 10:00 or later, B2 begins at 09:00 or before; B1 between them has no token, but a receipt of 11:00.
    let journal = Journal::new()
        .anchor(B0, 1_000, 1_200, EIGHT + 2 * HOUR)
        .punch(B1, 31_200, EIGHT)
        .anchor(B2, 1_000, 1_200, EIGHT + HOUR)
        .received(EIGHT + 3 * HOUR, 500);
    let punch = only(&journal);
    assert_eq!(ends(&punch.interval), (None, Some(10_800_502)));
    assert_eq!((punch.word, punch.flags), (Word::Unverified, vec![Flag::ClockAnomaly]));
}

#[test]
fn a_refused_claim_bounds_nobody() {
    // B0's readings claim 12:00 for an entry that the server had at 09:00; a later session without a token is not said to be
    // later than 12:00 because of it.
    let journal = Journal::new()
        .anchor(B0, 1_000, 1_200, EIGHT)
        .reading(B0, 4 * HOUR)
        .received(EIGHT + HOUR, 500)
        .punch(B1, 1_000, EIGHT)
        .received(EIGHT + 2 * HOUR, 500);
    let punch = only(&journal);
    // Still later than the anchor's own entry: −50 − 2.
    assert_eq!(ends(&punch.interval), (Some(-52), Some(7_200_502)));
    assert_eq!((punch.word, punch.flags), (Word::Bounded, vec![]));
}
