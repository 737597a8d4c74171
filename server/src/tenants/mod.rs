//! What an employer decides: tenants, people, sites, policy, codes, devices. Each function works inside one transaction.

pub mod codes;
pub mod devices;
pub mod keys;
pub mod people;
pub mod policy;
pub mod publish;
pub mod sites;

pub use keys::TenantKeys;

use crate::error::{Error, Result};
use crate::store::{Batch, sql};
use crate::tlog;
use daka_core::domain::crypto::{PublicKey, Signer as _};
use daka_core::domain::ids::{Kid, TenantId, bounded};
use daka_core::domain::log::{LeafKind, Origin};
use daka_core::domain::rules::Policy;
use daka_core::domain::time::WallMs;
use daka_core::domain::trust::{KeySet, KeyUse, TrustedKey};
use rusqlite::{Connection, OptionalExtension as _, params};

/// Ten years: how long the keys of a new key set are valid.
const KEY_VALIDITY_MS: i64 = 10 * 365 * 86_400_000;
/// Keys are valid from an hour before they are made: a clock that is put right by a few seconds must not make them invalid.
const KEY_SLACK_MS: i64 = 3_600_000;

/// A tenant.
#[derive(Clone, Debug)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name, for people.
    pub name: String,
    /// Its root's public key.
    pub root: PublicKey,
    /// The IANA zone of its work dates.
    pub zone: String,
    /// Its policy, as published last.
    pub policy: Policy,
}

/// Reads a tenant.
///
/// # Errors
/// A sentence for the administrator if it does not exist.
pub fn find(conn: &Connection, tenant: &TenantId) -> Result<Tenant> {
    let row: Option<(String, Vec<u8>, String, Vec<u8>)> = conn
        .prepare_cached("SELECT name, root_spki, zone, policy FROM tenant WHERE tenant = ?1")?
        .query_row([tenant.as_str()], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))
        .optional()?;
    let Some((name, root, zone, policy)) = row else {
        return Err(Error::unknown("tenant", format!("there is no tenant {tenant}; see `daka-server tenant list`")));
    };
    let policy = Policy::parse(daka_core::domain::cbor::Value::decode("policy", &policy)?)?;
    Ok(Tenant { id: tenant.clone(), name, root: PublicKey::from_spki(root)?, zone, policy })
}

/// Every tenant's id.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &Connection) -> Result<Vec<TenantId>> {
    let mut rows = conn.prepare("SELECT tenant FROM tenant ORDER BY tenant")?;
    let ids: Vec<String> = rows.query_map([], |r| r.get(0))?.collect::<Result<_, _>>()?;
    Ok(ids.into_iter().map(TenantId::parse).collect::<Result<_, _>>()?)
}

/// Checks what a new tenant is called and where.
///
/// # Errors
/// [`Error::Given`] naming the field.
pub fn check_new(name: &str, zone: &str) -> Result<()> {
    bounded("name", name, 200).map_err(Error::given)?;
    policy::check_zone(zone)
}

/// Adds a tenant: its two logs, its key set and its first rule set, each a leaf. Its keys were made before and lie in their files.
///
/// # Errors
/// If it exists already, or a field is not what it should be.
pub fn add(batch: &Batch<'_>, id: &TenantId, name: &str, zone: &str) -> Result<Kid> {
    check_new(name, zone)?;
    let now = batch.now();
    let keys = batch.env.keys(id)?;
    let root = keys.root(&batch.env.home, id)?;
    let known: i64 =
        batch.tx.query_row("SELECT count(*) FROM tenant WHERE tenant = ?1", [id.as_str()], |r| r.get(0))?;
    if known > 0 {
        return Err(Error::Exists(format!("tenant {id} exists already")));
    }
    batch.tx.execute(
        "INSERT INTO tenant (tenant, name, root_spki, log_n, zone, policy, created_ms) VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6)",
        params![id.as_str(), name, root.public_key().spki(), zone, Policy::default().value().encode(), now.get()],
    )?;
    tlog::create(batch, id, Origin::journals(id, 1))?;
    tlog::create(batch, id, Origin::keys(id, 1))?;
    publish_keys(batch, id, &keys, 1, now)?;
    policy::publish(batch, id)?;
    Ok(root.public_key().kid(&batch.env.crypto))
}

fn publish_keys(batch: &Batch<'_>, id: &TenantId, keys: &TenantKeys, serial: u64, now: WallMs) -> Result<()> {
    let (from, to) = (WallMs::new(now.get() - KEY_SLACK_MS), WallMs::new(now.get() + KEY_VALIDITY_MS));
    let one = |key_use, key: &PublicKey| TrustedKey { key_use, key: key.clone(), from, to };
    let set = KeySet {
        tenant: id.clone(),
        serial,
        keys: vec![
            one(KeyUse::DeviceCa, keys.ca.public_key()),
            one(KeyUse::Log, keys.log.public_key()),
            one(KeyUse::Time, keys.time.public_key()),
        ],
    };
    let root = keys.root(&batch.env.home, id)?;
    let signed = set.sign(&batch.env.crypto, &root)?;
    publish::publish(batch, id, LeafKind::KeySet, serial, sql(serial), signed.bytes())?;
    Ok(())
}

/// The newest key set of a tenant: its signed bytes and what they say.
///
/// # Errors
/// When none was published, which [`add`] does.
pub fn key_set(
    conn: &Connection,
    crypto: &dyn daka_core::domain::crypto::Crypto,
    tenant: &TenantId,
) -> Result<(Vec<u8>, KeySet)> {
    let bytes = publish::newest(conn, tenant, LeafKind::KeySet)?.ok_or_else(crate::error::Refusal::not_found)?.document;
    let message = daka_core::domain::cose::Sign1::decode("key set", &bytes)?;
    // It was signed by us and is only read here; phones and verifiers check the signature.
    let set = KeySet::decode(crypto, &message.payload)?;
    Ok((bytes, set))
}
