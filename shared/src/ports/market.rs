//! Reading market data, which anyone may.

use std::future::Future;

use crate::{
    domain::market::{Day, HistoryRow, Snapshot, StockDetail, StockSummary, Symbol},
    fresh::Fresh,
    ports::StoreError,
};

/// Reads the latest metrics of one stock.
pub trait LatestMetrics: Send + Sync {
    /// `None` when the stock is unknown or was never refreshed.
    fn latest(&self, symbol: &Symbol) -> impl Future<Output = Result<Fresh<Option<Snapshot>>, StoreError>> + Send;
}

/// Reads the latest metrics of all stocks, by symbol.
pub trait ListMetrics: Send + Sync {
    /// At most `count`, from behind `after` on.
    fn metrics_after(
        &self,
        after: Option<&Symbol>,
        count: usize,
    ) -> impl Future<Output = Result<Fresh<Vec<Snapshot>>, StoreError>> + Send;
}

/// Reads one stock.
pub trait FindStock: Send + Sync {
    fn find(&self, symbol: &Symbol) -> impl Future<Output = Result<Fresh<Option<StockDetail>>, StoreError>> + Send;
}

/// Reads the stocks that are followed, by symbol.
pub trait ListStocks: Send + Sync {
    /// At most `count`, from behind `after` on.
    fn stocks_after(
        &self,
        after: Option<&Symbol>,
        count: usize,
    ) -> impl Future<Output = Result<Fresh<Vec<StockSummary>>, StoreError>> + Send;
}

/// Reads the bars and metrics of one stock, by day.
pub trait ReadHistory: Send + Sync {
    /// At most `count` days from `from` to `to`, both included. `None` when the stock is unknown.
    fn history(
        &self,
        symbol: &Symbol,
        from: Option<Day>,
        to: Option<Day>,
        count: usize,
    ) -> impl Future<Output = Result<Fresh<Option<Vec<HistoryRow>>>, StoreError>> + Send;
}
