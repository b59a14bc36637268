use proptest::{num::f64 as floats, prelude::*};
use serde_json::{Value, json};

use super::{
    DayMetrics, HistoryRow, Metric, Snapshot, StockDetail, StockSummary, Values, day, flat_bar,
    price,
};

/// The last columns of `stock_metrics`.
const LAST: &str = r#""refreshed_at":"2026-07-01T12:00:00.5+00:00","price_basis":"adjusted""#;

/// A row of `stock_metrics` as the database's API writes it, with an unknown column.
fn row() -> String {
    let metrics = Metric::ALL.map(|metric| match metric {
        Metric::Beta252d => r#""beta_252d":null"#.to_owned(),
        other => format!(r#""{}":{}.25"#, other.name(), other as usize),
    });
    let own = concat!(
        r#""stock_id":7,"symbol":"AAPL","name":"Apple Inc.","exchange":"NASDAQ","kind":"stock","#,
        r#""as_of":"2013-03-01","close":430.470000,"#,
        r#""adj_close":56.137353095488,"volume":19730300"#
    );
    format!("{{{own},{},{LAST}}}", metrics.join(","))
}

#[test]
fn a_snapshot_is_read_from_its_row() {
    let snapshot: Snapshot = serde_json::from_str(&row()).unwrap();
    assert_eq!((snapshot.symbol.as_str(), snapshot.as_of), ("AAPL", day("2013-03-01")));
    assert_eq!((snapshot.close, snapshot.adj_close), (price("430.47"), price("56.137353095488")));
    assert_eq!(snapshot.volume, Some(19_730_300));
    assert_eq!(snapshot.metrics.get(Metric::Return1d), Some(0.25));
    assert_eq!(snapshot.metrics.get(Metric::Beta252d), None);
}

#[test]
fn a_snapshot_is_written_flat_with_every_metric() {
    let snapshot: Snapshot = serde_json::from_str(&row()).unwrap();
    let json = serde_json::to_string(&snapshot).unwrap();
    let head = concat!(
        r#"{"symbol":"AAPL","name":"Apple Inc.","exchange":"NASDAQ","kind":"stock","#,
        r#""as_of":"2013-03-01","close":430.47,"adj_close":56.137353095488,"#,
        r#""volume":19730300,"refreshed_at":"2026-07-01T12:00:00.5Z","price_basis":"adjusted","#,
        r#""return_1d":0.25,"#
    );
    assert!(json.starts_with(head), "{json}");
    assert!(json.ends_with(r#""avg_volume_20d":26.25,"beta_252d":null}"#), "{json}");
    assert_eq!(serde_json::from_str::<Snapshot>(&json).unwrap(), snapshot);
    assert_eq!(
        serde_json::from_value::<Snapshot>(serde_json::from_str(&json).unwrap()).unwrap(),
        snapshot
    );
}

#[test]
fn a_missing_field_of_a_row_is_named_by_the_error() {
    let error =
        serde_json::from_str::<Snapshot>(&row().replace("\"close\"", "\"closed\"")).unwrap_err();
    assert!(error.to_string().contains("missing field `close`"), "{error}");
}

#[test]
fn a_metric_that_is_not_in_a_row_has_no_value() {
    let read: DayMetrics =
        serde_json::from_str(r#"{"day":"2013-03-01","sma_20":1e2,"rsi_14":null}"#).unwrap();
    assert_eq!(read.metrics, [(Metric::Sma20, 100.0)].into_iter().collect());
    let error =
        serde_json::from_str::<DayMetrics>(r#"{"day":"2013-03-01","sma_20":"1"}"#).unwrap_err();
    assert!(error.is_data(), "{error}");
}

#[test]
fn a_day_of_history_is_the_bar_and_every_metric() {
    let history = HistoryRow::new(&flat_bar("2013-03-01", "2.5"), Values::NONE);
    let json: Value = serde_json::to_value(history).unwrap();
    let mut expected = json!({
        "day": "2013-03-01", "open": 2.5, "high": 2.5, "low": 2.5, "close": 2.5,
        "adj_close": 2.5, "volume": 1000, "adj_volume": null, "split_factor": null,
        "dividend": null,
    });
    for metric in Metric::ALL {
        expected[metric.name()] = Value::Null;
    }
    assert_eq!(json, expected);
    assert_eq!(serde_json::from_value::<HistoryRow>(json).unwrap(), history);
}

#[test]
fn a_value_that_is_not_finite_is_none() {
    let values: Values =
        [(Metric::Beta252d, f64::INFINITY), (Metric::Rsi14, f64::NAN)].into_iter().collect();
    assert_eq!(values, Values::default());
    assert_eq!(values.iter().count(), Metric::COUNT);
}

#[test]
fn the_refresh_error_of_a_stock_is_null_when_there_is_none() {
    let mut stock = json!({
        "symbol": "AAPL", "name": "Apple Inc.", "exchange": "NASDAQ", "currency": "USD",
        "kind": "stock", "active": true, "status": "pending",
        "first_day": null, "as_of": null, "refreshed_at": null,
        "refresh_error": null, "has_error": false, "rejected_rows": null,
    });
    let error = json!({
        "code": "provider_unavailable", "detail": "timed out", "at": "2026-07-01T12:00:00Z",
    });
    for error in [Value::Null, error] {
        stock["refresh_error"] = error;
        let read: StockSummary = serde_json::from_value(stock.clone()).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), stock);
    }
}

#[test]
fn the_metrics_of_a_stock_keep_every_digit_of_its_prices() {
    let stock = concat!(
        r#"{"symbol":"AAPL","name":"Apple Inc.","exchange":"NASDAQ","currency":"USD","#,
        r#""kind":"stock","active":true,"status":"active","#,
        r#""first_day":"2000-03-01","as_of":"2013-03-01","#,
        r#""refreshed_at":"2026-07-01T12:00:00.5Z","refresh_error":null,"has_error":false,"#,
        r#""rejected_rows":null,"#,
        r#""metrics":"#
    );
    let snapshot = row().replace("56.137353095488", "123456789012.12345678901234");
    let read: StockDetail = serde_json::from_str(&format!("{stock}{snapshot}}}")).unwrap();
    let written = serde_json::to_string(&read).unwrap();
    assert!(written.starts_with(stock), "{written}");
    assert!(written.contains(r#""adj_close":123456789012.12345678901234,"#), "{written}");
}

proptest! {
    #[test]
    fn numbers_survive_json_to_the_last_bit(
        value in floats::NORMAL | floats::SUBNORMAL | floats::ZERO,
    ) {
        let values: Values = Metric::ALL.into_iter().map(|metric| (metric, value)).collect();
        let read: Values = serde_json::from_str(&serde_json::to_string(&values).unwrap()).unwrap();
        prop_assert!(read.iter().all(|(_, read)| read.map(f64::to_bits) == Some(value.to_bits())));
    }
}
