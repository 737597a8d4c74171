//! How this project writes: characters, punctuation and words of each language.
//!
//! Characters are judged by the national character sets, which were made for exactly one way of writing: Simplified text is
//! within GB 2312, Traditional text within level 1 of Big5 (the 5401 characters in common use; level 2 has rare ones that look
//! like Simplified characters, such as 网). Hong Kong's few others stand in `words.toml`, as do the words to avoid and
//! what to say instead. A character that both ways of writing have, with different meanings (后, 里, 于), is a word to avoid.

use encoding_rs::{BIG5, GBK};
use serde::Deserialize;

use super::source::{Catalogue, Entry, Kind, Language, Pattern, Piece};
use crate::check::Finding;
use crate::failure::{Outcome, failed};

/// The words to avoid, and the characters to allow.
pub(super) const FILE: &str = "texts/words.toml";

/// Half-width punctuation that Chinese text has a full-width form for.
const HALF_WIDTH: [char; 9] = [',', ';', ':', '?', '(', ')', '"', '\'', '.'];

/// What is read from [`FILE`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    /// Characters of Hong Kong outside level 1 of Big5.
    hong_kong: String,
    avoid: Vec<Avoid>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Avoid {
    languages: Vec<Language>,
    word: String,
    /// What to say instead, or why not to say it.
    say: String,
    /// Words that have it in them and are right.
    #[serde(default)]
    but: Vec<String>,
}

impl Words {
    pub(super) fn read(text: &str) -> Outcome<Self> {
        match toml::from_str(text) {
            Ok(words) => Ok(words),
            Err(error) => failed(format!("{FILE}: {}", error.to_string().trim())),
        }
    }

    pub(super) fn check(&self, catalogue: &Catalogue) -> Vec<Finding> {
        let mut findings = Vec::new();
        for entry in catalogue.values().filter(|entry| !entry.as_is) {
            for language in Language::ALL {
                for (_, pattern) in entry.patterns(language) {
                    let text = shown(pattern, entry);
                    let wrong = self.wrong(language, &text);
                    findings
                        .extend(wrong.into_iter().map(|what| entry.finding(format!("{}: {what}", language.field()))));
                }
            }
        }
        findings
    }

    /// Everything that is wrong with a text.
    fn wrong(&self, language: Language, text: &str) -> Vec<String> {
        let mut wrong = Vec::new();
        let mut say = |found: bool, what: &str| {
            if found {
                wrong.push(what.to_owned());
            }
        };
        say(text.trim().is_empty(), "empty");
        say(text.trim() != text, "white space at an end");
        say(text.contains("  "), "two spaces");
        say(text.contains(['!', '！']), "an exclamation mark");
        say(text.contains("..."), "three dots; write …");
        say(text.contains('%'), "a percent sign; the platform formats numbers");
        match language {
            Language::En => {
                say(text.contains(['\'', '"']), "straight quotes; write ’ or “…”");
                say(text.chars().any(is_han), "a Chinese character");
            }
            Language::ZhHans => {
                say(text.contains(['「', '」', '『', '』']), "quotes of Traditional Chinese; write “…”")
            }
            Language::ZhHantHk => say(text.contains(['“', '”', '‘', '’']), "quotes of Simplified Chinese; write 「…」"),
        }
        if language != Language::En {
            wrong.extend(half_width(text).map(|c| format!("half-width `{c}`")));
            if tight(text) {
                wrong.push("no space between a Chinese character and a Latin letter or digit".to_owned());
            }
            wrong.extend(self.foreign(language, text).map(|c| format!("{c} is not written so in this language")));
        }
        wrong.extend(self.avoided(language, text));
        wrong
    }

    fn foreign(&self, language: Language, text: &str) -> impl Iterator<Item = char> {
        text.chars().filter(move |c| {
            is_han(*c)
                && match language {
                    Language::En => false,
                    Language::ZhHans => !in_gb2312(*c),
                    Language::ZhHantHk => !in_big5_level_1(*c) && !self.hong_kong.contains(*c),
                }
        })
    }

    fn avoided(&self, language: Language, text: &str) -> impl Iterator<Item = String> {
        let text = text.to_lowercase();
        self.avoid
            .iter()
            .filter(move |avoid| avoid.languages.contains(&language) && avoid.stands_in(&text, language))
            .map(|avoid| format!("“{}”: {}", avoid.word, avoid.say))
    }
}

impl Avoid {
    /// As a word in English, anywhere in Chinese, outside the words that may have it in them.
    fn stands_in(&self, text: &str, language: Language) -> bool {
        let mut text = text.to_owned();
        for right in &self.but {
            text = text.replace(&right.to_lowercase(), " ");
        }
        let word = self.word.to_lowercase();
        text.match_indices(&word).any(|(at, _)| {
            let part = |c: Option<char>| language == Language::En && c.is_some_and(char::is_alphanumeric);
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at + word.len()..).and_then(|after| after.chars().next());
            !part(before) && !part(after)
        })
    }
}

/// The text as a person may see it, with 0 for a number and nothing between for a text.
fn shown(pattern: &Pattern, entry: &Entry) -> String {
    let text = |piece: &Piece| match piece {
        Piece::Text(text) => text.clone(),
        Piece::Arg(index) => match entry.args.get(*index) {
            Some((_, Kind::Text)) | None => "\u{fffc}".to_owned(),
            Some(_) => "0".to_owned(),
        },
    };
    pattern.iter().map(text).collect()
}

