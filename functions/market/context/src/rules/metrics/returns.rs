//! Returns, and the risk they carry.

use std::mem;

use crate::rules::metrics::extremes::Drawdown;
use crate::rules::metrics::moments::{Moments, PairMoments};
use crate::rules::metrics::window::Window;
use crate::{Metric, Values};

/// Trading days of a year.
pub(super) const YEAR: usize = 252;
/// Square root of [`YEAR`]: annualizes a daily deviation.
const ANNUAL: f64 = 15.874_507_866_387_544;
/// Days of a year that beta may lack: 5 %.
pub(super) const MISSING: usize = 12;
/// Returns that beta needs.
const ENOUGH: f64 = 240.0;

const LAGS: [(Metric, usize); 5] = [
    (Metric::Return1d, 1),
    (Metric::Return5d, 5),
    (Metric::Return21d, 21),
    (Metric::Return63d, 63),
    (Metric::Return252d, YEAR),
];

/// Returns, volatility, Sharpe ratio, drawdown and beta.
pub(super) struct Returns {
    closes: Vec<f64>,
    common: Common,
    log_month: Window<Moments>,
    log_year: Window<Moments>,
    simple_year: Window<Moments>,
    drawdown: Window<Drawdown>,
    against_benchmark: Window<PairMoments>,
}

/// The last day with a close of the stock and of the benchmark.
struct Common {
    close: f64,
    /// NaN while there is no such day.
    benchmark: f64,
    /// Days of the stock since.
    ago: usize,
}

impl Common {
    /// Adds a day, and returns the simple returns of stock and benchmark since the last common day.
    /// They are missing, NaN, on a day without the benchmark, and across more than [`MISSING`] such
    /// days: a window with so many of them has no beta.
    fn next(&mut self, close: f64, benchmark: f64) -> (f64, f64) {
        self.ago += 1;
        if benchmark.is_nan() {
            return (f64::NAN, f64::NAN);
        }
        let last = mem::replace(self, Self { close, benchmark, ago: 0 });
        if last.ago > MISSING + 1 {
            return (f64::NAN, f64::NAN);
        }
        (close / last.close - 1.0, benchmark / last.benchmark - 1.0)
    }
}

impl Returns {
    /// Begins after `skipped` days of the history.
    pub(super) fn after(skipped: usize) -> Self {
        Self {
            closes: Vec::new(),
            common: Common { close: f64::NAN, benchmark: f64::NAN, ago: 0 },
            log_month: Window::after(skipped, 21),
            log_year: Window::after(skipped, YEAR),
            simple_year: Window::after(skipped, YEAR),
            drawdown: Window::after(skipped, YEAR),
            against_benchmark: Window::after(skipped, YEAR),
        }
    }

    /// Adds a day's adjusted close and the benchmark's, NaN when it has none.
    pub(super) fn next(&mut self, close: f64, benchmark: f64, values: &mut Values) {
        for (metric, days) in LAGS {
            let earlier = self.closes.len().checked_sub(days).and_then(|at| self.closes.get(at));
            if let Some(earlier) = earlier {
                values.set(metric, close / earlier - 1.0);
            }
        }
        if let Some(prices) = self.drawdown.next(close) {
            values.set(Metric::MaxDrawdown252d, prices.depth());
        }
        let pair = self.common.next(close, benchmark);
        if let Some(yesterday) = self.closes.last().copied() {
            self.risk(close / yesterday, values);
            if let Some(pairs) = self.against_benchmark.next(pair) {
                let slope = if pairs.count() < ENOUGH { f64::NAN } else { pairs.slope() };
                values.set(Metric::Beta252d, slope);
            }
        }
        self.closes.push(close);
    }

    /// `growth` is today's close over yesterday's.
    fn risk(&mut self, growth: f64, values: &mut Values) {
        let (log, simple) = (growth.ln(), growth - 1.0);
        if let Some(logs) = self.log_month.next(log) {
            values.set(Metric::Volatility21d, logs.sample_deviation() * ANNUAL);
        }
        if let Some(logs) = self.log_year.next(log) {
            values.set(Metric::Volatility252d, logs.sample_deviation() * ANNUAL);
        }
        if let Some(returns) = self.simple_year.next(simple) {
            values.set(Metric::Sharpe252d, returns.mean() / returns.sample_deviation() * ANNUAL);
        }
    }
}
