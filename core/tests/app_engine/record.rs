//! The record by local days: which day a punch is in, what a month marks, one punch in full.
//!
//! Times are written as `date -u -d 2026-03-28T15:00:00Z +%s` gives them.

use crate::phone::*;
use daka_core::adapters::crypto::Ring;
use daka_core::app::views::{Mark, PhotoPlace, SignalCode, WhyArg, WhyCode};
use daka_core::app::{DakaError, PhotoError, PunchRequest, PunchResult};
use daka_core::domain::bundle::verify;
use daka_core::domain::calendar::{LocalDate, Month};
use daka_core::domain::ids::{Hash32, PunchId};
use daka_core::domain::journal::{Asked, FieldType};
use daka_core::domain::place::{RawFix, Reason};
use daka_core::domain::time::{Source, Word};
use daka_core::ports::{Clock as _, EntryState, PhotoStore as _};
use daka_core::testkit::wire_server::WireServer;
use daka_core::testkit::{FakeClock, write};

const HOUR: u64 = 3_600_000;

/// Enrolled, with a clock that shows `ms`.
fn phone_at(ms: i64) -> Phone {
    let clock = FakeClock::new(ms);
    let server = WireServer::new(&clock);
    let phone = Phone::at(clock, server);
    phone.enrol().unwrap();
    phone.consent(true);
    phone
}

fn date(text: &str) -> LocalDate {
    LocalDate::parse("date", text).unwrap()
}

fn ids(phone: &Phone, text: &str) -> Vec<PunchId> {
    phone.engine().day(date(text)).unwrap().punches.iter().map(|l| l.id).collect()
}

/// Lets time pass until the true clock shows `ms`.
fn until(phone: &Phone, ms: i64) {
    phone.clock.advance(u64::try_from(ms - phone.clock.true_ms()).unwrap());
}

fn punch_at(phone: &Phone, ms: i64, offset: i16) -> PunchResult {
    until(phone, ms);
    phone.clock.set_offset(offset);
    phone.punch(Asked::In)
}

/// In Hong Kong, 2026-03-28T15:59:59Z is a second before midnight.
#[test]
fn a_day_ends_at_local_midnight() {
    let phone = phone_at(1_774_710_000_000);
    phone.clock.set_offset(480);
    let late = punch_at(&phone, 1_774_713_599_000, 480);
    let home = phone.engine().home().unwrap();
    assert_eq!((home.date.to_string().as_str(), home.day_ends.get()), ("2026-03-28", 1_774_713_600_000));
    assert_eq!(home.today.iter().map(|l| l.id).collect::<Vec<_>>(), [late.id]);
    let early = punch_at(&phone, 1_774_713_601_000, 480);
    assert_eq!((ids(&phone, "2026-03-28"), ids(&phone, "2026-03-29")), (vec![late.id], vec![early.id]));
    let home = phone.engine().home().unwrap();
    assert_eq!(home.date.to_string(), "2026-03-29");
    assert_eq!(home.today.iter().map(|l| l.id).collect::<Vec<_>>(), [early.id]);
    assert_eq!(home.recent.len(), 2);
}

#[test]
fn a_punch_stays_in_the_day_of_its_own_offset_when_the_phone_travels() {
    let phone = phone_at(1_774_710_000_000);
    // 2026-03-28T15:00:00Z is 23:00 in Hong Kong; an hour later it is 07:00 nine hours west of Greenwich, and another hour later
    // 07:00 of the 29th fourteen hours east of it.
    let hong_kong = punch_at(&phone, 1_774_710_000_000, 480);
    let west = punch_at(&phone, 1_774_713_600_000, -540);
    let east = punch_at(&phone, 1_774_717_200_000, 840);
    assert_eq!(ids(&phone, "2026-03-28"), [hong_kong.id, west.id]);
    assert_eq!(ids(&phone, "2026-03-29"), [east.id]);
    let day = phone.engine().day(date("2026-03-28")).unwrap();
    assert_eq!(day.punches.iter().map(|l| l.other_offset).collect::<Vec<_>>(), [true, true]);
    phone.clock.set_offset(480);
    let day = phone.engine().day(date("2026-03-28")).unwrap();
    assert_eq!(day.punches.iter().map(|l| l.other_offset).collect::<Vec<_>>(), [false, true]);
    assert_eq!((day.previous, day.next), (None, Some(date("2026-03-29"))));
    phone.sync();
    let exported = |first: &str, last: &str| {
        let bundle = phone.engine().export_days(date(first)..=date(last), &mut |_, _| {}).unwrap();
        let report = verify(&Ring, &bundle, Some(&phone.server.root()));
        report.punches.iter().map(|p| p.id).collect::<Vec<_>>()
    };
    assert_eq!(exported("2026-03-28", "2026-03-28"), [hong_kong.id, west.id]);
    assert_eq!(exported("2026-03-28", "2026-03-29"), [hong_kong.id, west.id, east.id]);
    assert_eq!(exported("2026-03-29", "2026-03-28"), []);
}

