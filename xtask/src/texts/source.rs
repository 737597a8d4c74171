//! The source: TOML files of entries, read whole or not at all.
//!
//! ```toml
//! [today.waiting]
//! note = "Badge above the button"
//! args = ["count: plural"]
//! en = { one = "{count} punch waiting", other = "{count} punches waiting" }
//! zh_hans = "{count} 次打卡待上传"
//! zh_hant_hk = "{count} 次打卡待上載"
//! ```
//!
//! The header is the key. `args` are in order, typed `text`, `number` or `plural`; a plural is a number that the wording
//! depends on, and an entry that has one has no other argument, so that both platforms can express it in the same way. `only`
//! names the one platform whose app has use for it. `as_is` is for names that stand in their own language everywhere.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::check::Finding;

/// A language that the apps speak.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Language {
    En,
    ZhHans,
    ZhHantHk,
}

impl Language {
    pub(super) const ALL: [Self; 3] = [Self::En, Self::ZhHans, Self::ZhHantHk];

    /// The field's name in the source.
    pub(super) fn field(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhHans => "zh_hans",
            Self::ZhHantHk => "zh_hant_hk",
        }
    }

    /// CLDR's plural categories of cardinal whole numbers.
    pub(super) fn categories(self) -> &'static [&'static str] {
        match self {
            Self::En => &["one", "other"],
            Self::ZhHans | Self::ZhHantHk => &["other"],
        }
    }
}

/// The type of an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    /// A number that the wording depends on.
    Plural,
}

/// An app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Shell {
    Android,
    Ios,
}

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    /// The argument at this index.
    Arg(usize),
}

/// One wording.
pub(super) type Pattern = Vec<Piece>;

/// A sentence, in every language: its wordings by plural category, `other` alone where nothing is counted.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) file: String,
    pub(super) line: usize,
    pub(super) key: String,
    pub(super) note: Option<String>,
    pub(super) args: Vec<(String, Kind)>,
    pub(super) only: Option<Shell>,
    /// In its own language everywhere, like a language's name.
    pub(super) as_is: bool,
    pub(super) texts: BTreeMap<Language, BTreeMap<String, Pattern>>,
}

/// Keys of this topic are the system's own, for Apple's `InfoPlist.xcstrings`.
const INFO: &str = "info_plist";
/// Keys of this topic are said to Siri, for Apple's `AppShortcuts.xcstrings`.
const PHRASES: &str = "phrases.";

impl Entry {
    pub(super) fn counts(&self) -> bool {
        self.args.iter().any(|(_, kind)| *kind == Kind::Plural)
    }

    /// A finding at this entry.
    pub(super) fn finding(&self, what: impl Into<String>) -> Finding {
        Finding { file: self.file.clone(), line: self.line, what: format!("{}: {}", self.key, what.into()) }
    }

    /// The name that Apple's `Info.plist` knows it by, if it is for that.
    pub(super) fn info_key(&self) -> Option<&str> {
        self.key.strip_prefix(INFO)?.strip_prefix('.')
    }

    /// Whether it is said to Siri; its one argument is the app's name then.
    pub(super) fn is_phrase(&self) -> bool {
        self.key.starts_with(PHRASES)
    }

    /// Whether this app gets it.
    pub(super) fn is_for(&self, shell: Shell) -> bool {
        self.only.is_none_or(|only| only == shell)
    }

    /// The name of Android's resource.
    pub(super) fn resource(&self) -> String {
        self.key.replace('.', "_")
    }

    /// All wordings in a language; none if it is missing.
    pub(super) fn patterns(&self, language: Language) -> impl Iterator<Item = (&str, &Pattern)> {
        self.texts.get(&language).into_iter().flatten().map(|(category, pattern)| (category.as_str(), pattern))
    }
}

/// All entries, by key.
pub(super) type Catalogue = BTreeMap<String, Entry>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    note: Option<String>,
    #[serde(default)]
    args: Vec<String>,
    only: Option<Shell>,
    #[serde(default)]
    as_is: bool,
    en: Option<RawText>,
    zh_hans: Option<RawText>,
    zh_hant_hk: Option<RawText>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawText {
    Plain(String),
    Plural(BTreeMap<String, String>),
}

/// Reads files (name, content). What has a finding may be missing from the catalogue.
pub(super) fn read(files: &[(String, String)]) -> (Catalogue, Vec<Finding>) {
    let (mut catalogue, mut findings) = (Catalogue::new(), Vec::new());
    for (file, text) in files {
        match text.parse::<toml::Table>() {
            Ok(table) => walk(file, text, "", &table, &mut catalogue, &mut findings),
            Err(error) => {
                let start = error.span().map_or(0, |span| span.start);
                let line = text.bytes().take(start).filter(|byte| *byte == b'\n').count() + 1;
                findings.push(Finding { file: file.clone(), line, what: error.message().to_owned() });
            }
        }
    }
    let mut resources: BTreeMap<String, &Entry> = BTreeMap::new();
    for entry in catalogue.values() {
        if let Some(other) = resources.insert(entry.resource(), entry) {
            findings.push(entry.finding(format!("Android could not tell it from `{}`", other.key)));
        }
    }
    (catalogue, findings)
}

