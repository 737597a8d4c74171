//! The HTTP adapter against servers on loopback that answer well, badly, slowly, or not at all. They are scripted by the byte, over
//! plain sockets and rustls, and share nothing with reqwest.

#![allow(clippy::unwrap_used, clippy::panic, reason = "all of this file is a test")]

#[path = "http_transport/listener.rs"]
mod listener;
#[path = "http_transport/tls.rs"]
mod tls;

use daka_core::adapters::http::{HttpLimits, HttpTransport, Trust};
use daka_core::domain::ids::Hash32;
use daka_core::ports::{HttpRequest, HttpResponse, Method, Transport as _, TransportError};
use listener::{Listener, Then};
use std::time::Duration;

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/cbor\r\n\r\n\u{1}\u{2}";

/// Limits that a busy machine keeps with ease.
const LIMITS: HttpLimits = HttpLimits { connect: Duration::from_secs(20), whole: Duration::from_secs(20), body: 1000 };

fn request(method: Method, url: String, body: &[u8]) -> HttpRequest {
    HttpRequest { method, url, headers: vec![], body: body.to_vec() }
}

async fn get(transport: &HttpTransport, url: String) -> Result<HttpResponse, TransportError> {
    transport.send(request(Method::Get, url, b"")).await
}

fn plain() -> HttpTransport {
    HttpTransport::new(Trust::Platform, LIMITS)
}

#[tokio::test]
async fn a_request_says_what_it_should_and_nothing_more() {
    let server = Listener::start([Then::keep(OK)]);
    let answer = plain()
        .send(HttpRequest {
            method: Method::Post,
            url: server.url("/v0/segments?checkpoint=7"),
            headers: vec![("authorization", "Bearer t".into()), ("content-type", "application/cbor".into())],
            body: vec![1, 2, 3],
        })
        .await
        .unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, &[1, 2][..]));
    assert_eq!(answer.header("content-type"), Some("application/cbor"));
    let seen = server.seen();
    let (head, body) = seen[0].split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<_> = head.lines().map(str::to_lowercase).collect();
    lines[1..].sort();
    let host = format!("host: {}", server.address());
    // The version is the workspace's, as Cargo.toml has it.
    let agent = format!("user-agent: daka/{}", env!("CARGO_PKG_VERSION"));
    let expected = [
        "post /v0/segments?checkpoint=7 http/1.1",
        "accept: */*",
        "authorization: bearer t",
        "content-length: 3",
        "content-type: application/cbor",
        &host,
        &agent,
    ];
    assert_eq!(lines, expected);
    assert_eq!(body.as_bytes(), [1, 2, 3]);
}

#[tokio::test]
async fn methods_and_empty_bodies() {
    let server = Listener::start(vec![Then::keep("HTTP/1.1 204 No Content\r\nUpload-Offset: 5\r\n\r\n"); 4]);
    let transport = plain();
    for method in [Method::Get, Method::Head, Method::Post, Method::Patch] {
        let answer = transport.send(request(method, server.url("/"), b"")).await.unwrap();
        assert_eq!((answer.status, answer.header("upload-offset"), answer.body.len()), (204, Some("5"), 0));
    }
    let first_lines: Vec<String> = server.seen().iter().map(|r| r.lines().next().unwrap().to_owned()).collect();
    assert_eq!(first_lines, ["GET / HTTP/1.1", "HEAD / HTTP/1.1", "POST / HTTP/1.1", "PATCH / HTTP/1.1"]);
    // Without a length a proxy would wait for the body.
    for seen in &server.seen()[2..] {
        assert!(seen.to_lowercase().contains("content-length: 0\r\n"), "{seen}");
    }
    assert_eq!(server.connections(), 1, "one connection serves them all");
}

#[tokio::test]
async fn an_answer_to_head_may_speak_of_a_body_that_does_not_come() {
    let server = Listener::start([Then::keep("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n")]);
    let answer = plain().send(request(Method::Head, server.url("/"), b"")).await.unwrap();
    assert_eq!((answer.status, answer.body.len()), (200, 0));
}

