//! The picture of a place card: fences and positions in metres, without a map.
//!
//! The middle is the chosen site's, or the best position's where there is none; x points east and y north. A point lies in its true
//! direction and distance from the middle (`place::plane`), so its distance to the chosen fence is the one that the verdict names.

use crate::domain::place::{Fix, Plane, Wgs84, taken};
use crate::domain::placing;
use crate::domain::rules::{CircleFence, SitePublication};

/// What is left free around the picture, as a part of it.
const MARGIN: f64 = 1.1;

/// The shortest side of a picture, metres.
const LEAST_SPAN_M: f64 = 40.0;

/// A square picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceDrawing {
    /// Its side, metres; its middle is 0, 0.
    pub span_m: f64,
    /// The chosen fence first, then others that reach into the picture, by name.
    pub shapes: Vec<DrawnShape>,
    /// The positions inside the picture, in the order in which they came.
    pub fixes: Vec<DrawnFix>,
}

/// A circle fence.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnShape {
    /// The site's name.
    pub name: String,
    /// Its middle, metres east.
    pub x_m: f64,
    /// Its middle, metres north.
    pub y_m: f64,
    /// Its radius, metres.
    pub radius_m: f64,
    /// The verdict is about it.
    pub chosen: bool,
}

/// A position with its accuracy.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnFix {
    /// Metres east.
    pub x_m: f64,
    /// Metres north.
    pub y_m: f64,
    /// The platform's accuracy, metres, if it gave one.
    pub accuracy_m: Option<f64>,
    /// The verdict is taken from it.
    pub chosen: bool,
}

/// Draws `fixes` among `sites`, `chosen` being the one that the verdict is about. None without a position, or where nothing says what
/// the middle is.
pub(in crate::app) fn draw(sites: &[SitePublication], chosen: Option<[u8; 16]>, fixes: &[Fix]) -> Option<PlaceDrawing> {
    let counted = taken(fixes);
    let about = chosen.and_then(|id| sites.iter().find(|s| s.site == id));
    let middle = match about {
        Some(site) => centre(&site.fence)?,
        None => best(fixes, &counted)?.position,
    };
    if fixes.is_empty() {
        return None;
    }
    let plane = Plane::at(middle);
    let fixes: Vec<DrawnFix> = fixes.iter().zip(counted).map(|(fix, chosen)| drawn(&plane, fix, chosen)).collect();
    let shapes: Vec<DrawnShape> = sites
        .iter()
        .filter_map(|s| {
            let (x_m, y_m) = point(&plane, centre(&s.fence)?);
            let radius_m = centimetres(s.fence.radius_mm as f64 / 1000.0);
            Some(DrawnShape { name: s.name.clone(), x_m, y_m, radius_m, chosen: Some(s.site) == chosen })
        })
        .collect();
    let none_chosen = !fixes.iter().any(|f| f.chosen);
    let reaches = fixes.iter().filter(|f| f.chosen || none_chosen).map(DrawnFix::reach);
    let reaches = reaches.chain(shapes.iter().filter(|s| s.chosen).map(DrawnShape::reach));
    let half = reaches.fold(LEAST_SPAN_M / 2.0 / MARGIN, f64::max) * MARGIN;
    let inside = |x: f64, y: f64, radius: f64| x.abs() - radius <= half && y.abs() - radius <= half;
    let mut shapes: Vec<_> = shapes.into_iter().filter(|s| inside(s.x_m, s.y_m, s.radius_m)).collect();
    shapes.sort_by(|a, b| (!a.chosen, &a.name).cmp(&(!b.chosen, &b.name)));
    let fixes = fixes.into_iter().filter(|f| inside(f.x_m, f.y_m, 0.0)).collect();
    Some(PlaceDrawing { span_m: centimetres(half * 2.0), shapes, fixes })
}

impl DrawnShape {
    /// How far it reaches from the middle along either axis.
    fn reach(&self) -> f64 {
        self.x_m.abs().max(self.y_m.abs()) + self.radius_m
    }
}

impl DrawnFix {
    fn reach(&self) -> f64 {
        self.x_m.abs().max(self.y_m.abs()) + self.accuracy_m.unwrap_or(0.0)
    }
}

/// The most accurate position, of those that count if any does.
fn best<'a>(fixes: &'a [Fix], counted: &[bool]) -> Option<&'a Fix> {
    let accuracy = |f: &Fix| f.accuracy.map_or(u32::MAX, |a| a.get());
    fixes.iter().zip(counted).min_by_key(|(fix, counts)| (!**counts, accuracy(fix))).map(|(fix, _)| fix)
}

fn drawn(plane: &Plane, fix: &Fix, chosen: bool) -> DrawnFix {
    let (x_m, y_m) = point(plane, fix.position);
    DrawnFix { x_m, y_m, accuracy_m: fix.accuracy.map(|a| a.metres()), chosen }
}

