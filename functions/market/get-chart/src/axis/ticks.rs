//! The values to mark on an axis.

/// A value marked on an axis.
#[derive(Debug)]
pub(crate) struct Tick {
    pub value: f64,
    /// Empty where the value has no room for one.
    pub label: String,
}

/// Scales of round values between `low` and `high`, each finer than the one before; the first has
/// about `count` values. A value has its number of decimals.
pub(super) fn linear(low: f64, high: f64, count: f64) -> impl Iterator<Item = Vec<(f64, usize)>> {
    let steps = std::iter::successors(Some(round_step((high - low) / count)), |step| {
        Some(round_step(step * 0.45))
    });
    steps.take(6).map(move |step| multiples(low, high, step))
}

fn multiples(low: f64, high: f64, step: f64) -> Vec<(f64, usize)> {
    let decimals = decimals(step);
    let first = (low / step).ceil();
    let numbers = std::iter::successors(Some(first), |number| Some(number + 1.0));
    // Adding 0.0 turns -0.0 into 0.0.
    let values = numbers.map(|number| number * step + 0.0).take_while(|value| *value <= high);
    values.map(|value| (value, decimals)).collect()
}

/// Scales of round values between `low`, above 0, and `high`, each finer than the one before:
/// powers of ten, then these times 1 and 3, and so on.
pub(super) fn logarithmic(low: f64, high: f64) -> impl Iterator<Item = Vec<(f64, usize)>> {
    const FACTORS: [&[f64]; 5] = [
        &[1.0],
        &[1.0, 3.0],
        &[1.0, 2.0, 5.0],
        &[1.0, 1.5, 2.0, 3.0, 5.0, 7.0],
        &[1.0, 1.2, 1.5, 1.8, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0],
    ];
    FACTORS.into_iter().map(move |factors| products(factors, low, high))
}

/// The products of factors and powers of ten.
fn products(factors: &[f64], low: f64, high: f64) -> Vec<(f64, usize)> {
    let powers = (-9..13).map(|power| 10_f64.powi(power));
    let values = powers.flat_map(|power| factors.iter().map(move |factor| factor * power));
    let values = values.filter(|value| (low..=high).contains(value));
    values.map(|value| (value, decimals(value))).collect()
}

/// The number of decimals of a round value.
fn decimals(value: f64) -> usize {
    let shifted = std::iter::successors(Some(value), |value| Some(value * 10.0));
    shifted.take(9).take_while(|value| (value - value.round()).abs() > 1e-6 * value.abs()).count()
}

/// The nearest of 1, 2 and 5 times a power of ten.
fn round_step(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    // Each up to the geometric mean with the next one.
    let factors = [(1.0, 2.0), (2.0, 10.0), (5.0, 50.0)];
    let nearest = factors.into_iter().find(|(_, square)| (step / power).powi(2) < *square);
    nearest.map_or(10.0, |(factor, _)| factor) * power
}
