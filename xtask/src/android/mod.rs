//! `cargo xtask android lock|build|test|apk|lint`: the Android app, compiled, tested, packed and looked through without Gradle or an SDK.
//!
//! The same sources, the same versions and the same merged manifest as Gradle would use; see android-shell/README.md for what differs. One
//! step is one module: [`catalogue`] reads what is wanted, [`resolve`] makes the lock from it, [`lock`] and [`store`] fetch, [`libraries`]
//! unpacks, [`resources`] links, [`kotlin`] compiles, [`run`] tests, [`apk`] packs what [`shrunk`] leaves, [`lint`] looks. Everything big lies in the cache and is
//! shared; what is built lies in cargo's target folder. Each step leaves its stamp last, so that a run that was killed is repeated.

mod apk;
mod build;
mod catalogue;
mod coordinates;
mod dex;
mod kotlin;
mod libraries;
mod lint;
mod lock;
mod pom;
mod resolve;
mod resources;
mod run;
mod shrunk;
mod store;
mod verifier;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::thread;

use clap::{Subcommand, ValueEnum};

use self::build::{Built, build};
use self::catalogue::Catalogue;
use self::lock::Locked;
use self::run::Pictures;
use self::store::Store;
use crate::failure::{AtPath, Outcome, failed, unavailable};
use crate::process;
use crate::setup::apt;
use crate::test::Counts;
use crate::workspace::Workspace;

/// Where native libraries lie, in a folder per processor: `cargo xtask targets` puts them there, Gradle and `apk` take them.
pub(crate) const LIBRARIES: &str = "android-shell/app/src/main/jniLibs";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Resolve the version catalogue and write gradle/lock.txt; needed after a change of it
    Lock,
    /// Compile the app and its tests
    Build,
    /// Run the app's tests, or the classes named, with the real library and server
    Test {
        /// Names of test classes, in the app's package or whole
        names: Vec<String>,
        /// With lint, ktlint and R8, as in `cargo xtask test`
        #[arg(long, conflicts_with = "names")]
        full: bool,
    },
    /// Pack and sign an APK with a throw-away key
    Apk {
        /// Shrunk by R8 or not
        #[arg(value_enum, default_value = "release")]
        kind: Kind,
        /// Write the release's size into tests/budget.json
        #[arg(long)]
        record: bool,
    },
    /// Android lint, ktlint and a count of the sentences in each language
    Lint,
}

/// Which APK.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// As it ships
    Release,
    /// Unshrunk
    Debug,
}

/// The app, its lock and where things of it are.
struct App<'a> {
    ws: &'a Workspace,
    folder: PathBuf,
    out: PathBuf,
    store: Store,
    locked: Locked,
    catalogue: Catalogue,
}

impl<'a> App<'a> {
    fn load(ws: &'a Workspace) -> Outcome<Self> {
        for program in ["java", "javac"] {
            if process::on_path(program).is_none() {
                return unavailable(format!(
                    "there is no {program} on PATH; install a JDK 17 (Debian: apt-get install openjdk-17-jdk-headless)"
                ));
            }
        }
        let out = ws.target.join("android");
        fs::create_dir_all(&out).at("make", &out)?;
        Ok(Self {
            ws,
            folder: ws.path("android-shell"),
            out,
            store: Store::of(ws),
            locked: Locked::load(ws)?,
            catalogue: Catalogue::load(ws)?,
        })
    }

    /// A file or folder of the app's main sources.
    fn main(&self, inner: &str) -> PathBuf {
        self.folder.join("app/src/main").join(inner)
    }

    /// One of the catalogue's versions, which hold the app's numbers, too.
    fn number(&self, name: &str) -> Outcome<&str> {
        self.catalogue.version(name)
    }

    fn numbers(&self) -> Outcome<Vec<&str>> {
        ["applicationId", "minSdk", "targetSdk", "versionCode", "versionName"]
            .map(|n| self.number(n))
            .into_iter()
            .collect()
    }

    /// The one file of a scope.
    fn file(&self, scope: &str) -> Outcome<PathBuf> {
        libraries::file(&self.store, &self.locked, scope)
    }
}

/// The oldest Android that the app runs on, as its number.
pub(crate) fn least_version(ws: &Workspace) -> Outcome<String> {
    Catalogue::load(ws)?.version("minSdk").map(str::to_owned)
}

