//! The query for the data of a picture.

use market::{HistoryQuery, Metric};

use crate::parameters::Options;

/// More than the weeks since 1990, the first year that can be stored.
const MAX_ROWS: usize = 5000;
const METRICS: [Metric; 6] = [
    Metric::Sma20,
    Metric::Sma50,
    Metric::Sma200,
    Metric::BollingerUpper,
    Metric::BollingerLower,
    Metric::Rsi14,
];

/// The days or weeks of the range, up to the stock's last day.
pub(crate) fn query(options: &Options) -> HistoryQuery {
    HistoryQuery {
        back: options.range.back(),
        interval: options.range.interval(),
        metrics: METRICS.to_vec(),
        ..HistoryQuery::days(MAX_ROWS)
    }
}
