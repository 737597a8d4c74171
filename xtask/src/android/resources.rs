//! Manifests, resources and R classes, as Gradle's Android plugin makes them.
//!
//! aapt2 is Debian's, of Android 10: it reads platforms up to 34, so resources and attributes newer than that cannot be named, and says
//! so when one is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::libraries::{class_path, files_below, has_extension, libraries};
use super::lock::sha256_of;
use super::{App, tool};
use crate::failure::{AtPath, Outcome, failed};
use crate::process;

/// One merged manifest with its linked resources.
pub(super) struct Linked {
    pub(super) manifest: PathBuf,
    pub(super) package: PathBuf,
    /// What R8 has to keep because the manifest or a layout names it.
    pub(super) rules: PathBuf,
    symbols: PathBuf,
}

fn run(command: &mut Command, sentence: &str) -> Outcome<()> {
    process::capture(command)?.or_fail(sentence).map(drop)
}

/// Merges and links for one variant: the app's libraries, or those and the tests'.
pub(super) fn link(app: &App<'_>, variant: &str, aars: &[PathBuf]) -> Outcome<Linked> {
    let manifest = app.out.join(format!("{variant}-AndroidManifest.xml"));
    let linked = Linked {
        package: app.out.join(format!("{variant}.ap_")),
        rules: app.out.join(format!("{variant}-rules.pro")),
        symbols: app.out.join(format!("{variant}-R.txt")),
        manifest,
    };
    let mut inputs: Vec<String> = aars.iter().map(|aar| aar.display().to_string()).collect();
    for file in files_below(&app.main("res"))?.into_iter().chain([app.main("AndroidManifest.xml")]) {
        inputs.push(format!("{} {}", file.display(), super::lock::sha256(&file)?));
    }
    inputs.push(format!("{:?}", app.numbers()?));
    let stamp = sha256_of(inputs.join("\n").as_bytes());
    let stamp_file = app.out.join(format!("{variant}-linked.stamp"));
    if linked.symbols.exists()
        && linked.rules.exists()
        && fs::read_to_string(&stamp_file).is_ok_and(|found| found == stamp)
    {
        return Ok(linked);
    }
    merge(app, aars, &linked.manifest)?;
    let own = app.out.join("own.flat.zip");
    let mut compile = Command::new("aapt2");
    compile.args(["compile", "--dir"]).arg(app.main("res")).arg("-o").arg(&own);
    run(&mut compile, "aapt2 does not take the app's resources")?;
    let mut command = Command::new("aapt2");
    // Android 10's aapt2 does not know <queries>.
    command.args(["link", "--warn-manifest-validation", "--auto-add-overlay", "-I"]).arg(app.file("sdk.link")?);
    command.arg("--manifest").arg(&linked.manifest).arg("--output-text-symbols").arg(&linked.symbols);
    command.arg("--proguard").arg(&linked.rules);
    command.args(["--min-sdk-version", app.number("minSdk")?, "--target-sdk-version", app.number("targetSdk")?]);
    command.arg("-o").arg(&linked.package);
    for aar in aars {
        if let Some(flat) = flat(aar)? {
            command.arg("-R").arg(flat);
        }
    }
    run(command.arg("-R").arg(&own), "aapt2 does not link the app's resources")?;
    fs::write(&stamp_file, stamp).at("write", &stamp_file)?;
    Ok(linked)
}

/// A library's compiled resources, kept beside it.
fn flat(aar: &Path) -> Outcome<Option<PathBuf>> {
    let resources = aar.join("res");
    if files_below(&resources)?.is_empty() {
        return Ok(None);
    }
    let flat = aar.join("res.flat.zip");
    if !flat.exists() {
        let torn = aar.join("res.torn.zip");
        let mut compile = Command::new("aapt2");
        compile.args(["compile", "--dir"]).arg(&resources).arg("-o").arg(&torn);
        run(&mut compile, "aapt2 does not take a library's resources")?;
        fs::rename(&torn, &flat).at("write", &flat)?;
    }
    Ok(Some(flat))
}

fn merge(app: &App<'_>, aars: &[PathBuf], out: &Path) -> Outcome<()> {
    let jars = libraries(app.ws, &app.store, &app.locked, "merger")?.jars;
    let manifests: Vec<PathBuf> = aars.iter().map(|aar| aar.join("AndroidManifest.xml")).collect();
    let mut merger = tool("1g");
    merger.arg("-cp").arg(class_path(&jars)).arg("com.android.manifmerger.Merger");
    merger.arg("--main").arg(app.main("AndroidManifest.xml")).arg("--libs").arg(class_path(&manifests));
    for (property, value) in [
        ("PACKAGE", "applicationId"),
        ("MIN_SDK_VERSION", "minSdk"),
        ("TARGET_SDK_VERSION", "targetSdk"),
        ("VERSION_CODE", "versionCode"),
        ("VERSION_NAME", "versionName"),
    ] {
        merger.arg("--property").arg(format!("{property}={}", app.number(value)?));
    }
    run(merger.arg("--out").arg(out), "the manifests cannot be merged")
}

