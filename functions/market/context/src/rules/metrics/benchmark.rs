//! The benchmark's closes on the days of another series.

use std::iter::Peekable;
use std::slice::Iter;

use crate::Day;

/// Walks along the benchmark, day by day.
pub(super) struct Benchmark<'a>(Peekable<Iter<'a, (Day, f64)>>);

impl<'a> Benchmark<'a> {
    /// A walk from the oldest of `closes` on.
    pub(super) fn new(closes: &'a [(Day, f64)]) -> Self {
        Self(closes.iter().peekable())
    }

    /// The adjusted close of `day`, which is later than the day asked for before; NaN when there is
    /// none.
    pub(super) fn close_on(&mut self, day: Day) -> f64 {
        while self.0.next_if(|(earlier, _)| *earlier < day).is_some() {}
        self.0.next_if(|(same, _)| *same == day).map_or(f64::NAN, |(_, close)| *close)
    }
}
