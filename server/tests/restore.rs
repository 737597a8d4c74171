//! Coming back from a backup: nothing is answered before a person said what was lost, history is not rewritten, and phones fill
//! the server again.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::adapters::crypto::Ring;
use daka_core::domain::cbor::Value;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::fields::{As as _, List};
use daka_core::domain::journal::Asked;
use daka_core::domain::log::{Checkpoint, ItemReason as Why, ItemStatus as Did, LeafKind};
use daka_core::domain::trust::{AccessScope, RevocationReason};
use daka_server::testing::{Phone, TestServer};
use daka_server::{backup, restore, store, tenants};
use std::path::PathBuf;

fn back_up(server: &TestServer, name: &str) -> PathBuf {
    let dest = server.dir().join("..").join(name);
    std::fs::create_dir(&dest).unwrap();
    let conn = store::open_read_only(&server.dir().join("daka.db")).unwrap();
    let done = backup::backup(&conn, &server.env().home, &dest).unwrap();
    assert!(done.folder.is_some());
    dest
}

fn first_leaf(server: &TestServer, origin: &str) -> (LeafKind, Value) {
    server.admin(|b| {
        let row: (i64, Vec<u8>) = b.tx.query_row(
            "SELECT kind, body FROM log_leaf JOIN log ON log.id = log_leaf.log WHERE origin = ?1 AND idx = 0",
            [origin],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )?;
        Ok((LeafKind::from_wire(row.0.unsigned_abs()), Value::decode("body", &row.1)?))
    })
}

fn checkpoint(server: &TestServer) -> Checkpoint {
    let acme = daka_core::domain::ids::TenantId::parse("acme").unwrap();
    server.admin(|b| {
        let log = daka_server::tlog::current(b.tx, &acme, daka_server::tlog::LogKind::Journals)?;
        daka_server::tlog::checkpoint(b.tx, &log)
    })
}

