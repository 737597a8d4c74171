//! Photos: into the sealed store, into an entry, and to the server.

use crate::phone::*;
use daka_core::adapters::crypto::Ring;
use daka_core::app::{CaptureError, DakaError, ErrorCode, PhotoError, PunchRequest, SyncOptions};
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::{CaptureNonce, Hash32};
use daka_core::domain::journal::{Asked, EvidenceFile, GroupId, Mode, Purpose};
use daka_core::domain::photo::{CAPTURE_AGE_LIMIT_MS, MAX_PHOTO_BYTES, MAX_PHOTOS};
use daka_core::domain::rules::Policy;
use daka_core::domain::short_code::ShortCode;
use daka_core::ports::TransportError;
use daka_core::testkit::wire_server::Fault;
use std::io::Read;
use std::sync::Arc;

fn adopt(phone: &Phone, bytes: &[u8]) -> Hash32 {
    phone.engine().adopt_photo(&mut &bytes[..], None).unwrap().digest
}

fn with_photos(photos: Vec<Hash32>) -> PunchRequest {
    PunchRequest { photos, ..PunchRequest::tap(Asked::In) }
}

fn evidence(phone: &Phone) -> Vec<EvidenceFile> {
    EvidenceFile::decode_all(&phone.rows().pop().unwrap().entry.groups[&GroupId::Evidence]).unwrap()
}

#[test]
fn a_capture_is_bound_with_digest_nonce_size_and_code() {
    let phone = Phone::enrolled();
    let nonce = phone.engine().begin_capture().unwrap();
    let draft = phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    assert_eq!(draft.digest, Ring.sha256(&[PHOTO]));
    assert_eq!((draft.size, draft.width, draft.height), (PHOTO.len() as u64, 17, 8));
    let punch = phone.engine().punch(with_photos(vec![draft.digest])).unwrap();
    let file = evidence(&phone).pop().unwrap();
    assert_eq!((file.camera, file.size, file.nonce), (draft.digest, draft.size, Some(nonce)));
    assert_eq!((file.mode, file.captured_in_app, file.mime.as_str()), (Mode::Original, true, "image/jpeg"));
    assert_eq!(file.short_code, ShortCode::of(&Ring, punch.id, Some(nonce), draft.digest).text());
    assert_eq!(phone.engine().punches(1).unwrap()[0].photos, 1);
}

#[test]
fn a_picture_from_the_gallery_makes_a_weaker_claim() {
    let phone = Phone::enrolled();
    phone.engine().punch(with_photos(vec![adopt(&phone, PHOTO)])).unwrap();
    let file = evidence(&phone).pop().unwrap();
    assert_eq!((file.mode, file.captured_in_app, file.nonce), (Mode::Imported, false, None));
}

#[test]
fn a_capture_that_does_not_count_is_refused_and_leaves_nothing() {
    let unknown = Phone::enrolled();
    let error = unknown.engine().adopt_photo(&mut &PHOTO[..], Some(CaptureNonce([1; 16]))).unwrap_err();
    assert_eq!(error, CaptureError::Unknown.into());

    let used = Phone::enrolled();
    let nonce = used.engine().begin_capture().unwrap();
    used.engine().adopt_photo(&mut &picture(1)[..], Some(nonce)).unwrap();
    let error = used.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap_err();
    assert_eq!(error, CaptureError::Used.into());
    assert_eq!(used.photos.len(), 1);

    let old = Phone::enrolled();
    let nonce = old.engine().begin_capture().unwrap();
    old.clock.advance(CAPTURE_AGE_LIMIT_MS);
    // Setting the wall clock back makes nothing younger.
    old.clock.set_wall(-3_600_000);
    old.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    let nonce = old.engine().begin_capture().unwrap();
    old.clock.advance(CAPTURE_AGE_LIMIT_MS + 1);
    let error = old.engine().adopt_photo(&mut &picture(1)[..], Some(nonce)).unwrap_err();
    assert_eq!(error, CaptureError::TooOld { limit_s: 300 }.into());
    assert_eq!(old.photos.len(), 1);

    let mut rebooted = Phone::enrolled();
    let nonce = rebooted.engine().begin_capture().unwrap();
    rebooted.clock.reboot(0);
    rebooted.restart();
    rebooted.punch(Asked::In);
    let error = rebooted.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::CaptureTooOld);
    assert!(rebooted.photos.is_empty());
}

