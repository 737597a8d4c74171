//! A signed APK: code as dex (D8, or shrunk by R8), linked resources, native libraries, a signature by a key that is thrown away.
//!
//! R8 is also the honest check of the class path: a class that is missing on a phone and that no test touches is an error there (see
//! [`shrunk`](super::shrunk)). The phone library itself needs an NDK; it is taken from `app/src/main/jniLibs` if it is there, and its absence is said. No native library goes in
//! that a phone of its processor could not map.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use zip::write::SimpleFileOptions;

use super::build::{Built, Steps};
use super::libraries::{files_below, has_extension, unpacked};
use super::lock::sha256_of;
use super::shrunk::{self, Shrunk};
use super::verifier;
use super::{App, Kind, LIBRARIES, apt, tool};
use crate::failure::{AtPath, Failure, Outcome, failed};
use crate::process;
use crate::size;
use crate::targets::elf;
use crate::workspace::Lock;

const LIBRARY: &str = "libdaka_ffi.so";

/// Fetches what [`pack`] needs beside the build.
pub(super) fn set_up(app: &App<'_>) -> Outcome<()> {
    apt(&app.ws.cache, &[("zipalign", "zipalign"), ("apksigner", "apksigner")])?;
    app.locked.fetch(&app.store, &["r8", "file"])
}

/// Packs, aligns, signs and holds the size against the budget, in which it can be written down.
pub(super) fn pack(app: &App<'_>, built: &Built, kind: Kind, record: bool) -> Outcome<()> {
    let step = Steps::begin();
    let Some(entry) = app.locked.scope("file.native").next() else { return failed("the lock has no file.native") };
    let jna = unpacked(app.ws, entry, &app.store.path(&entry.artifact))?;
    let (tls, native) = (verifier::jars(app)?, native(app, built, &jna)?);
    whole(app, &native, &tls)?;
    // The app has JNA as its Android archive, with the native half.
    let jars: Vec<PathBuf> = built
        .main
        .jars
        .iter()
        .filter(|jar| !is_jna(jar))
        .cloned()
        .chain([jna.join("classes.jar")])
        .chain(tls.clone())
        .collect();
    let own = own_jar(app, built)?;
    let Shrunk { dex, services } = match kind {
        Kind::Debug => Shrunk { dex: debug(app, &jars, &own)?, services: services(&jars)? },
        Kind::Release => {
            let called: &[&str] = if tls.is_empty() { &[] } else { &verifier::CALLED };
            shrunk::shrink(app, built, &jars, &own, called)?
        }
    };
    step.done(if kind == Kind::Debug { "D8" } else { "R8" });
    let name = if kind == Kind::Debug { "debug" } else { "release" };
    let (raw, apk) = (app.out.join(format!("{name}.unaligned.apk")), app.out.join(format!("daka-{name}.apk")));
    assemble(&raw, &built.linked.package, &dex, &services, &native)?;
    run(Command::new("zipalign").args(["-f", "-p", "4"]).arg(&raw).arg(&apk), "zipalign failed")?;
    sign(app, &apk)?;
    step.done("packed and signed");
    report(app, kind, &apk, record)
}

/// The phone library and the certificate verifier's other half come together or not at all.
fn whole(app: &App<'_>, native: &[(String, PathBuf)], tls: &[PathBuf]) -> Outcome<()> {
    let library = native.iter().any(|(name, _)| name.ends_with(LIBRARY));
    let archive = verifier::archive(app)?;
    if library && tls.is_empty() {
        return failed(format!(
            "with the phone library and without {} the app would refuse every server; settings.gradle.kts says where it is served",
            archive.display()
        ));
    }
    let lacking = lacking(native).join(", ");
    if !lacking.is_empty() {
        println!("without the phone library for {lacking}: set ANDROID_NDK_HOME and call `cargo xtask targets`");
    }
    if !library && tls.is_empty() {
        println!("without the certificate verifier's Kotlin half, which it needs: {}", archive.display());
    }
    Ok(())
}

fn is_jna(jar: &Path) -> bool {
    jar.file_name().is_some_and(|name| name.to_string_lossy().starts_with("jna-"))
}

fn run(command: &mut Command, sentence: &str) -> Outcome<()> {
    process::capture(command)?.or_fail(sentence).map(drop)
}

pub(super) fn r8(app: &App<'_>, program: &str) -> Outcome<Command> {
    let home = process::on_path("java").and_then(|java| java.canonicalize().ok());
    let Some(home) = home.as_deref().and_then(Path::parent).and_then(Path::parent) else {
        return failed("there is no JDK around java");
    };
    let mut command = tool("3g");
    command.arg("-cp").arg(app.file("r8")?).arg(format!("com.android.tools.r8.{program}"));
    // The platform's jar has no java.*: the JDK's own classes stand in as a second library.
    command.arg("--lib").arg(app.file("sdk.compile")?).arg("--lib").arg(home);
    command.args(["--min-api", app.number("minSdk")?]);
    Ok(command)
}

