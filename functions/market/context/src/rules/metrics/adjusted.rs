//! Bars, adjusted for the metrics.

use serde::Deserialize;

use crate::{Bar, Day};

/// The bar of a week or a month, made of its days: highest high, lowest low and last close, each
/// adjusted for splits and dividends since. `day` is its last day with a bar.
///
/// Its JSON is an array: day, high, low, close.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct AdjustedBar {
    pub day: Day,
    pub high: f64,
    pub low: f64,
    pub close: f64,
}

/// The inputs of metrics from one bar: prices adjusted for splits and dividends, and the volume as
/// traded, NaN where there is none.
pub(super) struct Adjusted {
    pub high: f64,
    pub low: f64,
    pub close: f64,
    pub volume: f64,
}

impl From<&Bar> for Adjusted {
    #[expect(clippy::cast_precision_loss, reason = "a mean volume has no use for its 16th digit")]
    fn from(bar: &Bar) -> Self {
        let close = bar.adj_close().to_f64();
        let factor = close / bar.close().to_f64();
        Self {
            high: bar.high().to_f64() * factor,
            low: bar.low().to_f64() * factor,
            close,
            volume: bar.volume().map_or(f64::NAN, |volume| volume as f64),
        }
    }
}

impl From<&AdjustedBar> for Adjusted {
    fn from(bar: &AdjustedBar) -> Self {
        Self { high: bar.high, low: bar.low, close: bar.close, volume: f64::NAN }
    }
}
