//! The phone before a journal is open: several employers and employees, the app's settings, and the code that a person scanned or typed.
//!
//! It is no part of a client, because it is there before the first and after the last. What its folder holds, and what a crash leaves, is
//! said at `daka_core::adapters::phone`.

use crate::codes::{FailureCode, both_ways};
use crate::failure::{DakaFailure, PlatformFailure};
use crate::{outside, runtime};
use daka_core::adapters::phone::{PhoneError, PhoneFolder};
use daka_core::app::registry::{self, ProfileId};
use daka_core::app::{Employer, JoinRequest};
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

both_ways! {
    /// In which language the app speaks.
    Language of registry::Language {
        /// As the system does.
        System,
        /// English.
        En,
        /// Chinese in simplified characters.
        ZhHans,
        /// Chinese in traditional characters, as in Hong Kong.
        ZhHantHk,
    }
}

both_ways! {
    /// Light or dark.
    Theme of registry::Theme {
        /// As the system.
        System,
        /// Light.
        Light,
        /// Dark.
        Dark,
    }
}

/// Settings of the app, the same for every employer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AppSettings {
    /// The app's language.
    pub language: Language,
    /// Light or dark.
    pub theme: Theme,
    /// Whether photos wait for a network that costs nothing by the byte, whatever the employer's policy.
    pub data_saver: bool,
}

/// One journal on this phone: of one employee at one employer, or of nobody yet.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Profile {
    /// Its id, 32 hexadecimal digits, for the names of its keys.
    pub id: String,
    /// The folder to open it in.
    pub folder: String,
    /// The employer's name; none before enrolment, or if its sealing key is not to be had.
    pub employer: Option<String>,
    /// The employee's name, likewise.
    pub employee: Option<String>,
    /// Whether it belongs to somebody, also where the names cannot be read.
    pub enrolled: bool,
    /// The one that was used last.
    pub current: bool,
}

/// What a scanned or typed text says, before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CodePreview {
    /// The server's host, with its port where one is named.
    pub server: String,
    /// The fingerprint of the employer's root key, 64 hexadecimal digits. A typed text names none: once enrolled, the person compares
    /// the one that the server gave (`root_named` of the employer is false then).
    pub root: Option<String>,
    /// Whether it names a certificate of the employer's own.
    pub own_certificate: bool,
}

/// Gives the sealing keys of journals. Called from the core's threads, and only to read the names of employer and employee.
#[uniffi::export(foreign)]
pub trait SealingKeys: Send + Sync {
    /// The 32 bytes of the sealing key of a profile, as its client is opened with. It makes none.
    ///
    /// # Errors
    /// [`PlatformFailure`] if there is none, or the key store refuses; the names are left out then.
    fn sealing_key(&self, profile: String) -> Result<Vec<u8>, PlatformFailure>;
}

/// All journals of this phone, and the app's settings. Calls may come from any thread, and from several of these at once.
#[derive(uniffi::Object)]
pub struct DakaPhone {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PhoneFolder,
    keys: Option<Arc<dyn SealingKeys>>,
}

#[uniffi::export(async_runtime = "tokio")]
impl DakaPhone {
    /// Opens the folder of all journals, and makes it if it is not there. There is always at least one journal: a new phone has an empty
    /// one. Without `keys` employers have no names here.
    ///
    /// # Errors
    /// `ReadOnly`, `DiskFull`, `Storage`, `NoRandomness`, or `BadValue` for a `root` that names no folder. A registry that is damaged is
    /// no error.
    #[uniffi::constructor]
    pub async fn open(root: String, keys: Option<Arc<dyn SealingKeys>>) -> Result<Arc<Self>, DakaFailure> {
        runtime::blocking(move || {
            if root.is_empty() {
                return Err(DakaFailure::bad_value("root", "must name a folder"));
            }
            let root = Path::new(&root);
            outside::make_folder(root).map_err(|e| DakaFailure::file("root", &e))?;
            Ok(Arc::new(Self { inner: Arc::new(Inner { folder: PhoneFolder::open(root)?, keys }) }))
        })
        .await
    }

