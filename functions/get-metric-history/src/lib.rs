//! `GET /v1/stocks/{symbol}/history`: bars and metrics of one stock, by day.

use shared::{
    domain::market::{Day, HistoryRow, Symbol},
    fresh::Fresh,
    http::{Reply, Request},
    page::{Cursors, Page},
    ports::ReadHistory,
    problem::Problem,
};

/// A page of days from `from` to `to`, both included; 404 for an unknown stock.
pub async fn handle(history: &impl ReadHistory, cursors: &Cursors, request: Request) -> Reply<Fresh<Page<HistoryRow>>> {
    let query = request.query(&["from", "to", "limit", "cursor"])?;
    let symbol: Symbol = request.path("symbol")?;
    let (from, to) = (query.get::<Day>("from")?, query.get::<Day>("to")?);
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        return Err(Problem::invalid("from", "after_to", "The first day must not be after the last."));
    }
    let list = cursors.listing(format!("history {symbol} {from:?} {to:?}"), &request, query)?;
    let from = list.after().map(|day: &Day| day.next()).or(from);
    let rows = history
        .history(&symbol, from, to, list.read_count())
        .await?
        .transpose()
        .ok_or_else(Problem::stock_not_found)?;
    Ok(rows.map(|rows| list.page(rows, |row| row.day)))
}
