//! Highs, lows and falls of a window.

use crate::rules::metrics::window::Summary;

/// The highest high and the lowest low; an item is a day's (high, low).
#[derive(Clone, Copy)]
pub(super) struct Range {
    pub(super) high: f64,
    pub(super) low: f64,
}

impl Summary for Range {
    type Item = (f64, f64);

    fn of((high, low): (f64, f64), _origin: (f64, f64)) -> Self {
        Self { high, low }
    }

    fn join(self, later: Self) -> Self {
        Self { high: self.high.max(later.high), low: self.low.min(later.low) }
    }
}

/// The deepest fall from a price to a later one.
#[derive(Clone, Copy)]
pub(super) struct Drawdown {
    peak: f64,
    trough: f64,
    /// The least quotient of a price and one before it, or 1.
    remainder: f64,
}

impl Drawdown {
    /// The fall as a fraction of the peak it began at: 0 or negative.
    pub(super) fn depth(&self) -> f64 {
        self.remainder - 1.0
    }
}

impl Summary for Drawdown {
    type Item = f64;

    fn of(price: f64, _origin: f64) -> Self {
        Self { peak: price, trough: price, remainder: 1.0 }
    }

    fn join(self, later: Self) -> Self {
        let across = later.trough / self.peak;
        Self {
            peak: self.peak.max(later.peak),
            trough: self.trough.min(later.trough),
            remainder: self.remainder.min(later.remainder).min(across),
        }
    }
}
