use proptest::prelude::*;

use super::super::fence::{Candidate, Fence};
use super::super::fix::{Platform, Provider};
use super::super::units::{AccuracyDm, RadiusMm, Wgs84};
use super::*;

/// On the equator: `metres` east of 10°, where 1 m is 1/111,319.49 of a degree.
fn fix(metres: f64, accuracy_dm: u32) -> Fix {
    Fix {
        position: Wgs84::from_degrees(0.0, 10.0 + metres / 111_319.49).unwrap(),
        accuracy: AccuracyDm::new(accuracy_dm).unwrap(),
        altitude: None,
        age_ms: 0,
        platform: Platform::Ios,
        provider: Provider::Fused,
        mock: Mock::False,
        precise: Precise::On,
        speed: None,
    }
}

fn circle(metres: f64, radius: f64) -> Fence {
    Fence::Circle { centre: fix(metres, 1).position, radius: RadiusMm::from_metres(radius).unwrap() }
}

fn site(n: u8) -> SiteId {
    SiteId([n; 16])
}

fn judge_many(fixes: &[Fix], fences: &[Fence], disjoint: bool) -> Evaluation {
    let places: Vec<_> = (1..).zip(fences).map(|(n, fence)| Candidate { site: site(n), fence }).collect();
    let candidates = Candidates { places: &places, disjoint };
    evaluate(fixes, &candidates, &Thresholds::default(), LocationConsent::Given)
}

fn judge(fixes: &[Fix]) -> Evaluation {
    judge_many(fixes, &[circle(0.0, 100.0)], true)
}

fn word(e: &Evaluation) -> (&'static str, Vec<&'static str>) {
    (e.verdict.code(), e.reasons.iter().map(|r| r.code()).collect())
}

/// At the centre P = 1 − exp(−R²/2σ²): R = 100 m, accuracy 50 m → σ = 35.355 m (to the
/// millimetre) → R²/2σ² = 4.000077 → P = 1 − 0.0183142 = 0.981686.
#[test]
fn in_the_middle_with_a_good_fix_is_inside() {
    let e = judge(&[fix(0.0, 500)]);
    assert_eq!(word(&e), ("inside", vec![]));
    assert_eq!((e.p.unwrap().get(), e.distance_mm, e.sigma_mm), (981_686, Some(-100_000), Some(35_355)));
    assert_eq!((e.site, e.runner_up_p, e.what_would_help()), (Some(site(1)), None, None));
}

/// σ decides which side of 0.95 the centre falls on: 1 − exp(−R²/2σ²) = 0.95 at σ = 100/2.4477 = 40.854 m, an accuracy of 57.776 m.
#[test]
fn the_threshold_is_where_it_is_said_to_be() {
    assert_eq!(word(&judge(&[fix(0.0, 577)])), ("inside", vec![]));
    assert_eq!(word(&judge(&[fix(0.0, 578)])), ("uncertain", vec!["near_edge"]));
    // 58 m on Android is σ = 38.42 m: inside. A factor taken from the wrong platform is seen here.
    assert_eq!(judge(&[Fix { platform: Platform::Android, ..fix(0.0, 580) }]).verdict, Verdict::Inside);
}

/// C = 0.05 at s = 2.4477 σ; accuracy 20 m → σ = 14.142 m → s = 34.616 m.
#[test]
fn outside_begins_at_2_448_sigma_from_the_fence() {
    assert_eq!(word(&judge(&[fix(134.5, 200)])), ("uncertain", vec!["near_edge"]));
    assert_eq!(word(&judge(&[fix(134.7, 200)])), ("outside", vec![]));
    let far = judge(&[fix(500_000.0, 200)]);
    assert_eq!((far.verdict, far.p, far.site), (Verdict::Outside, Some(Probability::ZERO), Some(site(1))));
}

#[test]
fn a_small_p_alone_is_not_outside() {
    let e = judge_many(&[fix(20.0, 2_500)], &[circle(0.0, 50.0)], true);
    assert!(e.p.unwrap().get() < 50_000);
    assert_eq!(word(&e), ("uncertain", vec!["near_edge"]));
    assert_eq!(e.what_would_help(), Some(Help::BetterFix));
}

#[test]
fn what_cannot_be_evaluated_says_why() {
    let cases: [(&[Fix], &[&str]); 6] = [
        (&[], &["no_fix"]),
        (&[fix(0.0, 0)], &["no_accuracy"]),
        (&[Fix { age_ms: -1, ..fix(0.0, 100) }], &["fix_from_future"]),
        (&[Fix { age_ms: 300_001, ..fix(0.0, 100) }], &["fix_too_old"]),
        (&[Fix { age_ms: i64::MAX, ..fix(0.0, 0) }], &["fix_too_old"]),
        (&[Fix { age_ms: i64::MIN, ..fix(0.0, 100) }, fix(0.0, 0), fix(1.0, 0)], &["no_accuracy", "fix_from_future"]),
    ];
    for (fixes, reasons) in cases {
        let e = judge(fixes);
        assert_eq!(word(&e), ("not_evaluated", reasons.to_vec()));
        assert_eq!((e.site, e.p, e.distance_mm, e.sigma_mm), (None, None, None, None));
        assert_eq!(e.what_would_help(), Some(Help::FreshFix));
    }
    assert_eq!(word(&judge_many(&[fix(0.0, 100)], &[], true)), ("not_evaluated", vec!["no_fence"]));
    assert_eq!(word(&judge_many(&[], &[], true)), ("not_evaluated", vec!["no_fence", "no_fix"]));
}

