//! `GET /v1/stocks`: stocks by symbol or another field, or those that match a search.

use market::{DatedPage, ListStocks, STOCKS, Search, StockSummary};
use shared::{
    cached::Cached,
    http::{HandlerResult, Request},
    list::{Page, Pager, Projection},
};

/// A page of stocks; the active ones unless `active` says otherwise. A search is one page, best matches first.
pub async fn handle(
    stocks: &impl ListStocks,
    pager: &Pager,
    request: Request,
) -> HandlerResult<Cached<DatedPage<Projection<StockSummary>>>> {
    let parameters = STOCKS.parameters(&request)?;
    let mut query = pager.query(&STOCKS, parameters)?;
    if parameters.text("active").is_none() {
        query.only("active", "true");
    }
    let Some(search) = parameters.get::<Search>("q")? else {
        let items = stocks.list_stocks(&query).await?;
        return Ok(items.map(|items| pager.page(&request, &query, items).into()));
    };
    parameters.without("q", |name| matches!(name, "cursor" | "sort"))?;
    let items = stocks.search_stocks(&search, &query).await?;
    Ok(items.map(|items| {
        let best = items.into_iter().take(query.limit);
        Page::whole(best.map(|item| query.project(item)).collect()).into()
    }))
}
