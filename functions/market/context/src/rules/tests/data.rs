//! Reads the sample bars. `benches/metrics.rs` includes this file too, hence `super`.

use std::{fmt::Debug, path::Path, str::FromStr};

use csv::StringRecord;

use super::{Bars, RawBar};

/// All bars of `symbol` in the local stack's sample data.
pub(crate) fn bars(symbol: &str) -> Bars {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../infra/local/data/bars");
    let mut file = csv::Reader::from_path(folder.join(symbol).with_extension("csv")).unwrap();
    let columns = file.headers().unwrap().clone();
    let rows = file.records().map(|row| raw_bar(&row.unwrap(), &columns).try_into().unwrap());
    rows.collect::<Vec<_>>().try_into().unwrap()
}

fn raw_bar(row: &StringRecord, columns: &StringRecord) -> RawBar {
    RawBar {
        day: cell(row, columns, "Date"),
        open: cell(row, columns, "Open"),
        high: cell(row, columns, "High"),
        low: cell(row, columns, "Low"),
        adj_close: cell(row, columns, "Adj Close"),
        volume: Some(cell(row, columns, "Volume")),
        ..RawBar::flat(cell(row, columns, "Date"), cell(row, columns, "Close"))
    }
}

fn cell<T: FromStr<Err: Debug>>(row: &StringRecord, columns: &StringRecord, name: &str) -> T {
    let at = columns.iter().position(|column| column == name).unwrap();
    row.get(at).unwrap().parse().unwrap()
}
