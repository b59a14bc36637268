//! The history of sample stocks.

use super::price;
use crate::{Bar, HistoryRow, RawBar, metrics};

/// Every day of a sample stock, with every metric except beta.
///
/// # Panics
/// When there is no such stock.
pub fn history(symbol: &str) -> Vec<HistoryRow> {
    let path =
        format!("{}/../../../infra/local/data/bars/{symbol}.csv", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    let bars: Vec<Bar> = text.lines().skip(1).map(bar).collect();
    bars.iter()
        .zip(metrics::compute(&bars, &[]))
        .map(|(bar, values)| HistoryRow::new(bar, values))
        .collect()
}

/// `Date,Open,High,Low,Close,Volume,Adj Close`
fn bar(line: &str) -> Bar {
    let cells: Vec<&str> = line.split(',').collect();
    let raw = RawBar {
        open: price(cells[1]),
        high: price(cells[2]),
        low: price(cells[3]),
        volume: Some(cells[5].parse().unwrap()),
        adj_close: price(cells[6]),
        ..RawBar::flat(cells[0].parse().unwrap(), price(cells[4]))
    };
    raw.try_into().unwrap()
}
