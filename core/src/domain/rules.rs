//! Publications: rule sets and sites, as a server publishes them and a punch pins them.
//!
//! A rule set names its sites by their digests, so `rules_rev`, the digest of the rule set, pins both: a verdict can be replayed
//! with the fences of its day. Shifts, calendars and zones join the rule set with the rules issue; the frame stays.

use super::cbor::{MapBuilder, Value};
use super::crypto::Crypto;
use super::error::{FormatError, Problem};
use super::fields::{As as _, Fields, List};
use super::ids::{Hash32, RulesRev, TenantId, bounded};
use super::log::{LeafKind, Origin, Proof, leaf_hash};
use super::open_enum::open_enum;
use super::time::WallMs;

open_enum! {
    /// The datum of a site's coordinates. Phones see WGS-84 only; the server converts once, when it publishes.
    pub enum SiteDatum {
        /// WGS-84.
        Wgs84 = 1 => "wgs84",
        /// GCJ-02.
        Gcj02 = 2 => "gcj02",
        /// BD-09.
        Bd09 = 3 => "bd09",
    }
}

/// A circle fence: the one shape until the place issue adds polygons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct CircleFence {
    /// Latitude of the centre in 1e-7 degrees.
    pub lat_e7: i64,
    /// Longitude of the centre in 1e-7 degrees.
    pub lon_e7: i64,
    /// Radius in mm.
    pub radius_mm: u64,
}

/// `["daka-site", tenant, site, published_ms, {1: name, 2: datum, 3: fence}]`, with fence `[1, lat_e7, lon_e7, radius_mm]`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SitePublication {
    /// The tenant.
    pub tenant: TenantId,
    /// The site's id.
    pub site: [u8; 16],
    /// When it was published.
    pub published: WallMs,
    /// Its name, for people.
    pub name: String,
    /// The datum of the fence.
    pub datum: SiteDatum,
    /// Its fence.
    pub fence: CircleFence,
}

impl SitePublication {
    const TAG: &'static str = "daka-site";
    const CIRCLE: u64 = 1;

    /// The bytes that are digested.
    pub fn encode(&self) -> Vec<u8> {
        let fence = Value::Array(vec![
            Value::Uint(Self::CIRCLE),
            Value::int(self.fence.lat_e7),
            Value::int(self.fence.lon_e7),
            Value::Uint(self.fence.radius_mm),
        ]);
        let site = MapBuilder::new()
            .put(1, Value::text(&self.name))
            .put(2, Value::Uint(self.datum.wire()))
            .put(3, fence)
            .build();
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::text(self.tenant.as_str()),
            Value::bytes(self.site),
            Value::int(self.published.get()),
            site,
        ])
        .encode()
    }

    /// Reads a publication.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let tenant = TenantId::parse(list.take("tenant")?.string("tenant")?)?;
        let site = list.take("site id")?.array_of("site id")?;
        let published = WallMs::new(list.take("published_ms")?.int("published_ms")?);
        let mut map = Fields::new("site", list.take("site")?)?;
        list.end()?;
        let name = map.take(1, "site name")?.string("site name")?;
        bounded("site name", &name, 200)?;
        let datum = SiteDatum::from_wire(map.take(2, "datum")?.uint("datum")?);
        let mut fence = List::new("fence", map.take(3, "fence")?)?;
        if fence.take("fence kind")?.uint("fence kind")? != Self::CIRCLE {
            return Err(FormatError::syntax("fence kind", "1, a circle"));
        }
        let circle = CircleFence {
            lat_e7: fence.take("lat")?.int("lat")?,
            lon_e7: fence.take("lon")?.int("lon")?,
            radius_mm: fence.take("radius")?.uint("radius")?,
        };
        fence.end()?;
        Ok(Self { tenant, site, published, name, datum, fence: circle })
    }

    /// SHA-256 of the bytes.
    pub fn digest(&self, crypto: &dyn Crypto) -> Hash32 {
        crypto.sha256(&[&self.encode()])
    }
}

/// What an employer decides; each in the unit of its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Policy {
    /// P from which a place is "inside", in millionths.
    pub p_in: u64,
    /// Compatibility up to which it is "outside", in millionths.
    pub c_out: u64,
    /// Widest interval that is Verified, ms.
    pub verified_width_ms: u64,
    /// Whether the place group is recorded, or only the verdict.
    pub record_coordinates: bool,
    /// Whether a field check-in needs a photo.
    pub field_photo_required: bool,
    /// Whether a photo may come from the gallery.
    pub gallery_allowed: bool,
    /// Photos wait for Wi-Fi.
    pub photos_on_wifi_only: bool,
    /// The sites' fences are known to be disjoint.
    pub sites_disjoint: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            p_in: 950_000,
            c_out: 50_000,
            verified_width_ms: 120_000,
            record_coordinates: true,
            field_photo_required: true,
            gallery_allowed: false,
            photos_on_wifi_only: false,
            sites_disjoint: false,
        }
    }
}

impl Policy {
    /// The map.
    pub fn value(&self) -> Value {
        MapBuilder::new()
            .put(1, Value::Uint(self.p_in))
            .put(2, Value::Uint(self.c_out))
            .put(3, Value::Uint(self.verified_width_ms))
            .put(4, Value::Bool(self.record_coordinates))
            .put(5, Value::Bool(self.field_photo_required))
            .put(6, Value::Bool(self.gallery_allowed))
            .put(7, Value::Bool(self.photos_on_wifi_only))
            .put(8, Value::Bool(self.sites_disjoint))
            .build()
    }

