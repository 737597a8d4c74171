//! What each part of the tests runs.
//!
//! The environment every part's tests may rely on: `DAKA_SERVER` and `DAKA_CLI` are the built programs; Rust and Python tests
//! have `DAKA_JUDGE_PYTHON`, an interpreter with the judges' libraries, unless it cannot be had here. Kotlin tests get the same
//! as system properties `daka.server` and `daka.library` (the folder of the phone library), and JNA's own `jna.library.path`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::Part;
use super::counts::{self, Counts};
use crate::failure::{AtPath, Outcome, failed, unavailable};
use crate::process::{self, Listen, ShowOn};
use crate::swift::{self, Swift};
use crate::workspace::Workspace;
use crate::{android, demo, generate, ios, size};

/// The judge of the golden vectors.
pub(crate) const VECTORS: &str = "tests/judges/check_vectors.py";
/// Further judges: one script per line, relative to its own folder, with arguments.
pub(crate) const SUITE: &str = "tests/judges/suite.txt";
/// The judge of a bundle: `verify_bundle.py BUNDLE ROOT.pem`.
const BUNDLE: &str = "tests/judges/verify_bundle.py";

/// What was set up, or why not.
pub(crate) struct Tools {
    pub(crate) python: Outcome<PathBuf>,
    pub(crate) swift: Outcome<Swift>,
}

/// Runs one part to its end.
pub(crate) fn run(ws: &Workspace, part: Part, tools: &Tools) -> Outcome<Counts> {
    match part {
        Part::Rust => rust(ws, tools),
        Part::Python => python(ws, tools),
        Part::Kotlin => kotlin(ws),
        Part::Swift => swift(ws, tools),
        Part::Ios => ios::part(ws, tools.swift.as_ref().map_err(Clone::clone)?),
        Part::Android => android::tests(ws),
        Part::Size => size::run(ws, false).map(|()| Counts::passed(1)),
        Part::Generated => generate::compare(ws).map(|()| Counts::passed(1)),
        Part::Demo => demonstration(ws, tools),
    }
}

fn programs(ws: &Workspace) -> Vec<(&'static str, String)> {
    let program = |name| ws.program("dev", name).display().to_string();
    vec![("DAKA_SERVER", program("daka-server")), ("DAKA_CLI", program("daka"))]
}

/// The runner's own tests are a second call: in the first one its generator would change the features of everything else.
fn rust(ws: &Workspace, tools: &Tools) -> Outcome<Counts> {
    let mut sum = Counts::default();
    for packages in [&["--workspace", "--exclude", "xtask"][..], &["--package", "xtask"][..]] {
        let mut test = ws.cargo();
        test.arg("test").args(packages).arg("--no-fail-fast").envs(programs(ws));
        match &tools.python {
            Ok(python) => drop(test.env("DAKA_JUDGE_PYTHON", python)),
            Err(why) => println!("rust: without the Python judges: {why}"),
        }
        let run = process::stream(&mut test, Listen::Output, ShowOn::Output)?;
        let counts = counts::cargo(&run.text);
        sum += if run.ok { counts } else { counts.with_exit(false) };
    }
    Ok(sum.with_exit(true))
}

fn python(ws: &Workspace, tools: &Tools) -> Outcome<Counts> {
    let python = tools.python.clone()?;
    let mut calls: Vec<Vec<String>> = Vec::new();
    if ws.path(VECTORS).exists() {
        calls.push(vec![VECTORS.to_owned()]);
    }
    if ws.path(SUITE).exists() {
        calls.extend(suite(&ws.read(SUITE)?));
    }
    let mut sum = Counts::default();
    for call in calls {
        println!("-- {}", call.join(" "));
        sum += judge(ws, &python, &call)?;
    }
    Ok(sum)
}

/// The calls in a suite file: empty lines and lines that begin with `#` are no calls.
fn suite(text: &str) -> Vec<Vec<String>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let folder = Path::new(SUITE).parent().unwrap_or(Path::new(""));
    lines
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let script = words.next().map(|script| folder.join(script).display().to_string());
            script.into_iter().chain(words).collect()
        })
        .collect()
}

fn judge(ws: &Workspace, python: &Path, call: &[String]) -> Outcome<Counts> {
    let mut command = Command::new(python);
    command.args(call).current_dir(&ws.root).envs(programs(ws));
    // Otherwise a judge's output appears only at its end, and its folder fills with compiled files.
    command.env("PYTHONUNBUFFERED", "1").env("PYTHONDONTWRITEBYTECODE", "1");
    let run = process::stream(&mut command, Listen::Output, ShowOn::Output)?;
    Ok(counts::judge(&run.text).with_exit(run.ok))
}

