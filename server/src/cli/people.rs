//! `employee`, `code` and `device`.

use super::{Desk, employee_id, out, tenant_id};
use crate::error::{Error, Result};
use crate::store::write_once;
use crate::tenants::devices::{self, Device};
use crate::tenants::{self, codes, people};
use clap::{Args, Subcommand, ValueEnum};
use daka_core::adapters::crypto::Ring;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::{EmployeeId, Hash32, TenantId};
use daka_core::domain::trust::{QrText, RevocationReason, ServerUrl, TypedText};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Which employer; not needed while there is only one.
#[derive(Debug, Args)]
pub(super) struct Which {
    /// The employer; not needed while there is only one.
    #[arg(long, value_parser = tenant_id)]
    pub(super) tenant: Option<TenantId>,
}

/// `employee …`
#[derive(Debug, Subcommand)]
pub(super) enum EmployeeCommand {
    /// Add a person.
    Add {
        /// The id within the employer, 1 to 64 bytes.
        #[arg(value_parser = employee_id)]
        id: EmployeeId,
        /// The name, as it will stand in the enrolment statement (as a salted digest).
        #[arg(long)]
        name: String,
        #[command(flatten)]
        which: Which,
    },
    /// List the people.
    List {
        #[command(flatten)]
        which: Which,
    },
    /// A person leaves: codes are burnt, devices revoked; the record stays.
    Leave {
        /// The id within the employer.
        #[arg(value_parser = employee_id)]
        id: EmployeeId,
        #[command(flatten)]
        which: Which,
    },
}

pub(super) fn employee(desk: &mut Desk, command: &EmployeeCommand) -> Result<()> {
    let env = Arc::clone(&desk.env);
    match command {
        EmployeeCommand::Add { id, name, which } => {
            let tenant = desk.tenant(which.tenant.as_ref())?;
            write_once(&mut desk.conn, &env, |batch| people::add(batch, &tenant, id, name))?;
            out::say(desk.json, &serde_json::json!({ "tenant": tenant, "employee": id }), || {
                format!("added {id}; next: daka-server code new --tenant {tenant} --employee {id} --url URL")
            });
        }
        EmployeeCommand::List { which } => {
            let tenant = desk.tenant(which.tenant.as_ref())?;
            let all = people::list(&desk.conn, &tenant)?;
            if desk.json {
                let row = |e: &people::Employee| serde_json::json!({ "employee": e.id, "name": e.name, "pseudonym": e.pseudonym, "left": e.left });
                out::line(serde_json::Value::Array(all.iter().map(row).collect()).to_string());
            } else {
                let row = |e: &people::Employee| {
                    vec![e.id.to_string(), e.name.clone(), if e.left { "left".into() } else { String::new() }]
                };
                out::table(&["employee", "name", ""], &all.iter().map(row).collect::<Vec<_>>());
            }
        }
        EmployeeCommand::Leave { id, which } => {
            let tenant = desk.tenant(which.tenant.as_ref())?;
            let revoked = write_once(&mut desk.conn, &env, |batch| people::leave(batch, &tenant, id))?;
            out::say(desk.json, &serde_json::json!({ "employee": id, "revoked": revoked }), || {
                format!("{id} has left; devices revoked: {revoked}")
            });
        }
    }
    Ok(())
}

/// `code …`
#[derive(Debug, Subcommand)]
pub(super) enum CodeCommand {
    /// Make a single-use enrolment code, as text and QR code.
    New {
        /// For whom.
        #[arg(long, value_parser = employee_id)]
        employee: EmployeeId,
        /// The URL by which the phone reaches this server.
        #[arg(long)]
        url: String,
        /// For how many hours, 1 to 24.
        #[arg(long, default_value_t = 24)]
        hours: u32,
        /// SHA-256 of the server's TLS key (SubjectPublicKeyInfo), 64 hexadecimal digits: for a certificate of your own.
        #[arg(long, value_name = "HEX", conflicts_with = "tls_cert")]
        tls_pin: Option<String>,
        /// The server's certificate (PEM), to take the pin from.
        #[arg(long, value_name = "FILE")]
        tls_cert: Option<PathBuf>,
        /// Eight characters to type; the device waits for `device approve`. Only with a certificate that phones trust: what is
        /// typed carries no pin.
        #[arg(long, conflicts_with_all = ["tls_pin", "tls_cert"])]
        short: bool,
        #[command(flatten)]
        which: Which,
    },
}

/// SHA-256 of the SubjectPublicKeyInfo of a certificate in PEM.
fn pin_of(path: &Path) -> Result<Hash32> {
    use der::{DecodePem as _, Encode as _};
    let pem = std::fs::read(path).map_err(Error::unreadable("tls-cert", path))?;
    let unread = |e: der::Error| Error::bad("tls-cert", format!("{} is no certificate in PEM: {e}", path.display()));
    // The first of a chain is the server's own.
    let text = String::from_utf8_lossy(&pem);
    let end = text.find("-----END CERTIFICATE-----").map_or(text.len(), |i| i + 25);
    let certificate = x509_cert::Certificate::from_pem(text.get(..end).unwrap_or_default()).map_err(unread)?;
    let spki = certificate.tbs_certificate().subject_public_key_info().to_der().map_err(unread)?;
    Ok(Ring.sha256(&[&spki]))
}

