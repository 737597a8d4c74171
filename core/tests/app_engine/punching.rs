//! Taps.

use crate::phone::*;
use daka_core::app::PunchRequest;
use daka_core::domain::journal::Asked;

#[test]
fn the_first_punch_is_there_when_the_call_returns() {
    let mut phone = Phone::enrolled();
    let punch = phone.engine().punch(PunchRequest { fixes: vec![at_door(0)], ..PunchRequest::tap(Asked::In) }).unwrap();
    phone.restart();
    let lines = phone.engine().punches(5).unwrap();
    assert_eq!(lines.iter().map(|l| l.id).collect::<Vec<_>>(), [punch.id]);
    assert_eq!(phone.kinds(), ["boot", "consent", "punch"]);
    phone.assert_chain();
}
