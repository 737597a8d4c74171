//! Android lint, stand-alone and with the rules that the libraries bring, ktlint, and a count of the sentences in each language. All must find
//! nothing.
//!
//! Lint has no database of versions here, so it does not see a call that is newer than the oldest Android; the screen tests at API 26 do.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::build::{Built, Steps};
use super::libraries::{class_path, files_below, has_extension, libraries};
use super::{App, tool};
use crate::failure::{AtPath, Outcome, failed};
use crate::process;

/// What says nothing here: versions are held by the lock, there is no bundle of languages, and `aapt2` reads no newer platform.
const SILENT: &str = "AppBundleLocaleChanges,MissingVersion,GradleDependency,OldTargetApi,UnusedAttribute";

/// Fetches what [`run`] needs beside the build.
pub(super) fn set_up(app: &App<'_>) -> Outcome<()> {
    app.locked.fetch(&app.store, &["lint", "ktlint"])
}

/// All of them, each to its end.
pub(super) fn run(app: &App<'_>, built: &Built) -> Outcome<()> {
    let counted = same_keys(app);
    if let Err(failure) = &counted {
        println!("{failure}");
    }
    let step = Steps::begin();
    let sdk = platform(app)?;
    let report = app.out.join("lint.txt");
    let project = app.out.join("lint-project.xml");
    let text = describe(app, &built.linked.manifest, &built.classes, &built.main.jars, &built.main.aars, &sdk)?;
    fs::write(&project, text).at("write", &project)?;
    let jars = libraries(app.ws, &app.store, &app.locked, "lint")?.jars;
    let mut lint = tool("2g");
    lint.arg("-cp").arg(class_path(&jars)).arg("com.android.tools.lint.Main").arg("--project").arg(&project);
    lint.arg("--sdk-home").arg(&sdk).arg("--cache-dir").arg(app.ws.cache.join("lint"));
    lint.args(["--offline", "--exitcode", "--disable", SILENT, "-Werror", "--text"]).arg(&report);
    let linted = process::capture(&mut lint)?;
    let found = fs::read_to_string(&report).unwrap_or_else(|_| linted.text.clone());
    println!("{}", process::last_lines(&found, 60));
    step.done("lint");
    let jars = libraries(app.ws, &app.store, &app.locked, "ktlint")?.jars;
    let mut ktlint = tool("1g");
    ktlint.arg("-cp").arg(class_path(&jars)).args([
        "com.pinterest.ktlint.Main",
        "--relative",
        "app/src/**/*.kt",
        "**/*.kts",
    ]);
    let formatted =
        process::capture(ktlint.arg("!app/src/main/kotlin/org/daka/app/texts/**").current_dir(&app.folder))?;
    print!("{}", formatted.text);
    step.done("ktlint");
    match (linted.ok, formatted.ok) {
        (true, true) => counted,
        (false, _) => failed("Android lint found something; see above"),
        (_, false) => failed("ktlint found something; see above"),
    }
}

/// What lint says of a missing translation depends on the languages that it knows of; here every folder has to have the same keys.
fn same_keys(app: &App<'_>) -> Outcome<()> {
    let mut folders = Vec::new();
    for file in files_below(&app.main("res"))?.into_iter().filter(|file| file.ends_with("strings.xml")) {
        let text = fs::read_to_string(&file).at("read", &file)?;
        folders.push((file, keys(&text)));
    }
    let all: BTreeSet<&String> = folders.iter().flat_map(|(_, keys)| keys).collect();
    for (file, keys) in &folders {
        if let Some(key) = all.iter().find(|key| !keys.contains(**key)) {
            return failed(format!(
                "{} has {} of {} sentences; {key} is missing",
                file.display(),
                keys.len(),
                all.len()
            ));
        }
    }
    println!("android: {} sentences in each of {} languages", all.len(), folders.len());
    Ok(())
}

/// The names of a file's texts.
fn keys(text: &str) -> BTreeSet<String> {
    let names = |mark| text.split(mark).skip(1).filter_map(|rest: &str| rest.split_once('"'));
    ["<string name=\"", "<plurals name=\""].into_iter().flat_map(names).map(|(name, _)| name.to_owned()).collect()
}

/// Lint wants an SDK's folder; a platform made of the one we compile against is enough.
fn platform(app: &App<'_>) -> Outcome<PathBuf> {
    let sdk = app.out.join("lint-sdk");
    let folder = sdk.join("platforms/android-35");
    fs::create_dir_all(&folder).at("make", &folder)?;
    let jar = folder.join("android.jar");
    if !jar.exists() {
        #[cfg(unix)]
        std::os::unix::fs::symlink(app.file("sdk.compile")?, &jar).at("link", &jar)?;
    }
    for (name, text) in [
        ("build.prop", "ro.build.version.sdk=35\nro.build.version.release=15\n"),
        (
            "source.properties",
            "Pkg.Desc=Android SDK Platform 15\nPkg.Revision=1\nAndroidVersion.ApiLevel=35\nPlatform.Version=15\n",
        ),
    ] {
        let file = folder.join(name);
        fs::write(&file, text).at("write", &file)?;
    }
    Ok(sdk)
}

fn describe(
    app: &App<'_>,
    manifest: &Path,
    classes: &[PathBuf],
    jars: &[PathBuf],
    aars: &[PathBuf],
    sdk: &Path,
) -> Outcome<String> {
    let root = app.folder.join("app");
    let mut text = format!("<project><sdk dir=\"{}\"/><root dir=\"{}\"/>\n", sdk.display(), root.display());
    text.push_str("<module name=\"app\" android=\"true\" library=\"false\" compile-sdk-version=\"35\">\n");
    text.push_str(&format!("<manifest file=\"{}\"/>\n", app.main("AndroidManifest.xml").display()));
    text.push_str(&format!("<merged-manifest file=\"{}\"/>\n", manifest.display()));
    for file in files_below(&app.main("res"))?.iter().filter(|file| has_extension(file, "xml")) {
        text.push_str(&format!("<resource file=\"{}\"/>\n", file.display()));
    }
    for file in files_below(&app.main("kotlin"))?.iter().filter(|file| has_extension(file, "kt")) {
        text.push_str(&format!("<src file=\"{}\"/>\n", file.display()));
    }
    // The app's own classes come from its sources.
    for part in classes.iter().take(2).chain(jars) {
        let kind = if part.is_dir() { "dir" } else { "jar" };
        text.push_str(&format!("<classpath {kind}=\"{}\"/>\n", part.display()));
    }
    text.push_str("</module>\n");
    for rules in aars.iter().map(|aar| aar.join("lint.jar")).filter(|rules| rules.exists()) {
        text.push_str(&format!("<lint-checks jar=\"{}\"/>\n", rules.display()));
    }
    text.push_str("</project>\n");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::keys;

    #[test]
    fn strings_and_plurals_are_counted() {
        let text = "<resources><string name=\"a\">A</string>\n<plurals name=\"b\"><item quantity=\"one\">B</item></plurals></resources>";
        assert_eq!(keys(text).into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }
}
