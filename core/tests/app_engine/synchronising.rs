//! Rounds with the server.

use crate::phone::*;
use daka_core::domain::journal::Asked;

#[test]
fn what_was_done_offline_is_delivered_and_proven() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting, report.anchored), (None, 0, true));
    let report = phone.export();
    assert_eq!(report.fails, []);
    assert!(report.ok, "{report:#?}");
}
