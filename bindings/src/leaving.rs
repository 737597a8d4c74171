//! Leaving an employer, the keys in a person's name, diagnostics, the consent page: values and calls.
//!
//! ```text
//! leave: bundle written → sync ended, database closed, client closed down → folder marked → emptied → mark gone
//! ```
//!
//! **Crashes.** Before the mark nothing is gone; after it the next opening empties the folder to its end. The bundle is on the disk
//! before the database is closed.

use crate::client::DakaClient;
use crate::codes::{FailureCode, Purpose, outward};
use crate::failure::DakaFailure;
use crate::records::all;
use crate::{outside, runtime};
use daka_core::adapters::folder;
use daka_core::app::{self, DakaError, ExportRange};
use std::path::Path;
use std::sync::Arc;

outward! {
    /// Where a key stands, as far as this phone knows.
    KeyStanding of app::KeyStanding {
        /// It signs for this person.
        Active,
        /// An administrator has to compare its fingerprint first.
        Pending,
        /// The server said that it was revoked.
        Revoked,
        /// Of an earlier phone or installation; whether it still counts is the server's to say.
        Earlier,
    }
}

/// What leaves with the employer and is nowhere else.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct LeavePreview {
    /// Entries that the server does not have yet.
    pub waiting: u64,
    /// Entries that it put aside for a person.
    pub put_aside: u64,
    /// Entries that it would not take.
    pub refused: u64,
    /// Photos that it does not have yet.
    pub photos: u64,
    /// Entries whose signature is pending.
    pub unsigned: u64,
}

/// A device key in this person's name.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct KeyInfo {
    /// Its fingerprint, 64 hexadecimal digits.
    pub fingerprint: String,
    /// It is this phone's.
    pub this_device: bool,
    /// When the employer vouched for it, UTC milliseconds.
    pub since_ms: i64,
    /// Where it stands.
    pub standing: KeyStanding,
}

/// What the consent page shows, beside its text.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
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

#[uniffi::export(async_runtime = "tokio")]
impl DakaClient {
    /// What leaving would take with it.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn leave_preview(&self) -> Result<LeavePreview, DakaFailure> {
        self.inner.run(|engine| engine.leave_preview().map(Into::into)).await
    }

    /// Leaves the employer: writes a proof bundle of everything to `export_path`, closes this client down, and empties its folder:
    /// database, photos, keys that are files. Gives the bundle's size. The server is not asked, and what it has stays there; a key
    /// that the shell keeps is the shell's to remove then.
    ///
    /// # Errors
    /// `NotEnrolled`, `BadValue` for a path that is inside the folder or cannot be written, `DiskFull`, `ReadOnly`, or the store
    /// refuses: the employer is not left then. Once the client is closed down a failure to empty the folder is made good by the
    /// next opening or another `leave`.
    pub async fn leave(&self, export_path: String) -> Result<u64, DakaFailure> {
        let inner = Arc::clone(&self.inner);
        let client = Self { inner: Arc::clone(&inner) };
        runtime::spawned(async move {
            inner.stops.stop();
            let home = inner.folder.clone();
            let size = {
                let (inner, home) = (Arc::clone(&inner), home.clone());
                runtime::blocking(move || {
                    let path = Path::new(&export_path);
                    outside(&home, path)?;
                    let bytes = inner.engine()?.export(ExportRange::default(), &mut |_, _| {})?;
                    outside::write_file(path, &bytes).map_err(|e| DakaFailure::file("path", &e))?;
                    Ok(bytes.len() as u64)
                })
                .await?
            };
            client.close_down().await?;
            runtime::blocking(move || folder::leave(&home).map_err(|e| DakaError::from(e).into())).await?;
            Ok(size)
        })
        .await
    }

    /// The device keys in this person's name that this phone knows of, the newest first. The root's fingerprint is in `employer`.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn keys(&self) -> Result<Vec<KeyInfo>, DakaFailure> {
        self.inner.run(|engine| Ok(all(engine.keys()?))).await
    }

    /// Versions, counts and codes as JSON, for whoever helps: no id, name, key, place or time of a punch.
    ///
    /// # Errors
    /// `Closed`, or the store refuses.
    pub async fn diagnostics(&self) -> Result<String, DakaFailure> {
        let (storage, platform) = (self.inner.storage().clone(), self.inner.platform);
        self.inner
            .run(move |engine| {
                let mut said =
                    serde_json::to_value(engine.diagnostics()?).map_err(|e| DakaError::Internal(e.to_string()))?;
                if let Some(said) = said.as_object_mut() {
                    said.insert("platform".to_owned(), format!("{platform:?}").to_lowercase().into());
                    let storage = serde_json::json!({
                        "damaged": storage.damaged.len(),
                        "structure_damaged": storage.structure_damaged,
                        "moved_aside": storage.moved_aside.is_some(),
                        "salvaged": storage.salvaged,
                        "incomplete": storage.incomplete,
                    });
                    said.insert("storage".to_owned(), storage);
                }
                Ok(said.to_string())
            })
            .await
    }

    /// What the consent page shows; before the first rules came, the defaults. Also before enrolment.
    ///
    /// # Errors
    /// `Closed`, or the store refuses.
    pub async fn consent_page(&self) -> Result<ConsentPage, DakaFailure> {
        self.inner.run(|engine| engine.consent_page().map(Into::into)).await
    }
}

/// A bundle inside the folder would be gone with it.
fn outside(folder: &Path, path: &Path) -> Result<(), DakaFailure> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let canonical = |p: &Path| p.canonicalize().map_err(|e| DakaFailure::file("path", &e));
    if canonical(parent)?.starts_with(canonical(folder)?) {
        return Err(DakaFailure::new(
            FailureCode::BadValue,
            Some("path"),
            "path must be outside the journal's folder, which is emptied",
        ));
    }
    Ok(())
}

impl From<app::LeavePreview> for LeavePreview {
    fn from(p: app::LeavePreview) -> Self {
        let app::LeavePreview { waiting, put_aside, refused, photos, unsigned } = p;
        Self { waiting, put_aside, refused, photos, unsigned }
    }
}

impl From<app::KeyInfo> for KeyInfo {
    fn from(k: app::KeyInfo) -> Self {
        Self {
            fingerprint: k.fingerprint.to_string(),
            this_device: k.this_device,
            since_ms: k.since.get(),
            standing: k.standing.into(),
        }
    }
}

impl From<app::ConsentPage> for ConsentPage {
    fn from(p: app::ConsentPage) -> Self {
        Self {
            text_rev: p.text_rev,
            purposes: all(p.purposes),
            records_coordinates: p.records_coordinates,
            gallery_allowed: p.gallery_allowed,
            photos_on_wifi_only: p.photos_on_wifi_only,
            from_employer: p.from_employer,
        }
    }
}
