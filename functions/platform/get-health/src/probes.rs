//! The dependencies that readiness checks.

use std::future::Future;

use shared::{
    auth::{FetchKeys, Jwks},
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    queue::Queue,
    store::Rest,
};

/// Checks that a dependency is available.
pub trait Probe: Send + Sync {
    fn probe(&self, deadline: Deadline) -> impl Future<Output = bool> + Send;
}

/// The database, read as the role `anon`.
#[derive(Debug)]
pub struct Database(Rest);

impl Database {
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

impl Probe for Database {
    async fn probe(&self, deadline: Deadline) -> bool {
        let query = self.0.table("stocks").select("symbol").limit(1);
        self.0.rows::<serde::de::IgnoredAny>(query, deadline).await.is_ok()
    }
}

impl Probe for Jwks {
    async fn probe(&self, deadline: Deadline) -> bool {
        self.fetch_keys(deadline).await.is_ok()
    }
}

impl Probe for Queue {
    async fn probe(&self, deadline: Deadline) -> bool {
        self.is_available(deadline).await
    }
}
