//! `cargo xtask generate [--check] [--texts]`: Kotlin and Swift from the metadata in the built library, and the apps' texts.
//!
//! uniffi's generator is a library of this runner and of nothing else, so that it never gets into the phone. What it writes is
//! committed; `--check`, and with it `cargo xtask test`, writes it again into a folder of the target folder and compares file by
//! file. The three folders belong to the generator alone: a file there that it did not write is a difference, too. Writing
//! replaces a folder's files one by one; killed in between, the next run writes the rest.
//!
//! A wrong section name in `uniffi.toml` is silently ignored by uniffi, so the configured names are looked for in the output.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use uniffi::{GenerateOptions, SwiftBindingsOptions, TargetLanguage};

use crate::check;
use crate::failure::{AtPath, Outcome, failed};
use crate::licences;
use crate::process;
use crate::texts;
use crate::workspace::Workspace;

const CONFIGURATION: &str = "uniffi.toml";
const CRATE: &str = "daka_ffi";
/// Kotlin sources; the generated ones are in the folder of the configured package.
const KOTLIN: &str = "bindings/kotlin/src/main/kotlin";
const SWIFT: &str = "bindings/swift/Sources";

/// The names in `uniffi.toml` that decide where files go.
#[derive(Debug, PartialEq, Eq)]
struct Names {
    kotlin_package: String,
    swift_module: String,
    swift_ffi_module: String,
}

impl Names {
    fn read(text: &str) -> Outcome<Self> {
        let file: Configuration = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => return failed(format!("{CONFIGURATION}: {}", error.to_string().trim())),
        };
        let Some(bindings) = file.crates.into_iter().find(|(name, _)| name == CRATE).map(|(_, found)| found.bindings)
        else {
            return failed(format!("{CONFIGURATION} has no section for the crate {CRATE}"));
        };
        let Bindings { kotlin: Kotlin { package_name }, swift: Swift { module_name, ffi_module_name } } = bindings;
        Ok(Self { kotlin_package: package_name, swift_module: module_name, swift_ffi_module: ffi_module_name })
    }

    fn kotlin_folder(&self) -> String {
        format!("{KOTLIN}/{}", self.kotlin_package.replace('.', "/"))
    }

    fn swift_folder(&self) -> String {
        format!("{SWIFT}/{}", self.swift_module)
    }

    fn header_folder(&self) -> String {
        format!("{SWIFT}/{}", self.swift_ffi_module)
    }
}

#[derive(Deserialize)]
struct Configuration {
    crates: BTreeMap<String, Section>,
}

#[derive(Deserialize)]
struct Section {
    bindings: Bindings,
}

#[derive(Deserialize)]
struct Bindings {
    kotlin: Kotlin,
    swift: Swift,
}

#[derive(Deserialize)]
struct Kotlin {
    package_name: String,
}

#[derive(Deserialize)]
struct Swift {
    module_name: String,
    ffi_module_name: String,
}

/// Folders, relative to the repository, whose files the generator owns.
pub(crate) fn owned_folders(ws: &Workspace) -> Outcome<[String; 3]> {
    let names = Names::read(&ws.read(CONFIGURATION)?)?;
    Ok([names.kotlin_folder(), names.swift_folder(), names.header_folder()])
}

/// The command: builds the library, then writes or compares; for the texts alone there is nothing to build.
pub(crate) fn run(ws: &Workspace, compared: bool, texts_alone: bool) -> Outcome<()> {
    if texts_alone {
        if !compared {
            return texts::write(ws);
        }
        check::none(&texts::check(ws)?)?;
        return none_of(texts::differences(ws)?);
    }
    if !process::show(ws.cargo().args(["build", "--package", "daka-ffi"]))? {
        return failed("daka-ffi does not build; see above");
    }
    if compared {
        return compare(ws);
    }
    let fresh = generate(ws)?;
    for folder in owned_folders(ws)? {
        replace_files(&fresh.join(&folder), &ws.path(&folder))?;
        println!("wrote {folder}");
    }
    let (licences, path) = (licences::text(ws)?, ws.path(licences::FILE));
    fs::write(&path, licences).at("write", &path)?;
    texts::write(ws)
}

