//! Two employers on one server: whoever holds a token of one tries to read and write the other's on every route, and fails to.
//! A route without a case here fails the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::adapters::crypto::Ring;
use daka_core::domain::cbor::Value;
use daka_core::domain::fields::List;
use daka_core::domain::ids::{Hash32, JournalId};
use daka_core::domain::journal::Asked;
use daka_core::domain::log::UploadAnswer;
use daka_core::domain::trust::{EnrolRequest, LoginRequest};
use daka_core::domain::tus::PhotoMetadata;
use daka_server::http::routes;
use daka_server::testing::{Http, Phone, Reply, TestServer};

const TUS: (&str, &str) = ("Tus-Resumable", "1.0.0");

/// A victim with data of every kind, and an outsider with as little as there can be.
struct Scene {
    server: TestServer,
    victim: Phone,
    outsider: Phone,
    photo: Hash32,
    upload: String,
    meta: PhotoMetadata,
}

fn bearer(phone: &Phone) -> String {
    format!("Bearer {}", phone.token)
}

fn scene() -> Scene {
    let server = TestServer::acme();
    let mut victim = server.phone("acme", "e1");
    for i in 0..4 {
        server.site("acme", &format!("Hidden {i}"), 22.0, 114.0, 100.0);
    }
    let photo = server.sha256(b"photo");
    victim.punch(Asked::In);
    let meta = victim.punch_with_photo(b"photo");
    victim.upload(1, 2);
    let auth = bearer(&victim);
    let headers = [("Authorization", auth.as_str()), TUS, ("Upload-Length", "5"), ("Upload-Metadata", &meta.header())];
    let created = victim.http.send("POST", "/v0/photos", &headers, &[]);
    assert_eq!(created.status, 201);
    let upload = created.header("location").unwrap().to_owned();
    server.tenant("beta");
    server.employee("beta", "e1", "Someone Else");
    let outsider = server.phone("beta", "e1");
    // Nothing is left to be worked out in the background.
    server.results("acme");
    Scene { server, victim, outsider, photo, upload, meta }
}

/// Everything of a tenant's, as one digest.
fn fingerprint(server: &TestServer, tenant: &str) -> String {
    server.admin(|b| {
        let mut out = String::new();
        let mut tables = b.tx.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta'")?;
        let names: Vec<String> = tables.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
        for name in names {
            let mut rows = b.tx.prepare(&format!("SELECT * FROM {name} WHERE tenant = ?1"))?;
            let columns = rows.column_count();
            let mut found = rows.query([tenant])?;
            while let Some(row) = found.next()? {
                for i in 0..columns {
                    out.push_str(&format!("{name} {:?}\n", row.get_ref(i)?));
                }
            }
        }
        Ok(server.sha256(out.as_bytes()).hex())
    })
}

fn holds(reply: &Reply, bytes: &[u8]) -> bool {
    reply.body.windows(bytes.len()).any(|w| w == bytes)
}

fn versioned(reply: &Reply) -> List {
    let mut list = List::new("answer", Value::decode("answer", &reply.body).unwrap()).unwrap();
    list.take("v").unwrap();
    list
}

