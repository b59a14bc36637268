//! `GET /v1/stocks/{symbol}/history`: bars and metrics of one stock by day, week or month, as JSON or CSV.

mod format;
mod history;
mod parameters;

use market::{Day, ReadHistory, Symbol};
use shared::{
    http::{HandlerResult, Request},
    list::Pager,
    problem::Problem,
};

use format::Format;
pub use history::HistoryPage;
use history::Rows;
use parameters::{PARAMETERS, RowLimit, history_query, name};

/// A page of rows from `from` to `to`, both included; 404 for an unknown stock, 406 for another format.
pub async fn handle(history: &impl ReadHistory, pager: &Pager, request: Request) -> HandlerResult<HistoryPage> {
    let parameters = request.query(&PARAMETERS)?;
    let symbol: Symbol = request.path("symbol")?;
    let format = Format::accepted(&request)?;
    let mut query = history_query(parameters)?;
    let (limit, list) = (parameters.get::<RowLimit>("limit")?.unwrap_or_default().get(), name(&symbol, &query));
    query.count = limit + 1;
    if let Some(last) = pager.resume(&list, parameters)? {
        query.continue_after(last);
    }
    let found = history.history(&symbol, &query).await?.transpose().ok_or_else(Problem::stock_not_found)?;
    let next = |last: Day| pager.next(&request, &list, &last);
    let rows = Rows { symbol: &symbol, metrics: &query.metrics, limit, next };
    Ok(match format {
        Format::Json => HistoryPage::Json(found.map(|history| rows.json(&history))),
        Format::Csv => HistoryPage::Csv(found.map(|history| rows.csv(&history))),
    })
}
