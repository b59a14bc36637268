//! Claims on the unsent messages of the outbox.

use std::future::Future;

use serde::Deserialize;
use serde_json::{json, value::RawValue};
use shared::{
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{Rest, StoreError},
};
use uuid::Uuid;

/// The queue of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Topic {
    Analyses,
}

/// A claimed message, not yet marked as sent.
#[derive(Debug, Deserialize)]
pub struct Outgoing {
    pub id: Uuid,
    pub topic: Topic,
    /// JSON, sent verbatim.
    pub payload: Box<RawValue>,
    pub claim_token: Uuid,
}

/// Claims unsent messages of the outbox.
pub trait ClaimOutbox: Send + Sync {
    /// Claims, for one minute, at most `count` messages whose claim has expired.
    fn claim(
        &self,
        count: u32,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Vec<Outgoing>, StoreError>> + Send;
}

/// Claims through an SQL function.
#[derive(Debug)]
pub struct Claims(Rest);

impl Claims {
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

impl ClaimOutbox for Claims {
    async fn claim(&self, count: u32, deadline: Deadline) -> Result<Vec<Outgoing>, StoreError> {
        self.0.call("claim_outbox", &json!({ "p_limit": count }), deadline).await
    }
}
