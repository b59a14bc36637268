//! Returns, and the risk they carry.

use crate::rules::metrics::extremes::Drawdown;
use crate::rules::metrics::moments::{Moments, PairMoments};
use crate::rules::metrics::window::Window;
use crate::{Metric, Values};

/// Trading days of a year.
const YEAR: usize = 252;
/// Square root of [`YEAR`]: annualizes a daily deviation.
const ANNUAL: f64 = 15.874_507_866_387_544;

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
    benchmark: f64,
    log_month: Window<Moments>,
    log_year: Window<Moments>,
    simple_year: Window<Moments>,
    drawdown: Window<Drawdown>,
    against_benchmark: Window<PairMoments>,
}

impl Default for Returns {
    fn default() -> Self {
        Self {
            closes: Vec::new(),
            benchmark: f64::NAN,
            log_month: Window::new(21),
            log_year: Window::new(YEAR),
            simple_year: Window::new(YEAR),
            drawdown: Window::new(YEAR),
            against_benchmark: Window::new(YEAR),
        }
    }
}

impl Returns {
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
        if let Some(yesterday) = self.closes.last().copied() {
            self.risk(close / yesterday, benchmark / self.benchmark - 1.0, values);
        }
        self.closes.push(close);
        self.benchmark = benchmark;
    }

    /// `growth` is today's close over yesterday's, `market` the benchmark's simple return of the
    /// same two days.
    fn risk(&mut self, growth: f64, market: f64, values: &mut Values) {
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
        if let Some(pairs) = self.against_benchmark.next((simple, market)) {
            values.set(Metric::Beta252d, pairs.slope());
        }
    }
}