fn foreign(scene: &Scene, method: &str, path: &str) {
    let Scene { server, victim, outsider, photo, upload, meta } = scene;
    let http = server.http();
    let token = Some(outsider.token.as_str());
    let auth = bearer(outsider);
    let authorized = ("Authorization", auth.as_str());
    match (method, path) {
        ("GET", "/healthz") => assert_eq!(http.get(path, token).body, br#"{"status":"ok"}"#),
        ("POST", "/v0/enrol") => {
            // A code of one's own, with the hint of theirs.
            let (theirs, own) = (server.code("acme", "e1"), server.code("beta", "e1"));
            let mut request = EnrolRequest::decode(&outsider.request).unwrap();
            request.mac = own.code.mac(&Ring, request.nonce, &request.request);
            request.hint = theirs.code.hint(&Ring);
            assert_eq!(http.post(path, None, &request.encode()).outcome(), (403, "wrong_code".into()));
        }
        ("POST", "/v0/login/challenge") => assert_eq!(http.post(path, token, &[]).body.len(), 19),
        ("POST", "/v0/login") => {
            let own = LoginRequest::decode(&outsider.login_request(outsider.challenge(), server.url())).unwrap();
            let (statement, certificate) = (victim.answer.statement.clone(), victim.answer.certificate.clone());
            for request in [
                LoginRequest { statement: statement.clone(), ..own.clone() },
                LoginRequest { certificate: certificate.clone(), ..own.clone() },
                LoginRequest { statement, certificate, ..own },
            ] {
                assert_eq!(http.post(path, None, &request.encode()).outcome(), (403, "forbidden".into()));
            }
        }
        ("POST", "/v0/time") => {
            let request = victim.time_request();
            assert_eq!(http.post(path, token, &request.encode()).outcome(), (403, "forbidden".into()));
        }
        ("POST", "/v0/segments") => {
            let upload = victim.upload_of(1, 2).encode().unwrap();
            assert_eq!(http.post(path, token, &upload).outcome(), (403, "forbidden".into()));
        }
        ("GET", "/v0/head") => {
            let reply = http.get(&format!("{path}?journal={}", victim.journal), token);
            assert_eq!(versioned(&reply).take("head").unwrap(), Value::Null);
        }
        ("GET", "/v0/receipts") => {
            let reply = http.get(&format!("{path}?epoch=0&from=1&to=100"), token);
            let answer = UploadAnswer::decode(&reply.body).unwrap();
            assert_eq!((answer.items.len(), answer.checkpoint.origin.as_str(), answer.head), (0, "beta/1", None));
        }
        ("GET", "/v0/rules") => {
            let reply = http.get(path, token);
            assert_eq!(reply.status, 200);
            assert!(!holds(&reply, b"acme") && !holds(&reply, b"Door") && !holds(&reply, b"Hidden"));
        }
        ("GET", "/v0/keys" | "/v0/keylog" | "/v0/checkpoint") => {
            let reply = http.get(path, token);
            assert_eq!(reply.status, 200);
            assert!(holds(&reply, b"beta") && !holds(&reply, b"acme") && !holds(&reply, victim.journal.as_ref()));
        }
        ("GET", "/v0/tile/{level}/{*index}") => {
            // The other log is longer: a tile of that width is theirs alone.
            assert_eq!(http.get("/v0/tile/0/000.p/9", Some(&victim.token)).status, 200);
            assert_eq!(http.get("/v0/tile/0/000.p/9", token).outcome(), (404, "not_found".into()));
            let leaf = http.get("/v0/tile/entries/000.p/1", Some(&victim.token)).body;
            assert_ne!(http.get("/v0/tile/entries/000.p/1", token).body, leaf);
        }
        ("GET", "/v0/consistency") => {
            assert_eq!(http.get("/v0/consistency?from=1&to=9", Some(&victim.token)).status, 200);
            assert_eq!(http.get("/v0/consistency?from=1&to=9", token).outcome(), (422, "unprocessable".into()));
        }
        ("POST", "/v0/photos") => {
            let own = PhotoMetadata { journal: outsider.journal, ..*meta };
            for (meta, expected) in [(*meta, 403), (own, 422)] {
                let headers = [authorized, TUS, ("Upload-Length", "5"), ("Upload-Metadata", &meta.header())];
                assert_eq!(http.send("POST", path, &headers, &[]).status, expected);
            }
        }
        ("HEAD", "/v0/photos/{id}") => assert_eq!(http.send("HEAD", upload, &[authorized, TUS], &[]).status, 404),
        ("PATCH", "/v0/photos/{id}") => {
            let headers =
                [authorized, TUS, ("Upload-Offset", "0"), ("Content-Type", "application/offset+octet-stream")];
            assert_eq!(http.send("PATCH", upload, &headers, b"photo").outcome(), (404, "not_found".into()));
            let kept = server.dir().join("photos/acme");
            let files: Vec<_> = std::fs::read_dir(kept).unwrap().collect();
            assert!(files.is_empty(), "{files:?} for {photo}");
        }
        _ => panic!("{method} {path} has no case: what can someone of another tenant do there?"),
    }
}

#[test]
fn nobody_reads_or_writes_another_tenants_on_any_route() {
    let scene = scene();
    for (method, path) in routes() {
        // A code made for the attempt is the owner's own doing, and its counted try is the attempt's only trace.
        let codes_too = path == "/v0/enrol";
        let before = fingerprint(&scene.server, "acme");
        foreign(&scene, method, path);
        assert!(
            codes_too || fingerprint(&scene.server, "acme") == before,
            "{method} {path} changed something of acme's"
        );
    }
    let devices: i64 = scene
        .server
        .admin(|b| Ok(b.tx.query_row("SELECT count(*) FROM device WHERE tenant = 'acme'", [], |r| r.get(0))?));
    assert_eq!(devices, 1);
}

#[test]
fn without_a_token_there_is_nothing() {
    let scene = scene();
    let http: Http = scene.server.http();
    let open = ["/healthz", "/v0/enrol", "/v0/login/challenge", "/v0/login"];
    for (method, path) in routes().filter(|(_, p)| !open.contains(p)) {
        let path = path.replace("{level}", "0").replace("{*index}", "000.p/1").replace("{id}", &"0".repeat(32));
        for token in [None, Some("Bearer nonsense"), Some("Basic YTpi"), Some("Bearer ")] {
            let mut headers = vec![TUS, ("Content-Type", "application/cbor")];
            headers.extend(token.map(|t| ("Authorization", t)));
            let reply = http.send(method, &path, &headers, &[0x80]);
            assert_eq!(reply.status, 401, "{method} {path} {token:?}");
            assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
            assert!(method == "HEAD" || reply.code() == "login_required");
        }
    }
}

#[test]
fn the_same_employee_id_in_two_tenants_is_two_people() {
    let scene = scene();
    let own = scene.outsider.journal;
    assert_ne!(own, scene.victim.journal);
    let who = scene.server.caller("beta", own);
    let other = scene.server.caller("acme", JournalId(own.0));
    let find = |w: &daka_server::phone::Caller| {
        scene
            .server
            .admin(|b| daka_server::tenants::devices::find(b.tx, &w.tenant, w.bucket, w.journal).map(|d| d.is_some()))
    };
    assert_eq!((find(&who), find(&other)), (true, false));
}
