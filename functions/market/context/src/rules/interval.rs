//! The periods of history rows, and history queries.

use std::str::FromStr;

use jiff::{Span, ToSpan, civil::Date};
use serde::Deserialize;

use crate::{Day, Metric};

/// The period of one row of a history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interval {
    /// One trading day.
    #[default]
    Day,
    /// The trading days of an ISO week, Monday to Sunday.
    Week,
    /// The trading days of a calendar month.
    Month,
}

/// No interval has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be day, week or month")]
pub struct UnknownInterval;

impl Interval {
    /// The name in queries and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The day before the interval that contains `day`, or the first representable one.
    pub fn day_before(self, day: Day) -> Day {
        let date = day.date();
        let first = match self {
            Self::Day => date,
            Self::Week => date.saturating_sub(date.weekday().to_monday_zero_offset().days()),
            Self::Month => date.first_of_month(),
        };
        first.yesterday().unwrap_or(Date::MIN).into()
    }

    /// The day after the interval that contains `day`, or the last representable one.
    pub fn day_after(self, day: Day) -> Day {
        let date = day.date();
        let last = match self {
            Self::Day => date,
            Self::Week => date.saturating_add((6 - date.weekday().to_monday_zero_offset()).days()),
            Self::Month => date.last_of_month(),
        };
        last.tomorrow().unwrap_or(Date::MAX).into()
    }
}

impl FromStr for Interval {
    type Err = UnknownInterval;

    fn from_str(name: &str) -> Result<Self, UnknownInterval> {
        [Self::Day, Self::Week, Self::Month]
            .into_iter()
            .find(|interval| interval.name() == name)
            .ok_or(UnknownInterval)
    }
}

/// A query for part of a stock's history.
#[derive(Debug, Clone)]
pub struct HistoryQuery {
    /// The first day, included; `None` for the beginning.
    pub from: Option<Day>,
    /// Begin this long before the last day of the stock, if that is later than `from`.
    pub back: Option<Span>,
    /// The last day, included; `None` for the end.
    pub to: Option<Day>,
    /// The period of a row. A row has the first open, the highest high, the lowest low, the sums of
    /// the volumes and dividends and the product of the split factors of its days. Date, close,
    /// adjusted close and metrics are those of the last day.
    pub interval: Interval,
    /// With the interval day: read weeks if the range has more than about this many days, and
    /// months if it has more weeks. `None` reads days.
    pub fit: Option<u32>,
    /// Adjust open, high, low and close for later splits and dividends, like `adj_close`.
    pub adjusted: bool,
    /// The metrics to read. The others are null in the rows.
    pub metrics: Vec<Metric>,
    /// Also read the bars that metrics of the interval are computed from.
    pub bars: bool,
    /// True for the newest row first.
    pub descending: bool,
    /// The maximum number of rows.
    pub count: usize,
}

impl HistoryQuery {
    /// Makes the query begin after the row of this day.
    pub fn continue_after(&mut self, day: Day) {
        if self.descending {
            self.to = Some(self.interval.day_before(day));
        } else {
            self.from = Some(self.interval.day_after(day));
        }
    }

    /// The first `count` days as traded, with all metrics, oldest first.
    pub fn days(count: usize) -> Self {
        let metrics = Metric::ALL.to_vec();
        let interval = Interval::Day;
        Self {
            from: None,
            back: None,
            to: None,
            interval,
            fit: None,
            adjusted: false,
            metrics,
            bars: false,
            descending: false,
            count,
        }
    }
}
