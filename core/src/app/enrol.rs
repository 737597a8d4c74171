//! Enrolment: from a QR text or typed code to a journal of one's own.
//!
//! ```text
//! read the text → connect (with its TLS pin) → request → answer
//! check: the root is the one that the text names (a typed one names none: the person compares it); key set, statement and certificate hang on it; the key and nonce are ours
//! keep: sealed head of an empty journal, then the enrolment        (a crash between the two leaves "not enrolled")
//! ```
//!
//! A wrong, used or expired code, another root, or no network leaves nothing behind. An answer may be lost on its way, and the code
//! with it: the request stays in memory, and the same text repeats it, byte for byte, for which the server has the same answer.

use super::engine::{Engine, lock};
use super::enrolled::Enrolled;
use super::open::note_version;
use super::sync::{Client, Stop};
use super::{DakaError, EnrolError};
use crate::domain::cose::Sign1;
use crate::domain::crypto::{Crypto, PublicKey};
use crate::domain::ids::{JournalId, Kid, Nonce};
use crate::domain::journal::{ChainPoint, GENESIS, epoch_start};
use crate::domain::retry::Ask;
use crate::domain::sealed_head::SealedHead;
use crate::domain::trust::{
    DeviceCertificate, EnrolAnswer, EnrolRequest, EnrolState, JoinText, KeyUse, ServerUrl, make_request, name_digest,
};
use crate::ports::{Event, Method, Vault, VaultItem};

/// What the person scanned or typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRequest {
    /// Server and code; scanned also root and pin.
    pub text: JoinText,
}

impl JoinRequest {
    /// Reads the text of a QR code, or an address and a code as typed.
    ///
    /// # Errors
    /// [`DakaError`] naming what is wrong in it.
    pub fn parse(text: &str) -> Result<Self, DakaError> {
        Ok(Self { text: JoinText::parse(text)? })
    }
}

/// Who the employer is, for the person to look at.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Employer {
    /// The employer's name.
    pub employer: String,
    /// The tenant's id.
    pub tenant: String,
    /// The employee's name.
    pub employee: String,
    /// The server.
    pub server: ServerUrl,
    /// The tenant root's fingerprint.
    pub root: Kid,
    /// Whether the scanned text named the root. If not, the person compares its fingerprint with the one that the employer shows.
    pub root_named: bool,
    /// This device's key.
    pub device: Kid,
    /// J.
    pub journal: JournalId,
    /// Whether the device may punch for the server already.
    pub active: bool,
}

/// A request that was made, and for which text.
pub(super) struct Joining {
    text: JoinText,
    request: EnrolRequest,
}

impl Engine {
    /// Enrols this phone.
    ///
    /// # Errors
    /// [`DakaError::Enrol`] for a refused code or a wrong root, [`DakaError::Transport`] without a network. Nothing is left behind.
    pub async fn enrol(&self, request: JoinRequest) -> Result<Employer, DakaError> {
        if self.is_enrolled() {
            return Err(EnrolError::AlreadyEnrolled.into());
        }
        let message = self.enrol_request(&request.text)?;
        let (server, root, tls_pin) = (request.text.server().clone(), request.text.root(), request.text.tls_pin());
        let client = Client::new(
            server.clone(),
            self.ports.connector.connect(tls_pin)?,
            std::sync::Arc::clone(&self.ports.clock),
        );
        let answer = client
            .call(Ask::Session, Method::Post, "/v0/enrol", message.encode(), EnrolAnswer::decode)
            .await
            .map_err(refused)?;
        let enrolled = self.check_answer(server, tls_pin, root, message.nonce, answer)?;
        // Another call may have enrolled meanwhile.
        if self.is_enrolled() {
            return Err(EnrolError::AlreadyEnrolled.into());
        }
        let point = ChainPoint { epoch: 0, seq: 0, h: epoch_start(self.crypto(), enrolled.journal, 0, GENESIS) };
        let sealed = SealedHead { journal: enrolled.journal, point };
        let vault = &*self.ports.vault;
        vault.put(VaultItem::SealedHead, &sealed.encode())?;
        if let Err(e) = enrolled.save(vault) {
            // A vault that refuses both leaves a sealed head that means nothing without an enrolment.
            return vault.remove(VaultItem::SealedHead).map_err(DakaError::from).and(Err(e));
        }
        self.set_enrolled(enrolled);
        *lock(&self.joining) = None;
        // The phone is enrolled whatever becomes of this; the next opening notes the version if it is not noted now.
        if let Err(e) = note_version(self) {
            tracing::warn!(code = e.code().text(), "the app's version was not noted");
        }
        self.tell(Event::EnrolmentChanged);
        self.employer()
    }