#[tokio::test]
async fn a_captive_portals_page_is_handed_on_as_it_is() {
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>";
    let server = Listener::start([Then::keep(page)]);
    let answer = get(&plain(), server.url("/v0/head")).await.unwrap();
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/html")));
    assert_eq!(answer.body, b"<html>");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = Listener::start([Then::keep(OK)]);
    for status in [301, 302, 303, 307, 308] {
        let to = elsewhere.url("/login");
        let moved = format!("HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
        let server = Listener::start([Then::keep(&moved)]);
        let answer = get(&plain(), server.url("/v0/head")).await.unwrap();
        assert_eq!((answer.status, answer.header("location")), (status, Some(to.as_str())));
    }
    assert_eq!(elsewhere.connections(), 0);
}

#[tokio::test]
async fn cookies_are_not_kept() {
    let with_cookie = OK.replace("\r\n\r\n", "\r\nSet-Cookie: who=me\r\n\r\n");
    let server = Listener::start([Then::keep(&with_cookie), Then::keep(OK)]);
    let transport = plain();
    for _ in 0..2 {
        get(&transport, server.url("/")).await.unwrap();
    }
    assert!(!server.seen()[1].to_lowercase().contains("cookie"));
}

#[tokio::test]
async fn an_answer_is_read_up_to_the_limit() {
    let sized = |n: usize| format!("HTTP/1.1 200 OK\r\nContent-Length: {n}\r\n\r\n{}", "x".repeat(n));
    let chunked = |n: usize| {
        let chunk = format!("a\r\n{}\r\n", "y".repeat(10)).repeat(n / 10);
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}0\r\n\r\n")
    };
    let too_large = Err(TransportError::TooLarge { limit: 1000 });
    for (answer, expected) in [
        (sized(1000), Ok(1000)),
        (sized(1001), too_large.clone()),
        (chunked(1000), Ok(1000)),
        (chunked(1010), too_large.clone()),
        // Until the connection closes.
        (format!("HTTP/1.1 200 OK\r\n\r\n{}", "z".repeat(1001)), too_large),
    ] {
        let server = Listener::start([Then::close(&answer)]);
        let got = get(&plain(), server.url("/")).await.map(|a| a.body.len());
        assert_eq!(got, expected, "{answer:.70}");
    }
}

#[tokio::test]
async fn a_lost_answer_is_a_broken_connection() {
    for cut in [
        // Nothing, half a head, half a body, half a chunk.
        "",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf",
        "no HTTP at all\r\n\r\n",
    ] {
        let server = Listener::start([Then::close(cut)]);
        let got = plain().send(request(Method::Post, server.url("/"), b"rows")).await;
        assert!(matches!(got, Err(TransportError::Broken(_))), "{cut:?}: {got:?}");
        assert_eq!(server.seen().len(), 1, "the adapter sends nothing twice of its own accord");
    }
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let url = Listener::start([]).url("/");
    let got = get(&plain(), url).await;
    assert!(matches!(got, Err(TransportError::Unreachable(_))), "{got:?}");
}

#[tokio::test]
async fn a_slow_answer_times_out() {
    let limits = HttpLimits { whole: Duration::from_millis(300), ..LIMITS };
    for begun in ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"] {
        let server = Listener::start([Then::hang(begun)]);
        let got = get(&HttpTransport::new(Trust::Platform, limits), server.url("/")).await;
        assert_eq!(got, Err(TransportError::TimedOut), "{begun:?}");
    }
}

#[tokio::test]
async fn a_handshake_that_hangs_is_unreachable() {
    let limits = HttpLimits { connect: Duration::from_millis(300), ..LIMITS };
    let server = Listener::start([Then::hang("")]);
    let got = get(&HttpTransport::new(Trust::Platform, limits), server.secure_url("/")).await;
    assert!(matches!(got, Err(TransportError::Unreachable(_))), "nothing was sent: {got:?}");
}

