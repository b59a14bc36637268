//! Refreshing a stock: what is stored, what the provider has, and putting the difference in.

use std::future::Future;

use crate::plan::Stored;
use market::{Bar, Bars, Day, DayMetrics, Symbol};
use shared::store::StoreError;

/// A provider has no usable bars. `detail` says why, without an address or a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarketDataError {
    #[error("the provider cannot be reached: {0}")]
    Unavailable(String),
    #[error("the provider asks to wait")]
    RateLimited { retry_after_seconds: Option<u64> },
    #[error("the provider does not know the symbol")]
    UnknownSymbol,
    #[error("the provider refused our credentials")]
    Unauthorized,
    #[error("the answer is larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the answer is not what the provider documents: {0}")]
    Malformed(String),
    /// It must not replace what is stored.
    #[error("its history is not the one that is stored: {0}")]
    OtherHistory(String),
}

impl MarketDataError {
    /// Stable, for programs; it is stored with the stock.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable(_) => "provider_unavailable",
            Self::RateLimited { .. } => "provider_rate_limited",
            Self::UnknownSymbol => "provider_unknown_symbol",
            Self::Unauthorized => "provider_unauthorized",
            Self::TooLarge { .. } => "provider_answer_too_large",
            Self::Malformed(_) => "provider_answer_malformed",
            Self::OtherHistory(_) => "provider_history_differs",
        }
    }
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