/// Berlin: 2026-03-29 has 23 hours and ends at 22:00Z, 2026-10-25 has 25 and lasts from 22:00Z to 23:00Z of the next day.
#[test]
fn a_day_on_which_the_clocks_change_is_one_day() {
    let phone = phone_at(1_774_740_000_000);
    // 01:59:59 and, a second and a tick later, 03:00:01.
    let before = punch_at(&phone, 1_774_745_999_000, 60);
    let after = punch_at(&phone, 1_774_746_001_000, 120);
    let last = punch_at(&phone, 1_774_821_599_000, 120);
    assert_eq!(phone.engine().home().unwrap().day_ends.get(), 1_774_821_600_000);
    let next = punch_at(&phone, 1_774_821_600_000, 120);
    assert_eq!(ids(&phone, "2026-03-29"), [before.id, after.id, last.id]);
    assert_eq!(ids(&phone, "2026-03-30"), [next.id]);

    let first = punch_at(&phone, 1_792_879_200_000, 120);
    let last = punch_at(&phone, 1_792_969_199_000, 60);
    let next = punch_at(&phone, 1_792_969_200_000, 60);
    assert_eq!(ids(&phone, "2026-10-25"), [first.id, last.id]);
    assert_eq!(ids(&phone, "2026-10-26"), [next.id]);
    assert_eq!(ids(&phone, "2026-10-24"), []);
}

#[test]
fn a_wall_clock_that_was_set_back_puts_a_punch_where_the_person_read_it() {
    let phone = phone_at(1_774_710_000_000);
    let first = phone.later_punch(Asked::In);
    phone.clock.set_wall(-2 * 86_400_000);
    let back = phone.later_punch(Asked::Out);
    phone.clock.set_wall(2 * 86_400_000);
    let third = phone.later_punch(Asked::In);
    // Half a minute back inside the day: the journal's order stands.
    phone.clock.set_wall(-30_000);
    let fourth = phone.later_punch(Asked::Out);
    assert_eq!(ids(&phone, "2026-03-26"), [back.id]);
    assert_eq!(ids(&phone, "2026-03-28"), [first.id, third.id, fourth.id]);
    let detail = phone.engine().punch_detail(back.id).unwrap();
    assert!(detail.signals.contains(&SignalCode::ClockWasSet));
    assert!(!phone.engine().punch_detail(first.id).unwrap().signals.contains(&SignalCode::ClockWasSet));
}

#[test]
fn a_clock_before_1970_has_its_day() {
    let phone = phone_at(1_774_710_000_000);
    phone.clock.set_wall(-1_774_710_000_000 - 10_000);
    let early = phone.later_punch(Asked::In);
    let line = phone.engine().punches(1).unwrap().remove(0);
    assert_eq!((line.id, line.date.to_string().as_str()), (early.id, "1969-12-31"));
    assert_eq!(phone.engine().home().unwrap().today.iter().map(|l| l.id).collect::<Vec<_>>(), [early.id]);
}

