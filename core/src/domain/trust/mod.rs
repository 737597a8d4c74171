//! Who may sign what: a tenant's key set, a device's certificate, the statement that a journal is a person's, login, time tokens.
//!
//! Everything hangs on one key that the phone pinned at enrolment: the tenant root. The root signs the key set; the key set names
//! the device CA, the log and the time-token keys; the CA signs certificates and enrolment statements. A verifier is given the
//! root and nothing else.

mod code;
mod enrolment;
mod keyset;
mod login;
mod revocation;
mod time_token;
mod typed;
mod x509;

pub use code::{EnrolCode, QrText, ServerUrl};
pub use enrolment::{EnrolAnswer, EnrolRequest, EnrolState, Statement, name_digest};
pub use keyset::{KeySet, KeyUse, TrustError, TrustedKey};
pub use login::{AccessScope, Login, LoginAnswer, LoginRequest};
pub use revocation::{Pass, Revocation, RevocationReason, SiteToken};
pub use time_token::{TimeRequest, TimeToken};
pub use typed::{JoinText, TypedCode, TypedText};
pub use x509::{CertificateError, DeviceCertificate, issue_certificate, make_request, read_request};