fn walk(file: &str, text: &str, prefix: &str, table: &toml::Table, into: &mut Catalogue, found: &mut Vec<Finding>) {
    for (name, value) in table {
        let key = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let header = format!("[{key}]");
        let line = text.lines().position(|line| line.trim() == header).map_or(1, |index| index + 1);
        let mut finding =
            |what: String| found.push(Finding { file: file.to_owned(), line, what: format!("{key}: {what}") });
        let toml::Value::Table(inner) = value else {
            finding("a field outside an entry; an entry begins with its key in brackets".to_owned());
            continue;
        };
        if !Language::ALL.iter().any(|language| inner.get(language.field()).is_some_and(is_text)) {
            walk(file, text, &key, inner, into, found);
            continue;
        }
        match Raw::deserialize(inner.clone()) {
            Ok(raw) => {
                let (entry, wrong) = entry(file, line, &key, raw);
                wrong.into_iter().for_each(&mut finding);
                if into.contains_key(&key) {
                    finding("stands in another file, too".to_owned());
                }
                into.insert(key, entry);
            }
            Err(error) => finding(error.message().to_owned()),
        }
    }
}

/// A text, or texts by plural category; a key may have a part that is named like a language (`code.language.en`).
fn is_text(value: &toml::Value) -> bool {
    match value {
        toml::Value::Table(table) => !Language::ALL.iter().any(|language| table.contains_key(language.field())),
        _ => true,
    }
}

/// The entry, and sentences on what is wrong with it.
fn entry(file: &str, line: usize, key: &str, raw: Raw) -> (Entry, Vec<String>) {
    let mut wrong = Vec::new();
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let well_named = match key.strip_prefix(INFO) {
        Some(_) => key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.')),
        None => key.contains('.') && key.split('.').all(|part| !part.is_empty() && part.chars().all(small)),
    };
    if !well_named {
        wrong.push(
            "a key is a topic and at least one name, of small letters, digits, `_`, with dots between".to_owned(),
        );
    }
    let mut args = Vec::new();
    for arg in &raw.args {
        let kind = match arg.split_once(": ").map(|(name, kind)| (name, kind.trim())) {
            Some((name, "text")) => (name.to_owned(), Kind::Text),
            Some((name, "number")) => (name.to_owned(), Kind::Number),
            Some((name, "plural")) => (name.to_owned(), Kind::Plural),
            _ => {
                wrong.push(format!("`{arg}` is no argument; write `name: text`, `name: number` or `name: plural`"));
                continue;
            }
        };
        args.push(kind);
    }
    let counts = args.iter().any(|(_, kind)| *kind == Kind::Plural);
    if counts && args.len() > 1 {
        wrong.push("a plural is an entry's only argument; split the sentence".to_owned());
    }
    let mut texts = BTreeMap::new();
    let raw_texts = [(Language::En, raw.en), (Language::ZhHans, raw.zh_hans), (Language::ZhHantHk, raw.zh_hant_hk)];
    for (language, text) in raw_texts {
        let field = language.field();
        let forms = match text {
            None => {
                wrong.push(format!("{field} is missing"));
                continue;
            }
            Some(RawText::Plain(text)) => BTreeMap::from([("other".to_owned(), text)]),
            Some(RawText::Plural(forms)) => forms,
        };
        let wanted: &[&str] = if counts { language.categories() } else { &["other"] };
        let mut given: Vec<&str> = forms.keys().map(String::as_str).collect();
        given.sort_unstable();
        if given != wanted {
            wrong.push(format!("{field} has the forms {}; it needs {}", given.join(", "), wanted.join(", ")));
        }
        let mut patterns = BTreeMap::new();
        for (category, text) in forms {
            let place = if counts { format!("{field}.{category}") } else { field.to_owned() };
            match pattern(&text, &args) {
                Ok(pattern) => drop(patterns.insert(category, pattern)),
                Err(what) => wrong.push(format!("{place}: {what}")),
            }
        }
        texts.insert(language, patterns);
    }
    let only = if key.starts_with(INFO) { Some(Shell::Ios) } else { raw.only };
    (
        Entry { file: file.to_owned(), line, key: key.to_owned(), note: raw.note, args, only, as_is: raw.as_is, texts },
        wrong,
    )
}

