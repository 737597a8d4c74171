//! Do the shells and the source agree on the keys?
//!
//! Android names a key as `R.string.x`, `R.plurals.x`, `@string/x` or `@plurals/x`. Swift has no type for it: in its sources a
//! string literal that looks like a key of one of the topics is one (`"today.title"`, `"today.waiting \(n)"`), so identifiers for
//! tests and names of files are spelled otherwise (`today-title`). A sentence that stands in a source itself is found, too.
//!
//! A shell is looked at from the moment it is there, and from the moment it is whole every key has to be used by it, unless the key
//! says that it is for the other one only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::reader::{self, Dialect, HOLE, Literal};
use super::source::{Catalogue, Entry, Language, Piece, Shell};
use super::{ANDROID, APPLE, android, apple, language};
use crate::check::Finding;
use crate::failure::{AtPath, Outcome};
use crate::workspace::Workspace;

/// Where a shell's sources are.
pub(super) struct Place {
    pub(super) sources: &'static str,
    /// The file that shows that it is there.
    pub(super) landed: &'static str,
    /// Whether all its screens are there.
    pub(super) whole: bool,
}

/// All findings of both shells.
pub(super) fn check(ws: &Workspace, catalogue: &Catalogue) -> Outcome<Vec<Finding>> {
    let mut findings = Vec::new();
    if ws.path(ANDROID.landed).is_file() {
        let mut used = BTreeMap::new();
        for (file, text) in files(ws, ANDROID.sources, &["kt", "xml"])? {
            if file.ends_with(".kt") {
                let source = reader::read(&text, Dialect::Kotlin);
                android_keys(&file, &source.code, &mut used);
                findings.extend(sentences(&file, &source.literals, Dialect::Kotlin));
            } else if !android::FILES.iter().any(|(_, path)| *path == file) {
                android_keys(&file, &text, &mut used);
            }
        }
        findings.extend(android_findings(catalogue, &used, ANDROID.whole));
    }
    if ws.path(APPLE.landed).is_file() {
        let topics: BTreeSet<&str> = catalogue.keys().filter_map(|key| key.split('.').next()).collect();
        let (mut used, mut said) = (Vec::new(), Vec::new());
        for (file, text) in files(ws, APPLE.sources, &["swift"])? {
            // What tests say, and the names of a stand-in's own, are no use of a sentence.
            if !["/Tests/", "/Standins/"].iter().any(|folder| file.contains(folder)) {
                let source = reader::read(&text, Dialect::Swift);
                let rest = swift_keys(&file, source.literals, &topics, &mut used);
                findings.extend(sentences(&file, &rest, Dialect::Swift));
                if text.contains(PHRASE_SOURCE) {
                    said.extend(
                        rest.into_iter().filter(|l| l.text.contains(HOLE)).map(|l| (file.clone(), l.line, l.text)),
                    );
                }
            }
        }
        findings.extend(phrase_findings(catalogue, &said));
        findings.extend(apple_findings(catalogue, &used, APPLE.whole));
        findings.extend(info_findings(catalogue, &ws.read(APPLE.landed)?));
    }
    Ok(findings)
}

/// A use: resource type (`string` or `plurals`), name, file, line.
type AndroidUses = BTreeMap<(String, String), (String, usize)>;

fn android_keys(file: &str, text: &str, used: &mut AndroidUses) {
    for (index, line) in text.lines().enumerate() {
        for (mark, kind) in
            [("R.string.", "string"), ("R.plurals.", "plurals"), ("@string/", "string"), ("@plurals/", "plurals")]
        {
            for (at, _) in line.match_indices(mark) {
                let before = line.get(..at).unwrap_or_default();
                if before.ends_with("android.") || before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                let after = line.get(at + mark.len()..).unwrap_or_default();
                let name: String = after.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                used.entry((kind.to_owned(), name)).or_insert_with(|| (file.to_owned(), index + 1));
            }
        }
    }
}

