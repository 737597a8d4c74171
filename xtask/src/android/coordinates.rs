//! Maven coordinates, and which of two versions is the newer one.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::failure::{Outcome, failed};

/// Group and artifact: what can be on a class path once.
pub(super) type Name = (String, String);

/// One file of a Maven repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Artifact {
    pub(super) group: String,
    pub(super) artifact: String,
    pub(super) version: String,
    /// `jar`, `aar` or `pom`.
    pub(super) kind: String,
}

impl Artifact {
    pub(super) fn new(name: &Name, version: &str, kind: &str) -> Self {
        Self { group: name.0.clone(), artifact: name.1.clone(), version: version.to_owned(), kind: kind.to_owned() }
    }

    /// `group:artifact:version` (a jar) or `group:artifact:version:kind`.
    pub(super) fn parse(text: &str) -> Outcome<Self> {
        let parts: Vec<&str> = text.split(':').collect();
        match parts.as_slice() {
            [group, artifact, version] => Ok(Self::new(&((*group).to_owned(), (*artifact).to_owned()), version, "jar")),
            [group, artifact, version, kind] => {
                Ok(Self::new(&((*group).to_owned(), (*artifact).to_owned()), version, kind))
            }
            _ => failed(format!("`{text}` is not group:artifact:version[:kind]")),
        }
    }

    pub(super) fn name(&self) -> Name {
        (self.group.clone(), self.artifact.clone())
    }

    /// Where it lies in a repository.
    pub(super) fn path(&self, repository: &Path) -> PathBuf {
        let folder = repository.join(self.group.replace('.', "/")).join(&self.artifact).join(&self.version);
        folder.join(format!("{}-{}.{}", self.artifact, self.version, self.kind))
    }
}

impl fmt::Display for Artifact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}:{}", self.group, self.artifact, self.version, self.kind)
    }
}

/// A version as a pom asks for it: of a range its lower end.
pub(super) fn lower_end(version: &str) -> String {
    let inner = version.trim_matches(['[', ']', '(', ')']);
    inner.split(',').next().unwrap_or_default().trim().to_owned()
}

/// A piece of a version: words of a pre-release are before the end, other words and numbers after it.
type Piece = (i64, u64, String);

/// Orders versions: 1.0 < 1.1-alpha < 1.1-rc < 1.1 < 1.1-jre. The empty artifact that guava asks for must never win.
pub(super) fn order(version: &str) -> Vec<Piece> {
    if version.contains("empty-to-avoid") {
        return vec![(-100, 0, String::new())];
    }
    let mut pieces: Vec<Piece> = Vec::new();
    let lower = version.to_ascii_lowercase();
    let mut rest = lower.as_str();
    while let Some(first) = rest.chars().next() {
        let same = |c: char| if first.is_ascii_digit() { c.is_ascii_digit() } else { c.is_ascii_lowercase() };
        if !same(first) {
            rest = rest.trim_start_matches(first);
            continue;
        }
        let end = rest.find(|c| !same(c)).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        rest = after;
        pieces.push(match piece.parse() {
            Ok(number) => (20, number, String::new()),
            Err(_) => (rank(piece), 0, piece.to_owned()),
        });
    }
    pieces.push((0, 0, String::new()));
    pieces
}

fn rank(word: &str) -> i64 {
    match word {
        "snapshot" => -6,
        "dev" => -5,
        "alpha" => -4,
        "beta" => -3,
        "m" => -2,
        "rc" => -1,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_maven_s_order() {
        let ordered =
            ["1.0", "1.1-alpha02", "1.1-alpha10", "1.1-beta01", "1.1-rc01", "1.1", "1.1-jre", "1.1.1", "1.10"];
        for pair in ordered.windows(2) {
            assert!(order(pair[0]) < order(pair[1]), "{pair:?}");
        }
        assert!(order("9999.0-empty-to-avoid-conflict-with-guava") < order("1.0"));
    }

    #[test]
    fn coordinates_name_a_file() {
        let artifact = Artifact::parse("a.b:c:1.2:aar").unwrap();
        assert_eq!(artifact.path(Path::new("m")), Path::new("m/a/b/c/1.2/c-1.2.aar"));
        assert_eq!(Artifact::parse("a.b:c:1.2").unwrap().kind, "jar");
        assert!(Artifact::parse("a.b:c").is_err());
        assert_eq!(lower_end("[1.2,2.0)"), "1.2");
    }
}
