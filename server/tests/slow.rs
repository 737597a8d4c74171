//! Requests that do not arrive: each is cut off, says so where it can, and stands in nobody's way.
//!
//! The server here has a patience of 200 ms. No test measures time: whatever is not cut off ends in the reader's own time-out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::domain::journal::Asked;
use daka_core::domain::log::ItemStatus;
use daka_server::testing::{Phone, TestServer};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Far more than the server's patience, so that a server without one fails the test.
const PATIENT: Duration = Duration::from_secs(30);

fn server() -> TestServer {
    let mut server = TestServer::acme();
    server.set_patience(Duration::from_millis(200));
    server
}

fn connect(server: &TestServer) -> TcpStream {
    let stream = TcpStream::connect(server.url().strip_prefix("http://").unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENT)).unwrap();
    stream
}

/// The beginning of a request whose body has `length` bytes.
fn begin(method: &str, path: &str, length: usize, more: &str) -> String {
    format!(
        "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/cbor\r\nContent-Length: {length}\r\n{more}\r\n"
    )
}

/// Everything until the server closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer) {
        Ok(_) => {}
        // A connection that is reset has ended as well; one that stays open until our own time-out has not.
        Err(e) => {
            assert!(!matches!(e.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut), "left open")
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn is_timed_out(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 408 ")
        && answer.contains("application/problem+json")
        && answer.contains("\"timed_out\"")
}

#[test]
fn a_body_that_stops_is_answered_with_408() {
    let server = server();
    let phone = server.phone("acme", "e1");
    let auth = format!("Authorization: Bearer {}\r\n", phone.token);
    for (path, more) in
        [("/v0/enrol", ""), ("/v0/login", ""), ("/v0/time", auth.as_str()), ("/v0/segments", auth.as_str())]
    {
        let mut stream = connect(&server);
        stream.write_all(begin("POST", path, 4_000, more).as_bytes()).unwrap();
        stream.write_all(&[0x88; 10]).unwrap();
        let answer = rest(stream);
        assert!(is_timed_out(&answer), "{path}: {answer}");
    }
}

#[test]
fn a_byte_now_and_then_does_not_help() {
    let server = server();
    let mut stream = connect(&server);
    stream.write_all(begin("POST", "/v0/enrol", 60_000, "").as_bytes()).unwrap();
    let mut writer = stream.try_clone().unwrap();
    // It goes on until the server has closed; with no patience at work it would go on for ever, and the reader gives up first.
    let dripping = std::thread::spawn(move || {
        while writer.write_all(&[0x88]).is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let mut answer = [0; 16];
    let n = stream.read(&mut answer).unwrap();
    assert!(answer[..n].starts_with(b"HTTP/1.1 408 "), "{}", String::from_utf8_lossy(&answer[..n]));
    drop(stream);
    dripping.join().unwrap();
}

#[test]
fn a_head_that_does_not_end_closes_the_connection() {
    let server = server();
    let mut stream = connect(&server);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n").unwrap();
    assert!(!rest(stream).contains("200 OK"));
    // Nor does one that never begins, or stops where it could still become HTTP/2.
    assert_eq!(rest(connect(&server)), "");
    let mut stream = connect(&server);
    stream.write_all(b"P").unwrap();
    assert_eq!(rest(stream), "");
}

#[test]
fn a_slow_phone_that_makes_progress_is_waited_for() {
    let server = server();
    let mut phone = server.phone("acme", "e1");
    for _ in 0..100 {
        phone.punch(Asked::Auto);
    }
    let body = phone.upload_of(1, 100).encode().unwrap();
    assert!(body.len() > 6_000, "{}", body.len());
    let auth = format!("Authorization: Bearer {}\r\n", phone.token);
    let mut stream = connect(&server);
    // The first part buys some seconds; the pauses together are longer than the patience.
    let (first, last) = body.split_at(body.len() - 4);
    stream.write_all(begin("POST", "/v0/segments", body.len(), &auth).as_bytes()).unwrap();
    stream.write_all(first).unwrap();
    for byte in last {
        std::thread::sleep(Duration::from_millis(150));
        stream.write_all(&[*byte]).unwrap();
    }
    let mut answer = [0; 15];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");
    assert_eq!(phone.upload(1, 100).items[0].status, ItemStatus::Duplicate);
}

#[test]
fn what_came_of_a_photo_is_kept() {
    let server = server();
    let mut phone = server.phone("acme", "e1");
    let photo = [7; 5_000];
    let meta = phone.punch_with_photo(&photo);
    phone.upload(1, 1);
    let auth = format!("Bearer {}", phone.token);
    let tus = [("Authorization", auth.as_str()), ("Tus-Resumable", "1.0.0")];
    let create = [tus[0], tus[1], ("Upload-Length", "5000"), ("Upload-Metadata", &meta.header())];
    let url = phone.http.send("POST", "/v0/photos", &create, &[]).header("location").unwrap().to_owned();
    let mut stream = connect(&server);
    let head = format!(
        "PATCH {url} HTTP/1.1\r\nHost: x\r\nAuthorization: {auth}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: 5000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&photo[..300]).unwrap();
    let answer = rest(stream);
    assert!(is_timed_out(&answer), "{answer}");
    assert_eq!(phone.http.send("HEAD", &url, &tus, &[]).header("upload-offset"), Some("300"));
    // And the upload is nobody's any more: the rest is taken.
    let go_on = [tus[0], tus[1], ("Upload-Offset", "300"), ("Content-Type", "application/offset+octet-stream")];
    let done = phone.http.send("PATCH", &url, &go_on, &photo[300..]);
    assert_eq!((done.status, done.header("upload-offset")), (204, Some("5000")));
}

#[test]
fn others_are_served_meanwhile() {
    let server = server();
    let mut held = Vec::new();
    for _ in 0..40 {
        let mut stream = connect(&server);
        stream.write_all(begin("POST", "/v0/enrol", 4_000, "").as_bytes()).unwrap();
        held.push(stream);
    }
    let mut phone: Phone = server.phone("acme", "e1");
    phone.punch(Asked::In);
    assert_eq!(phone.upload(1, 1).items[0].status, ItemStatus::Stored);
    for stream in held {
        assert!(is_timed_out(&rest(stream)));
    }
}
