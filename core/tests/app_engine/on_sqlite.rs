//! The main paths over the real database, vault and photo files.

use crate::phone::{Heard, PHOTO, at_door, run};
use daka_core::adapters::crypto::Ring;
use daka_core::adapters::folder;
use daka_core::adapters::sqlite::{Opened, SqliteStore};
use daka_core::app::{
    DakaError, Engine, ErrorCode, ExportRange, JoinRequest, PunchRequest, Settings, SyncOptions, SyncReport,
};
use daka_core::domain::bundle::{Report, verify};
use daka_core::domain::ids::PunchId;
use daka_core::domain::journal::{Asked, Body, Consent, ConsentGiven, EpochReason, FieldType, Payload, Purpose};
use daka_core::domain::rules::Policy;
use daka_core::ports::{EntryRow, EntryState};
use daka_core::testkit::tiny_story::{MORNING, door};
use daka_core::testkit::wire_server::WireServer;
use daka_core::testkit::{FakeClock, keys, read};
use std::path::PathBuf;
use std::sync::Arc;

const SEALING_KEY: [u8; 32] = [7; 32];

struct Phone {
    clock: FakeClock,
    server: WireServer,
    heard: Arc<Heard>,
    folder: tempfile::TempDir,
    opened: Opened,
    engine: Option<Engine>,
}

impl Phone {
    fn enrolled() -> Self {
        let clock = FakeClock::new(MORNING);
        let server = WireServer::new(&clock);
        let folder = tempfile::tempdir().unwrap();
        let mut phone = Self { clock, server, heard: Arc::default(), folder, opened: Opened::default(), engine: None };
        phone.open(&SEALING_KEY).unwrap();
        phone.server.publish(1, Policy::default(), &[door()]);
        run(phone.engine().enrol(JoinRequest::parse(&phone.server.code(false)).unwrap())).unwrap();
        phone.consent();
        phone.sync();
        phone
    }

    fn consent(&self) {
        let given = ConsentGiven { granted: true, text_rev: 1 };
        let all = [Purpose::Location, Purpose::Radio, Purpose::Photo].map(|p| (p, given));
        self.engine().set_consent(Consent(all.into())).unwrap();
    }

    fn open(&mut self, sealing_key: &[u8; 32]) -> Result<(), DakaError> {
        self.engine = None;
        let (clock, key) = (Arc::new(self.clock.clone()), Arc::new(keys::device()));
        let opened = folder::open(self.folder.path(), sealing_key, clock, Some(key), self.heard.clone());
        let folder::Folder { mut ports, opened, .. } = opened.map_err(|e| match e {
            folder::FolderError::Daka(e) => e,
            folder::FolderError::Key(e) => panic!("{e}"),
        })?;
        ports.connector = Arc::new(self.server.clone());
        self.opened = opened;
        self.engine = Some(Engine::open(ports, Settings { app_version: "1.0.0".to_owned() })?);
        Ok(())
    }

