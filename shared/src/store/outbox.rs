//! The outbox: messages that are stored in the transaction that caused them, and sent after it.

use std::{future::Future, time::Duration};

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{json, value::RawValue};
use uuid::Uuid;

use super::{Rest, StoreError};
use crate::{
    config::SupabaseConfig, deadline::Deadline, http_client::HttpClient, queue::Publish, telemetry,
};

/// A message of the outbox.
#[derive(Debug, Clone, Deserialize)]
pub struct OutboxMessage {
    pub id: Uuid,
    /// JSON, sent verbatim.
    pub payload: Box<RawValue>,
}

/// Sends messages now and marks those that the queue accepted. The others are sent by relay-outbox,
/// once the claim has expired.
pub async fn send_now(
    queue: &impl Publish,
    outbox: &impl MarkSent,
    messages: &[OutboxMessage],
    claim_token: Uuid,
    deadline: Deadline,
) {
    let payloads: Vec<_> = messages.iter().map(|message| &message.payload).collect();
    let failed = match queue.publish(&payloads, Duration::ZERO, deadline).await {
        Ok(failed) => failed,
        Err(error) => {
            let cause = telemetry::chain(&error);
            tracing::warn!(queue.cause = cause, "could not send; relay-outbox will send");
            return;
        }
    };
    if !failed.is_empty() {
        tracing::warn!(queue.refused = failed.len(), "not accepted; relay-outbox will send");
    }
    let sent = messages.iter().enumerate().filter(|(index, _)| !failed.contains(index));
    let sent: Vec<Uuid> = sent.map(|(_, message)| message.id).collect();
    if sent.is_empty() {
        return;
    }
    if let Err(error) = outbox.mark_sent(&sent, claim_token, deadline).await {
        let cause = telemetry::chain(&error);
        tracing::warn!(
            outbox.cause = cause,
            "could not mark messages as sent; relay-outbox may send them again"
        );
    }
}

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
        let _: IgnoredAny =
            self.0.call_idempotent("mark_outbox_sent", &arguments, deadline).await?;
        Ok(())
    }
}
