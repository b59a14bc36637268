//! `GET /v1/stocks/{symbol}/metrics`: the latest metrics of one stock.

use market::{LatestMetrics, Markets, Snapshot, Symbol, stock_not_found};
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

/// 404 for a stock that is unknown or has no data yet.
pub async fn handle(
    deps: &Deps<impl LatestMetrics>,
    _: Anyone,
    request: Request,
) -> HandlerResult<Cached<Snapshot>> {
    request.no_query()?;
    let symbol: Symbol = request.path("symbol")?;
    deps.markets.latest(&symbol, request.deadline()).await?.transpose().ok_or_else(stock_not_found)
}
