//! What the phone remembers beside its journals: which one was used last, and settings that belong to the person and to no employer.
//!
//! The value and its text alone; `adapters::phone` keeps it in a file. Nothing in it is secret: ids are random, and names stay sealed in
//! each journal's folder. The folders say which journals there are, and the registry only their order; so nothing is lost with it.
//!
//! ```json
//! { "version": 1, "last_used": ["<32 hexadecimal digits>", …], "settings": { "language": "system", "theme": "dark", "data_saver": false } }
//! ```

use crate::domain::error::FormatError;
use crate::domain::ids::{hex, parse_hex};
use serde::{Deserialize, Serialize};
use std::fmt;

/// The version that this build writes, and the only one that it reads.
const VERSION: u32 = 1;

/// The most bytes that are read as a registry: some thousand journals.
pub const MAX_REGISTRY: u64 = 64 * 1024;

/// One journal on this phone, whoever's it is or will be: the name of its folder, and of its keys in the platform's store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId(pub [u8; 16]);

impl ProfileId {
    /// Reads 32 lower-case hexadecimal digits, the one form of an id.
    ///
    /// # Errors
    /// [`FormatError`] naming `profile`.
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(FormatError::syntax("profile", "lower-case hexadecimal digits"));
        }
        parse_hex("profile", text).map(Self)
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl fmt::Debug for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// In which language the app speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// As the system does.
    #[default]
    System,
    /// English.
    En,
    /// Chinese in simplified characters.
    ZhHans,
    /// Chinese in traditional characters, as in Hong Kong.
    ZhHantHk,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Settings of the app, the same for every employer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AppSettings {
    /// The app's language.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Whether photos wait for a network that costs nothing by the byte, whatever the employer's policy.
    pub data_saver: bool,
}

/// Journals in the order in which they were used, and settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    /// The one used last first; none twice.
    pub last_used: Vec<ProfileId>,
    /// The app's settings.
    pub settings: AppSettings,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    version: u32,
    last_used: Vec<String>,
    settings: AppSettings,
}

impl Registry {
    /// Reads a registry.
    ///
    /// # Errors
    /// [`FormatError`] for what this build did not write: damage, another version, an id that is none or is there twice.
    pub fn parse(bytes: &[u8]) -> Result<Self, FormatError> {
        let wrong = || FormatError::syntax("registry", "a registry of version 1");
        let Text { version, last_used, settings } = serde_json::from_slice(bytes).map_err(|_| wrong())?;
        if version != VERSION {
            return Err(wrong());
        }
        let mut read = Self { last_used: Vec::with_capacity(last_used.len()), settings };
        for id in &last_used {
            let id = ProfileId::parse(id)?;
            if read.last_used.contains(&id) {
                return Err(wrong());
            }
            read.last_used.push(id);
        }
        Ok(read)
    }

    /// Its text.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let last_used = self.last_used.iter().map(ToString::to_string).collect();
        let text = Text { version: VERSION, last_used, settings: self.settings };
        // Texts, a number and a truth value: none of them can fail.
        serde_json::to_vec(&text).unwrap_or_default()
    }

    /// With the folders that are there, and no other: known ones keep their order, new ones follow in the order given.
    #[must_use]
    pub fn over(mut self, folders: &[ProfileId]) -> Self {
        self.last_used.retain(|id| folders.contains(id));
        let new: Vec<ProfileId> = folders.iter().filter(|id| !self.last_used.contains(id)).copied().collect();
        self.last_used.extend(new);
        self
    }

    /// Puts one first.
    pub fn use_now(&mut self, id: ProfileId) {
        self.last_used.retain(|other| *other != id);
        self.last_used.insert(0, id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> ProfileId {
        ProfileId([n; 16])
    }

    const ONE: &str = r#"{"version":1,"last_used":["02020202020202020202020202020202","01010101010101010101010101010101"],"settings":{"language":"zh_hant_hk","theme":"dark","data_saver":true}}"#;

    #[test]
    fn a_registry_is_the_text_that_the_page_shows() {
        let settings = AppSettings { language: Language::ZhHantHk, theme: Theme::Dark, data_saver: true };
        let registry = Registry { last_used: vec![id(2), id(1)], settings };
        assert_eq!(String::from_utf8(registry.encode()).unwrap(), ONE);
        assert_eq!(Registry::parse(ONE.as_bytes()).unwrap(), registry);
        assert_eq!(Registry::parse(&Registry::default().encode()).unwrap(), Registry::default());
    }

    #[test]
    fn whatever_this_build_did_not_write_is_no_registry() {
        let bad = [
            String::new(),
            "{}".to_owned(),
            "[]".to_owned(),
            "\u{0}".repeat(300),
            ONE.replace("\"version\":1", "\"version\":2"),
            ONE.replace("\"version\":1,", ""),
            ONE.replace("0101", "0g01"),
            ONE.replace("01010101", "0101"),
            ONE.replace("02020202020202020202020202020202", "01010101010101010101010101010101"),
            ONE.replace("0202020202020202", "../../../../../x"),
            ONE.replace("zh_hant_hk", "la"),
            ONE.replace("\"settings\"", "\"sets\""),
            ONE.replace("\"theme\"", "\"more\":1,\"theme\""),
            ONE.replace("true", "1"),
            format!("{ONE}{ONE}"),
        ];
        for text in bad {
            assert!(Registry::parse(text.as_bytes()).is_err(), "{text}");
        }
        // A power cut may leave any part of a file that was not replaced in one step.
        for len in 0..ONE.len() {
            assert!(Registry::parse(&ONE.as_bytes()[..len]).is_err(), "cut to {len}");
        }
    }

    #[test]
    fn folders_say_which_there_are_and_the_registry_in_which_order() {
        let registry = Registry { last_used: vec![id(3), id(1), id(2)], settings: AppSettings::default() };
        assert_eq!(registry.clone().over(&[id(4), id(2), id(5), id(3)]).last_used, [id(3), id(2), id(4), id(5)]);
        assert_eq!(registry.over(&[]).last_used, []);
    }

    #[test]
    fn an_id_has_one_form() {
        assert_eq!(ProfileId::parse("0102030405060708090a0b0c0d0e0f10").unwrap().0[9], 10);
        for bad in ["", "0102030405060708090A0b0c0d0e0f10", "0102", "0102030405060708090a0b0c0d0e0f1", "..", "/"] {
            assert_eq!(ProfileId::parse(bad).unwrap_err().field, "profile", "{bad}");
        }
    }
}