fn android_findings(catalogue: &Catalogue, used: &AndroidUses, whole: bool) -> Vec<Finding> {
    let kind = |entry: &Entry| if entry.counts() { "plurals" } else { "string" };
    let ours: Vec<&Entry> = catalogue.values().filter(|entry| entry.is_for(Shell::Android)).collect();
    let known: BTreeSet<(String, String)> =
        ours.iter().map(|entry| (kind(entry).to_owned(), entry.resource())).collect();
    let mut findings: Vec<Finding> = ours
        .iter()
        .filter(|entry| whole && !used.contains_key(&(kind(entry).to_owned(), entry.resource())))
        .map(|entry| entry.finding("the Android app does not use it; remove it, or say `only = \"ios\"`"))
        .collect();
    findings.extend(used.iter().filter(|(name, _)| !known.contains(*name)).map(|((kind, name), (file, line))| {
        let what = format!("{kind}/{name} is not in texts/ for Android");
        Finding { file: file.clone(), line: *line, what }
    }));
    findings
}

/// A key in a Swift source, with the number of interpolations that follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct SwiftUse {
    key: String,
    args: usize,
    file: String,
    line: usize,
}

/// Takes the keys out of a source's literals and gives back the others.
fn swift_keys(file: &str, literals: Vec<Literal>, topics: &BTreeSet<&str>, used: &mut Vec<SwiftUse>) -> Vec<Literal> {
    let mut others = Vec::new();
    for literal in literals {
        let mut parts = literal.text.split(' ');
        let key = parts.next().unwrap_or_default();
        let named = |part: &str| part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let well_named = key.contains('.') && key.split('.').all(|part| !part.is_empty() && named(part));
        let of_topic = key.split('.').next().is_some_and(|topic| topics.contains(topic));
        let args: Vec<&str> = parts.collect();
        let holes = args.iter().all(|arg| matches!(*arg, "%@" | "%lld" | "\u{fffc}"));
        if well_named && of_topic && holes {
            let key = key.to_owned();
            used.push(SwiftUse { key, args: args.len(), file: file.to_owned(), line: literal.line });
        } else {
            others.push(literal);
        }
    }
    others
}

/// What is called with a text to show, in either language; the code before a literal ends so.
const SHOWS: [(Dialect, &[&str]); 2] = [
    (
        Dialect::Kotlin,
        &[
            "Text(",
            "text=",
            "Body(",
            "Small(",
            "Heading(",
            "contentDescription=",
            "setContentTitle(",
            "setContentText(",
        ],
    ),
    (
        Dialect::Swift,
        &[
            "Text(",
            "say(",
            "Label(",
            "Button(",
            "Toggle(",
            "navigationTitle(",
            "accessibilityLabel(",
            "LocalizedStringKey(",
        ],
    ),
];

/// Sentences that stand in a source: words in a literal that is shown, or Chinese in any.
fn sentences(file: &str, literals: &[Literal], dialect: Dialect) -> Vec<Finding> {
    let shows = SHOWS.iter().filter(|(of, _)| *of == dialect).flat_map(|(_, shows)| shows.iter());
    let shows: Vec<&&str> = shows.collect();
    let wrong = literals.iter().filter(|literal| {
        let shown = shows.iter().any(|call| literal.before.ends_with(**call));
        let words = literal.text.chars().any(|c| c != HOLE && c.is_alphabetic());
        (shown && words) || literal.text.chars().any(language::is_han)
    });
    let finding = |literal: &Literal| Finding {
        file: file.to_owned(),
        line: literal.line,
        what: format!("“{}” is a sentence in a source; give it a key in texts/", literal.text.replace(HOLE, "…")),
    };
    wrong.map(finding).collect()
}

/// The source with this has Siri's phrases: they stand there in English, because the compiler reads them.
const PHRASE_SOURCE: &str = ": AppShortcutsProvider";

/// Phrases as the source says them (file, line, text) against the texts.
fn phrase_findings(catalogue: &Catalogue, said: &[(String, usize, String)]) -> Vec<Finding> {
    let entries: BTreeMap<String, &Entry> = catalogue
        .values()
        .filter(|entry| entry.is_phrase())
        .map(|entry| (apple::phrase(entry, &HOLE.to_string()), entry))
        .collect();
    let unsaid = entries.iter().filter(|(text, _)| !said.iter().any(|(_, _, one)| one == *text));
    let mut findings: Vec<Finding> =
        unsaid.map(|(_, entry)| entry.finding("the iOS app's shortcut does not say its English words")).collect();
    let unknown = said.iter().filter(|(_, _, text)| !entries.contains_key(text));
    findings.extend(unknown.map(|(file, line, text)| Finding {
        file: file.clone(),
        line: *line,
        what: format!("“{}” is said to Siri and not in texts/: add it to phrases", text.replace(HOLE, "…")),
    }));
    let bare = entries.values().filter(|entry| !matches!(entry.args.as_slice(), [(_, super::source::Kind::Text)]));
    findings.extend(bare.map(|entry| entry.finding("Siri wants the app's name in it: one text argument")));
    findings
}

