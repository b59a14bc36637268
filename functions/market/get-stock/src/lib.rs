//! `GET /v1/stocks/{symbol}`: one stock with its latest metrics.

use market::{FindStock, StockDetail, Symbol};
use shared::{
    cached::Cached,
    http::{HandlerResult, Request},
    problem::Problem,
};

/// 404 for an unknown stock.
pub async fn handle(stocks: &impl FindStock, request: Request) -> HandlerResult<Cached<StockDetail>> {
    request.query(&[])?;
    let symbol: Symbol = request.path("symbol")?;
    stocks.find(&symbol).await?.transpose().ok_or_else(Problem::stock_not_found)
}