#[test]
fn without_consent_nothing_is_looked_at() {
    let fence = circle(0.0, 100.0);
    let places = [Candidate { site: site(1), fence: &fence }];
    let candidates = Candidates { places: &places, disjoint: true };
    let e = evaluate(&[fix(0.0, 100)], &candidates, &Thresholds::default(), LocationConsent::Withheld);
    assert_eq!(e, Evaluation::not_evaluated(vec![Reason::NoConsent]));
    assert_eq!(e.what_would_help(), Some(Help::GiveConsent));
}

#[test]
fn what_alone_decides_nothing_is_uncertain_with_its_reason() {
    let big = [circle(0.0, 20_000.0)];
    let cases = [
        (Fix { precise: Precise::Off, ..fix(0.0, 100) }, "precise_off", Some(Help::AllowPrecise)),
        (Fix { age_ms: 60_001, ..fix(0.0, 100) }, "stale_fix", Some(Help::FreshFix)),
        (Fix { age_ms: 300_000, ..fix(0.0, 100) }, "stale_fix", Some(Help::FreshFix)),
        (Fix { mock: Mock::True, ..fix(0.0, 100) }, "mock_fix", None),
        (fix(0.0, 10_001), "coarse_fix", Some(Help::BetterFix)),
    ];
    for (f, reason, help) in cases {
        for place in [f, Fix { position: fix(900_000.0, 1).position, ..f }] {
            let e = judge_many(&[place], &big, true);
            assert_eq!(word(&e), ("uncertain", vec![reason]));
            assert_eq!(e.what_would_help(), help);
            assert!(e.p.is_some() && e.distance_mm.is_some());
        }
    }
    assert_eq!(judge_many(&[fix(0.0, 10_000)], &big, true).verdict, Verdict::Inside, "1,000 m is not coarse");
    assert_eq!(judge_many(&[Fix { age_ms: 60_000, ..fix(0.0, 100) }], &big, true).verdict, Verdict::Inside);
    assert_eq!(
        judge_many(&[Fix { mock: Mock::Absent, precise: Precise::Absent, ..fix(0.0, 100) }], &big, true).verdict,
        Verdict::Inside
    );
}

#[test]
fn a_clean_fix_stands_in_for_the_others_but_not_for_a_mocked_one() {
    let stale = Fix { age_ms: 90_000, ..fix(300.0, 100) };
    let future = Fix { age_ms: -5, ..fix(300.0, 100) };
    let clean = judge(&[stale, fix(0.0, 100), fix(5_000.0, 20_000), future, fix(9.0, 0)]);
    assert_eq!(clean, judge(&[fix(0.0, 100)]));
    let mocked = judge(&[fix(0.0, 100), Fix { mock: Mock::True, ..stale }]);
    assert_eq!(word(&mocked), ("uncertain", vec!["mock_fix"]));
    let both = judge(&[stale, fix(0.0, 20_000)]);
    assert_eq!(word(&both), ("uncertain", vec!["coarse_fix", "stale_fix"]));
}

#[test]
fn a_rejected_fix_says_nothing_even_if_mocked() {
    let old_mock = Fix { age_ms: 400_000, mock: Mock::True, ..fix(0.0, 100) };
    assert_eq!(judge(&[fix(0.0, 100), old_mock]).verdict, Verdict::Inside);
}

/// Two touching fences seen from the point where they touch, σ small: each has P just below ½ and together they hold the person,
/// except for the two wedges beyond their edges.
#[test]
fn two_half_covered_neighbours_add_up_if_shown_to_be_disjoint() {
    let fences = [circle(-1_000.0, 1_000.0), circle(1_000.0, 1_000.0)];
    let apart = judge_many(&[fix(0.0, 43)], &fences, true);
    let maybe = judge_many(&[fix(0.0, 43)], &fences, false);
    assert_eq!(apart.verdict, Verdict::Inside);
    assert_eq!(word(&maybe), ("uncertain", vec!["near_edge"]));
    let (one, two) = (maybe.p.unwrap().get(), maybe.runner_up_p.unwrap().get());
    assert_eq!(apart.p.unwrap().get(), one + two);
    assert!((490_000..500_000).contains(&one) && (490_000..=one).contains(&two), "{one} {two}");
}

