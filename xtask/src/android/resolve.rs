//! From wanted libraries to the lock: the graph of dependencies, walked as Gradle does it (the highest version wins).
//!
//! Each section of the wanted libraries is resolved alone; the scopes of one section (`app.main`, `app.test`) share their versions, so that the
//! tests run what ships. A multiplatform artifact beside its own `-android` or `-jvm` is an empty shell or an old copy and is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::catalogue::Wants;
use super::coordinates::{Artifact, Name, lower_end, order};
use super::lock::{Entry, Locked, sha256};
use super::pom::Poms;
use super::store::Store;
use crate::failure::{AtPath, Outcome, failed};

/// Which scopes reach a library.
type Reached = BTreeMap<Name, BTreeSet<String>>;

/// Resolves everything that is wanted.
pub(super) fn resolve(wants: &Wants, store: &Store) -> Outcome<Locked> {
    let mut poms = Poms::new(store);
    let mut entries = Vec::new();
    for (section, roots) in &wants.graphs {
        println!("android: resolving {section}");
        for (artifact, scopes) in graph(&mut poms, roots, &wants.never)? {
            entries.push((artifact, scopes));
        }
    }
    for (scope, artifact) in &wants.files {
        entries.push((artifact.clone(), BTreeSet::from([scope.clone()])));
    }
    let mut locked = Vec::new();
    for (mut artifact, scopes) in entries {
        poms.fetch([artifact.clone()])?;
        if !store.path(&artifact).exists() {
            // Packaging "jar", but only the other kind, or the pom alone, is served.
            artifact.kind = if artifact.kind == "jar" { "aar" } else { "jar" }.to_owned();
            poms.fetch([artifact.clone()])?;
        }
        let file = store.path(&artifact);
        if !file.exists() {
            println!("android: {artifact} is served as a pom alone, left out");
            continue;
        }
        let bytes = fs::metadata(&file).at("read", &file)?.len();
        locked.push(Entry { scopes, sha256: sha256(&file)?, artifact, bytes });
    }
    Ok(Locked(locked))
}

fn graph(
    poms: &mut Poms<'_>,
    roots: &[(String, Artifact)],
    never: &BTreeSet<String>,
) -> Outcome<Vec<(Artifact, BTreeSet<String>)>> {
    let mut best: BTreeMap<Name, String> =
        roots.iter().map(|(_, root)| (root.name(), lower_end(&root.version))).collect();
    let reached = loop {
        let (reached, changed) = walk(poms, roots, never, &mut best)?;
        if !changed {
            break reached;
        }
    };
    let mut found = Vec::new();
    for (name, scopes) in &reached {
        let beside = |end: &str| reached.contains_key(&(name.0.clone(), format!("{}{end}", name.1)));
        if beside("-android") || beside("-jvm") {
            continue;
        }
        let version = best.get(name).cloned().unwrap_or_default();
        let packaging = poms.model(name, &version)?.map_or_else(|| "jar".to_owned(), |model| model.packaging);
        if packaging == "pom" {
            continue;
        }
        let kind = if packaging == "aar" { "aar" } else { "jar" };
        found.push((Artifact::new(name, &version, kind), scopes.clone()));
    }
    poms.fetch(found.iter().map(|(artifact, _)| artifact.clone()))?;
    Ok(found)
}

/// One walk from the roots with the versions as they are known now; true if a higher version came up on the way.
fn walk(
    poms: &mut Poms<'_>,
    roots: &[(String, Artifact)],
    never: &BTreeSet<String>,
    best: &mut BTreeMap<Name, String>,
) -> Outcome<(Reached, bool)> {
    let mut reached = Reached::new();
    let mut changed = false;
    let mut front: Vec<(String, Name)> = roots.iter().map(|(scope, root)| (scope.clone(), root.name())).collect();
    while !front.is_empty() {
        let pom = |(_, name): &(String, Name)| Artifact::new(name, best.get(name).map_or("", String::as_str), "pom");
        poms.fetch(front.iter().map(pom).collect::<Vec<_>>())?;
        let mut next = Vec::new();
        for (scope, name) in front {
            if !reached.entry(name.clone()).or_default().insert(scope.clone()) {
                continue;
            }
            let version = best.get(&name).cloned().unwrap_or_default();
            let Some(model) = poms.model(&name, &version)? else { continue };
            for wanted in &model.wanted {
                let (group, artifact) = &wanted.name;
                let dropped = never.contains(&format!("{group}:{artifact}"));
                let runs = matches!(wanted.scope.as_str(), "compile" | "runtime");
                if !runs || wanted.optional || !wanted.classifier.is_empty() || dropped {
                    continue;
                }
                let asked = if wanted.version.is_empty() {
                    model.managed.get(&wanted.name).cloned().unwrap_or_default()
                } else {
                    wanted.version.clone()
                };
                let asked = lower_end(&asked);
                if asked.is_empty() || asked.contains('$') {
                    return failed(format!("{}:{} asks for {group}:{artifact} without a version", name.0, name.1));
                }
                if best.get(&wanted.name).is_none_or(|known| order(known) < order(&asked)) {
                    best.insert(wanted.name.clone(), asked);
                    changed = true;
                }
                next.push((scope.clone(), wanted.name.clone()));
            }
        }
        front = next;
    }
    Ok((reached, changed))
}