#[tokio::test]
async fn plain_http_to_another_host_is_refused_before_any_packet() {
    let server = Listener::start([Then::keep(OK)]);
    let port = server.address().port();
    // Both lead to this listener, and neither is written as loopback.
    for host in ["[::ffff:127.0.0.1]", "0.0.0.0"] {
        let got = get(&plain(), format!("http://{host}:{port}/")).await;
        assert!(matches!(&got, Err(TransportError::Unreachable(why)) if why.contains("https")), "{got:?}");
    }
    assert_eq!(server.connections(), 0);
    assert!(get(&plain(), format!("http://localhost:{port}/")).await.is_ok(), "the listener was there all the time");
}

#[test]
fn without_a_runtime_there_is_an_error_and_no_panic() {
    let transport = plain();
    let mut sending = transport.send(request(Method::Get, "http://127.0.0.1:1/".into(), b""));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let polled = sending.as_mut().poll(&mut context);
    assert!(matches!(polled, std::task::Poll::Ready(Err(TransportError::Unreachable(_)))), "{polled:?}");
}

/// Runs one test of this file again in a process with another environment.
fn again(test: &str, environment: &[(&str, &str)]) {
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    again
        .args(["--exact", test, "--nocapture"])
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .env_remove("SSL_CERT_DIR");
    let done = again.envs(environment.iter().copied()).output().unwrap();
    let text = String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() && text.contains("1 passed"), "{text}");
}

#[test]
fn proxies_of_the_environment_are_not_asked() {
    let nobody = Listener::start([]).url("");
    let names = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    again("a_captive_portals_page_is_handed_on_as_it_is", &names.map(|name| (name, nobody.as_str())));
}

/// On Linux the platform's authorities are files, which the environment may name.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_platforms_authorities_are_believed() {
    #[allow(clippy::disallowed_methods, reason = "says which part of the test this is")]
    let file = std::env::var("SSL_CERT_FILE").unwrap_or_default();
    let ca = tls::Authority::new("An authority of this system");
    let server = Listener::secure([Then::keep(OK)], ca.issue("localhost", tls::VALID).server(tls::BOTH));
    if file.ends_with("daka-known.pem") {
        std::fs::write(&file, ca.pem()).unwrap();
        assert_eq!(over_tls(&server, Trust::Platform).await, Ok(vec![1, 2]));
    } else if file.ends_with("daka-none.pem") {
        let got = over_tls(&server, Trust::Platform).await;
        assert!(untrusted(&got).contains("install ca-certificates"), "{got:?}");
        // Such a system still reaches its own server.
        let here = Listener::start([Then::keep(OK)]);
        assert!(get(&plain(), here.url("/")).await.is_ok());
    } else {
        let folder = tempfile::tempdir().unwrap();
        for name in ["daka-known.pem", "daka-none.pem"] {
            let file = folder.path().join(name);
            again("the_platforms_authorities_are_believed", &[("SSL_CERT_FILE", file.to_str().unwrap())]);
        }
    }
}

async fn over_tls(server: &Listener, trust: Trust) -> Result<Vec<u8>, TransportError> {
    get(&HttpTransport::new(trust, LIMITS), server.secure_url("/")).await.map(|a| a.body)
}

fn untrusted(got: &Result<Vec<u8>, TransportError>) -> &str {
    match got {
        Err(TransportError::Untrusted(why)) => why,
        other => panic!("should not be trusted: {other:?}"),
    }
}

#[tokio::test]
async fn a_certificate_of_a_given_authority_is_trusted() {
    for versions in tls::VERSIONS {
        let ca = tls::Authority::new("An employer's CA");
        let server = Listener::secure([Then::keep(OK)], ca.issue("localhost", tls::VALID).server(versions));
        assert_eq!(over_tls(&server, Trust::root_pem(ca.pem().as_bytes()).unwrap()).await, Ok(vec![1, 2]));
    }
}

