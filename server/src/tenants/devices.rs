//! Devices: a journal, its key, its certificate and statement, and whether it may be used.
//!
//! Pending → active by approval; either → revoked, for good. A revocation is a leaf in the key log and a line in the outside file;
//! it is compared with receipts by their order and with time tokens by `effective_ms`, the larger of its own time and that of the
//! last receipt before it, so that a clock that was set back cannot make it look older.

use crate::error::{Error, Result};
use crate::outside;
use crate::random::random;
use crate::store::{Batch, bucket, sql};
use crate::tlog::{self, LogKind};
use daka_core::domain::cbor::Value;
use daka_core::domain::ids::{EmployeeId, Hash32, JournalId, Kid, TenantId};
use daka_core::domain::log::{LeafKind, leaf_hash};
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{Revocation, RevocationReason};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

/// Whether a device may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It may.
    Active,
    /// An administrator has to compare the key's fingerprint first.
    Pending,
    /// Not any more.
    Revoked,
}

impl State {
    fn number(self) -> i64 {
        match self {
            Self::Active => 1,
            Self::Pending => 2,
            Self::Revoked => 3,
        }
    }

    fn from_number(n: i64) -> Self {
        match n {
            1 => Self::Active,
            2 => Self::Pending,
            _ => Self::Revoked,
        }
    }

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Revoked => "revoked",
        }
    }
}

/// A device as stored.
#[derive(Clone, Debug)]
pub struct Device {
    /// The tenant.
    pub tenant: TenantId,
    /// The bucket of J.
    pub bucket: i64,
    /// J.
    pub journal: JournalId,
    /// Whose.
    pub employee: EmployeeId,
    /// The key's id.
    pub kid: Kid,
    /// Whether it may be used.
    pub state: State,
    /// The enrolment statement.
    pub statement: Vec<u8>,
    /// The certificate.
    pub certificate: Vec<u8>,
    /// When it was enrolled.
    pub enrolled: WallMs,
}

const COLUMNS: &str = "tenant, bucket, journal, employee, kid, state, statement, certificate, enrolled_ms";

type Raw = (String, i64, Hash32, String, Hash32, i64, Vec<u8>, Vec<u8>, i64);

fn read(r: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok((
        r.get(0)?,
        r.get(1)?,
        tlog::hash_at(r, 2)?,
        r.get(3)?,
        tlog::hash_at(r, 4)?,
        r.get(5)?,
        r.get(6)?,
        r.get(7)?,
        r.get(8)?,
    ))
}

fn parse((tenant, bucket, journal, employee, kid, state, statement, certificate, enrolled): Raw) -> Result<Device> {
    Ok(Device {
        tenant: TenantId::parse(tenant)?,
        bucket,
        journal: JournalId(journal),
        employee: EmployeeId::parse(employee)?,
        kid: Kid(kid),
        state: State::from_number(state),
        statement,
        certificate,
        enrolled: WallMs::new(enrolled),
    })
}

/// Finds a journal's device.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &Connection, tenant: &TenantId, bucket: i64, journal: JournalId) -> Result<Option<Device>> {
    conn.prepare_cached(&format!("SELECT {COLUMNS} FROM device WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3"))?
        .query_row(params![tenant.as_str(), bucket, journal.0.0], read)
        .optional()?
        .map(parse)
        .transpose()
}

/// An employee's devices, oldest first.
///
/// # Errors
/// When the database fails.
pub fn of_employee(conn: &Connection, tenant: &TenantId, employee: &EmployeeId) -> Result<Vec<Device>> {
    let query =
        format!("SELECT {COLUMNS} FROM device WHERE tenant = ?1 AND employee = ?2 ORDER BY enrolled_ms, journal");
    let mut rows = conn.prepare_cached(&query)?;
    let all: Vec<_> = rows.query_map(params![tenant.as_str(), employee.as_str()], read)?.collect::<Result<_, _>>()?;
    all.into_iter().map(parse).collect()
}

/// Every device of a tenant.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &Connection, tenant: &TenantId) -> Result<Vec<Device>> {
    let query = format!("SELECT {COLUMNS} FROM device WHERE tenant = ?1 ORDER BY employee, enrolled_ms, journal");
    let mut rows = conn.prepare(&query)?;
    let all: Vec<_> = rows.query_map([tenant.as_str()], read)?.collect::<Result<_, _>>()?;
    all.into_iter().map(parse).collect()
}

/// The one device whose journal or key id begins with `prefix`, in hexadecimal.
///
/// # Errors
/// A sentence if there is none, or more than one.
pub fn by_prefix(conn: &Connection, tenant: &TenantId, prefix: &str) -> Result<Device> {
    let prefix = prefix.to_ascii_lowercase();
    let fits = |d: &Device| d.journal.0.hex().starts_with(&prefix) || d.kid.0.hex().starts_with(&prefix);
    let mut found: Vec<Device> = list(conn, tenant)?.into_iter().filter(fits).collect();
    match (found.pop(), found.is_empty()) {
        (Some(device), true) if prefix.len() >= 8 => Ok(device),
        (None, _) => {
            Err(Error::unknown("device", format!("no device begins with {prefix}; see `daka-server device list`")))
        }
        _ => Err(Error::bad("device", "give more digits of the device's journal or key id, at least 8")),
    }
}