#[test]
fn a_capture_that_grows_old_while_its_photo_streams_in_is_refused_and_leaves_nothing() {
    struct Slow<'a>(&'a Phone, &'a [u8]);
    impl Read for Slow<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.0.clock.advance(CAPTURE_AGE_LIMIT_MS);
            let n = self.1.len().min(out.len()).min(200);
            out[..n].copy_from_slice(&self.1[..n]);
            self.1 = &self.1[n..];
            Ok(n)
        }
    }
    let phone = Phone::enrolled();
    let nonce = phone.engine().begin_capture().unwrap();
    let error = phone.engine().adopt_photo(&mut Slow(&phone, PHOTO), Some(nonce)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::CaptureTooOld);
    assert!(phone.photos.is_empty());
    // The same with a picture that is there already: that one stays.
    let kept = adopt(&phone, PHOTO);
    let nonce = phone.engine().begin_capture().unwrap();
    phone.engine().adopt_photo(&mut Slow(&phone, PHOTO), Some(nonce)).unwrap_err();
    assert_eq!(phone.photos.len(), 1);
    phone.engine().punch(with_photos(vec![kept])).unwrap();
}

#[test]
fn without_consent_no_photo_is_taken_and_the_punch_is_kept() {
    let phone = Phone::enrolled();
    let drafts = vec![adopt(&phone, &picture(1)), adopt(&phone, &picture(2))];
    let nonce = phone.engine().begin_capture().unwrap();
    phone.consent(false);
    let refused = DakaError::NoConsent { purpose: Purpose::Photo };
    for nonce in [None, Some(nonce)] {
        let error = phone.engine().adopt_photo(&mut &PHOTO[..], nonce).unwrap_err();
        assert_eq!((&error, error.code(), error.field()), (&refused, ErrorCode::NoConsent, Some("photo")));
    }
    assert_eq!(phone.photos.len(), 2);
    let punch = phone.engine().punch(with_photos(drafts.clone())).unwrap();
    assert_eq!(punch.left_out, [refused.clone(), refused.clone()]);
    assert!(!phone.rows().pop().unwrap().entry.groups.contains_key(&GroupId::Evidence));
    let before = phone.rows().len();
    assert_eq!(phone.engine().add_photos(punch.id, drafts.clone()).unwrap_err(), refused);
    assert_eq!((phone.rows().len(), phone.sync().photos), (before, 0));
    // The drafts are still there for whoever changes their mind, and so is the capture.
    phone.consent(true);
    phone.engine().add_photos(punch.id, drafts).unwrap();
    phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    // What was bound while consent was given is sent.
    phone.consent(false);
    assert_eq!(phone.sync().photos, 2);
}

#[test]
fn consent_withdrawn_while_a_photo_streams_in_leaves_nothing() {
    struct Withdraws<'a>(&'a Phone, &'a [u8]);
    impl Read for Withdraws<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.0.consent(false);
            self.1.read(out)
        }
    }
    let phone = Phone::enrolled();
    let error = phone.engine().adopt_photo(&mut Withdraws(&phone, PHOTO), None).unwrap_err();
    assert_eq!(error.code(), ErrorCode::NoConsent);
    assert!(phone.photos.is_empty());
}

