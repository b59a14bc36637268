//! Function URL: n8n asks for symbols to be refreshed, as a signed webhook.

use std::time::Duration;

use market::{RefreshRequested, Symbol};
use serde::{Deserialize, Serialize};
use shared::{
    http::{HandlerResult, Queued, Request, parse_json},
    problem::Problem,
    queue::Publish,
    webhook::WebhookKeys,
};

const MAX_BODY: usize = 16 * 1024;
const MAX_SYMBOLS: usize = 100;

/// `{"type": "refresh.requested", "symbols": ["AAPL"]}`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefreshRequestBody {
    #[serde(rename = "type")]
    _kind: Kind,
    symbols: Vec<Symbol>,
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

/// 202 when all symbols are queued; 401 unless it is signed. A symbol nobody follows is queued, and then passed over.
pub async fn handle(keys: &WebhookKeys, queue: &impl Publish, request: Request) -> HandlerResult<Queued<Receipt>> {
    let RefreshRequestBody { symbols, .. } = parse_json(keys.verified(&request, MAX_BODY)?.body)?;
    if symbols.is_empty() || symbols.len() > MAX_SYMBOLS {
        return Err(Problem::invalid("symbols", "invalid_length", "There must be 1 to 100 symbols."));
    }
    let message = |symbol: &Symbol| RefreshRequested::new(symbol.clone(), request.received_at(), request.trace());
    let messages: Vec<_> = symbols.iter().map(message).collect();
    if !queue.publish(&messages, Duration::ZERO).await?.is_empty() {
        return Err(Problem::upstream_unavailable());
    }
    Ok(Queued(Receipt { queued: symbols }))
}
