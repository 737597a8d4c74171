//! Units, intervals, words, histories and jumps, one by one.

use super::super::{
    Anchor, Bound, Entry, Fact, Flag, History, Interval, Limits, Ppm, SessionMs, Source, TimeError, WallMs, Word,
    interval_for_tap, wall_jump,
};
use super::{B0, B1, EIGHT, HOUR, anchor, ends, ms};

#[test]
fn wall_times_from_outside_are_between_2000_and_2100() {
    // 30 years with 7 leap days: 10,957 days; 130 years with 32 leap days (2000 is one, 2100 not yet): 47,482 days.
    assert_eq!(WallMs::EARLIEST.get(), 10_957 * 86_400_000);
    assert_eq!(WallMs::LATEST.get(), 47_482 * 86_400_000);
    assert_eq!(WallMs::parse("tap_wall_ms", 946_684_800_000).map(WallMs::get), Ok(946_684_800_000));
    assert_eq!(WallMs::parse("tap_wall_ms", 4_102_444_800_000).map(WallMs::get), Ok(4_102_444_800_000));
    let early = WallMs::parse("tap_wall_ms", 946_684_799_999).unwrap_err();
    assert_eq!(early.to_string(), "tap_wall_ms is 946684799999; give at least 946684800000");
    assert_eq!(early.code(), "time_below_limit");
    let late = WallMs::parse("server_ms", 4_102_444_800_001).unwrap_err();
    assert_eq!(late.to_string(), "server_ms is 4102444800001; give at most 4102444800000");
    assert_eq!(late.code(), "time_above_limit");
    assert!(WallMs::parse("x", i64::MIN).is_err() && WallMs::parse("x", i64::MAX).is_err());
}

#[test]
fn readings_and_drift_bounds_have_limits() {
    assert!(SessionMs::parse("t", 3_155_760_000_000).is_ok());
    assert!(matches!(SessionMs::parse("t", 3_155_760_000_001), Err(TimeError::Above { field: "t", .. })));
    assert!(Ppm::parse("rho", 999_999).is_ok());
    assert!(matches!(Ppm::parse("rho", 1_000_000), Err(TimeError::Above { field: "rho", .. })));
    assert_eq!(Ppm::default().get(), 200);
}

#[test]
fn an_anchor_arrives_after_it_was_asked_for() {
    let backwards = Anchor::new(B0, ms(5), ms(4), WallMs::new(EIGHT), 0);
    assert_eq!(backwards, Err(TimeError::Below { field: "b1", value: 4, limit: 5 }));
    assert!(Anchor::new(B0, ms(5), ms(5), WallMs::new(EIGHT), 0).is_ok());
}

#[test]
fn the_three_formulas_meet_where_they_meet() {
    // S = 0, ε = 50, b₀ = 10,000, b₁ = 20,000; widened by 2 ms.
    let at = |b| ends(&anchor(B0, 10_000, 20_000, EIGHT).interval_at(ms(b), Ppm::DEFAULT));
    // before: −50 − (20,000 − 5,000) × 1.0002 − 2 = −15,055; 50 − 5,000 × 0.9998 + 2 = −4,947
    assert_eq!(at(5_000), (Some(-15_055), Some(-4_947)));
    // at b₀: −50 − 10,000 × 1.0002 − 2 = −10,054; 50 + 2
    assert_eq!(at(10_000), (Some(-10_054), Some(52)));
    // meanwhile: −50 − 5,000 × 1.0002 − 2 = −5,053; 50 + 5,000 × 1.0002 + 2 = 5,053
    assert_eq!(at(15_000), (Some(-5_053), Some(5_053)));
    // at b₁: −50 − 2; 50 + 10,000 × 1.0002 + 2 = 10,054
    assert_eq!(at(20_000), (Some(-52), Some(10_054)));
    // after: −50 + 5,000 × 0.9998 − 2 = 4,947; 50 + 15,000 × 1.0002 + 2 = 15,055
    assert_eq!(at(25_000), (Some(4_947), Some(15_055)));
    // A fraction goes outwards: 1 ms after, 0.9998 is floored to 0 and 10,001 × 1.0002 = 10,003.0002 is ceiled.
    assert_eq!(at(20_001), (Some(-52), Some(10_056)));
}

#[test]
fn ends_before_1970_are_rounded_outwards_too() {
    // S = 1970-01-01, ε = 0, b₀ = b₁ = 10,001, at reading 0: −10,001 × 1.0002 = −10,003.0002 is floored, −10,001 × 0.9998 = −9,998.9998
    // is ceiled; then 2 ms.
    let old = Anchor::new(B0, ms(10_001), ms(10_001), WallMs::new(0), 0).unwrap().interval_at(ms(0), Ppm::DEFAULT);
    assert_eq!(old.earliest.map(|bound| bound.at.get()), Some(-10_006));
    assert_eq!(old.latest.map(|bound| bound.at.get()), Some(-9_996));
}

