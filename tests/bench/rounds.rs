//! A figure measured in several rounds.

use std::fmt;

use crate::measure::median;

/// The figure of each round. A budget is judged on their median: a single round may meet a moment
/// in which the machine does something else.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rounds(Vec<f64>);

impl Rounds {
    pub(crate) fn push(&mut self, value: f64) {
        self.0.push(value);
    }

    pub(crate) fn median(&self) -> f64 {
        median(self.0.clone())
    }

    /// The ratio in each round: both figures met the same machine.
    pub(crate) fn ratio_to(&self, base: &Self) -> Self {
        assert_eq!(self.0.len(), base.0.len(), "measured in the same rounds");
        self.0.iter().zip(&base.0).map(|(value, base)| value / base).collect()
    }
}

impl FromIterator<f64> for Rounds {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl fmt::Display for Rounds {
    /// The median and the spread, e.g. `1.10 (1.07 to 1.14)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lowest = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        write!(f, "{:.2} ({lowest:.2} to {highest:.2})", self.median())
    }
}
