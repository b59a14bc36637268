//! Market data: stocks, their daily bars, the metrics computed from them, and the queries that read
//! both.
//!
//! - A *stock* is a share or an index with a [`Symbol`] that we follow. Its *summary*
//!   ([`StockSummary`]) has the dates of its data ([`Dates`]). It is *pending* until it has a bar.
//! - A *bar* ([`Bar`]) is one trading day ([`Day`]) of one symbol. Open, high, low and close are
//!   *as traded*; the *adjusted close* is adjusted for all later splits and dividends, so each new
//!   one changes it. [`Bars`] are the bars of one symbol, oldest first.
//! - A *price* ([`Price`]) is an exact decimal. It becomes an `f64` only to compute a metric.
//! - A *metric* ([`Metric`]) is a number per trading day. Its [`Definition`] has unit, formula,
//!   source and *warm-up*: the number of bars up to and including the first day with a value.
//!   Before that day, and where it is not defined, a metric is `null`.
//! - The *benchmark* is the stock against which beta is computed, such as an ETF of an index. It is
//!   a setting of the deployment (`BENCHMARK_SYMBOL`).
//! - A *state* ([`metrics::State`]) is what later metrics need of a history besides its last bars.
//! - A *snapshot* ([`Snapshot`]) is the last bar of a symbol with its metrics; a *history*
//!   ([`History`]) has a row per day, week or month ([`Interval`]).
//!
//! Types and metrics do no I/O. Routes read through small ports such as [`LatestMetrics`];
//! [`Markets`] implements them all on the database, through a cache. Only refresh-symbol writes
//! bars; it handles [`RefreshRequested`] messages.
//!
//! ```
//! use market::{Bar, Bars, Day, Metric, Price, RawBar, metrics};
//!
//! let (mut day, close): (Day, Price) = ("2013-03-01".parse()?, "430.47".parse()?);
//! let mut bars = Vec::new();
//! for _ in 0..Metric::Sma20.definition().warm_up {
//!     let raw = RawBar { volume: Some(1000), ..RawBar::flat(day, close) };
//!     bars.push(Bar::try_from(raw)?);
//!     day = day.next();
//! }
//! let bars = Bars::try_from(bars)?;
//!
//! let days = metrics::compute(&bars, &[]);
//! assert_eq!(days[18].get(Metric::Sma20), None);
//! assert_eq!(days[19].get(Metric::Sma20), Some(430.47));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Bars from a provider or the database are checked when they are read. [`BarError`] is for numbers
//! that contradict each other or do not fit their columns, [`BarsError`] for days out of order. A
//! port fails with a [`StoreError`](shared::store::StoreError). An unknown symbol is not an error:
//! the port returns `None`, and the route a 404 ([`stock_not_found`]). [`no_metrics`] tells a
//! stock without metrics from an unknown one.

mod api;
#[cfg(any(test, feature = "fakes"))]
pub mod fakes;
mod ports;
mod rules;
mod store;

pub use api::{
    BatchItem, Comparison, DatedPage, File, Format, Listed, METRICS, STOCKS, Search, Symbols,
    csv_file, dates_as_headers, no_metrics, stock_not_found, text_cell,
};
pub use ports::{FindStock, KnownStocks, LatestMetrics, ListMetrics, ListStocks, ReadHistory};
pub use rules::{
    Amount, AmountError, Bar, BarError, Bars, BarsError, Dated, Dates, Day, DayError, DayMetrics,
    Definition, Full, History, HistoryQuery, HistoryRow, Interval, Metric, NarrowRow, Price,
    PriceBasis, PriceError, RawBar, RefreshError, RefreshRequested, RejectedRows, Snapshot,
    StockDetail, StockKind, StockStatus, StockSummary, Unit, UnknownInterval, UnknownMetric,
    Values, metrics, shares,
};
pub use shared::symbol::{Symbol, SymbolError};
pub use store::{CacheConfig, CachePolicy, Markets, SecondLevel};
