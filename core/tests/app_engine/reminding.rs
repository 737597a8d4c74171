//! Reminders of one employer: kept over a kill, gone with nothing else, due by the phone's own clock.

use crate::phone::*;
use daka_core::app::{DakaError, ErrorCode, ReminderRequest};
use daka_core::domain::journal::Asked;
use daka_core::ports::Clock as _;
use daka_core::testkit::{read, write};

const HOUR: i64 = 3_600_000;
/// Monday, 2026-11-23T00:00:00Z: `date -u -d 2026-11-23 +%s`.
const MONDAY: i64 = 1_795_392_000_000;

fn new(minute_of_day: i64) -> ReminderRequest {
    ReminderRequest { id: String::new(), minute_of_day, weekdays: 127, asked: Asked::In, on: true }
}

fn set_wall(phone: &Phone, to: i64) {
    phone.clock.set_wall(to - phone.clock.read().wall_ms);
}

fn refused(error: DakaError) -> Option<&'static str> {
    assert_eq!(error.code(), ErrorCode::BadValue);
    error.field()
}

#[test]
fn reminders_are_kept_in_their_order_and_over_a_kill_and_are_no_entries() {
    let mut phone = Phone::enrolled();
    let rows = phone.rows();
    assert_eq!(phone.engine().reminders().unwrap(), []);
    let evening = ReminderRequest { weekdays: 31, asked: Asked::Out, on: false, ..new(1080) };
    let set = phone.engine().set_reminders(vec![evening, new(540), new(540)]).unwrap();
    assert_eq!(set.iter().map(|r| r.minute.get()).collect::<Vec<_>>(), [540, 540, 1080]);
    assert_eq!((set[2].weekdays.bits(), set[2].asked, set[2].on), (31, Asked::Out, false));
    assert!(set[0].id != set[1].id && set[1].id != set[2].id);
    phone.restart();
    assert_eq!(phone.engine().reminders().unwrap(), set);
    assert_eq!(phone.rows(), rows);
    // Changed by its id, one dropped; the id stays.
    let later = ReminderRequest { id: set[2].id.to_string(), ..new(1110) };
    let changed = phone.engine().set_reminders(vec![later]).unwrap();
    assert_eq!((changed.len(), changed[0].id, changed[0].minute.get()), (1, set[2].id, 1110));
    // The same again writes nothing.
    let writes = read_value(&phone);
    let same = ReminderRequest { id: set[2].id.to_string(), ..new(1110) };
    phone.engine().set_reminders(vec![same]).unwrap();
    assert_eq!(read_value(&phone), writes);
    assert_eq!(phone.engine().set_reminders(Vec::new()).unwrap(), []);
    assert_eq!(phone.engine().reminders().unwrap(), []);
}

fn read_value(phone: &Phone) -> Option<Vec<u8>> {
    read(&phone.disk.after_restart(), |tx| tx.value("reminders")).unwrap()
}

#[test]
fn what_cannot_be_is_named_and_the_old_ones_stay() {
    let phone = Phone::enrolled();
    let engine = phone.engine();
    let set = engine.set_reminders(vec![new(540)]).unwrap();
    let with = |change: fn(&mut ReminderRequest)| {
        let mut request = new(600);
        change(&mut request);
        engine.set_reminders(vec![new(0), request]).unwrap_err()
    };
    assert_eq!(refused(with(|r| r.minute_of_day = 1440)), Some("minute_of_day"));
    assert_eq!(refused(with(|r| r.minute_of_day = -1)), Some("minute_of_day"));
    assert_eq!(refused(with(|r| r.weekdays = 0)), Some("weekdays"));
    assert_eq!(refused(with(|r| r.weekdays = 128)), Some("weekdays"));
    assert_eq!(refused(with(|r| r.id = "mine".to_owned())), Some("reminder"));
    assert_eq!(refused(with(|r| r.id = "0123456789abcdef".to_owned())), Some("reminder"));
    let twice = ReminderRequest { id: set[0].id.to_string(), ..new(1) };
    assert_eq!(refused(engine.set_reminders(vec![twice.clone(), twice]).unwrap_err()), Some("reminder"));
    assert_eq!(refused(engine.set_reminders(vec![new(1); 21]).unwrap_err()), Some("reminders"));
    assert_eq!(engine.reminders().unwrap(), set);
    assert_eq!(engine.set_reminders(vec![new(1); 20]).unwrap().len(), 20);
}

#[test]
fn the_next_ones_follow_the_phones_clock_and_offset() {
    let phone = Phone::enrolled();
    set_wall(&phone, MONDAY);
    phone.clock.set_offset(480);
    let engine = phone.engine();
    let nine = engine.set_reminders(vec![new(540)]).unwrap();
    let next = || {
        let next = engine.next_reminders(1).unwrap();
        (next[0].at.get(), next[0].date.to_string())
    };
    // It is 08:00 in Hong Kong: in an hour.
    assert_eq!(next(), (MONDAY + HOUR, "2026-11-23".to_owned()));
    assert_eq!(engine.next_reminders(99).unwrap().len(), 8);
    assert_eq!(engine.next_reminders(1).unwrap()[0].reminder, nine[0]);
    // The phone lands in New York, where it is Sunday 19:00: 09:00 there is 14:00Z.
    phone.clock.set_offset(-300);
    assert_eq!(next(), (MONDAY + 14 * HOUR, "2026-11-23".to_owned()));
    // After that it is tomorrow's, and a clock that is set back makes today's come again.
    set_wall(&phone, MONDAY + 14 * HOUR);
    assert_eq!(next(), (MONDAY + 38 * HOUR, "2026-11-24".to_owned()));
    set_wall(&phone, MONDAY + 13 * HOUR);
    assert_eq!(next(), (MONDAY + 14 * HOUR, "2026-11-23".to_owned()));
    let off = ReminderRequest { id: nine[0].id.to_string(), on: false, ..new(540) };
    engine.set_reminders(vec![off]).unwrap();
    assert_eq!(engine.next_reminders(9).unwrap(), []);
}

#[test]
fn reminders_that_cannot_be_read_are_none_and_can_be_set_again() {
    let phone = Phone::enrolled();
    phone.engine().set_reminders(vec![new(540)]).unwrap();
    write(&phone.disk, |tx| tx.put_value("reminders", b"a later version's")).unwrap();
    assert_eq!(phone.engine().reminders().unwrap(), []);
    assert_eq!(phone.engine().next_reminders(9).unwrap(), []);
    assert_eq!(phone.engine().set_reminders(vec![new(600)]).unwrap().len(), 1);
}
