//! `cargo xtask bench [NAME…] [--json]`: the one place for figures.
//!
//! A figure is a line of JSON that a benchmark prints; see [`figure`] for its shape. Benchmarks are the programs `bench_*` of
//! package `daka-tests` (built with `release`), the Maven profile `bench` of `bindings/kotlin` (with the phone library as it
//! ships), the Android app's `TapBench` (with the same library), `photo` (`tests/rivals/photo.py`), and `library_size`, which is
//! measured here. A figure's name begins with that of its benchmark: `bench_drain` prints
//! `drain_…`, Kotlin prints `kotlin_…`; so a NAME on the command line finds its benchmark without running the others.
//!
//! A figure is a ratio of one run, because this machine may be twice as slow in a minute. How unsteady it is, is measured
//! before and after. The exit code is 1 if a benchmark broke off or a figure does not hold.

mod figure;
mod noise;
mod photo;

use std::process::{Command, ExitCode};

use self::figure::Figure;
use self::noise::Noise;
use crate::failure::{Outcome, failed};
use crate::process::{self, Listen, Run, ShowOn};
use crate::test::parts;
use crate::workspace::Workspace;
use crate::{android, size};

/// Something that prints figures.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Benchmark {
    /// The phone library's size.
    LibrarySize,
    /// A program of `daka-tests`, with its whole name.
    Program(String),
    /// Maven's profile `bench`.
    Kotlin,
    /// The Android app's own, under Robolectric.
    Android,
    /// Marking a photograph against other libraries, by a program in Python.
    Photo,
}

impl Benchmark {
    /// What the names of its figures begin with.
    fn stem(&self) -> &str {
        match self {
            Self::LibrarySize => "library_size",
            Self::Program(name) => name.strip_prefix(PREFIX).unwrap_or(name),
            Self::Kotlin => "kotlin",
            Self::Android => "android",
            Self::Photo => "photo",
        }
    }
}

const PREFIX: &str = "bench_";

/// Makes a journal long, for what is measured on a phone after years.
const BUILDER: &str = "journal-builder";

