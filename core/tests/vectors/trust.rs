//! Key set, enrolment, login, time tokens, revocation, pass, site token.

use daka_core::adapters::crypto::Ring;
use daka_core::domain::cbor::Value;
use daka_core::domain::cose::Sign1;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::{Nonce, hex};
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{
    AccessScope, DeviceCertificate, EnrolAnswer, EnrolCode, EnrolRequest, EnrolState, Login, LoginAnswer, LoginRequest,
    Pass, Revocation, RevocationReason, SiteToken, TimeToken, make_request, read_request,
};
use daka_core::testkit::keys;
use daka_core::testkit::tiny_server::{BEGIN, random16};
use daka_core::testkit::tiny_story::{MORNING, TinyStory};
use serde_json::json;

use super::set::{File, Vector, bytes, cbor};
use super::signatures::Signatures;

fn signed(name: &str, rule: &str, by: &str, message: &Sign1) -> [Vector; 2] {
    let cose = if message.algorithm.cose() == -7 { "cose-es256" } else { "cose-ed25519" };
    [cbor(name, rule, &message.payload), cbor(&format!("{name}, signed"), cose, message.bytes()).with("signed_by", by)]
}

pub(crate) fn file(story: &TinyStory, signatures: &Signatures) -> File {
    let (server, enrolled) = (&story.server, &story.enrolled);
    let mut vectors = Vec::new();
    let key_set = server.keys.sign(&Ring, &keys::root()).unwrap();
    vectors.extend(signed("key set", "key-set", "root", &key_set));

    let device = signatures.signer(keys::device());
    let (code, nonce) = (EnrolCode(random16("code", 1)), enrolled.identity.nonce);
    let request = make_request(&*device).unwrap();
    assert_eq!(&read_request(&Ring, &request).unwrap(), device.public_key());
    vectors.push(bytes("certificate request", "bstr", &request).with("csr_of", "device"));
    let (hint, mac) = (code.hint(&Ring), code.mac(&Ring, nonce, &request));
    let enrol = EnrolRequest { hint, nonce, request: request.clone(), mac };
    let message = [&b"daka-enrol"[..], &nonce.0, &request].concat();
    vectors.push(
        cbor("enrolment request", "enrol-request", &enrol.encode())
            .with("code", hex(&code.0))
            .with("hmac", json!({"key": hex(&code.0), "message": hex(&message), "value": mac.hex()})),
    );
    vectors.extend(signed("first statement", "statement", "device CA", &story.former.statement));
    let [payload, message] = signed("statement", "statement", "device CA", &enrolled.statement);
    vectors.push(payload.with("previous", story.former.statement.digest(&Ring).hex()));
    vectors.push(message);
    let name = Value::Array(vec![
        Value::text("daka-name"),
        Value::bytes(enrolled.name_salt),
        Value::text(enrolled.name.as_str()),
    ]);
    vectors.push(cbor("name", "name-commitment", &name.encode()));
    let certificate = DeviceCertificate::open(&Ring, server.ca.public_key(), &enrolled.certificate).unwrap();
    vectors.push(
        bytes("device certificate", "bstr", &enrolled.certificate)
            .with("sha256", Ring.sha256(&[&enrolled.certificate]).hex())
            .with("certificate_of", "device")
            .with("not_before_ms", certificate.not_before.get())
            .with("not_after_ms", certificate.not_after.get()),
    );
    let answer = EnrolAnswer {
        state: EnrolState::Active,
        root: server.root.public_key().spki().to_vec(),
        key_set: key_set.bytes().to_vec(),
        statement: enrolled.statement.bytes().to_vec(),
        certificate: enrolled.certificate.clone(),
        earlier: vec![story.former.statement.bytes().to_vec()],
        employer_name: "Acme Ltd".to_owned(),
        employee_name: enrolled.name.clone(),
        name_salt: enrolled.name_salt,
    };
    vectors.push(cbor("enrolment answer", "enrol-answer", &answer.encode()));

    let login = Login {
        tenant: server.tenant.clone(),
        root: server.root.public_key().kid(&Ring),
        origin: "https://time.example:8443".to_owned(),
        journal: story.phone.journal,
        server_nonce: Nonce(random16("server nonce", 1)),
        client_nonce: Nonce(random16("client nonce", 1)),
    };
    let message = login.sign(&Ring, &*device).unwrap();
    assert_eq!(Login::open(&Ring, device.public_key(), &message).unwrap(), login);
    vectors.extend(signed("login", "login", "device", &message));
    let challenge = Value::Array(vec![Value::Uint(0), Value::bytes(login.server_nonce)]);
    vectors.push(cbor("login challenge", "login-challenge", &challenge.encode()));
    let request = LoginRequest {
        login: message.bytes().to_vec(),
        statement: answer.statement.clone(),
        certificate: answer.certificate.clone(),
    };
    vectors.push(cbor("login request", "login-request", &request.encode()));
    let token = LoginAnswer { token: "dGVzdA".to_owned(), seconds: 900, scope: AccessScope::Full };
    vectors.push(cbor("login answer", "login-answer", &token.encode()));

    let ask = story.phone.time_request(123_456);
    vectors.push(cbor("time request", "time-request", &ask.encode()));
    let origin = server.origin.as_str().to_owned();
    let token = TimeToken { origin, request: ask, counter: 4, server: WallMs::new(MORNING), eps_ms: 500 };
    vectors.extend(signed("time token", "time-token", "time", &token.sign(&Ring, &keys::time()).unwrap()));

    let revocation = Revocation {
        subject: device.public_key().kid(&Ring).0,
        issued: WallMs::new(MORNING),
        reason: RevocationReason::Lost,
    };
    vectors.push(cbor("revocation of a key", "revocation", &revocation.value().encode()));
    let of_journal = Revocation { subject: story.phone.journal.0, reason: RevocationReason::Left, ..revocation };
    vectors.push(cbor("revocation of a journal", "revocation", &of_journal.value().encode()));
    let pass = Pass {
        tenant: server.tenant.clone(),
        journal: story.phone.journal,
        id: random16("pass", 1),
        from: WallMs::new(BEGIN),
        to: WallMs::new(MORNING),
    };
    let message = Sign1::sign(&Ring, &keys::pass(), pass.encode()).unwrap();
    vectors.extend(signed("pass", "pass", "pass", &message));
    let token = SiteToken { site: random16("site", 1), step: 59_080_321, mac: [1, 2, 3, 4, 5, 6, 7, 8] };
    vectors.push(cbor("site token", "site-token", &token.encode()));
    let about = "Key set, enrolment, login, time tokens, and the formats of later issues. A signed message stands behind its payload.";
    File { name: "trust", about, vectors }
}
