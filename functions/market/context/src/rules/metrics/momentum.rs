//! How strongly the price moves: RSI, ATR, ADX and the stochastic oscillator.

use super::adjusted::Adjusted;
use crate::rules::metrics::extremes::Range;
use crate::rules::metrics::moments::Moments;
use crate::rules::metrics::smoothed::Smoothed;
use crate::rules::metrics::window::Window;
use crate::{Metric, Values};

/// Days of Wilder's indicators.
const PERIOD: u32 = 14;
/// A difference between two prices of at most this fraction of the close is the rounding of an
/// adjustment, not a move.
const ROUNDING: f64 = 1e-9;

/// Wilder's indicators and the stochastic oscillator.
pub(super) struct Momentum {
    yesterday: Option<(f64, f64, f64)>,
    gains: Smoothed,
    losses: Smoothed,
    true_range: Smoothed,
    direction: Direction,
    stochastic: Stochastic,
}

impl Momentum {
    /// Begins after `skipped` days of the history.
    pub(super) fn after(skipped: usize) -> Self {
        Self {
            yesterday: None,
            gains: Smoothed::wilder(PERIOD),
            losses: Smoothed::wilder(PERIOD),
            true_range: Smoothed::wilder(PERIOD),
            direction: Direction::default(),
            stochastic: Stochastic::after(skipped),
        }
    }

    /// The means and sums that depend on all days before.
    pub(super) fn smoothed(&mut self) -> [&mut f64; 6] {
        let Self { gains, losses, true_range, direction, .. } = self;
        let Direction { plus, minus, index, .. } = direction;
        let [gains, losses, range, index] = [gains, losses, true_range, index].map(Smoothed::state);
        [gains, losses, range, plus, minus, index]
    }

    /// Adds a day.
    pub(super) fn next(&mut self, day: &Adjusted, values: &mut Values) {
        self.stochastic.next(day, values);
        let Some((high, low, close)) = self.yesterday.replace((day.high, day.low, day.close))
        else {
            return;
        };
        let rounding = ROUNDING * day.close;
        let change = move_beyond(rounding, day.close - close);
        let (gains, losses) =
            (self.gains.next(change.max(0.0)), self.losses.next((-change).max(0.0)));
        if let (Some(gain), Some(loss)) = (gains, losses) {
            values.set(Metric::Rsi14, 100.0 * gain / (gain + loss));
        }
        if let Some(range) = self.true_range.next(day.high.max(close) - day.low.min(close)) {
            values.set(Metric::Atr14, range);
        }
        if let Some(adx) = self.direction.next(day.high - high, low - day.low, rounding) {
            values.set(Metric::Adx14, adx);
        }
    }
}

/// The difference of two prices, 0 if it is no more than rounding.
fn move_beyond(rounding: f64, difference: f64) -> f64 {
    if difference.abs() > rounding { difference } else { 0.0 }
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
    /// before the first move. The larger of the two counts; of equal ones, neither.
    fn next(&mut self, up: f64, down: f64, rounding: f64) -> Option<f64> {
        let lead = move_beyond(rounding, up - down);
        let plus = if lead > 0.0 { move_beyond(rounding, up).max(0.0) } else { 0.0 };
        let minus = if lead < 0.0 { move_beyond(rounding, down).max(0.0) } else { 0.0 };
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

impl Stochastic {
    /// Begins after `skipped` days.
    fn after(skipped: usize) -> Self {
        Self {
            range: Window::after(skipped, 14),
            k: Window::after(skipped, 3),
            d: Window::after(skipped, 3),
        }
    }

    /// Adds a day. Where the 14 days have no range, the values are NaN while that day counts.
    fn next(&mut self, day: &Adjusted, values: &mut Values) {
        let Some(range) = self.range.next((day.high, day.low)) else { return };
        let span = move_beyond(ROUNDING * day.close, range.high - range.low);
        let raw =
            if span > 0.0 { percent(100.0 * (day.close - range.low) / span) } else { f64::NAN };
        let Some(k) = self.k.next(raw).map(|last| percent(last.mean())) else { return };
        let Some(d) = self.d.next(k).map(|last| percent(last.mean())) else { return };
        values.set(Metric::StochasticK, k);
        values.set(Metric::StochasticD, d);
    }
}

/// The value within 0 to 100, which it can exceed by rounding only. NaN stays NaN.
fn percent(value: f64) -> f64 {
    value.clamp(0.0, 100.0)
}
