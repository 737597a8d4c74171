//! 10,000 queued punches drain over loopback: how many requests, and where the time of one punch goes.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a benchmark reads the clock and stops when it cannot run"
)]

use daka_core::adapters::folder;
use daka_core::adapters::http::HttpConnector;
use daka_core::adapters::system::SystemClock;
use daka_core::app::{Engine, PunchRequest, Settings};
use daka_core::domain::ids::Hash32;
use daka_core::domain::journal::{Asked, Trigger};
use daka_core::ports::{Connector, Event, HttpRequest, HttpResponse, Observer, Transport, TransportError};
use daka_server::testing::TestServer;
use daka_tests::figure::Figure;
use daka_tests::stage::{Phone, SEALING_KEY};
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

const PUNCHES: u64 = 10_000;

/// Counts requests and the time until their answers.
#[derive(Default)]
struct Meter {
    requests: AtomicU64,
    micros: AtomicU64,
}

struct Metered(Arc<dyn Transport>, Arc<Meter>);

impl Transport for Metered {
    fn send(
        &self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + '_>> {
        Box::pin(async move {
            let begun = Instant::now();
            let answer = self.0.send(request).await;
            self.1.requests.fetch_add(1, Ordering::SeqCst);
            self.1.micros.fetch_add(begun.elapsed().as_micros() as u64, Ordering::SeqCst);
            answer
        })
    }
}

struct MeteredConnector(HttpConnector, Arc<Meter>);

impl Connector for MeteredConnector {
    fn connect(&self, pin: Option<Hash32>) -> Result<Arc<dyn Transport>, TransportError> {
        Ok(Arc::new(Metered(self.0.connect(pin)?, Arc::clone(&self.1))))
    }
}

struct Deaf;

impl Observer for Deaf {
    fn on_event(&self, _event: Event) {}
}

fn main() {
    let server = TestServer::acme();
    let mut phone = Phone::enrolled(&server);
    for _ in 0..PUNCHES {
        // A machine's punches are never double taps.
        phone.engine().punch(PunchRequest { trigger: Trigger::Machine, ..PunchRequest::tap(Asked::Auto) }).unwrap();
    }
    phone.kill();
    let meter = Arc::new(Meter::default());
    let clock = Arc::new(SystemClock::new(480));
    let mut ports = folder::open(phone.dir(), &SEALING_KEY, clock, None, Arc::new(Deaf)).map(|f| f.ports).unwrap();
    ports.connector = Arc::new(MeteredConnector(HttpConnector::default(), Arc::clone(&meter)));
    phone.engine = Some(Engine::open(ports, Settings { app_version: "1.0".to_owned() }).unwrap());

    let begun = Instant::now();
    let report = phone.sync();
    let total = begun.elapsed().as_micros() as f64;
    assert_eq!((report.stopped, report.waiting), (None, 0), "{report:?}");
    assert!(report.delivered >= PUNCHES, "{report:?}");

    let requests = meter.requests.load(Ordering::SeqCst) as f64;
    let away = meter.micros.load(Ordering::SeqCst) as f64;
    let each = |micros: f64| micros / PUNCHES as f64;
    Figure::shown("drain_requests", requests, "requests")
        .against("limit", 210.0, "at most 210", requests <= 210.0)
        .print();
    Figure::shown("drain_time_per_punch", each(total), "us").print();
    Figure::shown("drain_part_wire_and_server", each(away), "us").print();
    Figure::shown("drain_part_phone", each(total - away), "us").print();
}
