//! Login: the device's signature over a challenge, for this tenant, this root and this server.
//!
//! A server that was restored from a backup may not know a device that enrolled after it was made. Statement and certificate are
//! signed by the tenant's own CA and travel with every login, so such a device is taken back from them, with new leaves in the key
//! log. It waits for approval: the papers do not say whether it had been approved, and what the backup does not know may include
//! its end.

use super::sessions::{Sessions, TOKEN_MS, login_required};
use super::{Caller, enrol};
use crate::error::{Error, Refusal, Result};
use crate::store::{Batch, bucket};
use crate::tenants::devices::{self, Device, State};
use crate::tenants::{self, people};
use daka_core::domain::cose::Sign1;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::trust::{
    AccessScope, DeviceCertificate, KeyUse, Login, LoginAnswer, LoginRequest, Statement, TrustError,
};

fn not_ours(e: impl std::fmt::Display) -> Error {
    Refusal::forbidden(format!("the login does not hold: {e}")).into()
}

/// Checks a login and gives an access token.
///
/// # Errors
/// 401 for a challenge that is used or too old, 403 for anything that does not hold.
pub fn login(batch: &Batch<'_>, sessions: &Sessions, origins: &[String], request: &LoginRequest) -> Result<Vec<u8>> {
    let crypto = &batch.env.crypto;
    let now = batch.now();
    let message = Sign1::decode("statement", &request.statement).map_err(|e| Refusal::malformed(&e))?;
    // Not verified yet: only to find the tenant whose keys then verify it.
    let claimed = Statement::decode(&message.payload).map_err(|e| Refusal::malformed(&e))?;
    let (_, keys) = tenants::key_set(batch.tx, crypto, &claimed.identity.tenant).map_err(|e| match e {
        Error::Refused(_) => not_ours(TrustError::UnknownKey),
        other => other,
    })?;
    let statement = Statement::open(crypto, &keys, &message).map_err(not_ours)?;
    let ca = keys.find(crypto, KeyUse::DeviceCa, message.kid, None).ok_or_else(|| not_ours(TrustError::UnknownKey))?;
    let certificate = DeviceCertificate::open(crypto, ca, &request.certificate).map_err(not_ours)?;
    let same = crypto.sha256(&[&request.certificate]) == statement.certificate
        && certificate.key.kid(crypto) == statement.identity.device;
    if !same {
        return Err(not_ours("the certificate is another than the statement's"));
    }
    let login = Sign1::decode("login", &request.login).map_err(|e| Refusal::malformed(&e))?;
    let login = Login::open(crypto, &certificate.key, &login).map_err(not_ours)?;
    let tenant = tenants::find(batch.tx, &statement.identity.tenant)?;
    let journal = statement.identity.journal(crypto);
    if login.tenant != tenant.id || login.journal != journal {
        return Err(not_ours("it names another journal"));
    }
    if login.root != tenant.root.kid(crypto) {
        return Err(not_ours("it names another root"));
    }
    if !origins.contains(&login.origin) {
        return Err(not_ours("it was made for another server's address; see `serve --public-url`"));
    }
    if !sessions.take_challenge(now, login.server_nonce) {
        return Err(login_required().into());
    }
    let bucket = bucket(crypto, &tenant.id, journal);
    let device = match devices::find(batch.tx, &tenant.id, bucket, journal)? {
        Some(device) => device,
        None => take_back(batch, &statement, &message, &request.certificate)?,
    };
    let token = sessions.token(now, Caller { tenant: tenant.id, bucket, journal })?;
    let scope = match device.state {
        State::Active => AccessScope::Full,
        State::Pending => AccessScope::Pending,
        State::Revoked => AccessScope::Segments,
    };
    Ok(LoginAnswer { token, seconds: TOKEN_MS.unsigned_abs() / 1000, scope }.encode())
}

/// A device that this database does not know, but this tenant's CA does.
fn take_back(batch: &Batch<'_>, statement: &Statement, message: &Sign1, certificate: &[u8]) -> Result<Device> {
    let crypto = &batch.env.crypto;
    let identity = &statement.identity;
    let journal = identity.journal(crypto);
    if people::find(batch.tx, &identity.tenant, &identity.employee)?.is_none() {
        // The name is gone with the lost data; the administrator gives it again.
        people::insert(batch, &identity.tenant, &identity.employee, identity.employee.as_str(), statement.pseudonym)?;
    }
    let revoked = devices::revoked(batch.tx, &identity.tenant, journal)?.is_some();
    let device = Device {
        tenant: identity.tenant.clone(),
        bucket: bucket(crypto, &identity.tenant, journal),
        journal,
        employee: identity.employee.clone(),
        kid: identity.device,
        state: if revoked { State::Revoked } else { State::Pending },
        statement: message.bytes().to_vec(),
        certificate: certificate.to_vec(),
        enrolled: statement.issued,
    };
    enrol::admit(batch, &device, statement, message)?;
    Ok(device)
}
