//! The dates of market data: the last trading day, and the instant of the last refresh.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Day, Snapshot, StockSummary};

/// The dates in every response with market data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Dates {
    /// The last day with a bar; null before the first refresh.
    pub as_of: Option<Day>,
    /// The instant at which the bars were last read from the provider, RFC 3339 in UTC; null before
    /// the first refresh.
    pub refreshed_at: Option<Timestamp>,
}

impl Dates {
    /// The earliest of each date. Missing dates are ignored.
    #[must_use]
    pub fn earliest(all: impl Iterator<Item = Self>) -> Self {
        all.fold(Self::default(), |one, other| Self {
            as_of: one.as_of.into_iter().chain(other.as_of).min(),
            refreshed_at: one.refreshed_at.into_iter().chain(other.refreshed_at).min(),
        })
    }
}

/// Market data with dates.
pub trait Dated {
    fn dates(&self) -> Dates;
}

impl Dated for Snapshot {
    fn dates(&self) -> Dates {
        Dates { as_of: Some(self.as_of), refreshed_at: Some(self.refreshed_at) }
    }
}

impl Dated for StockSummary {
    fn dates(&self) -> Dates {
        Dates { as_of: self.as_of, refreshed_at: self.refreshed_at }
    }
}
