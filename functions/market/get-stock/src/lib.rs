//! `GET /v1/stocks/{symbol}`: one stock with its latest metrics.

use market::{FindStock, Markets, StockDetail, Symbol, stock_not_found};
use shared::{
    auth::Anyone,
    cached::Cached,
    config::ConfigError,
    http::{HandlerResult, Rate, Request, Route},
    http_client::HttpClient,
};

pub const ROUTE: Route<Anyone> = Route::open("get-stock").rate(Rate::Read);

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

/// 404 for an unknown stock.
pub async fn handle(
    deps: &Deps<impl FindStock>,
    _: Anyone,
    request: Request,
) -> HandlerResult<Cached<StockDetail>> {
    request.no_query()?;
    let symbol: Symbol = request.path("symbol")?;
    deps.markets.find(&symbol, request.deadline()).await?.transpose().ok_or_else(stock_not_found)
}
