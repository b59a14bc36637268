//! The calls of providers, counted in the database.

use jiff::Timestamp;
use serde_json::json;
use shared::{
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError},
};

use crate::{
    config::Budget,
    ports::{ProviderCalls, Retry},
};

/// Counts through SQL functions.
#[derive(Debug)]
pub struct StoredCalls(Rest);

impl StoredCalls {
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

impl ProviderCalls for StoredCalls {
    async fn take(
        &self,
        provider: &'static str,
        Budget { rate, daily_calls }: Budget,
        deadline: Deadline,
    ) -> Result<Option<Timestamp>, StoreError> {
        let arguments = json!({
            "p_provider": provider,
            "p_calls": rate.map(|rate| rate.calls),
            "p_window": rate.map(|rate| rate.window),
            "p_daily_calls": daily_calls,
        });
        self.0.call("take_provider_call", &arguments, deadline).await
    }

    async fn pause(
        &self,
        provider: &'static str,
        retry: Retry,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let (seconds, until) = retry.parts();
        let arguments = json!({ "p_provider": provider, "p_seconds": seconds, "p_until": until });
        self.0.run("pause_provider", &arguments, deadline).await
    }
}
