//! A server in memory that speaks docs/wire.md, for the phone's tests: a [`Connector`] and its transport in one, without a socket.
//!
//! It enrols, logs in, publishes, signs time, takes segments and photos as the real one does, over the log and keys of a
//! [`TinyServer`]. A test makes it misbehave by [`WireServer::fault`]: one or more requests to a path get another answer, lose theirs,
//! or have it changed on its way. What it holds can be looked at, and put back as from a backup.

#![allow(clippy::unwrap_used, reason = "a test whose server cannot answer should stop")]

mod fault;
mod ingest;
mod journal;
mod photos;
mod publish;
mod trust;

pub use fault::{BodyTest, Fault, html, problem};
pub use journal::Standing;

use super::tiny_server::{InLog, TinyServer};
use super::{FakeClock, keys, lock};
use crate::adapters::crypto::Ring;
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::trust::{EnrolCode, QrText, ServerUrl};
use crate::ports::{Connector, HttpRequest, HttpResponse, Method, Transport, TransportError};
use fault::Plan;
use journal::Journal;
use photos::Photo;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

/// Where it says that it is.
pub const URL: &str = "https://clock.example";

/// The server. Clones are the same one.
#[derive(Clone)]
pub struct WireServer(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    plans: Mutex<Vec<Plan>>,
    asked: Mutex<Vec<String>>,
}

/// What it keeps.
pub(super) struct State {
    clock: FakeClock,
    tiny: TinyServer,
    /// The n of the log's origin.
    origin_n: u64,
    /// The rule set in force with its sites.
    rules: Option<(InLog, Hash32, Vec<InLog>)>,
    codes: Vec<Code>,
    journals: BTreeMap<JournalId, Journal>,
    challenges: Vec<[u8; 16]>,
    /// Access tokens: whose, and until when.
    access: BTreeMap<String, (JournalId, i64)>,
    photos: Vec<Photo>,
    /// Most entries of a segment.
    most_entries: usize,
    /// A repeated part of a stored segment gets the segment's first receipt, even if that speaks for more than was sent.
    first_receipts_only: bool,
    drawn: u64,
}

/// An enrolment code.
struct Code {
    code: EnrolCode,
    expired: bool,
    /// The device waits for an administrator.
    pending: bool,
    /// The request that used it, and the answer to that.
    used: Option<(Hash32, Vec<u8>)>,
}

impl WireServer {
    /// A server of a tenant `acme` whose clock is true.
    pub fn new(clock: &FakeClock) -> Self {
        let state = State {
            clock: clock.clone(),
            tiny: TinyServer::new(Box::new(keys::device_ca())),
            origin_n: 1,
            rules: None,
            codes: Vec::new(),
            journals: BTreeMap::new(),
            challenges: Vec::new(),
            access: BTreeMap::new(),
            photos: Vec::new(),
            most_entries: crate::domain::journal::MAX_ENTRIES,
            first_receipts_only: false,
            drawn: 0,
        };
        Self(Arc::new(Shared { state: Mutex::new(state), plans: Mutex::default(), asked: Mutex::default() }))
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut lock(&self.0.state))
    }

    /// The text of a fresh enrolment code; with `pending` its device waits for approval.
    pub fn code(&self, pending: bool) -> String {
        self.with(|s| {
            let code = EnrolCode(s.random16());
            s.codes.push(Code { code: code.clone(), expired: false, pending, used: None });
            let root = s.tiny.root.public_key().kid(&Ring);
            QrText { server: ServerUrl::parse(URL).unwrap(), root, code, tls_pin: None }.text()
        })
    }

    /// Lets every code that was not used expire.
    pub fn expire_codes(&self) {
        self.with(|s| s.codes.iter_mut().filter(|c| c.used.is_none()).for_each(|c| c.expired = true));
    }

    /// What the tenant's root signs with.
    pub fn root(&self) -> crate::domain::crypto::PublicKey {
        self.with(|s| s.tiny.root.public_key().clone())
    }

    /// Takes at most so many entries a segment; more are 413.
    pub fn take_at_most(&self, entries: usize) {
        self.with(|s| s.most_entries = entries);
    }

    /// Answers a repeated part of a segment with the segment's own receipt, whatever that speaks for.
    pub fn give_first_receipts_only(&self) {
        self.with(|s| s.first_receipts_only = true);
    }

    /// Forgets every access token.
    pub fn forget_logins(&self) {
        self.with(|s| s.access.clear());
    }

    /// What was asked since the last call, as `METHOD /path`, in order.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.0.asked))
    }

    /// How many of the requests since the last [`WireServer::asked`] begin like this.
    pub fn count(&self, begins: &str) -> usize {
        lock(&self.0.asked).iter().filter(|a| a.starts_with(begins)).count()
    }

    /// Lets the next `times` requests to paths that begin with `path` meet a fault. Faults of one path come in the order in which they
    /// were named.
    pub fn fault(&self, path: &str, times: usize, fault: Fault) {
        lock(&self.0.plans).push(Plan::new(path, times, fault));
    }

    /// Ends all faults.
    pub fn behave(&self) {
        lock(&self.0.plans).clear();
    }

    /// The answer; none if it never comes.
    fn answer(&self, request: &HttpRequest) -> Option<Result<HttpResponse, TransportError>> {
        let path = request.url.strip_prefix(URL).unwrap_or(&request.url).to_owned();
        lock(&self.0.asked).push(format!("{} {path}", name(request.method)));
        let fault = lock(&self.0.plans).iter_mut().find_map(|plan| plan.meet(&path));
        Some(match fault {
            Some(Fault::Stalled) => {
                self.with(|s| s.handle(request, &path));
                return None;
            }
            Some(Fault::Answer(answer)) => Ok(answer),
            Some(Fault::NotReached(e)) => Err(e),
            Some(Fault::AnswerLost(e)) => {
                self.with(|s| s.handle(request, &path));
                Err(e)
            }
            Some(Fault::Changed(change)) => {
                let mut answer = self.with(|s| s.handle(request, &path));
                change(&mut answer);
                Ok(answer)
            }
            Some(Fault::Meanwhile(work)) => {
                let answer = self.with(|s| s.handle(request, &path));
                work();
                Ok(answer)
            }
            Some(Fault::IfBody(matches, answer)) if matches(&request.body) => Ok(answer),
            Some(Fault::IfBody(..) | Fault::None) | None => Ok(self.with(|s| s.handle(request, &path))),
        })
    }
}

