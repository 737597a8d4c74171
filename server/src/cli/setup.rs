//! `init` and `tenant`.

use super::{Desk, out, tenant_id};
use crate::error::{Error, Result};
use crate::home::Home;
use crate::store::{open, write_once};
use crate::tenants::{self, TenantKeys, keys};
use clap::Subcommand;
use daka_core::domain::ids::TenantId;
use std::path::{Path, PathBuf};

/// `tenant …`
#[derive(Debug, Subcommand)]
pub(super) enum TenantCommand {
    /// Add an employer: makes its keys, its logs and its first rule set.
    Add {
        /// Lower-case letters, digits and hyphens, at most 40.
        #[arg(value_parser = tenant_id)]
        id: TenantId,
        /// The employer's name, as employees see it.
        #[arg(long)]
        name: String,
        /// The IANA time zone that work dates are cut in.
        #[arg(long, default_value = "Asia/Hong_Kong")]
        zone: String,
    },
    /// List the employers.
    List,
    /// Print the root's fingerprint and public key, which verifiers are given.
    Root {
        /// The employer.
        #[arg(value_parser = tenant_id)]
        id: TenantId,
        /// Write the public key to this file (PEM) instead.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

pub(super) fn init(dir: &Path, json: bool) -> Result<()> {
    let home = Home::create(dir)?;
    if home.db().exists() {
        return Err(Error::Exists(format!("{} holds data of daka-server already", dir.display())));
    }
    open(&home.db())?;
    out::say(json, &serde_json::json!({ "data": dir }), || {
        format!("made {}; next: daka-server tenant add ID --name NAME --data {}", dir.display(), dir.display())
    });
    Ok(())
}

pub(super) fn tenant(desk: &mut Desk, command: &TenantCommand) -> Result<()> {
    match command {
        TenantCommand::Add { id, name, zone } => {
            // Before the keys are made: a name that cannot be leaves nothing behind.
            tenants::check_new(name, zone)?;
            TenantKeys::make(&desk.env.home, id)?;
            let env = std::sync::Arc::clone(&desk.env);
            let root = write_once(&mut desk.conn, &env, |batch| tenants::add(batch, id, name, zone))?;
            let pem = keys::write_root_pem(&desk.env.home, id)?;
            out::say(desk.json, &serde_json::json!({ "tenant": id, "root": root, "pem": pem }), || {
                format!(
                    "added {id}\nroot fingerprint {root}\nroot public key  {}\nThe private keys are in {}: back them up, \
                         apart from the database.",
                    pem.display(),
                    desk.env.home.keys(id).display()
                )
            });
        }
        TenantCommand::List => {
            let mut all = Vec::new();
            for id in tenants::list(&desk.conn)? {
                all.push(tenants::find(&desk.conn, &id)?);
            }
            let kid = |t: &tenants::Tenant| t.root.kid(&desk.env.crypto).to_string();
            if desk.json {
                let rows: Vec<_> = all
                    .iter()
                    .map(|t| serde_json::json!({ "tenant": t.id, "name": t.name, "root": kid(t), "zone": t.zone }))
                    .collect();
                out::line(serde_json::Value::Array(rows).to_string());
            } else {
                let row = |t: &tenants::Tenant| vec![t.id.to_string(), t.name.clone(), t.zone.clone(), kid(t)];
                out::table(&["tenant", "name", "zone", "root"], &all.iter().map(row).collect::<Vec<_>>());
            }
        }
        TenantCommand::Root { id, out: file } => {
            let t = tenants::find(&desk.conn, id)?;
            let (kid, pem) = (t.root.kid(&desk.env.crypto), keys::pem(&t.root)?);
            if let Some(file) = file {
                std::fs::write(file, &pem).map_err(Error::io("write", file))?;
            }
            out::say(desk.json, &serde_json::json!({ "tenant": id, "root": kid, "pem": pem }), || match file {
                Some(file) => format!("root fingerprint {kid}\nwritten to {}", file.display()),
                None => format!("root fingerprint {kid}\n{}", pem.trim_end()),
            });
        }
    }
    Ok(())
}
