//! Properties of the metrics of any bars.

use jiff::{ToSpan, civil::date};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::rules::metrics::compute;
use crate::rules::tests::data;
use crate::{Bar, Day, Metric, Price, RawBar, Unit, Values};

/// Enough bars for every metric to have a value.
const ENOUGH: usize = 260;

fn nth_day(n: usize) -> Day {
    Day::from(date(2000, 1, 1).saturating_add(i32::try_from(n).unwrap().days()))
}

/// The lowest price of a day, how far above it open, close and high are, and the volume.
type Sketch = (i64, [i64; 3], u64);

/// The bar of a sketch. Prices are whole and the adjusted close is twice the close, so all are
/// exact in binary.
fn bar(n: usize, (low, [open, close, high], volume): Sketch, scale: i64) -> Bar {
    let raw = RawBar {
        open: price((low + open) * scale),
        high: price((low + open.max(close) + high) * scale),
        low: price(low * scale),
        adj_close: price((low + close) * 2 * scale),
        volume: Some(volume),
        ..RawBar::flat(nth_day(n), price((low + close) * scale))
    };
    raw.try_into().unwrap()
}

fn price(whole: i64) -> Price {
    Price::try_from(Decimal::from(whole)).unwrap()
}

/// The bar of a stock that always trades at 77.13.
fn constant_bar(n: usize, adj_close: Price, volume: u64) -> Bar {
    let flat = RawBar::flat(nth_day(n), Price::try_from("77.13").unwrap());
    RawBar { adj_close, volume: Some(volume), ..flat }.try_into().unwrap()
}

fn sketches(
    count: impl Into<proptest::collection::SizeRange>,
) -> impl Strategy<Value = Vec<Sketch>> {
    let sketch = (1..5000_i64, [0..300_i64, 0..300_i64, 0..300_i64], 0..1_000_000_000_u64);
    proptest::collection::vec(sketch, count)
}

fn scaled(sketches: &[Sketch], scale: i64) -> Vec<Bar> {
    sketches.iter().enumerate().map(|(n, sketch)| bar(n, *sketch, scale)).collect()
}

