//! The history of one symbol.

use serde::{Deserialize, Serialize, Serializer};

use super::flat::flat_row;
use crate::{Bar, Dates, Day, Metric, Price, Values};

/// The metrics of one day: a row of `metric_history`. One flat object of `day` and every metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DayMetrics {
    /// Trading day.
    pub day: Day,
    /// The metrics of that day.
    pub metrics: Values,
}

flat_row!(DayMetrics { day });

/// A bar with the metrics of its day. One flat object: the fields of the bar, then every metric.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistoryRow {
    /// Trading day.
    pub day: Day,
    /// First price, as traded.
    pub open: Price,
    /// Highest price, as traded.
    pub high: Price,
    /// Lowest price, as traded.
    pub low: Price,
    /// Last price, as traded.
    pub close: Price,
    /// Last price, adjusted for splits and dividends since.
    pub adj_close: Price,
    /// Shares traded.
    pub volume: u64,
    /// The metrics of that day.
    pub metrics: Values,
}

flat_row!(HistoryRow { day, open, high, low, close, adj_close, volume });

impl HistoryRow {
    /// Joins a bar and the metrics of its day.
    pub fn new(bar: &Bar, metrics: Values) -> Self {
        Self {
            day: bar.day(),
            open: bar.open(),
            high: bar.high(),
            low: bar.low(),
            close: bar.close(),
            adj_close: bar.adj_close(),
            volume: bar.volume(),
            metrics,
        }
    }
}

/// A part of a stock's history.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct History {
    #[serde(flatten)]
    pub dates: Dates,
    /// In the order of the query.
    pub rows: Vec<HistoryRow>,
}

/// A row with some of its metrics: in JSON the fields of the bar, then these.
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
