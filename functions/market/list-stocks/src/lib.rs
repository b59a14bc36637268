//! `GET /v1/stocks`: stocks by symbol or another field, or those that match a search.

use market::{DatedPage, ListStocks, STOCKS, Search, StockSummary};
use shared::{
    cached::Fresh,
    http::{Reply, Request},
    list::{Cursors, Selected},
};

/// A page of stocks; those that are followed unless `active` says otherwise. A search is one page, best matches first.
pub async fn handle(
    stocks: &impl ListStocks,
    cursors: &Cursors,
    request: Request,
) -> Reply<Fresh<DatedPage<Selected<StockSummary>>>> {
    let query = STOCKS.query(&request)?;
    let (mut selection, list) = cursors.select(&STOCKS, &request, query)?;
    if query.text("active").is_none() {
        selection.only("active", "true");
    }
    let Some(search) = query.get::<Search>("q")? else {
        return Ok(stocks.list_stocks(&selection).await?.map(|items| selection.page(&list, items).into()));
    };
    query.without("q", |name| matches!(name, "cursor" | "sort"))?;
    Ok(stocks.search_stocks(&search, &selection).await?.map(|items| selection.one_page(&list, items).into()))
}