fn kotlin(ws: &Workspace) -> Outcome<Counts> {
    for program in ["mvn", "java"] {
        if process::on_path(program).is_none() {
            return unavailable(format!(
                "there is no {program} on PATH; install a JDK 17 and Maven (Debian: apt-get install openjdk-17-jdk-headless maven)"
            ));
        }
    }
    let folder = ws.path("bindings/kotlin");
    // Reports of an earlier run would be counted again.
    for report in reports(ws, &folder)? {
        fs::remove_file(&report).at("remove", &report)?;
    }
    let run = process::stream(maven(ws, "dev", "dev").arg("test"), Listen::Output, ShowOn::Output)?;
    let mut sum = Counts::default();
    for report in reports(ws, &folder)? {
        sum += counts::surefire(&fs::read_to_string(&report).at("read", &report)?)?;
    }
    Ok(sum.with_exit(run.ok))
}

/// Maven in `bindings/kotlin` with the phone library and the server of these profiles.
pub(crate) fn maven(ws: &Workspace, library: &str, server: &str) -> Command {
    let library = ws.built(library).display().to_string();
    let mut maven = Command::new("mvn");
    maven.args(["--quiet", "--batch-mode", "-Dstyle.color=never"]).current_dir(ws.path("bindings/kotlin"));
    maven.arg(format!("-Djna.library.path={library}")).arg(format!("-Ddaka.library={library}"));
    maven.arg(format!("-Ddaka.server={}", ws.program(server, "daka-server").display()));
    maven.arg(format!("-Ddaka.build={}", kotlin_build(ws).display()));
    maven
}

/// Where a pom that honours `daka.build` puts what it builds.
fn kotlin_build(ws: &Workspace) -> PathBuf {
    ws.target.join("kotlin")
}

/// Surefire's reports of all modules, in the pom's own build folders and in ours.
fn reports(ws: &Workspace, folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut reports = Vec::new();
    let mut folders = vec![folder.to_path_buf(), kotlin_build(ws)];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder).at("read", &folder)? {
            let path = entry.at("read", &folder)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != "src" && !path.is_symlink() {
                folders.push(path);
            } else if folder.ends_with("surefire-reports") && name.starts_with("TEST-") && name.ends_with(".xml") {
                reports.push(path);
            }
        }
    }
    reports.sort();
    Ok(reports)
}

fn swift(ws: &Workspace, tools: &Tools) -> Outcome<Counts> {
    let swift = match &tools.swift {
        Ok(swift) => swift,
        Err(why) => return Err(why.clone()),
    };
    let build = ws.target.join("swift");
    fs::create_dir_all(&build).at("make", &build)?;
    let mut test = swift.command(ws, &ws.path("bindings/swift"), &programs(ws));
    test.arg("test").arg("--scratch-path").arg(build).args(swift::linker_flags(ws, "dev"));
    let run = process::stream(&mut test, Listen::Both, ShowOn::Output)?;
    Ok(counts::swift(&run.text).with_exit(run.ok))
}

/// The demo itself, `daka verify` of its bundle and of a changed one, and the stand-alone judge's verification if there is one.
fn demonstration(ws: &Workspace, tools: &Tools) -> Outcome<Counts> {
    let out = ws.target.join("test-demo");
    if out.exists() {
        fs::remove_dir_all(&out).at("empty", &out)?;
    }
    demo::play(ws, &out)?;
    let mut sum = Counts::passed(1 + demo::verify(ws, &out)?);
    if ws.path(BUNDLE).exists() {
        let python = tools.python.clone()?;
        let argument = |name: &str| out.join(name).display().to_string();
        let mut command = Command::new(python);
        command.arg(BUNDLE).arg(argument("bundle.daka")).arg(argument("root.pem")).current_dir(&ws.root);
        if !process::show(&mut command)? {
            return failed(format!("{BUNDLE} refuses the demo's bundle; see above"));
        }
        sum += Counts::passed(1);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::suite;

    #[test]
    fn a_suite_names_scripts_beside_it_with_arguments() {
        let calls = suite("# judges\n\ncheck_log.py --all vectors\n  check_time.py\n");
        assert_eq!(calls, [vec!["tests/judges/check_log.py", "--all", "vectors"], vec!["tests/judges/check_time.py"]]);
    }
}
