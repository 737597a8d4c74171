//! Enrolment, login, time.

use super::fault::problem;
use super::journal::{Journal, Standing};
use super::{State, WireServer, cbor};
use crate::adapters::crypto::{Ring, SoftwareKey};
use crate::domain::cbor::Value;
use crate::domain::cose::Sign1;
use crate::domain::crypto::Crypto as _;
use crate::domain::ids::{EmployeeId, Hash32, JournalId, Nonce, Pseudonym};
use crate::domain::journal::{ChainPoint, FORMAT_VERSION, Identity};
use crate::domain::time::WallMs;
use crate::domain::trust::{
    AccessScope, EnrolAnswer, EnrolRequest, EnrolState, Login, LoginAnswer, LoginRequest, Statement, TimeRequest,
    issue_certificate, name_digest, read_request,
};
use crate::ports::HttpResponse;

const QUARTER_MS: i64 = 15 * 60_000;

impl WireServer {
    /// Sets where the one enrolled device stands.
    pub fn set_standing(&self, standing: Standing) {
        self.with(|s| s.journals.values_mut().for_each(|j| j.standing = standing));
    }

    /// Hangs everything on another root, and says so in no code.
    pub fn change_root(&self, root: SoftwareKey) {
        self.with(|s| {
            s.tiny.root = Box::new(root);
            let document = s.tiny.keys.sign(&Ring, &*s.tiny.root).unwrap().bytes().to_vec();
            s.tiny.republish_keys(document);
        });
    }

    /// Another log key signs from now on; a key set with the next serial has both.
    pub fn rotate_log_key(&self, key: SoftwareKey) {
        self.with(|s| s.tiny.rotate_log_key(Box::new(key)));
    }

    /// Offers a key set whose serial is lower than before.
    pub fn offer_older_keys(&self) {
        self.with(|s| {
            let mut older = s.tiny.keys.clone();
            older.serial = older.serial.saturating_sub(1);
            let document = older.sign(&Ring, &*s.tiny.root).unwrap().bytes().to_vec();
            s.tiny.republish_keys(document);
        });
    }

    /// How many tokens were issued.
    pub fn tokens(&self) -> usize {
        self.with(|s| s.journals.values().map(|j| j.tokens.len()).sum())
    }
}

impl State {
    pub(super) fn enrol(&mut self, body: &[u8]) -> HttpResponse {
        let Ok(request) = EnrolRequest::decode(body) else { return problem(400, "malformed") };
        let named = |c: &super::Code| {
            c.code.hint(&Ring) == request.hint && c.code.mac(&Ring, request.nonce, &request.request) == request.mac
        };
        let Some(at) = self.codes.iter().position(named) else { return problem(403, "wrong_code") };
        match &self.codes[at].used {
            Some((mac, answer)) if *mac == request.mac => return cbor(answer.clone()),
            Some(_) => return problem(403, "used_code"),
            None if self.codes[at].expired => return problem(403, "expired_code"),
            None => {}
        }
        let Ok(key) = read_request(&Ring, &request.request) else { return problem(422, "unprocessable") };
        let issued = WallMs::new(self.clock.true_ms());
        let identity = Identity {
            tenant: self.tiny.tenant.clone(),
            employee: EmployeeId::parse("e-17").unwrap(),
            device: key.kid(&Ring),
            nonce: request.nonce,
        };
        let serial = self.random16();
        let certificate = issue_certificate(&Ring, &*self.tiny.ca, &key, serial, issued).unwrap();
        let (name, name_salt) = ("Kim Lee".to_owned(), self.random16());
        let statement = Statement {
            identity: identity.clone(),
            pseudonym: Pseudonym(self.random16()),
            name: name_digest(&Ring, &name_salt, &name),
            certificate: Ring.sha256(&[&certificate]),
            issued,
            previous: Hash32::ZERO,
        };
        let pending = self.codes[at].pending;
        let answer = EnrolAnswer {
            state: if pending { EnrolState::Pending } else { EnrolState::Active },
            root: self.tiny.root.public_key().spki().to_vec(),
            key_set: self.tiny.keys.sign(&Ring, &*self.tiny.root).unwrap().bytes().to_vec(),
            statement: statement.sign(&Ring, &*self.tiny.ca).unwrap().bytes().to_vec(),
            certificate,
            earlier: Vec::new(),
            employer_name: "Acme".to_owned(),
            employee_name: name,
            name_salt,
        }
        .encode();
        let standing = if pending { Standing::Pending } else { Standing::Active };
        self.journals.insert(identity.journal(&Ring), Journal::new(key, standing));
        self.codes[at].used = Some((request.mac, answer.clone()));
        cbor(answer)
    }

    pub(super) fn challenge(&mut self) -> HttpResponse {
        let nonce = self.random16();
        self.challenges.push(nonce);
        cbor(Value::Array(vec![Value::Uint(FORMAT_VERSION), Value::bytes(nonce)]).encode())
    }

    pub(super) fn login(&mut self, body: &[u8]) -> HttpResponse {
        let Ok(request) = LoginRequest::decode(body) else { return problem(400, "malformed") };
        let statement = Sign1::decode("statement", &request.statement).unwrap();
        let statement = Statement::open(&Ring, &self.tiny.keys, &statement).unwrap();
        let journal = statement.identity.journal(&Ring);
        let Some(known) = self.journals.get(&journal) else { return problem(403, "forbidden") };
        let message = Sign1::decode("login", &request.login).unwrap();
        let Ok(login) = Login::open(&Ring, &known.key, &message) else { return problem(403, "forbidden") };
        let fits = login.journal == journal
            && login.tenant == self.tiny.tenant
            && login.root == self.tiny.root.public_key().kid(&Ring)
            && login.origin == super::URL;
        let fresh = self.challenges.iter().position(|n| Nonce(*n) == login.server_nonce);
        let (true, Some(fresh)) = (fits, fresh) else { return problem(403, "forbidden") };
        self.challenges.remove(fresh);
        let scope = match known.standing {
            Standing::Active => AccessScope::Full,
            Standing::Pending => AccessScope::Pending,
            Standing::Revoked => AccessScope::Segments,
        };
        let token = crate::domain::ids::hex(&self.random());
        self.access.insert(token.clone(), (journal, self.clock.true_ms() + QUARTER_MS));
        cbor(LoginAnswer { token, seconds: QUARTER_MS.unsigned_abs() / 1000, scope }.encode())
    }

    pub(super) fn time(&mut self, journal: JournalId, body: &[u8]) -> HttpResponse {
        let Ok(request) = TimeRequest::decode(body) else { return problem(400, "malformed") };
        if request.journal != journal {
            return problem(403, "forbidden");
        }
        let known = &self.journals[&journal].tokens;
        if let Some((before, token)) = known.iter().find(|(r, _)| r.nonce == request.nonce) {
            return if *before == request { cbor(token.clone()) } else { problem(422, "unprocessable") };
        }
        let token = self.tiny.token(request, self.clock.true_ms());
        let journal = self.journals.get_mut(&journal).unwrap();
        journal.tokens.push((request, token.clone()));
        let head: ChainPoint = request.head;
        journal.open_heads.push(head);
        cbor(token)
    }
}
