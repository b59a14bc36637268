//! One symbol, day by day.

use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};

use super::flat::flat_row;
use super::{Bar, Day, Metric, Price, Values};

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
    /// Puts a bar and the metrics of its day together.
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

/// How far the data of a stock go, and how old they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Freshness {
    /// The last day there is a bar of; null before the first refresh.
    pub as_of: Option<Day>,
    /// When the bars were last read from the provider, RFC 3339 in UTC; null before the first time.
    pub refreshed_at: Option<Timestamp>,
}

/// A part of a stock's history.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
pub struct History {
    #[serde(flatten)]
    pub freshness: Freshness,
    /// In the order of time.
    pub rows: Vec<HistoryRow>,
}

impl History {
    /// Both parts as one, as fresh as the later.
    #[must_use]
    pub fn followed_by(mut self, later: Self) -> Self {
        self.rows.extend(later.rows);
        Self { freshness: later.freshness, rows: self.rows }
    }
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
