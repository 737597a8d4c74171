//! `site` and `policy`.

use super::people::Which;
use super::{Desk, imports, out};
use crate::error::{Error, Result};
use crate::store::write_once;
use crate::tenants::sites::{self, NewSite};
use crate::tenants::{self, policy as policies};
use clap::{Args, Subcommand};
use daka_core::domain::ids::hex;
use std::path::PathBuf;
use std::sync::Arc;

/// `site …`
#[derive(Debug, Subcommand)]
pub(super) enum SiteCommand {
    /// Add a place with a circle around it; publishes it and a new rule set.
    Add {
        /// Its name.
        name: String,
        /// Latitude in degrees, north positive.
        #[arg(long, allow_negative_numbers = true)]
        lat: f64,
        /// Longitude in degrees, east positive.
        #[arg(long, allow_negative_numbers = true)]
        lon: f64,
        /// Radius in metres, 10 to 20000.
        #[arg(long)]
        radius: f64,
        /// The datum of the coordinates: wgs84.
        #[arg(long, default_value = "wgs84")]
        datum: String,
        #[command(flatten)]
        which: Which,
    },
    /// Add many places: CSV with the columns name,lat,lon,radius_m, or GeoJSON points with a `name` and a `radius_m`.
    Import {
        /// The file; .csv, .json or .geojson.
        file: PathBuf,
        /// The datum of the coordinates: wgs84.
        #[arg(long, default_value = "wgs84")]
        datum: String,
        #[command(flatten)]
        which: Which,
    },
    /// List the places.
    List {
        #[command(flatten)]
        which: Which,
    },
}

pub(super) fn site(desk: &mut Desk, command: &SiteCommand) -> Result<()> {
    let (which, new) = match command {
        SiteCommand::Add { name, lat, lon, radius, datum, which } => {
            sites::check_datum(datum)?;
            (which, vec![NewSite::parse(name, *lat, *lon, *radius)?])
        }
        SiteCommand::Import { file, datum, which } => {
            sites::check_datum(datum)?;
            let text = std::fs::read_to_string(file).map_err(Error::unreadable("file", file))?;
            let is_json =
                file.extension().is_some_and(|e| e.eq_ignore_ascii_case("json") || e.eq_ignore_ascii_case("geojson"));
            let parsed = if is_json { imports::geojson(&text) } else { imports::csv(&text) };
            match parsed {
                Ok(sites) if sites.is_empty() => {
                    return Err(Error::bad("file", format!("{} has no sites", file.display())));
                }
                Ok(sites) => (which, sites),
                Err(errors) => {
                    errors.iter().for_each(|e| out::note(format!("{}: {e}", file.display())));
                    return Err(Error::bad(
                        "file",
                        format!(
                            "nothing was imported: {} of the lines cannot be read; mend them and import again",
                            errors.len()
                        ),
                    ));
                }
            }
        }
        SiteCommand::List { which } => return list(desk, which),
    };
    let tenant = desk.tenant(which.tenant.as_ref())?;
    let env = Arc::clone(&desk.env);
    let ids = write_once(&mut desk.conn, &env, |batch| sites::add(batch, &tenant, &new))?;
    let rows: Vec<_> =
        ids.iter().zip(&new).map(|(id, s)| serde_json::json!({ "site": hex(id), "name": s.name })).collect();
    out::say(desk.json, &serde_json::Value::Array(rows), || {
        let lines: Vec<String> = ids.iter().zip(&new).map(|(id, s)| format!("{}  {}", hex(id), s.name)).collect();
        lines.join("\n")
    });
    Ok(())
}

