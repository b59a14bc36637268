//! Access tokens of Supabase Auth.

use std::sync::{Mutex, MutexGuard, PoisonError};

use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::ExposeSecret;

use super::{
    caller::{Caller, User},
    claims::{self, Claims},
    jwks::AuthConfig,
    keys::{FetchKeys, Keys},
    prove::{Credentials, Prove},
    token_cache::{self, TokenCache},
};
use crate::{deadline::Deadline, problem::Problem};

const MAX_TOKEN_LENGTH: usize = 8 * 1024;

/// Verifies access tokens. `K` fetches the keys of the project.
#[derive(Debug)]
pub struct TokenVerifier<K> {
    issuer: String,
    keys: Keys<K>,
    legacy: Option<DecodingKey>,
    cache: Mutex<TokenCache>,
}

impl<K: FetchKeys> TokenVerifier<K> {
    pub fn new(config: &AuthConfig, keys: K) -> Self {
        let legacy = config.legacy_secret.as_ref();
        Self {
            issuer: format!("{}/auth/v1", config.url),
            keys: Keys::new(keys),
            legacy: legacy
                .map(|secret| DecodingKey::from_secret(secret.expose_secret().as_bytes())),
            cache: Mutex::default(),
        }
    }

    async fn user(&self, token: &str, now: Timestamp, deadline: Deadline) -> Result<User, Problem> {
        let digest = token_cache::digest(token);
        if let Some(user) = self.cache().get(&digest, now) {
            return Ok(user);
        }
        let claims = self.verify(token, now, deadline).await?;
        if claims.is_anonymous {
            let detail = "Anonymous users may not do this. Sign up first.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail));
        }
        let user = User::new(claims.user_id, claims.role, token.to_owned().into());
        self.cache().insert(digest, user.clone(), claims.expires_at, now);
        Ok(user)
    }

    async fn verify(
        &self,
        token: &str,
        now: Timestamp,
        deadline: Deadline,
    ) -> Result<Claims, Problem> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid_token())?;
        // The header names a key, and each key has one algorithm. Tokens signed with the legacy
        // secret may name a key that is not published.
        let claims = match (&self.legacy, &header.kid) {
            (Some(secret), _) if header.alg == Algorithm::HS256 => {
                claims::verified(token, secret, Algorithm::HS256)
            }
            (_, Some(kid)) => {
                let key = self.keys.find(kid, now, deadline).await?.ok_or_else(invalid_token)?;
                claims::verified(token, &key.key, key.algorithm)
            }
            (_, None) => None,
        };
        claims.and_then(|raw| raw.check(&self.issuer, now)).ok_or_else(invalid_token)
    }

    /// A panic does not break the cache, so a poisoned lock is used as it is.
    fn cache(&self) -> MutexGuard<'_, TokenCache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: FetchKeys> Prove<Caller> for TokenVerifier<K> {
    /// `Anonymous` without an `Authorization` header.
    async fn prove(
        &self,
        credentials: Credentials<'_>,
        deadline: Deadline,
    ) -> Result<Caller, Problem> {
        let Some(token) = bearer(credentials.headers)? else { return Ok(Caller::Anonymous) };
        self.user(token, credentials.received_at, deadline).await.map(Caller::User)
    }
}

impl<K: FetchKeys> Prove<User> for TokenVerifier<K> {
    async fn prove(
        &self,
        credentials: Credentials<'_>,
        deadline: Deadline,
    ) -> Result<User, Problem> {
        let caller = Prove::<Caller>::prove(self, credentials, deadline).await?;
        caller.try_into()
    }
}

/// The bearer token of the `Authorization` header; `None` without the header. 401 when there are
/// several headers, or another scheme.
fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = values.next() else { return Ok(None) };
    let token = first.to_str().ok().and_then(bearer_token).filter(|_| values.next().is_none());
    token.map(Some).ok_or_else(invalid_token)
}

fn bearer_token(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    let usable = scheme.eq_ignore_ascii_case("bearer")
        && token.len() <= MAX_TOKEN_LENGTH
        && !token.contains([' ', ',']);
    usable.then_some(token)
}

fn invalid_token() -> Problem {
    Problem::unauthorized("invalid_token", "The access token is not valid. Sign in again.")
}
