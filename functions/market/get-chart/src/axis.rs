//! Values and the pixels they are at.

/// The vertical axis of a panel.
#[derive(Debug)]
pub(crate) struct Axis {
    pub low: f64,
    pub high: f64,
    pub ticks: Vec<Tick>,
    /// Equal steps are equal ratios.
    pub logarithmic: bool,
}

/// A value that is marked.
#[derive(Debug)]
pub(crate) struct Tick {
    pub value: f64,
    pub label: String,
}

impl Axis {
    /// From `low` to `high` with about `count` ticks, and at least two, at round values. `write`
    /// gets a value and the digits behind its point.
    pub(crate) fn new(
        low: f64,
        high: f64,
        count: f64,
        write: impl Fn(f64, usize) -> String,
    ) -> Self {
        // A flat line is drawn in the middle.
        let (low, high) = if high > low {
            (low, high)
        } else {
            (low - low.abs() * 0.01, high + high.abs() * 0.01)
        };
        let mut step = round_step((high - low) / count.max(1.0));
        // One tick alone says nothing about the scale.
        while (high / step).floor() - (low / step).ceil() < 1.0 {
            step = round_step(step * 0.4);
        }
        let decimals = decimals(step);
        let first = (low / step).ceil();
        let values = std::iter::successors(Some(first), |number| Some(number + 1.0))
            .map(|number| number * step);
        // What is added to is never a negative zero.
        let tick = |value: f64| Tick { value, label: write(value + 0.0, decimals) };
        Self {
            low,
            high,
            ticks: values.take_while(|value| *value <= high).map(tick).collect(),
            logarithmic: false,
        }
    }

    /// From `low`, which is above 0, to `high` with at most about `count` ticks, at 1, 2 and 5
    /// times powers of ten.
    pub(crate) fn logarithmic(
        low: f64,
        high: f64,
        count: f64,
        write: impl Fn(f64, usize) -> String,
    ) -> Self {
        let tick = |value: f64| Tick { value, label: write(value, decimals(value)) };
        let inside = |factors: &'static [f64]| {
            let powers = (-9..13).map(|power| 10_f64.powi(power));
            let values =
                powers.flat_map(move |power| factors.iter().map(move |factor| factor * power));
            values.filter(|value| (low..=high).contains(value)).map(tick).collect::<Vec<_>>()
        };
        let every: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
        let few = |ticks: &Vec<Tick>| {
            u32::try_from(ticks.len()).is_ok_and(|length| f64::from(length) <= count + 1.0)
        };
        let ticks = every.into_iter().map(inside).find(few).unwrap_or_default();
        Self { low, high, ticks, logarithmic: true }
    }

    /// The pixel of a value between `top`, where the highest is, and `bottom`. What lies outside is
    /// at the edge.
    pub(crate) fn y(&self, value: f64, (top, bottom): (f64, f64)) -> f64 {
        let place = |value: f64| if self.logarithmic { value.ln() } else { value };
        let (low, high) = (place(self.low), place(self.high));
        bottom - (place(value.clamp(self.low, self.high)) - low) / (high - low) * (bottom - top)
    }
}

/// The digits behind the point of a round value.
fn decimals(value: f64) -> usize {
    std::iter::successors(Some(value), |value| Some(value * 10.0))
        .take(9)
        .take_while(|value| *value < 0.999)
        .count()
}

/// The next of 1, 2 and 5 times a power of ten.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let rounded = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= step * 0.999);
    rounded.unwrap_or(10.0) * power
}
