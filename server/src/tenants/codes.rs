//! Enrolment codes: single use, at most 24 hours.
//!
//! The server keeps the code itself until it is used, because only the code can check the request's HMAC. Used or burnt, it is
//! deleted; its hint stays, so that a second use is told apart from a wrong code.
//!
//! A short code is eight characters of Crockford's base 32 (40 bits) that a person types. The 128-bit code is the first 16 bytes of
//! SHA-256("daka-short-code" ‖ the eight characters): few enough bits to be guessed by a very patient stranger, so its device
//! stays pending until an administrator has compared the key's fingerprint.

use super::people;
use crate::error::{Error, Result};
use crate::random::random;
use crate::store::Batch;
use daka_core::domain::crypto::Crypto;
use daka_core::domain::ids::{EmployeeId, Hash32, TenantId};
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::EnrolCode;
use rusqlite::{Connection, params};

/// Wrong tries after which a code is burnt.
pub const MAX_TRIES: i64 = 10;
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A new code.
#[derive(Clone, Debug)]
pub struct NewCode {
    /// The code.
    pub code: EnrolCode,
    /// What a person types, for a short one.
    pub short: Option<String>,
    /// Until when it can be used.
    pub expires: WallMs,
}

/// The code behind eight typed characters: either case, with or without hyphens and spaces, I and L for 1, O for 0.
///
/// # Errors
/// A sentence if it is no short code.
pub fn from_short(crypto: &dyn Crypto, text: &str) -> Result<EnrolCode> {
    let typed: Vec<u8> = text
        .bytes()
        .filter(|b| !matches!(b, b'-' | b' '))
        .map(|b| match b.to_ascii_uppercase() {
            b'I' | b'L' => b'1',
            b'O' => b'0',
            c => c,
        })
        .collect();
    if typed.len() != 8 || typed.iter().any(|c| !DIGITS.contains(c)) {
        return Err(Error::command("a short code has eight letters and digits"));
    }
    let d = crypto.sha256(&[b"daka-short-code", &typed]).0;
    let mut code = [0; 16];
    code.copy_from_slice(&d[..16]);
    Ok(EnrolCode(code))
}

/// Makes a code for an employee.
///
/// # Errors
/// If the employee is not there or has left, or `hours` is not 1 to 24.
pub fn new(batch: &Batch<'_>, tenant: &TenantId, employee: &EmployeeId, hours: u32, short: bool) -> Result<NewCode> {
    if !(1..=24).contains(&hours) {
        return Err(Error::command("a code is valid for 1 to 24 hours"));
    }
    if people::existing(batch.tx, tenant, employee)?.left {
        return Err(Error::command(format!("employee {employee} has left")));
    }
    let crypto = &batch.env.crypto;
    let (code, short) = if short {
        let text: String = random::<8>()?.iter().map(|b| char::from(DIGITS[usize::from(b & 31)])).collect();
        (from_short(crypto, &text)?, Some(format!("{}-{}", text.get(..4).unwrap_or(""), text.get(4..).unwrap_or(""))))
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
