//! The draft of a field check-in, and the list of what waits: values and calls.

use crate::client::DakaClient;
use crate::codes::{FieldType, PunchState};
use crate::failure::DakaFailure;
use crate::records::{PhotoDraft, PunchLine, QueueState, all};
use crate::requests::{capture, digests, punch_id};
use crate::view_codes::{WaitingKind, Why};
use crate::views::{date, small};
use crate::{outside, runtime};
use daka_core::app::views::{self, PunchLine as CoreLine};
use daka_core::app::{self, DakaError, Engine, PhotoError};
use std::path::Path;
use std::sync::Arc;

/// A field check-in that was begun.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct FieldDraft {
    /// The type, once it is chosen.
    #[uniffi(default = None)]
    pub field: Option<FieldType>,
    /// The visit reference, at most 200 bytes; an empty one is none.
    #[uniffi(default = None)]
    pub visit: Option<String>,
    /// The note, at most 4000 bytes; an empty one is none.
    #[uniffi(default = None)]
    pub note: Option<String>,
    /// Digests of its photos, in order, at most 9.
    #[uniffi(default = [])]
    pub photos: Vec<String>,
}

/// What the employer's policy says of a field check-in.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FieldPolicy {
    /// Photos may be taken with the app's camera.
    pub camera: bool,
    /// Photos may be chosen from the gallery.
    pub gallery: bool,
    /// A photo is asked for. A check-in without one is kept all the same.
    pub photo_required: bool,
    /// Most photos.
    pub max_photos: i32,
    /// The person agreed to photos; without that none is taken in.
    pub photo_consent: bool,
}

/// One item of the waiting list.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct WaitingItem {
    /// What it is.
    pub kind: WaitingKind,
    /// The punch, where it is about one.
    pub punch: Option<PunchLine>,
    /// The wall clock when its first entry was written, UTC milliseconds.
    pub since_ms: i64,
    /// The offset from UTC then, minutes.
    pub offset_min: i16,
    /// Where it stands: the worst of its entries.
    pub state: PunchState,
    /// How many entries of the journal it stands for.
    pub entries: i32,
    /// How many of its photos wait.
    pub photos: i32,
}

/// What the server has not received yet.
#[derive(Clone, Debug, PartialEq, uniffi::Record)]
pub struct WaitingView {
    /// Oldest first, at most 200.
    pub items: Vec<WaitingItem>,
    /// Entries that no item stands for, because the list is too long.
    pub more: u64,
    /// The queue as a whole.
    pub queue: QueueState,
    /// Why it waits, and until when.
    pub whys: Vec<Why>,
}