#[tokio::test]
async fn a_certificate_for_another_host_is_not() {
    let ca = tls::Authority::new("An employer's CA");
    let server = Listener::secure([Then::keep(OK)], ca.issue("time.example", tls::VALID).server(tls::BOTH));
    let got = over_tls(&server, ca.trust()).await;
    assert!(untrusted(&got).contains("not valid for"), "{got:?}");
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn nor_one_outside_its_dates() {
    let ca = tls::Authority::new("An employer's CA");
    for (years, why) in [(tls::EXPIRED, "expired"), (tls::FUTURE, "not valid yet")] {
        let server = Listener::secure([Then::keep(OK)], ca.issue("localhost", years).server(tls::BOTH));
        let got = over_tls(&server, ca.trust()).await;
        assert!(untrusted(&got).contains(why), "{got:?}");
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn nor_one_of_another_authority() {
    let (ca, other) = (tls::Authority::new("An employer's CA"), tls::Authority::new("An employer's CA"));
    let server = Listener::secure([Then::keep(OK)], ca.issue("localhost", tls::VALID).server(tls::BOTH));
    untrusted(&over_tls(&server, other.trust()).await);
    untrusted(&over_tls(&server, Trust::Platform).await);
}

#[tokio::test]
async fn a_self_signed_certificate_is_trusted_only_when_pinned() {
    for versions in tls::VERSIONS {
        let own = tls::self_signed("my-server.example", tls::VALID);
        let server = Listener::secure(vec![Then::keep(OK); 3], own.server(versions));
        untrusted(&over_tls(&server, Trust::Platform).await);
        let other = Hash32([7; 32]);
        let got = over_tls(&server, Trust::Pinned(other)).await;
        assert!(untrusted(&got).contains("enrolment code"), "{got:?}");
        assert!(server.seen().is_empty(), "nothing was sent to a server that is not trusted");
        assert_eq!(over_tls(&server, Trust::Pinned(own.pin())).await, Ok(vec![1, 2]));
    }
}

#[tokio::test]
async fn a_pin_differs_in_every_bit() {
    let own = tls::self_signed("localhost", tls::VALID);
    for bit in [0, 7, 128, 255] {
        let mut pin = own.pin();
        pin.0[bit / 8] ^= 1 << (bit % 8);
        let server = Listener::secure([Then::keep(OK)], own.server(tls::BOTH));
        untrusted(&over_tls(&server, Trust::Pinned(pin)).await);
    }
}

#[tokio::test]
async fn a_pinned_key_outlives_its_certificate_but_not_the_dates() {
    let first = tls::self_signed("localhost", tls::VALID);
    for (renewed, holds) in [(tls::VALID, true), (tls::EXPIRED, false), (tls::FUTURE, false)] {
        let server = Listener::secure([Then::keep(OK)], first.renewed("another.example", renewed).server(tls::BOTH));
        let got = over_tls(&server, Trust::Pinned(first.pin())).await;
        if holds {
            assert_eq!(got, Ok(vec![1, 2]));
        } else {
            untrusted(&got);
        }
    }
}

#[tokio::test]
async fn a_copied_certificate_without_its_key_is_of_no_use() {
    for versions in tls::VERSIONS {
        let real = tls::self_signed("localhost", tls::VALID);
        let thief = tls::self_signed("localhost", tls::VALID);
        let server = Listener::secure([Then::keep(OK)], real.with_key_of(&thief).server(versions));
        untrusted(&over_tls(&server, Trust::Pinned(real.pin())).await);
        assert!(server.seen().is_empty());
    }
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_unreachable() {
    let server = Listener::start([Then::unasked("HTTP/1.1 400 Bad Request\r\n\r\n")]);
    let got = over_tls(&server, Trust::Platform).await;
    assert!(matches!(got, Err(TransportError::Unreachable(_))), "{got:?}");
}

#[tokio::test]
async fn a_connection_lost_over_tls_is_broken() {
    let own = tls::self_signed("localhost", tls::VALID);
    // Closed without TLS's own goodbye: an answer of no stated length may have been cut by anybody.
    for cut in ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "HTTP/1.1 200 OK\r\n\r\nhalf"] {
        let server = Listener::secure([Then::close(cut)], own.server(tls::BOTH));
        let got = over_tls(&server, Trust::Pinned(own.pin())).await;
        assert!(matches!(got, Err(TransportError::Broken(_))), "{cut:?}: {got:?}");
    }
}

#[test]
fn errors_and_debug_output_hold_no_secret() {
    let transport = HttpTransport::new(Trust::Pinned(Hash32([0xAB; 32])), LIMITS);
    assert!(format!("{transport:?}").contains("Pinned(abab"));
}
