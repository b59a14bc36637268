//! What a row of a history spans.

use std::str::FromStr;

use jiff::{Span, ToSpan, civil::Date};

use crate::{Day, Metric};

/// How long a row of a history is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
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

    /// The last day before the interval that `day` is in, or the first day there is.
    pub fn day_before(self, day: Day) -> Day {
        let date = day.date();
        let first = match self {
            Self::Day => date,
            Self::Week => date.saturating_sub(date.weekday().to_monday_zero_offset().days()),
            Self::Month => date.first_of_month(),
        };
        first.yesterday().unwrap_or(Date::MIN).into()
    }

    /// The first day behind the interval that `day` is in, or the last day there is.
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

/// Which part of a stock's history is asked for, and what of it.
#[derive(Debug, Clone)]
pub struct HistoryQuery {
    /// The first day, included; from the beginning without one.
    pub from: Option<Day>,
    /// How long before the last day there is it begins, when that is later.
    pub back: Option<Span>,
    /// The last day, included; to the end without one.
    pub to: Option<Day>,
    /// What a row spans. It has the last of its days, the first open, the highest high, the lowest
    /// low, the last close and adjusted close, the sum of the volumes, and the metrics of its
    /// day.
    pub interval: Interval,
    /// Whether open, high, low and close are adjusted for later splits and dividends as
    /// `adj_close` is.
    pub adjusted: bool,
    /// The metrics that are read; a row has no value of the others.
    pub metrics: Vec<Metric>,
    /// Whether the last row comes first.
    pub descending: bool,
    /// How many rows at most.
    pub count: usize,
}

impl HistoryQuery {
    /// Leaves out what is read already: everything up to the row of this day, in the order that is
    /// asked for.
    pub fn continue_after(&mut self, day: Day) {
        if self.descending {
            self.to = Some(self.interval.day_before(day));
        } else {
            self.from = Some(self.interval.day_after(day));
        }
    }

    /// The first `count` days as traded, with all metrics, in the order of time.
    pub fn days(count: usize) -> Self {
        let metrics = Metric::ALL.to_vec();
        let interval = Interval::Day;
        Self {
            from: None,
            back: None,
            to: None,
            interval,
            adjusted: false,
            metrics,
            descending: false,
            count,
        }
    }
}
