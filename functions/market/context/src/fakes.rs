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
mod stocks;

pub use bars::{day, flat_bar, flat_bars, price};
pub use periods::{adjusted_bars, interval, periods};
pub use samples::history;
pub use stocks::snapshot;

use crate::{
    Comparison, Dated, FindStock, History, HistoryQuery, HistoryRow, KnownStocks, LatestMetrics,
    ListMetrics, ListStocks, ReadHistory, Search, Snapshot, StockDetail, StockSummary, Symbol,
    Symbols,
};
use shared::{
    cached::Cached,
    deadline::Deadline,
    list::{ListQuery, Sortable, fakes::select},
    store::StoreError,
};

use stocks::{detail, january, pending, stock};

/// Stocks with their metrics and history, or an unavailable store.
#[derive(Debug, Clone, Default)]
pub struct MemoryMarkets {
    snapshots: Vec<Snapshot>,
    history: Vec<HistoryRow>,
    /// The name of every stock, if it is not its own.
    name: Option<String>,
    /// Stocks without metrics.
    unrefreshed: Vec<Symbol>,
    down: bool,
}

impl MemoryMarkets {
    /// One stock.
    pub fn with_aapl() -> Self {
        Self::with(&["AAPL"])
    }

    /// Stocks of these symbols, in this order.
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

    /// Replaces the stocks by one of this symbol, with the same history.
    #[must_use]
    pub fn history_of(self, symbol: &str) -> Self {
        Self { snapshots: vec![snapshot(symbol)], ..self }
    }

    /// AAPL with a row for each day of January 2013.
    pub fn with_january() -> Self {
        Self { history: (1..=31).map(january).collect(), ..Self::with_aapl() }
    }

    /// Gives every stock this name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }

    /// Adds a stock that was never refreshed.
    #[must_use]
    pub fn unrefreshed(mut self, symbol: &str) -> Self {
        self.unrefreshed.push(symbol.parse().unwrap());
        self
    }

    /// An unavailable store.
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
        let mut query = query.clone();
        let comparisons = Comparison::take(&mut query);
        let mut snapshots = self.reach()?.to_vec();
        snapshots
            .retain(|snapshot| comparisons.iter().all(|comparison| meets(snapshot, comparison)));
        Ok(Cached::from_store(select(&snapshots, &query)))
    }

    async fn metrics_of(
        &self,
        symbols: &Symbols,
        _: &ListQuery,
        _: Deadline,
    ) -> Result<Cached<Vec<Snapshot>>, StoreError> {
        let snapshots = self.reach()?.iter();
        let found = snapshots.filter(|snapshot| symbols.as_slice().contains(&snapshot.symbol));
        Ok(Cached::from_store(found.cloned().collect()))
    }
}

impl KnownStocks for MemoryMarkets {
    async fn known(&self, symbols: &[Symbol], _: Deadline) -> Result<Vec<Symbol>, StoreError> {
        let refreshed = self.reach()?.iter().map(|snapshot| &snapshot.symbol);
        let all = refreshed.chain(&self.unrefreshed);
        Ok(all.filter(|symbol| symbols.contains(symbol)).cloned().collect())
    }
}

impl FindStock for MemoryMarkets {
    async fn find(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> Result<Cached<Option<StockDetail>>, StoreError> {
        let found = self.latest(symbol, deadline).await?;
        Ok(found.map(|found| match self.unrefreshed.iter().find(|other| *other == symbol) {
            Some(symbol) => Some(StockDetail { summary: pending(symbol), metrics: None }),
            None => found.map(detail),
        }))
    }
}

impl ListStocks for MemoryMarkets {
    async fn list_stocks(
        &self,
        query: &ListQuery,
        _: Deadline,
    ) -> Result<Cached<Vec<StockSummary>>, StoreError> {
        let refreshed = self.reach()?.iter().map(stock);
        let mut stocks: Vec<_> = refreshed.chain(self.unrefreshed.iter().map(pending)).collect();
        if let Some(name) = &self.name {
            for stock in &mut stocks {
                stock.name.clone_from(name);
            }
        }
        Ok(Cached::from_store(select(&stocks, query)))
    }

    /// Matches prefixes only. Matches of symbols come before matches of names.
    async fn search_stocks(
        &self,
        search: &Search,
        query: &ListQuery,
        _: Deadline,
    ) -> Result<Cached<Vec<StockSummary>>, StoreError> {
        let mut found: Vec<_> = self.reach()?.iter().map(stock).collect();
        found.retain(|stock| begins(stock.symbol.as_str(), search) || begins(&stock.name, search));
        found = select(&found, query);
        found.sort_by_key(|stock| !begins(stock.symbol.as_str(), search));
        Ok(Cached::from_store(found))
    }
}

/// Compares the columns as numbers; a null does not meet any comparison.
fn meets(snapshot: &Snapshot, comparison: &Comparison) -> bool {
    let [one, other] = [comparison.column, comparison.other.as_str()]
        .map(|column| snapshot.sort_value(column).map(|value| value.parse::<f64>().unwrap()));
    let Some((one, other)) = one.zip(other) else { return false };
    match comparison.operator {
        "eq" => one.total_cmp(&other).is_eq(),
        "gte" => one >= other,
        "gt" => one > other,
        "lt" => one < other,
        _ => one <= other,
    }
}

fn begins(text: &str, search: &Search) -> bool {
    text.to_uppercase().starts_with(&search.as_str().to_uppercase())
}

impl ReadHistory for MemoryMarkets {
    async fn history(
        &self,
        symbol: &Symbol,
        query: &HistoryQuery,
        deadline: Deadline,
    ) -> Result<Cached<Option<History>>, StoreError> {
        let found = self.latest(symbol, deadline).await?;
        Ok(found.map(|snapshot| {
            let snapshot = snapshot?;
            let StockSummary { name, currency, .. } = stock(&snapshot);
            let (interval, rows) = (interval(&self.history, query), periods(&self.history, query));
            let last = rows.iter().map(|row| row.day).max().filter(|_| query.bars);
            let bars = last.map(|last| adjusted_bars(&self.history, interval, last));
            let (dates, bars) = (snapshot.dates(), bars.unwrap_or_default());
            Some(History { name, currency, dates, interval, rows, bars })
        }))
    }
}
