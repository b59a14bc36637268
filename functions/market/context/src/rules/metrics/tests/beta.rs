//! Beta is taken over the days that the stock and the benchmark both have.

use proptest::prelude::*;

use crate::rules::metrics::compute;
use crate::rules::tests::data;
use crate::{Bar, Day, Metric};

/// The returns of a window.
const YEAR: usize = 252;
/// How many of them may be missing.
const MISSING: usize = 12;

fn betas(bars: &[Bar], benchmark: &[(Day, f64)]) -> Vec<Option<f64>> {
    compute(bars, benchmark).iter().map(|values| values.get(Metric::Beta252d)).collect()
}

/// The benchmark without the closes on the days of `bars` at these indices.
fn without(bars: &[Bar], missing: impl IntoIterator<Item = usize>) -> Vec<(Day, f64)> {
    let days: Vec<Day> = missing.into_iter().map(|at| bars[at].day()).collect();
    let mut benchmark = data::bars("SPX").adj_closes();
    benchmark.retain(|(day, _)| !days.contains(day));
    benchmark
}

/// Beta from its definition. The return of a day is that since the last day before with both
/// closes, unless more than 12 days lie between them.
fn reference(bars: &[Bar], benchmark: &[(Day, f64)]) -> Vec<Option<f64>> {
    let both: Vec<Option<(f64, f64)>> = bars
        .iter()
        .map(|bar| {
            let (_, market) = benchmark.iter().find(|(day, _)| *day == bar.day())?;
            Some((bar.adj_close().to_f64(), *market))
        })
        .collect();
    let returns: Vec<_> = (0..bars.len()).map(|at| return_on(&both, at)).collect();
    (0..bars.len())
        .map(|at| slope(returns.get((at + 1).checked_sub(YEAR).filter(|from| *from > 0)?..=at)?))
        .collect()
}

fn return_on(both: &[Option<(f64, f64)>], at: usize) -> Option<(f64, f64)> {
    let (own, market) = both[at]?;
    let before = both[at.saturating_sub(MISSING + 1)..at].iter().rev().find_map(|both| *both)?;
    Some((own / before.0 - 1.0, market / before.1 - 1.0))
}

#[expect(clippy::cast_precision_loss)]
fn slope(returns: &[Option<(f64, f64)>]) -> Option<f64> {
    let pairs: Vec<(f64, f64)> = returns.iter().copied().flatten().collect();
    let count = pairs.len() as f64;
    let x = pairs.iter().map(|pair| pair.0).sum::<f64>() / count;
    let y = pairs.iter().map(|pair| pair.1).sum::<f64>() / count;
    let covariance: f64 = pairs.iter().map(|pair| (pair.0 - x) * (pair.1 - y)).sum();
    let variance: f64 = pairs.iter().map(|pair| (pair.1 - y).powi(2)).sum();
    (pairs.len() + MISSING >= YEAR).then_some(covariance / variance)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn beta_is_that_of_the_days_both_have(
        single in proptest::collection::vec(0..800_usize, 0..40),
        gap in (0..800_usize, 0..30_usize),
    ) {
        let bars = &data::bars("AAPL")[..800];
        let gap = gap.0..(gap.0 + gap.1).min(800);
        let benchmark = without(bars, single.into_iter().chain(gap));
        let pairs = betas(bars, &benchmark).into_iter().zip(reference(bars, &benchmark));
        for (at, pair) in pairs.enumerate() {
            let near = match pair {
                (Some(actual), Some(expected)) => (actual - expected).abs() <= 1e-12,
                (actual, expected) => actual == expected,
            };
            prop_assert!(near, "day {}: {:?}", at, pair);
        }
    }
}

#[test]
fn a_day_without_the_benchmark_leaves_beta_a_value() {
    let bars = &data::bars("AAPL")[..1000];
    let betas = betas(bars, &without(bars, [400]));
    for (at, beta) in betas.iter().enumerate() {
        assert_eq!(beta.is_some(), at >= YEAR, "day {at}");
    }
}

#[test]
fn beta_is_null_exactly_while_more_than_12_days_of_its_window_are_missing() {
    let bars = &data::bars("AAPL")[..1000];
    for (missing, step) in [(12, 1), (12, 2), (13, 2), (13, 5)] {
        let (first, last) = (400, 400 + step * (missing - 1));
        let betas = betas(bars, &without(bars, (first..=last).step_by(step)));
        for (at, beta) in betas.iter().enumerate() {
            let window = (at + 1).saturating_sub(YEAR)..=at;
            let holds_all = window.contains(&first) && window.contains(&last);
            let expected = at >= YEAR && !(holds_all && missing > MISSING);
            assert_eq!(beta.is_some(), expected, "{missing} every {step}, day {at}");
        }
    }
}

#[test]
fn a_return_across_more_than_12_missing_days_is_missing_too() {
    let bars = &data::bars("AAPL")[..1000];
    let betas = betas(bars, &without(bars, 400..413));
    for (at, beta) in betas.iter().enumerate() {
        // The 13 days and the one after them; 12 are left in the window of day 401 + 252.
        let null = (412..401 + YEAR).contains(&at);
        assert_eq!(beta.is_some(), at >= YEAR && !null, "day {at}");
    }
}

#[test]
fn a_benchmark_that_begins_late_is_missing_before() {
    let bars = &data::bars("AAPL")[..600];
    let betas = betas(bars, &without(bars, 0..100));
    // The first return of both is that of day 101; 240 of them are enough.
    assert_eq!(betas.iter().position(Option::is_some), Some(100 + 240));
}

#[test]
fn a_flat_benchmark_with_missing_days_gives_no_beta() {
    let bars = &data::bars("AAPL")[..600];
    let flat = bars.iter().enumerate().filter(|(at, _)| at % 40 != 0);
    let flat: Vec<_> = flat.map(|(_, bar)| (bar.day(), 1379.1899)).collect();
    assert!(betas(bars, &flat).iter().all(Option::is_none));
}

#[test]
fn without_a_benchmark_there_is_no_beta() {
    assert!(betas(&data::bars("AAPL")[..600], &[]).iter().all(Option::is_none));
}
