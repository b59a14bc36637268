//! Stocks, without their prices.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Day, Snapshot, StockKind, Symbol};

/// Whether a stock is followed and has bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StockStatus {
    /// It is followed, and waits for its first bars.
    Pending,
    /// It is followed and has bars.
    Active,
    /// It is not followed.
    Inactive,
}

impl StockStatus {
    pub const ALL: [Self; 3] = [Self::Pending, Self::Active, Self::Inactive];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }
}

/// A stock or an index that is followed: a row of `stocks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockSummary {
    /// Its ticker symbol.
    pub symbol: Symbol,
    /// Its name, e.g. `Apple Inc.`.
    pub name: String,
    /// Its exchange, e.g. `NASDAQ`.
    pub exchange: String,
    /// The currency of its prices: ISO 4217, e.g. `USD`.
    pub currency: String,
    /// `stock`, `index` or `etf`.
    pub kind: StockKind,
    /// True while the stock is followed: its bars are refreshed on schedule.
    pub active: bool,
    /// `pending` until it has a bar.
    pub status: StockStatus,
    /// The first day with a bar; null before the first refresh.
    pub first_day: Option<Day>,
    /// The last day with a bar; null before the first refresh.
    pub as_of: Option<Day>,
    /// The instant at which its bars were last read from the provider, RFC 3339 in UTC; null before
    /// the first refresh.
    pub refreshed_at: Option<Timestamp>,
    /// Why the last refresh failed; null if it succeeded.
    pub refresh_error: Option<RefreshError>,
    /// True while `refresh_error` is not null.
    pub has_error: bool,
    /// The provider's rows that the last successful refresh did not store as they were sent; null
    /// if it stored all of them.
    pub rejected_rows: Option<RejectedRows>,
}

/// Rows of a provider's response that were set aside or corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedRows {
    /// The number of rows that were set aside.
    pub count: u64,
    /// The number of rows that were stored with a high or low moved by a rounding, to include open
    /// and close.
    pub clipped: u64,
    /// Why the first rows were set aside, with their lines and columns.
    pub reasons: Vec<String>,
    /// The days of the first rows that were set aside, of those with a valid day.
    pub days: Vec<Day>,
}

/// Why the bars of a symbol could not be refreshed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefreshError {
    /// Stable code, e.g. `provider_unavailable`.
    pub code: String,
    /// The cause, for people.
    pub detail: String,
    /// The instant of the failure, RFC 3339 in UTC.
    pub at: Timestamp,
}

/// A stock with its latest metrics. Its JSON is one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StockDetail {
    #[serde(flatten)]
    pub summary: StockSummary,
    /// Null before the first refresh.
    pub metrics: Option<Snapshot>,
}
