//! How strongly the price moves: RSI, ATR, ADX and the stochastic oscillator.

use super::adjusted::Adjusted;
use crate::rules::metrics::extremes::Range;
use crate::rules::metrics::moments::Moments;
use crate::rules::metrics::smoothed::Smoothed;
use crate::rules::metrics::window::Window;
use crate::{Metric, Values};

/// Days of Wilder's indicators.
const PERIOD: u32 = 14;

/// Wilder's indicators and the stochastic oscillator.
pub(super) struct Momentum {
    yesterday: Option<(f64, f64, f64)>,
    gains: Smoothed,
    losses: Smoothed,
    true_range: Smoothed,
    direction: Direction,
    stochastic: Stochastic,
}

impl Default for Momentum {
    fn default() -> Self {
        Self {
            yesterday: None,
            gains: Smoothed::wilder(PERIOD),
            losses: Smoothed::wilder(PERIOD),
            true_range: Smoothed::wilder(PERIOD),
            direction: Direction::default(),
            stochastic: Stochastic::default(),
        }
    }
}

impl Momentum {
    /// Adds a day.
    pub(super) fn next(&mut self, day: &Adjusted, values: &mut Values) {
        self.stochastic.next(day, values);
        let Some((high, low, close)) = self.yesterday.replace((day.high, day.low, day.close))
        else {
            return;
        };
        let change = day.close - close;
        let (gains, losses) =
            (self.gains.next(change.max(0.0)), self.losses.next((-change).max(0.0)));
        if let (Some(gain), Some(loss)) = (gains, losses) {
            values.set(Metric::Rsi14, 100.0 * gain / (gain + loss));
        }
        if let Some(range) = self.true_range.next(day.high.max(close) - day.low.min(close)) {
            values.set(Metric::Atr14, range);
        }
        if let Some(adx) = self.direction.next(day.high - high, low - day.low) {
            values.set(Metric::Adx14, adx);
        }
    }
}

/// TA-Lib ADX. The true range, by which both directional indicators are divided, cancels out of it.
struct Direction {
    seen: u32,
    plus: f64,
    minus: f64,
    index: Smoothed,
}

impl Default for Direction {
    fn default() -> Self {
        Self { seen: 0, plus: 0.0, minus: 0.0, index: Smoothed::wilder(PERIOD) }
    }
}

impl Direction {
    /// Adds the rise of the high and the fall of the low, and returns the ADX in percent, NaN
    /// before the first move.
    fn next(&mut self, up: f64, down: f64) -> Option<f64> {
        let plus = if up > down { up.max(0.0) } else { 0.0 };
        let minus = if down > up { down.max(0.0) } else { 0.0 };
        // TA-Lib smooths sums, not means, and starts them with one day less than the period.
        let keep = if self.seen < PERIOD - 1 { 1.0 } else { 1.0 - 1.0 / f64::from(PERIOD) };
        self.plus = self.plus * keep + plus;
        self.minus = self.minus * keep + minus;
        self.seen = PERIOD.min(self.seen + 1);
        if self.seen < PERIOD {
            return None;
        }
        let movement = self.plus + self.minus;
        if movement > 0.0 {
            self.index.next(100.0 * (self.plus - self.minus).abs() / movement)
        } else {
            // No price has moved since the first day. TA-Lib counts such a day as 0 in the mean of
            // the later ones.
            self.index.next(0.0).and(Some(f64::NAN))
        }
    }
}

/// TA-Lib STOCH(14, 3, SMA, 3, SMA).
struct Stochastic {
    range: Window<Range>,
    k: Window<Moments>,
    d: Window<Moments>,
}

impl Default for Stochastic {
    fn default() -> Self {
        Self { range: Window::new(14), k: Window::new(3), d: Window::new(3) }
    }
}

impl Stochastic {
    /// Adds a day. Where the 14 days have no range, the values are NaN while that day counts.
    fn next(&mut self, day: &Adjusted, values: &mut Values) {
        let Some(range) = self.range.next((day.high, day.low)) else { return };
        let raw = 100.0 * (day.close - range.low) / (range.high - range.low);
        let Some(k) = self.k.next(raw).map(|last| last.mean()) else { return };
        let Some(d) = self.d.next(k).map(|last| last.mean()) else { return };
        values.set(Metric::StochasticK, k);
        values.set(Metric::StochasticD, d);
    }
}