#[test]
fn a_restored_server_waits_is_told_and_is_filled_again() {
    let mut server = TestServer::acme();
    server.employee("acme", "e2", "Wong Siu Ming");
    let mut phone = server.phone("acme", "e1");
    let lost = server.phone("acme", "e2");
    let code = server.code("acme", "e2");
    for _ in 0..3 {
        phone.punch(Asked::Auto);
    }
    let before = phone.upload(1, 3);
    let saved = back_up(&server, "saved");
    let at_backup = checkpoint(&server);

    // What the backup does not know: entries, a device, a used code, a revocation.
    for _ in 0..3 {
        phone.punch(Asked::Auto);
    }
    let after = phone.upload(4, 6);
    let mut newcomer = Phone::enrol(server.http(), &code).unwrap();
    newcomer.login().unwrap();
    newcomer.punch(Asked::In);
    newcomer.upload(1, 1);
    server.admin(|b| tenants::devices::revoke(b, &lost.keys.tenant, lost.journal, RevocationReason::Lost));

    let refused = restore::restore(server.dir(), &saved, 0).unwrap_err();
    assert!(refused.to_string().contains("in use"), "{refused}");
    server.stop();
    restore::restore(server.dir(), &saved, 0).unwrap();
    assert!(server.dir().join("daka.db.before-restore-1").exists(), "the old database is kept");
    server.start();

    // Nothing but the health check.
    let http = server.http();
    assert_eq!(http.get("/healthz", None).status, 200);
    for (method, path) in daka_server::http::routes().filter(|(_, p)| *p != "/healthz") {
        let path = path.replace(['{', '}', '*'], "");
        let reply = http.send(method, &path, &[("Content-Type", "application/cbor")], &[]);
        assert_eq!(reply.status, 423, "{method} {path}");
        assert!(method == "HEAD" || reply.code() == "restored");
    }

    // Told by the outside files, while it runs.
    let said = restore::replay(server.dir(), &server.dir().join("outside")).unwrap();
    assert!(said.iter().any(|s| s.contains("answers again")), "{said:?}");
    assert!(restore::replay(server.dir(), &server.dir().join("outside")).is_err(), "it waits no more");

    // A new log whose first leaf commits to the last checkpoint that the backup has.
    let (kind, body) = first_leaf(&server, "acme/2");
    let mut body = List::new("body", body).unwrap();
    assert_eq!(kind, LeafKind::LogOrigin);
    assert_eq!(body.take("digest").unwrap().hash("digest").unwrap(), Ring.sha256(&[at_backup.note().as_bytes()]));
    assert_eq!(first_leaf(&server, "acme/keys/2").0, LeafKind::LogOrigin);

    // The phone keeps its old receipts, sees the new origin, and fills what is missing.
    phone.login().unwrap();
    let old = phone.checkpoint.clone().unwrap();
    let filled = phone.upload(1, 6);
    assert_eq!(Phone::fates(&filled), [(Did::Duplicate, Why::None, 1, 3), (Did::Stored, Why::None, 4, 6)]);
    assert_eq!((old.origin.as_str(), filled.checkpoint.origin.as_str()), ("acme/1", "acme/2"));
    assert_eq!(filled.items[0].receipt.received, before.items[0].receipt.received, "the same receipt in the new log");
    after.items[0].receipt.verify(&Ring, phone.journal, phone.hash_at(6).unwrap(), &old).unwrap();
    phone.load_rules();

    // Counters run per origin.
    let (_, token) = phone.anchor(10);
    assert_eq!((token.origin.as_str(), token.counter), ("acme/2", 1));

    // The device that enrolled since is taken back from its own papers, once an administrator has looked at it.
    assert_eq!(newcomer.login().unwrap().scope, AccessScope::Pending);
    assert_eq!(newcomer.send(&newcomer.upload_of(1, 1)).outcome(), (403, "not_approved".into()));
    server.admin(|b| {
        let device = tenants::devices::by_prefix(b.tx, &newcomer.keys.tenant, &newcomer.journal.0.hex())?;
        tenants::devices::approve(b, &device)
    });
    assert_eq!(Phone::fates(&newcomer.upload(1, 1)), [(Did::Stored, Why::None, 1, 1)]);
    // The code that it used cannot be used again, and the lost phone stays revoked.
    assert_eq!(Phone::enrol(server.http(), &code).err().unwrap().outcome(), (403, "expired_code".into()));
    let mut lost = lost;
    assert_eq!(lost.login().unwrap().scope, AccessScope::Segments);
    assert_eq!(server.results("acme").len(), 7);

    // The same backup once more: an origin is never used twice.
    server.stop();
    restore::restore(server.dir(), &saved, 0).unwrap();
    restore::confirm_loss(server.dir()).unwrap();
    server.start();
    phone.login().unwrap();
    assert_eq!(phone.upload(1, 6).checkpoint.origin.as_str(), "acme/3");
    lost.login().unwrap_or_else(|r| panic!("{:?}", r.outcome()));
}

#[test]
fn a_revocation_reaches_a_device_that_comes_back_later() {
    let mut server = TestServer::acme();
    let saved = back_up(&server, "saved");
    // Enrolled and revoked, both after the backup.
    let mut thief = server.phone("acme", "e1");
    server.admin(|b| tenants::devices::revoke(b, &thief.keys.tenant, thief.journal, RevocationReason::Lost));
    server.stop();
    restore::restore(server.dir(), &saved, 0).unwrap();
    restore::replay(server.dir(), &server.dir().join("outside/acme.log")).unwrap();
    server.start();
    assert_eq!(thief.login().unwrap().scope, AccessScope::Segments);
    thief.punch(Asked::In);
    assert_eq!(Phone::fates(&thief.upload(1, 1)), [(Did::Quarantined, Why::Revoked, 1, 1)]);
}

