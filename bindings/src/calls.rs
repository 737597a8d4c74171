//! Calls on the journal. None needs a network, and each ends with one transaction at most.

use crate::client::{DakaClient, Inner};
use crate::failure::DakaFailure;
use crate::records::{
    CheckReport, ConsentChoice, EmployerInfo, HomeState, PhotoDraft, PlaceState, Precheck, PunchLine, PunchResult,
    QueueState, StorageState, choices, consent_of,
};
use crate::requests::{ExportRange, PositionFix, PunchRequest, capture, digest, digests, punch_id, raw_fixes};
use crate::{outside, runtime};
use daka_core::app::{DakaError, PhotoError};
use std::path::Path;
use std::sync::{Arc, MutexGuard, PoisonError};

#[uniffi::export(async_runtime = "tokio")]
impl DakaClient {
    /// Whose journal this is.
    ///
    /// # Errors
    /// `NotEnrolled`.
    pub async fn employer(&self) -> Result<EmployerInfo, DakaFailure> {
        self.inner.run(|engine| engine.employer().map(Into::into)).await
    }

    /// The home screen as one value, from local data alone. Ask again after each event.
    ///
    /// # Errors
    /// `Closed`, or the store refuses. A phone that is not enrolled is no error: `employer` is none then.
    pub async fn home(&self) -> Result<HomeState, DakaFailure> {
        let storage = self.inner.storage().clone();
        self.inner
            .run(move |engine| {
                if engine.is_enrolled() {
                    Ok(HomeState::of(engine.employer()?, engine.home()?, storage))
                } else {
                    Ok(HomeState::nobodys())
                }
            })
            .await
    }

    /// Judges positions without writing anything.
    ///
    /// # Errors
    /// `NotEnrolled`, or `BadPlace` for a position that cannot be.
    pub async fn precheck(&self, fixes: Vec<PositionFix>) -> Result<Precheck, DakaFailure> {
        let raw = raw_fixes(fixes, self.inner.platform);
        self.inner.run(move |engine| engine.precheck(&raw).map(Into::into)).await
    }

    /// Records a punch. It is durable when this returns; signature, server and late positions follow by themselves.
    ///
    /// A position that cannot be does not lose the punch, nor does a photo without consent: each is left out and named in `left_out`.
    ///
    /// # Errors
    /// `NotEnrolled`, `BadValue` for a text or value that cannot be, `PhotoMissing`, `PhotoTooMany`, `ReadOnly`, `DiskFull`,
    /// `Closed`, `Storage`. Nothing was written then.
    pub async fn punch(&self, request: PunchRequest) -> Result<PunchResult, DakaFailure> {
        let inner = Arc::clone(&self.inner);
        runtime::blocking(move || {
            let request = request.core(inner.platform)?;
            let result = inner.engine()?.punch(request)?;
            inner.after_a_write();
            if !result.repeated {
                inner.after_a_punch();
            }
            Ok(result.into())
        })
        .await
    }

    /// Hands over positions that came after a punch, for 15 s, and gives the verdict as it would be with them.
    ///
    /// # Errors
    /// `TooLate`, or `BadPlace` for a position that cannot be; nothing was taken then.
    pub async fn offer_fixes(&self, punch: String, fixes: Vec<PositionFix>) -> Result<PlaceState, DakaFailure> {
        let raw = raw_fixes(fixes, self.inner.platform);
        let punch = punch_id(&punch)?;
        self.inner.run(move |engine| engine.offer_fixes(punch, &raw).map(|e| (&e).into())).await
    }

    /// No more positions will come: what gathered is written now.
    ///
    /// # Errors
    /// The store refuses; what gathered stays.
    pub async fn stop_measuring(&self) -> Result<(), DakaFailure> {
        self.inner.change(|engine| engine.close_windows(true)).await
    }

