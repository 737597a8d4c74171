//! A day that is cut short at every step, and what must be there afterwards.
//!
//! The story is played once without a fault to count its steps: writes of the database, puts into the vault, signatures, requests.
//! Then it is played again for every step, ended there, the program started again, and the day brought to its end.

use crate::phone::*;
use daka_core::app::{DakaError, PunchRequest};
use daka_core::domain::ids::PunchId;
use daka_core::domain::journal::{Asked, Body, GroupId};
use daka_core::domain::rules::Policy;
use daka_core::ports::TransportError;
use daka_core::testkit::Step;
use daka_core::testkit::tiny_story::door;
use daka_core::testkit::wire_server::Fault;
use std::collections::BTreeMap;

/// Where the day is cut short.
#[derive(Clone, Copy, Debug)]
enum Cut {
    Nowhere,
    /// The process is killed at this write.
    Write(usize, Step),
    /// The process is killed at this put; whether it was done.
    Put(u64, bool),
    /// From this signature on the key store refuses, until the next run.
    Signature(u64),
    /// This request does not arrive, and the process is killed.
    Request(usize),
    /// This request's answer is lost, and the process is killed.
    Answer(usize),
}

struct Day {
    phone: Phone,
    /// What was answered: no one of these may be lost.
    acknowledged: Vec<PunchId>,
    cut: Cut,
}

impl Day {
    fn new(cut: Cut) -> Self {
        let phone = Phone::new();
        phone.enrol().unwrap();
        phone.server.publish(1, Policy::default(), &[door()]);
        phone.server.asked();
        let store = phone.store.writes();
        match cut {
            Cut::Nowhere => {}
            Cut::Write(n, step) => phone.store.kill(store + n, step),
            Cut::Put(n, after) => phone.mortal.die_at(n, after),
            Cut::Signature(n) => phone.key.lock_at(n),
            Cut::Request(n) | Cut::Answer(n) => {
                let broken = TransportError::Broken("reset".to_owned());
                let lost = matches!(cut, Cut::Answer(_));
                phone.server.fault("", n, Fault::None);
                let fault = if lost { Fault::AnswerLost(broken) } else { Fault::NotReached(broken) };
                phone.server.fault("", usize::MAX, fault);
            }
        }
        Self { phone, acknowledged: Vec::new(), cut }
    }

    fn punch(&mut self, request: PunchRequest) -> Result<PunchId, DakaError> {
        let id = self.phone.engine().punch(request)?.id;
        self.acknowledged.push(id);
        Ok(id)
    }

    /// The shell settles in the background; a key store that refuses is nothing that it shows.
    fn settle(&self) -> Result<(), DakaError> {
        match self.phone.engine().settle() {
            Err(DakaError::Sign(_)) => Ok(()),
            other => other,
        }
    }