    /// All journals, the one used last first: that is the current one.
    ///
    /// # Errors
    /// `ReadOnly` or `Storage` if the folder cannot be read.
    pub async fn profiles(&self) -> Result<Vec<Profile>, DakaFailure> {
        self.run(|inner| {
            let ids = inner.folder.profiles()?;
            Ok(ids.into_iter().enumerate().map(|(n, id)| inner.profile(id, n == 0)).collect())
        })
        .await
    }

    /// Makes a journal the current one.
    ///
    /// # Errors
    /// `BadValue` for an id that is none of this phone's, `ReadOnly`, `DiskFull`, `Storage`; nothing changed then.
    pub async fn select(&self, id: String) -> Result<(), DakaFailure> {
        self.run(move |inner| Ok(inner.folder.select(profile_id(&id)?)?)).await
    }

    /// Makes an empty journal the current one, for another employer or employee: one that is there, or a new one.
    ///
    /// # Errors
    /// `ReadOnly`, `DiskFull`, `Storage`, `NoRandomness`.
    pub async fn add(&self) -> Result<String, DakaFailure> {
        self.run(|inner| Ok(inner.folder.add()?.to_string())).await
    }

    /// Removes an empty journal: one that was left, or added and not used. If it was the last one, an empty one takes its place.
    ///
    /// # Errors
    /// `BadValue` for an id that is none of this phone's or a journal that is not empty, `InUse` while a client has it open,
    /// `ReadOnly`, `DiskFull`, `Storage`.
    pub async fn remove(&self, id: String) -> Result<(), DakaFailure> {
        self.run(move |inner| Ok(inner.folder.remove(profile_id(&id)?)?)).await
    }

    /// The app's settings.
    ///
    /// # Errors
    /// `ReadOnly` or `Storage` if the folder cannot be read.
    pub async fn settings(&self) -> Result<AppSettings, DakaFailure> {
        self.run(|inner| {
            let registry::AppSettings { language, theme, data_saver } = inner.folder.settings()?;
            Ok(AppSettings { language: language.into(), theme: theme.into(), data_saver })
        })
        .await
    }

    /// Replaces the app's settings.
    ///
    /// # Errors
    /// `ReadOnly`, `DiskFull`, `Storage`; the old ones stay then.
    pub async fn set_settings(&self, settings: AppSettings) -> Result<(), DakaFailure> {
        let AppSettings { language, theme, data_saver } = settings;
        let settings = registry::AppSettings { language: language.into(), theme: theme.into(), data_saver };
        self.run(move |inner| Ok(inner.folder.set_settings(settings)?)).await
    }

    /// What the text of a QR code, or an address and a code as typed, says. Nothing is sent.
    ///
    /// # Errors
    /// `BadValue` naming the part of the text that is wrong.
    pub async fn preview_code(&self, text: String) -> Result<CodePreview, DakaFailure> {
        runtime::blocking(move || {
            let JoinRequest { text } = JoinRequest::parse(text.trim())?;
            Ok(CodePreview {
                server: text.server().host().to_owned(),
                root: text.root().map(|root| root.to_string()),
                own_certificate: text.tls_pin().is_some(),
            })
        })
        .await
    }
}

impl DakaPhone {
    async fn run<T, F>(&self, work: F) -> Result<T, DakaFailure>
    where
        T: Send + 'static,
        F: FnOnce(&Inner) -> Result<T, DakaFailure> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        runtime::blocking(move || work(&inner)).await
    }
}

impl Inner {
    fn profile(&self, id: ProfileId, current: bool) -> Profile {
        let enrolled = self.folder.is_enrolled(id);
        let names = if enrolled { self.names(id) } else { None };
        let (employer, employee) = names.map(|e| (e.employer, e.employee)).unzip();
        let folder = self.folder.folder_of(id).to_string_lossy().into_owned();
        Profile { id: id.to_string(), folder, employer, employee, enrolled, current }
    }

