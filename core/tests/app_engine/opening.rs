//! Opening: the database is what was sealed, or a new epoch says why it is not.

use crate::phone::*;
use daka_core::domain::ids::Hash32;
use daka_core::domain::journal::{Asked, Body, ChainPoint, EpochReason, GENESIS, Payload, SealedClaim};
use daka_core::ports::{EntryState, Event, Vault as _, VaultItem};
use daka_core::testkit::MemoryStore;

/// What the first entry of the newest epoch says.
fn started(phone: &Phone) -> (u64, u64, EpochReason, ChainPoint, Option<ChainPoint>) {
    let rows = phone.rows();
    let row = rows.iter().rev().find(|r| r.kind.code() == "epoch_started").expect("a new epoch");
    let Body::EpochStarted { reason, prev, sealed: SealedClaim(sealed) } =
        Payload::decode(&row.entry.payload).unwrap().body
    else {
        panic!("another body")
    };
    (row.point.epoch, row.point.seq, reason, prev, sealed)
}

fn tail(phone: &Phone) -> ChainPoint {
    phone.rows().pop().unwrap().point
}

/// In the new epoch the phone works on: a punch is delivered and accepted, and the bundle verifies.
fn assert_goes_on(phone: &Phone, why: &str) {
    phone.clock.advance(60_000);
    let punch = phone.punch(Asked::In);
    phone.clock.advance(60_000);
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting), (None, 0), "{why}: {report:?}");
    let row = phone.rows().into_iter().find(|r| r.punch == Some(punch.id)).unwrap();
    assert_eq!(row.state, EntryState::Received, "{why}");
    let exported = phone.export();
    assert_eq!(exported.fails, [], "{why}");
    let shown = exported.punches.iter().find(|p| p.id == punch.id).unwrap();
    assert_eq!(shown.fails, [], "{why}");
    let held: Vec<_> = shown.holds.iter().map(|c| c.code()).collect();
    for claim in ["chain", "signature", "device", "receipt", "time"] {
        assert!(held.contains(&claim), "{why}: {claim} is not in {held:?}");
    }
}

/// Three punches that the server has, and the seal over all of it.
fn story() -> Phone {
    let phone = Phone::with_rules();
    for asked in [Asked::In, Asked::BreakStart, Asked::BreakEnd] {
        phone.later_punch(asked);
    }
    phone.clock.advance(20_000);
    assert_eq!(phone.sync().waiting, 0);
    phone.engine().settle().unwrap();
    phone
}

#[test]
fn an_ordinary_opening_writes_nothing() {
    let mut phone = story();
    let before = phone.rows();
    phone.heard.take();
    phone.restart();
    assert_eq!((phone.rows(), phone.heard.take()), (before, vec![]));
    assert_goes_on(&phone, "ordinary");
}

#[test]
fn a_database_ahead_of_the_seal_is_a_crash_between_the_two() {
    let mut phone = story();
    phone.later_punch(Asked::Out);
    let before = phone.rows();
    phone.restart();
    assert_eq!(phone.rows(), before);
    assert_goes_on(&phone, "ahead of the seal");
}

#[test]
fn an_older_database_begins_an_epoch_on_its_last_entry() {
    let mut phone = story();
    let backup = phone.disk.backup();
    let held = tail(&phone);
    phone.later_punch(Asked::Out);
    phone.engine().settle().unwrap();
    let sealed = tail(&phone);
    phone.disk = backup;
    phone.heard.take();
    phone.restart();
    assert_eq!(started(&phone), (1, held.seq + 1, EpochReason::Restored, held, Some(sealed)));
    assert!(phone.heard.take().contains(&Event::EpochStarted));
    phone.restart();
    assert_eq!(tail(&phone).epoch, 1, "said once");
    assert_goes_on(&phone, "older");
    assert_eq!(phone.server.kept(), []);
}

