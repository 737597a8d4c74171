//! The wire: routes of docs/wire.md over the functions of [`crate::phone`].
//!
//! Every request passes `guard::watch`: it gets an id, is refused while the server drains or waits for a person after a restore,
//! and is logged by its route's template, never by its path. The access token says who asks; each handler states who may.

mod answers;
mod guard;
mod log_routes;
mod photo_routes;
mod problem;
mod routes;
mod serve;

pub use guard::Allow;
pub use serve::{Serving, Tls, serve, stop_signal};

use crate::error::Result;
use crate::phone::sessions::Sessions;
use crate::results::Recompute;
use crate::store::{Env, Reads, Writer, open};
use axum::Router;
use axum::routing::{MethodRouter, get, head, post};
use std::collections::HashSet;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

/// What the handlers share.
pub struct App {
    /// Folder, clocks, keys.
    pub env: Arc<Env>,
    /// Reading connections.
    pub reads: Reads,
    /// The writing thread.
    pub writer: Writer,
    /// Challenges and tokens.
    pub sessions: Sessions,
    /// Scheme, host and port by which phones know this server.
    pub origins: Vec<String>,
    /// Set once a signal to stop came.
    pub draining: AtomicBool,
    /// The database was restored and waits for a person.
    pub restored: AtomicBool,
    /// Uploads that a request is writing to.
    pub busy: Mutex<HashSet<[u8; 16]>>,
    /// Works out results behind the answers.
    pub recompute: Recompute,
}

impl App {
    /// Opens the database and starts the writer.
    ///
    /// # Errors
    /// When the database cannot be opened or was written by a newer program.
    pub fn start(env: Arc<Env>, origins: Vec<String>) -> Result<Arc<Self>> {
        let conn = open(&env.home.db())?;
        let restored = crate::restore::is_waiting(&conn)?;
        let writer = Writer::start(conn, Arc::clone(&env))?;
        let reads = Reads::new(env.home.db());
        Ok(Arc::new(Self {
            env,
            reads,
            writer,
            sessions: Sessions::default(),
            origins,
            draining: AtomicBool::new(false),
            restored: AtomicBool::new(restored),
            busy: Mutex::default(),
            recompute: Recompute::default(),
        }))
    }
}

type Shared = Arc<App>;

/// A route: method, template, handler.
type Route = (&'static str, &'static str, fn() -> MethodRouter<Shared>);

const TABLE: &[Route] = &[
    ("GET", "/healthz", || get(routes::healthz)),
    ("POST", "/v0/enrol", || post(routes::enrol)),
    ("POST", "/v0/login/challenge", || post(routes::challenge)),
    ("POST", "/v0/login", || post(routes::login)),
    ("POST", "/v0/time", || post(routes::time)),
    ("POST", "/v0/segments", || post(routes::segments)),
    ("GET", "/v0/head", || get(routes::head)),
    ("GET", "/v0/receipts", || get(routes::receipts)),
    ("GET", "/v0/rules", || get(log_routes::rules)),
    ("GET", "/v0/keys", || get(log_routes::keys)),
    ("GET", "/v0/keylog", || get(log_routes::keylog)),
    ("GET", "/v0/checkpoint", || get(log_routes::checkpoint)),
    ("GET", "/v0/tile/{level}/{*index}", || get(log_routes::tile)),
    ("GET", "/v0/consistency", || get(log_routes::consistency)),
    ("POST", "/v0/photos", || post(photo_routes::create)),
    ("HEAD", "/v0/photos/{id}", || head(photo_routes::offset)),
    ("PATCH", "/v0/photos/{id}", || axum::routing::patch(photo_routes::append)),
];

/// Every route as `(method, template)`, so that tests can go through all of them.
pub fn routes() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.iter().map(|(method, path, _)| (*method, *path))
}

/// The router over a started app.
pub fn router(app: Shared) -> Router {
    TABLE
        .iter()
        .fold(Router::new(), |router, (_, path, handler)| router.route(path, handler()))
        .fallback(routes::nothing)
        .method_not_allowed_fallback(routes::nothing)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&app), guard::watch))
        .with_state(app)
}