/// Stores a new device.
///
/// # Errors
/// When the database fails.
pub fn insert(batch: &Batch<'_>, device: &Device) -> Result<()> {
    batch.tx.execute(
        &format!("INSERT INTO device ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"),
        params![
            device.tenant.as_str(),
            device.bucket,
            device.journal.0.0,
            device.employee.as_str(),
            device.kid.0.0,
            device.state.number(),
            device.statement,
            device.certificate,
            device.enrolled.get()
        ],
    )?;
    Ok(())
}

/// Appends a leaf to the key log, which publishes salt and body.
///
/// # Errors
/// When the database fails.
pub fn key_log(batch: &Batch<'_>, tenant: &TenantId, kind: LeafKind, body: &Value) -> Result<u64> {
    let salt: [u8; 32] = random()?;
    let leaf = leaf_hash(&batch.env.crypto, kind, &salt, body)?;
    let mut log = tlog::current(batch.tx, tenant, LogKind::Keys)?;
    tlog::append(batch, &mut log, kind, &leaf, Some((&salt, body)))
}

/// An administrator compared the fingerprint.
///
/// # Errors
/// If the device is not pending.
pub fn approve(batch: &Batch<'_>, device: &Device) -> Result<()> {
    if device.state != State::Pending {
        return Err(Error::command(format!("the device is {} and does not wait for approval", device.state.code())));
    }
    set_state(batch, &device.tenant, device.journal, State::Active)
}

fn set_state(batch: &Batch<'_>, tenant: &TenantId, journal: JournalId, state: State) -> Result<()> {
    let bucket = bucket(&batch.env.crypto, tenant, journal);
    batch.tx.execute(
        "UPDATE device SET state = ?4 WHERE tenant = ?1 AND bucket = ?2 AND journal = ?3",
        params![tenant.as_str(), bucket, journal.0.0, state.number()],
    )?;
    Ok(())
}

/// Revokes a journal: a leaf in the key log, a line outside, and from now on only what was spoken for before is accepted.
///
/// # Errors
/// If it was revoked before.
pub fn revoke(batch: &Batch<'_>, tenant: &TenantId, journal: JournalId, reason: RevocationReason) -> Result<()> {
    if revoked(batch.tx, tenant, journal)?.is_some() {
        return Err(Error::command("the device was revoked before"));
    }
    let revocation = Revocation { subject: journal.0, issued: batch.now(), reason };
    // First outside: a line about a revocation that was then not committed does no harm.
    outside::append(&batch.env.home, tenant, &outside::Line::revoked(&revocation))?;
    apply_revocation(batch, tenant, &revocation)
}

/// Stores a revocation and its leaf: a new one, or one that a restored backup did not know.
///
/// # Errors
/// When the database fails.
pub fn apply_revocation(batch: &Batch<'_>, tenant: &TenantId, revocation: &Revocation) -> Result<()> {
    let (last, segment): (Option<i64>, Option<i64>) = batch
        .tx
        .query_row(
            "SELECT received_ms, id FROM segment WHERE tenant = ?1 ORDER BY id DESC LIMIT 1",
            [tenant.as_str()],
            |r| Ok((r.get(0)?, r.get(1)?)),
        )
        .optional()?
        .unwrap_or_default();
    let effective = revocation.issued.get().max(last.unwrap_or(i64::MIN));
    batch.tx.execute(
        "INSERT INTO revocation (tenant, subject, issued_ms, effective_ms, effective_segment, reason)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            tenant.as_str(),
            revocation.subject.0,
            revocation.issued.get(),
            effective,
            segment.unwrap_or(0),
            sql(revocation.reason.wire())
        ],
    )?;
    set_state(batch, tenant, JournalId(revocation.subject), State::Revoked)?;
    key_log(batch, tenant, LeafKind::Revocation, &revocation.value())?;
    Ok(())
}

/// When a journal was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// Time tokens from before this are older than the revocation, ms.
    pub effective: WallMs,
    /// Segments up to this row are older than the revocation.
    pub segment: i64,
}

/// Whether and when a journal was revoked.
///
/// # Errors
/// When the database fails.
pub fn revoked(conn: &Connection, tenant: &TenantId, journal: JournalId) -> Result<Option<Revoked>> {
    Ok(conn
        .prepare_cached("SELECT effective_ms, effective_segment FROM revocation WHERE tenant = ?1 AND subject = ?2")?
        .query_row(params![tenant.as_str(), journal.0.0], |r| {
            Ok(Revoked { effective: WallMs::new(r.get(0)?), segment: r.get(1)? })
        })
        .optional()?)
}