#[test]
fn an_older_database_whose_later_entries_the_server_has_goes_on_beside_them() {
    for first_receipts_only in [false, true] {
        let mut phone = story();
        phone.later_punch(Asked::Out);
        let backup = phone.disk.backup();
        phone.later_punch(Asked::In);
        phone.clock.advance(20_000);
        assert_eq!(phone.sync().waiting, 0);
        phone.engine().settle().unwrap();
        phone.disk = backup;
        phone.restart();
        phone.clock.advance(20_000);
        if first_receipts_only {
            phone.server.give_first_receipts_only();
        }
        let report = phone.sync();
        // The entry that was waiting in the backup is one of a segment whose end this database never held: its own receipt cannot
        // be checked, unless the server makes one for what was sent. It waits, and keeps nothing else waiting.
        if first_receipts_only {
            assert_eq!((report.stopped.map(|r| r.code()), report.waiting), (Some("receipt_unproven"), 1));
        } else {
            assert_eq!((report.stopped, report.waiting), (None, 0));
        }
        phone.clock.advance(60_000);
        let punch = phone.punch(Asked::BreakStart);
        phone.sync();
        let row = phone.rows().into_iter().find(|r| r.punch == Some(punch.id)).unwrap();
        assert_eq!((row.point.epoch, row.state), (1, EntryState::Received));
    }
}

#[test]
fn an_older_database_that_leaves_out_what_a_token_was_signed_over_is_a_conflict_once() {
    let mut phone = story();
    let backup = phone.disk.backup();
    phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    // The token arrives; the segment does not.
    phone.offline("/v0/segments", 1);
    assert!(phone.sync().anchored);
    phone.engine().settle().unwrap();
    phone.server.behave();
    phone.disk = backup;
    phone.restart();
    phone.clock.advance(3_600_000);
    let report = phone.sync();
    assert_eq!((report.stopped, report.waiting), (None, 0), "{report:?}");
    assert!(report.put_aside > 0 && report.delivered == 0, "{report:?}");
    assert_goes_on(&phone, "lost head");
}

#[test]
fn another_digest_at_the_seal_begins_an_epoch() {
    let mut phone = story();
    let mut sealed = tail(&phone);
    sealed.h = Hash32([9; 32]);
    sealed.seq -= 1;
    let journal = phone.engine().employer().unwrap().journal;
    let forged = daka_core::domain::sealed_head::SealedHead { journal, point: sealed };
    phone.vault.put(VaultItem::SealedHead, &forged.encode()).unwrap();
    let held = tail(&phone);
    phone.restart();
    assert_eq!(started(&phone), (1, held.seq + 1, EpochReason::Restored, held, Some(sealed)));
    assert_goes_on(&phone, "another digest");
}

#[test]
fn a_changed_entry_after_the_seal_ends_the_epoch_before_it() {
    let mut phone = story();
    let seal = phone.vault.snapshot(VaultItem::SealedHead).unwrap();
    for asked in [Asked::Out, Asked::In, Asked::BreakStart] {
        phone.later_punch(asked);
    }
    phone.vault.put(VaultItem::SealedHead, &seal).unwrap();
    let rows = phone.rows();
    let (changed, last) = (rows[rows.len() - 2].point, rows[rows.len() - 1].point);
    phone.disk.damage(0, changed.seq, |row| row.entry.payload[20] ^= 1);
    phone.restart();
    let good = rows[rows.len() - 3].point;
    let (epoch, seq, reason, prev, _) = started(&phone);
    assert_eq!((epoch, seq, reason, prev), (1, good.seq + 1, EpochReason::Damage, good));
    assert_eq!(last.seq, changed.seq + 1);
    phone.clock.advance(20_000);
    let report = phone.sync();
    // Good entries of the old branch first; the changed one cannot go, and what follows it is put aside for a person.
    assert_eq!((report.stopped, report.waiting, report.refused), (None, 0, 1), "{report:?}");
    assert_eq!(
        phone.server.kept().iter().map(|(e, s, r)| (*e, *s, r.code())).collect::<Vec<_>>(),
        [(0, last.seq, "gap")]
    );
    assert_goes_on(&phone, "changed after the seal");
}

