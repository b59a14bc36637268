//! `GET /v1/stocks/{symbol}/metrics`: the latest metrics of one stock.

use market::{KnownStocks, LatestMetrics, Markets, Snapshot, Symbol, no_metrics};
use shared::{
    auth::Anyone,
    cached::Cached,
    config::ConfigError,
    http::{HandlerResult, Rate, Request, Route},
    http_client::HttpClient,
};

pub const ROUTE: Route<Anyone> = Route::open("get-metrics").rate(Rate::Read);

/// Market data.
#[derive(Debug)]
pub struct Deps<M> {
    pub markets: M,
}

impl Deps<Markets> {
    pub fn from_env(http: &HttpClient) -> Result<Self, ConfigError> {
        Ok(Self { markets: Markets::from_env(http)? })
    }
}

/// 404 for an unknown stock, and for one that was never refreshed.
pub async fn handle(
    deps: &Deps<impl LatestMetrics + KnownStocks>,
    _: Anyone,
    request: Request,
) -> HandlerResult<Cached<Snapshot>> {
    request.no_query()?;
    let symbol: Symbol = request.path("symbol")?;
    if let Some(found) = deps.markets.latest(&symbol, request.deadline()).await?.transpose() {
        return Ok(found);
    }
    let known = deps.markets.known(std::slice::from_ref(&symbol), request.deadline()).await?;
    Err(no_metrics(&symbol, &known))
}
