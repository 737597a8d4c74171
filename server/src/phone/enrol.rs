//! Enrolment: a code becomes a device.
//!
//! A request that fails leaves nothing but a counted try. One that succeeds is repeatable: the code remembers the HMAC it was used
//! by, and the same request gets the same answer again, because the first may have been lost on its way.

use super::super::outside;
use crate::error::{Error, Refusal, Result};
use crate::random::random;
use crate::store::{Batch, bucket};
use crate::tenants::codes::{self, Known};
use crate::tenants::devices::{self, Device, State};
use crate::tenants::{self, people};
use daka_core::domain::cbor::Value;
use daka_core::domain::cose::Sign1;
use daka_core::domain::crypto::{Crypto as _, Signer as _};
use daka_core::domain::ids::Hash32;
use daka_core::domain::journal::Identity;
use daka_core::domain::log::LeafKind;
use daka_core::domain::trust::{
    EnrolAnswer, EnrolRequest, EnrolState, Statement, issue_certificate, name_digest, read_request,
};
use ring::hmac;

/// Carries out an enrolment request. The inner result is a refusal whose counted try is to be kept.
///
/// # Errors
/// When the database or a key fails.
pub fn enrol(batch: &Batch<'_>, request: &EnrolRequest) -> Result<Result<Vec<u8>, Refusal>> {
    let known = codes::by_hint(batch.tx, request.hint)?;
    if let Some(code) = known.iter().find(|k| k.used_by == Some(request.mac)) {
        return again(batch, code).map(Ok);
    }
    let fits = |k: &&Known| {
        k.code.as_ref().is_some_and(|c| {
            let message = [&b"daka-enrol"[..], &request.nonce.0, &request.request].concat();
            hmac::verify(&hmac::Key::new(hmac::HMAC_SHA256, &c.0), &message, &request.mac.0).is_ok()
        })
    };
    let Some(code) = known.iter().find(fits) else {
        return refuse(batch, &known).map(Err);
    };
    if batch.now() > code.expires {
        return Ok(Err(expired()));
    }
    fresh(batch, code, request)
}

fn expired() -> Refusal {
    Refusal::new(403, "expired_code", "the code is no longer valid; ask for a new one")
}

fn refuse(batch: &Batch<'_>, known: &[Known]) -> Result<Refusal> {
    for code in known.iter().filter(|k| k.code.is_some()) {
        codes::wrong_try(batch, code)?;
    }
    Ok(match known.first() {
        Some(code) if code.used_by.is_some() => {
            Refusal::new(403, "used_code", "the code was used before; ask for a new one")
        }
        Some(code) if code.code.is_none() || batch.now() > code.expires => expired(),
        _ => Refusal::new(403, "wrong_code", "no such code; scan or type it again, or ask for a new one"),
    })
}

fn fresh(batch: &Batch<'_>, code: &Known, request: &EnrolRequest) -> Result<Result<Vec<u8>, Refusal>> {
    let crypto = &batch.env.crypto;
    let key = match read_request(crypto, &request.request) {
        Ok(key) => key,
        Err(e) => return Ok(Err(Refusal::unprocessable("PKCS#10", e.to_string()))),
    };
    let employee = people::existing(batch.tx, &code.tenant, &code.employee)?;
    let keys = batch.env.keys(&code.tenant)?;
    let now = batch.now();
    let identity = Identity {
        tenant: code.tenant.clone(),
        employee: code.employee.clone(),
        device: key.kid(crypto),
        nonce: request.nonce,
    };
    let journal = identity.journal(crypto);
    let bucket = bucket(crypto, &code.tenant, journal);
    if devices::find(batch.tx, &code.tenant, bucket, journal)?.is_some() {
        return Ok(Err(Refusal::unprocessable("nonce", "this key and nonce are enrolled already; draw a new nonce")));
    }
    let certificate = issue_certificate(crypto, &keys.ca, &key, random()?, now)?;
    let previous = devices::of_employee(batch.tx, &code.tenant, &code.employee)?
        .last()
        .map_or(Hash32::ZERO, |d| crypto.sha256(&[&d.statement]));
    let statement = Statement {
        identity,
        pseudonym: employee.pseudonym,
        name: name_digest(crypto, &employee.name_salt, &employee.name),
        certificate: crypto.sha256(&[&certificate]),
        issued: now,
        previous,
    };
    let signed = statement.sign(crypto, &keys.ca)?;
    let device = Device {
        tenant: code.tenant.clone(),
        bucket,
        journal,
        employee: code.employee.clone(),
        kid: statement.identity.device,
        state: if code.short { State::Pending } else { State::Active },
        statement: signed.bytes().to_vec(),
        certificate,
        enrolled: now,
    };
    outside::append(&batch.env.home, &code.tenant, &outside::Line::code_used(&code.id))?;
    admit(batch, &device, &statement, &signed)?;
    codes::used(batch, code, request.mac, journal)?;
    answer(batch, &device).map(Ok)
}