    /// Begins a capture: the nonce shows later that the photo was taken for this journal, after this moment. Good for 5 minutes.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn begin_capture(&self) -> Result<String, DakaFailure> {
        self.inner.change(|engine| engine.begin_capture().map(|n| n.to_string())).await
    }

    /// Takes a camera's file into the sealed store. The file is opened once and may be deleted afterwards. `capture` is what
    /// `begin_capture` gave, or none for a picture from the gallery, which is a weaker claim.
    ///
    /// # Errors
    /// `PhotoEmpty`, `PhotoNotJpeg`, `PhotoTruncated`, `PhotoTooLarge`, `PhotoUnreadable`, `CaptureUnknown`, `CaptureUsed`,
    /// `CaptureTooOld`, `NoConsent`, `BadValue`, `DiskFull`. Nothing is left behind.
    pub async fn adopt_photo(&self, path: String, capture: Option<String>) -> Result<PhotoDraft, DakaFailure> {
        let nonce = capture.as_deref().map(self::capture).transpose()?;
        self.inner
            .run(move |engine| {
                let mut file = outside::open_file(Path::new(&path))
                    .map_err(|e| DakaError::from(PhotoError::Unreadable(e.kind().to_string())))?;
                engine.adopt_photo(&mut file, nonce).map(Into::into)
            })
            .await
    }

    /// Drops a photo that no punch binds. One that is bound stays.
    ///
    /// # Errors
    /// `BadValue`, or the store refuses.
    pub async fn drop_photo(&self, photo: String) -> Result<(), DakaFailure> {
        let digest = digest(&photo)?;
        self.inner.run(move |engine| engine.drop_photo(digest)).await
    }

    /// Adds photos to a punch that was made.
    ///
    /// # Errors
    /// `UnknownPunch`, `NoConsent`, `PhotoMissing`, `PhotoTooMany`, `BadValue`, or the store refuses.
    pub async fn add_photos(&self, punch: String, photos: Vec<String>) -> Result<(), DakaFailure> {
        let (punch, photos) = (punch_id(&punch)?, digests(&photos)?);
        self.inner.change(move |engine| engine.add_photos(punch, photos)).await
    }

    /// Adds a note, a visit reference or both to a punch that was made.
    ///
    /// # Errors
    /// `UnknownPunch`, `BadValue` for an empty or too long text, or the store refuses.
    pub async fn add_note(
        &self,
        punch: String,
        text: Option<String>,
        visit: Option<String>,
    ) -> Result<(), DakaFailure> {
        let punch = punch_id(&punch)?;
        self.inner.change(move |engine| engine.add_note(punch, text, visit)).await
    }

    /// Records consent as it stands from now on, all of it.
    ///
    /// # Errors
    /// `BadValue` for a purpose given twice, `NotEnrolled`, or the store refuses.
    pub async fn set_consent(&self, choices: Vec<ConsentChoice>) -> Result<(), DakaFailure> {
        let consent = consent_of(choices)?;
        self.inner.change(move |engine| engine.set_consent(consent)).await
    }

    /// The consent in force; a purpose that is not in it was never asked for.
    ///
    /// # Errors
    /// The store refuses.
    pub async fn consent(&self) -> Result<Vec<ConsentChoice>, DakaFailure> {
        self.inner.run(|engine| engine.consent().map(|c| choices(&c))).await
    }

    /// The newest `limit` punches, newest first.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn punches(&self, limit: u32) -> Result<Vec<PunchLine>, DakaFailure> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        self.inner.run(move |engine| Ok(engine.punches(limit)?.into_iter().map(Into::into).collect())).await
    }

    /// What waits to be sent.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses.
    pub async fn queue(&self) -> Result<QueueState, DakaFailure> {
        self.inner.run(|engine| engine.queue().map(Into::into)).await
    }

    /// Writes a proof bundle of the punches in `range` to the file at `path`, replacing one that is there, and says how many
    /// bytes it has. No server is needed.
    ///
    /// # Errors
    /// `NotEnrolled`, `KeyRefused`, `BadTime` for a range beyond 2000 to 2100, or the file cannot be written; a file that was there
    /// is untouched then.
    pub async fn export(&self, range: ExportRange, path: String) -> Result<u64, DakaFailure> {
        let inner = Arc::clone(&self.inner);
        runtime::blocking(move || {
            let bytes = inner.engine()?.export(range.core()?, &mut |_, _| {})?;
            outside::write_file(Path::new(&path), &bytes).map_err(|e| DakaFailure::file("path", &e))?;
            Ok(bytes.len() as u64)
        })
        .await
    }

    /// Verifies the whole journal. Runs by itself once after opening.
    ///
    /// # Errors
    /// `NotEnrolled`, or the store refuses. Damage is no error: it is the report.
    pub async fn check(&self) -> Result<CheckReport, DakaFailure> {
        self.inner.check_now().await
    }

    /// Seals and signs what was committed. Happens by itself after each write; call it to learn why the key store refuses.
    ///
    /// # Errors
    /// `KeyRefused`, or the storage refuses. It is tried again.
    pub async fn settle(&self) -> Result<(), DakaFailure> {
        self.inner.run(|engine| engine.settle()).await
    }
}

impl Inner {
    /// A full check, which ends early when the client is closed down.
    pub(crate) async fn check_now(self: &Arc<Self>) -> Result<CheckReport, DakaFailure> {
        let inner = Arc::clone(self);
        runtime::blocking(move || {
            let engine = inner.engine()?;
            let report: CheckReport = engine.check(&mut |_, _| !inner.background.has_ended())?.into();
            inner.storage().damaged.clone_from(&report.damaged);
            Ok(report)
        })
        .await
    }

    pub(crate) fn storage(&self) -> MutexGuard<'_, StorageState> {
        self.storage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
