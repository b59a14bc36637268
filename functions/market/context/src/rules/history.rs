//! The history of one symbol.

use serde::{Deserialize, Serialize, Serializer};

use super::flat::flat_row;
use crate::{Amount, Bar, Dates, Day, Interval, Metric, Price, Values, metrics::AdjustedBar};

/// The metrics of one day: a row of `metric_history`. Its JSON is one object with `day` and every
/// metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayMetrics {
    /// Trading day.
    pub day: Day,
    /// The metrics of that day.
    pub metrics: Values,
}

flat_row!(DayMetrics { day });

/// A row of a history: the prices of a day, week or month, and the metrics of its last day or of
/// the interval. The query decides if open, high, low and close are as traded or adjusted. Its JSON
/// is one object: the fields of the bar, then every metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistoryRow {
    /// Trading day.
    pub day: Day,
    /// First price.
    pub open: Price,
    /// Highest price.
    pub high: Price,
    /// Lowest price.
    pub low: Price,
    /// Last price.
    pub close: Price,
    /// Last price, adjusted for splits and dividends since.
    pub adj_close: Price,
    /// Shares traded; `None` where the provider gives none for one of the days.
    pub volume: Option<u64>,
    /// Shares traded, adjusted for splits since; `None` where no split factor is known.
    pub adj_volume: Option<u64>,
    /// Shares after the splits of the period for each share before them; `None` where the provider
    /// gives none.
    pub split_factor: Option<Amount>,
    /// Dividends of the period per share, as paid; `None` where the provider gives none.
    pub dividend: Option<Amount>,
    /// The metrics of that day, or of the bars of the interval up to that day.
    pub metrics: Values,
}

flat_row!(HistoryRow {
    day,
    open,
    high,
    low,
    close,
    adj_close,
    volume,
    adj_volume,
    split_factor,
    dividend
});

impl HistoryRow {
    /// The row of one day, as traded.
    pub fn new(bar: &Bar, metrics: Values) -> Self {
        Self {
            day: bar.day(),
            open: bar.open(),
            high: bar.high(),
            low: bar.low(),
            close: bar.close(),
            adj_close: bar.adj_close(),
            volume: bar.volume(),
            adj_volume: bar.adj_volume(),
            split_factor: bar.split_factor(),
            dividend: bar.dividend(),
            metrics,
        }
    }
}

/// A part of a stock's history.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct History {
    /// The stock's name.
    pub name: String,
    /// The currency of its prices: ISO 4217.
    pub currency: String,
    #[serde(flatten)]
    pub dates: Dates,
    /// The period of a row.
    pub interval: Interval,
    /// The rows, sorted as the query asks.
    pub rows: Vec<HistoryRow>,
    /// If the query asks for them, the bars of the interval from the stock's first one to the last
    /// row, oldest first. They are whole even if the query begins within one.
    #[serde(default)]
    pub bars: Vec<AdjustedBar>,
}

/// A row with some of its metrics. Its JSON has the fields of the bar, then these metrics.
#[derive(Debug, Clone, Copy)]
pub struct NarrowRow<'m> {
    pub row: &'m HistoryRow,
    pub metrics: &'m [Metric],
}

impl Serialize for NarrowRow<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.row.serialize_with(self.metrics, serializer)
    }
}
