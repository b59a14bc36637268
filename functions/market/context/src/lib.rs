//! Market data: symbols, daily bars, the metrics computed from them, and the queries that read
//! them.

mod api;
#[cfg(any(test, feature = "fakes"))]
pub mod fakes;
mod ports;
mod rules;
mod store;

pub use api::{
    BatchItem, DatedPage, METRICS, STOCKS, Search, Symbols, dates_as_headers, stock_not_found,
};
pub use ports::{FindStock, LatestMetrics, ListMetrics, ListStocks, ReadHistory};
pub use rules::{
    BENCHMARK, Bar, BarError, Bars, BarsError, Dated, Dates, Day, DayError, DayMetrics, Definition,
    History, HistoryQuery, HistoryRow, Interval, Metric, NarrowRow, Price, PriceError, RawBar,
    RefreshError, RefreshRequested, Snapshot, StockDetail, StockSummary, Unit, UnknownInterval,
    UnknownMetric, Values, metrics,
};
pub use shared::symbol::{Symbol, SymbolError};
pub use store::Markets;
