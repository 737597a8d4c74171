//! Photos by tus 1.0: resumed after a break, refused with other bytes, taken only where an entry names them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use daka_core::domain::tus::PhotoMetadata;
use daka_server::testing::{Phone, Reply, TestServer};
use std::io::Write as _;

const VERSION: (&str, &str) = ("Tus-Resumable", "1.0.0");
const STREAM: (&str, &str) = ("Content-Type", "application/offset+octet-stream");

fn auth(phone: &Phone) -> String {
    format!("Bearer {}", phone.token)
}

fn create(phone: &Phone, meta: &PhotoMetadata, length: u64) -> Reply {
    let (auth, length, meta) = (auth(phone), length.to_string(), meta.header());
    let headers = [("Authorization", auth.as_str()), VERSION, ("Upload-Length", &length), ("Upload-Metadata", &meta)];
    phone.http.send("POST", "/v0/photos", &headers, &[])
}

fn patch(phone: &Phone, url: &str, offset: u64, bytes: &[u8]) -> Reply {
    let (auth, offset) = (auth(phone), offset.to_string());
    let headers = [("Authorization", auth.as_str()), VERSION, STREAM, ("Upload-Offset", &offset)];
    phone.http.send("PATCH", url, &headers, bytes)
}

fn offset(phone: &Phone, url: &str) -> (u16, Option<u64>) {
    let auth = auth(phone);
    let reply = phone.http.send("HEAD", url, &[("Authorization", auth.as_str()), VERSION], &[]);
    assert_eq!(reply.header("tus-resumable"), Some("1.0.0"));
    (reply.status, reply.header("upload-offset").and_then(|v| v.parse().ok()))
}

/// A phone with one photo of `bytes` whose entry is stored.
fn with_photo(bytes: &[u8]) -> (TestServer, Phone, PhotoMetadata) {
    let server = TestServer::acme();
    let mut phone = server.phone("acme", "e1");
    let meta = phone.punch_with_photo(bytes);
    phone.upload(1, 1);
    (server, phone, meta)
}

#[test]
fn a_photo_arrives_in_pieces_and_over_a_restart() {
    let bytes: Vec<u8> = (0..200_000_u32).map(|i| (i * 31 % 251) as u8).collect();
    let (mut server, mut phone, meta) = with_photo(&bytes);
    let created = create(&phone, &meta, 200_000);
    assert_eq!((created.status, created.header("tus-resumable")), (201, Some("1.0.0")));
    let url = created.header("location").unwrap().to_owned();
    assert_eq!(offset(&phone, &url), (200, Some(0)));
    assert_eq!(patch(&phone, &url, 0, &bytes[..70_000]).header("upload-offset"), Some("70000"));

    // A connection that breaks in the middle keeps what was written.
    let host = server.url().strip_prefix("http://").unwrap().to_owned();
    let mut tcp = std::net::TcpStream::connect(&host).unwrap();
    let head = format!(
        "PATCH {url} HTTP/1.1\r\nHost: {host}\r\nAuthorization: {}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 70000\r\n\
         Content-Type: application/offset+octet-stream\r\nContent-Length: 130000\r\n\r\n",
        auth(&phone)
    );
    tcp.write_all(head.as_bytes()).unwrap();
    tcp.write_all(&bytes[70_000..100_000]).unwrap();
    tcp.shutdown(std::net::Shutdown::Both).unwrap();
    drop(tcp);
    server.stop();
    server.start();
    phone.login().unwrap();
    let (status, at) = offset(&phone, &url);
    let at = at.unwrap();
    assert!(status == 200 && (70_000..=100_000).contains(&at), "{status} {at}");

    // Another offset is a conflict that says which one is right.
    let wrong = patch(&phone, &url, at + 1, &bytes[..1]);
    assert_eq!(
        (wrong.outcome(), wrong.header("upload-offset")),
        ((409, "offset".into()), Some(at.to_string().as_str()))
    );
    // The same creation finds the upload again.
    assert_eq!(create(&phone, &meta, 200_000).header("location"), Some(url.as_str()));
    let done = patch(&phone, &url, at, &bytes[usize::try_from(at).unwrap()..]);
    assert_eq!((done.status, done.header("upload-offset")), (204, Some("200000")));
    assert_eq!(offset(&phone, &url), (200, Some(200_000)));
    let stored = server.dir().join("photos/acme").join(meta.digest.hex());
    assert_eq!(std::fs::read(stored).unwrap(), bytes);
    // Complete and asked for again: nothing more to send.
    assert_eq!(create(&phone, &meta, 200_000).header("location"), Some(url.as_str()));
    assert_eq!(patch(&phone, &url, 200_000, &[]).status, 204);
    assert_eq!(create(&phone, &meta, 5).status, 422);
}

#[test]
fn other_bytes_than_the_entry_names_are_dropped() {
    let (server, phone, meta) = with_photo(b"the right bytes");
    let url = create(&phone, &meta, 15).header("location").unwrap().to_owned();
    assert_eq!(patch(&phone, &url, 0, b"the wrong bytes").outcome(), (460, "checksum".into()));
    assert_eq!(offset(&phone, &url).0, 404, "the upload is gone");
    assert_eq!(std::fs::read_dir(server.dir().join("photos/acme")).unwrap().count(), 0);
    let url = create(&phone, &meta, 15).header("location").unwrap().to_owned();
    assert_eq!(patch(&phone, &url, 0, b"the right bytes").status, 204);
}

#[test]
fn a_photo_that_no_stored_entry_names_is_refused() {
    let (_server, mut phone, meta) = with_photo(b"one");
    let unsent = phone.punch_with_photo(b"two");
    assert_eq!(create(&phone, &unsent, 3).outcome(), (422, "unprocessable".into()));
    let other_punch = PhotoMetadata { punch: unsent.punch, ..meta };
    assert_eq!(create(&phone, &other_punch, 3).outcome(), (422, "unprocessable".into()));
    phone.upload(2, 2);
    assert_eq!(create(&phone, &unsent, 3).status, 201);
}

#[test]
fn what_tus_asks_for_is_asked_for() {
    let (_server, phone, meta) = with_photo(b"photo");
    let auth = auth(&phone);
    let authorized = ("Authorization", auth.as_str());
    let header = meta.header();
    let create_with = |headers: &[(&str, &str)]| phone.http.send("POST", "/v0/photos", headers, &[]).outcome();
    let length = ("Upload-Length", "5");
    let metadata = ("Upload-Metadata", header.as_str());
    assert_eq!(create_with(&[authorized, length, metadata]), (412, "tus_version".into()));
    let old = ("Tus-Resumable", "0.2.2");
    assert_eq!(create_with(&[authorized, old, length, metadata]), (412, "tus_version".into()));
    assert_eq!(create_with(&[authorized, VERSION, metadata]), (400, "malformed".into()));
    assert_eq!(create_with(&[authorized, VERSION, length]), (400, "malformed".into()));
    let large = ("Upload-Length", "67108865");
    assert_eq!(create_with(&[authorized, VERSION, large, metadata]), (413, "too_large".into()));

    let url = create(&phone, &meta, 5).header("location").unwrap().to_owned();
    let plain = [authorized, VERSION, ("Upload-Offset", "0"), ("Content-Type", "text/plain")];
    assert_eq!(phone.http.send("PATCH", &url, &plain, b"photo").outcome(), (415, "media_type".into()));
    assert_eq!(patch(&phone, &url, 0, b"photos").outcome(), (413, "too_large".into()), "more than was announced");
    let (status, at) = offset(&phone, &url);
    assert!(status == 200 && at.unwrap() <= 5);
}