#[test]
fn a_file_that_is_no_whole_photo_is_refused_by_name_and_leaves_nothing() {
    let mut late_garbage = PHOTO.to_vec();
    late_garbage.truncate(PHOTO.len() - 2);
    let cases: [(&str, Vec<u8>, PhotoError); 7] = [
        ("nothing", Vec::new(), PhotoError::Empty),
        ("a text", b"not a photo, but long enough to be one".to_vec(), PhotoError::NotJpeg),
        ("zeros", vec![0; 4096], PhotoError::NotJpeg),
        ("a PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec(), PhotoError::NotJpeg),
        ("two bytes", PHOTO[..2].to_vec(), PhotoError::Truncated),
        ("half of it", PHOTO[..PHOTO.len() / 2].to_vec(), PhotoError::Truncated),
        ("all but the end", late_garbage, PhotoError::Truncated),
    ];
    for (what, bytes, expected) in cases {
        let phone = Phone::enrolled();
        let nonce = phone.engine().begin_capture().unwrap();
        let error = phone.engine().adopt_photo(&mut &bytes[..], Some(nonce)).unwrap_err();
        assert_eq!(error, expected.into(), "{what}");
        assert!(phone.photos.is_empty(), "{what}");
        // The capture is still good for the photo.
        phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    }
}

#[test]
fn a_photo_without_an_end_is_refused_at_the_limit_and_not_held_in_memory() {
    /// A JPEG whose scan never ends.
    struct Endless {
        begun: usize,
        given: u64,
        largest: usize,
    }
    impl Read for Endless {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            self.largest = self.largest.max(out.len());
            let head = &PHOTO[..PHOTO.len() - 2];
            let n = if self.begun < head.len() {
                let n = (head.len() - self.begun).min(out.len());
                out[..n].copy_from_slice(&head[self.begun..self.begun + n]);
                self.begun += n;
                n
            } else {
                out.fill(0x11);
                out.len()
            };
            self.given += n as u64;
            Ok(n)
        }
    }
    let phone = Phone::enrolled();
    let mut endless = Endless { begun: 0, given: 0, largest: 0 };
    let error = phone.engine().adopt_photo(&mut endless, None).unwrap_err();
    assert_eq!(error, PhotoError::TooLarge { limit: MAX_PHOTO_BYTES }.into());
    assert!(endless.largest <= 64 * 1024, "one piece at a time");
    assert!(endless.given <= MAX_PHOTO_BYTES + 64 * 1024, "and no more than the limit");
    assert!(phone.photos.is_empty());
}

#[test]
fn a_full_disk_refuses_the_photo_and_not_the_punch() {
    let mut phone = Phone::enrolled();
    phone.photos = daka_core::testkit::MemoryPhotos::with_room(100);
    phone.restart();
    let error = phone.engine().adopt_photo(&mut &PHOTO[..], None).unwrap_err();
    assert_eq!(error.code(), ErrorCode::DiskFull);
    phone.punch(Asked::In);
}

#[test]
fn the_same_photo_twice_is_one_file_with_the_stronger_claim() {
    let phone = Phone::enrolled();
    let nonce = phone.engine().begin_capture().unwrap();
    let first = phone.engine().adopt_photo(&mut &PHOTO[..], Some(nonce)).unwrap();
    let second = phone.engine().adopt_photo(&mut &PHOTO[..], None).unwrap();
    assert_eq!((first, phone.photos.len()), (second, 1));
    phone.engine().punch(with_photos(vec![first.digest, first.digest])).unwrap();
    let files = evidence(&phone);
    assert_eq!((files.len(), files[0].nonce), (1, Some(nonce)));
    // Once bound it stays bound; another punch may show it too, and it is sent once.
    adopt(&phone, PHOTO);
    phone.clock.advance(2_000);
    phone.engine().punch(with_photos(vec![first.digest])).unwrap();
    assert_eq!(phone.sync().photos, 1);
    assert_eq!(phone.server.photos(), [PHOTO]);
}

#[test]
fn nine_photos_and_no_more_in_whatever_steps() {
    let phone = Phone::enrolled();
    let all: Vec<Hash32> = (0..12).map(|n| adopt(&phone, &picture(n))).collect();
    let error = phone.engine().punch(with_photos(all[..10].to_vec())).unwrap_err();
    assert_eq!(error, PhotoError::TooMany { limit: MAX_PHOTOS }.into());
    assert!(!phone.kinds().contains(&"punch"));
    phone.engine().punch(with_photos(all[..9].to_vec())).unwrap();
    phone.clock.advance(2_000);
    let punch = phone.engine().punch(with_photos(all[..5].to_vec())).unwrap().id;
    phone.engine().add_photos(punch, all[5..8].to_vec()).unwrap();
    let error = phone.engine().add_photos(punch, all[8..10].to_vec()).unwrap_err();
    assert_eq!(error.code(), ErrorCode::PhotoTooMany);
    phone.engine().add_photos(punch, vec![all[8], all[8]]).unwrap();
    assert_eq!(phone.engine().punches(1).unwrap()[0].photos, 9);
    // One that it has already adds nothing; none at all, or one that is not there, is named.
    let before = phone.rows().len();
    phone.engine().add_photos(punch, vec![all[0]]).unwrap();
    assert_eq!(phone.rows().len(), before);
    assert_eq!(phone.engine().add_photos(punch, Vec::new()).unwrap_err().field(), Some("photos"));
    let unknown = daka_core::domain::ids::PunchId([9; 16]);
    assert_eq!(phone.engine().add_photos(unknown, vec![all[0]]).unwrap_err().code(), ErrorCode::UnknownPunch);
}