/// The classes of the façade, the app and all R classes in one jar.
fn own_jar(app: &App<'_>, built: &Built) -> Outcome<PathBuf> {
    let path = app.out.join("own.jar");
    let mut files = BTreeMap::new();
    for folder in &built.classes {
        for file in files_below(folder)?.into_iter().filter(|file| has_extension(file, "class")) {
            let name = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
            files.insert(name, fs::read(&file).at("read", &file)?);
        }
    }
    write_zip(&path, None, files.into_iter().map(|(name, bytes)| (name, bytes, true)))?;
    Ok(path)
}

fn dex_in(folder: &Path) -> Outcome<Vec<PathBuf>> {
    Ok(files_below(folder)?.into_iter().filter(|file| has_extension(file, "dex")).collect())
}

pub(super) fn emptied(folder: PathBuf) -> Outcome<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(&folder).at("empty", &folder)?;
    }
    fs::create_dir_all(&folder).at("make", &folder)?;
    Ok(folder)
}

/// The libraries' dex takes a minute and is kept in the cache.
fn debug(app: &App<'_>, jars: &[PathBuf], own: &Path) -> Outcome<Vec<PathBuf>> {
    let names: Vec<String> = jars.iter().map(|jar| jar.display().to_string()).collect();
    let key: String = sha256_of(names.join("\n").as_bytes()).chars().take(16).collect();
    let kept = app.ws.cache.join("dex").join(key);
    if !kept.exists() {
        let _lock = Lock::take(&app.ws.cache, "dex")?;
        let torn = emptied(app.ws.cache.join("dex/torn"))?;
        run(r8(app, "D8")?.arg("--debug").arg("--output").arg(&torn).args(jars), "D8 does not take the libraries")?;
        fs::rename(&torn, &kept).at("write", &kept)?;
    }
    let out = emptied(app.out.join("dex-own"))?;
    let mut command = r8(app, "D8")?;
    command.arg("--debug").arg("--output").arg(&out);
    for jar in jars {
        command.arg("--classpath").arg(jar);
    }
    run(command.arg(own), "D8 does not take the app")?;
    let mut dex = dex_in(&out)?;
    dex.extend(dex_in(&kept)?);
    Ok(dex)
}

/// Java's own registry of implementations, merged over all libraries, where nothing has another name.
fn services(jars: &[PathBuf]) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let mut found: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for jar in jars {
        let file = fs::File::open(jar).at("open", jar)?;
        let Ok(mut archive) = zip::ZipArchive::new(file) else {
            return failed(format!("{} is no archive", jar.display()));
        };
        for index in 0..archive.len() {
            let Ok(mut entry) = archive.by_index(index) else { continue };
            let name = entry.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
            if entry.is_file() && name.starts_with("META-INF/services/") {
                let into = found.entry(name).or_default();
                entry.read_to_end(into).at("read", jar)?;
                into.push(b'\n');
            }
        }
    }
    Ok(found)
}

/// The libraries' native halves, JNA's, and ours where it was built.
fn native(app: &App<'_>, built: &Built, jna: &Path) -> Outcome<Vec<(String, PathBuf)>> {
    let theirs = built.main.aars.iter().map(|aar| aar.join("jni")).filter(|folder| folder.is_dir());
    native_in(&theirs.chain([jna.join("jni"), app.ws.path(LIBRARIES)]).collect::<Vec<_>>())
}

/// The libraries of the processors that the app is packed for, each looked at, with their places in the APK.
fn native_in(folders: &[PathBuf]) -> Outcome<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    for folder in folders {
        for file in files_below(folder)?.into_iter().filter(|file| has_extension(file, "so")) {
            let processor = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
            if let Some(abi) = elf::ABIS.into_iter().find(|abi| abi.name == processor) {
                let bytes = fs::read(&file).at("read", &file)?;
                if let Err(bad) = elf::check(&bytes, abi, abi.page) {
                    return failed(format!("{} cannot go into the app: {bad}", file.display()));
                }
                let name = file.file_name().unwrap_or_default().to_string_lossy();
                found.push((format!("lib/{}/{name}", abi.name), file));
            }
        }
    }
    Ok(found)
}

/// Processors for which the phone library is not there: on those the app would end at its first call.
fn lacking(native: &[(String, PathBuf)]) -> Vec<&'static str> {
    let has = |abi: &elf::Abi| native.iter().any(|(name, _)| *name == format!("lib/{}/{LIBRARY}", abi.name));
    elf::ABIS.iter().filter(|abi| !has(abi)).map(|abi| abi.name).collect()
}

fn assemble(
    raw: &Path,
    resources: &Path,
    dex: &[PathBuf],
    services: &BTreeMap<String, Vec<u8>>,
    native: &[(String, PathBuf)],
) -> Outcome<()> {
    let mut entries = Vec::new();
    for (index, file) in dex.iter().enumerate() {
        let name = if index == 0 { "classes.dex".to_owned() } else { format!("classes{}.dex", index + 1) };
        entries.push((name, fs::read(file).at("read", file)?, true));
    }
    entries.extend(services.iter().map(|(name, bytes)| (name.clone(), bytes.clone(), true)));
    for (name, file) in native {
        entries.push((name.clone(), fs::read(file).at("read", file)?, true));
    }
    write_zip(raw, Some(resources), entries)
}

