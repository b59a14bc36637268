//! The outbox: messages written together with what they tell.

use serde_json::json;
use uuid::Uuid;

use super::rest::Rest;
use crate::{
    adapters::http_client::HttpClient,
    config::ConfigError,
    domain::delivery::Outgoing,
    ports::{ClaimOutbox, MarkSent, StoreError},
};

/// The table `outbox`, through its two functions.
#[derive(Debug)]
pub struct Outbox(Rest);

impl Outbox {
    /// At `SUPABASE_URL`, with `SUPABASE_SECRET_KEY`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Rest::service(http).map(Self)
    }
}

impl ClaimOutbox for Outbox {
    async fn claim(&self, count: u32) -> Result<Vec<Outgoing>, StoreError> {
        self.0.call("claim_outbox", &json!({ "p_limit": count })).await
    }
}

impl MarkSent for Outbox {
    async fn mark_sent(&self, ids: &[Uuid], claim_token: Uuid) -> Result<(), StoreError> {
        let arguments = json!({ "p_ids": ids, "p_claim_token": claim_token });
        self.0.call::<serde::de::IgnoredAny>("mark_outbox_sent", &arguments).await.map(drop)
    }
}