#[test]
fn a_dropped_draft_is_gone_and_a_bound_photo_stays() {
    let phone = Phone::enrolled();
    let draft = adopt(&phone, PHOTO);
    phone.engine().drop_photo(draft).unwrap();
    assert!(phone.photos.is_empty());
    assert_eq!(phone.engine().punch(with_photos(vec![draft])).unwrap_err().code(), ErrorCode::PhotoMissing);
    phone.engine().drop_photo(draft).unwrap();
    phone.engine().drop_photo(Hash32([3; 32])).unwrap();
    // Adopted again it is there again.
    adopt(&phone, PHOTO);
    phone.engine().punch(with_photos(vec![draft])).unwrap();
    phone.engine().drop_photo(draft).unwrap();
    assert_eq!(phone.photos.len(), 1);
    assert_eq!(phone.sync().photos, 1);
}

#[test]
fn a_photo_goes_after_its_entry_is_received() {
    let phone = Phone::enrolled();
    phone.engine().punch(with_photos(vec![adopt(&phone, PHOTO)])).unwrap();
    phone.offline("/v0/segments", 1);
    phone.sync();
    assert_eq!((phone.server.count("POST /v0/photos"), phone.engine().queue().unwrap().photos), (0, 1));
    let report = phone.sync();
    assert_eq!((report.photos, report.stopped), (1, None));
    assert_eq!((phone.server.photos(), phone.engine().queue().unwrap().photos), (vec![PHOTO.to_vec()], 0));
    // And not again.
    phone.server.asked();
    phone.sync();
    assert_eq!(phone.server.count("HEAD"), 0);
}

/// A photo of several pieces: the comment segments of a real one, repeated.
fn large() -> Vec<u8> {
    let mut bytes = PHOTO[..2].to_vec();
    for n in 0..30_u8 {
        bytes.extend([0xff, 0xfe, 0xff, 0xff]);
        bytes.extend(std::iter::repeat_n(n, 65_533));
    }
    bytes.extend(&PHOTO[2..]);
    bytes
}

#[test]
fn an_upload_goes_on_where_it_broke_at_every_request() {
    let photo = large();
    let clean = Phone::enrolled();
    clean.engine().punch(with_photos(vec![adopt(&clean, &photo)])).unwrap();
    clean.server.asked();
    assert_eq!(clean.sync().photos, 1);
    let requests = clean.server.asked().iter().filter(|a| a.contains("/v0/photos")).count();
    // Created, asked where to begin, and four pieces of half a mebibyte.
    assert_eq!(requests, 6);
    for n in 0..requests {
        for lost in [false, true] {
            let mut phone = Phone::enrolled();
            phone.engine().punch(with_photos(vec![adopt(&phone, &photo)])).unwrap();
            let broken = TransportError::Broken("reset".to_owned());
            let fault = if lost { Fault::AnswerLost(broken) } else { Fault::NotReached(broken) };
            phone.server.fault("/v0/photos", n, Fault::None);
            phone.server.fault("/v0/photos", 1, fault);
            let report = phone.sync();
            assert_eq!((report.photos, report.stopped.map(|r| r.code())), (0, Some("connection_broken")), "{n} {lost}");
            phone.restart();
            phone.server.asked();
            let report = phone.sync();
            assert_eq!((report.photos, report.stopped), (1, None), "{n} {lost}");
            assert_eq!(phone.server.photos(), std::slice::from_ref(&photo), "{n} {lost}");
            // What arrived is not sent again.
            let pieces = phone.server.asked().iter().filter(|a| a.starts_with("PATCH")).count();
            let arrived = (n + usize::from(lost)).saturating_sub(2);
            assert_eq!(pieces, 4 - arrived.min(4), "{n} {lost}");
        }
    }
}

