//! `GET /v1/stocks/{symbol}/metrics`: the latest metrics of one stock.

use market::{LatestMetrics, Snapshot, Symbol};
use shared::{
    cached::Cached,
    http::{HandlerResult, Request},
    problem::Problem,
};

/// 404 for a stock that is unknown or has no data yet.
pub async fn handle(metrics: &impl LatestMetrics, request: Request) -> HandlerResult<Cached<Snapshot>> {
    request.query(&[])?;
    let symbol: Symbol = request.path("symbol")?;
    metrics.latest(&symbol).await?.transpose().ok_or_else(Problem::stock_not_found)
}
