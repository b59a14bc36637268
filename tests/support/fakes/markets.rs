//! Market data in memory.

use serde_json::{Value, json};
use shared::{
    domain::market::{Day, HistoryRow, Metric, Snapshot, StockDetail, StockSummary, Symbol},
    fresh::Fresh,
    ports::{FindStock, LatestMetrics, ListMetrics, ListStocks, Probe, ReadHistory, StoreError},
};

/// Stocks with their metrics and history, or a store that cannot be reached.
#[derive(Debug, Default)]
pub struct MemoryMarkets {
    snapshots: Vec<Snapshot>,
    history: Vec<HistoryRow>,
    down: bool,
}

fn metrics() -> serde_json::Map<String, Value> {
    Metric::ALL.iter().map(|metric| (metric.name().to_owned(), Value::Null)).collect()
}

fn snapshot(symbol: &str) -> Snapshot {
    let mut row = metrics();
    row.insert("rsi_14".to_owned(), json!(33.3378669101004));
    for (name, value) in [
        ("symbol", json!(symbol)),
        ("as_of", json!("2013-03-01")),
        ("close", json!(430.47)),
        ("adj_close", json!(56.137353095488)),
        ("volume", json!(19_730_300)),
        ("refreshed_at", json!("2026-03-02T09:30:00Z")),
    ] {
        row.insert(name.to_owned(), value);
    }
    serde_json::from_value(Value::Object(row)).unwrap()
}

impl MemoryMarkets {
    /// One stock.
    pub fn with_aapl() -> Self {
        Self::with(&["AAPL"])
    }

    /// Stocks in the order of their symbols.
    pub fn with(symbols: &[&str]) -> Self {
        Self { snapshots: symbols.iter().map(|symbol| snapshot(symbol)).collect(), ..Self::default() }
    }

    /// AAPL with a row a day of January 2013.
    pub fn with_january() -> Self {
        let row = |day: u32| {
            let mut row = metrics();
            row.insert("day".to_owned(), json!(format!("2013-01-{day:02}")));
            for price in ["open", "high", "low", "close", "adj_close"] {
                row.insert(price.to_owned(), json!(day + 100));
            }
            row.insert("volume".to_owned(), json!(1000));
            serde_json::from_value(Value::Object(row)).unwrap()
        };
        Self { history: (1..=31).map(row).collect(), ..Self::with_aapl() }
    }

    /// A store that nobody reaches.
    pub fn down() -> Self {
        Self { down: true, ..Self::default() }
    }

    fn reach(&self) -> Result<&[Snapshot], StoreError> {
        if self.down { Err(StoreError::Unavailable("connection refused".into())) } else { Ok(&self.snapshots) }
    }
}

impl LatestMetrics for MemoryMarkets {
    async fn latest(&self, symbol: &Symbol) -> Result<Fresh<Option<Snapshot>>, StoreError> {
        Ok(Fresh::read(self.reach()?.iter().find(|snapshot| snapshot.symbol == *symbol).cloned()))
    }
}

impl ListMetrics for MemoryMarkets {
    async fn metrics_after(&self, after: Option<&Symbol>, count: usize) -> Result<Fresh<Vec<Snapshot>>, StoreError> {
        let behind = |snapshot: &&Snapshot| after.is_none_or(|after| snapshot.symbol > *after);
        Ok(Fresh::read(self.reach()?.iter().filter(behind).take(count).cloned().collect()))
    }
}

impl FindStock for MemoryMarkets {
    async fn find(&self, symbol: &Symbol) -> Result<Fresh<Option<StockDetail>>, StoreError> {
        let detail = |snapshot: &Snapshot| StockDetail {
            symbol: snapshot.symbol.clone(),
            name: "Apple Inc.".to_owned(),
            exchange: "NASDAQ".to_owned(),
            currency: "USD".to_owned(),
            active: true,
            refreshed_at: Some(snapshot.refreshed_at),
            refresh_error: None,
            metrics: Some(snapshot.clone()),
        };
        Ok(self.latest(symbol).await?.map(|found| found.as_ref().map(detail)))
    }
}

impl ListStocks for MemoryMarkets {
    async fn stocks_after(&self, after: Option<&Symbol>, count: usize) -> Result<Fresh<Vec<StockSummary>>, StoreError> {
        let summary = |snapshot: Snapshot| StockSummary {
            symbol: snapshot.symbol,
            name: "Apple Inc.".to_owned(),
            exchange: "NASDAQ".to_owned(),
            currency: "USD".to_owned(),
            active: true,
            refreshed_at: Some(snapshot.refreshed_at),
            refresh_error: None,
        };
        Ok(self.metrics_after(after, count).await?.map(|found| found.into_iter().map(summary).collect()))
    }
}

impl ReadHistory for MemoryMarkets {
    async fn history(
        &self,
        symbol: &Symbol,
        from: Option<Day>,
        to: Option<Day>,
        count: usize,
    ) -> Result<Fresh<Option<Vec<HistoryRow>>>, StoreError> {
        if self.latest(symbol).await?.value.is_none() {
            return Ok(Fresh::read(None));
        }
        let wanted = |row: &&HistoryRow| from.is_none_or(|from| row.day >= from) && to.is_none_or(|to| row.day <= to);
        Ok(Fresh::read(Some(self.history.iter().filter(wanted).take(count).copied().collect())))
    }
}

impl Probe for MemoryMarkets {
    async fn probe(&self) -> bool {
        !self.down
    }
}
