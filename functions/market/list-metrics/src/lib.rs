//! `GET /v1/metrics`: the latest metrics of many stocks, by filters on any of them or of a batch of symbols.

use market::{BatchItem, DatedPage, ListMetrics, METRICS, Snapshot, Symbols};
use shared::{
    cached::Cached,
    http::{HandlerResult, Request},
    list::Pager,
};

/// A page of metrics; with `symbols`, an item for each symbol.
pub async fn handle(
    metrics: &impl ListMetrics,
    pager: &Pager,
    request: Request,
) -> HandlerResult<Cached<DatedPage<BatchItem<Snapshot>>>> {
    let parameters = METRICS.parameters(&request)?;
    let mut query = pager.query(&METRICS, parameters)?;
    let Some(symbols) = parameters.get::<Symbols>("symbols")? else {
        let items = metrics.list_metrics(&query).await?;
        return Ok(items.map(|items| pager.page(&request, &query, items).map(BatchItem::Found).into()));
    };
    parameters.without("symbols", |name| name != "fields")?;
    query.limit = symbols.as_slice().len();
    let found = metrics.metrics_of(&symbols, &query).await?;
    Ok(found.map(|found| symbols.page(&found, &query, &request.id()).into()))
}
