//! Bars, adjusted for the metrics.

use crate::rules::Bar;

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
