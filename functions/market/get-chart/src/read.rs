//! What a picture is made of.

use market::{HistoryQuery, Metric};

use crate::parameters::Options;

/// More than there are weeks since the first exchanges kept prices by day.
const MAX_ROWS: usize = 5000;
const METRICS: [Metric; 6] = [
    Metric::Sma20,
    Metric::Sma50,
    Metric::Sma200,
    Metric::BollingerUpper,
    Metric::BollingerLower,
    Metric::Rsi14,
];

/// The days or weeks of the range, which ends with the last day there is.
pub(crate) fn query(options: &Options) -> HistoryQuery {
    HistoryQuery {
        back: options.range.back(),
        interval: options.range.interval(),
        metrics: METRICS.to_vec(),
        ..HistoryQuery::days(MAX_ROWS)
    }
}