/// The command.
pub(crate) fn run(ws: &Workspace, task: &Task) -> Outcome<ExitCode> {
    match task {
        Task::Lock => write_lock(ws)?,
        Task::Build => drop(built(ws, true)?),
        Task::Test { names, full } => {
            host(ws)?;
            let counts = if *full {
                tests(ws)?
            } else {
                let (app, built) = built(ws, true)?;
                run::test(&app, &built, names, None)?
            };
            return Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Task::Apk { kind, record } => {
            let (app, built) = built(ws, false)?;
            apk::set_up(&app)?;
            apk::pack(&app, &built, *kind, *record)?;
        }
        Task::Lint => {
            let (app, built) = built(ws, false)?;
            lint::set_up(&app)?;
            lint::run(&app, &built)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The app and what was compiled of it.
fn built(ws: &Workspace, with_tests: bool) -> Outcome<(App<'_>, Built)> {
    let app = App::load(ws)?;
    let built = build(&app, with_tests)?;
    Ok((app, built))
}

/// The part `android` of `cargo xtask test`: the tests, and what only lint, ktlint and R8 see in the same build; library and server are
/// built. Each is done to its end, whatever the others found. The tests keep one processor busy; what looks at the build has the other.
pub(crate) fn tests(ws: &Workspace) -> Outcome<Counts> {
    let (app, built) = built(ws, true)?;
    lint::set_up(&app)?;
    apk::set_up(&app)?;
    thread::scope(|scope| {
        let looks = scope.spawn(|| [lint::run(&app, &built), apk::pack(&app, &built, Kind::Release, false)]);
        let tested = run::test(&app, &built, &[], None);
        let Ok(looked) = looks.join() else { return failed("lint or R8 broke off; see above") };
        let mut sum = tested?;
        for found in looked {
            sum += match found {
                Ok(()) => Counts::passed(1),
                Err(failure) => {
                    println!("android: {failure}");
                    Counts::default().with_exit(false)
                }
            };
        }
        Ok(sum)
    })
}

/// The benchmark `android` of `cargo xtask bench`; library and server are built.
pub(crate) fn bench(ws: &Workspace) -> Outcome<process::Run> {
    let (app, built) = built(ws, true)?;
    run::bench(&app, &built)
}

/// `cargo xtask screens`: the tests that draw, into a folder with one page to look through.
/// Of all, or of those named alone.
pub(crate) fn screens(ws: &Workspace, only: &[String], out: Option<PathBuf>, docs: bool) -> Outcome<()> {
    host(ws)?;
    let out = out.unwrap_or_else(|| ws.target.join("screens"));
    fs::create_dir_all(&out).at("make", &out)?;
    let out = out.canonicalize().at("find", &out)?;
    let (app, built) = built(ws, true)?;
    let pictures = Pictures { folder: &out, screens: only };
    let counts = run::test(&app, &built, &["ScreensTest".to_owned()], Some(&pictures))?;
    if counts.failed > 0 {
        return failed("not every screen could be drawn; see above");
    }
    if docs {
        show_small(&out.join("small"), &ws.path(SMALL))?;
    }
    println!("open {}", out.join("index.html").display());
    Ok(())
}

/// Where the small pictures of the README are.
const SMALL: &str = "docs/screens";

/// Puts the small pictures in the place of those that are committed.
fn show_small(from: &Path, to: &Path) -> Outcome<()> {
    if to.exists() {
        fs::remove_dir_all(to).at("empty", to)?;
    }
    fs::create_dir_all(to).at("make", to)?;
    for entry in fs::read_dir(from).at("read", from)? {
        let picture = entry.at("read", from)?.path();
        if let Some(name) = picture.file_name() {
            fs::copy(&picture, to.join(name)).at("copy", &picture)?;
        }
    }
    Ok(())
}

/// Builds the library and the server that the tests use.
fn host(ws: &Workspace) -> Outcome<()> {
    let mut build = ws.cargo();
    build.args(["build", "--package", "daka-ffi", "--package", "daka-server"]);
    if process::show(&mut build)? { Ok(()) } else { failed("the library and the server do not build; see above") }
}

fn write_lock(ws: &Workspace) -> Outcome<()> {
    let locked = resolve::resolve(&catalogue::wants(ws)?, &Store::of(ws))?;
    let path = ws.path(lock::PATH);
    fs::write(&path, locked.text()).at("write", &path)?;
    println!("{} files locked", locked.0.len());
    Ok(())
}

/// For a program that ends after a minute or two the second compiler costs more than it gains: without it Kotlin's takes half the
/// processor time, R8 and lint two thirds. Nothing that is measured runs so.
const SHORT: &str = "-XX:TieredStopAtLevel=1";

/// A Java program with this much memory that does one thing and ends.
fn tool(memory: &str) -> Command {
    let mut tool = java(memory);
    tool.arg(SHORT);
    tool
}

/// A Java program with this much memory.
fn java(memory: &str) -> Command {
    let mut java = Command::new("java");
    java.arg(format!("-Xmx{memory}")).args(["-XX:+UseSerialGC", "-Dfile.encoding=UTF-8", "-Dstdout.encoding=UTF-8"]);
    java
}

/// Programs from Debian packages.
fn apt(cache: &Path, programs: &[(&str, &str)]) -> Outcome<()> {
    for (program, package) in programs {
        if process::on_path(program).is_none() {
            apt::install(cache, package, &format!("{program} is missing"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Width of a PNG, from its header (RFC 2083 §3.2, §4.1.1: eight bytes, a length, "IHDR", the width).
    fn width(png: &[u8]) -> u32 {
        assert_eq!(&png[12..16], b"IHDR");
        u32::from_be_bytes(png[16..20].try_into().unwrap())
    }

    #[test]
    fn the_readme_shows_each_small_picture_that_is_there() {
        let ws = Workspace::load().unwrap();
        let readme = ws.read("README.md").unwrap();
        let mut bytes = 0;
        let pictures: Vec<_> = fs::read_dir(ws.path(SMALL)).unwrap().map(|entry| entry.unwrap().path()).collect();
        for picture in &pictures {
            let name = picture.file_name().unwrap().to_str().unwrap();
            let shown = format!("{SMALL}/{name}");
            assert!(readme.contains(&shown), "{shown} is not in the README");
            let png = fs::read(picture).unwrap();
            assert!(width(&png) <= 240, "{shown}");
            bytes += png.len();
        }
        assert_eq!(
            readme.matches(&format!("{SMALL}/")).count(),
            pictures.len(),
            "the README shows one that is not there"
        );
        assert_eq!(pictures.len(), 12);
        assert!(bytes <= 800_000, "{bytes} bytes of pictures");
    }
}
