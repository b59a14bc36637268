//! What a picture is made of.

use shared::{
    domain::market::{History, HistoryQuery, Metric, StockSummary},
    fresh::Fresh,
    ports::{ReadHistory, StoreError},
};

use crate::parameters::Options;

/// More than there are weeks since the first exchanges kept prices by day.
const MAX_ROWS: usize = 5000;
const METRICS: [Metric; 6] =
    [Metric::Sma20, Metric::Sma50, Metric::Sma200, Metric::BollingerUpper, Metric::BollingerLower, Metric::Rsi14];

/// The days or weeks of the range, which ends with the last day there is; none for a stock without prices yet.
pub(crate) async fn history(
    markets: &impl ReadHistory,
    stock: &StockSummary,
    options: &Options,
) -> Result<Fresh<History>, StoreError> {
    let Some(last) = stock.as_of else { return Ok(Fresh::read(History::default())) };
    let query = HistoryQuery {
        from: options.range.from(last),
        interval: options.range.interval(),
        metrics: METRICS.to_vec(),
        ..HistoryQuery::days(MAX_ROWS)
    };
    Ok(markets.history(&stock.symbol, &query).await?.map(Option::unwrap_or_default))
}
