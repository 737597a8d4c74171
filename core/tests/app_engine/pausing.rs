//! Pause and resume.

use crate::phone::*;
use daka_core::app::{DakaError, Engine, ErrorCode, ExportRange, Ports, PunchRequest, Settings, SyncOptions};
use daka_core::domain::journal::{Asked, Consent};
use daka_core::ports::{Vault, VaultError, VaultItem};
use daka_core::testkit::MemoryVault;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::time::Duration;

#[test]
fn between_pause_and_resume_everything_is_closed() {
    let phone = Phone::with_rules();
    let punch = phone.punch(Asked::In);
    let rows = phone.rows();
    let engine = phone.engine();
    engine.pause().unwrap();
    engine.pause().unwrap();
    let calls: Vec<(&str, DakaError)> = vec![
        ("punch", engine.punch(PunchRequest::tap(Asked::Out)).unwrap_err()),
        ("home", engine.home().unwrap_err()),
        ("precheck", engine.precheck(&[]).unwrap_err()),
        ("punches", engine.punches(1).unwrap_err()),
        ("queue", engine.queue().unwrap_err()),
        ("set_consent", engine.set_consent(Consent::default()).unwrap_err()),
        ("consent", engine.consent().unwrap_err()),
        ("capture", engine.begin_capture().unwrap_err()),
        ("adopt", engine.adopt_photo(&mut &PHOTO[..], None).unwrap_err()),
        ("drop", engine.drop_photo(daka_core::domain::ids::Hash32([1; 32])).unwrap_err()),
        ("note", engine.add_note(punch.id, Some("n".to_owned()), None).unwrap_err()),
        ("settle", engine.settle().unwrap_err()),
        ("check", engine.check(&mut |_, _| true).unwrap_err()),
        ("export", engine.export(ExportRange::default(), &mut |_, _| {}).unwrap_err()),
        ("wake", engine.wake().unwrap_err()),
        ("sync", run(engine.sync(SyncOptions::default())).unwrap_err()),
    ];
    for (call, error) in calls {
        assert_eq!(error.code(), ErrorCode::Closed, "{call}");
    }
    assert_eq!(engine.employer().unwrap().employee, "Kim Lee");
    assert!(phone.photos.is_empty());
    engine.resume().unwrap();
    engine.resume().unwrap();
    assert_eq!(phone.rows(), rows);
    phone.later_punch(Asked::Out);
    phone.assert_chain();
    assert_eq!(phone.sync().waiting, 0);
}

#[test]
fn a_resume_looks_at_the_database_like_an_opening() {
    let phone = Phone::with_rules();
    phone.punch(Asked::In);
    phone.engine().settle().unwrap();
    phone.engine().pause().unwrap();
    phone.vault.remove(VaultItem::SealedHead).unwrap();
    phone.engine().resume().unwrap();
    assert_eq!(phone.kinds().last(), Some(&"epoch_started"));
}

#[test]
fn a_phone_that_is_not_enrolled_can_be_paused() {
    let phone = Phone::new();
    phone.engine().pause().unwrap();
    phone.engine().resume().unwrap();
    phone.enrol().unwrap();
}

/// A vault that takes its time to write, and says when it begins and that it is done.
struct SlowVault {
    inner: MemoryVault,
    begins: SyncSender<()>,
    done: AtomicBool,
}

impl Vault for SlowVault {
    fn get(&self, item: VaultItem) -> Result<Option<Vec<u8>>, VaultError> {
        self.inner.get(item)
    }

    fn put(&self, item: VaultItem, value: &[u8]) -> Result<(), VaultError> {
        self.begins.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        self.inner.put(item, value)?;
        self.done.store(true, Ordering::SeqCst);
        Ok(())
    }

    fn remove(&self, item: VaultItem) -> Result<(), VaultError> {
        self.inner.remove(item)
    }
}

/// Otherwise the next one to open the folder could find an older seal written after its own.
#[test]
fn a_pause_waits_for_a_seal_that_is_being_written() {
    let phone = Phone::with_rules();
    let (begins, has_begun) = sync_channel(8);
    let vault = Arc::new(SlowVault { inner: phone.vault.clone(), begins, done: AtomicBool::new(false) });
    let ports = Ports { vault: vault.clone(), ..phone.ports(Arc::new(phone.disk.after_restart())) };
    let engine = Engine::open(ports, Settings { app_version: phone.version.clone() }).unwrap();
    engine.punch(PunchRequest::tap(Asked::In)).unwrap();
    std::thread::scope(|scope| {
        let settles = scope.spawn(|| engine.settle());
        has_begun.recv().unwrap();
        engine.pause().unwrap();
        assert!(vault.done.load(Ordering::SeqCst));
        // The signature comes after the seal, and finds the journal closed.
        assert_eq!(settles.join().unwrap().unwrap_err().code(), ErrorCode::Closed);
    });
}