    fn restart(&mut self) {
        self.open(&SEALING_KEY).unwrap();
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    fn punch(&self, asked: Asked) -> PunchId {
        self.clock.advance(2_000);
        self.engine().punch(PunchRequest { fixes: vec![at_door(0)], ..PunchRequest::tap(asked) }).unwrap().id
    }

    fn sync(&self) -> SyncReport {
        let report = run(self.engine().sync(SyncOptions { now: true, ..SyncOptions::default() })).unwrap();
        assert_eq!((report.stopped, report.waiting), (None, 0), "{report:?}");
        report
    }

    /// A punch that the server has, with an anchor after it.
    fn punch_and_sync(&self, asked: Asked) -> PunchId {
        let punch = self.punch(asked);
        self.clock.advance(20_000);
        self.sync();
        punch
    }

    fn export(&self) -> Report {
        let bundle = self.engine().export(ExportRange::default(), &mut |_, _| {}).unwrap();
        verify(&Ring, &bundle, Some(&self.server.root()))
    }

    fn database(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    /// The entries, read while the program is shut.
    fn rows(&mut self) -> Vec<EntryRow> {
        self.engine = None;
        let (store, _) = SqliteStore::open(&self.database(), &SEALING_KEY).unwrap();
        let rows = read(&store, |tx| {
            let mut out = Vec::new();
            for (epoch, first) in tx.epochs()? {
                out.extend(tx.entries(epoch, first, usize::MAX)?);
            }
            Ok(out)
        })
        .unwrap();
        drop(store);
        self.restart();
        rows
    }

    /// Why the newest epoch began.
    fn reason(&mut self) -> Option<EpochReason> {
        self.rows().iter().rev().find_map(|r| match Payload::decode(&r.entry.payload).unwrap().body {
            Body::EpochStarted { reason, .. } => Some(reason),
            _ => None,
        })
    }

    fn assert_goes_on(&mut self) {
        self.clock.advance(60_000);
        let punch = self.punch_and_sync(Asked::In);
        let row = self.rows().into_iter().find(|r| r.punch == Some(punch)).unwrap();
        assert_eq!(row.state, EntryState::Received);
        let report = self.export();
        assert_eq!(report.fails, []);
        assert!(report.punches.iter().any(|p| p.id == punch && p.fails.is_empty()));
    }
}

#[test]
fn a_day_with_a_restart_after_every_call_is_proven() {
    let mut phone = Phone::enrolled();
    phone.restart();
    let first = phone.punch(Asked::In);
    phone.restart();
    assert_eq!(phone.engine().home().unwrap().recent[0].id, first);
    let nonce = phone.engine().begin_capture().unwrap();
    phone.restart();
    let photo = phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    phone.restart();
    phone.clock.advance(2_000);
    let visit = PunchRequest {
        field: Some(FieldType::ClientVisit),
        photos: vec![photo.digest],
        note: Some("boiler checked".to_owned()),
        ..PunchRequest::tap(Asked::Auto)
    };
    phone.engine().punch(visit).unwrap();
    phone.restart();
    phone.engine().settle().unwrap();
    phone.restart();
    phone.punch(Asked::Out);
    phone.clock.reboot(600_000);
    phone.restart();
    phone.punch(Asked::In);
    phone.clock.advance(20_000);
    phone.restart();
    assert_eq!(phone.sync().photos, 1);
    phone.restart();
    phone.engine().pause().unwrap();
    assert_eq!(phone.engine().home().unwrap_err().code(), ErrorCode::Closed);
    phone.engine().resume().unwrap();
    let report = phone.export();
    assert_eq!(report.fails, []);
    assert!(report.ok);
    assert_eq!(report.punches.len(), 4);
    assert_eq!(phone.engine().check(&mut |_, _| true).unwrap().damaged, []);
    assert_eq!(phone.server.photos(), [PHOTO]);
    assert_eq!(phone.reason(), None);
}

#[test]
fn a_tail_that_does_not_open_begins_an_epoch() {
    let mut phone = Phone::enrolled();
    phone.punch_and_sync(Asked::In);
    phone.engine().settle().unwrap();
    let before = phone.engine().home().unwrap().tail.unwrap();
    phone.engine = None;
    let conn = rusqlite::Connection::open(phone.database()).unwrap();
    let last = "UPDATE entry SET sealed = zeroblob(60) WHERE rowid = (SELECT max(rowid) FROM entry)";
    assert_eq!(conn.execute(last, []).unwrap(), 1);
    drop(conn);
    phone.restart();
    phone.clock.advance(60_000);
    phone.punch_and_sync(Asked::Out);
    assert!(phone.engine().home().unwrap().tail.unwrap().epoch > before.epoch);
    assert_eq!(phone.export().fails, []);
}

#[test]
fn a_database_that_was_put_back_begins_an_epoch() {
    let mut phone = Phone::enrolled();
    phone.punch_and_sync(Asked::In);
    phone.engine = None;
    let backup = std::fs::read(phone.database()).unwrap();
    phone.restart();
    phone.punch(Asked::Out);
    phone.engine().settle().unwrap();
    phone.engine = None;
    std::fs::write(phone.database(), backup).unwrap();
    phone.restart();
    assert_eq!(phone.reason(), Some(EpochReason::Restored));
    phone.assert_goes_on();
}

#[test]
fn a_database_that_is_gone_begins_an_epoch() {
    let mut phone = Phone::enrolled();
    phone.punch_and_sync(Asked::In);
    phone.engine = None;
    std::fs::remove_file(phone.database()).unwrap();
    phone.restart();
    assert_eq!(phone.reason(), Some(EpochReason::Damage));
    phone.consent();
    phone.assert_goes_on();
}

#[test]
fn a_file_that_is_no_database_is_moved_aside_and_the_phone_goes_on() {
    let mut phone = Phone::enrolled();
    phone.punch_and_sync(Asked::In);
    phone.engine = None;
    std::fs::write(phone.database(), b"this is no database at all, whatever its name may say").unwrap();
    phone.restart();
    let aside = phone.opened.moved_aside.clone().expect("the damaged file is kept");
    assert!(aside.exists());
    assert_eq!(phone.reason(), Some(EpochReason::Damage));
    phone.consent();
    phone.assert_goes_on();
}

#[test]
fn another_key_and_another_process_are_told_apart_and_change_nothing() {
    let mut phone = Phone::enrolled();
    phone.punch(Asked::In);
    let (path, clock) = (phone.folder.path().to_owned(), Arc::new(phone.clock.clone()));
    let second = folder::open(&path, &SEALING_KEY, clock, Some(Arc::new(keys::device())), phone.heard.clone());
    let Err(folder::FolderError::Daka(error)) = second else { panic!("two processes on one journal") };
    assert_eq!(error.code(), ErrorCode::InUse);
    assert_eq!(phone.open(&[8; 32]).unwrap_err().code(), ErrorCode::WrongKey);
    phone.restart();
    assert_eq!(phone.engine().punches(5).unwrap().len(), 1);
    phone.sync();
}
