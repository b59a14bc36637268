//! The ports that read market data. Anyone may read it.

use std::future::Future;

use shared::{cached::Cached, deadline::Deadline, list::ListQuery, store::StoreError};

use crate::{History, HistoryQuery, Search, Snapshot, StockDetail, StockSummary, Symbol, Symbols};

/// Reads the latest metrics of one stock.
pub trait LatestMetrics: Send + Sync {
    /// `None` when the stock is unknown or was never refreshed.
    fn latest(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Cached<Option<Snapshot>>, StoreError>> + Send;
}

/// Reads the latest metrics of many stocks.
pub trait ListMetrics: Send + Sync {
    /// One page.
    fn list_metrics(
        &self,
        query: &ListQuery,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Cached<Vec<Snapshot>>, StoreError>> + Send;

    /// The metrics of these symbols, in any order, with the columns of the query. Symbols without
    /// metrics are left out.
    fn metrics_of(
        &self,
        symbols: &Symbols,
        query: &ListQuery,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Cached<Vec<Snapshot>>, StoreError>> + Send;
}

/// Tells stocks without metrics from unknown ones.
pub trait KnownStocks: Send + Sync {
    /// The symbols that are those of a stock, in any order.
    fn known(
        &self,
        symbols: &[Symbol],
        deadline: Deadline,
    ) -> impl Future<Output = Result<Vec<Symbol>, StoreError>> + Send;
}

/// Reads one stock.
pub trait FindStock: Send + Sync {
    /// `None` when the stock is unknown.
    fn find(
        &self,
        symbol: &Symbol,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Cached<Option<StockDetail>>, StoreError>> + Send;
}

/// Reads stocks.
pub trait ListStocks: Send + Sync {
    /// One page.
    fn list_stocks(
        &self,
        query: &ListQuery,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Cached<Vec<StockSummary>>, StoreError>> + Send;

    /// Stocks whose symbol or name matches, by relevance and then by symbol.
    fn search_stocks(
        &self,
        search: &Search,
        query: &ListQuery,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Cached<Vec<StockSummary>>, StoreError>> + Send;
}

/// Reads the bars and metrics of one stock.
pub trait ReadHistory: Send + Sync {
    /// `None` when the stock is unknown.
    fn history(
        &self,
        symbol: &Symbol,
        query: &HistoryQuery,
        deadline: Deadline,
    ) -> impl Future<Output = Result<Cached<Option<History>>, StoreError>> + Send;
}
