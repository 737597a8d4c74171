//! Login challenges and access tokens: in memory only. A restart forgets them, and phones log in again.
//!
//! Tokens are 32 random bytes; only their SHA-256 is kept, so that neither a dump of the memory nor a log could be used to ask.

use super::Caller;
use crate::error::{Refusal, Result};
use crate::random::random;
use daka_core::adapters::crypto::Ring;
use daka_core::domain::crypto::Crypto as _;
use daka_core::domain::ids::{Hash32, Nonce, hex};
use daka_core::domain::time::WallMs;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

/// How long a challenge is good for, ms.
pub const CHALLENGE_MS: i64 = 300_000;
/// How long an access token is good for, ms.
pub const TOKEN_MS: i64 = 900_000;
/// Most challenges and most tokens at a time; then the expired ones are cleared, and after that callers wait.
const MOST: usize = 1_000_000;

/// Challenges and tokens.
#[derive(Default)]
pub struct Sessions {
    challenges: Mutex<HashMap<Nonce, WallMs>>,
    tokens: Mutex<HashMap<Hash32, (Caller, WallMs)>>,
}

fn insert<K: Eq + Hash, V>(
    map: &Mutex<HashMap<K, V>>,
    now: WallMs,
    key: K,
    value: V,
    until: impl Fn(&V) -> WallMs,
) -> Result<()> {
    let mut map = map.lock().unwrap_or_else(PoisonError::into_inner);
    if map.len() >= MOST {
        map.retain(|_, v| until(v) > now);
    }
    if map.len() >= MOST {
        return Err(Refusal::new(429, "slow_down", "too many logins at once").into());
    }
    map.insert(key, value);
    Ok(())
}

impl Sessions {
    /// A new challenge.
    ///
    /// # Errors
    /// 429 when there are too many.
    pub fn challenge(&self, now: WallMs) -> Result<Nonce> {
        let nonce = Nonce(random()?);
        insert(&self.challenges, now, nonce, WallMs::new(now.get() + CHALLENGE_MS), |until| *until)?;
        Ok(nonce)
    }

    /// Uses a challenge up; whether it was good.
    pub fn take_challenge(&self, now: WallMs, nonce: Nonce) -> bool {
        let mut challenges = self.challenges.lock().unwrap_or_else(PoisonError::into_inner);
        challenges.remove(&nonce).is_some_and(|until| until > now)
    }

    /// A new access token for `caller`.
    ///
    /// # Errors
    /// 429 when there are too many.
    pub fn token(&self, now: WallMs, caller: Caller) -> Result<String> {
        let token = hex(&random::<32>()?);
        let digest = Ring.sha256(&[token.as_bytes()]);
        insert(&self.tokens, now, digest, (caller, WallMs::new(now.get() + TOKEN_MS)), |v| v.1)?;
        Ok(token)
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// 401 if it is nobody's, or has expired.
    pub fn caller(&self, now: WallMs, token: &str) -> Result<Caller> {
        let digest = Ring.sha256(&[token.as_bytes()]);
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        match tokens.get(&digest) {
            Some((caller, until)) if *until > now => return Ok(caller.clone()),
            Some(_) => tokens.remove(&digest),
            None => None,
        };
        Err(login_required().into())
    }
}

/// 401.
pub fn login_required() -> Refusal {
    Refusal::new(401, "login_required", "log in and send the access token")
}
