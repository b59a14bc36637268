//! Real bars give the values of TA-Lib and `NumPy`.

use std::path::Path;

use crate::rules::metrics::compute;
use crate::rules::tests::data;
use crate::{Day, Metric};

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

fn assert_golden(symbol: &str) {
    let bars = data::bars(symbol);
    let values = compute(&bars, &data::bars("SPX").adj_closes());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/golden");
    let mut file = csv::Reader::from_path(folder.join(symbol).with_extension("csv")).unwrap();
    let columns = file.headers().unwrap().clone();
    assert_eq!(columns.iter().skip(3).collect::<Vec<_>>(), Metric::ALL.map(Metric::name));
    let mut rows = 0;
    for row in file.records() {
        let row = row.unwrap();
        let day: Day = row[0].parse().unwrap();
        let at = bars.iter().position(|bar| bar.day() == day).unwrap();
        for (metric, cell) in Metric::ALL.into_iter().zip(row.iter().skip(3)) {
            let (actual, expected) =
                (values[at].get(metric), (!cell.is_empty()).then(|| cell.parse().unwrap()));
            assert!(
                agree(metric, actual, expected),
                "{symbol} {day} {metric}: {actual:?}, not {expected:?}"
            );
        }
        rows += 1;
    }
    assert!(rows > 100, "{rows} rows");
}

#[test]
fn apple_agrees_with_the_golden_file() {
    assert_golden("AAPL");
}

#[test]
fn ibm_agrees_with_the_golden_file() {
    assert_golden("IBM");
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