#[uniffi::export(async_runtime = "tokio")]
impl DakaClient {
    /// The field check-in that was begun, if there is one. It survives a kill at any point.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn draft(&self) -> Result<Option<FieldDraft>, DakaFailure> {
        self.inner.run(|engine| Ok(engine.draft()?.map(Into::into))).await
    }

    /// Keeps the draft as it stands now. Photos that it named before and does not name now are dropped. A punch with a field type ends
    /// it in its own transaction, and drops its photos that the punch does not bind.
    ///
    /// # Errors
    /// `BadValue`, `PhotoMissing`, `PhotoTooMany`, `NotEnrolled`, or the store refuses; the draft is as it was then.
    pub async fn save_draft(&self, draft: FieldDraft) -> Result<(), DakaFailure> {
        let draft = app::FieldDraft {
            field: draft.field.map(FieldType::core).transpose()?,
            visit: draft.visit,
            note: draft.note,
            photos: digests(&draft.photos)?,
        };
        self.inner.run(move |engine| engine.save_draft(draft)).await
    }

    /// Drops the draft with its photos.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn drop_draft(&self) -> Result<(), DakaFailure> {
        self.inner.run(Engine::drop_draft).await
    }

    /// As `adopt_photo`, and the draft names the photo from the same transaction on: a kill leaves no photo that neither knows.
    ///
    /// # Errors
    /// As `adopt_photo`, and `PhotoTooMany` for a tenth. Nothing is left behind.
    pub async fn adopt_draft_photo(&self, path: String, capture: Option<String>) -> Result<PhotoDraft, DakaFailure> {
        let nonce = capture.as_deref().map(self::capture).transpose()?;
        self.inner
            .run(move |engine| {
                let mut file = outside::open_file(Path::new(&path))
                    .map_err(|e| DakaError::from(PhotoError::Unreadable(e.kind().to_string())))?;
                engine.adopt_draft_photo(&mut file, nonce).map(Into::into)
            })
            .await
    }

    /// What the policy in force says of a field check-in; the defaults while there is none.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn field_policy(&self) -> Result<FieldPolicy, DakaFailure> {
        self.inner.run(|engine| engine.field_policy().map(Into::into)).await
    }

    /// What the server has not received: waiting, put aside, refused, and photos that wait.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn waiting(&self) -> Result<WaitingView, DakaFailure> {
        self.inner.run(|engine| engine.waiting().map(Into::into)).await
    }

    /// Writes a proof bundle of the punches of local days to the file at `path`, as `export` does: from `first` to `last`, both
    /// included, as `day` shows them.
    ///
    /// # Errors
    /// `BadValue` for a text that is no date of 1970 to 2100, and as `export`.
    pub async fn export_days(&self, first: String, last: String, path: String) -> Result<u64, DakaFailure> {
        let days = date(&first)?..=date(&last)?;
        self.write_bundle(path, move |engine| engine.export_days(days, &mut |_, _| {})).await
    }

    /// Writes a proof bundle of these punches to the file at `path`, as `export` does.
    ///
    /// # Errors
    /// `UnknownPunch`, and as `export`.
    pub async fn export_punches(&self, punches: Vec<String>, path: String) -> Result<u64, DakaFailure> {
        let ids = punches.iter().map(|p| punch_id(p)).collect::<Result<Vec<_>, _>>()?;
        self.write_bundle(path, move |engine| engine.export_punches(&ids, &mut |_, _| {})).await
    }

    /// Writes a proof bundle of what the server would not take to the file at `path`, as `export` does.
    ///
    /// # Errors
    /// As `export`.
    pub async fn export_refused(&self, path: String) -> Result<u64, DakaFailure> {
        self.write_bundle(path, |engine| engine.export_refused(&mut |_, _| {})).await
    }
}

impl DakaClient {
    /// Makes a bundle and writes it in one step.
    pub(crate) async fn write_bundle(
        &self,
        path: String,
        make: impl FnOnce(&Engine) -> Result<Vec<u8>, DakaError> + Send + 'static,
    ) -> Result<u64, DakaFailure> {
        let inner = Arc::clone(&self.inner);
        runtime::blocking(move || {
            let bytes = make(&*inner.engine()?)?;
            outside::write_file(Path::new(&path), &bytes).map_err(|e| DakaFailure::file("path", &e))?;
            Ok(bytes.len() as u64)
        })
        .await
    }
}

impl From<app::FieldDraft> for FieldDraft {
    fn from(d: app::FieldDraft) -> Self {
        Self {
            field: d.field.map(Into::into),
            visit: d.visit,
            note: d.note,
            photos: d.photos.iter().map(daka_core::domain::ids::Hash32::hex).collect(),
        }
    }
}

impl From<app::FieldPolicy> for FieldPolicy {
    fn from(p: app::FieldPolicy) -> Self {
        Self {
            camera: p.camera,
            gallery: p.gallery,
            photo_required: p.photo_required,
            max_photos: i32::try_from(p.max_photos).unwrap_or(i32::MAX),
            photo_consent: p.photo_consent,
        }
    }
}

impl From<views::WaitingView> for WaitingView {
    fn from(view: views::WaitingView) -> Self {
        let item = |item: views::WaitingItem| WaitingItem {
            kind: item.kind.into(),
            punch: item.punch.map(|line: CoreLine| line.into()),
            since_ms: item.since.get(),
            offset_min: item.offset_min,
            state: item.state.into(),
            entries: small(item.entries),
            photos: small(item.photos),
        };
        Self {
            items: view.items.into_iter().map(item).collect(),
            more: view.more,
            queue: view.queue.into(),
            whys: all(view.whys),
        }
    }
}
