//! Reads the sample bars. The benchmark of the metrics includes this file too, hence `super`.

use std::path::Path;

use super::{Bars, RawBar};

/// All bars of `symbol` in the local stack's sample data.
pub(crate) fn bars(symbol: &str) -> Bars {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../infra/local/data/bars");
    let mut file = csv::Reader::from_path(folder.join(symbol).with_extension("csv")).unwrap();
    let columns = file.headers().unwrap().clone();
    let rows = file.records().map(|row| {
        let row = row.unwrap();
        let cell = |name: &str| {
            columns.iter().position(|column| column == name).and_then(|at| row.get(at)).unwrap()
        };
        let price = |name: &str| cell(name).parse().unwrap();
        let raw = RawBar {
            day: cell("Date").parse().unwrap(),
            open: price("Open"),
            high: price("High"),
            low: price("Low"),
            close: price("Close"),
            adj_close: price("Adj Close"),
            volume: cell("Volume").parse().unwrap(),
        };
        raw.try_into().unwrap()
    });
    rows.collect::<Vec<_>>().try_into().unwrap()
}