#[test]
fn a_tail_that_cannot_be_read_ends_the_epoch_before_it() {
    for unreadable in 1..=3 {
        let mut phone = story();
        let rows = phone.rows();
        for row in rows.iter().rev().take(unreadable) {
            phone.flaws.damage(0, row.point.seq);
        }
        let good = rows[rows.len() - 1 - unreadable].point;
        phone.restart();
        let (epoch, seq, reason, prev, sealed) = started(&phone);
        assert_eq!((epoch, seq, reason, prev), (1, good.seq + 1, EpochReason::Damage, good), "{unreadable}");
        assert_eq!(sealed, Some(rows[rows.len() - 1].point));
        assert_goes_on(&phone, "unreadable tail");
    }
}

#[test]
fn a_sealed_entry_that_cannot_be_read_or_is_gone_ends_the_epoch_before_it() {
    let mut phone = story();
    let sealed = tail(&phone);
    phone.later_punch(Asked::Out);
    phone.flaws.damage(0, sealed.seq);
    phone.restart();
    let (epoch, seq, reason, prev, _) = started(&phone);
    assert_eq!((epoch, seq, reason, prev.seq), (1, sealed.seq, EpochReason::Damage, sealed.seq - 1));
    assert_goes_on(&phone, "unreadable at the seal");
}

#[test]
fn damage_in_the_middle_is_for_the_check_and_begins_nothing() {
    let mut phone = story();
    let rows = phone.rows();
    phone.flaws.damage(0, 2);
    phone.disk.damage(0, 4, |row| row.entry.payload[20] ^= 1);
    phone.restart();
    assert_eq!(phone.rows().len(), rows.len());
    phone.heard.take();
    let mut last = (0, 0);
    let report = phone
        .engine()
        .check(&mut |done, total| {
            last = (done, total);
            true
        })
        .unwrap();
    assert_eq!((report.entries, report.damaged), (rows.len() as u64, vec![(0, 2), (0, 4)]));
    assert_eq!(last, (rows.len() as u64, rows.len() as u64));
    assert_eq!(phone.heard.take(), [Event::DamageFound(vec![2, 4])]);
    // A bundle shows what comes before the damage, and the phone works on.
    let exported = phone.export();
    assert_eq!(exported.fails, []);
    phone.later_punch(Asked::Out);
    phone.clock.advance(20_000);
    assert_eq!(phone.sync().waiting, 0);
}

#[test]
fn a_lost_seal_begins_an_epoch() {
    for lost in [true, false] {
        let mut phone = story();
        if lost {
            phone.vault.remove(VaultItem::SealedHead).unwrap();
        } else {
            phone.vault.put(VaultItem::SealedHead, b"not a sealed head").unwrap();
        }
        let held = tail(&phone);
        phone.restart();
        assert_eq!(started(&phone), (1, held.seq + 1, EpochReason::SealLost, held, None));
        assert_goes_on(&phone, "seal lost");
    }
}

#[test]
fn a_lost_seal_is_said_once_even_if_it_cannot_be_put_again() {
    let mut phone = story();
    phone.vault.remove(VaultItem::SealedHead).unwrap();
    for _ in 0..3 {
        // Each run dies before it can seal.
        phone.mortal.die_at(0, false);
        let vault = phone.mortal.clone();
        let _ = phone.open();
        vault.die_at(0, false);
        phone.vault.remove(VaultItem::SealedHead).unwrap();
    }
    phone.restart();
    assert_eq!(phone.rows().iter().filter(|r| r.kind.code() == "epoch_started").count(), 1);
}

#[test]
fn a_lost_database_begins_an_epoch_on_nothing() {
    let mut phone = story();
    let sealed = tail(&phone);
    phone.disk = MemoryStore::new();
    phone.restart();
    let nothing = ChainPoint { epoch: 0, seq: 0, h: GENESIS };
    assert_eq!(started(&phone), (1, 1, EpochReason::Damage, nothing, Some(sealed)));
    phone.consent(true);
    phone.clock.advance(60_000);
    let first = phone.sync();
    assert_eq!((first.stopped, first.waiting, first.put_aside), (None, 0, 0), "{first:?}");
    assert_goes_on(&phone, "lost");
}

