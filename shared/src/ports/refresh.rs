//! Refreshing a stock: what is stored, what the provider has, and putting the difference in.

use std::future::Future;

use jiff::Timestamp;

use crate::{
    domain::market::{Bar, Bars, Day, DayMetrics, Symbol, refresh::Stored},
    ports::{MarketDataError, StoreError},
};

/// Names the stocks whose refresh is due.
pub trait DueStocks: Send + Sync {
    /// Followed stocks not refreshed since `before`, unless an error tells to wait beyond `now`.
    fn due(&self, before: Timestamp, now: Timestamp) -> impl Future<Output = Result<Vec<Symbol>, StoreError>> + Send;
}

/// Bars as a provider gave them.
#[derive(Debug)]
pub struct Fetched {
    pub bars: Bars,
    /// The name of the provider that answered.
    pub provider: &'static str,
    /// Whether it answered in place of another, which is preferred.
    pub is_fallback: bool,
}

/// Gets daily bars from the market.
pub trait MarketData: Send + Sync {
    /// All bars from `since` on, or the whole history; at least one.
    fn bars(
        &self,
        symbol: &Symbol,
        since: Option<Day>,
    ) -> impl Future<Output = Result<Fetched, MarketDataError>> + Send;
}

/// Reads what a refresh starts from.
pub trait ReadRefreshState: Send + Sync {
    /// `None` when the stock is unknown.
    fn state(&self, symbol: &Symbol) -> impl Future<Output = Result<Option<Stored>, StoreError>> + Send;

    /// Every stored bar of a stock.
    fn stored_bars(&self, symbol: &Symbol) -> impl Future<Output = Result<Bars, StoreError>> + Send;

    /// The adjusted closes of the benchmark, by day.
    fn benchmark_closes(&self) -> impl Future<Output = Result<Vec<(Day, f64)>, StoreError>> + Send;
}

/// What a refresh puts in.
#[derive(Debug)]
pub struct Change<'a> {
    pub symbol: &'a Symbol,
    /// The version it was worked out on.
    pub version: i64,
    pub provider: &'static str,
    /// Whether what is stored goes first.
    pub replace: bool,
    pub bars: &'a [Bar],
    pub history: &'a [DayMetrics],
}

/// Puts a refresh in, whole or not at all.
pub trait ApplyRefresh: Send + Sync {
    /// [`StoreError::Stale`] when the stock has another version by now.
    fn apply(&self, change: Change<'_>) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// Notes on a stock that its refresh failed; its data stay as they are.
pub trait RecordRefreshError: Send + Sync {
    fn record_error(
        &self,
        symbol: &Symbol,
        code: &str,
        detail: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}
