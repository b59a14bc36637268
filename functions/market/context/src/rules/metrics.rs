//! Computes every metric of every day in one pass over the bars.
//!
//! The values of a day depend only on the bars up to it, and are always computed in the same order.
//! So appending bars changes no earlier value, and equals a full recompute to the last bit.
//!
//! Most metrics depend on a *window*, the bars of the last year. Those that smooth depend on all
//! bars before; the [`State`] at the last day holds what they need of them, so an append reads the
//! last [`REACH`] bars instead of the whole history.

mod adjusted;
mod benchmark;
mod extremes;
mod moments;
mod momentum;
mod returns;
mod smoothed;
mod state;
mod trend;
mod window;

pub use self::adjusted::AdjustedBar;
pub use self::state::{REACH, State};

use self::adjusted::Adjusted;
use self::benchmark::Benchmark;
use self::state::SMOOTHED;
use crate::rules::metrics::momentum::Momentum;
use crate::rules::metrics::returns::Returns;
use crate::rules::metrics::trend::Trend;
use crate::{Bar, Day, DayMetrics, Values};

/// What [`compute_after`] returns.
#[derive(Debug, Clone, PartialEq)]
pub struct Computed {
    /// The metrics of the days after the state's, or of all days without a state.
    pub days: Vec<DayMetrics>,
    /// The state at the last bar; none without bars.
    pub state: Option<State>,
}

/// The metrics of each of `bars`, in the same order.
///
/// `bars` are of one symbol, oldest first, and begin with its first bar: metrics that smooth depend
/// on all of them. `benchmark` is the adjusted close of the stock that beta is measured against,
/// oldest first. See [`Metric::definition`](super::Metric::definition) for units, warm-ups and
/// sources.
#[must_use]
pub fn compute(bars: &[Bar], benchmark: &[(Day, f64)]) -> Vec<Values> {
    let mut engine = Engine::after(0, benchmark);
    bars.iter().map(|bar| engine.next(bar.day(), &bar.into())).collect()
}

/// The metrics of each of these weekly or monthly bars, in the same order: a bar takes the place of
/// a day. Metrics that [count days](super::Metric::counts_days) have no value.
///
/// `bars` are of one symbol and one interval, oldest first, and begin with its first bar.
#[must_use]
pub fn compute_adjusted(bars: &[AdjustedBar]) -> Vec<Values> {
    let mut engine = Engine::after(0, &[]);
    bars.iter().map(|bar| engine.next(bar.day, &bar.into()).without_day_counts()).collect()
}

/// The metrics of the days after `state`, as [`compute`] gives them for the whole history.
///
/// Without a state, `bars` and `benchmark` are as for [`compute`]. With one, `bars` are the last
/// [`REACH`] bars up to its day, or all if there are fewer, and the new ones;
/// [`State::continues`] must be true of them. `benchmark` has the closes from the first of these
/// bars on: no return of beta that counts begins earlier.
#[must_use]
pub fn compute_after(state: Option<&State>, bars: &[Bar], benchmark: &[(Day, f64)]) -> Computed {
    let known = state.map(|state| state.known(bars)).unwrap_or_default();
    let skipped = state.map_or(0, |state| state.bars.saturating_sub(known.len()));
    let mut engine = Engine::after(skipped, benchmark);
    for bar in known {
        engine.next(bar.day(), &bar.into());
    }
    if let Some(state) = state {
        engine.smoothed().into_iter().zip(state.smoothed).for_each(|(mean, value)| *mean = value);
    }
    let new = bars.get(known.len()..).unwrap_or_default();
    let days = new.iter().map(|bar| {
        let day = bar.day();
        DayMetrics { day, metrics: engine.next(day, &bar.into()) }
    });
    let days = days.collect();
    let state = bars.last().map(|last| State {
        version: State::VERSION,
        day: last.day(),
        bars: skipped + bars.len(),
        adj_close: last.adj_close().to_f64(),
        smoothed: engine.smoothed().map(|mean| *mean),
    });
    Computed { days, state }
}

/// All metrics of a history, up to a day.
struct Engine<'a> {
    benchmark: Benchmark<'a>,
    returns: Returns,
    trend: Trend,
    momentum: Momentum,
}

impl<'a> Engine<'a> {
    /// Begins after `skipped` bars of the history. The values are those of the whole history when
    /// [`REACH`] bars were added and the [smoothed](Self::smoothed) numbers set.
    fn after(skipped: usize, benchmark: &'a [(Day, f64)]) -> Self {
        Self {
            benchmark: Benchmark::new(benchmark),
            returns: Returns::after(skipped),
            trend: Trend::after(skipped),
            momentum: Momentum::after(skipped),
        }
    }

    /// Adds the prices of a day, and returns its metrics.
    fn next(&mut self, day: Day, prices: &Adjusted) -> Values {
        let mut values = Values::NONE;
        self.returns.next(prices.close, self.benchmark.close_on(day), &mut values);
        self.trend.next(prices, &mut values);
        self.momentum.next(prices, &mut values);
        values
    }

    /// What depends on all bars so far.
    fn smoothed(&mut self) -> [&mut f64; SMOOTHED] {
        let [ema_12, ema_26, fast, signal] = self.trend.smoothed();
        let [gains, losses, range, plus, minus, index] = self.momentum.smoothed();
        [ema_12, ema_26, fast, signal, gains, losses, range, plus, minus, index]
    }
}

#[cfg(test)]
mod tests;