fn bars(count: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<Bar>> {
    sketches(count).prop_map(|sketches| scaled(&sketches, 1))
}

fn cents(cents: i64) -> Price {
    Price::try_from(Decimal::new(cents, 2)).unwrap()
}

/// Bars at about 100 with few different prices, so that many days are equal or move equally,
/// adjusted by `factor`.
fn adjusted(sketches: &[Sketch], factor: f64) -> Vec<Bar> {
    let bars = sketches.iter().enumerate().map(|(n, (low, [open, close, high], volume))| {
        let close = cents(10_000 + close % 4);
        let raw = RawBar {
            open: cents(10_000 + open % 4),
            high: cents(10_003 + high % 4),
            low: cents(10_000 - low % 4),
            adj_close: format!("{}", close.to_f64() * factor).parse().unwrap(),
            volume: Some(*volume),
            ..RawBar::flat(nth_day(n), close)
        };
        raw.try_into().unwrap()
    });
    bars.collect()
}

const OSCILLATORS: [Metric; 4] =
    [Metric::Rsi14, Metric::Adx14, Metric::StochasticK, Metric::StochasticD];

fn closes(bars: &[Bar]) -> Vec<(Day, f64)> {
    bars.iter().map(|bar| (bar.day(), bar.adj_close().to_f64())).collect()
}

/// The value every metric has when the price never changes; none where it would be 0 divided by 0.
fn of_constant(metric: Metric, price: f64, volume: f64) -> Option<f64> {
    match metric {
        Metric::Rsi14
        | Metric::Adx14
        | Metric::StochasticK
        | Metric::StochasticD
        | Metric::Sharpe252d
        | Metric::Beta252d => None,
        Metric::AvgVolume20d => Some(volume),
        Metric::Macd | Metric::MacdSignal | Metric::MacdHistogram | Metric::Atr14 => Some(0.0),
        other if other.definition().unit == Unit::Price => Some(price),
        _ => Some(0.0),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_price_that_never_changes_has_flat_metrics(
        price in 1..10_i128.pow(15),
        volume in 0..1_u64 << 53,
    ) {
        let price = Decimal::try_from_i128_with_scale(price, 12).unwrap();
        let adj_close = Price::try_from(price).unwrap();
        let bars: Vec<_> = (0..2 * ENOUGH).map(|n| constant_bar(n, adj_close, volume)).collect();
        #[expect(clippy::cast_precision_loss)]
        let volume = volume as f64;
        for values in &compute(&bars, &closes(&bars))[ENOUGH..] {
            for (metric, value) in values.iter() {
                let expected = of_constant(metric, adj_close.to_f64(), volume);
                // An adjusted high is a product: it may differ from the adjusted close in the last
                // bit.
                if let (
                    Metric::Atr14 | Metric::High252d | Metric::Low252d,
                    Some(value),
                    Some(expected),
                ) = (metric, value, expected)
                {
                    let limit = 1e-15 * adj_close.to_f64();
                    prop_assert!((value - expected).abs() <= limit, "{}", metric);
                } else {
                    prop_assert_eq!(value, expected, "{}", metric);
                }
            }
        }
    }

    #[test]
    fn scaling_prices_scales_only_metrics_that_are_prices(
        sketches in sketches(ENOUGH..ENOUGH + 40),
        k in 2..1000_i32,
    ) {
        let (bars, larger) = (scaled(&sketches, 1), scaled(&sketches, k.into()));
        let benchmark = data::bars("SPX");
        let benchmark = benchmark.iter().enumerate();
        let benchmark: Vec<_> =
            benchmark.map(|(n, bar)| (nth_day(n), bar.close().to_f64())).collect();
        let pairs = compute(&bars, &benchmark).into_iter().zip(compute(&larger, &benchmark));
        let values = pairs.flat_map(|(a, b)| Metric::ALL.map(|m| (m, a.get(m), b.get(m))));
        for (metric, plain, scaled) in values {
            let factor = if metric.definition().unit == Unit::Price { f64::from(k) } else { 1.0 };
            match (plain, scaled) {
                (Some(plain), Some(scaled)) => {
                    let close = (plain * factor - scaled).abs() <= 1e-9 * scaled.abs().max(factor);
                    prop_assert!(close, "{}: {} * {} is not {}", metric, plain, factor, scaled);
                }
                (plain, scaled) => prop_assert_eq!(plain, scaled, "{}", metric),
            }
        }
    }

    #[test]
    fn adjusting_a_history_by_another_factor_changes_no_oscillator(
        sketches in sketches(60..90_usize),
        factor in 0.05..1000.0_f64,
        other in 0.05..1000.0_f64,
    ) {
        let before = compute(&adjusted(&sketches, factor), &[]);
        let after = compute(&adjusted(&sketches, other), &[]);
        for (before, after) in before.iter().zip(&after) {
            for metric in OSCILLATORS {
                match (before.get(metric), after.get(metric)) {
                    (Some(before), Some(after)) => {
                        let close = (before - after).abs() <= 1e-9 * before.abs().max(1.0);
                        prop_assert!(close, "{}: {} became {}", metric, before, after);
                        prop_assert!((0.0..=100.0).contains(&after), "{}: {}", metric, after);
                    }
                    (before, after) => prop_assert_eq!(before, after, "{}", metric),
                }
            }
        }
    }

    #[test]
    fn appending_a_day_changes_no_earlier_value(bars in bars(1..600)) {
        let benchmark = closes(&bars);
        let before = compute(&bars[..bars.len() - 1], &benchmark);
        prop_assert_eq!(&before[..], &compute(&bars, &benchmark)[..bars.len() - 1]);
    }

    #[test]
    fn a_series_moves_exactly_with_itself(bars in bars(ENOUGH)) {
        let values = compute(&bars, &closes(&bars));
        prop_assert_eq!(values.last().unwrap().get(Metric::Beta252d), Some(1.0));
    }
}

#[test]
fn day_by_day_gives_the_values_of_a_full_recompute() {
    let bars = &data::bars("AAPL")[..700];
    let benchmark = data::bars("SPX").adj_closes();
    let by_day: Vec<Values> =
        (1..=bars.len()).map(|n| *compute(&bars[..n], &benchmark[..n]).last().unwrap()).collect();
    assert_eq!(by_day, compute(bars, &benchmark));
}

#[test]
fn rounding_of_the_adjustment_moves_no_oscillator_of_a_constant_price() {
    let bars: Vec<_> = (0..ENOUGH)
        .map(|n| {
            constant_bar(n, Price::try_from(["38.56500000000001", "38.565"][n % 2]).unwrap(), 1)
        })
        .collect();
    for values in compute(&bars, &[]) {
        assert_eq!(OSCILLATORS.map(|metric| values.get(metric)), [None; 4]);
    }
}

#[test]
fn a_constant_benchmark_gives_no_beta() {
    let bars = &data::bars("AAPL")[..ENOUGH];
    let benchmark: Vec<_> = bars.iter().map(|bar| (bar.day(), 1379.1899)).collect();
    assert!(compute(bars, &benchmark).iter().all(|values| values.get(Metric::Beta252d).is_none()));
}

#[test]
fn days_the_stock_was_not_traded_on_do_not_disturb_beta() {
    let bars: Vec<_> = data::bars("AAPL").iter().copied().step_by(2).take(300).collect();
    let benchmark = data::bars("SPX").adj_closes();
    let same_days: Vec<_> = benchmark.iter().copied().step_by(2).take(300).collect();
    assert_eq!(compute(&bars, &benchmark), compute(&bars, &same_days));
}

#[test]
fn a_bar_without_a_volume_takes_the_average_volume_of_its_windows_alone() {
    let bars = &data::bars("AAPL")[..100];
    let mut gaps = bars.to_vec();
    gaps[50] = without_volume(&bars[50]);
    let pairs = compute(bars, &[]).into_iter().zip(compute(&gaps, &[])).enumerate();
    for (at, (mut full, gap)) in pairs {
        if (50..70).contains(&at) {
            full.set(Metric::AvgVolume20d, f64::NAN);
        }
        assert_eq!(gap, full, "day {at}");
    }
}

fn without_volume(bar: &Bar) -> Bar {
    let (open, high, low, adj_close) = (bar.open(), bar.high(), bar.low(), bar.adj_close());
    let flat = RawBar::flat(bar.day(), bar.close());
    RawBar { open, high, low, adj_close, ..flat }.try_into().unwrap()
}

#[test]
fn no_bars_give_no_values() {
    assert_eq!(compute(&[], &[]), []);
}