#[test]
fn a_month_marks_its_days_by_the_strongest_state() {
    // 2028-02-29T12:00:00Z; 366 days earlier is 2027-02-28.
    let phone = phone_at(1_803_816_000_000);
    phone.punch(Asked::In);
    phone.sync();
    until(&phone, 1_835_438_400_000);
    phone.punch(Asked::In);
    phone.sync();
    phone.later_punch(Asked::Out);
    phone.clock.advance(24 * HOUR);
    phone.punch(Asked::In);
    phone.sync();
    let leap = phone.engine().month(Month::new(2028, 2).unwrap()).unwrap();
    assert_eq!(leap.days.len(), 29);
    let marked: Vec<_> =
        leap.days.iter().filter(|d| d.punches > 0).map(|d| (d.date.day(), d.punches, d.mark)).collect();
    assert_eq!(marked, [(29, 2, Mark::Ok)]);
    assert!(leap.days.iter().all(|d| !d.today));
    assert!(leap.previous && leap.next);
    // Something waits in March, and then the server would not take it.
    let waiting = phone.later_punch(Asked::Out);
    let march = phone.engine().month(Month::new(2028, 3).unwrap()).unwrap();
    let first = march.days[0];
    assert_eq!((first.punches, first.mark, first.today), (2, Mark::Waiting, true));
    assert!(march.previous && !march.next);
    write(&phone.disk, move |tx| tx.set_state(0, waiting.seq, waiting.seq, EntryState::Refused)).unwrap();
    assert_eq!(phone.engine().month(Month::new(2028, 3).unwrap()).unwrap().days[0].mark, Mark::Attention);
    // Before the first punch there is nothing; between, one can go both ways; the year before has 28 days.
    let old = phone.engine().month(Month::new(2027, 2).unwrap()).unwrap();
    assert_eq!((old.days.len(), old.previous, old.next), (28, false, true));
    let between = phone.engine().month(Month::new(2027, 7).unwrap()).unwrap();
    assert_eq!((between.days.len(), between.previous, between.next), (31, true, true));
    assert!(between.days.iter().all(|d| d.mark == Mark::None));
}

#[test]
fn the_neighbouring_days_are_those_that_have_punches() {
    let phone = phone_at(1_774_710_000_000);
    let mut days = Vec::new();
    // Every 5 days, as often as needs more than one page of the search, in one place after another around the world.
    for n in 0..12_i64 {
        let offset = [480, -1080, 1080][usize::try_from(n).unwrap() % 3];
        for minute in 0..4 {
            let at = punch_at(&phone, 1_774_710_000_000 + n * 5 * 86_400_000 + minute * 60_000, offset);
            days.push(LocalDate::of(at.tap_wall, offset));
        }
    }
    days.dedup();
    assert_eq!(days.len(), 12);
    for (n, day) in days.iter().enumerate() {
        let view = phone.engine().day(*day).unwrap();
        assert_eq!(view.punches.len(), 4);
        assert_eq!(view.previous, n.checked_sub(1).map(|n| days[n]));
        assert_eq!(view.next, days.get(n + 1).copied());
    }
    // The second lies 18 hours west of Greenwich, where it is 2026-04-01 still.
    let empty = phone.engine().day(date("2026-04-03")).unwrap();
    assert_eq!((empty.punches.len(), empty.previous, empty.next), (0, Some(days[1]), Some(days[2])));
}

#[test]
fn looking_at_a_day_reads_no_more_in_a_long_journal() {
    let phone = phone_at(1_774_710_000_000);
    phone.punch(Asked::In);
    phone.clock.advance(40 * 24 * HOUR);
    let punch = phone.punch(Asked::In);
    let look = || {
        phone.flaws.rows_read();
        let engine = phone.engine();
        engine.home().unwrap();
        let today = engine.home().unwrap().date;
        engine.day(today).unwrap();
        engine.month(Month::new(today.year(), i32::try_from(today.month()).unwrap()).unwrap()).unwrap();
        engine.punch_detail(punch.id).unwrap();
        phone.flaws.rows_read()
    };
    let short = look();
    phone.fill(3_000);
    // The tail is another entry now; nothing else is.
    assert_eq!(look(), short);
}

