//! The chart to draw.

use market::{History, Interval, Metric, Symbol};

use crate::parameters::Options;

/// A stock and its prices.
pub(crate) struct Chart<'a> {
    pub symbol: &'a Symbol,
    /// Rows oldest first; none for a stock without prices yet.
    pub history: &'a History,
    pub options: &'a Options,
}

/// How a moving average is drawn.
pub(crate) struct Stroke {
    pub metric: Metric,
    pub name: &'static str,
    pub dashes: &'static str,
}

pub(crate) const STROKES: [Stroke; 3] = [
    Stroke { metric: Metric::Sma20, name: "SMA 20", dashes: "none" },
    Stroke { metric: Metric::Sma50, name: "SMA 50", dashes: "7 3" },
    Stroke { metric: Metric::Sma200, name: "SMA 200", dashes: "2 2" },
];

impl Chart<'_> {
    /// The currency, if it is a code of three capitals (ISO 4217); otherwise empty.
    pub(crate) fn currency(&self) -> &str {
        let code = self.history.currency.as_str();
        if code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()) {
            code
        } else {
            ""
        }
    }

    /// The period of a point.
    pub(crate) fn period(&self) -> &'static str {
        match self.options.range.interval() {
            Interval::Day => "day",
            Interval::Week => "week",
            Interval::Month => "month",
        }
    }
}