#[test]
fn absurd_readings_end_at_the_ends_of_time() {
    let far = anchor(B0, 0, 0, i64::MAX).interval_at(SessionMs::new(u64::MAX), Ppm::DEFAULT);
    assert_eq!(far.latest.map(|bound| bound.at.get()), Some(i64::MAX));
    let long_ago = Anchor::new(B0, SessionMs::new(u64::MAX), SessionMs::new(u64::MAX), WallMs::new(i64::MIN), u32::MAX)
        .unwrap()
        .interval_at(ms(0), Ppm::DEFAULT);
    assert_eq!(long_ago.earliest.map(|bound| bound.at.get()), Some(i64::MIN));
    assert_eq!(long_ago.width_ms(), Some(0));
}

#[test]
fn an_anchor_before_and_one_after_the_tap_intersect() {
    // 08:00 at 0, 10:00 at 7,200,000, each with a round trip of 200 ms; the tap an hour in between.
    let anchors = [anchor(B0, 0, 200, EIGHT), anchor(B0, 7_200_000, 7_200_200, EIGHT + 2 * HOUR)];
    let known = interval_for_tap(&anchors, ms(3_600_000), Ppm::DEFAULT);
    // first: −50 + 3,599,800 × 0.9998 − 2 = 3,599,028.04, rounded down; 50 + 3,600,000 × 1.0002 + 2 = 3,600,772
    // second: 7,200,000 − 50 − 3,600,200 × 1.0002 − 2 = 3,599,027.96, rounded down; 7,200,000 + 50 − 3,600,000 × 0.9998 + 2 = 3,600,772
    assert_eq!(ends(&known.interval), (Some(3_599_028), Some(3_600_772)));
    assert!(!known.clock_anomaly);
    assert_eq!(Word::of_tokens(&known.interval, &Limits::default()), Word::Verified);
}

#[test]
fn without_an_anchor_nothing_is_known() {
    let known = interval_for_tap(&[], ms(5), Ppm::DEFAULT);
    assert_eq!((known.interval, known.clock_anomaly), (Interval::OPEN, false));
    assert_eq!(Word::of_tokens(&known.interval, &Limits::default()), Word::Unverified);
}

fn interval(earliest: Option<i64>, latest: Option<i64>, from: Source) -> Interval {
    let bound = |at| Bound { at: WallMs::new(at), from };
    Interval { earliest: earliest.map(bound), latest: latest.map(bound) }
}

#[test]
fn meeting_narrows_and_keeps_the_first_source_of_equal_ends() {
    let token = interval(Some(10), Some(20), Source::Token);
    let met = token.meet(interval(Some(10), Some(15), Source::Neighbour)).unwrap();
    assert_eq!((met.earliest_from(), met.latest_from()), (Source::Token, Source::Neighbour));
    assert_eq!(met.width_ms(), Some(5));
    assert_eq!(token.meet(interval(Some(20), None, Source::Receipt)).unwrap().width_ms(), Some(0));
    assert_eq!(token.meet(interval(Some(21), None, Source::Receipt)), None);
    assert_eq!(token.meet(Interval::OPEN), Some(token));
    assert_eq!(Interval::OPEN.meet(token), Some(token));
}

#[test]
fn a_hull_holds_both_and_is_open_where_either_is() {
    let (one, other) = (interval(Some(10), Some(20), Source::Token), interval(Some(30), Some(40), Source::Token));
    assert_eq!(one.hull(other), interval(Some(10), Some(40), Source::Token));
    assert_eq!(other.hull(one), one.hull(other));
    assert_eq!(one.hull(interval(None, Some(5), Source::Token)), interval(None, Some(20), Source::Token));
}

#[test]
fn verdicts_need_the_whole_interval() {
    let known = interval(Some(10), Some(21), Source::Token);
    let at = WallMs::new;
    assert!(known.lies_after(at(9)) && !known.lies_after(at(10)));
    assert!(known.lies_before(at(22)) && !known.lies_before(at(21)));
    assert!(known.allows(at(10)) && known.allows(at(21)) && !known.allows(at(9)) && !known.allows(at(22)));
    assert!(!Interval::OPEN.lies_after(at(0)) && !Interval::OPEN.lies_before(at(0)) && Interval::OPEN.allows(at(0)));
    assert_eq!(known.midpoint(), Some(at(15)));
    assert_eq!(interval(Some(-10), Some(-1), Source::Token).midpoint(), Some(at(-6)));
    assert_eq!(interval(Some(1), None, Source::Token).midpoint(), None);
}

