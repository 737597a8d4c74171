//! What a person may send to whoever helps: versions, counts and codes. No id, name, key, place or time of a punch is in it.

use super::db::readable;
use super::rulebook::InForce;
use super::sync::TASK;
use super::{DakaError, Engine, consent, export};
use crate::domain::journal::{FORMAT_VERSION, Purpose};
use crate::domain::trust::EnrolState;
use crate::ports::PhotoState;
use std::sync::Arc;

/// The revision of the text that the apps show on their consent page. It rises with the text.
pub const CONSENT_TEXT_REV: u64 = 1;

/// Versions, counts and codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Diagnostics {
    /// The core's version.
    pub core: &'static str,
    /// The app's version.
    pub app: String,
    /// The version of the formats.
    pub format: u64,
    /// Where the enrolment stands: `none`, `active`, `pending`.
    pub enrolment: &'static str,
    /// What is known of the journal; absent before enrolment.
    pub journal: Option<JournalCounts>,
}

/// Counts of a journal.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct JournalCounts {
    /// Entries that are held.
    pub entries: u64,
    /// Epochs.
    pub epochs: u64,
    /// Entries that wait.
    pub waiting: u64,
    /// Entries that were put aside.
    pub put_aside: u64,
    /// Entries that were refused.
    pub refused: u64,
    /// Entries whose signature is pending.
    pub unsigned: u64,
    /// Photos that wait.
    pub photos: u64,
    /// Photos in no entry.
    pub photo_drafts: u64,
    /// Why the next attempt waits, as a code.
    pub waits_for: Option<String>,
    /// Attempts that failed since the last success.
    pub attempts: u32,
    /// A rule set is in force.
    pub rules: bool,
    /// How many sites it has.
    pub sites: u64,
    /// Purposes that are agreed to, as codes.
    pub consent: Vec<&'static str>,
    /// The word that a tap now would get, as a code.
    pub word: &'static str,
}

/// What the consent page shows, beside its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentPage {
    /// The revision of the text: to be handed back with the choices.
    pub text_rev: u64,
    /// What consent is asked for, in the order of the page.
    pub purposes: Vec<Purpose>,
    /// Coordinates are recorded, not the verdict alone.
    pub records_coordinates: bool,
    /// Photos may come from the gallery.
    pub gallery_allowed: bool,
    /// Photos wait for Wi-Fi.
    pub photos_on_wifi_only: bool,
    /// The employer's own policy says so; else these are the defaults, and it may say otherwise later.
    pub from_employer: bool,
}

impl Engine {
    /// Versions, counts and codes, also before enrolment.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn diagnostics(&self) -> Result<Diagnostics, DakaError> {
        let none = Diagnostics {
            core: env!("CARGO_PKG_VERSION"),
            app: self.settings.app_version.clone(),
            format: FORMAT_VERSION,
            enrolment: "none",
            journal: None,
        };
        if !self.is_enrolled() {
            return Ok(none);
        }
        let (home, crypto) = (self.home()?, Arc::clone(&self.ports.crypto));
        let enrolment = if home.standing == EnrolState::Active { "active" } else { "pending" };
        let counts = self.read(move |tx| {
            let due = readable(tx.due(TASK))?.flatten();
            let given = consent::current(tx)?.1;
            Ok(JournalCounts {
                entries: export::entries_held(tx)?,
                epochs: tx.epochs()?.len() as u64,
                waiting: home.queue.waiting,
                put_aside: home.queue.put_aside,
                refused: home.queue.refused,
                unsigned: home.queue.unsigned,
                photos: home.queue.photos,
                photo_drafts: tx.photos(PhotoState::Draft)?.iter().filter(|p| !p.evidence.is_empty()).count() as u64,
                attempts: due.as_ref().map_or(0, |d| d.attempts),
                waits_for: due.map(|d| d.reason),
                rules: InForce::load(&*crypto, tx)?.rev.is_some(),
                sites: home.sites.len() as u64,
                consent: Purpose::ALL.iter().filter(|p| given.covers(**p)).map(|p| p.code()).collect(),
                word: home.word.code(),
            })
        })?;
        Ok(Diagnostics { enrolment, journal: Some(counts), ..none })
    }

    /// What the consent page shows; before the first rules came, the defaults.
    ///
    /// # Errors
    /// [`DakaError`] if the store refuses.
    pub fn consent_page(&self) -> Result<ConsentPage, DakaError> {
        let crypto = Arc::clone(&self.ports.crypto);
        self.read(move |tx| {
            let rules = InForce::load(&*crypto, tx)?;
            Ok(ConsentPage {
                text_rev: CONSENT_TEXT_REV,
                purposes: Purpose::ALL.to_vec(),
                records_coordinates: rules.policy.record_coordinates,
                gallery_allowed: rules.policy.gallery_allowed,
                photos_on_wifi_only: rules.policy.photos_on_wifi_only,
                from_employer: rules.rev.is_some(),
            })
        })
    }
}
