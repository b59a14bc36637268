//! Function URL: n8n requests a refresh of symbols, as a signed webhook.

mod body;
mod store;

use serde::Serialize;
use shared::{
    auth::Signed,
    config::{ConfigError, SupabaseConfig},
    http::{HandlerResult, KIB, Queued, Request, Route},
    http_client::HttpClient,
    queue::{Publish, Queue, QueueName},
    store::{MarkSent, Outbox, send_now},
};
use uuid::Uuid;

use crate::body::Body;

pub use store::{Item, ItemError, NewRefresh, Refreshes, RequestRefresh, Requested, Status};

pub const ROUTE: Route<Signed> = Route::signed("receive-refresh-request").body(16 * KIB);

/// The requested refreshes, their queue, and the outbox.
#[derive(Debug)]
pub struct Deps<R, Q, O> {
    pub refreshes: R,
    pub queue: Q,
    pub outbox: O,
}

impl Deps<Refreshes, Queue, Outbox> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        let supabase = SupabaseConfig::secret()?;
        Ok(Self {
            refreshes: Refreshes::new(&supabase, http),
            queue: Queue::from_env(QueueName::Refreshes, http)?,
            outbox: Outbox::new(&supabase, http),
        })
    }
}

/// The stored request.
#[derive(Debug, Serialize)]
pub struct Receipt {
    pub id: Uuid,
    pub items: Vec<Item>,
}

/// 202 with the stored request, also if no symbol is known: each item has its own error. A
/// redelivery of the webhook has the same items, with their current status.
pub async fn handle(
    deps: &Deps<impl RequestRefresh, impl Publish, impl MarkSent>,
    caller: Signed,
    request: Request,
) -> HandlerResult<Queued<Receipt>> {
    let body = Body::parse(request.body())?;
    let new = NewRefresh {
        webhook_id: caller.webhook_id(),
        symbols: &body.symbols,
        full: body.full,
        force: body.force,
        traceparent: request.trace(),
    };
    let Requested { id, items, claim_token, messages } =
        deps.refreshes.request(new, request.deadline()).await?;
    tracing::Span::current().record("refresh.id", tracing::field::display(id));
    if !messages.is_empty() {
        send_now(&deps.queue, &deps.outbox, &messages, claim_token, request.deadline()).await;
    }
    Ok(Queued(Receipt { id, items }))
}
