//! Computes every metric of every day in one pass over the bars.
//!
//! A day's values depend on the bars up to that day alone, and always in the same order of operations: appending bars
//! changes no earlier value, and gives to the last bit what a full recompute gives.

mod benchmark;
mod extremes;
mod moments;
mod momentum;
mod returns;
mod smoothed;
mod trend;
mod window;

use self::benchmark::Benchmark;
use self::momentum::Momentum;
use self::returns::Returns;
use self::trend::Trend;
use super::{Bar, Day, Values};

/// The metrics of each of `bars`, in the same order.
///
/// `bars` are of one symbol, oldest first, and begin with its first bar: metrics that smooth depend on all of them.
/// `benchmark` is the adjusted close of the index that beta is measured against, oldest first. See
/// [`Metric::definition`](super::Metric::definition) for units, warm-ups and sources.
#[must_use]
pub fn compute(bars: &[Bar], benchmark: &[(Day, f64)]) -> Vec<Values> {
    let mut benchmark = Benchmark::new(benchmark);
    let (mut returns, mut trend, mut momentum) = (Returns::default(), Trend::default(), Momentum::default());
    let metrics_of = |bar: &Bar| {
        let prices = Adjusted::from(bar);
        let mut values = Values::NONE;
        returns.next(prices.close, benchmark.close_on(bar.day()), &mut values);
        trend.next(&prices, &mut values);
        momentum.next(&prices, &mut values);
        values
    };
    bars.iter().map(metrics_of).collect()
}

/// What the metrics take from a bar: prices adjusted for splits and dividends, and the volume as traded.
struct Adjusted {
    high: f64,
    low: f64,
    close: f64,
    volume: f64,
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
            volume: bar.volume() as f64,
        }
    }
}

#[cfg(test)]
mod tests;
