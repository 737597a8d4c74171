//! The sources of crates that nothing here is built from: the objc2 family, generated from the headers of Apple's frameworks.
//!
//! They are fetched by cargo into its own cache, by a manifest outside the repository; the workspace's lock has none of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Deserialize;

use crate::failure::{AtPath, Outcome, failed, unavailable};
use crate::process;
use crate::workspace::Workspace;

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
}

/// The text of each crate's sources, by the crate's name. Given are names and version requirements; `folder` is the manifest's, in the cache.
pub(crate) fn sources(ws: &Workspace, folder: &str, crates: &[(&str, &str)]) -> Outcome<BTreeMap<String, Vec<String>>> {
    let folder = ws.cache.join(folder);
    let manifest = folder.join("Cargo.toml");
    fs::create_dir_all(folder.join("src")).at("make", &folder)?;
    let mut text =
        "[package]\nname = \"crates\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\n"
            .to_owned();
    for (name, version) in crates {
        text.push_str(&format!("{name} = \"{version}\"\n"));
    }
    fs::write(&manifest, text).at("write", &manifest)?;
    let library = folder.join("src/lib.rs");
    fs::write(&library, "").at("write", &library)?;
    let mut metadata = ws.cargo();
    metadata.current_dir(&folder);
    metadata.args(["metadata", "--format-version", "1", "--filter-platform", "aarch64-apple-ios"]);
    let run = process::capture(&mut metadata)?;
    if !run.ok {
        return unavailable(format!("cargo cannot fetch the objc2 crates: {}", process::last_lines(&run.text, 3)));
    }
    let metadata: Metadata = match serde_json::from_str(&run.text) {
        Ok(metadata) => metadata,
        Err(error) => return failed(format!("cargo metadata answered something unknown: {error}")),
    };
    let mut all = BTreeMap::new();
    for (name, _) in crates {
        let Some(package) = metadata.packages.iter().find(|package| package.name == *name) else {
            return failed(format!("cargo did not name {name}"));
        };
        let mut files = Vec::new();
        let mut folders: Vec<PathBuf> =
            package.manifest_path.parent().map(|parent| parent.join("src")).into_iter().collect();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).at("read", &folder)? {
                let path = entry.at("read", &folder)?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    files.push(fs::read_to_string(&path).at("read", &path)?);
                }
            }
        }
        all.insert((*name).to_owned(), files);
    }
    Ok(all)
}
