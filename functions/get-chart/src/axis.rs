//! Values and the pixels they are at.

/// The vertical axis of a panel.
#[derive(Debug)]
pub(crate) struct Axis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<Tick>,
}

/// A value that is marked.
#[derive(Debug)]
pub(crate) struct Tick {
    pub value: f64,
    pub label: String,
}

impl Axis {
    /// From `low` to `high` with about `count` ticks at round values. `write` gets a value and the digits behind its point.
    pub(crate) fn new(low: f64, high: f64, count: f64, write: impl Fn(f64, usize) -> String) -> Self {
        // A flat line is drawn in the middle.
        let (low, high) = if high > low { (low, high) } else { (low - low.abs() * 0.01, high + high.abs() * 0.01) };
        let step = round_step((high - low) / count.max(1.0));
        let decimals = (0..9).find(|decimals| step * 10_f64.powi(*decimals) > 0.999).unwrap_or(9).unsigned_abs();
        let first = (low / step).ceil();
        let values = std::iter::successors(Some(first), |number| Some(number + 1.0)).map(|number| number * step);
        // What is added to is never a negative zero.
        let tick = |value: f64| Tick { value, label: write(value + 0.0, decimals as usize) };
        Self { low, high, ticks: values.take_while(|value| *value <= high).map(tick).collect() }
    }

    /// The pixel of a value between `top`, where the highest is, and `bottom`.
    pub(crate) fn y(&self, value: f64, (top, bottom): (f64, f64)) -> f64 {
        bottom - (value - self.low) / (self.high - self.low) * (bottom - top)
    }
}

/// The next of 1, 2 and 5 times a power of ten.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let rounded = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= step * 0.999);
    rounded.unwrap_or(10.0) * power
}
