//! The link check: a static library for iOS is linked, without Apple's SDK, and what no library gives is named.
//!
//! Two steps. First by sets: what the objects want from outside is sorted into libSystem's exports and those of the declared frameworks; a rest
//! is an error that names each symbol. Then by a linker: text libraries with exactly these exports are written, and LLVM's Mach-O linker,
//! which comes with Rust, makes a dynamic library of the whole archive. That finds what sets cannot: objects that do not go together,
//! relocations out of reach, a symbol given twice. Its size is what the core adds to an app, before the app's own dead code is stripped.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::archive::Archive;
use super::frameworks::{DECLARED, Framework};
use super::rust_std::rustc;
use crate::failure::{AtPath, Failure, Outcome, unavailable};
use crate::process;
use crate::workspace::Workspace;

/// How the linker calls a platform.
#[derive(Debug, Clone, Copy)]
pub(super) struct Platform {
    /// For `-platform_version`.
    pub(super) name: &'static str,
    /// In text libraries.
    pub(super) text: &'static str,
    /// The oldest version that the app runs on.
    pub(super) least: &'static str,
}

/// What a library takes from outside, by who gives it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Imports<'a> {
    system: BTreeSet<&'a str>,
    frameworks: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

/// Symbols that nobody gives.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "no library gives {}: neither libSystem nor what {DECLARED} declares ({}) has it. Declare there the framework that has it, or find the \
     dependency that wants it and leave it out of the phone's library",
    .symbols.join(", "), .declared.join(", ")
)]
pub(super) struct Unknown {
    symbols: Vec<String>,
    declared: Vec<String>,
}

impl From<Unknown> for Failure {
    fn from(unknown: Unknown) -> Self {
        Self::Failed(unknown.to_string())
    }
}

impl<'a> Imports<'a> {
    /// Sorts what the archive wants.
    pub(super) fn sort(
        archive: &'a Archive,
        system: &BTreeSet<String>,
        frameworks: &'a [Framework],
    ) -> Result<Self, Unknown> {
        let mut sorted = Self::default();
        let mut symbols = Vec::new();
        for symbol in archive.imports() {
            if system.contains(symbol) {
                sorted.system.insert(symbol);
            } else if let Some(framework) = frameworks.iter().find(|framework| framework.symbols.contains(symbol)) {
                sorted.frameworks.entry(&framework.name).or_default().insert(symbol);
            } else {
                symbols.push(symbol.to_owned());
            }
        }
        let declared = frameworks.iter().map(|framework| framework.name.clone()).collect();
        if symbols.is_empty() { Ok(sorted) } else { Err(Unknown { symbols, declared }) }
    }

    /// `159 symbols of libSystem, 16 of CoreFoundation`
    pub(super) fn note(&self) -> String {
        let mut note = format!("{} symbols of libSystem", self.system.len());
        for (framework, symbols) in &self.frameworks {
            note.push_str(&format!(", {} of {framework}", symbols.len()));
        }
        note
    }

    /// Writes the text libraries below `sdk`, as an SDK has them.
    fn write(&self, sdk: &Path, platform: Platform) -> Outcome<()> {
        let mut system = self.system.clone();
        system.insert("dyld_stub_binder");
        write_library(sdk, "usr/lib/libSystem.tbd", "/usr/lib/libSystem.B.dylib", platform, &system)?;
        for (name, symbols) in &self.frameworks {
            let place = format!("System/Library/Frameworks/{name}.framework/{name}");
            write_library(sdk, &format!("{place}.tbd"), &format!("/{place}"), platform, symbols)?;
        }
        Ok(())
    }
}

fn write_library(
    sdk: &Path,
    place: &str,
    installed: &str,
    platform: Platform,
    symbols: &BTreeSet<&str>,
) -> Outcome<()> {
    let path = sdk.join(place);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).at("make", folder)?;
    }
    fs::write(&path, text_library(installed, platform.text, symbols)).at("write", &path)
}

/// Apple's text form of a library, version 4.
fn text_library(installed: &str, target: &str, symbols: &BTreeSet<&str>) -> String {
    let listed: Vec<String> = symbols.iter().map(|symbol| format!("'{symbol}'")).collect();
    format!(
        "--- !tapi-tbd\ntbd-version: 4\ntargets: [ {target} ]\ninstall-name: '{installed}'\nexports:\n  - targets: [ {target} ]\n    \
         symbols: [ {} ]\n...\n",
        listed.join(", ")
    )
}