fn centre(fence: &CircleFence) -> Option<Wgs84> {
    placing::position(fence.lat_e7, fence.lon_e7).ok()
}

/// East and north of the middle: the plane's direction at the true distance.
fn point(plane: &Plane, at: Wgs84) -> (f64, f64) {
    let flat = plane.second_order(at);
    let (length, distance) = (libm::hypot(flat.x, flat.y), plane.distance_m(at));
    let scale = if length > 0.0 { distance / length } else { 1.0 };
    (centimetres(flat.x * scale), centimetres(flat.y * scale))
}

/// Rounded to centimetres: no screen shows less.
fn centimetres(m: f64) -> f64 {
    libm::round(m * 100.0) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::{Platform, Provider, RawFix};
    use crate::domain::rules::SiteDatum;
    use crate::domain::time::WallMs;

    /// On the equator 0.001° of longitude are 111.3195 m and of latitude 110.5743 m (a = 6,378,137 m, e² = 0.00669438).
    fn site(name: &str, id: u8, lat: f64, lon: f64, radius_m: u64) -> SitePublication {
        SitePublication {
            tenant: crate::domain::ids::TenantId::parse("acme").unwrap(),
            site: [id; 16],
            published: WallMs::new(0),
            name: name.to_owned(),
            datum: SiteDatum::Wgs84,
            fence: CircleFence {
                lat_e7: (lat * 1e7).round() as i64,
                lon_e7: (lon * 1e7).round() as i64,
                radius_mm: radius_m * 1000,
            },
        }
    }

    fn fix(lat: f64, lon: f64, accuracy: Option<f64>, age_ms: i64) -> Fix {
        Fix::parse(&RawFix {
            latitude: lat,
            longitude: lon,
            accuracy,
            altitude: None,
            speed: None,
            age_ms,
            platform: Platform::Android,
            provider: Provider::Gps,
            mock: Some(false),
            precise: Some(true),
        })
        .unwrap()
    }

    #[test]
    fn fence_and_fix_lie_where_they_are() {
        let sites = [site("Office", 1, 0.0, 10.0, 50), site("Far", 2, 0.0, 10.1, 50), site("Next", 3, 0.0, 9.999, 60)];
        let fixes = [fix(0.0, 10.001, Some(8.0), 0), fix(0.001, 10.0, Some(5.0), 90_000)];
        let d = draw(&sites, Some([1; 16]), &fixes).unwrap();
        // The chosen fix lies 111.32 m east with 8 m around it; a tenth is left free: 2 × 1.1 × 119.32.
        assert_eq!(d.span_m, 262.5);
        let names: Vec<_> = d.shapes.iter().map(|s| (s.name.as_str(), s.chosen)).collect();
        assert_eq!(names, [("Office", true), ("Next", false)]);
        assert_eq!((d.shapes[0].x_m, d.shapes[0].y_m, d.shapes[0].radius_m), (0.0, 0.0, 50.0));
        assert_eq!((d.shapes[1].x_m, d.shapes[1].y_m), (-111.32, 0.0));
        // The older one does not count, because the first has no blemish; it is drawn, 110.57 m north.
        let drawn: Vec<_> = d.fixes.iter().map(|f| (f.x_m, f.y_m, f.accuracy_m, f.chosen)).collect();
        assert_eq!(drawn, [(111.32, 0.0, Some(8.0), true), (0.0, 110.57, Some(5.0), false)]);
    }

    #[test]
    fn without_a_site_the_best_position_is_the_middle() {
        let fixes = [fix(0.001, 10.0, Some(30.0), 0), fix(0.0, 10.0, Some(4.0), 0), fix(0.0, 10.0, None, 0)];
        let d = draw(&[], None, &fixes).unwrap();
        let drawn: Vec<_> = d.fixes.iter().map(|f| (f.x_m, f.y_m, f.chosen)).collect();
        assert_eq!(drawn, [(0.0, 110.57, true), (0.0, 0.0, true), (0.0, 0.0, false)]);
        assert_eq!(d.shapes, []);
        // 110.57 + 30 m, and a tenth.
        assert_eq!(d.span_m, 309.25);
        // A single exact position still gets a picture of some size.
        assert_eq!(draw(&[], None, &fixes[1..2]).unwrap().span_m, 40.0);
        assert_eq!(draw(&[site("Office", 1, 0.0, 10.0, 50)], Some([1; 16]), &[]), None);
        assert_eq!(draw(&[], None, &[]), None);
    }

    #[test]
    fn a_position_on_the_other_side_of_the_world_keeps_its_distance() {
        let d = draw(&[site("Office", 1, 0.0, 10.0, 50)], Some([1; 16]), &[fix(0.0, -80.0, Some(8.0), 0)]).unwrap();
        // A quarter of the equator: π/2 × 6,378,137 m = 10,018,754 m, within 4e-6 of it.
        let west = d.fixes[0].x_m;
        assert!((west + 10_018_754.0).abs() < 50.0, "{west}");
    }
}
