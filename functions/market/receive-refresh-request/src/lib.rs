//! Function URL: n8n requests a refresh of symbols, as a signed webhook.

use std::time::Duration;

use market::{Full, RefreshRequested, Symbol};
use serde::{Deserialize, Serialize};
use shared::{
    auth::Signed,
    config::ConfigError,
    http::{HandlerResult, KIB, Queued, Request, Route, by_name, parse_json},
    http_client::HttpClient,
    problem::Problem,
    queue::{Publish, Queue, QueueName},
};

pub const ROUTE: Route<Signed> = Route::signed("receive-refresh-request").body(16 * KIB);
const MAX_SYMBOLS: usize = 100;

/// The queue of refreshes.
#[derive(Debug)]
pub struct Deps<Q> {
    pub refreshes: Q,
}

impl Deps<Queue> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self { refreshes: Queue::from_env(QueueName::Refreshes, http)? })
    }
}

/// `{"type": "refresh.requested", "symbols": ["AAPL"], "full": "replace"}`; `full` is optional.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefreshRequestBody {
    #[serde(rename = "type", deserialize_with = "by_name")]
    _kind: Kind,
    symbols: Vec<Symbol>,
    full: Option<Full>,
}

#[derive(Debug, Deserialize)]
enum Kind {
    #[serde(rename = "refresh.requested")]
    RefreshRequested,
}

/// The symbols whose refresh is queued.
#[derive(Debug, Serialize)]
pub struct Receipt {
    pub queued: Vec<Symbol>,
}

/// 202 when all symbols are queued. An unknown symbol is queued, too; refresh-symbol acknowledges
/// it without effect.
pub async fn handle(
    deps: &Deps<impl Publish>,
    _: Signed,
    request: Request,
) -> HandlerResult<Queued<Receipt>> {
    let RefreshRequestBody { symbols, full, .. } = parse_json(request.body())?;
    if symbols.is_empty() || symbols.len() > MAX_SYMBOLS {
        return Err(Problem::invalid(
            "symbols",
            "invalid_length",
            "There must be 1 to 100 symbols.",
        ));
    }
    let messages: Vec<_> = symbols
        .iter()
        .map(|symbol| RefreshRequested {
            full,
            ..RefreshRequested::new(symbol.clone(), request.received_at(), request.trace())
        })
        .collect();
    if !deps.refreshes.publish(&messages, Duration::ZERO, request.deadline()).await?.is_empty() {
        return Err(Problem::upstream_unavailable());
    }
    Ok(Queued(Receipt { queued: symbols }))
}
