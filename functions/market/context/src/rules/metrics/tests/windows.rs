//! The summary of a window equals the one computed from its items.

use proptest::prelude::*;

use crate::rules::metrics::extremes::{Drawdown, Range};
use crate::rules::metrics::moments::{Moments, PairMoments};
use crate::rules::metrics::window::{Summary, Window};

/// The summary of each window, with its items.
fn slide<S: Summary>(items: &[S::Item], length: usize) -> Vec<(S, &[S::Item])> {
    let mut window = Window::<S>::after(0, length);
    let summaries: Vec<_> = items.iter().filter_map(|item| window.next(*item)).collect();
    assert_eq!(summaries.len(), (items.len() + 1).saturating_sub(length));
    summaries.into_iter().zip(items.windows(length)).collect()
}

#[expect(clippy::cast_precision_loss)]
fn mean(items: &[f64]) -> f64 {
    items.iter().sum::<f64>() / items.len() as f64
}

fn squared_deviations(items: &[f64]) -> f64 {
    let mean = mean(items);
    items.iter().map(|item| (item - mean).powi(2)).sum()
}

fn near(actual: f64, expected: f64) -> bool {
    (actual - expected).abs() <= 1e-10 * expected.abs()
}

/// Numbers of one magnitude with rare outliers, which must not affect later windows.
fn series() -> impl Strategy<Value = Vec<f64>> {
    let number = prop_oneof![20 => 1.0..2.0, 1 => 1e11..1e12];
    proptest::collection::vec(number, 0..120)
}

proptest! {
    #[test]
    fn moments_are_those_of_the_items(items in series(), length in 2..40_usize) {
        for (moments, items) in slide::<Moments>(&items, length) {
            prop_assert!(near(moments.mean(), mean(items)));
            #[expect(clippy::cast_precision_loss)]
            let (n, squares) = (items.len() as f64, squared_deviations(items));
            prop_assert!(near(moments.sample_deviation(), (squares / (n - 1.0)).sqrt()));
            prop_assert!(near(moments.population_deviation(), (squares / n).sqrt()));
        }
    }

    #[test]
    fn the_slope_on_a_straight_line_is_its_slope(
        items in series(),
        length in 2..40_usize,
        slope in -5.0..5.0_f64,
    ) {
        let pairs: Vec<_> = items.iter().map(|y| (slope * y + 3.0, *y)).collect();
        for (moments, _) in slide::<PairMoments>(&pairs, length) {
            let actual = moments.slope();
            prop_assert!((actual - slope).abs() < 1e-6, "{} is not {}", actual, slope);
        }
    }

    #[test]
    fn extremes_are_those_of_the_items(items in series(), length in 1..40_usize) {
        let days: Vec<_> = items.iter().map(|price| (price * 2.0, price / 2.0)).collect();
        for (range, days) in slide::<Range>(&days, length) {
            let high = days.iter().map(|day| day.0).fold(f64::MIN, f64::max);
            let low = days.iter().map(|day| day.1).fold(f64::MAX, f64::min);
            prop_assert_eq!((range.high, range.low), (high, low));
        }
    }

    #[test]
    fn the_drawdown_is_the_deepest_fall(items in series(), length in 1..40_usize) {
        for (drawdown, prices) in slide::<Drawdown>(&items, length) {
            let falls = (0..prices.len())
                .flat_map(|from| prices[from..].iter().map(move |to| to / prices[from] - 1.0));
            prop_assert_eq!(drawdown.depth().to_bits(), falls.fold(0.0, f64::min).to_bits());
        }
    }

    #[test]
    fn a_nan_has_no_effect_outside_its_windows(
        items in series(),
        length in 1..40_usize,
        at in 0..120_usize,
    ) {
        let mut items = items;
        if let Some(item) = items.get_mut(at) {
            *item = f64::NAN;
        }
        for (moments, items) in slide::<Moments>(&items, length) {
            prop_assert_eq!(moments.mean().is_nan(), items.iter().any(|item| item.is_nan()));
        }
    }

    #[test]
    fn skipped_items_change_no_bit_of_a_summary(
        items in series(),
        length in 1..40_usize,
        skipped in 0..120_usize,
    ) {
        let (mut whole, mut rest) =
            (Window::<Moments>::after(0, length), Window::<Moments>::after(skipped, length));
        for (at, item) in items.into_iter().enumerate() {
            let whole = whole.next(item);
            let expected = whole.filter(|_| at + 1 >= skipped + length);
            let actual = if at < skipped { None } else { rest.next(item) };
            prop_assert_eq!(actual.map(bits), expected.map(bits));
        }
    }
}

fn bits(summary: Moments) -> [u64; 2] {
    [summary.mean(), summary.population_deviation()].map(f64::to_bits)
}