fn apple_findings(catalogue: &Catalogue, used: &[SwiftUse], whole: bool) -> Vec<Finding> {
    let ours =
        catalogue.values().filter(|entry| entry.is_for(Shell::Ios) && entry.info_key().is_none() && !entry.is_phrase());
    let ours: BTreeMap<&str, &Entry> = ours.map(|entry| (entry.key.as_str(), entry)).collect();
    let names: BTreeSet<&str> = used.iter().map(|one| one.key.as_str()).collect();
    let unused = ours.values().filter(|entry| whole && !names.contains(entry.key.as_str()));
    let mut findings: Vec<Finding> = unused
        .map(|entry| entry.finding("the iOS app does not use it; remove it, or say `only = \"android\"`"))
        .collect();
    for one in used {
        let what = match ours.get(one.key.as_str()) {
            None => format!("\"{}\" is not in texts/ for iOS", one.key),
            Some(entry) if entry.args.len() != one.args => {
                format!("\"{}\" takes {} arguments; here it is given {}", one.key, entry.args.len(), one.args)
            }
            Some(_) => continue,
        };
        findings.push(Finding { file: one.file.clone(), line: one.line, what });
    }
    findings
}

/// Purposes that `Info.plist` names and nobody explains, the other way about, and a text of its own that is another than ours in
/// English.
fn info_findings(catalogue: &Catalogue, plist: &str) -> Vec<Finding> {
    let explained: BTreeMap<&str, &Entry> =
        catalogue.values().filter_map(|entry| entry.info_key().map(|key| (key, entry))).collect();
    let named: BTreeSet<&str> = plist.split("<key>").skip(1).filter_map(|after| after.split("</key>").next()).collect();
    let mut findings: Vec<Finding> = explained
        .iter()
        .filter(|(key, _)| !named.contains(*key))
        .map(|(_, entry)| entry.finding(format!("{} does not name it", APPLE.landed)))
        .collect();
    for (key, entry) in &explained {
        let own = plist.split(&format!("<key>{key}</key>")).nth(1).and_then(|after| {
            let text = after.trim_start().strip_prefix("<string>")?;
            text.split("</string>").next()
        });
        let ours = entry.patterns(Language::En).any(|(_, pattern)| {
            let own = own.map(|own| Piece::Text(own.to_owned()));
            own.is_none_or(|own| *pattern == [own])
        });
        if !ours {
            findings.push(entry.finding(format!("{} has another English text", APPLE.landed)));
        }
    }
    let purposes = named.iter().filter(|key| key.ends_with("UsageDescription") && !explained.contains_key(*key));
    findings.extend(purposes.map(|key| Finding {
        file: APPLE.landed.to_owned(),
        line: 1,
        what: format!("{key} is not in texts/: add info_plist.{key}"),
    }));
    findings
}

