//! The latest state of one symbol.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::flat::flat_row;
use crate::{Day, Price, StockKind, Symbol, Values};

/// The last bar of a symbol with the metrics of that day: a row of `stock_metrics`. It is also a
/// resource.
///
/// Its JSON is one object: the fields below, then every metric by its name. A metric without a
/// value is `null`.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The stock or index.
    pub symbol: Symbol,
    /// Its name, e.g. `Apple Inc.`.
    pub name: String,
    /// Its exchange, e.g. `NASDAQ`.
    pub exchange: String,
    /// `stock`, `index` or `etf`.
    pub kind: StockKind,
    /// The day of the values.
    pub as_of: Day,
    /// Last price of that day, as traded.
    pub close: Price,
    /// Last price of that day, adjusted for splits and dividends since.
    pub adj_close: Price,
    /// Shares traded that day; `None` where the provider gives none.
    pub volume: Option<u64>,
    /// The instant at which the bars were last read from the provider, RFC 3339 in UTC.
    pub refreshed_at: Timestamp,
    /// The prices that the metrics are computed from.
    pub price_basis: PriceBasis,
    /// The metrics of that day.
    pub metrics: Values,
}

flat_row!(Snapshot {
    symbol,
    name,
    exchange,
    kind,
    as_of,
    close,
    adj_close,
    volume,
    refreshed_at,
    price_basis
});

/// The prices that metrics are computed from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PriceBasis {
    /// Adjusted for splits and dividends.
    Adjusted,
}