#[test]
fn an_upload_that_the_server_dropped_begins_anew() {
    let phone = Phone::enrolled();
    let photo = large();
    phone.engine().punch(with_photos(vec![adopt(&phone, &photo)])).unwrap();
    phone.server.fault("/v0/photos", 4, Fault::None);
    phone.offline("/v0/photos", 1);
    phone.sync();
    phone.server.drop_uploads();
    let report = phone.sync();
    assert_eq!((report.photos, report.stopped), (1, None));
    assert_eq!(phone.server.photos(), [photo]);
}

#[test]
fn a_photo_that_cannot_be_sent_keeps_no_other_waiting() {
    let refused = Fault::refused(422, "unprocessable");
    let too_large = Fault::refused(413, "too_large");
    for (fault, reason) in [(Some(refused), Some("refused")), (Some(too_large), Some("refused")), (None, None)] {
        let phone = Phone::enrolled();
        let (first, second) = (adopt(&phone, &picture(1)), adopt(&phone, &picture(2)));
        phone.engine().punch(with_photos(vec![first, second])).unwrap();
        match fault {
            Some(fault) => phone.server.fault("/v0/photos", 1, fault),
            // The file is gone.
            None => daka_core::ports::PhotoStore::remove(&phone.photos, first).unwrap(),
        }
        let report = phone.sync();
        assert_eq!((report.photos, report.photos_refused), (1, 1));
        assert_eq!(report.stopped.map(|r| r.code()), reason);
        assert_eq!(phone.server.photos(), [picture(2)]);
        assert_eq!(phone.engine().queue().unwrap().photos, 1);
        // The bundle shows what is there.
        phone.clock.advance(20_000);
        phone.sync();
        assert_eq!(phone.export().fails, []);
    }
}

#[test]
fn a_place_elsewhere_is_not_followed() {
    for place in [
        "https://elsewhere.example/v0/photos/0",
        "//elsewhere.example/v0/photos/0",
        "https://clock.example.evil/x",
        "0",
    ] {
        let phone = Phone::enrolled();
        phone.engine().punch(with_photos(vec![adopt(&phone, PHOTO)])).unwrap();
        let elsewhere = move |answer: &mut daka_core::ports::HttpResponse| {
            answer.headers.retain(|(n, _)| n != "location");
            answer.headers.push(("location".to_owned(), place.to_owned()));
        };
        phone.server.fault("/v0/photos", 1, Fault::Changed(Arc::new(elsewhere)));
        phone.server.asked();
        let report = phone.sync();
        assert_eq!((report.photos, report.stopped.map(|r| r.code())), (0, Some("bad_answer")), "{place}");
        assert_eq!(phone.server.count("HEAD"), 0, "{place}");
        assert_eq!(phone.sync().photos, 1, "{place}");
    }
    // A path of the same server is.
    let phone = Phone::enrolled();
    phone.engine().punch(with_photos(vec![adopt(&phone, PHOTO)])).unwrap();
    let path = |answer: &mut daka_core::ports::HttpResponse| {
        answer.headers.retain(|(n, _)| n != "location");
        answer.headers.push(("location".to_owned(), "/v0/photos/0".to_owned()));
    };
    phone.server.fault("/v0/photos", 1, Fault::Changed(Arc::new(path)));
    assert_eq!(phone.sync().photos, 1);
}

#[test]
fn on_a_metered_network_photos_wait_if_the_policy_or_the_employee_says_so() {
    let cases = [
        (true, true, false, 0),
        (true, false, false, 1),
        (false, true, false, 1),
        (false, false, false, 1),
        (false, true, true, 0),
        (false, false, true, 1),
    ];
    for (wifi_only, metered, save_data, sent) in cases {
        let phone = Phone::enrolled();
        phone.server.publish(1, Policy { photos_on_wifi_only: wifi_only, ..Policy::default() }, &[]);
        phone.sync();
        phone.engine().punch(with_photos(vec![adopt(&phone, PHOTO)])).unwrap();
        let options = SyncOptions { now: true, metered, save_data, ..SyncOptions::default() };
        let report = run(phone.engine().sync(options)).unwrap();
        assert_eq!(
            (report.photos, report.stopped, report.waiting),
            (sent, None, 0),
            "{wifi_only} {metered} {save_data}"
        );
    }
}
