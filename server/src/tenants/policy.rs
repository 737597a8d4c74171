//! Rule sets: every change of policy or sites is a new publication, and punches pin the one they were made under.

use super::publish;
use crate::error::{Error, Result};
use crate::store::Batch;
use daka_core::domain::ids::{Hash32, RulesRev, TenantId};
use daka_core::domain::log::LeafKind;
use daka_core::domain::place::{Probability, Thresholds};
use daka_core::domain::rules::{Policy, RulesPublication};
use rusqlite::params;

/// Checks that the IANA time zone database, as compiled in, has a zone or link of this name.
///
/// # Errors
/// [`Error::Given`] naming the field `zone`.
pub fn check_zone(zone: &str) -> Result<()> {
    match zone.parse::<chrono_tz::Tz>() {
        Ok(_) => Ok(()),
        // A name is at most 30 characters long; a longer text is not repeated.
        Err(_) if zone.len() > 64 => {
            Err(Error::bad("zone", "the time zone's name is too long; give one like Asia/Hong_Kong"))
        }
        Err(_) => Err(Error::bad("zone", format!("{zone:?} is no IANA time zone; give one like Asia/Hong_Kong"))),
    }
}

/// Sets policy and zone, and publishes them.
///
/// # Errors
/// If the thresholds cross or a value is out of its range.
pub fn set(batch: &Batch<'_>, tenant: &TenantId, policy: Policy, zone: &str) -> Result<RulesRev> {
    check_zone(zone)?;
    let p = |n: u64| u32::try_from(n).ok().and_then(|n| Probability::new(n).ok());
    match (p(policy.p_in), p(policy.c_out)) {
        (Some(p_in), Some(c_out)) if Thresholds::new(p_in, c_out).is_ok() => {}
        _ => {
            return Err(Error::bad(
                "p-in",
                "p-in and c-out are millionths from 0 to 1000000, and c-out must be below p-in",
            ));
        }
    }
    if !(1_000..=86_400_000).contains(&policy.verified_width_ms) {
        return Err(Error::bad(
            "verified-width-ms",
            "verified-width-ms must be from 1000 (a second) to 86400000 (a day)",
        ));
    }
    super::find(batch.tx, tenant)?;
    batch.tx.execute(
        "UPDATE tenant SET policy = ?2, zone = ?3 WHERE tenant = ?1",
        params![tenant.as_str(), policy.value().encode(), zone],
    )?;
    publish(batch, tenant)
}

/// Publishes the rule set as it stands now: policy, zone and the sites in force.
///
/// # Errors
/// When the database fails.
pub fn publish(batch: &Batch<'_>, tenant: &TenantId) -> Result<RulesRev> {
    let t = super::find(batch.tx, tenant)?;
    let serial = publish::newest(batch.tx, tenant, LeafKind::Rules)?.map_or(1, |p| p.serial + 1);
    let mut rows = batch.tx.prepare("SELECT digest FROM site WHERE tenant = ?1 ORDER BY added_ms, name, site")?;
    let sites: Vec<Hash32> =
        rows.query_map([tenant.as_str()], |r| crate::tlog::hash_at(r, 0))?.collect::<Result<_, _>>()?;
    let now = batch.now();
    let rules = RulesPublication {
        tenant: tenant.clone(),
        serial,
        published: now,
        effective: now,
        zone: t.zone,
        policy: t.policy,
        sites,
    };
    publish::publish(batch, tenant, LeafKind::Rules, serial, now.get(), &rules.encode()).map(RulesRev)
}
