//! docs/dependencies.md has one reason for every direct dependency of the workspace, and no line for one that is gone.
#![allow(clippy::unwrap_used, clippy::panic, clippy::string_slice, reason = "helpers of tests")]

use std::collections::BTreeSet;
use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(name)).unwrap()
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let listed = manifest["workspace"]["dependencies"].as_table().unwrap();
    let wanted: BTreeSet<&str> =
        listed.iter().filter(|(_, how)| how.get("path").is_none()).map(|(name, _)| name.as_str()).collect();
    assert!(wanted.len() > 20, "the manifest was not read: {wanted:?}");
    let page = read("docs/dependencies.md");
    let mut reasons = BTreeSet::new();
    for line in page.lines().filter(|l| l.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [name, _, reason] = cells.as_slice() else { panic!("three cells: {line}") };
        let name = name.trim_matches('`');
        assert!(reason.len() > 10, "{name} has no reason");
        assert!(reasons.insert(name), "{name} is there twice");
    }
    assert_eq!(reasons, wanted);

    // One that no member takes is not a dependency any more.
    let members =
        ["core", "core/jpeg", "bindings", "server", "cli", "tests", "xtask"].map(|m| read(&format!("{m}/Cargo.toml")));
    for name in wanted {
        let taken = |manifest: &String| {
            let line = |l: &str| l.starts_with(&format!("{name}.workspace")) || l.starts_with(&format!("{name} = "));
            manifest.lines().any(line)
        };
        assert!(members.iter().any(taken), "no member depends on {name}: take it out of Cargo.toml and the page");
    }
}