#[test]
fn a_punch_that_cannot_be_read_takes_no_other_from_its_day() {
    let phone = phone_at(1_774_710_000_000);
    let [first, bad, last] = [Asked::In, Asked::Out, Asked::In].map(|a| phone.later_punch(a));
    phone.flaws.damage(0, bad.seq);
    assert_eq!(ids(&phone, "2026-03-28"), [first.id, last.id]);
    let month = phone.engine().month(Month::new(2026, 3).unwrap()).unwrap();
    assert_eq!(month.days[27].punches, 2);
    assert_eq!(phone.engine().home().unwrap().today.len(), 2);
    assert_eq!(phone.engine().punch_detail(bad.id), Err(DakaError::UnknownPunch));
    // What was added to a punch and cannot be read leaves the punch.
    phone.engine().add_note(first.id, Some("late".to_owned()), None).unwrap();
    phone.flaws.damage(0, phone.rows().last().unwrap().point.seq);
    assert_eq!(phone.engine().punch_detail(first.id).unwrap().notes, [""; 0]);
}

#[test]
fn one_punch_in_full() {
    let phone = Phone::with_rules();
    phone.clock.set_offset(480);
    phone.clock.advance(5_000);
    let nonce = phone.engine().begin_capture().unwrap();
    let photo = phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap().digest;
    let request = PunchRequest {
        field: Some(FieldType::ClientVisit),
        fixes: vec![at_door(0)],
        note: Some("boiler".to_owned()),
        visit: Some("V-7".to_owned()),
        photos: vec![photo],
        ..PunchRequest::tap(Asked::Auto)
    };
    let tapped = phone.clock.true_ms();
    let punch = phone.engine().punch(request).unwrap();
    phone.engine().add_note(punch.id, Some("done".to_owned()), None).unwrap();
    let detail = phone.engine().punch_detail(punch.id).unwrap();
    assert_eq!((detail.line.id, detail.line.photos, detail.line.note), (punch.id, 1, true));
    assert_eq!((detail.notes, detail.visits), (vec!["boiler".to_owned(), "done".to_owned()], vec!["V-7".to_owned()]));
    assert_eq!(detail.site_name.as_deref(), Some("Door"));
    assert_eq!((detail.receipt, detail.signed), (None, false));
    assert_eq!(detail.signals, []);
    assert_eq!((detail.photos[0].place, detail.photos[0].captured_in_app), (PhotoPlace::Waiting, true));
    // At the fence's centre, known to the digit: the middle of the picture, with the fence of 60 m around it.
    let drawing = detail.drawing.unwrap();
    assert_eq!((drawing.span_m, drawing.shapes.len()), (132.0, 1));
    assert_eq!((drawing.fixes[0].x_m, drawing.fixes[0].y_m, drawing.fixes[0].accuracy_m), (0.0, 0.0, Some(8.0)));
    let codes: Vec<_> = detail.whys.iter().map(|w| w.code).collect();
    use WhyCode as C;
    assert_eq!(codes, [C::TimeVerified, C::PlaceInside, C::StateWaiting, C::SignaturePending]);
    // 60 m to the edge; σ of 8 m of Android is the judged one.
    let sigma = f64::from(u32::try_from(punch.place.unwrap().sigma_mm.unwrap()).unwrap()) / 1000.0;
    let place = [WhyArg::Text("Door".to_owned()), WhyArg::Metres(60.0), WhyArg::Metres(sigma)];
    assert_eq!(detail.whys[1].args, place);

    phone.clock.advance(20_000);
    phone.engine().settle().unwrap();
    phone.sync();
    let detail = phone.engine().punch_detail(punch.id).unwrap();
    let receipt = detail.receipt.unwrap();
    assert_eq!(receipt.received.get(), phone.clock.true_ms());
    assert!(receipt.index < receipt.tree_size && receipt.tree_size <= phone.server.log_size());
    assert!(detail.signed);
    assert_eq!(detail.photos[0].place, PhotoPlace::Received);
    assert_eq!((detail.word, detail.line.state), (Word::Verified, EntryState::Received));
    let last = detail.whys.last().unwrap();
    assert_eq!(last.code, C::StateReceived);
    assert_eq!(last.args, [WhyArg::Time(receipt.received, 480)]);
    // The picture as it was, and less of it not at all.
    assert_eq!(phone.engine().photo(photo, u64::MAX).unwrap(), PHOTO);
    let limit = PHOTO.len() as u64 - 1;
    assert_eq!(phone.engine().photo(photo, limit), Err(PhotoError::TooLarge { limit }.into()));
    assert_eq!(phone.engine().photo(photo, limit + 1).unwrap(), PHOTO);
    phone.photos.remove(photo).unwrap();
    assert_eq!(phone.engine().punch_detail(punch.id).unwrap().photos[0].place, PhotoPlace::Gone);
    assert_eq!(phone.engine().photo(photo, u64::MAX).unwrap_err().code().text(), "photo_missing");
    // The true time lies inside, and so it does in what anybody may verify: never narrower than that.
    let shown = phone.export().punches[0].time.unwrap().interval;
    let [ours, theirs] = [detail.interval, shown].map(|i| (i.earliest.unwrap().at.get(), i.latest.unwrap().at.get()));
    assert!((ours.0..=ours.1).contains(&tapped), "{ours:?} {tapped}");
    assert!(ours.0 <= theirs.0 && theirs.1 <= ours.1, "{ours:?} {theirs:?}");
    let bar = detail.bar.unwrap();
    assert!(bar.earliest <= bar.wall && bar.wall <= bar.latest && !bar.open_start && !bar.open_end);
}

