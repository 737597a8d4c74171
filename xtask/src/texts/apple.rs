//! Apple's string catalogues: `Localizable.xcstrings` for the app, `InfoPlist.xcstrings` for what the system shows on its
//! behalf, `AppShortcuts.xcstrings` for what is said to Siri.
//!
//! A key with arguments is what SwiftUI asks for when the key is written with interpolations: `Text("today.waiting \(n)")` looks
//! up `today.waiting %lld`. So a catalogue key is the source's key and then, in the order of the arguments, ` %lld` for a number
//! and ` %@` for a text. Values number their arguments where there are several, because a language may need another order.
//!
//! Siri's phrases have their English words as key, as the compiler reads them off the source, with `${applicationName}` for the
//! app's name, which each has to hold.
//!
//! Traditional Chinese stands there twice, as `zh-Hant-HK` and as `zh-Hant`: a phone in zh-Hant-TW or zh-Hant-MO finds its script, and
//! nothing depends on whether one region stands in for another.
//!
//! The layout is the one that Xcode writes (two spaces, a space before the colon), so that opening a catalogue changes nothing.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use serde_json::ser::Formatter;
use serde_json::{Map, Value, json};

use super::source::{Catalogue, Entry, Kind, Language, Pattern, Piece, Shell};

/// The app's sentences.
pub(super) const CATALOGUE: &str = "ios-shell/Sources/DakaScreens/Resources/Localizable.xcstrings";
/// The system's sentences.
pub(super) const INFO: &str = "ios-shell/App/InfoPlist.xcstrings";

/// What is said to Siri.
pub(super) const PHRASES: &str = "ios-shell/App/AppShortcuts.xcstrings";
/// Siri's name for the app's name.
const APP_NAME: &str = "${applicationName}";

/// Apple's names of the languages.
const NAMES: [(&str, Language); 4] = [
    ("en", Language::En),
    ("zh-Hans", Language::ZhHans),
    ("zh-Hant", Language::ZhHantHk),
    ("zh-Hant-HK", Language::ZhHantHk),
];

/// All files, by path.
pub(super) fn files(catalogue: &Catalogue) -> BTreeMap<String, String> {
    let ours = || catalogue.values().filter(|entry| entry.is_for(Shell::Ios));
    let app = ours().filter(|entry| entry.info_key().is_none() && !entry.is_phrase()).map(|entry| (key(entry), entry));
    let phrases = ours().filter(|entry| entry.is_phrase()).map(|entry| (phrase(entry, APP_NAME), entry));
    let info = ours().filter_map(|entry| entry.info_key().map(|key| (key.to_owned(), entry)));
    BTreeMap::from([
        (CATALOGUE.to_owned(), file(app)),
        (INFO.to_owned(), file(info)),
        (PHRASES.to_owned(), file(phrases)),
    ])
}

/// A phrase in English, with this for the app's name.
pub(super) fn phrase(entry: &Entry, name: &str) -> String {
    let pieces = entry.patterns(Language::En).flat_map(|(_, pattern)| pattern);
    pieces.map(|piece| if let Piece::Text(text) = piece { text } else { name }).collect()
}

/// The catalogue's key: `today.waiting %lld`.
pub(super) fn key(entry: &Entry) -> String {
    let mut key = entry.key.clone();
    for (_, kind) in &entry.args {
        let _ = write!(key, " %{}", conversion(*kind));
    }
    key
}

fn conversion(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "@",
        Kind::Number | Kind::Plural => "lld",
    }
}

fn file<'a>(entries: impl Iterator<Item = (String, &'a Entry)>) -> String {
    let strings: Map<String, Value> = entries.map(|(key, entry)| (key, string(entry))).collect();
    let file = json!({ "sourceLanguage": "en", "strings": strings, "version": "1.0" });
    let mut out = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut out, Xcode { depth: 0, filled: false });
    // A value in memory, into memory: nothing of it can fail.
    let _ = serde::Serialize::serialize(&file, &mut serializer);
    out.push(b'\n');
    String::from_utf8_lossy(&out).into_owned()
}

fn string(entry: &Entry) -> Value {
    let unit = |pattern: &Pattern| json!({ "stringUnit": { "state": "translated", "value": value(pattern, entry) } });
    let mut languages = Map::new();
    for (name, language) in NAMES {
        let forms: Map<String, Value> =
            entry.patterns(language).map(|(category, pattern)| (category.to_owned(), unit(pattern))).collect();
        let text = if entry.counts() {
            json!({ "variations": { "plural": forms } })
        } else {
            forms.into_iter().map(|(_, unit)| unit).next().unwrap_or_default()
        };
        languages.insert(name.to_owned(), text);
    }
    let mut string = Map::new();
    if let Some(note) = &entry.note {
        string.insert("comment".to_owned(), json!(note));
    }
    string.insert("extractionState".to_owned(), json!("manual"));
    string.insert("localizations".to_owned(), Value::Object(languages));
    Value::Object(string)
}