impl Connector for WireServer {
    fn connect(&self, _pin: Option<Hash32>) -> Result<Arc<dyn Transport>, TransportError> {
        Ok(Arc::new(self.clone()))
    }
}

impl Transport for WireServer {
    fn send(
        &self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + '_>> {
        Box::pin(async move {
            match self.answer(&request) {
                Some(answer) => answer,
                None => std::future::pending().await,
            }
        })
    }
}

fn name(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Post => "POST",
        Method::Patch => "PATCH",
    }
}

impl State {
    fn random(&mut self) -> [u8; 32] {
        self.drawn += 1;
        super::tiny_server::random("wire server", self.drawn)
    }

    fn random16(&mut self) -> [u8; 16] {
        let mut out = [0; 16];
        out.copy_from_slice(&self.random()[..16]);
        out
    }

    fn handle(&mut self, request: &HttpRequest, path: &str) -> HttpResponse {
        let (route, query) = path.split_once('?').unwrap_or((path, ""));
        match (request.method, route) {
            (Method::Post, "/v0/enrol") => return self.enrol(&request.body),
            (Method::Post, "/v0/login/challenge") => return self.challenge(),
            (Method::Post, "/v0/login") => return self.login(&request.body),
            _ => {}
        }
        let Some(journal) = self.caller(request) else { return problem(401, "login_required") };
        let standing = self.journals[&journal].standing;
        let everyone = matches!(route, "/v0/segments" | "/v0/keys" | "/v0/consistency" | "/v0/head");
        match standing {
            Standing::Pending if route != "/v0/keys" => return problem(403, "not_approved"),
            Standing::Revoked if !everyone => return problem(403, "revoked"),
            _ => {}
        }
        match (request.method, route) {
            (Method::Post, "/v0/segments") => self.segments(journal, &request.body, query),
            (Method::Post, "/v0/time") => self.time(journal, &request.body),
            (Method::Get, "/v0/rules") => self.published_rules(request),
            (Method::Get, "/v0/keys") => self.published_keys(),
            (Method::Get, "/v0/consistency") => self.consistency(query),
            (Method::Post, "/v0/photos") => self.create_photo(journal, request),
            (Method::Head, _) if route.starts_with("/v0/photos/") => self.photo_offset(route),
            (Method::Patch, _) if route.starts_with("/v0/photos/") => self.photo_piece(route, request),
            _ => problem(404, "not_found"),
        }
    }

    fn caller(&self, request: &HttpRequest) -> Option<JournalId> {
        let header = request.headers.iter().find(|(n, _)| *n == "authorization")?;
        let (journal, until) = self.access.get(header.1.strip_prefix("Bearer ")?)?;
        (self.clock.true_ms() < *until).then_some(*journal)
    }
}

fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    request.headers.iter().find(|(n, _)| *n == name).map(|(_, v)| v.as_str())
}

fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}

fn cbor(body: Vec<u8>) -> HttpResponse {
    HttpResponse { status: 200, headers: vec![("content-type".to_owned(), "application/cbor".to_owned())], body }
}
