//! Means, deviations and covariances of a window.

use crate::rules::metrics::window::Summary;

/// Sums from which mean and variance follow.
///
/// They are taken about an item of the window, not about zero: that item is never far from the mean
/// in units of the deviation, so the difference of the sums does not cancel, and of equal items it
/// is exactly zero.
#[derive(Clone, Copy)]
pub(super) struct Moments {
    origin: f64,
    count: f64,
    sum: f64,
    squares: f64,
}

impl Moments {
    /// Arithmetic mean.
    pub(super) fn mean(&self) -> f64 {
        self.origin + self.sum / self.count
    }

    /// Standard deviation with divisor n.
    pub(super) fn population_deviation(&self) -> f64 {
        (self.squared_deviations() / self.count).sqrt()
    }

    /// Standard deviation with divisor n - 1.
    pub(super) fn sample_deviation(&self) -> f64 {
        (self.squared_deviations() / (self.count - 1.0)).sqrt()
    }

    fn squared_deviations(&self) -> f64 {
        let sum = self.squares - self.sum * self.sum / self.count;
        // Rounding can leave a sum just below zero. Not `max`, which would make zero of a NaN.
        if sum < 0.0 { 0.0 } else { sum }
    }
}

impl Summary for Moments {
    type Item = f64;

    fn of(item: f64, origin: f64) -> Self {
        let distance = item - origin;
        Self { origin, count: 1.0, sum: distance, squares: distance * distance }
    }

    fn join(self, later: Self) -> Self {
        Self {
            origin: self.origin,
            count: self.count + later.count,
            sum: self.sum + later.sum,
            squares: self.squares + later.squares,
        }
    }
}

/// Sums from which the slope of one series on another follows; an item is a pair (x, y), and a
/// missing one if y is NaN.
///
/// They are taken about a pair of the window as in [`Moments`], or about zero if that pair is
/// missing: a mean return is never far from zero in units of the deviation.
#[derive(Clone, Copy)]
pub(super) struct PairMoments {
    count: f64,
    x: f64,
    y: f64,
    products: f64,
    y_squares: f64,
}

impl PairMoments {
    /// The number of pairs, without the missing ones.
    pub(super) fn count(&self) -> f64 {
        self.count
    }

    /// Covariance of x and y over variance of y: NaN when y does not vary.
    pub(super) fn slope(&self) -> f64 {
        let covariance = self.products - self.x * self.y / self.count;
        let variance = self.y_squares - self.y * self.y / self.count;
        covariance / variance
    }
}

impl Summary for PairMoments {
    type Item = (f64, f64);

    fn of((x, y): (f64, f64), origin: (f64, f64)) -> Self {
        if y.is_nan() {
            return Self { count: 0.0, x: 0.0, y: 0.0, products: 0.0, y_squares: 0.0 };
        }
        let origin = if origin.1.is_nan() { (0.0, 0.0) } else { origin };
        let (x, y) = (x - origin.0, y - origin.1);
        Self { count: 1.0, x, y, products: x * y, y_squares: y * y }
    }

    fn join(self, later: Self) -> Self {
        Self {
            count: self.count + later.count,
            x: self.x + later.x,
            y: self.y + later.y,
            products: self.products + later.products,
            y_squares: self.y_squares + later.y_squares,
        }
    }
}
