//! What must not stand in any tracked file: paths of somebody's machine, addresses of somebody's network or package mirror, and
//! work that was put off.
//!
//! Generated code and other people's texts are not ours to mend and are left out.

use std::process::Command;

use super::Finding;
use crate::failure::Outcome;
use crate::generate;
use crate::process;
use crate::texts;
use crate::workspace::Workspace;

/// A home or work folder: the path goes on after these.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/wo", "rk/")];
/// Names of package mirrors; a lock file or a setting that points at one works on one network only.
const MIRRORS: [&str; 8] = [
    concat!("arti", "factory"),
    concat!("jf", "rog"),
    concat!("devpi", "/"),
    concat!("ver", "daccio"),
    concat!("nexus", "/repository"),
    concat!("--extra-", "index-url"),
    concat!("--index", "-url"),
    concat!("sparse+", "http://"),
];
/// Words that put work off.
const PUT_OFF: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
/// The one place where crates come from.
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// All findings in tracked files, and in files that are about to be tracked.
pub(crate) fn check(ws: &Workspace) -> Outcome<Vec<Finding>> {
    let mut list = Command::new("git");
    list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).current_dir(&ws.root);
    let files = process::capture(&mut list)?.or_fail("git ls-files failed; is this a git working copy?")?;
    let generated = generate::owned_folders(ws)?;
    let mut findings = Vec::new();
    for file in files.split('\0').filter(|file| !file.is_empty()) {
        let foreign = generated.iter().any(|folder| file.starts_with(folder.as_str()))
            || file.starts_with("LICENSE")
            || texts::is_generated(file);
        // Files that are no text, or deleted and not yet committed, cannot be read as text.
        if let (false, Ok(text)) = (foreign, ws.read(file)) {
            findings.extend(findings_in(file, &text));
        }
    }
    Ok(findings)
}

fn findings_in(file: &str, text: &str) -> Vec<Finding> {
    let finding = |(index, what): (usize, String)| Finding { file: file.to_owned(), line: index + 1, what };
    let lines = text.lines().enumerate();
    lines.filter_map(|(index, line)| wrong_in(file, line).map(|what| (index, what))).map(finding).collect()
}

/// The first thing that is wrong in a line.
fn wrong_in(file: &str, line: &str) -> Option<String> {
    if let Some(path) = MACHINE_PATHS.iter().find(|path| has_absolute(line, path)) {
        return Some(format!("a path of somebody's machine ({path}…)"));
    }
    let lower = line.to_ascii_lowercase();
    if let Some(mirror) = MIRRORS.iter().find(|mirror| lower.contains(*mirror)) {
        return Some(format!("an address that works on one network only ({mirror})"));
    }
    if private_address(line) {
        return Some("an address of a private network".to_owned());
    }
    if file.ends_with("Cargo.lock") {
        let other = line.trim().strip_prefix("source = ").filter(|source| source.trim_matches('"') != CRATES);
        return other.map(|source| format!("a crate from elsewhere: {source}"));
    }
    if let Some(word) = PUT_OFF.iter().find(|word| has_word(line, word)) {
        return Some(format!("work that was put off ({word}); do it, or make it an issue"));
    }
    let ignored = concat!("#[", "ignore");
    (file.ends_with(".rs") && line.contains(ignored)).then(|| "an ignored test; mend it or remove it".to_owned())
}

/// Does the path stand there as an absolute path, and go on? (`…/docs/work/` and a closing quote do not count.)
fn has_absolute(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + path.len()..).and_then(|after| after.chars().next());
        let starts =
            before.is_none_or(|before| !before.is_alphanumeric() && !matches!(before, '.' | '_' | '-' | '}' | '~'));
        starts && after.is_some_and(|after| after.is_alphanumeric() || after == '.')
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let is_part = |character: Option<char>| character.is_some_and(|found| found.is_alphanumeric() || found == '_');
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|after| after.chars().next());
        !is_part(before) && !is_part(after)
    })
}

/// `http://10.…`, `http://192.168.…`: a server that only one network has. 10.0.2.2 is the host as an Android emulator sees it.
fn private_address(line: &str) -> bool {
    line.split("://").skip(1).any(|after| {
        let host = after.split(['/', ':', '"', '\'', ' ', ')', '>']).next().unwrap_or_default();
        let Ok(address) = host.parse::<std::net::Ipv4Addr>() else { return false };
        address.is_private() && address != std::net::Ipv4Addr::new(10, 0, 2, 2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(file: &str, line: &str) -> bool {
        wrong_in(file, line).is_some()
    }

    #[test]
    fn machine_paths_are_found_and_paths_inside_the_repository_are_not() {
        for path in MACHINE_PATHS {
            assert!(wrong("a.md", &format!("see {path}somebody/x")), "{path}");
            assert!(wrong("a.sh", &format!("X=\"{path}somebody\"")), "{path}");
        }
        assert!(!wrong("a.md", "docs/work/plan.md and $HOME/.cache/daka and /usr/bin/env"));
        assert!(!wrong("a.rs", concat!("if path.starts_with(\"/ho", "me/\") {}")));
    }

    #[test]
    fn mirrors_private_addresses_and_crates_from_elsewhere_are_found() {
        assert!(wrong("pom.xml", concat!("<url>https://repo.example/arti", "factory/maven</url>")));
        assert!(wrong("a.toml", concat!("index = \"http:/", "/192.168.1.2:8081/simple\"")));
        assert!(!wrong("a.md", "http://127.0.0.1:8080/healthz, http://10.0.2.2:8080, https://crates.io"));
        assert!(wrong("Cargo.lock", "source = \"registry+https://mirror.example/index\""));
        assert!(!wrong("Cargo.lock", &format!("source = \"{CRATES}\"")));
    }

    #[test]
    fn work_put_off_is_found_as_a_word() {
        assert!(wrong("a.kt", concat!("val x = TO", "DO()")));
        assert!(wrong("a.rs", concat!("// FIX", "ME: later")));
        assert!(!wrong("a.md", concat!("MANTO", "DON")));
        assert!(wrong("a.rs", concat!("#[", "ignore = \"slow\"]")));
        assert!(!wrong("a.md", concat!("#[", "ignore]")));
    }

    #[test]
    fn a_finding_has_the_line() {
        let found = findings_in("a.md", concat!("fine\nTO", "DO\n"));
        assert_eq!(found.iter().map(|finding| finding.line).collect::<Vec<_>>(), [2]);
    }
}
