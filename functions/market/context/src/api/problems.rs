//! Problems of market data.

use http::StatusCode;
use shared::problem::Problem;

/// 404 `stock_not_found`
pub fn stock_not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "stock_not_found", "There is no stock with this symbol.")
}
