//! Employees. A pseudonym is drawn once and kept for life; the name is known to the statement only as a salted digest.

use super::devices;
use crate::error::{Error, Result};
use crate::random::random;
use crate::store::Batch;
use daka_core::domain::ids::{EmployeeId, Pseudonym, TenantId, bounded};
use daka_core::domain::trust::RevocationReason;
use rusqlite::{Connection, OptionalExtension as _, params};

/// An employee.
#[derive(Clone, Debug)]
pub struct Employee {
    /// The id.
    pub id: EmployeeId,
    /// The name, for people.
    pub name: String,
    /// The salt of the name's digest.
    pub name_salt: [u8; 16],
    /// The pseudonym.
    pub pseudonym: Pseudonym,
    /// Whether the employee has left.
    pub left: bool,
}

type Raw = (String, String, [u8; 16], [u8; 16], Option<i64>);

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Raw> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
}

fn parse((id, name, name_salt, pseudonym, left): Raw) -> Result<Employee> {
    Ok(Employee { id: EmployeeId::parse(id)?, name, name_salt, pseudonym: Pseudonym(pseudonym), left: left.is_some() })
}

/// Adds an employee.
///
/// # Errors
/// If the id is taken or the name is not 1 to 200 bytes.
pub fn add(batch: &Batch<'_>, tenant: &TenantId, id: &EmployeeId, name: &str) -> Result<()> {
    super::find(batch.tx, tenant)?;
    bounded("name", name, 200).map_err(Error::given)?;
    if find(batch.tx, tenant, id)?.is_some() {
        return Err(Error::Exists(format!("employee {id} exists already")));
    }
    insert(batch, tenant, id, name, Pseudonym(random()?))
}

/// Adds an employee whose pseudonym is known already: after a restore, from a statement.
///
/// # Errors
/// When the database fails.
pub fn insert(batch: &Batch<'_>, tenant: &TenantId, id: &EmployeeId, name: &str, pseudonym: Pseudonym) -> Result<()> {
    batch.tx.execute(
        "INSERT INTO employee (tenant, employee, name, name_salt, pseudonym, added_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![tenant.as_str(), id.as_str(), name, random::<16>()?, pseudonym.0, batch.now().get()],
    )?;
    Ok(())
}

/// Finds an employee.
///
/// # Errors
/// When the database fails.
pub fn find(conn: &Connection, tenant: &TenantId, id: &EmployeeId) -> Result<Option<Employee>> {
    conn.prepare_cached(
        "SELECT employee, name, name_salt, pseudonym, left_ms FROM employee WHERE tenant = ?1 AND employee = ?2",
    )?
    .query_row(params![tenant.as_str(), id.as_str()], read)
    .optional()?
    .map(parse)
    .transpose()
}

/// Finds an employee who must be there.
///
/// # Errors
/// A sentence for the administrator if not.
pub fn existing(conn: &Connection, tenant: &TenantId, id: &EmployeeId) -> Result<Employee> {
    find(conn, tenant, id)?.ok_or_else(|| {
        Error::unknown(
            "employee",
            format!("there is no employee {id} in {tenant}; see `daka-server employee list --tenant {tenant}`"),
        )
    })
}

/// Every employee, by id.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &Connection, tenant: &TenantId) -> Result<Vec<Employee>> {
    let mut rows = conn.prepare(
        "SELECT employee, name, name_salt, pseudonym, left_ms FROM employee WHERE tenant = ?1 ORDER BY employee",
    )?;
    let all: Vec<_> = rows.query_map([tenant.as_str()], read)?.collect::<Result<_, _>>()?;
    all.into_iter().map(parse).collect()
}

/// An employee leaves: open codes are burnt and every device is revoked. The record stays.
///
/// # Errors
/// If there is no such employee, or the employee has left already.
pub fn leave(batch: &Batch<'_>, tenant: &TenantId, id: &EmployeeId) -> Result<usize> {
    if existing(batch.tx, tenant, id)?.left {
        return Err(Error::command(format!("employee {id} has left already")));
    }
    batch.tx.execute(
        "UPDATE employee SET left_ms = ?3 WHERE tenant = ?1 AND employee = ?2",
        params![tenant.as_str(), id.as_str(), batch.now().get()],
    )?;
    batch.tx.execute(
        "UPDATE code SET code = NULL, expires_ms = 0 WHERE tenant = ?1 AND employee = ?2 AND used_ms IS NULL",
        params![tenant.as_str(), id.as_str()],
    )?;
    let mut revoked = 0;
    for device in devices::of_employee(batch.tx, tenant, id)? {
        if device.state != devices::State::Revoked {
            devices::revoke(batch, tenant, device.journal, RevocationReason::Left)?;
            revoked += 1;
        }
    }
    Ok(revoked)
}