/// Writes an archive, beginning with a copy of another one. The Boolean is whether an entry is compressed.
fn write_zip(
    path: &Path,
    begin: Option<&Path>,
    entries: impl IntoIterator<Item = (String, Vec<u8>, bool)>,
) -> Outcome<()> {
    let bad = |error: zip::result::ZipError| Failure::Failed(format!("cannot write {}: {error}", path.display()));
    let mut writer = match begin {
        Some(begin) => {
            fs::copy(begin, path).at("write", path)?;
            let file = fs::File::options().read(true).write(true).open(path).at("open", path)?;
            zip::ZipWriter::new_append(file).map_err(bad)?
        }
        None => zip::ZipWriter::new(fs::File::create(path).at("make", path)?),
    };
    for (name, bytes, compressed) in entries {
        let method = if compressed { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
        writer.start_file(name, SimpleFileOptions::default().compression_method(method)).map_err(bad)?;
        writer.write_all(&bytes).at("write", path)?;
    }
    writer.finish().map_err(bad).map(drop)
}

/// With a key of this run: it proves nothing, and an installed app cannot be replaced by the next build.
fn sign(app: &App<'_>, apk: &Path) -> Outcome<()> {
    let store = app.out.join("throw-away.p12");
    if store.exists() {
        fs::remove_file(&store).at("remove", &store)?;
    }
    let seed = format!("{:?} {}", std::time::SystemTime::now(), std::process::id());
    let password = sha256_of(seed.as_bytes());
    let mut keytool = Command::new("keytool");
    keytool.args([
        "-genkeypair",
        "-storetype",
        "PKCS12",
        "-storepass:env",
        "DAKA_STORE",
        "-alias",
        "k",
        "-keyalg",
        "EC",
    ]);
    keytool.args(["-dname", "CN=throw-away", "-validity", "30", "-keystore"]).arg(&store).env("DAKA_STORE", &password);
    run(&mut keytool, "keytool makes no key")?;
    let least = app.number("minSdk")?;
    let mut signer = Command::new("apksigner");
    signer.args(["sign", "--ks-pass", "env:DAKA_STORE", "--min-sdk-version", least, "--ks"]).arg(&store).arg(apk);
    run(signer.env("DAKA_STORE", &password), "apksigner does not sign")?;
    fs::remove_file(&store).at("remove", &store)?;
    run(Command::new("apksigner").args(["verify", "--min-sdk-version", least]).arg(apk), "the signature does not hold")
}

/// Says the size; that of a release without its native libraries has a budget.
fn report(app: &App<'_>, kind: Kind, apk: &Path, record: bool) -> Outcome<()> {
    let size = fs::metadata(apk).at("read", apk)?.len();
    let file = fs::File::open(apk).at("open", apk)?;
    let Ok(mut archive) = zip::ZipArchive::new(file) else { return failed("the APK is no archive") };
    let mut libraries = 0;
    for index in 0..archive.len() {
        if let Ok(entry) = archive.by_index(index) {
            libraries +=
                if entry.name().is_ok_and(|name| name.starts_with("lib/")) { entry.compressed_size() } else { 0 };
        }
    }
    let rest = size.saturating_sub(libraries);
    println!("{}: {size} bytes, {rest} without native libraries", apk.display());
    if kind == Kind::Debug {
        return Ok(());
    }
    let budget = size::hold_release(app.ws, rest, record)?;
    println!("android: release without native libraries: {rest} bytes of {budget}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::elf::tests::shared;

    #[test]
    fn libraries_go_to_their_processor_and_what_lacks_is_named() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("arm64-v8a/libdaka_ffi.so", shared(elf::ARM64, 16384)),
            ("arm64-v8a/libjnidispatch.so", shared(elf::ARM64, 65536)),
            ("mips/libjnidispatch.so", b"of no phone".to_vec()),
            ("arm64-v8a/notes.txt", b"no library".to_vec()),
        ] {
            let file = folder.path().join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, bytes).unwrap();
        }
        let found = native_in(&[folder.path().to_path_buf(), folder.path().join("absent")]).unwrap();
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["lib/arm64-v8a/libdaka_ffi.so", "lib/arm64-v8a/libjnidispatch.so"]);
        assert_eq!(lacking(&found), ["armeabi-v7a", "x86_64"]);
    }

    #[test]
    fn a_library_on_small_pages_or_in_the_wrong_folder_does_not_go_in() {
        for (bytes, why) in [
            (shared(elf::ARM64, 4096), "aligned to 4096 bytes, at least 16384 are wanted"),
            (shared(elf::INTEL64, 16384), "for another processor"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("arm64-v8a/libdaka_ffi.so");
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, bytes).unwrap();
            let failure = native_in(&[folder.path().to_path_buf()]).unwrap_err().to_string();
            assert!(failure.contains("libdaka_ffi.so cannot go into the app") && failure.contains(why), "{failure}");
        }
    }
}
