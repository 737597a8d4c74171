//! Sites: parsed where they enter, each published with a leaf and then taken into a new rule set.

use super::{policy, publish};
use crate::error::{Error, Result};
use crate::random::random;
use crate::store::Batch;
use daka_core::domain::ids::{TenantId, bounded};
use daka_core::domain::log::LeafKind;
use daka_core::domain::placing;
use daka_core::domain::rules::{CircleFence, SiteDatum, SitePublication};
use rusqlite::{Connection, params};

/// A site as an administrator gives it, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSite {
    /// Its name.
    pub name: String,
    /// Its fence.
    pub fence: CircleFence,
}

impl NewSite {
    /// Checks a site. Degrees are rounded to 1e-7, metres to mm.
    ///
    /// # Errors
    /// A sentence that names the field and its limits.
    pub fn parse(name: &str, lat: f64, lon: f64, radius_m: f64) -> Result<Self> {
        bounded("name", name, 200).map_err(Error::given)?;
        // The casts saturate; NaN is caught first, and `circle` checks the limits.
        for (field, value) in [("lat", lat), ("lon", lon), ("radius_m", radius_m)] {
            if !value.is_finite() {
                return Err(Error::bad(field, format!("{field} is not a finite number")));
            }
        }
        let fence = CircleFence {
            lat_e7: (lat * 1e7).round() as i64,
            lon_e7: (lon * 1e7).round() as i64,
            radius_mm: (radius_m * 1e3).round().max(0.0) as u64,
        };
        placing::circle(&fence).map_err(|e| match e.field {
            "latitude" => Error::bad("lat", format!("lat {lat} is not from -90 to 90")),
            "longitude" => Error::bad("lon", format!("lon {lon} is not from -180 to 180")),
            _ => Error::bad("radius_m", format!("radius_m {radius_m} is not from 10 to 20000")),
        })?;
        Ok(Self { name: name.to_owned(), fence })
    }
}

/// A site in force.
#[derive(Clone, Debug)]
pub struct Site {
    /// Its id.
    pub id: [u8; 16],
    /// As published.
    pub publication: SitePublication,
}

/// Checks the datum of coordinates that an administrator gives.
///
/// # Errors
/// A sentence for every datum but WGS-84.
pub fn check_datum(datum: &str) -> Result<()> {
    match datum {
        "wgs84" => Ok(()),
        "gcj02" | "bd09" => Err(Error::bad(
            "datum",
            format!(
                "this version takes no coordinates in {datum}, which differ from wgs84 by up to 700 m in mainland China; convert \
             them to wgs84 first"
            ),
        )),
        _ => Err(Error::bad("datum", format!("{datum:?} is no datum; give wgs84"))),
    }
}

/// Adds sites and publishes one new rule set with all of them.
///
/// # Errors
/// When the database fails.
pub fn add(batch: &Batch<'_>, tenant: &TenantId, sites: &[NewSite]) -> Result<Vec<[u8; 16]>> {
    super::find(batch.tx, tenant)?;
    let mut ids = Vec::with_capacity(sites.len());
    for site in sites {
        let id: [u8; 16] = random()?;
        let now = batch.now();
        let publication = SitePublication {
            tenant: tenant.clone(),
            site: id,
            published: now,
            name: site.name.clone(),
            datum: SiteDatum::Wgs84,
            fence: site.fence,
        };
        let digest = publish::publish(batch, tenant, LeafKind::Site, 0, now.get(), &publication.encode())?;
        batch.tx.execute(
            "INSERT INTO site (tenant, site, name, digest, added_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![tenant.as_str(), id, site.name, digest.0, now.get()],
        )?;
        ids.push(id);
    }
    policy::publish(batch, tenant)?;
    Ok(ids)
}

/// The sites in force.
///
/// # Errors
/// When the database fails.
pub fn list(conn: &Connection, tenant: &TenantId) -> Result<Vec<Site>> {
    let mut rows = conn.prepare("SELECT site, digest FROM site WHERE tenant = ?1 ORDER BY added_ms, name, site")?;
    let all: Vec<([u8; 16], _)> = rows
        .query_map([tenant.as_str()], |r| Ok((r.get(0)?, crate::tlog::hash_at(r, 1)?)))?
        .collect::<Result<_, _>>()?;
    let mut out = Vec::with_capacity(all.len());
    for (id, digest) in all {
        if let Some(p) = publish::by_digest(conn, tenant, LeafKind::Site, digest)? {
            out.push(Site { id, publication: SitePublication::decode(&p.document)? });
        }
    }
    Ok(out)
}
