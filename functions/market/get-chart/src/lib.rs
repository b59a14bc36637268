//! `GET /v1/stocks/{symbol}/chart.svg` and `chart.png`: a picture of a stock's prices.
//!
//! The PNG is the SVG, rasterised. The same data and parameters always give the same bytes.

mod axis;
mod calendar;
mod chart;
mod compose;
mod describe;
mod error;
mod header;
mod items;
mod labels;
mod layout;
mod legend;
mod panels;
mod parameters;
mod picture;
mod read;
mod ruler;
mod shapes;
mod theme;

use market::{File, Markets, ReadHistory, Symbol, dates_as_headers, stock_not_found};
use shared::{
    auth::Anyone,
    config::ConfigError,
    http::{HandlerResult, Rate, Request, Route},
    http_client::HttpClient,
    problem::Problem,
};

use chart::Chart;
use error::DrawError;
use parameters::{Format, Options};

pub const ROUTE: Route<Anyone> = Route::open("get-chart").rate(Rate::Read).weight(10);

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

/// For a stock without prices yet, the picture says so; 404 for an unknown stock.
pub async fn handle(
    deps: &Deps<impl ReadHistory>,
    _: Anyone,
    request: Request,
) -> HandlerResult<File> {
    let format = Format::of(&request);
    let options = Options::of(request.query(format.parameters())?)?;
    let symbol: Symbol = request.path("symbol")?;
    let found = deps.markets.history(&symbol, &read::query(&options), request.deadline()).await?;
    let history = found.transpose().ok_or_else(stock_not_found)?;
    let file = history.try_map(|history| {
        let chart = Chart::new(&symbol, &history, &options);
        let (body, headers) = (picture::draw(&chart, format)?, dates_as_headers(history.dates));
        let media_type = format.media_type();
        Ok::<_, DrawError>(File { media_type, body, headers, next: None, age: None })
    });
    file.map(File::from).map_err(Problem::internal)
}
