//! `GET /v1/stocks/{symbol}/chart.svg` and `chart.png`: a picture of a stock's prices.
//!
//! The PNG is the SVG, rasterised. The same data and parameters always give the same bytes.

mod axis;
mod calendar;
mod chart;
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

use shared::{
    domain::market::{History, Symbol},
    fresh::Fresh,
    http::{Document, Reply, Request},
    ports::{FindStock, ReadHistory},
    problem::Problem,
};

use chart::Chart;
use parameters::{Format, Options, PARAMETERS};

/// A stock without prices yet is a picture that says so; 404 for an unknown stock.
pub async fn handle(markets: &(impl FindStock + ReadHistory), request: Request) -> Reply<Fresh<Document>> {
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
        Ok::<_, picture::DrawError>(Document { media_type: format.media_type(), body, dates, next: None })
    });
    drawn.map_err(Problem::internal)
}
