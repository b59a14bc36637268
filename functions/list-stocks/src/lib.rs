//! `GET /v1/stocks`: the stocks that are followed, by symbol.

use shared::{
    domain::market::StockSummary,
    fresh::Fresh,
    http::{Reply, Request},
    page::{Cursors, Page},
    ports::ListStocks,
};

/// A page of stocks.
pub async fn handle(stocks: &impl ListStocks, cursors: &Cursors, request: Request) -> Reply<Fresh<Page<StockSummary>>> {
    let query = request.query(&["limit", "cursor"])?;
    let list = cursors.listing("stocks", &request, query)?;
    let items = stocks.stocks_after(list.after(), list.read_count()).await?;
    Ok(items.map(|items| list.page(items, |stock| stock.symbol.clone())))
}
