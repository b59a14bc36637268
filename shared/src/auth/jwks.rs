//! The public keys of Supabase Auth, which verify access tokens.

use std::time::Duration;

use bytes::Bytes;
use secrecy::SecretString;

use super::keys::{FetchKeys, KeySet, KeysError};
use crate::{
    config::{self, ConfigError},
    deadline::Deadline,
    http_client::{HttpClient, Limits},
};

const LIMITS: Limits = Limits { timeout: Duration::from_secs(3), max_body: 64 * 1024 };

/// The Supabase project whose access tokens are accepted.
#[derive(Debug)]
pub struct AuthConfig {
    /// `SUPABASE_URL`: URL of the project. The issuer of its tokens is this URL with `/auth/v1`.
    pub url: String,
    /// `SUPABASE_JWT_SECRET`: legacy shared secret (HS256) of a project without signing keys.
    pub legacy_secret: Option<SecretString>,
}

impl AuthConfig {
    pub fn from_env() -> Result<Self, ConfigError> {
        let legacy_secret = config::optional("SUPABASE_JWT_SECRET").map(SecretString::from);
        Ok(Self { url: config::base_url("SUPABASE_URL")?, legacy_secret })
    }
}

/// The project's JSON Web Key Set.
#[derive(Debug)]
pub struct Jwks {
    url: String,
    http: HttpClient,
}

impl Jwks {
    pub fn new(config: &AuthConfig, http: &HttpClient) -> Self {
        Self { url: format!("{}/auth/v1/.well-known/jwks.json", config.url), http: http.clone() }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the JWKS endpoint returned {0}")]
struct UnexpectedStatus(http::StatusCode);

impl FetchKeys for Jwks {
    async fn fetch_keys(&self, deadline: Deadline) -> Result<KeySet, KeysError> {
        let request = http::Request::get(&self.url)
            .body(Bytes::new())
            .map_err(|error| KeysError(error.into()))?;
        let response = self
            .http
            .send(request, LIMITS, deadline)
            .await
            .map_err(|error| KeysError(error.into()))?;
        if !response.status().is_success() {
            return Err(KeysError(UnexpectedStatus(response.status()).into()));
        }
        KeySet::parse(response.body()).map_err(|error| KeysError(error.into()))
    }
}
