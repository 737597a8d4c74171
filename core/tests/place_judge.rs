//! P(inside a circle) and distances against a judge that shares no code with Daka: `tests/judges/place_circle.py` (mpmath and
//! geographiclib). `DAKA_JUDGE_PYTHON` names the Python that has them; without it `python3` is asked.

// The lint's leave for tests reaches `#[test]` functions only, not their helpers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::f64::consts::TAU;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use daka_core::domain::place::{Fence, Probability, RadiusMm, Wgs84, distance_m, probability_inside_circle};
use serde_json::{Value, json};

/// Uniform numbers in (0, 1) from a linear congruential generator (Knuth's MMIX constants).
struct Draws(u64);

impl Draws {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.next()
    }

    /// Evenly over the orders of magnitude.
    fn scale(&mut self, low: f64, high: f64) -> f64 {
        self.between(low.ln(), high.ln()).exp()
    }
}

fn judge(cases: &[Value]) -> Vec<Value> {
    #[allow(clippy::disallowed_methods, reason = "a test chooses its judge by the environment")]
    let python = std::env::var("DAKA_JUDGE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/judges/place_circle.py");
    let mut child = Command::new(&python)
        .arg(&script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| {
            panic!("the judge's Python `{python}` does not start ({e}); run `cargo xtask setup judges`")
        });
    let mut stdin = child.stdin.take().unwrap();
    let lines: String = cases.iter().map(|c| format!("{c}\n")).collect();
    // A judge that dies early closes the pipe; what it said on stderr is the better message.
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let out = child.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(
        !said.contains("ModuleNotFoundError"),
        "the judge lacks a Python package; run `cargo xtask setup judges`\n{said}"
    );
    assert!(out.status.success(), "the judge failed: {said}");
    let answers: Vec<Value> =
        String::from_utf8(out.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(answers.len(), cases.len());
    answers
}

/// d, R, σ in metres, over every range: σ from 3 m to 7,000 km, R from 10 m to 20 km, fixes near the edge, in the middle, far out.
fn circles() -> Vec<[f64; 3]> {
    let mut draws = Draws(4);
    let mut cases = Vec::new();
    for _ in 0..150 {
        let (radius, sigma) = (draws.scale(10.0, 20_000.0), draws.scale(3.0, 3_000.0));
        // the band around the edge in which anything happens
        cases.push([(radius + draws.between(-8.0, 8.0) * sigma).abs(), radius, sigma]);
        cases.push([draws.between(0.0, 1.5) * radius, radius, sigma]);
    }
    for _ in 0..50 {
        cases.push([draws.scale(0.001, 2e7), draws.scale(10.0, 20_000.0), draws.scale(3.0, 7e6)]);
    }
    for radius in [10.0, 100.0, 1_000.0, 20_000.0] {
        for sigma in [3.0, 6.624, 33.12, 662.4, 7_071.0, 7_071_068.0] {
            for distance in [0.0, 0.001, radius - 0.001, radius, radius + 0.001, radius + 2.448 * sigma] {
                cases.push([distance, radius, sigma]);
            }
        }
    }
    // both sides of the point from which the integral covers part of the circle only: √(ab) = 3.5
    for ab in [3.499_f64, 3.5, 3.501] {
        for ratio in [0.5, 1.0, 2.0] {
            cases.push([ab * 100.0 * ratio, ab * 100.0 / ratio, 100.0]);
        }
    }
    cases
}

#[test]
fn probability_inside_a_circle() {
    let cases = circles();
    assert!(cases.len() > 400);
    let asked: Vec<_> =
        cases.iter().map(|[d, r, s]| json!({"kind": "p", "distance": d, "radius": r, "sigma": s})).collect();
    let mut worst = (0.0, [0.0; 3]);
    let mut telling = 0;
    for (case, answer) in cases.into_iter().zip(judge(&asked)) {
        let [d, r, s] = case;
        let want = answer["p"].as_f64().unwrap();
        let error = (probability_inside_circle(d, r, s) - want).abs();
        assert!(error <= 1e-6, "d {d} R {r} sigma {s}: off by {error}, the judge says {want}");
        if error > worst.0 {
            worst = (error, case);
        }
        telling += u32::from((0.01..0.99).contains(&want));
    }
    println!("largest difference in P: {:e} at d, R, sigma {:?}", worst.0, worst.1);
    assert!(worst.0 <= 1e-9, "1e-9 is promised, {:e} seen at d, R, sigma {:?}", worst.0, worst.1);
    assert!(telling > 100, "only {telling} cases say anything");
}

/// A position about `metres` away in the direction `bearing` (radians), on a sphere of 6,371 km. The ellipsoid makes up to 1 % of
/// difference, so a caller with a limit stays 1.5 % below it.
fn away(latitude: f64, longitude: f64, metres: f64, bearing: f64) -> Wgs84 {
    let (phi, s) = (latitude.to_radians(), metres / 6_371_000.0);
    let sin = phi.sin() * s.cos() + phi.cos() * s.sin() * bearing.cos();
    let east = (bearing.sin() * s.sin() * phi.cos()).atan2(s.cos() - phi.sin() * sin);
    let lon = longitude + east.to_degrees();
    Wgs84::from_degrees(sin.clamp(-1.0, 1.0).asin().to_degrees(), (lon + 540.0).rem_euclid(360.0) - 180.0).unwrap()
}

/// Origin, point, allowed error in metres.
type Line = (Wgs84, Wgs84, f64);

/// Distance, largest error, half of its last digit, in metres.
type Row = [(f64, f64, f64); 4];

/// The design's table of errors against the geodesic (plane-1 up to 1 km, plane-2 beyond), by latitude.
const TABLE: [(f64, Row); 4] = [
    (0.0, [(200.0, 0.000, 0.0005), (1_000.0, 0.000, 0.0005), (5_000.0, 0.000, 0.0005), (20_000.0, 0.008, 0.0005)]),
    (31.2, [(200.0, 0.001, 0.0005), (1_000.0, 0.018, 0.0005), (5_000.0, 0.000, 0.0005), (20_000.0, 0.02, 0.005)]),
    (60.0, [(200.0, 0.002, 0.0005), (1_000.0, 0.052, 0.0005), (5_000.0, 0.002, 0.0005), (20_000.0, 0.12, 0.005)]),
    (85.0, [(200.0, 0.014, 0.0005), (1_000.0, 0.34, 0.005), (5_000.0, 0.08, 0.005), (20_000.0, 4.9, 0.05)]),
];

fn lines_of_the_table() -> Vec<Line> {
    let mut draws = Draws(11);
    let mut lines = Vec::new();
    for (latitude, row) in TABLE {
        for (metres, error, half) in row {
            for turn in 0..24 {
                let bearing = (f64::from(turn) * 15.0).to_radians();
                let longitude = if turn % 3 == 0 { 180.0 } else { draws.between(-180.0, 180.0) };
                for latitude in [latitude, -latitude] {
                    let origin = Wgs84::from_degrees(latitude, longitude).unwrap();
                    lines.push((origin, away(latitude, longitude, metres * 0.985, bearing), error + half));
                }
            }
        }
    }
    lines
}

/// Beyond 20 km, and anywhere near a pole: 4e-6 of the distance, and 2 mm.
fn long_lines() -> Vec<Line> {
    let mut draws = Draws(12);
    let line = |latitude: f64, metres: f64, draws: &mut Draws| {
        let longitude = draws.between(-180.0, 180.0);
        let point = away(latitude, longitude, metres, draws.between(0.0, TAU));
        (Wgs84::from_degrees(latitude, longitude).unwrap(), point, 0.002 + metres * 4e-6)
    };
    let mut lines = Vec::new();
    for i in 0..150 {
        let (latitude, metres) = (draws.between(-90.0, 90.0), draws.scale(21_000.0, 15_000_000.0));
        lines.push(line(latitude, metres, &mut draws));
        let from_pole = if i < 10 { 0.0 } else { draws.scale(1e-4, 4.99) };
        let metres = draws.scale(10.0, 40_000.0);
        lines.push(line(if i % 2 == 0 { 90.0 - from_pole } else { from_pole - 90.0 }, metres, &mut draws));
    }
    lines
}

fn degrees(p: Wgs84) -> [f64; 2] {
    [p.lat.degrees(), p.lon.degrees()]
}

fn ask_distance(from: Wgs84, to: Wgs84) -> Value {
    json!({"kind": "distance", "from": degrees(from), "to": degrees(to)})
}

fn compare(lines: &[Line], what: &str) {
    let asked: Vec<_> = lines.iter().map(|(from, to, _)| ask_distance(*from, *to)).collect();
    let mut worst: f64 = 0.0;
    for ((from, to, allowed), answer) in lines.iter().zip(judge(&asked)) {
        let want = answer["metres"].as_f64().unwrap();
        let error = (distance_m(*from, *to) - want).abs();
        let line = (degrees(*from), degrees(*to));
        assert!(error <= *allowed, "{line:?}: {want} m, off by {error}, allowed {allowed}");
        worst = worst.max(error / allowed);
    }
    println!("{what}: {} lines, at most {worst:.3} of what is allowed", lines.len());
}

#[test]
fn distances_up_to_20_km_keep_the_table() {
    compare(&lines_of_the_table(), "table");
}

#[test]
fn long_and_polar_distances() {
    compare(&long_lines(), "long and polar");
}

/// Through the whole fence: 1e-7 degrees in, millimetres and millionths out; the judge takes the distance that it measured itself.
#[test]
fn a_fence_as_it_is_recorded() {
    let mut draws = Draws(13);
    let cases: Vec<_> = (0..120)
        .map(|i| {
            let latitude = draws.between(-60.0, 60.0);
            let longitude = if i % 4 == 0 { 180.0 } else { draws.between(-180.0, 180.0) };
            let radius = RadiusMm::from_metres(draws.scale(50.0, 600.0)).unwrap();
            let sigma_m = (draws.scale(3.0, 600.0) * 1_000.0).round() / 1_000.0;
            let metres = (radius.metres() + draws.between(-2.0, 2.0) * sigma_m).clamp(1.0, 900.0);
            let at = away(latitude, longitude, metres, draws.between(0.0, TAU));
            (Wgs84::from_degrees(latitude, longitude).unwrap(), radius, at, sigma_m)
        })
        .collect();
    let lines: Vec<_> = cases.iter().map(|(centre, _, at, _)| ask_distance(*centre, *at)).collect();
    let metres: Vec<f64> = judge(&lines).iter().map(|a| a["metres"].as_f64().unwrap()).collect();
    let asked: Vec<_> = (cases.iter().zip(&metres))
        .map(|((_, radius, _, sigma_m), d)| {
            json!({"kind": "p", "distance": d, "radius": radius.metres(), "sigma": sigma_m})
        })
        .collect();
    for (((centre, radius, at, sigma_m), metres), answer) in cases.into_iter().zip(metres).zip(judge(&asked)) {
        let seen = Fence::Circle { centre, radius }.measure(at, (sigma_m * 1_000.0).round() as u64);
        // 0.052 m is the table's error at 60° and 1 km, half a millimetre the rounding; P falls by at most 0.4/σ a metre.
        let signed = metres * 1_000.0 - f64::from(radius.get());
        let off = seen.distance_mm as f64 - signed;
        assert!(off.abs() <= 53.0, "{centre:?} {at:?}: {} mm, not {signed}", seen.distance_mm);
        let p = f64::from(seen.p.get()) / f64::from(Probability::ONE.get());
        let (want, allowed) = (answer["p"].as_f64().unwrap(), 0.053 * 0.4 / sigma_m + 1.5e-6);
        assert!((p - want).abs() <= allowed, "{centre:?} {at:?}: P {p}, the judge says {want}, allowed {allowed}");
    }
}