/// Generates from the library that is built already and compares with what is committed.
pub(crate) fn compare(ws: &Workspace) -> Outcome<()> {
    let fresh = generate(ws)?;
    let mut differences = texts::differences(ws)?;
    if ws.read(licences::FILE).ok() != Some(licences::text(ws)?) {
        differences.push(licences::FILE.to_owned());
    }
    for folder in owned_folders(ws)? {
        differences.extend(differing_files(&fresh.join(&folder), &ws.path(&folder), &folder)?);
    }
    none_of(differences)
}

fn none_of(differences: Vec<String>) -> Outcome<()> {
    if differences.is_empty() {
        return Ok(());
    }
    failed(format!(
        "generated code is not what is committed; call `cargo xtask generate` and commit: {}",
        differences.join(", ")
    ))
}

/// Writes all bindings below a fresh folder of the target folder, laid out as in the repository.
fn generate(ws: &Workspace) -> Outcome<PathBuf> {
    let names = Names::read(&ws.read(CONFIGURATION)?)?;
    let fresh = ws.target.join("generated");
    if fresh.exists() {
        fs::remove_dir_all(&fresh).at("empty", &fresh)?;
    }
    let library = utf8(&ws.library("dev"))?;
    let configuration = utf8(&ws.path(CONFIGURATION))?;

    let kotlin = GenerateOptions {
        languages: vec![TargetLanguage::Kotlin],
        source: library.clone().into(),
        out_dir: utf8(&fresh.join(KOTLIN))?.into(),
        config_override: Some(configuration.clone().into()),
        format: false,
        crate_filter: Some(CRATE.to_owned()),
        metadata_no_deps: true,
    };
    said_by_uniffi("Kotlin", uniffi::generate(kotlin).err())?;
    expect_text(&fresh.join(names.kotlin_folder()), &format!("package {}", names.kotlin_package))?;

    let swift = |sources: bool, folder: String| -> Outcome<SwiftBindingsOptions> {
        Ok(SwiftBindingsOptions {
            generate_swift_sources: sources,
            generate_headers: !sources,
            generate_modulemap: !sources,
            source: library.clone().into(),
            out_dir: utf8(&fresh.join(folder))?.into(),
            module_name: Some(names.swift_ffi_module.clone()),
            modulemap_filename: Some("module.modulemap".to_owned()),
            metadata_no_deps: true,
            config: Some(configuration.clone().into()),
            ..SwiftBindingsOptions::default()
        })
    };
    said_by_uniffi("Swift", uniffi::generate_swift_bindings(swift(true, names.swift_folder())?).err())?;
    said_by_uniffi("Swift headers", uniffi::generate_swift_bindings(swift(false, names.header_folder())?).err())?;
    expect_text(&fresh.join(names.swift_folder()), &format!("import {}", names.swift_ffi_module))?;
    expect_text(&fresh.join(names.header_folder()), &format!("module {}", names.swift_ffi_module))?;
    Ok(fresh)
}

/// uniffi's error type is not ours to name; its text is passed on.
fn said_by_uniffi(what: &str, error: Option<impl std::fmt::Display>) -> Outcome<()> {
    match error {
        None => Ok(()),
        Some(error) => failed(format!("uniffi cannot generate {what} from daka-ffi: {error:#}")),
    }
}

fn utf8(path: &Path) -> Outcome<String> {
    match path.to_str() {
        Some(text) => Ok(text.to_owned()),
        None => failed(format!("uniffi needs a path in UTF-8, and this is none: {}", path.display())),
    }
}

