//! `GET /v1/metrics`: the latest metrics of the stocks that match filters, or of a batch of
//! symbols.

use market::{
    BatchItem, Comparison, DatedPage, Format, KnownStocks, ListMetrics, Listed, METRICS, Markets,
    Snapshot, Symbols,
};
use shared::{
    auth::Anyone,
    cached::Cached,
    config::ConfigError,
    http::{HandlerResult, Rate, Request, Route},
    http_client::HttpClient,
    list::Pager,
};

pub const ROUTE: Route<Anyone> = Route::open("list-metrics").rate(Rate::Read).weight(5);

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

/// A page of metrics; with `symbols`, an item for each symbol. As CSV, a batch has the column
/// `error` for the code of a problem.
pub async fn handle(
    deps: &Deps<impl ListMetrics + KnownStocks>,
    _: Anyone,
    request: Request,
) -> HandlerResult<Listed<Cached<DatedPage<BatchItem<Snapshot>>>>> {
    let parameters = METRICS.parameters(&request)?;
    let format = Format::of(&request, parameters)?;
    let mut query = deps.pager.query(&METRICS, parameters)?;
    Comparison::limit(&query)?;
    let mut columns = query.shown();
    let Some(symbols) = parameters.get::<Symbols>("symbols")? else {
        let items = deps.markets.list_metrics(&query, request.deadline()).await?;
        let page = items
            .map(|items| deps.pager.page(&request, &query, items).map(BatchItem::Found).into());
        return Ok(format.page(page, &columns));
    };
    parameters.without("symbols", |name| !["fields", "format"].contains(&name))?;
    columns.push("error");
    query.limit = symbols.as_slice().len();
    let found = deps.markets.metrics_of(&symbols, &query, request.deadline()).await?;
    let missing = symbols.missing(&found.value);
    let known = match missing.as_slice() {
        [] => missing,
        missing => deps.markets.known(missing, request.deadline()).await?,
    };
    let page = found.map(|found| symbols.page(&found, &known, &query).into());
    Ok(format.page(page, &columns))
}
