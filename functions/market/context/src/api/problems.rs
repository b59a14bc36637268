//! Problems of market data.

use http::{HeaderValue, StatusCode, header};
use shared::problem::Problem;

use crate::Symbol;

/// Seconds after which a stock without metrics may have some, for `Retry-After`.
const NOT_READY_RETRY_SECONDS: &str = "60";

/// 404 `metrics_not_ready` for a symbol in `known`, and `stock_not_found` for any other.
pub fn no_metrics(symbol: &Symbol, known: &[Symbol]) -> Problem {
    if !known.contains(symbol) {
        return stock_not_found();
    }
    let detail = "This stock has no metrics yet: its first refresh is pending.";
    Problem::new(StatusCode::NOT_FOUND, "metrics_not_ready", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from_static(NOT_READY_RETRY_SECONDS))
}

/// 404 `stock_not_found`
pub fn stock_not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "stock_not_found", "There is no stock with this symbol.")
}
