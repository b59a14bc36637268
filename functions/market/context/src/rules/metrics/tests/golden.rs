//! Real bars give the values of TA-Lib and `NumPy`.

use std::path::Path;

use crate::fakes::adjusted_bars;
use crate::rules::metrics::{compute, compute_adjusted};
use crate::rules::tests::data;
use crate::{Bar, Day, HistoryRow, Interval, Metric, Values};

/// The allowed relative difference: recursive metrics accumulate rounding.
fn tolerance(metric: Metric) -> f64 {
    match metric {
        Metric::Ema12
        | Metric::Ema26
        | Metric::Macd
        | Metric::MacdSignal
        | Metric::MacdHistogram
        | Metric::Rsi14
        | Metric::Atr14
        | Metric::Adx14 => 1e-6,
        _ => 1e-9,
    }
}

fn agree(metric: Metric, actual: Option<f64>, expected: Option<f64>) -> bool {
    match (actual, expected) {
        (Some(actual), Some(expected)) => {
            (actual - expected).abs() <= (tolerance(metric) * expected.abs()).max(1e-12)
        }
        (actual, expected) => actual == expected,
    }
}

/// Asserts that the values agree with those of a golden file, and returns its columns and the
/// number of its rows.
fn assert_golden(file: &str, values: &[(Day, Values)]) -> (Vec<String>, usize) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden");
    let mut rows = csv::Reader::from_path(folder.join(file).with_extension("csv")).unwrap();
    let columns: Vec<String> = rows.headers().unwrap().iter().map(str::to_owned).collect();
    let mut count = 0;
    for row in rows.records() {
        let row = row.unwrap();
        let day: Day = row[0].parse().unwrap();
        let (_, values) = values.iter().find(|(other, _)| *other == day).unwrap();
        for (column, cell) in columns.iter().zip(&row) {
            let Some(metric) = Metric::named(column) else { continue };
            let (actual, expected) =
                (values.get(metric), (!cell.is_empty()).then(|| cell.parse().unwrap()));
            assert!(
                agree(metric, actual, expected),
                "{file} {day} {metric}: {actual:?}, not {expected:?}"
            );
        }
        count += 1;
    }
    (columns, count)
}

/// Asserts that the metrics of selected days agree with the golden file.
fn assert_days_agree(symbol: &str) {
    let bars = data::bars(symbol);
    let values = compute(&bars, &data::bars("SPX").adj_closes());
    let days: Vec<_> = bars.iter().map(Bar::day).zip(values).collect();
    let (columns, rows) = assert_golden(symbol, &days);
    assert_eq!(columns[3..], Metric::ALL.map(Metric::name));
    assert!(rows > 100, "{rows} rows");
}

/// Asserts that the metrics of all weeks or months agree with the golden file.
fn assert_periods_agree(file: &str, interval: Interval) {
    let bars = data::bars("AAPL");
    let days: Vec<_> = bars.iter().map(|bar| HistoryRow::new(bar, Values::NONE)).collect();
    let bars = adjusted_bars(&days, interval, bars.last_day().unwrap());
    let values = compute_adjusted(&bars);
    let periods: Vec<_> = bars.iter().map(|bar| bar.day).zip(values).collect();
    let (columns, rows) = assert_golden(file, &periods);
    assert_eq!((columns.len(), rows), (13, bars.len()));
}

#[test]
fn apple_agrees_with_the_golden_file() {
    assert_days_agree("AAPL");
}

#[test]
fn ibm_agrees_with_the_golden_file() {
    assert_days_agree("IBM");
}

#[test]
fn weeks_of_apple_agree_with_the_golden_file() {
    assert_periods_agree("AAPL-week", Interval::Week);
}

#[test]
fn months_of_apple_agree_with_the_golden_file() {
    assert_periods_agree("AAPL-month", Interval::Month);
}

#[test]
fn each_metric_begins_after_its_warm_up_and_has_no_gap() {
    let values = compute(&data::bars("AAPL"), &data::bars("SPX").adj_closes());
    for metric in Metric::ALL {
        let warm_up = metric.definition().warm_up;
        for (at, day) in values.iter().enumerate() {
            assert_eq!(
                day.get(metric).is_some(),
                at + 1 >= warm_up,
                "{metric} after {} bars",
                at + 1
            );
        }
    }
}

#[test]
fn weeks_have_the_metrics_that_do_not_count_days() {
    let bars = data::bars("AAPL");
    let days: Vec<_> = bars.iter().map(|bar| HistoryRow::new(bar, Values::NONE)).collect();
    let weeks = adjusted_bars(&days, Interval::Week, bars.last_day().unwrap());
    let last = *compute_adjusted(&weeks).last().unwrap();
    for (metric, value) in last.iter() {
        assert_eq!(value.is_some(), !metric.counts_days(), "{metric}");
    }
}
