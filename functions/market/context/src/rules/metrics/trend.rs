//! Where the price is heading: moving averages, MACD, Bollinger bands, and the year's range.

use super::adjusted::Adjusted;
use crate::rules::metrics::extremes::Range;
use crate::rules::metrics::moments::Moments;
use crate::rules::metrics::smoothed::Smoothed;
use crate::rules::metrics::window::Window;
use crate::{Metric, Values};

/// Moving averages, the indicators built on them, and the range of a year.
pub(super) struct Trend {
    sma_20: Window<Moments>,
    sma_50: Window<Moments>,
    sma_200: Window<Moments>,
    volume_20: Window<Moments>,
    year: Window<Range>,
    ema_12: Smoothed,
    ema_26: Smoothed,
    macd: Macd,
}

impl Trend {
    /// Begins after `skipped` days of the history.
    pub(super) fn after(skipped: usize) -> Self {
        Self {
            sma_20: Window::after(skipped, 20),
            sma_50: Window::after(skipped, 50),
            sma_200: Window::after(skipped, 200),
            volume_20: Window::after(skipped, 20),
            year: Window::after(skipped, 252),
            ema_12: Smoothed::exponential(12),
            ema_26: Smoothed::exponential(26),
            macd: Macd::default(),
        }
    }

    /// The means that depend on all days before.
    pub(super) fn smoothed(&mut self) -> [&mut f64; 4] {
        let Self { ema_12, ema_26, macd, .. } = self;
        [ema_12, ema_26, &mut macd.fast, &mut macd.signal].map(Smoothed::state)
    }

    /// Adds a day.
    pub(super) fn next(&mut self, day: &Adjusted, values: &mut Values) {
        if let Some(closes) = self.sma_20.next(day.close) {
            let (mean, band) = (closes.mean(), 2.0 * closes.population_deviation());
            values.set(Metric::Sma20, mean);
            values.set(Metric::BollingerUpper, mean + band);
            values.set(Metric::BollingerLower, mean - band);
        }
        if let Some(closes) = self.sma_50.next(day.close) {
            values.set(Metric::Sma50, closes.mean());
        }
        if let Some(closes) = self.sma_200.next(day.close) {
            values.set(Metric::Sma200, closes.mean());
        }
        if let Some(volumes) = self.volume_20.next(day.volume) {
            values.set(Metric::AvgVolume20d, volumes.mean());
        }
        if let Some(year) = self.year.next((day.high, day.low)) {
            values.set(Metric::High252d, year.high);
            values.set(Metric::Low252d, year.low);
        }
        self.averages(day.close, values);
    }

    fn averages(&mut self, close: f64, values: &mut Values) {
        if let Some(average) = self.ema_12.next(close) {
            values.set(Metric::Ema12, average);
        }
        let slow = self.ema_26.next(close);
        if let Some(average) = slow {
            values.set(Metric::Ema26, average);
        }
        self.macd.next(close, slow, values);
    }
}

/// TA-Lib MACD(12, 26, 9).
struct Macd {
    /// Closes to skip before the fast average begins, so that its seed is full on the same day as
    /// that of the slow one.
    wait: u32,
    fast: Smoothed,
    signal: Smoothed,
}

impl Default for Macd {
    fn default() -> Self {
        Self { wait: 26 - 12, fast: Smoothed::exponential(12), signal: Smoothed::exponential(9) }
    }
}

impl Macd {
    /// Adds a close and its slow average.
    fn next(&mut self, close: f64, slow: Option<f64>, values: &mut Values) {
        if self.wait > 0 {
            self.wait -= 1;
            return;
        }
        let (Some(fast), Some(slow)) = (self.fast.next(close), slow) else { return };
        let macd = fast - slow;
        if let Some(signal) = self.signal.next(macd) {
            values.set(Metric::Macd, macd);
            values.set(Metric::MacdSignal, signal);
            values.set(Metric::MacdHistogram, macd - signal);
        }
    }
}