/// A run of the phone without an anchor is bounded by what was known before and after it.
#[test]
fn the_time_tightens_as_more_becomes_known() {
    let phone = phone_at(1_774_710_000_000);
    let first = phone.later_punch(Asked::In);
    let now = |id| {
        let d = phone.engine().punch_detail(id).unwrap();
        (d.word, d.interval.earliest_from(), d.interval.latest_from())
    };
    assert_eq!(now(first.id), (Word::Unverified, Source::None, Source::None));
    let codes: Vec<_> = phone.engine().punch_detail(first.id).unwrap().whys.iter().map(|w| w.code).collect();
    // No fence, and no position.
    use WhyCode as C;
    let place = [C::PlaceNotEvaluated, C::PlaceReason, C::PlaceReason];
    assert_eq!(codes, [&[C::TimeUnverified][..], &place, &[C::StateWaiting, C::SignaturePending]].concat());
    assert_eq!(phone.engine().punch_detail(first.id).unwrap().bar, None);
    phone.sync();
    assert_eq!(now(first.id).0, Word::Verified);
    phone.clock.reboot(600_000);
    let tapped = phone.clock.true_ms();
    let alone = phone.punch(Asked::Out);
    // The anchors of the run before say that it was not before them.
    let detail = phone.engine().punch_detail(alone.id).unwrap();
    assert_eq!((detail.word, detail.interval.latest), (Word::Unverified, None));
    assert_eq!(detail.interval.earliest_from(), Source::Neighbour);
    assert!(detail.whys.iter().any(|w| w.code == WhyCode::TimeNotBefore));
    assert!(detail.bar.unwrap().open_end);
    phone.clock.reboot(600_000);
    phone.sync();
    let detail = phone.engine().punch_detail(alone.id).unwrap();
    assert_eq!(detail.word, Word::Bounded);
    assert!(detail.interval.allows(daka_core::domain::time::WallMs::new(tapped)));
    assert!(detail.whys.iter().any(|w| w.code == WhyCode::TimeBounded));
    // Two runs of ten minutes and a second each: what is known is no narrower than the verifier's.
    let shown = phone.export().punches.iter().find(|p| p.id == alone.id).unwrap().time.unwrap().interval;
    assert!(detail.interval.earliest.unwrap().at <= shown.earliest.unwrap().at);
    assert!(detail.interval.latest.unwrap().at >= shown.latest.unwrap().at);
}

