//! Market data in memory.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test without its data cannot go on"
)]
#![expect(clippy::unreadable_literal, reason = "as the provider writes them")]

mod bars;
mod periods;
mod samples;

pub use bars::{day, flat_bar, flat_bars, price};
pub use periods::periods;
pub use samples::history;

use crate::{
    Dated, FindStock, History, HistoryQuery, HistoryRow, LatestMetrics, ListMetrics, ListStocks,
    Metric, ReadHistory, Search, Snapshot, StockDetail, StockSummary, Symbol, Symbols,
};
use serde_json::{Value, json};
use shared::{cached::Cached, deadline::Deadline, list::ListQuery, store::StoreError};

use shared::list::fakes::select;

/// Stocks with their metrics and history, or a store that cannot be reached.
#[derive(Debug, Clone, Default)]
pub struct MemoryMarkets {
    snapshots: Vec<Snapshot>,
    history: Vec<HistoryRow>,
    down: bool,
}

fn metrics() -> serde_json::Map<String, Value> {
    Metric::ALL.iter().map(|metric| (metric.name().to_owned(), Value::Null)).collect()
}

/// The metrics of a stock of this symbol; only its RSI is known.
pub fn snapshot(symbol: &str) -> Snapshot {
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

/// The stock of a snapshot. SPX is an index, OLD is no longer followed.
fn stock(snapshot: &Snapshot) -> StockSummary {
    let (name, exchange) = match snapshot.symbol.as_str() {
        "IBM" => ("International Business Machines", "NYSE"),
        "MSFT" => ("Microsoft Corporation", "NASDAQ"),
        "SPX" => ("S&P 500", "INDEX"),
        _ => ("Apple Inc.", "NASDAQ"),
    };
    StockSummary {
        symbol: snapshot.symbol.clone(),
        name: name.to_owned(),
        exchange: exchange.to_owned(),
        currency: "USD".to_owned(),
        active: snapshot.symbol.as_str() != "OLD",
        first_day: "2000-03-01".parse().ok(),
        as_of: Some(snapshot.as_of),
        refreshed_at: Some(snapshot.refreshed_at),
        refresh_error: None,
    }
}

impl MemoryMarkets {
    /// One stock.
    pub fn with_aapl() -> Self {
        Self::with(&["AAPL"])
    }

    /// Stocks in the order of their symbols.
    pub fn with(symbols: &[&str]) -> Self {
        Self {
            snapshots: symbols.iter().map(|symbol| snapshot(symbol)).collect(),
            ..Self::default()
        }
    }

    /// Stocks with these metrics.
    pub fn of(snapshots: Vec<Snapshot>) -> Self {
        Self { snapshots, ..Self::default() }
    }

    /// AAPL with this history.
    pub fn with_history(history: Vec<HistoryRow>) -> Self {
        Self { history, ..Self::with_aapl() }
    }

    /// The same history of a stock of this symbol.
    #[must_use]
    pub fn history_of(self, symbol: &str) -> Self {
        Self { snapshots: vec![snapshot(symbol)], ..self }
    }

    /// AAPL with a row a day of January 2013.
    pub fn with_january() -> Self {
        let row = |day: u32| {
            let mut row = metrics();
            row.insert("day".to_owned(), json!(format!("2013-01-{day:02}")));
            // Each price is another one, and the adjusted close half the close.
            let prices =
                [("open", 200), ("high", 220), ("low", 180), ("close", 210), ("adj_close", 105)];
            for (price, base) in prices {
                row.insert(
                    price.to_owned(),
                    json!(f64::from(base + if base == 105 { 0 } else { day })),
                );
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
        if self.down {
            Err(StoreError::Unavailable("connection refused".into()))
        } else {
            Ok(&self.snapshots)
        }
    }
}

impl LatestMetrics for MemoryMarkets {
    async fn latest(
        &self,
        symbol: &Symbol,
        _: Deadline,
    ) -> Result<Cached<Option<Snapshot>>, StoreError> {
        Ok(Cached::from_store(
            self.reach()?.iter().find(|snapshot| snapshot.symbol == *symbol).cloned(),
        ))
    }
}

impl ListMetrics for MemoryMarkets {
    async fn list_metrics(
        &self,
        query: &ListQuery,
        _: Deadline,
    ) -> Result<Cached<Vec<Snapshot>>, StoreError> {
        Ok(Cached::from_store(select(self.reach()?, query)))
    }

    async fn metrics_of(
        &self,
        symbols: &Symbols,
        _: &ListQuery,
        _: Deadline,
    ) -> Result<Cached<Vec<Snapshot>>, StoreError> {
        let is_asked = |snapshot: &&Snapshot| symbols.as_slice().contains(&snapshot.symbol);
        Ok(Cached::from_store(self.reach()?.iter().filter(is_asked).cloned().collect()))
    }
}

impl FindStock for MemoryMarkets {
    async fn find(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> Result<Cached<Option<StockDetail>>, StoreError> {
        let detail =
            |snapshot: Snapshot| StockDetail { summary: stock(&snapshot), metrics: Some(snapshot) };
        Ok(self.latest(symbol, deadline).await?.map(|found| found.map(detail)))
    }
}

impl ListStocks for MemoryMarkets {
    async fn list_stocks(
        &self,
        query: &ListQuery,
        _: Deadline,
    ) -> Result<Cached<Vec<StockSummary>>, StoreError> {
        let stocks: Vec<_> = self.reach()?.iter().map(stock).collect();
        Ok(Cached::from_store(select(&stocks, query)))
    }

    /// Only those with such a beginning, symbols before names.
    async fn search_stocks(
        &self,
        search: &Search,
        query: &ListQuery,
        _: Deadline,
    ) -> Result<Cached<Vec<StockSummary>>, StoreError> {
        let begins = |text: &str| text.to_uppercase().starts_with(&search.as_str().to_uppercase());
        let mut found: Vec<_> = self.reach()?.iter().map(stock).collect();
        found.retain(|stock| begins(stock.symbol.as_str()) || begins(&stock.name));
        found = select(&found, query);
        found.sort_by_key(|stock| !begins(stock.symbol.as_str()));
        Ok(Cached::from_store(found))
    }
}

impl ReadHistory for MemoryMarkets {
    async fn history(
        &self,
        symbol: &Symbol,
        query: &HistoryQuery,
        deadline: Deadline,
    ) -> Result<Cached<Option<History>>, StoreError> {
        let history = |snapshot: Snapshot| History {
            dates: snapshot.dates(),
            rows: periods(&self.history, query),
        };
        Ok(self.latest(symbol, deadline).await?.map(|found| found.map(history)))
    }
}
