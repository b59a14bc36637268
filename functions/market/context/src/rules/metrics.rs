//! Computes every metric of every day in one pass over the bars.
//!
//! The values of a day depend only on the bars up to it, and are always computed in the same order.
//! So appending bars changes no earlier value, and equals a full recompute to the last bit.

mod adjusted;
mod benchmark;
mod extremes;
mod moments;
mod momentum;
mod returns;
mod smoothed;
mod trend;
mod window;

use self::adjusted::Adjusted;
use self::benchmark::Benchmark;
use crate::rules::metrics::momentum::Momentum;
use crate::rules::metrics::returns::Returns;
use crate::rules::metrics::trend::Trend;
use crate::{Bar, Day, Values};

/// The metrics of each of `bars`, in the same order.
///
/// `bars` are of one symbol, oldest first, and begin with its first bar: metrics that smooth depend
/// on all of them. `benchmark` is the adjusted close of the index that beta is measured against,
/// oldest first. See [`Metric::definition`](super::Metric::definition) for units, warm-ups and
/// sources.
#[must_use]
pub fn compute(bars: &[Bar], benchmark: &[(Day, f64)]) -> Vec<Values> {
    let mut benchmark = Benchmark::new(benchmark);
    let (mut returns, mut trend, mut momentum) =
        (Returns::default(), Trend::default(), Momentum::default());
    let days = bars.iter().map(|bar| {
        let prices = Adjusted::from(bar);
        let mut values = Values::NONE;
        returns.next(prices.close, benchmark.close_on(bar.day()), &mut values);
        trend.next(&prices, &mut values);
        momentum.next(&prices, &mut values);
        values
    });
    days.collect()
}

#[cfg(test)]
mod tests;
