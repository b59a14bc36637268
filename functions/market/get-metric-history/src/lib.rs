//! `GET /v1/stocks/{symbol}/history`: bars and metrics of one stock by day, week or month, as JSON or CSV.

mod format;
mod history;
mod parameters;

use market::{ReadHistory, Symbol};
use shared::{
    http::{Reply, Request},
    list::Cursors,
    problem::Problem,
};

use format::Format;
pub use history::HistoryPage;
use parameters::{PARAMETERS, RowLimit, history_query, name};

/// A page of rows from `from` to `to`, both included; 404 for an unknown stock, 406 for another format.
pub async fn handle(history: &impl ReadHistory, cursors: &Cursors, request: Request) -> Reply<HistoryPage> {
    let query = request.query(&PARAMETERS)?;
    let symbol: Symbol = request.path("symbol")?;
    let format = Format::accepted(&request)?;
    let mut wanted = history_query(query)?;
    let limit = query.get::<RowLimit>("limit")?.unwrap_or_default().get();
    let list = cursors.listing(name(&symbol, &wanted), limit, &request, query)?;
    wanted.count = list.read_count();
    if let Some(sent) = list.after() {
        wanted.go_on_behind(*sent);
    }
    let found = history.history(&symbol, &wanted).await?.transpose().ok_or_else(Problem::stock_not_found)?;
    Ok(HistoryPage::new(&symbol, &wanted.metrics, format, &list, found))
}