/// Links the whole archive into `out` and gives its size; everything stays in `folder`.
pub(super) fn link(
    ws: &Workspace,
    archive: &Path,
    exports: &BTreeSet<String>,
    imports: &Imports<'_>,
    platform: Platform,
    folder: &Path,
) -> Outcome<u64> {
    let linker = linker(ws)?;
    if folder.exists() {
        fs::remove_dir_all(folder).at("empty", folder)?;
    }
    let sdk = folder.join("sdk");
    imports.write(&sdk, platform)?;
    let list = folder.join("exports.txt");
    let names: Vec<&str> = exports.iter().map(String::as_str).collect();
    fs::write(&list, names.join("\n") + "\n").at("write", &list)?;
    let out = folder.join("libdaka_ffi.dylib");
    let mut command = Command::new(linker);
    command.args(["-arch", "arm64", "-platform_version", platform.name, platform.least, platform.least]);
    command.args(["-dylib", "-dead_strip", "-S", "-x", "-syslibroot"]).arg(&sdk);
    command.args(["-install_name", "@rpath/libdaka_ffi.dylib", "-exported_symbols_list"]).arg(&list);
    command.arg("-o").arg(&out).arg("-all_load").arg(archive).arg("-lSystem");
    for framework in imports.frameworks.keys() {
        command.args(["-framework", framework]);
    }
    process::capture(&mut command)?.or_fail("the library does not link")?;
    Ok(fs::metadata(&out).at("find", &out)?.len())
}

/// LLVM's Mach-O linker of this Rust.
fn linker(ws: &Workspace) -> Outcome<PathBuf> {
    let host = rustc(ws, &["--print", "host-tuple"])?;
    let root = PathBuf::from(rustc(ws, &["--print", "sysroot"])?);
    let linker = root.join("lib/rustlib").join(host).join("bin/gcc-ld/ld64.lld");
    if linker.is_file() {
        return Ok(linker);
    }
    match process::on_path("ld64.lld") {
        Some(linker) => Ok(linker),
        None => unavailable(format!(
            "there is no ld64.lld, neither {} nor on PATH; install Rust by rustup, or LLVM's linker (Debian: apt-get install lld)",
            linker.display()
        )),
    }
}

#[cfg(test)]
mod tests {
    use object::macho::PLATFORM_IOS;

    use super::super::archive::tests::wanting;
    use super::*;

    fn symbols(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn frameworks() -> [Framework; 2] {
        [
            Framework { name: "CoreFoundation".to_owned(), symbols: symbols(&["_CFRelease"]) },
            Framework { name: "Security".to_owned(), symbols: symbols(&["_SecTrustEvaluateWithError"]) },
        ]
    }

    #[test]
    fn each_symbol_is_sorted_to_who_gives_it() {
        let archive = Archive::read(&wanting(&["malloc", "free", "CFRelease"]), PLATFORM_IOS).unwrap();
        let frameworks = frameworks();
        let imports = Imports::sort(&archive, &symbols(&["_malloc", "_free", "_open"]), &frameworks).unwrap();
        assert_eq!(imports.note(), "2 symbols of libSystem, 1 of CoreFoundation");
    }

    #[test]
    fn a_symbol_that_nobody_gives_is_named_and_what_is_declared_too() {
        let archive =
            Archive::read(&wanting(&["malloc", "daka_made_up", "SCDynamicStoreCreate"]), PLATFORM_IOS).unwrap();
        let unknown = Imports::sort(&archive, &symbols(&["_malloc"]), &frameworks()).unwrap_err();
        let sentence = Failure::from(unknown).to_string();
        assert!(sentence.starts_with("no library gives _SCDynamicStoreCreate, _daka_made_up: "), "{sentence}");
        assert!(sentence.contains("Package.swift declares (CoreFoundation, Security)"), "{sentence}");
        assert!(!sentence.contains("_malloc") && !sentence.contains("_inner"), "{sentence}");
    }

    #[test]
    fn a_text_library_reads_back_as_what_was_written() {
        let written = text_library("/usr/lib/libx.dylib", "arm64-ios", &BTreeSet::from(["_a", "_b$EXT"]));
        assert_eq!(super::super::libsystem::exports(&written), symbols(&["_a", "_b$EXT"]));
    }
}