pub(super) fn code(desk: &mut Desk, command: &CodeCommand) -> Result<()> {
    let CodeCommand::New { employee, url, hours, tls_pin, tls_cert, short, which } = command;
    let tenant = desk.tenant(which.tenant.as_ref())?;
    let server = ServerUrl::parse(url).map_err(Error::given)?;
    let tls_pin = match (tls_pin, tls_cert) {
        (Some(hex), _) => Some(Hash32::parse_hex("tls-pin", hex).map_err(Error::given)?),
        (None, Some(file)) => Some(pin_of(file)?),
        (None, None) => None,
    };
    let env = Arc::clone(&desk.env);
    let code = write_once(&mut desk.conn, &env, |batch| codes::new(batch, &tenant, employee, *hours, *short))?;
    let root = tenants::find(&desk.conn, &tenant)?.root.kid(&env.crypto);
    let short = code.short.as_ref().map(daka_core::domain::trust::TypedCode::text);
    let typed = code.short.map(|code| TypedText { server: server.clone(), code }.text());
    let text = QrText { server, root, code: code.code, tls_pin }.text();
    let value = serde_json::json!({
        "text": text, "short": short, "typed": typed, "root": root, "expires_ms": code.expires.get(),
    });
    let picture = QrCode::new(&text)
        .map_err(|e| Error::bad("url", format!("the code is too long for a QR code ({e}); use a shorter URL")))?
        .render::<Dense1x2>()
        .quiet_zone(true)
        .build();
    // Scanners want dark on light, whatever the terminal's colours are.
    let picture = if std::io::stdout().is_terminal() {
        let row = |l: &str| format!("\u{1b}[30;107m{l}\u{1b}[0m\n");
        picture.lines().map(row).collect::<String>()
    } else {
        picture
    };
    out::say(desk.json, &value, || {
        let typed = typed.as_ref().map(|typed| {
            format!(
                "\nto type: {typed}\nThe phone then shows the root {root}, to be compared here, and waits for `daka-server device \
                 approve`."
            )
        });
        format!("{picture}\n{text}{}\nvalid for {hours} h, for one phone", typed.unwrap_or_default())
    });
    Ok(())
}

/// Why a device is revoked.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Why {
    /// The phone was lost or stolen.
    Lost,
    /// The employee left.
    Left,
    /// The employee moved to another phone.
    Replaced,
    /// The key may be known to others.
    Compromised,
}

/// `device …`
#[derive(Debug, Subcommand)]
pub(super) enum DeviceCommand {
    /// List the phones.
    List {
        #[command(flatten)]
        which: Which,
    },
    /// Approve a phone that was enrolled by a typed code, after comparing its key's fingerprint.
    Approve {
        /// The first digits of its key id or journal, at least 8.
        device: String,
        #[command(flatten)]
        which: Which,
    },
    /// Revoke a phone. What it made before is kept; what nothing vouches for is put aside.
    Revoke {
        /// The first digits of its key id or journal, at least 8.
        device: String,
        /// Why.
        #[arg(long, value_enum, default_value = "lost")]
        reason: Why,
        #[command(flatten)]
        which: Which,
    },
}

fn device_json(d: &Device) -> serde_json::Value {
    serde_json::json!({
        "journal": d.journal, "key": d.kid, "employee": d.employee, "state": d.state.code(), "enrolled_ms": d.enrolled.get(),
    })
}

pub(super) fn device(desk: &mut Desk, command: &DeviceCommand) -> Result<()> {
    let env = Arc::clone(&desk.env);
    match command {
        DeviceCommand::List { which } => {
            let all = devices::list(&desk.conn, &desk.tenant(which.tenant.as_ref())?)?;
            if desk.json {
                out::line(serde_json::Value::Array(all.iter().map(device_json).collect()).to_string());
            } else {
                let row = |d: &Device| {
                    vec![d.employee.to_string(), d.state.code().to_owned(), d.kid.to_string(), d.journal.to_string()]
                };
                out::table(&["employee", "state", "key", "journal"], &all.iter().map(row).collect::<Vec<_>>());
            }
        }
        DeviceCommand::Approve { device, which } => {
            let tenant = desk.tenant(which.tenant.as_ref())?;
            let device = write_once(&mut desk.conn, &env, |batch| {
                let device = devices::by_prefix(batch.tx, &tenant, device)?;
                devices::approve(batch, &device)?;
                Ok(device)
            })?;
            out::say(desk.json, &device_json(&device), || format!("approved {} of {}", device.kid, device.employee));
        }
        DeviceCommand::Revoke { device, reason, which } => {
            let tenant = desk.tenant(which.tenant.as_ref())?;
            let reason = match reason {
                Why::Lost => RevocationReason::Lost,
                Why::Left => RevocationReason::Left,
                Why::Replaced => RevocationReason::Replaced,
                Why::Compromised => RevocationReason::Compromised,
            };
            let device = write_once(&mut desk.conn, &env, |batch| {
                let device = devices::by_prefix(batch.tx, &tenant, device)?;
                devices::revoke(batch, &tenant, device.journal, reason)?;
                Ok(device)
            })?;
            out::say(desk.json, &device_json(&device), || format!("revoked {} of {}", device.kid, device.employee));
        }
    }
    Ok(())
}
