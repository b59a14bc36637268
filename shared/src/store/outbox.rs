//! The outbox: messages written in the transaction that made them true.

use std::future::Future;

use serde_json::json;
use uuid::Uuid;

use super::{Rest, StoreError};
use crate::{config::ConfigError, http_client::HttpClient};

/// Notes that messages of the outbox were sent.
pub trait MarkSent: Send + Sync {
    /// Without effect for rows that someone else has claimed since.
    fn mark_sent(&self, ids: &[Uuid], claim_token: Uuid) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The table `outbox`.
#[derive(Debug)]
pub struct Outbox(Rest);

impl Outbox {
    /// At `SUPABASE_URL`, with `SUPABASE_SECRET_KEY`.
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Rest::service(http).map(Self)
    }
}

impl MarkSent for Outbox {
    async fn mark_sent(&self, ids: &[Uuid], claim_token: Uuid) -> Result<(), StoreError> {
        let arguments = json!({ "p_ids": ids, "p_claim_token": claim_token });
        self.0.call::<serde::de::IgnoredAny>("mark_outbox_sent", &arguments).await.map(drop)
    }
}