#[test]
fn numbers_and_names_are_stable() {
    let words = [Word::Verified, Word::Bounded, Word::Unverified];
    assert_eq!(words.map(Word::number), [1, 2, 3]);
    assert_eq!(words.map(Word::code), ["verified", "bounded", "unverified"]);
    assert_eq!([0, 1, 2, 3, 4].map(Word::from_number), [None, Some(words[0]), Some(words[1]), Some(words[2]), None]);
    let sources = [Source::Token, Source::Receipt, Source::Gnss, Source::Neighbour, Source::None];
    assert_eq!(sources.map(Source::code), ["token", "receipt", "gnss", "neighbour", "none"]);
    assert_eq!([Flag::ClockAnomaly, Flag::ClaimRefused].map(Flag::code), ["clock_anomaly", "claim_refused"]);
    assert!(words.iter().all(|word| serde_json::to_value(word).unwrap() == word.code()));
    assert!(sources.iter().all(|source| serde_json::to_value(source).unwrap() == source.code()));
}

#[test]
fn the_word_depends_on_the_width_to_the_millisecond() {
    let limits = Limits::default();
    let word = |width| Word::of_tokens(&interval(Some(0), Some(width), Source::Token), &limits);
    assert_eq!(word(120_000), Word::Verified);
    assert_eq!(word(120_001), Word::Bounded);
    let strict = Limits { verified_width_ms: 1_000, ..limits };
    assert_eq!(Word::of_tokens(&interval(Some(0), Some(1_001), Source::Token), &strict), Word::Bounded);
    // One end by a token, the other by a neighbour: known, and never Verified, however narrow.
    let tokens = interval(None, Some(10), Source::Token);
    assert_eq!(Word::of(&tokens, &interval(Some(9), Some(10), Source::Neighbour), &limits), Word::Bounded);
    assert_eq!(Word::of(&tokens, &tokens, &limits), Word::Unverified);
}

#[test]
fn a_wall_clock_that_was_set_is_reported_with_its_sign() {
    let reading = |wall: i64, t: i64| (WallMs::new(EIGHT + wall), ms(t));
    let jump = |wall: i64, t: i64| wall_jump(reading(0, 1_000), reading(wall, 1_000 + t), Ppm::DEFAULT);
    assert_eq!(jump(3_600_000, 3_600_000), None);
    // An hour on, ρΔ = 720 ms: 2,720 ms of change may be drift and a small correction, 2,721 may not.
    assert_eq!(jump(3_602_720, 3_600_000), None);
    assert_eq!(jump(3_602_721, 3_600_000), Some(2_721));
    assert_eq!(jump(3_597_280, 3_600_000), None);
    assert_eq!(jump(3_597_279, 3_600_000), Some(-2_721));
    // Set back by 30 minutes within ten seconds (ρΔ = 2 ms).
    assert_eq!(jump(10_000 - 1_800_000, 10_000), Some(-1_800_000));
    assert_eq!(jump(2_001, 0), Some(2_001));
    assert_eq!(jump(2_000, 0), None);
}

fn entry(seq: u64, session: super::SessionId, t: i64, fact: Fact) -> Entry {
    Entry { seq, session, t: ms(t), wall: WallMs::new(EIGHT), fact }
}

#[test]
fn a_history_refuses_what_cannot_have_happened() {
    let mut history = History::new();
    let tap = |tap| Fact::Punch { tap: ms(tap), tap_wall: WallMs::new(EIGHT) };
    let token = |session, b1, head_seq| Fact::Anchor { anchor: anchor(session, 0, b1, EIGHT), head_seq };
    let mut refused = |entry, because: TimeError| assert_eq!(history.commit(entry), Err(because));
    refused(entry(3, B0, 100, tap(101)), TimeError::Above { field: "tap_ms", value: 101, limit: 100 });
    refused(entry(3, B0, 100, token(B0, 101, 0)), TimeError::Above { field: "b1", value: 101, limit: 100 });
    refused(entry(3, B0, 100, token(B0, 50, 3)), TimeError::Above { field: "head_seq", value: 3, limit: 2 });
    refused(entry(3, B0, 100, token(B1, 50, 0)), TimeError::OtherSession { seq: 3 });

    history.commit(entry(3, B0, 100, token(B0, 100, 2))).unwrap();
    let mut refused = |entry, because: TimeError| assert_eq!(history.commit(entry), Err(because));
    refused(entry(3, B0, 100, Fact::Reading), TimeError::Below { field: "seq", value: 3, limit: 4 });
    refused(entry(4, B0, 99, Fact::Reading), TimeError::Below { field: "t_session_ms", value: 99, limit: 100 });

    history.commit(entry(4, B0, 100, tap(0))).unwrap();
    history.commit(entry(9, B1, 0, Fact::Reading)).unwrap();
    let returned = history.commit(entry(10, B0, 200, Fact::Reading)).unwrap_err();
    assert_eq!(returned, TimeError::SessionReturned { seq: 10 });
    assert_eq!(returned.code(), "session_returned");
    assert_eq!(history.entries().len(), 3, "what was refused was not added");
}
