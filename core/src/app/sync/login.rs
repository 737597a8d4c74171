//! Logging in: the device signs the server's challenge.

use super::client::{Client, versioned};
use super::stop::Stop;
use crate::app::DakaError;
use crate::app::engine::{Engine, lock};
use crate::domain::fields::As as _;
use crate::domain::ids::Nonce;
use crate::domain::retry::Ask;
use crate::domain::trust::{AccessScope, Login, LoginAnswer, LoginRequest};
use crate::ports::Method;

/// Taken off a token's life, so that it does not run out on its way, s.
const MARGIN_S: u64 = 30;

/// An access token in memory.
pub(in crate::app) struct AccessToken {
    token: String,
    scope: AccessScope,
    boot: String,
    until_ms: u64,
}

impl Engine {
    /// A client with a token, and the token's scope; `fresh` asks for a new one.
    pub(super) async fn logged_in(&self, client: &Client, fresh: bool) -> Result<(Client, AccessScope), Stop> {
        let now = self.ports.clock.read();
        if !fresh {
            let held = lock(&self.access);
            if let Some(a) = held.as_ref().filter(|a| a.boot == now.boot.0 && now.elapsed_ms < a.until_ms) {
                return Ok((client.with_token(a.token.clone()), a.scope));
            }
        }
        let enrolled = self.enrolled()?;
        let server_nonce = client
            .call(Ask::Session, Method::Post, "/v0/login/challenge", Vec::new(), |bytes| {
                let mut list = versioned("login challenge", bytes)?;
                let nonce = Nonce(list.take("server nonce")?.array_of("server nonce")?);
                list.end().map(|()| nonce)
            })
            .await?;
        let login = Login {
            tenant: enrolled.keys.tenant.clone(),
            root: enrolled.root.kid(self.crypto()),
            origin: enrolled.server.origin().to_owned(),
            journal: enrolled.journal,
            server_nonce,
            client_nonce: Nonce(self.ports.entropy.bytes().map_err(DakaError::from)?),
        };
        let signed = login.sign(self.crypto(), &*self.ports.key).map_err(DakaError::from)?;
        let request = LoginRequest {
            login: signed.bytes().to_vec(),
            statement: enrolled.answer.statement.clone(),
            certificate: enrolled.answer.certificate.clone(),
        };
        let answer =
            client.call(Ask::Session, Method::Post, "/v0/login", request.encode(), LoginAnswer::decode).await?;
        let lives_ms = answer.seconds.saturating_sub(MARGIN_S).saturating_mul(1000);
        *lock(&self.access) = Some(AccessToken {
            token: answer.token.clone(),
            scope: answer.scope,
            boot: now.boot.0,
            until_ms: now.elapsed_ms.saturating_add(lives_ms),
        });
        Ok((client.with_token(answer.token), answer.scope))
    }
}
