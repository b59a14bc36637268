//! Function URL: n8n requests a refresh of symbols, as a signed webhook.

mod store;

use market::{Full, Symbol};
use serde::{Deserialize, Deserializer, Serialize, de::value::StringDeserializer};
use shared::{
    auth::Signed,
    config::{ConfigError, SupabaseConfig},
    http::{HandlerResult, KIB, Queued, Request, Route, parse_json},
    http_client::HttpClient,
    problem::Problem,
    queue::{Publish, Queue, QueueName},
    store::{MarkSent, Outbox, send_now},
};
use uuid::Uuid;

pub use store::{Item, NewRefresh, Refreshes, RequestRefresh, Requested, State};

pub const ROUTE: Route<Signed> = Route::signed("receive-refresh-request").body(16 * KIB);
const MAX_SYMBOLS: usize = 100;

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

/// `{"type": "refresh.requested", "symbols": ["AAPL"], "full": "replace", "force": true}`; `full`
/// and `force` are optional.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefreshRequestBody {
    #[serde(rename = "type", deserialize_with = "by_name")]
    _kind: Kind,
    symbols: Vec<Symbol>,
    full: Option<FullName>,
    force: Option<bool>,
}

#[derive(Debug, Deserialize)]
struct FullName(#[serde(deserialize_with = "by_name")] Full);

#[derive(Debug, Deserialize)]
enum Kind {
    #[serde(rename = "refresh.requested")]
    RefreshRequested,
}

/// Deserialises an enum from a text: serde would also accept `{"name": null}` for `"name"`.
fn by_name<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(StringDeserializer::new(String::deserialize(deserializer)?))
}

/// The stored request.
#[derive(Debug, Serialize)]
pub struct Receipt {
    pub id: Uuid,
    /// The symbols whose refresh is queued.
    pub queued: Vec<Symbol>,
    pub items: Vec<Item>,
}

/// 202 with the stored request, also for a redelivery of the webhook.
pub async fn handle(
    deps: &Deps<impl RequestRefresh, impl Publish, impl MarkSent>,
    caller: Signed,
    request: Request,
) -> HandlerResult<Queued<Receipt>> {
    let RefreshRequestBody { symbols, full, force, .. } = parse_json(request.body())?;
    if symbols.is_empty() || symbols.len() > MAX_SYMBOLS {
        return Err(Problem::invalid(
            "symbols",
            "invalid_length",
            "There must be 1 to 100 symbols.",
        ));
    }
    let new = NewRefresh {
        webhook_id: caller.webhook_id(),
        symbols: &symbols,
        full: full.map(|FullName(full)| full),
        force: force.unwrap_or_default(),
        traceparent: request.trace(),
    };
    let Requested { id, items, claim_token, messages } =
        deps.refreshes.request(new, request.deadline()).await?;
    if !messages.is_empty() {
        send_now(&deps.queue, &deps.outbox, &messages, claim_token, request.deadline()).await;
    }
    let queued = items.iter().filter(|item| item.state == State::Queued);
    let queued = queued.map(|item| item.symbol.clone()).collect();
    Ok(Queued(Receipt { id, queued, items }))
}