/// Stores a device and its two leaves in the key log.
///
/// # Errors
/// When the database fails.
pub fn admit(batch: &Batch<'_>, device: &Device, statement: &Statement, signed: &Sign1) -> Result<()> {
    let crypto = &batch.env.crypto;
    devices::insert(batch, device)?;
    let issued = Value::int(statement.issued.get());
    let enrolment = Value::Array(vec![
        Value::bytes(device.journal),
        Value::bytes(signed.digest(crypto)),
        Value::bytes(statement.pseudonym),
        issued.clone(),
    ]);
    devices::key_log(batch, &device.tenant, LeafKind::Enrolment, &enrolment)?;
    let certificate = Value::Array(vec![Value::bytes(device.kid), Value::bytes(statement.certificate), issued]);
    devices::key_log(batch, &device.tenant, LeafKind::Certificate, &certificate)?;
    Ok(())
}

/// The answer of an enrolment that happened already.
fn again(batch: &Batch<'_>, code: &Known) -> Result<Vec<u8>> {
    let journal: Hash32 = batch.tx.query_row(
        "SELECT journal FROM code WHERE tenant = ?1 AND id = ?2",
        rusqlite::params![code.tenant.as_str(), code.id],
        |r| crate::tlog::hash_at(r, 0),
    )?;
    let journal = daka_core::domain::ids::JournalId(journal);
    let bucket = bucket(&batch.env.crypto, &code.tenant, journal);
    let device = devices::find(batch.tx, &code.tenant, bucket, journal)?.ok_or_else(Refusal::not_found)?;
    answer(batch, &device)
}

fn answer(batch: &Batch<'_>, device: &Device) -> Result<Vec<u8>> {
    let tenant = tenants::find(batch.tx, &device.tenant)?;
    let employee = people::find(batch.tx, &device.tenant, &device.employee)?.ok_or_else(Refusal::not_found)?;
    let (key_set, _) = tenants::key_set(batch.tx, &batch.env.crypto, &device.tenant)?;
    let earlier: Vec<Vec<u8>> = devices::of_employee(batch.tx, &device.tenant, &device.employee)?
        .into_iter()
        .take_while(|d| d.journal != device.journal)
        .map(|d| d.statement)
        .collect();
    Ok(EnrolAnswer {
        state: if device.state == State::Pending { EnrolState::Pending } else { EnrolState::Active },
        root: tenant.root.spki().to_vec(),
        key_set,
        statement: device.statement.clone(),
        certificate: device.certificate.clone(),
        earlier,
        employer_name: tenant.name,
        employee_name: employee.name,
        name_salt: employee.name_salt,
    }
    .encode())
}

/// Whether the CA key that signs new devices is the one of the newest key set: a key file that was put back wrongly shows here.
///
/// # Errors
/// A sentence if it is not.
pub fn check_keys(batch: &Batch<'_>, tenant: &daka_core::domain::ids::TenantId) -> Result<()> {
    use daka_core::domain::trust::KeyUse;
    let (_, set) = tenants::key_set(batch.tx, &batch.env.crypto, tenant)?;
    let keys = batch.env.keys(tenant)?;
    let pairs = [
        (KeyUse::DeviceCa, keys.ca.public_key()),
        (KeyUse::Log, keys.log.public_key()),
        (KeyUse::Time, keys.time.public_key()),
    ];
    match pairs.iter().find(|(key_use, key)| set.first(*key_use) != Some(*key)) {
        None => Ok(()),
        Some((key_use, _)) => Err(Error::command(format!(
            "the {} key of {tenant} is not the one of its key set; put the right keys back into DIR/keys/{tenant}",
            key_use.code()
        ))),
    }
}
