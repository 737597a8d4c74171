//! Fetching files from Maven repositories.
//!
//! Maven's own resolution cannot be used (it knows neither Android archives nor Gradle's metadata), so it only downloads: one flat list at
//! a time, every dependency with its own dependencies excluded. Which files those are is decided in `resolve` or by the lock. The
//! local repository is in the cache and shared by all working copies; a download that was cut off leaves no file of the final name.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::coordinates::Artifact;
use crate::failure::{AtPath, Outcome, failed, unavailable};
use crate::process;
use crate::workspace::{Lock, Workspace};

/// The local repository.
pub(super) struct Store {
    cache: PathBuf,
    repository: PathBuf,
}

impl Store {
    pub(super) fn of(ws: &Workspace) -> Self {
        Self { cache: ws.cache.clone(), repository: ws.cache.join("m2") }
    }

    pub(super) fn path(&self, artifact: &Artifact) -> PathBuf {
        artifact.path(&self.repository)
    }

    /// Fetches what is not there yet, and says what is not served.
    pub(super) fn fetch(&self, wanted: &BTreeSet<Artifact>) -> Outcome<BTreeSet<Artifact>> {
        let lacking = |wanted: &BTreeSet<Artifact>| -> BTreeSet<Artifact> {
            wanted.iter().filter(|artifact| !self.path(artifact).exists()).cloned().collect()
        };
        if lacking(wanted).is_empty() {
            return Ok(BTreeSet::new());
        }
        if process::on_path("mvn").is_none() {
            return unavailable("there is no mvn on PATH; install Maven (Debian: apt-get install maven)");
        }
        let _lock = Lock::take(&self.cache, "m2")?;
        let mut missing = BTreeSet::new();
        loop {
            let mut batch: BTreeSet<Artifact> = BTreeSet::new();
            let mut names = BTreeSet::new();
            // Of two versions of one thing Maven would leave one out.
            for artifact in lacking(wanted).difference(&missing) {
                if names.insert((artifact.name(), artifact.kind.clone())) {
                    batch.insert(artifact.clone());
                }
            }
            if batch.is_empty() {
                return Ok(missing);
            }
            let (ok, said) = self.download(&batch)?;
            let gone = lacking(&batch);
            let named: BTreeSet<Artifact> = gone
                .iter()
                .filter(|a| said.contains(&format!("{}:{}:{}:{}", a.group, a.artifact, a.kind, a.version)))
                .cloned()
                .collect();
            if !ok && named.is_empty() && !gone.is_empty() {
                return failed(format!("mvn could not download:\n{}", process::last_lines(&said, 20)));
            }
            missing.extend(if ok { gone } else { named });
        }
    }

    fn download(&self, batch: &BTreeSet<Artifact>) -> Outcome<(bool, String)> {
        let folder = self.cache.join("resolve");
        fs::create_dir_all(&folder).at("make", &folder)?;
        let pom = folder.join("pom.xml");
        let mut text = String::from(
            "<project><modelVersion>4.0.0</modelVersion><groupId>x</groupId><artifactId>x</artifactId><version>1</version><dependencies>",
        );
        for Artifact { group, artifact, version, kind } in batch {
            text.push_str(&format!(
                "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version><type>{kind}</type>\
                 <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions></dependency>"
            ));
        }
        text.push_str("</dependencies></project>");
        fs::write(&pom, text).at("write", &pom)?;
        let mut maven = Command::new("mvn");
        // -U: a look-up that failed once would stay failed.
        maven.args(["-q", "-B", "-U", "-Dstyle.color=never", "-Dmaven.artifact.threads=8"]).current_dir(&folder);
        maven.arg(format!("-Dmaven.repo.local={}", self.repository.display())).arg("dependency:resolve");
        let run = process::capture(&mut maven)?;
        Ok((run.ok, run.text))
    }
}
