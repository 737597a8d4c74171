//! The app's tests on this machine: Robolectric with the phone library and the server that cargo built.

use std::fs;
use std::path::{Path, PathBuf};

use super::build::{Built, Steps};
use super::libraries::{class_path, files_below};
use super::{App, java};
use crate::failure::{AtPath, Outcome, failed};
use crate::process::{self, Listen, Run, ShowOn};
use crate::test::Counts;

/// Modules that Robolectric looks into.
const OPEN: [&str; 5] = ["java.lang", "java.util", "java.net", "java.io", "java.security"];

/// What measures; its name ends with no `Test`, so that no test run takes it.
const BENCH: &str = "bench.TapBench";

/// Where pictures go, and of which screens; of all if none is named.
pub(super) struct Pictures<'a> {
    pub(super) folder: &'a Path,
    pub(super) screens: &'a [String],
}

/// Runs the tests, all or the classes named, which draw if a place for pictures is given.
pub(super) fn test(app: &App<'_>, built: &Built, names: &[String], pictures: Option<&Pictures<'_>>) -> Outcome<Counts> {
    let step = Steps::begin();
    let classes = if names.is_empty() { test_classes(&built.test_classes)? } else { full_names(app, names)? };
    let mut java = command(app, built, "dev", "dev")?;
    if let Some(Pictures { folder, screens }) = pictures {
        java.arg(format!("-Ddaka.pictures={}", folder.display()));
        if !screens.is_empty() {
            java.arg(format!("-Ddaka.screens={}", screens.join(",")));
        }
    }
    let run = process::stream(junit_of(&mut java, &classes), Listen::Both, ShowOn::Output)?;
    step.done(&format!("{} test classes", classes.len()));
    Ok(junit(&run.text).with_exit(run.ok))
}

/// Runs what measures, with the phone library as it ships, on the disk that is built on: a temporary folder may be in memory.
pub(super) fn bench(app: &App<'_>, built: &Built) -> Outcome<Run> {
    let disk = app.out.join("bench");
    fs::create_dir_all(&disk).at("make", &disk)?;
    let mut java = command(app, built, "mobile", "release")?;
    java.arg(format!("-Djava.io.tmpdir={}", disk.display()));
    let run =
        process::stream(junit_of(&mut java, &full_names(app, &[BENCH.to_owned()])?), Listen::Output, ShowOn::Error);
    fs::remove_dir_all(&disk).at("remove", &disk)?;
    run
}

fn junit_of<'a>(java: &'a mut std::process::Command, classes: &[String]) -> &'a mut std::process::Command {
    java.arg("org.junit.runner.JUnitCore").args(classes)
}

/// Java with everything that the tests need; the library and the server are those of these profiles.
fn command(app: &App<'_>, built: &Built, library: &str, server: &str) -> Outcome<std::process::Command> {
    let config = app.out.join("test-config");
    let folder = config.join("com/android/tools");
    fs::create_dir_all(&folder).at("make", &folder)?;
    let file = folder.join("test_config.properties");
    let text = format!(
        "android_merged_manifest={}\nandroid_resource_apk={}\nandroid_custom_package={}\n",
        built.linked_test.manifest.display(),
        built.linked_test.package.display(),
        app.number("applicationId")?
    );
    fs::write(&file, text).at("write", &file)?;
    let mut java = java("3g");
    java.arg("-XX:+IgnoreUnrecognizedVMOptions").args(OPEN.map(|p| format!("--add-opens=java.base/{p}=ALL-UNNAMED")));
    for (name, value) in [
        ("robolectric.offline", "true".to_owned()),
        ("robolectric.dependency.dir", platforms(app)?.display().to_string()),
        ("robolectric.logging.enabled", "false".to_owned()),
        ("jna.library.path", app.ws.built(library).display().to_string()),
        ("daka.server", app.ws.program(server, "daka-server").display().to_string()),
        ("daka.shell", app.folder.display().to_string()),
        ("daka.texts", app.ws.path("texts").display().to_string()),
    ] {
        java.arg(format!("-D{name}={value}"));
    }
    let folders = [config, built.test_classes.clone(), app.folder.join("app/src/test/resources")];
    let platform = app.file("sdk.compile")?;
    let [_, facade, own] = &built.classes;
    let parts = folders.iter().chain([own, facade, &built.test_r]).chain(&built.main.jars).chain(&built.test.jars);
    java.arg("-cp").arg(class_path(parts.chain([&platform])));
    Ok(java)
}

/// A folder with the platforms that the tests run on, under the names that Robolectric looks for.
fn platforms(app: &App<'_>) -> Outcome<PathBuf> {
    let folder = app.ws.cache.join("robolectric");
    fs::create_dir_all(&folder).at("make", &folder)?;
    for entry in app.locked.scope("sdk").filter(|entry| entry.artifact.artifact == "android-all-instrumented") {
        let jar = app.store.path(&entry.artifact);
        let link = folder.join(jar.file_name().unwrap_or_default());
        #[cfg(unix)]
        if !link.exists() {
            // A link to a repository that was removed is there and leads nowhere.
            let _ = fs::remove_file(&link);
            std::os::unix::fs::symlink(&jar, &link).at("link", &link)?;
        }
    }
    Ok(folder)
}

/// Every class whose name ends with `Test`.
fn test_classes(folder: &Path) -> Outcome<Vec<String>> {
    let name = |file: PathBuf| {
        let inner = file.strip_prefix(folder).ok()?.to_str()?.strip_suffix("Test.class")?.replace('/', ".");
        Some(format!("{inner}Test"))
    };
    let classes: Vec<String> = files_below(folder)?.into_iter().filter_map(name).collect();
    if classes.is_empty() { failed("the app has no tests") } else { Ok(classes) }
}

fn full_names(app: &App<'_>, names: &[String]) -> Outcome<Vec<String>> {
    let package = app.number("applicationId")?;
    Ok(names.iter().map(|n| if n.starts_with(package) { n.clone() } else { format!("{package}.{n}") }).collect())
}

/// JUnit's last line: `OK (12 tests)`, or `Tests run: 12,  Failures: 1`. Tests that were left out are not counted by it.
fn junit(text: &str) -> Counts {
    let number = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap_or(0);
    for line in text.lines().rev() {
        if let Some(count) = line.strip_prefix("OK (") {
            return Counts::passed(number(count));
        }
        if let Some((run, failures)) = line.strip_prefix("Tests run: ").and_then(|rest| rest.split_once(',')) {
            let failed = number(failures);
            return Counts { passed: number(run).saturating_sub(failed), failed, skipped: 0 };
        }
    }
    Counts::default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn junit_s_last_line_is_read() {
        // As JUnit 4.13.2 prints them.
        assert_eq!(junit("JUnit version 4.13.2\n..\nTime: 3.1\n\nOK (2 tests)\n\n"), Counts::passed(2));
        let bad = junit("There was 1 failure:\n\nFAILURES!!!\nTests run: 12,  Failures: 1\n\n");
        assert_eq!(bad, Counts { passed: 11, failed: 1, skipped: 0 });
        assert_eq!(junit("Exception in thread main"), Counts::default());
    }
}
