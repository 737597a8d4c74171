//! What the app is made of, read from the same files as Gradle reads: the version catalogue `gradle/libs.versions.toml`.
//!
//! Its bundles `main` and `test` are the app's class paths, and its versions hold the app's numbers (`minSdk`, …), so that Gradle and this
//! runner cannot differ. What Gradle's Android plugin brings by itself (R8, lint, the manifest merger, a platform to compile against) is
//! in `gradle/tools.toml`, which only this runner reads.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::coordinates::Artifact;
use crate::failure::{Outcome, failed};
use crate::workspace::Workspace;

const CATALOGUE: &str = "android-shell/gradle/libs.versions.toml";
const TOOLS: &str = "android-shell/gradle/tools.toml";

/// The version catalogue.
#[derive(Debug, Deserialize)]
pub(super) struct Catalogue {
    versions: BTreeMap<String, String>,
    libraries: BTreeMap<String, Library>,
    bundles: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Library {
    module: String,
    version: Version,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Version {
    Plain(String),
    Ref { r#ref: String },
}

#[derive(Debug, Deserialize)]
struct Tools {
    never: BTreeSet<String>,
    graphs: BTreeMap<String, Vec<String>>,
    files: BTreeMap<String, String>,
}

/// What is to be resolved.
#[derive(Debug)]
pub(super) struct Wants {
    /// By section: (scope, library).
    pub(super) graphs: BTreeMap<String, Vec<(String, Artifact)>>,
    /// Single files without their dependencies, by scope.
    pub(super) files: BTreeMap<String, Artifact>,
    /// Never on a class path, `group:artifact`.
    pub(super) never: BTreeSet<String>,
}

impl Catalogue {
    pub(super) fn load(ws: &Workspace) -> Outcome<Self> {
        read(ws, CATALOGUE)
    }

    /// One of `[versions]`.
    pub(super) fn version(&self, name: &str) -> Outcome<&str> {
        match self.versions.get(name) {
            Some(version) => Ok(version),
            None => failed(format!("{CATALOGUE} has no version `{name}`")),
        }
    }

    fn bundle(&self, name: &str) -> Outcome<Vec<Artifact>> {
        let Some(aliases) = self.bundles.get(name) else {
            return failed(format!("{CATALOGUE} has no bundle `{name}`"));
        };
        let mut artifacts = Vec::new();
        for alias in aliases {
            let Some(library) = self.libraries.get(alias) else {
                return failed(format!("{CATALOGUE}: the bundle `{name}` names `{alias}`, which is no library"));
            };
            let version = match &library.version {
                Version::Plain(version) => version,
                Version::Ref { r#ref } => self.version(r#ref)?,
            };
            artifacts.push(Artifact::parse(&format!("{}:{version}", library.module))?);
        }
        Ok(artifacts)
    }
}

fn read<T: serde::de::DeserializeOwned>(ws: &Workspace, path: &str) -> Outcome<T> {
    toml::from_str(&ws.read(path)?).or_else(|error| failed(format!("{path}: {error}")))
}

/// Everything that is wanted, from both files.
pub(super) fn wants(ws: &Workspace) -> Outcome<Wants> {
    let catalogue = Catalogue::load(ws)?;
    let tools: Tools = read(ws, TOOLS)?;
    let mut graphs: BTreeMap<String, Vec<(String, Artifact)>> = BTreeMap::new();
    for bundle in ["main", "test"] {
        let scope = format!("app.{bundle}");
        let roots = catalogue.bundle(bundle)?.into_iter().map(|artifact| (scope.clone(), artifact));
        graphs.entry("app".to_owned()).or_default().extend(roots);
    }
    for (section, roots) in &tools.graphs {
        let parsed = roots.iter().map(|root| Ok((section.clone(), Artifact::parse(root)?)));
        graphs.insert(section.clone(), parsed.collect::<Outcome<_>>()?);
    }
    let files = tools.files.iter().map(|(scope, file)| Ok((scope.clone(), Artifact::parse(file)?)));
    Ok(Wants { graphs, files: files.collect::<Outcome<_>>()?, never: tools.never })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::android::coordinates::order;
    use crate::android::lock::Locked;

    #[test]
    fn the_lock_has_what_the_catalogue_wants_and_nothing_older() {
        let ws = Workspace::load().unwrap();
        let (wants, locked) = (wants(&ws).unwrap(), Locked::load(&ws).unwrap());
        let held = |scope: &str, wanted: &Artifact| {
            let found = locked.scope(scope).find(|e| e.artifact.name() == wanted.name());
            found.is_some_and(|e| order(&e.artifact.version) == order(&wanted.version))
        };
        for (scope, wanted) in wants.graphs.values().flatten() {
            assert!(held(scope, wanted), "{scope} {wanted} is not in the lock; call `cargo xtask android lock`");
        }
        for (scope, wanted) in &wants.files {
            assert!(locked.scope(scope).any(|e| e.artifact == *wanted), "{scope} {wanted} is not in the lock");
        }
        for entry in &locked.0 {
            let scope = entry.scopes.first().unwrap();
            let section = scope.split('.').next().unwrap();
            assert!(
                wants.graphs.contains_key(section) || wants.files.contains_key(scope),
                "{scope} is wanted by nobody"
            );
        }
    }
}
