//! The benchmark's closes on the days of another series.

use std::iter::Peekable;
use std::slice::Iter;

use crate::Day;

/// Steps through the closes of the benchmark, oldest first.
pub(super) struct Benchmark<'a>(Peekable<Iter<'a, (Day, f64)>>);

impl<'a> Benchmark<'a> {
    /// Starts at the oldest of `closes`.
    pub(super) fn new(closes: &'a [(Day, f64)]) -> Self {
        Self(closes.iter().peekable())
    }

    /// The adjusted close of `day`, NaN when there is none. Each call has a later day than the one
    /// before.
    pub(super) fn close_on(&mut self, day: Day) -> f64 {
        while self.0.next_if(|(earlier, _)| *earlier < day).is_some() {}
        self.0.next_if(|(same, _)| *same == day).map_or(f64::NAN, |(_, close)| *close)
    }
}
