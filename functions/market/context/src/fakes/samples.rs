//! The sample stocks with what is computed from them.

use crate::{Bar, HistoryRow, RawBar, metrics};

/// Every day of a sample stock, with its metrics but beta.
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
    let price = |at: usize| cells[at].parse().unwrap();
    let raw = RawBar {
        day: cells[0].parse().unwrap(),
        open: price(1),
        high: price(2),
        low: price(3),
        close: price(4),
        volume: cells[5].parse().unwrap(),
        adj_close: price(6),
    };
    raw.try_into().unwrap()
}