fn value(pattern: &Pattern, entry: &Entry) -> String {
    let mut out = String::new();
    for piece in pattern {
        match piece {
            Piece::Text(text) if entry.args.is_empty() || entry.is_phrase() => out.push_str(text),
            Piece::Arg(_) if entry.is_phrase() => out.push_str(APP_NAME),
            Piece::Text(text) => out.push_str(&text.replace('%', "%%")),
            Piece::Arg(index) => {
                let kind = entry.args.get(*index).map_or(Kind::Text, |(_, kind)| *kind);
                let number = if entry.args.len() > 1 { format!("{}$", index + 1) } else { String::new() };
                let _ = write!(out, "%{number}{}", conversion(kind));
            }
        }
    }
    out
}

/// JSON as Xcode lays it out.
struct Xcode {
    depth: usize,
    /// Whether the object that was begun last has something in it.
    filled: bool,
}

impl Xcode {
    fn line<W: ?Sized + io::Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.depth).try_for_each(|_| writer.write_all(b"  "))
    }
}

impl Formatter for Xcode {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth += 1;
        self.filled = false;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        if !self.filled {
            // Xcode puts an empty line into an empty object.
            writer.write_all(b"\n")?;
        }
        self.line(writer)?;
        self.filled = true;
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.filled = true;
        self.line(writer)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b" : ")
    }
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::good;
    use super::*;

    #[test]
    fn a_key_is_what_an_interpolated_text_asks_for() {
        let catalogue = good(
            "[a.two]\nargs = [\"site: text\", \"far: number\"]\nen = \"{far} m from {site}\"\nzh_hans = \"{site}{far} 米\"\n\
             zh_hant_hk = \"{site}{far} 米\"\n",
        );
        let entry = &catalogue["a.two"];
        assert_eq!(key(entry), "a.two %@ %lld");
        let english = entry.patterns(Language::En).map(|(_, pattern)| value(pattern, entry)).collect::<Vec<_>>();
        assert_eq!(english, ["%2$lld m from %1$@"]);
    }

    #[test]
    fn a_phrase_is_known_by_its_english_words() {
        let catalogue = good(
            "[phrases.go]\nonly = \"ios\"\nargs = [\"app: text\"]\nen = \"Go with {app}\"\nzh_hans = \"用{app}走\"\n\
             zh_hant_hk = \"用{app}走\"\n",
        );
        let files = files(&catalogue);
        let file: Value = serde_json::from_str(&files[PHRASES]).unwrap();
        let texts = &file["strings"]["Go with ${applicationName}"]["localizations"];
        assert_eq!(texts["en"]["stringUnit"]["value"], "Go with ${applicationName}");
        assert_eq!(texts["zh-Hant-HK"]["stringUnit"]["value"], "用${applicationName}走");
        assert!(!files[CATALOGUE].contains("Go with"));
    }

    /// The layout of a catalogue that Xcode saved.
    #[test]
    fn a_catalogue_is_laid_out_as_xcode_does() {
        let catalogue = good(
            "[a.days]\nnote = \"N\"\nargs = [\"n: plural\"]\nen = { one = \"{n} day\", other = \"{n} days\" }\n\
             zh_hans = \"{n} 天\"\nzh_hant_hk = \"{n} 日\"\n",
        );
        let text = &files(&catalogue)[CATALOGUE];
        let head = r#"{
  "sourceLanguage" : "en",
  "strings" : {
    "a.days %lld" : {
      "comment" : "N",
      "extractionState" : "manual",
      "localizations" : {
        "en" : {
          "variations" : {
            "plural" : {
              "one" : {
                "stringUnit" : {
                  "state" : "translated",
                  "value" : "%lld day"
                }
              },
"#;
        assert!(text.starts_with(head), "{text}");
        assert!(text.ends_with("    }\n  },\n  \"version\" : \"1.0\"\n}\n"), "{text}");
        assert_eq!(
            serde_json::from_str::<Value>(text).unwrap()["strings"]["a.days %lld"]["localizations"]
                .as_object()
                .unwrap()
                .len(),
            4
        );
        assert_eq!(
            files(&catalogue)[INFO],
            "{\n  \"sourceLanguage\" : \"en\",\n  \"strings\" : {\n\n  },\n  \"version\" : \"1.0\"\n}\n"
        );
    }
}
