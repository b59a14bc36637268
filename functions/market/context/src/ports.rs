//! Reading market data, which anyone may.

use std::future::Future;

use crate::{History, HistoryQuery, Search, Snapshot, StockDetail, StockSummary, Symbol, Symbols};
use shared::{cached::Cached, list::ListQuery, store::StoreError};

/// Reads the latest metrics of one stock.
pub trait LatestMetrics: Send + Sync {
    /// `None` when the stock is unknown or was never refreshed.
    fn latest(&self, symbol: &Symbol) -> impl Future<Output = Result<Cached<Option<Snapshot>>, StoreError>> + Send;
}

/// Reads the latest metrics of many stocks.
pub trait ListMetrics: Send + Sync {
    /// Those that the selection asks for.
    fn list_metrics(&self, query: &ListQuery)
    -> impl Future<Output = Result<Cached<Vec<Snapshot>>, StoreError>> + Send;

    /// Those of these symbols that have some, in any order; of each what the selection asks for.
    fn metrics_of(
        &self,
        symbols: &Symbols,
        query: &ListQuery,
    ) -> impl Future<Output = Result<Cached<Vec<Snapshot>>, StoreError>> + Send;
}

/// Reads one stock.
pub trait FindStock: Send + Sync {
    fn find(&self, symbol: &Symbol) -> impl Future<Output = Result<Cached<Option<StockDetail>>, StoreError>> + Send;
}

/// Reads stocks.
pub trait ListStocks: Send + Sync {
    /// Those that the selection asks for.
    fn list_stocks(
        &self,
        query: &ListQuery,
    ) -> impl Future<Output = Result<Cached<Vec<StockSummary>>, StoreError>> + Send;

    /// Those with such a symbol or name that the selection asks for, the best match first and then by symbol.
    fn search_stocks(
        &self,
        search: &Search,
        query: &ListQuery,
    ) -> impl Future<Output = Result<Cached<Vec<StockSummary>>, StoreError>> + Send;
}

/// Reads the bars and metrics of one stock.
pub trait ReadHistory: Send + Sync {
    /// `None` when the stock is unknown.
    fn history(
        &self,
        symbol: &Symbol,
        query: &HistoryQuery,
    ) -> impl Future<Output = Result<Cached<Option<History>>, StoreError>> + Send;
}
