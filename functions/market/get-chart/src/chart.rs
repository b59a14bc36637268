//! The chart to draw.

use jiff::ToSpan;
use market::{History, HistoryRow, Interval, Metric, Symbol};

use crate::parameters::{Options, Period, Style};

/// A stock and its prices.
pub(crate) struct Chart<'a> {
    pub symbol: &'a Symbol,
    /// Rows oldest first; none for a stock without prices yet.
    pub history: &'a History,
    pub options: &'a Options,
    pub style: Style,
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

/// The averages and bands that are drawn with the prices.
pub(crate) const OVERLAYS: [Metric; 5] =
    [Metric::Sma20, Metric::Sma50, Metric::Sma200, Metric::BollingerUpper, Metric::BollingerLower];

/// A change of the adjusted close.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change {
    /// In the currency of the stock.
    pub amount: f64,
    pub fraction: f64,
}

impl Change {
    fn between(before: f64, after: f64) -> Self {
        Self { amount: after - before, fraction: after / before - 1.0 }
    }

    pub(crate) fn is_up(self) -> bool {
        self.amount >= 0.0
    }
}

impl<'a> Chart<'a> {
    pub(crate) fn new(symbol: &'a Symbol, history: &'a History, options: &'a Options) -> Self {
        let style = options.style.unwrap_or_else(|| default_style(history, options.period));
        Self { symbol, history, options, style }
    }

    /// The currency, if it is a code of three capitals (ISO 4217); otherwise empty.
    pub(crate) fn currency(&self) -> &str {
        let code = self.history.currency.as_str();
        if code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase()) {
            code
        } else {
            ""
        }
    }

    /// The period of a row.
    pub(crate) fn period(&self) -> &'static str {
        self.history.interval.name()
    }

    /// The change from the trading day before the last one; `None` on the stock's first day.
    pub(crate) fn day_change(&self) -> Option<Change> {
        let (last, earlier) = self.history.rows.split_last()?;
        let close = last.adj_close.to_f64();
        let before = match (self.history.interval, earlier.last()) {
            (Interval::Day, Some(row)) => row.adj_close.to_f64(),
            _ => close / (1.0 + last.metrics.get(Metric::Return1d)?),
        };
        Some(Change::between(before, close))
    }

    /// The change from the first close shown; `None` without prices.
    pub(crate) fn change(&self) -> Option<Change> {
        let (first, last) = (self.history.rows.first()?, self.history.rows.last()?);
        Some(Change::between(first.adj_close.to_f64(), last.adj_close.to_f64()))
    }

    /// Each row, and true if it is up: with candles if it closed no lower than it opened,
    /// otherwise if it closed no lower than the row before.
    pub(crate) fn directions(&self) -> impl Iterator<Item = (&HistoryRow, bool)> {
        let rows = &self.history.rows;
        let before = rows.iter().take(1).chain(rows);
        rows.iter().zip(before).map(|(row, before)| match self.style {
            Style::Candles => (row, row.close >= row.open),
            Style::Line | Style::Area => (row, row.adj_close >= before.adj_close),
        })
    }
}

/// Candles up to six months, otherwise a line.
fn default_style(history: &History, period: Period) -> Style {
    let is_short = match (period, history.rows.first(), history.rows.last()) {
        (Period::Latest(range), ..) => range.is_short(),
        (_, Some(first), Some(last)) => {
            last.day.date().saturating_sub(6.months()) <= first.day.date()
        }
        _ => true,
    };
    if is_short { Style::Candles } else { Style::Line }
}