#[test]
fn the_likeliest_site_is_named_then_the_nearest_then_the_lowest_id() {
    let fences = [circle(-150.0, 100.0), circle(20.0, 100.0), circle(5_000.0, 100.0)];
    let e = judge_many(&[fix(0.0, 200)], &fences, true);
    assert_eq!((e.verdict, e.site), (Verdict::Inside, Some(site(2))));
    assert!(e.runner_up_p.unwrap() < e.p.unwrap());
    assert_eq!(judge_many(&[fix(3_000.0, 100)], &fences, true).site, Some(site(3)), "P is 0 everywhere");
    assert_eq!(judge_many(&[fix(0.0, 100)], &[circle(0.0, 50.0); 3], false).site, Some(site(1)));
    assert_eq!(
        judge_many(&[fix(0.0, 100)], &[circle(0.0, 50.0); 3], true).p,
        Some(Probability::ONE),
        "a sum ends at one"
    );
}

/// σ = 14.142 m: 40 m from one fence is outside of it, 20 m from the other is not.
#[test]
fn outside_needs_every_candidate() {
    let fences = [circle(-140.0, 100.0), circle(120.0, 100.0)];
    assert_eq!(judge_many(&[fix(0.0, 200)], &fences[..1], true).verdict, Verdict::Outside);
    assert_eq!(judge_many(&[fix(0.0, 200)], &fences, true).verdict, Verdict::Uncertain);
}

#[test]
fn thresholds_come_from_the_rules() {
    let p = |millionths| Probability::new(millionths).unwrap();
    let strict = Thresholds::new(p(990_000), p(1_000)).unwrap();
    let fence = circle(0.0, 100.0);
    let places = [Candidate { site: site(1), fence: &fence }];
    let candidates = Candidates { places: &places, disjoint: true };
    let verdict = |f| evaluate(&[f], &candidates, &strict, LocationConsent::Given).verdict;
    assert_eq!(verdict(fix(0.0, 500)), Verdict::Uncertain, "P = 0.981686");
    assert_eq!(verdict(fix(136.0, 200)), Verdict::Uncertain, "C = exp(-3.24) = 0.039");
    assert_eq!(Thresholds::new(p(500), p(500)).unwrap_err().code(), "place_thresholds_crossed");
    assert_eq!((Thresholds::default().p_in().get(), Thresholds::default().c_out().get()), (950_000, 50_000));
}

#[test]
fn recorded_integers_come_back() {
    for n in 0..4 {
        assert_eq!(Verdict::from_int(n).unwrap().to_int(), n);
    }
    assert_eq!(Verdict::from_int(4), None);
}

prop_compose! {
    fn any_fix()(
        lat in -900_000_000..=900_000_000_i32, lon in -1_800_000_000..=1_800_000_000_i32, near in any::<bool>(),
        accuracy in 0..=100_000_000_u32, good in any::<bool>(), age_ms in prop_oneof![Just(0_i64), -10..400_000_i64, any::<i64>()],
        platform in 1..=3_u32, mock in 0..=2_u32, precise in 0..=2_u32,
    ) -> Fix {
        let here = fix(f64::from(lat) / 1e6, 1).position;
        let there = Wgs84 { lat: super::super::units::LatE7::new(lat).unwrap(), lon: super::super::units::LonE7::new(lon).unwrap() };
        Fix {
            position: if near { here } else { there },
            accuracy: AccuracyDm::new(if good { accuracy % 2_000 } else { accuracy }).unwrap(),
            age_ms,
            platform: Platform::from_int(platform),
            mock: Mock::from_int(mock).unwrap(),
            precise: Precise::from_int(precise).unwrap(),
            ..fix(0.0, 1)
        }
    }
}

proptest! {
    /// Every evaluation is whole, and the order of the candidates means nothing.
    #[test]
    fn every_evaluation_is_whole(fixes in prop::collection::vec(any_fix(), 0..6), disjoint in any::<bool>()) {
        let fences = [circle(0.0, 100.0), circle(150.0, 40.0), circle(20_000.0, 19_000.0)];
        let e = judge_many(&fixes, &fences, disjoint);
        let evaluated = e.verdict != Verdict::NotEvaluated;
        for there in [e.site.is_some(), e.p.is_some(), e.runner_up_p.is_some(), e.distance_mm.is_some(), e.sigma_mm.is_some()] {
            prop_assert_eq!(there, evaluated);
        }
        let decided = matches!(e.verdict, Verdict::Inside | Verdict::Outside);
        prop_assert_eq!(e.reasons.is_empty(), decided);
        if evaluated {
            prop_assert!(e.sigma_mm.unwrap() >= 3_000);
        }

        let mut places: Vec<_> = (1..).zip(&fences).map(|(n, fence)| Candidate { site: site(n), fence }).collect();
        places.rotate_left(1);
        let turned = Candidates { places: &places, disjoint };
        prop_assert_eq!(evaluate(&fixes, &turned, &Thresholds::default(), LocationConsent::Given), e);
    }
}
