//! `GET /v1/stocks/{symbol}/history`: bars and metrics of one stock by day, week or month, as JSON
//! or CSV.

mod history;
mod parameters;

use market::{Day, Format, Listed, Markets, ReadHistory, Symbol, stock_not_found};
use shared::{
    auth::Anyone,
    config::ConfigError,
    http::{HandlerResult, Rate, Request, Route},
    http_client::HttpClient,
    list::Pager,
};

pub use history::HistoryPage;
use history::{Rows, with_metrics_of_intervals};
use parameters::{PARAMETERS, RowLimit, history_query, name};

pub const ROUTE: Route<Anyone> = Route::open("get-metric-history").rate(Rate::Read).weight(5);

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

/// A page of rows from `from` to `to`, both included; 404 for an unknown stock.
pub async fn handle(
    deps: &Deps<impl ReadHistory>,
    _: Anyone,
    request: Request,
) -> HandlerResult<HistoryPage> {
    let parameters = request.query(&PARAMETERS)?;
    let symbol: Symbol = request.path("symbol")?;
    let format = Format::of(&request, parameters)?;
    let (mut query, metrics) = history_query(parameters)?;
    let (limit, list) =
        (parameters.get::<RowLimit>("limit")?.unwrap_or_default().get(), name(&symbol, &query));
    query.count = limit + 1;
    if let Some(last) = deps.pager.resume(&list, parameters)? {
        query.continue_after(last);
    }
    let found = deps.markets.history(&symbol, &query, request.deadline()).await?;
    let found = found.transpose().ok_or_else(stock_not_found)?.map(with_metrics_of_intervals);
    let rows = Rows {
        symbol: &symbol,
        metrics: &metrics,
        limit,
        next: |last: Day| deps.pager.next(&request, &list, &last),
    };
    Ok(match format {
        Format::Json => Listed::Json(found.map(|history| rows.json(&history))),
        Format::Csv => Listed::Csv(found.map(|history| rows.csv(&history)).into()),
    })
}
