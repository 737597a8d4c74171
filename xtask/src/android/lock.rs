//! The lock: which file of which version is used for what, with its digest.
//!
//! A line is `SCOPE[,SCOPE] GROUP:ARTIFACT:VERSION:KIND SHA-256 BYTES`. Scopes are a section of the wanted libraries, with a part where it has
//! one: `app.main`, `app.test`, `sdk.compile`, `lint`. A digest is checked once per content of the lock; afterwards a mark in the cache says so.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use ring::digest;

use super::coordinates::Artifact;
use super::store::Store;
use crate::failure::{AtPath, Outcome, failed, unavailable};
use crate::workspace::Workspace;

/// Where the lock is.
pub(super) const PATH: &str = "android-shell/gradle/lock.txt";
const HEAD: &str = "# SCOPE[,SCOPE] GROUP:ARTIFACT:VERSION:KIND SHA-256 BYTES; written by `cargo xtask android lock`\n";

/// One locked file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) scopes: BTreeSet<String>,
    pub(super) artifact: Artifact,
    pub(super) sha256: String,
    pub(super) bytes: u64,
}

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Locked(pub(super) Vec<Entry>);

impl Locked {
    pub(super) fn load(ws: &Workspace) -> Outcome<Self> {
        Self::parse(&ws.read(PATH)?)
    }

    pub(super) fn parse(text: &str) -> Outcome<Self> {
        let mut entries = Vec::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            let [scopes, artifact, sha256, bytes] = words.as_slice() else {
                return failed(format!(
                    "{PATH}: `{line}` has not four words; write it anew with `cargo xtask android lock`"
                ));
            };
            let Ok(bytes) = bytes.parse() else {
                return failed(format!("{PATH}: `{line}` does not end with a number"));
            };
            let scopes = scopes.split(',').map(str::to_owned).collect();
            entries.push(Entry { scopes, artifact: Artifact::parse(artifact)?, sha256: (*sha256).to_owned(), bytes });
        }
        Ok(Self(entries))
    }

    pub(super) fn text(&self) -> String {
        let line = |e: &Entry| {
            let scopes: Vec<&str> = e.scopes.iter().map(String::as_str).collect();
            format!("{} {} {} {}\n", scopes.join(","), e.artifact, e.sha256, e.bytes)
        };
        std::iter::once(HEAD.to_owned()).chain(self.0.iter().map(line)).collect()
    }

    /// The entries of a scope, or of all scopes of a section.
    pub(super) fn scope<'a>(&'a self, scope: &'a str) -> impl Iterator<Item = &'a Entry> {
        let within = move |s: &String| s == scope || s.split('.').next() == Some(scope);
        self.0.iter().filter(move |entry| entry.scopes.iter().any(within))
    }

    /// Fetches these scopes and holds every file against its digest.
    pub(super) fn fetch(&self, store: &Store, scopes: &[&str]) -> Outcome<()> {
        let entries: Vec<&Entry> = scopes.iter().flat_map(|scope| self.scope(scope)).collect();
        let missing = store.fetch(&entries.iter().map(|entry| entry.artifact.clone()).collect())?;
        if let Some(first) = missing.first() {
            return unavailable(format!(
                "{} of the locked libraries are not served here, {first} among them",
                missing.len()
            ));
        }
        let key = sha256_of(self.text().as_bytes());
        for entry in entries {
            let file = store.path(&entry.artifact);
            let mark = mark(&file, &key);
            if mark.exists() && fs::metadata(&file).is_ok_and(|m| m.len() == entry.bytes) {
                continue;
            }
            let found = sha256(&file)?;
            if found != entry.sha256 {
                return failed(format!(
                    "{} is not the file that was locked (SHA-256 {found}); remove {} and call it again",
                    entry.artifact,
                    file.display()
                ));
            }
            fs::write(&mark, "").at("write", &mark)?;
        }
        Ok(())
    }
}

fn mark(file: &Path, key: &str) -> PathBuf {
    let short: String = key.chars().take(12).collect();
    file.with_extension(format!("checked-{short}"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// SHA-256 of bytes, in hexadecimal digits.
pub(super) fn sha256_of(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

/// SHA-256 of a file, in hexadecimal digits.
pub(super) fn sha256(path: &Path) -> Outcome<String> {
    let mut file = fs::File::open(path).at("open", path)?;
    let mut context = digest::Context::new(&digest::SHA256);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let count = file.read(&mut buffer).at("read", path)?;
        match buffer.get(..count) {
            Some(part) if count > 0 => context.update(part),
            _ => return Ok(hex(context.finish().as_ref())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_survives_being_written_and_read() {
        let text = format!("{HEAD}app.main,app.test a:b:1:aar 00 5\nlint c:d:2:jar 11 6\n");
        let lock = Locked::parse(&text).unwrap();
        assert_eq!(lock.text(), text);
        assert_eq!(lock.scope("app").count(), 1);
        assert_eq!(lock.scope("app.test").count(), 1);
        assert_eq!(lock.scope("app.other").count(), 0);
        assert!(Locked::parse("a:b:1:aar 00 5").is_err());
    }

    #[test]
    fn a_file_of_other_content_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        fs::write(&file, "abc").unwrap();
        // FIPS 180-2, B.1.
        assert_eq!(sha256(&file).unwrap(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
