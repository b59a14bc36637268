//! The outbox: messages that are stored in the transaction that caused them, and sent after it.

use std::future::Future;

use serde_json::json;
use uuid::Uuid;

use super::{Rest, StoreError};
use crate::{config::SupabaseConfig, deadline::Deadline, http_client::HttpClient};

/// Marks messages of the outbox as sent.
pub trait MarkSent: Send + Sync {
    /// Has no effect on rows that were claimed again in the meantime.
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
