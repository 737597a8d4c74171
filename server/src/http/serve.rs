//! Listening, TLS, and stopping without losing what has begun.
//!
//! SIGTERM or SIGINT: new requests get 503, no connection is taken any more, running requests have ten seconds, then the writer
//! finishes its queue and writes the WAL back. A second process cannot serve the same folder: it is locked.

use super::{App, router};
use crate::error::{Error, Result};
use crate::store::Env;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::fs::File;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// How long running requests have after a signal to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// PEM files of the server's certificate chain and key.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificate chain.
    pub cert: PathBuf,
    /// The private key.
    pub key: PathBuf,
}

/// A server that listens already.
pub struct Serving {
    /// What its handlers share.
    pub app: Arc<App>,
    /// Where it listens.
    pub address: SocketAddr,
    listener: TcpListener,
    tls: Option<RustlsConfig>,
    lock: File,
    handle: Handle<SocketAddr>,
}

/// Locks the folder, opens the database and listens. `public` are the URLs by which phones know this server; without any it is
/// the address that it listens on.
///
/// # Errors
/// When the folder is in use, the address is taken, or plain HTTP is asked for outside loopback.
pub fn serve(env: Arc<Env>, listen: SocketAddr, tls: Option<Tls>, public: &[String]) -> Result<Serving> {
    if tls.is_none() && !listen.ip().is_loopback() {
        return Err(Error::bad(
            "listen",
            format!("plain HTTP is for loopback only; give --tls-cert and --tls-key to listen on {listen}"),
        ));
    }
    let tls = tls.map(|t| certificate(&t)).transpose()?;
    let lock = env.home.lock()?;
    let listener = TcpListener::bind(listen).map_err(|e| Error::command(format!("cannot listen on {listen}: {e}")))?;
    let address = listener.local_addr().map_err(|e| Error::command(format!("cannot listen on {listen}: {e}")))?;
    let mut origins = Vec::new();
    for url in public {
        origins.push(daka_core::domain::trust::ServerUrl::parse(url).map_err(Error::given)?.origin().to_owned());
    }
    if origins.is_empty() {
        let scheme = if tls.is_some() { "https" } else { "http" };
        origins.push(format!("{scheme}://{address}"));
        if address.ip().is_loopback() {
            origins.push(format!("{scheme}://localhost:{}", address.port()));
        }
    }
    let app = App::start(env, origins)?;
    Ok(Serving { app, address, listener, tls, lock, handle: Handle::new() })
}

/// TLS 1.2 and 1.3 with ring, HTTP/1.1.
fn certificate(tls: &Tls) -> Result<RustlsConfig> {
    let unusable = |e: String| {
        Error::bad("tls-cert", format!("cannot use {} with {}: {e}", tls.cert.display(), tls.key.display()))
    };
    let chain = CertificateDer::pem_file_iter(&tls.cert)
        .and_then(Iterator::collect::<std::result::Result<Vec<_>, _>>)
        .map_err(|e| unusable(e.to_string()))?;
    let key = PrivateKeyDer::from_pem_file(&tls.key).map_err(|e| unusable(e.to_string()))?;
    let mut config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|b| b.with_no_client_auth().with_single_cert(chain, key))
        .map_err(|e| unusable(e.to_string()))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(RustlsConfig::from_config(Arc::new(config)))
}

impl Serving {
    /// The URL that it listens on.
    pub fn url(&self) -> String {
        format!("{}://{}", if self.tls.is_some() { "https" } else { "http" }, self.address)
    }

    /// Serves until `stop` resolves and everything has ended.
    ///
    /// # Errors
    /// When the certificate or key cannot be read, or the listener fails.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let Self { app, listener, tls, lock, handle, address } = self;
        let service = router(Arc::clone(&app)).into_make_service();
        let (stopping, waiting) = (handle.clone(), Arc::clone(&app));
        let signal = tokio::spawn(async move {
            stop.await;
            tracing::info!("stopping");
            waiting.draining.store(true, Ordering::SeqCst);
            stopping.graceful_shutdown(Some(DRAIN));
        });
        // For a request's head. HTTP/1.1 only: whoever also looks for HTTP/2 waits for a connection's first bytes without a time-out.
        let patience = app.env.patience;
        let failed = |e: std::io::Error| Error::command(format!("the listener on {address} failed: {e}"));
        match tls {
            Some(config) => {
                let mut server = axum_server::from_tcp_rustls(listener, config).map_err(failed)?.http1_only();
                server.http_builder().http1().header_read_timeout(patience);
                server.handle(handle).serve(service).await.map_err(failed)?;
            }
            None => {
                let mut server = axum_server::from_tcp(listener).map_err(failed)?.http1_only();
                server.http_builder().http1().header_read_timeout(patience);
                server.handle(handle).serve(service).await.map_err(failed)?;
            }
        }
        signal.abort();
        app.recompute.stop();
        app.reads.close();
        let writer = Arc::clone(&app);
        // It joins a thread: not on this one.
        let _ = tokio::task::spawn_blocking(move || writer.writer.close()).await;
        drop(lock);
        tracing::info!("stopped");
        Ok(())
    }
}

/// Resolves at SIGTERM or SIGINT.
pub async fn stop_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut term) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = term.recv() => return,
                _ = tokio::signal::ctrl_c() => return,
            }
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