    /// The request for a text: the one that was made before, or a new one.
    fn enrol_request(&self, text: &JoinText) -> Result<EnrolRequest, DakaError> {
        let mut joining = lock(&self.joining);
        if let Some(made) = joining.as_ref().filter(|made| made.text == *text) {
            return Ok(made.request.clone());
        }
        let (code, nonce) = (text.code(self.crypto()), Nonce(self.ports.entropy.bytes()?));
        let request = make_request(&*self.ports.key).map_err(|e| match e {
            crate::domain::trust::CertificateError::Sign(e) => DakaError::Sign(e),
            other => DakaError::Internal(other.to_string()),
        })?;
        let mac = code.mac(self.crypto(), nonce, &request);
        let request = EnrolRequest { hint: code.hint(self.crypto()), nonce, request, mac };
        *joining = Some(Joining { text: text.clone(), request: request.clone() });
        Ok(request)
    }

    fn check_answer(
        &self,
        server: ServerUrl,
        tls_pin: Option<crate::domain::ids::Hash32>,
        root: Option<Kid>,
        nonce: Nonce,
        answer: EnrolAnswer,
    ) -> Result<Enrolled, DakaError> {
        let bad = |why: &str| DakaError::from(EnrolError::BadAnswer(why.to_owned()));
        let claimed = PublicKey::from_spki(answer.root.clone()).map_err(|_| bad("the root's key cannot be read"))?;
        if root.is_some_and(|root| claimed.kid(self.crypto()) != root) {
            return Err(EnrolError::OtherRoot.into());
        }
        let enrolled = Enrolled::new(self.crypto(), server, tls_pin, answer, root.is_some())?;
        let identity = &enrolled.statement.identity;
        if identity.device != self.ports.key.public_key().kid(self.crypto()) || identity.nonce != nonce {
            return Err(bad("the statement is about another phone"));
        }
        let name = name_digest(self.crypto(), &enrolled.answer.name_salt, &enrolled.answer.employee_name);
        if name != enrolled.statement.name {
            return Err(bad("the statement is about another name"));
        }
        let message = Sign1::decode("statement", &enrolled.answer.statement)?;
        let ca = enrolled.keys.find(self.crypto(), KeyUse::DeviceCa, message.kid, None);
        let ca = ca.ok_or_else(|| bad("an unknown CA"))?;
        let certificate = DeviceCertificate::open(self.crypto(), ca, &enrolled.answer.certificate)
            .map_err(|e| EnrolError::BadAnswer(format!("certificate: {e}")))?;
        let ours = certificate.key == *self.ports.key.public_key()
            && self.crypto().sha256(&[&enrolled.answer.certificate]) == enrolled.statement.certificate;
        if ours { Ok(enrolled) } else { Err(bad("the certificate is for another key")) }
    }

    /// Who this journal belongs to.
    ///
    /// # Errors
    /// [`DakaError::NotEnrolled`].
    pub fn employer(&self) -> Result<Employer, DakaError> {
        Ok(self.enrolled()?.employer(self.crypto()))
    }

    /// The server says that the device was approved.
    pub(super) fn approved(&self) -> Result<(), DakaError> {
        let enrolled = self.enrolled()?;
        if !enrolled.active() {
            let mut enrolled = (*enrolled).clone();
            enrolled.answer.state = EnrolState::Active;
            enrolled.save(&*self.ports.vault)?;
            self.set_enrolled(enrolled);
            *lock(&self.access) = None;
            self.tell(Event::EnrolmentChanged);
        }
        Ok(())
    }
}

/// Whom the journal of a vault belongs to; none if nobody. Opens no database.
///
/// # Errors
/// [`DakaError`] if the enrolment is there and cannot be opened.
pub fn employer_in(crypto: &dyn Crypto, vault: &dyn Vault) -> Result<Option<Employer>, DakaError> {
    Ok(Enrolled::load(crypto, vault)?.map(|enrolled| enrolled.employer(crypto)))
}

/// A refusal of the code, or whatever else went wrong.
fn refused(stop: Stop) -> DakaError {
    match stop.problem_code() {
        Some("wrong_code") => EnrolError::WrongCode.into(),
        Some("used_code") => EnrolError::UsedCode.into(),
        Some("expired_code") => EnrolError::ExpiredCode.into(),
        _ => stop.into_error(),
    }
}
