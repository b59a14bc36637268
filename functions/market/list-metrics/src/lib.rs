//! `GET /v1/metrics`: the latest metrics of many stocks, by filters on any of them or of a batch of symbols.

use market::{DatedPage, ListMetrics, METRICS, Outcome, Snapshot, Symbol, Symbols};
use shared::{
    cached::Fresh,
    http::{Reply, Request},
    list::Cursors,
};

/// A page of metrics; with `symbols`, the metrics of each or why there are none.
pub async fn handle(
    metrics: &impl ListMetrics,
    cursors: &Cursors,
    request: Request,
) -> Reply<Fresh<DatedPage<Outcome<Snapshot>>>> {
    let query = METRICS.query(&request)?;
    let (mut selection, list) = cursors.select(&METRICS, &request, query)?;
    let Some(symbols) = query.get::<Symbols>("symbols")? else {
        let items = metrics.list_metrics(&selection).await?;
        return Ok(items.map(|items| selection.page(&list, items).map(Outcome::Found).into()));
    };
    query.without("symbols", |name| name != "fields")?;
    selection.count = symbols.as_slice().len();
    let found = metrics.metrics_of(&symbols, &selection).await?;
    let of = |found: &[Snapshot], symbol: &Symbol| found.iter().find(|one| one.symbol == *symbol).cloned();
    Ok(found.map(|found| symbols.answer(&request, |symbol| of(&found, symbol).map(|one| selection.narrow(one))).into()))
}
