//! What a pom says about dependencies, with parents and imported lists of versions folded in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use roxmltree::{Document, Node};

use super::coordinates::{Artifact, Name, lower_end};
use super::store::Store;
use crate::failure::{AtPath, Outcome, failed};

/// One dependency that a pom asks for.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) name: Name,
    pub(super) version: String,
    pub(super) scope: String,
    pub(super) optional: bool,
    pub(super) classifier: String,
}

/// A pom, read.
#[derive(Debug, Clone)]
pub(super) struct Model {
    pub(super) packaging: String,
    properties: BTreeMap<String, String>,
    /// Versions for dependencies that name none.
    pub(super) managed: BTreeMap<Name, String>,
    pub(super) wanted: Vec<Wanted>,
}

/// Poms that were read, and what is not served.
pub(super) struct Poms<'a> {
    pub(super) store: &'a Store,
    pub(super) missing: BTreeSet<Artifact>,
    read: BTreeMap<(Name, String), Option<Model>>,
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|c| c.is_element() && c.tag_name().name() == name)
}

fn text(node: Node<'_, '_>, name: &str) -> String {
    let found = node.children().find(|c| c.is_element() && c.tag_name().name() == name);
    found.and_then(|c| c.text()).unwrap_or_default().trim().to_owned()
}

fn list<'a>(node: Node<'a, 'a>, path: &[&str]) -> Vec<Node<'a, 'a>> {
    let inner = path.iter().try_fold(node, |node, name| child(node, name));
    inner.map(|n| n.children().filter(Node::is_element).collect()).unwrap_or_default()
}

fn substitute(value: &str, properties: &BTreeMap<String, String>) -> String {
    let mut value = value.to_owned();
    for _ in 0..5 {
        let Some((before, rest)) = value.split_once("${") else { break };
        let Some((name, after)) = rest.split_once('}') else { break };
        let Some(found) = properties.get(name) else { break };
        value = format!("{before}{found}{after}");
    }
    value
}

impl<'a> Poms<'a> {
    pub(super) fn new(store: &'a Store) -> Self {
        Self { store, missing: BTreeSet::new(), read: BTreeMap::new() }
    }

    /// Downloads files together, which is much quicker than one by one, and remembers what is not served.
    pub(super) fn fetch(&mut self, artifacts: impl IntoIterator<Item = Artifact>) -> Outcome<()> {
        let wanted = artifacts.into_iter().filter(|a| !self.missing.contains(a)).collect();
        self.missing.extend(self.store.fetch(&wanted)?);
        Ok(())
    }

    /// None if it is not served.
    pub(super) fn model(&mut self, name: &Name, version: &str) -> Outcome<Option<Model>> {
        let key = (name.clone(), version.to_owned());
        if let Some(known) = self.read.get(&key) {
            return Ok(known.clone());
        }
        let artifact = Artifact::new(name, version, "pom");
        self.fetch([artifact.clone()])?;
        let path = self.store.path(&artifact);
        let model = if path.exists() {
            let xml = fs::read_to_string(&path).at("read", &path)?;
            Some(self.parse(&artifact, &xml)?)
        } else {
            None
        };
        self.read.insert(key, model.clone());
        Ok(model)
    }

    fn parse(&mut self, of: &Artifact, xml: &str) -> Outcome<Model> {
        let document = match Document::parse(xml) {
            Ok(document) => document,
            Err(error) => return failed(format!("the pom of {of} is no XML: {error}")),
        };
        let root = document.root_element();
        let mut model = Model {
            packaging: String::new(),
            properties: BTreeMap::new(),
            managed: BTreeMap::new(),
            wanted: Vec::new(),
        };
        if let Some(parent) = child(root, "parent") {
            let name = (text(parent, "groupId"), text(parent, "artifactId"));
            if let Some(above) = self.model(&name, &text(parent, "version"))? {
                model = above;
            }
            model.properties.insert("project.parent.version".to_owned(), text(parent, "version"));
        }
        for property in list(root, &["properties"]) {
            let value = property.text().unwrap_or_default().trim().to_owned();
            model.properties.insert(property.tag_name().name().to_owned(), value);
        }
        for (key, value) in [("groupId", &of.group), ("artifactId", &of.artifact), ("version", &of.version)] {
            model.properties.insert(format!("project.{key}"), value.clone());
        }
        for key in ["pom.version", "version"] {
            model.properties.insert(key.to_owned(), of.version.clone());
        }
        self.dependencies(root, &mut model)?;
        let packaging = substitute(&text(root, "packaging"), &model.properties);
        model.packaging = if packaging.is_empty() { "jar".to_owned() } else { packaging };
        Ok(model)
    }

    fn dependencies(&mut self, root: Node<'_, '_>, model: &mut Model) -> Outcome<()> {
        let properties = model.properties.clone();
        let value = |node: Node<'_, '_>, name: &str| substitute(&text(node, name), &properties);
        for node in list(root, &["dependencyManagement", "dependencies"]) {
            let name = (value(node, "groupId"), value(node, "artifactId"));
            let version = value(node, "version");
            if text(node, "scope") != "import" {
                model.managed.insert(name, version);
            } else if let Some(imported) = self.model(&name, &lower_end(&version))? {
                for (name, version) in imported.managed {
                    model.managed.entry(name).or_insert(version);
                }
            }
        }
        for node in list(root, &["dependencies"]) {
            let scope = value(node, "scope");
            model.wanted.push(Wanted {
                name: (value(node, "groupId"), value(node, "artifactId")),
                version: value(node, "version"),
                scope: if scope.is_empty() { "compile".to_owned() } else { scope },
                optional: text(node, "optional") == "true",
                classifier: text(node, "classifier"),
            });
        }
        Ok(())
    }
}