/// A character of the Chinese script.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Punctuation that stands beside Chinese, or ends a text. Between Latin letters and digits it is theirs.
fn half_width(text: &str) -> impl Iterator<Item = char> {
    let letters: Vec<char> = text.chars().collect();
    let latin = |index: Option<usize>| {
        let c = index.and_then(|index| letters.get(index)).copied();
        c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '/')
    };
    let wrong: Vec<char> = (0..letters.len())
        .filter(|index| !(latin(index.checked_sub(1)) && latin(Some(index + 1))))
        .filter_map(|index| letters.get(index).copied())
        .filter(|c| HALF_WIDTH.contains(c))
        .collect();
    wrong.into_iter()
}

/// A Chinese character directly beside a Latin letter or digit.
fn tight(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    letters.windows(2).any(|pair| match pair {
        [a, b] => (is_han(*a) && b.is_ascii_alphanumeric()) || (a.is_ascii_alphanumeric() && is_han(*b)),
        _ => false,
    })
}

/// GB 2312 is rows 16 to 87 of GBK, both bytes from 0xA1 on.
fn in_gb2312(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = GBK.encode(c.encode_utf8(&mut buffer));
    !unmappable && matches!(*bytes, [0xB0..=0xF7, 0xA1..=0xFE])
}

/// Level 1 of Big5 is 0xA440 to 0xC67E.
fn in_big5_level_1(c: char) -> bool {
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = BIG5.encode(c.encode_utf8(&mut buffer));
    !unmappable && matches!(*bytes, [0xA4..=0xC5, _] | [0xC6, 0x40..=0x7E])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::read(
            "hong_kong = \"裏\"\n\
             [[avoid]]\nlanguages = [\"zh_hant_hk\"]\nword = \"設置\"\nsay = \"設定\"\n\
             [[avoid]]\nlanguages = [\"zh_hant_hk\"]\nword = \"係\"\nsay = \"是\"\nbut = [\"關係\"]\n\
             [[avoid]]\nlanguages = [\"en\"]\nword = \"Late\"\nsay = \"x\"\n",
        )
        .unwrap()
    }

    fn wrong(language: Language, text: &str) -> Vec<String> {
        words().wrong(language, text)
    }

    /// Words of the vocabulary's table, each in its own and in the other way of writing.
    #[test]
    fn each_way_of_writing_is_told_from_the_other() {
        let pairs = [
            ("网络", "網絡"),
            ("服务器", "伺服器"),
            ("无", "無"),
            ("点", "點"),
            ("机", "機"),
            ("体", "體"),
            ("里", "裏"),
        ];
        for (simplified, traditional) in pairs {
            assert_eq!(wrong(Language::ZhHans, simplified), Vec::<String>::new());
            assert_eq!(wrong(Language::ZhHantHk, traditional), Vec::<String>::new());
            assert!(!wrong(Language::ZhHans, traditional).is_empty() || traditional == "伺服器", "{traditional}");
            assert!(!wrong(Language::ZhHantHk, simplified).is_empty() || simplified == "里", "{simplified}");
        }
    }

    #[test]
    fn punctuation_is_full_width_in_chinese() {
        for (text, character) in [("好,的", ','), ("好.", '.'), ("好(一)", '('), ("好:", ':'), ("好?", '?')] {
            assert_eq!(wrong(Language::ZhHans, text)[0], format!("half-width `{character}`"));
        }
        assert_eq!(wrong(Language::ZhHans, "按 a.b 写，好吗？（是的）"), Vec::<String>::new());
        assert_eq!(wrong(Language::ZhHans, "「好」"), ["quotes of Traditional Chinese; write “…”"]);
        assert_eq!(wrong(Language::ZhHantHk, "“好”"), ["quotes of Simplified Chinese; write 「…」"]);
        assert_eq!(
            wrong(Language::ZhHans, "共3次"),
            ["no space between a Chinese character and a Latin letter or digit"]
        );
    }

    #[test]
    fn loud_empty_and_careless_texts_are_found() {
        assert_eq!(wrong(Language::En, "Done!"), ["an exclamation mark"]);
        assert_eq!(wrong(Language::ZhHans, "好！"), ["an exclamation mark"]);
        assert_eq!(wrong(Language::En, " "), ["empty", "white space at an end"]);
        assert_eq!(wrong(Language::En, "a  b"), ["two spaces"]);
        assert_eq!(wrong(Language::En, "a..."), ["three dots; write …"]);
        assert_eq!(wrong(Language::En, "it's"), ["straight quotes; write ’ or “…”"]);
        assert_eq!(wrong(Language::En, "5 %"), ["a percent sign; the platform formats numbers"]);
        assert_eq!(wrong(Language::En, "打卡"), ["a Chinese character"]);
    }

    #[test]
    fn words_to_avoid_are_found_as_words() {
        assert_eq!(wrong(Language::ZhHantHk, "設置"), ["“設置”: 設定"]);
        assert_eq!(wrong(Language::ZhHantHk, "關係"), Vec::<String>::new());
        assert_eq!(wrong(Language::ZhHantHk, "係關係"), ["“係”: 是"]);
        assert_eq!(wrong(Language::En, "you are late"), ["“Late”: x"]);
        assert_eq!(wrong(Language::En, "later"), Vec::<String>::new());
    }
}