/// One of the folder's files must contain this text, or the configuration was not heard.
fn expect_text(folder: &Path, text: &str) -> Outcome<()> {
    let files = files_of(folder)?;
    if files.values().any(|content| String::from_utf8_lossy(content).contains(text)) {
        return Ok(());
    }
    failed(format!("no generated file contains `{text}`: uniffi did not take {CONFIGURATION} as it is meant"))
}

/// The folder's own files (none if there is no folder), by name.
fn files_of(folder: &Path) -> Outcome<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(files);
    }
    for entry in fs::read_dir(folder).at("read", folder)? {
        let path = entry.at("read", folder)?.path();
        if let (true, Some(name)) = (path.is_file(), path.file_name()) {
            files.insert(name.to_string_lossy().into_owned(), fs::read(&path).at("read", &path)?);
        }
    }
    Ok(files)
}

/// Names of files that are new, changed or left over, below `shown`.
fn differing_files(fresh: &Path, committed: &Path, shown: &str) -> Outcome<Vec<String>> {
    let (fresh, committed) = (files_of(fresh)?, files_of(committed)?);
    let names = fresh.keys().chain(committed.keys().filter(|name| !fresh.contains_key(*name)));
    Ok(names.filter(|name| fresh.get(*name) != committed.get(*name)).map(|name| format!("{shown}/{name}")).collect())
}

fn replace_files(fresh: &Path, committed: &Path) -> Outcome<()> {
    fs::create_dir_all(committed).at("make", committed)?;
    let (new, old) = (files_of(fresh)?, files_of(committed)?);
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        let path = committed.join(name);
        fs::remove_file(&path).at("remove", &path)?;
    }
    for (name, content) in new.iter().filter(|(name, content)| old.get(*name) != Some(*content)) {
        let path = committed.join(name);
        fs::write(&path, content).at("write", &path)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_come_from_the_section_of_the_crate_as_rustc_names_it() {
        let text = "[crates.daka_ffi.bindings.kotlin]\npackage_name = \"a.b\"\n\
                    [crates.daka_ffi.bindings.swift]\nmodule_name = \"M\"\nffi_module_name = \"mFFI\"\n";
        let names = Names::read(text).unwrap();
        assert_eq!(names.kotlin_folder(), "bindings/kotlin/src/main/kotlin/a/b");
        assert_eq!(names.swift_folder(), "bindings/swift/Sources/M");
        assert_eq!(names.header_folder(), "bindings/swift/Sources/mFFI");
        assert!(Names::read(&text.replace("daka_ffi", "daka-ffi")).is_err());
    }

    #[test]
    fn changed_new_and_left_over_files_are_differences_and_replacing_removes_them() {
        let folder = tempfile::tempdir().unwrap();
        let (fresh, committed) = (folder.path().join("fresh"), folder.path().join("committed"));
        fs::create_dir_all(&fresh).unwrap();
        fs::create_dir_all(&committed).unwrap();
        for (name, ours, theirs) in [("same", "1", "1"), ("changed", "1", "2")] {
            fs::write(fresh.join(name), ours).unwrap();
            fs::write(committed.join(name), theirs).unwrap();
        }
        fs::write(fresh.join("new"), "1").unwrap();
        fs::write(committed.join("old"), "1").unwrap();
        assert_eq!(differing_files(&fresh, &committed, "x").unwrap(), ["x/changed", "x/new", "x/old"]);
        replace_files(&fresh, &committed).unwrap();
        assert_eq!(differing_files(&fresh, &committed, "x").unwrap(), Vec::<String>::new());
        assert!(!committed.join("old").exists());
    }

    #[test]
    fn a_text_that_no_file_has_means_that_the_configuration_was_not_heard() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.kt"), "package uniffi.daka_ffi\n").unwrap();
        assert!(expect_text(folder.path(), "package uniffi.daka_ffi").is_ok());
        assert!(expect_text(folder.path(), "package org.daka.ffi").is_err());
        assert!(expect_text(&folder.path().join("absent"), "x").is_err());
    }
}
