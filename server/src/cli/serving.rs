//! `serve`.

use super::{out, system_clock};
use crate::error::{Error, Result};
use crate::home::Home;
use crate::http::{self, Tls};
use crate::store::Env;
use clap::Args;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How to serve.
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    /// The address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8443")]
    listen: SocketAddr,
    /// The certificate chain, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// The URL by which phones know this server, as in their codes; may be given several times.
    #[arg(long, value_name = "URL")]
    public_url: Vec<String>,
    /// How far this machine's clock may be from the truth, ms.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=60_000))]
    eps_ms: u32,
    /// Ask phones to spread their first uploads over so many seconds; for a rush that this machine cannot carry.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=900))]
    upload_spread_s: u64,
    /// How long a request may take to arrive, s; what goes on arriving with at least 1 KiB a second may take longer.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    patience_s: u64,
    /// What is logged: `info`, `warn`, or a filter such as `daka_server=debug`.
    #[arg(long, default_value = "info", env = "DAKA_LOG")]
    log: String,
}

pub(super) fn serve(dir: &Path, args: &ServeArgs) -> Result<()> {
    let filter = tracing_subscriber::EnvFilter::try_new(&args.log)
        .map_err(|e| Error::bad("log", format!("{:?} is no log filter: {e}", args.log)))?;
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let mut env = Env::new(Home::open(dir)?, system_clock());
    env.eps_ms = args.eps_ms;
    env.upload_spread_s = args.upload_spread_s;
    env.patience = std::time::Duration::from_secs(args.patience_s);
    let tls = match (&args.tls_cert, &args.tls_key) {
        (Some(cert), Some(key)) => Some(Tls { cert: cert.clone(), key: key.clone() }),
        _ => None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::command(format!("the system gives no threads: {e}")))?;
    runtime.block_on(async {
        let serving = http::serve(Arc::new(env), args.listen, tls, &args.public_url)?;
        // Programs that started us wait for this line.
        out::line(format!("listening on {}", serving.url()));
        serving.run(http::stop_signal()).await
    })
}