#[test]
fn every_tenant_has_to_be_told() {
    let mut server = TestServer::acme();
    server.tenant("beta");
    let saved = back_up(&server, "saved");
    server.stop();
    restore::restore(server.dir(), &saved, 7).unwrap();
    let outside = server.dir().join("outside");
    let said = restore::replay(server.dir(), &outside.join("acme.log")).unwrap();
    assert!(said.iter().any(|s| s.contains("beta")), "{said:?}");
    server.start();
    assert_eq!(server.http().post("/v0/login/challenge", None, &[]).status, 423);
    restore::replay(server.dir(), &outside.join("beta.log")).unwrap();
    assert_eq!(server.http().post("/v0/login/challenge", None, &[]).status, 200);
    assert_eq!(checkpoint(&server).origin.as_str(), "acme/7", "the lowest n that was asked for");
}

#[test]
fn a_new_machine_gets_keys_and_photos_from_the_folder() {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    let meta = phone.punch_with_photo(b"photo");
    phone.upload(1, 1);
    let auth = format!("Bearer {}", phone.token);
    let tus = [("Authorization", auth.as_str()), ("Tus-Resumable", "1.0.0")];
    let create = [tus[0], tus[1], ("Upload-Length", "5"), ("Upload-Metadata", &meta.header())];
    let url = phone.http.send("POST", "/v0/photos", &create, &[]).header("location").unwrap().to_owned();
    let patch = [tus[0], tus[1], ("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream")];
    assert_eq!(phone.http.send("PATCH", &url, &patch, b"photo").status, 204);
    let saved = back_up(&server, "saved");

    let elsewhere = tempfile::tempdir().unwrap();
    let dir = elsewhere.path().join("data");
    restore::restore(&dir, &saved, 0).unwrap();
    restore::confirm_loss(&dir).unwrap();
    let photo = dir.join("photos/acme").join(meta.digest.hex());
    assert_eq!(std::fs::read(photo).unwrap(), b"photo");
    let mut other = TestServer::on(&dir);
    other.start();
    let mut again = Phone::enrol(other.http(), &other.code("acme", "e1")).unwrap();
    again.login().unwrap();
    assert_eq!(again.answer.root, phone.answer.root);
    #[cfg(unix)]
    for private in ["daka.db", "keys/acme/root.pk8", "keys/acme/ca.pk8", "outside/acme.log"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(dir.join(private)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{private} is its owner's alone");
    }
}

#[test]
fn what_is_no_backup_changes_nothing() {
    let mut server = TestServer::acme();
    let saved = back_up(&server, "saved");
    server.stop();
    let before = std::fs::read(server.dir().join("daka.db")).unwrap();
    let damaged = server.dir().join("../damaged.db");
    let mut bytes = std::fs::read(saved.join("daka.db")).unwrap();
    bytes[..100].fill(0);
    std::fs::write(&damaged, bytes).unwrap();
    assert!(restore::restore(server.dir(), &damaged, 0).is_err());
    // A page in the middle: the header looks right.
    let mut bytes = std::fs::read(saved.join("daka.db")).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 4096].fill(0xa5);
    std::fs::write(&damaged, bytes).unwrap();
    assert!(restore::restore(server.dir(), &damaged, 0).is_err());
    assert!(restore::restore(server.dir(), &server.dir().join("nothing"), 0).is_err());
    // The keys of another installation.
    let key = server.dir().join("keys/acme/log.pk8");
    let right = std::fs::read(&key).unwrap();
    let other = daka_core::adapters::crypto::SoftwareKey::generate(daka_core::domain::crypto::Algorithm::Ed25519);
    std::fs::write(&key, other.unwrap()).unwrap();
    let refused = restore::restore(server.dir(), &saved, 0).unwrap_err();
    assert!(refused.to_string().contains("log key"), "{refused}");
    std::fs::write(&key, right).unwrap();
    assert_eq!(std::fs::read(server.dir().join("daka.db")).unwrap(), before);
    server.start();
    assert_eq!(server.http().post("/v0/login/challenge", None, &[]).status, 200);
}
