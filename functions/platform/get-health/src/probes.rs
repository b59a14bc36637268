//! What readiness depends on.

use std::future::Future;

use shared::{
    auth::{FetchKeys, Jwks},
    config::ConfigError,
    http_client::HttpClient,
    queue::Queue,
    store::Rest,
};

/// Tells whether a system we depend on answers.
pub trait Probe: Send + Sync {
    fn probe(&self) -> impl Future<Output = bool> + Send;
}

/// The database, as `anon` reads it.
#[derive(Debug)]
pub struct Database(Rest);

impl Database {
    /// At `SUPABASE_URL`, with `SUPABASE_PUBLISHABLE_KEY`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Rest::anon(http).map(Self)
    }
}

impl Probe for Database {
    async fn probe(&self) -> bool {
        let query = self.0.table("stocks").select("symbol").limit(1);
        self.0.rows::<serde::de::IgnoredAny>(query).await.is_ok()
    }
}

impl Probe for Jwks {
    async fn probe(&self) -> bool {
        self.fetch_keys().await.is_ok()
    }
}

impl Probe for Queue {
    async fn probe(&self) -> bool {
        self.answers().await
    }
}