/// Files below a folder with these endings; names relative to the repository. Folders that a build makes are passed over.
fn files(ws: &Workspace, folder: &str, endings: &[&str]) -> Outcome<Vec<(String, String)>> {
    let (mut folders, mut files) = (vec![ws.path(folder)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).at("read", &folder)? {
            let path = entry.at("read", &folder)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('.') && name != "build" {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| Path::new(&name).extension().is_some_and(|found| found == *ending)) {
                let file = path.strip_prefix(&ws.root).unwrap_or(&path).to_string_lossy().into_owned();
                files.push((file, fs::read_to_string(&path).at("read", &path)?));
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::good;
    use super::*;

    const TEXTS: &str = "[a.b]\nen = \"x\"\nzh_hans = \"x\"\nzh_hant_hk = \"x\"\n\
        [a.count]\nargs = [\"n: plural\"]\nen = { one = \"{n}\", other = \"{n}\" }\nzh_hans = \"{n}\"\nzh_hant_hk = \"{n}\"\n";

    fn whats(findings: &[Finding]) -> Vec<String> {
        findings.iter().map(|f| format!("{}:{}: {}", f.file, f.line, f.what)).collect()
    }

    fn android(source: &str) -> Vec<String> {
        let mut used = BTreeMap::new();
        android_keys("A.kt", &reader::read(source, Dialect::Kotlin).code, &mut used);
        whats(&android_findings(&good(TEXTS), &used, true))
    }

    fn swift(source: &str) -> Vec<String> {
        let mut used = Vec::new();
        let literals = reader::read(source, Dialect::Swift).literals;
        swift_keys("A.swift", literals, &BTreeSet::from(["a"]), &mut used);
        whats(&apple_findings(&good(TEXTS), &used, true))
    }

    #[test]
    fn android_uses_are_found_in_kotlin_and_xml() {
        assert_eq!(android("f(R.string.a_b, R.plurals.a_count, android.R.string.ok)"), Vec::<String>::new());
        let mut used = BTreeMap::new();
        android_keys("a.xml", "<x y=\"@string/a_b\" z=\"@plurals/a_count\" w=\"@android:string/ok\"/>", &mut used);
        assert_eq!(android_findings(&good(TEXTS), &used, true), []);
        let unused = "texts/a.toml:1: a.b: the Android app does not use it; remove it, or say `only = \"ios\"`";
        assert_eq!(android("f(R.plurals.a_count)"), [unused]);
        let missing = "A.kt:2: string/a_count is not in texts/ for Android";
        assert_eq!(android("f(R.plurals.a_count)\nf(R.string.a_b, R.string.a_count)"), [missing]);
    }

    #[test]
    fn swift_uses_are_found_in_literals_with_their_arguments() {
        assert_eq!(swift("Text(\"a.b\"); Text(\"a.count \\(list.count + f(\")\"))\")"), Vec::<String>::new());
        assert_eq!(swift("x ? \"a.b\" : \"a.count %lld\""), Vec::<String>::new());
        let nested = swift("Text(\"\\(x ? \"a.b\" : \"a.c\") and\"); Text(\"a.count \\(n)\")");
        assert_eq!(nested, ["A.swift:1: \"a.c\" is not in texts/ for iOS"]);
        let unused = "texts/a.toml:1: a.b: the iOS app does not use it; remove it, or say `only = \"android\"`";
        assert_eq!(swift("// \"a.b\"\n/* \"a.b\" */ Text(\"a.count \\(n)\").id(\"a-b\")"), [unused]);
        assert_eq!(swift("\"a.b\"\n\"a.count\""), ["A.swift:2: \"a.count\" takes 1 arguments; here it is given 0"]);
        assert_eq!(
            swift("\"a.b\" \"a.count \\(n)\" Image(\"camera.fill\") \"A.b\" \"a.b, and\""),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_sentence_in_a_source_is_found() {
        let found = |source: &str, dialect| whats(&sentences("A", &reader::read(source, dialect).literals, dialect));
        let kotlin = "Text(\"Hello $name\"); Text(\"$a · $b\"); log(\"Hello\"); f(\"打卡\") // \"打卡\"";
        let finding = |text: &str| format!("A:1: “{text}” is a sentence in a source; give it a key in texts/");
        assert_eq!(found(kotlin, Dialect::Kotlin), [finding("Hello …"), finding("打卡")]);
        let swift = "Text(verbatim: \"UTC\\(n)\"); Text(\"Hello\"); .id(\"a-b\")";
        assert_eq!(found(swift, Dialect::Swift), [finding("Hello")]);
    }

    #[test]
    fn purposes_are_explained_and_named() {
        let catalogue =
            good("[info_plist.NSCameraUsageDescription]\nen = \"x\"\nzh_hans = \"x\"\nzh_hant_hk = \"x\"\n");
        assert_eq!(whats(&info_findings(&catalogue, "<key>NSCameraUsageDescription</key>")), Vec::<String>::new());
        let own = |text: &str| format!("<key>NSCameraUsageDescription</key>\n  <string>{text}</string>");
        assert_eq!(info_findings(&catalogue, &own("x")), []);
        assert!(whats(&info_findings(&catalogue, &own("y")))[0].ends_with("has another English text"));
        let wrong = whats(&info_findings(&catalogue, "<key>NSMotionUsageDescription</key>"));
        assert_eq!(wrong.len(), 2);
        assert!(
            wrong[0].ends_with("does not name it") && wrong[1].ends_with("add info_plist.NSMotionUsageDescription")
        );
    }
}
