//! Who is calling. A [`Caller`] can only be obtained here.
//!
//! Access tokens of Supabase Auth are verified against the project's published keys (ES256 or RS256), or against a legacy
//! shared secret (HS256) when one is configured. The key decides the algorithm, never the token's header.

mod caller;
mod claims;
mod identity;
mod jwks;
mod keys;
mod token_cache;

pub use caller::{AccessToken, Caller, User};
pub use identity::{Role, UserId};
pub use jwks::Jwks;
pub use keys::{FetchKeys, KeySet, KeysError};

use std::sync::Mutex;

use http::{StatusCode, header};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, DecodingKey};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    auth::{claims::Claims, keys::Keys, token_cache::TokenCache},
    config::{self, ConfigError},
    http::Request,
    problem::Problem,
};

const MAX_TOKEN_LENGTH: usize = 8 * 1024;

/// Proves callers.
#[derive(Debug)]
pub struct Auth<K> {
    issuer: String,
    keys: Keys<K>,
    legacy: Option<DecodingKey>,
    cache: Mutex<TokenCache>,
}

impl<K: FetchKeys> Auth<K> {
    /// For the project at `SUPABASE_URL`; `SUPABASE_JWT_SECRET` adds its legacy shared secret.
    pub fn from_env(published: K) -> Result<Self, ConfigError> {
        let legacy = config::optional("SUPABASE_JWT_SECRET").map(SecretString::from);
        Ok(Self::new(&config::base_url("SUPABASE_URL")?, published, legacy.as_ref()))
    }

    pub fn new(supabase_url: &str, published: K, legacy: Option<&SecretString>) -> Self {
        Self {
            issuer: format!("{supabase_url}/auth/v1"),
            keys: Keys::new(published),
            legacy: legacy.map(|secret| DecodingKey::from_secret(secret.expose_secret().as_bytes())),
            cache: Mutex::default(),
        }
    }

    /// Who sent the request: nobody known without an `Authorization` header, else the bearer of a valid token, else a 401.
    pub async fn caller(&self, request: &Request) -> Result<Caller, Problem> {
        let mut values = request.headers(header::AUTHORIZATION);
        let Some(first) = values.next() else { return Ok(Caller::Anonymous) };
        let token =
            first.to_str().ok().and_then(bearer).filter(|_| values.next().is_none()).ok_or_else(invalid_token)?;
        self.user(token, request.received_at()).await.map(Caller::User)
    }

    async fn user(&self, token: &str, now: Timestamp) -> Result<User, Problem> {
        let digest = token_cache::digest(token);
        if let Some(user) = self.cache().get(&digest, now) {
            return Ok(user);
        }
        let claims = self.verify(token, now).await?;
        if claims.is_anonymous {
            let detail = "Anonymous sign-ins may not do this. Sign up first.";
            return Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail));
        }
        let user = User::new(claims.user_id, claims.role, token.to_owned().into());
        self.cache().insert(digest, user.clone(), claims.expires_at, now);
        Ok(user)
    }

    async fn verify(&self, token: &str, now: Timestamp) -> Result<Claims, Problem> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| invalid_token())?;
        // The header names a key, and each key has one algorithm. The shared secret is published under no id, though tokens name one.
        let claims = match (&self.legacy, &header.kid) {
            (Some(secret), _) if header.alg == Algorithm::HS256 => claims::verified(token, secret, Algorithm::HS256),
            (_, Some(kid)) => {
                let key = self.keys.find(kid, now).await?.ok_or_else(invalid_token)?;
                claims::verified(token, &key.key, key.algorithm)
            }
            (_, None) => None,
        };
        claims.and_then(|raw| raw.check(&self.issuer, now)).ok_or_else(invalid_token)
    }

    /// A panic leaves the cache usable.
    fn cache(&self) -> std::sync::MutexGuard<'_, TokenCache> {
        self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, token) = value.split_once(' ')?;
    let usable =
        scheme.eq_ignore_ascii_case("bearer") && token.len() <= MAX_TOKEN_LENGTH && !token.contains([' ', ',']);
    usable.then_some(token)
}

fn invalid_token() -> Problem {
    Problem::unauthorized("invalid_token", "The access token is not valid. Sign in again.")
}