    /// A round; a request that did not come back ends the process.
    fn sync(&self) -> Result<(), DakaError> {
        let options = daka_core::app::SyncOptions { now: true, ..Default::default() };
        let report = run(self.phone.engine().sync(options))?;
        match (self.cut, report.stopped) {
            (Cut::Request(_) | Cut::Answer(_), Some(reason)) if reason.code() == "connection_broken" => {
                Err(DakaError::Internal("killed".to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn play(&mut self) -> Result<(), DakaError> {
        let clock = self.phone.clock.clone();
        self.phone.engine().set_consent(all_consents())?;
        self.sync()?;
        let first = self.punch(PunchRequest { fixes: vec![at_door(0)], ..PunchRequest::tap(Asked::In) })?;
        self.settle()?;
        clock.advance(4_000);
        self.phone.engine().offer_fixes(first, &[at_door(500)])?;
        self.phone.engine().close_windows(true)?;
        let nonce = self.phone.engine().begin_capture()?;
        clock.advance(8_000);
        let photo = self.phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce))?;
        let visit = PunchRequest { photos: vec![photo.digest], ..PunchRequest::tap(Asked::Auto) };
        let visit = self.punch(visit)?;
        self.phone.engine().add_note(visit, Some("boiler checked".to_owned()), None)?;
        self.settle()?;
        self.sync()?;
        clock.advance(30_000);
        self.punch(PunchRequest::tap(Asked::Out))?;
        self.settle()?;
        self.sync()
    }

    /// The next run brings the day to its end.
    fn recover(&mut self) {
        let phone = &mut self.phone;
        phone.server.behave();
        phone.key.lock(false);
        phone.restart();
        if !phone.engine().consent().unwrap().covers(daka_core::domain::journal::Purpose::Location) {
            phone.consent(true);
        }
        phone.clock.advance(60_000);
        let report = phone.sync();
        assert_eq!((report.stopped, report.waiting, report.put_aside), (None, 0, 0), "{:?}", self.cut);
        // A punch that was made just before the end is closed by an anchor once its 15 s are over.
        phone.clock.advance(60_000);
        let report = phone.sync();
        assert_eq!((report.stopped, report.waiting), (None, 0), "{:?}", self.cut);
    }

    fn assert_whole(&self) {
        let (phone, cut) = (&self.phone, self.cut);
        let punches = |bodies: Vec<Body>| {
            let mut count = BTreeMap::new();
            for body in bodies {
                if let Body::Punch(p) = body {
                    *count.entry(p.id).or_insert(0) += 1;
                }
            }
            count
        };
        let here = punches(phone.bodies());
        for id in &self.acknowledged {
            assert_eq!(here.get(id), Some(&1), "{cut:?}: an acknowledged punch is here once");
        }
        assert!(here.values().all(|n| *n == 1), "{cut:?}");
        assert!(here.len() <= self.acknowledged.len() + 1, "{cut:?}: at most the one that was under way besides");
        let there = punches(phone.server.chain().into_iter().map(|(_, _, p)| p.unwrap().body).collect());
        assert_eq!(there, here, "{cut:?}: the server has each once");
        assert_eq!(phone.server.kept(), [], "{cut:?}");
        phone.assert_chain();
        assert!(!phone.kinds().contains(&"epoch_started"), "{cut:?}: {:?}", phone.kinds());
        assert_eq!(phone.engine().queue().unwrap().unsigned, 0, "{cut:?}");
        // A photo that an entry names is at the server; one that was not bound is a draft or nothing.
        let named = phone.rows().iter().any(|r| r.entry.groups.contains_key(&GroupId::Evidence));
        assert_eq!(phone.server.photos().len(), usize::from(named), "{cut:?}");
        let report = phone.export();
        assert_eq!(report.fails, [], "{cut:?}");
        assert!(report.ok && report.punches.len() == here.len(), "{cut:?}");
        for punch in &report.punches {
            let held: Vec<_> = punch.holds.iter().map(|c| c.code()).collect();
            for claim in ["chain", "signature", "device", "enrolment", "receipt", "time"] {
                assert!(held.contains(&claim), "{cut:?}: {claim} of {punch:#?}");
            }
        }
    }
}

fn all_consents() -> daka_core::domain::journal::Consent {
    use daka_core::domain::journal::{Consent, ConsentGiven, Purpose};
    let given = ConsentGiven { granted: true, text_rev: 1 };
    Consent([Purpose::Location, Purpose::Radio, Purpose::Photo].map(|p| (p, given)).into())
}

#[test]
fn a_day_that_is_cut_short_anywhere_loses_and_doubles_nothing() {
    let mut whole = Day::new(Cut::Nowhere);
    let (writes, puts, signatures) =
        (whole.phone.store.writes(), whole.phone.mortal.puts(), whole.phone.key.signatures());
    whole.play().unwrap();
    let writes = whole.phone.store.writes() - writes;
    let (puts, signatures) = (whole.phone.mortal.puts() - puts, whole.phone.key.signatures() - signatures);
    let requests = whole.phone.server.asked().len();
    assert!(writes > 20 && puts > 3 && signatures > 4 && requests > 12, "{writes} {puts} {signatures} {requests}");
    whole.recover();
    whole.assert_whole();

    let mut cuts: Vec<Cut> = Vec::new();
    cuts.extend((0..writes).flat_map(|n| Step::ALL.map(|step| Cut::Write(n, step))));
    cuts.extend((0..puts).flat_map(|n| [Cut::Put(n, false), Cut::Put(n, true)]));
    cuts.extend((0..signatures).map(Cut::Signature));
    cuts.extend((0..requests).flat_map(|n| [Cut::Request(n), Cut::Answer(n)]));
    println!("{} cuts: {writes} writes, {puts} puts, {signatures} signatures, {requests} requests", cuts.len());
    for cut in cuts {
        let mut day = Day::new(cut);
        let ended = day.play();
        assert!(ended.is_err() || matches!(cut, Cut::Signature(_)), "{cut:?} was met");
        day.recover();
        day.assert_whole();
    }
}

#[test]
fn a_signature_that_is_pending_survives_and_is_made_good() {
    let mut phone = Phone::enrolled();
    phone.engine().settle().unwrap();
    phone.key.lock(true);
    phone.punch(Asked::In);
    assert_eq!(phone.engine().settle().unwrap_err().code().text(), "key_refused");
    assert_eq!(phone.engine().queue().unwrap().unsigned, 1);
    phone.restart();
    phone.later_punch(Asked::Out);
    assert_eq!(phone.engine().queue().unwrap().unsigned, 2);
    // Nothing is sent without a head, and the next attempt is on disk.
    let held = phone.sync();
    assert_eq!((held.stopped.map(|r| r.code()), held.delivered), (Some("key_refused"), 0));
    assert!(held.due.is_some());
    // A bundle is made all the same, and says what is missing.
    let report = phone.export();
    assert!(!report.ok);
    phone.key.lock(false);
    phone.engine().settle().unwrap();
    assert_eq!(phone.engine().queue().unwrap().unsigned, 0);
    assert_eq!(phone.sync().waiting, 0);
}

#[test]
fn a_photo_between_adoption_and_punch_stays_a_draft() {
    let mut phone = Phone::enrolled();
    let nonce = phone.engine().begin_capture().unwrap();
    let draft = phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    phone.restart();
    phone.clock.advance(30 * 86_400_000);
    let request = PunchRequest { photos: vec![draft.digest], ..PunchRequest::tap(Asked::In) };
    phone.engine().punch(request).unwrap();
    assert_eq!(phone.engine().queue().unwrap().photos, 1);
}

#[test]
fn a_kill_while_a_photo_streams_in_leaves_nothing() {
    struct Breaks(usize);
    impl std::io::Read for Breaks {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            let rest = &PHOTO[self.0..PHOTO.len() / 2];
            if rest.is_empty() {
                return Err(std::io::ErrorKind::ConnectionReset.into());
            }
            let n = rest.len().min(out.len()).min(100);
            out[..n].copy_from_slice(&rest[..n]);
            self.0 += n;
            Ok(n)
        }
    }
    let phone = Phone::enrolled();
    let nonce = phone.engine().begin_capture().unwrap();
    let error = phone.engine().adopt_photo(&mut Breaks(0), Some(nonce)).unwrap_err();
    assert_eq!(error.code().text(), "photo_unreadable");
    assert!(phone.photos.is_empty());
    // The capture was not used up.
    phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
}

#[test]
fn a_full_disk_is_an_error_and_nothing_else() {
    use daka_core::app::ErrorCode;
    use daka_core::ports::StoreError;
    for (error, code) in [
        (StoreError::DiskFull, ErrorCode::DiskFull),
        (StoreError::ReadOnly, ErrorCode::ReadOnly),
        (StoreError::Io("fault".to_owned()), ErrorCode::Storage),
    ] {
        let phone = Phone::enrolled();
        let before = phone.rows();
        phone.store.fail(phone.store.writes(), Step::BeforeCommit, error);
        let failed = phone.engine().punch(PunchRequest::tap(Asked::In)).unwrap_err();
        assert_eq!(failed.code(), code);
        assert_eq!(phone.rows(), before);
        phone.punch(Asked::In);
        phone.assert_chain();
    }
}
