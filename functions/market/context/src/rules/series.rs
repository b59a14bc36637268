//! The bars of one symbol.

use std::ops::Deref;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{Amount, Bar, Day};

/// Bars of one symbol, at most one per day, oldest first. There may be none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Bar>")]
pub struct Bars(Vec<Bar>);

/// Why bars are not a valid series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BarsError {
    /// Two bars have the same day.
    #[error("there are two bars of {0}")]
    Duplicate(Day),
    /// A bar comes after one of a later day.
    #[error("the bar of {0} comes after one of a later day")]
    Unordered(Day),
}

impl Bars {
    /// The oldest day.
    pub fn first_day(&self) -> Option<Day> {
        self.0.first().map(Bar::day)
    }

    /// The newest day.
    pub fn last_day(&self) -> Option<Day> {
        self.0.last().map(Bar::day)
    }

    /// The bar of `day`.
    pub fn on(&self, day: Day) -> Option<&Bar> {
        let at = self.0.binary_search_by_key(&day, Bar::day).ok()?;
        self.0.get(at)
    }

    /// The bars of `day` and later.
    pub fn since(&self, day: Day) -> &[Bar] {
        let at = self.0.partition_point(|bar| bar.day() < day);
        self.0.get(at..).unwrap_or_default()
    }

    /// Day and adjusted close of each bar: the benchmark of another stock's beta.
    pub fn adj_closes(&self) -> Vec<(Day, f64)> {
        self.0.iter().map(|bar| (bar.day(), bar.adj_close().to_f64())).collect()
    }

    /// These bars and the `newer` ones. If both have a bar of a day, the newer one is kept.
    #[must_use]
    pub fn with(mut self, newer: &[Bar]) -> Self {
        self.0.extend_from_slice(newer);
        // The sort is stable: a newer bar comes after the one it replaces.
        self.0.sort_by_key(Bar::day);
        self.0.dedup_by(|newer, older| {
            let same = newer.day() == older.day();
            if same {
                *older = *newer;
            }
            same
        });
        self
    }

    /// The bars with an adjusted volume where the split factors of their day and of all later days
    /// are known. That of a bar that has one is kept.
    #[must_use]
    pub fn with_adj_volumes(mut self) -> Self {
        let mut splits = Some(Decimal::ONE);
        for bar in self.0.iter_mut().rev() {
            *bar = bar.with_splits(splits);
            let factor = bar.split_factor().map(Amount::to_decimal);
            splits = splits.zip(factor).and_then(|(splits, factor)| splits.checked_mul(factor));
        }
        self
    }
}

impl TryFrom<Vec<Bar>> for Bars {
    type Error = BarsError;

    fn try_from(bars: Vec<Bar>) -> Result<Self, BarsError> {
        for pair in bars.windows(2) {
            if let [earlier, later] = pair {
                let day = later.day();
                match earlier.day().cmp(&day) {
                    std::cmp::Ordering::Less => {}
                    std::cmp::Ordering::Equal => return Err(BarsError::Duplicate(day)),
                    std::cmp::Ordering::Greater => return Err(BarsError::Unordered(day)),
                }
            }
        }
        Ok(Self(bars))
    }
}

impl Deref for Bars {
    type Target = [Bar];

    fn deref(&self) -> &[Bar] {
        &self.0
    }
}