#[test]
fn a_lost_database_and_a_lost_seal_begin_an_epoch_too() {
    let mut phone = story();
    phone.vault.remove(VaultItem::SealedHead).unwrap();
    phone.disk = MemoryStore::new();
    phone.restart();
    let (epoch, seq, reason, ..) = started(&phone);
    assert_eq!((epoch, seq, reason), (1, 1, EpochReason::SealLost));
}

#[test]
fn a_second_loss_begins_a_third_epoch() {
    let mut phone = story();
    phone.vault.remove(VaultItem::SealedHead).unwrap();
    phone.restart();
    assert_goes_on(&phone, "first loss");
    phone.engine().settle().unwrap();
    let held = tail(&phone);
    phone.vault.remove(VaultItem::SealedHead).unwrap();
    phone.restart();
    assert_eq!(started(&phone), (2, held.seq + 1, EpochReason::SealLost, held, None));
    assert_goes_on(&phone, "second loss");
    // The first entry of the middle epoch cannot be read: nothing before it is lost, and the phone opens.
    let rows = phone.rows();
    let first = rows.iter().find(|r| r.point.epoch == 1).unwrap().point;
    phone.flaws.damage(1, first.seq);
    phone.restart();
    phone.punch(Asked::In);
}

#[test]
fn a_new_epoch_that_was_not_sealed_is_verified_and_kept() {
    let mut phone = story();
    let backup = phone.disk.backup();
    phone.later_punch(Asked::Out);
    phone.engine().settle().unwrap();
    let seal = phone.vault.snapshot(VaultItem::SealedHead).unwrap();
    phone.disk = backup;
    phone.restart();
    let epoch = tail(&phone);
    // The kill came between the commit of the epoch and its seal.
    phone.vault.put(VaultItem::SealedHead, &seal).unwrap();
    phone.restart();
    assert_eq!(tail(&phone), epoch);
    // And the same with the epoch's own first entry damaged.
    phone.flaws.damage(1, epoch.seq);
    phone.restart();
    let (number, seq, reason, prev, _) = started(&phone);
    assert_eq!((number, seq, reason, prev.epoch), (2, epoch.seq, EpochReason::Damage, 0));
}

#[test]
fn another_version_of_the_app_is_a_fact() {
    // The version that enrolled is the one that the next is compared with.
    let mut phone = story();
    phone.version = "1.1.0".to_owned();
    phone.restart();
    phone.version = "1.2.0".to_owned();
    phone.restart();
    phone.restart();
    let upgrades: Vec<String> = phone
        .bodies()
        .into_iter()
        .filter_map(|b| if let Body::AppState { detail, .. } = b { Some(detail) } else { None })
        .collect();
    assert_eq!(upgrades, ["1.1.0", "1.2.0"]);
}

#[test]
fn opening_reads_the_same_few_entries_however_long_the_journal_is() {
    let mut read = Vec::new();
    for n in [100, 10_000] {
        let mut phone = Phone::enrolled();
        phone.restart();
        phone.fill(n);
        phone.flaws.rows_read();
        phone.restart();
        assert!(!phone.kinds().contains(&"epoch_started"));
        read.push(phone.flaws.rows_read());
    }
    assert_eq!(read[0], read[1]);
    assert!(read[1] <= 4, "{read:?}");
}

#[test]
fn the_home_screen_reads_the_same_few_entries_however_long_the_journal_is() {
    let mut read = Vec::new();
    for n in [100, 10_000] {
        let mut phone = Phone::enrolled();
        phone.punch(Asked::In);
        phone.fill(n);
        phone.restart();
        phone.flaws.rows_read();
        phone.engine().home().unwrap();
        read.push(phone.flaws.rows_read());
    }
    assert_eq!(read[0], read[1], "{read:?}");
}
