//! Requested refreshes, in the table `refreshes`.

use std::future::Future;

use market::{Full, Symbol};
use serde::{Deserialize, Serialize};
use shared::{
    config::SupabaseConfig,
    deadline::Deadline,
    http_client::HttpClient,
    store::{OutboxMessage, Rest, StoreError},
    trace::TraceParent,
};
use uuid::Uuid;

/// The `requested_by` of requests from n8n.
const ACTOR: &str = "n8n";

/// A request from n8n.
#[derive(Debug)]
pub struct NewRefresh<'a> {
    pub webhook_id: &'a str,
    pub symbols: &'a [Symbol],
    pub full: Option<Full>,
    pub force: bool,
    pub traceparent: Option<TraceParent>,
}

/// A stored request.
#[derive(Debug, Clone, Deserialize)]
pub struct Requested {
    pub id: Uuid,
    pub items: Vec<Item>,
    pub claim_token: Uuid,
    /// The messages to send; none if the request was stored before.
    pub messages: Vec<OutboxMessage>,
}

/// One stock of a request.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Item {
    pub symbol: Symbol,
    pub status: Status,
    /// Why it failed or was skipped.
    pub error: Option<ItemError>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ItemError {
    pub code: String,
    pub detail: String,
}

/// The status of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Queued,
    Done,
    Failed,
    Skipped,
}

/// Stores requests.
pub trait RequestRefresh: Send + Sync {
    /// In one transaction: the request and the outbox messages of its queued items. A second call
    /// with the same webhook id returns the stored request, with the current status of its items.
    fn request(
        &self,
        new: NewRefresh<'_>,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Requested, StoreError>> + Send;
}

/// Requests through an SQL function.
#[derive(Debug)]
pub struct Refreshes(Rest);

impl Refreshes {
    pub fn new(supabase: &SupabaseConfig, http: &HttpClient) -> Self {
        Self(Rest::new(supabase, http))
    }
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names are those of the SQL parameters")]
struct Arguments<'a> {
    p_id: Uuid,
    p_webhook_id: &'a str,
    p_actor: &'static str,
    p_symbols: &'a [Symbol],
    p_force: bool,
    p_full: Option<Full>,
    p_traceparent: Option<TraceParent>,
}

impl RequestRefresh for Refreshes {
    async fn request(
        &self,
        new: NewRefresh<'_>,
        deadline: Deadline,
    ) -> Result<Requested, StoreError> {
        let arguments = Arguments {
            p_id: Uuid::now_v7(),
            p_webhook_id: new.webhook_id,
            p_actor: ACTOR,
            p_symbols: new.symbols,
            p_force: new.force,
            p_full: new.full,
            p_traceparent: new.traceparent,
        };
        self.0.call("request_refresh", &arguments, deadline).await
    }
}
