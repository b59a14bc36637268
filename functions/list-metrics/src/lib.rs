//! `GET /v1/metrics`: the latest metrics of all stocks, by symbol.

use shared::{
    domain::market::Snapshot,
    fresh::Fresh,
    http::{Reply, Request},
    page::{Cursors, Page},
    ports::ListMetrics,
};

/// A page of metrics.
pub async fn handle(metrics: &impl ListMetrics, cursors: &Cursors, request: Request) -> Reply<Fresh<Page<Snapshot>>> {
    let query = request.query(&["limit", "cursor"])?;
    let list = cursors.listing("metrics", &request, query)?;
    let items = metrics.metrics_after(list.after(), list.read_count()).await?;
    Ok(items.map(|items| list.page(items, |snapshot| snapshot.symbol.clone())))
}
