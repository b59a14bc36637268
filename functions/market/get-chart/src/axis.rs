//! The vertical axis of a panel: maps values to y positions.

/// The vertical axis of a panel.
#[derive(Debug)]
pub(crate) struct Axis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<Tick>,
    /// Equal distances are equal ratios.
    pub logarithmic: bool,
}

/// A value marked on an axis.
#[derive(Debug)]
pub(crate) struct Tick {
    pub value: f64,
    pub label: String,
}

impl Axis {
    /// From `low` to `high`, with about `count` ticks, and at least two, at round values. `write`
    /// formats a value with a number of decimals.
    pub(crate) fn new(
        low: f64,
        high: f64,
        count: f64,
        write: impl Fn(f64, usize) -> String,
    ) -> Self {
        // When all values are equal, the line is drawn in the middle.
        let (low, high) = if high > low {
            (low, high)
        } else {
            (low - low.abs() * 0.01, high + high.abs() * 0.01)
        };
        let mut step = round_step((high - low) / count.max(1.0));
        // A single tick does not show the scale.
        while (high / step).floor() - (low / step).ceil() < 1.0 {
            step = round_step(step * 0.4);
        }
        let decimals = decimals(step);
        let first = (low / step).ceil();
        let values = std::iter::successors(Some(first), |number| Some(number + 1.0))
            .map(|number| number * step);
        // Adding 0.0 turns -0.0 into 0.0.
        let ticks = values
            .take_while(|value| *value <= high)
            .map(|value| Tick { value, label: write(value + 0.0, decimals) });
        Self { low, high, ticks: ticks.collect(), logarithmic: false }
    }

    /// From `low`, above 0, to `high`, with at most `count` + 1 ticks: at 1, 2 and 5 times powers
    /// of ten; when these are too many, at 1 and 3 times, then at the powers alone, then none.
    pub(crate) fn logarithmic(
        low: f64,
        high: f64,
        count: f64,
        write: impl Fn(f64, usize) -> String,
    ) -> Self {
        let every: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
        let values = every
            .into_iter()
            .map(|factors| multiples(factors, low, high))
            .find(|values| u32::try_from(values.len()).is_ok_and(|n| f64::from(n) <= count + 1.0))
            .unwrap_or_default();
        let ticks = values
            .into_iter()
            .map(|value| Tick { value, label: write(value, decimals(value)) })
            .collect();
        Self { low, high, ticks, logarithmic: true }
    }

    /// The y position of a value: `bottom` for the lowest, `top` for the highest. Values outside
    /// are drawn at the edge.
    pub(crate) fn y(&self, value: f64, (top, bottom): (f64, f64)) -> f64 {
        let (low, high) = (self.scaled(self.low), self.scaled(self.high));
        let value = self.scaled(value.clamp(self.low, self.high));
        bottom - (value - low) / (high - low) * (bottom - top)
    }

    fn scaled(&self, value: f64) -> f64 {
        if self.logarithmic { value.ln() } else { value }
    }
}

/// The products of factors and powers of ten that are between `low` and `high`.
fn multiples(factors: &[f64], low: f64, high: f64) -> Vec<f64> {
    let powers = (-9..13).map(|power| 10_f64.powi(power));
    let values = powers.flat_map(|power| factors.iter().map(move |factor| factor * power));
    values.filter(|value| (low..=high).contains(value)).collect()
}

/// The number of decimals of a round value.
fn decimals(value: f64) -> usize {
    std::iter::successors(Some(value), |value| Some(value * 10.0))
        .take(9)
        .take_while(|value| *value < 0.999)
        .count()
}

/// Rounds up to 1, 2 or 5 times a power of ten.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let rounded = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= step * 0.999);
    rounded.unwrap_or(10.0) * power
}