    /// None if the key is not to be had or does not fit: a list is no place to fail for that.
    fn names(&self, id: ProfileId) -> Option<Employer> {
        let given = Zeroizing::new(self.keys.as_ref()?.sealing_key(id.to_string()).ok()?);
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(given.as_slice().try_into().ok()?);
        self.folder.employer(id, &key).ok().flatten()
    }
}

fn profile_id(text: &str) -> Result<ProfileId, DakaFailure> {
    Ok(ProfileId::parse(text)?)
}

impl From<PhoneError> for DakaFailure {
    fn from(e: PhoneError) -> Self {
        match e {
            PhoneError::Format(e) => e.into(),
            PhoneError::Unknown => Self::bad_value("profile", "is none of this phone's"),
            PhoneError::NotEmpty => Self::bad_value("profile", "is not empty; leave the employer first"),
            PhoneError::InUse => Self::new(FailureCode::InUse, Some("profile"), "the journal is open; close it first"),
            PhoneError::File(e) => Self::file("root", &e),
            PhoneError::Entropy(e) => Self::new(FailureCode::NoRandomness, None, e.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::tests::wait;

    #[test]
    fn what_the_phone_refuses_has_a_code_and_a_field() {
        let root = tempfile::tempdir().unwrap();
        let phone = wait(DakaPhone::open(root.path().join("phone").to_str().unwrap().to_owned(), None)).unwrap();
        let failed = |result: Result<(), DakaFailure>| {
            let DakaFailure::Failed { code, field, .. } = result.unwrap_err();
            (code, field)
        };
        let bad = |field: &str| (FailureCode::BadValue, Some(field.to_owned()));
        assert_eq!(failed(wait(phone.select("..".to_owned()))), bad("profile"));
        assert_eq!(failed(wait(phone.remove("0".repeat(32)))), bad("profile"));
        assert_eq!(failed(wait(DakaPhone::open(String::new(), None)).map(drop)), bad("root"));
        let file = root.path().join("file");
        std::fs::write(&file, b"").unwrap();
        let below = file.join("phone").to_str().unwrap().to_owned();
        assert_eq!(failed(wait(DakaPhone::open(below, None)).map(drop)), bad("root"));
    }

    #[test]
    fn a_text_is_shown_as_it_is_and_nothing_is_sent() {
        let root = tempfile::tempdir().unwrap();
        let phone = wait(DakaPhone::open(root.path().to_str().unwrap().to_owned(), None)).unwrap();
        let preview = |text: &str| wait(phone.preview_code(text.to_owned()));
        // Of 32 and 16 zero bytes, base64url: 43 and 22 times A. The host is one that no name server knows (RFC 2606).
        let qr =
            format!("daka:1?u=https%3A%2F%2Fdaka.invalid%3A8443%2Facme&r={0}&c={1}", "A".repeat(43), "A".repeat(22));
        let seen = preview(&format!("  {qr}\n")).unwrap();
        let server = "daka.invalid:8443".to_owned();
        let expected = CodePreview { server, root: Some("0".repeat(64)), own_certificate: false };
        assert_eq!(seen, expected);
        assert!(preview(&format!("{qr}&p={}", "A".repeat(43))).unwrap().own_certificate);
        let typed = CodePreview { server: "daka.invalid".to_owned(), root: None, own_certificate: false };
        assert_eq!(preview("Daka.invalid 7zk4-q0m8").unwrap(), typed);
        for (text, field) in [
            ("", "enrolment text"),
            ("daka.invalid 7ZK4", "code"),
            (qr.get(..60).unwrap(), "r"),
            (qr.split("&c").next().unwrap(), "c"),
        ] {
            let Err(DakaFailure::Failed { code, field: found, .. }) = preview(text) else { panic!("{text}") };
            assert_eq!((code, found.as_deref()), (FailureCode::BadValue, Some(field)), "{text}");
        }
    }
}
