//! `GET /v1/stocks/{symbol}/chart.svg` and `chart.png`: a picture of a stock's prices.
//!
//! The PNG is the SVG, rasterised. The same data and parameters always give the same bytes.

mod axis;
mod calendar;
mod chart;
mod compose;
mod error;
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

use market::{FindStock, History, ReadHistory, Symbol, dates_as_headers};
use shared::{
    cached::Cached,
    http::{File, HandlerResult, Request},
    problem::Problem,
};

use chart::Chart;
use parameters::{Format, Options, PARAMETERS};

/// A stock without prices yet is a picture that says so; 404 for an unknown stock.
pub async fn handle(markets: &(impl FindStock + ReadHistory), request: Request) -> HandlerResult<Cached<File>> {
    let options = Options::of(request.query(&PARAMETERS)?)?;
    let symbol: Symbol = request.path("symbol")?;
    let wanted = read::query(&options);
    let (stock, history) = tokio::join!(markets.find(&symbol), markets.history(&symbol, &wanted));
    let stock = stock?.transpose().ok_or_else(Problem::stock_not_found)?;
    let history = history?.transpose().ok_or_else(Problem::stock_not_found)?;
    let format = Format::of(&request);
    let drawn = stock.and(history).try_map(|(stock, History { dates, rows })| {
        let chart = Chart { stock: &stock.summary, rows: &rows, options: &options };
        let body = picture::draw(&chart, format)?;
        Ok::<_, error::DrawError>(File {
            media_type: format.media_type(),
            body,
            headers: dates_as_headers(dates),
            next: None,
        })
    });
    drawn.map_err(Problem::internal)
}
