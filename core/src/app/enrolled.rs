//! Who this phone is enrolled as: kept in the vault, outside the database, so that a lost database does not lose the employer.
//!
//! The record is local: its format belongs to this program alone and is sealed by the vault.

use super::{DakaError, Employer, EnrolError};
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::{Crypto, PublicKey};
use crate::domain::error::FormatError;
use crate::domain::fields::{As as _, List};
use crate::domain::ids::{Hash32, JournalId};
use crate::domain::trust::{EnrolAnswer, EnrolState, KeySet, ServerUrl, Statement};
use crate::ports::{Vault, VaultItem};

/// An enrolment that was checked when it was made and is checked again when it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Enrolled {
    pub(super) server: ServerUrl,
    pub(super) tls_pin: Option<Hash32>,
    pub(super) root: PublicKey,
    pub(super) answer: EnrolAnswer,
    pub(super) keys: KeySet,
    pub(super) statement: Statement,
    pub(super) journal: JournalId,
    /// Whether the text that the person scanned named the root; a typed one does not.
    pub(super) root_named: bool,
}

impl Enrolled {
    /// Checks that root, key set and statement hang together.
    ///
    /// # Errors
    /// [`DakaError`] saying what does not.
    pub(super) fn new(
        crypto: &dyn Crypto,
        server: ServerUrl,
        tls_pin: Option<Hash32>,
        answer: EnrolAnswer,
        root_named: bool,
    ) -> Result<Self, DakaError> {
        let bad = |what: &str, e: &dyn std::fmt::Display| EnrolError::BadAnswer(format!("{what}: {e}"));
        let root = PublicKey::from_spki(answer.root.clone()).map_err(|e| bad("root", &e))?;
        let message = Sign1::decode("key set", &answer.key_set).map_err(|e| bad("key set", &e))?;
        let keys = KeySet::open(crypto, &root, &message).map_err(|e| bad("key set", &e))?;
        let message = Sign1::decode("statement", &answer.statement).map_err(|e| bad("statement", &e))?;
        let statement = Statement::open(crypto, &keys, &message).map_err(|e| bad("statement", &e))?;
        let journal = statement.identity.journal(crypto);
        Ok(Self { server, tls_pin, root, answer, keys, statement, journal, root_named })
    }

    fn encode(&self) -> Vec<u8> {
        Value::Array(vec![
            Value::text(self.server.as_str()),
            Value::opt_bytes(self.tls_pin),
            Value::bytes(self.answer.encode()),
            Value::Bool(self.root_named),
        ])
        .encode()
    }

    fn decode(crypto: &dyn Crypto, bytes: &[u8]) -> Result<Self, DakaError> {
        let mut list = List::new("enrolment", Value::decode("enrolment", bytes)?)?;
        let server = ServerUrl::parse(&list.take("server")?.string("server")?)?;
        let pin = match list.take("TLS pin")? {
            Value::Null => None,
            v => Some(v.hash("TLS pin")?),
        };
        let answer = EnrolAnswer::decode(&list.take("answer")?.byte_string("answer")?)?;
        // A version that knew scanned texts alone wrote none.
        let root_named = list.take("root named").map_or(Ok(true), |named| named.boolean("root named"))?;
        list.end().map_err(|e: FormatError| DakaError::from(e))?;
        Self::new(crypto, server, pin, answer, root_named)
    }

    /// The enrolment in the vault.
    ///
    /// # Errors
    /// [`DakaError`] if it is there and cannot be opened.
    pub(super) fn load(crypto: &dyn Crypto, vault: &dyn Vault) -> Result<Option<Self>, DakaError> {
        vault.get(VaultItem::Enrolment)?.map(|bytes| Self::decode(crypto, &bytes)).transpose()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// [`DakaError`] if the vault refuses.
    pub(super) fn save(&self, vault: &dyn Vault) -> Result<(), DakaError> {
        Ok(vault.put(VaultItem::Enrolment, &self.encode())?)
    }

    /// Who the employer is.
    pub(super) fn employer(&self, crypto: &dyn Crypto) -> Employer {
        Employer {
            employer: self.answer.employer_name.clone(),
            tenant: self.keys.tenant.as_str().to_owned(),
            employee: self.answer.employee_name.clone(),
            server: self.server.clone(),
            root: self.root.kid(crypto),
            root_named: self.root_named,
            device: self.statement.identity.device,
            journal: self.journal,
            active: self.active(),
        }
    }

    /// Whether the device may do everything.
    pub(super) fn active(&self) -> bool {
        self.answer.state == EnrolState::Active
    }
}
