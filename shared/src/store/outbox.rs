//! The outbox: messages written in the transaction that made them true.

use std::future::Future;

use serde_json::json;
use uuid::Uuid;

use super::{Rest, StoreError};
use crate::{config::SupabaseConfig, deadline::Deadline, http_client::HttpClient};

/// Notes that messages of the outbox were sent.
pub trait MarkSent: Send + Sync {
    /// Without effect for rows that were claimed again since.
    fn mark_sent(
        &self,
        ids: &[Uuid],
        claim_token: Uuid,
        deadline: Deadline,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The table `outbox`.
#[derive(Debug)]
pub struct Outbox(Rest);

impl Outbox {
    pub fn new(config: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(config, http))
    }
}

impl MarkSent for Outbox {
    async fn mark_sent(
        &self,
        ids: &[Uuid],
        claim_token: Uuid,
        deadline: Deadline,
    ) -> Result<(), StoreError> {
        let arguments = json!({ "p_ids": ids, "p_claim_token": claim_token });
        self.0.run("mark_outbox_sent", &arguments, deadline).await
    }
}
