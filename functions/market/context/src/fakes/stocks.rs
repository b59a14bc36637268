//! Invented stocks, with their metrics and history.

use serde_json::{Map, Value, json};

use crate::{
    HistoryRow, Metric, RefreshError, Snapshot, StockDetail, StockStatus, StockSummary, Symbol,
};

fn metrics() -> Map<String, Value> {
    Metric::ALL.iter().map(|metric| (metric.name().to_owned(), Value::Null)).collect()
}

/// The snapshot of a stock of this symbol; SPX is an index. Only its RSI is not null.
pub fn snapshot(symbol: &str) -> Snapshot {
    let (name, exchange, kind) = match symbol {
        "IBM" => ("International Business Machines", "NYSE", "stock"),
        "MSFT" => ("Microsoft Corporation", "NASDAQ", "stock"),
        "SPX" => ("S&P 500", "INDEX", "index"),
        _ => ("Apple Inc.", "NASDAQ", "stock"),
    };
    let mut row = metrics();
    row.insert("rsi_14".to_owned(), json!(33.337866910115885));
    for (name, value) in [
        ("symbol", json!(symbol)),
        ("name", json!(name)),
        ("exchange", json!(exchange)),
        ("kind", json!(kind)),
        ("as_of", json!("2013-03-01")),
        ("close", json!(430.47)),
        ("adj_close", json!(if symbol == "IBM" { 430.46 } else { 430.47 })),
        ("volume", json!(19_730_300)),
        ("refreshed_at", json!("2026-03-02T09:30:00Z")),
        ("price_basis", json!("adjusted")),
    ] {
        row.insert(name.to_owned(), value);
    }
    serde_json::from_value(Value::Object(row)).unwrap()
}

/// The stock of a snapshot. OLD is no longer followed, and the last
/// refresh of BAD failed.
pub(super) fn stock(snapshot: &Snapshot) -> StockSummary {
    let active = snapshot.symbol.as_str() != "OLD";
    let has_error = snapshot.symbol.as_str() == "BAD";
    let refresh_error = has_error.then(|| RefreshError {
        code: "provider_unavailable".to_owned(),
        detail: "timed out".to_owned(),
        at: snapshot.refreshed_at,
    });
    StockSummary {
        symbol: snapshot.symbol.clone(),
        name: snapshot.name.clone(),
        exchange: snapshot.exchange.clone(),
        currency: "USD".to_owned(),
        kind: snapshot.kind,
        active,
        status: if active { StockStatus::Active } else { StockStatus::Inactive },
        first_day: "2000-03-01".parse().ok(),
        as_of: Some(snapshot.as_of),
        refreshed_at: Some(snapshot.refreshed_at),
        refresh_error,
        has_error,
        rejected_rows: None,
    }
}

/// A stock that was never refreshed.
pub(super) fn pending(symbol: &Symbol) -> StockSummary {
    StockSummary {
        status: StockStatus::Pending,
        first_day: None,
        as_of: None,
        refreshed_at: None,
        ..stock(&snapshot(symbol.as_str()))
    }
}

/// A stock with its latest metrics.
pub(super) fn detail(snapshot: Snapshot) -> StockDetail {
    StockDetail { summary: stock(&snapshot), metrics: Some(snapshot) }
}

/// The row of a day of January 2013. No two of its prices are equal.
pub(super) fn january(day: u32) -> HistoryRow {
    let mut row = metrics();
    row.insert("day".to_owned(), json!(format!("2013-01-{day:02}")));
    for (price, value) in [
        ("open", 200 + day),
        ("high", 220 + day),
        ("low", 180 + day),
        ("close", 210 + day),
        ("adj_close", 105),
    ] {
        row.insert(price.to_owned(), json!(f64::from(value)));
    }
    row.insert("volume".to_owned(), json!(1000));
    for unknown in ["adj_volume", "split_factor", "dividend"] {
        row.insert(unknown.to_owned(), Value::Null);
    }
    serde_json::from_value(Value::Object(row)).unwrap()
}