/// Symbols by (kind, name): (type, value).
type Symbols = BTreeMap<(String, String), (String, String)>;

fn symbols(text: &str) -> Symbols {
    let mut symbols = Symbols::new();
    for line in text.lines() {
        let mut words = line.splitn(4, ' ');
        if let (Some(of), Some(kind), Some(name), Some(value)) =
            (words.next(), words.next(), words.next(), words.next())
        {
            symbols.insert((kind.to_owned(), name.to_owned()), (of.to_owned(), value.to_owned()));
        }
    }
    symbols
}

/// One R class per package, with the names of the package's own R.txt and the linked values.
pub(super) fn r_classes(app: &App<'_>, linked: &Linked, aars: &[PathBuf], out: &Path) -> Outcome<()> {
    let text = fs::read_to_string(&linked.symbols).at("read", &linked.symbols)?;
    // By what the classes are made from: a run that was killed after the linking has left older ones.
    let names: Vec<String> = aars.iter().map(|aar| aar.display().to_string()).collect();
    let (stamp, now) = (out.join(".stamp"), sha256_of(format!("{text}{}", names.join("\n")).as_bytes()));
    if fs::read_to_string(&stamp).is_ok_and(|found| found == now) {
        return Ok(());
    }
    let values = symbols(&text);
    let mut wanted: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    wanted.insert(app.number("applicationId")?.to_owned(), values.keys().cloned().collect());
    for aar in aars {
        let manifest = aar.join("AndroidManifest.xml");
        let read = fs::read_to_string(&manifest).at("read", &manifest)?;
        let Some(package) = package(&read) else { return failed(format!("{} names no package", manifest.display())) };
        let own = fs::read_to_string(aar.join("R.txt")).unwrap_or_default();
        wanted.entry(package).or_default().extend(symbols(&own).into_keys());
    }
    for folder in [out, &app.out.join("r-src")] {
        if folder.exists() {
            fs::remove_dir_all(folder).at("empty", folder)?;
        }
        fs::create_dir_all(folder).at("make", folder)?;
    }
    let mut compiler = Command::new("javac");
    compiler.args(["-nowarn", "-proc:none", "--release", "17", "-d"]).arg(out);
    for (package, names) in &wanted {
        let folder = app.out.join("r-src").join(package.replace('.', "/"));
        fs::create_dir_all(&folder).at("make", &folder)?;
        let file = folder.join("R.java");
        fs::write(&file, source(package, names, &values)).at("write", &file)?;
        compiler.arg(&file);
    }
    run(&mut compiler, "the R classes do not compile")?;
    fs::write(&stamp, now).at("write", &stamp)
}

fn package(manifest: &str) -> Option<String> {
    let (_, after) = manifest.split_once("package=\"")?;
    after.split_once('"').map(|(package, _)| package.to_owned())
}

fn source(package: &str, names: &BTreeSet<(String, String)>, values: &Symbols) -> String {
    let mut kinds: BTreeMap<&str, String> = BTreeMap::new();
    for (kind, name) in names {
        if let Some((of, value)) = values.get(&(kind.clone(), name.clone())) {
            let field = name.replace('.', "_");
            kinds.entry(kind).or_default().push_str(&format!("public static {of} {field} = {value};\n"));
        }
    }
    let inner: String =
        kinds.iter().map(|(kind, fields)| format!("public static final class {kind} {{\n{fields}}}\n")).collect();
    format!("package {package};\npublic final class R {{\n{inner}}}\n")
}

/// The folders of own sources have resources of one kind only; said here because a stray file would be left out silently.
pub(super) fn check_folders(app: &App<'_>) -> Outcome<()> {
    let odd = files_below(&app.main("res"))?.into_iter().find(|f| !has_extension(f, "xml") && !has_extension(f, "png"));
    odd.map_or(Ok(()), |file| failed(format!("{} is neither XML nor PNG", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_holds_what_a_library_names_with_linked_values() {
        let linked =
            symbols("int string app_name 0x7f010001\nint[] styleable A { 0x1, 0x2 }\nint color x 0x7f020000\n");
        let names = symbols("int string app_name 0x0\nint[] styleable A { 0x0, 0x0 }\nint string gone 0x0\n");
        let java = source("a.b", &names.into_keys().collect(), &linked);
        assert!(java.contains("public static int app_name = 0x7f010001;"), "{java}");
        assert!(java.contains("public static int[] A = { 0x1, 0x2 };"), "{java}");
        assert!(!java.contains("gone") && !java.contains("0x7f020000"), "{java}");
    }

    #[test]
    fn a_manifest_names_its_package() {
        assert_eq!(package("<manifest package=\"a.b\"><x android:name=\".C\"/>").as_deref(), Some("a.b"));
    }
}