/// The command.
pub(crate) fn run(ws: &Workspace, names: &[String], json: bool) -> Outcome<ExitCode> {
    let benchmarks = choose(all(ws), names)?;
    build(ws, &benchmarks)?;
    let before = Noise::measure();
    let mut figures = Vec::new();
    let mut broken = Vec::new();
    for benchmark in &benchmarks {
        eprintln!("== {}", benchmark.stem());
        match measure(ws, benchmark) {
            Ok(found) => figures.extend(found.into_iter().filter(|figure| asked_for(&figure.figure, names))),
            Err(failure) => {
                eprintln!("{}: {failure}", benchmark.stem());
                broken.push(benchmark.stem());
            }
        }
    }
    let after = Noise::measure();
    if json {
        figures.iter().for_each(|figure| println!("{}", figure.json()));
        eprintln!("{}", noise::sentence(before, after));
    } else {
        print!("{}", figure::table(&figures));
        println!("{}", noise::sentence(before, after));
    }
    let missed: Vec<&str> =
        figures.iter().filter(|figure| figure.holds == Some(false)).map(|f| f.figure.as_str()).collect();
    if !missed.is_empty() {
        eprintln!("does not hold: {}", missed.join(", "));
    }
    if !broken.is_empty() {
        eprintln!("broke off: {}", broken.join(", "));
    }
    Ok(if missed.is_empty() && broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all(ws: &Workspace) -> Vec<Benchmark> {
    let mut all = vec![Benchmark::LibrarySize];
    all.extend(ws.bins_with_prefix(PREFIX).map(|name| Benchmark::Program(name.to_owned())));
    if ws.read("bindings/kotlin/pom.xml").is_ok_and(|pom| pom.contains("<id>bench</id>")) {
        all.push(Benchmark::Kotlin);
    }
    all.push(Benchmark::Android);
    all.push(Benchmark::Photo);
    all
}

/// The benchmarks that can print what was asked for; a name that none can print is an error that lists what there is.
fn choose(all: Vec<Benchmark>, names: &[String]) -> Outcome<Vec<Benchmark>> {
    let stems: Vec<String> = all.iter().map(|benchmark| benchmark.stem().to_owned()).collect();
    if let Some(unknown) = names.iter().find(|name| !stems.iter().any(|stem| begins(name, stem))) {
        return failed(format!("no benchmark prints {unknown}; there are: {}", stems.join(", ")));
    }
    let wanted = |benchmark: &Benchmark| names.is_empty() || names.iter().any(|name| begins(name, benchmark.stem()));
    Ok(all.into_iter().filter(wanted).collect())
}

/// Is `name` the stem, or the stem with more words?
fn begins(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

/// All figures are, or those that a name on the command line begins.
fn asked_for(figure: &str, names: &[String]) -> bool {
    names.is_empty() || names.iter().any(|name| begins(figure, name))
}

/// Everything is built before anything is measured.
fn build(ws: &Workspace, benchmarks: &[Benchmark]) -> Outcome<()> {
    let mut release = ws.cargo();
    release.args(["build", "--release", "--package", "daka-tests", "--package", "daka-server"]);
    let mut any = false;
    for benchmark in benchmarks {
        if let Benchmark::Program(name) = benchmark {
            release.args(["--bin", name]);
            any = true;
        }
    }
    let kotlin = benchmarks.contains(&Benchmark::Kotlin);
    if kotlin {
        release.args(["--bin", BUILDER]);
    }
    let phone = kotlin || benchmarks.contains(&Benchmark::Android);
    if any || phone {
        // The server is a peer of many benchmarks.
        if !process::show(release.args(["--bin", "daka-server"]))? {
            return failed("the benchmarks do not build; see above");
        }
    }
    if phone {
        size::loadable(ws)?;
    }
    if benchmarks.contains(&Benchmark::Photo) {
        photo::build(ws)?;
    }
    Ok(())
}

fn measure(ws: &Workspace, benchmark: &Benchmark) -> Outcome<Vec<Figure>> {
    let run = match benchmark {
        Benchmark::LibrarySize => return library_size(ws).map(|figure| vec![figure]),
        Benchmark::Program(name) => {
            let mut command = Command::new(ws.program("release", name));
            command.current_dir(&ws.root).env("DAKA_SERVER", ws.program("release", "daka-server"));
            process::stream(&mut command, Listen::Output, ShowOn::Error)?
        }
        Benchmark::Android => android::bench(ws)?,
        Benchmark::Photo => photo::run(ws)?,
        Benchmark::Kotlin => {
            let mut command = parts::maven(ws, "mobile", "release");
            command.arg(format!("-Ddaka.builder={}", ws.program("release", BUILDER).display()));
            command.args(["-Pbench", "-DskipTests", "verify"]);
            process::stream(&mut command, Listen::Output, ShowOn::Error)?
        }
    };
    figures_of(&run, benchmark.stem())
}

/// A benchmark that ends badly may have printed figures before; they do not count, since its end may have been their check.
fn figures_of(run: &Run, stem: &str) -> Outcome<Vec<Figure>> {
    if !run.ok {
        return failed("it ended with an error");
    }
    let figures = figure::parse(&run.text)?;
    if figures.is_empty() {
        return failed("it printed no figure");
    }
    match figures.iter().find(|figure| !begins(&figure.figure, stem)) {
        Some(figure) => {
            failed(format!("it printed {}, but a figure's name begins with that of its benchmark", figure.figure))
        }
        None => Ok(figures),
    }
}

fn library_size(ws: &Workspace) -> Outcome<Figure> {
    let limit = size::budgets(ws)?.library_bytes.limit;
    let bytes = size::measure(ws)?;
    Ok(Figure::at_most("library_size", bytes as f64 / 1e6, "MB", "limit", limit as f64 / 1e6))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn benchmarks() -> Vec<Benchmark> {
        vec![Benchmark::LibrarySize, Benchmark::Program("bench_drain".into()), Benchmark::Program("bench_open".into())]
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_name_finds_its_benchmark_and_an_unknown_one_lists_what_there_is() {
        let chosen = choose(benchmarks(), &names(&["drain_requests"])).unwrap();
        assert_eq!(chosen, [Benchmark::Program("bench_drain".into())]);
        assert_eq!(choose(benchmarks(), &[]).unwrap().len(), 3);
        let failure = choose(benchmarks(), &names(&["drainage"])).unwrap_err().to_string();
        assert_eq!(failure, "no benchmark prints drainage; there are: library_size, drain, open");
    }

    #[test]
    fn a_name_shows_its_figure_and_those_that_it_begins() {
        assert!(asked_for("drain_requests", &names(&["drain"])));
        assert!(asked_for("drain_requests", &names(&["drain_requests"])));
        assert!(!asked_for("drain_time", &names(&["drain_requests"])));
        assert!(asked_for("anything", &[]));
    }

    #[test]
    fn a_benchmark_that_fails_prints_nothing_or_borrows_a_name_is_broken() {
        let run = |ok: bool, text: &str| Run { ok, text: text.to_owned() };
        let line = r#"{"figure":"drain_requests","value":201,"unit":"requests"}"#;
        assert_eq!(figures_of(&run(true, line), "drain").unwrap().len(), 1);
        assert!(figures_of(&run(false, line), "drain").is_err());
        assert!(figures_of(&run(true, "done\n"), "drain").is_err());
        assert!(figures_of(&run(true, line), "open").is_err());
    }
}
