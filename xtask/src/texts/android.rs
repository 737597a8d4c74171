//! Android's resources: one `strings.xml` per language.
//!
//! The folders: `values` is English and what Android falls back to; `values-zh-rCN` and `values-zh-rHK` are the two Chinese
//! ones. Since Android 7 a region stands for its likely script (CN: Hans, HK: Hant), and resources match by language and script:
//! a phone in zh-SG or zh-Hans takes zh-rCN, one in zh-TW, zh-MO or zh-Hant takes zh-rHK, and none of them falls to English.
//!
//! Escapes, from "String resources" of the Android developers' guide: a backslash before `\`, `'` and `"`, and before a leading
//! `@` or `?`; `\n` for a line's end; XML's own for `&`, `<` and `>`. `%` is doubled where the text is a format.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::source::{Catalogue, Entry, Kind, Language, Pattern, Piece, Shell};

/// The files, by language.
pub(super) const FILES: [(Language, &str); 3] = [
    (Language::En, "android-shell/app/src/main/res/values/strings.xml"),
    (Language::ZhHans, "android-shell/app/src/main/res/values-zh-rCN/strings.xml"),
    (Language::ZhHantHk, "android-shell/app/src/main/res/values-zh-rHK/strings.xml"),
];

/// All files, by path.
pub(super) fn files(catalogue: &Catalogue) -> BTreeMap<String, String> {
    FILES.iter().map(|(language, path)| ((*path).to_owned(), strings(catalogue, *language))).collect()
}

fn strings(catalogue: &Catalogue, language: Language) -> String {
    let mut out = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n\
                   <!-- Generated from texts/ by `cargo xtask generate`. -->\n<resources>\n"
        .to_owned();
    for entry in catalogue.values().filter(|entry| entry.is_for(Shell::Android)) {
        // Writing to a string cannot fail.
        let _ = resource(&mut out, entry, language);
    }
    out.push_str("</resources>\n");
    out
}

fn resource(out: &mut String, entry: &Entry, language: Language) -> std::fmt::Result {
    let name = entry.resource();
    // Notes are for translators, who read the source; the English file is the one that Android's own tools show.
    if let (Language::En, Some(note)) = (language, &entry.note) {
        writeln!(out, "    <!-- {} -->", note.replace("--", "-"))?;
    }
    if entry.counts() {
        writeln!(out, "    <plurals name=\"{name}\">")?;
        for (category, pattern) in entry.patterns(language) {
            writeln!(out, "        <item quantity=\"{category}\">{}</item>", value(pattern, entry))?;
        }
        return writeln!(out, "    </plurals>");
    }
    for (_, pattern) in entry.patterns(language) {
        writeln!(out, "    <string name=\"{name}\">{}</string>", value(pattern, entry))?;
    }
    Ok(())
}

fn value(pattern: &Pattern, entry: &Entry) -> String {
    let mut out = String::new();
    for (at, piece) in pattern.iter().enumerate() {
        match piece {
            Piece::Text(text) => out.push_str(&escaped(text, at == 0, !entry.args.is_empty())),
            Piece::Arg(index) => {
                let text = entry.args.get(*index).is_some_and(|(_, kind)| *kind == Kind::Text);
                let _ = write!(out, "%{}${}", index + 1, if text { 's' } else { 'd' });
            }
        }
    }
    out
}

fn escaped(text: &str, leading: bool, format: bool) -> String {
    let mut out = String::new();
    for (index, c) in text.char_indices() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\'' => out.push_str("\\'"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '%' if format => out.push_str("%%"),
            '@' | '?' if leading && index == 0 => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::source::tests::good;
    use super::*;

    /// Expected texts by the rules of the developers' guide, written by hand.
    #[test]
    fn texts_are_escaped_as_android_reads_them() {
        assert_eq!(escaped(r#"It's "5\6" & <7>"#, true, false), r#"It\'s \"5\\6\" &amp; &lt;7&gt;"#);
        assert_eq!(escaped("@home?", true, false), "\\@home?");
        assert_eq!(escaped("?", true, false), "\\?");
        assert_eq!(escaped("@home", false, false), "@home");
        assert_eq!(escaped("a\nb", true, false), "a\\nb");
        assert_eq!(escaped("5 %", true, true), "5 %%");
        assert_eq!(escaped("5 %", true, false), "5 %");
    }

    #[test]
    fn arguments_are_numbered_and_plurals_have_their_forms() {
        let catalogue = good(
            "[a.two]\nnote = \"N\"\nargs = [\"site: text\", \"far: number\"]\nen = \"{far} m from {site}\"\n\
             zh_hans = \"距{site} {far} 米\"\nzh_hant_hk = \"距{site} {far} 米\"\n\
             [a.count]\nargs = [\"n: plural\"]\nen = { one = \"{n} day\", other = \"{n} days\" }\n\
             zh_hans = \"{n} 天\"\nzh_hant_hk = \"{n} 日\"\n\
             [a.apple]\nonly = \"ios\"\nen = \"x\"\nzh_hans = \"x\"\nzh_hant_hk = \"x\"\n",
        );
        let body = |language| {
            let text = strings(&catalogue, language);
            text.lines().skip(3).map(str::trim).collect::<Vec<_>>().join("\n")
        };
        assert_eq!(
            body(Language::En),
            "<plurals name=\"a_count\">\n<item quantity=\"one\">%1$d day</item>\n<item quantity=\"other\">%1$d days</item>\n\
             </plurals>\n<!-- N -->\n<string name=\"a_two\">%2$d m from %1$s</string>\n</resources>"
        );
        assert_eq!(
            body(Language::ZhHantHk),
            "<plurals name=\"a_count\">\n<item quantity=\"other\">%1$d 日</item>\n</plurals>\n\
             <string name=\"a_two\">距%1$s %2$d 米</string>\n</resources>"
        );
    }
}
