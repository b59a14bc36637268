//! Types and rules, without I/O. Prices are decimals; metrics are computed from them as `f64`.

mod amount;
mod bar;
mod dates;
mod day;
mod flat;
mod history;
mod interval;
mod key;
mod kind;
mod metric;
pub mod metrics;
mod price;
mod request;
mod series;
mod snapshot;
mod stock;
mod values;

pub use amount::{Amount, AmountError};
pub use bar::{Bar, BarError, RawBar};
pub use dates::{Dated, Dates};
pub use day::{Day, DayError};
pub use history::{DayMetrics, History, HistoryRow, NarrowRow};
pub use interval::{HistoryQuery, Interval, UnknownInterval};
pub use kind::StockKind;
pub use metric::{Definition, Metric, Unit, UnknownMetric};
pub use price::{Price, PriceError, shares};
pub use request::{Full, RefreshRequested};
pub use series::{Bars, BarsError};
pub use snapshot::{PriceBasis, Snapshot};
pub use stock::{RefreshError, RejectedRows, StockDetail, StockStatus, StockSummary};
pub use values::Values;

#[cfg(test)]
mod tests;