fn list(desk: &Desk, which: &Which) -> Result<()> {
    let all = sites::list(&desk.conn, &desk.tenant(which.tenant.as_ref())?)?;
    let degrees = |e7: i64| e7 as f64 / 1e7;
    if desk.json {
        let row = |s: &sites::Site| {
            let f = s.publication.fence;
            serde_json::json!({
                "site": hex(&s.id), "name": s.publication.name, "lat": degrees(f.lat_e7), "lon": degrees(f.lon_e7),
                "radius_m": f.radius_mm as f64 / 1e3, "datum": s.publication.datum,
            })
        };
        out::line(serde_json::Value::Array(all.iter().map(row).collect()).to_string());
    } else {
        let row = |s: &sites::Site| {
            let f = s.publication.fence;
            vec![
                hex(&s.id),
                s.publication.name.clone(),
                format!("{:.7}", degrees(f.lat_e7)),
                format!("{:.7}", degrees(f.lon_e7)),
                format!("{}", f.radius_mm as f64 / 1e3),
            ]
        };
        out::table(&["site", "name", "lat", "lon", "radius m"], &all.iter().map(row).collect::<Vec<_>>());
    }
    Ok(())
}

/// `policy …`
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Change what is named, keep the rest, and publish a new rule set.
    Set(PolicyArgs),
    /// Print the policy in force.
    Show {
        #[command(flatten)]
        which: Which,
    },
}

/// What may be changed.
#[derive(Debug, Args)]
pub(super) struct PolicyArgs {
    /// From this probability on a place is "inside", in millionths.
    #[arg(long)]
    p_in: Option<u64>,
    /// Up to this compatibility it is "outside", in millionths.
    #[arg(long)]
    c_out: Option<u64>,
    /// The widest interval, in ms, that is called Verified.
    #[arg(long)]
    verified_width_ms: Option<u64>,
    /// Whether coordinates are recorded, or only the verdict.
    #[arg(long)]
    record_coordinates: Option<bool>,
    /// Whether a field check-in needs a photo.
    #[arg(long)]
    field_photo_required: Option<bool>,
    /// Whether a photo may come from the gallery.
    #[arg(long)]
    gallery_allowed: Option<bool>,
    /// Whether photos wait for Wi-Fi.
    #[arg(long)]
    photos_on_wifi_only: Option<bool>,
    /// Whether the sites' areas are known not to overlap.
    #[arg(long)]
    sites_disjoint: Option<bool>,
    /// The IANA time zone that work dates are cut in.
    #[arg(long)]
    zone: Option<String>,
    #[command(flatten)]
    which: Which,
}

pub(super) fn policy(desk: &mut Desk, command: &PolicyCommand) -> Result<()> {
    let args = match command {
        PolicyCommand::Set(args) => args,
        PolicyCommand::Show { which } => {
            let t = tenants::find(&desk.conn, &desk.tenant(which.tenant.as_ref())?)?;
            out::line(serde_json::json!({ "tenant": t.id, "zone": t.zone, "policy": t.policy }).to_string());
            return Ok(());
        }
    };
    let tenant = desk.tenant(args.which.tenant.as_ref())?;
    let env = Arc::clone(&desk.env);
    let rev = write_once(&mut desk.conn, &env, |batch| {
        // Read inside the transaction: another command may have changed it a moment ago.
        let t = tenants::find(batch.tx, &tenant)?;
        let mut p = t.policy;
        p.p_in = args.p_in.unwrap_or(p.p_in);
        p.c_out = args.c_out.unwrap_or(p.c_out);
        p.verified_width_ms = args.verified_width_ms.unwrap_or(p.verified_width_ms);
        p.record_coordinates = args.record_coordinates.unwrap_or(p.record_coordinates);
        p.field_photo_required = args.field_photo_required.unwrap_or(p.field_photo_required);
        p.gallery_allowed = args.gallery_allowed.unwrap_or(p.gallery_allowed);
        p.photos_on_wifi_only = args.photos_on_wifi_only.unwrap_or(p.photos_on_wifi_only);
        p.sites_disjoint = args.sites_disjoint.unwrap_or(p.sites_disjoint);
        policies::set(batch, &tenant, p, args.zone.as_deref().unwrap_or(&t.zone))
    })?;
    out::say(desk.json, &serde_json::json!({ "tenant": tenant, "rules_rev": rev }), || {
        format!("published rules {rev}; phones load them at their next sync")
    });
    Ok(())
}