    /// Reads the map. Keys of a later version are left unread: their effect is a later evaluator's.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(value: Value) -> Result<Self, FormatError> {
        let mut f = Fields::new("policy", value)?;
        let millionths = |f: &mut Fields, key, field| {
            let n = f.take(key, field)?.uint(field)?;
            if n <= 1_000_000 {
                Ok(n)
            } else {
                Err(FormatError::new(field, Problem::OutOfRange { min: 0, max: 1_000_000 }))
            }
        };
        Ok(Self {
            p_in: millionths(&mut f, 1, "p_in")?,
            c_out: millionths(&mut f, 2, "c_out")?,
            verified_width_ms: f.take(3, "verified width")?.uint("verified width")?,
            record_coordinates: f.take(4, "record coordinates")?.boolean("record coordinates")?,
            field_photo_required: f.take(5, "field photo required")?.boolean("field photo required")?,
            gallery_allowed: f.take(6, "gallery allowed")?.boolean("gallery allowed")?,
            photos_on_wifi_only: f.take(7, "photos on Wi-Fi only")?.boolean("photos on Wi-Fi only")?,
            sites_disjoint: f.take(8, "sites disjoint")?.boolean("sites disjoint")?,
        })
    }
}

/// `["daka-rules", tenant, serial, published_ms, effective_ms, zone, policy, [site digest…]]`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct RulesPublication {
    /// The tenant.
    pub tenant: TenantId,
    /// Rises with every publication.
    pub serial: u64,
    /// When it was published.
    pub published: WallMs,
    /// From when it applies; never before its publication.
    pub effective: WallMs,
    /// The IANA zone that work dates are cut in.
    pub zone: String,
    /// What the employer decides.
    pub policy: Policy,
    /// The digests of the sites' publications.
    pub sites: Vec<Hash32>,
}

impl RulesPublication {
    const TAG: &'static str = "daka-rules";

    /// The bytes that are digested.
    pub fn encode(&self) -> Vec<u8> {
        Value::Array(vec![
            Value::text(Self::TAG),
            Value::text(self.tenant.as_str()),
            Value::Uint(self.serial),
            Value::int(self.published.get()),
            Value::int(self.effective.get()),
            Value::text(&self.zone),
            self.policy.value(),
            Value::Array(self.sites.iter().map(Value::bytes).collect()),
        ])
        .encode()
    }

    /// Reads a publication.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn decode(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut list = List::tagged(Self::TAG, bytes)?;
        let out = Self {
            tenant: TenantId::parse(list.take("tenant")?.string("tenant")?)?,
            serial: list.take("serial")?.uint("serial")?,
            published: WallMs::new(list.take("published_ms")?.int("published_ms")?),
            effective: WallMs::new(list.take("effective_ms")?.int("effective_ms")?),
            zone: list.take("zone")?.string("zone")?,
            policy: Policy::parse(list.take("policy")?)?,
            sites: list
                .take("sites")?
                .items("sites")?
                .into_iter()
                .map(|v| v.hash("site digest"))
                .collect::<Result<_, _>>()?,
        };
        list.end()?;
        bounded("zone", &out.zone, 64)?;
        if out.effective < out.published {
            return Err(FormatError::new("effective_ms", Problem::Contradicts { other: "published_ms" }));
        }
        Ok(out)
    }

    /// `rules_rev`: SHA-256 of the bytes.
    pub fn rev(&self, crypto: &dyn Crypto) -> RulesRev {
        RulesRev(crypto.sha256(&[&self.encode()]))
    }
}

/// A published document with its place in the log: `[document, salt, origin, index, size, [hash…]]`.
///
/// Used for key sets, rule sets and sites. The proof leads to the checkpoint of `size` leaves of `origin`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The document as digested: a COSE_Sign1 for key sets, CBOR for the others.
    pub document: Vec<u8>,
    /// The leaf's salt.
    pub salt: Vec<u8>,
    /// The log.
    pub origin: Origin,
    /// The leaf's index.
    pub index: u64,
    /// The size of the tree that the proof leads to.
    pub size: u64,
    /// The inclusion proof.
    pub proof: Proof,
}

impl Published {
    /// The array.
    pub fn value(&self) -> Value {
        Value::Array(vec![
            Value::bytes(&self.document),
            Value::bytes(&self.salt),
            Value::text(self.origin.as_str()),
            Value::Uint(self.index),
            Value::Uint(self.size),
            Value::Array(self.proof.iter().map(Value::bytes).collect()),
        ])
    }

    /// Reads the array.
    ///
    /// # Errors
    /// [`FormatError`] naming the field.
    pub fn parse(value: Value) -> Result<Self, FormatError> {
        let mut list = List::new("published", value)?;
        let out = Self {
            document: list.take("document")?.byte_string("document")?,
            salt: list.take("salt")?.byte_string("salt")?,
            origin: Origin::parse(&list.take("origin")?.string("origin")?)?,
            index: list.take("index")?.uint("index")?,
            size: list.take("size")?.uint("size")?,
            proof: list
                .take("proof")?
                .items("proof")?
                .into_iter()
                .map(|v| v.hash("proof"))
                .collect::<Result<_, _>>()?,
        };
        list.end()?;
        Ok(out)
    }

    /// The 32-byte leaf of this document as `kind`; `number` is what the body holds beside the digest.
    ///
    /// # Errors
    /// [`FormatError`] for a salt of the wrong length.
    pub fn leaf(&self, crypto: &dyn Crypto, kind: LeafKind, number: Value) -> Result<Hash32, FormatError> {
        let body = Value::Array(vec![Value::bytes(crypto.sha256(&[&self.document])), number]);
        leaf_hash(crypto, kind, &self.salt, &body)
    }
}