/// Text with `{name}` in it; every argument stands there once.
fn pattern(text: &str, args: &[(String, Kind)]) -> Result<Pattern, String> {
    let (mut pieces, mut rest, mut seen) = (Vec::new(), text, Vec::new());
    while let Some((before, after)) = rest.split_once('{') {
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        let Some((name, after)) = after.split_once('}') else { return Err("a `{` has no `}`".to_owned()) };
        let Some(index) = args.iter().position(|(known, _)| known == name) else {
            return Err(format!("`{{{name}}}` is not in args"));
        };
        if seen.contains(&index) {
            return Err(format!("`{{{name}}}` stands there twice"));
        }
        seen.push(index);
        pieces.push(Piece::Arg(index));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    if pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains('}'))) {
        return Err("a `}` has no `{`".to_owned());
    }
    if let Some((_, (name, _))) = args.iter().enumerate().find(|(index, _)| !seen.contains(index)) {
        return Err(format!("`{{{name}}}` is missing"));
    }
    Ok(pieces)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// What is wrong in a file `texts/a.toml` with this content.
    fn wrong(text: &str) -> Vec<String> {
        let (_, findings) = read(&[("texts/a.toml".to_owned(), text.to_owned())]);
        findings.into_iter().map(|finding| format!("{}: {}", finding.line, finding.what)).collect()
    }

    /// The catalogue of a file without findings.
    pub(in super::super) fn good(text: &str) -> Catalogue {
        let (catalogue, findings) = read(&[("texts/a.toml".to_owned(), text.to_owned())]);
        assert_eq!(findings, []);
        catalogue
    }

    const COUNT: &str = "[a.b]\nargs = [\"n: plural\"]\nen = { one = \"{n} day\", other = \"{n} days\" }\n\
                         zh_hans = \"{n} 天\"\nzh_hant_hk = \"{n} 日\"\n";

    #[test]
    fn an_entry_has_its_key_arguments_and_forms() {
        let catalogue = good(COUNT);
        let entry = &catalogue["a.b"];
        assert_eq!((entry.line, entry.args.as_slice()), (1, &[("n".to_owned(), Kind::Plural)][..]));
        let english: Vec<&str> = entry.patterns(Language::En).map(|(category, _)| category).collect();
        assert_eq!(english, ["one", "other"]);
        let chinese: Vec<_> = entry.patterns(Language::ZhHans).collect();
        assert_eq!(chinese, [("other", &vec![Piece::Arg(0), Piece::Text(" 天".to_owned())])]);
    }

    #[test]
    fn a_missing_language_form_or_placeholder_is_found() {
        assert_eq!(wrong("[a.b]\nen = \"x\"\nzh_hans = \"x\"\n"), ["1: a.b: zh_hant_hk is missing"]);
        assert_eq!(
            wrong(&COUNT.replace("one = \"{n} day\", ", "")),
            ["1: a.b: en has the forms other; it needs one, other"]
        );
        assert_eq!(wrong(&COUNT.replace("{n} 天", "天")), ["1: a.b: zh_hans.other: `{n}` is missing"]);
        assert_eq!(wrong(&COUNT.replace("{n} 天", "{n} {m} 天")), ["1: a.b: zh_hans.other: `{m}` is not in args"]);
        assert_eq!(wrong(&COUNT.replace("{n} 天", "{n 天")), ["1: a.b: zh_hans.other: a `{` has no `}`"]);
        assert_eq!(wrong(&COUNT.replace("{n} 天", "{n}} 天")), ["1: a.b: zh_hans.other: a `}` has no `{`"]);
        assert_eq!(wrong(&COUNT.replace("{n} 天", "{n}{n} 天")), ["1: a.b: zh_hans.other: `{n}` stands there twice"]);
    }

    #[test]
    fn what_is_no_entry_and_what_both_platforms_cannot_express_is_found() {
        let more = wrong(&COUNT.replace("[\"n: plural\"]", "[\"n: plural\", \"m: text\"]"));
        assert!(more.iter().any(|what| what.contains("only argument")), "{more:?}");
        assert!(wrong(&COUNT.replace("n: plural", "n: count"))[0].contains("is no argument"));
        assert!(wrong(&format!("{COUNT}fr = \"x\"\n"))[0].contains("unknown field"));
        assert!(wrong(&COUNT.replace("[a.b]", "[a.B]"))[0].contains("small letters"));
        let twins = format!("{COUNT}{}{}", COUNT.replace("[a.b]", "[a.b_c]"), COUNT.replace("[a.b]", "[a_b.c]"));
        assert_eq!(wrong(&twins), ["11: a_b.c: Android could not tell it from `a.b_c`"].map(str::to_owned));
    }

    #[test]
    fn a_key_may_have_a_part_that_is_named_like_a_language() {
        let catalogue = good(&COUNT.replace("[a.b]", "[a.en]"));
        assert_eq!(catalogue.keys().collect::<Vec<_>>(), ["a.en"]);
    }

    #[test]
    fn a_key_of_two_files_is_found() {
        let file = |name: &str| (name.to_owned(), COUNT.to_owned());
        let (_, findings) = read(&[file("texts/a.toml"), file("texts/b.toml")]);
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].file, "texts/b.toml");
    }
}