#[test]
fn facts_are_named() {
    let phone = Phone::with_rules();
    let photo = phone.engine().adopt_photo(&mut &PHOTO[..], None).unwrap().digest;
    let mock = RawFix { mock: Some(true), ..at_door(0) };
    let request = PunchRequest { fixes: vec![mock], photos: vec![photo], ..PunchRequest::tap(Asked::In) };
    let first = phone.engine().punch(request).unwrap();
    let detail = phone.engine().punch_detail(first.id).unwrap();
    assert_eq!(detail.signals, [SignalCode::MockPosition, SignalCode::GalleryPhoto]);
    assert!(detail.whys.iter().any(|w| w.args == [WhyArg::Reason(Some(Reason::MockFix))]));
    // The clock goes back an hour, and the same picture serves again.
    phone.clock.set_wall(-3_600_000);
    phone.clock.advance(2_000);
    let request = PunchRequest { photos: vec![photo], ..PunchRequest::tap(Asked::Out) };
    let second = phone.engine().punch(request).unwrap();
    let signals = phone.engine().punch_detail(second.id).unwrap().signals;
    use SignalCode as S;
    assert_eq!(signals, [S::ClockWasSet, S::ClockOutsideInterval, S::GalleryPhoto, S::PhotoUsedBefore]);
}

#[test]
fn late_positions_are_told_and_drawn() {
    let phone = Phone::with_rules();
    let coarse = RawFix { accuracy: Some(150.0), ..at_door(0) };
    let punch = phone.engine().punch(PunchRequest { fixes: vec![coarse], ..PunchRequest::tap(Asked::In) }).unwrap();
    phone.clock.advance(4_000);
    phone.engine().offer_fixes(punch.id, &[at_door(0)]).unwrap();
    phone.engine().close_windows(true).unwrap();
    let detail = phone.engine().punch_detail(punch.id).unwrap();
    assert_eq!(detail.drawing.unwrap().fixes.len(), 2);
    let later = detail.whys.iter().find(|w| w.code == WhyCode::LateEvidence).unwrap();
    assert_eq!(later.args, [WhyArg::Number(1)]);
}

#[test]
fn what_is_not_there_is_said() {
    let phone = Phone::enrolled();
    assert_eq!(phone.engine().punch_detail(PunchId([7; 16])), Err(DakaError::UnknownPunch));
    assert_eq!(phone.engine().photo(Hash32([7; 32]), 100).unwrap_err().code().text(), "photo_missing");
    let nobody = Phone::new();
    assert_eq!(nobody.engine().day(date("2026-03-28")), Err(DakaError::NotEnrolled));
    assert_eq!(nobody.engine().month(Month::new(2026, 3).unwrap()), Err(DakaError::NotEnrolled));
}

/// The sentences of an offer, and of a result.
#[test]
fn offers_and_results_say_why() {
    let phone = Phone::with_rules();
    let why = |phone: &Phone| phone.engine().home().unwrap().offer_whys.remove(0);
    assert_eq!((why(&phone).code, why(&phone).args), (WhyCode::OfferFirst, vec![]));
    for (asked, code) in [
        (Asked::In, WhyCode::OfferOpenIn),
        (Asked::BreakStart, WhyCode::OfferOnBreak),
        (Asked::BreakEnd, WhyCode::OfferAfterBreak),
        (Asked::Out, WhyCode::OfferAfterOut),
        (Asked::Auto, WhyCode::OfferNext),
        (Asked::In, WhyCode::OfferOpenIn),
    ] {
        let punch = phone.later_punch(asked);
        assert_eq!((why(&phone).code, why(&phone).args), (code, vec![WhyArg::Time(punch.tap_wall, 0)]));
    }
    let last = phone.clock.read().wall_ms;
    phone.clock.advance(16 * HOUR);
    let too_old = why(&phone);
    assert_eq!(too_old.code, WhyCode::OfferInTooOld);
    let at = daka_core::domain::time::WallMs::new(last);
    assert_eq!(too_old.args, [WhyArg::Time(at, 0), WhyArg::Number(16)]);

    let bad = RawFix { latitude: 91.0, ..at_door(0) };
    let result = phone.engine().punch(PunchRequest { fixes: vec![bad, at_door(0)], ..PunchRequest::tap(Asked::In) });
    let result = result.unwrap();
    assert_eq!(result.site.as_deref(), Some("Door"));
    let codes: Vec<_> = result.whys.iter().map(|w| w.code).collect();
    assert_eq!(codes, [WhyCode::TimeVerified, WhyCode::PlaceInside, WhyCode::LeftOut]);
    let again = phone.punch(Asked::In);
    assert_eq!(again.whys[0].code, WhyCode::Repeated);
}
