//! Claims on the unsent messages of the outbox.

use std::{borrow::Cow, future::Future};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    Analyses,
    Refreshes,
}

/// A claimed message, not yet marked as sent.
#[derive(Debug, Deserialize)]
pub struct Outgoing {
    pub id: Uuid,
    /// A text: a row with an unknown topic must not fail the batch that it is in.
    pub topic: String,
    /// JSON, sent verbatim.
    pub payload: Box<RawValue>,
    pub claim_token: Uuid,
}

#[derive(Deserialize)]
struct Typed<'a> {
    #[serde(borrow)]
    r#type: Cow<'a, str>,
}

impl Outgoing {
    /// `None` for an unknown topic or type. While a deployment runs, the functions that write
    /// messages may be newer than this one.
    pub fn topic(&self) -> Option<Topic> {
        let Typed { r#type } = serde_json::from_str(self.payload.get()).ok()?;
        match (self.topic.as_str(), r#type.as_ref()) {
            ("analyses", "analysis.requested") => Some(Topic::Analyses),
            ("refreshes", "refresh.requested") => Some(Topic::Refreshes),
            _ => None,
        }
    }
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
