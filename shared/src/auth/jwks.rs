//! Supabase Auth: the keys with which it signs access tokens.

use std::time::Duration;

use bytes::Bytes;

use crate::{
    auth::{FetchKeys, KeySet, KeysError},
    config::{self, ConfigError},
    http_client::{HttpClient, Limits},
};

const LIMITS: Limits = Limits { timeout: Duration::from_secs(3), max_body: 64 * 1024 };

/// The project's key set.
#[derive(Debug)]
pub struct Jwks {
    url: String,
    http: HttpClient,
}

impl Jwks {
    /// At `SUPABASE_URL`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let url = format!("{}/auth/v1/.well-known/jwks.json", config::base_url("SUPABASE_URL")?);
        Ok(Self { url, http: http.clone() })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the key endpoint answered {0}")]
struct Unaccepted(http::StatusCode);

impl FetchKeys for Jwks {
    async fn fetch_keys(&self) -> Result<KeySet, KeysError> {
        let request = http::Request::get(&self.url).body(Bytes::new()).map_err(|error| KeysError(error.into()))?;
        let response = self.http.send(request, LIMITS).await.map_err(|error| KeysError(error.into()))?;
        if !response.status().is_success() {
            return Err(KeysError(Unaccepted(response.status()).into()));
        }
        KeySet::parse(response.body()).map_err(|error| KeysError(error.into()))
    }
}
