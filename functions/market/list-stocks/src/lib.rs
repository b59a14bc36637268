//! `GET /v1/stocks`: the stocks that match filters or a search.

use market::{DatedPage, Format, ListStocks, Listed, Markets, STOCKS, Search, StockSummary};
use shared::{
    auth::Anyone,
    cached::Cached,
    config::ConfigError,
    http::{HandlerResult, Rate, Request, Route},
    http_client::HttpClient,
    list::{Page, Pager, Projection},
};

pub const ROUTE: Route<Anyone> = Route::open("list-stocks").rate(Rate::Read);

/// Market data, and the keys that sign cursors.
#[derive(Debug)]
pub struct Deps<M> {
    pub markets: M,
    pub pager: Pager,
}

impl Deps<Markets> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self { markets: Markets::from_env(http)?, pager: Pager::from_env()? })
    }
}

/// A page of stocks; only followed ones without the filters `active` and `status`. A search is one
/// page, best matches first.
pub async fn handle(
    deps: &Deps<impl ListStocks>,
    _: Anyone,
    request: Request,
) -> HandlerResult<Listed<Cached<DatedPage<Projection<StockSummary>>>>> {
    let parameters = STOCKS.parameters(&request)?;
    let format = Format::of(&request, parameters)?;
    let mut query = deps.pager.query(&STOCKS, parameters)?;
    if parameters.text("active").is_none() && parameters.text("status").is_none() {
        query.only("active", "true");
    }
    let Some(search) = parameters.get::<Search>("q")? else {
        let items = deps.markets.list_stocks(&query, request.deadline()).await?;
        let page = items.map(|items| deps.pager.page(&request, &query, items).into());
        return Ok(format.page(page, &query.shown()));
    };
    parameters.without("q", |name| matches!(name, "cursor" | "sort"))?;
    let items = deps.markets.search_stocks(&search, &query, request.deadline()).await?;
    let page = items.map(|items| {
        let best = items.into_iter().take(query.limit);
        Page::whole(best.map(|item| query.project(item)).collect()).into()
    });
    Ok(format.page(page, &query.shown()))
}
