//! Enrolment codes: single use, at most 24 hours.
//!
//! The server keeps the code itself until it is used, because only the code can check the request's HMAC. Used or burnt, it is
//! deleted; its hint stays, so that a second use is told apart from a wrong code.
//!
//! A short code is eight characters that a person types ([`TypedCode`]): few enough bits to be guessed by a very patient stranger, so
//! its device stays pending until an administrator has compared the key's fingerprint.

use super::people;
use crate::error::{Error, Result};
use crate::random::random;
use crate::store::Batch;
use daka_core::domain::ids::{EmployeeId, Hash32, TenantId};
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{EnrolCode, TypedCode};
use rusqlite::{Connection, params};

/// Wrong tries after which a code is burnt.
pub const MAX_TRIES: i64 = 10;

/// A new code.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// The code.
    pub code: EnrolCode,
    /// What a person types, for a short one.
    pub short: Option<TypedCode>,
    /// Until when it can be used.
    pub expires: WallMs,
}

/// Makes a code for an employee.
///
/// # Errors
/// If the employee is not there or has left, or `hours` is not 1 to 24.
pub fn new(batch: &Batch<'_>, tenant: &TenantId, employee: &EmployeeId, hours: u32, short: bool) -> Result<NewCode> {
    if !(1..=24).contains(&hours) {
        return Err(Error::bad("hours", "a code is valid for 1 to 24 hours"));
    }
    if people::existing(batch.tx, tenant, employee)?.left {
        return Err(Error::command(format!("employee {employee} has left")));
    }
    let crypto = &batch.env.crypto;
    let (code, short) = if short {
        let typed = TypedCode::of(random()?);
        (typed.enrol_code(crypto), Some(typed))
    } else {
        (EnrolCode(random()?), None)
    };
    let now = batch.now();
    let expires = WallMs::new(now.get() + i64::from(hours) * 3_600_000);
    batch.tx.execute(
        "INSERT INTO code (tenant, id, hint, code, employee, short, created_ms, expires_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            tenant.as_str(),
            random::<16>()?,
            code.hint(crypto),
            code.0,
            employee.as_str(),
            short.is_some(),
            now.get(),
            expires.get()
        ],
    )?;
    Ok(NewCode { code, short, expires })
}

/// A code as the server knows it.
#[derive(Clone, Debug)]
pub struct Known {
    /// Whose.
    pub tenant: TenantId,
    /// Its row.
    pub id: [u8; 16],
    /// The code, until it is used or burnt.
    pub code: Option<EnrolCode>,
    /// For whom.
    pub employee: EmployeeId,
    /// Typed by hand.
    pub short: bool,
    /// Until when.
    pub expires: WallMs,
    /// The request that used it.
    pub used_by: Option<Hash32>,
}

/// The codes with a hint, of all tenants: the request that brings one says nothing else.
///
/// # Errors
/// When the database fails.
pub fn by_hint(conn: &Connection, hint: [u8; 4]) -> Result<Vec<Known>> {
    let mut rows = conn.prepare_cached(
        "SELECT tenant, id, code, employee, short, expires_ms, mac FROM code WHERE hint = ?1 ORDER BY created_ms DESC",
    )?;
    let all: Vec<_> = rows
        .query_map([hint], |r| {
            Ok((
                r.get::<_, String>(0)?,
                r.get(1)?,
                r.get::<_, Option<[u8; 16]>>(2)?,
                r.get::<_, String>(3)?,
                r.get(4)?,
                r.get(5)?,
                r.get::<_, Option<[u8; 32]>>(6)?,
            ))
        })?
        .collect::<Result<_, _>>()?;
    all.into_iter()
        .map(|(tenant, id, code, employee, short, expires, mac)| {
            Ok(Known {
                tenant: TenantId::parse(tenant)?,
                id,
                code: code.map(EnrolCode),
                employee: EmployeeId::parse(employee)?,
                short,
                expires: WallMs::new(expires),
                used_by: mac.map(Hash32),
            })
        })
        .collect()
}

/// Counts a wrong try; the code is burnt after [`MAX_TRIES`].
///
/// # Errors
/// When the database fails.
pub fn wrong_try(batch: &Batch<'_>, code: &Known) -> Result<()> {
    batch.tx.execute(
        "UPDATE code SET tries = tries + 1, code = CASE WHEN tries + 1 >= ?3 THEN NULL ELSE code END
         WHERE tenant = ?1 AND id = ?2",
        params![code.tenant.as_str(), code.id, MAX_TRIES],
    )?;
    Ok(())
}

/// Marks a code as used and forgets it.
///
/// # Errors
/// When the database fails.
pub fn used(batch: &Batch<'_>, code: &Known, mac: Hash32, journal: daka_core::domain::ids::JournalId) -> Result<()> {
    batch.tx.execute(
        "UPDATE code SET code = NULL, used_ms = ?3, mac = ?4, journal = ?5 WHERE tenant = ?1 AND id = ?2",
        params![code.tenant.as_str(), code.id, batch.now().get(), mac.0, journal.0.0],
    )?;
    Ok(())
}
