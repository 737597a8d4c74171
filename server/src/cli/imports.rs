//! Sites from files. Nothing is imported unless every line can be read; every line that cannot is named.

use crate::tenants::sites::NewSite;

/// Reads CSV with the columns name, lat, lon, radius_m in any order, named by the first line.
///
/// # Errors
/// One sentence for each line that cannot be read.
pub(super) fn csv(text: &str) -> Result<Vec<NewSite>, Vec<String>> {
    let mut lines = text.trim_start_matches('\u{feff}').lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    let Some((_, first)) = lines.next() else { return Err(vec!["line 1: the file is empty".to_owned()]) };
    let heading: Vec<String> = fields(first).unwrap_or_default().iter().map(|f| f.trim().to_lowercase()).collect();
    let mut columns = [0; 4];
    for (column, name) in columns.iter_mut().zip(["name", "lat", "lon", "radius_m"]) {
        match heading.iter().position(|h| h == name) {
            Some(at) => *column = at,
            None => {
                return Err(vec![format!("line 1: no column {name}; the first line should be name,lat,lon,radius_m")]);
            }
        }
    }
    let (mut sites, mut errors) = (Vec::new(), Vec::new());
    for (i, line) in lines {
        match csv_line(line, columns) {
            Ok(site) => sites.push(site),
            Err(e) => errors.push(format!("line {}: {e}", i + 1)),
        }
    }
    if errors.is_empty() { Ok(sites) } else { Err(errors) }
}

fn csv_line(line: &str, columns: [usize; 4]) -> Result<NewSite, String> {
    let fields = fields(line)?;
    let field = |i: usize| {
        let at = columns.get(i).copied().unwrap_or_default();
        fields.get(at).map(|f| f.trim()).ok_or_else(|| format!("has {} columns", fields.len()))
    };
    let number = |i: usize, name: &str| {
        let text = field(i)?;
        text.parse::<f64>().map_err(|_| format!("{name} {text:?} is no number"))
    };
    NewSite::parse(field(0)?, number(1, "lat")?, number(2, "lon")?, number(3, "radius_m")?).map_err(|e| e.to_string())
}

/// The fields of one line, RFC 4180: quotes around a field, doubled inside.
fn fields(line: &str) -> Result<Vec<String>, String> {
    let (mut out, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => {
                chars.next();
                field.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if field.trim().is_empty() => {
                field.clear();
                quoted = true;
            }
            ',' if !quoted => out.push(std::mem::take(&mut field)),
            other => field.push(other),
        }
    }
    if quoted {
        return Err("a quote is not closed".to_owned());
    }
    out.push(field);
    Ok(out)
}

/// Reads a GeoJSON FeatureCollection (RFC 7946) of points, each with the properties `name` and `radius_m` (or `radius`).
///
/// # Errors
/// One sentence for each feature that cannot be read.
pub(super) fn geojson(text: &str) -> Result<Vec<NewSite>, Vec<String>> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|e| vec![format!("line {}: no JSON: {e}", e.line())])?;
    let Some(features) = value.get("features").and_then(|f| f.as_array()) else {
        return Err(vec!["no FeatureCollection".to_owned()]);
    };
    let (mut sites, mut errors) = (Vec::new(), Vec::new());
    for (i, f) in features.iter().enumerate() {
        match feature(f) {
            Ok(site) => sites.push(site),
            Err(e) => errors.push(format!("feature {}: {e}", i + 1)),
        }
    }
    if errors.is_empty() { Ok(sites) } else { Err(errors) }
}

fn feature(f: &serde_json::Value) -> Result<NewSite, String> {
    let at = |path: &str| f.pointer(path);
    if at("/geometry/type").and_then(|t| t.as_str()) != Some("Point") {
        return Err("only points are taken: areas of other shapes come with the place issue".to_owned());
    }
    let number = |paths: &[&str], what: &str| {
        paths.iter().find_map(|p| at(p)?.as_f64()).ok_or_else(|| format!("{what} is missing or no number"))
    };
    let name = at("/properties/name").and_then(|n| n.as_str()).ok_or("the property name is missing")?;
    // RFC 7946 §3.1.1: longitude first.
    let lon = number(&["/geometry/coordinates/0"], "the longitude")?;
    let lat = number(&["/geometry/coordinates/1"], "the latitude")?;
    let radius = number(&["/properties/radius_m", "/properties/radius"], "the property radius_m")?;
    NewSite::parse(name, lat, lon, radius).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_is_read_by_its_heading_and_quotes() {
        let sites = csv(
            "lat,lon,name,radius_m\r\n22.2793,114.1628,\"Tower \"\"A\"\", lobby\",80\r\n\r\n-33.9,18.4,Dock,150.5\n",
        )
        .unwrap();
        let got: Vec<_> =
            sites.iter().map(|s| (s.name.as_str(), s.fence.lat_e7, s.fence.lon_e7, s.fence.radius_mm)).collect();
        assert_eq!(
            got,
            [("Tower \"A\", lobby", 222_793_000, 1_141_628_000, 80_000), ("Dock", -339_000_000, 184_000_000, 150_500)]
        );
    }

    #[test]
    fn every_bad_line_is_named_and_nothing_is_taken() {
        let errors = csv("name,lat,lon,radius_m\nA,91,0,50\nB,0,181,50\nC,0,0,9\nD,x,0,50\nE,0,0\n\"F,0,0,50\n,0,0,50\nG,0,0,NaN\nH,1,1,50")
            .unwrap_err();
        assert_eq!(
            errors,
            [
                "line 2: lat 91 is not from -90 to 90",
                "line 3: lon 181 is not from -180 to 180",
                "line 4: radius_m 9 is not from 10 to 20000",
                "line 5: lat \"x\" is no number",
                "line 6: has 3 columns",
                "line 7: a quote is not closed",
                "line 8: name: must have a length from 1 to 200, has 0",
                "line 9: radius_m is not a finite number",
            ]
        );
        assert!(csv("a,b\n1,2").is_err());
        assert!(csv("").is_err());
    }

    #[test]
    fn geojson_points_have_longitude_first() {
        let text = r#"{"type":"FeatureCollection","features":[
            {"type":"Feature","geometry":{"type":"Point","coordinates":[114.1628,22.2793]},"properties":{"name":"T","radius_m":80}}]}"#;
        let fence = geojson(text).unwrap()[0].fence;
        assert_eq!((fence.lat_e7, fence.lon_e7), (222_793_000, 1_141_628_000));
        let polygon = text.replace("Point", "Polygon");
        assert_eq!(geojson(&polygon).unwrap_err().len(), 1);
        assert!(geojson("{").is_err() && geojson("[]").is_err());
    }
}
